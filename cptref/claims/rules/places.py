"""Whether a place of service is one, and whether a service is done there.

rule                              source
places of service                 CMS: Place of Service Code Set
which are paid as a facility      CMS: Medicare Claims Processing Manual, chapter 26, section 10.5
NA, rarely or never done there    CMS: Relative Value Files, record layout, fields NA INDICATOR of both settings

A line without a place is not judged. NA is about practitioners: a hospital is paid by other rules.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from cptref.claims.context import cite, explain_no_answer
from cptref.claims.places import NAMES, choose_setting
from cptref.indicators import PAID_STATUSES, find_row_modifier
from cptref.models.claims import EditResult, Rule
from cptref.money import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from cptref.claims.context import ClaimContext
    from cptref.models.claims import Claim, Verdict

    Judgment = tuple[Verdict, str, Rule, str]  # with what it says, and what would change it

_PLACES = Rule("CMS Place of Service Code Set")
_WHERE = {"office": "outside a facility", "facility": "in a facility"}
_BOTH_PARTS = "1"  # PC/TC indicator of a service with a professional and a technical part


def check(claim: Claim, context: ClaimContext) -> Iterator[EditResult]:
    """Yield for each code in each of its places whether it is a place, and whether the service is done there."""
    judge = context.memoize(_judge)
    lines: dict[tuple[str, str, str, date], list[int]] = defaultdict(list)
    for line in claim.lines:
        if line.place:
            row = find_row_modifier(line.modifiers)
            lines[line.code, row, line.place, line.first_day].append(line.number)
    for (code, row, place, day), numbers in lines.items():
        verdict, says, rule, remedy = judge(code, row, place, day, context)
        yield EditResult("place", verdict, code, says, rule, tuple(numbers), (), remedy, day, claim.number)


def _judge(code: str, row: str, place: str, day: date, context: ClaimContext) -> Judgment:
    """Return what holds of a code, with the modifier that has a row of its own, in a place on a day."""
    if place not in NAMES:
        return "deny likely", f"{place} is not a place of service", _PLACES, "the place where the service was done"
    name = f"place {place} ({NAMES[place]})"
    if context.settings.setting != "practitioner":
        return "ok", f"{name} is a place of service", _PLACES, ""
    selection = context.select("pfs", day)
    if selection is None or selection.is_unknown:
        reason, rule = explain_no_answer("pfs", selection)
        return "unknown", f"whether {code} is done in {name} is {reason}", rule, ""
    rows = context.read_rows(selection, code)
    fields = rows.get(row) or next(iter(rows.values()), {})
    setting = choose_setting(place)
    if not fields or fields["status"] not in PAID_STATUSES or not fields[f"{SETTINGS[setting]}_na"]:
        return "ok", f"nothing speaks against {code} in {name}", cite(selection) if fields else _PLACES, ""
    says = f"{code} is rarely or never done {_WHERE[setting]} (NA), and this is {name}"
    remedy = "the place where the service was done, if it was another one"
    if setting == "facility" and fields["pctc"] == _BOTH_PARTS and not row:
        remedy += "; or a modifier such as 26, if the documentation shows the professional part alone"
    return "look", says, cite(selection), remedy
