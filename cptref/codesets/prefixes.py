"""The codes of a set that begin with some letters, with their texts: for the list of codes, and for completion."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from cptref.codesets.hcpcs import read_period
from cptref.codesets.releases import CODE_SETS, PAIR_EDITS
from cptref.errors import UsageError
from cptref.models.codesets import SetCode, SetCodesAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from cptref.codesets.catalog import Catalog, Selection
    from cptref.codesets.store import Record, StoreReader
    from cptref.models.codesets import ListingState

DIAGNOSES = "icd10cm"
SETS_WITH_TITLES = ("hcpcs", "pfs", "cpt", DIAGNOSES)  # the set whose text is offered first


def list_set_codes(catalog: Catalog, letters: str, on: date, limit: int) -> tuple[SetCode, ...]:
    """Return the first codes of all loaded sets that begin with these letters, each once and with its first text."""
    codes: dict[str, SetCode] = {}
    for name in SETS_WITH_TITLES:
        if selection := catalog.select(name, on):
            for code in iter_codes_starting(selection, letters, on, limit - len(codes)):
                if not code.code.startswith("-"):  # a modifier
                    codes.setdefault(code.code, code)
    return tuple(codes.values())


def list_codes_starting(
    catalog: Catalog, name: str, letters: str, on: date, limit: int | None = None
) -> SetCodesAnswer:
    """Return the first codes of a set that begin with these letters, all of them if there are none.

    Raise UsageError if the set is not loaded.
    """
    selection = catalog.select(name, on)
    if selection is None:
        raise UsageError(f"no {CODE_SETS[name].title} loaded", hint=CODE_SETS[name].get)
    codes = [*iter_codes_starting(selection, letters, on)]
    return SetCodesAnswer(
        set=name,
        release=selection.release,
        heading=selection.heading,
        as_of=selection.as_of,
        on=on,
        codes=tuple(codes[:limit]),
        total=len(codes),
        notice=selection.stores[0].notice,
    )


def iter_codes_starting(selection: Selection, letters: str, on: date, limit: int | None = None) -> Iterator[SetCode]:
    """Yield the codes of a release that begin with these letters, in order, each once."""
    store = selection.stores[0]
    wanted = letters.upper()
    if selection.set == DIAGNOSES:
        from cptref.codesets.icd10cm import dot
        from cptref.codesets.icd10cm import iter_codes as iter_diagnoses

        wanted = dot(wanted) if "." not in wanted else wanted
        codes = (
            SetCode(code.code, code.title, "listed" if code.billable else "header")
            for code in iter_diagnoses(selection.stores, wanted, limit)
        )
    elif selection.set in PAIR_EDITS:
        from cptref.codesets.pair_edits import iter_counts

        codes = (SetCode(record.code, "", "listed") for record in iter_counts(selection.stores, wanted))
    elif selection.set in {"gpci", "zip"}:
        from cptref.codesets.localities import iter_titles

        codes = (SetCode(code, title, "listed") for code, title in iter_titles(store, wanted))
    else:
        codes = (
            SetCode(record.code, store.find_text(record), *_find_state(store, record, on))
            for record in store.list_records_starting(wanted)
        )
    seen: set[str] = set()
    for code in islice((code for code in codes if not (code.code in seen or seen.add(code.code))), limit):  # type: ignore[func-returns-value]
        yield code._replace(state="unknown", says="") if selection.is_unknown else code


def _find_state(store: StoreReader, record: Record, on: date) -> tuple[ListingState, str]:
    """Return whether a code is in force, and that in words, where a set has days for each code."""
    fields = store.name_fields(record)
    return read_period(fields).describe_state(on) if "terminated" in fields else ("listed", "")
