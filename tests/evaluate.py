"""`python -m tests.evaluate FILE.tsv`: how often the search finds what is meant, beside three plain scorers.

The file is tab-separated with a header; its first two columns are a query and the target that who types it should find.
Every different target becomes an entry with this title and nothing else, the vocabulary is the bundled one, and each
scorer ranks the targets for each query: acc@1 and acc@5 are the shares of queries whose target comes first, or among
the first five; MRR is the mean of 1/rank over the first ten. Scores that tie stand in order of the file.

Where the search is not sure it answers nothing, and suggests words that are near instead. The second row follows these
suggestions in their order, as a person would, since the other scorers always answer. Needs the `bench` extra.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
import sqlite3
import sys
from contextlib import closing
from datetime import date
from time import perf_counter
from typing import TYPE_CHECKING

from cptref.dataset.layers import bundled_layer
from cptref.dataset.loader import DatasetLoader
from cptref.errors import UsageError
from cptref.index.entries import build_entry
from cptref.index.reader import IndexReader
from cptref.index.writer import IndexWriter
from cptref.models.article import Article, Dataset, Notices
from cptref.search.search import search

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cptref.models.results import SearchAnswer

    Ranker = Callable[[str], Sequence[int]]  # a query -> the numbers of the best targets, best first

FIRST = 10  # targets asked of each scorer


def library(targets: Sequence[str]) -> IndexReader:
    """A compiled library with an entry for each target, its code being the target's number."""
    connection = sqlite3.connect(":memory:")
    about = Dataset(
        version="0", released=date(2026, 1, 1), licence="", sources=(), notices=Notices(trademark="", advice="")
    )
    reading = DatasetLoader((bundled_layer(),))
    with IndexWriter(connection) as compiler:
        for number, target in enumerate(targets):
            named = Article(code=f"{number:05}", title=target, category="")
            bare = build_entry(named, "", reading.modifiers)._replace(sections=())
            compiler.add(bare, json.dumps({"code": named.code, "title": target, "category": ""}))
        compiler.finish("", {}, about, reading.modifiers, reading.vocabulary, (), {})
    return IndexReader(connection)


def cptref(reader: IndexReader) -> tuple[Ranker, Ranker]:
    """The search in a library; and the search with what it suggests where it has no answer."""

    def asked(query: str, limit: int) -> SearchAnswer | None:
        try:
            return search(reader, query, (), limit)
        except UsageError:
            return None

    def answers(query: str) -> list[int]:
        answer = asked(query, FIRST)
        return [int(hit.code) for hit in answer.hits] if answer else []

    def suggestions(query: str) -> list[int]:
        answer = asked(query, FIRST)
        if not answer or answer.hits:
            return [int(hit.code) for hit in answer.hits] if answer else []
        followed = (asked(f'"{one}"', 1) for one in answer.suggestions)
        return [int(hit.code) for one in followed if one for hit in one.hits]

    return answers, suggestions


def wratio(targets: Sequence[str]) -> Ranker:
    """RapidFuzz over whole lines."""
    from rapidfuzz import fuzz, process

    folded = [target.casefold() for target in targets]
    return lambda query: [
        number for *_, number in process.extract(query.casefold(), folded, scorer=fuzz.WRatio, limit=FIRST)
    ]


def bm25(targets: Sequence[str]) -> Ranker:
    """Words weighed by rarity and length of the line."""
    from rank_bm25 import BM25Okapi

    def split(text: str) -> list[str]:
        return re.findall(r"\w+", text.casefold())

    index = BM25Okapi([split(target) for target in targets])
    return lambda query: _best(index.get_scores(split(query)))


def trigrams(targets: Sequence[str]) -> Ranker:
    """The angle between vectors of character trigrams, weighed by rarity."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3))
    index = vectors.fit_transform(targets)
    return lambda query: _best((index @ vectors.transform([query]).T).toarray().ravel())


def _best(scores: Sequence[float]) -> list[int]:
    """The best by score, in order of place where scores tie; what scores nothing isn't found."""
    ranked = sorted(range(len(scores)), key=lambda number: (-scores[number], number))[:FIRST]
    return [number for number in ranked if scores[number] > 0]


def measured(ranker: Ranker, cases: Sequence[tuple[str, int]]) -> tuple[float, float, float, float]:
    """acc@1, acc@5, MRR and queries a second."""
    ranks: list[int] = []
    start = perf_counter()
    for query, target in cases:
        found = [*ranker(query)]
        ranks.append(found.index(target) if target in found else FIRST)
    seconds = perf_counter() - start
    count = len(cases)
    mrr = sum(1 / (rank + 1) for rank in ranks if rank < FIRST) / count
    return sum(rank < 1 for rank in ranks) / count, sum(rank < 5 for rank in ranks) / count, mrr, count / seconds


def main() -> None:
    """Measure every scorer on a file, or on so many of its rows, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluate", description="How often the search finds it.")
    parser.add_argument("file", type=argparse.FileType(encoding="utf-8"), help="queries and targets, tab-separated")
    parser.add_argument("--sample", type=int, metavar="N", help="of the rows, at random but the same every time")
    asked = parser.parse_args()
    with asked.file as file:
        rows = [(row[0], row[1]) for row in csv.reader(file, delimiter="\t") if len(row) > 1][1:]
    if not rows:
        parser.error(f"{asked.file.name} has no rows of a query and a target below a header")
    targets = list(dict.fromkeys(target for _, target in rows))
    if asked.sample:
        rows = random.Random(1).sample(rows, min(asked.sample, len(rows)))  # noqa: S311 - the same rows every time
    cases = [(query, targets.index(target)) for query, target in rows]
    sys.stdout.write(f"{len(cases)} queries, {len(targets)} targets\n")
    sys.stdout.write(f"{'':28} {'acc@1':>6} {'acc@5':>6} {'MRR':>6} {'queries/s':>10}\n")
    with closing(library(targets)) as connection:
        answers, suggestions = cptref(connection)
        scorers = {
            "cptref": answers,
            "cptref with its suggestions": suggestions,
            "RapidFuzz WRatio": wratio(targets),
            "BM25": bm25(targets),
            "character-trigram TF-IDF": trigrams(targets),
        }
        for name, ranker in scorers.items():
            first, five, mrr, speed = measured(ranker, cases)
            sys.stdout.write(f"{name:28} {first:6.3f} {five:6.3f} {mrr:6.3f} {speed:10.0f}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
