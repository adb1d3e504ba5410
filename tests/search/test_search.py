"""Search, by the front door."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cptref import open_library
from cptref.errors import UsageError

if TYPE_CHECKING:
    from tests.conftest import Run


def asked(run: Run, *args: str) -> dict[str, Any]:
    """The JSON a search prints."""
    answer: dict[str, Any] = json.loads(run("search", *args, "--format", "json").out)
    return answer


def codes(answer: dict[str, Any]) -> list[str]:
    """The codes found, best first."""
    return [result["code"] for result in answer["results"]]


def test_every_line_of_every_entry_is_found_by_its_own_words() -> None:
    """Searching the words of a line brings the line, in full."""
    with open_library() as library:
        for listed in library.list().entries:
            entry = library.get(listed.code)
            assert entry
            for section in entry.sections:
                for line in (entry.title, *filter(None, (section.intro,)), *section.points):
                    hits = [hit for hit in library.search(line).hits if hit.code == entry.code]
                    assert any(match.text == line for hit in hits for match in hit.matches), line


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ultrasound", ["20971", "20976"]),
        ("sedentary", ["20976"]),
        ("buttocks", ["20962"]),
        ("ergonomic", ["20971", "20976"]),
        ("$300", ["20962"]),
        ("24-48 hours", ["20920", "20971", "20975", "20976", "20962"]),
        ("three months", ["20975"]),
        ("SACROILIAC", ["20962"]),
        ("ｕｌｔｒａｓｏｕｎｄ", ["20971", "20976"]),
        ("thérapeutic ultrasound", ["20971", "20976"]),
        ("64451", ["20962"]),
    ],
)
def test_words_of_any_section_are_found(run: Run, words: str, found: list[str]) -> None:
    """In symptoms, causes, procedure, cost, related codes: whatever has the words, equal scores in order of code."""
    assert codes(asked(run, words)) == found


def test_what_covers_more_comes_first(run: Run) -> None:
    """An entry counts for what its lines cover together; the number shown is the number sorted by."""
    answer = asked(run, "neck", "pain", "arm")
    scores = [result["score"] for result in answer["results"]]
    assert codes(answer)[0] == "20920"
    assert scores == sorted(scores, reverse=True)
    assert answer["results"][0]["matches"][0]["terms"] == ["neck pain", "arm"]


def test_other_forms_of_a_word_count_a_little_less(run: Run) -> None:
    """`injected` finds `injection`; the tier says so."""
    answer = asked(run, "herniation")
    assert codes(answer)[0] == "20920"
    assert {result["tier"] for result in answer["results"]} == {"inflected"}
    assert answer["understood"] == [{"from": "herniation", "to": ["herniated"], "tier": "inflected"}]


def test_a_slip_of_spelling_is_read_and_said(run: Run) -> None:
    """What nothing knows is taken for the nearest word, and said on standard error."""
    done = run("search", "tinglng")
    assert done.code == 0
    assert done.err == "cptref: reading tinglng as tingling (spelling)\n"
    assert "Symptoms (spelling): *Tingling* or numbness in the extremities" in done.out


@pytest.mark.parametrize("words", ["2097", "20967", "leggs1", "spin", "xyzzy"])
def test_what_is_not_respelled(run: Run, words: str) -> None:
    """Numbers, short words and what is like nothing stay as they are, and find nothing."""
    answer = asked(run, words)
    assert (answer["results"], answer["understood"], answer["unmatched"]) == ([], [], [words])


@pytest.mark.parametrize(
    "words",
    [
        "toothache",
        "cataract surgery",
        "quantum chromodynamics",
        "what is it",
        "heart",
        "heart attack",
        "train",
        "ear infection",
        "blood pressure",
        "skin cancer",
        "brain MRI",
        "bone marrow",
    ],
)
def test_nothing_relevant_is_no_answer(run: Run, words: str) -> None:
    """Exit 1 with a hint and an empty standard output; as JSON the miss is JSON."""
    done = run("search", words)
    assert (done.code, done.out) == (1, "")
    assert f"cptref: no entry matches '{words}'; try fewer or other words, or cptref list" in done.err
    done = run("search", words, "-f", "json")
    assert (done.code, json.loads(done.out)["results"]) == (1, [])


def test_words_that_nothing_speaks_of_are_named(run: Run) -> None:
    """An answer to a part of the query says which part it leaves out."""
    words = ("numbness", "or", "tingling", "in", "the", "jaw")
    done = run("search", *words)
    assert done.code == 0
    assert done.err == "cptref: no entry mentions: jaw\n"
    assert asked(run, *words)["unmatched"] == ["jaw"]


@pytest.mark.parametrize("words", ["", "  ", "...", "-!?"])
def test_no_word_at_all_is_wrong_usage(run: Run, words: str) -> None:
    """Blank or punctuation alone is exit 2."""
    assert run("search", "--", words) == (
        2,
        "",
        "cptref: nothing to search for; give a word, as in: cptref search tingling legs\n",
    )


def test_a_search_can_be_narrowed_to_sections(run: Run) -> None:
    """`--in` takes section names as everywhere, several of them too."""
    everywhere = {match["section"] for hit in asked(run, "ultrasound")["results"] for match in hit["matches"]}
    assert everywhere == {"procedure"}
    within = asked(run, "blood", "--in", "tests")
    assert codes(within) == ["20976"]
    both = asked(run, "pain", "-i", "symptoms", "-i", "risks")
    assert {match["section"] for hit in both["results"] for match in hit["matches"]} == {"symptoms", "complications"}
    assert run("search", "ultrasound", "--in", "symptoms").code == 1


def test_a_cut_list_says_so(run: Run) -> None:
    """`--limit` cuts the entries, and how many there are is said."""
    done = run("search", "pain", "--limit", "2")
    assert done.err == "cptref: the best 2 of 5 entries; --limit shows more\n"
    answer = asked(run, "pain", "-n", "2")
    assert (len(answer["results"]), answer["total"]) == (2, 5)


def test_many_lines_of_an_entry_are_cut_and_counted(run: Run) -> None:
    """Five lines of an entry are shown, and how many more there are."""
    answer = asked(run, "pain")
    first = answer["results"][0]
    assert len(first["matches"]) == 5
    more = first["total"] - 5
    assert f"  - and {more} more lines\n" in run("search", "pain").out


def test_every_word_that_counts_is_shown(run: Run) -> None:
    """An entry's lines show together all that it was found for, however little one of them covers."""
    first = asked(run, "tinglng", "neck")["results"][0]
    assert first["code"] == "20920"
    assert [match["terms"] for match in first["matches"]][:2] == [["tinglng"], ["neck"]]


def test_matches_are_marked(run: Run) -> None:
    """The marks are the places of the matched words in the text."""
    for hit in asked(run, "leg", "pain")["results"]:
        for match in hit["matches"]:
            assert {match["text"][start:end].lower() for start, end in match["marks"]} <= {"leg", "legs", "pain"}
            assert match["marks"]


def test_the_check_stands_beside_every_hit(run: Run) -> None:
    """Who only searches sees the conflict with the code set too."""
    out = run("search", "ultrasound").out
    assert "20971  Therapeutic injection into the spine (not listed, bundled, score 0.99921)\n" in out
    assert [hit["verification"] for hit in asked(run, "neck", "arm")["results"]][:1] == ["conflict"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text())
def test_any_text_is_answered_or_refused(text: str) -> None:
    """No query breaks the search, whatever it is made of."""
    with open_library() as library:
        try:
            answer = library.search(text)
        except UsageError:
            return
    assert answer.total >= len(answer.hits)
    assert all(0 < hit.score <= 1 for hit in answer.hits)
