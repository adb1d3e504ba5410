"""`cptref symptom` and `library.symptom`: codes by how many complaints they cover."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cptref import UsageError, open_library

if TYPE_CHECKING:
    from tests.conftest import Made, Run


def asked(run: Run, *args: str) -> dict[str, Any]:
    """The JSON it prints."""
    answer: dict[str, Any] = json.loads(run("symptom", *args, "--format", "json").out)
    return answer


def test_codes_are_ranked_by_how_many_they_cover_then_how_well(made: Made) -> None:
    """Two loosely before one exactly; of two, the better; equal ones by code."""
    articles = {
        "00001": {"symptoms": ["Wubbel"]},
        "00002": {"symptoms": ["Wubbels of long standing"], "used-when": ["Zonked patients, among others"]},
        "00003": {"symptoms": ["Wubbel", "Zonk"]},
        "00004": {"symptoms": ["Wubbel", "Zonk"]},
    }
    with open_library(made(articles)) as library:
        answer = library.symptom(["wubbel", "zonk"])
    assert [(hit.code, hit.covered, hit.of) for hit in answer.hits] == [
        ("00003", 2, 2),
        ("00004", 2, 2),
        ("00002", 2, 2),
        ("00001", 1, 2),
    ]
    assert [one and one.text for one in answer.hits[3].evidence] == ["Wubbel", None]


def test_it_looks_where_complaints_stand(made: Made) -> None:
    """In symptoms and when it is used; in causes, ranked lower; nowhere else, and in no intro."""
    articles = {
        "00001": {"causes": ["Wubbel"]},
        "00002": {"used-when": ["Wubbel"]},
        "00003": {"complications": ["Wubbel"]},
    }
    with open_library(made(articles)) as library:
        answer = library.symptom("wubbel")
        assert [(hit.code, hit.score) for hit in answer.hits] == [("00002", 1.0), ("00001", 0.80018)]
        assert library.symptom("complaints that may lead to this injection").hits == ()


def test_a_table_and_the_line_for_each(run: Run) -> None:
    """Complaint by code, then the line that covers each; what is read and what is missing on standard error."""
    done = run("symptom", "numb feet", "stiffness", "chest pain", "-n", "2")
    assert done.code == 1
    assert done.out.startswith(
        "Symptoms: numb feet; stiffness; chest pain\n"
        "==========================================\n"
        "Symptom     20962  20920\n"
        "numb feet   -      0.968\n"
        "stiffness   0.979  -\n"
        "chest pain  -      -\n"
        "\n"
        "20962  Facet or sacroiliac joint injection (conflict, bundled, covers 1 of 3, score 0.32643)\n"
        "  - numb feet: not covered\n"
        "  - stiffness: Symptoms (inflected): A *stiff* back, or one with less range of motion\n"
        "  - chest pain: not covered\n"
    )
    assert done.err == (
        "cptref: reading feet as extremity (synonym)\n"
        "cptref: symptoms, uses and causes do not mention: chest pain\n"
        "cptref: the best 2 of 5 entries; --limit shows more\n"
        "cptref: no entry covers 'chest pain'; try fewer or other words, or cptref search\n"
    )


def test_all_of_it_is_in_the_json(run: Run) -> None:
    """How each complaint was read, what nothing speaks of, the evidence or null."""
    answer = asked(run, "LBP", "jaw pain")
    assert [(one["query"], one["unmatched"], one["covered"]) for one in answer["symptoms"]] == [
        ("LBP", [], True),
        ("jaw pain", ["jaw"], False),
    ]
    assert answer["symptoms"][0]["understood"] == [{"from": "LBP", "to": ["low back pain"], "tier": "abbreviation"}]
    first = answer["results"][0]
    assert (first["covered"], first["of"]) == (1, 2)
    assert first["evidence"][0].items() >= {"symptom": "LBP", "section": "symptoms", "tier": "abbreviation"}.items()
    assert first["evidence"][1] is None


def test_a_line_that_says_half_of_it_covers_nothing(run: Run) -> None:
    """Weak arms are not covered by weak legs; what a line leaves out of a complaint that it covers is said."""
    assert run("symptom", "weak arms").code == 1
    done = run("symptom", "pain shooting down my left leg", "-n", "1")
    assert "Symptoms (synonym): *Pain radiating down* into the *legs* (nothing of: left)\n" in done.out
    evidence = asked(run, "pain shooting down my left leg")["results"][0]["evidence"]
    assert evidence[0]["missing"] == ["left"]


def test_a_complaint_given_twice_is_one(run: Run) -> None:
    """It covers one of one."""
    answer = asked(run, "numb feet", "numb feet")
    assert [one["query"] for one in answer["symptoms"]] == ["numb feet"]
    assert (answer["results"][0]["covered"], answer["results"][0]["of"]) == (1, 1)


@pytest.mark.parametrize("width", [60, 200])
def test_a_long_complaint_is_wrapped(run: Run, width: int) -> None:
    """The table keeps to the width; every code keeps its column."""
    lines = run(
        "symptom", "pain radiating down into the legs since Tuesday", "LBP", "--width", str(width)
    ).out.splitlines()
    assert max(map(len, lines)) <= width
    assert "Symptom" in next(line for line in lines if "20975" in line)


def test_nothing_fits(run: Run) -> None:
    """Exit 1, with nothing on standard output; as JSON the miss is JSON."""
    done = run("symptom", "toothache")
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "cptref: symptoms, uses and causes do not mention: toothache\n"
        "cptref: no entry covers 'toothache'; try fewer or other words, or cptref search\n"
    )
    assert asked(run, "toothache")["results"] == []


@pytest.mark.parametrize("args", [("",), ("numb feet", " "), ("...",)])
def test_a_blank_symptom_is_wrong_usage(run: Run, args: tuple[str, ...]) -> None:
    """Blank or punctuation alone is exit 2, and nothing is printed of the others."""
    message = "cptref: a symptom has no word in it; give one or more, as in: cptref symptom 'numb feet' 'weak legs'\n"
    assert run("symptom", "--", *args) == (2, "", message)


def test_no_symptom_at_all(run: Run) -> None:
    """None, or a limit that is none, is refused."""
    assert run("symptom").code == 2
    with open_library() as library:
        with pytest.raises(UsageError, match="no symptom given; give one or more"):
            library.symptom([])
        with pytest.raises(UsageError, match="a limit of 0 is too small; it takes 1 or more"):
            library.symptom(["pain"], limit=0)
