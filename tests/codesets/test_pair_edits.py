"""Pair edits of the NCCI: files in any order, what each says of itself, what is refused, and how pairs are read."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cptref.codesets.add import AddOptions, add_files
from cptref.codesets.catalog import Catalog
from cptref.codesets.layouts import pair_edit_rows, pair_edits
from cptref.codesets.pair_edits import Partners, Period, is_covered, read_partners
from cptref.codesets.store import StoreReader
from tests.codesets.files import (
    PTP_NOTICE,
    as_csv,
    as_xlsx,
    as_zip,
    hcpcs_row,
    hcpcs_text,
    ptp_row,
    ptp_table,
    ptp_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.codesets.conftest import RealFile
    from tests.conftest import Run

# Newest edits of 2026Q3; code 20550 goes on from f1 to f2.
NEW = "20260701"
ROWS = {
    "f1": [
        ptp_row("10021", "64483", NEW),
        ptp_row("20550", "10021", indicator="0"),
        ptp_row("20550", "20552", "20100101", "20161231"),
        ptp_row("20550", "20552", "20190101"),
    ],
    "f2": [ptp_row("20550", "64483", NEW), ptp_row("20552", "64483", "20170101", "20170101", "9")],
    "f3": [ptp_row("31231", "10021", NEW), ptp_row("31231", "64483", "20150101", "20181231", rationale="Another")],
    "f4": [ptp_row("64483", "20552", "20130101", "20161231"), ptp_row("G0001", "64483", NEW)],
}
FILES = {part: (f"ccipra-v322r0-{part}.txt", ptp_text(*rows)) for part, rows in ROWS.items()}
AS_SHIPPED = "take the file as CMS ships it; Excel drops zeros where cells are not saved as text"
NO_SETTING = (
    "says nowhere whether its edits are for practitioners or hospitals; add it with --setting practitioner or "
    "--setting hospital"
)
DAYS = "in force 2026-07-01 to 2026-09-30"
HEADING = "Practitioner pair edits 2026Q3"


def write(*parts: str) -> list[str]:
    """Write files of the quarter; return their names."""
    for part in parts:
        name, text = FILES[part]
        Path(name).write_bytes(text.encode())
    return [FILES[part][0] for part in parts]


@pytest.fixture
def stores(tmp_path: Path) -> Path:
    """Return the folder of stores."""
    return tmp_path / "share" / "cptref" / "codesets"


CATALOGS: list[Catalog] = []  # that a test has opened


@pytest.fixture(autouse=True)
def close_catalogs() -> Iterator[None]:
    """Close what `open_stores` opened."""
    yield
    while CATALOGS:
        CATALOGS.pop().close()


def open_stores(folder: Path, name: str = "ptp-practitioner") -> tuple[StoreReader, ...]:
    """Return the stores of the newest release, which are closed after the test."""
    catalog = Catalog(folder)
    CATALOGS.append(catalog)
    return catalog.open_release(name, catalog.list_releases(name)[0])


def snapshot(folder: Path) -> dict[str, bytes]:
    """Return the bytes of each store."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.sqlite"))}


def test_the_files_of_a_quarter_are_parts_of_one_release(run: Run, stores: Path) -> None:
    """Each is named by its name, says its rows, and is stored beside the others, which stay as they are."""
    done = run("add", *write("f3"))
    assert done == (0, f"- ccipra-v322r0-f3.txt: added: {HEADING} (f3), 2 rows, {DAYS}\n", "")
    before = snapshot(stores)
    done = run("add", *write("f1", "f2", "f3", "f4"))
    never = "2 rows (1 with indicator 9: never in force)"
    assert done.out.splitlines() == [
        f"- ccipra-v322r0-f1.txt: added: {HEADING} (f1), 4 rows, {DAYS}",
        f"- ccipra-v322r0-f2.txt: added: {HEADING} (f2), {never}, {DAYS}",
        f"- ccipra-v322r0-f3.txt: already there: {HEADING} (f3), 2 rows, {DAYS}",
        f"- ccipra-v322r0-f4.txt: added: {HEADING} (f4), 2 rows, {DAYS}",
    ]
    after = snapshot(stores)
    assert [*after] == [f"ptp-practitioner-2026Q3+f{number}.sqlite" for number in range(1, 5)]
    assert before.items() <= after.items()
    rows = json.loads(run("sets", "-f", "json", "--on", "2026-08-01").out)["results"]
    assert [(row["part"], row["rows"], row["details"]["first"], row["details"]["last"]) for row in rows] == [
        ("f1", 4, "10021/64483", "20550/20552"),
        ("f2", 2, "20550/64483", "20552/64483"),
        ("f3", 2, "31231/10021", "31231/64483"),
        ("f4", 2, "64483/20552", "G0001/64483"),
    ]
    assert rows[0]["notice"] == PTP_NOTICE
    assert run("remove", "ptp-practitioner-2026Q3").code == 0
    assert snapshot(stores) == {}


@settings(max_examples=20, deadline=None)
@given(st.permutations([*FILES]), st.lists(st.booleans(), min_size=4, max_size=4))
def test_any_order_gives_the_same_stores(order: Sequence[str], together: Sequence[bool]) -> None:
    """One by one or several at once, byte for byte."""
    with TemporaryDirectory() as place:
        snapshots: list[dict[str, bytes]] = []
        for parts, ends in (([*FILES], [True] * 4), (order, together)):
            folder = Path(place) / str(len(snapshots))
            waiting: list[Path] = []
            for part, is_end in zip(parts, [*ends[:3], True], strict=True):
                name, text = FILES[part]
                path = Path(place) / name
                path.write_bytes(text.encode())
                waiting.append(path)
                if is_end:
                    assert {file.state for file in add_files(waiting, folder, AddOptions())} == {"added"}
                    waiting = []
            snapshots.append(snapshot(folder))
        assert snapshots[0] == snapshots[1]


_CODES = st.sampled_from(["00100", "0001A", "10021", "20550", "64483", "99213", "G0001", "J1030"])
_DAYS = st.dates(date(1996, 1, 1), date(2030, 12, 31))
_EDITS = st.tuples(
    *(_CODES, _CODES, _DAYS, st.none() | st.integers(0, 9999)),
    *(st.sampled_from("019"), st.sampled_from(["Made-up", "Another one", "Süß"])),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_EDITS, min_size=1, max_size=60))
def test_every_period_is_read_as_written(edits: Sequence[tuple[str, str, date, int | None, str, str]]) -> None:
    """The newest first, in whatever order the rows come; the counts are those of the rows."""
    expected: dict[str, dict[str, list[Period]]] = {}
    rows = []
    for column_1, column_2, first, length, indicator, rationale in edits:
        last = None if length is None else first + timedelta(days=length)
        is_twice = any(period.last_day is None for period in expected.get(column_1, {}).get(column_2, ()))
        if last is None and (indicator == "9" or is_twice):
            last = first
        period = Period(first, last, int(indicator), rationale)
        expected.setdefault(column_1, {}).setdefault(column_2, []).append(period)
        ends = f"{last:%Y%m%d}" if last else "*"
        rows.append(ptp_row(column_1, column_2, f"{first:%Y%m%d}", ends, indicator, rationale))
    with TemporaryDirectory() as place:
        path = Path(place) / "edits.txt"
        path.write_bytes(ptp_text(*rows).encode())
        folder = Path(place) / "stores"
        added = [*add_files([path], folder, AddOptions("2026Q3", "hospital"))]
        assert [(file.state, file.rows) for file in added] == [("added", len(rows))], added
        stores = open_stores(folder, "ptp-hospital")
        for code, partners in expected.items():
            read = read_partners(stores, code)
            assert {*read} == {*partners}
            for partner, periods in partners.items():
                key = [(period.first_day, period.last_day or date.max) for period in read[partner]]
                assert key == sorted(key, reverse=True)
                assert sorted(map(str, read[partner])) == sorted(map(str, periods))
            assert "99999" not in read
        open_edits = sum(row[4] == "*" for row in rows)
        for column in (0, 2):
            counts = (int(record.fields[column]) for store in stores for record in store.iter_records())
            assert sum(counts) == open_edits
        for store in stores:
            store.close()


def test_a_code_that_goes_on_in_the_next_file_is_read_from_both(run: Run, stores: Path) -> None:
    """A pair is found wherever it stands, and no code that stands across two others."""
    run("add", *write("f1", "f2"))
    read = read_partners(open_stores(stores), "20550")
    assert [*read] == ["10021", "20552", "64483"]
    assert read["20552"] == (
        Period(date(2019, 1, 1), None, 1, "A made-up rationale"),
        Period(date(2010, 1, 1), date(2016, 12, 31), 1, "A made-up rationale"),
    )
    assert read.get("02120") is read.get("1") is read.get("") is None
    assert len(read_partners(open_stores(stores), "99999")) == 0


@pytest.mark.parametrize(
    ("parts", "pair", "expected"),
    [
        ("f1", ("00100", ""), True),  # nothing is before f1
        ("f1", ("10021", ""), True),
        ("f1", ("20550", ""), False),  # may go on in f2
        ("f1", ("20550", "20551"), True),
        ("f1", ("20550", "64483"), False),
        ("f2", ("20550", "20552"), False),
        ("f2", ("20550", "64483"), True),
        ("f2", ("20551", ""), True),
        ("f2", ("20552", ""), False),
        ("f1 f2", ("20550", ""), True),
        ("f1 f3", ("20550", ""), False),
        ("f1 f3", ("25000", ""), False),
        ("f2 f3", ("25000", ""), True),  # between two files that follow one another is nothing
        ("f4", ("V0001", ""), True),  # nothing is behind f4
        ("f3", ("V0001", ""), False),
        ("f1 f2 f3 f4", ("V0001", ""), True),
        ("f1 f2 f3 f4", ("00001", "99999"), True),
    ],
)
def test_what_the_loaded_parts_cover(
    run: Run, stores: Path, parts: str, pair: tuple[str, str], *, expected: bool
) -> None:
    """A pair or a whole code of which no edit can be in a part that is not loaded."""
    run("add", *write(*parts.split()))
    assert is_covered(open_stores(stores), *pair) is expected


def test_no_part_covers_nothing() -> None:
    """Where nothing is loaded."""
    assert not is_covered((), "64483")


# Names


@pytest.mark.parametrize(
    ("name", "args", "store", "said"),
    [
        ("ccipra-v322r0-f1.txt", (), "ptp-practitioner-2026Q3+f1", ""),
        ("ccioph-v322r0-f3.TXT", (), "ptp-hospital-2026Q3+f3", ""),
        ("Practitioner_PTP_Edits.txt", (), "ptp-practitioner-2026Q3+20550-64483", ""),
        ("outpatient-F2.txt", (), "ptp-hospital-2026Q3+f2", ""),
        ("edits.txt", ("--setting", "hospital"), "ptp-hospital-2026Q3+20550-64483", ""),
        (
            *("ccioph-f1.txt", ("--setting", "practitioner"), "ptp-hospital-2026Q3+f1"),
            "hospital edits by its name, not practitioner",
        ),
        (
            *("ccipra-v321r0-f1.txt", (), "ptp-practitioner-2026Q3+f1"),
            "its newest edits begin on 2026-07-01, so it is 2026Q3, not 2026Q2 as in its name",
        ),
        (
            *("ccipra-f1.txt", ("--release", "2026Q4"), "ptp-practitioner-2026Q3+f1"),
            "its newest edits begin on 2026-07-01, so it is 2026Q3, not 2026Q4",
        ),
    ],
)
def test_what_a_file_is(run: Run, stores: Path, name: str, args: Sequence[str], store: str, said: str) -> None:
    """The quarter by its newest edits, setting and part by its name, and what is said where these differ."""
    Path(name).write_bytes(ptp_text(ptp_row("20550", "10021"), ptp_row("64483", "20552", NEW)).encode())
    done = run("add", name, *args)
    assert done.code == 0
    assert done.out.splitlines()[1:] == ([f"  {said}"] if said else [])
    assert [*snapshot(stores)] == [f"{store}.sqlite"]


@pytest.mark.parametrize(
    ("name", "args", "release"),
    [
        ("ccipra-v322r0-f1.txt", (), "2026Q3"),
        ("ccipra-v313r1-f1.txt", (), "2025Q4"),
        ("ccipra-2024q3-f1.txt", (), "2024Q3"),
        ("ccipra-2024q3-f1.txt", ("--release", "2024Q4"), "2024Q4"),
        ("ccipra.txt", ("--release", "2024Q4"), "2024Q4"),
    ],
)
def test_a_release_that_no_edit_tells(run: Run, stores: Path, name: str, args: Sequence[str], release: str) -> None:
    """Where the newest edits begin on no first day of a quarter: as given, else by the name."""
    Path(name).write_bytes(ptp_text(ptp_row("20550", "10021", "20240715")).encode())
    done = run("add", name, *args)
    said = [] if args else [f"  {release} by its name, since nothing in the file says it"]
    assert (done.code, done.out.splitlines()[1:]) == (0, said)
    assert f"-{release}+" in next(iter(snapshot(stores)))


@pytest.mark.parametrize(
    ("name", "begins", "error"),
    [
        (
            "edits-f1.txt",
            NEW,
            NO_SETTING,
        ),
        (
            "practitioner-and-hospital.txt",
            NEW,
            NO_SETTING,
        ),
        (
            "ccipra-f1.txt",
            "20260715",
            "says nowhere of which release it is; add it with --release, as in --release 2026Q4",
        ),
    ],
)
def test_what_must_be_said(run: Run, name: str, begins: str, error: str) -> None:
    """A file is refused if nothing tells its setting or its quarter."""
    Path(name).write_bytes(ptp_text(ptp_row("20550", "10021", begins)).encode())
    assert run("add", name) == (2, "", f"cptref: {name}: {error}\n")


def test_settings_are_never_mixed(run: Run, stores: Path) -> None:
    """A zip that says nothing with one member of each is stored as two sets."""
    members = {"ccipra-f1.txt": FILES["f1"][1], "ccioph-f1.txt": FILES["f2"][1]}
    Path("ptp.zip").write_bytes(as_zip(members))
    assert run("add", "ptp.zip").code == 0
    assert [*snapshot(stores)] == ["ptp-hospital-2026Q3+f1.sqlite", "ptp-practitioner-2026Q3+f1.sqlite"]
    assert [*read_partners(open_stores(stores, "ptp-hospital"), "20550")] == ["64483"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_other_forms_are_read_alike(run: Run, stores: Path, form: str) -> None:
    """The same rows, fields and counts come of comma-separated values and of a workbook."""
    run("add", *write("f1"))
    table = ptp_table(ROWS["f1"])
    Path(f"ccioph-f1.{form}").write_bytes(as_xlsx(table) if form == "xlsx" else as_csv(table).encode())
    done = run("add", f"ccioph-f1.{form}")
    assert done.out == f"- ccioph-f1.{form}: added: Hospital pair edits 2026Q3 (f1), 4 rows, {DAYS}\n"
    (text,), (other,) = (open_stores(stores, name) for name in ("ptp-practitioner", "ptp-hospital"))
    assert [*text.iter_records()] == [*other.iter_records()]
    assert (text.notice, text.details) == (other.notice, other.details)
    for code in ("10021", "20550"):
        assert dict(read_partners([text], code)) == dict(read_partners([other], code))


# Overlaps, and adding again


def test_files_that_overlap_are_refused(run: Run, stores: Path) -> None:
    """A file that has pairs of another part is not stored beside it."""
    run("add", *write("f1"))
    before = snapshot(stores)
    Path("ccipra-f2.txt").write_bytes(ptp_text(ptp_row("20550", "20551"), ptp_row("64483", "20552", NEW)).encode())
    error = (
        "cptref: ccipra-f2.txt: refused: has the pairs 20550/20551 to 64483/20552, but f1 of ptp-practitioner-2026Q3, "
        "which is loaded from ccipra-v322r0-f1.txt, has 10021/64483 to 20550/20552: no two files of a quarter overlap; "
        "if it is right, run cptref remove ptp-practitioner-2026Q3 first\n"
    )
    assert run("add", "ccipra-f2.txt") == (2, "", error)
    assert snapshot(stores) == before


def test_the_same_file_under_another_name_is_there_already(run: Run, stores: Path) -> None:
    """Whatever part its new name makes of it."""
    run("add", *write("f1"))
    before = snapshot(stores)
    Path("practitioner.txt").write_bytes(FILES["f1"][1].encode())
    done = run("add", "practitioner.txt")
    assert done == (0, f"- practitioner.txt: already there: {HEADING} (f1), 4 rows, {DAYS}\n", "")
    assert snapshot(stores) == before


def test_fewer_rows_than_stored_are_refused(run: Run) -> None:
    """Whatever is left out of either of them."""
    run("add", *write("f1"))
    Path("ccipra-f1.txt").write_bytes(ptp_text(*ROWS["f1"][:3]).encode())
    for args in ((), ("--since", "2019")):
        assert run("add", "ccipra-f1.txt", *args).err == (
            "cptref: ccipra-f1.txt: refused: has 3 rows, but ptp-practitioner-2026Q3, which is loaded from "
            "ccipra-v322r0-f1.txt, has 4: is it cut off?; if it is right, run cptref remove ptp-practitioner-2026Q3 "
            "first\n"
        )


def test_since_leaves_out_what_was_deleted_before(run: Run, stores: Path) -> None:
    """The stores say so, do not cover the days before, and another year replaces them."""
    names = write("f1")
    run("add", *names)
    whole = snapshot(stores)
    since = "3 of 4 rows, without those deleted before 2017"
    done = run("add", *names, "--since", "2017")
    assert done.out == f"- {names[0]}: added: {HEADING} (f1), {since}, {DAYS}\n"
    assert f"  {since}  " in run("sets", "--on", "2026-08-01").out
    (store,) = open_stores(stores)
    assert [period.first_day.year for period in read_partners([store], "20550")["20552"]] == [2019]
    assert is_covered([store], "10021", on=date(2017, 1, 1))
    assert not is_covered([store], "10021", on=date(2016, 12, 31))
    assert run("add", *names, "--since", "2017").out.startswith(f"- {names[0]}: already there: ")
    earlier = "4 of 4 rows, without those deleted before 2016"
    done = run("add", *names, "--since", "2016")
    assert done.out == f"- {names[0]}: added: {HEADING} (f1), {earlier}, {DAYS}\n"
    assert run("add", *names).out == f"- {names[0]}: added: {HEADING} (f1), 4 rows, {DAYS}\n"
    assert snapshot(stores) == whole


def test_since_may_leave_nothing(run: Run) -> None:
    """Which is said; a year out of range is refused."""
    Path("ccipra-f1.txt").write_bytes(ptp_text(ptp_row("20550", "10021", NEW, "20260930")).encode())
    error = f"cptref: ccipra-f1.txt: has no edits that were in force since 2027; {AS_SHIPPED}\n"
    assert run("add", "ccipra-f1.txt", "--since", "2027") == (2, "", error)
    assert "1995 is not between 1996 and 2099" in run("add", "ccipra-f1.txt", "--since", "1995").err
    assert "the choices are practitioner, hospital" in run("add", "ccipra-f1.txt", "--setting", "clinic").err


def test_a_known_total_is_compared(run: Run) -> None:
    """Once all four files of a quarter are there, whose rows together are known."""
    for number in range(1, 5):
        Path(f"ccipra-f{number}.txt").write_bytes(ptp_text(ptp_row(f"1000{number}", "64483", "20240701")).encode())
    done = run("add", *(f"ccipra-f{number}.txt" for number in range(1, 5)))
    warning = "  f1, f2, f3, f4 have 4 rows, but the files of CMS have 2,546,017: download them again"
    assert [line for line in done.out.splitlines() if not line.startswith("-")] == [warning]
    assert done.out.endswith(f"{warning}\n")


# Faults


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (ptp_row("100", "20552"), "column 1 code '100' has 3 of 5 characters: its leading zeros are lost"),
        (ptp_row("20550", "j1030"), "column 2 code is 'j1030'"),
        (ptp_row("20550", "2055\u0663"), "column 2 code '2055\u0663' has digits other than 0 to 9"),
        (ptp_row("20550", "20552", "2020-1-1"), "20550/20552 begins on '2020-1-1', which is no day"),
        (ptp_row("20550", "20552", "20200231"), "20550/20552 begins on '20200231', which is no day"),
        (ptp_row("20550", "20552", "*"), "20550/20552 begins on '*', which is no day"),
        (ptp_row("20550", "20552", "99990101"), "20550/20552 begins on '99990101', which is no day"),
        (ptp_row("20550", "20552", "20200101", ""), "20550/20552 ends on '', which is no day"),
        (
            ptp_row("20550", "20552", "20200101", "20191231"),
            "20550/20552 ends on 20191231, before it begins on 20200101",
        ),
        (
            ptp_row("20550", "20552", indicator="2"),
            "20550/20552 has '2' for its modifier indicator, which is 0, 1 or 9",
        ),
        (ptp_row("20550", "20552", indicator="9"), "20550/20552 has indicator 9, but no deletion date"),
        (ptp_row("20550", "20552", rationale=""), "20550/20552 has no rationale: is the file cut off?"),
        (ptp_row("20550", "20552", rationale="a\x1eb"), "20550/20552 has a control character"),
        (ptp_row("20550", "20552", rationale="a\rb"), "has a control character"),
        (ptp_row("20550", "20552")[:6], "has 6 columns, not 7: is the file cut off?"),
        ([*ptp_row("20550", "20552"), ""], "has 8 columns, not 7: is the file cut off?"),
        (
            ["20550", "20552", "yes", NEW, "*", "1", "Made-up"],
            "20550/20552 has 'yes' where * says that the edit was there before 1996",
        ),
        (ptp_row("20550", "64483", "20250101"), "20550/64483 is in force twice, as in line 7"),
    ],
)
def test_a_faulty_row_is_named(run: Run, stores: Path, row: list[str], reason: str) -> None:
    """With its line; nothing of the file is stored."""
    rows = [ptp_row("20550", "64483"), row, ptp_row("64483", "20552", NEW)]
    Path("ccipra-f1.txt").write_bytes(ptp_text(*rows).encode())
    error = f"cptref: ccipra-f1.txt: refused: line 8: {reason}; {AS_SHIPPED}\n"
    assert run("add", "ccipra-f1.txt") == (2, "", error)
    assert not stores.exists()


def test_the_first_faults_are_named(run: Run) -> None:
    """And how many more there are, far behind in the file too."""
    good = [ptp_row(f"{number:05}", "64483") for number in range(10_000, 12_000)]
    bad = [ptp_row("20550", "20552", indicator=letter) for letter in "2345678"]
    Path("ccipra-f1.txt").write_bytes(ptp_text(*good, *bad, *good).encode())
    named = "; ".join(
        f"line {line}: 20550/20552 has '{letter}' for its modifier indicator, which is 0, 1 or 9"
        for line, letter in enumerate("23456", 2007)
    )
    error = f"cptref: ccipra-f1.txt: refused: {named}; and 2 more; {AS_SHIPPED}\n"
    assert run("add", "ccipra-f1.txt") == (2, "", error)


@pytest.mark.parametrize("size", [1, 3, 20, 60])
def test_a_file_that_is_cut_off_is_refused(run: Run, size: int) -> None:
    """Wherever in its last line."""
    data = FILES["f1"][1].encode()[:-size]
    Path("ccipra-f1.txt").write_bytes(data)
    if size == 1:  # a carriage return ends no line
        assert data.endswith(b"\r")
    line = 10 - (size == 60)
    error = f"cptref: ccipra-f1.txt: refused: line {line}: has no line end: the file is cut off; {AS_SHIPPED}\n"
    assert run("add", "ccipra-f1.txt") == (2, "", error)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (ptp_text(), "has no edits"),
        (ptp_text().replace("Deletion", "Made up"), "its header has other columns than CMS's"),
        (ptp_text().replace("Column 1\t", "Column one\t"), "has no header of a pair edit file"),
        (ptp_text(ptp_row("20550", "20552")).replace("\tModifier", ""), "its header has other columns than CMS's"),
    ],
)
def test_another_header_is_refused(run: Run, text: str, reason: str) -> None:
    """And a file without edits."""
    Path("ccipra-f1.txt").write_bytes(text.encode())
    assert run("add", "ccipra-f1.txt") == (2, "", f"cptref: ccipra-f1.txt: {reason}; {AS_SHIPPED}\n")


def test_blank_lines_and_quotes_do_not_matter(run: Run, stores: Path) -> None:
    """Nor do line ends of Unix, blanks around cells, and an edit from before 1996."""
    row = ["20550", "20552", "*", NEW, "* ", "1", '"A made-up rationale"']
    text = ptp_text(ptp_row("10021", "20552"), row).replace("\r\n", "\n") + "\t\t\t\t\t\t\n\n"
    Path("ccipra-f1.txt").write_bytes(text.encode())
    assert run("add", "ccipra-f1.txt").code == 0
    expected = {"20552": (Period(date(2026, 7, 1), None, 1, "A made-up rationale"),)}
    assert dict(read_partners(open_stores(stores), "20550")) == expected


def test_periods_that_overlap_are_said(run: Run) -> None:
    """They are stored, since only two edits without an end contradict each other."""
    rows = [
        ptp_row("20550", "20552", "20190101", "20201231"),
        ptp_row("20550", "20552", "20200101"),
        ptp_row("20550", "64483", "20190101", "20190101", "9"),
        ptp_row("20550", "64483", "20190101"),
        ptp_row("20550", "99213", NEW),
    ]
    Path("ccipra-f1.txt").write_bytes(ptp_text(*rows).encode())
    said = run("add", "ccipra-f1.txt").out.splitlines()[1:]
    assert said == ["  rows that begin before an earlier row of the same pair ends: 1"]


def test_a_file_is_bounded(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """By bounds of its own, which are far above those of tables that are read whole."""
    text = ptp_text(*(ptp_row(f"{number:05}", "64483", NEW) for number in range(10_000, 13_000)))
    Path("ccipra-f1.txt").write_bytes(text.encode())
    monkeypatch.setattr(pair_edits, "MAX_LINES", 2000)
    error = "cptref: ccipra-f1.txt: has more than 2,000 lines, more than any file of a code set\n"
    assert run("add", "ccipra-f1.txt") == (2, "", error)
    monkeypatch.setattr(pair_edits, "MAX_BYTES", 100_000)
    error = "cptref: ccipra-f1.txt: has more than 100,000 bytes, more than any file of a code set\n"
    assert run("add", "ccipra-f1.txt") == (2, "", error)


# Stores


def test_other_stores_have_no_packed_rows(run: Run, stores: Path) -> None:
    """Only pair edits have the table, so that stores written before they came are the same."""
    Path("anweb.txt").write_text(hcpcs_text([hcpcs_row("J0001", "Made-up drug", ADD_DT="20260701")]))
    assert run("add", "anweb.txt", *write("f1")).code == 0
    tables = {}
    for path in stores.glob("*.sqlite"):
        with closing(sqlite3.connect(path)) as connection:
            tables[path.name] = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    assert tables["ptp-practitioner-2026Q3+f1.sqlite"] - tables["hcpcs-2026Q3.sqlite"] == {
        "blob",
        "sqlite_autoindex_blob_1",
    }


def test_a_changed_byte_is_noticed(run: Run, stores: Path) -> None:
    """In packed rows, in the list of reasons; adding the file again mends the store."""
    names = write("f1")
    run("add", *names)
    path = stores / "ptp-practitioner-2026Q3+f1.sqlite"
    whole = path.read_bytes()
    with closing(sqlite3.connect(path)) as connection:
        blobs: Mapping[str, bytes] = dict(connection.execute("SELECT key, data FROM blob"))
    for data in blobs.values():
        damaged = bytearray(whole)
        damaged[whole.index(data) + len(data) // 2] ^= 1
        path.write_bytes(damaged)
        store = StoreReader(path)
        assert not store.is_whole
        store.close()
        assert run("add", *names).out.startswith(f"- {names[0]}: added: ")
        assert path.read_bytes() == whole


def test_show_and_list_count_the_pairs_of_a_code(run: Run) -> None:
    """On both sides, over all parts; where a part is missing, that is said."""
    run("add", *write("f1", "f2", "f3", "f4"))
    sides = "column 1 of 0 (0 with indicator 1), column 2 of 3 (3 with indicator 1)"
    assert f"State  pairs in force: {sides}\n" in run("show", "64483", "--on", "2026-08-01").out
    sides = "column 1 of 3 (2 with indicator 1), column 2 of 0 (0 with indicator 1)"
    assert f"State  pairs in force: {sides}\n" in run("show", "20550", "--on", "2026-08-01").out
    listed = run("list", "--set", "ptp-practitioner", "--on", "2026-08-01")
    assert listed.out.split() == ["10021", "20550", "20552", "31231", "64483", "G0001"]
    assert run("list", "--set", "ptp-practitioner", "2", "--on", "2026-08-01").out.split() == ["20550", "20552"]


def test_show_says_which_parts_are_loaded(run: Run) -> None:
    """And that the day is before every loaded release."""
    run("add", *write("f1", "f3"))
    sides = "column 1 of 2 (1 with indicator 1), column 2 of 0 (0 with indicator 1)"
    said = f"pairs in force: {sides}; of f1, f3 alone, since no other part is loaded"
    assert f"State  {said}\n" in run("show", "20550", "--on", "2026-08-01").out
    before = f"State  unknown on 2020-08-01; {said} (unknown on 2020-08-01)\n"
    assert before in run("show", "20550", "--on", "2020-08-01").out


def test_changes_compare_equal_parts(run: Run) -> None:
    """By how many pairs a code is in; releases of which other parts are loaded can't be compared."""
    later = ptp_text(*ROWS["f1"][1:], ptp_row("10021", "64483"), ptp_row("10021", "99213", "20261001"))
    Path("ccipra-v323r0-f1.txt").write_bytes(later.encode())
    run("add", *write("f1"), "ccipra-v323r0-f1.txt")
    changes = json.loads(run("changes", "ptp-practitioner", "-f", "json").out)["results"]
    assert [(change["kind"], change["code"], change["fields"]) for change in changes] == [
        ("added", "99213", []),
        (
            *("changed", "10021"),
            [{"name": "column 1", "old": "1", "new": "2"}, {"name": "column 1 allowed", "old": "1", "new": "2"}],
        ),
    ]
    run("add", *write("f2"))
    error = "releases of practitioner pair edits are compared by equal parts"
    parts = "2026Q3 is loaded with f1, f2, 2026Q4 with f1"
    assert run("changes", "ptp-practitioner") == (2, "", f"cptref: {error}; {parts}\n")


@pytest.mark.parametrize(
    ("name", "limit", "error"),
    [
        ("MAX_KINDS", 2, "kinds of rows"),
        ("MAX_CODES", 2, "column 1 codes"),
        ("MAX_CODES", 5, "rows of 64483"),
        ("MAX_REASONS", 1, ""),
    ],
)
def test_what_is_kept_in_memory_is_bounded(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, limit: int, error: str
) -> None:
    """Far above what files of CMS have."""
    monkeypatch.setattr(pair_edit_rows, name, limit)
    rows = [ptp_row(f"1002{number}", "64483", NEW) for number in range(3)]
    rows += [ptp_row("64483", f"2055{number}", rationale=f"Made-up {number}") for number in range(6)]
    Path("ccipra-f1.txt").write_bytes(ptp_text(*rows).encode())
    said = f"has more than {limit} {error}, more than any file of pair edits\n"
    if not error:
        named = (
            f"line {line}: 64483/2055{line - 10} has one rationale too many: there are more than 1"
            for line in range(10, 15)
        )
        said = f"refused: {'; '.join(named)}; and 1 more; {AS_SHIPPED}\n"
    assert run("add", "ccipra-f1.txt") == (2, "", f"cptref: ccipra-f1.txt: {said}")


# Real files


@pytest.fixture
def real_stores(run: Run, real_file: RealFile, stores: Path) -> Path:
    """Add the four files of practitioners; return the folder of stores."""
    files = [str(real_file(f"ccipra-2024q3-f{number}.zip")) for number in range(1, 5)]
    assert run("add", *files).code == 0
    return stores


@pytest.mark.outside
def test_the_real_files(run: Run, real_stores: Path) -> None:
    """Their totals are the known ones, all stores together are small, and a pair is read at once."""
    assert sum(map(len, snapshot(real_stores).values())) < 12 << 20
    rows = json.loads(run("sets", "-f", "json").out)["results"]
    assert sum(row["rows"] for row in rows) == 2_546_017
    assert sum(int(row["details"]["never"]) for row in rows) == 98_853
    stores = open_stores(real_stores)
    counts = [[*map(int, record.fields)] for store in stores for record in store.iter_records()]
    assert [*map(sum, zip(*counts, strict=True))] == [1_669_820, 1_160_873] * 2
    shown = "pairs in force: column 1 of 174 (120 with indicator 1), column 2 of 6,035 (371 with indicator 1)"
    assert shown in run("show", "64483").out
    (period,) = read_partners(stores, "20552")["64483"]
    assert (period.last_day, period.indicator) == (None, 1)
    (period,) = read_partners(stores, "64483")["20552"]
    assert (period.last_day, period.indicator) == (date(2016, 12, 31), 1)
    start = time.process_time()
    for _ in range(100):
        assert isinstance(read_partners(stores, "22207"), Partners)  # the code with the most partners
        assert read_partners(stores, "99213").get("22207") is None
    assert (time.process_time() - start) / 100 < 0.001
