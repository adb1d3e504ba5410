"""Indexes in memory, for tests of single steps of the search and for tests/evaluate.py."""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from typing import TYPE_CHECKING

from cptref.index.entries import EntrySource, build_entry
from cptref.index.reader import IndexReader
from cptref.index.writer import IndexWriter
from cptref.models.article import Article, Dataset, ModifierTable, Notices, Section, as_table
from cptref.models.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cptref.models.vocabulary import Concept

DATASET = Dataset(
    version="0", released=date(2026, 1, 1), license="", sources=(), notices=Notices(trademark="", advice="")
)
NO_MODIFIERS = ModifierTable(modifiers=())


def build_index(articles: Iterable[Article], vocabulary: Vocabulary, *, titles_only: bool = False) -> IndexReader:
    """Return a reader of an index of these articles, or of only their titles. The caller closes it."""
    connection = sqlite3.connect(":memory:")
    with IndexWriter(connection) as writer:
        for article in articles:
            entry = build_entry(EntrySource("article", article, "own"), NO_MODIFIERS)
            body = json.dumps(as_table(article), default=str)
            writer.add(entry._replace(sections=()) if titles_only else entry, body)
        writer.finish("test", {}, DATASET, NO_MODIFIERS, (), vocabulary, (), {})
    return IndexReader(connection)


def build_symptom_index(
    symptoms: Mapping[str, Sequence[str]], concepts: Sequence[Concept], common_words: str
) -> IndexReader:
    """Return a reader of an index of these symptoms by code, with a vocabulary of these concepts and common words."""
    articles = (
        Article(
            code=code,
            title="Untitled",
            category="None",
            sections=(Section(key="symptoms", points=tuple(points)),),
        )
        for code, points in symptoms.items()
    )
    return build_index(articles, Vocabulary(concepts=tuple(concepts), plain=common_words))
