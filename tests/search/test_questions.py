"""Words of time and of asking lead to the sections that answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cptref import open_library

if TYPE_CHECKING:
    from cptref import Library
    from tests.conftest import MakeFolder, Run

ALL = ("20920", "20962", "20971", "20975", "20976")


@pytest.mark.parametrize(
    ("query", "section", "words"),
    [
        ("can they eat before", "preparation", "Nothing to eat"),
        ("can I drink water before the injection", "preparation", "Nothing to eat or drink"),
        ("can I take ibuprofen before", "preparation", "blood thinners"),
        ("should I stop my warfarin", "preparation", "blood thinners"),
        ("what should I wear", "preparation", "Wear"),
        ("who drives me home", "preparation", "drive"),
        ("how long off work", "faq", "normal activities"),
        ("when can I go back to work", "faq", "normal activities"),
        ("when can I exercise again", "faq", "normal activities"),
        ("what should I do afterwards", "recovery", ""),
        ("is it covered by medicare", "cost", "cover"),
        ("how much does it cost", "cost", ""),
        ("do I need prior auth", "cost", "pre-authorization"),
        ("is it painful", "faq", "painful"),
        ("does it hurt", "faq", "painful"),
        ("how long does it take", "faq", "30 minutes"),
        ("am I awake for it", "preparation", "sedation"),
        ("what happens during the injection", "procedure", ""),
        ("what are the risks", "complications", ""),
        ("what tests are needed before", "tests", ""),
    ],
)
def test_the_section_that_a_question_is_about_comes_first(
    library: Library, query: str, section: str, words: str
) -> None:
    """Its best line is the first line of the first hit."""
    best = library.search(query).hits[0].matches[0]
    assert best.section == section
    assert words in best.text


def test_what_a_section_does_not_mention_is_said(run: Run, library: Library) -> None:
    """An article without an answer is no hit for a word that it has elsewhere; below the hits stands what it lacks."""
    answer = library.search("can they eat before")
    assert "20975" not in {hit.code for hit in answer.hits}
    assert [(silence.section, silence.subject, silence.codes) for silence in answer.silent] == [
        ("preparation", "eating", ("20975",))
    ]
    assert "20975: preparation does not mention eating" in run("search", "can", "they", "eat", "before").out


def test_a_question_that_no_section_answers_says_so(run: Run) -> None:
    """Lines of other sections are the next best; without any, it is exit 1."""
    done = run("search", "when can they drive")
    assert done.code == 0
    assert f"{', '.join(ALL[:-1])}: recovery does not mention driving" in done.out
    done = run("search", "can the patient shower after")
    assert done.code == 1
    assert f"{', '.join(ALL)}: recovery does not mention showering" in done.out


def test_a_code_in_a_question_leaves_only_its_article(library: Library) -> None:
    """The others were not asked about."""
    answer = library.search("20975: can they eat before?")
    assert (answer.hits, [silence.codes for silence in answer.silent]) == ((), [("20975",)])
    assert {hit.code for hit in library.search("20971 can they eat before").hits} == {"20971"}


def test_a_named_section_is_searched_as_ever(library: Library) -> None:
    """`--in` says where to look, so nothing is routed."""
    answer = library.search("can they eat before", ["home-care"])
    assert {match.section for hit in answer.hits for match in hit.matches} == {"home-care"}
    assert answer.silent == ()


@pytest.mark.parametrize(
    "query", ["pain after surgery", "pain before walking stops", "evaluation three months after the injection"]
)
def test_a_complaint_with_a_word_of_time_is_no_question(library: Library, query: str) -> None:
    """Nobody asks there."""
    assert library.search(query).silent == ()


def test_silence_counts_articles_and_names_the_first(make_folder: MakeFolder) -> None:
    """Five codes are named at most."""
    folder = make_folder({f"0000{number}": {"preparation": ["Nothing to report"]} for number in range(1, 8)})
    with open_library(folder) as library:
        (silence,) = library.search("can they swim before").silent
    assert (len(silence.codes), silence.total) == (5, 7)
