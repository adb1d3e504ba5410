"""The rows of a workbook, read as a stream without a tree: no cell or row of any size takes more than its text.

A cell is text as it stands, a number as it is stored (`0`, `31.5`). Empty rows are not in the file, so each row comes
with its own number.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from xml.parsers import expat

from cptref.errors import FileError

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator

MAX_COLUMNS = 256  # the widest table of CMS has 48
MAX_SHEET_BYTES = 64 << 20  # unpacked; the fee schedule has 22 MB
MAX_STRINGS_BYTES = 16 << 20  # of shared strings unpacked, all in memory; HCPCS has 1.3 MB
BLOCK_BYTES = 65_536
_DIGITS = "0123456789"
_STRINGS = "xl/sharedStrings.xml"
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")


def iter_rows(archive: zipfile.ZipFile, name: str, strings: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the cells of each row of the first sheet. Raise FileError for what is no sheet.

    `strings` is filled with the shared strings of the workbook, and spares parsing them again the next time.
    """
    members = {info.filename: info for info in archive.infolist()}
    sheet = min(filter(_SHEET.fullmatch, members), key=lambda path: (len(path), path), default=None)
    if sheet is None:
        raise FileError(f"{name}: is a workbook without a sheet")
    try:
        if _STRINGS in members and not strings:
            shared = _Strings()
            for _ in _parse(archive, members[_STRINGS], shared, name, MAX_STRINGS_BYTES):
                pass
            strings += shared.texts
        rows = _Rows(strings)
        for _ in _parse(archive, members[sheet], rows, name, MAX_SHEET_BYTES):
            yield from rows.take()
    except (expat.ExpatError, IndexError, ValueError, KeyError) as error:
        raise FileError(f"{name}: is no workbook that can be read: {error}") from error


def _parse(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, handler: _Strings | _Rows, name: str, max_bytes: int
) -> Iterator[None]:
    """Let a handler see a part of a workbook, and yield after each block of it."""
    if info.file_size > max_bytes or info.flag_bits & 1:  # zipfile reads no more than is stated
        raise FileError(f"{name}: unpacks to {info.file_size:,} bytes, more than any file of a code set")
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.add_text
    parser.StartDoctypeDeclHandler = _refuse_entities
    with archive.open(info) as file:
        while block := file.read(BLOCK_BYTES):
            parser.Parse(block)
            yield
    parser.Parse(b"", True)  # noqa: FBT003 - its signature
    yield


def _refuse_entities(*_: object) -> None:
    raise ValueError("it has a document type")


class _Strings:
    """Collects the texts that cells name by number."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._pieces: list[str] = []
        self._is_text = False

    def start(self, tag: str, _: dict[str, str]) -> None:
        self._is_text = tag.rpartition(":")[2] == "t"

    def add_text(self, text: str) -> None:
        if self._is_text:
            self._pieces.append(text)

    def end(self, tag: str) -> None:
        self._is_text = False
        if tag.rpartition(":")[2] == "si":
            self.texts.append("".join(self._pieces))
            self._pieces.clear()


class _Rows:
    """Collects the rows of a sheet."""

    def __init__(self, strings: list[str]) -> None:
        self._strings = strings
        self._rows: list[tuple[int, list[str]]] = []
        self._number = 0
        self._cells: list[str] = []
        self._column = 0
        self._is_shared = False
        self._is_text = False
        self._pieces: list[str] = []

    def take(self) -> list[tuple[int, list[str]]]:
        """Return the rows that are whole, and forget them."""
        rows, self._rows = self._rows, []
        return rows

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if ":" in tag:
            tag = tag.rpartition(":")[2]
        self._is_text = tag in {"v", "t"}
        if tag == "c":
            letters = attributes.get("r", "").rstrip(_DIGITS)
            self._column = _find_column(letters) if letters else len(self._cells)
            self._is_shared = attributes.get("t") == "s"
            self._pieces.clear()
        elif tag == "row":
            self._number = int(attributes.get("r") or self._number + 1)
            self._cells = []

    def add_text(self, text: str) -> None:
        if self._is_text:
            self._pieces.append(text)

    def end(self, tag: str) -> None:
        self._is_text = False
        if ":" in tag:
            tag = tag.rpartition(":")[2]
        if tag == "c":
            text = "".join(self._pieces)
            if self._is_shared:
                text = self._strings[int(text)]
            if len(self._cells) <= self._column < MAX_COLUMNS:
                self._cells += [""] * (self._column - len(self._cells))
                self._cells.append(text)
        elif tag == "row":
            self._rows.append((self._number, self._cells))


@lru_cache(maxsize=MAX_COLUMNS)
def _find_column(letters: str) -> int:
    """Return a column from 0: 2 for C. What is no letter from A to Z leads to no column."""
    column = 0
    for letter in letters[:4]:
        column = column * 26 + ord(letter) - 64 if "A" <= letter <= "Z" else MAX_COLUMNS
    return column - 1
