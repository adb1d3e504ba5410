"""Whether a code is valid on its days, and whether Medicare pays it at all.

rule                                                 source
HCPCS codes by their own dates, both included        CMS: HCPCS record layout, fields ADD DT and TERM DT
CPT and dental codes by their presence in a release  CMS: Relative Value Files; AMA: descriptor files of a year
status of a code, for practitioners                  CMS: Relative Value Files, record layout, Attachment A
no coverage by Medicare                              CMS: HCPCS record layout, field COV

A line that spans days is judged on its first and on its last one: the worse counts.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from cptref.claims.context import cite, explain_no_answer
from cptref.claims.wording import describe_days
from cptref.codes import parse_diagnosis
from cptref.codesets.hcpcs import read_period
from cptref.codesets.releases import effective_days
from cptref.indicators import STATUSES, UNKNOWN_VALUE, find_row_modifier
from cptref.lookup.listings import cpt, hcpcs, icd10cm, pfs
from cptref.models.claims import VERDICTS, EditResult, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from cptref.claims.context import ClaimContext
    from cptref.codesets.catalog import Selection
    from cptref.models.claims import Claim, ClaimLine, EditName, Verdict
    from cptref.models.codesets import Listing

_MODULES = {"pfs": pfs, "hcpcs": hcpcs, "cpt": cpt}
_DENTAL = "D"  # the first letter of codes that the fee schedule has, and no HCPCS file
# Other HCPCS codes that the fee schedule has, by their first letter, and CPT codes with a letter, by that. No release
# has codes with another letter (RVU25D, RVU26C), so that their absence says nothing.
_LETTERS_IN_FEE_SCHEDULE = frozenset("AGHJMPQRSTV")
_LAST_LETTERS_IN_FEE_SCHEDULE = frozenset("FT")
_THERE = "; there "  # behind which a listing says what another release has
_MAY_BE_NEWER = " (the code may be newer than that release)"


class _Finding(NamedTuple):
    """What releases say of a code on a day; `status` is the one of the fee schedule."""

    verdict: Verdict
    says: str
    rule: Rule
    remedy: str = ""
    status: str = ""


def check(claim: Claim, context: ClaimContext) -> Iterator[EditResult]:
    """Yield for each code on its days whether it is valid, and for practitioners, whether Medicare pays it."""
    find_presence = context.memoize(_find_presence)
    lines: dict[tuple[str, date, date], list[ClaimLine]] = defaultdict(list)
    for line in claim.lines:
        lines[line.code, line.first_day, line.last_day].append(line)
    for (code, *days), same in lines.items():
        yield _report("code", same, [(find_presence(code, day, context), day) for day in days])
    if context.settings.setting == "practitioner":
        yield from _check_statuses(claim, context)


def _report(edit: EditName, lines: Sequence[ClaimLine], findings: Sequence[tuple[_Finding, date]]) -> EditResult:
    """Return the worst of the findings on days of lines of one code."""
    (verdict, says, rule, remedy, _), day = min(findings, key=lambda each: VERDICTS.index(each[0].verdict))
    numbers = tuple(line.number for line in lines)
    return EditResult(edit, verdict, lines[0].code, says, rule, numbers, (), remedy, day, lines[0].claim)


# Whether a code is valid


def _find_presence(code: str, day: date, context: ClaimContext) -> _Finding:
    """Return whether a code is valid on a day: HCPCS has days, other sets have the code or not."""
    findings: list[_Finding] = []
    for name in _list_sets(code, context):
        selection = context.select(name, day)
        if selection is None:
            reason, rule = explain_no_answer(name)
            findings.append(_Finding("unknown", f"whether {code} is valid is {reason}", rule))
            continue
        if name == "pfs" and not selection.is_unknown and context.read_rows(selection, code):
            findings.append(_Finding("ok", f"{code} is in {selection.heading}", cite(selection)))
            continue
        listing = _describe(code, day, selection, context)
        if listing and name == "hcpcs" and listing.state in {"listed", "ended", "not-yet"}:
            return _judge_dates(code, day, listing, selection, context)
        findings.append(_judge_presence(code, selection, listing))
    finding = next((finding for finding in findings if finding.verdict == "ok"), None)
    if finding is None:
        finding = min(findings, key=lambda each: VERDICTS.index(each.verdict))
        finding = finding._replace(remedy=_suggest_diagnosis(code, day, context))
    return finding


def _list_sets(code: str, context: ClaimContext) -> tuple[str, ...]:
    """Return the sets that a code may be in, the one that has all such codes first."""
    if code[0].isdigit():  # nobody needs the descriptors of the AMA to check a claim
        return ("pfs", "cpt") if context.catalog.list_releases("cpt") else ("pfs",)
    return ("pfs",) if code[0] == _DENTAL else ("hcpcs", "pfs")


def _describe(code: str, day: date, selection: Selection, context: ClaimContext) -> Listing | None:
    listing: Listing | None = _MODULES[selection.set].describe(context.catalog, selection, code, day)
    return listing


def _judge_presence(code: str, selection: Selection, listing: Listing | None) -> _Finding:
    """Return what it means that a release has a code, or that it does not."""
    rule = cite(selection)
    if selection.is_unknown:
        return _Finding("unknown", f"whether {code} is valid is {selection.as_of}", rule)
    if listing and listing.state == "listed":
        return _Finding("ok", f"{code} is in {rule.source}", rule)
    says = f"{code} is {listing.says if listing else f'not in {rule.source}'}"
    if selection.as_of:
        return _Finding("unknown", f"{says}{_MAY_BE_NEWER}", rule)
    if not _has_all_such(selection.set, code):
        return _Finding("unknown", f"{says}, which does not have all codes of this kind", rule)
    return _Finding("deny likely", says, rule)


def _has_all_such(name: str, code: str) -> bool:
    """Return whether a set has all codes that look like one."""
    if name != "pfs":
        return True
    if code[0].isdigit():
        return code[-1].isdigit() or code[-1] in _LAST_LETTERS_IN_FEE_SCHEDULE
    return code[0] == _DENTAL


def _judge_dates(code: str, day: date, listing: Listing, selection: Selection, context: ClaimContext) -> _Finding:
    """Return what the days of a HCPCS code mean; an old release does not know that the code has ended since."""
    rule = Rule(listing.heading, listing.set, listing.release, listing.mark)
    says = describe_days(code, read_period(listing.fields), day)
    if _THERE in listing.says:
        says += f"; it is {listing.says.partition(_THERE)[0]}"
    if listing.state == "listed":
        newer = context.select("pfs", day) if selection.as_of and code[0] in _LETTERS_IN_FEE_SCHEDULE else None
        if (
            newer is None
            or newer.is_unknown
            or effective_days("pfs", newer.release)[0] <= effective_days("hcpcs", selection.release)[1]
            or context.read_rows(newer, code)
        ):
            return _Finding("ok", says, rule)
        rule = cite(newer)
        return _Finding(
            "unknown", f"{code} was valid in {selection.release}, but is not in {rule.source}, which is newer", rule
        )
    facts = dict(listing.facts)
    alike = "; ".join(facts.get("Like words", ()))
    remedy = "; ".join(facts.get("Instead", ())) or (f"look at {alike}" if alike else "")
    return _Finding("deny likely", says, rule, remedy)


def _suggest_diagnosis(code: str, day: date, context: ClaimContext) -> str:
    """Return how to type the diagnosis that a code may be meant as, "" if it is none."""
    diagnosis = parse_diagnosis(code)
    if not diagnosis or not context.catalog.list_releases("icd10cm"):
        return ""
    selection = context.select("icd10cm", day)
    if not selection or not icd10cm.describe(context.catalog, selection, diagnosis, day).fields["releases"]:
        return ""
    return f"the diagnosis {diagnosis}, if that is meant, with its dot"


# Whether Medicare pays it


class _Status(NamedTuple):
    """What a status means for a claim to Medicare, and what would change that."""

    verdict: Verdict
    remedy: str = ""


_OTHER_CODE = _Status("deny likely", "the code that Medicare has for it, which the file does not name")
# Words for each are in indicators.STATUSES. Other rules of Medicare may pay what the fee schedule does not (E, X).
_STATUSES: Mapping[str, _Status] = {
    **dict.fromkeys("ACEJLMQTX", _Status("ok")),
    **dict.fromkeys("BDFH", _Status("deny likely")),
    **dict.fromkeys("GI", _OTHER_CODE),
    "N": _Status("deny likely", "another payer than Medicare"),
    "P": _Status("look", "no physician's service of the day that it came with"),
    "R": _Status("look", "documentation that meets the coverage rules"),
}
_PAID = frozenset("ACR")  # beside which a code of status T is not paid
_ALONE = "T"


def _check_statuses(claim: Claim, context: ClaimContext) -> Iterator[EditResult]:
    """Yield for each code on its days what its status in the fee schedule means."""
    find_status = context.memoize(_find_status)
    groups: dict[tuple[str, str, date, date], list[ClaimLine]] = defaultdict(list)
    for line in claim.lines:
        row = find_row_modifier(line.modifiers)
        groups[line.code, row, line.first_day, line.last_day].append(line)
    alone: list[tuple[ClaimLine, _Finding]] = []
    paid: list[ClaimLine] = []
    for (code, row, *days), same in groups.items():
        findings = [(finding, day) for day in days if (finding := find_status(code, row, day, context))]
        statuses = {finding.status for finding, _ in findings}
        if statuses & _PAID:
            paid += same
        if _ALONE in statuses and all(finding.verdict == "ok" for finding, _ in findings):
            finding = next(finding for finding, _ in findings if finding.status == _ALONE)
            alone += ((line, finding) for line in same)
        elif findings:
            yield _report("status", same, findings)
    yield from _check_alone(alone, paid)


def _check_alone(alone: Sequence[tuple[ClaimLine, _Finding]], paid: Sequence[ClaimLine]) -> Iterator[EditResult]:
    """Yield for each line that is paid only if nothing else is on its days, whether something is."""
    in_order = sorted(paid, key=lambda line: line.first_day)
    first_days = [line.first_day for line in in_order]
    lasting = [*accumulate(in_order, _choose_later)]
    for line, finding in alone:
        count = bisect_right(first_days, line.last_day)
        other = lasting[count - 1] if count else line
        if not count or other.last_day < line.first_day:
            yield _report("status", [line], [(finding, line.first_day)])
        else:
            says = f"{finding.says}, and {other.code} is paid"
            remedy = f"no {other.code} on the day: the two are not paid together"
            result = _report(
                "status", [line], [(finding._replace(verdict="look", says=says, remedy=remedy), line.first_day)]
            )
            yield result._replace(beside=(other.number,))


def _choose_later(line: ClaimLine, other: ClaimLine) -> ClaimLine:
    return other if other.last_day > line.last_day else line


def _find_status(code: str, row: str, day: date, context: ClaimContext) -> _Finding | None:
    """Return what the fee schedule and HCPCS say of payment, None for a code that is in neither.

    `row` is the modifier that has a row of its own, "" for the whole service.
    """
    selection = context.select("pfs", day)
    is_in_force = context.memoize(_find_presence)(code, day, context).verdict == "ok"
    if selection is None or selection.is_unknown:
        reason, rule = explain_no_answer("pfs", selection)
        return _Finding("unknown", f"whether Medicare pays {code} is {reason}", rule) if is_in_force else None
    rule = cite(selection)
    rows = context.read_rows(selection, code)
    if rows:
        fields = rows.get(row) or next(iter(rows.values()))
        letter = fields["status"]
        status = _STATUSES.get(letter, _Status("look"))
        says = f"{code} has Medicare status {letter}: {STATUSES.get(letter, UNKNOWN_VALUE)}"
        finding = _Finding(status.verdict, says, rule, status.remedy, letter)
    else:
        says = f"{code} is not in {rule.source}: if Medicare pays it, then by other rules"
        finding = _Finding("ok", says, rule)
        if not is_in_force:
            return None
    uncovered = _find_no_coverage(code, day, context) if finding.verdict == "ok" else None
    return uncovered or finding


def _find_no_coverage(code: str, day: date, context: ClaimContext) -> _Finding | None:
    """Return that Medicare does not cover a HCPCS code, None where the file says nothing of the kind."""
    if "hcpcs" not in _list_sets(code, context) or not (selection := context.select("hcpcs", day)):
        return None
    listing = _describe(code, day, selection, context)
    coverage = listing.fields.get("coverage", "") if listing else ""
    if not listing or coverage not in hcpcs.NO_COVERAGE:
        return None
    rule = Rule(listing.heading, listing.set, listing.release, listing.mark)
    return _Finding("deny likely", f"{code} has coverage {coverage}: {hcpcs.COVERAGE[coverage]}", rule)
