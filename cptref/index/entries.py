"""Article -> Entry: what a file says, completed into what is shown, searched and exported.

An article is stored as its file says it, and completed whenever it is asked for.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from cptref.models.article import Article, Cost, Modifier, Question, Section, Source, Verification
from cptref.models.results import Entry
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cptref.models.article import ModifierTable

Value = TypeVar("Value")

_UNKNOWN = "not in any table of modifiers, so its meaning is not known here"


def build_entry(article: Article, library: str, table: ModifierTable, notes: tuple[str, ...] = ()) -> Entry:
    """The article's entry: modifiers with meaning, the derived sections made, empty ones left out, all in order."""
    known = {modifier.code: modifier for modifier in table.modifiers}
    meant = tuple(known.get(code) or Modifier(code=code, set="unknown", meaning=_UNKNOWN) for code in article.modifiers)
    held = {section.key: section for section in (*article.sections, *_derive_sections(article, meant, notes))}
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
        notes=notes,
        source=article.source,
    )


def _derive_sections(article: Article, modifiers: tuple[Modifier, ...], notes: tuple[str, ...]) -> Iterator[Section]:
    billing = (
        f"Code: {article.code}",
        f"Category: {article.category}",
        *(f"Modifier {modifier.code}: {modifier.meaning}" for modifier in modifiers),
    )
    average = (f"Cost on average: {article.cost.range}",) if article.cost.range else ()
    yield Section(key="overview", intro=article.summary)
    yield Section(key="billing", points=billing)
    yield Section(key="cost", intro=article.cost.intro, points=average + article.cost.notes)
    yield Section(key="faq", points=tuple(f"{one.question} {one.answer}" for one in article.faq))
    yield Section(key="notes", points=notes)


def article_from_json(stored: dict[str, Any]) -> Article:
    """The article of a file that was stored as JSON; it was checked before."""
    held: dict[str, Any] = dict(stored)
    held["sections"] = tuple(_make(Section, one) for one in stored.get("sections", ()))
    held["faq"] = tuple(_make(Question, one) for one in stored.get("faq", ()))
    if "verification" in stored:
        held["verification"] = _make(Verification, stored["verification"])
    if "cost" in stored:
        held["cost"] = _make(Cost, stored["cost"])
    if source := stored.get("source"):
        held["source"] = Source(file=source["file"], imported=date.fromisoformat(source["imported"]))
    return _make(Article, held)


def _make(kind: Callable[..., Value], plain: dict[str, Any]) -> Value:
    """A value of this kind, its lists as tuples."""
    return kind(**{name: tuple(one) if isinstance(one, list) else one for name, one in plain.items()})


def iter_lines(entry: Entry) -> Iterator[tuple[str, int, str]]:
    """The lines of an entry: section, place in it, text. What a section begins with has place 0.

    The title is what an entry begins with, and so its overview.
    """
    yield "overview", 0, entry.title
    for section in entry.sections:
        for place, text in enumerate((section.intro, *section.points), start=section.key == "overview"):
            if text:
                yield section.key, place, text
