"""Whether modifiers are known, fit the indicators of their code, and contradict each other.

The rules and their sources are those of lookup/modifier_rules.py; the sources of the others stand beside them below.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from cptref.claims.amounts import SIDES
from cptref.claims.context import cite
from cptref.claims.roles import ASSISTANTS
from cptref.claims.wording import describe_days
from cptref.codesets.hcpcs import MODIFIER, read_period
from cptref.indicators import ADD_ON_DAYS, BOTH_SIDES, STATUSES, UNPAID_STATUSES
from cptref.lookup.modifier_rules import ACROSS_LINES, CONTRADICTIONS, FIELD_RULES, ONE_UNIT, QUESTIONS, judge_field
from cptref.models.claims import EditResult, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal

    from cptref.claims.context import ClaimContext
    from cptref.codesets.catalog import Selection
    from cptref.models.claims import Claim, ClaimLine, Verdict

STOPPED = "53"
BOTH = "50"
MAX_MODIFIERS = 4  # of a line on a claim: CMS-1500, item 24D; X12 837, SV101-3 to SV101-6
_CPT_MODIFIER = re.compile(r"[0-9]{2}|P[1-6]|[1238]P")
_NO_50_ON_ADD_ONS_SINCE = date(2020, 1, 1)

_MEANING = Rule("Meaning of the modifier")
_CPT_2020 = Rule("CPT 2020, modifier 50")
_BILATERAL = Rule("Medicare Claims Processing Manual, chapter 12, section 40.7")
_FORM = Rule("Medicare Claims Processing Manual, chapter 26, section 10.4: items 19 and 24D")
_LIST = Rule("List of modifiers in cptref")
_CONCLUSIONS: dict[str, Verdict] = {"0": "look", "1": "ok", "2": "look", "3": "ok"}  # of RT and LT on two lines


class _Finding(NamedTuple):
    """What is said of a line, or of one of its modifiers."""

    verdict: Verdict
    says: str
    rule: Rule
    remedy: str = ""


def check(claim: Claim, context: ClaimContext) -> Iterator[EditResult]:
    """Yield what the edit says of a claim: of each modifier, and of modifiers that don't go together."""
    alike: dict[tuple[object, ...], list[ClaimLine]] = defaultdict(list)
    for line in claim.lines:
        if line.modifiers:
            alike[line.code, line.modifiers, line.first_day, _find_units_of_50(line)].append(line)
    for lines in alike.values():
        for finding in (*_judge_line(lines[0]), *_judge_modifiers(lines[0], context)):
            yield _make_result(lines, finding)
    yield from _judge_sides(claim, context)
    yield from _judge_lines_of_a_day(claim)


def _make_result(lines: Sequence[ClaimLine], finding: _Finding) -> EditResult:
    """Return what is said of lines of one code and day."""
    first = lines[0]
    return EditResult(
        *("modifier", finding.verdict, first.code, finding.says, finding.rule, tuple(line.number for line in lines)),
        remedy=finding.remedy,
        day=first.first_day,
        claim=first.claim,
    )


def _find_units_of_50(line: ClaimLine) -> Decimal | None:
    """Return the units of a line with 50, None if they are 1 as they should be."""
    return line.units if BOTH in line.modifiers and line.unit == "UN" and line.units != 1 else None


def _judge_line(line: ClaimLine) -> Iterator[_Finding]:
    """Yield what is wrong with the modifiers of a line taken together."""
    for modifier, times in Counter(line.modifiers).items():
        if times > 1:
            says = f"{modifier} comes more than once on a line of {line.code}; once says the same"
            yield _Finding("look", says, _MEANING, f"{modifier} once")
    if len(line.modifiers) > MAX_MODIFIERS:
        says = f"{line.label} has {len(line.modifiers)} modifiers; a line has room for four modifiers"
        yield _Finding("deny likely", says, _FORM, "99 as one of the four, and all of them in item 19")
    present = set(line.modifiers)
    tables: tuple[tuple[Verdict, Mapping[tuple[str, str], tuple[str, str]]], ...]
    tables = (("deny likely", CONTRADICTIONS), ("look", QUESTIONS))
    for verdict, table in tables:
        for (first, second), (problem, source) in table.items():
            if first in present and second in present:
                says = f"{first} and {second} on one line: {problem}"
                yield _Finding(verdict, says, Rule(source), f"{line.code} with one of {first} and {second}")
    if units := _find_units_of_50(line):
        says = f"50 with {units.normalize():f} units: {ONE_UNIT}"
        yield _Finding("deny likely", says, _BILATERAL, "1 unit, if each side was treated once")


def _judge_modifiers(line: ClaimLine, context: ClaimContext) -> Iterator[_Finding]:
    """Yield what is said of each modifier: that it is unknown or out of force, else what its code says to it."""
    for modifier in dict.fromkeys(line.modifiers):
        known = _judge_known(line, modifier, context)
        by_code = _judge_by_code(line, modifier, context) if known.verdict == "ok" else None
        yield by_code or known


def _judge_known(line: ClaimLine, modifier: str, context: ClaimContext) -> _Finding:
    """Return whether a modifier is known on the day, by the HCPCS file if it is one of Level II."""
    listed = context.modifiers.get(modifier)
    is_cpt = bool(_CPT_MODIFIER.fullmatch(modifier))
    selection = None
    if not is_cpt and (listed is None or "hcpcs" in context.catalog.list_sets()):
        selection = context.select("hcpcs", line.first_day)
        fields = context.read_rows(selection, f"-{modifier}").get(MODIFIER) if selection else None
        if selection and fields:
            period = read_period(fields)
            verdict: Verdict = "ok" if period.describe_state(line.first_day)[0] == "listed" else "deny likely"
            return _Finding(verdict, describe_days(modifier, period, line.first_day), cite(selection.by_dates))
    if listed:
        return _Finding("ok", f"{modifier}: {listed.meaning}", _LIST)
    if is_cpt:
        return _Finding("unknown", f"{modifier}: not among the modifiers of CPT that are known here", _LIST)
    if selection is None:
        return _Finding("unknown", f"{modifier}: not known here, and no HCPCS Level II is loaded", _LIST)
    if selection.as_of:
        return _Finding("unknown", f"{modifier}: not in {selection.heading}; it may be newer or older", cite(selection))
    return _Finding(
        "deny likely", f"{modifier}: not in {selection.heading}", cite(selection), "a modifier that is in it"
    )


def _judge_by_code(line: ClaimLine, modifier: str, context: ClaimContext) -> _Finding | None:
    """Return what the fee schedule says of a modifier on a code, None if it decides nothing about the modifier."""
    if modifier not in FIELD_RULES and modifier != STOPPED:
        return None
    question = f"whether {modifier} goes with {line.code}"
    selection = context.select("pfs", line.first_day)
    if selection is None:
        says = f"the fee schedule says {question}, and it is not loaded"
        return _Finding("unknown", says, Rule("Fee schedule", "pfs"))
    rows = context.read_rows(selection, line.code)
    if selection.is_unknown:
        return _Finding("unknown", f"no loaded fee schedule is old enough to say {question}", cite(selection))
    if not rows:
        newer = "; the code may be newer" if selection.as_of else ""
        says = f"{line.code} is not in {selection.heading}{newer}, so nothing says {question}"
        return _Finding("unknown", says, cite(selection))
    row = _choose_row(rows, line)
    if modifier == STOPPED:
        finding = _judge_stopped(rows, line, selection)
    else:
        finding = _judge_field(row, modifier, line, selection)
    status = row["status"]
    if finding.verdict != "ok" and status in UNPAID_STATUSES:
        says = f"{line.code} has status {status} ({STATUSES[status]}), so its indicators don't say {question}"
        return _Finding("unknown", says, cite(selection))
    return finding


def _choose_row(rows: Mapping[str, Mapping[str, str]], line: ClaimLine) -> Mapping[str, str]:
    """Return the row of the part that is billed, which has indicators of its own, else that of the whole service."""
    part = next((modifier for modifier in line.modifiers if modifier in rows), "")
    return rows.get(part) or next(iter(rows.values()))


def _judge_stopped(rows: Mapping[str, Mapping[str, str]], line: ClaimLine, selection: Selection) -> _Finding:
    if STOPPED in rows:
        return _Finding("ok", f"{line.code} has values of its own with 53", cite(selection))
    says = f"{line.code} has no values with 53; the contractor decides what a stopped service pays"
    return _Finding("look", says, cite(selection), "documentation that shows why and where it was stopped")


def _judge_field(row: Mapping[str, str], modifier: str, line: ClaimLine, selection: Selection) -> _Finding:
    """Return the verdict by the indicator that decides on a modifier."""
    rule = FIELD_RULES[modifier]
    verdict, says = judge_field(row, line.code, modifier)
    if verdict == "ok" and modifier == BOTH and row["global"] == ADD_ON_DAYS:
        if line.first_day >= _NO_50_ON_ADD_ONS_SINCE:
            text = f"50 on {line.code}: CPT reports an add-on for both sides twice, without 50, since 2020"
            value = row[rule.field]
            medicare = f"Medicare's {rule.name} is {value}: {rule.words[value]}"
            return _Finding("look", f"{text}; {medicare} ({selection.heading})", _CPT_2020, "what the payer asks for")
        return _Finding(verdict, says, cite(selection))
    if verdict in {"ok", "unknown"}:
        return _Finding(verdict, says, cite(selection))
    remedy = rule.deny_remedy if verdict == "deny likely" else rule.look_remedy
    return _Finding(verdict, says, cite(selection), remedy.format(code=line.code, modifier=modifier))


def _judge_sides(claim: Claim, context: ClaimContext) -> Iterator[EditResult]:
    """Yield what both sides on two lines of a day come to, by the bilateral indicator."""
    sides: dict[tuple[str, date], dict[str, list[ClaimLine]]] = defaultdict(lambda: {side: [] for side in SIDES})
    for line in claim.lines:
        side, *others = [side for side in SIDES if side in line.modifiers] or [""]
        if side and not others:
            sides[line.code, line.first_day][side].append(line)
    for (code, day), (right, left) in ((key, lines.values()) for key, lines in sides.items()):
        selection = context.select("pfs", day) if right and left else None
        if selection is None or selection.is_unknown:
            continue
        value = _choose_row(rows, right[0])["bilateral"] if (rows := context.read_rows(selection, code)) else ""
        if value in _CONCLUSIONS:
            says = f"{code} with RT and with LT on lines of one day: {BOTH_SIDES[int(value)][0]}"
            lines = sorted((*right, *left), key=lambda line: line.number)
            yield _make_result(lines, _Finding(_CONCLUSIONS[value], says, cite(selection)))


def _judge_lines_of_a_day(claim: Claim) -> Iterator[EditResult]:
    """Yield which modifiers of a code don't go with what other lines of it on the day have."""
    by_code: dict[tuple[str, date], list[ClaimLine]] = defaultdict(list)
    for line in claim.lines:
        by_code[line.code, line.first_day].append(line)
    for (code, _), lines in by_code.items():
        present = {modifier for line in lines for modifier in line.modifiers}
        for (first, second), (problem, remedy, source) in ACROSS_LINES.items():
            if first not in present or (second and second not in present):
                continue
            own: list[ClaimLine] = []
            rest: list[ClaimLine] = []
            for line in lines:
                (own if first in line.modifiers else rest).append(line)
            others = [
                line for line in rest if (second in line.modifiers if second else ASSISTANTS.isdisjoint(line.modifiers))
            ]
            if others:
                says = f"{code} with {first} and {f'with {second}' if second else 'without it'} on lines of one day: "
                same = sorted((*own, *others), key=lambda line: line.number)
                yield _make_result(same, _Finding("look", f"{says}{problem}", Rule(source), remedy.format(code=code)))
