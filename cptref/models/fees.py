"""Values of fees: what the fee schedule pays, and where."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from cptref.models.verdicts import Finding, Rule, Unread


class Locality(NamedTuple):
    """A Medicare locality with its geographic practice cost indices; `name` is without footnote marks.

    `zip_code` is the one that it was named by, which may be in another locality at another time.
    """

    contractor: str  # 09102
    number: str  # 04
    state: str  # FL
    name: str
    work: Decimal
    practice: Decimal
    malpractice: Decimal
    rule: Rule
    remark: str = ""  # how a ZIP code or a place led to it, and what is doubtful of the file of indices
    zip_code: str = ""

    @property
    def key(self) -> str:
        """Contractor and number: `09102-04`."""
        return f"{self.contractor}-{self.number}"

    @property
    def short(self) -> str:
        """State and number: `FL-04`."""
        return f"{self.state}-{self.number}"

    @property
    def title(self) -> str:
        """Name, state and number: `Miami (FL-04)`."""
        return f"{self.name} ({self.short})"


class Amount(NamedTuple):
    """An amount at a place by a conversion factor, in both settings; None and `NA` where a service is rarely done.

    `place` is "national" or the key of a locality. `factor` is the conversion factor, `apm` whether it is the one of
    qualifying participants in advanced alternative payment models. `formulas` are how each amount comes about, `capped`
    the settings where the OPPS cap is lower. `as_of` is not "" where another release than that of the day had to do.
    """

    place: str
    factor: str
    apm: bool
    office: Decimal | None
    facility: Decimal | None
    formulas: tuple[str, ...] = ()
    capped: tuple[str, ...] = ()
    as_of: str = ""

    def list_settings(self) -> tuple[tuple[str, Decimal | None], ...]:
        """Return each setting with its amount."""
        return ("office", self.office), ("facility", self.facility)


def compare_amounts(amount: Decimal | None, base: Decimal | None) -> Decimal | None:
    """Return by how many percent an amount is above another, to one decimal place; None without one of them."""
    return None if amount is None or not base else round((amount / base - 1) * 100, 1)


class FeeRow(NamedTuple):
    """An amount that follows from the fee: `Both sides (50, 150%)`, one value for each Amount of the code.

    There are none where `says` tells why it is not paid.
    """

    name: str
    says: str
    amounts: tuple[Amount, ...]


class CodeFee(NamedTuple):
    """What the fee schedule pays for a code with its modifiers; `says` is why there is no amount, else ""."""

    input: str
    code: str
    modifiers: tuple[str, ...]
    title: str
    says: str
    rule: Rule
    amounts: tuple[Amount, ...] = ()
    rows: tuple[FeeRow, ...] = ()
    facts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    fields: Mapping[str, str] = {}

    @property
    def label(self) -> str:
        """The code with its modifiers: `64483-50`."""
        return "-".join((self.code, *self.modifiers))


class RankedAmount(NamedTuple):
    """What is left of a fee beside others of the day, in one setting: the share of it, and the way to it."""

    place: str
    factor: str
    apm: bool
    setting: str
    share: str  # "100%", "50%", "" where nothing is reduced
    amount: Decimal | None
    says: str = ""
    steps: tuple[str, ...] = ()
    as_of: str = ""


class RankedFee(NamedTuple):
    """One of several procedures of a day, at each place, by each factor and in each setting."""

    label: str
    amounts: tuple[RankedAmount, ...]


class FeeAnswer(NamedTuple):
    """What the fee schedule pays for codes on a day, nationally and in localities.

    `ranking` is what is paid if all of them are done on one day, as often as was typed. `misses` say which codes have
    no answer. `qualifying` tells that amounts are those of qualifying participants alone. If `compare`, the places are
    to be seen side by side. `findings` say which codes do not stand for what their articles describe, whatever is paid.
    """

    on: date
    fees: tuple[CodeFee, ...]
    localities: tuple[Locality, ...] = ()
    ranking: tuple[RankedFee, ...] = ()
    misses: tuple[Unread, ...] = ()
    qualifying: bool = False
    show_formula: bool = False
    compare: bool = False
    remarks: tuple[str, ...] = ()
    not_loaded: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
