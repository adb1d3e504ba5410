"""The descriptors of CPT, as the coder's own licensed files have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.lookup.listings import make_listing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from cptref.codesets.catalog import Catalog, Selection
    from cptref.codesets.store import StoreReader
    from cptref.models.codesets import Fact, Listing

_PARTS = ("long", "medium", "short")  # each a file of its own


def describe(catalog: Catalog, selection: Selection, code: str, on: date) -> Listing | None:  # noqa: ARG001 - as for every set
    """Return the descriptors of a code, the longest as its title; None if the files of the release lack it."""
    texts = {store.name.part: text for store in selection.stores if (text := _read_text(store, code))}
    if not texts:
        return None
    parts = sorted(texts, key=lambda part: _PARTS.index(part) if part in _PARTS else len(_PARTS))
    return make_listing(
        selection,
        code,
        state="unknown" if selection.is_unknown else "listed",
        says=f"{', '.join(parts)} text of {selection.release}",
        title=texts[parts[0]],
        facts=tuple(_list_others(texts, parts)),
        fields=texts,
    )


def _read_text(store: StoreReader, code: str) -> str:
    record = next(iter(store.list_records(code)), None)
    return store.name_fields(record).get("text", "") if record else ""


def _list_others(texts: dict[str, str], parts: list[str]) -> Iterator[Fact]:
    for part in parts[1:]:
        yield f"{part.capitalize()} text", (texts[part],)
