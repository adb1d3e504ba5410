"""What the fee schedule pays for codes: nationally and in localities, in both settings, by each conversion factor."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from cptref import indicators
from cptref.claims.amounts import HALF, LIMITING_SHARE, NONPARTICIPATING_SHARE, explain_both_sides, make_service
from cptref.claims.bases import choose_factors, list_factors, make_bases
from cptref.claims.context import cite, read_rows
from cptref.claims.multiples import parse_multiples
from cptref.claims.visits import is_visit
from cptref.codesets.releases import short_release
from cptref.errors import UsageError
from cptref.models.fees import Amount, CodeFee, FeeAnswer, FeeRow, RankedAmount, RankedFee
from cptref.models.verdicts import Unread
from cptref.money import SETTINGS, WHOLE, explain_price, take_shares, write_cents, write_share

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence
    from datetime import date

    from cptref.claims.amounts import Basis, Rows, Service
    from cptref.codes import ParsedCode
    from cptref.codesets.catalog import Catalog, Selection
    from cptref.models.fees import Locality

# What is shown of a code without modifiers, by modifier. Of those with a field, the indicator 9 says that the concept
# does not apply, and then nothing is shown.
_ROWS = {
    "26": ("Professional part", ""),
    "TC": ("Technical part", ""),
    "53": ("Stopped early", ""),
    "50": ("Both sides", "bilateral"),
    "80": ("Assistant", "assistant"),
    "AS": ("Assistant, non-physician", "assistant"),
    "62": ("Co-surgeon, each", "cosurgeon"),
    "66": ("Team", "team"),
    "54": ("Surgery alone", "intraoperative"),
    "55": ("Follow-up alone", "postoperative"),
    "56": ("Before surgery alone", "preoperative"),
    "78": ("Return to surgery", "intraoperative"),
}
_SAID_IF_0 = frozenset({"80", "62", "66"})  # 0 is an indicator of these, and a share of none for the others
_NOT_PARTICIPATING = (
    ("Nonparticipating", NONPARTICIPATING_SHARE, ""),
    ("Limiting charge", LIMITING_SHARE, "the most that those who do not participate may charge: 115% of 95%"),
)


class _Question(NamedTuple):
    """What codes are priced by: the release of the day, and each basis of an amount."""

    catalog: Catalog
    selection: Selection
    bases: tuple[Basis, ...]
    on: date

    def read_rows(self, code: str) -> Rows:
        """Return the rows of a code by modifier, none if the release doesn't have it."""
        return read_rows(self.selection.stores[0], code)  # the parts of a release differ in the factor alone


def list_fees(  # noqa: PLR0913 - what holds of all codes
    catalog: Catalog,
    modifiers: Container[str],
    codes: Iterable[str],
    localities: Iterable[str],
    on: date,
    *,
    qualifying: bool = False,
) -> FeeAnswer:
    """Return the fees of codes typed in any way; those by the factor of qualifying participants alone, if asked for.

    `modifiers` are those that are known, beside those of a loaded HCPCS file: others are said to be unknown. Raise
    UsageError for a locality that is none or several.
    """
    parsed, skipped = parse_multiples([*codes])
    places = [*localities]
    if not all(map(str.strip, places)):
        from cptref.claims.localities import EMPTY, HINT

        raise UsageError(EMPTY, hint=HINT)
    selection = catalog.select("pfs", on)
    if selection is None:
        from cptref.lookup.listings import explain_not_loaded

        unpriced = tuple(Unread(code.input, code.problem or "no fee schedule is loaded") for code, _ in parsed)
        return FeeAnswer(on, (), misses=unpriced, qualifying=qualifying, not_loaded=(explain_not_loaded("pfs"),))
    answer = _find_localities(catalog, places, on)
    factors = choose_factors(list_factors(selection), qualifying=qualifying)
    question = _Question(catalog, selection, make_bases(selection, factors, [None, *answer.localities]), on)
    fees: dict[str, CodeFee] = {}
    services: list[tuple[Service, int]] = []
    misses = list(answer.misses)
    remarks: list[str] = []
    for code, units in parsed:
        rows = question.read_rows(code.code) if code.code and not code.problem and not code.last else {}
        if rows and not selection.is_unknown:
            service = make_service(rows, code.code, code.modifiers, question.read_rows)
            services.append((service, units))
            remarks += _explain_unknown(question, code, modifiers)
            if units > 1 and "50" in code.modifiers:
                from cptref.lookup.modifier_rules import ONE_UNIT

                remarks.append(f"{code.input}: {ONE_UNIT}, so 1 unit is priced")
            fees.setdefault(service.label, _make_fee(question, code, rows, service))
        else:
            misses.append(Unread(code.input, _explain_miss(question, code, rows)))
    if skipped:
        remarks += _explain_skipped(skipped, misses)
    if fees and (ended := selection.explain_ended(on)):
        remarks += [ended, *answer.remarks]
    remarks += [factor.remark for factor in factors if factor.remark and fees]
    if qualifying and not any(factor.is_qualifying for factor in factors):
        remarks.append(f"{selection.heading} has no conversion factor of its own for qualifying APM participants")
    remarks += [locality.remark for locality in answer.localities if locality.remark]
    return answer._replace(
        fees=tuple(fees.values()),
        ranking=tuple(_rank(question, services)) if sum(units for _, units in services) > 1 else (),
        misses=tuple(misses),
        qualifying=qualifying,
        remarks=tuple(dict.fromkeys(remarks)),
        notices=(selection.stores[0].notice,) if fees and selection.stores[0].notice else (),
    )


def _explain_unknown(question: _Question, code: ParsedCode, known: Container[str]) -> Iterator[str]:
    """Yield the modifiers of a code that neither the library nor a loaded HCPCS file has: they change no amount."""
    if unknown := [modifier for modifier in dict.fromkeys(code.modifiers) if modifier not in known]:
        from cptref.lookup.listings.modifiers import quote_modifier

        for modifier in unknown:
            if not quote_modifier(question.catalog, modifier, question.on):
                yield f"{code.input}: modifier {modifier} is not known here; the amount is that without it"


def _explain_skipped(skipped: dict[str, int], misses: list[Unread]) -> Iterator[str]:
    """Yield what was skipped beside codes; units, which the codes are not priced with, are a miss."""
    from cptref.codes.values import UNITS
    from cptref.lookup.lookup import explain_skipped

    if count := skipped.get(UNITS):
        name = f"{count} {UNITS}{'s' if count > 1 else ''}"
        misses.append(Unread(name, "not used; type x2 right behind a code"))
    yield from explain_skipped({kind: count for kind, count in skipped.items() if kind != UNITS})


def _find_localities(catalog: Catalog, typed: Sequence[str], on: date) -> FeeAnswer:
    """Return an answer with its localities, or with what has to be loaded to know them."""
    if not typed:
        return FeeAnswer(on, ())
    if not catalog.list_releases("gpci"):
        from cptref.lookup.listings import explain_not_loaded

        misses = (Unread(name, "no GPCI is loaded, so amounts are national alone") for name in typed)
        return FeeAnswer(on, (), misses=tuple(misses), not_loaded=(explain_not_loaded("gpci"),))
    selection = catalog.select("gpci", on)
    if selection and selection.is_unknown:
        return FeeAnswer(on, (), misses=tuple(Unread(name, f"indices are {selection.as_of}") for name in typed))
    from cptref.claims.localities import find_locality

    localities: dict[str, Locality] = {}
    for name in typed:
        locality = find_locality(catalog, name, on)
        localities.setdefault(locality.key, locality)
    ended = selection.explain_ended(on) if selection else ""
    return FeeAnswer(on, (), tuple(localities.values()), remarks=(ended,) if ended else ())


def _explain_miss(question: _Question, code: ParsedCode, rows: Rows) -> str:
    selection = question.selection
    if code.problem:
        return code.problem
    if code.last:
        return "a range of codes; type each code"
    if not code.code:
        return "a diagnosis, which has no fee"
    if rows:
        return selection.as_of
    releases = [
        short_release("rvu", release)
        for release in question.catalog.list_releases("pfs")
        if release != selection.release and question.catalog.open_release("pfs", release)[0].list_records(code.code)
    ]
    absent = f"not in {selection.heading}"
    if releases:
        absent = f"in {', '.join(releases)}, {absent}"
    if selection.is_unknown:
        return f"{absent}; {selection.as_of}"
    return f"{absent}, {selection.as_of}; a newer release may have it" if selection.as_of else absent


def _make_fee(question: _Question, code: ParsedCode, rows: Rows, service: Service) -> CodeFee:
    fields = service.fields
    fee = CodeFee(
        *(code.input, service.code, service.modifiers, fields["text"], service.problem),
        rule=cite(question.selection),
        fields=fields,
    )
    if service.problem:
        return fee
    amounts = tuple(_make_amount(service, basis, formulas=True) for basis in question.bases)
    return fee._replace(
        amounts=amounts,
        rows=(
            *_list_rows(question, rows, service),
            *_list_further_units(question, service),
            *_list_limits(question, service),
        ),
        facts=tuple(_list_facts(service, amounts)),
    )


def _make_amount(
    service: Service, basis: Basis, share: int = WHOLE, practice: int = WHOLE, *, formulas: bool = False
) -> Amount:
    settings = [setting for setting in SETTINGS if not service.explain_missing(setting)]
    cents = {setting: service.price_cents(setting, basis, share, practice) for setting in settings}
    values = {setting: Decimal(write_cents(value)) for setting, value in cents.items()}
    return Amount(
        *(basis.place, basis.factor, basis.is_qualifying, values.get("office"), values.get("facility")),
        formulas=tuple(_explain(service, setting, basis, cents[setting]) for setting in settings) if formulas else (),
        capped=tuple(setting for setting in settings if service.price(setting, basis).is_capped),
        as_of=basis.as_of,
    )


def _explain(service: Service, setting: str, basis: Basis, cents: int) -> str:
    formula = explain_price(service.fields, setting, basis.indices, basis.factor)
    shares = "".join(f", {share}" for share in service.shares)
    return f"{setting}: {formula}{shares}, rounded ${write_cents(cents)}"


def _list_rows(question: _Question, rows: Rows, service: Service) -> Iterator[FeeRow]:
    """Yield what modifiers would make of the amount, if there are none yet."""
    for modifier, (name, field) in _ROWS.items() if not service.modifiers else ():
        value = service.fields[field] if field else modifier * (modifier in rows)
        if modifier == "50" and value in {"0", "2"}:  # it does not go with them
            yield from _say_both_sides(question, service)
            continue
        if value in {"", "9"} or (value.strip("0.") == "" and modifier not in _SAID_IF_0):
            continue
        if modifier == "AS" and value == "1":  # as for every assistant
            continue
        with_modifier = make_service(rows, service.code, (modifier,))
        if with_modifier.problem:
            yield FeeRow(f"{name} ({modifier})", with_modifier.problem, ())
            continue
        share = take_shares(WHOLE, *(share.share for share in with_modifier.shares))
        label = f"{name} ({modifier}{f', {write_share(share)}' if with_modifier.shares else ''})"
        amounts = tuple(_make_amount(with_modifier, basis) for basis in question.bases)
        says = (explain_both_sides(value),) if (modifier, value) == ("50", "3") else with_modifier.conditions
        yield FeeRow(label, "; ".join(says), amounts)


def _say_both_sides(question: _Question, service: Service) -> Iterator[FeeRow]:
    """Yield what both sides of a code are paid with which 50 does not go; nothing for a visit, which has no sides."""
    value = service.fields["bilateral"]
    says = explain_both_sides(value)
    if value == "2":
        amounts = tuple(_make_amount(service, basis) for basis in question.bases)
        yield FeeRow("Both sides (included)", says, amounts)
    elif not is_visit(service.code):
        yield FeeRow("Both sides", says, ())


def _list_further_units(question: _Question, service: Service) -> Iterator[FeeRow]:
    """Yield what each further unit of therapy is paid, which CMS publishes beside the fee."""
    if service.fields["multiple"] == "5":
        amounts = tuple(_make_amount(service, basis, practice=HALF) for basis in question.bases)
        yield FeeRow("Further unit of the day (practice expense 50%)", "", amounts)


def _list_limits(question: _Question, service: Service) -> Iterator[FeeRow]:
    for name, share, says in _NOT_PARTICIPATING:
        amounts = tuple(_make_amount(service, basis, share) for basis in question.bases)
        yield FeeRow(f"{name} ({write_share(share)})", says, amounts)


def _list_facts(service: Service, amounts: Sequence[Amount]) -> Iterator[tuple[str, tuple[str, ...]]]:
    fields = service.fields
    values = {setting: "NA" if fields[f"{name}_na"] else fields[f"{name}_pe"] for setting, name in SETTINGS.items()}
    practice = " / ".join(f"{value} {setting}" for setting, value in values.items())
    if refused := tuple(_list_refused(service)):
        yield "Claim edit", refused
    yield "RVU", (f"work {fields['work']}, practice expense {practice}, malpractice {fields['mp']}",)
    missing = tuple(filter(None, map(service.explain_missing, SETTINGS)))
    if missing:
        yield "No amount", missing
    if service.conditions:
        yield "Condition", service.conditions
    if service.fields["multiple"] not in {"", "0", "9"}:
        value = fields["multiple"]
        yield "Several procedures", (f"{value}: {indicators.explain(indicators.MULTIPLE_PROCEDURES, value)}",)
    if any(value.strip("0.") for value in (fields["opps_nonfacility_pe"], fields["opps_facility_pe"])):
        capped = dict.fromkeys(amount.place for amount in amounts if amount.capped)
        effect = f"lowers the amount: {', '.join(capped)}" if capped else "does not lower the amount"
        yield "OPPS cap", (f"the technical part is paid at most as in a hospital, which {effect}",)


def _list_refused(service: Service) -> Iterator[str]:
    """Yield what an edit of claims says against each modifier, for which a claim would likely be denied."""
    if service.modifiers:
        from cptref.lookup.modifier_rules import FIELD_RULES, judge_field

        for modifier in dict.fromkeys(service.modifiers):
            if modifier in FIELD_RULES:
                verdict, says = judge_field(service.fields, service.code, modifier)
                if verdict == "deny likely":
                    yield f"{verdict}: {says}"


def _rank(question: _Question, services: Sequence[tuple[Service, int]]) -> Iterator[RankedFee]:
    """Yield what is allowed for each service with its units if all are done on one day."""
    from cptref.claims.payment import PricedLine, price_lines
    from cptref.models.claims import ClaimLine

    lines = [
        ClaimLine(number, service.label, service.code, service.modifiers, Decimal(units))
        for number, (service, units) in enumerate(services)
    ]
    amounts: list[list[RankedAmount]] = [[] for _ in services]
    for basis in question.bases:
        for setting in SETTINGS:
            priced = [
                PricedLine(line, service, setting, basis) for line, (service, _) in zip(lines, services, strict=True)
            ]
            for number, line in price_lines(priced).items():
                amounts[number].append(
                    RankedAmount(
                        basis.place,
                        basis.factor,
                        basis.is_qualifying,
                        setting,
                        line.share,
                        line.amount,
                        line.says,
                        line.steps,
                        line.as_of,
                    )
                )
    for (service, units), ranked in zip(services, amounts, strict=True):
        yield RankedFee(f"{service.label}{f' x{units}' if units != 1 else ''}", tuple(ranked))
