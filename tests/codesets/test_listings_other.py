"""What HCPCS Level II, MUEs, add-on code edits and CPT descriptors say about a code, through the front door."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cptref.codesets.store import Content, Record, write_store
from cptref.paths import codesets_dir
from tests.codesets.files import as_csv, hcpcs_row, hcpcs_table, hcpcs_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.codesets.conftest import WriteAndAdd
    from tests.conftest import Outcome, Run

    Show = Callable[..., tuple[Outcome, dict[str, Any]]]

OWN_WORDS = "the amount of a drug from a single-dose container that was thrown away"
DRUG = "Injection, madeupizone acetate"
OLD = [
    hcpcs_row("X1", "Made-up waste of a drug"),
    hcpcs_row("A0001", "Made-up ride in a wheelchair van", COV="I", PRICE1="00", TOS1="D", TOS2="", BETOS="O1A"),
    hcpcs_row("A0002", "Made-up crutch, wooden, each", COV="C", ADD_DT="20260101"),
    hcpcs_row("J0001", f"{DRUG}, 40 mg", ADD_DT="19970101", ACT_EFF_DT="", STATUTE="1833(t)"),
    hcpcs_row("J0003", f"{DRUG}, 80 mg"),
    hcpcs_row("J0004", "Injection, otherwise, 40 mg"),
]
NEW = [
    OLD[0],
    hcpcs_row("JW", "Made-up drug that was left", TERM_DT="20260630"),
    hcpcs_row("A0001", "Made-up ride", XREF1="A0003", COV="I"),
    hcpcs_row("A0003", "Made-up ride in any van"),
    hcpcs_row("J0001", f"{DRUG}, 40 mg", ADD_DT="19970101", TERM_DT="20260630", ACTION_CD="D"),
    hcpcs_row("J0002", f"{DRUG}, 1 mg", ADD_DT="20260701", ACTION_CD="A"),
    hcpcs_row("J0003", f"{DRUG}, 80 mg", TERM_DT="20260630", XREF1="J0002", XREF2="99999"),
    hcpcs_row("J0004", "Injection, otherwise, 40 mg"),
    hcpcs_row("J0005", f"{DRUG}, 20 mg", TERM_DT="20260630"),
    hcpcs_row("J0006", f"{DRUG}, 10 mg", ADD_DT="20260801", ACTION_CD="A"),
]


@pytest.fixture
def show(run: Run) -> Show:
    """Return a function that shows a code as JSON, and returns with the outcome what the first set says."""

    def show_code(code: str, on: str, name: str = "hcpcs") -> tuple[Outcome, dict[str, Any]]:
        outcome = run("show", code, "--on", on, "-f", "json")
        sets = [result["code_sets"] or {} for result in json.loads(outcome.out)["results"]]
        listings = [listing for each in sets for listing in each.get("listings", ()) if listing["set"] == name]
        return outcome, listings[0] if listings else {}

    return show_code


@pytest.fixture
def hcpcs(write_and_add: WriteAndAdd) -> None:
    """Add two releases of made-up supplies."""
    added = write_and_add({"old.csv": as_csv(hcpcs_table(OLD)), "new.txt": hcpcs_text(NEW)})
    assert (added.code, added.err) == (0, "")


def facts(listing: dict[str, Any]) -> dict[str, list[str]]:
    """Return the facts of a listing by name."""
    return {fact["name"]: fact["values"] for fact in listing["facts"]}


@pytest.mark.usefixtures("hcpcs")
@pytest.mark.parametrize(
    ("code", "on", "state", "says", "as_of"),
    [
        (
            "J0001",
            "2026-06-30",
            "listed",
            "in force since 1997-01-01",
            "as of 2026Q1, the newest loaded before 2026-06-30",
        ),
        ("J0001", "2026-07-01", "ended", "ended 2026-06-30", ""),
        ("J0002", "2026-07-01", "listed", "in force since 2026-07-01", ""),
        ("J0006", "2026-07-31", "not-yet", "not yet in force: begins 2026-08-01", ""),
        ("J0004", "2020-01-01", "listed", "in force since 2010-01-01", "by its dates in 2026Q1, the oldest loaded"),
        (
            "J0004",
            "2009-12-31",
            "not-yet",
            "not yet in force: begins 2010-01-01",
            "by its dates in 2026Q1, the oldest loaded",
        ),
        (
            *("A0002", "2026-07-01", "not-listed"),
            "in 2026Q1, not in 2026Q3; there in force since 2026-01-01",
            "in 2026Q1, not in 2026Q3",
        ),
    ],
)
def test_dates_of_the_code_say_whether_it_is_in_force(
    code: str, on: str, state: str, says: str, as_of: str, show: Show
) -> None:
    """Check that the last day is in force, that an ended code says so, and that absence is not called an end."""
    outcome, listing = show(code, on)
    assert (listing["state"], listing["says"], listing["as_of"]) == (state, says, as_of)
    assert outcome.code == (0 if state == "listed" else 1)


@pytest.mark.usefixtures("hcpcs")
def test_fields_are_put_into_words_and_kept_as_in_the_file(show: Show) -> None:
    """Check the words for coverage, pricing and types of service, and both texts of the file."""
    _, listing = show("J0001", "2026-03-31")
    assert listing["title"] == f"{DRUG}, 40 mg"
    assert facts(listing) == {
        "Short text": [f"{DRUG}, 40 mg"[:28]],
        "Coverage": ["D: special coverage instructions apply"],
        "Statute": ["1833(t)"],
        "Pricing": ["51: as a drug"],
        "Type of service": ["1: medical care; P: purchase in one sum of equipment, orthotics or prosthetics"],
        "BETOS": ["O1E: other drugs"],
    }
    fields = {name: value for name, value in listing["fields"].items() if value}
    assert fields["added"] == "19970101"
    _, listing = show("J0001", "2026-06-30")
    assert listing["state"] == "listed"
    _, listing = show("J0001", "2026-07-01")
    assert facts(listing)["Last change"] == ["2010-01-01; in this release D: discontinued"]


@pytest.mark.usefixtures("hcpcs")
def test_a_successor_is_named_only_where_the_file_names_it(show: Show) -> None:
    """Check that a cross-reference is quoted, and that codes with like words are marked as found by words."""
    _, listing = show("J0003", "2026-07-01")
    assert facts(listing)["Instead"] == [f"the file names J0002 {DRUG}, 1 mg", "the file names 99999"]
    assert "Like words" not in facts(listing)
    _, listing = show("J0001", "2026-07-01")
    marked = "found by words, not named by the file; check the dose"
    assert facts(listing)["Like words"] == [f"J0002 {DRUG}, 1 mg", marked]
    assert "Instead" not in facts(listing)
    _, listing = show("A0001", "2026-07-01")  # in force, but not payable by Medicare
    assert facts(listing)["Instead"] == ["the file names A0003 Made-up ride in any van"]


@pytest.mark.usefixtures("hcpcs")
def test_a_code_in_no_release_is_looked_for_in_that_of_the_day(show: Show) -> None:
    """Check that an unknown code names the release, and that a day before all releases is unknown."""
    outcome, listing = show("J9999", "2026-07-01")
    assert (outcome.code, listing) == (1, {})
    assert "HCPCS Level II 2026Q3" in outcome.err
    outcome, listing = show("J9999", "2019-07-01")
    assert listing["state"] == "unknown"
    assert listing["says"] == "not in 2026Q1; the file keeps ended codes for about four years only"


@pytest.mark.usefixtures("hcpcs")
def test_a_modifier_is_not_taken_for_a_code(run: Run) -> None:
    """Check that what the file has as a modifier is not shown as a code."""
    assert "Made-up waste" not in run("show", "X1").out


@pytest.mark.usefixtures("hcpcs")
def test_the_file_explains_modifiers_beside_the_library(run: Run) -> None:
    """Check that a modifier of the file is found and quoted with its release, beside our words where we have some."""
    ended = '"Made-up drug that was left" (as of HCPCS Level II 2026Q3: ended 2026-06-30)'
    quoted = '"Made-up waste of a drug" (as of HCPCS Level II 2026Q3)'
    assert run("modifiers", "X1", "JW").out.splitlines()[:2] == [
        f"JW  HCPCS Level II  drug   {OWN_WORDS}; {ended}",
        f"X1  HCPCS Level II  other  {quoted}",
    ]
    shown = run("show", "J0004-X1-JW", "--on", "2026-06-30")
    assert shown.code == 0
    assert '- X1: "Made-up waste of a drug" (as of HCPCS Level II 2026Q1)' in shown.out
    assert OWN_WORDS in shown.out
    assert run("modifiers", "X2").code == 1


# MUE, add-on code edits and CPT descriptors: stores of made-up rows

MUE_COLUMNS = ("units", "indicator", "rationale")
CLINICAL = "3: a clinical limit for all lines of the day; more needs an appeal"
AOC_COLUMNS = ("type", "addon_deleted", "primary_deleted", "effective", "deleted", "note")


def store(
    name: str, release: str, columns: tuple[str, ...], rows: Mapping[tuple[str, str], tuple[str, ...]], part: str = ""
) -> None:
    """Write a store of a set with these rows, whose fields are filled up with empty ones."""
    records = [
        Record(code, sub, (*fields, *[""] * (len(columns) - len(fields)))) for (code, sub), fields in rows.items()
    ]
    content = Content(name, release, columns, records, [], part=part, notice="A notice of ours.")
    source = {"source": "made-up.csv", "size": "1", "sha256": "0", "added": "2026-01-01"}
    write_store(codesets_dir(), content, source)


@pytest.fixture
def units(hcpcs: None) -> None:  # noqa: ARG001 - beside them
    """Add limits of units of three settings."""
    rows = {
        ("J0004", ""): ("4", "3 Date of Service Edit: Clinical", "Made-up reason"),
        ("A0003", ""): ("0", "2 Date of Service Edit: Policy", "Made-up policy"),
        ("J0003", ""): ("1", "1 Line Edit", ""),
    }
    store("mue-practitioner", "2026Q3", MUE_COLUMNS, rows)
    store("mue-hospital", "2026Q3", MUE_COLUMNS, {("J0004", ""): ("6", "3", "")})
    store("mue-dme", "2026Q3", MUE_COLUMNS, {("A0002", ""): ("2", "3", "")})


@pytest.mark.usefixtures("units")
@pytest.mark.parametrize(
    ("code", "name", "says", "kind"),
    [
        ("J0004", "mue-practitioner", "at most 4 units a day", CLINICAL),
        ("J0004", "mue-hospital", "at most 6 units a day", CLINICAL),
        (
            *("A0003", "mue-practitioner", "0 units a day: not expected at all in this setting"),
            "2: an absolute limit by policy for all lines of the day",
        ),
        ("J0003", "mue-practitioner", "at most 1 unit a day", "1: each claim line is compared with the limit"),
    ],
)
def test_a_limit_of_units_says_its_kind(code: str, name: str, says: str, kind: str, show: Show) -> None:
    """Check units, setting and kind of a limit in words, and that 0 says what it is."""
    _, listing = show(code, "2026-07-01", name)
    assert (listing["says"], facts(listing)["Kind"]) == (says, [kind])
    words = {"mue-practitioner": "practitioner and surgery center claims", "mue-hospital": "outpatient hospital claims"}
    assert facts(listing)["Setting"] == [words[name]]


@pytest.mark.usefixtures("units")
def test_a_code_without_a_limit_is_not_called_without_one(show: Show) -> None:
    """Check what is said where the file has no limit, and that nothing is said of what may be no code."""
    _, listing = show("A0001", "2026-07-01", "mue-practitioner")
    assert listing["says"] == "no MUE in the file; some limits are confidential, so this is not 'no limit'"
    outcome, listing = show("J9999", "2026-07-01", "mue-practitioner")
    assert (outcome.code, listing) == (1, {})


@pytest.mark.usefixtures("units")
def test_a_limit_does_not_put_an_ended_code_in_force(show: Show) -> None:
    """Check that a code that ended is not found, though there is still a limit for it."""
    outcome, listing = show("J0003", "2026-07-01")
    assert (outcome.code, listing["state"]) == (1, "ended")


@pytest.fixture
def addons() -> None:
    """Add pairs of add-on codes and primary codes."""
    rows = {
        ("J0010", "J0001"): ("1", "", "", "2013-04-01"),
        ("J0010", "J0002"): ("1", "", "", "2020-01-01", "2026-06-30"),
        ("J0011", "J0001"): ("3", "", "", "2013-04-01", "", "Made-up instruction"),
        ("J0011", "CCCCC"): ("3", "", "", "2013-04-01"),
        ("J0012", "CCCCC"): ("2", "", "", "2013-04-01"),
        ("J0013", "J0003"): ("1", "2015-12-31", "", "2013-04-01"),
    }
    store("aoc", "2026Q3", AOC_COLUMNS, rows)


@pytest.mark.usefixtures("addons")
@pytest.mark.parametrize(
    ("code", "on", "says", "expected"),
    [
        (
            *("J0010", "2026-06-30", "is an add-on code"),
            {"Add-on to": ["J0001, J0002 (1: one of the listed primary codes must be on the claim)"]},
        ),
        (
            *("J0010", "2026-07-01", "is an add-on code"),
            {"Add-on to": ["J0001 (1: one of the listed primary codes must be on the claim)"]},
        ),
        (
            *("J0011", "2026-07-01", "is an add-on code"),
            {
                "Add-on to": ["J0001 (3: a listed primary code, or another that the contractor accepts)"],
                "Instructions": ["Made-up instruction"],
            },
        ),
        (
            *("J0012", "2026-07-01", "is an add-on code"),
            {"Add-on to": ["2: the contractor has its own list of primary codes"]},
        ),
        (
            *("J0001", "2026-07-01", "2 codes are added on to it"),
            {"Added on to it": ["J0010, J0011"], "Instructions": ["Made-up instruction"]},
        ),
        ("J0002", "2026-06-30", "1 code is added on to it", {"Added on to it": ["J0010"]}),
        ("J0013", "2026-07-01", "no pair of it is in force on 2026-07-01", {}),
    ],
)
def test_add_on_edits_say_both_sides(code: str, on: str, says: str, expected: dict[str, list[str]], show: Show) -> None:
    """Check what a code is added on to with the rule of its type, what is added on to it, and the days of pairs."""
    _, listing = show(code, on, "aoc")
    assert (listing["says"], facts(listing)) == (says, expected)


def test_descriptors_of_the_coders_own_files_are_quoted(show: Show) -> None:
    """Check that the longest descriptor is the title, the others follow, and the notice comes with them."""
    for part, text in (("short", "Madeup sh"), ("long", "Made-up long text"), ("medium", "MADE-UP MEDIUM")):
        store("cpt", "2026", ("text",), {("99998", ""): (text,)}, part)
    outcome, listing = show("99998", "2026-07-01", "cpt")
    assert (outcome.code, listing["title"], listing["notice"]) == (0, "Made-up long text", "A notice of ours.")
    assert listing["says"] == "long, medium, short text of 2026"
    assert facts(listing) == {"Medium text": ["MADE-UP MEDIUM"], "Short text": ["Madeup sh"]}
