"""Entries and vocabulary -> one small SQLite file, from which every question is answered.

The file is a cache. It holds nothing that can't be made again, and is never changed once it is made.
"""

from __future__ import annotations

import json
import os
from array import array
from collections import defaultdict
from dataclasses import asdict
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, Any

from cptref.analysis import TokenCache, acronyms, content_words, hyphenated, normalize_spelling, term_words
from cptref.index.entries import iter_lines
from cptref.index.reader import INTRO, KINDS, LONGEST
from cptref.index.schema import INDEXES, TABLES, checksum
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from cptref.errors import Fault
    from cptref.models.article import Dataset, ModifierTable, Note
    from cptref.models.results import Entry
    from cptref.models.vocabulary import Concept, Vocabulary

_BATCH = 500  # entries that are stored together
_LONGEST_WORD = 1000  # letters: SQLite's stemmer cuts what is longer than 32 KiB, wherever that is in a letter
_PAIR = 2  # a form of a word, and the word
_OFTEN = 8192  # lines that are remembered with their words: articles on like procedures say many things alike
_HEADINGS = {key: frozenset(content_words(one.heading)) for key, one in CATALOGUE.items()}

Packed = tuple[list[tuple[Any, ...]], bytes, bytes, dict[str, bytes]]


class Segment:
    """Entries in order, and where their words stand: in memory, to be stored or handed on."""

    def __init__(self) -> None:
        self.rows: list[tuple[Any, ...]] = []  # code, title, category, status, library, article as JSON, count of lines
        self.kinds = array("B")  # of each line (lines.py)
        self.sizes = array("B")  # the telling words of each
        self.held: dict[str, array[int]] = defaultdict(lambda: array("I"))  # the lines that each word stands in
        self._words = lru_cache(_OFTEN)(partial(_words, TokenCache()))

    def add(self, entry: Entry, article: str) -> None:
        """Add an entry, which was made of this article in JSON.

        A title is found by its initials too, what a section begins with by the heading.
        """
        first = line = len(self.sizes)
        words_of, held, kinds, sizes = self._words, self.held, self.kinds, self.sizes
        for section, place, text in iter_lines(entry):
            size, own = words_of(text)
            kinds.append(KINDS[section] if place else KINDS[section] + INTRO)
            sizes.append(size)
            for word in own:
                held[word].append(line)
            if not place:
                more = acronyms(text) if section == "overview" else _HEADINGS[section]
                for word in more - own:
                    held[word].append(line)
            line += 1
        about = (entry.code, entry.title, entry.category, entry.verification.status, entry.library)
        self.rows.append((*about, article, line - first))

    def packed(self) -> Packed:
        """All of it as plain values."""
        held = {word: found.tobytes() for word, found in self.held.items()}
        return self.rows, self.kinds.tobytes(), self.sizes.tobytes(), held

    def append(self, packed: Packed) -> None:
        """Add the entries of another part behind those of this one."""
        rows, kinds, sizes, held = packed
        first = len(self.sizes)
        self.rows += rows
        self.kinds.frombytes(kinds)
        self.sizes.frombytes(sizes)
        for word, found in held.items():
            self.held[word].extend([first + line for line in array("I", found)])


def _words(pieces: TokenCache, text: str) -> tuple[int, frozenset[str]]:
    """How many telling words a line has, and the words it is found by: hyphenated ones as one too."""
    own = pieces.words(text)
    may_be_hyphenated = "-" in text or not text.isascii()
    return min(len(own), LONGEST), own.union(one.word for one in hyphenated(text)) if may_be_hyphenated else own


class IndexWriter:
    """Fills an empty database with entries and then with the rest; in one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._part = Segment()
        self._entries = array("I")  # the number of each line's entry
        self._count = 0

    def __enter__(self) -> IndexWriter:  # noqa: PYI034 - Self is not in typing before Python 3.11
        self._connection.executescript(TABLES)
        self._connection.execute("BEGIN")
        return self

    def __exit__(self, *error: object) -> None:
        if any(error):
            self._connection.rollback()
        else:
            self._connection.commit()

    def add(self, entry: Entry, article: str) -> None:
        """Add an entry, which was made of this article in JSON."""
        self._part.add(entry, article)
        if len(self._part.rows) >= _BATCH:
            self._flush()

    def append(self, packed: Packed) -> None:
        """Add the entries of a part."""
        self._part.append(packed)
        self._flush()

    def finish(  # noqa: PLR0913, PLR0917 - one for each kind of thing that is held
        self,
        made_from: str,
        sources: Mapping[bytes, str],
        dataset: Dataset,
        modifiers: ModifierTable,
        vocabulary: Vocabulary,
        notes: Iterable[Note],
        faults: Mapping[Fault, str],
    ) -> None:
        """Store all the rest."""
        self._flush()
        connection, part = self._connection, self._part
        columns = {"entries": self._entries, "kinds": part.kinds, "sizes": part.sizes}
        _insert(connection, "line_column", ((name, column.tobytes()) for name, column in columns.items()))
        _insert(connection, "posting", ((word, found.tobytes()) for word, found in part.held.items()))
        _vocabulary(connection, {word for word in part.held if not word.isupper()}, vocabulary)
        about = json.dumps(asdict(dataset), default=str, ensure_ascii=False)
        _insert(connection, "meta", [(made_from, about, len(part.sizes))])
        _insert(connection, "modifier_table", [(json.dumps(asdict(modifiers), ensure_ascii=False),)])
        _insert(connection, "note", ((note.code, note.text) for note in notes))
        _insert(connection, "fault", ((*fault, os.fsencode(path)) for fault, path in faults.items()))
        connection.executemany("INSERT INTO source VALUES (?, ?)", sources.items())
        for index in INDEXES:
            connection.execute(index)

    def _flush(self) -> None:
        """Store the entries that are held in memory, and number them."""
        entries, bodies, places = [], [], []
        for code, title, category, status, library, article, count in self._part.rows:
            entries.append((self._count, code, title, category, status, library))
            bodies.append((code, article, library))
            places.append((self._count, len(self._entries), len(self._entries) + count - 1))
            self._entries.extend([self._count] * count)
            self._count += 1
        for table, rows in (("entry", entries), ("body", bodies), ("entry_lines", places)):
            _insert(self._connection, table, rows)
        self._part.rows.clear()


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
    spelt = ((number, normalize_spelling(word)) for number, word in enumerate(known, 1) if len(word) <= _LONGEST_WORD)
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
        for forms in [(*term_words(variant), *term_words(concept.name))]
        if len(forms) == _PAIR
        for form, word in [forms]
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
    sealed = ((*row, checksum(row)) for row in rows)
    if first := next(sealed, None):
        marks = ", ".join("?" * len(first))
        connection.execute(f"INSERT INTO {table} VALUES ({marks})", first)  # noqa: S608 - names of our own
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", sealed)  # noqa: S608 - the same
