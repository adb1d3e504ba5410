"""Files of ICD-10-CM: tabular list, order file, codes file and index, in their exact layouts, with made-up texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cptref.codesets.store import StoreReader
from tests.codesets.files import (
    as_zip,
    icd_diag,
    icd_index,
    icd_order,
    icd_section,
    icd_tabular,
    icd_term,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.codesets.conftest import WriteAndAdd


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], dict[str, dict[str, str]]]:
    """Return a function that reads the rows of a store by code."""

    def read_records(name: str) -> dict[str, dict[str, str]]:
        reader = StoreReader(tmp_path / "share" / "cptref" / "codesets" / f"{name}.sqlite")
        try:
            return {record.code: reader.name_fields(record) for record in reader.iter_records()}
        finally:
            reader.close()

    return read_records


@pytest.fixture
def read_lines(tmp_path: Path) -> Callable[[str], list[tuple[str, ...]]]:
    """Return a function that reads the lines of a store: code, kind and text."""

    def read_all(name: str) -> list[tuple[str, ...]]:
        reader = StoreReader(tmp_path / "share" / "cptref" / "codesets" / f"{name}.sqlite")
        try:
            return [tuple(reader.read_line(number)) for number in range(len(reader.line_sizes))]
        finally:
            reader.close()

    return read_all


# Index

INDEX = icd_index(
    icd_term("Attack, attacks", icd_term("heart", level=1, see="Made, myocardial"))
    + icd_term(
        "Broken <nemod>(completely)</nemod>",
        icd_term("hip <nemod>(left) (right)</nemod>", icd_term("old", level=2, code="S72.0-"), level=1, code="S72.9-"),
        see="Fracture of our own",
    )
    + icd_term("Made", icd_term("myocardial <nemod>(acute)</nemod>", level=1, code="I21.9"))
    + icd_term("Amyloid", code="E85.4", manif="I43")
    + icd_term("Aside", seeAlso="Made, myocardial")
    + icd_term("Nowhere", see="A term that is not there")
    + icd_term("Wrong", code="12.3")
)


def test_index_terms_lead_to_their_codes(
    write_and_add: WriteAndAdd, read_lines: Callable[[str], list[tuple[str, ...]]]
) -> None:
    """Terms within terms, without their modifiers, codes that end in `-`, and where a "see" sends the reader."""
    done = write_and_add({"index.xml": INDEX})
    heading = "ICD-10-CM index FY2027, 6 terms, in force 2026-10-01 to 2027-09-30"
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith(f"index.xml: added: {heading}\n")
    assert read_lines("icd10cm-index-2027") == [
        ("I21.9", "index", "Attack, attacks, heart"),
        ("S72.9", "index", "Broken, hip"),
        ("S72.0", "index", "Broken, hip, old"),
        ("I21.9", "index", "Made, myocardial"),
        ("E85.4", "index", "Amyloid"),
        ("I21.9", "index", "Aside"),
    ]


def test_a_damaged_index_is_refused(write_and_add: WriteAndAdd) -> None:
    """Refuse one that is cut off, with the place, and one without terms."""
    cut = INDEX[: INDEX.index("E85.4")]
    place = f"line {cut.count(chr(10)) + 1}, column {len(cut) - cut.rindex(chr(10))}"
    done = write_and_add({"index.xml": cut})
    assert (done.code, done.out) == (2, "")
    assert f"index.xml: {place}: no element found: the file is cut off or damaged" in done.err
    assert "index.xml: has no terms" in write_and_add({"index.xml": icd_index("")}).err


# Tabular list

TABULAR = icd_tabular(
    icd_section("B20", icd_diag("B20", "Made-up disease", excludes1=["one (A00.-)", "two"], codeFirst="what causes it"))
    + icd_section(
        "S00-S09",
        icd_diag(
            "S06",
            "Head",
            icd_diag("S06.1", "Deeper", icd_diag("S06.1X7", "Died") + icd_diag("S06.1X0", "Lived"))
            + icd_diag("S06.2", "Padded"),
            inclusionTerm=["bump", "dent"],
            seven=["A first", "D later", "S after"],
        ),
    )
)


def test_a_tabular_list_is_read(
    write_and_add: WriteAndAdd,
    read: Callable[[str], dict[str, dict[str, str]]],
    read_lines: Callable[[str], list[tuple[str, ...]]],
) -> None:
    """Notes, 7th characters with and without X, none after a death, and a section named like its only category."""
    done = write_and_add({"any name.bin": as_zip({"deep/list.dat": TABULAR.replace("2027", "2029")})})
    heading = "ICD-10-CM FY2029 (tabular list), 13 codes, 8 billable, in force 2028-10-01 to 2029-09-30"
    assert done.out.endswith(f"any name.bin: deep/list.dat: added: {heading}\n")
    rows = read("icd10cm-2029+tabular")
    assert {code: (row["billable"], row["characters"], row["parent"]) for code, row in rows.items()} == {
        "chapter 1": ("0", "", ""),
        "section B20": ("0", "", "chapter 1"),
        "B20": ("1", "", "section B20"),
        "section S00-S09": ("0", "", "chapter 1"),
        "S06": ("0", "", "section S00-S09"),
        "S06.1": ("0", "", "S06"),
        "S06.1X7": ("0", "A", "S06.1"),
        "S06.1X0": ("0", "ADS", "S06.1"),
        "S06.2": ("0", "ADS", "S06"),
    }
    assert (rows["B20"]["excludes1"], rows["B20"]["code_first"]) == ("one (A00.-)\ntwo", "what causes it")
    assert rows["S06"]["meanings"] == "A first\nD later\nS after"
    assert ("S06", "inclusion", "dent") in read_lines("icd10cm-2029+tabular")


REFUSED_LISTS = {
    "totals": (TABULAR.replace("2027", "2026"), "has 13 rows and 8 billable codes, but FY2026 has 98,186 and 74,719"),
    "fewer than October": (TABULAR, "has 13 rows and 8 billable codes, but FY2027 has 98,403 and 74,879"),
    "cut off": (
        TABULAR[: TABULAR.index("S06.2")],
        "list.xml: line 27, column 13: no element found",
    ),
    "document type": (TABULAR.replace("<ICD", '<!DOCTYPE x [<!ENTITY e "x">]>\n<ICD', 1), "has a document type"),
    "twice": (icd_tabular(icd_section("A00", icd_diag("A00", "x") * 2), "2029"), "refused: A00 comes twice"),
    "no code": (icd_tabular(icd_section("A00", icd_diag("a0", "x")), "2029"), "refused: 'a0' is no code"),
    "elsewhere": (
        icd_tabular(icd_section("A00", icd_diag("A00", "x", icd_diag("A01.1", "y"))), "2029"),
        "refused: A01.1 stands below A00",
    ),
    "no text": (icd_tabular(icd_section("A00", icd_diag("A00", "")), "2029"), "refused: A00 has no text"),
    "no version": (icd_tabular(icd_section("A00", icd_diag("A00", "x")), ""), "has no version that names its year"),
}


@pytest.mark.parametrize("fault", REFUSED_LISTS)
def test_a_damaged_list_is_refused(write_and_add: WriteAndAdd, tmp_path: Path, fault: str) -> None:
    """Refuse it whole, with the reason."""
    text, reason = REFUSED_LISTS[fault]
    done = write_and_add({"list.xml": text})
    assert (done.code, done.out) == (2, "")
    assert reason in done.err
    assert not [*tmp_path.rglob("*.sqlite")]


def test_another_root_is_not_needed(write_and_add: WriteAndAdd) -> None:
    """XML of another kind is none of the files that are read."""
    done = write_and_add({"list.xml": TABULAR.replace("ICD10CM.tabular", "ICD10PCS.tabular")})
    assert (done.code, done.out) == (1, "Not needed: 1 file: list.xml\n")


# Order file and codes file

ORDER = [
    ("A00", "0", "Made-up disease"),
    ("A000", "1", "Made-up disease, first"),
    ("S06", "0", "Made-up head"),
    ("S061", "0", "Made-up head, deeper"),
    ("S061XXA", "1", "Made-up head, deeper, at first"),
    ("S061XXD", "1", "Made-up head, deeper, later"),
]


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_an_order_file_is_read(
    write_and_add: WriteAndAdd, read: Callable[[str], dict[str, dict[str, str]]], end: str
) -> None:
    """Its year is taken from its name, which is said; order numbers are no codes."""
    done = write_and_add({"icd10cm_order_2029.txt": icd_order(ORDER, end)})
    heading = "ICD-10-CM FY2029 (order file), 6 codes, 3 billable, in force 2028-10-01 to 2029-09-30"
    said = "taken for FY2029, as its name says: nothing in it does"
    assert f"icd10cm_order_2029.txt: added: {heading}\n  {said}\n" in done.out
    rows = read("icd10cm-2029+order")
    assert [*rows] == ["A00", "A00.0", "S06", "S06.1", "S06.1XXA", "S06.1XXD"]
    assert (rows["A00.0"]["title"], rows["A00.0"]["billable"]) == ("Made-up disease, first", "1")


def test_the_release_of_an_order_file_is_asked_for(write_and_add: WriteAndAdd) -> None:
    """Without a year in its name `--release` says it."""
    done = write_and_add({"order.txt": icd_order(ORDER)})
    assert (done.code, done.out) == (2, "")
    assert done.err.endswith("says nowhere of which release it is; add it with --release, as in --release 2027\n")
    assert "ICD-10-CM FY2029 (order file)" in write_and_add({}, "--release", "FY2029").out


REFUSED_ORDERS = {
    "totals": (icd_order(ORDER), "2026", "has 6 rows and 3 billable codes, but FY2026 has 98,186 and 74,719"),
    "number": (
        icd_order(ORDER[:2]) + icd_order(ORDER[2:], first=4),
        "2029",
        "line 3: has order number 00004, not 00003",
    ),
    "parent": (icd_order([ORDER[0], ("B001", "1", "x")]), "2029", "line 2: B00.1 comes before its category or without"),
    "twice": (icd_order([ORDER[0], ORDER[0]]), "2029", "line 2: A00 comes twice"),
    "flag": (icd_order([ORDER[0], ("A000", "2", "x")]), "2029", "line 2: has no order number, code, flag and text"),
    "width": (icd_order(ORDER) + "00007 A01 0 x x\r\n", "2029", "line 7: has no order number, code, flag and text"),
}


@pytest.mark.parametrize("fault", REFUSED_ORDERS)
def test_a_damaged_order_file_is_refused(write_and_add: WriteAndAdd, fault: str) -> None:
    """Refuse it whole, with line and reason."""
    text, year, reason = REFUSED_ORDERS[fault]
    done = write_and_add({f"order_{year}.txt": text})
    assert (done.code, done.out) == (2, "")
    assert reason in done.err


def test_a_codes_file_is_read(write_and_add: WriteAndAdd, read: Callable[[str], dict[str, dict[str, str]]]) -> None:
    """Billable codes alone, of another width."""
    text = "".join(f"{code:7} {title}\r\n" for code, flag, title in ORDER if flag == "1")
    done = write_and_add({"icd10cm_codes_2029.txt": text})
    assert "ICD-10-CM FY2029 (codes file), 3 billable codes, in force" in done.out
    assert [*read("icd10cm-2029+codes")] == ["A00.0", "S06.1XXA", "S06.1XXD"]


@pytest.mark.parametrize(
    "text",
    [
        "A000    0010    00000\r\nA001    0011    10000\r\n",
        "ICD-10-CM addenda\r\nAdditions: 0\r\nNo additions\r\n",
        "A0001   2029    A000\r\nA0002   2029    A000\r\n",
    ],
    ids=["equivalence", "addenda", "conversion"],
)
def test_neighbors_of_codes_files_are_not_needed(write_and_add: WriteAndAdd, text: str) -> None:
    """Crosswalks, addenda and conversion tables have codes where codes files have them, too."""
    done = write_and_add({"codes_2029.txt": text})
    assert (done.code, done.out) == (1, "Not needed: 1 file: codes_2029.txt\n")
