"""An answer as lines for fzf and other pickers: code, verdict in words, title and matching line, between tabs."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

from cptref.models.entries import ListAnswer, ShowAnswer
from cptref.models.hits import SearchAnswer, SymptomAnswer
from cptref.render.listings import summarize_listing
from cptref.render.parts import LOOKS, get_look, name_verdict
from cptref.render.set_hits import describe_hit
from cptref.sanitize import escape_unsafe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cptref.models.hits import SetHits
    from cptref.models.results import Answer

Cells = tuple[str, str, str, str]


def render(answer: Answer) -> str:
    """Return one line for each entry, of four cells without tabs and line breaks; there is no head."""
    lines = ("\t".join(escape_unsafe(" ".join(cell.split())) for cell in cells) for cells in build_cells(answer))
    return "".join(f"{line}\n" for line in lines)


@singledispatch
def build_cells(answer: Answer) -> Iterator[Cells]:
    """Yield the cells of each entry. Raise TypeError for a type of answer that has no entries to pick from."""
    raise TypeError(f"{type(answer).__name__} has no lines")


@build_cells.register(ShowAnswer)
def _build_show_cells(answer: ShowAnswer) -> Iterator[Cells]:
    for entry in answer.entries:
        yield entry.code, get_look(entry).word, entry.title, entry.summary
    with_entry = {entry.code for entry in answer.entries}
    for listing in answer.listings:
        if listing.listings and listing.code not in with_entry:
            summaries = (f"{each.heading}: {summarize_listing(each)}" for each in listing.listings)
            yield listing.code, listing.listings[0].state, listing.title, " · ".join(summaries)


@build_cells.register(SearchAnswer)
def _build_search_cells(answer: SearchAnswer) -> Iterator[Cells]:
    for hit in answer.hits:
        yield hit.code, name_verdict(hit), hit.title, hit.matches[0].text
    yield from _iter_set_cells(answer.sets)


@build_cells.register(SymptomAnswer)
def _build_symptom_cells(answer: SymptomAnswer) -> Iterator[Cells]:
    for fit in answer.hits:
        texts = dict.fromkeys(evidence.text for evidence in fit.evidence if evidence)
        yield fit.code, name_verdict(fit), fit.title, " · ".join(texts)
    if not answer.hits:  # no article covers a symptom, but a published code does
        yield from ((code.code, LOOKS["verified"].word, code.description, "") for code in answer.codes)
    yield from _iter_set_cells(filter(None, answer.diagnoses))


def _iter_set_cells(groups: Iterable[SetHits]) -> Iterator[Cells]:
    for group in groups:
        for hit in group.hits:
            yield hit.code, ", ".join(filter(None, (group.heading, describe_hit(hit)))), hit.title, hit.text


@build_cells.register(ListAnswer)
def _build_list_cells(answer: ListAnswer) -> Iterator[Cells]:
    for item in answer.entries:
        other_names = item.published.ask if item.published else ()
        yield item.code, name_verdict(item), item.title, " · ".join(other_names)
