"""The page of entries: each with its verdict and summary first, then its sections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.models.entries import group_by_code
from cptref.render.parts import build_entry, build_footer

if TYPE_CHECKING:
    from cptref.models.entries import ShowAnswer
    from cptref.render.blocks import Block, Document


def build_page(answer: ShowAnswer) -> Document:
    """Return the blocks of the page."""
    if not answer.entries:
        return ()
    appended = group_by_code(answer.appended)
    blocks: list[Block] = []
    for entry in answer.entries:
        contradictions = [item for item in answer.contradictions if item.on == entry.code]
        own = appended.get(entry.code, ())
        blocks += build_entry(entry, own, contradictions, whole=not answer.sections, brief=answer.brief)
    return (*blocks, build_footer(answer.dataset))
