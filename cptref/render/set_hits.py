"""Parts of pages: the codes of code sets that match words, a table for each set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.render.blocks import Heading, Paragraph, Run, Table
from cptref.render.listings import build_notices, head_listing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cptref.models.hits import SetHit, SetHits
    from cptref.render.blocks import Block

_BILLING = {True: "billable", False: "header", None: ""}


def build_set_hits(groups: Iterable[SetHits], *, verbose: bool) -> Iterator[Block]:
    """Yield the codes of each set under a heading with its release, then the notices of the files, each once."""
    groups = tuple(groups)
    for group in groups:
        yield Heading(head_listing(group))
        yield _build_table(group, verbose=verbose)
        if (more := group.total - len(group.hits)) > 0:
            yield Paragraph((Run(f"and {more:,} more {'code' if more == 1 else 'codes'}"),))
    yield from build_notices(group.notice for group in groups)


def build_diagnoses(diagnoses: Mapping[str, SetHits | None], *, verbose: bool) -> Iterator[Block]:
    """Yield the diagnoses for each complaint, under a heading that names it."""
    groups = {complaint: group for complaint, group in diagnoses.items() if group}
    for complaint, group in groups.items():
        yield Heading(f"Diagnoses for {complaint}: {head_listing(group)}")
        yield _build_table(group, verbose=verbose)
    yield from build_notices(group.notice for group in groups.values())


def describe_hit(hit: SetHit) -> str:
    """Return whether a code is billed and in force, in words."""
    return ", ".join(filter(None, (_BILLING[hit.billable], hit.note)))


def describe_matched(hit: SetHit) -> str:
    """Return the term that matched where it is not the title, "" where it is, and what of the query is missing."""
    term = f"{hit.text} (index)" if hit.kind == "index" else hit.text
    missing = f"not {', '.join(hit.missing)}" if hit.missing else ""
    return "; ".join(filter(None, (term if hit.text != hit.title else "", missing)))


def _build_table(group: SetHits, *, verbose: bool) -> Table:
    """Return the codes of a set. A column that would be empty is left out."""
    columns = {
        "Code": [hit.code for hit in group.hits],
        "State": [describe_hit(hit) for hit in group.hits],
        "Text": [hit.title for hit in group.hits],
        "Matched": [describe_matched(hit) for hit in group.hits],
        **({"Score": [f"{hit.score:.2f}" for hit in group.hits]} if verbose else {}),
    }
    used = {name: cells for name, cells in columns.items() if any(cells)}
    return Table(tuple(used), tuple(zip(*used.values(), strict=True)))
