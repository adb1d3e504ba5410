"""Whether diagnoses are billed on the day and are complete, stand once and in order, and are there for each pointer.

rule                                          source
billed with all its characters                ICD-10-CM Official Guidelines, I.B.2 (level of detail)
7th character, X in the places before it      the same, I.A.4 and I.A.5
release of the fiscal year of the service     the same, first page; NCHS: each file is of one fiscal year
one code once                                 the same, I.B.12
manifestation never first                     the same, I.A.13 (etiology and manifestation)
12 diagnoses, and pointers to them            NUCC: CMS-1500 instructions, items 21 and 24E
25 diagnoses in the hospital setting          X12 837I, segments HI: the principal diagnosis and 24 others
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from cptref.claims.context import cite, explain_no_answer
from cptref.codesets.releases import short_release
from cptref.lookup.listings import icd10cm
from cptref.models.claims import MAX_DIAGNOSES, VERDICTS, EditResult, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from cptref.claims.context import ClaimContext
    from cptref.codesets.catalog import Selection
    from cptref.models.claims import Claim, ClaimDiagnosis, Verdict
    from cptref.models.codesets import Listing

    Releases = dict[Selection, date]  # with the first of the days that each answers for

_MAX_BY_SETTING = {"practitioner": MAX_DIAGNOSES, "hospital": 25}
MAX_SHOWN = 4  # codes below a header: the remedy is one sentence
MAX_IN_A_ROW = 6  # 7th characters in one sentence; more are a list
MANIFESTATION = "in diseases classified elsewhere"
_FORM = Rule("CMS-1500 instructions, items 21 and 24E")
_ONCE = Rule("ICD-10-CM Official Guidelines, section I.B.12")
_NEVER_FIRST = Rule("ICD-10-CM Official Guidelines, section I.A.13")


def check(claim: Claim, context: ClaimContext) -> Iterator[EditResult]:
    """Yield what the edit says of each diagnosis, of those that come twice or are too many, and of pointers."""
    releases = _find_releases(claim, context)
    known: set[str] = set()
    twice: dict[str, None] = {}
    for diagnosis in claim.diagnoses:
        if diagnosis.code in known:
            twice[diagnosis.code] = None
            continue
        known.add(diagnosis.code)
        yield _check_diagnosis(diagnosis, releases[diagnosis.number], context)
    for code in twice:
        says = f"{code} comes more than once on the claim, and a diagnosis is reported once"
        yield EditResult("diagnosis", "look", code, says, _ONCE, remedy="one of them", claim=claim.number)
    yield from _check_first(claim, releases, context)
    yield from _check_number(claim, context)
    yield from _check_pointers(claim)


def _find_releases(claim: Claim, context: ClaimContext) -> dict[int, Releases]:
    """Return the releases for each diagnosis by its place: on the days of the lines that point to it, else of all."""
    days: dict[int, set[date]] = defaultdict(set)
    for line in claim.lines:
        for place in line.pointers:
            days[place] |= {line.first_day, line.last_day}
    of_claim = select_releases(find_days(claim, context), context) if claim.diagnoses else {}
    return {
        diagnosis.number: select_releases(days[diagnosis.number], context) if diagnosis.number in days else of_claim
        for diagnosis in claim.diagnoses
    }


def find_days(claim: Claim, context: ClaimContext) -> set[date]:
    """Return the first and last days of the lines of a claim; without lines, the day that was asked for."""
    return {day for line in claim.lines for day in (line.first_day, line.last_day)} or {context.settings.on}


def select_releases(days: Iterable[date], context: ClaimContext) -> Releases:
    """Return the releases that answer for days, each with the first of its days; none if the set is not loaded."""
    selections: Releases = {}
    for day in sorted(days):
        selection = context.select("icd10cm", day)
        if selection and not (selection.is_unknown and any(other.is_unknown for other in selections)):
            mark = cite(selection).as_of  # the same for many days
            selections.setdefault(selection._replace(as_of=mark), day)
    return selections


def explain_unknown(selection: Selection, day: date) -> str:
    """Return that a day is before every loaded release."""
    return f"unknown on {day}: the oldest loaded release is {short_release('fiscal', selection.release)}"


def describe(selection: Selection, code: str, context: ClaimContext) -> Listing:
    """Return what a release says about a diagnosis."""
    return context.memoize(icd10cm.describe)(context.catalog, selection, code, context.settings.on)


def _check_diagnosis(diagnosis: ClaimDiagnosis, releases: Releases, context: ClaimContext) -> EditResult:
    """Return the worst of what the releases of its days say of a diagnosis."""
    code = diagnosis.code
    results = [_check_release(diagnosis, selection, day, context) for selection, day in releases.items()]
    if not results:
        reason, rule = explain_no_answer("icd10cm")
        says = f"whether {code} is billable is {reason}"
        return EditResult("diagnosis", "unknown", code, says, rule, claim=diagnosis.claim)
    return min(results, key=lambda result: VERDICTS.index(result.verdict))


def _check_release(diagnosis: ClaimDiagnosis, selection: Selection, day: date, context: ClaimContext) -> EditResult:
    code, rule = diagnosis.code, cite(selection)
    verdict: Verdict
    if selection.is_unknown:
        says = f"whether {code} is billable is {explain_unknown(selection, day)}"
        return EditResult("diagnosis", "unknown", code, says, rule, day=day, claim=diagnosis.claim)
    listing = describe(selection, code, context)
    says = f"{code} is {listing.says}"
    if listing.state == "listed":
        verdict = "ok"
    elif listing.state == "header" or not selection.as_of:
        verdict = "deny likely"
    else:
        verdict = "unknown"
        says += " (the code may be newer than that release)"
    remedy = "" if verdict == "ok" else _find_remedy(listing)
    return EditResult("diagnosis", verdict, code, says, rule, remedy=remedy, day=day, claim=diagnosis.claim)


def _find_remedy(listing: Listing) -> str:
    """Return which codes to look at in place of one that is not billed, as far as the release tells."""
    facts = dict(listing.facts)
    if suggested := listing.fields.get("suggested"):
        return f"{suggested}, if the documentation says so"
    if characters := facts.get("7th characters"):
        joint, start = ("; ", " ") if len(characters) <= MAX_IN_A_ROW else ("\n", "\n")
        return f"the code with the 7th character that the documentation supports:{start}{joint.join(characters)}"
    if nearest := facts.get("Nearest above"):
        return f"look at {nearest[0]}"
    if below := facts.get("Billable codes") or facts.get("Codes below"):
        more = f"; and more below {listing.code}" if len(below) > MAX_SHOWN else ""
        return f"a billable code that the documentation supports: {'; '.join(below[:MAX_SHOWN])}{more}"
    return ""


def _check_first(claim: Claim, releases: dict[int, Releases], context: ClaimContext) -> Iterator[EditResult]:
    """Yield that the first diagnosis is a manifestation, which has the disease that causes it before it."""
    for diagnosis in claim.diagnoses[:1]:
        for selection in releases[diagnosis.number]:
            listing = describe(selection, diagnosis.code, context)
            if MANIFESTATION in listing.title:
                says = f"{diagnosis.code} stands first, but is a manifestation: its cause comes before it"
                notes = "; ".join(dict(listing.facts).get("Code first", ()))
                remedy = f"the cause before it{f' (Code first, {notes})' if notes else ''}"
                yield EditResult(
                    *("diagnosis", "look", diagnosis.code, says, _NEVER_FIRST), remedy=remedy, claim=claim.number
                )
                return


def _check_number(claim: Claim, context: ClaimContext) -> Iterator[EditResult]:
    """Yield that a claim has more diagnoses than a claim form has places."""
    limit = _MAX_BY_SETTING[context.settings.setting]
    if len(claim.diagnoses) > limit:
        code, *others = dict.fromkeys(diagnosis.code for diagnosis in claim.diagnoses[limit:])
        says = f"a claim has {limit} places for diagnoses, and this one has {len(claim.diagnoses)}"
        yield EditResult(
            *("diagnosis", "deny likely", code, says, _FORM),
            remedy=f"the {limit} diagnoses that matter for these services",
            claim=claim.number,
            others=tuple(others),
        )


def _check_pointers(claim: Claim) -> Iterator[EditResult]:
    """Yield for each code whether the pointers of its lines point to diagnoses of the claim."""
    places = {diagnosis.number for diagnosis in claim.diagnoses}
    lines: dict[tuple[str, tuple[int, ...]], list[int]] = defaultdict(list)
    for line in claim.lines:
        if line.pointers:
            astray = tuple(sorted({place for place in line.pointers if place not in places}))
            lines[line.code, astray].append(line.number)
    for (code, astray), numbers in lines.items():
        verdict: Verdict = "ok"
        says, remedy = f"each pointer of {code} points to a diagnosis of the claim", ""
        lost = claim.lost.intersection(astray)
        if lost:
            names = ", ".join(map(_name_place, sorted(lost)))
            verdict, says = "look", f"{code} points to diagnosis {names}, which could not be read"
            remedy = "an ICD-10-CM code in its place, like M54.16"
        elif astray and not places:
            verdict, says = "look", f"{code} points to diagnoses, and none is given"
        elif astray:
            names = ", ".join(map(_name_place, astray))
            verdict, says = "deny likely", f"{code} points to diagnosis {names}, which the claim does not have"
            remedy = "a pointer to the diagnosis that the line is for"
        yield EditResult("diagnosis", verdict, code, says, _FORM, tuple(numbers), remedy=remedy, claim=claim.number)


def _name_place(place: int) -> str:
    """Return the letter of a place on the form, A for 1; the number where the form has no such place."""
    return chr(ord("A") + place - 1) if 1 <= place <= MAX_DIAGNOSES else str(place)
