"""Article -> Entry: what a dataset file says, completed into what is shown, searched and exported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.answers import Entry
from cptref.model import Section
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cptref.model import Article, Modifier


def complete(article: Article, modifiers: Mapping[str, Modifier], library: str) -> Entry:
    """The article's entry: modifiers with meaning, the derived sections made, empty ones left out, all in order."""
    meant = tuple(modifiers[code] for code in article.modifiers)
    held = {section.key: section for section in (*article.sections, *_derived(article, meant))}
    return Entry(
        code=article.code,
        title=article.title,
        category=article.category,
        summary=article.summary,
        library=library,
        verification=article.verification,
        modifiers=meant,
        cost=article.cost,
        sections=tuple(held[key] for key in CATALOGUE if key in held and (held[key].intro or held[key].points)),
        faq=article.faq,
    )


def _derived(article: Article, modifiers: tuple[Modifier, ...]) -> tuple[Section, ...]:
    billing = (
        f"Code: {article.code}",
        f"Category: {article.category}",
        *(f"Modifier {modifier.code}: {modifier.meaning}" for modifier in modifiers),
    )
    cost = (f"Cost on average: {article.cost.range}", *article.cost.notes)
    faq = tuple(f"{one.question} {one.answer}" for one in article.faq)
    return (
        Section(key="overview", intro=article.summary),
        Section(key="billing", points=billing),
        Section(key="cost", intro=article.cost.intro, points=cost),
        Section(key="faq", points=faq),
    )
