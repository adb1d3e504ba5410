"""`cptref compare` with a fee schedule: figures and amounts side by side, with an entry or without."""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import TYPE_CHECKING

from tests.codesets.pfs_files import NOTICE, make_csv, make_row

if TYPE_CHECKING:
    from tests.codesets.conftest import WriteAndAdd
    from tests.conftest import Run

IN_2026C = ("--on", "2026-08-01")
SMALLER = {"WORK RVU": "1.48", "NON-FACILITY TOTAL": "7.56", "FACILITY TOTAL": "2.61"}


def test_codes_without_an_entry_are_compared(run: Run, write_and_add: WriteAndAdd) -> None:
    """What differs stands in a table by the name of the fact, what is the same below it."""
    write_and_add({"pfs.csv": make_csv("2026C", make_row("64998"), make_row("64999") | SMALLER)})
    done = run("compare", "64998", "64999", *IN_2026C)
    assert (done.code, done.err) == (0, "")
    notice = "".join(f"  {line}\n" for line in NOTICE.splitlines())
    footer = done.out.splitlines()[-1]
    assert (
        done.out
        == f"""\
Compared: 64998, 64999
======================

Fee schedule RVU26C

                 64998                                              64999
Text             Made-up text of 64998                              Made-up text of 64999
Work RVU         1.85                                               1.48
Total RVU        7.93 office / 2.98 facility                        7.56 office / 2.61 facility
National amount  $264.87 office / $99.53 facility (factor 33.4009)  $252.51 office / $87.18 facility (factor 33.4009)

The same for both
  Fee schedule RVU26C:
  - State: in RVU26C
  - Status: A: Medicare pays it separately, where it is covered
  - Global days: 000: same-day global period: only the day itself
  - Bilateral: 1: 150% is paid for both sides, with modifier 50, with RT and LT, or with 2 units
  - Multiple procedures: 2: beside other procedures, the highest is paid in full and each further one at half
  - Assistant: 1: not paid, by law
  - Co-surgeon: 0: not paid
  - Team: 0: not paid
  - PC/TC: 0: a physician's service: it has no professional and technical part, so 26 and TC do not apply
  - Practice expense RVU: 5.91 office / 0.96 facility
  - Malpractice RVU: 0.17

Notices of the files
{notice}
{footer}
"""
    )


def test_entries_and_other_codes_are_compared_together(run: Run, write_and_add: WriteAndAdd) -> None:
    """The check of each entry is there; a cell without a fact is a hyphen."""
    write_and_add({"pfs.csv": make_csv("2026C", make_row("64483"), make_row("64999", ENDO_BASE="64000") | SMALLER)})
    out = run("compare", "64483", "64999", *IN_2026C).out
    assert "\n✓ 64483 checked for 2026-08-01 against RVU26C\n  listed, A, 000, bilateral 1\n" in out
    assert "\nEndoscopic base  -  " in out


def test_programs_get_the_listings(run: Run, write_and_add: WriteAndAdd) -> None:
    """JSON has the object of each code, CSV a column for it."""
    write_and_add({"pfs.csv": make_csv("2026C", make_row("64998"), make_row("64999") | SMALLER)})
    answer = json.loads(run("compare", "64998", "64999", *IN_2026C, "-f", "json").out)
    assert answer["codes"] == ["64998", "64999"]
    assert answer["code_sets"]["64999"]["listings"][0]["fields"]["work"] == "1.48"
    rows = [*csv.DictReader(StringIO(run("compare", "64998", "64999", *IN_2026C, "-f", "csv").out))]
    assert [(row["64998"], row["64999"]) for row in rows if row["kind"] == "Work RVU"] == [("1.85", "1.48")]


def test_a_code_that_is_alone_is_said_to_be(run: Run, write_and_add: WriteAndAdd) -> None:
    """The other one is in no set."""
    write_and_add({"pfs.csv": make_csv("2026C", make_row("64998"))})
    done = run("compare", "64998", "99999", *IN_2026C)
    assert done.code == 1
    assert done.err == (
        "cptref: only 64998 is known; there is nothing to compare it with\n"
        "cptref: 99999: looks like a code, but is not in the library, nor in Fee schedule RVU26C; "
        "cptref list shows every code\n"
    )


def test_sections_of_a_code_that_only_code_sets_have(run: Run, write_and_add: WriteAndAdd) -> None:
    """Sections are compared of articles. A loaded code without one is not denied."""
    write_and_add({"pfs.csv": make_csv("2026C", make_row("64998"))})
    done = run("compare", "64998", "20976", "-s", "cost", "--on", "2026-08-01")
    assert done.code == 1
    assert done.err.splitlines() == [
        "cptref: only 20976 has an article; there is nothing to compare it with",
        "cptref: 64998: has no article, so no sections; a loaded code set has it: leave out -s",
    ]
