"""HCPCS Level II: read in each form in which CMS ships it, refused with line and reason where it is something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cptref.codesets.add import recognize
from cptref.codesets.files import Source
from cptref.codesets.layouts import hcpcs
from cptref.codesets.walk import iter_sources
from cptref.errors import FileError
from tests.codesets.files import as_csv, as_xlsx, hcpcs_row, hcpcs_table, hcpcs_text

if TYPE_CHECKING:
    from pathlib import Path

    from cptref.codesets.store import Content
    from tests.codesets.conftest import RealFile

LONG = (
    "A made-up supply whose description is so long that the records of the text file go on with it in a second and "
    "in a third line, as those of many supplies do, each with eighty characters at most"
)
ROWS = [
    hcpcs_row("X1", "Made-up modifier"),
    hcpcs_row("X2", f"Modifier: {LONG}"),
    hcpcs_row("A0001", "Made-up ride", XREF1="A0002", XREF2="A0003", STATUTE="1862(a)(7)", PRICE2="21"),
    hcpcs_row("A0002", LONG, COV="S"),
    hcpcs_row("J0001", "Made-up drug, 40 mg", TERM_DT="20260630", ADD_DT="20000229"),
    hcpcs_row("J0002", "Made-up drug, 1 mg", ADD_DT="20260701", ACT_EFF_DT="20260701", ACTION_CD="A"),
]
DISCLAIMER = "***Disclaimers\t\t\t\r\n\t\t\t\r\n*No brand is meant.\xa0\t\t\r\n\r\n"


def read(path: Path, content: bytes | str, name: str = "anweb.txt", encoding: str = "iso-8859-1") -> Content:
    """Return what a file holds."""
    path /= name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    source = next(iter_sources([path]))
    assert isinstance(source, Source)
    assert recognize(source) is hcpcs
    return hcpcs.read(source, None)


FORMS: dict[str, bytes | str] = {
    "320 characters": hcpcs_text(ROWS),
    "293 characters": hcpcs_text(ROWS, size=293),
    "continuation lines of 91": hcpcs_text(ROWS, following=91),
    "blanks at the ends cut off": "".join(f"{line.rstrip()}\n" for line in hcpcs_text(ROWS).splitlines()),
    "disclaimers on top": hcpcs_text(ROWS, above=DISCLAIMER),
    "a stray byte on top": hcpcs_text(ROWS, above="\x1a"),
    "csv": as_csv(hcpcs_table(ROWS)),
    "csv with a note above": as_csv(hcpcs_table(ROWS, [["A note of ours"], *[[]] * 9])),
    "workbook": as_xlsx(hcpcs_table(ROWS)),
    "workbook with a note above": as_xlsx(hcpcs_table(ROWS, [["A note of ours"], *[[]] * 9])),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_the_same(form: str, tmp_path: Path) -> None:
    """Check that codes, modifiers and whole descriptions are read from each form, and the release from its dates."""
    content = read(tmp_path, FORMS[form])
    assert (content.set, content.release, content.said, content.warnings) == ("hcpcs", "2026Q3", "", ())
    fields = {record.code: dict(zip(content.columns, record.fields, strict=True)) for record in content.records}
    assert [(record.code, record.sub) for record in content.records] == [
        ("-X1", "modifier"),
        ("-X2", "modifier"),
        *((code, "") for code in ("A0001", "A0002", "J0001", "J0002")),
    ]
    assert fields["-X2"]["long"] == f"Modifier: {LONG}"
    assert fields["A0002"]["long"] == LONG
    assert fields["A0001"] == dict.fromkeys(content.columns, "") | {
        "long": "Made-up ride",
        "short": "Made-up ride",
        "pricing": "51 21",
        "multiple_pricing": "A",
        "xref": "A0002 A0003",
        "statute": "1862(a)(7)",
        "coverage": "D",
        "betos": "O1E",
        "tos": "1 P",
        "anesthesia_base": "0",
        "added": "20100101",
        "action_effective": "20100101",
        "action": "N",
    }
    assert fields["J0001"]["terminated"] == "20260630"
    assert [line.code for line in content.lines] == ["A0001", "A0002", "J0001", "J0002"]


@pytest.mark.parametrize(
    ("name", "release", "codes", "modifiers"),
    [
        ("2019-Alpha-Numeric-HCPCS-File.zip", "2019Q1", 6440, 360),
        ("anweb_2020_07.xlsx", "2020Q3", 6789, 369),
        ("anweb_2020_10.xlsx", "2020Q4", 6825, 371),
    ],
)
def test_real_files_are_read_whole(name: str, release: str, codes: int, modifiers: int, real_file: RealFile) -> None:
    """Check release and totals of the files of CMS, and that what lies beside them is not taken for them."""
    contents = []
    for source in iter_sources([real_file(name)]):
        assert isinstance(source, Source)
        if recognize(source) is hcpcs:
            contents.append(hcpcs.read(source, None))
            assert "ANWEB" in source.name.upper()
    assert len(contents) == (2 if name.endswith(".zip") else 1)
    for content in contents:
        subs = [record.sub for record in content.records]
        assert (content.release, content.said, content.warnings) == (release, "", ())
        assert (subs.count(""), subs.count("modifier")) == (codes, modifiers)


def test_a_transaction_report_is_not_needed(real_file: RealFile) -> None:
    """Check that the report of changes that CMS ships beside the file is not taken for it."""
    (source,) = iter_sources([real_file("trans_alpha_2020_10.xlsx")])
    assert isinstance(source, Source)
    assert recognize(source) is None


GOOD_LINES = hcpcs_text(ROWS).splitlines(keepends=True)  # X1, X2 on 3 lines, A0001, A0002 on 3 lines, J0001, J0002
GAP = "goes on with the text of {}, but the record before it is missing"
CUT_OFF = "has no date or no action code at its end: the record is cut off"
DATES = hcpcs_row("J0003", "x", TERM_DT="20260231", ADD_DT="2026 101")


def after(*rows: dict[str, str]) -> list[str]:
    """Return the good lines with those of rows behind them."""
    return [*GOOD_LINES, *hcpcs_text(rows).splitlines(keepends=True)]


REFUSED_TEXTS = {
    "a continuation without its first record": (GOOD_LINES[:1] + GOOD_LINES[2:], f"line 2: {GAP.format('X2')}"),
    "continuations alone": (GOOD_LINES[6:8], f"line 1: {GAP.format('A0002')}"),
    "a continuation left out": (GOOD_LINES[:6] + GOOD_LINES[7:], f"line 7: {GAP.format('A0002')}"),
    "a continuation of another code": (
        [*GOOD_LINES[:6], GOOD_LINES[6].replace("A0002", "A0001"), *GOOD_LINES[8:]],
        f"line 7: {GAP.format('A0001')}",
    ),
    "a first record that is a second one": (
        [GOOD_LINES[0].replace("00100", "00200", 1), *GOOD_LINES[1:]],
        "line 1: is the first record of X1, but its sequence number is 00200",
    ),
    "a dental code": (after(hcpcs_row("D0120", "x")), "line 11: D0120 is a dental code, which no file of CMS has"),
    "a code of CPT": (
        after(hcpcs_row("99213", "x")),
        "line 11: 99213 is no code of HCPCS Level II, which has a letter and four digits",
    ),
    "a code of CPT near the top": (
        [GOOD_LINES[0], *hcpcs_text([hcpcs_row("99213", "x")]).splitlines(keepends=True), *GOOD_LINES[1:]],
        "line 2: 99213 is no code of HCPCS Level II, which has a letter and four digits",
    ),
    "an end before the beginning": (
        after(hcpcs_row("J0003", "x", TERM_DT="20091231")),
        "line 11: J0003 ends on 20091231, before it was added on 20100101",
    ),
    "dates that are none": (
        after(DATES),
        "line 11: J0003 was added on '2026 101', which is no day; line 11: J0003 ends on '20260231', which is no day",
    ),
    "a code and a modifier twice": (
        after(hcpcs_row("J0002", "x"), hcpcs_row("X1", "x")),
        "line 11: J0002 is in line 10 already; line 12: X1 is in line 1 already",
    ),
    "a last record cut off": ([*GOOD_LINES[:9], GOOD_LINES[9][:150]], f"line 10: J0002 {CUT_OFF}"),
    "a last continuation cut off": (
        [*GOOD_LINES[:7], GOOD_LINES[7][:50]],
        "line 8: has 50 characters, not 320: the file is cut off",
    ),
    "what is no record": (
        [*GOOD_LINES, "Total 6"],
        "line 11: is no record: its record number is none of 3, 4, 7 and 8",
    ),
}
ZEROS = "not one such as 0010: leading zeros are lost"
REFUSED_TABLES = {
    "a code of four letters": ([hcpcs_row("J003", "x", RECID="3")], "line 8: code 'J003' has 4 characters, not 5"),
    "sequence numbers saved by Excel": (
        [hcpcs_row("J0003", "x", SEQNUM="10")],
        f"line 8: sequence number of J0003 is '10', {ZEROS}",
    ),
    "pricing saved by Excel": (
        [hcpcs_row("J0003", "x", PRICE1="0")],
        "line 8: J0003 has the pricing indicator '0', not one such as 00: leading zeros are lost",
    ),
    "more faults than are named": (
        [hcpcs_row(f"X{number}", "x", SEQNUM="10") for number in range(3, 9)],
        "; ".join(f"line {number + 5}: sequence number of X{number} is '10', {ZEROS}" for number in range(3, 8))
        + "; and 1 more",
    ),
    "a row cut off": ([{**hcpcs_row("J0003", "x"), "ACTION CD": ""}], f"line 8: J0003 {CUT_OFF}"),
}


def refuse(path: Path, content: bytes | str, name: str) -> str:
    """Return why a file is refused, without what to try."""
    with pytest.raises(FileError) as error:
        read(path, content, name)
    start = f"{path / name}: "
    said = str(error.value)
    assert said.startswith(start)
    return said.removeprefix(start).removeprefix("refused: ").removesuffix(f"; {error.value.hint}")


@pytest.mark.parametrize("fault", REFUSED_TEXTS)
def test_a_text_is_refused_whole_with_line_and_reason(fault: str, tmp_path: Path) -> None:
    """Check what is said of a text that no file of CMS is."""
    lines, reason = REFUSED_TEXTS[fault]
    assert refuse(tmp_path, "".join(lines), "anweb.txt").startswith(reason)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("fault", REFUSED_TABLES)
def test_a_table_is_refused_whole_with_line_and_reason(fault: str, form: str, tmp_path: Path) -> None:
    """Check what is said of a table that no file of CMS is."""
    rows, reason = REFUSED_TABLES[fault]
    table = hcpcs_table([*ROWS, *rows])
    assert refuse(tmp_path, as_csv(table) if form == "csv" else as_xlsx(table), f"anweb.{form}") == reason


def test_a_file_without_codes_or_columns_is_refused(tmp_path: Path) -> None:
    """Check what is said of a header without rows, and of one without the columns that are needed."""
    assert refuse(tmp_path, as_csv(hcpcs_table([])), "empty.csv") == "has no codes"
    missing = "its header has no COV, ADD DT, TERM DT, ACTION CD"
    assert refuse(tmp_path, as_csv([hcpcs_table([])[0][:30]]), "narrow.csv") == missing


def test_an_old_row_goes_on_in_a_workbook(tmp_path: Path) -> None:
    """Check that the one description that a workbook has in two rows is read as one."""
    following = {"HCPC": "A0003", "SEQNUM": "0020", "RECID": "4", "LONG DESCRIPTION": "and goes on "}
    rows = [*ROWS[:4], hcpcs_row("A0003", "A text that ends"), following, *ROWS[4:]]
    content = read(tmp_path, as_xlsx(hcpcs_table(rows)))
    assert [line.text for line in content.lines if line.code == "A0003"] == ["A text that ends and goes on"]


def test_a_modifier_without_its_blanks_is_one(tmp_path: Path) -> None:
    """Check that the number of a record tells a modifier, also where its three blanks are lost."""
    rows = [*ROWS, {**hcpcs_row("J5", "Made-up modifier"), "HCPC": "J5"}]
    content = read(tmp_path, as_csv(hcpcs_table(rows)))
    assert [record.code for record in content.records if record.sub][-1] == "-J5"


NEWEST = "its newest code was added on 2026-07-01"


@pytest.mark.parametrize(
    ("ends", "given", "release", "said"),
    [
        ("20260630", None, "2026Q3", ""),
        ("20260630", "2026Q4", "2026Q3", f"{NEWEST}, so it is 2026Q3, not 2026Q4"),
        (
            *("20260930", None, "2026Q3"),
            f"{NEWEST}, but codes end on 2026-09-30: if it is 2026Q4, add --release 2026Q4",
        ),
        ("20260930", "2026Q4", "2026Q4", "its last code ended on 2026-09-30"),
    ],
)
def test_the_release_says_what_contradicts_it(
    ends: str, given: str | None, release: str, said: str, tmp_path: Path
) -> None:
    """Check what is said where a code ends later than the quarter before, and where another release is asked for."""
    path = tmp_path / "anweb.txt"
    path.write_text(hcpcs_text([*ROWS, hcpcs_row("J0003", "x", TERM_DT=ends)]))
    (source,) = iter_sources([path])
    assert isinstance(source, Source)
    content = hcpcs.read(source, given)
    assert (content.release, content.said) == (release, said)


def test_other_totals_than_known_are_a_warning(tmp_path: Path) -> None:
    """Check that a file of a release whose totals are known is compared with them."""
    rows = [hcpcs_row("X1", "x"), hcpcs_row("A0001", "x", ADD_DT="20201001")]
    warning = "has 1 codes and 1 modifiers, but the file of CMS has 6,825 and 371: download it again"
    assert read(tmp_path, hcpcs_text(rows)).warnings == (warning,)


@pytest.mark.parametrize(
    "text",
    [
        "HCPC,ACTION CD,SHORT DESCRIPTION,LONG DESCRIPTION\nA0001,ADD,x,x\n",
        "   A0001             ADD          Made-up ride                   Made-up ride\r\n",
        "          0001--A NOTE THAT NAMES A0001.                                  *\r\n",
        "A0001,Made-up ride\n",
    ],
    ids=["transaction report", "report of changes", "processing notes", "list of miscellaneous codes"],
)
def test_what_lies_beside_the_file_is_not_taken_for_it(text: str, tmp_path: Path) -> None:
    """Check that the other files of CMS's zip are not recognized."""
    path = tmp_path / "other.txt"
    path.write_text(text)
    (source,) = iter_sources([path])
    assert isinstance(source, Source)
    assert recognize(source) is None
