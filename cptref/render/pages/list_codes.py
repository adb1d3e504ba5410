"""The page of the list of codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.render.blocks import (
    Table,
    Title,
)
from cptref.render.parts import (
    build_code_table,
    build_footer,
    group_rows,
    name_verdict,
)

if TYPE_CHECKING:
    from cptref.models.entries import ListAnswer, ListItem
    from cptref.render.blocks import Document


def build_page(answer: ListAnswer) -> Document:
    """Return the blocks of the page."""

    def describe(item: ListItem) -> tuple[str, ...]:
        replaces = ", replaces the bundled entry" if item.replaces else ""
        return (item.title, name_verdict(item), f"{item.library}{replaces}")

    rows = group_rows((item for item in answer.entries if not item.published), describe)
    published = build_code_table((item.published for item in answer.entries if item.published), "Published codes")
    tables = [Table(("Code", "The article says", "Check", "Library"), rows)] if rows else []
    tables += [published] if published else []
    # In a pipe, the first table has every code and the other one nothing.
    keys = (tuple(item.code for item in answer.entries), ())
    return (
        Title("Codes in the library", document_only=True),
        *(table._replace(keys=own) for table, own in zip(tables, keys, strict=False)),
        build_footer(answer.dataset)._replace(document_only=True),
    )
