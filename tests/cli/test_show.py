"""`cptref show`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Run

SECTIONS = (
    "overview, used-when, symptoms, causes, tests, procedure, preparation, recovery, complications, follow-up, "
    "alternatives, home-care, education, billing, cost, related, references"
)


def test_sections_by_name(run: Run) -> None:
    """`--section` takes keys, aliases and beginnings; they come in the order of the catalogue."""
    out = run("show", "20976", "-s", "risks", "--section", "prep", "-s", "symptoms").out
    headings = [line for line in out.splitlines() if line in {"Symptoms", "Preparation", "Possible complications"}]
    assert headings == ["Symptoms", "Preparation", "Possible complications"]
    assert "Recovery" not in out


def test_the_finding_is_never_left_out(run: Run) -> None:
    """Whatever section is asked for, what the check found comes first."""
    for form in ("text", "markdown", "terminal"):
        out = run("show", "20920", "-s", "faq", "-s", "cost", "-f", form).out
        assert out.index("CONFLICT: the published code set gives this code to another service") < out.index("Cost and")


def test_several_codes(run: Run) -> None:
    """Entries come in the order asked for, each once."""
    results = json.loads(run("show", "20976,20920", "CPT 20976", "-f", "json").out)["results"]
    assert [entry["code"] for entry in results] == ["20976", "20920"]


def test_a_batch_goes_on_past_a_bad_code(run: Run) -> None:
    """What was found is printed, what wasn't is named with its reason, and the exit code is 1."""
    done = run("show", "20976", "2O976", "20977", "99213", "20920-5", "-s", "cost")
    assert done.code == 1
    assert done.out == run("show", "20976", "-s", "cost").out
    assert done.err == (
        "cptref: 2O976: does not look like a code; did you mean 20976?\n"
        "cptref: 20977: shaped like a code, but not held; held and close, but different procedures: "
        "20971, 20975, 20976; cptref list shows every code that is held\n"
        "cptref: 99213: shaped like a code, but not held; cptref list shows every code that is held\n"
        "cptref: 20920-5: modifier '5' must have two characters, like 50 or RT\n"
    )


def test_a_miss_as_json(run: Run) -> None:
    """Misses are in the JSON, with what was understood, the reason, and what is near."""
    done = run("show", "2O976", "20977", "20920", "-s", "faq", "-f", "json")
    assert done.code == 1
    answer = json.loads(done.out)
    assert answer["results"] == []
    assert [(one["input"], one["code"], one["reason"], one["nearest"]) for one in answer["not_found"]] == [
        ("2O976", "", "malformed", []),
        ("20977", "20977", "not-held", ["20971", "20975", "20976"]),
        ("20920", "20920", "no-section", []),
    ]
    assert answer["not_found"][2]["message"] == (
        f"held, but its entry has no section 'Questions and answers'; it has {SECTIONS}"
    )


def test_a_section_that_one_entry_lacks(run: Run) -> None:
    """The other sections and the other entries are shown all the same."""
    done = run("show", "20920", "20976", "-s", "faq", "-s", "cost")
    assert done.code == 1
    assert done.out.count("Cost and coverage") == 2
    assert done.out.count("Questions and answers") == 1


def test_nothing_found_prints_nothing(run: Run) -> None:
    """Standard output is for answers."""
    assert run("show", "99213").out == ""


def test_a_modifier_typed_with_the_code(run: Run) -> None:
    """What each means, whether the entry lists it and what the check says of it stands under the finding."""
    done = run("show", "20976-RT-59", "-s", "cost")
    assert (done.code, done.err) == (0, "")
    said = (
        "\nModifier RT:\n"
        "  - right side of the body\n"
        "  - the entry lists it\n"
        "  - can't be judged: no release checked lists the code\n"
        "Modifier 59:\n"
        "  - a distinct service, where no more exact modifier fits\n"
        "  - the entry does not list it\n"
        "  - the check says nothing of it\n"
    )
    assert said in done.out
    assert done.out.replace(said, "\n", 1) == run("show", "20976", "-s", "cost").out


def test_a_modifier_that_conflicts(run: Run) -> None:
    """With bilateral indicator 0, the two sides of the body are not paid as two."""
    (entry,) = json.loads(run("show", "20920-50", "-s", "cost", "-f", "json").out)["results"]
    (only,) = entry["appended"]
    assert only == {
        "input": "20920-50",
        "on": "20920",
        "code": "50",
        "set": "CPT",
        "meaning": "both sides in one session; not for add-on codes since CPT 2020",
        "listed": True,
        "check": (
            "conflicts with bilateral indicator 0 (no 150 % adjustment: payment for both sides is capped at 100 % of "
            "one code, and some Medicare contractors deny 50, RT or LT)"
        ),
    }


def test_a_modifier_nobody_knows(run: Run) -> None:
    """It is said to be unknown, and the entry is shown."""
    done = run("show", "20976-ZZ")
    assert (done.code, done.err) == (0, "")
    assert (
        "Modifier ZZ:\n  - not held, so its meaning is not known here; cptref modifiers shows those that are"
        in done.out
    )


def test_a_modifier_on_a_code_that_is_not_held(run: Run) -> None:
    """The code and the modifier are told apart: one is missed, the other explained."""
    done = run("show", "99213-25-ZZ")
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "cptref: 99213-25-ZZ: read as 99213, shaped like a code, but not held; cptref list shows every code that is "
        "held\n"
        "cptref: 99213-25-ZZ: modifier 25: a separate evaluation visit on the same day; goes on the visit's code, not "
        "on the procedure's\n"
        "cptref: 99213-25-ZZ: modifier ZZ: not held either\n"
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("symptons", "no section 'symptons'; did you mean symptoms? the sections are overview, used-when, symptoms, "),
        ("xyzzy", "no section 'xyzzy'; the sections are overview, used-when, symptoms, "),
        ("", "no section ''; the sections are overview, used-when, symptoms, "),
        ("re", "section 're' could be recovery or related or references; type more of the name\n"),
    ],
)
def test_a_section_that_is_none(run: Run, name: str, message: str) -> None:
    """The closest name and the whole list, and exit 2."""
    done = run("show", "20976", "-s", name)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"cptref: {message}")
    assert done.err.count("\n") == 1
