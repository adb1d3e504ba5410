"""The values everything is made of: what a dataset holds, and what a question is answered with.

What stands in TOML files is a frozen, slotted, keyword-only dataclass, since pydantic checks files against it and
makes data/article.schema.json from it. What only answers is a named tuple, built by keyword: making one such class
takes a seventh of the time (0.06 ms and 0.47 ms), and every start of the command pays for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 - read at run time, when the files are checked
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cptref.sections import Kind

Status = Literal["verified", "conflict", "not-listed", "unverified"]
Indicator = Literal[0, 1, 2, 3, 9]
Tier = Literal["exact", "inflected", "synonym", "abbreviation", "part", "spelling"]


class Stored:
    """A value of a TOML file. A key it doesn't name is a fault, and so is a value of another type."""

    __slots__ = ()
    __pydantic_config__ = {"extra": "forbid", "strict": True}  # noqa: RUF012 - pydantic reads a plain dictionary


@dataclass(frozen=True, slots=True, kw_only=True)
class Section(Stored):
    """One section of an entry: its key (see sections.py), a sentence to begin with, its points in order."""

    key: str
    intro: str = ""
    points: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Stored):
    """A question a patient asks, and its answer."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost(Stored):
    """What the procedure costs on average, in whole units of the currency (ISO 4217), and what was said of it."""

    low: int
    high: int
    currency: Literal["USD"] = "USD"
    intro: str = ""
    notes: tuple[str, ...] = ()

    @property
    def range(self) -> str:
        """The amounts in words: `$1,000 to $3,000`."""
        return f"${self.low:,} to ${self.high:,}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification(Stored):
    """How an article's use of its code stands to the published code set.

    `status`: `verified` agrees, `conflict` the number means another service, `not-listed` no release checked has
    it, `unverified` nobody looked. `finding` says it in plain words; `checked_against` names the releases;
    `see_instead` are codes whose published meaning covers what the article describes; `bilateral_indicator` is how
    Medicare pays the code for both sides (field BILAT SURG of the CMS Relative Value Files), None where no release
    checked lists it or nobody looked.
    """

    status: Status
    finding: str
    checked_against: tuple[str, ...] = ()
    see_instead: tuple[str, ...] = ()
    bilateral_indicator: Indicator | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article(Stored):
    """One file of data/articles: what an article says about a code, and what was found when it was checked.

    `modifiers` are codes of data/modifiers.toml. `sections` leaves out what has fields of its own: overview
    (`summary`), billing (`category`, `modifiers`), cost and faq.
    """

    code: str
    title: str
    category: str
    summary: str
    modifiers: tuple[str, ...]
    verification: Verification
    cost: Cost
    sections: tuple[Section, ...]
    faq: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Modifier(Stored):
    """A modifier: its two characters, the code set it is of, its meaning in plain words.

    `bilateral` are those that say which side, or that it was both: what they are worth is up to the code's indicator.
    """

    code: str
    set: Literal["CPT", "HCPCS Level II"]
    meaning: str
    bilateral: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BilateralIndicator(Stored):
    """How Medicare pays for both sides, by the number that stands for it, in plain words."""

    indicator: Indicator
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModifierTable(Stored):
    """data/modifiers.toml: the modifiers, and what the bilateral indicators of codes mean."""

    modifiers: tuple[Modifier, ...]
    bilateral_indicators: tuple[BilateralIndicator, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices(Stored):
    """What has to be said: `trademark` with the version, `advice` with every document that leaves the tool."""

    trademark: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset(Stored):
    """data/dataset.toml: which dataset this is, where it comes from, under which licence."""

    version: str
    released: date
    licence: str
    sources: tuple[str, ...]
    notices: Notices


class Entry(NamedTuple):
    """An article as it is shown: modifiers with their meaning, every section that has content, in order.

    `library` names the dataset it is from; `sections` holds overview, billing, cost and faq too, as lines.
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


class Appended(NamedTuple):
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


def by_code(appended: Iterable[Appended]) -> dict[str, list[Appended]]:
    """The modifiers on each code."""
    found: dict[str, list[Appended]] = {}
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
    appended: tuple[Appended, ...] = ()


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
    appended: tuple[Appended, ...]
    misses: tuple[Miss, ...]


class Compared(NamedTuple):
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
    sections: tuple[Compared, ...]
    misses: tuple[Miss, ...]
    appended: tuple[Appended, ...] = ()


class Listed(NamedTuple):
    """One line of the list of codes held."""

    code: str
    title: str
    category: str
    verification: Status
    library: str


class ListAnswer(NamedTuple):
    """The first codes held of `total`, in order."""

    dataset: Dataset
    entries: tuple[Listed, ...]
    total: int


class SectionsAnswer(NamedTuple):
    """The catalogue of sections, in order."""

    kinds: tuple[Kind, ...]


class PathsAnswer(NamedTuple):
    """Where things live: the bundled data, the user's own library and notes, the cache."""

    data: str
    library: str
    notes: str
    cache: str


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
