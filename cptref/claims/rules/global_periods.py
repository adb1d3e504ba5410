"""Whether a visit or a further procedure falls into the global period of a procedure on another line of the claim.

| rule | source |
|---|---|
| 090: the day before, the day itself and 90 days after it | CMS IOM 100-04, chapter 12, 40.1 |
| 000: the day itself; 010: the day itself and 10 days after it | the same, 40.1 |
| visits in it are included, also those of the day before a 090 | the same, 40.1 |
| 57: the visit at which a 090 was decided, on its day or the day before | the same, 30.6.6 |
| 25: a visit of its own on the day of a procedure | the same, 30.6.6 |
| 24: a visit for something else in the days after it | the same, 30.6.6 |
| FT: critical care for something else | the same, 30.6.12 |
| 58 planned or more extensive, 78 return to the operating room, 79 for something else | the same, 40.2 |
| 54: another practitioner has the care after it; 55 and 56: not the operation itself | the same, 40.2 |
| 80, 81, 82, AS: what an assistant is paid includes no visits | the same, 20.4.3 |
| MMM no usual period; XXX none; YYY the contractor's; ZZZ that of its primary | CMS, RVU file, GLOB DAYS |
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from cptref.claims.context import cite
from cptref.claims.roles import ASSISTANTS
from cptref.claims.shared_days import LinesByDay
from cptref.claims.visits import CRITICAL_CARE, is_visit
from cptref.claims.wording import join_or
from cptref.lookup.listings import explain_not_loaded
from cptref.models.claims import VERDICTS, EditResult, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cptref.claims.context import ClaimContext
    from cptref.models.claims import Claim, ClaimLine, Verdict

_SOURCE = "CMS IOM 100-04, chapter 12, section 40"
_PROCEDURES = frozenset({"000", "010", "090"})  # global days of what 58, 78 and 79 go on
_CARE_ONLY = frozenset({"55", "56"})
_CARE_BY_OTHERS = "54"
_FOR_PROCEDURES = {
    "58": "it was planned or went further",
    "78": "it was a return to the operating room",
    "79": "it was for something else",
}
_FOR_VISITS = {
    "24": "the visit was for something else",
    "25": "the visit was a service of its own",
    "57": "the operation was decided at the visit",
    "FT": "critical care was for something else",
}


class _Window(NamedTuple):
    """Days, counted from that of a procedure with these global days, on which its payment includes visits.

    `visits` are the modifiers of visits that it does not include, `procedures` those of procedures; there are none
    where procedures need no modifier. Only procedures of later days need one.
    """

    global_days: str
    first: int
    last: int
    visits: tuple[str, ...]
    procedures: tuple[str, ...]
    verdict: Verdict
    says: str


_SAME_DAY = "on the day of {code}, whose global period includes visits ({days})"
_DAY_BEFORE = "on the day before {code} of {day}, in its global period ({days})"
_LATER = "in the {last} days after {code} of {day}, its global period ({days})"
_BY_CONTRACTOR = "near {code} of {day}, whose global period your Medicare contractor sets ({days})"
_MATERNITY = "near {code} of {day}, whose payment includes visits of maternity care ({days})"
_FURTHER = tuple(_FOR_PROCEDURES)
_WINDOWS = (
    _Window("000", 0, 0, ("25",), (), "deny likely", _SAME_DAY),
    _Window("010", 0, 0, ("25",), (), "deny likely", _SAME_DAY),
    _Window("010", 1, 10, ("24",), _FURTHER, "deny likely", _LATER),
    _Window("090", -1, -1, ("57",), (), "deny likely", _DAY_BEFORE),
    _Window("090", 0, 0, ("57", "25"), (), "deny likely", _SAME_DAY),
    _Window("090", 1, 90, ("24",), _FURTHER, "deny likely", _LATER),
    # These have no published days: what lies within the longest period is looked at, and a pregnancy.
    _Window("YYY", -1, 90, ("24", "25", "57"), _FURTHER, "unknown", _BY_CONTRACTOR),
    _Window("MMM", -280, 90, ("24", "25"), (), "look", _MATERNITY),
)
_WITH_WINDOWS = frozenset(window.global_days for window in _WINDOWS)


class _Judgment(NamedTuple):
    """What a procedure means for a line, and the modifiers of which the line needs one; none if nothing is wrong."""

    result: EditResult
    needs: tuple[str, ...]
    procedure: str


class _Kind(NamedTuple):
    """What procedures have in common that counts for others: global days, who gives the care after it, the release."""

    global_days: str
    care_by_others: bool
    rule: Rule
    is_unknown: bool


def check(claim: Claim, context: ClaimContext) -> Iterator[EditResult]:
    """Yield what the edit says of the visits and procedures of a claim; hospitals have no global periods."""
    if context.settings.setting != "practitioner" or not _may_apply(claim):
        return
    procedures: dict[_Kind, list[ClaimLine]] = defaultdict(list)
    global_days: dict[int, str] = {}
    for line in claim.lines:
        selection = context.select("pfs", line.first_day)
        if selection is None:
            numbers = tuple(line.number for line in claim.lines)
            says = f"lines may fall into the global periods of others: {explain_not_loaded('pfs').partition(':')[0]}"
            yield EditResult("global", "unknown", "", says, Rule(_SOURCE), numbers, claim=claim.number)
            return
        rows = context.read_rows(selection, line.code)
        days = (rows.get("") or next(iter(rows.values()), {"global": ""}))["global"]
        global_days[line.number] = days
        if days in _WITH_WINDOWS and not {*line.modifiers} & (_CARE_ONLY | ASSISTANTS):
            kind = _Kind(days, _CARE_BY_OTHERS in line.modifiers, cite(selection), selection.is_unknown)
            procedures[kind].append(line._replace(last_day=line.first_day))  # the day of the operation
    index = {kind: LinesByDay(procedures[kind]) for kind in sorted(procedures)}
    rest = []
    for line in claim.lines:
        results = [*_check_line(line, global_days[line.number], index)]
        for result in results:
            yield result._replace(claim=claim.number)
        if not results:
            rest.append(line.number)
    if rest:
        selection = context.select("pfs", claim.lines[0].first_day)
        rule = cite(selection) if selection else Rule(_SOURCE)
        yield EditResult(
            "global", "ok", "", "in no global period of another line", rule, tuple(rest), claim=claim.number
        )


def _may_apply(claim: Claim) -> bool:
    """Return whether a line may fall into the global period of another: there is a visit, or there are several days."""
    if len({line.first_day for line in claim.lines} | {line.last_day for line in claim.lines}) > 1:
        return True
    visits = {is_visit(line.code) for line in claim.lines}
    return len(visits) > 1


def _check_line(line: ClaimLine, global_days: str, index: dict[_Kind, LinesByDay]) -> Iterator[EditResult]:
    """Yield what the procedures of a claim mean for a line, the worst for each set of modifiers that would help.

    A line may need several modifiers at once. Nothing is yielded if it is in no global period.
    """
    visit = is_visit(line.code)
    if not visit and (global_days not in _PROCEDURES or _CARE_ONLY & {*line.modifiers}):
        return
    worst: dict[tuple[str, ...], _Judgment] = {}
    for judgment in sorted(_iter_judgments(line, index, visit=visit), key=_get_rank):
        worst.setdefault(judgment.needs, judgment)
    needed = [judgment for judgment in worst.values() if judgment.needs] or [*worst.values()][:1]
    for judgment in needed:
        others = [
            f"{join_or(other.needs)} for the global period of {other.procedure}"
            for other in needed
            if other is not judgment
        ]
        besides = f"; besides that, {' and '.join(others)}" if others else ""
        yield judgment.result._replace(remedy=f"{judgment.result.remedy}{besides}")


def _get_rank(judgment: _Judgment) -> int:
    return VERDICTS.index(judgment.result.verdict)


def _iter_judgments(line: ClaimLine, index: dict[_Kind, LinesByDay], *, visit: bool) -> Iterator[_Judgment]:
    for window in _WINDOWS:
        first = window.first if visit else max(window.first, 1)
        if first > window.last or not (visit or window.procedures):
            continue
        last_day = line.last_day if visit else line.first_day
        for kind, lines in index.items():
            if kind.global_days == window.global_days:
                procedure = lines.find_between(_shift(line.first_day, -window.last), _shift(last_day, -first))
                if procedure:
                    yield _judge(line, procedure, window, kind, visit=visit)


def _shift(day: date, days: int) -> date:
    """Return a day some days later, the first or the last one that there is if there is none."""
    return date.fromordinal(min(max(day.toordinal() + days, date.min.toordinal()), date.max.toordinal()))


def _judge(line: ClaimLine, procedure: ClaimLine, window: _Window, kind: _Kind, *, visit: bool) -> _Judgment:
    """Return what a procedure means for a line in its window."""
    reasons = _FOR_VISITS if visit else _FOR_PROCEDURES
    accepted = window.visits if visit else window.procedures
    if visit and line.code in CRITICAL_CARE and window.last >= 0:
        accepted += ("FT",)
    day = procedure.first_day
    result = EditResult(
        edit="global",
        verdict="ok",
        code=line.code,
        says="",
        rule=kind.rule,
        lines=(line.number,),
        beside=(procedure.number,),
        day=line.first_day,
    )
    answers = [modifier for modifier in accepted if modifier in line.modifiers]
    if answers:
        says = (
            f"{answers[0]} on {line.code} says that {reasons[answers[0]]}, so the payment of {procedure.code} of {day}"
        )
        says = f"{says} does not include it, if the documentation shows that"
        return _Judgment(result._replace(says=says, needs_documentation=True), (), procedure.code)
    where = window.says.format(code=procedure.code, day=day, days=window.global_days, last=window.last)
    says = f"{line.code} is a {'visit' if visit else 'procedure'} {where}"
    verdict = window.verdict
    if kind.care_by_others and window.first > 0:
        verdict, says = "look", f"{says}, but {_CARE_BY_OTHERS} says that another practitioner has the care after it"
    if kind.is_unknown:
        verdict, says = "unknown", f"{says}, if that was so on {day}"
    if visit and window.global_days == "090" and "57" in accepted:
        accepted = tuple(modifier for modifier in accepted if modifier != "25")  # 25 is for smaller procedures
    remedy = f"modifier {join_or(accepted)} on {line.code}, if the documentation shows that"
    remedy = f"{remedy} {_list_reasons(accepted, reasons)}"
    remedy = f"{remedy}; or another specialty or group did it"
    return _Judgment(result._replace(verdict=verdict, says=says, remedy=remedy), accepted, procedure.code)


def _list_reasons(accepted: Sequence[str], reasons: dict[str, str]) -> str:
    return join_or(
        f"{reasons[modifier]} ({modifier})" if len(accepted) > 1 else reasons[modifier] for modifier in accepted
    )
