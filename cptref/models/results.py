"""The answers to questions, and the values that they are made of.

Each value is a named tuple, built by keyword, and not a dataclass: Python makes such a class in a seventh of the time
(0.06 ms against 0.47 ms), and every start of the command pays for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cptref.errors import Fault
    from cptref.models.article import (
        BilateralIndicator,
        Cost,
        Dataset,
        Modifier,
        PayerNote,
        Question,
        Section,
        Source,
        Status,
        Verification,
    )
    from cptref.models.codes import PublishedCode
    from cptref.models.notes import Note
    from cptref.sections import SectionKind

Tier = Literal["exact", "inflected", "synonym", "abbreviation", "part", "spelling"]


EntryKind = Literal["article", "code"]  # what an article says about a code, or a published code without an article
Verdict = Literal["fits", "conflicts", "not judged", "unknown"]  # on a modifier with a code

BUNDLED = "bundled"  # the library of what comes with cptref
NOTES = "notes"  # the library of a code of which nothing is known but the coder's notes


class Entry(NamedTuple):
    """What is known of a code, as it is shown: modifiers with their meaning, and every section with content, in order.

    `library` names the dataset that it is from, `replaces` the one whose entry on the code it replaces ("" if none).
    `verification` is the finding that holds for the code, `verified_by` the library that it is from; an own one leaves
    the bundled one in `bundled_verification`. `sections` has overview, billing, cost, faq and notes too, as lines;
    `billing` is the part of that section that the article has itself. `notes` are the coder's own. `source` is the page
    that it was imported from. `published` is what codes.toml says of the code, `see_instead` the same of the codes to
    see instead.
    """

    kind: EntryKind
    code: str
    title: str
    category: str
    summary: str
    library: str
    replaces: str
    verification: Verification
    verified_by: str
    bundled_verification: Verification | None
    modifiers: tuple[Modifier, ...]
    cost: Cost
    sections: tuple[Section, ...]
    faq: tuple[Question, ...]
    billing: Section | None = None
    payer_notes: tuple[PayerNote, ...] = ()
    notes: tuple[str, ...] = ()
    source: Source | None = None
    published: PublishedCode | None = None
    see_instead: tuple[PublishedCode, ...] = ()


class Miss(NamedTuple):
    """A code that gets no answer, and why.

    `input` is the text as typed, `code` what it was read as ("" if it does not look like a code). `nearest` are up to
    three close codes of the library: other procedures, offered and never chosen.
    """

    input: str
    code: str
    reason: Literal["malformed", "not-held", "no-section"]
    message: str
    nearest: tuple[str, ...] = ()


class AppendedModifier(NamedTuple):
    """A modifier on a code: its meaning, whether the code's entry lists it, the verdict on it, and why.

    `assessment` says what the verdict rests on. `input` is the text as typed ("" if only the entry names the
    modifier), `on` the code. `set` and `meaning` are "" if the library does not have the modifier, whose verdict is
    `unknown`; `listed` is None if it has no article on the code.
    """

    input: str
    on: str
    code: str
    set: str
    meaning: str
    listed: bool | None
    verdict: Verdict
    assessment: str


class Contradiction(NamedTuple):
    """Modifiers typed on one code that do not go together, and why."""

    on: str
    modifiers: tuple[str, ...]
    problem: str


def group_by_code(appended: Iterable[AppendedModifier]) -> dict[str, list[AppendedModifier]]:
    """Return the modifiers on each code."""
    by_code: dict[str, list[AppendedModifier]] = {}
    for modifier in appended:
        by_code.setdefault(modifier.on, []).append(modifier)
    return by_code


class ShowAnswer(NamedTuple):
    """Entries in the order asked for, the codes that were not found, and the modifiers typed with codes.

    `sections` are the keys asked for; there are none if whole entries were asked for, or a `brief` answer, which is
    their summaries alone.
    """

    dataset: Dataset
    sections: tuple[str, ...]
    entries: tuple[Entry, ...]
    misses: tuple[Miss, ...]
    appended: tuple[AppendedModifier, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    brief: bool = False


class ModifiersAnswer(NamedTuple):
    """Modifiers asked for by name, the entries of codes asked for with their modifiers, and what was not found.

    If nothing was named, the answer is `whole`: `modifiers` is the whole table, and `indicators` come with it.
    `appended` has the modifiers that the `entries` list, and those typed with their codes.
    """

    dataset: Dataset
    whole: bool
    modifiers: tuple[Modifier, ...]
    indicators: tuple[BilateralIndicator, ...]
    entries: tuple[Entry, ...]
    appended: tuple[AppendedModifier, ...]
    misses: tuple[Miss, ...]
    contradictions: tuple[Contradiction, ...] = ()


class SectionComparison(NamedTuple):
    """One section of several entries, with each line of each entry once: in `shared`, in `similar` or in `only`.

    `shared` are the lines that all entries have word for word. A row of `similar` has lines that say nearly the same,
    one for each entry, "" for an entry without such a line. `only` has, for each entry, the lines that no other entry
    has. If there are too many lines to compare all of them, they are not `aligned`, and `similar` has the lines that
    some entries have word for word.
    """

    key: str
    shared: tuple[str, ...]
    similar: tuple[tuple[str, ...], ...]
    only: tuple[tuple[str, ...], ...]
    aligned: bool


class CompareAnswer(NamedTuple):
    """Entries side by side, section by section; each row and each `only` is in the order of `entries`."""

    dataset: Dataset
    entries: tuple[Entry, ...]
    sections: tuple[SectionComparison, ...]
    misses: tuple[Miss, ...]
    appended: tuple[AppendedModifier, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()


class ListItem(NamedTuple):
    """One line of the list of codes; `published` is what codes.toml says of a code without an article."""

    kind: EntryKind
    code: str
    title: str
    category: str
    verification: Status
    library: str
    replaces: str
    published: PublishedCode | None = None


class ListAnswer(NamedTuple):
    """The first codes of the library in order, of `total`."""

    dataset: Dataset
    entries: tuple[ListItem, ...]
    total: int


class SectionsAnswer(NamedTuple):
    """The catalogue of sections, in order."""

    kinds: tuple[SectionKind, ...]


class PathsAnswer(NamedTuple):
    """Where the bundled data, the user's own library and notes, and the cache are; other `libraries` in order."""

    data: str
    library: str
    notes: str
    cache: str
    libraries: tuple[str, ...] = ()


class CodeNotes(NamedTuple):
    """The notes on one code, in the order added; `title` is "" if the code is not in the library."""

    code: str
    title: str
    notes: tuple[Note, ...]


class NotesAnswer(NamedTuple):
    """The coder's own notes, by code."""

    dataset: Dataset
    codes: tuple[CodeNotes, ...]


class CheckedPath(NamedTuple):
    """A folder or a file that was checked: how many articles it has, and which other files."""

    path: str
    articles: int
    other_files: tuple[str, ...]


class CheckAnswer(NamedTuple):
    """What was checked, with every fault in it and what else needs review, in order of file."""

    checked: tuple[CheckedPath, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


class Term(NamedTuple):
    """A word of a query that was read as something else: the word typed, its readings, and how loose they are."""

    typed: str
    read_as: tuple[str, ...]
    tier: Tier


class Match(NamedTuple):
    """A line that matches the query.

    `score` is the share of the query that it covers, 0 to 1; `tier` its loosest match; `terms` the words of the query
    that it covers; `marks` the [start, end) positions of the matched words in `text`.
    """

    section: str
    text: str
    score: float
    tier: Tier
    terms: tuple[str, ...]
    marks: tuple[tuple[int, int], ...]


class Hit(NamedTuple):
    """An entry that matches the query: its best lines, and how many of its lines matched in `total`.

    `missing` are the words of the query that the entry does not mention. `published` is what codes.toml says of a code
    without an article.
    """

    kind: EntryKind
    code: str
    title: str
    library: str
    verification: Status
    score: float
    tier: Tier
    missing: tuple[str, ...]
    matches: tuple[Match, ...]
    total: int
    published: PublishedCode | None = None


class SearchAnswer(NamedTuple):
    """The result of a search: how the query was read, the words that no entry mentions, the best hits of `total`.

    Articles and published codes are two groups, each with its best hits; the group with the better one comes first. If
    only articles match, `codes` are those to see instead of theirs. If there are no hits, `suggestions` are words of
    the library close to those typed: offered, never chosen. A `verbose` answer is shown with scores and tiers.
    """

    dataset: Dataset
    query: str
    understood: tuple[Term, ...]
    unmatched: tuple[str, ...]
    total: int
    hits: tuple[Hit, ...]
    suggestions: tuple[str, ...] = ()
    codes: tuple[PublishedCode, ...] = ()
    verbose: bool = False


class Complaint(NamedTuple):
    """One symptom as it was reported and read; `covered` if any entry covers it."""

    query: str
    understood: tuple[Term, ...]
    unmatched: tuple[str, ...]
    covered: bool


class Evidence(NamedTuple):
    """The line of an entry that covers a symptom best: its section, its tier and its score.

    `missing` are the words of the symptom that the line does not mention.
    """

    symptom: str
    section: str
    text: str
    tier: Tier
    score: float
    missing: tuple[str, ...]
    marks: tuple[tuple[int, int], ...]


class Fit(NamedTuple):
    """An entry that fits what a patient reports: how many of the symptoms it covers, and the line for each."""

    code: str
    title: str
    library: str
    verification: Status
    covered: int
    of: int
    score: float
    evidence: tuple[Evidence | None, ...]


class SymptomAnswer(NamedTuple):
    """Entries that fit symptoms: how each symptom was read, and the best entries of `total`, most covered first.

    `codes` are those to see instead of theirs. A `verbose` answer is shown with scores and tiers.
    """

    dataset: Dataset
    symptoms: tuple[Complaint, ...]
    total: int
    hits: tuple[Fit, ...]
    codes: tuple[PublishedCode, ...] = ()
    verbose: bool = False


# Every type of answer. A new one needs a rendering in render/document.py, render/json.py and render/csv.py.
Answer = (
    ShowAnswer
    | SearchAnswer
    | SymptomAnswer
    | CompareAnswer
    | ModifiersAnswer
    | ListAnswer
    | SectionsAnswer
    | PathsAnswer
    | NotesAnswer
    | CheckAnswer
)
