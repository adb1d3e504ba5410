"""Entries and vocabulary -> one small SQLite file, from which every question is answered.

The file is a cache. It holds nothing that can't be made again, and is never changed once it is made.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any

from cptref.query import lines
from cptref.query.lines import Line
from cptref.query.tables import TABLES, seal
from cptref.query.words import american, initials, joined, telling, term_words
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Iterator

    from cptref.answers import Entry
    from cptref.concepts import Concept, Vocabulary
    from cptref.model import Dataset, ModifierTable

Held = dict[str, list[int]]  # the lines that each word stands in


def compile_library(  # noqa: PLR0913, PLR0917 - one for each kind of thing that is held
    connection: sqlite3.Connection,
    fingerprint: str,
    dataset: Dataset,
    modifiers: ModifierTable,
    entries: Iterable[Entry],
    vocabulary: Vocabulary,
) -> None:
    """Fill an empty database with all there is; the fingerprint goes in with the rest, in one transaction."""
    connection.executescript(TABLES)
    held: Held = defaultdict(list)
    made: list[Line] = []
    with connection:
        for number, entry in enumerate(entries):
            _entry(connection, number, entry, made, held)
        _insert(connection, "line_column", lines.columns(made).items())
        _insert(connection, "posting", ((word, lines.packed(found)) for word, found in held.items()))
        _vocabulary(connection, {word for word in held if not word.isupper()}, vocabulary)
        about = json.dumps(asdict(dataset), default=str, ensure_ascii=False)
        _insert(connection, "meta", [(about, len(made))])
        _insert(connection, "modifier_table", [(json.dumps(asdict(modifiers), ensure_ascii=False),)])
        connection.execute("INSERT INTO source VALUES (?)", (fingerprint,))


def _entry(connection: sqlite3.Connection, number: int, entry: Entry, made: list[Line], held: Held) -> None:
    """Store an entry and its lines, and note the lines of its words."""
    about = (number, entry.code, entry.title, entry.category, entry.verification.status, entry.library)
    _insert(connection, "entry", [about])
    _insert(connection, "body", [(entry.code, json.dumps(entry._asdict(), default=asdict, ensure_ascii=False))])
    first = len(made)
    rows = []
    for section, place, text in _lines(entry):
        own = term_words(text)
        for word in {*own, *_also(section, place, text)}:
            held[word].append(len(made))
        rows.append((len(made), text))
        made.append(Line(number, section, not place, len(own)))
    _insert(connection, "line", rows)
    _insert(connection, "entry_lines", [(number, first, len(made) - 1)])


def _lines(entry: Entry) -> Iterator[tuple[str, int, str]]:
    """The entry's lines: section, place in it, text. What a section begins with, intro or title, has place 0."""
    for section in entry.sections:
        texts = (entry.title, section.intro) if section.key == "overview" else (section.intro, *section.points)
        yield from ((section.key, place, text) for place, text in enumerate(texts) if text)


def _also(section: str, place: int, text: str) -> Iterator[str]:
    """What a line is found by besides its words: hyphenated ones as one; a title's initials, an intro's heading."""
    yield from (one.word for one in joined(text))
    if not place:
        yield from initials(text) if section == "overview" else telling(CATALOGUE[section].heading)


def _vocabulary(connection: sqlite3.Connection, held: Collection[str], vocabulary: Vocabulary) -> None:
    """Store every word with its stem, and every term with the concept it stands for."""
    concepts, plain = vocabulary.concepts, {word.casefold() for word in vocabulary.plain.split()}
    terms = [(number, kind, text) for number, concept in enumerate(concepts) for kind, text in _terms(concept)]
    narrower = [(number, text) for number, concept in enumerate(concepts) for text in concept.narrower]
    variants = [text for concept in concepts for text in concept.variants]
    told = (
        word
        for text in (*(text for *_, text in terms), *(text for _, text in narrower), *variants)
        for word in term_words(text)
    )
    stems = _stems(connection, tuple(dict.fromkeys((*held, *told, *plain))), concepts)
    rows = ((word, word[::-1], stem, word in held, word in plain) for word, stem in stems.items())
    connection.executemany("INSERT INTO word (word, backwards, stem, held, plain) VALUES (?, ?, ?, ?, ?)", rows)

    @cache
    def key(text: str) -> str:
        return " ".join(sorted({stems[word] for word in term_words(text)}))

    known = {key(text): number for number, kind, text in terms if kind != "abbreviation"}
    for broad, text in narrower:
        narrow = known.setdefault(key(text), len(concepts) + len(known))
        if narrow >= len(concepts):  # a kind of something that is no concept of its own
            terms.append((narrow, "name", text))
        connection.execute("INSERT INTO narrower VALUES (?, ?)", (broad, narrow))
    rows_of_terms = dict.fromkeys((key(text), number, kind, text) for number, kind, text in terms)
    parts = [("", number, "part", text) for number, concept in enumerate(concepts) for text in concept.parts]
    _insert(connection, "term", (*rows_of_terms, *parts))


def _terms(concept: Concept) -> Iterator[tuple[str, str]]:
    """The terms of a concept with their kind. Variants are forms of a word, and so no terms."""
    yield "name", concept.name
    yield from (("synonym", text) for text in concept.synonyms)
    yield from (("abbreviation", text) for text in concept.abbreviations)


def _stems(connection: sqlite3.Connection, known: tuple[str, ...], concepts: Iterable[Concept]) -> dict[str, str]:
    """The stem of each word: as SQLite's Porter stemmer has it, and one for all the variants of a word.

    Words that name two concepts have two stems, whatever the stemmer says: pancreatitis is no form of pancreas.
    """
    spelt = ((number, american(word)) for number, word in enumerate(known, 1))
    connection.executemany("INSERT INTO word_stem (rowid, word) VALUES (?, ?)", spelt)
    connection.execute("CREATE VIRTUAL TABLE temp.stems USING fts5vocab (main, word_stem, instance)")
    pieces: dict[str, list[str]] = defaultdict(list)
    for stem, number in connection.execute("SELECT term, doc FROM temp.stems"):
        pieces[known[number - 1]].append(stem)
    connection.execute("DROP TABLE temp.stems")
    # What the stemmer takes for several words, as it does a fraction, is a stem of its own.
    stems = {word: pieces[word][0] if len(pieces[word]) == 1 else word for word in known}
    same = {
        stems[form]: stems[word]
        for concept in concepts
        for variant in concept.variants
        for form, word in zip(term_words(variant), term_words(concept.name), strict=True)
    }
    stems = {word: same.get(stem, stem) for word, stem in stems.items()}
    owners: dict[str, str] = {}
    for concept in concepts:
        for one in (term_words(text) for text in (concept.name, *concept.synonyms)):
            if len(one) == 1 and owners.setdefault(stems[one[0]], concept.name) != concept.name:
                stems[one[0]] = one[0]
    return stems


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Store rows, each with its seal."""
    sealed = ((*row, seal(row)) for row in rows)
    if first := next(sealed, None):
        marks = ", ".join("?" * len(first))
        connection.execute(f"INSERT INTO {table} VALUES ({marks})", first)  # noqa: S608 - names of our own
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", sealed)  # noqa: S608 - the same
