"""The page of the coder's own notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.render.blocks import Heading, Paragraph, Points, Run, Title
from cptref.render.parts import build_footer

if TYPE_CHECKING:
    from cptref.models.results import NotesAnswer
    from cptref.render.blocks import Block, Document


def build_page(answer: NotesAnswer) -> Document:
    """Return the blocks of the page."""
    blocks: list[Block] = [Title("Your notes", document_only=True)]
    for noted in answer.codes:
        title = noted.title or "nothing but your notes"
        notes = (f"{number}. {note.text} ({note.added})" for number, note in enumerate(noted.notes, 1))
        blocks += (Heading(f"{noted.code}  {title}"), Points(tuple((Run(text),) for text in notes)))
    if not answer.codes:
        blocks.append(Paragraph((Run("No notes yet: cptref note CODE TEXT adds one."),)))
    return (*blocks, build_footer(answer.dataset)._replace(document_only=True))
