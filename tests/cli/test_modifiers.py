"""`cptref modifiers`."""

from __future__ import annotations

import csv
import json
import re
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from tests.conftest import NO_FEE_SCHEDULE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import MakeFolder, Run, Spawn

RULE_0 = (
    "bilateral indicator 0: no 150% adjustment: payment for both sides is capped at 100% of one code, and some "
    "Medicare contractors deny 50, RT or LT"
)
MEANING_50 = "50: both sides in one session; not for add-on codes since CPT 2020"


@pytest.mark.parametrize("typed", ["rt", "RT", "modifier RT", "mod rt", "(RT)", "ＲＴ"])
def test_one_modifier(run: Run, typed: str) -> None:
    """Its set and meaning, however it is typed."""
    done = run("modifiers", typed)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("RT  HCPCS Level II  side  right side of the body; can answer a pair edit\n\nDataset")


@pytest.mark.parametrize("code", ["20920", "20962", "20975"])
def test_the_modifiers_of_a_code_that_conflicts(run: Run, code: str) -> None:
    """With bilateral indicator 0, each of its modifiers conflicts, and it is said once why; the finding comes first."""
    title = f"{code}  ! CONFLICT: published for another service; do not bill it for this one"
    assert run("modifiers", code).out.startswith(
        f"{title}\n"
        f"{'=' * len(title)}\n"
        "\n"
        "50 RT LT ✗ conflicts:\n"
        f"  - {RULE_0}\n"
        "  - the entry lists them\n"
        f"  - {MEANING_50}\n"
        "  - RT: right side of the body\n"
        "  - LT: left side of the body\n"
        "Library: bundled\n"
        "\n"
        "Dataset "
    )


@pytest.mark.parametrize("code", ["20971", "20976"])
def test_the_modifiers_of_a_code_that_is_not_listed(run: Run, code: str) -> None:
    """Without a listing there is no indicator to judge by."""
    out = run("modifiers", code).out
    assert "\n50 RT LT ? not judged:\n  - no release checked lists the code\n  - the entry lists them\n" in out


def test_the_modifier_asked_for_comes_first(run: Run) -> None:
    """With one verdict word, then why, whether the entry lists it, and what it means; the others come once, below."""
    out = run("modifiers", "20920-59-50").out
    assert [line for line in out.splitlines() if re.match(r"(?:[A-Z0-9]{2} )+[✓✗?] ", line)] == [
        "59 ? not judged:",
        "50 ✗ conflicts:",
        "RT LT ✗ conflicts:",
    ]
    assert (
        "\n59 ? not judged:\n"
        "  - it depends on the other services of the day, and on the record\n"
        "  - the entry does not list it\n"
        "  - 59: a distinct service, when no other modifier fits better\n"
        f"50 ✗ conflicts:\n  - {RULE_0}\n"
    ) in out


@pytest.mark.parametrize(
    ("typed", "verdict", "reason"),
    [
        ("64483-50", "✓ fits", "bilateral indicator 1: the 150% adjustment for both sides applies"),
        (
            "64484-50",
            "✗ conflicts",
            (
                "the code is an add-on to 64483, and since CPT 2020 add-on codes do not take 50; Medicare's bilateral "
                "indicator 1: the 150% adjustment for both sides applies"
            ),
        ),
        ("64484-RT", "✓ fits", "bilateral indicator 1: the 150% adjustment for both sides applies"),
        ("62323-50", "✗ conflicts", "bilateral indicator 9: the idea of two sides does not apply"),
        ("20552-50", "✗ conflicts", RULE_0),
        ("20920-50", "✗ conflicts", RULE_0),
        ("20976-50", "? not judged", "no release checked lists the code"),
        ("77003-26", "✓ fits", "PC/TC indicator 1; 26 needs indicator 1 or 6"),
        ("64483-26", "✗ conflicts", "PC/TC indicator 0; 26 needs indicator 1 or 6"),
        ("64483-TC", "✗ conflicts", "PC/TC indicator 0; TC needs indicator 1"),
        ("64483-51", "✓ fits", "multiple-procedure indicator 2; many payers add it themselves"),
        ("64480-51", "✗ conflicts", "multiple-procedure indicator 0: no reduction, so no 51"),
        ("64483-25", "✗ conflicts", "it goes on the code of a visit, not on that of a procedure"),
        ("64483-59", "? not judged", "it depends on the other services of the day, and on the record"),
        ("64483-ZZ", "? unknown", "the modifier is not in the library, so its meaning is not known here"),
    ],
)
@pytest.mark.parametrize("command", ["show", "modifiers"])
def test_the_verdict_on_a_modifier(run: Run, command: str, typed: str, verdict: str, reason: str) -> None:
    """One sign, one word and why, the same wherever a modifier is typed with a code; in JSON and CSV too."""
    code, modifier = typed.split("-")
    page = run(command, typed, *(["--brief"] if command == "show" else [])).out
    label = next(line for line in page.splitlines() if line.startswith(f"{modifier} "))
    assert label.startswith(f"{modifier} {verdict}:")
    assert reason in page
    (entry,) = json.loads(run(command, typed, "-f", "json").out)["results" if command == "show" else "entries"]
    item = entry["appended" if command == "show" else "modifiers"][0]
    assert (item["on"], item["code"], item["verdict"], item["assessment"]) == (code, modifier, verdict[2:], reason)
    rows = list(csv.DictReader(StringIO(run(command, typed, "-f", "csv").out.lstrip("\ufeff"), newline="")))
    values = {row["kind"]: row["text"] for row in rows if row["heading"] == f"Modifier {modifier}"}
    assert (values["verdict"], values["assessment"]) == (verdict[2:], reason)


def test_the_verdict_on_a_terminal_has_its_sign_and_word(run: Run) -> None:
    """In front of the reason, which is wrapped behind it."""
    out = run("modifiers", "64484-50", "-f", "terminal", "--color", "never", "--width", "80").out
    assert (
        "\n50 ✗ conflicts  the code is an add-on to 64483, and since CPT 2020 add-on codes\n"
        "                do not take 50; Medicare's bilateral indicator 1: the 150%\n"
        "                adjustment for both sides applies\n"
    ) in out


CONTRADICTIONS = {
    "64483-RT-LT": ("RT with LT", "one line has one side; for both sides see how the payer wants them: 50, or a line "),
    "77003-26-TC": ("26 with TC", "both parts together are the whole service, which has neither modifier"),
    "64483-50-RT": ("50 with RT", "50 already says both sides"),
    "64483-50-LT": ("50 with LT", "50 already says both sides"),
    "20976-RT-LT": ("RT with LT", "one line has one side; for both sides see how the payer wants them: 50, or a line "),
    "64483-50-50": ("50", "the same modifier twice on one line"),
    "64483-ZZ-ZZ": ("ZZ", "the same modifier twice on one line"),
}


@pytest.mark.parametrize("command", [["show"], ["modifiers"], ["compare", "64493"], ["export"]])
@pytest.mark.parametrize("typed", CONTRADICTIONS)
def test_modifiers_that_contradict_each_other(run: Run, command: list[str], typed: str) -> None:
    """Every command remarks on them, in every format."""
    modifiers, problem = CONTRADICTIONS[typed]
    where = f" on {typed[:5]}" if "compare" in command else ""
    assert f"\n! {modifiers}{where}: {problem}" in run(*command, typed, "-f", "text").out
    for form in ("markdown", "html", "csv"):
        out = run(*command, typed, "-f", form).out
        assert problem in out
        assert modifiers in out
    answer = json.loads(run(*command, typed, "-f", "json").out)
    entries = answer["results"] if "results" in answer else answer["entries"]
    (item,) = [item for entry in entries for item in entry["contradictions"]]
    assert (item["on"], " with ".join(item["modifiers"])) == (typed[:5], modifiers)
    assert item["problem"].startswith(problem)


@pytest.mark.parametrize("command", [["show"], ["show", "--brief"], ["modifiers"], ["compare", "64493"], ["export"]])
def test_modifiers_that_go_together(run: Run, command: list[str]) -> None:
    """A side and a distinct service contradict nothing, and neither do two sides on two lines."""
    out = run(*command, "64483-RT-59", "64483-LT").out
    assert "\n! " not in out


@pytest.mark.parametrize(
    "command", [["show"], ["show", "-s", "billing"], ["modifiers"], ["compare", "64493"], ["export"]]
)
@pytest.mark.parametrize("form", ["text", "json", "csv", "html"])
def test_an_unknown_modifier_is_not_found(run: Run, command: list[str], form: str) -> None:
    """Exit 1 whatever the command and the format; what is known of the code is printed all the same."""
    done = run(*command, "64483-ZZ", "-f", form)
    assert (done.code, "64483" in done.out) == (1, True)
    if form != "json":
        assert (
            done.err == "cptref: 64483-ZZ: modifier ZZ is not in the library; cptref modifiers shows every modifier\n"
        )


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
        entry["code"]: [tuple(item[key] for key in ("code", "verdict", "assessment")) for item in entry["modifiers"]]
        for entry in told["entries"]
    } == {
        "20111": [
            ("50", "fits", "bilateral indicator 1: the 150% adjustment for both sides applies"),
            ("51", "not judged", "nothing is known here that it depends on"),
        ],
        "20222": [
            ("50", "not judged", "no bilateral indicator is recorded for the code"),
            ("51", "not judged", "nothing is known here that it depends on"),
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
    assert (len(modifiers), whole["entries"], whole["not_found"]) == (126, [], [])
    done = run("modifiers", "59", "20976", "ZZ", "99213", "-f", "json")
    some = json.loads(done.out)
    assert done.code == 1
    assert [modifier["code"] for modifier in some["modifiers"]] == ["59"]
    assert some["bilateral_indicators"] == []
    (entry,) = some["entries"]
    assert (entry["code"], [modifier["code"] for modifier in entry["modifiers"]]) == ("20976", ["50", "RT", "LT"])
    assert [(one["input"], one["reason"]) for one in some["not_found"]] == [("ZZ", "not-held"), ("99213", "not-loaded")]


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
        f"cptref: {NO_FEE_SCHEDULE}\n"
    )


def test_standard_input_has_modifiers_and_codes(command: str, spawn: Spawn, run: Run) -> None:
    """A line of modifiers is not read as a code; lines of a claim are read together."""
    done = spawn(command, "modifiers", "-", stdin=b"59\nzip,cpt,mod\n45202,20976,LT\n")
    assert done.out == run("modifiers", "59", "20976-LT").out
    assert (done.code, done.err) == (0, "cptref: skipped 1 other value: 1 ZIP code\n")
