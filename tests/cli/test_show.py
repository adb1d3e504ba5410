"""`cptref show`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.conftest import NO_FEE_SCHEDULE

if TYPE_CHECKING:
    from tests.conftest import Run, Spawn

CODES = ("20920", "20962", "20971", "20975", "20976")
TERMINAL = ("-f", "terminal", "--color", "never", "--width", "80")
FOOTER = "\n\nDataset "

SECTIONS = (
    "overview, verification, used-when, symptoms, causes, tests, procedure, preparation, recovery, complications, "
    "follow-up, alternatives, home-care, education, billing, cost, related, references"
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


def test_a_claim_line_is_read_and_its_other_values_are_counted(run: Run) -> None:
    """In one line on standard error; the answer is that on the code with its modifiers."""
    line = "CPT code: 20975 mod LT dx M54.16 DOS 03/04/2026 POS 11 $150.00 units 2"
    for name in ("show", "modifiers", "export"):
        done = run(name, line)
        assert (done.code, done.out.replace(line, "20975-LT")) == (0, run(name, "20975-LT").out)
        assert done.err == (
            "cptref: skipped 5 other values: 1 diagnosis code, 1 date, 1 place of service, 1 amount, 1 unit count\n"
        )
    assert run("show", "20975 POS 11", "20976 POS 24").err == "cptref: skipped 2 other values: 2 places of service\n"
    assert run("compare", "HC:20975:LT", "20976/RT") == run("compare", "20975-LT", "20976-RT")
    assert run("20975 POS 11") == run("show", "20975 POS 11")


def test_a_range_is_answered_with_the_codes_that_the_library_has(run: Run) -> None:
    """It says which; a range without any is a miss, and so is what counts down."""
    done = run("show", "20971 to 20976", "--brief")
    assert done.err == "cptref: 20971 to 20976: the library has 20971, 20975, 20976\n"
    assert done.out == run("show", "20971", "20975", "20976", "--brief").out
    assert run("show", "20971", "to", "20976", "--brief") == done
    assert run("compare", "20971-20976").out == run("compare", "20971", "20975", "20976").out
    assert json.loads(run("modifiers", "G0259 to G0260", "-f", "json").out)["entries"][1]["code"] == "G0260"
    done = run("show", "30000-30099", "20976-20971", "-f", "json")
    assert [(miss["input"], miss["code"], miss["reason"]) for miss in json.loads(done.out)["not_found"]] == [
        ("30000-30099", "30000", "not-held"),
        ("20976-20971", "20976", "malformed"),
    ]
    assert run("show", "30000-30099").err == (
        "cptref: 30000-30099: no code from 30000 to 30099 is in the library; cptref list shows every code\n"
    )


def test_a_diagnosis_code_is_named_as_one(run: Run) -> None:
    """Exit 1, in place of a command too."""
    for args in (["show", "M54.16"], ["M54.16"]):
        done = run(*args)
        assert (done.code, done.out) == (1, "")
        assert done.err.startswith("cptref: M54.16: is an ICD-10-CM diagnosis code, which is not in the library\n")
    assert json.loads(run("show", "M54.16", "-f", "json").out)["not_found"][0]["reason"] == "not-loaded"


def test_hints_name_the_code_that_was_typed(run: Run) -> None:
    """Also where the modifier is taken for an option."""
    for args in (["20975", "LT"], ["20975 LT"]):
        done = run("show", *args)
        assert (done.code, done.out) == (1, run("show", "20975").out)
        assert done.err == (
            "cptref: LT: looks like a modifier, not like a code; a modifier goes right behind its code: 20975-LT\n"
        )
    assert run("show", "20975", "-59").err == (
        "cptref: No such option: -5; type a modifier right after its code: 20975-59 (see cptref show --help)\n"
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
    """Once: its verdict and why, whether the entry lists it, its meaning; nothing else of the page changes."""
    done = run("show", "20976-RT-59-59", "-s", "cost")
    assert (done.code, done.err) == (0, "")
    lines = (
        "\nRT ? not judged:\n"
        "  - no release checked lists the code\n"
        "  - the entry lists it\n"
        "  - RT: right side of the body\n"
        "59 ✗ conflicts:\n"
        "  - is typed twice; no release checked lists the code\n"
        "  - the entry does not list it\n"
        "  - 59: a distinct service, when no other modifier fits better\n"
        "! 59: the same modifier twice on one line\n"
    )
    assert lines in done.out
    assert done.out.replace(lines, "\n", 1) == run("show", "20976", "-s", "cost").out


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
        f"cptref: {NO_FEE_SCHEDULE}\n"
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "symptons",
            "no section 'symptons'; did you mean symptoms? the sections are overview, verification, used-when, ",
        ),
        ("xyzzy", "no section 'xyzzy'; the sections are overview, verification, used-when, symptoms, "),
        ("", "no section ''; the sections are overview, verification, used-when, symptoms, "),
        ("re", "section 're' could be recovery or related or references; type more of the name\n"),
    ],
)
def test_an_unknown_section_gets_the_closest_name_and_the_list(run: Run, name: str, message: str) -> None:
    """Exit 2; a name that fits several is named with them."""
    done = run("show", "20976", "-s", name)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"cptref: {message}")
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("code", [*CODES, "64483"])
def test_the_summary_fits_the_first_screen(run: Run, code: str) -> None:
    """24 lines of 80 columns, the prompt of a pager among them; the sections of the entry come below it."""
    brief = run("show", code, "--brief", *TERMINAL).out
    summary, _ = brief.split(FOOTER)
    assert len(summary.splitlines()) < 24
    assert max(map(len, brief.splitlines())) <= 80
    whole = run("show", code, *TERMINAL).out
    assert whole.startswith(f"{summary}\n\nOverview\n")
    assert whole.endswith(brief.removeprefix(summary))


@pytest.mark.parametrize("code", [*CODES, "64483"])
def test_brief_is_the_summary_in_a_pipe_too(run: Run, code: str) -> None:
    """The first part of the page, then its footer, and the words that a terminal has."""
    brief, whole = run("show", code, "--brief").out, run("show", code).out
    summary, footer = brief.split(FOOTER)
    assert whole == f"{summary}{whole.removeprefix(summary)}"
    assert whole.removeprefix(summary).startswith("\n\nOverview\n")
    assert whole.endswith(f"{FOOTER}{footer}")
    on_terminal = run("show", code, "--brief", "-f", "terminal", "--color", "never", "--width", "300").out
    assert re.findall(r"\w+", on_terminal) == re.findall(r"\w+", brief)


@pytest.mark.parametrize(
    ("code", "title", "tone"),
    [
        ("20920", "20920  ! CONFLICT: published for another service; do not bill it for this one", "1;31"),
        ("20976", "20976  ✗ NOT LISTED: in no release checked; do not bill it", "1;31"),
        ("64483", "64483  ✓ transforaminal epidural injection, first level, low back or sacrum", "1;32"),
    ],
)
def test_the_verdict_is_the_title(run: Run, code: str, title: str, tone: str) -> None:
    """One line with a sign, words and a color; of the whole page, of the summary, and of sections by name."""
    for args in ((), ("--brief",), ("-s", "related")):
        assert run("show", code, *args, *TERMINAL).out.startswith(f"{title}\n\n")
        assert run("show", code, *args).out.startswith(f"{title}\n{'=' * len(title)}\n\n")
        styled = run("show", code, *args, "-f", "terminal", "--color", "always", "--width", "80").out
        assert styled.startswith(f"\x1b[{tone}m{title}\x1b[0m\n")


def test_the_summary_of_a_code_that_is_not_to_be_billed(run: Run) -> None:
    """What the article uses it for, where to look, what comes before and after, money, the check; in this order."""
    lines = run("show", "20976", "--brief", *TERMINAL).out.splitlines()
    starts = (
        "20976  ✗ NOT LISTED: ",
        "The article uses it for  Therapeutic injection into the spine (Surgery)",
        "Look at instead              neck, chest           low back, sacrum",
        "Transforaminal epidural      64479 +64480          64483 +64484",
        "Facet joint                  64490 +64491 +64492   64493 +64494 +64495",
        "Before      Discuss all medications",
        "After       Rest for the remainder of that day · Put ice on the injection site",
        "Money       $1,000 to $3,000, according to the article, no source, no year",
        "Checked in  7 files, 2009 to 2026, on 2026-11-21",
        "Library     bundled",
    )
    places = [next(index for index, line in enumerate(lines) if line.startswith(start)) for start in starts]
    assert places == sorted(places)
    assert "Published for            strip of thigh fascia taken for a graft\n" in run("show", "20920", *TERMINAL).out


def test_the_summary_of_a_published_code(run: Run) -> None:
    """Its figures in words, what goes with it, which entries point to it, as of which release, and where more is."""
    assert run("show", "64483", "--brief").out == (
        "64483  ✓ transforaminal epidural injection, first level, low back or sacrum\n"
        "===========================================================================\n"
        "\n"
        "Figures: imaging included · same day (000) · both sides 150% (1) · 1 a day\n"
        "\n"
        "Note: a selective nerve root block has this code too\n"
        "Goes with:\n"
        "  - Each further level: 64484 (add-on)\n"
        "  - The same, neck or chest: 64479\n"
        "  - Entries that point to it: 20971, 20975, 20976\n"
        "As of: CMS RVU26C (July 2026), practitioner MUE table (April 2026); load the fee schedule for more\n"
        "Library: bundled\n"
        "\n"
        "Dataset 2026.11.2, released 2026-11-27. Not billing or medical advice. Check every code against the current "
        "code set.\n"
    )


def test_an_add_on_of_another_region_is_named_with_it(run: Run) -> None:
    """The second level may be in the low back where the first one was in the neck."""
    out = run("show", "64490", "--brief").out
    assert "  - Second level: 64491 (add-on)\n" in out
    assert "  - Second level, low back or sacrum: 64494 (add-on)\n" in out


def test_an_add_on_names_its_primary(run: Run) -> None:
    """And that it is never billed alone; where it has many, the line of figures only counts them."""
    assert "  - Add-on to 64483 (first level): never billed alone\n" in run("show", "64484", "--brief").out.replace(
        "Goes with: ", "Goes with:\n  - "
    )
    guidance = run("show", "77003", "--brief").out
    assert "Figures: it is the imaging guidance itself · add-on to 14 codes · " in guidance
    assert "Add-on to 61050 or 61055 or " in guidance


def test_a_page_is_one_answer_after_the_other(run: Run) -> None:
    """Summary before sections, each code by itself, one footer; and the sections in the order of the catalogue."""
    out = run("show", "20920", "64483", "--brief").out
    assert out.index("20920  ! ") < out.index("Checked in: ") < out.index("64483  ✓ ") < out.index("As of: ")
    assert out.count("Dataset ") == 1
    headings = [line for line in run("show", "64483").out.splitlines() if re.fullmatch(r"[A-Z][a-z ]+", line)]
    assert headings == ["Overview", "What the published code set says", "When it is used", "Billing", "Related codes"]


def test_brief_and_sections_exclude_each_other(run: Run) -> None:
    """Exit 2: one asks for the summary alone, the other for something else."""
    done = run("show", "20976", "--brief", "-s", "cost")
    assert (done.code, done.out) == (2, "")


def test_json_has_the_kind_and_the_codes_to_see_instead(run: Run) -> None:
    """`kind` is `article` or `code`; a brief answer has no sections."""
    answer = json.loads(run("show", "20976", "64483", "--brief", "-f", "json").out)
    article, code = answer["results"]
    assert (article["kind"], code["kind"]) == ("article", "code")
    assert (article["sections"], code["sections"]) == ([], [])
    assert {"code": "64483", "description": "transforaminal epidural injection, first level, low back or sacrum"} in (
        article["see_instead"]
    )
    assert (code["published"]["bilateral"], code["published"]["global_days"]) == (1, "000")


def test_a_code_in_place_of_a_command_is_shown(run: Run) -> None:
    """With a modifier too."""
    for code in ("20976", "20976-50", "64483"):
        assert run(code) == run("show", code)


def test_signs_of_an_ascii_terminal(spawn: Spawn, command: str) -> None:
    """They are ASCII too, each beside its word, so that no escape stands for a sign."""
    args = (command, "show", "64483-50-26", "20976", "--brief", "-f", "terminal", "--width", "80")
    done = spawn(*args, env={"PYTHONIOENCODING": "ascii"})
    assert done.out.isascii()
    assert "\\" not in done.out
    for line in (
        "64483  + transforaminal epidural injection, first level, low back or sacrum\n",
        "Figures         imaging included | same day (000) | both sides 150% (1) | 1 a\n",
        "50 + fits       bilateral indicator 1",
        "26 x conflicts  PC/TC indicator 0",
        "20976  x NOT LISTED: in no release checked; do not bill it\n",
    ):
        assert line in done.out
