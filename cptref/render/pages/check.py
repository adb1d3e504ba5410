"""The page of a check: what was checked, with every fault and warning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.errors import Fault
from cptref.render.blocks import Heading, Points, Run, Title

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
    warnings = [*_count_equal(answer.warnings)]
    for name, count, lines in (
        ("fault", len(answer.faults), [*map(str, answer.faults)]),
        ("warning", len(answer.warnings), warnings),
    ):
        blocks.append(Heading(f"{count or 'No'} {name}{'' if count == 1 else 's'}"))
        if lines:
            blocks.append(Points(tuple((Run(line),) for line in lines)))
    return tuple(blocks)


def _count_equal(faults: Iterable[Fault]) -> Iterator[str]:
    """Yield a line for each fault, those at the same place of several files on the line of the first."""
    files: dict[tuple[str, str], list[str]] = {}
    for fault in faults:
        files.setdefault((fault.place, fault.problem), []).append(fault.file)
    for (place, problem), (first, *others) in files.items():
        more = f" and {len(others):,} more" if others else ""
        yield str(Fault(f"{first}{more}", place, problem))
