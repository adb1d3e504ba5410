"""What ICD-10-CM says about a code, through the front door, from small files with texts of our own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cptref.codes import parse_diagnosis
from cptref.codesets.catalog import Catalog
from cptref.codesets.icd10cm import get_code, iter_codes
from cptref.paths import codesets_dir
from tests.codesets.files import icd_order, seventh_characters, tabular_entry, tabular_xml

if TYPE_CHECKING:
    from tests.codesets.conftest import RealFile, WriteAndAdd
    from tests.conftest import Run

ON = "2027-10-01"  # the first day of the fiscal year 2028
_BACK = tabular_entry(
    "chapter",
    "13",
    "Made-up diseases of the back (M00-M99)",
    tabular_entry(
        "section",
        "M50-M54",
        "Other aches (M50-M54)",
        tabular_entry(
            "diag",
            "M54",
            "Ache",
            tabular_entry(
                "diag",
                "M54.1",
                "Root ache",
                tabular_entry("diag", "M54.16", "Root ache, low", inclusionTerm=["Ache of a low root"]),
                tabular_entry("diag", "M54.17", "Root ache, lower"),
                inclusionTerm=["Ache of a root NOS"],
                excludes1=["ache with a slipped disc (M51.1-)", "ache of nerves <i>NOS</i> (M79.2)"],
            ),
            tabular_entry("diag", "M54.9", "Ache, unspecified"),
            excludes2=["ache of the mind (F45.41)"],
            useAdditionalCode=["code to identify the drug:", "drug one (Z79.1)"],
        ),
    ),
    notes=["Add an external cause code"],
)
_CAUSES = tabular_entry(
    "chapter",
    "20",
    "Made-up causes (V00-Y99)",
    tabular_entry(
        "section",
        "W20-W49",
        "Things (W20-W49)",
        tabular_entry(
            "diag",
            "W21",
            "Struck by a ball",
            seventh_characters({"A": "first visit", "D": "later visit"}),
            tabular_entry("diag", "W21.8", "Other balls", tabular_entry("diag", "W21.89", "Ball of another sort")),
            sevenChrNote=["A 7th character is to be added"],
        ),
    ),
)
TABULAR = tabular_xml("2028", _BACK, _CAUSES)
# The year after: M54.16 is a header, M54.17 is not there, and M54.2 is.
_ORDERED = (
    ("M54", "0", "Ache", "Ache"),
    ("M541", "0", "Root ache", "Root ache"),
    ("M5416", "0", "Root ache, low", "Root ache, low"),
    ("M54161", "1", "Root ache, low, left", "Root ache, low, left"),
    ("M542", "1", "Neck ache", "Neck ache"),
    ("W21", "0", "Struck by a ball", "Struck by a ball"),
    ("W218", "0", "Oth balls", "Other balls"),
    ("W2189", "0", "Ball of another sort", "Ball of another sort"),
    ("W2189XA", "1", "Ball of another sort, first", "Ball of another sort, first visit"),
    ("W2189XD", "1", "Ball of another sort, later", "Ball of another sort, later visit"),
)
AFTER = icd_order([(code, flag, long, short) for code, flag, short, long in _ORDERED])


@pytest.fixture
def tabular(write_and_add: WriteAndAdd) -> None:
    """Add the tabular list of FY2028."""
    added = write_and_add({"tabular.xml": TABULAR})
    assert (added.code, added.err) == (0, "")


@pytest.fixture
def order(write_and_add: WriteAndAdd) -> None:
    """Add the order file of FY2029."""
    added = write_and_add({"icd10cm_order_2029.txt": AFTER})
    assert added.code == 0, added.err


def read_listing(run: Run, code: str, on: str = ON) -> dict[str, Any]:
    """Return what ICD-10-CM says of a code, as JSON."""
    results = json.loads(run("show", code, "--on", on, "-f", "json").out)["results"]
    listings = [each for result in results for each in (result["code_sets"] or {}).get("listings", ())]
    return next((each for each in listings if each["set"] == "icd10cm"), {})


def show_block(run: Run, code: str, on: str = ON) -> str:
    """Return the block of ICD-10-CM on the page of a code."""
    page = run("show", code, "--on", on, "-f", "text").out
    return page.partition("\n\n")[2].partition("\n\nDataset ")[0] + "\n"


@pytest.mark.usefixtures("tabular", "order")
@pytest.mark.parametrize("typed", ["M54.16", "m5416"])
def test_notes_stand_with_where_they_are(typed: str, run: Run) -> None:
    """Check the path, the notes of the code and of all above it, and that no markup of a file is interpreted."""
    assert (
        show_block(run, typed)
        == """\
ICD-10-CM FY2028
State            billable in FY2028
Text             Root ache, low
Path             chapter 13: Made-up diseases of the back (M00-M99)
                 section M50-M54: Other aches (M50-M54)
                 M54: Ache
                 M54.1: Root ache
Inclusion terms  Ache of a low root
                 M54.1: Ache of a root NOS
Excludes1        M54.1: ache with a slipped disc (M51.1-)
                 M54.1: ache of nerves <i>NOS</i> (M79.2)
Excludes2        M54: ache of the mind (F45.41)
Use additional   M54: code to identify the drug:
                 M54: drug one (Z79.1)
Notes            chapter 13: Add an external cause code
Siblings         M54.17: Root ache, lower
Other releases   FY2029: not billable
"""
    )


@pytest.mark.usefixtures("tabular")
def test_a_header_lists_the_codes_to_bill(run: Run) -> None:
    """Check that a header, typed as lists of codes have it, is answered with the billable codes below it."""
    block = show_block(run, "M54.1-").splitlines()
    assert block[1:5] == [
        "State            not billable in FY2028: 2 billable codes below it",
        "Text             Root ache",
        "Billable codes   M54.16: Root ache, low",
        "                 M54.17: Root ache, lower",
    ]
    assert block[-1] == "Siblings         M54.9: Ache, unspecified"
    assert run("show", "M54.1-", "--on", ON).code == 0


@pytest.mark.usefixtures("tabular")
def test_a_code_without_its_7th_character_names_the_characters(run: Run) -> None:
    """Check that the codes are spelled out, with X in the empty places, and what each character means."""
    assert (
        show_block(run, "W21.89")
        == """\
ICD-10-CM FY2028
State               not billable in FY2028: its 7th character is missing
Text                Ball of another sort
7th characters      W21.89XA: first visit
                    W21.89XD: later visit
Path                chapter 20: Made-up causes (V00-Y99)
                    section W20-W49: Things (W20-W49)
                    W21: Struck by a ball
                    W21.8: Other balls
7th character note  W21: A 7th character is to be added
"""
    )


@pytest.mark.usefixtures("tabular")
def test_a_7th_character_adds_its_meaning_to_the_text(run: Run) -> None:
    """Check the text of a code that the file does not spell out, and the other characters."""
    assert (
        show_block(run, "w2189xa")
        == """\
ICD-10-CM FY2028
State                 billable in FY2028
Text                  Ball of another sort, first visit
Path                  chapter 20: Made-up causes (V00-Y99)
                      section W20-W49: Things (W20-W49)
                      W21: Struck by a ball
                      W21.8: Other balls
                      W21.89: Ball of another sort
7th character note    W21: A 7th character is to be added
Other 7th characters  W21.89XD: later visit
"""
    )


@pytest.mark.usefixtures("tabular", "order")
@pytest.mark.parametrize(
    ("typed", "on", "says", "facts"),
    [
        (
            "W21.89A",
            ON,
            "not in FY2028; did you mean W21.89XA?",
            {
                "Nearest above": ["W21.89: Ball of another sort (not billable: its 7th character is missing)"],
                "7th characters": ["W21.89XA: first visit", "W21.89XD: later visit"],
            },
        ),
        (
            "W21.89XB",
            ON,
            "not in FY2028; the nearest above it is W21.89",
            {
                "Nearest above": ["W21.89: Ball of another sort (not billable: its 7th character is missing)"],
                "7th characters": ["W21.89XA: first visit", "W21.89XD: later visit"],
            },
        ),
        (
            "M54.166",
            ON,
            "not in FY2028; the nearest above it is M54.16",
            {"Nearest above": ["M54.16: Root ache, low (billable)"]},
        ),
        (
            "M54.17",
            "2028-10-01",
            "in FY2028, not in FY2029; the nearest above it is M54.1",
            {
                "Nearest above": ["M54.1: Root ache (not billable: 1 billable code below it)"],
                "Billable codes": ["M54.161: Root ache, low, left"],
            },
        ),
        ("G35", ON, "not in FY2028", {}),
    ],
)
def test_a_wrong_code_is_answered_with_what_is_near(
    typed: str, on: str, says: str, facts: dict[str, list[str]], run: Run
) -> None:
    """Check that a code that is not there is offered the right spelling, and never taken for another one."""
    listing = read_listing(run, typed, on)
    assert (listing["state"], listing["says"], listing["title"]) == ("not-listed", says, "")
    assert {fact["name"]: fact["values"] for fact in listing["facts"]} == facts
    shown = run("show", typed, "--on", on)
    assert (shown.code, shown.err) == (1, f"cptref: {typed}: {listing['heading']}: {says}\n")


@pytest.mark.usefixtures("tabular")
def test_a_hcpcs_code_is_not_taken_for_a_diagnosis_that_is_not_there(run: Run) -> None:
    """Check that J1885 is asked for in ICD-10-CM and not said to be a wrong diagnosis code."""
    assert read_listing(run, "J1885") == {}


@pytest.mark.usefixtures("tabular", "order")
def test_an_order_file_has_codes_and_texts_without_notes(run: Run) -> None:
    """Check what a release says of which no tabular list is loaded: its texts, the path, and that notes are unknown."""
    assert (
        show_block(run, "W21.89XA", "2028-10-01")
        == """\
ICD-10-CM FY2029
State                 billable in FY2029
Text                  Ball of another sort, first visit
Short text            Ball of another sort, first
Path                  W21: Struck by a ball
                      W21.8: Other balls
                      W21.89: Ball of another sort
Notes                 unknown: add the tabular list of FY2029, which has them
Other 7th characters  W21.89XD: later visit
Other releases        FY2028: billable
"""
    )


def test_the_short_text_comes_from_the_order_file_of_the_release(write_and_add: WriteAndAdd, run: Run) -> None:
    """Check that the tabular list answers where both parts are there, with the short text of the other one."""
    added = write_and_add({"tabular.xml": TABULAR, "icd10cm_order_2028.txt": AFTER})
    assert added.code == 0, added.err
    fields = read_listing(run, "W21.89XA")["fields"]
    assert (fields["short"], fields["long"], fields["parent"], fields["chapter"], fields["character"]) == (
        *("Ball of another sort, first", "Ball of another sort, first visit", "W21.89", "20", "A"),
    )


def test_a_codes_file_has_no_headers(write_and_add: WriteAndAdd, run: Run) -> None:
    """Check that what begins codes of a codes file is a header, and that a wrong code is put right there, too."""
    codes = "".join(f"{code:7} {text}\r\n" for code, flag, _, text in _ORDERED if flag == "1")
    added = write_and_add({"icd10cm-codes-2029.txt": codes})
    assert added.code == 0, added.err
    header = read_listing(run, "M54.1", "2028-10-01")
    assert (header["state"], header["says"]) == ("header", "not billable in FY2029: 1 billable code below it")
    wrong = read_listing(run, "W21.89A", "2028-10-01")
    assert wrong["says"] == "not in FY2029; did you mean W21.89XA?"


@pytest.mark.usefixtures("tabular")
def test_a_screenful_of_codes_is_listed(write_and_add: WriteAndAdd, run: Run) -> None:
    """Check that of more billable codes than fit on a screen the headers right below are named, with their counts."""
    letters = "0123456789"
    below = [
        tabular_entry(
            "diag",
            f"M55.{first}",
            f"Ache {first}",
            *(tabular_entry("diag", f"M55.{first}{second}", f"Ache {first} {second}") for second in letters),
        )
        for first in "012"
    ]
    section = tabular_entry("section", "M55", "Aches (M55)", tabular_entry("diag", "M55", "Aches", *below))
    added = write_and_add({"more.xml": tabular_xml("2029", tabular_entry("chapter", "13", "Back", section))})
    assert added.code == 0, added.err
    facts = read_listing(run, "M55", "2028-10-01")["facts"]
    assert facts[0] == {
        "name": "Codes below",
        "values": [f"M55.{first}: Ache {first} (10 billable below)" for first in "012"],
    }


@pytest.mark.usefixtures("tabular", "order")
def test_a_summary_says_whether_a_code_is_billed(run: Run) -> None:
    """Check the line of each code where the summary alone is asked for."""
    lines = run("show", "M54.16", "M54.1", "--on", ON, "--brief").out.splitlines()
    assert [line for line in lines if line.startswith("ICD-10-CM")] == [
        "ICD-10-CM FY2028  billable in FY2028 · Root ache, low",
        "ICD-10-CM FY2028  not billable in FY2028: 2 billable codes below it · Root ache",
    ]


@pytest.mark.usefixtures("tabular")
def test_a_day_before_every_release_is_unknown(run: Run) -> None:
    """Check that a code is not refused on a day of which no release is loaded."""
    listing = read_listing(run, "M54.16", "2020-01-01")
    assert (listing["state"], listing["says"]) == ("unknown", "unknown on 2020-01-01; billable in FY2028")


@pytest.mark.parametrize(
    ("file", "release", "rows", "billable"),
    [
        ("april-1-2026-code-tables-tabular.zip", "2026", 98_186, 74_719),
        ("2025-code-descriptions-tabular-order.zip", "2025", 97_584, 74_260),
    ],
)
def test_a_real_file_has_all_codes_of_its_year(
    file: str, release: str, rows: int, billable: int, real_file: RealFile, run: Run
) -> None:
    """Check the totals with all 7th characters, their order, that each is read as a code, and S06 after a death."""
    assert run("add", str(real_file(file))).code == 0
    stores = Catalog(codesets_dir()).open_release("icd10cm", release)
    codes = [*iter_codes(stores)]
    names = [code.code for code in codes]
    assert (len(names), sum(code.billable for code in codes)) == (rows, billable)
    assert names == sorted({*names})
    assert [name for name in names if parse_diagnosis(name) != name] == []
    assert get_code(stores, "S06.1X7A")
    assert not get_code(stores, "S06.1X7D")
    assert all(get_code(stores, code.code) == code for code in codes[::997])
