"""An answer as CSV (RFC 4180), for spreadsheets: one thing a row, its code in the first column or over its own.

Text stands in quotes, codes with it, numbers don't: a spreadsheet that is told so keeps `00100` as it is. A cell that
it would take for a formula gets an apostrophe in front, as OWASP has it ("CSV Injection").
"""

from __future__ import annotations

import csv
from functools import singledispatch
from io import StringIO
from typing import TYPE_CHECKING

from cptref.models.results import (
    CheckAnswer,
    CompareAnswer,
    ListAnswer,
    ModifiersAnswer,
    NotesAnswer,
    PathsAnswer,
    SearchAnswer,
    SectionsAnswer,
    ShowAnswer,
    SymptomAnswer,
    group_by_code,
)
from cptref.sanitize import escape_unsafe
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cptref.models.results import Answer, AppendedModifier, Entry

Row = tuple[str | int | float, ...]

# What begins a formula in one spreadsheet or another, full-width forms too; white space before it is passed over. A tab
# and a carriage return begin one too, but they are visible escapes by then.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def render(answer: Answer) -> str:
    """A head and its rows, "" where there are none; with a byte order mark where Excel needs one to read UTF-8."""
    head, *rows = build_rows(answer)
    if not rows:
        return ""
    text = StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerows([_harmless(cell) for cell in row] for row in (head, *rows))
    return text.getvalue() if text.getvalue().isascii() else f"\ufeff{text.getvalue()}"


@singledispatch
def build_rows(answer: Answer) -> Iterator[Row]:
    """Yield the head of an answer and its rows. Raise TypeError for a type of answer that has none."""
    raise TypeError(f"{type(answer).__name__} has no rows")


def _harmless(cell: str | float) -> str | float:
    if not isinstance(cell, str):
        return cell
    text = escape_unsafe(cell)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


@build_rows.register(ShowAnswer)
def _build_show_rows(answer: ShowAnswer) -> Iterator[Row]:
    yield "code", "title", "verification", "library", "section", "heading", "kind", "text", "notice"
    typed = group_by_code(answer.appended)
    for entry in answer.entries:
        about = (entry.code, entry.title, entry.verification.status, entry.library)
        for row in (*_checked(entry), *_judged(typed.get(entry.code, ())), *_lines(entry)):
            yield *about, *row, answer.dataset.notices.advice


def _checked(entry: Entry) -> Iterator[tuple[str, str, str, str]]:
    check = entry.verification
    yield "verification", "Check", "finding", check.finding
    yield from (("verification", "Check", "see instead", code) for code in check.see_instead)
    yield from (("verification", "Check", "checked against", release) for release in check.checked_against)
    if entry.source:
        yield "source", "Source", "page", entry.source.words


def _judged(appended: Iterable[AppendedModifier]) -> Iterator[tuple[str, str, str, str]]:
    for one in appended:
        yield "modifiers", f"Modifier {one.code}", "meaning", one.meaning or "not held"
        yield "modifiers", f"Modifier {one.code}", "listed", "yes" if one.listed else "no"
        yield "modifiers", f"Modifier {one.code}", "check", one.check


def _lines(entry: Entry) -> Iterator[tuple[str, str, str, str]]:
    for section in entry.sections:
        place = (section.key, CATALOGUE[section.key].heading)
        if section.intro:
            yield *place, "intro", section.intro
        yield from ((*place, "point", point) for point in section.points)


@build_rows.register(SearchAnswer)
def _build_search_rows(answer: SearchAnswer) -> Iterator[Row]:
    yield (
        *("code", "title", "verification", "library", "score", "tier", "missing"),
        *("section", "heading", "line score", "line tier", "text", "notice"),
    )
    for hit in answer.hits:
        about = (hit.code, hit.title, hit.verification, hit.library, hit.score, hit.tier, "; ".join(hit.missing))
        for one in hit.matches:
            place = (one.section, CATALOGUE[one.section].heading)
            yield *about, *place, one.score, one.tier, one.text, answer.dataset.notices.advice


@build_rows.register(SymptomAnswer)
def _build_symptom_rows(answer: SymptomAnswer) -> Iterator[Row]:
    yield (
        *("code", "title", "verification", "library", "covered", "of", "score", "symptom"),
        *("section", "heading", "line score", "line tier", "text", "missing", "notice"),
    )
    for hit in answer.hits:
        about = (hit.code, hit.title, hit.verification, hit.library, hit.covered, hit.of, hit.score)
        for complaint, one in zip(answer.symptoms, hit.evidence, strict=True):
            heading = CATALOGUE[one.section].heading if one else ""
            line = (one.section, heading, one.score, one.tier, one.text, "; ".join(one.missing)) if one else ("",) * 6
            yield *about, complaint.query, *line, answer.dataset.notices.advice


@build_rows.register(CompareAnswer)
def _build_compare_rows(answer: CompareAnswer) -> Iterator[Row]:
    entries = answer.entries
    yield "section", "heading", "kind", *(entry.code for entry in entries), "notice"
    checks = [entry.verification for entry in entries]
    rows: list[Row] = [
        ("overview", CATALOGUE["overview"].heading, "title", *(entry.title for entry in entries)),
        ("billing", CATALOGUE["billing"].heading, "category", *(entry.category for entry in entries)),
        ("library", "Library", "library", *(entry.library for entry in entries)),
        ("verification", "Check", "status", *(check.status for check in checks)),
        ("verification", "Check", "finding", *(check.finding for check in checks)),
        ("verification", "Check", "see instead", *(", ".join(check.see_instead) for check in checks)),
        ("verification", "Check", "checked against", *(", ".join(check.checked_against) for check in checks)),
    ] * bool(entries)
    for code, typed in group_by_code(answer.appended).items():
        own = [entry.code == code for entry in entries]
        judged = _judged(typed) if any(own) else ()
        rows += ((*place, *(text if here else "" for here in own)) for *place, text in judged)
    for one in answer.sections:
        place = (one.key, CATALOGUE[one.key].heading)
        if one.key == "cost":
            rows.append((*place, "low", *("" if entry.cost.low is None else entry.cost.low for entry in entries)))
            rows.append((*place, "high", *("" if entry.cost.high is None else entry.cost.high for entry in entries)))
        rows += ((*place, "shared", *(line,) * len(entries)) for line in one.shared)
        rows += ((*place, "similar", *row) for row in one.similar)
        for number, lines in enumerate(one.only):
            rows += ((*place, "only", *("",) * number, line, *("",) * (len(one.only) - number - 1)) for line in lines)
    yield from ((*row, answer.dataset.notices.advice) for row in rows)


@build_rows.register(ModifiersAnswer)
def _build_modifiers_rows(answer: ModifiersAnswer) -> Iterator[Row]:
    yield "code", "title", "verification", "library", "section", "heading", "kind", "text", "notice"
    rows: list[Row] = []
    for modifier in answer.modifiers:
        rows += (("", "", "", "", *row) for row in _meant(f"Modifier {modifier.code}", modifier.set, modifier.meaning))
    for one in answer.indicators:
        rows += (("", "", "", "", *row) for row in _meant(f"Bilateral indicator {one.indicator}", "CMS", one.meaning))
    judged = group_by_code(answer.appended)
    for entry in answer.entries:
        about = (entry.code, entry.title, entry.verification.status, entry.library)
        rows += ((*about, *row) for row in (*_checked(entry), *_judged(judged.get(entry.code, ()))))
    yield from ((*row, answer.dataset.notices.advice) for row in rows)


def _meant(name: str, of: str, meaning: str) -> Iterator[tuple[str, str, str, str]]:
    yield "modifiers", name, "set", of
    yield "modifiers", name, "meaning", meaning


@build_rows.register(ListAnswer)
def _build_list_rows(answer: ListAnswer) -> Iterator[Row]:
    yield "code", "title", "category", "verification", "library", "notice"
    yield from ((*one, answer.dataset.notices.advice) for one in answer.entries)


@build_rows.register(SectionsAnswer)
def _build_sections_rows(answer: SectionsAnswer) -> Iterator[Row]:
    yield "name", "heading", "also"
    yield from ((kind.key, kind.heading, ", ".join(kind.aliases)) for kind in answer.kinds)


@build_rows.register(PathsAnswer)
def _build_paths_rows(answer: PathsAnswer) -> Iterator[Row]:
    yield "what", "where"
    yield from (("data", answer.data), ("library", answer.library), ("notes", answer.notes), ("cache", answer.cache))
    yield from (("also from", folder) for folder in answer.libraries)


@build_rows.register(NotesAnswer)
def _build_notes_rows(answer: NotesAnswer) -> Iterator[Row]:
    yield "code", "title", "number", "added", "text", "notice"
    for noted in answer.codes:
        for number, note in enumerate(noted.notes, 1):
            yield noted.code, noted.title, number, str(note.added), note.text, answer.dataset.notices.advice


@build_rows.register(CheckAnswer)
def _build_check_rows(answer: CheckAnswer) -> Iterator[Row]:
    yield "kind", "file", "place", "problem"
    for one in answer.checked:
        yield "checked", one.path, "", f"{one.articles} articles; {', '.join(one.others) or 'no other file'}"
    yield from (("fault", *one) for one in answer.faults)
    yield from (("warning", *one) for one in answer.warnings)
