"""`cptref search`: text, JSON, options and exit codes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cptref.errors import UsageError

if TYPE_CHECKING:
    from cptref import Library
    from tests.conftest import Run


def search_json(run: Run, *args: str) -> dict[str, Any]:
    """Run a search and return the JSON that it prints."""
    answer: dict[str, Any] = json.loads(run("search", *args, "--format", "json").out)
    return answer


def list_codes(answer: dict[str, Any], kind: str = "article") -> list[str]:
    """Return the codes of the articles of an answer, or those of its published codes, the best first."""
    return [result["code"] for result in answer["results"] if result["kind"] == kind]


def test_every_line_of_every_entry_is_found_by_its_own_words(library: Library) -> None:
    """A search for the words of a line shows that line in full, for each entry that has it.

    Only `US` is no word of a line, which may as well mean us.
    """
    entries_by_line: dict[str, set[str]] = {}
    for item in library.list().entries:
        entry = library.get(item.code)
        assert entry
        lines = {line for section in entry.sections for line in (entry.title, section.intro, *section.points) if line}
        for line in lines:
            entries_by_line.setdefault(line, set()).add(entry.code)
    for line, codes in entries_by_line.items():
        if "US" not in line.split():
            hits = library.search(line, limit=10 if len(codes) == 1 else 100).hits
            assert codes <= {hit.code for hit in hits if line in {match.text for match in hit.matches}}, line


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("sedentary", ["20976"]),
        ("buttocks", ["20962"]),
        ("three months", ["20975"]),
        ("$300", ["20962"]),
        ("24-48 hours", ["20920", "20971", "20975", "20976"]),
        ("SACROILIAC", ["20962"]),
        ("thérapeutic ultrasound", ["20971", "20976"]),
    ],
)
def test_only_the_entries_with_the_words_are_found(run: Run, query: str, codes: list[str]) -> None:
    """Amounts, ranges, capitals and accents are matched too; equal scores are in order of code."""
    assert list_codes(search_json(run, query)) == codes


def test_the_entry_that_covers_most_comes_first(run: Run) -> None:
    """An entry counts for what its lines cover together, and the score shown is the one sorted by."""
    answer = search_json(run, "neck", "pain", "arm")
    scores = [result["score"] for result in answer["results"]]
    assert list_codes(answer)[0] == "20920"
    assert scores == sorted(scores, reverse=True)
    assert answer["results"][0]["matches"][0]["terms"] == ["neck pain", "arm"]


def test_json_says_how_a_form_of_a_word_was_read(run: Run) -> None:
    """`herniation` finds `herniated`, in the tier `inflected`."""
    answer = search_json(run, "herniation")
    assert list_codes(answer)[0] == "20920"
    assert {result["tier"] for result in answer["results"]} == {"inflected"}
    assert answer["understood"] == [{"from": "herniation", "to": ["herniated"], "tier": "inflected"}]


@pytest.mark.parametrize(
    "query", ["what is it", "ear infection", "blood pressure", "skin cancer", "brain MRI", "bone marrow"]
)
def test_a_query_without_an_answer_exits_with_1(run: Run, query: str) -> None:
    """The page has at most what comes closest, and says so; a hint is on standard error; JSON has no results."""
    done = run("search", query)
    assert done.code == 1
    assert not done.out or "\n\nClosest, not a match: " in done.out
    assert f"cptref: no entry matches '{query}'; try fewer or other words, or cptref list" in done.err
    done = run("search", query, "-f", "json")
    assert (done.code, json.loads(done.out)["results"]) == (1, [])


def test_words_that_no_entry_mentions_are_named(run: Run) -> None:
    """An answer to a part of the query names the other part, on standard error and in JSON."""
    words = ("numbness", "or", "tingling", "in", "the", "eyelid")
    done = run("search", *words)
    assert done.code == 0
    assert done.err == "cptref: no entry mentions: eyelid\n"
    assert search_json(run, *words)["unmatched"] == ["eyelid"]


@pytest.mark.parametrize("words", ["", "  ", "...", "-!?"])
def test_a_query_without_a_word_is_wrong_usage(run: Run, words: str) -> None:
    """Only blanks or punctuation is exit 2."""
    assert run("search", "--", words) == (
        2,
        "",
        "cptref: nothing to search for; give a word, as in: cptref search tingling legs\n",
    )


def test_a_search_can_be_narrowed_to_sections(run: Run) -> None:
    """`--in` takes one section name or several, and their aliases."""
    everywhere = {match["section"] for hit in search_json(run, "ultrasound")["results"] for match in hit["matches"]}
    assert {"procedure", "overview"} <= everywhere
    narrowed = search_json(run, "ultrasound", "-i", "procedure")["results"]
    assert {match["section"] for hit in narrowed for match in hit["matches"]} == {"procedure"}
    assert list_codes(search_json(run, "blood", "--in", "tests")) == ["20976"]
    two_sections = search_json(run, "pain", "-i", "symptoms", "-i", "risks")
    sections = {match["section"] for hit in two_sections["results"] for match in hit["matches"]}
    assert sections == {"symptoms", "complications"}
    assert run("search", "ultrasound", "--in", "symptoms").code == 1


def test_limit_cuts_the_entries_and_says_so(run: Run) -> None:
    """It holds for articles and for published codes, each for itself; a notice and the JSON say how many there are."""
    whole = search_json(run, "pain", "-n", "100")
    total = len(whole["results"])
    assert whole["total"] == total > 4
    assert run("search", "pain", "-n", "100").err == ""
    answer = search_json(run, "pain", "-n", "2")
    assert answer["total"] == total
    for kind in ("article", "code"):
        assert list_codes(answer, kind) == list_codes(whole, kind)[:2]
    assert run("search", "pain", "-n", "2").err == f"cptref: the best 4 of {total} entries; --limit shows more\n"


def test_five_lines_of_an_entry_are_shown_and_the_others_counted(run: Run) -> None:
    """Text says how many more lines there are, and JSON the total."""
    answer = search_json(run, "pain")
    first = answer["results"][0]
    assert len(first["matches"]) == 5 < first["total"]
    assert re.search(r"and \d+ more lines\n", run("search", "pain").out)


def test_the_lines_shown_have_every_word_that_the_entry_matches(run: Run) -> None:
    """A line with one more word of the query is shown, however little it covers."""
    first = search_json(run, "tinglng", "neck")["results"][0]
    assert first["code"] == "20920"
    assert [match["terms"] for match in first["matches"]][:2] == [["tinglng"], ["neck"]]


def test_json_marks_the_words_that_match(run: Run) -> None:
    """The marks are the offsets of the matching words in the text."""
    for hit in search_json(run, "leg", "pain")["results"]:
        for match in hit["matches"]:
            marked = {match["text"][start:end].lower() for start, end in match["marks"]}
            assert marked
            assert marked <= {"leg", "legs", "pain"} or match["tier"] == "synonym"


def test_every_hit_shows_its_verification(run: Run) -> None:
    """A conflict with the code set is seen without opening the entry."""
    out = run("search", "ultrasound").out
    assert re.search("20971 .*Therapeutic injection into the spine .*not listed", out)
    by_code = {hit["code"]: hit["verification"] for hit in search_json(run, "ultrasound")["results"]}
    assert by_code.items() >= {"20971": "not-listed", "20976": "not-listed", "76942": "verified"}.items()
    assert search_json(run, "neck", "arm")["results"][0]["verification"] == "conflict"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text())
def test_any_text_is_answered_or_refused(library: Library, text: str) -> None:
    """No query breaks the search, and every score is above 0 and at most 1."""
    try:
        answer = library.search(text)
    except UsageError:
        return
    assert answer.total >= len(answer.hits)
    assert all(0 < hit.score <= 1 for hit in answer.hits)
