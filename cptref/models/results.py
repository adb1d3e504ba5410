"""What a question is answered with.

Each value is a named tuple, built by keyword, and no dataclass: making such a class takes a seventh of the time (0.06
ms and 0.47 ms), and every start of the command pays for it.
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
        Note,
        Question,
        Section,
        Source,
        Status,
        Verification,
    )
    from cptref.sections import SectionKind

Tier = Literal["exact", "inflected", "synonym", "abbreviation", "part", "spelling"]


class Entry(NamedTuple):
    """An article as it is shown: modifiers with their meaning, every section that has content, in order.

    `library` names the dataset it is from; `sections` holds overview, billing, cost, faq and notes too, as lines;
    `notes` are the coder's own, `source` is where it was imported from.
    """

    code: str
    title: str
    category: str
    summary: str
    library: str
    verification: Verification
    modifiers: tuple[Modifier, ...]
    cost: Cost
    sections: tuple[Section, ...]
    faq: tuple[Question, ...]
    notes: tuple[str, ...] = ()
    source: Source | None = None


class Miss(NamedTuple):
    """A code that gets no answer, and why.

    `input` is what was typed, `code` what was understood ("" where it is not code-shaped), `nearest` up to three
    codes that are held and close: other procedures, offered and never chosen.
    """

    input: str
    code: str
    reason: Literal["malformed", "not-held", "no-section"]
    message: str
    nearest: tuple[str, ...] = ()


class AppendedModifier(NamedTuple):
    """A modifier on a code: what it means, whether the entry of the code lists it, what the check says of it.

    `input` is what was typed ("" where the entry alone has it), `on` the code. `set` and `meaning` are "" for a
    modifier that isn't held, `listed` is None and `check` "" where there is no entry.
    """

    input: str
    on: str
    code: str
    set: str
    meaning: str
    listed: bool | None
    check: str


def group_by_code(appended: Iterable[AppendedModifier]) -> dict[str, list[AppendedModifier]]:
    """The modifiers on each code."""
    found: dict[str, list[AppendedModifier]] = {}
    for one in appended:
        found.setdefault(one.on, []).append(one)
    return found


class ShowAnswer(NamedTuple):
    """The entries found, in the order asked for; what was not found; the modifiers typed with the codes.

    `sections` are the keys asked for, none where whole entries were.
    """

    dataset: Dataset
    sections: tuple[str, ...]
    entries: tuple[Entry, ...]
    misses: tuple[Miss, ...]
    appended: tuple[AppendedModifier, ...] = ()


class ModifiersAnswer(NamedTuple):
    """Modifiers asked for by themselves, and those of codes; what was not found.

    `whole` where nothing was named: `modifiers` is the whole table then, and `indicators` go with it. `appended` has
    the modifiers that the `entries` list, and those typed with their codes.
    """

    dataset: Dataset
    whole: bool
    modifiers: tuple[Modifier, ...]
    indicators: tuple[BilateralIndicator, ...]
    entries: tuple[Entry, ...]
    appended: tuple[AppendedModifier, ...]
    misses: tuple[Miss, ...]


class SectionComparison(NamedTuple):
    """One section of several entries, each line of each entry once: in `shared`, in `similar` or in `only`.

    `shared` are the lines that all have word for word. A row of `similar` has lines that say nearly the same, one for
    each entry, "" where an entry has none. `only` has, for each entry, what none of the others says. Where there are
    too many lines to look for nearly the same, they are not `lined_up`, and `similar` has what some say word for word.
    """

    key: str
    shared: tuple[str, ...]
    similar: tuple[tuple[str, ...], ...]
    only: tuple[tuple[str, ...], ...]
    lined_up: bool


class CompareAnswer(NamedTuple):
    """Entries side by side, section by section, each row and `only` in order of `entries`."""

    dataset: Dataset
    entries: tuple[Entry, ...]
    sections: tuple[SectionComparison, ...]
    misses: tuple[Miss, ...]
    appended: tuple[AppendedModifier, ...] = ()


class ListItem(NamedTuple):
    """One line of the list of codes held."""

    code: str
    title: str
    category: str
    verification: Status
    library: str


class ListAnswer(NamedTuple):
    """The first codes held of `total`, in order."""

    dataset: Dataset
    entries: tuple[ListItem, ...]
    total: int


class SectionsAnswer(NamedTuple):
    """The catalogue of sections, in order."""

    kinds: tuple[SectionKind, ...]


class PathsAnswer(NamedTuple):
    """Where things live: the bundled data, the user's own library and notes, the cache; other `libraries` in order."""

    data: str
    library: str
    notes: str
    cache: str
    libraries: tuple[str, ...] = ()


class CodeNotes(NamedTuple):
    """The notes on one code, in the order in which they were added; `title` is "" where the code is not held."""

    code: str
    title: str
    notes: tuple[Note, ...]


class NotesAnswer(NamedTuple):
    """The coder's own notes, by code."""

    dataset: Dataset
    codes: tuple[CodeNotes, ...]


class CheckedPath(NamedTuple):
    """A folder or a file that was checked: how many articles were read in it, and which other files."""

    path: str
    articles: int
    others: tuple[str, ...]


class CheckAnswer(NamedTuple):
    """What was checked, every fault in it, and what is no fault and still wants a look; in order of file."""

    checked: tuple[CheckedPath, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


class Term(NamedTuple):
    """A word of a query that was read as something else: what was typed, what it was read as, how loosely."""

    typed: str
    read_as: tuple[str, ...]
    tier: Tier


class Match(NamedTuple):
    """A line that speaks of what was asked.

    `score` is the share of the query it covers, 0 to 1; `tier` its loosest match; `terms` the words of the query
    it covers; `marks` the [start, end) places of the matched words in `text`.
    """

    section: str
    text: str
    score: float
    tier: Tier
    terms: tuple[str, ...]
    marks: tuple[tuple[int, int], ...]


class Hit(NamedTuple):
    """An entry that speaks of what was asked: its best lines, and how many of its lines matched in all.

    `missing` is what was asked for besides, and the entry doesn't speak of.
    """

    code: str
    title: str
    library: str
    verification: Status
    score: float
    tier: Tier
    missing: tuple[str, ...]
    matches: tuple[Match, ...]
    total: int


class SearchAnswer(NamedTuple):
    """What a search found: how the query was read, what nothing speaks of, the best hits of `total`.

    `suggestions` are words that are held and near what was typed, where there are no hits: offered, never chosen.
    """

    dataset: Dataset
    query: str
    understood: tuple[Term, ...]
    unmatched: tuple[str, ...]
    total: int
    hits: tuple[Hit, ...]
    suggestions: tuple[str, ...] = ()


class Complaint(NamedTuple):
    """One symptom as it was reported and read; `covered` where any entry covers it."""

    query: str
    understood: tuple[Term, ...]
    unmatched: tuple[str, ...]
    covered: bool


class Evidence(NamedTuple):
    """The line of an entry that covers a symptom best: where it stands, how loosely and how well it does.

    `missing` is what the symptom says besides, and the line doesn't.
    """

    symptom: str
    section: str
    text: str
    tier: Tier
    score: float
    missing: tuple[str, ...]
    marks: tuple[tuple[int, int], ...]


class Fit(NamedTuple):
    """An entry that fits what a patient reports: how many of the symptoms it covers, and the line for each, if any."""

    code: str
    title: str
    library: str
    verification: Status
    covered: int
    of: int
    score: float
    evidence: tuple[Evidence | None, ...]


class SymptomAnswer(NamedTuple):
    """What fits the symptoms: how each was read, the best entries of `total`, those that cover most first."""

    dataset: Dataset
    symptoms: tuple[Complaint, ...]
    total: int
    hits: tuple[Fit, ...]


# Every type of answer. One more has to be rendered in render/document.py, render/json.py and render/csv.py.
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
