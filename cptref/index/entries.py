"""Article -> Entry: what a file says, completed to what is shown, searched and exported.

An article is stored as its file has it, and completed each time it is asked for.
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

_UNKNOWN_MEANING = "not in any table of modifiers, so its meaning is not known here"


def build_entry(article: Article, library: str, table: ModifierTable, notes: tuple[str, ...] = ()) -> Entry:
    """Return the entry of an article: modifiers with their meaning, derived sections added, empty ones left out.

    The sections are in the order of the catalogue.
    """
    by_code = {modifier.code: modifier for modifier in table.modifiers}
    modifiers = tuple(
        by_code.get(code) or Modifier(code=code, set="unknown", meaning=_UNKNOWN_MEANING) for code in article.modifiers
    )
    sections = {section.key: section for section in (*article.sections, *_derive_sections(article, modifiers, notes))}
    return Entry(
        code=article.code,
        title=article.title,
        category=article.category,
        summary=article.summary,
        library=library,
        verification=article.verification,
        modifiers=modifiers,
        cost=article.cost,
        sections=tuple(
            sections[key] for key in CATALOGUE if key in sections and (sections[key].intro or sections[key].points)
        ),
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
    yield Section(key="faq", points=tuple(f"{question.question} {question.answer}" for question in article.faq))
    yield Section(key="notes", points=notes)


def article_from_json(stored: dict[str, Any]) -> Article:
    """Return the article of a file that was stored as JSON after it was checked."""
    fields: dict[str, Any] = dict(stored)
    fields["sections"] = tuple(_make(Section, section) for section in stored.get("sections", ()))
    fields["faq"] = tuple(_make(Question, question) for question in stored.get("faq", ()))
    if "verification" in stored:
        fields["verification"] = _make(Verification, stored["verification"])
    if "cost" in stored:
        fields["cost"] = _make(Cost, stored["cost"])
    if source := stored.get("source"):
        fields["source"] = Source(file=source["file"], imported=date.fromisoformat(source["imported"]))
    return _make(Article, fields)


def _make(kind: Callable[..., Value], fields: dict[str, Any]) -> Value:
    """Return a value of this kind, its lists as tuples."""
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()})


def iter_lines(entry: Entry) -> Iterator[tuple[str, int, str]]:
    """Yield the lines of an entry as (section, position, text); the intro of a section has position 0.

    The title is the intro of the overview, since an entry begins with it.
    """
    yield "overview", 0, entry.title
    for section in entry.sections:
        for position, text in enumerate((section.intro, *section.points), start=section.key == "overview"):
            if text:
                yield section.key, position, text
