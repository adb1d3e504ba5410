"""What the fee schedule allows for the lines of a claim: by day, place, locality, factor, units, sides and ranking.

A line of several days has its units divided by them, as medically unlikely edits do (claims/rules/units.py), and ranks
with the other lines of each of its days.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from cptref.claims.amounts import BOTH_SIDES_SHARES, PRICING_MODIFIERS, SIDES, Basis, Service, Share, make_service
from cptref.claims.bases import choose_factors, list_factors, make_bases
from cptref.claims.places import choose_setting
from cptref.claims.ranking import Procedure, rank_procedures
from cptref.errors import UsageError
from cptref.models.claims import ClaimLine, LineAmount
from cptref.money import write_cents, write_dollars

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from cptref.claims.amounts import Rows
    from cptref.claims.context import ClaimContext
    from cptref.claims.ranking import Outcome
    from cptref.models.claims import Claim, Locality

MAX_DAYS = 31  # of a line that is priced day by day: a month of visits; the time stays that of the lines


class PricedLine(NamedTuple):
    """A line of a claim as what it is paid: its service, in which setting, by what its amount is made."""

    line: ClaimLine
    service: Service
    setting: str
    basis: Basis

    @property
    def order(self) -> tuple[str, ...]:
        """What breaks ties between lines, whatever order they come in."""
        line = self.line
        days = (str(line.first_day), str(line.last_day))
        return (line.code, *sorted(line.modifiers), str(line.units), str(line.charge), line.place, *days)


def price_claim(claim: Claim, context: ClaimContext) -> dict[int, LineAmount]:
    """Return what is allowed for each line, by its number.

    There is none for hospitals, which the fee schedule doesn't pay, and none if no fee schedule is loaded.
    """
    if context.settings.setting != "practitioner":
        return {}
    by_day: dict[date, list[ClaimLine]] = defaultdict(list)
    for line in claim.lines:
        days = 1 if explain_one_day(line) else line.days
        daily = line._replace(units=line.units / days)
        for place in range(days):
            by_day[line.first_day + timedelta(place)].append(daily)
    amounts: dict[int, list[tuple[date, LineAmount]]] = defaultdict(list)
    for day in sorted(by_day):
        for number, amount in _price_day(by_day[day], context, day).items():
            amounts[number].append((day, amount))
    return {line.number: _sum_days(line, amounts[line.number]) for line in claim.lines if line.number in amounts}


def explain_one_day(line: ClaimLine) -> str:
    """Return why a line of several days is priced as one of its first day, "" if it is priced day by day."""
    if line.days > MAX_DAYS:
        why = f"it has more than {MAX_DAYS} days"
    elif line.units % line.days and line.days > 1:
        why = f"{line.quantity} {'unit does' if line.units == 1 else 'units do'} not divide evenly by {line.days} days"
    else:
        return ""
    return f"{why}, so it is priced as one day, {line.first_day}"


def _sum_days(line: ClaimLine, days: Sequence[tuple[date, LineAmount]]) -> LineAmount:
    """Return what is allowed for a line by what is allowed on each of its days; nothing if a day has no amount."""
    amount = days[0][1]
    steps = amount.steps
    if len(days) > 1:
        missing = [each.says for _, each in days if each.amount is None]
        by_steps: dict[tuple[str, ...], list[date]] = defaultdict(list)
        for day, each in days:
            by_steps[each.steps].append(day)
        amount = LineAmount(
            None if missing else sum((each.amount or Decimal() for _, each in days), Decimal()),
            next(iter(missing), ""),
            as_of=_join(mark for _, each in days for mark in each.as_of.split(", ")),
            share=_join(each.share for _, each in days),
        )
        steps = tuple(step for steps, same in by_steps.items() if steps for step in (*steps, _name_days(same)))
    if amount.amount is not None and (says := explain_one_day(line)):
        steps = (*steps, says)
    if amount.amount is not None and line.charge is not None and line.charge < amount.amount:
        steps = (*steps, f"billed {write_dollars(int(line.charge * 100))}, which is less")
    return amount._replace(steps=steps)


def _join(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(filter(None, words)))


def _name_days(days: Sequence[date]) -> str:
    return f"on {days[0]}" if len(days) == 1 else f"on each of {len(days)} days from {days[0]} to {days[-1]}"


def _price_day(lines: Sequence[ClaimLine], context: ClaimContext, day: date) -> dict[int, LineAmount]:
    selection = context.select("pfs", day)
    if selection is None:
        return {}
    if selection.is_unknown:
        return {line.number: LineAmount(None, selection.as_of) for line in lines}
    try:
        locality = _find_locality(context, day)
    except UsageError as error:
        return {line.number: LineAmount(None, error.problem) for line in lines}
    factors = choose_factors(list_factors(selection), qualifying=context.settings.qualifying)
    basis = make_bases(selection, factors[:1], [locality])[0]
    amounts: dict[int, LineAmount] = {}
    priced: list[PricedLine] = []

    def read_rows(code: str) -> Rows:
        return context.read_rows(selection, code)

    for line in lines:
        if line.unit == "MJ":
            amounts[line.number] = LineAmount(None, "minutes of anesthesia: the fee schedule file has no base units")
        elif rows := read_rows(line.code):
            service = make_service(rows, line.code, line.modifiers, read_rows)
            priced.append(PricedLine(line, service, choose_setting(line.place), basis))
        else:
            amounts[line.number] = LineAmount(None, f"not in {selection.heading}", as_of=basis.as_of)
    return amounts | price_lines(priced)


def _find_locality(context: ClaimContext, day: date) -> Locality | None:
    """Return the locality of the claim by the files of a day. Raise UsageError where it has no indices then."""
    locality = context.settings.locality
    if locality is None:
        return None
    selections = [*filter(None, (context.select(name, day) for name in ("gpci", *["zip"] * bool(locality.zip_code))))]
    if selections[0].is_unknown:
        raise UsageError(f"indices of {locality.title} are {selections[0].as_of}")
    releases = tuple((selection.release, bool(selection.as_of)) for selection in selections)
    if releases not in context.localities:
        from cptref.claims.localities import find_locality

        named = locality.zip_code or locality.key
        context.localities[releases] = find_locality(context.catalog, named, day)
    return context.localities[releases]


def price_lines(lines: Iterable[PricedLine]) -> dict[int, LineAmount]:
    """Return what is allowed for the lines of one day, by their numbers."""
    groups = [*_pair_sides(lines)]
    outcomes = rank_procedures([procedure for _, procedure in groups])
    amounts: dict[int, LineAmount] = {}
    for (members, _), outcome in zip(groups, outcomes, strict=True):
        for place, priced in enumerate(members):
            amounts[priced.line.number] = _make_amount(priced, outcome, place, len(members))
    return amounts


def _pair_sides(lines: Iterable[PricedLine]) -> Iterator[tuple[tuple[PricedLine, ...], Procedure]]:
    """Yield each line as a procedure, but one with LT and one with RT that are alike otherwise as one on both sides."""
    by_side: dict[tuple[object, ...], dict[str, list[PricedLine]]] = defaultdict(lambda: {side: [] for side in SIDES})
    for priced in lines:
        line = priced.line
        sides = [side for side in SIDES if side in line.modifiers]
        value = priced.service.fields["bilateral"]
        if len(sides) == 1 and line.units == 1 and value in BOTH_SIDES_SHARES and "50" not in line.modifiers:
            alike = PRICING_MODIFIERS.intersection(line.modifiers)
            by_side[line.code, alike, priced.setting, priced.basis][sides[0]].append(priced)
        else:
            yield (priced,), _make_procedure(priced)
    for both in by_side.values():
        left, right = (sorted(both[side], key=lambda priced: priced.order) for side in SIDES)
        for pair in zip(left, right, strict=False):
            yield pair, _make_procedure(*pair)
        paired = min(len(left), len(right))
        yield from (((priced,), _make_procedure(priced)) for priced in (*left[paired:], *right[paired:]))


def _make_procedure(priced: PricedLine, *others: PricedLine) -> Procedure:
    """Return a line as a procedure, or one with the other line that is its other side.

    Two units are both sides too, unless the indicator is 0 or the line names a side.
    """
    line, value = priced.line, priced.service.fields["bilateral"]
    sides, units = None, line.units
    is_twice = units == 2 and value in {"1", "2", "3"} and not {*SIDES} & {*line.modifiers}  # noqa: PLR2004
    if "50" in line.modifiers:  # both sides are one unit
        units = Decimal(1)
    elif others or is_twice:
        sides, units = Share("both sides", BOTH_SIDES_SHARES[value]), Decimal(1)
    order = tuple(part for each in (priced, *others) for part in each.order)
    return Procedure(priced.service, priced.setting, priced.basis, units, sides, order)


def _make_amount(priced: PricedLine, outcome: Outcome, place: int, count: int) -> LineAmount:
    """Return what is allowed for a line: one of `count` lines that share an outcome."""
    line, basis = priced.line, priced.basis
    if outcome.cents is None:
        return LineAmount(None, outcome.says, outcome.steps, basis.as_of, outcome.share)
    cents = outcome.cents // count + (place < outcome.cents % count)
    first, *others = outcome.steps
    steps = [f"{line.label}: {first}", *others, *priced.service.conditions]
    if count > 1:
        steps.append("half of it on each line")
    if basis.remark:
        steps.append(basis.remark)
    return LineAmount(Decimal(write_cents(cents)), "", tuple(steps), basis.as_of, outcome.share)
