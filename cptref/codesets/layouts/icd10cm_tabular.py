"""The tabular list of ICD-10-CM as NCHS ships it: XML with chapters, sections, and codes within codes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cptref.codesets.icd10cm import (
    CHAPTER,
    CHARACTERS,
    COLUMNS,
    NOTES,
    SECTION,
    SET,
    check_totals,
    list_characters,
)
from cptref.codesets.layouts import MAX_FAULTS_NAMED
from cptref.codesets.store import Content, Line, Record
from cptref.codesets.xml_files import is_root, iter_elements, read_text
from cptref.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from xml.etree.ElementTree import Element

    from cptref.codesets.files import Source

_ROOT = "ICD10CM.tabular"
_CODE = re.compile(r"[A-Z][0-9A-Z]{2}(\.[0-9A-Z]{1,4})?")
_CHARACTER = re.compile(r"[0-9A-Z]")
_YEAR = re.compile(r"20[0-9]{2}")
_NOTES = {
    "inclusionTerm": "inclusion",
    "includes": "includes",
    "excludes1": "excludes1",
    "excludes2": "excludes2",
    "codeFirst": "code_first",
    "useAdditionalCode": "use_additional",
    "codeAlso": "code_also",
    "notes": "notes",
    "sevenChrNote": "seventh_note",
}
_SEARCHED = (COLUMNS.index("inclusion"), COLUMNS.index("includes"))


class _Reader:
    """Turns elements into records and lines, and counts the codes that they stand for."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.lines: list[Line] = []
        self.rows = 0
        self.billable = 0
        self.faults: list[str] = []
        self._keys: set[str] = set()

    def read_chapter(self, chapter: Element, sections: list[Record]) -> None:
        """Note a chapter and the sections in it, which are complete before it is."""
        key = CHAPTER + read_text(chapter.find("name"))
        self._note(key, key)
        self.records.append(self._make_record(chapter, key, "", "0", ""))
        place = COLUMNS.index("parent")
        for section in sections:
            fields = (*section.fields[:place], key, *section.fields[place + 1 :])
            self.records.append(section._replace(fields=fields))

    def read_section(self, section: Element) -> Record:
        """Note the codes of a section. Return its record, which lacks its chapter."""
        key = SECTION + section.get("id", "")
        self._note(key, key)
        waiting = [(diag, key, "") for diag in section.iterfind("diag")]
        while waiting:
            diag, parent, defined = waiting.pop()
            code = read_text(diag.find("name"))
            self._note(code, parent)
            defined = self._read_definitions(diag) or defined
            children = diag.findall("diag")
            waiting += [(child, code, defined) for child in children]
            characters = ""
            if not children and defined and len(code) <= CHARACTERS:  # with its dot: it lacks the 7th
                characters = list_characters(code, defined)
            is_billable = not children and not characters
            record = self._make_record(diag, code, parent, "1" if is_billable else "0", characters)
            self.records.append(record)
            self.rows += 1 + len(characters)
            self.billable += is_billable + len(characters)
            self.lines.append(Line(code, "title", record.fields[0]))
            for text in map(record.fields.__getitem__, _SEARCHED):
                if text:
                    self.lines += [Line(code, "inclusion", term) for term in text.split("\n")]
        return self._make_record(section, key, "", "0", "")

    def _read_definitions(self, diag: Element) -> str:
        definitions = diag.find("sevenChrDef")
        return "" if definitions is None else "".join(extension.get("char", "") for extension in definitions)

    def _make_record(self, element: Element, key: str, parent: str, billable: str, characters: str) -> Record:
        notes = dict.fromkeys(NOTES, "")
        title, meanings = "", ""
        for child in element:
            tag = child.tag
            if tag == "desc":
                title = read_text(child)
            elif tag in _NOTES:
                texts = [notes[_NOTES[tag]], *map(read_text, child.iterfind("note"))]
                notes[_NOTES[tag]] = "\n".join(filter(None, texts))
            elif tag == "sevenChrDef":
                meanings = self._read_meanings(child, key)
        if not title:
            self.faults.append(f"{key} has no text")
        return Record(key, "", (title, billable, parent, characters, meanings, *notes.values()))

    def _read_meanings(self, definitions: Element, key: str) -> str:
        meanings = []
        for extension in definitions.iterfind("extension"):
            character = extension.get("char", "")
            if not _CHARACTER.fullmatch(character):
                self.faults.append(f"{key} has {character!r} for a 7th character")
            meanings.append(f"{character} {read_text(extension)}")
        return "\n".join(meanings)

    def _note(self, key: str, parent: str) -> None:
        """Note a key. What is no code, comes twice, or is not below its parent is a fault."""
        if parent != key and not _CODE.fullmatch(key):
            self.faults.append(f"{key!r} is no code")
        elif parent != key and not parent.startswith(SECTION) and not (key.startswith(parent) and key != parent):
            self.faults.append(f"{key} stands below {parent}")
        if key in self._keys:
            self.faults.append(f"{key} comes twice")
        self._keys.add(key)


def matches(source: Source) -> bool:
    """Return whether a file is a tabular list."""
    return is_root(source, _ROOT)


def read(source: Source, release: str | None) -> Content:
    """Return the codes, sections and chapters of a file. Raise FileError where it is not as NCHS ships it."""
    reader = _Reader()
    version = ""
    sections: list[Record] = []
    for element in iter_elements(source, {"version", "section", "chapter"}):
        if element.tag == "version":
            version = read_text(element)
        elif element.tag == "section":
            sections.append(reader.read_section(element))
        else:
            reader.read_chapter(element, sections)
            sections = []
    _raise_faults(source, reader.faults)
    if not reader.records:
        raise FileError(f"{source.name}: has no chapters", hint="take the file as NCHS ships it")
    year = _YEAR.search(version)
    if not year:
        raise FileError(f"{source.name}: has no version that names its year", hint="take the file as NCHS ships it")
    warning = check_totals(source.name, year[0], reader.rows, reader.billable)
    given = (release or "").removeprefix("FY")
    return Content(
        *(SET, year[0], COLUMNS, reader.records, reader.lines),
        part="tabular",
        details={"codes": str(reader.rows), "billable": str(reader.billable), "version": version},
        said=f"its version says {year[0]}, not {given}" if given and given != year[0] else "",
        warnings=(warning,) if warning else (),
    )


def _raise_faults(source: Source, faults: Iterable[str]) -> None:
    named = [*faults]
    if named:
        more = f"; and {len(named) - MAX_FAULTS_NAMED:,} more" if len(named) > MAX_FAULTS_NAMED else ""
        text = "; ".join(named[:MAX_FAULTS_NAMED])
        raise FileError(f"{source.name}: refused: {text}{more}", hint="take the file as NCHS ships it")
