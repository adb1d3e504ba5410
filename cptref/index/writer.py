"""Entries and a vocabulary -> one small SQLite file, from which every question is answered.

The file is a cache. Everything in it can be made again, and it is never changed once it is made.
"""

from __future__ import annotations

import json
import os
from array import array
from collections import defaultdict
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from cptref.analysis import STOP_WORDS, TokenCache, acronyms, content_words, term_words
from cptref.checksums import checksum
from cptref.folding import fold
from cptref.index.entries import iter_lines
from cptref.index.schema import INDEXES, INTRO, MAX_LINE_WORDS, SECTION_NUMBERS, TABLES
from cptref.models.article import as_table
from cptref.sections import CATALOGUE
from cptref.stems import stem_words

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from cptref.errors import Fault
    from cptref.models.article import Dataset, ModifierTable, Verification
    from cptref.models.codes import PublishedCode
    from cptref.models.entries import Entry
    from cptref.models.notes import Note
    from cptref.models.vocabulary import Concept, Vocabulary

_BATCH_ENTRIES = 500  # entries stored together
_CACHED_LINES = 8192  # lines remembered with their words: articles on similar procedures repeat many lines
_HEADING_WORDS = {key: frozenset(content_words(section.heading)) for key, section in CATALOGUE.items()}


class IndexWriter:
    """Fills an empty database in one transaction: first `add` each entry, then `finish` with the rest.

    Articles come first and published codes after them, so that the lines of each are a range. Use it in a `with`: an
    error rolls everything back.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._entries: list[
            tuple[Any, ...]
        ] = []  # not stored yet: heading, origin, what it replaces, article, finding, number of lines
        self._entry_count = 0  # stored
        self._article_lines = 0
        self._line_entries = array("I")  # the entry of each line stored
        self._line_places = array("B")  # where each line stands (schema.py)
        self._line_sizes = array("B")  # the content words of each line
        self._postings: dict[str, array[int]] = defaultdict(lambda: array("I"))  # the lines of each word
        self._tokens = TokenCache()
        self._index_words = lru_cache(_CACHED_LINES)(self._list_index_words)

    def __enter__(self) -> IndexWriter:  # noqa: PYI034 - Self is not in typing before Python 3.11
        self._connection.executescript(TABLES)
        self._connection.execute("BEGIN")
        return self

    def __exit__(self, *error: object) -> None:
        if any(error):
            self._connection.rollback()
        else:
            self._connection.commit()

    def add(self, entry: Entry, article: str, finding: Verification | None = None) -> None:
        """Add an entry, the article that it was built from in JSON, and the finding of the bundled one it replaces.

        A title is also found by its acronyms and by the code, and the intro of a section by the words of its heading.
        """
        first = line = len(self._line_sizes)
        index_words, postings, places, sizes = self._index_words, self._postings, self._line_places, self._line_sizes
        for section, position, text in iter_lines(entry):
            size, words = index_words(text)
            places.append(SECTION_NUMBERS[section] if position else SECTION_NUMBERS[section] + INTRO)
            sizes.append(size)
            for word in words:
                postings[word].append(line)
            if not position:
                more = acronyms(text) | {fold(entry.code)} if section == "overview" else _HEADING_WORDS[section]
                for word in more - words:
                    postings[word].append(line)
            line += 1
        if entry.kind == "article":
            self._article_lines = line
        bundled = entry.bundled_verification.status if entry.bundled_verification else ""
        heading = (entry.code, entry.title, entry.category, entry.verification.status, bundled)
        origin = (entry.library, entry.kind)
        finding_json = json.dumps(as_table(finding), default=str, ensure_ascii=False) if finding else ""
        self._entries.append((heading, origin, entry.replaces, article, finding_json, line - first))
        if len(self._entries) >= _BATCH_ENTRIES:
            self._store_entries()

    def finish(  # noqa: PLR0913, PLR0917 - one parameter a kind of thing that is stored
        self,
        provenance: str,
        fingerprints: Mapping[bytes, str],
        dataset: Dataset,
        modifiers: ModifierTable,
        published: Iterable[PublishedCode],
        vocabulary: Vocabulary,
        notes: Iterable[Note],
        faults: Mapping[Fault, str],
    ) -> None:
        """Store everything but the entries. `faults` maps each fault to the path of its file."""
        self._store_entries()
        columns = {"entries": self._line_entries, "places": self._line_places, "sizes": self._line_sizes}
        self._insert("line_column", ((name, column.tobytes()) for name, column in columns.items()))
        self._insert("posting", ((word, lines.tobytes()) for word, lines in self._postings.items()))
        # Capitals are the acronyms of titles, or stop words that are abbreviations.
        indexed = {word for word in self._postings if not word.isupper() or word.casefold() in STOP_WORDS}
        self._store_vocabulary(indexed, vocabulary)
        description = json.dumps(as_table(dataset), default=str, ensure_ascii=False)
        self._insert("meta", [(provenance, description, len(self._line_sizes), self._article_lines)])
        self._insert("modifier_table", [(json.dumps(as_table(modifiers), ensure_ascii=False),)])
        codes = ((code.code, json.dumps(as_table(code), ensure_ascii=False)) for code in published)
        self._insert("published", codes)
        self._insert("note", ((note.code, note.text) for note in notes))
        self._insert("fault", ((*fault, os.fsencode(path)) for fault, path in faults.items()))
        self._connection.executemany("INSERT INTO source VALUES (?, ?)", fingerprints.items())
        for index in INDEXES:
            self._connection.execute(index)

    def _list_index_words(self, text: str) -> tuple[int, frozenset[str]]:
        """Return the number of content words of a line, as far as a byte counts, and the words it is indexed by."""
        size, words = self._tokens.list_index_words(text)
        return min(size, MAX_LINE_WORDS), words

    def _store_entries(self) -> None:
        """Store the entries that are in memory, and number them."""
        items, bodies, ranges = [], [], []
        for heading, origin, replaces, article, finding, lines in self._entries:
            items.append((self._entry_count, *heading, *origin, replaces))
            bodies.append((heading[0], article, *origin, finding))
            ranges.append((self._entry_count, len(self._line_entries), len(self._line_entries) + lines - 1))
            self._line_entries.extend([self._entry_count] * lines)
            self._entry_count += 1
        for table, rows in (("entry", items), ("body", bodies), ("entry_lines", ranges)):
            self._insert(table, rows)
        self._entries.clear()

    def _store_vocabulary(self, indexed: Collection[str], vocabulary: Vocabulary) -> None:
        """Store every word with its stem, and every term with its concept."""
        concepts, common = vocabulary.concepts, {word.casefold() for word in vocabulary.plain.split()}
        terms = [(number, kind, text) for number, concept in enumerate(concepts) for kind, text in _iter_terms(concept)]
        narrower = [(number, text) for number, concept in enumerate(concepts) for text in concept.narrower]
        variants = [text for concept in concepts for text in concept.variants]
        words_of_terms = (
            word
            for text in (*(text for *_, text in terms), *(text for _, text in narrower), *variants)
            for word in term_words(text)
        )
        words = tuple(dict.fromkeys((*indexed, *words_of_terms, *common)))
        roots = dict(zip(words, stem_words(words), strict=True))
        stems = _distinguish_concepts(_join_variants(roots, concepts), concepts)
        rows = ((word, word[::-1], roots[word], stems[word], word in indexed, word in common) for word in words)
        self._connection.executemany("INSERT INTO word VALUES (?, ?, ?, ?, ?, ?)", rows)

        @cache
        def join_stems(text: str) -> str:
            return " ".join(sorted({stems[word] for word in term_words(text)}))

        numbers = {join_stems(text): number for number, kind, text in terms if kind != "abbreviation"}
        for broad, text in narrower:
            narrow = numbers.setdefault(join_stems(text), len(concepts) + len(numbers))
            if narrow >= len(concepts):  # a kind of something that is not a concept of its own
                terms.append((narrow, "name", text))
            self._connection.execute("INSERT INTO narrower VALUES (?, ?)", (broad, narrow))
        rows_of_terms = dict.fromkeys((join_stems(text), number, kind, text) for number, kind, text in terms)
        parts = [("", number, "part", text) for number, concept in enumerate(concepts) for text in concept.parts]
        self._insert("term", (*rows_of_terms, *parts))

    def _insert(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Store rows, each with its checksum."""
        checked = ((*row, checksum(row)) for row in rows)
        if first := next(checked, None):
            sql = f"INSERT INTO {table} VALUES ({', '.join('?' * len(first))})"  # noqa: S608 - names of our own
            self._connection.execute(sql, first)
            self._connection.executemany(sql, checked)


def _iter_terms(concept: Concept) -> Iterator[tuple[str, str]]:
    """Yield the terms of a concept as (kind, text). Variants are forms of a word and so not terms."""
    yield "name", concept.name
    yield from (("synonym", text) for text in concept.synonyms)
    yield from (("abbreviation", text) for text in concept.abbreviations)


def _join_variants(stems: Mapping[str, str], concepts: Iterable[Concept]) -> dict[str, str]:
    """Return the stems with one stem for all variants of a one-word name: feet has the stem of foot."""
    joined = {}
    for concept in concepts:
        name = term_words(concept.name)
        for variant in concept.variants:
            form = term_words(variant)
            if len(form) == len(name) == 1:
                joined[stems[form[0]]] = stems[name[0]]
    return {word: joined.get(stem, stem) for word, stem in stems.items()}


def _distinguish_concepts(stems: dict[str, str], concepts: Iterable[Concept]) -> dict[str, str]:
    """Return the stems with two stems for words that name two concepts: pancreatitis is not a form of pancreas."""
    distinct = dict(stems)
    owners: dict[str, str] = {}
    for concept in concepts:
        for words in (term_words(text) for text in (concept.name, *concept.synonyms)):
            if len(words) == 1 and owners.setdefault(distinct[words[0]], concept.name) != concept.name:
                distinct[words[0]] = words[0]
    return distinct
