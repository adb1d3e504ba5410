"""`cptref modifiers`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import MakeFolder, Run

CONFLICT = (
    "conflicts with bilateral indicator 0 (no 150% adjustment: payment for both sides is capped at 100% of one code, "
    "and some Medicare contractors deny 50, RT or LT)"
)


@pytest.mark.parametrize("typed", ["rt", "RT", "modifier RT", "mod rt", "(RT)", "ＲＴ"])
def test_one_modifier(run: Run, typed: str) -> None:
    """Its set and meaning, however it is typed."""
    done = run("modifiers", typed)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("RT  HCPCS Level II  right side of the body\n\nDataset")


@pytest.mark.parametrize("code", ["20920", "20962", "20975"])
def test_the_modifiers_of_a_code_that_conflicts(run: Run, code: str) -> None:
    """With bilateral indicator 0, each of its modifiers conflicts, and it is said why; the finding comes first."""
    out = run("modifiers", code).out
    assert out.index("CONFLICT: ") < out.index("Modifier 50:")
    for modifier, meaning in (
        ("50", "both sides in one session; not for add-on codes since CPT 2020"),
        ("RT", "right side of the body"),
        ("LT", "left side of the body"),
    ):
        assert f"Modifier {modifier}:\n  - {meaning}\n  - the entry lists it\n  - {CONFLICT}\n" in out


@pytest.mark.parametrize("code", ["20971", "20976"])
def test_the_modifiers_of_a_code_that_is_not_listed(run: Run, code: str) -> None:
    """Without a listing there is no indicator to judge by."""
    out = run("modifiers", code).out
    assert out.count("  - the entry lists it\n  - can't be judged: no release checked lists the code\n") == 3


def test_a_modifier_that_the_entry_does_not_list(run: Run) -> None:
    """Typed with the code, it is judged behind those that the entry has, and these only once."""
    out = run("modifiers", "20920-59-50").out
    assert [line for line in out.splitlines() if line.startswith("Modifier ")] == [
        "Modifier 50:",
        "Modifier RT:",
        "Modifier LT:",
        "Modifier 59:",
    ]
    assert "  - the entry does not list it\n  - the verification says nothing about it\n" in out


def test_indicators_of_other_kinds(make_folder: MakeFolder, run: Run) -> None:
    """An indicator says what it says; without one, a code that nobody checked can't be judged."""
    folder = make_folder({"20111": {}, "20222": {}, "20333": {}})

    def edit(path: Path, *pairs: tuple[str, str]) -> None:
        text = path.read_text(encoding="utf-8")
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")

    listed = ("modifiers = []", "modifiers = ['50', '51']")
    edit(folder / "20111.toml", listed, ("'none'}", "'none', bilateral_indicator = 1}"))
    edit(folder / "20222.toml", listed)
    told = json.loads(run("modifiers", "20111", "20222", "20333", "-f", "json", "-L", str(folder)).out)
    assert {
        entry["code"]: [(modifier["code"], modifier["assessment"]) for modifier in entry["modifiers"]]
        for entry in told["entries"]
    } == {
        "20111": [
            ("50", "bilateral indicator 1 (the 150% adjustment for both sides applies)"),
            ("51", "the verification says nothing about it"),
        ],
        "20222": [
            ("50", "can't be judged: no bilateral indicator is recorded"),
            ("51", "the verification says nothing about it"),
        ],
        "20333": [],
    }
    assert "Modifiers: the entry lists none\n" in run("modifiers", "20333", "-L", str(folder)).out


def test_the_json(run: Run) -> None:
    """Modifiers, indicators and the entries of codes each have a key of their own, and misses are in `not_found`."""
    whole = json.loads(run("modifiers", "-f", "json").out)
    modifiers, indicators = whole["modifiers"], whole["bilateral_indicators"]
    assert modifiers[0].items() >= {"code": "50", "set": "CPT", "bilateral": True}.items()
    assert modifiers[0]["meaning"] == "both sides in one session; not for add-on codes since CPT 2020"
    assert [indicator["bilateral_indicator"] for indicator in indicators] == [0, 1, 2, 3, 9]
    assert indicators[1]["meaning"] == "the 150% adjustment for both sides applies"
    assert (len(modifiers), whole["entries"], whole["not_found"]) == (104, [], [])
    done = run("modifiers", "59", "20976", "ZZ", "99213", "-f", "json")
    some = json.loads(done.out)
    assert done.code == 1
    assert [modifier["code"] for modifier in some["modifiers"]] == ["59"]
    assert some["bilateral_indicators"] == []
    (entry,) = some["entries"]
    assert (entry["code"], [modifier["code"] for modifier in entry["modifiers"]]) == ("20976", ["50", "RT", "LT"])
    assert [(one["input"], one["reason"]) for one in some["not_found"]] == [("ZZ", "not-held"), ("99213", "not-held")]


@pytest.mark.parametrize("typed", [["59,50"], ["59 50"], ["59", "50"], ["modifiers 59, 50"]])
def test_several_modifiers(run: Run, typed: list[str]) -> None:
    """In one argument or several, in the order asked for."""
    assert [line[:9] for line in run("modifiers", *typed).out.splitlines()[:3]] == ["59  CPT  ", "50  CPT  ", ""]


def test_what_is_neither(run: Run) -> None:
    """What is found is printed, the rest is named, exit 1."""
    done = run("modifiers", "50", "zz", "5", "99213-25")
    assert done.code == 1
    assert done.out == run("modifiers", "50").out
    assert done.err == (
        "cptref: ZZ: looks like a modifier, but is not in the library; cptref modifiers shows every modifier\n"
        "cptref: 5: is neither a modifier, which has two characters, nor a code; a code has five characters, "
        "like 20976, 0042T or G0260\n"
        "cptref: 99213-25: read as 99213, which looks like a code but is not in the library; cptref list shows every "
        "code\n"
        "cptref: 99213-25: modifier 25: a separate evaluation visit on the same day; goes on the visit's code, not on "
        "the procedure's\n"
    )
