"""The page of what became of files that were added: one line a file, and one for all that are not needed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cptref.render.blocks import Paragraph, Points, Run, Title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cptref.models.codesets import AddAnswer, AddedFile
    from cptref.render.blocks import Block, Document

MAX_NAMED_FILES = 3  # of those that are not needed


def build_page(answer: AddAnswer) -> Document:
    """Return the blocks of the page; refused files are reported as errors."""
    blocks: list[Block] = [Title("What would be added" if answer.dry_run else "Added", document_only=True)]
    if answer.recognized:
        blocks.append(Points(tuple((Run("\n".join(_describe(file))),) for file in answer.recognized)))
    blocks += (Paragraph((Run(line),)) for line in _count_others(answer))
    return tuple(blocks)


def _describe(file: AddedFile) -> Iterator[str]:
    parts = f" ({file.part_title})" if file.part_title else ""
    days = f"in force {file.effective_from} to {file.effective_to}"
    yield f"{file.file}: {file.state}: {file.heading}{parts}, {file.counts}, {days}"
    yield from filter(None, (file.said, *file.warnings))


def _count_others(answer: AddAnswer) -> Iterator[str]:
    """Yield a line for the files that are other forms of a table that was read, and one for those of no known kind."""
    for state, words in (("same table", "Not read, another form of the same table"), ("not needed", "Not needed")):
        names = [re.split(r"/|: ", file.file)[-1] for file in answer.not_needed if file.state == state]
        if names:
            more = len(names) - MAX_NAMED_FILES
            rest = f" and {more:,} more" if more > 0 else ""
            count = "1 file" if len(names) == 1 else f"{len(names):,} files"
            yield f"{words}: {count}: {', '.join(names[:MAX_NAMED_FILES])}{rest}"
