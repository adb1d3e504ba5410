"""The lines of a compiled library by number, in the order in which they are shown.

What ranking asks of every line (its entry, its section, how many words it has) is held in arrays of one item a line,
since a common word stands in a hundred thousand of them.
"""

from __future__ import annotations

from array import array
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from cptref.index.entries import iter_lines
from cptref.index.held import read_entry
from cptref.index.schema import verified
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection

_KEYS = tuple(CATALOGUE)
KINDS = {key: number for number, key in enumerate(_KEYS)}  # what is held of a line's place
INTRO = 128  # added for a line that its section begins with
LONGEST = 255  # telling words; a longer line counts as one of so many


class LineReader:
    """The lines of a library: within some sections where any are named, and without intros where only points count."""

    def __init__(self, connection: sqlite3.Connection, sections: Collection[str] = (), *, points: bool = False) -> None:
        self._connection = connection
        kinds = {KINDS[key] for key in sections}
        self._kinds = frozenset(kinds if points else kinds | {kind + INTRO for kind in kinds})

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
        return _column(self._connection, "kinds", "B")

    def section(self, line: int) -> str:
        """The key of the section a line stands in."""
        return _KEYS[self._sections[line] % INTRO]

    def of_word(self, word: str) -> array[int]:
        """The lines that have just this word."""
        row = self._connection.execute("SELECT * FROM posting WHERE word = ?", (word,)).fetchone()
        found = array("I", verified(row)[1] if row else b"")
        if not self._kinds:
            return found
        kinds, sections = self._kinds, self._sections
        return array("I", [line for line in found if sections[line] in kinds])

    def of_entry(self, entry: int) -> range:
        """The lines of an entry."""
        row = self._connection.execute("SELECT * FROM entry_lines WHERE entry = ?", (entry,)).fetchone()
        _, first, last = verified(row)
        return range(first, last + 1)

    def text(self, line: int) -> str:
        """The text of a line."""
        entry = self.entries[line]
        return _texts(self._connection, entry)[line - self.of_entry(entry).start]


@lru_cache(maxsize=3)  # what an open library is asked about every line, kept from one question to the next
def _column(connection: sqlite3.Connection, name: str, kind: Literal["B", "I"]) -> array[int]:
    row = connection.execute("SELECT * FROM line_column WHERE name = ?", (name,)).fetchone()
    return array(kind, verified(row)[1])


@lru_cache(maxsize=64)  # lines that are asked for one after the other are of a few entries
def _texts(connection: sqlite3.Connection, entry: int) -> tuple[str, ...]:
    select = "SELECT body.* FROM entry JOIN body USING (code) WHERE number = ?"
    row = connection.execute(select, (entry,)).fetchone()
    return tuple(text for *_, text in iter_lines(read_entry(connection, row)))
