"""The values of dataset files, which are TOML.

Each is a named tuple, built by keyword: dataset/schema.py makes a pydantic model of it to check files and to write
data/article.schema.json. A dataclass would do the same, but Python takes seven times as long to make its class, and
every start of the command pays for it. For the same reason modules of values have no `from __future__ import
annotations`: Python would compile the text of each annotation when it makes the class.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any, Literal, NamedTuple, TypeVar

Value = TypeVar("Value")

Status = Literal["verified", "conflict", "not-listed", "unverified"]
Indicator = Literal[0, 1, 2, 3, 9]
# fmt: off
ModifierTopic = Literal[
    "side", "anatomy", "part", "repeat", "distinct", "visit", "surgery", "anesthesia", "staff",
    "statutory", "place", "therapy", "drug", "other",
]
# fmt: on


class Section(NamedTuple):
    """One section of an entry: its key (see sections.py), an introduction, its points in order."""

    key: str
    intro: str = ""
    points: tuple[str, ...] = ()


class Question(NamedTuple):
    """A question that patients ask, and its answer."""

    question: str
    answer: str


# What an amount of an article rests on: articles name neither the source of their amounts nor the year.
COST_ORIGIN = "according to the article, no source, no year"


class Cost(NamedTuple):
    """The average cost of the procedure in whole units of the currency (ISO 4217), with remarks on it.

    `low` and `high` are None if no amount is known; they are equal if only one amount is known.
    """

    low: int | None = None
    high: int | None = None
    currency: Literal["USD"] = "USD"
    intro: str = ""
    notes: tuple[str, ...] = ()

    @property
    def range(self) -> str:
        """The amounts as text: `$1,000 to $3,000`, `$500`, "" if none is known."""
        return " to ".join(dict.fromkeys(f"${amount:,}" for amount in (self.low, self.high) if amount is not None))


class Verification(NamedTuple):
    """The result of comparing an article's use of its code with the published code set.

    `status`: `verified` means that they agree, `conflict` that the code stands for another service, `not-listed` that
    no release checked lists it, `unverified` that nobody has checked. `finding` explains the status in plain words;
    `checked_against` names the releases; `see_instead` lists codes whose published meaning covers what the article
    describes; `bilateral_indicator` says how Medicare pays the code for both sides (field BILAT SURG of the CMS
    Relative Value Files) and is None if no release checked lists the code or nobody has checked. `checked_on` is the
    day of the comparison.
    """

    status: Status
    finding: str
    checked_against: tuple[str, ...] = ()
    see_instead: tuple[str, ...] = ()
    bilateral_indicator: Indicator | None = None
    checked_on: date | None = None


UNVERIFIED = Verification(status="unverified", finding="Nobody has checked this entry against the published code set.")


def select_verification(own: Verification, finding: Verification | None) -> Verification:
    """Return the verification that holds for a code: an article's own, or the bundled finding if there is one.

    An own one takes the place of a finding only if it says what was found, against which releases, and when.
    """
    return own if finding is None or (is_complete(own) and own != finding) else finding


def is_complete(verification: Verification) -> bool:
    """Return whether a verification says what was found, against which releases, and when."""
    found = verification.status in {"verified", "conflict"}
    return bool(found and verification.checked_against and verification.checked_on)


class Source(NamedTuple):
    """The origin of an imported article: the file name of the page, and the day of the import."""

    file: str
    imported: date

    @property
    def words(self) -> str:
        """Both as text, to be shown."""
        return f"{self.file}, imported {self.imported}"


class PayerNote(NamedTuple):
    """What one payer asks for or pays for this code, and the day on which somebody made sure of it."""

    payer: str
    note: str
    checked_on: date | None = None


class Article(NamedTuple):
    """A file of articles: what an article says about a code, and the verification of that code.

    `modifiers` are codes of modifiers.toml. `sections` does not contain the sections that have fields of their own:
    overview (`summary`), cost and faq; one with the key billing adds to `category`, `modifiers` and `payer_notes`.
    `source` is None unless it was imported.
    """

    code: str
    title: str
    category: str
    summary: str = ""
    modifiers: tuple[str, ...] = ()
    verification: Verification = UNVERIFIED
    cost: Cost = Cost()
    sections: tuple[Section, ...] = ()
    faq: tuple[Question, ...] = ()
    source: Source | None = None
    payer_notes: tuple[PayerNote, ...] = ()


class Modifier(NamedTuple):
    """A modifier: its two characters, its code set (`unknown` if nobody said), its meaning in plain words.

    A `bilateral` modifier names one side or both; whether it changes the payment depends on the code's indicator.
    `about` is what it says something about. One that `answers_pair_edit` may let two services of one day be paid that
    Medicare otherwise pays as one (NCCI Policy Manual, chapter 1: PTP-associated modifiers).
    """

    code: str
    set: Literal["CPT", "HCPCS Level II", "unknown"]
    meaning: str
    bilateral: bool = False
    about: ModifierTopic = "other"
    answers_pair_edit: bool = False


class BilateralIndicator(NamedTuple):
    """A bilateral indicator of Medicare, and in plain words how Medicare pays for both sides under it."""

    indicator: Indicator
    meaning: str


class ModifierTable(NamedTuple):
    """data/modifiers.toml: the modifiers, and the meanings of the bilateral indicators."""

    modifiers: tuple[Modifier, ...]
    bilateral_indicators: tuple[BilateralIndicator, ...] = ()


class Notices(NamedTuple):
    """Legal notices: `trademark` goes with the version, `advice` with every document that leaves the tool."""

    trademark: str
    advice: str


class Dataset(NamedTuple):
    """data/dataset.toml: the version, sources, license and notices of the dataset."""

    version: str
    released: date
    license: str
    sources: tuple[str, ...]
    notices: Notices


# The fields of each kind that are more than text, numbers and lists of these: what makes a value of one item of TOML.
FIELD_TYPES: dict[Any, dict[str, Callable[[Any], Any]]] = {}


def build_value(kind: Callable[..., Value], table: Mapping[str, Any]) -> Value:
    """Return the value of a table that was checked, parsed from TOML or from JSON: lists as tuples, text as dates."""
    types = FIELD_TYPES.get(kind, {})
    fields = {
        name: value if type(value) is str and name not in types else _build_field(types.get(name), value)
        for name, value in table.items()
    }
    return kind(**fields)


def _build_field(make: Callable[[Any], Any] | None, value: Any) -> Any:  # noqa: ANN401 - whatever TOML holds
    if isinstance(value, list):
        return tuple(map(make, value)) if make else tuple(value)
    return make(value) if make and value is not None else value


def read_date(value: object) -> date:
    """Return a date of TOML, or the text that JSON has for one."""
    return date.fromisoformat(str(value))


FIELD_TYPES |= {
    Source: {"imported": read_date},
    Verification: {"checked_on": read_date},
    PayerNote: {"checked_on": read_date},
    Article: {
        "verification": partial(build_value, Verification),
        "cost": partial(build_value, Cost),
        "sections": partial(build_value, Section),
        "faq": partial(build_value, Question),
        "source": partial(build_value, Source),
        "payer_notes": partial(build_value, PayerNote),
    },
    ModifierTable: {
        "modifiers": partial(build_value, Modifier),
        "bilateral_indicators": partial(build_value, BilateralIndicator),
    },
    Dataset: {"released": read_date, "notices": partial(build_value, Notices)},
}


def as_table(value: Any) -> Any:  # noqa: ANN401 - whatever a value holds
    """Return a value as TOML and JSON have it: a table for a named tuple, a list for any other tuple."""
    if isinstance(value, dict):
        return {key: as_table(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        names = getattr(value, "_fields", None)
        items = map(as_table, value)
        return dict(zip(names, items, strict=True)) if names else list(items)
    return value
