"""The answers to questions, apart from those about entries (entries.py), and the values that they are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from cptref.models.entries import ListAnswer, ShowAnswer

if TYPE_CHECKING:
    from cptref.errors import Fault
    from cptref.models.article import BilateralIndicator, Dataset, Modifier, Status
    from cptref.models.codes import PublishedCode
    from cptref.models.entries import (
        AppendedModifier,
        Contradiction,
        Entry,
        EntryKind,
        Miss,
    )
    from cptref.models.notes import Note
    from cptref.sections import SectionKind

Tier = Literal["exact", "inflected", "synonym", "abbreviation", "part", "spelling"]


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
    """The notes on one code, in the order added; `title` is "" if nothing else is known of the code."""

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

    `missing` are the words of the query that the entry does not mention. `bundled_verification` and `published` are
    those of a ListItem.
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
    bundled_verification: Status | None = None
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
    """An entry that fits what a patient reports: how many of the symptoms it covers, and the line for each.

    `bundled_verification` is that of a ListItem.
    """

    kind: EntryKind
    code: str
    title: str
    library: str
    verification: Status
    covered: int
    of: int
    score: float
    evidence: tuple[Evidence | None, ...]
    bundled_verification: Status | None = None


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


# Every type of answer. A new one needs a page in render/pages/, and a rendering in render/json.py and render/csv.py.
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
