"""The alphabetic index of ICD-10-CM as NCHS ships it: terms within terms, in the words of physicians and patients.

"Fracture, traumatic" > "hip" becomes the line "Fracture, traumatic, hip", which leads to its code.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from cptref.codesets.layouts import MAX_FAULTS_NAMED
from cptref.codesets.store import Content, Line, Record
from cptref.codesets.xml_files import is_root, iter_elements, read_text
from cptref.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from cptref.codesets.files import Source

COLUMNS = ("terms",)
MAX_LEVELS = 20  # of terms within terms; the index has 9
MAX_HOPS = 3  # from one "see" to the next
_CODE = re.compile(r"([A-Z][0-9A-Z]{2})\.?([0-9A-Z]{1,4})?[-.]*")  # S72.9- and S72.- lead to their category
_YEAR = re.compile(r"20[0-9]{2}")
_NOT_FOUND = ""


class _Term(NamedTuple):
    """A term: its path, its code as in the file, where it sends the reader, and the terms in it."""

    path: str
    names: frozenset[str]
    code: str
    sees: tuple[str, ...]
    terms: list[_Term]


def matches(source: Source) -> bool:
    """Return whether a file is an index."""
    return is_root(source, "ICD10CM.index")


def read(source: Source, release: str | None) -> Content:
    """Return the terms of a file by code, and a line for each. Raise FileError where it is not as NCHS ships it."""
    version = ""
    terms: list[_Term] = []
    for element in iter_elements(source, {"version", "mainTerm"}):
        if element.tag == "version":
            version = read_text(element)
        else:
            terms.append(_read_term(element, "", source, 0))
    if not terms:
        raise FileError(f"{source.name}: has no terms", hint="take the file as NCHS ships it")
    year = _YEAR.search(version)
    if not year:
        raise FileError(f"{source.name}: has no version that names its year", hint="take the file as NCHS ships it")
    lines, refused = _list_lines(terms)
    by_code: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        by_code[line.code].append(line.text)
    given = (release or "").removeprefix("FY")
    return Content(
        *("icd10cm-index", year[0], COLUMNS),
        records=[Record(code, "", ("\n".join(texts),)) for code, texts in by_code.items()],
        lines=lines,
        refused=tuple(refused),
        details={"terms": str(len(lines)), "version": version},
        said=f"its version says {year[0]}, not {given}" if given and given != year[0] else "",
    )


def _read_term(element: Element, above: str, source: Source, level: int) -> _Term:
    if level > MAX_LEVELS:
        raise FileError(f"{source.name}: has more than {MAX_LEVELS} terms within each other: {above[:80]}")
    title = _read_title(element)
    path = f"{above}, {title}" if above else title
    return _Term(
        path,
        frozenset(title.casefold().split(", ")),
        read_text(element.find("code")),
        tuple(read_text(child) for child in element if child.tag in {"see", "seeAlso"}),
        [_read_term(child, path, source, level + 1) for child in element.iterfind("term")],
    )


def _read_title(element: Element) -> str:
    """Return the title of a term without its nonessential modifiers, which stand in brackets and change no code."""
    title = element.find("title")
    if title is None:
        return ""
    texts = [title.text or "", *(child.tail or "" for child in title)]
    return " ".join(" ".join(texts).split()).replace(" ,", ",").strip(" ,")


def _list_lines(main_terms: list[_Term]) -> tuple[list[Line], list[str]]:
    """Return a line for each term that leads to a code, and which terms have a code that is none."""
    by_name: dict[str, list[_Term]] = defaultdict(list)
    for term in main_terms:
        for name in term.names:
            by_name[name].append(term)
    lines: dict[Line, None] = {}
    refused: list[str] = []
    for term in _iter_terms(main_terms):
        codes = [_parse_code(term.code)] if term.code else []
        if codes == [_NOT_FOUND]:
            refused.append(f"{term.path}: {term.code!r} is no code")
        elif not codes:
            codes = [_follow(see, by_name, 0) for see in term.sees]
        lines.update((Line(code, "index", term.path), None) for code in codes if code)
    if len(refused) > MAX_FAULTS_NAMED:
        refused[MAX_FAULTS_NAMED:] = [f"and {len(refused) - MAX_FAULTS_NAMED:,} more"]
    return [*lines], refused


def _iter_terms(terms: list[_Term]) -> Iterator[_Term]:
    for term in terms:
        yield term
        yield from _iter_terms(term.terms)


def _follow(see: str, by_name: dict[str, list[_Term]], hops: int) -> str:
    """Return the code of the term that a "see" names, "" where that is none, or several."""
    first, *rest = see.casefold().split(", ")
    candidates = by_name.get(first, [])
    for name in rest:
        if len(candidates) != 1:
            return _NOT_FOUND
        (term,) = candidates
        candidates = [term] if name in term.names else [inner for inner in term.terms if name in inner.names]
    if len(candidates) != 1:
        return _NOT_FOUND
    (term,) = candidates
    if term.code:
        return _parse_code(term.code)
    return _follow(term.sees[0], by_name, hops + 1) if len(term.sees) == 1 and hops < MAX_HOPS else _NOT_FOUND


def _parse_code(text: str) -> str:
    match = _CODE.fullmatch(text)
    return ".".join(filter(None, match.groups())) if match else _NOT_FOUND
