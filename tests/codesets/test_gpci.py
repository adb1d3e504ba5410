"""GPCI files: three forms of one table, and refused or doubted where they are not those of CMS."""

from __future__ import annotations

import csv
import json
from io import TextIOWrapper
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from cptref import open_library
from tests.codesets.locality_files import GPCI_DAY, GPCI_NOTES, change_rows, gpci_rows, make_gpci, make_zip5, zip_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.codesets.conftest import RealFile, WriteAndAdd
    from tests.conftest import Outcome, Run

AS_SHIPPED = "take the file as CMS ships it; Excel drops zeros where cells are not saved as text"
LOCALITIES = ("FL-04", "AK-01", "DC-01", "CA-05", "WY-21")


def shorten(outcome: Outcome) -> str:
    """Return what was printed without the folder of the files."""
    return outcome.err.split("downloads/")[-1].removesuffix("\n")


def read_releases(run: Run) -> list[dict[str, object]]:
    """Return the loaded releases."""
    releases: list[dict[str, object]] = json.loads(run("sets", "-f", "json").out)["results"]
    return releases


def read_indices(day: str, names: Sequence[str] = LOCALITIES) -> list[str]:
    """Return localities with their names and indices, as a claim on a day has them."""
    with open_library() as library:
        answers = [library.claim("64483", on=day, locality=name).locality for name in names]
    return [f"{each.title} {each.work} {each.practice} {each.malpractice}" for each in answers if each]


@pytest.mark.parametrize("form", ["csv", "txt", "xlsx"])
def test_each_form_gives_the_same_localities(write_and_add: WriteAndAdd, run: Run, form: str) -> None:
    """The year comes from the title; names have no footnote marks, indices three decimals, notes are kept."""
    done = write_and_add({f"gpci.{form}": make_gpci(form=form)})  # type: ignore[arg-type]  # one of the three
    assert done.out.endswith("added: GPCI 2027, 109 localities, in force 2027-01-01 to 2027-12-31\n")
    (release,) = read_releases(run)
    assert (release["name"], release["rows"], release["notice"]) == ("gpci-2027", 109, "\n".join(GPCI_NOTES))
    assert read_indices(GPCI_DAY) == [
        "Miami (FL-04) 1.019 1.052 0.780",
        "Alaska (AK-01) 1.500 0.900 0.400",
        "DC + MD/VA Suburbs (DC-01) 1.018 1.040 0.750",
        "San Francisco-Oakland-Berkeley (San Francisco/San Mateo/Alameda/Contra Costa Cnty) (CA-05) 1.005 0.940 0.500",
        "Place 108 (WY-21) 1.054 1.000 1.480",
    ]


def test_columns_are_found_by_their_names(write_and_add: WriteAndAdd) -> None:
    """Columns in another order, with their headers, give the same indices."""
    rows = [row.split(",") for row in make_gpci([]).decode().split("\r\n")[2:3]]
    table = [[*row[:4], row[6], row[5], row[4]] for row in (*rows, *(row for row in gpci_rows() if "," not in row[3]))]
    title = make_gpci([]).decode().split("\r\n")[0]
    table.append(["01212", "HI", "01", '"HAWAII, GUAM"', "1.000", "1.000", "1.000"])
    write_and_add({"gpci.csv": "\n".join([title, *(",".join(row) for row in table)])})
    assert read_indices(GPCI_DAY, ["FL-04"]) == ["Miami (FL-04) 1.019 1.052 0.780"]


@pytest.mark.parametrize(
    ("label", "cell", "fault"),
    [
        ("AL-00", {0: "1011"}, "line 5: '1011' is no contractor of five digits: its leading zeros are lost"),
        ("AL-00", {2: "0"}, "line 5: '0' is no locality of two digits: its leading zeros are lost"),
        ("AL-00", {4: "0.566"}, "line 5: AL-00 has '0.566' for its work index, which is between 0.9 and 1.6"),
        ("AL-00", {5: "87.5"}, "line 5: AL-00 has '87.5' for its practice index, which is between 0.65 and 1.8"),
        ("AL-00", {6: "56.6%"}, "line 5: AL-00 has '56.6%' for its malpractice index, which is between 0.2 and 3.5"),
        ("AL-00", {6: "0.5661"}, "line 5: AL-00 has '0.5661' for its malpractice index, which is between 0.2 and 3.5"),
        ("AL-00", {6: ""}, "line 5: AL-00 has '' for its malpractice index, which is between 0.2 and 3.5"),
        ("AL-00", {3: "*"}, "line 5: AL-00 has no name"),
        ("AR-13", {1: "AL", 2: "00"}, "line 6: AL-00 comes twice"),
        ("AL-00", {0: "02102", 2: "01"}, "line 5: AL-01 has the number 02102-01 of AK"),
    ],
)
def test_a_faulty_row_is_named_with_its_line(
    write_and_add: WriteAndAdd, run: Run, label: str, cell: dict[int, str], fault: str
) -> None:
    """The file is refused whole. In a year without known localities, rows alone are judged."""
    done = write_and_add({"gpci.csv": make_gpci(change_rows({label: cell}))})
    assert (done.code, shorten(done)) == (2, f"gpci.csv: refused: {fault}; {AS_SHIPPED}")
    assert read_releases(run) == []


def test_a_file_that_lacks_localities_is_refused(write_and_add: WriteAndAdd) -> None:
    """What is missing and what is not known are named for the years whose localities are known."""
    rows = change_rows({"FL-04": {2: "05"}})[:-2]
    done = write_and_add({"gpci.csv": make_gpci(rows, 2024)})
    assert (done.code, shorten(done)) == (
        2,
        (
            "gpci.csv: refused: has 107 localities; lacks 3 of the 109 localities of 2024: FL-04, WV-16, WY-21; has 1 "
            f"that is not among them: FL-05; {AS_SHIPPED}"
        ),
    )


def test_other_localities_of_another_year_are_doubtful(write_and_add: WriteAndAdd) -> None:
    """CMS changes them from time to time."""
    done = write_and_add({"gpci.csv": make_gpci(gpci_rows()[:-2])})
    assert done.code == 0
    assert done.out.endswith("\n  has 107 localities; lacks 2 of the 109 localities of 2026: WV-16, WY-21\n")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda text: text[:4000], "line 92: does not have 7 cells: is the file cut off?"),
        (lambda text: text + make_gpci(year=2028).decode(), "line 115: begins a file of 2028 within one of 2027"),
    ],
)
def test_a_file_that_is_cut_off_or_two_in_one_is_refused(
    write_and_add: WriteAndAdd, change: Callable[[str], str], fault: str
) -> None:
    """The line says where."""
    done = write_and_add({"gpci.csv": change(make_gpci().decode())})
    assert (done.code, fault in done.err) == (2, True), done.err


def test_years_are_not_mixed(write_and_add: WriteAndAdd) -> None:
    """Title and columns are of one year."""
    done = write_and_add({"gpci.csv": make_gpci(columns_of=2026)})
    assert shorten(done) == f"gpci.csv: refused: line 3: has columns of 2026 under a title of 2027; {AS_SHIPPED}"


def test_two_columns_of_one_index_are_refused(write_and_add: WriteAndAdd) -> None:
    """Whether the floor holds is not for cptref to choose."""
    data = make_gpci().decode().replace("2027 PE GPCI", "2027 PW GPCI (without 1.0 Floor)")
    fault = "line 3: has two columns of one index, as with and without a floor"
    assert shorten(write_and_add({"gpci.csv": data})) == f"gpci.csv: refused: {fault}; {AS_SHIPPED}"


def test_indices_of_a_proposed_rule_are_doubtful(write_and_add: WriteAndAdd) -> None:
    """They are not in force."""
    done = write_and_add({"gpci.csv": make_gpci().replace(b"FINAL", b"PROPOSED")})
    assert done.out.endswith("\n  is of a proposed rule: the final indices of 2027 may differ\n")


def test_another_year_in_the_name_or_given_is_said(write_and_add: WriteAndAdd) -> None:
    """The title decides."""
    done = write_and_add({"GPCI2026.csv": make_gpci()}, "--release", "2025")
    assert "added: GPCI 2027" in done.out
    assert "  2027 by its title, not 2025\n  its name says 2026, but its title says 2027\n" in done.out


def test_invented_indices_of_a_known_year_are_doubted_ever_after(write_and_add: WriteAndAdd, run: Run) -> None:
    """They pass every range, and differ from those of CMS: `add`, `sets` and each locality say so."""
    done = write_and_add({"gpci.csv": make_gpci(year=2026)})
    doubt = (
        "its work, practice and malpractice indices are not those of RVU26C: download it again, unless CMS has "
        "corrected them"
    )
    assert (done.code, done.out.endswith(f"\n  {doubt}\n")) == (0, True)
    assert f"Doubtful: {doubt}\n" in run("sets", "-v").out
    with open_library() as library:
        locality = library.claim("64483", on="2026-08-01", locality="FL-04").locality
    assert locality
    assert locality.remark == f"GPCI 2026: {doubt}"


def test_indices_that_the_law_sets_are_checked(write_and_add: WriteAndAdd) -> None:
    """Work is 1.5 in Alaska (MIPPA, section 134), practice at least 1.0 in frontier states (ACA, section 10324)."""
    rows = change_rows({"AK-01": {4: "1.000"}, "MT-01": {5: "0.950"}})
    assert write_and_add({"gpci.csv": make_gpci(rows)}).out.endswith(
        "\n  AK-01 has 1.000 for its work index, which is 1.500 by law\n"
        "  MT-01 has 0.950 for its practice index, which is at least 1.000 by law\n"
    )


def test_a_leap_from_the_year_before_is_doubted(write_and_add: WriteAndAdd) -> None:
    """A file is compared with the loaded one of the next or the last year."""
    write_and_add({"gpci.csv": make_gpci(year=2028)})
    done = write_and_add({"gpci.csv": make_gpci(change_rows({"FL-04": {6: "0.450"}}))})
    assert done.out.endswith(
        "\n  compared with GPCI 2028, indices moved more than CMS moves them: FL-04 malpractice 0.780 to 0.450\n"
    )
    assert "compared" not in write_and_add({"gpci.csv": make_gpci(change_rows({"FL-04": {6: "3.100"}}), 2030)}).out


def test_localities_are_compared_with_those_of_zip_codes(write_and_add: WriteAndAdd) -> None:
    """Whichever of the two comes first."""
    keys = [f"{row[0]}-{row[2]}" for row in gpci_rows()]
    lines = [zip_line(f"{10000 + place}", key) for place, key in enumerate(keys[1:])]
    zip5 = make_zip5(*lines, zip_line("20000", "99999-01"))
    conflict = "1 locality of ZIP codes without indices: 99999-01; 1 locality without a ZIP code: 02102-01\n"
    write_and_add({"a.csv": make_gpci()})
    assert write_and_add({"b.txt": zip5}).out.endswith(f"\n  compared with GPCI 2027: {conflict}")
    done = write_and_add({"a.csv": make_gpci(year=2028)})
    assert f"\n  compared with ZIP code localities 2027Q1: {conflict}" in done.out


def test_real_files_are_alike_in_each_form(
    real_file: RealFile, run: Run, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The three forms of 2025 and the file of 2026 have the 109 localities, without a doubt."""
    folder = tmp_path_factory.mktemp("real")
    texts = []
    for form in ("csv", "txt", "xlsx"):
        name = f"GPCI2025.{form}"
        ZipFile(real_file("rvu25d.zip")).extract(name, folder)
        assert run("add", str(folder / name)).out.count("\n") == 1
        texts.append(
            run("list", "--set", "gpci", "--on", "2025-08-01", "-f", "csv").out + str(read_indices("2025-08-01"))
        )
        run("remove", "gpci-2025")
    assert texts[0] == texts[1] == texts[2]
    done = run("add", str(real_file("rvu26c.zip")))
    assert "GPCI2026.csv: added: GPCI 2026, 109 localities, in force 2026-01-01 to 2026-12-31\n" in done.out
    assert read_indices("2026-08-01", ["FL-04"]) == ["Miami (FL-04) 1.000 1.041 2.529"]


def test_a_doctored_file_in_public_is_refused(real_file: RealFile, run: Run) -> None:
    """It lacks localities and has others."""
    done = run("add", str(real_file("bad-GPCI2026.csv")))
    assert done.code == 2
    assert (
        "refused: has 98 localities; lacks 27 of the 109 localities of 2026: CA-71, CA-72, CA-73 and 24 more; has 16 "
        "that are not among them: CA-26, CA-99, IL-01 and 13 more; line 44: IA-00 has the number 05102-00 of CT"
    ) in done.err


def _swap(first: int, second: int) -> Callable[[list[str]], None]:
    def swap(row: list[str]) -> None:
        row[first], row[second] = row[second], row[first]

    return swap


def _as_percent(row: list[str]) -> None:
    row[4:7] = [str(float(cell) * 100) for cell in row[4:7]]


def read_real(path: Path, name: str) -> list[list[str]]:
    """Return the localities of a real file."""
    with ZipFile(path).open(name) as file:
        return [row for row in csv.reader(TextIOWrapper(file)) if row[0].isdecimal()]


@pytest.mark.parametrize("change", [_swap(4, 5), _swap(4, 6), _swap(5, 6), _as_percent])
def test_real_indices_in_wrong_columns_are_refused(
    real_file: RealFile, write_and_add: WriteAndAdd, change: Callable[[list[str]], None]
) -> None:
    """No two indices can be taken for each other."""
    rows = read_real(real_file("rvu26c.zip"), "GPCI2026.csv")
    for row in rows:
        change(row)
    done = write_and_add({"gpci.csv": make_gpci(rows, 2026)})
    assert (done.code, "for its" in done.err) == (2, True)


def test_real_indices_under_another_year_are_refused(real_file: RealFile, write_and_add: WriteAndAdd) -> None:
    """One column of another year is enough."""
    old, new = (read_real(real_file(f"rvu{name}.zip"), f"GPCI20{name[:2]}.csv") for name in ("25d", "26c"))
    rows = [[*row[:6], earlier[6]] for row, earlier in zip(new, old, strict=True)]
    done = write_and_add({"gpci.csv": make_gpci(rows, 2026)})
    fault = "has the malpractice indices of 2025 under a title of 2026"
    assert (done.code, shorten(done)) == (2, f"gpci.csv: refused: {fault}; {AS_SHIPPED}")


def test_a_doubtful_file_does_not_replace_the_real_one(
    real_file: RealFile, write_and_add: WriteAndAdd, run: Run
) -> None:
    """It does once the real one is removed."""
    path = real_file("rvu26c.zip")
    run("add", str(path))
    rows = read_real(path, "GPCI2026.csv")
    rows[-1][6] = "0.741"
    done = write_and_add({"gpci.csv": make_gpci(rows, 2026)})
    doubt = "its malpractice indices are not those of RVU26C: download it again, unless CMS has corrected them"
    assert (done.code, shorten(done)) == (
        2,
        (
            f"gpci.csv: refused: {doubt}; gpci-2026, which is loaded from {path}: GPCI2026.csv, has nothing doubtful; "
            "if it is right, run cptref remove gpci-2026 first"
        ),
    )
    run("remove", "gpci-2026")
    assert write_and_add({}).out.endswith(f"\n  {doubt}\n")
