"""Whether a line comes twice (Medicare Claims Processing Manual, chapter 1, section 120: detection of duplicates)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from cptref.models.claims import EditResult, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from decimal import Decimal

    from cptref.claims.context import ClaimContext
    from cptref.models.claims import Claim, ClaimLine, Verdict

REPEATS = frozenset({"76", "77", "91"})  # the same service again on the day
_AGAIN = "a modifier such as 76, 77 or 91 (tests), if the documentation shows that it was done again"
_RULE = Rule("Medicare Claims Processing Manual, chapter 1, section 120")


def check(claim: Claim, context: ClaimContext) -> Iterator[EditResult]:  # noqa: ARG001 - no set is needed
    """Yield what the edit says of lines of a claim that have the same code on the same days."""
    by_code: dict[tuple[str, date, date], dict[frozenset[str], list[ClaimLine]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for line in claim.lines:
        by_code[line.code, line.first_day, line.last_day][frozenset(line.modifiers)].append(line)
    for (code, day, _), by_modifiers in by_code.items():
        alike = {modifiers: lines for modifiers, lines in by_modifiers.items() if len(lines) > 1}
        for modifiers, lines in alike.items():
            yield from _judge(lines, modifiers)
        if not alike and len(by_modifiers) > 1:
            numbers = tuple(sorted(line.number for lines in by_modifiers.values() for line in lines))
            says = f"the lines of {code} on the day differ in their modifiers"
            yield EditResult("duplicate", "ok", code, says, _RULE, numbers, day=day, claim=claim.number)


def _judge(lines: Sequence[ClaimLine], modifiers: frozenset[str]) -> Iterator[EditResult]:
    """Yield what is said of lines with the same code, modifiers and days: of those exactly alike, then of all."""
    if repeat := " and ".join(sorted(modifiers & REPEATS)):
        says = f"{repeat} says that it was done again, if the documentation shows it"
        yield _report(lines, f"comes {_count(lines)} on the same day; {says}", "ok")
        return
    alike = _group_alike(lines)
    for group in alike:
        if len(group) > 1:
            says = f"comes {_count(group)} on the same day; payers deny a line that is exactly like another"
            yield _report(group, says, "look", _AGAIN)
    if len(alike) > 1:
        says = f"has the same modifiers on {len(lines)} lines of the day, which differ in units or charge; "
        says += "payers may take one for a duplicate of another"
        yield _report(lines, says, "look", f"one line with all units, or {_AGAIN}")


def _group_alike(lines: Sequence[ClaimLine]) -> list[list[ClaimLine]]:
    """Return lines in groups with the same units and charge; one without a charge may have that of any other."""
    by_units: dict[tuple[str, Decimal], dict[Decimal | None, list[ClaimLine]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        by_units[line.unit, line.units][line.charge].append(line)
    groups = []
    for by_charge in by_units.values():
        uncharged = by_charge.pop(None, [])
        first, *others = by_charge.values() or [[]]
        groups += [sorted([*first, *uncharged], key=lambda line: line.number), *others]
    return groups


def _count(lines: Sequence[ClaimLine]) -> str:
    return "twice" if len(lines) == 2 else f"{len(lines)} times"  # noqa: PLR2004 - a word for it


def _report(lines: Sequence[ClaimLine], says: str, verdict: Verdict, remedy: str = "") -> EditResult:
    line = lines[0]
    return EditResult(
        *("duplicate", verdict, line.code, f"{line.label} {says}", _RULE, tuple(each.number for each in lines)),
        remedy=remedy,
        day=line.first_day,
        claim=line.claim,
        needs_documentation=verdict == "ok",
    )
