"""Several procedures of one practitioner on one day: which is paid in full, and what is left of the others.

By the multiple-procedure indicator of the fee schedule; sources: CMS, Medicare Claims Processing Manual, chapter 12,
section 40.6 (2, 3), and field MULT PROC in the documentation of the RVU files (4 to 7).

| indicator | rule |
|---|---|
| 0, 9 | no reduction |
| 2 | by amount, 100%, then 50% for the second to the fifth; the sixth and later ones by report |
| 3 | endoscopies of one family: the highest in full, others less their base; then the family ranks as one procedure |
| 4 | imaging: the highest technical part in full, others 50%; the highest professional part in full, others 95% |
| 5 | therapy: the highest practice expense in full, that of every other unit at half |
| 6, 7 | heart and vessels, eyes: the highest technical part in full, others 75% and 80% |

Parts of one global package (54, 55, 56) rank as the one procedure that they are parts of (section 40.4). Both sides
come before the ranking, the cap of imaging after it. No order of procedures changes an amount.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from cptref.claims.amounts import HALF, PACKAGE_PARTS, Service, Share
from cptref.claims.roles import ASSISTANTS
from cptref.money import WHOLE, price_row, round_cents, take_shares, write_dollars, write_share

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal

    from cptref.claims.amounts import Basis
    from cptref.money import Price

MAX_RANKED = 5  # procedures: those behind them are priced by report
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth or later")
_SURGERY = frozenset("23")
# What further technical and professional parts of a day are paid, by indicator.
_PART_SHARES = {"4": (HALF, 9500), "6": (7500, WHOLE), "7": (8000, WHOLE)}


class Procedure(NamedTuple):
    """A service on a day: in which setting, by what its amount is made, how often.

    `sides` is the share of what comes on two lines or in two units because it was done on both sides. `order` breaks
    ties: it is the same only for procedures that can't be told apart.
    """

    service: Service
    setting: str
    basis: Basis
    units: Decimal | int = 1
    sides: Share | None = None
    order: tuple[str, ...] = ()

    @property
    def shares(self) -> tuple[Share, ...]:
        """What share of the fee is paid, before any ranking."""
        return (*((self.sides,) if self.sides else ()), *self.service.shares)

    def take(self, exact: int) -> int:
        """Return these shares of exact dollars."""
        return take_shares(exact, *(share.share for share in self.shares))


class Outcome(NamedTuple):
    """What is allowed for a procedure in cents, None if there is no amount; `says` why, and `steps` how it came about.

    `share` is what the ranking left of it, "" where nothing was ranked.
    """

    cents: int | None
    says: str = ""
    steps: tuple[str, ...] = ()
    share: str = ""


class _Reduction(NamedTuple):
    """The exact dollars of the first unit, and of each further one if that is less; None if it is priced by report."""

    exact: int | None
    share: str = ""
    steps: tuple[str, ...] = ()
    further: int | None = None


class _Member(NamedTuple):
    """A procedure of those that rank as one: its exact dollars within them, and what was taken off."""

    number: int
    exact: int
    less: str = ""


def rank_procedures(procedures: Sequence[Procedure]) -> list[Outcome]:
    """Return what is allowed for each procedure of a day, in their order."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    outcomes: dict[int, Outcome] = {}
    for number, procedure in enumerate(procedures):
        if problem := procedure.service.explain_missing(procedure.setting):
            outcomes[number] = Outcome(None, problem)
        else:
            groups[_find_group(procedure.service)].append(number)
    reductions: dict[int, _Reduction] = {}
    for (kind, _), numbers in groups.items():
        group = {number: procedures[number] for number in numbers}
        if kind == "surgery":
            reductions |= _rank_surgery(group)
        elif kind == "5":
            reductions |= _rank_therapy(group)
        elif kind:
            reductions |= _rank_parts(group, *_PART_SHARES[kind])
    for number, procedure in enumerate(procedures):
        if number not in outcomes:
            outcomes[number] = _finish(procedure, reductions.get(number) or _Reduction(_value(procedure)))
    return [outcomes[number] for number in range(len(procedures))]


def _find_group(service: Service) -> tuple[str, str]:
    """Return which procedures rank with each other: those of one rule, and of one part in the operation."""
    indicator = service.fields["multiple"]
    kind = "surgery" if indicator in _SURGERY else indicator if indicator in {"5", *_PART_SHARES} else ""
    if "78" in service.modifiers:  # a return for a complication isn't reduced beside others
        kind = ""
    role = "assistant" if ASSISTANTS & {*service.modifiers} else "co-surgeon" if "62" in service.modifiers else ""
    return kind, role


def _price(procedure: Procedure) -> Price:
    return procedure.service.price(procedure.setting, procedure.basis)


def _value(procedure: Procedure) -> int:
    """Return the exact dollars of a procedure before it is ranked."""
    return procedure.take(_price(procedure).allowed)


def _finish(procedure: Procedure, reduction: _Reduction) -> Outcome:
    """Return the outcome of a procedure, rounded once for each unit."""
    price = _price(procedure)
    steps = [f"{write_dollars(round_cents(price.allowed))} {procedure.setting}"]
    if price.is_capped:
        steps.append("OPPS cap applied")
    steps += [*map(str, procedure.shares), *reduction.steps]
    if reduction.exact is None:
        return Outcome(None, "by report: the sixth or a later procedure of the day", tuple(steps), "by report")
    first = round_cents(reduction.exact)
    if reduction.further is None:
        cents = _multiply(first, procedure.units)
    else:
        cents = first + _multiply(round_cents(reduction.further), procedure.units - 1)
    if procedure.units != 1:
        steps.append(f"{procedure.units:f} units" if procedure.units % 1 else f"{int(procedure.units)} units")
    return Outcome(cents, "", tuple(steps), reduction.share)


def _multiply(cents: int, units: Decimal | int) -> int:
    numerator, denominator = units.as_integer_ratio()
    return (2 * cents * numerator + denominator) // (2 * denominator)


def _sorted(group: Mapping[int, Procedure], values: Mapping[int, int]) -> list[int]:
    """Return the procedures by value, the highest first."""
    return sorted(values, key=lambda number: (-values[number], group[number].order))


# Surgery


def _rank_surgery(group: Mapping[int, Procedure]) -> dict[int, _Reduction]:
    units = [*_list_units(group)]
    units.sort(
        key=lambda unit: (-sum(member.exact for member in unit), min(group[member.number].order for member in unit))
    )
    reductions = {}
    for place, unit in enumerate(units):
        share = WHOLE if place == 0 else HALF
        word = _ORDINALS[min(place, MAX_RANKED)]
        for number, exact, less in unit:
            ranked = f"{word} procedure {write_share(share)}" if len(units) > 1 else ""
            if place >= MAX_RANKED:
                reductions[number] = _Reduction(None)
            elif len(group) > 1:
                label = f"{write_share(share)}{', less base' if less else ''}" if exact else "included"
                reductions[number] = _Reduction(take_shares(exact, share), label, tuple(filter(None, (less, ranked))))
    return reductions


def _list_units(group: Mapping[int, Procedure]) -> Iterator[list[_Member]]:
    """Yield what ranks as one procedure: each by itself, endoscopies by family."""
    families: dict[str, list[int]] = defaultdict(list)
    for number, procedure in group.items():
        if procedure.service.base:
            families[procedure.service.fields["endoscopic_base"]].append(number)
    for number, procedure in group.items():
        if procedure.service.code in families:
            families[procedure.service.code].append(number)
    in_families = {number for numbers in families.values() for number in numbers}
    for package in _list_packages({number: group[number] for number in group if number not in in_families}):
        yield [_Member(number, _value(group[number])) for number in package]
    for base, numbers in families.items():
        yield [*_reduce_family(base, {number: group[number] for number in numbers})]


def _list_packages(group: Mapping[int, Procedure]) -> Iterator[list[int]]:
    """Yield which procedures are parts of one global package, such as 27447-54 and 27447-55; others by themselves."""
    by_part: dict[str, dict[str, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    for number, procedure in group.items():
        if parts := PACKAGE_PARTS & {*procedure.service.modifiers}:
            by_part[procedure.service.code][min(parts)][number] = _value(procedure)
        else:
            yield [number]
    for parts_of_code in by_part.values():
        packages = zip_longest(*(_sorted(group, values) for values in parts_of_code.values()))
        yield from ([number for number in package if number is not None] for package in packages)


def _reduce_family(base: str, family: Mapping[int, Procedure]) -> Iterator[_Member]:
    """Yield the endoscopies of a family: the highest in full, others less their base, the base itself for nothing."""
    values = {number: _value(procedure) for number, procedure in family.items() if procedure.service.code != base}
    for place, number in enumerate(_sorted(family, values)):
        procedure = family[number]
        if place == 0:
            yield _Member(number, values[number])
        else:
            fields = procedure.service.base or {}
            price = price_row(fields, procedure.setting, procedure.basis.indices, procedure.basis.factor)
            less = procedure.take(price.allowed)
            words = f"less {write_dollars(round_cents(less))} of its base endoscopy {base}"
            yield _Member(number, max(values[number] - less, 0), words)
    for number, procedure in family.items():
        if procedure.service.code == base:
            yield _Member(number, 0, "base endoscopy, included in the others of its family")


# Parts


def _rank_parts(group: Mapping[int, Procedure], technical_share: int, professional_share: int) -> dict[int, _Reduction]:
    technical: dict[int, Price] = {}
    professional: dict[int, Price] = {}
    for number, procedure in group.items():
        for kind, fields in _list_parts(procedure.service):
            prices = technical if kind == "TC" else professional
            prices[number] = price_row(fields, procedure.setting, procedure.basis.indices, procedure.basis.factor)
    reductions: dict[int, _Reduction] = {}
    reduced: dict[int, dict[str, int]] = defaultdict(dict)
    parts = (("technical", technical, technical_share), ("professional", professional, professional_share))
    for name, prices, share in parts:
        values = {number: group[number].take(price.uncapped) for number, price in prices.items()}
        for number in _sorted(group, values)[1:]:
            if share < WHOLE:
                reduced[number][name] = share
    for number, by_part in reduced.items():
        exact, steps = 0, []
        for name, prices, _ in parts:
            if number in prices:
                share, price = by_part.get(name, WHOLE), prices[number]
                uncapped = take_shares(price.uncapped, share)
                exact += uncapped if price.cap is None else min(uncapped, price.cap)
                if share < WHOLE:
                    steps.append(f"{name} part {write_share(share)}")
        label = ", ".join(step.replace(" part", "") for step in steps)
        reductions[number] = _Reduction(group[number].take(exact), label, tuple(steps))
    for number in {*technical, *professional} - {*reductions}:
        if len(group) > 1:
            reductions[number] = _Reduction(_value(group[number]), "100%")
    return reductions


def _list_parts(service: Service) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the parts that a service has, `26` and `TC`, with their rows; none where the file doesn't part it."""
    if "TC" in service.modifiers or service.fields["pctc"] == "3":
        yield "TC", service.fields
    elif "26" in service.modifiers or service.fields["pctc"] == "2":
        yield "26", service.fields
    else:
        yield from zip(("26", "TC"), service.parts, strict=False)


# Therapy


def _rank_therapy(group: Mapping[int, Procedure]) -> dict[int, _Reduction]:
    practice = {number: procedure.take(_price(procedure).practice) for number, procedure in group.items()}
    reductions = {}
    for place, number in enumerate(_sorted(group, practice)):
        procedure = group[number]
        whole, less = _value(procedure), procedure.take(_price(procedure).reduce_practice(HALF))
        words = "practice expense 50%"
        if place:
            reductions[number] = _Reduction(less, words, (words,))
        elif procedure.units > 1:
            reductions[number] = _Reduction(whole, "100%", (f"further units: {words}",), less)
        elif len(group) > 1:
            reductions[number] = _Reduction(whole, "100%")
    return reductions
