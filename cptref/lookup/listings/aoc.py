"""What the add-on code edits say about a code: which codes it is added on to, and which are added on to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.indicators import UNKNOWN_VALUE
from cptref.lookup.listings import make_listing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from cptref.codesets.catalog import Catalog, Selection
    from cptref.codesets.store import Record, StoreReader
    from cptref.models.codesets import Fact, Listing

# Types of edits (NCCI Policy Manual, chapter 1: add-on codes).
TYPES = {
    "1": "one of the listed primary codes must be on the claim",
    "2": "the contractor has its own list of primary codes",
    "3": "a listed primary code, or another that the contractor accepts",
}
ANY_PRIMARY = "CCCCC"  # stands for the contractor's own list
MAX_CODES_NAMED = 40
_ENDS = ("addon_deleted", "primary_deleted", "deleted")


def describe(catalog: Catalog, selection: Selection, code: str, on: date) -> Listing | None:  # noqa: ARG001 - as for every set
    """Return the pairs of a code that are in force on a day; None if the release has no pair of it."""
    store = selection.stores[0]
    records, reverse = store.list_records(code), store.list_records_with_sub(code)
    if not records and not reverse:
        return None
    primaries = [fields for record in records if is_in_force(fields := read_pair(store, record), on)]
    addons = [fields for record in reverse if is_in_force(fields := read_pair(store, record), on)]
    if not primaries and not addons:
        return make_listing(selection.by_dates, code, state="not-listed", says=f"no pair of it is in force on {on}")
    says = []
    if primaries:
        says.append("is an add-on code")
    if addons:
        codes = "code is" if len({fields["addon"] for fields in addons}) == 1 else "codes are"
        says.append(f"{len({fields['addon'] for fields in addons})} {codes} added on to it")
    facts = tuple(_list_facts(primaries, addons))
    return make_listing(
        selection.by_dates,
        code,
        state="listed",
        says="; ".join(says),
        facts=facts,
        summary=facts[0][1][0],
        fields={
            "primaries": " ".join(fields["primary"] for fields in primaries),
            "addons": " ".join(fields["addon"] for fields in addons),
        },
    )


def read_pair(store: StoreReader, record: Record) -> dict[str, str]:
    """Return the fields of a pair with its two codes."""
    return store.name_fields(record) | {"addon": record.code, "primary": record.sub.split(" ")[0]}


def is_in_force(fields: dict[str, str], on: date) -> bool:
    """Return whether a pair is in force on a day. The last day is one of them."""
    first = fields["effective"]
    day = on.isoformat()
    return first <= day and all(not fields[name] or day <= fields[name] for name in _ENDS)


def _list_facts(primaries: Sequence[dict[str, str]], addons: Sequence[dict[str, str]]) -> Iterator[Fact]:
    if primaries:
        yield "Add-on to", tuple(_list_primaries(primaries))
    if addons:
        yield "Added on to it", (_name_codes(fields["addon"] for fields in addons),)
    if notes := tuple(dict.fromkeys(fields["note"] for fields in (*primaries, *addons) if fields["note"])):
        yield "Instructions", notes


def _list_primaries(pairs: Sequence[dict[str, str]]) -> Iterator[str]:
    """Yield for each type of edit the primary codes and the rule."""
    for kind in sorted({fields["type"] for fields in pairs}):
        named = {fields["primary"] for fields in pairs if fields["type"] == kind} - {ANY_PRIMARY}
        rule = f"{kind}: {TYPES.get(kind, UNKNOWN_VALUE)}"
        yield f"{_name_codes(named)} ({rule})" if named else rule


def _name_codes(codes: Iterable[str]) -> str:
    distinct = sorted(set(codes))
    rest = f" and {len(distinct) - MAX_CODES_NAMED} more" if len(distinct) > MAX_CODES_NAMED else ""
    return f"{', '.join(distinct[:MAX_CODES_NAMED])}{rest}"
