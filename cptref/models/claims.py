"""Values of claims: lines as they were read, what edits say about them, and what is allowed for them."""

from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from cptref.models.fees import Locality
from cptref.models.verdicts import ADVICE, VERDICTS, Rule, Setting, Unread, Verdict

# What an answer about claims shares with those about pairs and fees.
__all__ = ["ADVICE", "VERDICTS", "Locality", "Rule", "Setting", "Unread", "Verdict"]

# What an edit looks at: whether a code is in force, whether Medicare pays it, whether a diagnosis is billed, diagnoses
# that exclude each other, modifiers, units a day, two services of a day, an add-on and its primary, days that another
# service includes, the place of service, a line that comes twice, and what the library found about an article's code.
EditName = Literal[
    "code",
    "status",
    "diagnosis",
    "excludes",
    "modifier",
    "units",
    "pair",
    "add-on",
    "global",
    "place",
    "duplicate",
    "finding",
]
MAX_POINTERS = 4  # to diagnoses, on a line of a claim (CMS-1500, item 24E)
MAX_DIAGNOSES = 12  # on a claim (CMS-1500, item 21)
NO_DAY = date.min  # of a line that has no day of its own


class ClaimLine(NamedTuple):
    """A line of a claim.

    `number` counts the lines of all claims from 1, and `claim` tells the claims of one input apart. `code` and
    `modifiers` are in their canonical spelling. `units` may have a fraction; `unit` is MJ for minutes of anesthesia.
    `pointers` are places of diagnoses on the claim, 1 for A. The days are NO_DAY where the line has none of its
    own; lines that are checked have days and places.
    """

    number: int
    input: str
    code: str
    modifiers: tuple[str, ...] = ()
    units: Decimal = Decimal(1)
    unit: Literal["UN", "MJ"] = "UN"
    charge: Decimal | None = None
    first_day: date = NO_DAY
    last_day: date = NO_DAY
    pointers: tuple[int, ...] = ()
    place: str = ""
    claim: int = 1

    @property
    def label(self) -> str:
        """The code with its modifiers: `64483-50`."""
        return "-".join((self.code, *self.modifiers))

    @property
    def days(self) -> int:
        """How many days it has, from its first to its last one."""
        return max((self.last_day - self.first_day).days, 0) + 1

    @property
    def quantity(self) -> str:
        """The units or minutes as a plain number: `2`, `0.5`."""
        return f"{self.units.normalize():f}"


class ClaimDiagnosis(NamedTuple):
    """A diagnosis of a claim: `number` is its place, 1 for A, and `code` has its dot."""

    number: int
    input: str
    code: str
    claim: int = 1


class Claim(NamedTuple):
    """One claim to check: its lines have days and places, and its diagnoses are in order of their places.

    `lost` are places whose diagnosis could not be read.
    """

    lines: tuple[ClaimLine, ...]
    diagnoses: tuple[ClaimDiagnosis, ...] = ()
    number: int = 1
    lost: frozenset[int] = frozenset()


class ParsedClaim(NamedTuple):
    """What was read: lines, diagnoses, what could not be read, and remarks on how it was read.

    `lost` are the places of diagnoses that could not be read, each with the number of its claim in front.
    """

    lines: tuple[ClaimLine, ...] = ()
    diagnoses: tuple[ClaimDiagnosis, ...] = ()
    unread: tuple[Unread, ...] = ()
    remarks: tuple[str, ...] = ()
    lost: frozenset[tuple[int, int]] = frozenset()


class EditResult(NamedTuple):
    """What one edit says.

    `lines` are the numbers of the lines that the verdict is about, `beside` those of other lines that it depends on;
    both are empty where it is about a diagnosis. `code` is the code or diagnosis that it is about, and `others` are
    further diagnoses that it is about. `says` is the rule in one sentence, and `remedy` what would change the verdict,
    "" where nothing would. `claim` is that of the lines. An `ok` that `needs_documentation` holds only if the
    documentation shows what a modifier says.
    """

    edit: EditName
    verdict: Verdict
    code: str
    says: str
    rule: Rule
    lines: tuple[int, ...] = ()
    beside: tuple[int, ...] = ()
    remedy: str = ""
    day: date | None = None
    claim: int = 1
    others: tuple[str, ...] = ()
    needs_documentation: bool = False


class LineAmount(NamedTuple):
    """What the fee schedule allows for a line; `amount` is None where it has none, and `says` why.

    `steps` is the way to it in words: `64483: $281.64 office`, `both sides 150%`, `second procedure 50%`. `as_of` is
    not "" where another release than that of the day had to do. `share` is what other lines of the day leave of it.
    """

    amount: Decimal | None
    says: str = ""
    steps: tuple[str, ...] = ()
    as_of: str = ""
    share: str = ""

    @property
    def older(self) -> tuple[str, ...]:
        """The releases older than the day that had to do, of the fee schedule and of the indices: `RVU26C`, `2026`."""
        return tuple(filter(None, (Rule("", as_of=mark).older for mark in self.as_of.split(", "))))


class CheckedLine(NamedTuple):
    """A line with its worst verdict; `as_of` are the releases older than its days that had to do."""

    line: ClaimLine
    day: date
    verdict: Verdict
    title: str = ""  # the text of a loaded file, "" if there is none
    amount: LineAmount | None = None
    as_of: tuple[str, ...] = ()


class CheckedDiagnosis(NamedTuple):
    """A diagnosis with its worst verdict; `as_of` are the releases older than its days that had to do."""

    diagnosis: ClaimDiagnosis
    verdict: Verdict
    title: str = ""
    as_of: tuple[str, ...] = ()


class ClaimSettings(NamedTuple):
    """What holds of lines that do not say otherwise; `place` is "" if nobody said.

    `locality` has the indices of the latest day of the lines.
    """

    on: date
    setting: Setting = "practitioner"
    place: str = ""
    locality: Locality | None = None
    qualifying: bool = False


class ClaimAnswer(NamedTuple):
    """What the edits say about claims, and what is allowed for their lines.

    `lines` and `diagnoses` are in the order of the claim, `results` in order of verdict, worst first. `not_loaded` says
    which sets are missing and how to get them; `sources` are the releases that were looked at. `total` is the sum
    of the amounts, and `total_without_denied` leaves out lines that would likely be denied; both are None if no line
    has an amount, and `without_amount` is how many have none. `verbose` asks for everything on the page.
    """

    lines: tuple[CheckedLine, ...]
    diagnoses: tuple[CheckedDiagnosis, ...]
    results: tuple[EditResult, ...]
    unread: tuple[Unread, ...]
    on: date
    setting: Setting
    locality: Locality | None = None
    qualifying: bool = False
    total: Decimal | None = None
    total_without_denied: Decimal | None = None
    without_amount: int = 0
    not_loaded: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    verbose: bool = False

    @property
    def is_clean(self) -> bool:
        """Whether everything was read, and everything is `ok`."""
        judged: list[CheckedLine | CheckedDiagnosis | EditResult] = [*self.lines, *self.diagnoses, *self.results]
        return bool(judged) and not self.unread and all(each.verdict == "ok" for each in judged)
