"""MUE files, add-on code edits and descriptor files: read as they come, and refused where they are something else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.codesets.files import AOC_HEADER, MUE_NOTICE, as_xlsx, as_zip, make_mue

if TYPE_CHECKING:
    from tests.codesets.conftest import RealFile, WriteAndAdd
    from tests.conftest import Outcome, Run

AS_SHIPPED = "take the file as CMS ships it; Excel drops zeros where cells are not saved as text"
AOC_ROWS: list[list[str | int | float]] = [
    [1, "64484", "", "64483", "", 2013091],
    [1, "64484", "", "64999", "", 2013091, 2020366],
    [2, "0054T", "", "CCCCC", "", 2013091, "", "Made-up instruction"],
]


def listing_of(outcome: Outcome, name: str) -> dict[str, object]:
    """Return what a set says about the code that was shown as JSON."""
    (result,) = [each for each in json.loads(outcome.out)["results"] if each["code_sets"]]
    return next(each for each in result["code_sets"]["listings"] if each["set"] == name)


def shorten(outcome: Outcome) -> str:
    """Return what was printed without the folder of the files."""
    return outcome.err.split("downloads/")[-1]


@pytest.mark.parametrize(
    ("setting", "name"),
    [
        ("Practitioner Services", "mue-practitioner"),
        ("Outpatient Hospital Services", "mue-hospital"),
        ("DME Supplier Services", "mue-dme"),
    ],
)
def test_a_mue_file_is_told_by_its_header(write_and_add: WriteAndAdd, run: Run, setting: str, name: str) -> None:
    """The setting comes from the header, the quarter from the name, the notice and the figures from the file."""
    data = make_mue([("64483", "1", "2"), ("J0001", "160", "3")], setting).encode("cp1252")
    assert write_and_add({"limits 10-01-2026.csv": data}).code == 0
    (release,) = json.loads(run("sets", "-f", "json").out)["results"]
    assert (release["set"], release["release"], release["rows"], release["notice"]) == (name, "2026Q4", 2, MUE_NOTICE)
    listing = listing_of(run("show", "J0001", "--on", "2026-11-20", "-f", "json"), name)
    assert listing["fields"] == {"units": "160", "indicator": "3", "rationale": "Made-up reason"}


@pytest.mark.parametrize(
    ("name", "release"),
    [
        ("MCR_MUE_PractitionerServices_Eff_04-01-2026.csv", "2026Q2"),
        ("mue-2025-q3.csv", "2025Q3"),
        ("MUE V2024Q1.csv", "2024Q1"),
        ("Q4_2026 limits.csv", "2026Q4"),
    ],
)
def test_the_quarter_is_taken_from_a_name_and_said(write_and_add: WriteAndAdd, name: str, release: str) -> None:
    """No MUE file says its quarter: where its name does, cptref tells what it took from there."""
    done = write_and_add({name: make_mue([("64483", "1", "2")])}, "--dry-run")
    assert f"Practitioner MUE {release}" in done.out
    assert f"{release} by its name, since nothing in the file says it" in done.out


def test_the_quarter_is_asked_for_where_no_name_says_it(write_and_add: WriteAndAdd, run: Run) -> None:
    """A release is never guessed."""
    data = make_mue([("64483", "1", "2")])
    done = write_and_add({"limits.csv": data})
    assert (done.code, shorten(done)) == (
        2,
        "limits.csv: says nowhere of which release it is; add it with --release, as in --release 2026Q4\n",
    )
    assert write_and_add({"limits.csv": data}, "--release", "2026Q4").code == 0
    assert "mue-practitioner-2026Q4" in run("sets").out


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (("100", "1", "2"), "code '100' has 3 of 5 characters: its leading zeros are lost"),
        (("64484", "one", "2"), "64484 has 'one' for its units"),
        (("64484", "1", "4 Other"), "64484 has '4 Other' for its adjudication indicator, which is 1, 2 or 3"),
        (("64483", "2", "2"), "64483 comes twice"),
    ],
)
def test_a_faulty_mue_file_is_refused_whole(
    write_and_add: WriteAndAdd, run: Run, row: tuple[str, str, str], fault: str
) -> None:
    """The message names the line of the file, whose header has two, and nothing is stored."""
    done = write_and_add({"mue 2026Q4.csv": make_mue([("64483", "1", "2"), row])})
    assert (done.code, shorten(done)) == (
        2,
        f"mue 2026Q4.csv: refused: line 7: {fault}; {AS_SHIPPED}\n",
    )
    assert json.loads(run("sets", "-f", "json").out)["results"] == []


def test_add_on_edits_answer_both_ways(write_and_add: WriteAndAdd, run: Run) -> None:
    """A workbook says what a code is added on to, and what is added on to a code, on the day asked about."""
    table: list[list[str | int | float]] = [["Made-up notice"], [*AOC_HEADER], *AOC_ROWS]
    assert write_and_add({"AOC_V2026Q3-MCR.xlsx": as_xlsx(table)}).code == 0
    addon = listing_of(run("show", "64484", "--on", "2026-08-01", "-f", "json"), "aoc")
    assert addon["fields"] == {"primaries": "64483", "addons": ""}
    primary = listing_of(run("show", "64483", "--on", "2026-08-01", "-f", "json"), "aoc")
    assert primary["fields"] == {"primaries": "", "addons": "64484"}
    contractor = listing_of(run("show", "0054T", "--on", "2026-08-01", "-f", "json"), "aoc")
    assert contractor["facts"] == [
        {"name": "Add-on to", "values": ["2: the contractor has its own list of primary codes"]},
        {"name": "Instructions", "values": ["Made-up instruction"]},
    ]


@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_add_on_edits_come_as_text_too(write_and_add: WriteAndAdd, run: Run, delimiter: str) -> None:
    """Commas and tabs are read alike."""
    lines = [["Made-up notice"], AOC_HEADER, *([str(cell) for cell in row] for row in AOC_ROWS)]
    text = "".join(f"{delimiter.join(line)}\r\n" for line in lines)
    assert write_and_add({"AOC_V2026Q3.txt": text}).code == 0
    assert "Add-on code edits 2026Q3" in run("sets").out


def test_faulty_add_on_edits_are_refused_whole(write_and_add: WriteAndAdd) -> None:
    """Every fault is named with its line."""
    rows: list[list[str | int]] = [
        [1, "64484", "", "64483", "", "2013399"],
        [4, "64495", "", "64493", "", 2013091],
        [1, "1", "", "2", "", 1],
    ]
    done = write_and_add({"AOC_V2026Q3.xlsx": as_xlsx([["Made-up notice"], AOC_HEADER, *rows])})
    assert (done.code, shorten(done)) == (
        2,
        (
            "AOC_V2026Q3.xlsx: refused: line 3: 64484 has '2013399' for a day, which is written like 2013091; line 4: "
            "64495 has '4' for its type, which is 1, 2 or 3; line 5: code '1' has 1 of 5 characters: its leading "
            f"zeros are lost; {AS_SHIPPED}\n"
        ),
    )


DESCRIPTOR_MUE_NOTICE = "Made-up files of CPT 2026\nCopyright 1995-2025 American Medical Association\n\n"


def test_descriptor_files_are_told_apart_by_their_texts(write_and_add: WriteAndAdd, run: Run) -> None:
    """The three files of a license lie side by side, whatever they are called, and are shown with their notice."""
    texts = {
        "a.txt": "Made-up puncture of an imagined nerve, at any level whatever, each",
        "b.txt": "MADE-UP PUNCTURE OF A NERVE",
        "c.txt": "Made-up puncture of an imagined nerve, each one",
    }
    files: dict[str, str | bytes] = {
        name: f"{DESCRIPTOR_MUE_NOTICE}64483\t{text}\n0042T    MADE-UP CAF\u00c9\n".encode("cp1252")
        for name, text in texts.items()
    }
    assert write_and_add({"cpt.zip": as_zip(files)}).code == 0
    listing = listing_of(run("show", "64483", "--on", "2026-11-20", "-f", "json"), "cpt")
    assert listing["fields"] == {"long": texts["a.txt"], "medium": texts["c.txt"], "short": texts["b.txt"]}
    assert listing["title"] == texts["a.txt"]
    assert listing["notice"] == DESCRIPTOR_MUE_NOTICE.strip()
    assert listing_of(run("show", "0042T", "--on", "2026-11-20", "-f", "json"), "cpt")["title"] == "MADE-UP CAF\u00c9"


def test_faulty_descriptors_are_refused_whole(write_and_add: WriteAndAdd) -> None:
    """A code that lost its zeros and one that comes twice are named with their lines."""
    rows = "64483\tMade-up\n64484\tMade-up too\n64485\tAgain\n100\tMade-up\n64483\tMade-up\n"
    done = write_and_add({"descriptors.txt": DESCRIPTOR_MUE_NOTICE + rows})
    assert (done.code, shorten(done)) == (
        2,
        (
            "descriptors.txt: refused: line 7: is not a code of five characters and its text: did Excel drop its "
            "zeros?; line 8: 64483 comes twice; take the file as the AMA ships it\n"
        ),
    )


def test_real_edits_are_read_whole(real_file: RealFile, run: Run) -> None:
    """The files of CMS have as many codes and pairs as CMS says."""
    names = ("MCR_MUE_PractitionerServices_Eff_04-01-2026.csv", "AOC_V2024Q3-MCR.xlsx")
    assert run("add", *(str(real_file(name)) for name in names)).code == 0
    rows = {release["set"]: release["rows"] for release in json.loads(run("sets", "-f", "json").out)["results"]}
    assert rows == {"mue-practitioner": 15_095, "aoc": 7_465}
    show = run("show", "64484", "64494", "--on", "2026-05-01", "-f", "json")
    primaries = {
        result["code"]: each["fields"]["primaries"]
        for result in json.loads(show.out)["results"]
        for each in (result["code_sets"] or {"listings": ()})["listings"]
        if each["set"] == "aoc"
    }
    assert primaries == {"64484": "64483", "64494": "64490 64493"}


def test_a_mue_file_that_is_cut_off_is_refused(write_and_add: WriteAndAdd) -> None:
    """The last line has lost its reason."""
    data = make_mue([("64483", "1", "2"), ("64484", "1", "2")]).removesuffix(",Made-up reason\r\n")
    done = write_and_add({"mue 2026Q4.csv": data})
    assert (done.code, "line 7: does not have 4 cells: is the file cut off?" in done.err) == (2, True)


def test_a_pair_has_several_periods(write_and_add: WriteAndAdd, run: Run) -> None:
    """Each day is answered by the period that it is in, from both codes."""
    rows: list[list[str | int]] = [
        [1, "64484", "", "64483", "", 2013091, 2014365],
        [1, "64484", "", "64483", "", 2020001],
    ]
    assert write_and_add({"AOC_V2026Q3.xlsx": as_xlsx([["Made-up notice"], AOC_HEADER, *rows])}).code == 0
    addon = listing_of(run("show", "64484", "--on", "2026-08-01", "-f", "json"), "aoc")
    primary = listing_of(run("show", "64483", "--on", "2026-08-01", "-f", "json"), "aoc")
    assert (addon["fields"], primary["fields"]) == (
        {"primaries": "64483", "addons": ""},
        {"primaries": "", "addons": "64484"},
    )


@pytest.mark.parametrize(
    ("notice", "args", "release", "said"),
    [
        ("Made-up 2025 release\nCopyright 2024 American Medical Association\n\n", (), "2025", ""),
        ("Copyright 2024 American Medical Association\n\n", (), "2023", "2023 by its name"),
        ("CPT 2026\nAmerican Medical Association\n\n", ("--release", "2025"), "2026", "2026 by its notice, not 2025"),
    ],
)
def test_the_year_of_descriptors_is_not_that_of_the_copyright(
    write_and_add: WriteAndAdd, notice: str, args: tuple[str, ...], release: str, said: str
) -> None:
    """It comes from the notice where that names a release, else from a name, and this is said."""
    rows = "0001A\tMade-up\n64484\tMade-up too\n64485\tAgain\n"
    done = write_and_add({"texts 2023.txt": notice + rows}, "--dry-run", *args)
    assert f"CPT descriptors {release}" in done.out
    assert said in done.out + done.err
