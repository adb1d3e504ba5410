"""Whether the units of a day are within the medically unlikely edits (MUE) of the setting.

How units are compared is in the NCCI Policy Manual, chapter 1, section V: by line with adjudication indicator 1, by day
with 2 and 3, and those of a line of several days divided by its days. Limits are those of one practitioner, so that
the lines of assistants, of two surgeons and of teams are summed apart (claims/roles.py).

Parts of one service don't add up, but each adds to the whole of it: the professional and the technical part (Medicare
Claims Processing Manual, chapter 23, addendum: PC/TC indicator), and the operation and the care before and after it,
which practitioners may share (chapter 12, sections 40.2 and 40.4).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from cptref.claims.context import cite
from cptref.claims.roles import find_role
from cptref.codesets.releases import CODE_SETS
from cptref.indicators import UNIT_LIMITS, UNKNOWN_VALUE
from cptref.lookup.listings.mue import NO_LIMIT, NOT_EXPECTED
from cptref.models.claims import EditResult, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cptref.claims.context import ClaimContext
    from cptref.models.claims import Claim, ClaimLine, Verdict

BY_LINE = "1"  # MUE adjudication indicators
BY_CLINIC = "3"
SUPPLIERS = "mue-dme"
PARTS = ("26", "TC", "54", "55", "56")  # modifiers of lines that have a part of a service
IN_TENTHS = frozenset({"A0425", "A0435", "A0436"})  # miles: Medicare Claims Processing Manual, chapter 15, section 20.2
_BOTH_SIDES = {"1": "one line with 50 and 1 unit, if both sides were treated (MLN Matters SE1422)"}  # by bilateral
_WHOLE_UNITS = Rule("Medicare Claims Processing Manual, chapter 26, section 10.4: item 24G")
_MINUTES = Rule("Medicare Claims Processing Manual, chapter 12, section 50")


class _Limit(NamedTuple):
    """What a release says of a code: `units` is None if there is no limit, and `says` why, with a verdict."""

    units: int | None
    indicator: str
    rationale: str
    rule: Rule
    verdict: Verdict = "ok"
    says: str = ""


class _Period(NamedTuple):
    """Days from `first` on with the same units a day, up to the next period."""

    first: int  # as an ordinal
    units: Decimal
    limit: _Limit

    @property
    def is_over(self) -> bool:
        """Whether all lines together are over a limit by day."""
        limit = self.limit
        return limit.units is not None and limit.indicator != BY_LINE and self.units > limit.units


def check(claim: Claim, context: ClaimContext) -> Iterator[EditResult]:
    """Yield what the edit says of a claim: of minutes and parts of units, then of the units of each code."""
    by_code: dict[tuple[str, str], list[ClaimLine]] = defaultdict(list)
    for line in claim.lines:
        if line.unit == "UN":
            by_code[line.code, find_role(line.modifiers)].append(line)
        if result := _judge_amount(line):
            yield result
    for (code, _), lines in by_code.items():
        for same in _split_parts(lines):
            yield from _judge_code(code, same, context)


def _split_parts(lines: Sequence[ClaimLine]) -> Iterator[Sequence[ClaimLine]]:
    """Yield the lines of a code whose units add up: for each part those that have it and those of the whole service."""
    parts = [{*PARTS}.intersection(line.modifiers) for line in lines]
    present = set().union(*parts)
    groups = (
        tuple(line for line, own in zip(lines, parts, strict=True) if not own or part in own)
        for part in PARTS
        if part in present
    )
    yield from dict.fromkeys(groups) if present else (lines,)


def _judge_amount(line: ClaimLine) -> EditResult | None:
    """Return what is said of minutes, and of a part of a unit; None for whole units."""
    if line.unit == "MJ":
        says = f"{line.label}: {line.quantity} minutes of anesthesia, which no limit of units is compared with"
        return EditResult(
            *("units", "ok", line.code, says, _MINUTES, (line.number,)), day=line.first_day, claim=line.claim
        )
    if not line.units % 1 or line.code in IN_TENTHS:
        return None
    says = f"{line.label} has {line.quantity} units; units are whole, and for a drug a part of one counts as one"
    return EditResult(
        *("units", "look", line.code, says, _WHOLE_UNITS, (line.number,)),
        remedy="whole units",
        day=line.first_day,
        claim=line.claim,
    )


def _judge_code(code: str, lines: Sequence[ClaimLine], context: ClaimContext) -> Iterator[EditResult]:
    """Yield a result for the lines of a code that have the same units to compare on the same days."""
    changes: dict[int, Decimal] = defaultdict(Decimal)  # of the units a day, by ordinal of the day
    for line in lines:
        first, end = _days(line)
        changes[first] += _daily(line)
        changes[end] -= _daily(line)
    days = sorted(changes)
    totals = accumulate(changes[day] for day in days)
    periods = [
        _Period(day, units, _read_limit(code, date.fromordinal(day), context))
        for day, units in zip(days[:-1], totals, strict=False)
    ]
    next_over = _find_next(periods)
    groups: dict[tuple[int, Decimal], list[ClaimLine]] = defaultdict(list)
    for line in lines:
        first, end = (bisect_left(days, day) for day in _days(line))
        place = next_over[first] if next_over[first] < end else first
        period = periods[place]
        units = _daily(line) if period.limit.indicator == BY_LINE else period.units
        groups[place, units].append(line)
    for (place, units), same in groups.items():
        yield _judge_units(units, periods[place], same, context)


def _days(line: ClaimLine) -> tuple[int, int]:
    """Return the first day of a line and the day after its last one, as ordinals."""
    first = line.first_day.toordinal()
    return first, first + line.days


def _daily(line: ClaimLine) -> Decimal:
    """Return the units of a line on each of its days, rounded to whole ones if there are several."""
    if (days := line.days) == 1:
        return line.units
    return Decimal(int(line.units * 2 + days) // (days * 2))  # half up


def _find_next(periods: Sequence[_Period]) -> list[int]:
    """Return for each period the place of the first one from it on that is over, the end if there is none."""
    places = [len(periods)] * (len(periods) + 1)
    for place in reversed(range(len(periods))):
        places[place] = place if periods[place].is_over else places[place + 1]
    return places


def _read_limit(code: str, day: date, context: ClaimContext) -> _Limit:
    name = f"mue-{context.settings.setting}"
    title = CODE_SETS[name].title
    selection = context.select(name, day)
    if selection is None:
        says = f"no {title} is loaded, so nothing says how many units of {code} a day may have"
        return _Limit(None, "", "", Rule(title[:1].upper() + title[1:], name), "unknown", says)
    rule = cite(selection)
    if selection.is_unknown:
        says = f"no loaded {title} is old enough to say how many units of {code} a day may have"
        return _Limit(None, "", "", rule, "unknown", says)
    row = context.read_rows(selection, code).get("")
    if row:
        return _Limit(int(row["units"]), row["indicator"][:1], row["rationale"], rule)
    if selection.as_of:
        says = f"{code} has no limit in {selection.heading}; a newer release may have one"
        return _Limit(None, "", "", rule, "unknown", says)
    return _Limit(None, "", "", rule, "ok", f"{code}: {NO_LIMIT}{_name_suppliers(code, day, context)}")


def _name_suppliers(code: str, day: date, context: ClaimContext) -> str:
    """Return that equipment suppliers have a limit for a code, if their file is loaded and says so."""
    selection = context.select(SUPPLIERS, day) if SUPPLIERS in context.catalog.list_sets() else None
    row = context.read_rows(selection, code).get("") if selection else None
    return f"; for equipment suppliers it is {row['units']} a day" if row else ""


def _judge_units(units: Decimal, period: _Period, lines: Sequence[ClaimLine], context: ClaimContext) -> EditResult:
    """Return what is said of lines of a code that have these units to compare."""
    limit = period.limit
    code = lines[0].code
    verdict, says, remedy = limit.verdict, limit.says, ""
    day = date.fromordinal(period.first)
    if limit.units is not None:
        verdict = "deny likely" if units > limit.units else "ok"
        says = _describe(code, units, limit, lines)
        if verdict != "ok":
            remedy = "; or ".join(filter(None, (_find_both_sides(code, day, limit, lines, context), _remedy(limit))))
    numbers = tuple(line.number for line in lines)
    return EditResult(
        *("units", verdict, code, says, limit.rule, numbers), remedy=remedy, day=day, claim=lines[0].claim
    )


def _describe(code: str, units: Decimal, limit: _Limit, lines: Sequence[ClaimLine]) -> str:
    amount = f"{units.normalize():f} {'unit' if units == 1 else 'units'}"
    where = "on a line" if limit.indicator == BY_LINE else "on the day"
    if role := find_role(lines[0].modifiers):
        where += f" by {role}"
    spread = ", with those of a line of several days divided by them" if any(line.days > 1 for line in lines) else ""
    most = NOT_EXPECTED if limit.units == 0 else f"at most {limit.units}"
    kind = f"MUE {limit.indicator}: {UNIT_LIMITS.get(int(limit.indicator), UNKNOWN_VALUE)}"
    rationale = f'; rationale "{limit.rationale}"' if limit.rationale else ""
    return f"{amount} of {code} {where}{spread}; {most} ({kind}{rationale})"


def _remedy(limit: _Limit) -> str:
    """Return what lets more units be paid by the kind of limit; nothing does by policy."""
    if limit.indicator == BY_LINE and limit.units:
        return "a line of its own with a modifier such as 59 or 76 for what is above it, if the documentation shows why"
    if limit.indicator == BY_CLINIC:
        return "an appeal with documentation that shows why more was needed"
    return ""


def _find_both_sides(code: str, day: date, limit: _Limit, lines: Sequence[ClaimLine], context: ClaimContext) -> str:
    """Return how Medicare wants both sides of a code where a line for each side is over the limit."""
    sides = {modifier for line in lines for modifier in line.modifiers}
    if limit.indicator == BY_LINE or not {"RT", "LT"} <= sides:
        return ""
    selection = context.select("pfs", day)
    row = context.read_rows(selection, code).get("") if selection and not selection.is_unknown else None
    return _BOTH_SIDES.get(row["bilateral"], "") if row else ""
