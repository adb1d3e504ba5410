"""The page of a search: articles and published codes that match, the better group first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.models.entries import NOTES
from cptref.render.blocks import Heading, Paragraph, Run, Table, Title
from cptref.render.parts import build_code_hit, build_code_table, build_footer, build_lines, group_rows, name_verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cptref.models.hits import Hit, SearchAnswer
    from cptref.render.blocks import Block, Document


def build_page(answer: SearchAnswer) -> Document:
    """Return the blocks of the page."""
    if not answer.hits:
        return ()
    groups = [_build_article_hits(answer), _build_code_hits(answer)]
    if answer.hits[0].kind == "code":
        groups.reverse()
    table = build_code_table(answer.codes, "Codes for it")
    hits = (block for group in groups for block in group)
    return (Title(f"Search: {answer.query}"), *hits, *((table,) if table else ()), build_footer(answer.dataset))


def _build_article_hits(answer: SearchAnswer) -> Iterator[Block]:
    """Yield the articles that match, those of which the same is said on one line; then their lines, each once."""
    hits = [hit for hit in answer.hits if hit.kind == "article"]
    if not hits:
        return

    def describe(hit: Hit) -> tuple[str, ...]:
        missing = f"; does not mention: {', '.join(hit.missing)}" if hit.missing else ""
        score = (f"{hit.score:.2f}",) if answer.verbose else ()
        return (f"{hit.title}{missing}", name_verdict(hit), *score, hit.library)

    yield Heading("Articles")
    scores = ("Score",) if answer.verbose else ()
    yield Table(("Code", "The article says", "Check", *scores, "Library"), group_rows(hits, describe))
    yield build_lines(((hit, match) for hit in hits for match in hit.matches), verbose=answer.verbose)
    if more := sum(hit.total - len(hit.matches) for hit in hits):
        yield Paragraph((Run(f"and {more} more {'line' if more == 1 else 'lines'}"),))


def _build_code_hits(answer: SearchAnswer) -> Iterator[Block]:
    """Yield the published codes that match, then the codes of which only the coder's notes are known."""
    hits = [hit for hit in answer.hits if hit.kind == "code"]
    noted = [hit for hit in hits if hit.library == NOTES]
    for heading, group in (("Published codes", [hit for hit in hits if hit not in noted]), ("Your notes", noted)):
        if group:
            yield Heading(heading)
            yield from (build_code_hit(hit, verbose=answer.verbose) for hit in group)
