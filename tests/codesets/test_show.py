"""`cptref show` with fee schedules: each release in a block, figures in words, amounts, days, what is missing."""

from __future__ import annotations

import csv
import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import cptref
from cptref import UsageError, compact, open_library, paths
from cptref.codesets.releases import CODE_SETS
from tests.claims.sets import add_ons
from tests.codesets.pfs_files import NOTICE, make_csv, make_row, make_unpaid_row

if TYPE_CHECKING:
    from tests.codesets.conftest import RealFile, WriteAndAdd
    from tests.conftest import Run

IN_2026C = ("--on", "2026-08-01")
AFTER_2026C = ("--on", "2026-11-20")
CHEST_FILM = make_row(
    "71111",
    FACILITY_NA_INDICATOR="NA",
    PCTC_IND="1",
    GLOB_DAYS="XXX",
    MULT_PROC="0",
    BILAT_SURG="0",
    ASST_SURG="0",
)
FOOTER = (
    "Dataset 2026.11.2, released 2026-11-27. Not billing or medical advice. Check every code against the current code "
    "set.\n"
)


def list_lines(text: str, start: str) -> list[str]:
    """Return the lines that begin like this."""
    return [line for line in text.splitlines() if line.startswith(start)]


def test_a_code_without_an_entry_is_answered(run: Run, write_and_add: WriteAndAdd) -> None:
    """The block is headed by set and release; facts are aligned and in words; the notice stands once, word for word."""
    write_and_add({"pfs.csv": make_csv("2026C", make_row("64999"), make_row("64998"))})
    done = run("show", "64999", "64998", *IN_2026C)
    block = """\
Fee schedule RVU26C
State                 in RVU26C
Text                  Made-up text of {0}
Status                A: Medicare pays it separately, where it is covered
Global days           000: same-day global period: only the day itself
Bilateral             1: 150% is paid for both sides, with modifier 50, with RT and LT, or with 2 units
Multiple procedures   2: beside other procedures, the highest is paid in full and each further one at half
Assistant             1: not paid, by law
Co-surgeon            0: not paid
Team                  0: not paid
PC/TC                 0: a physician's service: it has no professional and technical part, so 26 and TC do not apply
Work RVU              1.85
Practice expense RVU  5.91 office / 0.96 facility
Malpractice RVU       0.17
Total RVU             7.93 office / 2.98 facility
National amount       $264.87 office / $99.53 facility (factor 33.4009)
"""
    pages = [
        f"{code}  Made-up text of {code}\n============================\n\n{block.format(code)}\n"
        for code in ("64999", "64998")
    ]
    notice = "".join(f"  {line}\n" for line in NOTICE.splitlines())
    assert done == (0, f"{''.join(pages)}Notices of the files\n{notice}\n{FOOTER}", "")


def test_an_entry_comes_before_what_the_release_says(run: Run, write_and_add: WriteAndAdd) -> None:
    """The article keeps its place, with the check below its verdict; then comes the block, a blank line apart."""
    write_and_add({"pfs.csv": make_csv("2026C", make_row("64483"))})
    out = run("show", "64483", *IN_2026C).out
    title = "64483  ✓ transforaminal epidural injection, first level, low back or sacrum"
    check = "✓ Checked for 2026-08-01 against RVU26C\n  listed, A, 000, bilateral 1"
    assert out.startswith(f"{title}\n{'=' * len(title)}\n\n{check}\n\nFigures: ")
    assert "\n\nFee schedule RVU26C\nState                 in RVU26C\n" in out


def test_brief_is_a_line_for_each_set(run: Run, write_and_add: WriteAndAdd) -> None:
    """A summary has the state, the text of the file, and what comes first of the figures."""
    write_and_add({"pfs.csv": make_csv("2026C", make_row("64999"), make_unpaid_row("64998", "N"))})
    done = run("show", "64999", "64998", "--brief", *IN_2026C)
    assert list_lines(done.out, "Fee schedule") == [
        (
            "Fee schedule RVU26C  in RVU26C · Made-up text of 64999 · status A · same day (000) · both sides 150% (1)"
            " · $264.87 office / $99.53 facility (factor 33.4009)"
        ),
        (
            "Fee schedule RVU26C  in RVU26C · Made-up text of 64998 · status N: not covered by Medicare · "
            "no global period (XXX) · both sides: does not apply (9)"
        ),
    ]


@pytest.mark.parametrize(
    ("status", "amount"),
    [
        ("A", "$264.87 office / $99.53 facility (factor 33.4009)"),
        ("R", "$264.87 office / $99.53 facility (factor 33.4009)"),
        ("T", "$264.87 office / $99.53 facility (factor 33.4009)"),
        ("C", "none: the Medicare contractor sets the price"),
        ("B", "none: always bundled into another service"),
        ("J", "none: anesthesia, paid by base units and time and not by RVUs"),
    ],
)
def test_only_some_statuses_have_amounts(run: Run, write_and_add: WriteAndAdd, status: str, amount: str) -> None:
    """Medicare pays A, R and T by RVUs; for the others, words say why there is no amount."""
    write_and_add({"pfs.csv": make_csv("2026C", make_row("64999", STATUS_CODE=status))})
    assert list_lines(run("show", "64999", *IN_2026C).out, "National amount") == [f"National amount       {amount}"]


def test_a_paid_code_without_rvus_has_no_amount(run: Run, write_and_add: WriteAndAdd) -> None:
    """An amount of $0.00 would be a lie."""
    write_and_add({"pfs.csv": make_csv("2026C", make_unpaid_row("64999", "R"))})
    out = run("show", "64999", *IN_2026C).out
    assert list_lines(out, "National amount") == ["National amount      none: the file has no RVUs for it"]
    assert "Work RVU" not in out


def test_an_amount_is_rounded_once_and_half_up(run: Run, write_and_add: WriteAndAdd) -> None:
    """0.50 RVUs at 33.4100 are 16.705 dollars: 16.71, where floats and bankers say 16.70."""
    row = make_row(
        "64999",
        WORK_RVU="0.50",
        **{
            "NON-FAC PE RVU": "0.00",
            "FACILITY PE RVU": "0.00",
            "MP RVU": "0.00",
            "NON-FACILITY TOTAL": "0.50",
            "FACILITY TOTAL": "0.50",
        },
    )
    write_and_add({"pfs.csv": make_csv("2026C", row, factor="33.4100")})
    out = run("show", "64999", *IN_2026C).out
    assert list_lines(out, "National amount") == [
        "National amount       $16.71 office / $16.71 facility (factor 33.4100)"
    ]


def test_both_factors_of_a_release_are_used(run: Run, write_and_add: WriteAndAdd) -> None:
    """The lower factor is for everybody, the higher one for qualifying APM participants, whichever was added first."""
    rows = [make_row("64999"), make_row("64998")]
    write_and_add({"qpp.csv": make_csv("2026C", *rows, factor="33.5675"), "other.csv": make_csv("2026C", *rows)})
    lines = run("show", "64999", *IN_2026C).out.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("National amount"))
    assert lines[start : start + 2] == [
        "National amount       $264.87 office / $99.53 facility (factor 33.4009)",
        "                      qualifying APM: $266.19 office / $100.03 facility (factor 33.5675)",
    ]


def test_na_stands_for_a_setting_where_the_service_is_rarely_done(run: Run, write_and_add: WriteAndAdd) -> None:
    """The rows of modifiers follow that of the whole service, with what is different."""
    professional = CHEST_FILM | {
        "MOD": "26",
        "FACILITY NA INDICATOR": "",
        "WORK RVU": "0.18",
        "NON-FAC PE RVU": "0.06",
        "FACILITY PE RVU": "0.06",
        "MP RVU": "0.01",
        "NON-FACILITY TOTAL": "0.25",
        "FACILITY TOTAL": "0.25",
    }
    technical = CHEST_FILM | {"MOD": "TC", "PHYSICIAN SUPERVISION OF DIAGNOSTIC PROCEDURES": "01", "STATUS CODE": "C"}
    write_and_add({"pfs.csv": make_csv("2026C", CHEST_FILM, professional, technical)})
    lines = run("show", "71111", *IN_2026C).out.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("Practice expense"))
    assert lines[start : start + 9] == [
        "Practice expense RVU  5.91 office / NA facility",
        "Malpractice RVU       0.17",
        "Total RVU             7.93 office / NA facility",
        "National amount       $264.87 office / NA facility (factor 33.4009)",
        (
            "With 26               RVU: work 0.18, practice expense 0.06 office / 0.06 facility, malpractice 0.01, "
            "total 0.25 office / 0.25 facility"
        ),
        "                      $8.35 office / $8.35 facility (factor 33.4009)",
        "With TC               status C: the Medicare contractor sets the price",
        "                      supervision 01: general: the physician directs it and need not be there",
        (
            "                      RVU: work 1.85, practice expense 5.91 office / NA facility, malpractice 0.17, "
            "total 7.93 office / NA facility"
        ),
    ]


def test_the_day_picks_the_release(run: Run, write_and_add: WriteAndAdd) -> None:
    """A day in a quarter is answered by its release, and no line is marked."""
    files = {"a.csv": make_csv("2025D", make_row("64999")), "b.csv": make_csv("2026C", make_row("64999"))}
    write_and_add(files)
    for on, release in (("2025-12-31", "RVU25D"), ("2026-07-01", "RVU26C"), ("09/30/2026", "RVU26C")):
        done = run("show", "64999", "--on", on)
        assert (done.code, done.err) == (0, "")
        assert f"\nFee schedule {release}\nState                 in {release}\n" in done.out
        assert "as of" not in done.out


def test_every_line_of_an_older_release_says_so(run: Run, write_and_add: WriteAndAdd) -> None:
    """Where no loaded release covers the day, the newest before it answers, with its name on each line."""
    write_and_add({"pfs.csv": make_csv("2026C", make_row("64999"))})
    done = run("show", "64999", *AFTER_2026C)
    lines = done.out.split("\n\n")[1].splitlines()
    assert lines[0] == "Fee schedule RVU26C (as of RVU26C, the newest loaded before 2026-11-20)"
    assert [line for line in lines[1:] if not line.endswith(" (as of RVU26C)")] == []
    assert (done.code, done.err) == (0, "")


def test_a_day_before_all_releases_is_unknown_and_answered(run: Run, write_and_add: WriteAndAdd) -> None:
    """It is never a refusal: what the oldest release says is shown, and that it can't be told from it."""
    write_and_add({"pfs.csv": make_csv("2026C", make_row("64999"))})
    done = run("show", "64999", "--on", "2018-01-01")
    assert done.code == 0
    assert done.err == "cptref: 64999: Fee schedule RVU26C: unknown on 2018-01-01; in RVU26C\n"
    assert "\nFee schedule RVU26C (unknown on 2018-01-01: the oldest loaded release is RVU26C)\n" in done.out
    assert list_lines(done.out, "Status") == [
        "Status                A: Medicare pays it separately, where it is covered (unknown on 2018-01-01)"
    ]


def test_a_code_of_another_release_is_a_miss_and_shown(run: Run, write_and_add: WriteAndAdd) -> None:
    """A release that has it and one that doesn't are named; nobody says that it was deleted."""
    files = {
        "a.csv": make_csv("2025D", make_row("64999"), make_row("64998")),
        "b.csv": make_csv("2026C", make_row("64998")),
    }
    write_and_add(files)
    done = run("show", "64999", *IN_2026C)
    assert done.code == 1
    assert "\nFee schedule RVU26C\nState  in RVU25D, not in RVU26C\n" in done.out
    assert done.err == "cptref: 64999: Fee schedule RVU26C: in RVU25D, not in RVU26C\n"
    (miss,) = json.loads(run("show", "64999", *IN_2026C, "-f", "json").out)["not_found"]
    assert (miss["reason"], miss["code"]) == ("not-in-force", "64999")
    assert run("show", "64999", "--on", "2025-11-01").code == 0


def test_an_entry_whose_code_is_not_in_force_is_a_miss_too(run: Run, write_and_add: WriteAndAdd) -> None:
    """What is known is shown, and a script learns that the code can't be billed on the day."""
    files = {
        "a.csv": make_csv("2025D", make_row("64483"), make_row("64998")),
        "b.csv": make_csv("2026C", make_row("64998")),
    }
    write_and_add(files)
    done = run("show", "64483", *IN_2026C)
    assert (done.code, done.err) == (1, "cptref: 64483: Fee schedule RVU26C: in RVU25D, not in RVU26C\n")
    assert done.out.startswith("64483  ✓ transforaminal")


def test_a_code_in_no_set_says_where_it_was_looked_for(run: Run, write_and_add: WriteAndAdd) -> None:
    """The library and each release are named."""
    write_and_add({"pfs.csv": make_csv("2026C", make_row("64999"))})
    message = (
        "cptref: 99999: looks like a code, but is not in the library, nor in Fee schedule RVU26C; "
        "cptref list shows every code\n"
    )
    assert run("show", "99999", *IN_2026C) == (1, "", message)
    answer = json.loads(run("show", "99999", *IN_2026C, "-f", "json").out)
    assert (answer["results"], answer["not_loaded"]) == ([], [])


def test_what_is_not_loaded_is_said_once(run: Run, write_and_add: WriteAndAdd) -> None:
    """Two diagnosis codes need the same set; a code that no loaded set could know is answered nevertheless."""
    write_and_add({"pfs.csv": make_csv("2026C", make_row("64999"))})
    hint = (
        "no ICD-10-CM loaded: run cptref add icd10cm (pip install 'cptref[icd10]' brings the file), or download the "
        "tabular zip"
    )
    done = run("show", "M54.16", "M54.17", "64999", *IN_2026C)
    assert done.code == 1
    assert done.err == (
        "cptref: M54.16: is an ICD-10-CM diagnosis code, which is not in the library\n"
        "cptref: M54.17: is an ICD-10-CM diagnosis code, which is not in the library\n"
        f"cptref: {hint}\n"
    )
    assert json.loads(run("show", "M54.16", "-f", "json").out)["not_loaded"] == [hint]


def test_without_a_set_answered_codes_mention_none(run: Run) -> None:
    """Who has loaded nothing is told what to load only for codes without an answer."""
    assert run("show", "20976").err == ""
    done = run("show", "20976", "99213")
    assert done.err == (
        "cptref: 99213: looks like a code, but is not in the library; cptref list shows every code\n"
        "cptref: no fee schedule loaded: download the RVU zip of the quarter from CMS and run cptref add rvu26d.zip\n"
    )
    done = run("show", "M54.16")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("cptref: M54.16: is an ICD-10-CM diagnosis code, which is not in the library\n")


def test_a_width_wraps_facts_behind_their_names(run: Run, write_and_add: WriteAndAdd) -> None:
    """Nothing is cut at 60, 80 or 140 columns, and the values stay in their column."""
    write_and_add({"pfs.csv": make_csv("2026C", make_row("64999"))})
    whole = run("show", "64999", *IN_2026C).out
    for width in (60, 80, 140):
        out = run("show", "64999", "--width", str(width), *IN_2026C).out
        assert max(map(len, out.splitlines())) <= width
        assert out.split() == whole.split()
    narrow = run("show", "64999", "--width", "60", *IN_2026C).out
    assert (
        "\nStatus                A: Medicare pays it separately, where\n                      it is covered\n" in narrow
    )


def test_json_has_the_fields_too(run: Run, write_and_add: WriteAndAdd) -> None:
    """A program gets words and fields of each release, when it answers for, and what it differs in."""
    write_and_add({"pfs.csv": make_csv("2026C", make_row("64999"), make_row("64483"))})
    answer = json.loads(run("show", "64999", "64483", *AFTER_2026C, "-f", "json").out)
    entry, listed = answer["results"]
    assert (listed["kind"], listed["code"], listed["title"]) == ("listing", "64999", "Made-up text of 64999")
    code_sets = listed["code_sets"]
    assert {key: code_sets[key] for key in ("on", "not_loaded", "looked_at", "check", "differs")} == {
        "on": "2026-11-20",
        "not_loaded": [],
        "looked_at": ["Fee schedule RVU26C"],
        "check": "",
        "differs": False,
    }
    (listing,) = code_sets["listings"]
    assert (listing["set"], listing["release"], listing["state"]) == ("pfs", "2026C", "listed")
    assert listing["as_of"] == "as of RVU26C, the newest loaded before 2026-11-20"
    assert listing["notice"] == NOTICE
    assert listing["fields"]["work"] == "1.85"
    assert {"name": "Work RVU", "values": ["1.85"]} in listing["facts"]
    assert entry["code_sets"]["check"] == (
        "checked for 2026-11-20 against RVU26C, the newest loaded before 2026-11-20: listed, A, 000, bilateral 1"
    )


def test_csv_has_a_row_for_each_fact(run: Run, write_and_add: WriteAndAdd) -> None:
    """Spreadsheets get the heading on each row, and no formula; the notice has a row of its own."""
    write_and_add({"pfs.csv": make_csv("2026C", make_row("64999", DESCRIPTION="=1+1"))})
    rows = [*csv.DictReader(StringIO(run("show", "64999", *IN_2026C, "-f", "csv").out))]
    facts = {row["kind"]: row["text"] for row in rows}
    assert {(row["section"], row["heading"]) for row in rows} == {("code-sets", "Fee schedule RVU26C")}
    assert (facts["State"], facts["Text"], facts["Work RVU"]) == ("in RVU26C", "'=1+1", "1.85")
    assert [row["text"] for row in rows if row["kind"] == "notice"] == [NOTICE]


def test_lines_for_pickers_have_listed_codes(run: Run, write_and_add: WriteAndAdd) -> None:
    """A code without an entry has its state, its text and a summary."""
    write_and_add({"pfs.csv": make_csv("2026C", make_unpaid_row("64999", "N"))})
    assert run("show", "64999", *IN_2026C, "-f", "lines").out == (
        "64999\tlisted\tMade-up text of 64999\tFee schedule RVU26C: in RVU26C · Made-up text of 64999 · status N: not "
        "covered by Medicare · no global period (XXX) · both sides: does not apply (9)\n"
    )


def test_modifiers_are_assessed_by_the_release(run: Run, write_and_add: WriteAndAdd) -> None:
    """A code that only the fee schedule has is judged by its indicators, by `show` and by `modifiers`."""
    write_and_add({"pfs.csv": make_csv("2026C", make_row("64999", BILAT_SURG="0"))})
    fact = "50 ✗ conflicts:\n  - Fee schedule RVU26C: bilateral indicator 0: no 150% adjustment"
    assert fact in run("show", "64999-50", *IN_2026C).out
    assert fact in run("modifiers", "64999-50", *IN_2026C).out


def test_the_python_library_answers_for_a_day(write_and_add: WriteAndAdd) -> None:
    """`Library.code` takes a day as text or as a date, and refuses what is not one code."""
    write_and_add({"pfs.csv": make_csv("2026C", make_row("64999"))})
    with open_library(codesets=paths.codesets_dir()) as library:
        listing = library.code("64999", on="2026-08-01")
        assert listing == library.code("cpt 64999", on=date(2026, 8, 1))
        assert isinstance(listing, cptref.CodeListing)
        assert (listing.is_listed, listing.title) == (True, "Made-up text of 64999")
        (release,) = library.releases
        assert isinstance(release, cptref.Release)
        assert (release.name, release.rows, release.part) == ("pfs-2026C", 1, "33.4009")
        with pytest.raises(UsageError, match="64999, 64483: is more than one code"):
            library.code("64999, 64483")
        with pytest.raises(UsageError, match="'soon' is not a day"):
            library.code("64999", on="soon")


def test_the_python_library_says_which_sets_are_due_and_missing(write_and_add: WriteAndAdd) -> None:
    """`Library.sets` tells, for a day, which releases are out of date, and of every other set how to get it."""
    write_and_add({"pfs.csv": make_csv("2026C", make_row("64999"))})
    with open_library(codesets=paths.codesets_dir()) as library:
        (loaded,) = library.sets("2026-08-01").sets
        assert (loaded.heading, loaded.due) == ("Fee schedule RVU26C", "")
        answer = library.sets(date(2026, 10, 1))
        assert answer.sets[0].due.startswith("a newer edition is due since 2026-10-01: download the RVU zip")
        assert len(answer.not_loaded) == len(CODE_SETS) - 1
        assert answer.not_loaded[0].startswith("no HCPCS Level II loaded: download the Alpha-Numeric HCPCS zip")
    with open_library(codesets=None) as library:
        answer = library.sets()
        assert (answer.sets, len(answer.not_loaded)) == ((), len(CODE_SETS))


def test_documents_have_what_the_sets_say(run: Run, write_and_add: WriteAndAdd) -> None:
    """A folder gets a file for each code, named after it, with its own facts and the notice."""
    write_and_add({"pfs.csv": make_csv("2026C", make_row("64999"), make_row("64483"))})
    done = run("export", "64999", "64483", "-o", "./", *IN_2026C)
    assert (done.code, done.err) == (0, "cptref: wrote 64483.txt\ncptref: wrote 64999.txt\n")
    text = Path("64999.txt").read_text("utf-8")
    assert text == run("show", "64999", *IN_2026C).out
    assert "64483" not in text
    done = run("export", "64999", "-f", "toml", *IN_2026C)
    assert done == (
        2,
        "",
        "cptref: a dataset file can't hold what only code sets say; choose another format with -f\n",
    )


def test_real_figures_are_those_of_cms(run: Run, real_file: RealFile) -> None:
    """The national amounts of 64483 in RVU26C, and the rows of a code with two parts."""
    assert run("add", str(real_file("rvu26c.zip"))).code == 0
    out = run("show", "64483", *IN_2026C).out
    assert list_lines(out, "National amount") == [
        "National amount       $264.87 office / $99.53 facility (factor 33.4009)"
    ]
    assert list_lines(out, "Total RVU") == ["Total RVU             7.93 office / 2.98 facility"]
    assert list_lines(run("show", "71045", *IN_2026C).out, "With ")[0].startswith(
        "With 26               RVU: work 0.18"
    )


NO_ARTICLE = "has no article, so no sections; a loaded code set has it: ask without sections"


def test_sections_of_a_code_that_only_code_sets_have(run: Run, write_and_add: WriteAndAdd) -> None:
    """A loaded code is not denied: it has no article, so no sections; its modifiers are judged all the same.

    What no set has either is said as without sections; a set that could have it is not asked for.
    """
    write_and_add({"pfs.csv": make_csv("2026C", make_row("64998"))})
    with open_library() as library:
        answer = library.show("64998-50 64997 M54.16", ["billing"], "2026-08-01")
    nowhere = "not in the library, nor in Fee schedule RVU26C"
    assert [(miss.input, miss.code, miss.reason, miss.message) for miss in answer.misses] == [
        ("64998-50", "64998", "no-section", NO_ARTICLE),
        (
            "64997",
            "64997",
            "not-held",
            f"looks like a code, but is {nowhere}; close codes, which are different procedures: 64479, 64490, 64491",
        ),
        ("M54.16", "M54.16", "not-held", "is an ICD-10-CM diagnosis code, which is not in the library"),
    ]
    assert (answer.codes, answer.listings) == ((), ())
    (item,) = answer.appended
    assert (item.verdict, item.assessment) == (
        "fits",
        "Fee schedule RVU26C: bilateral indicator 1: the 150% adjustment for both sides applies",
    )
    cli = "cptref: 64998: has no article, so no sections; a loaded code set has it: leave out -s\n"
    for command in ("show", "export"):
        assert run(command, "64998", "-s", "billing", *IN_2026C) == (1, "", cli)
    handout = "cptref: 64998: has no article, so there is no handout of it\n"
    assert run("export", "64998", "--for", "patient") == (1, "", handout)


def test_sections_keep_the_check(write_and_add: WriteAndAdd) -> None:
    """The sections of an article come with what the fee schedule says against its finding, and without its figures."""
    write_and_add({"pfs.csv": make_csv("2026C", make_row("20976", GLOB_DAYS="010"))})
    with open_library() as library:
        whole, answer = library.show("20976", on="2026-08-01"), library.show("20976", ["cost"], "2026-08-01")
    (listing,) = answer.listings
    assert (listing.check, listing.differs, listing.listings) == (
        "checked for 2026-08-01 against RVU26C: listed, A, 010, bilateral 1; the library says not listed",
        True,
        (),
    )
    assert listing.check == whole.listings[0].check


def test_a_day_before_all_releases_is_said_of_each_that_lacks_the_code(write_and_add: WriteAndAdd) -> None:
    """A release that does not have a code says so of its own time, be it later than the day or over."""
    write_and_add({"pfs.csv": make_csv("2026C", make_row("64998"))})
    with open_library() as library:
        early, late = library.show("20976 64997", on="1999-01-01"), library.show("20976", on="2026-11-20")
    listing = early.listings[0]
    assert listing.looked_at == ("Fee schedule RVU26C (unknown on 1999-01-01)",)
    assert listing.absent_from == listing.looked_at
    assert early.misses[0].message.startswith(
        "looks like a code, but is not in the library, nor in Fee schedule RVU26C (unknown on 1999-01-01); close codes"
    )
    assert late.listings[0].looked_at == ("Fee schedule RVU26C",)
    assert late.listings[0].absent_from == ("Fee schedule RVU26C (as of RVU26C)",)


def test_a_range_names_the_codes_that_only_code_sets_have(run: Run, write_and_add: WriteAndAdd) -> None:
    """Ranges are looked up in the library alone. What a set has in one is counted, and the first ten are named."""
    codes = [f"309{number:02}" for number in range(1, 13)]
    write_and_add({"pfs.csv": make_csv("2026C", *map(make_row, [*codes, "64481", "64483"]))})
    start = (
        "no code from 30901 to 309{} is in the library, where ranges are looked up, but Fee schedule RVU26C has {}: "
    )
    three, all_of_them = start.format("03", 3), start.format(20, 12)
    with open_library() as library:
        for sections in ((), ("billing",)):
            answer = library.show("30901-30903, 30901-30920, 30921-30930", sections, on="2026-08-01")
            assert [(miss.reason, miss.message) for miss in answer.misses] == [
                ("not-held", f"{three}30901, 30902, 30903; name each code"),
                ("not-held", f"{all_of_them}{', '.join(codes[:10])} and 2 more; name each code"),
                ("not-held", "no code from 30921 to 30930 is in the library, nor in Fee schedule RVU26C"),
            ]
        assert library.show("64481-64483", on="2026-08-01").remarks == (
            "64481 to 64483: the library has 64483",
            "64481 to 64483: a range is looked up in the library alone; Fee schedule RVU26C has 2 codes in it",
        )
    assert run("show", "30901-30903", *IN_2026C) == (
        1,
        "",
        f"cptref: 30901-30903: {three}30901, 30902, 30903; name each code\n",
    )


def test_many_codes_at_once_say_what_each_says_alone(write_and_add: WriteAndAdd) -> None:
    """From some number of codes on, rows that name a code as their other one are found in another way."""
    primaries = [f"64{number}" for number in range(300, 340)]
    write_and_add(add_ons(*(("1", addon, primary) for primary in primaries for addon in ("64998", f"9{primary[1:]}"))))
    with open_library() as library:
        together = library.show(primaries, on="2026-08-01").listings
    for code, listing in zip(primaries, together, strict=True):
        with open_library() as library:
            assert library.show(code, on="2026-08-01").listings == (listing,)
    assert [listing.listings[0].says for listing in together] == ["2 codes are added on to it"] * 40


@pytest.mark.parametrize("on", ["1999-01-01", "2026-08-01", "2026-11-20"])
def test_a_compact_answer_names_each_release_once(on: str, write_and_add: WriteAndAdd) -> None:
    """A release that has the code, or lacks it, is not named among the others that were looked at too."""
    write_and_add({"pfs.csv": make_csv("2026C", make_row("64998"))} | add_ons(("1", "64997", "64996")))
    with open_library() as library:
        results = compact(library.show("64998 20976", on=on))["results"]
    for result in results:
        sets = result["code_sets"]
        assert [heading.partition(" (")[0] for heading in sets["looked_at"]] == ["Add-on code edits 2026Q3"]
        assert ("absent_from" in sets) == (result["code"] == "20976")
