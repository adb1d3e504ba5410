"""What the fee schedule allows for one code with its modifiers: which row prices it, by which shares, or why none does.

Shares and their sources (CMS, Medicare Claims Processing Manual, chapter 12, unless it says otherwise):

| modifier | share | section |
|---|---|---|
| 50 | by bilateral indicator: 1 150%, 0 and 2 100% of one code for both sides, 3 each side in full | 40.7 |
| 80, 81, 82 | 16% | 20.4.3 |
| AS | 85% of 16% | 110.2 |
| 62 | 62.5% each | 40.8 |
| 66 | by report | 40.8 |
| 54, 55, 56 | before and during, after, before the operation: percentages of the file | 40.4 |
| 78 | the part during the operation; with a same-day global period in full | 40.4 |
| 52, 53 | none is fixed; some codes have a row for 53 | 20.4.6, 30.1 |
| limiting charge | 115% of 95% | CMS, payment amount file (PF26PA) |
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cptref import indicators
from cptref.claims.roles import ASSISTANTS
from cptref.indicators import ROW_MODIFIERS
from cptref.money import NATIONAL, SETTINGS, WHOLE, price_row, round_cents, take_shares, write_share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cptref.money import Price

    Rows = Mapping[str, Mapping[str, str]]  # the rows of a code by modifier, with their fields by name

ASSISTANT_SHARE, NONPHYSICIAN_SHARE, COSURGEON_SHARE = 1600, 8500, 6250  # in hundredths of a percent
NONPARTICIPATING_SHARE, LIMITING_SHARE = 9500, 10_925
SIDES = ("LT", "RT")
BOTH_SIDES_SHARES = {"0": 10_000, "1": 15_000, "2": 10_000, "3": 20_000}  # of one code, by bilateral indicator
_PERIODS = {
    "54": ("preoperative", "intraoperative"),
    "55": ("postoperative",),
    "56": ("preoperative",),
    "78": ("intraoperative",),
}
_PERIOD_NAMES = {
    "54": "surgery alone",
    "55": "follow-up alone",
    "56": "before surgery alone",
    "78": "return to surgery",
}
PACKAGE_PARTS = frozenset({"54", "55", "56"})  # of which each line of a global package has one
HALF = 5000  # in hundredths of a percent, as every share
# Modifiers that change what a line is paid: lines that differ in others alone are priced alike.
PRICING_MODIFIERS = frozenset({*ROW_MODIFIERS, *ASSISTANTS, *_PERIODS, "50", "52", "62", "66"})
_NOT_AVAILABLE_SAYS = {
    "office": "NA: rarely or never done outside a facility",
    "facility": "NA: rarely or never done in a facility, or not paid to the practitioner there",
}
_NO_FIXED_SHARE = "no fixed share: the Medicare contractor decides by the documentation"


class Basis(NamedTuple):
    """By what amounts are made: a conversion factor, and the indices of a place, `national` or the key of a locality.

    `as_of` says of which time the release or the indices are, if it is another one than that of the day, and `remark`
    that the file of the factor is not loaded.
    """

    place: str
    factor: str
    is_qualifying: bool = False
    indices: tuple[str, ...] = NATIONAL
    as_of: str = ""
    remark: str = ""


class Share(NamedTuple):
    """A share of the fee, in hundredths of a percent, and what it is for."""

    name: str
    share: int

    def __str__(self) -> str:
        return f"{self.name} {write_share(self.share)}"


class Condition(NamedTuple):
    """What has to hold for an amount to be paid."""

    says: str


# What a modifier does to an amount: a share of it, a condition, or why there is none.
Effect = Share | Condition | str


class Service(NamedTuple):
    """A code with its modifiers on the row that prices it.

    `problem` says why there is no amount in any setting, "" if there is one. `conditions` are in words. `parts` are the
    rows of the professional and the technical part of a whole service; `base` is the row of its base endoscopy,
    if that has an amount.
    """

    code: str
    modifiers: tuple[str, ...]
    fields: Mapping[str, str]
    problem: str = ""
    shares: tuple[Share, ...] = ()
    conditions: tuple[str, ...] = ()
    parts: tuple[Mapping[str, str], ...] = ()
    base: Mapping[str, str] | None = None

    @property
    def label(self) -> str:
        """The code with its modifiers: `64483-50`."""
        return "-".join((self.code, *self.modifiers))

    def explain_missing(self, setting: str) -> str:
        """Return why there is no amount in a setting, "" if there is one."""
        if not self.problem and self.fields[f"{SETTINGS[setting]}_na"]:
            return _NOT_AVAILABLE_SAYS[setting]
        return self.problem

    def price(self, setting: str, basis: Basis) -> Price:
        """Return the exact dollars of its row in a setting that has an amount."""
        return price_row(self.fields, setting, basis.indices, basis.factor)

    def price_cents(self, setting: str, basis: Basis, share: int = WHOLE, practice: int = WHOLE) -> int:
        """Return what is allowed in a setting that has an amount, in cents: a share of it, with one of the practice."""
        own = (share.share for share in self.shares)
        return round_cents(take_shares(self.price(setting, basis).reduce_practice(practice), *own, share))


def make_service(
    rows: Rows, code: str, modifiers: Sequence[str], read_rows: Callable[[str], Rows] | None = None
) -> Service:
    """Return a code, which has rows, with its modifiers; `read_rows` reads those of its base endoscopy."""
    row = next((modifier for modifier in ROW_MODIFIERS if modifier in modifiers and modifier in rows), "")
    fields = rows.get(row) or next(iter(rows.values()))
    service = Service(code, tuple(modifiers), fields)
    problem = _explain_row(rows, row, modifiers) or explain_status(fields)
    if problem:
        return service._replace(problem=problem)
    effects = [
        effect
        for list_effects in (_list_sides, _list_surgeons, _list_periods)
        for effect in list_effects(fields, modifiers)
    ]
    if problem := next((effect for effect in effects if isinstance(effect, str)), ""):
        return service._replace(problem=problem)
    base = fields["endoscopic_base"]
    base_rows = read_rows(base) if base and read_rows and fields["multiple"] == "3" else {}
    return service._replace(
        shares=tuple(effect for effect in effects if isinstance(effect, Share)),
        conditions=tuple(effect.says for effect in effects if isinstance(effect, Condition)),
        parts=tuple(rows[part] for part in ("26", "TC")) if not row and {"26", "TC"} <= {*rows} else (),
        base=base_rows[""] if "" in base_rows and not explain_status(base_rows[""]) else None,
    )


def _explain_row(rows: Rows, row: str, modifiers: Sequence[str]) -> str:
    """Return why no row fits the modifiers, "" if one does."""
    if {"26", "TC"} <= {*modifiers}:
        return "26 with TC: each stands for another part; a line without both is for the whole service"
    for modifier in ROW_MODIFIERS[:2]:
        if modifier in modifiers and modifier not in rows:
            meaning = indicators.explain(indicators.PARTS, rows[""]["pctc"]) if "" in rows else "not in the file"
            return f"no row with {modifier}: {meaning}"
    if "53" in modifiers and row != "53":
        return f"53: {_NO_FIXED_SHARE}"
    if "52" in modifiers:
        return f"52: {_NO_FIXED_SHARE}"
    if not row and "" not in rows:
        return f"the file has it only with {' or '.join(rows)}"
    return ""


def explain_status(fields: Mapping[str, str]) -> str:
    """Return why the fee schedule has no amount for a row, "" if it has one."""
    status = fields["status"]
    if status == "J":
        return "J: anesthesia, paid by base units and time; the fee schedule file has no base units"
    if status not in indicators.PAID_STATUSES:
        return f"{status}: {indicators.STATUSES.get(status, indicators.UNKNOWN_VALUE)}"
    if not any(fields[name].strip("0.") for name in ("nonfacility_total", "facility_total")):
        return f"{status}: the file has no RVUs for it, so the Medicare contractor sets the price"
    return ""


def _list_sides(fields: Mapping[str, str], modifiers: Sequence[str]) -> Iterator[Effect]:
    if "50" not in modifiers:
        return
    value = fields["bilateral"]
    if value in BOTH_SIDES_SHARES:
        yield Share("both sides", BOTH_SIDES_SHARES[value])
    else:
        yield f"50: bilateral indicator {value or 'missing'}: {explain_both_sides(value)}"


def explain_both_sides(value: str) -> str:
    """Return what a bilateral indicator means."""
    return indicators.explain({key: sentence for key, (sentence, _) in indicators.BOTH_SIDES.items()}, value)


def _list_surgeons(fields: Mapping[str, str], modifiers: Sequence[str]) -> Iterator[Effect]:
    """Yield what assistants, co-surgeons and teams are paid, and when."""
    if ASSISTANTS & {*modifiers}:
        yield from _judge("assistant", fields["assistant"], indicators.ASSISTANTS, unpaid="19", conditional="0")
        yield Share("assistant", ASSISTANT_SHARE)
        if "AS" in modifiers:
            yield Share("non-physician", NONPHYSICIAN_SHARE)
    if "62" in modifiers:
        yield from _judge("co-surgeon", fields["cosurgeon"], indicators.COSURGEONS, unpaid="09", conditional="12")
        yield Share("co-surgeon", COSURGEON_SHARE)
    if "66" in modifiers:
        value = fields["team"]
        yield f"team indicator {value or 'missing'}: {indicators.explain(indicators.TEAMS, value)}"


def _judge(name: str, value: str, words: Mapping[int, str], unpaid: str, conditional: str) -> Iterator[Effect]:
    says = f"{name} indicator {value or 'missing'}: {indicators.explain(words, value)}"
    if not value or value in unpaid:
        yield says
    elif value in conditional:
        yield Condition(says)


def _list_periods(fields: Mapping[str, str], modifiers: Sequence[str]) -> Iterator[Effect]:
    """Yield the share of a part of the global period."""
    named = [modifier for modifier in _PERIODS if modifier in modifiers]
    if len(named) > 1:
        yield f"{' with '.join(named)}: each stands for another part of the global period"
    elif named == ["78"] and fields["global"] == "000":
        yield Share(_PERIOD_NAMES["78"], WHOLE)
    elif named:
        share = sum(int(fields[name].replace(".", "")) * 100 for name in _PERIODS[named[0]])
        if share:
            yield Share(_PERIOD_NAMES[named[0]], share)
        else:
            yield f"{named[0]}: the file has no share for it; global days {fields['global']}"
