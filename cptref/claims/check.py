"""A claim -> what every edit says of it, the worst verdict of each line, and what is allowed for it."""

from __future__ import annotations

import sys
from collections import defaultdict
from decimal import Decimal
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

from cptref.claims.context import MAX_CACHED, cite
from cptref.claims.payment import explain_one_day, price_claim
from cptref.claims.rules import MODULES
from cptref.claims.rules.diagnoses import describe
from cptref.days import parse_day
from cptref.lookup.listings import explain_not_loaded
from cptref.models.claims import (
    NO_DAY,
    VERDICTS,
    CheckedDiagnosis,
    CheckedLine,
    Claim,
    ClaimAnswer,
    EditResult,
    LineAmount,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from cptref.claims.context import ClaimContext
    from cptref.models.claims import ClaimDiagnosis, ClaimLine, ClaimSettings, ParsedClaim

_Subject = int | tuple[int, str]  # a line by its number, a diagnosis by its claim and code
MAX_NAMED = 5  # lines in remarks that say the same of each
UNJUDGED: Verdict = "unknown"  # the verdict where no edit looked
_ORDER = {verdict: place for place, verdict in enumerate(VERDICTS)}


def check_claims(parsed: ParsedClaim, context: ClaimContext) -> ClaimAnswer:
    """Return what the edits say of the claims that were read."""
    settings = context.settings
    claims = [*_split(parsed, settings)]
    results = [result for claim in claims for result in _check_claim(claim, context)]
    amounts = _price(claims, context)
    verdicts, older = _sum_up(results, amounts)
    titles = _Titles(context)
    lines = tuple(
        CheckedLine(
            line,
            line.first_day,
            verdicts.get(line.number, UNJUDGED),
            titles.find_service(line.code, line.first_day),
            amounts.get(line.number),
            older.get(line.number, ()),
        )
        for claim in claims
        for line in claim.lines
    )
    diagnoses = tuple(
        CheckedDiagnosis(
            diagnosis,
            verdicts.get((claim.number, diagnosis.code), UNJUDGED),
            titles.find_diagnosis(diagnosis.code, claim.lines[0].first_day if claim.lines else settings.on),
            older.get((claim.number, diagnosis.code), ()),
        )
        for claim in claims
        for diagnosis in claim.diagnoses
    )
    total = _add_up(amounts)
    remaining = _price_without_denied(claims, context, lines, amounts)
    selections = context.selections.values()
    return ClaimAnswer(
        lines=lines,
        diagnoses=diagnoses,
        results=tuple(sorted(results, key=_get_order)),
        unread=parsed.unread,
        on=settings.on,
        setting=settings.setting,
        locality=settings.locality,
        qualifying=settings.qualifying,
        total=total,
        total_without_denied=None if total is None else _add_up(remaining) or Decimal(),
        without_amount=sum(amount.amount is None for amount in amounts.values()),
        not_loaded=tuple(map(explain_not_loaded, context.missing)),
        sources=tuple(cite(selection).label for selection in selections),
        remarks=(
            *parsed.remarks,
            *_find_future(lines),
            *_explain_localities(context),
            *_explain_amounts(lines, settings),
        ),
        notices=tuple(dict.fromkeys(filter(None, (selection.stores[0].notice for selection in selections)))),
    )


def _split(parsed: ParsedClaim, settings: ClaimSettings) -> Iterator[Claim]:
    """Yield the claims, their lines with the day and the place that hold where they have none of their own."""
    lines: dict[int, list[ClaimLine]] = defaultdict(list)
    diagnoses: dict[int, list[ClaimDiagnosis]] = defaultdict(list)
    for line in parsed.lines:
        first = settings.on if line.first_day == NO_DAY else line.first_day
        last = first if line.last_day == NO_DAY else line.last_day
        lines[line.claim].append(line._replace(first_day=first, last_day=last, place=line.place or settings.place))
    for diagnosis in parsed.diagnoses:
        diagnoses[diagnosis.claim].append(diagnosis)
    lost: dict[int, set[int]] = defaultdict(set)
    for claim, place in parsed.lost:
        lost[claim].add(place)
    for number in sorted({*lines, *diagnoses}):
        yield Claim(tuple(lines[number]), tuple(diagnoses[number]), number, frozenset(lost[number]))


def _check_claim(claim: Claim, context: ClaimContext) -> Iterator[EditResult]:
    for name in MODULES:
        for result in import_module(f"cptref.claims.rules.{name}").check(claim, context):
            yield result if result.claim == claim.number else result._replace(claim=claim.number)


def _sum_up(
    results: Iterable[EditResult], amounts: Mapping[int, LineAmount]
) -> tuple[dict[_Subject, Verdict], dict[_Subject, tuple[str, ...]]]:
    """Return the worst verdict on each line and diagnosis, and the older releases that had to do for each."""
    verdicts: dict[_Subject, Verdict] = {}
    older: dict[_Subject, dict[str, None]] = defaultdict(dict)
    for result in results:
        release = result.rule.older
        subjects: Iterable[_Subject] = result.lines or [(result.claim, code) for code in (result.code, *result.others)]
        for subject in subjects:
            verdicts[subject] = _choose_worse(result.verdict, verdicts.get(subject))
            if release:
                older[subject][release] = None
    for number, amount in amounts.items():
        older[number].update(dict.fromkeys(amount.older))
    return verdicts, {subject: tuple(releases) for subject, releases in older.items()}


def _choose_worse(verdict: Verdict, other: Verdict | None) -> Verdict:
    return verdict if other is None or _ORDER[verdict] < _ORDER[other] else other


def _get_order(result: EditResult) -> tuple[int, int, int]:
    """Return the place of a result: worst first, then by claim and line; diagnoses come after lines."""
    return _ORDER[result.verdict], result.claim, min(result.lines, default=sys.maxsize)


def _price(claims: Iterable[Claim], context: ClaimContext) -> dict[int, LineAmount]:
    """Return what is allowed for each line of claims, by its number."""
    return {number: amount for claim in claims for number, amount in price_claim(claim, context).items()}


def _find_future(lines: Sequence[CheckedLine]) -> Iterator[str]:
    """Yield that the last date of service is still to come."""
    last_day = max((line.line.last_day for line in lines), default=NO_DAY)
    if last_day > parse_day(None):
        yield f"the date of service {last_day} is in the future"


def _price_without_denied(
    claims: Sequence[Claim], context: ClaimContext, lines: Iterable[CheckedLine], amounts: dict[int, LineAmount]
) -> dict[int, LineAmount]:
    """Return what is allowed for the other lines if those that would likely be denied are left out: they rank anew."""
    denied = {line.line.number for line in lines if line.verdict == "deny likely"}
    if not denied:
        return amounts
    kept = [claim._replace(lines=tuple(line for line in claim.lines if line.number not in denied)) for claim in claims]
    return _price(kept, context)


def _add_up(amounts: Mapping[int, LineAmount]) -> Decimal | None:
    priced = [amount.amount for amount in amounts.values() if amount.amount is not None]
    return sum(priced, Decimal()) if priced else None


def _explain_localities(context: ClaimContext) -> Iterator[str]:
    """Yield how a ZIP code led to the localities of the days of the lines, and what is doubtful of them."""
    named = context.settings.locality
    localities = [*context.localities.values()] or [*filter(None, [named])]
    yield from dict.fromkeys(locality.remark for locality in localities if locality.remark)


def _explain_amounts(lines: Iterable[CheckedLine], settings: ClaimSettings) -> Iterator[str]:
    """Yield what amounts rest on that nobody has said."""
    priced = [line for line in lines if line.amount and line.amount.amount is not None]
    if priced and settings.locality is None:
        yield "amounts are national; a locality or a ZIP code gives local ones"
    placeless = [line.line.number for line in priced if not line.line.place]
    if placeless:
        which = "no place of service is given" if len(placeless) == len(priced) else _name_placeless(placeless)
        yield f"{which}, so amounts are those of an office; give the place if it is another"
    as_one_day = [(line.line.number, says) for line in priced if (says := explain_one_day(line.line))]
    yield from (f"line {number}: {says}" for number, says in as_one_day[:MAX_NAMED])
    if (more := len(as_one_day) - MAX_NAMED) > 0:
        yield f"{more:,} more {'line' if more == 1 else 'lines'} of several days: each is priced as its first day"


def _name_placeless(numbers: Sequence[int]) -> str:
    """Return which lines have no place of service, where others have one."""
    named = ", ".join(map(str, numbers[:MAX_NAMED]))
    more = f" and {len(numbers) - MAX_NAMED:,} more" if len(numbers) > MAX_NAMED else ""
    return f"no place of service is given for line{'' if len(numbers) == 1 else 's'} {named}{more}"


class _Titles:
    """Finds the texts of codes in the releases that are loaded, each once."""

    def __init__(self, context: ClaimContext) -> None:
        self.context = context
        self.loaded = frozenset(context.catalog.list_sets())
        self.find_service = lru_cache(maxsize=MAX_CACHED)(self._find_service)
        self.find_diagnosis = lru_cache(maxsize=MAX_CACHED)(self._find_diagnosis)

    def _find_service(self, code: str, day: date) -> str:
        """Return the short text of a service, "" if no loaded release has one."""
        for name, field in (("hcpcs", "short"), ("pfs", "text")) if code[0].isalpha() else (("pfs", "text"),):
            if name in self.loaded and (selection := self.context.select(name, day)):
                rows = self.context.read_rows(selection, code)
                fields = rows.get("") or next(iter(rows.values()), {})
                if text := fields.get(field, ""):
                    return text
        return ""

    def _find_diagnosis(self, code: str, day: date) -> str:
        """Return the text of a diagnosis, "" if no loaded release has it."""
        selection = self.context.select("icd10cm", day) if "icd10cm" in self.loaded else None
        return describe(selection, code, self.context).title if selection else ""
