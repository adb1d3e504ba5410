"""The lines of a compiled library by number, in the order in which they are shown.

What ranking asks of every line (its entry, its section, how many words it has) is held in arrays of one item a line,
since a common word stands in a hundred thousand of them.
"""

from __future__ import annotations

from array import array
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from cptref.query.tables import unsealed
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable

_KEYS = tuple(CATALOGUE)
_INTRO = 128  # added to the number of the section of a line that it begins with
LONGEST = 255  # telling words; a longer line counts as one of so many


class Line(NamedTuple):
    """A line to be compiled: the number of its entry, its section, whether it is what that begins with, its size."""

    entry: int
    section: str
    intro: bool
    size: int


def packed(lines: Iterable[int]) -> bytes:
    """Numbers as they are stored: four bytes each."""
    return array("I", lines).tobytes()


def columns(lines: Iterable[Line]) -> dict[str, bytes]:
    """What is held of the lines, each in an array."""
    entries, sections, sizes = array("I"), array("B"), array("B")
    for line in lines:
        entries.append(line.entry)
        sections.append(_KEYS.index(line.section) + _INTRO * line.intro)
        sizes.append(min(line.size, LONGEST))
    return {"entries": entries.tobytes(), "sections": sections.tobytes(), "sizes": sizes.tobytes()}


class Lines:
    """The lines of a library: within some sections where any are named, and without intros where only points count."""

    def __init__(self, connection: sqlite3.Connection, sections: Collection[str] = (), *, points: bool = False) -> None:
        self._connection = connection
        kinds = {_KEYS.index(key) for key in sections}
        self._kinds = frozenset(kinds if points else kinds | {kind + _INTRO for kind in kinds})

    @property
    def entries(self) -> array[int]:
        """The number of each line's entry."""
        return _column(self._connection, "entries", "I")

    @property
    def sizes(self) -> array[int]:
        """How many telling words each line has."""
        return _column(self._connection, "sizes", "B")

    @property
    def _sections(self) -> array[int]:
        return _column(self._connection, "sections", "B")

    def section(self, line: int) -> str:
        """The key of the section a line stands in."""
        return _KEYS[self._sections[line] % _INTRO]

    def of_word(self, word: str) -> array[int]:
        """The lines that have just this word."""
        row = self._connection.execute("SELECT * FROM posting WHERE word = ?", (word,)).fetchone()
        found = array("I", unsealed(row)[1] if row else b"")
        if not self._kinds:
            return found
        kinds, sections = self._kinds, self._sections
        return array("I", [line for line in found if sections[line] in kinds])

    def of_entry(self, entry: int) -> range:
        """The lines of an entry."""
        row = self._connection.execute("SELECT * FROM entry_lines WHERE entry = ?", (entry,)).fetchone()
        _, first, last = unsealed(row)
        return range(first, last + 1)

    def text(self, line: int) -> str:
        """The text of a line."""
        row = self._connection.execute("SELECT * FROM line WHERE id = ?", (line,)).fetchone()
        return str(unsealed(row)[1])


@lru_cache(maxsize=3)  # what an open library is asked about every line, kept from one question to the next
def _column(connection: sqlite3.Connection, name: str, kind: Literal["B", "I"]) -> array[int]:
    row = connection.execute("SELECT * FROM line_column WHERE name = ?", (name,)).fetchone()
    return array(kind, unsealed(row)[1])
