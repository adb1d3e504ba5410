"""Builds an index in memory, for tests of single steps of the search."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

from cptref.index.entries import build_entry
from cptref.index.reader import IndexReader
from cptref.index.writer import IndexWriter
from cptref.models.article import Article, Dataset, ModifierTable, Notices, Section
from cptref.models.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cptref.models.vocabulary import Concept

DATASET = Dataset(
    version="0", released=date(2026, 1, 1), licence="", sources=(), notices=Notices(trademark="", advice="")
)


def build_reader(
    symptoms: Mapping[str, Sequence[str]], concepts: Sequence[Concept] = (), common_words: str = ""
) -> IndexReader:
    """Return a reader of an index of these symptoms by code, with a vocabulary of these concepts and common words."""
    connection = sqlite3.connect(":memory:")
    modifiers = ModifierTable(modifiers=())
    vocabulary = Vocabulary(concepts=tuple(concepts), plain=common_words)
    with IndexWriter(connection) as writer:
        for code, points in symptoms.items():
            section = Section(key="symptoms", points=tuple(points))
            article = Article(code=code, title="Untitled", category="None", sections=(section,))
            writer.add(build_entry(article, "own", modifiers), json.dumps(asdict(article), default=str))
        writer.finish("test", {}, DATASET, modifiers, vocabulary, (), {})
    return IndexReader(connection)
