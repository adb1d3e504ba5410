"""An article page saved as text -> the plain dictionary of a dataset file, and the lines that have no place in it."""

from __future__ import annotations

import codecs
import os
import re
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from cptref.dataset import rules, schema
from cptref.dataset.fingerprint import MAX_FILE_BYTES, read_bounded
from cptref.dataset.rules import STORED_SECTIONS
from cptref.errors import FileError
from cptref.importer.lines import Mark, mark_lines
from cptref.importer.sections import Found, parse_amounts, read_section
from cptref.models.article import Article
from cptref.sanitize import single_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

_HTML = re.compile(
    r"<!doctype html|<html[\s>]|</(?:html|head|body|div|p|li|ul|ol|h[1-6]|span|a|table|td|script|style)>", re.IGNORECASE
)
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


class Unplaced(NamedTuple):
    """A line that has no place in an entry: its number in the page, from 1, and what it says."""

    line: int
    text: str


class Page(NamedTuple):
    """What a page says: `plain` as a dataset file has it, and the lines that it leaves out, in order."""

    plain: dict[str, Any]
    unplaced: tuple[Unplaced, ...]


class Imported(NamedTuple):
    """A page as a dataset file: its code, the text of the file, how much is in it, what of the page is not."""

    code: str
    toml: str
    sections: int
    points: int
    questions: int
    unplaced: tuple[Unplaced, ...]


def import_page(page: str | os.PathLike[str], modifiers: Collection[str] = ()) -> Imported:
    """Read an article page that was saved as text, and make a dataset file of it that passes the check.

    `modifiers` are those whose meaning is known, so that the page's own words for it needn't be kept. Raises FileError
    for a page that can't be read, or is no article.
    """
    import tomli_w

    path = os.fspath(page)
    name = single_line(os.path.basename(path))  # noqa: PTH119 - a name
    try:
        data = read_bounded(path)
    except OSError as error:
        reason = f"can't be read: {error.strerror}" if error.errno else str(error)
        raise FileError(f"{path}: {reason}", hint="name a page saved as text") from error
    read = read_page(data, name, date.today(), modifiers)  # noqa: DTZ011 - the day here
    written = schema.serialize(read.plain)
    article, problems = schema.type_checker(Article)(read.plain, written)
    problems += rules.check_article(read.plain, written, read.plain["code"])
    if article is None or problems:
        raise FileError(f"{path}: no entry can be made of it: {'; '.join(map(': '.join, problems))}")
    return Imported(
        code=article.code,
        toml=tomli_w.dumps(read.plain),
        sections=len(article.sections),
        points=sum(len(section.points) for section in article.sections),
        questions=len(article.faq),
        unplaced=read.unplaced,
    )


def read_page(data: bytes, name: str, on: date, known: Collection[str] = ()) -> Page:
    """Read the page of a file: its `name`, the day it is imported `on`, the modifiers `known` with their meaning.

    Raises FileError for what is no article, or more than one.
    """
    name = single_line(name).strip() or "the page"
    if len(data) > MAX_FILE_BYTES:
        raise FileError(f"{name} is larger than 1 MiB", hint="an article takes a few KiB; save its text alone")
    text = _decoded(data)
    marks, entry = mark_lines(text)
    if not entry and _HTML.search(text):
        raise FileError(f"{name} looks like HTML source", hint="save the page as text")
    found = [one for key, stretch in _stretches(marks) for one in read_section(key, stretch)]
    said: dict[str, list[str]] = {}
    for one in found:
        said.setdefault(one.field, []).append(one.text)
    titles = [mark for mark in marks if mark.kind == "title"]
    uses = [mark for mark in marks if mark.kind == "heading" and mark.code]
    code = _code(titles or uses, said.get("code", []), name, entry=entry)
    if not said.keys() & {"intro", "point", "question", "category", "modifier"}:
        raise FileError(f"{name} has no section with content in it", hint="cptref sections lists what they are called")
    title = next((mark.text for mark in titles if mark.text), "")
    category = next(iter(said.get("category", [])), "")
    about, category = _shown_title(title, category) if entry else (title, category)
    plain = {
        "code": code,
        "title": about or "Untitled",
        "category": category or "Not stated",
        "summary": _intro(found, "overview"),
        "modifiers": list(dict.fromkeys(said.get("modifier", []))),
        "verification": {
            "status": "unverified",
            "finding": f"Nobody has checked this entry against the published code set. Imported from {name} on {on}.",
        },
        "source": {"file": name, "imported": on},
        "cost": _cost([one for one in found if one.key == "cost"]),
        "sections": _sections(found),
        "faq": [{"question": one.text, "answer": one.answer} for one in found if one.field == "question"],
    }
    placed: dict[str, Collection[str]] = {"": (), "code": (code,), "category": (category,), "modifier": known}
    odd = [
        *(one.lines for one in found if one.text not in placed.get(one.field, (one.text,))),
        *(mark.lines for mark in titles if mark.text not in {"", title}),
        *(mark.lines for mark in uses if mark.code != code),
    ]
    unplaced = dict.fromkeys(Unplaced(line.number, line.text) for lines in odd for line in lines)
    return Page(_held(plain, "modifiers", "sections"), tuple(sorted(unplaced, key=lambda one: one.line)))


def _decoded(data: bytes) -> str:
    """The text of a file in the encoding that its mark names, in UTF-8, or else as Windows writes it."""
    named = next((encoding for bom, encoding in _BOMS.items() if data.startswith(bom)), "")
    if named:
        return data.decode(named, "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _stretches(marks: Iterable[Mark]) -> Iterator[tuple[str, list[Mark]]]:
    """What stands under each title and heading, with the key of its section; first what stands above all of them."""
    key = ""
    stretch: list[Mark] = []
    for mark in marks:
        if mark.kind in {"title", "heading"}:
            yield key, stretch
            key, stretch = mark.key, []
        else:
            stretch.append(mark)
    yield key, stretch


def _code(heads: Sequence[Mark], billed: Sequence[str], name: str, *, entry: bool) -> str:
    """The one code of a page: that of its titles and headings, or else the first under billing."""
    codes = [*dict.fromkeys(mark.code for mark in heads)] or list(billed[:1])
    if not codes:
        raise FileError(f"{name} has no code in it", hint='an article begins like "Overview of CPT Code 20976: Title"')
    if codes[1:] or (entry and heads[1:]):
        spoken = f"{codes[0]} and {codes[1]}" if codes[1:] else f"{codes[0]} twice"
        raise FileError(f"{name} speaks of {spoken}", hint="import one article at a time")
    return codes[0]


def _shown_title(shown: str, category: str) -> tuple[str, str]:
    """The title and the category of an entry, of `Title (Category`; the section on billing is sure of the category."""
    before = shown.strip().removesuffix(category).rstrip()
    if category and before.endswith("("):
        return before[:-1].strip(), category
    title, _, last = shown.rpartition("(")
    return title.strip(), category or last.strip()


def _sections(found: Iterable[Found]) -> list[dict[str, Any]]:
    """The sections that have content, in order of the catalogue."""
    by: dict[str, list[Found]] = {}
    for one in found:
        if one.key in STORED_SECTIONS and one.field:
            by.setdefault(one.key, []).append(one)
    return [
        _held({"key": key, "intro": _intro(by[key], key), "points": _points(by[key])})
        for key in STORED_SECTIONS
        if key in by
    ]


def _cost(found: Sequence[Found]) -> dict[str, Any]:
    """The cost of a procedure: the amounts that are spoken of first, and what else is said; empty where nothing is."""
    lines = [one for one in found if one.field]
    told, line = next(((told, one) for one in lines if (told := parse_amounts(one.text))), (None, None))
    left = [one for one in lines if not (told and told.alone and one is line)]
    ends = {"low": told.low, "high": told.high} if told else {}
    return _held({**ends, "currency": "USD" if lines else "", "intro": _intro(left, "cost"), "notes": _points(left)})


def _intro(found: Iterable[Found], key: str) -> str:
    """What a section begins with; where its heading stands twice on the page, both intros, but the same one once."""
    return " ".join(dict.fromkeys(one.text for one in found if one.key == key and one.field == "intro"))


def _points(found: Iterable[Found]) -> list[str]:
    return [one.text for one in found if one.field == "point"]


def _held(plain: dict[str, Any], *kept: str) -> dict[str, Any]:
    """A table without what is empty, except what is `kept`."""
    return {key: value for key, value in plain.items() if key in kept or value or value == 0}
