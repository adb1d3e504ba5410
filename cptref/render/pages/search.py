"""The page of a search: articles and published codes that match, the better group first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.models.entries import NOTES
from cptref.render.blocks import Heading, Paragraph, Points, Run, Table, Title
from cptref.render.parts import (
    build_code_hit,
    build_code_table,
    build_footer,
    build_lines,
    describe_missing,
    describe_silence,
    group_rows,
    name_verdict,
)
from cptref.render.set_hits import build_set_hits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cptref.models.hits import Hit, SearchAnswer
    from cptref.render.blocks import Block, Document


def build_page(answer: SearchAnswer) -> Document:
    """Return the blocks of the page."""
    groups = [_build_article_hits(answer), _build_code_hits(answer)]
    if answer.hits and answer.hits[0].kind == "code":
        groups.reverse()
    table = build_code_table(answer.codes, "Codes for it")
    hits = (block for group in groups for block in group)
    entries = (*hits, *_build_partial(answer), *((table,) if table else ()), *_build_silences(answer))
    sets = tuple(build_set_hits(answer.sets, verbose=answer.verbose))
    blocks = (*sets, *entries) if answer.sets_lead else (*entries, *sets)
    title = Title(f"Search: {' '.join(answer.query.split())}")  # standard input has lines
    return (title, *blocks, build_footer(answer.dataset)) if blocks else ()


def _build_article_hits(answer: SearchAnswer) -> Iterator[Block]:
    """Yield the articles that match, those of which the same is said on one line; then their lines, each once."""
    hits = [hit for hit in answer.hits if hit.kind == "article"]
    if not hits:
        return

    def describe(hit: Hit) -> tuple[str, ...]:
        says = "; ".join(filter(None, (hit.title, describe_missing(hit))))
        score = (f"{hit.score:.2f}",) if answer.verbose else ()
        return (says, name_verdict(hit), *score, hit.library)

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


def _build_partial(answer: SearchAnswer) -> Iterator[Block]:
    """Yield the best line of the entry that comes closest where nothing matches, under a heading that says so."""
    if hit := answer.partial:
        yield Heading("; ".join(filter(None, (f"Closest, not a match: {hit.title}", describe_missing(hit)))))
        yield build_lines([(hit, hit.matches[0])], verbose=answer.verbose)


def _build_silences(answer: SearchAnswer) -> Iterator[Block]:
    """Yield what the sections that a question is about do not mention, one line for each."""
    if answer.silent:
        yield Heading("Not mentioned")
        yield Points(tuple((Run(describe_silence(silence)),) for silence in answer.silent))
