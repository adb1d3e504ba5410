"""The page of modifiers: what they mean, and the verdict on each with a code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.models.entries import group_by_code
from cptref.render.blocks import Facts, Heading, Paragraph, Run, Table, Title
from cptref.render.listings import build_listing_title
from cptref.render.parts import (
    build_bundled_finding,
    build_footer,
    build_title,
    describe_contradiction,
    describe_modifiers,
    list_origin,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cptref.models.article import Modifier
    from cptref.models.codesets import CodeListing
    from cptref.models.entries import AppendedModifier
    from cptref.models.results import ModifiersAnswer
    from cptref.render.blocks import Block, Document


def build_page(answer: ModifiersAnswer) -> Document:
    """Return the blocks of the page."""
    blocks: list[Block] = []
    if answer.whole or answer.modifiers:
        rows = tuple(
            (modifier.code, modifier.set, modifier.about, _format_meaning(modifier)) for modifier in answer.modifiers
        )
        blocks += (Title("Modifiers", document_only=True), Table(("Modifier", "Set", "About", "Meaning"), rows))
    if answer.indicators:
        rule = "How Medicare pays a code for both sides: a payment rule, not a ban."
        meanings = tuple((str(indicator.indicator), indicator.meaning) for indicator in answer.indicators)
        blocks += (Heading("Bilateral indicator"), Paragraph((Run(rule),)), Table(("Indicator", "Meaning"), meanings))
    appended = group_by_code(answer.appended)
    for entry in answer.entries:
        typed = [modifier for modifier in appended.get(entry.code, ()) if modifier.input]
        others = [modifier for modifier in appended.get(entry.code, ()) if not modifier.input]
        own = (*describe_modifiers(typed), *describe_modifiers(others))
        contradictions = tuple(describe_contradiction(item) for item in answer.contradictions if item.on == entry.code)
        facts = (*own, *contradictions) or (("Modifiers", ("the entry lists none",)),)
        blocks += (build_title(entry), Facts((*facts, *list_origin(entry))), *build_bundled_finding(entry))
    with_entry = {entry.code for entry in answer.entries}
    for listing in answer.listings:
        if listing.listings and listing.code not in with_entry:
            blocks += _build_listed_code(answer, listing, appended.get(listing.code, ()))
    return (*blocks, build_footer(answer.dataset)) if blocks else ()


def _build_listed_code(
    answer: ModifiersAnswer, listing: CodeListing, appended: Iterable[AppendedModifier]
) -> Iterator[Block]:
    """Yield the modifiers typed with a code that the library has no entry of."""
    contradictions = (describe_contradiction(item) for item in answer.contradictions if item.on == listing.code)
    facts = [*describe_modifiers(appended), *contradictions]
    yield build_listing_title(listing)
    yield Facts(tuple(facts) if facts else (("Modifiers", (f"type them with the code, as in {listing.code}-25",)),))


def _format_meaning(modifier: Modifier) -> str:
    return f"{modifier.meaning}{'; can answer a pair edit' if modifier.answers_pair_edit else ''}"
