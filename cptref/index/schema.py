"""The tables of a compiled library, and the seal by which damage to a row is noticed."""

from __future__ import annotations

from sqlite3 import DatabaseError
from typing import Any
from zlib import crc32

# Part of `made_from`: a change of the tables below, or of what is put into them, raises it, and every older file is
# compiled anew.
SCHEMA_VERSION = 4

# The last column of a row that is answered from is its seal. SQLite notices a damaged page where its structure breaks,
# and not where a letter has become another.
#
# source has the state of every source file, by which a change is noticed; fault what was left out, with
# the path as it is and the file as it is shown. body has an article
# as its file says it, in JSON, and note what the coder noted on its code; entry_lines has the first and the last line
# of an entry, line_column what is known of all lines, in arrays (lines.py).
# word has every word of the lines and of the vocabulary, with the stem that it shares with its other forms, and whether
# a line has it or it is everyday language; posting has the lines of a word. term has the vocabulary: the stems of a
# term, in order of the alphabet, and the concept it stands for; narrower has which concept is a kind of which. word and
# narrower have no seal yet: damage there can hide a reading, and alters no line.
TABLES = """
CREATE TABLE meta (made_from TEXT NOT NULL, dataset TEXT NOT NULL, lines INTEGER NOT NULL, seal INTEGER NOT NULL);
CREATE TABLE source (path BLOB PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE fault (
    file TEXT NOT NULL, place TEXT NOT NULL, problem TEXT NOT NULL, path BLOB NOT NULL, seal INTEGER NOT NULL
);
CREATE TABLE modifier_table (body TEXT NOT NULL, seal INTEGER NOT NULL);
CREATE TABLE entry (
    number INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, title TEXT NOT NULL, category TEXT NOT NULL,
    verification TEXT NOT NULL, library TEXT NOT NULL, seal INTEGER NOT NULL
);
CREATE TABLE body (
    code TEXT PRIMARY KEY, body TEXT NOT NULL, library TEXT NOT NULL, seal INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE note (code TEXT NOT NULL, text TEXT NOT NULL, seal INTEGER NOT NULL);
CREATE TABLE line_column (name TEXT PRIMARY KEY, lines BLOB NOT NULL, seal INTEGER NOT NULL);
CREATE TABLE entry_lines (
    entry INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL, seal INTEGER NOT NULL
);
CREATE TABLE word (
    id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE, backwards TEXT NOT NULL, stem TEXT NOT NULL,
    held INTEGER NOT NULL, plain INTEGER NOT NULL
);
CREATE TABLE posting (word TEXT PRIMARY KEY, lines BLOB NOT NULL, seal INTEGER NOT NULL);
CREATE VIRTUAL TABLE word_stem USING fts5 (word, content = '', tokenize = "porter unicode61 remove_diacritics 2");
CREATE TABLE term (
    stems TEXT NOT NULL, concept INTEGER NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL, seal INTEGER NOT NULL
);
CREATE TABLE narrower (broad INTEGER NOT NULL, narrow INTEGER NOT NULL);
"""

# Made when the tables are full, which takes half the time.
INDEXES = (
    "CREATE INDEX note_by_code ON note (code)",
    "CREATE INDEX word_by_end ON word (backwards)",
    "CREATE INDEX word_by_stem ON word (stem, word)",
    "CREATE INDEX term_by_stems ON term (stems)",
    "CREATE INDEX term_by_concept ON term (concept)",
    "CREATE INDEX narrower_by_broad ON narrower (broad)",
    "CREATE INDEX narrower_by_narrow ON narrower (narrow)",
)


def checksum(row: tuple[Any, ...]) -> int:
    """A row's checksum."""
    return crc32(b"\x1f".join(one if isinstance(one, bytes) else str(one).encode() for one in row))


def verified(row: tuple[Any, ...] | None) -> tuple[Any, ...]:
    """A row without its seal. Raises sqlite3.DatabaseError where the row has been damaged or is gone."""
    if row is None or checksum(row[:-1]) != row[-1]:
        raise DatabaseError("a row of the compiled library is damaged")
    return row[:-1]
