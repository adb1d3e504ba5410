"""Entries -> one small SQLite file with FTS5, from which every question is answered.

The file is a cache. It holds nothing that can't be made again, and is never changed once it is made.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from cptref.query.tables import TABLES
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
    with connection:
        for entry in entries:
            _add(connection, entry, known)
        connection.executemany("INSERT INTO word (word) VALUES (?)", ((word,) for word in known))
        connection.execute("INSERT INTO word_stem (rowid, word) SELECT id, word FROM word")
        about = json.dumps(asdict(dataset), default=str, ensure_ascii=False)
        connection.execute("INSERT INTO meta VALUES (?, ?)", (fingerprint, about))


def _add(connection: sqlite3.Connection, entry: Entry, known: dict[str, None]) -> None:
    body = json.dumps(entry._asdict(), default=asdict, ensure_ascii=False)
    connection.execute(
        "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)",
        (entry.code, entry.title, entry.category, entry.verification.status, entry.library, body),
    )
    for section in entry.sections:
        title = (entry.title,) if section.key == "overview" else ()
        for text in (*title, *filter(None, (section.intro,)), *section.points):
            found = [word.word for word in words(text)]
            known.update(dict.fromkeys(found))
            row = connection.execute(
                "INSERT INTO line (code, section, text) VALUES (?, ?, ?)", (entry.code, section.key, text)
            )
            connection.execute("INSERT INTO line_word (rowid, words) VALUES (?, ?)", (row.lastrowid, " ".join(found)))
