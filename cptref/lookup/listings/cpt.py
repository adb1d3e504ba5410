"""The descriptors of CPT, as the coder's own licensed files have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.codesets.store import PARTS
from cptref.lookup.listings import make_listing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from cptref.codesets.catalog import Catalog, Selection
    from cptref.models.codesets import Fact, Listing


def describe(catalog: Catalog, selection: Selection, code: str, on: date) -> Listing | None:  # noqa: ARG001 - as for every set
    """Return the descriptors of a code, the longest as its title; None if the files of the release lack it."""
    texts = {store.name.part: record.fields[0] for store in selection.stores for record in store.list_records(code)}
    if not texts:
        return None
    parts = sorted(texts, key=PARTS.index)
    return make_listing(
        selection,
        code,
        state="unknown" if selection.is_unknown else "listed",
        says=f"{', '.join(parts)} text of {selection.release}",
        title=texts[parts[0]],
        facts=tuple(_list_others(texts, parts)),
        fields=texts,
    )


def _list_others(texts: dict[str, str], parts: list[str]) -> Iterator[Fact]:
    for part in parts[1:]:
        yield f"{part.capitalize()} text", (texts[part],)
