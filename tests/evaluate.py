"""Measure how often the search finds what is meant, beside three plain scorers: `python -m tests.evaluate FILE.tsv`.

The file is tab-separated with a header. Its first two columns are a query and the target that it should find. Every
different target becomes an entry with this title and nothing else, the vocabulary is the bundled one, and each scorer
ranks the targets for each query. acc@1 and acc@5 are the shares of queries whose target comes first, or among the first
five; MRR is the mean of 1/rank over the first ten. Equal scores are in the order of the file. The column `trigrams` is
acc@1 of the same ten candidates in the order of plain character trigrams: no row should lose to it.

Where the search is not sure it answers nothing and suggests similar words. The second row follows these suggestions in
their order, as a person would, since the other scorers always answer. Needs the `bench` extra.

`python -m tests.evaluate --icd10cm` measures the search in code sets: a seeded half of the inclusion terms of ICD-10-CM
is left out of the lines, and a sample of them is asked for. Each scorer ranks the codes of all other lines.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from cptref import open_library
from cptref.codesets.files import Source
from cptref.codesets.layouts import icd10cm_tabular
from cptref.codesets.packages import iter_package_sources
from cptref.codesets.store import StoreReader, write_store
from cptref.dataset.layers import bundled_layer
from cptref.dataset.loader import DatasetLoader
from cptref.errors import UsageError
from cptref.models.article import Article
from cptref.search.query_parser import parse_query
from cptref.search.search import search
from cptref.search.title_matcher import SetLines, match_titles
from cptref.search.title_ranking import rank_codes
from cptref.search.title_words import TitleWords
from cptref.search.titles import TitleLexicon
from tests.search.index import build_index

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cptref.codesets.store import Line
    from cptref.index.reader import IndexReader
    from cptref.models.hits import Hit

    Ranker = Callable[[str], Sequence[int]]  # a query -> the positions of the best targets, best first
    Scorer = Callable[[str], Sequence[float]]  # a query -> the score of each target

MAX_RANKS = 10  # targets asked of each scorer
HELD_OUT_SHARE = 0.5  # of the inclusion terms
TERMS = 2_000  # of those held out, that are asked for unless --sample says otherwise


class Measures(NamedTuple):
    """How well a ranker finds the targets, and how many queries it ranks in a second.

    `acc_at_1_by_trigrams` is what plain trigrams make of the candidates that the ranker found.
    """

    acc_at_1: float
    acc_at_5: float
    mrr: float
    acc_at_1_by_trigrams: float
    queries_per_s: float


def build_target_index(targets: Sequence[str]) -> IndexReader:
    """Return a reader of an index with an entry for each target, whose code is the position of the target."""
    articles = (Article(code=f"{position:05}", title=target, category="") for position, target in enumerate(targets))
    return build_index(articles, DatasetLoader((bundled_layer(),)).vocabulary, titles_only=True)


def make_search_rankers(reader: IndexReader) -> tuple[Ranker, Ranker]:
    """Return the search itself, and the search that follows its suggestions where it has no answer."""

    def rank_by_search(query: str) -> list[int]:
        hits, _ = _search_or_suggest(reader, query, MAX_RANKS)
        return [int(hit.code) for hit in hits]

    def rank_by_suggestions(query: str) -> list[int]:
        hits, suggestions = _search_or_suggest(reader, query, MAX_RANKS)
        for suggestion in suggestions:
            hits += _search_or_suggest(reader, f'"{suggestion}"', 1)[0]
        return [int(hit.code) for hit in hits]

    return rank_by_search, rank_by_suggestions


def _search_or_suggest(reader: IndexReader, query: str, limit: int) -> tuple[tuple[Hit, ...], tuple[str, ...]]:
    """Return the hits and, if there are none, the suggestions; neither for a query without a word."""
    try:
        answer = search(reader, query, (), limit)
    except UsageError:
        return (), ()
    return answer.hits, answer.suggestions


def make_wratio_ranker(targets: Sequence[str]) -> Ranker:
    """Return RapidFuzz's WRatio over whole lines."""
    from rapidfuzz import fuzz, process

    folded = [target.casefold() for target in targets]
    return lambda query: [
        position for *_, position in process.extract(query.casefold(), folded, scorer=fuzz.WRatio, limit=MAX_RANKS)
    ]


def make_bm25_ranker(targets: Sequence[str]) -> Ranker:
    """Return BM25, which weighs words by rarity and by the length of the line."""
    from rank_bm25 import BM25Okapi

    def split_words(text: str) -> list[str]:
        return re.findall(r"\w+", text.casefold())

    index = BM25Okapi([split_words(target) for target in targets])
    return lambda query: _select_best(index.get_scores(split_words(query)))


def make_trigram_scorer(targets: Sequence[str]) -> Scorer:
    """Return the cosine of vectors of character trigrams, weighed by rarity (TF-IDF)."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3))
    index = vectors.fit_transform(targets)
    return lambda query: (index @ vectors.transform([query]).T).toarray().ravel()


def _select_best(scores: Sequence[float]) -> list[int]:
    """Return the positions of the best scores above 0, the best first; equal scores are in order of position."""
    ranked = sorted(range(len(scores)), key=lambda position: (-scores[position], position))[:MAX_RANKS]
    return [position for position in ranked if scores[position] > 0]


def measure_ranker(ranker: Ranker, cases: Sequence[tuple[str, int]], scorer: Scorer) -> Measures:
    """Return the measures of a ranker over cases of a query and the position of its target.

    `scorer` puts the same candidates in an order of its own, to compare with.
    """
    start = perf_counter()
    rankings = [[*ranker(query)] for query, _ in cases]
    seconds = perf_counter() - start
    ranks = [  # from 0; MAX_RANKS for a target that is not among the best
        ranking.index(target) if target in ranking else MAX_RANKS
        for ranking, (_, target) in zip(rankings, cases, strict=True)
    ]
    scored = ((ranking, scorer(query), target) for ranking, (query, target) in zip(rankings, cases, strict=True))
    best = [max(ranking, key=scores.__getitem__, default=None) == target for ranking, scores, target in scored]
    count = len(cases)
    return Measures(
        acc_at_1=sum(rank < 1 for rank in ranks) / count,
        acc_at_5=sum(rank < 5 for rank in ranks) / count,
        mrr=sum(1 / (rank + 1) for rank in ranks if rank < MAX_RANKS) / count,
        acc_at_1_by_trigrams=sum(best) / count,
        queries_per_s=count / seconds,
    )


class TitleCases(NamedTuple):
    """A store of ICD-10-CM without half of its inclusion terms, its lines, and the terms left out, with their codes."""

    store: StoreReader
    lines: Sequence[Line]
    held_out: Sequence[Line]


def build_title_cases(folder: Path, count: int) -> TitleCases:
    """Return a store in a folder, made from the installed tabular list, and `count` of the terms left out."""
    source = next(source for source in iter_package_sources() if isinstance(source, Source))
    content = icd10cm_tabular.read(source, None)
    chance = random.Random(14)  # noqa: S311 - the same half every time
    half = [line for line in content.lines if line.kind == "inclusion" and chance.random() < HELD_OUT_SHARE]
    left_out = {*map(id, half)}
    lines = [line for line in content.lines if id(line) not in left_out]
    about = {"source": source.name, "size": "0", "sha256": "", "added": "2026-01-01"}
    path = write_store(folder, content._replace(lines=lines), about)
    chosen = random.Random(1).sample(half, min(count, len(half)))  # noqa: S311 - the same terms every time
    return TitleCases(StoreReader(path), lines, chosen)


def rank_titles(cases: TitleCases) -> list[list[str]]:
    """Return the codes that the search finds for each term, best first."""
    set_lines = SetLines([cases.store])
    with open_library(codesets=None) as library:

        def rank_all(reader: IndexReader) -> list[list[str]]:
            lexicon = TitleLexicon(TitleWords(reader, [cases.store]))
            rankings = []
            for term in cases.held_out:
                query = parse_query(lexicon, term.text)
                matches = match_titles(set_lines, query)
                ranked = rank_codes(set_lines, matches, matches.cover_lines(), query.denied).best
                rankings.append([code.line.code for code in ranked[:MAX_RANKS]])
            return rankings

        return library._ask(None, rank_all)  # noqa: SLF001 - the reader itself, as each question of the library gets it


def rank_titles_by_trigrams(cases: TitleCases) -> list[list[str]]:
    """Return the codes that plain trigrams find for each term, best first."""
    score = make_trigram_scorer([line.text for line in cases.lines])
    rankings = []
    for term in cases.held_out:
        scores = score(term.text)
        best = sorted(range(len(scores)), key=lambda position: (-scores[position], position))[: MAX_RANKS * 20]
        rankings.append([*dict.fromkeys(cases.lines[position].code for position in best)][:MAX_RANKS])
    return rankings


def measure_titles(count: int) -> None:
    """Print how often the search and plain trigrams find the code of an inclusion term that no line has."""
    with TemporaryDirectory() as folder:
        cases = build_title_cases(Path(folder), count)
        sys.stdout.write(f"{len(cases.held_out)} inclusion terms left out, {len(cases.lines)} lines\n")
        sys.stdout.write(f"{'':28} {'acc@1':>6} {'acc@5':>6}\n")
        for name, rank in (("cptref", rank_titles), ("character-trigram TF-IDF", rank_titles_by_trigrams)):
            rankings = [*zip(cases.held_out, rank(cases), strict=True)]
            first = sum(term.code in ranking[:1] for term, ranking in rankings) / len(rankings)
            five = sum(term.code in ranking[:5] for term, ranking in rankings) / len(rankings)
            sys.stdout.write(f"{name:28} {first:6.3f} {five:6.3f}\n")
            sys.stdout.flush()
        cases.store.close()


def main() -> None:
    """Measure every scorer on a file, or on a sample of its rows, and print a table."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.evaluate", description="Measure how often the search finds what is meant."
    )
    parser.add_argument(
        "file", nargs="?", type=argparse.FileType(encoding="utf-8"), help="queries and targets, tab-separated"
    )
    parser.add_argument("--icd10cm", action="store_true", help="measure the search in ICD-10-CM instead")
    parser.add_argument("--sample", type=int, metavar="N", help="use N random rows, the same ones every time")
    options = parser.parse_args()
    if options.icd10cm:
        measure_titles(options.sample or TERMS)
        return
    if options.file is None:
        parser.error("name a file, or --icd10cm")
    with options.file as file:
        rows = [(row[0], row[1]) for row in csv.reader(file, delimiter="\t") if len(row) > 1][1:]
    if not rows:
        parser.error(f"{options.file.name} has no rows of a query and a target below a header")
    targets = list(dict.fromkeys(target for _, target in rows))
    if options.sample:
        rows = random.Random(1).sample(rows, min(options.sample, len(rows)))  # noqa: S311 - the same rows every time
    cases = [(query, targets.index(target)) for query, target in rows]
    sys.stdout.write(f"{len(cases)} queries, {len(targets)} targets\n")
    sys.stdout.write(f"{'':28} {'acc@1':>6} {'acc@5':>6} {'MRR':>6} {'trigrams':>8} {'queries/s':>10}\n")
    with closing(build_target_index(targets)) as reader:
        rank_by_search, rank_by_suggestions = make_search_rankers(reader)
        score_by_trigrams = make_trigram_scorer(targets)
        rankers: dict[str, Ranker] = {
            "cptref": rank_by_search,
            "cptref with its suggestions": rank_by_suggestions,
            "RapidFuzz WRatio": make_wratio_ranker(targets),
            "BM25": make_bm25_ranker(targets),
            "character-trigram TF-IDF": lambda query: _select_best(score_by_trigrams(query)),
        }
        for name, ranker in rankers.items():
            first, five, mrr, by_trigrams, speed = measure_ranker(ranker, cases, score_by_trigrams)
            sys.stdout.write(f"{name:28} {first:6.3f} {five:6.3f} {mrr:6.3f} {by_trigrams:8.3f} {speed:10.0f}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
