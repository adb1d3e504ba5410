"""The tables of a compiled library."""

from __future__ import annotations

# Part of the fingerprint: a change of the tables below raises it, and every older file is compiled anew.
SCHEMA = 1

TABLES = """
CREATE TABLE meta (fingerprint TEXT NOT NULL, dataset TEXT NOT NULL);
CREATE TABLE entry (
    code TEXT PRIMARY KEY, title TEXT NOT NULL, category TEXT NOT NULL, verification TEXT NOT NULL,
    library TEXT NOT NULL, body TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE line (id INTEGER PRIMARY KEY, code TEXT NOT NULL, section TEXT NOT NULL, text TEXT NOT NULL);
CREATE VIRTUAL TABLE line_word USING fts5 (words, content = '', tokenize = "unicode61 remove_diacritics 2");
CREATE TABLE word (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE);
CREATE VIRTUAL TABLE word_stem USING fts5 (word, content = '', tokenize = "porter unicode61 remove_diacritics 2");
"""
