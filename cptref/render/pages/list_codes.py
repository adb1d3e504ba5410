"""The page of the list of codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.render.blocks import Table, Title
from cptref.render.parts import MAIN_REGIONS, build_code_table, build_footer, group_rows, name_verdict

if TYPE_CHECKING:
    from cptref.models.entries import ListAnswer, ListItem
    from cptref.render.blocks import Document


def build_page(answer: ListAnswer) -> Document:
    """Return the blocks of the page."""

    def describe(item: ListItem) -> tuple[str, ...]:
        replaces = ", replaces the bundled entry" if item.replaces else ""
        return (item.title, name_verdict(item), f"{item.library}{replaces}")

    rows = group_rows((item for item in answer.entries if not item.published), describe)
    published = [item.published for item in answer.entries if item.published]
    of_spine = [code for code in published if code.region in MAIN_REGIONS]  # apart, for a table that fits 80 columns
    tables = [
        *((Table(("Code", "The article says", "Check", "Library"), rows),) if rows else ()),
        build_code_table(of_spine, "Published codes"),
        build_code_table((code for code in published if code not in of_spine), "Others"),
    ]
    tables = [table for table in tables if table]
    # In a pipe, the first table has every code and the others nothing.
    keys = (tuple(dict.fromkeys(item.code for item in answer.entries)), (), ())
    return (
        Title("Codes in the library", document_only=True),
        *(table._replace(keys=own) for table, own in zip(tables, keys, strict=False)),
        build_footer(answer.dataset)._replace(document_only=True),
    )
