"""How a query is read before anything is looked up: phrases, forms, abbreviations, compounds, misspellings."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from cptref import UsageError, open_library

if TYPE_CHECKING:
    from cptref import Library, SearchAnswer
    from cptref.models.entries import EntryKind
    from tests.conftest import MakeFolder, Run


def list_codes(answer: SearchAnswer, kind: EntryKind = "article") -> list[str]:
    """Return the codes of the articles of an answer, or those of its published codes, the best first."""
    return [hit.code for hit in answer.hits if hit.kind == kind]


TINGLING = "Tingling or numbness in the extremities"
THINNERS = "Discuss all medications with the doctor, blood thinners in particular"
DISC = "Radicular pain set off by a herniated disc"
X_RAYS = "X-rays, for bone alignment and degeneration"
NECK = "Pain in the neck together with pain in the arm"


# More queries with the lines they find are in tests/queries.toml; this table adds how loosely a line matches.
@pytest.mark.parametrize(
    ("query", "line", "tier"),
    [
        ("tingling", TINGLING, "exact"),
        ("ＴＩＮＧＬＩＮＧ", TINGLING, "exact"),
        ("extremity", TINGLING, "inflected"),
        ("paresthesia", TINGLING, "synonym"),
        ("Pins-and-needles", TINGLING, "synonym"),
        ("parasthesia", TINGLING, "spelling"),
        ("herniated disk", DISC, "inflected"),
        ("herniated discs", DISC, "inflected"),
        ("slipped disks", DISC, "synonym"),
        ("hnp", DISC, "abbreviation"),
        ("warfarin", THINNERS, "synonym"),
        ("eliquis", THINNERS, "synonym"),
        ("ibuprofen", "Medications: NSAIDs or muscle relaxants, for example", "abbreviation"),
        ("xray", X_RAYS, "inflected"),
        ("X-Ray", X_RAYS, "inflected"),
        ("sterilised skin", "The skin at the injection site is cleaned and sterilized", "inflected"),
        ("nerve conduction study", "Nerve conduction studies, for nerve function", "inflected"),
        ("sacro-iliac", "Dysfunction of the sacroiliac joint that causes persistent pain", "inflected"),
        ("neck pain", NECK, "exact"),
        ("pain in my neck", NECK, "exact"),
        ("physical therapist", "Physical therapy to strengthen the muscles of the back", "synonym"),
    ],
)
def test_a_line_is_matched_in_the_tier_of_what_was_typed(library: Library, query: str, line: str, tier: str) -> None:
    """Forms, British spelling, hyphens, phrases, lay words, abbreviations and misspellings each have their tier."""
    answer = library.search(query)
    assert {match.tier for hit in answer.hits for match in hit.matches if match.text == line} == {tier}
    assert answer.unmatched == ()


@pytest.mark.parametrize(
    ("query", "notice"),
    [
        ("LBP", "cptref: reading LBP as low back pain (abbreviation)\n"),
        ("lumbago", "cptref: reading lumbago as low back pain or back pain (synonym)\n"),
        ("pins and needles", "cptref: reading pins and needles as tingling (synonym)\n"),
        ("tinglng", "cptref: reading tinglng as tingling (spelling)\n"),
        ("tingling", ""),
    ],
)
def test_a_notice_says_how_the_query_was_read(run: Run, query: str, notice: str) -> None:
    """An abbreviation is explained by its meaning, other words by the words of the lines that are shown."""
    done = run("search", query)
    assert (done.code, done.err) == (0, notice)


def test_a_notice_names_every_sense_of_an_abbreviation(run: Run) -> None:
    """Senses that no entry mentions are named too."""
    done = run("search", "ROM")
    assert "Symptoms: A stiff back or less *range* of *motion*" in done.out
    (line,) = (line for line in done.err.splitlines() if "reading ROM" in line)
    assert "range of motion" in line
    assert " or " in line


def test_capitals_make_a_stop_word_an_abbreviation(make_folder: MakeFolder) -> None:
    """`US` is ultrasound and `us` is us; in a text that is all in capitals, `US` is us too."""
    vocabulary = "[[concepts]]\nname = 'sonar'\nabbreviations = ['US']\n"
    with open_library(make_folder({"00001": {"tests": ["A sonar"]}}, vocabulary)) as library:
        for query in ("US", "US zonk"):
            assert "00001" in list_codes(library.search(query))
        for query in ("us", "zonk us", "ZONK US"):
            assert len(library.search(query).hits) <= 10


def test_compounds_match_by_their_parts(make_folder: MakeFolder) -> None:
    """A word finds longer words that contain it; a compound of combining forms finds the words for its pieces."""
    points = {"causes": ["Polywubbelosis of long standing"], "procedure": ["Removal of the kidney"]}
    with open_library(make_folder({"00001": points})) as library:
        (hit,) = library.search("wubbelosis").hits
        assert (hit.code, hit.tier, hit.matches[0].marks) == ("00001", "part", ((0, 14),))
        (hit,) = library.search("nephrectomy").hits
        assert (hit.code, hit.tier, hit.matches[0].text) == ("00001", "part", "Removal of the kidney")


@pytest.mark.parametrize("line", ["A nonunion", "A non-union", "A non union"])
def test_hyphens_and_blanks_make_no_difference(make_folder: MakeFolder, line: str) -> None:
    """A compound is found however it is typed and however the line has it."""
    with open_library(make_folder({"00001": {"causes": [line]}})) as library:
        for query in ("nonunion", "non union", "non-union", "NON\u2010UNION"):
            assert list_codes(library.search(query)) == ["00001"]


@pytest.mark.parametrize(
    "word",
    [
        *("train", "hearing", "heart", "patent", "station", "serve", "paint", "lung"),  # known, but in no line
        *("2O97", "20967", "leggs1"),  # with digits
        "spin",  # a real word
        "xyzzy",  # like no word
    ],
)
def test_known_words_short_words_and_numbers_are_not_corrected(library: Library, word: str) -> None:
    """The word stays what it is, and nothing matches it."""
    answer = library.search(word)
    assert (answer.hits, answer.understood, answer.unmatched) == ((), (), (word,))


def test_similar_words_are_suggested_for_an_unknown_word(run: Run) -> None:
    """Without an answer, words similar in spelling are suggested and never chosen, in JSON too."""
    done = run("search", "tng")
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "cptref: no entry mentions: tng\n"
        "cptref: no entry matches 'tng'; try fewer or other words, or cptref list; "
        "similar words: long, taking, things\n"
    )
    assert run("search", "gout").err.endswith("try fewer or other words, or cptref list\n")
    assert json.loads(run("search", "tng", "-f", "json").out)["suggestions"] == ["long", "taking", "things"]


def test_quoted_words_match_only_as_they_are(run: Run) -> None:
    """Quoted words stand side by side, in this order and form, and no synonym replaces them."""
    done = run("search", '"lower back"', "--in", "symptoms", "-f", "json")
    assert done.err == ""
    hits = json.loads(done.out)["results"]
    assert {hit["code"] for hit in hits} == {"20920", "20962", "20971", "20975", "20976"}
    marked = {match["text"][start:end] for hit in hits for match in hit["matches"] for start, end in match["marks"]}
    assert marked == {"lower back"}
    assert run("search", '"back lower"').err.startswith('cptref: no entry mentions: "back lower"\n')
    assert run("search", '"paresthesia"').code == 1
    assert run("search", '"herniation"').code == 1
    assert run("search", "“lower back”").code == 0
    assert run("search", '"lower back" stiff').out.startswith('Search: "lower back" stiff\n')


def test_only_the_quoted_phrase_is_marked(make_folder: MakeFolder) -> None:
    """The same words elsewhere in the line are not marked."""
    with open_library(make_folder({"00001": {"causes": ["Back to the lower, the lower back"]}})) as library:
        (hit,) = library.search('"lower back"', sections=["causes"]).hits
    assert [hit.matches[0].text[start:end] for start, end in hit.matches[0].marks] == ["lower back"]


@pytest.mark.parametrize("query", ["20976", "CPT 20976", "#20976", "20976-50", "２０９７６"])
def test_a_code_is_looked_up(library: Library, query: str) -> None:
    """A code finds its entry, in whatever way it is typed."""
    assert list_codes(library.search(query)) == ["20976"]


def test_several_codes_in_one_query_are_looked_up(library: Library) -> None:
    """Commas, semicolons and blanks separate codes, and words from codes."""
    assert list_codes(library.search("20976,20971; 20975")) == ["20971", "20975", "20976"]
    assert library.search("20976,tingling").unmatched == ()


def test_a_malformed_code_is_refused_with_a_hint(run: Run) -> None:
    """The letter O in a code is reported and not corrected."""
    assert run("search", "2O976") == (1, "", "cptref: 2O976: does not look like a code; did you mean 20976?\n")


def test_close_codes_are_suggested_for_a_code_that_is_missing(run: Run) -> None:
    """A code is never corrected; close codes are named as different procedures, in JSON too."""
    assert run("search", "20977").err == (
        "cptref: 20977: looks like a code, but is not in the library; close codes, which are different procedures: "
        "20971, 20975, 20976; cptref list shows every code\n"
    )
    assert json.loads(run("search", "20977", "-f", "json").out)["suggestions"] == ["20971", "20975", "20976"]


def test_a_published_code_finds_itself_and_the_entries_that_mention_it(run: Run) -> None:
    """A related code comes first, and leads to the one article that names it."""
    out = run("search", "64451").out
    assert "Related codes: Injection of the nerves that supply the sacroiliac joint: *64451*" in out
    for typed in ("64451", "CPT 64451", "64451-50"):
        hits = json.loads(run("search", typed, "-f", "json").out)["results"]
        assert [(hit["kind"], hit["code"]) for hit in hits] == [("code", "64451"), ("article", "20962")]


def test_a_concept_of_several_words_is_one_clause(run: Run) -> None:
    """Chest pain is not answered with leg pain."""
    done = run("search", "chest pain radiating to jaw")
    assert done.code == 1
    assert "Closest, not a match: " in done.out
    assert done.err == (
        "cptref: no entry mentions: chest pain\n"
        "cptref: no entry matches 'chest pain radiating to jaw'; try fewer or other words, or cptref list\n"
    )


@pytest.mark.parametrize(
    "query", ["swelling of the chest, pain in the leg", "numb chest. Pain in the leg", "chest; pain in the leg"]
)
def test_a_phrase_ends_at_a_comma_full_stop_or_semicolon(library: Library, query: str) -> None:
    """Several symptoms in one query are several clauses."""
    answer = library.search(query)
    assert "pain in the leg" in {term.lower() for hit in answer.hits for match in hit.matches for term in match.terms}
    assert not any("pain" in text.lower() for text in answer.unmatched)


def test_numbers_are_not_joined(make_folder: MakeFolder) -> None:
    """24 weeks are not 2-4 weeks, and half a pill is not two."""
    points = {"recovery": ["Rest for 2-4 weeks", "Take \u00bd pill"]}
    with open_library(make_folder({"00001": points})) as library:
        assert "00001" not in list_codes(library.search("24"))
        for query in ("1", "2"):
            hits = library.search(query, sections=["recovery"]).hits
            assert "Take \u00bd pill" not in {match.text for hit in hits for match in hit.matches}


def test_a_disease_is_not_a_form_of_its_organ(make_folder: MakeFolder) -> None:
    """Words that name two concepts have two stems, whatever the stemmer says."""
    with open_library(make_folder({"00001": {"causes": ["Disease of the pancreas"]}})) as library:
        assert library.search("pancreatitis").hits == ()
        assert list_codes(library.search("pancreatic disease")) == ["00001"]


@pytest.mark.parametrize("words", ["severe", "sharp", "for 3 weeks", "62 yo male with", "hx of", "since yesterday"])
def test_everyday_language_does_not_change_what_comes_first(library: Library, words: str) -> None:
    """What is added to the one thing that matters leaves it first."""
    line = library.search(f"{words} low back pain").hits[0].matches[0].text.lower()
    assert "pain" in line
    assert "back" in line


@pytest.mark.parametrize(
    ("query", "clean_query"),
    [
        ("ting\u00adling", "tingling"),  # a soft hyphen
        ("tin\u200bgling", "tingling"),  # a zero-width space
        ("\uff02lower back\uff02", '"lower back"'),  # full-width quotes
    ],
)
def test_invisible_and_wide_characters_of_a_paste_are_ignored(library: Library, query: str, clean_query: str) -> None:
    """The query finds what it finds without them."""
    assert library.search(query).hits == library.search(clean_query).hits


def test_dots_in_an_abbreviation_are_ignored(library: Library) -> None:
    """N.P.O. is NPO."""
    assert library.search("N.P.O.").hits[0].matches[0].tier == "abbreviation"


@pytest.mark.parametrize("query", ["a" * 100_000, "tingling" * 12_500])
def test_an_endless_word_matches_nothing(library: Library, query: str) -> None:
    """A text longer than any word is neither decomposed nor corrected."""
    assert library.search(query).hits == ()


@pytest.mark.parametrize("query", ["x-" * 50_000, "wubbel " * 10_000])
def test_a_query_of_too_many_words_is_refused(library: Library, query: str) -> None:
    """The error says how many words are allowed."""
    with pytest.raises(UsageError, match="give those that matter, at most 200"):
        library.search(query)


def test_what_an_entry_does_not_mention_is_shown_with_it(run: Run) -> None:
    """Text and JSON name the part of the query that an entry leaves out."""
    words = ("search", "neck pain", "ultrasound")
    assert re.search("20920 .*does not mention: ultrasound", run(*words).out)
    hits = json.loads(run(*words, "-f", "json").out)["results"]
    assert ["ultrasound"] in [hit["missing"] for hit in hits]


def test_a_folder_may_have_its_own_vocabulary(make_folder: MakeFolder) -> None:
    """It is read with the bundled one, adds concepts, and adds synonyms to a bundled concept."""
    vocabulary = (
        "[[concepts]]\nname = 'paresthesia'\nsynonyms = ['ants under the skin']\n"
        "[[concepts]]\nname = 'zingy'\nsynonyms = ['numbness of Tuesdays']\n"
    )
    with open_library(make_folder({"00001": {"symptoms": ["A zingy feeling"]}}, vocabulary)) as library:
        assert "20920" in list_codes(library.search("ants under the skin"))
        assert list_codes(library.search("numbness of Tuesdays")) == ["00001"]
