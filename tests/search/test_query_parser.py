"""How a query is read before anything is looked for: phrases, forms, abbreviations, compounds, slips."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cptref import UsageError, open_library

if TYPE_CHECKING:
    from cptref import SearchAnswer
    from tests.conftest import Made, Run


def tiers(answer: SearchAnswer, text: str) -> list[str]:
    """How loosely a line was matched, in the hits that show it."""
    return [match.tier for hit in answer.hits for match in hit.matches if match.text == text]


TINGLING = "Tingling or numbness in the extremities"
THINNERS = "Discuss all medications with the doctor, blood thinners in particular"
DISC = "Radicular pain set off by a herniated disc"


@pytest.mark.parametrize(
    ("query", "line", "tier"),
    [
        ("tingling", TINGLING, "exact"),
        ("ＴＩＮＧＬＩＮＧ", TINGLING, "exact"),
        ("extremity", TINGLING, "inflected"),
        ("paresthesia", TINGLING, "synonym"),
        ("paraesthesia", TINGLING, "synonym"),
        ("pins and needles", TINGLING, "synonym"),
        ("Pins-and-needles", TINGLING, "synonym"),
        ("tinglng", TINGLING, "spelling"),
        ("parasthesia", TINGLING, "spelling"),
        ("herniated disk", DISC, "inflected"),
        ("herniated discs", DISC, "inflected"),
        ("slipped disc", DISC, "synonym"),
        ("slipped disks", DISC, "synonym"),
        ("HNP", DISC, "abbreviation"),
        ("hnp", DISC, "abbreviation"),
        ("anticoagulant", THINNERS, "synonym"),
        ("warfarin", THINNERS, "synonym"),
        ("Coumadin", THINNERS, "synonym"),
        ("eliquis", THINNERS, "synonym"),
        ("ibuprofen", "Medications: NSAIDs or muscle relaxants, for example", "abbreviation"),
        ("xray", "X-rays, for bone alignment and degeneration", "inflected"),
        ("x ray", "X-rays, for bone alignment and degeneration", "inflected"),
        ("X-Ray", "X-rays, for bone alignment and degeneration", "inflected"),
        ("sterilised skin", "The skin at the injection site is cleaned and sterilized", "inflected"),
        ("haematoma", "Bleeding, or a hematoma that forms", "inflected"),
        ("NCS", "Nerve conduction studies, for the function of the nerves", "abbreviation"),
        ("nerve conduction study", "Nerve conduction studies, for the function of the nerves", "inflected"),
        ("NPO", "Nothing to eat or drink for several hours beforehand", "abbreviation"),
        ("butt", "Pain localized in the lower back or the buttocks", "synonym"),
        ("SIJ", "Dysfunction of the sacroiliac joint that causes persistent pain", "abbreviation"),
        ("sacro-iliac", "Dysfunction of the sacroiliac joint that causes persistent pain", "inflected"),
        ("neck pain", "Pain in the neck together with pain in the arm", "exact"),
        ("pain in my neck", "Pain in the neck together with pain in the arm", "exact"),
        ("physical therapist", "Physical therapy to strengthen the muscles of the back", "synonym"),
    ],
)
def test_the_words_of_a_query_find_the_line(query: str, line: str, tier: str) -> None:
    """Forms, British spelling, hyphens, phrases, lay words, abbreviations and slips, each with its tier."""
    with open_library() as library:
        answer = library.search(query)
    assert set(tiers(answer, line)) == {tier}
    assert answer.unmatched == ()


def test_what_was_read_as_what_is_said_once(run: Run) -> None:
    """An abbreviation by its meaning, a lay word by the words that were found."""
    assert run("search", "LBP").err == "cptref: reading LBP as low back pain (abbreviation)\n"
    assert run("search", "lumbago").err == "cptref: reading lumbago as low back pain or back pain (synonym)\n"
    assert run("search", "pins and needles").err == "cptref: reading pins and needles as tingling (synonym)\n"
    assert run("search", "tinglng").err == "cptref: reading tinglng as tingling (spelling)\n"
    assert run("search", "tingling").err == ""


def test_every_sense_of_an_abbreviation_is_said(run: Run) -> None:
    """Also those that the library doesn't speak of."""
    done = run("search", "ROM")
    assert "Symptoms (abbreviation): A stiff back, or one with less *range* of *motion*" in done.out
    (line,) = (line for line in done.err.splitlines() if "reading ROM" in line)
    assert "range of motion" in line
    assert " or " in line


def test_capitals_make_an_abbreviation_of_a_passing_word(made: Made) -> None:
    """`US` is ultrasound, `us` is us, and in a text all in capitals it is us again."""
    vocabulary = "[[concepts]]\nname = 'sonar'\nabbreviations = ['US']\n"
    with open_library(made({"00001": {"tests": ["A sonar"]}}, vocabulary)) as library:
        for query in ("US", "US zonk"):
            assert "00001" in {hit.code for hit in library.search(query).hits}
        for query in ("us", "zonk us", "ZONK US"):
            assert len(library.search(query).hits) <= 10


def test_parts_of_compounds(made: Made) -> None:
    """What is longer by a part is found by the other; what is made of two known parts, by their words."""
    points = {"causes": ["Polywubbelosis of long standing"], "procedure": ["Removal of the kidney"]}
    with open_library(made({"00001": points})) as library:
        (hit,) = library.search("wubbelosis").hits
        assert (hit.code, hit.tier, hit.matches[0].marks) == ("00001", "part", ((0, 14),))
        (hit,) = library.search("nephrectomy").hits
        assert (hit.code, hit.tier, hit.matches[0].text) == ("00001", "part", "Removal of the kidney")


@pytest.mark.parametrize("query", ["nonunion", "non union", "non-union", "NON\u2010UNION"])
@pytest.mark.parametrize("line", ["A nonunion", "A non-union", "A non union"])
def test_hyphens_and_spaces_make_no_difference(made: Made, query: str, line: str) -> None:
    """However it is typed, and however it stands there."""
    with open_library(made({"00001": {"causes": [line]}})) as library:
        assert [hit.code for hit in library.search(query).hits] == ["00001"]


def test_a_word_that_is_known_is_not_respelled(run: Run) -> None:
    """Everyday language and clinical words that the library doesn't speak of stay what they are."""
    for word in ("train", "hearing", "heart", "patent", "station", "serve", "paint", "vein"):
        done = run("search", word)
        assert (done.code, done.out) == (1, "")
        assert done.err.startswith(f"cptref: nothing held speaks of: {word}\n")


def test_what_nobody_knows_is_offered_what_is_near(run: Run) -> None:
    """Where there is no answer: near in spelling, offered and never chosen. In JSON too."""
    done = run("search", "tng")
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "cptref: nothing held speaks of: tng\n"
        "cptref: no entry fits 'tng'; try fewer or other words, or cptref list; near in spelling: long, things\n"
    )
    assert run("search", "car accident").err.endswith("try fewer or other words, or cptref list\n")
    assert '"suggestions": [\n    "long",\n    "things"\n  ]' in run("search", "tng", "-f", "json").out


def test_quoted_words_mean_exactly_these_words(run: Run) -> None:
    """Side by side, in this order and form, and nothing instead."""
    done = run("search", '"lower back"', "--in", "symptoms")
    assert done.err == ""
    assert done.out.count("in the *lower back*") == 5
    assert run("search", '"back lower"').err.startswith('cptref: nothing held speaks of: "back lower"\n')
    assert run("search", '"paresthesia"').code == 1
    assert run("search", '"leg"').code == 1
    assert run("search", "“lower back”").code == 0
    assert run("search", '"lower back" stiff').out.startswith('Search: "lower back" stiff\n')


@pytest.mark.parametrize("query", ["20976", "CPT 20976", "#20976", "20976-50", "２０９７６"])
def test_a_code_is_looked_up(query: str) -> None:
    """In whatever way it is typed; its entry comes first."""
    with open_library() as library:
        assert [hit.code for hit in library.search(query).hits] == ["20976"]


def test_several_codes_in_one_argument(run: Run) -> None:
    """Each is looked up; what is no code is refused as everywhere, with its hint."""
    with open_library() as library:
        assert [hit.code for hit in library.search("20976,20971; 20975").hits] == ["20971", "20975", "20976"]
        assert library.search("20976,tingling").unmatched == ()
    assert run("search", "2O976") == (1, "", "cptref: 2O976: does not look like a code; did you mean 20976?\n")


def test_near_codes_are_in_the_json(run: Run) -> None:
    """As suggestions: held, and other procedures."""
    assert '"suggestions": [\n    "20971",\n    "20975",\n    "20976"\n  ]' in run("search", "20977", "-f", "json").out


def test_a_code_that_others_mention(run: Run) -> None:
    """Codes are never respelled; one that is only mentioned finds who mentions it."""
    assert (
        "Related codes: Injection of the nerves that supply the sacroiliac joint: *64451*" in run("search", "64451").out
    )
    assert run("search", "20977").err == (
        "cptref: 20977: shaped like a code, but not held; held and close, but different procedures: "
        "20971, 20975, 20976; cptref list shows every code that is held\n"
    )


def test_chest_pain_is_not_answered_with_leg_pain(run: Run) -> None:
    """What the vocabulary knows as one thing is asked for as one thing."""
    done = run("search", "chest pain radiating to jaw")
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "cptref: nothing held speaks of: chest pain, jaw\n"
        "cptref: no entry fits 'chest pain radiating to jaw'; try fewer or other words, or cptref list\n"
    )


def test_no_phrase_goes_on_behind_a_comma() -> None:
    """Several complaints in one query are several things."""
    with open_library() as library:
        for query in (
            "swelling of the chest, pain in the leg",
            "numb chest. Pain in the leg",
            "chest; pain in the leg",
        ):
            answer = library.search(query)
            assert "pain in the leg" in {
                term.lower() for hit in answer.hits for one in hit.matches for term in one.terms
            }
            assert not any("pain" in missed.lower() for missed in answer.unmatched)


def test_numbers_are_not_joined(made: Made) -> None:
    """24 weeks are not 2-4 weeks, and half a pill is not two."""
    points = {"recovery": ["Rest for 2-4 weeks", "Take \u00bd pill"]}
    with open_library(made({"00001": points})) as library:
        assert [match.text for hit in library.search("24").hits for match in hit.matches if hit.code == "00001"] == []
        for query in ("1", "2"):
            found = library.search(query, sections=["recovery"]).hits
            assert "Take \u00bd pill" not in {match.text for hit in found for match in hit.matches}


def test_a_disease_is_no_form_of_its_organ(made: Made) -> None:
    """Whatever the stemmer says."""
    with open_library(made({"00001": {"causes": ["Disease of the pancreas"]}})) as library:
        assert library.search("pancreatitis").hits == ()
        assert [hit.code for hit in library.search("pancreatic disease").hits] == ["00001"]


def test_everyday_language_never_takes_over() -> None:
    """What is added to the one thing that matters leaves it first."""
    with open_library() as library:
        for words in ("severe", "sharp", "for 3 weeks", "62 yo male with", "hx of", "since yesterday"):
            first = library.search(f"{words} low back pain").hits[0].matches[0]
            assert "pain" in first.text.lower()
            assert "back" in first.text.lower()


def test_what_comes_with_a_paste_is_ignored() -> None:
    """Soft hyphens and zero-width spaces within words; dots within abbreviations; the curly and the wide quote."""
    with open_library() as library:
        right = library.search("tingling").hits
        assert library.search("ting\u00adling").hits == right
        assert library.search("tin\u200bgling").hits == right
        assert library.search("N.P.O.").hits[0].matches[0].tier == "abbreviation"
        assert library.search("\uff02lower back\uff02").hits == library.search('"lower back"').hits


@pytest.mark.parametrize("query", ["a" * 100_000, "tingling" * 12_500])
def test_a_word_without_end(query: str) -> None:
    """Nothing is taken apart or respelled that is longer than any word."""
    with open_library() as library:
        assert library.search(query).hits == ()


@pytest.mark.parametrize("query", ["x-" * 50_000, "wubbel " * 10_000])
def test_a_query_without_end(query: str) -> None:
    """It is refused in a sentence."""
    with open_library() as library, pytest.raises(UsageError, match="give those that matter, 200 at most"):
        library.search(query)


def test_marks_of_quoted_words_are_the_phrase(made: Made) -> None:
    """And not the same words elsewhere in the line."""
    with open_library(made({"00001": {"causes": ["Back to the lower, the lower back"]}})) as library:
        (hit,) = library.search('"lower back"', sections=["causes"]).hits
    assert [hit.matches[0].text[start:end] for start, end in hit.matches[0].marks] == ["lower back"]


def test_what_an_entry_leaves_out_is_said(run: Run) -> None:
    """Beside its score, and in the JSON."""
    done = run("search", "tingling", "arm", "-n", "5")
    assert "20962" not in done.out
    done = run("search", "neck pain", "ultrasound")
    assert "(conflict, bundled, score 0.49977, nothing of: ultrasound)\n" in done.out


def test_a_vocabulary_of_ones_own(made: Made) -> None:
    """A folder's own vocabulary is read with the bundled one, and may say more of a concept."""
    vocabulary = (
        "[[concepts]]\nname = 'paresthesia'\nsynonyms = ['ants under the skin']\n"
        "[[concepts]]\nname = 'zingy'\nsynonyms = ['numbness of Tuesdays']\n"
    )
    with open_library(made({"00001": {"symptoms": ["A zingy feeling"]}}, vocabulary)) as library:
        assert "20920" in {hit.code for hit in library.search("ants under the skin").hits}
        assert [hit.code for hit in library.search("numbness of Tuesdays").hits] == ["00001"]
