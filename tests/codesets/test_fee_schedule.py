"""The fee schedule: read in each form in which CMS ships it, refused with line and reason where it is damaged."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from cptref.codesets.add import recognize
from cptref.codesets.files import Source
from cptref.codesets.layouts import fee_schedule
from cptref.codesets.walk import iter_sources
from cptref.errors import FileError
from tests.codesets.files import as_csv, as_xlsx
from tests.codesets.pfs_files import HEADER, NOTICE, make_csv, make_row, make_unpaid_row

if TYPE_CHECKING:
    from pathlib import Path

    from cptref.codesets.store import Content
    from tests.codesets.conftest import RealFile, WriteAndAdd

ROWS = [
    make_row("64483", DESCRIPTION='Made-up, "quoted" text'),
    make_row("72195", BILAT_SURG="0", ENDO_BASE="0652T"),
    make_row("72195", "26", WORK_RVU="1.42", GLOB_DAYS="XXX"),
    make_unpaid_row("0001F", "I"),
]
ROWS[2] |= {"NON-FACILITY TOTAL": "7.50", "FACILITY TOTAL": "2.55", "NON-FAC NA INDICATOR": "NA"}
FILE = make_csv("2026C", *ROWS)
REAL_NAMES = ("PPRRVU2025_Oct.csv", "PPRRVU2025_Oct.txt", "PPRRVU2025_Oct.xlsx")


def as_table(text: str) -> list[list[str]]:
    """Return the cells of a csv."""
    return [*csv.reader(text.splitlines(keepends=True))]


def stack(text: str) -> str:
    """Return a file with its header over three lines, as CMS has it."""
    table = as_table(text)
    place = next(number for number, row in enumerate(table) if row[0] == "HCPCS")
    words = [name.rsplit(" ", 2) for name in HEADER]
    lines = [[(["", "", "", *parts])[number - 3] for parts in words] for number in range(3)]
    return as_csv([*table[:place], *lines, *table[place + 1 :]])


def as_fixed(text: str) -> str:
    """Return the rows of a file in the fixed-width layout of CMS, under its lines of notice."""
    # Each column ends before this character; amounts stand at its right, the rest at its left.
    ends = [5, 7, 57, 58, 59, 65, 72, 74, 81, 83, 89, 96, 102, 103, 106, 109, 112, 115, 116, 117, 118, 119, 120]
    ends += [132, 140, 143, 144, 147, 157, 164, 171]
    lines = [f"HDR {line:46}" for line in ("MADE-UP OF THE AMERICAN MEDICAL ASSOCIATION", "AND OF DENTAL CODES")]
    for row in as_table(text)[6:]:
        line = ""
        for start, end, name, cell in zip([0, *ends], ends, HEADER, row, strict=False):
            width = end - start
            if name in {"PRE OP", "INTRA OP", "POST OP"}:
                line += cell.removeprefix("0")
            elif name in {"MOD", "DESCRIPTION"} or name.endswith("NA INDICATOR"):
                line += cell.ljust(width)
            else:
                line += cell.rjust(width)
        lines.append(line)
    return "".join(f"{line}\r\n" for line in lines)


def as_numbers(text: str) -> list[list[str | int | float]]:
    """Return a table as a workbook has it: amounts are numbers that binary arithmetic has made."""
    amounts = {place for place, name in enumerate(HEADER) if name.endswith(("RVU", "TOTAL", "OP", "AMOUNT", "FACTOR"))}
    above, rows = as_table(text)[:6], as_table(text)[6:]
    table: list[list[str | int | float]] = [[*row] for row in above]
    off = 1 + 2**-52
    table += [[float(cell) * off if place in amounts else cell for place, cell in enumerate(row)] for row in rows]
    return table


def read(path: Path, content: bytes | str, name: str = "rvu.csv", release: str | None = None) -> Content:
    """Return what a file holds."""
    path /= name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    source = next(iter_sources([path]))
    assert isinstance(source, Source)
    assert recognize(source) is fee_schedule
    return fee_schedule.read(source, release)


def read_members(archive: Path) -> dict[str, Content]:
    """Return what the members of a zip hold that are fee schedules, by their names."""
    contents = {}
    for source in iter_sources([archive]):  # each can be read until the next one is asked for
        if isinstance(source, Source) and recognize(source) is fee_schedule:
            contents[source.names[-1]] = fee_schedule.read(source, None)
    return contents


FORMS: dict[str, bytes | str] = {
    "csv": FILE,
    "LF": FILE.replace("\r\n", "\n"),
    "byte order mark": b"\xef\xbb\xbf" + FILE.encode(),
    "no end of the last line": FILE.removesuffix("\r\n"),
    "blank rows at the end": FILE + "," * (len(HEADER) - 1) + "\r\n\r\n",
    "blanks behind cells": FILE.replace(",32.", " ,32."),
    "stacked header": stack(FILE),
    "a new column": "\r\n".join(f"{line}," if line.startswith(",,") else f"{line},9" for line in FILE.splitlines()),
    "columns in another order": as_csv([row[::-1] for row in as_table(FILE)]),
    "workbook": as_xlsx(as_numbers(FILE)),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_rows(tmp_path: Path, form: str) -> None:
    """Check rows, release, factor, notice, and one line to search for each code."""
    content = read(tmp_path, FORMS[form])
    assert (content.set, content.release, content.part) == ("pfs", "2026C", "33.4009")
    assert content.details == {"released": "2026-06-30", "factor": "33.4009", "apm": "not qualifying"}
    assert content.notice == NOTICE
    assert [(record.code, record.sub) for record in content.records] == [(row["HCPCS"], row["MOD"]) for row in ROWS]
    first = dict(zip(content.columns, content.records[0].fields, strict=True))
    assert (first["text"], first["work"], first["global"]) == ('Made-up, "quoted" text', "1.85", "000")
    names = [name for name in HEADER if name not in {"HCPCS", "MOD", "CONV FACTOR"}]
    assert [record.fields for record in content.records] == [tuple(row[name] for name in names) for row in ROWS]
    assert [line.code for line in content.lines] == ["64483", "72195", "0001F"]


def test_fixed_width_text_gives_the_same_rows(tmp_path: Path) -> None:
    """Check that its release comes from its name, which is said, since it has no title."""
    content = read(tmp_path, as_fixed(FILE), "PPRRVU26_JUL.txt")
    assert content.records == read(tmp_path, FILE).records
    assert (content.release, content.part) == ("2026C", "33.4009")
    assert content.said == "2026C by its name, since nothing in the file says it"


@pytest.mark.parametrize(
    ("name", "release"),
    [("PPRRVU2025_Oct.txt", "2025D"), ("pprrvu26_jul.txt", "2026C"), ("RVU26C values.txt", "2026C")],
)
def test_names_of_fixed_width_text_name_the_release(tmp_path: Path, name: str, release: str) -> None:
    """Check each way in which CMS names these files."""
    assert read(tmp_path, as_fixed(FILE), name).release == release


def test_the_release_is_asked_for_where_no_name_says_it(write_and_add: WriteAndAdd) -> None:
    """Check that the year of the copyright is not taken for it."""
    done = write_and_add({"values.txt": as_fixed(FILE)})
    hint = "says nowhere of which release it is; add it with --release, as in --release 2026C\n"
    assert (done.code, done.err.split("values.txt: ")[-1]) == (2, hint)
    assert write_and_add({"values.txt": as_fixed(FILE)}, "--release", "2026C").code == 0


def test_the_title_outranks_the_release_given(tmp_path: Path) -> None:
    """Check that this is said."""
    content = read(tmp_path, FILE, release="2026B")
    assert (content.release, content.said) == ("2026C", "2026C by its title, not 2026B")


def test_a_day_of_release_that_does_not_fit_is_said(tmp_path: Path) -> None:
    """Check the warning on a title of another quarter."""
    content = read(tmp_path, FILE.replace("July Release", "January Release"))
    assert content.warnings == ("says that it was released on 2026-06-30, but its title is that of 2026A",)


def test_a_file_of_too_few_rows_is_said(tmp_path: Path) -> None:
    """Check the warning where the number of rows is known."""
    assert read(tmp_path, FILE).warnings == ("has 4 rows, but the file of CMS has 19,356",)


LAST = FILE.count("\r\n")  # the line of the unpaid code
CUT_OFF = "has fewer or more columns than a row of this file: it is cut off or damaged"


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("\r\n0001F,", "\r\n1,", LAST, "code '1' has 1 of 5 characters: its leading zeros are lost"),
        ("\r\n0001F,", "\r\n64483,", LAST, "64483 is in line 7 already"),
        ("\r\n0001F,", "\r\n0٣01F,", LAST, "code '0٣01F' has digits other than 0 to 9"),
        ("I,,0.00,", "I,,0,", LAST, "work is '0', not an amount such as 0.00"),
        ("I,,0.00,", "I,,٠.00,", LAST, "work '٠.00' has digits other than 0 to 9"),
        ("I,,0.00,", "I,,0.01,", LAST, "nonfacility total is 0.00, but its parts come to 0.01"),
        ("Made-up text of 0001F", "Made-up\x1b[31m", LAST, "the text of 0001F has a control character"),
        ("9,XXX,0.00", "9,0,0.00", LAST, "global is '0'"),
        (",33.4009,09,0,99,0.00,0.00,0.00\r\n", ",33.4009,09,0,99,0.00\r\n", 7, CUT_OFF),
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, old: str, new: str, line: int, reason: str) -> None:
    """Check that the first line that is wrong is named with what is wrong."""
    head, _, tail = FILE.rpartition(old) if line == LAST else FILE.partition(old)
    with pytest.raises(FileError) as caught:
        read(tmp_path, head + new + tail)
    assert f"rvu.csv: refused: line {line}: {reason}" in str(caught.value)


def test_a_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    """Check every length of the last line but those that end with a whole amount, and a file without rows."""
    *_, last = FILE.splitlines(keepends=True)
    start = FILE.removesuffix(last)
    for length in range(1, len(last) - len("\r\n")):
        with pytest.raises(FileError, match="refused: line"):
            read(tmp_path, start + last[:length])
    with pytest.raises(FileError, match="has no rows; download it again"):
        read(tmp_path, make_csv("2026C"))


def test_two_factors_in_a_file_are_refused(tmp_path: Path) -> None:
    """Check that a file put together from two is not taken."""
    head, _, tail = FILE.rpartition("33.4009")
    reason = f"line {LAST}: the conversion factor is 33.5675, but 33.4009 above: two files are mixed"
    with pytest.raises(FileError, match=reason):
        read(tmp_path, f"{head}33.5675{tail}")


def test_every_fault_is_counted(tmp_path: Path) -> None:
    """Check that a file that Excel saved is refused with the first five lines and how many more."""
    rows = [make_unpaid_row(f"{number:05}", "I") for number in range(1, 9)]
    with pytest.raises(FileError) as caught:
        read(tmp_path, make_csv("2026C", *rows).replace("0.00", "0"))
    assert str(caught.value).count("work is '0', not an amount such as 0.00") == 5
    assert "; and 3 more; take the file as CMS ships it; Excel drops zeros" in str(caught.value)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    """Check that a file is refused where a column that is needed is not there."""
    with pytest.raises(FileError, match=r"rvu\.csv: has no column for bilateral; take"):
        read(tmp_path, FILE.replace("BILAT SURG", "OTHER"))


def test_fixed_width_text_of_another_width_is_refused(tmp_path: Path) -> None:
    """Check that no column is read from the wrong place."""
    with pytest.raises(FileError, match=f"line 3: {CUT_OFF}"):
        read(tmp_path, as_fixed(FILE).replace(" 33.4009", "  33.4009"), "RVU26C.txt")


def test_a_real_file_of_2026_is_read(real_file: RealFile) -> None:
    """Check that every row of RVU26C is read, with its release and its factor."""
    (content,) = read_members(real_file("rvu26c.zip")).values()
    assert (content.release, content.part, len(content.records)) == ("2026C", "33.4009", 19_356)
    assert content.warnings == ()


def test_the_three_forms_of_a_real_file_are_alike(real_file: RealFile) -> None:
    """Check that nothing else in the zip is taken for anything."""
    contents = read_members(real_file("rvu25d.zip"))
    assert sorted(contents) == sorted(REAL_NAMES)
    first, *others = (contents[name] for name in REAL_NAMES)
    assert len(first.records) == 19_090
    assert all((other.records, other.lines) == (first.records, first.lines) for other in others)
    assert {content.release for content in contents.values()} == {"2025D"}
