"""What the library found when it compared its articles with the published code sets (field `verification`).

The source of each finding are the releases that it names (`checked_against`).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from cptref.claims.findings import explain_finding, list_others
from cptref.models.claims import EditResult, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from cptref.claims.context import ClaimContext
    from cptref.models.article import Verification
    from cptref.models.claims import Claim, Verdict
    from cptref.models.entries import Entry

_FEE_SCHEDULES = "CMS RVU"  # how the releases begin that name codes and figures


def check(claim: Claim, context: ClaimContext) -> Iterator[EditResult]:
    """Yield for each code of an article whether the code stands for what the article describes."""
    lines: dict[str, list[int]] = defaultdict(list)
    days: dict[str, date] = {}
    for line in claim.lines:
        lines[line.code].append(line.number)
        days[line.code] = max(line.last_day, days.get(line.code, line.last_day))
    for code, numbers in lines.items():
        entry = context.get_entry(code)
        if entry and entry.kind == "article" and (judged := _judge(entry, days[code], context)):
            verdict, says = judged
            rule = _cite(entry.verification)
            remedy = "" if verdict == "ok" else list_others(entry)
            yield EditResult(
                "finding", verdict, code, says, rule, tuple(numbers), remedy=remedy, day=days[code], claim=claim.number
            )


def _judge(entry: Entry, day: date, context: ClaimContext) -> tuple[Verdict, str] | None:
    """Return the verdict on a code by what was found about it, None if nobody has checked."""
    code = entry.code
    if entry.verification.status == "verified":
        return "ok", f"{code} is published for what the article describes"
    if entry.verification.status == "conflict":
        return "look", explain_finding(entry)
    if entry.verification.status != "not-listed":
        return None
    selection = context.select("pfs", day)
    if selection and not selection.is_unknown and context.read_rows(selection, code):
        return "look", f"{code} was not published when the article was checked, and is in {selection.heading}"
    return "deny likely", explain_finding(entry)


def _cite(finding: Verification) -> Rule:
    """Return what a finding rests on: the newest fee schedule that was looked at, and how many other releases."""
    releases = finding.checked_against
    newest = [release for release in releases if release.startswith(_FEE_SCHEDULES)][-1:] or releases[:1]
    more = f" and {len(releases) - 1} more" if len(releases) > 1 else ""
    return Rule(f"Library, checked against {''.join(newest)}{more}" if newest else "Library")
