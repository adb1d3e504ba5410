"""The page of a check: what was checked, with every fault and warning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.render.blocks import Heading, Points, Run, Title

if TYPE_CHECKING:
    from cptref.models.results import CheckAnswer
    from cptref.render.blocks import Block, Document


def build_page(answer: CheckAnswer) -> Document:
    """Return the blocks of the page."""
    blocks: list[Block] = [Title("Check", document_only=True), Heading("Checked")]
    checked: list[str] = []
    for path in answer.checked:
        articles = "1 article" if path.articles == 1 else f"{path.articles:,} articles"
        checked.append(f"{path.path}: {', '.join((articles, *path.other_files))}")
    blocks.append(Points(tuple((Run(text),) for text in checked)))
    for name, faults in (("fault", answer.faults), ("warning", answer.warnings)):
        blocks.append(Heading(f"{len(faults) or 'No'} {name}{'' if len(faults) == 1 else 's'}"))
        if faults:
            blocks.append(Points(tuple((Run(str(fault)),) for fault in faults)))
    return tuple(blocks)
