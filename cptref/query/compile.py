"""Entries -> one small SQLite file with FTS5, from which every question is answered.

The file is a cache. It holds nothing that can't be made again, and is never changed once it is made.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from cptref.query.tables import TABLES, seal
from cptref.query.words import words

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from cptref.model import Dataset, Entry


def compile_library(
    connection: sqlite3.Connection, fingerprint: str, dataset: Dataset, entries: Iterable[Entry]
) -> None:
    """Fill an empty database with the entries; the fingerprint goes in with the rest, in one transaction."""
    connection.executescript(TABLES)
    known: dict[str, None] = {}
    lines = 0
    with connection:
        for entry in entries:
            lines = _add(connection, entry, known, lines)
        connection.executemany("INSERT INTO word (word) VALUES (?)", ((word,) for word in known))
        connection.execute("INSERT INTO word_stem (rowid, word) SELECT id, word FROM word")
        about = json.dumps(asdict(dataset), default=str, ensure_ascii=False)
        _insert(connection, "meta", (fingerprint, about, lines))


def _add(connection: sqlite3.Connection, entry: Entry, known: dict[str, None], last: int) -> int:
    """Store an entry and note its words; lines are numbered on from the last one. Return the number of its last."""
    _insert(connection, "entry", (entry.code, entry.title, entry.category, entry.verification.status, entry.library))
    _insert(connection, "body", (entry.code, json.dumps(entry._asdict(), default=asdict, ensure_ascii=False)))
    lines = [
        (section.key, text)
        for section in entry.sections
        for text in (entry.title if section.key == "overview" else "", section.intro, *section.points)
        if text
    ]
    for number, (section, text) in enumerate(lines, last + 1):
        found = [word.word for word in words(text)]
        known.update(dict.fromkeys(found))
        _insert(connection, "line", (number, entry.code, section, text))
        connection.execute("INSERT INTO line_word (rowid, words) VALUES (?, ?)", (number, " ".join(found)))
    return last + len(lines)


def _insert(connection: sqlite3.Connection, table: str, row: tuple[object, ...]) -> None:
    """Store a row with its seal."""
    marks = ", ".join("?" * (len(row) + 1))
    connection.execute(f"INSERT INTO {table} VALUES ({marks})", (*row, seal(row)))  # noqa: S608 - names of our own
