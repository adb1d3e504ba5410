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


def test_sections_are_chosen_by_key_alias_or_prefix(run: Run) -> None:
    """They come in the order of the catalogue."""
    out = run("show", "20976", "-s", "risks", "--section", "prep", "-s", "symptoms").out
    headings = [line for line in out.splitlines() if line in {"Symptoms", "Preparation", "Possible complications"}]
    assert headings == ["Symptoms", "Preparation", "Possible complications"]
    assert "Recovery" not in out


def test_entries_come_in_the_order_asked_for_each_once(run: Run) -> None:
    """Also if several codes are in one argument."""
    results = json.loads(run("show", "20976,20920", "CPT 20976", "-f", "json").out)["results"]
    assert [entry["code"] for entry in results] == ["20976", "20920"]


def test_a_bad_code_does_not_stop_the_others(run: Run) -> None:
    """Each is named with its reason; exit 1."""
    done = run("show", "20976", "2O976", "20977", "99213", "20920-5", "-s", "cost")
    assert done.code == 1
    assert done.out == run("show", "20976", "-s", "cost").out
    assert done.err == (
        "cptref: 2O976: does not look like a code; did you mean 20976?\n"
        "cptref: 20977: looks like a code, but is not in the library; close codes, which are different procedures: "
        "20971, 20975, 20976; cptref list shows every code\n"
        "cptref: 99213: looks like a code, but is not in the library; cptref list shows every code\n"
        "cptref: 20920-5: modifier '5' must have two characters, like 50 or RT\n"
    )


def test_json_has_misses_with_reason_and_nearest_codes(run: Run) -> None:
    """And with the code that was understood; exit 1."""
    done = run("show", "2O976", "20977", "20920", "-s", "faq", "-f", "json")
    assert done.code == 1
    answer = json.loads(done.out)
    assert answer["results"] == []
    assert [(miss["input"], miss["code"], miss["reason"], miss["nearest"]) for miss in answer["not_found"]] == [
        ("2O976", "", "malformed", []),
        ("20977", "20977", "not-held", ["20971", "20975", "20976"]),
        ("20920", "20920", "no-section", []),
    ]
    assert answer["not_found"][2]["message"] == (f"its entry has no section 'Questions and answers'; it has {SECTIONS}")


def test_a_section_that_one_entry_lacks_is_shown_for_the_others(run: Run) -> None:
    """And so are the other sections; exit 1."""
    done = run("show", "20920", "20976", "-s", "faq", "-s", "cost")
    assert done.code == 1
    assert done.out.count("Cost and coverage") == 2
    assert done.out.count("Questions and answers") == 1


def test_an_appended_modifier_is_explained_and_assessed(run: Run) -> None:
    """Once: its meaning, whether the entry lists it, its assessment; nothing else of the page changes."""
    done = run("show", "20976-RT-59-59", "-s", "cost")
    assert (done.code, done.err) == (0, "")
    lines = (
        "\nModifier RT:\n"
        "  - right side of the body\n"
        "  - the entry lists it\n"
        "  - can't be judged: no release checked lists the code\n"
        "Modifier 59:\n"
        "  - a distinct service, when no other modifier fits better\n"
        "  - the entry does not list it\n"
        "  - the verification says nothing about it\n"
    )
    assert lines in done.out
    assert done.out.replace(lines, "\n", 1) == run("show", "20976", "-s", "cost").out


def test_an_unknown_modifier_is_named_in_the_entry(run: Run) -> None:
    """Exit 0, since the code was found."""
    done = run("show", "20976-ZZ")
    assert (done.code, done.err) == (0, "")
    assert (
        "Modifier ZZ:\n  - not in the library, so its meaning is unknown; cptref modifiers lists the known ones"
        in done.out
    )


def test_a_modifier_on_an_unknown_code_is_explained(run: Run) -> None:
    """On standard error, after the code that is missed; nothing on standard output."""
    done = run("show", "99213-25-ZZ")
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "cptref: 99213-25-ZZ: read as 99213, which looks like a code but is not in the library; cptref list shows "
        "every code\n"
        "cptref: 99213-25-ZZ: modifier 25: a separate evaluation visit on the same day; goes on the visit's code, not "
        "on the procedure's\n"
        "cptref: 99213-25-ZZ: modifier ZZ: not in the library either\n"
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
def test_an_unknown_section_gets_the_closest_name_and_the_list(run: Run, name: str, message: str) -> None:
    """Exit 2; a name that fits several is named with them."""
    done = run("show", "20976", "-s", name)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"cptref: {message}")
    assert done.err.count("\n") == 1
