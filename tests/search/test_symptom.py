"""`cptref symptom` and `library.symptom`: codes by how many symptoms they cover."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from cptref import UsageError, open_library

if TYPE_CHECKING:
    from cptref import Library
    from tests.conftest import MakeFolder, Run


def symptom_json(run: Run, *args: str) -> dict[str, Any]:
    """Run `cptref symptom` and return the JSON that it prints."""
    answer: dict[str, Any] = json.loads(run("symptom", *args, "--format", "json").out)
    return answer


def test_codes_are_ranked_by_how_many_they_cover_then_how_well(make_folder: MakeFolder) -> None:
    """Two symptoms covered loosely come before one covered exactly; equal scores are in order of code."""
    articles = {
        "00001": {"symptoms": ["Wubbel"]},
        "00002": {"symptoms": ["Wubbels of long standing"], "used-when": ["Zonked patients, among others"]},
        "00003": {"symptoms": ["Wubbel", "Zonk"]},
        "00004": {"symptoms": ["Wubbel", "Zonk"]},
    }
    with open_library(make_folder(articles)) as library:
        answer = library.symptom(["wubbel", "zonk"])
    assert [(hit.code, hit.covered, hit.of) for hit in answer.hits] == [
        ("00003", 2, 2),
        ("00004", 2, 2),
        ("00002", 2, 2),
        ("00001", 1, 2),
    ]
    assert [evidence and evidence.text for evidence in answer.hits[3].evidence] == ["Wubbel", None]


def test_only_points_of_symptoms_uses_and_causes_count(make_folder: MakeFolder) -> None:
    """A point in causes ranks lower; other sections and intros do not count."""
    articles = {
        "00001": {"causes": ["Wubbel"]},
        "00002": {"used-when": ["Wubbel"]},
        "00003": {"complications": ["Wubbel"]},
    }
    with open_library(make_folder(articles)) as library:
        answer = library.symptom("wubbel")
        assert [(hit.code, hit.score) for hit in answer.hits] == [("00002", 1.0), ("00001", 0.80018)]
        assert library.symptom("complaints that may lead to this injection").hits == ()


def test_text_shows_each_symptom_and_the_lines_that_cover_it(run: Run) -> None:
    """Every code has its verdict; standard error says what was read otherwise and what is missing."""
    done = run("symptom", "numb feet", "stiffness", "chest pain", "-n", "2")
    assert done.code == 1
    assert done.out.startswith("Symptoms: numb feet; stiffness; chest pain\n")
    for code in ("20962", "20920"):
        assert re.search(f"{code}.* conflict .*covers 1 of 3", done.out)
    assert "  - Symptoms: Tingling or *numbness* in the *extremities*\n" in done.out
    assert "  - Symptoms: A *stiff* back or less range of motion\n" in done.out
    assert done.err == (
        "cptref: reading feet as extremity (synonym)\n"
        "cptref: symptoms, uses and causes do not mention: chest pain\n"
        "cptref: the best 2 of 5 entries; --limit shows more\n"
        "cptref: no entry covers 'chest pain'; try fewer or other words, or cptref search\n"
    )


def test_json_says_how_each_symptom_was_read_and_covered(run: Run) -> None:
    """A symptom that an entry does not cover has null for evidence."""
    answer = symptom_json(run, "LBP", "jaw pain")
    assert [(symptom["query"], symptom["unmatched"], symptom["covered"]) for symptom in answer["symptoms"]] == [
        ("LBP", [], True),
        ("jaw pain", ["jaw"], False),
    ]
    assert answer["symptoms"][0]["understood"] == [{"from": "LBP", "to": ["low back pain"], "tier": "abbreviation"}]
    first = answer["results"][0]
    assert (first["covered"], first["of"]) == (1, 2)
    assert first["evidence"][0].items() >= {"symptom": "LBP", "section": "symptoms", "tier": "abbreviation"}.items()
    assert first["evidence"][1] is None


def test_a_line_shows_what_it_leaves_out_of_a_symptom(run: Run) -> None:
    """Weak legs do not cover weak arms; a line that covers most of a symptom names the rest."""
    assert run("symptom", "weak arms").code == 1
    done = run("symptom", "pain shooting down my left leg", "-n", "1")
    assert "Symptoms: *Pain radiating down* into the *legs* (does not mention: left)\n" in done.out
    evidence = symptom_json(run, "pain shooting down my left leg")["results"][0]["evidence"]
    assert evidence[0]["missing"] == ["left"]


def test_a_symptom_given_twice_counts_once(run: Run) -> None:
    """An entry covers one of one."""
    answer = symptom_json(run, "numb feet", "numb feet")
    assert [symptom["query"] for symptom in answer["symptoms"]] == ["numb feet"]
    assert (answer["results"][0]["covered"], answer["results"][0]["of"]) == (1, 1)


@pytest.mark.parametrize("width", [60, 200])
def test_a_long_symptom_is_wrapped(run: Run, width: int) -> None:
    """Every line keeps to the width."""
    lines = run(
        "symptom", "pain radiating down into the legs since Tuesday", "LBP", "--width", str(width)
    ).out.splitlines()
    assert max(map(len, lines)) <= width
    assert any("20975" in line for line in lines)


def test_a_symptom_that_no_entry_covers_exits_with_1(run: Run) -> None:
    """Standard output is empty; in JSON there are no results."""
    done = run("symptom", "toothache")
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "cptref: symptoms, uses and causes do not mention: toothache\n"
        "cptref: no entry covers 'toothache'; try fewer or other words, or cptref search\n"
    )
    assert symptom_json(run, "toothache")["results"] == []


@pytest.mark.parametrize("args", [("",), ("numb feet", " "), ("...",)])
def test_a_blank_symptom_is_wrong_usage(run: Run, args: tuple[str, ...]) -> None:
    """Only blanks or punctuation is exit 2, and the other symptoms are not answered either."""
    message = "cptref: a symptom has no word in it; give one or more, as in: cptref symptom 'numb feet' 'weak legs'\n"
    assert run("symptom", "--", *args) == (2, "", message)


def test_no_symptom_and_a_limit_of_0_are_wrong_usage(run: Run, library: Library) -> None:
    """The command exits with 2, and the library says what to give."""
    assert run("symptom").code == 2
    with pytest.raises(UsageError, match="no symptom given; give one or more"):
        library.symptom([])
    with pytest.raises(UsageError, match="a limit of 0 is too small; it takes 1 or more"):
        library.symptom(["pain"], limit=0)
