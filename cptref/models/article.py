"""What a dataset holds: the values of its TOML files.

Each is a frozen, slotted, keyword-only dataclass, since pydantic checks files against it and makes
data/article.schema.json from it. What a question is answered with stands in answers.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 - read at run time, when the files are checked
from typing import Literal

Status = Literal["verified", "conflict", "not-listed", "unverified"]
Indicator = Literal[0, 1, 2, 3, 9]


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
    """What the procedure costs on average, in whole units of the currency (ISO 4217), and what was said of it.

    `low` and `high` are None where no amount is known, and the same where there is one alone.
    """

    low: int | None = None
    high: int | None = None
    currency: Literal["USD"] = "USD"
    intro: str = ""
    notes: tuple[str, ...] = ()

    @property
    def range(self) -> str:
        """The amounts in words: `$1,000 to $3,000`, `$500`, "" where none is known."""
        return " to ".join(dict.fromkeys(f"${amount:,}" for amount in (self.low, self.high) if amount is not None))


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


UNVERIFIED = Verification(status="unverified", finding="Nobody has checked this entry against the published code set.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(Stored):
    """Where an imported article is from: the name of the page's file, and the day it was imported."""

    file: str
    imported: date

    @property
    def words(self) -> str:
        """Both in words."""
        return f"{self.file}, imported {self.imported}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article(Stored):
    """A file of articles: what an article says about a code, and what was found when it was checked.

    `modifiers` are codes of modifiers.toml. `sections` leaves out what has fields of its own: overview (`summary`),
    billing (`category`, `modifiers`), cost and faq. `source` is None where nobody imported it.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Modifier(Stored):
    """A modifier: its two characters, the code set it is of (`unknown` where nobody said), its meaning in plain words.

    `bilateral` are those that say which side, or that it was both: what they are worth is up to the code's indicator.
    """

    code: str
    set: Literal["CPT", "HCPCS Level II", "unknown"]
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
class Note(Stored):
    """What a coder noted on a code, and on which day."""

    code: str
    text: str
    added: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteBook(Stored):
    """notes.toml: the coder's own notes, in the order in which they were added."""

    notes: tuple[Note, ...] = ()


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
