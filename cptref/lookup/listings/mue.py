"""What a MUE file says about a code: how many units a day Medicare expects at most in the file's setting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.indicators import UNIT_LIMITS, UNKNOWN_VALUE
from cptref.lookup.listings import make_listing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from cptref.codesets.catalog import Catalog, Selection
    from cptref.models.codesets import Fact, Listing

# Each set with the words for who bills in its setting.
SETTINGS = {
    "mue-practitioner": "practitioner and surgery center claims",
    "mue-hospital": "outpatient hospital claims",
    "mue-dme": "claims of equipment suppliers",
}
NO_LIMIT = "no MUE in the file; some limits are confidential, so this is not 'no limit'"
NOT_EXPECTED = "0 units a day: not expected at all in this setting"
_SETS_OF_CODES = ("pfs", "hcpcs", "cpt")


def describe(catalog: Catalog, selection: Selection, code: str, on: date) -> Listing | None:
    """Return the limit of a code in the release that answers, or that it has none; None if it may be no code at all.

    That a supplier's file has no code of CPT goes without saying.
    """
    store = selection.stores[0]
    setting = SETTINGS[selection.set]
    record = next(iter(store.list_records(code)), None)
    if record is None:
        if (selection.set == "mue-dme" and code[0].isdigit()) or not _is_known(catalog, code, on):
            return None
        facts = (("Setting", (setting,)),)
        state = "unknown" if selection.is_unknown else "not-listed"
        return make_listing(selection, code, state=state, says=NO_LIMIT, facts=facts)
    fields = store.name_fields(record)
    return make_listing(
        selection,
        code,
        state="unknown" if selection.is_unknown else "listed",
        says=f"{f'unknown on {on}; ' if selection.is_unknown else ''}{_describe_units(fields['units'])}",
        facts=tuple(_list_facts(fields, setting)),
        fields=fields,
    )


def _is_known(catalog: Catalog, code: str, on: date) -> bool:
    """Return whether a loaded set has a code."""
    selections = filter(None, (catalog.select(name, on) for name in _SETS_OF_CODES))
    return any(selection.stores[0].list_records(code) for selection in selections)


def _describe_units(units: str) -> str:
    if units == "0":
        return NOT_EXPECTED
    return f"at most {units} {'unit' if units == '1' else 'units'} a day"


def _list_facts(fields: Mapping[str, str], setting: str) -> Iterator[Fact]:
    yield "Setting", (setting,)
    indicator = fields["indicator"][:1]
    if indicator.isdecimal():
        yield "Kind", (f"{indicator}: {UNIT_LIMITS.get(int(indicator), UNKNOWN_VALUE)}",)
    if fields["rationale"]:
        yield "Rationale", (fields["rationale"],)
