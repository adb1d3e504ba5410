"""What the Medicare fee schedule says about a code: its indicators in words, its RVUs, its national amounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref import indicators
from cptref.codesets.releases import short_release
from cptref.lookup.listings import make_listing
from cptref.money import NATIONAL, SETTINGS, name_factors, price_row, round_cents, write_dollars

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from cptref.codesets.catalog import Catalog, Selection
    from cptref.models.codesets import Fact, Listing, ListingState

NOT_PAID_THERE = "NA"  # rarely or never done in this setting
# Names of facts, their fields, and the words for each value.
_INDICATORS: tuple[tuple[str, str, Mapping[int, str]], ...] = (
    ("Bilateral", "bilateral", {value: sentence for value, (sentence, _) in indicators.BOTH_SIDES.items()}),
    ("Multiple procedures", "multiple", indicators.MULTIPLE_PROCEDURES),
    ("Assistant", "assistant", indicators.ASSISTANTS),
    ("Co-surgeon", "cosurgeon", indicators.COSURGEONS),
    ("Team", "team", indicators.TEAMS),
    ("PC/TC", "pctc", indicators.PARTS),
)
_BOTH_SIDES = {value: short for value, (_, short) in indicators.BOTH_SIDES.items()}


def describe(catalog: Catalog, selection: Selection, code: str, on: date) -> Listing | None:
    """Return what the release says about a code; that another release has it; None if no loaded release has it.

    The amounts come from the conversion factor of each part of the release.
    """
    release = short_release("rvu", selection.release)
    rows = _read_rows(selection, code)
    others = () if rows else [*_list_other_releases(catalog, selection.release, code)]
    if not rows and not others:
        return None
    says = f"in {release}" if rows else f"in {', '.join(others)}, not in {release}"
    state: ListingState = "listed" if rows else "not-listed"
    if selection.is_unknown:
        state, says = "unknown", f"unknown on {on}; {says}"
    if not rows:
        return make_listing(selection, code, state=state, says=says)
    fields = rows.get("") or next(iter(rows.values()))
    factors = [store.name.part for store in selection.stores if store.name.part]
    return make_listing(
        selection,
        code,
        state=state,
        says=says,
        title=fields["text"],
        facts=tuple(_list_facts(rows, fields, factors)),
        fields=fields | {f"{name} {key}": value for name, key, value in _list_differing_fields(rows, fields)},
        summary=" · ".join(_summarize(fields, factors)),
    )


def _read_rows(selection: Selection, code: str) -> dict[str, dict[str, str]]:
    """Return the rows of a code by modifier, "" for the whole service, with their fields by name."""
    store = selection.stores[0]  # the parts of a release differ in the conversion factor alone
    return {record.sub: store.name_fields(record) for record in store.list_records(code)}


def _list_other_releases(catalog: Catalog, release: str, code: str) -> Iterator[str]:
    for other in catalog.list_releases("pfs"):
        if other != release and catalog.open_release("pfs", other)[0].list_records(code):
            yield short_release("rvu", other)


def _list_facts(rows: Mapping[str, dict[str, str]], fields: dict[str, str], factors: list[str]) -> Iterator[Fact]:
    yield "Status", (_explain_status(fields["status"]),)
    if days := fields["global"]:
        period = indicators.GLOBAL_PERIODS.get(days)
        yield "Global days", (f"{days}: {period[0] if period else indicators.UNKNOWN_VALUE}",)
    for name, field, words in _INDICATORS:
        if value := fields[field]:
            yield name, (f"{value}: {indicators.explain(words, value)}",)
    if supervision := indicators.SUPERVISION.get(fields["supervision"]):
        yield "Supervision", (f"{fields['supervision']}: {supervision}",)
    if base := fields["endoscopic_base"]:
        yield "Endoscopic base", (base,)
    if _has_rvus(fields):
        yield "Work RVU", (fields["work"],)
        yield "Practice expense RVU", (_join_settings(fields, "{}_pe"),)
        yield "Malpractice RVU", (fields["mp"],)
        yield "Total RVU", (_join_settings(fields, "{}_total"),)
    yield "National amount", tuple(_list_amounts(fields, factors))
    for modifier in indicators.ROW_MODIFIERS:
        if row := rows.get(modifier):
            yield f"With {modifier}", tuple(_describe_modifier(row, fields, factors))


def _describe_modifier(row: dict[str, str], whole: dict[str, str], factors: list[str]) -> Iterator[str]:
    if row["status"] != whole["status"]:
        yield f"status {_explain_status(row['status'])}"
    supervision = indicators.SUPERVISION.get(row["supervision"])
    if supervision and row["supervision"] != whole["supervision"]:
        yield f"supervision {row['supervision']}: {supervision}"
    if _has_rvus(row):
        practice, total = _join_settings(row, "{}_pe"), _join_settings(row, "{}_total")
        yield f"RVU: work {row['work']}, practice expense {practice}, malpractice {row['mp']}, total {total}"
    yield from _list_amounts(row, factors)


def _explain_status(status: str) -> str:
    return f"{status}: {indicators.STATUSES.get(status, indicators.UNKNOWN_VALUE)}"


def _has_rvus(fields: Mapping[str, str]) -> bool:
    return any(fields[name].strip("0.") for name in ("nonfacility_total", "facility_total"))


def _join_settings(fields: Mapping[str, str], field: str, amounts: Mapping[str, str] | None = None) -> str:
    """Return the values of both settings, `5.91 office / 0.96 facility`, NA where the service is rarely done."""
    values = []
    for setting, name in SETTINGS.items():
        value = fields[field.format(name)] if amounts is None else amounts[name]
        values.append(f"{NOT_PAID_THERE if fields[f'{name}_na'] else value} {setting}")
    return " / ".join(values)


def _list_amounts(fields: Mapping[str, str], factors: list[str]) -> Iterator[str]:
    """Yield the amounts by each conversion factor, or in words why there is none.

    From 2026 on a release has two factors, of which the higher one is for qualifying APM participants.
    """
    status = fields["status"]
    if status not in indicators.PAID_STATUSES:
        yield f"none: {indicators.STATUSES.get(status, indicators.UNKNOWN_VALUE)}"
    elif not _has_rvus(fields):
        yield "none: the file has no RVUs for it"
    else:
        for factor, is_qualifying in name_factors(factors):
            prices = {name: price_row(fields, name, NATIONAL, factor) for name in SETTINGS}
            amounts = {SETTINGS[name]: write_dollars(round_cents(price.allowed)) for name, price in prices.items()}
            cap = ", OPPS cap applied" if any(price.is_capped for price in prices.values()) else ""
            whose = "qualifying APM: " if is_qualifying else ""
            yield f"{whose}{_join_settings(fields, '', amounts)} (factor {factor}{cap})"


def _summarize(fields: Mapping[str, str], factors: list[str]) -> Iterator[str]:
    """Yield the parts of a summary on one line."""
    status = fields["status"]
    is_paid = status in indicators.PAID_STATUSES
    yield f"status {status if is_paid else _explain_status(status)}"
    period = indicators.GLOBAL_PERIODS.get(fields["global"])
    if period:
        yield f"{period[1]} ({fields['global']})"
    if fields["bilateral"]:
        yield f"{indicators.explain(_BOTH_SIDES, fields['bilateral'])} ({fields['bilateral']})"
    if is_paid:
        yield from _list_amounts(fields, factors)


def _list_differing_fields(rows: Mapping[str, dict[str, str]], whole: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield what the row of a modifier has other than that of the whole service: the modifier, the field, its value."""
    for modifier, row in rows.items():
        if row is not whole:
            yield from ((modifier, name, value) for name, value in row.items() if value != whole[name])
