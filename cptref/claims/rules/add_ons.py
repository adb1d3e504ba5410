"""Whether an add-on code has a primary code on the claim.

| rule | source |
|---|---|
| type 1: one of the listed primary codes on the same claim and day | NCCI Policy Manual, chapter 1 (R) |
| type 2: the contractor has a list of its own; the file has CCCCC | the same |
| type 3: a listed primary code, or another one that the contractor accepts | the same |
| an add-on code of the fee schedule has ZZZ for its global days | CMS, PFS relative value file, field GLOB DAYS |
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from cptref.claims.context import cite
from cptref.claims.shared_days import LinesByDay
from cptref.claims.wording import name_codes
from cptref.indicators import ADD_ON_DAYS
from cptref.lookup.listings import explain_not_loaded
from cptref.lookup.listings.aoc import ANY_PRIMARY, is_in_force, read_pair
from cptref.models.claims import EditResult

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from cptref.claims.context import ClaimContext
    from cptref.codesets.catalog import Selection
    from cptref.codesets.store import StoreReader
    from cptref.models.claims import Claim, ClaimLine, Rule

_OWN_LIST = "your Medicare contractor has its own list of the codes that {code} may be added on to"


def check(claim: Claim, context: ClaimContext) -> Iterator[EditResult]:
    """Yield what the edit says of each add-on code of a claim, and once of all other codes."""
    by_code: dict[str, list[ClaimLine]] = defaultdict(list)
    for line in claim.lines:
        by_code[line.code].append(line)
    by_day = {code: LinesByDay(lines) for code, lines in by_code.items()}
    others: list[ClaimLine] = []
    for code in sorted(by_code):
        alike: dict[tuple[date, date], list[ClaimLine]] = defaultdict(list)
        for line in by_code[code]:
            alike[line.first_day, line.last_day].append(line)
        for lines in alike.values():
            result = _check_lines(lines, by_day, context)
            if result:
                yield result._replace(claim=claim.number)
            else:
                others += lines
    selection = context.select("aoc", claim.lines[0].first_day) if others and _is_loaded(context) else None
    if selection:
        numbers = tuple(sorted(line.number for line in others))
        says = "not an add-on code, so no primary code has to be on the claim"
        yield EditResult("add-on", "ok", "", says, cite(selection.by_dates), numbers, claim=claim.number)


def _check_lines(
    lines: Sequence[ClaimLine], by_day: Mapping[str, LinesByDay], context: ClaimContext
) -> EditResult | None:
    """Return what the edit says of lines of one code and one day, None if the code is no add-on."""
    code, first = lines[0].code, lines[0].first_day
    numbers = tuple(line.number for line in lines)
    fee_schedule = context.select("pfs", first)
    is_zzz = fee_schedule is not None and _has_zzz(context, fee_schedule, code)
    if not _is_loaded(context) and fee_schedule and not is_zzz:
        return None
    selection = context.select("aoc", first)
    if selection is None:
        if not fee_schedule or not is_zzz:
            return None
        says = f"{code} is an add-on code (global days ZZZ); its primary codes are not known: {_explain_missing()}"
        return EditResult("add-on", "unknown", code, says, cite(fee_schedule), numbers, day=first)
    pairs = context.memoize(_read_pairs)(selection.stores[0], code, first)
    if pairs:
        return _judge(lines, pairs, by_day, cite(selection.by_dates))
    return _report_unlisted(code, numbers, first, selection, fee_schedule) if fee_schedule and is_zzz else None


def _read_pairs(store: StoreReader, code: str, day: date) -> list[dict[str, str]]:
    """Return the pairs of an add-on code that are in force on a day, none for another code."""
    pairs = (read_pair(store, record) for record in store.list_records(code))
    return [pair for pair in pairs if is_in_force(pair, day)]


def _judge(
    lines: Sequence[ClaimLine], pairs: Sequence[Mapping[str, str]], by_day: Mapping[str, LinesByDay], rule: Rule
) -> EditResult:
    """Return whether one of the primary codes of an add-on code is on the claim."""
    code, day, numbers = lines[0].code, lines[0].first_day, tuple(line.number for line in lines)
    primaries = {pair["primary"] for pair in pairs} - {ANY_PRIMARY}
    for primary in sorted(primaries & by_day.keys()):
        line = by_day[primary].find_between(day, lines[0].last_day)
        if line:
            says = f"{code} is an add-on code, and its primary code {primary} is on the claim"
            return EditResult("add-on", "ok", code, says, rule, numbers, (line.number,), day=day)
    kinds = {pair["type"] for pair in pairs}
    if kinds != {"1"}:
        listed = f"; none of the listed ones ({name_codes(primaries)}) is on the claim" if primaries else ""
        says = f"{code} is an add-on code of type {' and '.join(sorted(kinds))}: {_OWN_LIST.format(code=code)}{listed}"
        remedy = f"your contractor's list has a code that is on the claim for {day}"
        return EditResult("add-on", "unknown", code, says, rule, numbers, remedy=remedy, day=day)
    says = f"{code} is an add-on code (type 1), and none of its primary codes is on the claim for {day}"
    remedy = f"a primary code on the same claim and day, if it was done: {name_codes(primaries)}"
    return EditResult("add-on", "deny likely", code, says, rule, numbers, remedy=remedy, day=day)


def _report_unlisted(
    code: str, numbers: tuple[int, ...], day: date, selection: Selection, fee_schedule: Selection
) -> EditResult:
    """Return that a code is an add-on code by the fee schedule, but not in the edits."""
    rule = cite(selection.by_dates)
    says = f"{code} is an add-on code by {fee_schedule.heading} (global days ZZZ), but not in {selection.heading}"
    if selection.as_of:
        return EditResult("add-on", "unknown", code, f"{says}, which is of another time", rule, numbers, day=day)
    remedy = "the service that it is added on to is on the same claim and day"
    return EditResult("add-on", "look", code, says, rule, numbers, remedy=remedy, day=day)


def _has_zzz(context: ClaimContext, fee_schedule: Selection, code: str) -> bool:
    """Return whether the fee schedule has a code as an add-on code."""
    rows = context.read_rows(fee_schedule, code)
    return any(fields["global"] == ADD_ON_DAYS for fields in rows.values())


def _is_loaded(context: ClaimContext) -> bool:
    """Return whether the edits are loaded, without asking for them."""
    return bool(context.catalog.list_releases("aoc"))


def _explain_missing() -> str:
    return explain_not_loaded("aoc").partition(":")[0]
