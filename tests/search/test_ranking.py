"""What comes first, and the number that says so."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from cptref import open_library

if TYPE_CHECKING:
    from tests.conftest import Made

VOCABULARY = """
[[concepts]]
name = "glim"
synonyms = ["shine"]
abbreviations = ["GLM"]
"""


@pytest.mark.parametrize("longer", range(0, 30, 6))
def test_an_exact_hit_is_never_below_a_looser_one(made: Made, longer: int) -> None:
    """However long its line is, and however short the other's."""
    more = " ".join(f"filler{number}" for number in range(longer))
    lines = {"00006": f"glim {more}", "00005": f"glims {more}", "00004": f"shine {more}", "00003": f"GLM {more}"}
    folder = made({code: {"symptoms": [line]} for code, line in lines.items()} | {"00001": {}}, VOCABULARY)
    with open_library(folder) as library:
        hits = library.search("glim").hits
    assert [(hit.code, hit.tier) for hit in hits] == [
        ("00006", "exact"),
        ("00005", "inflected"),
        ("00004", "synonym"),
        ("00003", "abbreviation"),
    ]
    assert all(better.score > worse.score for better, worse in pairwise(hits))


def test_the_shorter_of_two_lines_that_cover_alike(made: Made) -> None:
    """It speaks of less besides."""
    lines = {"00001": "Wubbel of the elbow at night", "00002": "Wubbel of the elbow"}
    with open_library(made({code: {"symptoms": [line]} for code, line in lines.items()})) as library:
        assert [hit.code for hit in library.search("wubbel elbow").hits] == ["00002", "00001"]


def test_equal_scores_are_in_order_of_code(made: Made) -> None:
    """Also where there are more of them than are shown."""
    articles = {f"{number:05}": {"symptoms": ["Wubbel"]} for number in range(1, 301)}
    with open_library(made(articles)) as library:
        answer = library.search("wubbel", limit=3)
    assert ([hit.code for hit in answer.hits], answer.total) == (["00001", "00002", "00003"], 300)


def test_one_line_that_says_it_all_is_found_among_many_that_say_a_part(made: Made) -> None:
    """Of hundreds that have both words somewhere, the one that has them together comes first."""
    articles = {f"{number:05}": {"symptoms": ["Wubbel"], "causes": ["Elbow"]} for number in range(1, 401)}
    articles["00500"] = {"symptoms": ["Wubbel of the elbow"]}
    with open_library(made(articles)) as library:
        answer = library.search("wubbel elbow", limit=2)
    assert ([hit.code for hit in answer.hits], answer.total) == (["00500", "00001"], 401)


def test_the_rarer_word_weighs_more(made: Made) -> None:
    """Who has the rare one comes before who has the common one."""
    articles = {f"{number:05}": {"symptoms": ["Wubbel"]} for number in range(1, 20)}
    articles["00500"] = {"symptoms": ["Zonk"]}
    with open_library(made(articles)) as library:
        assert library.search("wubbel zonk").hits[0].code == "00500"


def test_a_thing_said_twice_counts_once() -> None:
    """`tingling` and `pins and needles` are one thing."""
    with open_library() as library:
        once = library.search("tingling").hits
        for query in ("tingling, pins and needles, tingling", "paresthesia tingling"):
            twice = library.search(query).hits
            assert [(hit.code, hit.score, hit.tier) for hit in once] == [
                (hit.code, hit.score, hit.tier) for hit in twice
            ]


def test_what_says_little_and_is_not_there_weighs_little(made: Made) -> None:
    """Everyday language that no line has takes less from an answer than another clinical subject does."""
    with open_library(made({"00001": {"symptoms": ["Wubbel"]}})) as library:
        plain, other, unknown = (library.search(f"wubbel {word}").hits[0].score for word in ("garden", "jaw", "xyzzy"))
    assert plain > unknown > other
