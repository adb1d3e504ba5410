"""What the pair edits say about a code: in how many of them it is, on either side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.codesets.releases import PAIR_EDIT_PARTS
from cptref.lookup.listings import make_listing

if TYPE_CHECKING:
    from datetime import date

    from cptref.codesets.catalog import Catalog, Selection
    from cptref.models.codesets import Listing


def describe(catalog: Catalog, selection: Selection, code: str, on: date) -> Listing | None:  # noqa: ARG001 - as for every set
    """Return how many pairs in force a code is in, in the parts that are loaded; None if it is in none of the file."""
    fields = [store.name_fields(record) for store in selection.stores for record in store.list_records(code)]
    if not fields:
        return None
    counts = {column: sum(int(each[column]) for each in fields) for column in fields[0]}
    sides = (
        f"column {side} of {counts[f'column_{side}']:,} ({counts[f'column_{side}_allowed']:,} with indicator 1)"
        for side in (1, 2)
    )
    says = f"pairs in force: {', '.join(sides)}"
    parts = [store.name.part for store in selection.stores]
    if not {*PAIR_EDIT_PARTS} <= {*parts}:
        says += f"; of {', '.join(parts)} alone, since no other part is loaded"
    return make_listing(
        selection,
        code,
        state="unknown" if selection.is_unknown else "listed",
        says=f"{f'unknown on {on}; ' if selection.is_unknown else ''}{says}",
        fields={column: str(number) for column, number in counts.items()},
    )
