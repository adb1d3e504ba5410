"""The verification of articles and published codes, computed anew from a loaded fee schedule."""

from __future__ import annotations

import csv
import json
from datetime import date
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from tests.codesets.pfs_files import make_csv, make_row, make_unpaid_row

if TYPE_CHECKING:
    from tests.codesets.conftest import RealFile, WriteAndAdd
    from tests.conftest import Run

IN_2026C = ("--on", "2026-08-01")
# As the bundled table has it.
FASCIA = make_row("20920", GLOB_DAYS="090", BILAT_SURG="0")
BILATERAL = "listed, A, 090, bilateral 1; the library says bilateral 0, and Fee schedule RVU26C 1"


def find_check(text: str) -> list[str]:
    """Return the two lines of the check."""
    lines = text.splitlines()
    start = next(number for number, line in enumerate(lines) if line[1:].startswith(" Checked "))
    return lines[start : start + 2]


def test_an_agreeing_release_is_said_beside_the_article(run: Run, write_and_add: WriteAndAdd) -> None:
    """The article's own conflict stays, and the figures are those of the release."""
    write_and_add({"pfs.csv": make_csv("2026C", FASCIA)})
    out = run("show", "20920", *IN_2026C).out
    assert out.startswith("20920  ! CONFLICT: published for another service; do not bill it for this one\n")
    assert find_check(out) == ["✓ Checked for 2026-08-01 against RVU26C", "  listed, A, 090, bilateral 0"]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("STATUS CODE", "R", "listed, R, 090, bilateral 0; the library says status A, and Fee schedule RVU26C R"),
        (
            "GLOB DAYS",
            "010",
            "listed, A, 010, bilateral 0; the library says global days 090, and Fee schedule RVU26C 010",
        ),
        ("BILAT SURG", "1", BILATERAL),
        (
            "MULT PROC",
            "3",
            "listed, A, 090, bilateral 0; the library says multiple procedures 2, and Fee schedule RVU26C 3",
        ),
        ("PCTC IND", "1", "listed, A, 090, bilateral 0; the library says PC/TC 0, and Fee schedule RVU26C 1"),
    ],
)
def test_a_differing_figure_is_said_with_both_values(
    run: Run, write_and_add: WriteAndAdd, name: str, value: str, says: str
) -> None:
    """Neither the bundled value nor that of the release is kept silent."""
    write_and_add({"pfs.csv": make_csv("2026C", FASCIA | {name: value})})
    assert find_check(run("show", "20920", *IN_2026C).out) == ["! Checked for 2026-08-01 against RVU26C", f"  {says}"]
    (entry,) = {
        result["code"]: result["code_sets"]
        for result in json.loads(run("show", "20920", *IN_2026C, "-f", "json").out)["results"]
    }.values()
    assert (entry["check"], entry["differs"]) == (f"checked for 2026-08-01 against RVU26C: {says}", True)


def test_codes_that_no_release_has_are_not_in_this_one_either(run: Run, write_and_add: WriteAndAdd) -> None:
    """20971 and 20976 are not listed by the bundled check, nor by the release: no alarm, and exit code 0."""
    write_and_add({"pfs.csv": make_csv("2026C", FASCIA)})
    for code in ("20971", "20976"):
        done = run("show", code, *IN_2026C)
        assert (done.code, done.err) == (0, "")
        assert find_check(done.out) == ["✓ Checked for 2026-08-01 against RVU26C", "  not in RVU26C"]


def test_a_code_that_appears_or_goes_is_an_alarm(run: Run, write_and_add: WriteAndAdd) -> None:
    """What was not listed is listed now, and the other way around."""
    write_and_add({"pfs.csv": make_csv("2026C", make_unpaid_row("20971", "N"))})
    assert find_check(run("show", "20971", *IN_2026C).out) == [
        "! Checked for 2026-08-01 against RVU26C",
        "  listed, N, XXX, bilateral 9; the library says not listed",
    ]
    assert find_check(run("show", "64483", *IN_2026C).out) == [
        "! Checked for 2026-08-01 against RVU26C",
        "  not in RVU26C; the library says listed",
    ]


def test_an_alarm_is_red_on_a_terminal_and_has_a_sign(run: Run, write_and_add: WriteAndAdd) -> None:
    """Color says nothing that the sign does not."""
    write_and_add({"pfs.csv": make_csv("2026C", FASCIA | {"BILAT SURG": "1"})})
    out = run("show", "20920", *IN_2026C, "-f", "terminal", "--color", "always").out
    assert "\x1b[1;31m! Checked for 2026-08-01 against RVU26C\x1b[0m" in out


def test_an_older_release_is_named_as_such(run: Run, write_and_add: WriteAndAdd) -> None:
    """Checked today against what is newest."""
    write_and_add({"pfs.csv": make_csv("2025D", FASCIA)})
    today = date.today().isoformat()  # noqa: DTZ011 - as the command has it
    assert find_check(run("show", "20920").out) == [
        f"✓ Checked today against RVU25D, the newest loaded before {today}",
        "  listed, A, 090, bilateral 0",
    ]


def test_a_day_before_all_releases_is_not_checked(run: Run, write_and_add: WriteAndAdd) -> None:
    """What can't be known is not compared."""
    write_and_add({"pfs.csv": make_csv("2026C", FASCIA | {"BILAT SURG": "1"})})
    out = run("show", "20920", "--on", "2018-01-01").out
    assert "Checked for" not in out
    assert "Checked today" not in out


def test_csv_and_the_list(run: Run, write_and_add: WriteAndAdd) -> None:
    """A spreadsheet gets the check as a row; `list` shows the bundled word only."""
    listed = run("list").out
    write_and_add({"pfs.csv": make_csv("2026C", FASCIA | {"BILAT SURG": "1"})})
    rows = [*csv.DictReader(StringIO(run("show", "20920", *IN_2026C, "-f", "csv").out))]
    assert [row["text"] for row in rows if row["kind"] == "differs"] == [
        f"checked for 2026-08-01 against RVU26C: {BILATERAL}"
    ]
    assert run("list").out == listed


def test_the_bundled_table_agrees_with_the_release_that_it_names(run: Run, real_file: RealFile) -> None:
    """Every published code and every article, against RVU26C as CMS shipped it."""
    assert run("add", str(real_file("rvu26c.zip"))).code == 0
    codes = json.loads(run("list", "-f", "json").out)["results"]
    answer = json.loads(run("show", *(item["code"] for item in codes), *IN_2026C, "-f", "json").out)
    checks = {result["code"]: result["code_sets"] for result in answer["results"]}
    assert len(checks) == len({item["code"] for item in codes})
    assert {code: check["check"] for code, check in checks.items() if check["differs"]} == {}
    assert checks["20920"]["check"] == "checked for 2026-08-01 against RVU26C: listed, A, 090, bilateral 0"
