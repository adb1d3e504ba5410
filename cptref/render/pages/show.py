"""The page of entries: each with its verdict and summary first, then its sections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.models.entries import NOTES, group_by_code
from cptref.render.blocks import Facts, Heading, Points, Run
from cptref.render.parts import build_entry, build_footer, describe_contradiction, describe_modifiers
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cptref.models.entries import AppendedModifier, Entry, ShowAnswer
    from cptref.render.blocks import Block, Callout, Document


def build_page(answer: ShowAnswer) -> Document:
    """Return the blocks of the page."""
    appended = group_by_code(answer.appended)
    blocks: list[Block] = []
    entries: dict[str, list[Entry]] = {listing.code: [] for listing in answer.listings}
    for entry in answer.entries:
        entries.setdefault(entry.code, []).append(entry)
    listings = {listing.code: listing for listing in answer.listings if listing.listings or listing.check}
    if listings:
        from cptref.render.listings import build_check, build_listing_title, build_listings, build_notices, list_notices
    for code, of_code in entries.items():
        listing = listings.get(code)
        if listing is None:
            blocks += _build_entries(answer, of_code, appended, ())
        elif all(entry.library == NOTES for entry in of_code):  # the releases say what the code is
            blocks.append(build_listing_title(listing))
            blocks += _build_typed(answer, code, appended.get(code, ()))
            blocks += (*build_listings(listing, brief=answer.brief), *_build_notes(of_code))
        else:
            blocks += _build_entries(answer, of_code, appended, build_check(listing))
            blocks += build_listings(listing, brief=answer.brief)
    if listings:
        blocks += build_notices(list_notices(answer.listings))
    return (*blocks, build_footer(answer.dataset)) if blocks else ()


def _build_typed(answer: ShowAnswer, code: str, appended: Iterable[AppendedModifier]) -> Iterator[Block]:
    """Yield what is known of the modifiers typed with a code that the library has no entry of."""
    contradictions = (describe_contradiction(item) for item in answer.contradictions if item.on == code)
    if facts := (*describe_modifiers(appended), *contradictions):
        yield Facts(facts)


def _build_notes(entries: Iterable[Entry]) -> Iterator[Block]:
    if notes := [note for entry in entries for note in entry.notes]:
        yield Heading(CATALOGUE["notes"].heading)
        yield Points(tuple((Run(note),) for note in notes))


def _build_entries(
    answer: ShowAnswer,
    entries: Iterable[Entry],
    appended: Mapping[str, Sequence[AppendedModifier]],
    checks: Iterable[Callout],
) -> Iterator[Block]:
    for entry in entries:
        contradictions = [item for item in answer.contradictions if item.on == entry.code]
        own = appended.get(entry.code, ())
        title, *rest = build_entry(entry, own, contradictions, whole=not answer.sections, brief=answer.brief)
        yield from (title, *checks, *rest)
        checks = ()  # once, for the first entry on the code
