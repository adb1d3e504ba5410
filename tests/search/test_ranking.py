"""What comes first, and the score that says so."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from cptref import open_library

if TYPE_CHECKING:
    from cptref import Library, SearchAnswer
    from cptref.models.entries import EntryKind
    from tests.conftest import MakeFolder

VOCABULARY = """
[[concepts]]
name = "glim"
synonyms = ["shine"]
abbreviations = ["GLM"]
"""


def list_codes(answer: SearchAnswer, kind: EntryKind = "article") -> list[str]:
    """Return the codes of the articles of an answer, or those of its published codes, the best first."""
    return [hit.code for hit in answer.hits if hit.kind == kind]


@pytest.mark.parametrize("filler_words", range(0, 30, 6))
def test_an_exact_hit_is_never_below_a_looser_one(make_folder: MakeFolder, filler_words: int) -> None:
    """Tiers order the hits, however long the line of the exact hit is and however short the others are."""
    filler = " ".join(f"filler{number}" for number in range(filler_words))
    lines = {
        "00006": f"glim {filler}",
        "00005": f"glims {filler}",
        "00004": f"shine {filler}",
        "00003": f"GLM {filler}",
    }
    folder = make_folder({code: {"symptoms": [line]} for code, line in lines.items()} | {"00001": {}}, VOCABULARY)
    with open_library(folder) as library:
        hits = library.search("glim").hits
    assert [(hit.code, hit.tier) for hit in hits] == [
        ("00006", "exact"),
        ("00005", "inflected"),
        ("00004", "synonym"),
        ("00003", "abbreviation"),
    ]
    assert all(better.score > worse.score for better, worse in pairwise(hits))


def test_the_shorter_of_two_lines_that_cover_the_same_comes_first(make_folder: MakeFolder) -> None:
    """A shorter line mentions less besides the query."""
    lines = {"00001": "Wubbel of the elbow at night", "00002": "Wubbel of the elbow"}
    with open_library(make_folder({code: {"symptoms": [line]} for code, line in lines.items()})) as library:
        assert list_codes(library.search("wubbel elbow")) == ["00002", "00001"]


def test_equal_scores_are_in_order_of_code(make_folder: MakeFolder) -> None:
    """The order holds for more entries than are scored line by line."""
    articles = {f"{number:05}": {"symptoms": ["Wubbel"]} for number in range(1, 301)}
    with open_library(make_folder(articles)) as library:
        answer = library.search("wubbel", limit=3)
    assert (list_codes(answer), answer.total) == (["00001", "00002", "00003"], 300)


def test_a_line_with_every_word_beats_hundreds_of_entries_with_the_words_apart(make_folder: MakeFolder) -> None:
    """Of 401 articles with both words, the one that has them in one line comes first."""
    articles = {f"{number:05}": {"symptoms": ["Wubbel"], "causes": ["Elbow"]} for number in range(1, 401)}
    articles["00500"] = {"symptoms": ["Wubbel of the elbow"]}
    with open_library(make_folder(articles)) as library:
        answer = library.search("wubbel elbow", limit=2)
    assert list_codes(answer) == ["00500", "00001"]
    assert answer.total >= 401


def test_the_rarer_word_weighs_more(make_folder: MakeFolder) -> None:
    """An entry with the rare word comes before the entries with the frequent one."""
    articles = {f"{number:05}": {"symptoms": ["Wubbel"]} for number in range(1, 20)}
    articles["00500"] = {"symptoms": ["Zonk"]}
    with open_library(make_folder(articles)) as library:
        assert list_codes(library.search("wubbel zonk"))[0] == "00500"


@pytest.mark.parametrize("query", ["tingling, pins and needles, tingling", "paresthesia tingling"])
def test_a_concept_that_is_named_twice_counts_once(library: Library, query: str) -> None:
    """Synonyms in one query are one clause."""
    hits = [(hit.code, hit.score, hit.tier) for hit in library.search(query).hits]
    assert hits == [(hit.code, hit.score, hit.tier) for hit in library.search("tingling").hits]
