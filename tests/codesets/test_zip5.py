"""ZIP5 files: the locality of each ZIP code, read whole or refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.codesets.locality_files import make_zip5, zip_line

if TYPE_CHECKING:
    from tests.codesets.conftest import RealFile, WriteAndAdd
    from tests.conftest import Run

AGAIN = "download the ZIP code to carrier locality zip from CMS again"
MIAMI = zip_line("33101", "09102-04")


def test_a_file_names_its_quarter_on_each_line(write_and_add: WriteAndAdd, run: Run) -> None:
    """ZIP codes are listed with contractor, locality and state; a short file is doubtful."""
    data = make_zip5(MIAMI, zip_line("06390", "13102-00", "CT", plus_four=True)) + b"\x1a"
    done = write_and_add({"zip5.txt": data}, "--release", "2026Q4")
    assert done.out.endswith(
        "added: ZIP code localities 2027Q1, 2 ZIP codes, in force 2027-01-01 to 2027-03-31\n"
        "  2027Q1 by its lines, not 2026Q4\n"
        "  has 2 ZIP codes, but files of CMS have some 43,000: is it cut off?\n"
    )
    listed = json.loads(run("list", "--set", "zip", "--on", "2027-02-01", "-f", "json").out)
    assert [(code["code"], code["title"]) for code in listed["results"]] == [
        ("06390", "13102-00 (CT)"),
        ("33101", "09102-04 (FL)"),
    ]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (MIAMI, "33101 comes twice"),
        (zip_line("33102", "09102-04", quarter="20264"), "is of 2026Q4, but the lines above are of 2027Q1"),
        (MIAMI[:40], "has 40 of 80 characters: is the file cut off?"),
        (zip_line("3310X", "09102-04"), "is not a ZIP code with its locality: 'FL3310X0910204'"),
        (zip_line("33102", "09102-04", "f1"), "is not a ZIP code with its locality: 'f1331020910204'"),
        (f"{MIAMI[:-1]}5", "is not a ZIP code with its locality: 'FL331010910204'"),
    ],
)
def test_a_faulty_file_is_refused_whole(write_and_add: WriteAndAdd, run: Run, line: str, fault: str) -> None:
    """The line is named, and nothing is stored."""
    done = write_and_add({"zip5.txt": make_zip5(MIAMI, line)})
    assert (done.code, done.err.split("downloads/")[-1]) == (2, f"zip5.txt: refused: line 2: {fault}; {AGAIN}\n")
    assert json.loads(run("sets", "-f", "json").out)["results"] == []


def test_a_zip9_file_is_none(write_and_add: WriteAndAdd) -> None:
    """It has the last four digits of ZIP codes behind the flag, and several rows for each."""
    done = write_and_add({"zip9.txt": make_zip5(f"{MIAMI[:21]}1234{MIAMI[25:]}")})
    assert (done.code, "nothing to add in " in done.err) == (1, True)


def test_changes_of_zip_codes(write_and_add: WriteAndAdd, run: Run) -> None:
    """They are counted as ZIP codes, and what is asked about may be one of them."""
    write_and_add({"a.txt": make_zip5(MIAMI)})
    write_and_add({"b.txt": make_zip5(zip_line("33101", "09102-03", quarter="20272"))})
    done = run("changes", "zip", "33101")
    assert "\n2027Q1 has 1 ZIP codes, 2027Q2 has 1\n" in done.out
    assert done.out.endswith("  - 33101: locality 04 to 03\n")


def test_the_real_file_is_read_whole(real_file: RealFile, run: Run) -> None:
    """Its number of ZIP codes is known."""
    done = run("add", str(real_file("zip-code-carrier-locality.zip")))
    said = "added: ZIP code localities 2025Q4, 42,956 ZIP codes, in force 2025-10-01 to 2025-12-31\n"
    assert (done.code, done.out.endswith(said)) == (0, True)
