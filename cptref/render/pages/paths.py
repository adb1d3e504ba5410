"""The page that says where things are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.render.blocks import Table, Title

if TYPE_CHECKING:
    from cptref.models.results import PathsAnswer
    from cptref.render.blocks import Document


def build_page(answer: PathsAnswer) -> Document:
    """Return the blocks of the page."""
    folders = {
        "data": answer.data,
        "library": answer.library,
        "notes": answer.notes,
        "codesets": answer.codesets,
        "cache": answer.cache,
    }
    rows = [(name, folder or "not known") for name, folder in folders.items()]
    rows += (("also from", folder) for folder in answer.libraries)
    return (Title("Where things are", document_only=True), Table(("What", "Where"), tuple(rows)))
