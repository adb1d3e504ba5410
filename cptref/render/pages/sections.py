"""The page of the section catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.render.blocks import Table, Title

if TYPE_CHECKING:
    from cptref.models.results import SectionsAnswer
    from cptref.render.blocks import Document


def build_page(answer: SectionsAnswer) -> Document:
    """Return the blocks of the page."""
    rows = tuple((kind.key, kind.heading, ", ".join(kind.aliases)) for kind in answer.kinds)
    return (Title("Sections", document_only=True), Table(("Name", "Heading", "Also"), rows))
