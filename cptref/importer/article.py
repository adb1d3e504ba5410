"""Turn an article page that was saved as text into a dataset file, and list the lines that have no place in it."""

from __future__ import annotations

import os
import re
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from cptref.dataset import rules, schema
from cptref.errors import FileError
from cptref.importer.changes import Changes
from cptref.importer.decode import decode_page, read_file
from cptref.importer.html import is_html, read_html
from cptref.importer.layout import split_rows
from cptref.importer.lines import Mark, mark_lines
from cptref.importer.sections import Item, parse_amounts, read_section
from cptref.models.article import Article
from cptref.sanitize import single_line
from cptref.sections import STORED_SECTIONS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from cptref.importer.layout import Row

# How cptref begins the page of an entry, with a verdict, and how it ends each page, in any format, wrapped or not.
_PRINTED = re.compile(
    r"[✓!✗?]\s+(?:VERIFIED|UNVERIFIED|CONFLICT|NOT\s+LISTED):|\bDataset\s+\S+,\s+released\s+\d{4}-\d\d-\d\d\b"
)
_DESCRIPTOR_FOLDERS = ("/dev/fd", "/proc/self/fd")
_CONTENT_FIELDS = frozenset({"intro", "point", "question", "category", "modifier"})


class Unplaced(NamedTuple):
    """A line that has no place in an entry: its number in the page, from 1, and its text."""

    line: int
    text: str


class Page(NamedTuple):
    """The content of a page: the document of a dataset file, the lines that it leaves out in order, other changes."""

    document: dict[str, Any]
    unplaced: tuple[Unplaced, ...]
    changes: tuple[str, ...] = ()


class Imported(NamedTuple):
    """A page as a dataset file: its code, the text of the file, the counts of what is in it, the lines left out.

    `changes` says what else differs from the page, in phrases: `joined 12 wrapped lines`, `dropped 3 page numbers`.
    """

    code: str
    toml: str
    sections: int
    points: int
    questions: int
    unplaced: tuple[Unplaced, ...]
    changes: tuple[str, ...]


def import_page(
    page: str | os.PathLike[str], modifiers: Collection[str] = (), *, data: bytes | None = None
) -> Imported:
    """Read an article page that was saved as text or HTML, and turn it into a dataset file that passes the check.

    `modifiers` are those whose meaning is known, so that the page's own words for it need not be kept. `data` are the
    bytes of the page if they are not in a file, like those of standard input; `page` then says where they are from.
    A pipe is read to its end. Raise FileError if the page can't be read or is not an article.
    """
    import tomli_w

    path = os.fspath(page)
    folder, name = os.path.split(path)
    if data is None:
        try:
            data = read_file(path)
        except OSError as error:
            reason = f"can't be read: {error.strerror}" if error.errno else str(error)
            raise FileError(f"{path}: {reason}", hint="name a page saved as text or HTML") from error
    name = "a pipe" if folder in _DESCRIPTOR_FOLDERS else "standard input" if path == "/dev/stdin" else name
    document, unplaced, changes = read_page(data, name, date.today(), modifiers)  # noqa: DTZ011 - the day here
    serialized = schema.serialize(document)
    article, of_types = schema.type_checker(Article)(document, serialized)
    problems = [*of_types, *rules.check_article(document, serialized, document["code"])]
    if article is None or problems:
        raise FileError(f"{path} can't be turned into an entry: {'; '.join(map(': '.join, problems))}")
    return Imported(
        code=article.code,
        toml=tomli_w.dumps(document),
        sections=len(article.sections),
        points=sum(len(section.points) for section in article.sections),
        questions=len(article.faq),
        unplaced=unplaced,
        changes=changes,
    )


def read_page(data: bytes, name: str, imported_on: date, known_modifiers: Collection[str] = ()) -> Page:
    """Return the content of a page, given as the bytes and the name of its file.

    Raise FileError if it is not an article, or more than one.
    """
    name = single_line(name).strip() or "the page"
    changes = Changes()
    marks = mark_lines(_read_rows(data, name, changes), changes)
    items = [item for key, section_marks in _split_sections(marks) for item in read_section(key, section_marks)]
    titles = [mark for mark in marks if mark.kind == "title"]
    uses = [mark for mark in marks if mark.kind == "heading" and mark.code]
    code = _find_code(titles or uses, _list_texts(items, "code"), name)
    if not any(item.field in _CONTENT_FIELDS for item in items):
        in_columns = any(line.in_columns for mark in marks for line in mark.lines)
        outside = " outside of its two columns" if in_columns else ""
        hint = "save the page in one column" if in_columns else "cptref sections lists the section names"
        raise FileError(f"{name} has no section with content{outside}", hint=hint)
    changes.add("wrapped", sum(item.joined for item in items if item.field))
    title = next((mark.text for mark in titles if mark.text), "")
    category = next(iter(_list_texts(items, "category")), "")
    document = {
        "code": code,
        "title": title or "Untitled",
        "category": category or "Not stated",
        "summary": _join_intros(items, "overview"),
        "modifiers": list(dict.fromkeys(_list_texts(items, "modifier"))),
        "verification": _make_verification(name, imported_on),
        "source": {"file": name, "imported": imported_on},
        "cost": _make_cost([item for item in items if item.key == "cost"]),
        "sections": _make_sections(items),
        "faq": [{"question": item.text, "answer": item.answer} for item in items if item.field == "question"],
    }
    placed_texts: dict[str, Collection[str]] = {
        "": (),
        "code": (code,),
        "category": (category,),
        "modifier": known_modifiers,
    }
    unplaced_lines = (
        *(item.lines for item in items if item.text not in placed_texts.get(item.field, (item.text,))),
        *(mark.lines for mark in titles if mark.text not in {"", title}),
        *(mark.lines for mark in uses if mark.code != code),
    )
    unplaced = dict.fromkeys(Unplaced(line.number, line.text) for lines in unplaced_lines for line in lines)
    return Page(
        document=_drop_empty(document, "modifiers", "sections"),
        unplaced=tuple(sorted(unplaced, key=lambda unplaced_line: unplaced_line.line)),
        changes=changes.describe(),
    )


def _read_rows(data: bytes, name: str, changes: Changes) -> Sequence[Row]:
    """Return the rows of a page, saved as text or as HTML. Raise FileError if it is not one, or printed by cptref."""
    text = decode_page(data, name)
    changes.add("unreadable", text.count("\ufffd"))
    rows = read_html(text, changes) if is_html(text) else [*split_rows(text)]
    text = "\n".join(row.text for row in rows)
    if _PRINTED.search(text):
        hint = "use cptref export CODE -f toml, which writes it as a dataset file"
        raise FileError(f"{name} is an entry that cptref printed", hint=hint)
    return rows


def _split_sections(marks: Iterable[Mark]) -> Iterator[tuple[str, list[Mark]]]:
    """Yield the section key of each title and heading with the marks below it, and first those above all of them."""
    key = ""
    section_marks: list[Mark] = []
    for mark in marks:
        if mark.kind in {"title", "heading"}:
            yield key, section_marks
            key, section_marks = mark.key, []
        else:
            section_marks.append(mark)
    yield key, section_marks


def _find_code(heads: Sequence[Mark], billing_codes: Sequence[str], name: str) -> str:
    """Return the one code of a page: that of its titles and headings, or else the first under billing."""
    codes = [*dict.fromkeys(mark.code for mark in heads)] or list(billing_codes[:1])
    if not codes:
        raise FileError(f"{name} has no code in it", hint='an article begins like "Overview of CPT Code 20976: Title"')
    if codes[1:]:
        raise FileError(f"{name} is about {codes[0]} and {codes[1]}", hint="import one article at a time")
    return codes[0]


def _make_verification(name: str, imported_on: date) -> dict[str, str]:
    finding = f"Nobody has checked this entry against the published code set. Imported from {name} on {imported_on}."
    return {"status": "unverified", "finding": finding}


def _make_sections(items: Iterable[Item]) -> list[dict[str, Any]]:
    """Return the sections that have an intro or points, in order of the catalogue."""
    by_key: dict[str, list[Item]] = {}
    for item in items:
        if item.key in STORED_SECTIONS and item.field in {"intro", "point"}:
            by_key.setdefault(item.key, []).append(item)
    sections = [
        _drop_empty({"key": key, "intro": _join_intros(by_key[key], key), "points": _list_texts(by_key[key], "point")})
        for key in STORED_SECTIONS
        if key in by_key
    ]
    return [section for section in sections if section.keys() != {"key"}]  # of billing, most has fields of its own


def _make_cost(items: Sequence[Item]) -> dict[str, Any]:
    """Return the cost: the amounts of the first line that has any, and what else is said; empty if nothing is."""
    placed = [item for item in items if item.field]
    with_amounts = ((amounts, item) for item in placed if (amounts := parse_amounts(item.text)))
    amounts, source = next(with_amounts, (None, None))
    remarks = [item for item in placed if not (amounts and amounts.only and item is source)]
    return _drop_empty(
        {
            **({"low": amounts.low, "high": amounts.high} if amounts else {}),
            "currency": "USD" if placed else "",
            "intro": _join_intros(remarks, "cost"),
            "notes": _list_texts(remarks, "point"),
        }
    )


def _join_intros(items: Iterable[Item], key: str) -> str:
    """Return the intro of a section; if its heading appears twice on the page, both intros, unless they are equal."""
    return " ".join(dict.fromkeys(item.text for item in items if item.key == key and item.field == "intro"))


def _list_texts(items: Iterable[Item], field: str) -> list[str]:
    return [item.text for item in items if item.field == field]


def _drop_empty(table: dict[str, Any], *kept: str) -> dict[str, Any]:
    """Return a table without its empty values, except those of the `kept` keys."""
    return {key: value for key, value in table.items() if key in kept or value or value == 0}
