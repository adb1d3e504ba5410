"""The values of dataset files, which are TOML.

Each is a frozen, slotted, keyword-only dataclass: pydantic checks files against it and makes data/article.schema.json
from it. The answers to questions are in results.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 - pydantic needs it at run time
from typing import Literal

Status = Literal["verified", "conflict", "not-listed", "unverified"]
Indicator = Literal[0, 1, 2, 3, 9]


class TomlValue:
    """A value of a TOML file. An unknown key is a fault, and so is a value of another type."""

    __slots__ = ()
    __pydantic_config__ = {"extra": "forbid", "strict": True}  # noqa: RUF012 - pydantic wants a plain dictionary


@dataclass(frozen=True, slots=True, kw_only=True)
class Section(TomlValue):
    """One section of an entry: its key (see sections.py), an introduction, its points in order."""

    key: str
    intro: str = ""
    points: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(TomlValue):
    """A question that patients ask, and its answer."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost(TomlValue):
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification(TomlValue):
    """The result of comparing an article's use of its code with the published code set.

    `status`: `verified` means that they agree, `conflict` that the code stands for another service, `not-listed` that
    no release checked lists it, `unverified` that nobody has checked. `finding` explains the status in plain words;
    `checked_against` names the releases; `see_instead` lists codes whose published meaning covers what the article
    describes; `bilateral_indicator` says how Medicare pays the code for both sides (field BILAT SURG of the CMS
    Relative Value Files) and is None if no release checked lists the code or nobody has checked.
    """

    status: Status
    finding: str
    checked_against: tuple[str, ...] = ()
    see_instead: tuple[str, ...] = ()
    bilateral_indicator: Indicator | None = None


UNVERIFIED = Verification(status="unverified", finding="Nobody has checked this entry against the published code set.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(TomlValue):
    """The origin of an imported article: the file name of the page, and the day of the import."""

    file: str
    imported: date

    @property
    def words(self) -> str:
        """Both as text, to be shown."""
        return f"{self.file}, imported {self.imported}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article(TomlValue):
    """A file of articles: what an article says about a code, and the verification of that code.

    `modifiers` are codes of modifiers.toml. `sections` does not contain the sections that have fields of their own:
    overview (`summary`), billing (`category`, `modifiers`), cost and faq. `source` is None unless it was imported.
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
class Modifier(TomlValue):
    """A modifier: its two characters, its code set (`unknown` if nobody said), its meaning in plain words.

    A `bilateral` modifier names one side or both; whether it changes the payment depends on the code's indicator.
    """

    code: str
    set: Literal["CPT", "HCPCS Level II", "unknown"]
    meaning: str
    bilateral: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BilateralIndicator(TomlValue):
    """A bilateral indicator of Medicare, and in plain words how Medicare pays for both sides under it."""

    indicator: Indicator
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModifierTable(TomlValue):
    """data/modifiers.toml: the modifiers, and the meanings of the bilateral indicators."""

    modifiers: tuple[Modifier, ...]
    bilateral_indicators: tuple[BilateralIndicator, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices(TomlValue):
    """Legal notices: `trademark` goes with the version, `advice` with every document that leaves the tool."""

    trademark: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset(TomlValue):
    """data/dataset.toml: the version, sources, license and notices of the dataset."""

    version: str
    released: date
    license: str
    sources: tuple[str, ...]
    notices: Notices
