"""The tables of a compiled library, and the seal by which damage to a row is noticed."""

from __future__ import annotations

from sqlite3 import DatabaseError
from typing import Any
from zlib import crc32

# Part of the fingerprint: a change of the tables below, or of what entries.py and words.py put into them, raises it,
# and every older file is compiled anew.
SCHEMA = 1

# The last column of a row that is answered from is its seal. SQLite notices a damaged page where its structure breaks,
# and not where a letter has become another.
TABLES = """
CREATE TABLE meta (fingerprint TEXT NOT NULL, dataset TEXT NOT NULL, lines INTEGER NOT NULL, seal INTEGER NOT NULL);
CREATE TABLE entry (
    code TEXT PRIMARY KEY, title TEXT NOT NULL, category TEXT NOT NULL, verification TEXT NOT NULL,
    library TEXT NOT NULL, seal INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE body (code TEXT PRIMARY KEY, body TEXT NOT NULL, seal INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE line (
    id INTEGER PRIMARY KEY, code TEXT NOT NULL, section TEXT NOT NULL, text TEXT NOT NULL, seal INTEGER NOT NULL
);
CREATE VIRTUAL TABLE line_word USING fts5 (words, content = '', tokenize = "unicode61 remove_diacritics 2");
CREATE TABLE word (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE);
CREATE VIRTUAL TABLE word_stem USING fts5 (word, content = '', tokenize = "porter unicode61 remove_diacritics 2");
"""


def seal(row: tuple[Any, ...]) -> int:
    """A row's checksum."""
    return crc32("\x1f".join(map(str, row)).encode())


def unsealed(row: tuple[Any, ...] | None) -> tuple[Any, ...]:
    """A row without its seal. Raises sqlite3.DatabaseError where the row has been damaged or is gone."""
    if row is None or seal(row[:-1]) != row[-1]:
        raise DatabaseError("a row of the compiled library is damaged")
    return row[:-1]
