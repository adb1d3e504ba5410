"""The thresholds of scoring: which entries a query keeps, and which lines cover a symptom."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from cptref.models.vocabulary import Concept
from cptref.search.matcher import match_query, read_query
from cptref.search.search import search
from cptref.search.symptoms import SECTION_WEIGHTS, match_symptoms
from tests.search.index import build_symptom_index

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cptref.index.reader import IndexReader

LINES = {
    "20111": ["glimmer of the elbow", "stiff elbow", "stiff knee"],
    "20222": ["glimmer and wobble", "stiff wobble"],
    "20333": ["stiff neck", "stiff back", "sore neck", "numbness"],
}
CONCEPTS = (Concept(name="brain", synonyms=("cerebrum",)), Concept(name="numbness", synonyms=("tingling",)))


@pytest.fixture(scope="module")
def reader() -> Iterator[IndexReader]:
    """Make a reader of an index of LINES, CONCEPTS and two common words."""
    with closing(build_symptom_index(LINES, CONCEPTS, common_words="yellow carpet")) as index_reader:
        yield index_reader


@pytest.mark.parametrize(
    ("query", "code", "coverage", "kept"),
    [
        ("sore", "20333", 1.0, True),
        ("tingling", "20333", 0.96, True),  # a synonym
        ("glimmer wobble", "20111", 0.5, True),  # half of what the best entry covers is enough
        ("stiff glimmer", "20333", 0.403, False),  # less than half is not
        ("zonk sore", "20333", 0.5, True),  # no word at all counts like a known one
        ("zonk zank zink zunk sore", "20333", 0.5, True),  # in a longer query less, and together no more than two
        ("yellow sore", "20333", 0.87, True),  # an everyday word that no line has counts little
        ("carpet sore", "20333", 0.4, True),  # an everyday thing more
        ("carpet stiff", "20111", 0.262, False),
        ("brain sore", "20333", 0.333, False),  # a subject that no line mentions counts twice
        ("brain tumor zebra sore neck", "20333", 0.472, True),  # in a longer query once
        ("brain tumor zebra sore", "20333", 0.333, False),
        ("moderate stiff elbow", "20111", 0.985, True),  # a degree counts next to nothing
    ],
)
def test_an_entry_is_kept_if_it_covers_enough_of_the_query(
    reader: IndexReader,
    query: str,
    code: str,
    coverage: float,
    kept: bool,  # noqa: FBT001 - a table
) -> None:
    """Enough is more than a third of it and of what nothing mentions, and half of what the best entry covers."""
    coverages = match_query(reader, read_query(reader, query)).entry_coverages()
    assert {reader.read_item(entry).code: round(share, 3) for entry, share in coverages.items()}[code] == coverage
    assert (code in [hit.code for hit in search(reader, query, (), 10).hits]) is kept


@pytest.mark.parametrize(
    ("symptom", "code", "coverage", "covered"),
    [
        ("sore", "20333", 1.0, True),
        ("tingling", "20333", 0.96, True),
        ("yellow sore", "20333", 0.87, True),
        ("stiff glimmer", "20111", 0.597, True),
        ("tingling glimmer", "20333", 0.536, False),  # half of a symptom is not what was reported
        ("zonk sore", "20333", 0.5, False),
        ("stiff glimmer", "20333", 0.403, False),
    ],
)
def test_a_line_covers_a_symptom_if_it_covers_more_than_half(
    reader: IndexReader,
    symptom: str,
    code: str,
    coverage: float,
    covered: bool,  # noqa: FBT001 - a table
) -> None:
    """One line has to cover at least 0.55 of the symptom."""
    matches = match_query(reader, read_query(reader, symptom), SECTION_WEIGHTS, points_only=True)
    coverages = [
        share
        for line, share in matches.line_coverages().items()
        if reader.read_item(reader.line_entries[line]).code == code
    ]
    assert round(max(coverages), 3) == coverage
    assert (code in [hit.code for hit in match_symptoms(reader, [symptom], 10).hits]) is covered
