"""Small files of localities in the exact layouts of CMS, with indices of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from cptref.codesets.localities import list_known
from tests.codesets.files import as_csv, as_xlsx

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

GPCI_YEAR = 2027  # of which cptref knows no indices, so that made-up ones are not doubtful
GPCI_DAY = "2027-03-01"
NAMES = {
    "AK-01": "ALASKA*",
    "AL-00": "ALABAMA",
    "CA-05": "SAN FRANCISCO-OAKLAND-BERKELEY (SAN FRANCISCO/SAN MATEO/ALAMEDA/CONTRA COSTA CNTY)",
    "CA-18": "LOS ANGELES-LONG BEACH-ANAHEIM (LOS ANGELES/ORANGE CNTY)",
    "CA-52": "SAN FRANCISCO-OAKLAND-BERKELEY (MARIN CNTY)",
    "DC-01": "DC + MD/VA SUBURBS",
    "FL-03": "FORT LAUDERDALE",
    "FL-04": "MIAMI",
    "FL-99": "REST OF FLORIDA",
    "HI-01": "HAWAII, GUAM",
    "IL-12": "EAST ST. LOUIS",
    "IL-15": "SUBURBAN CHICAGO",
    "IL-16": "CHICAGO",
    "KS-00": "KANSAS",
    "MO-01": "METROPOLITAN ST. LOUIS",
    "MO-02": "METROPOLITAN KANSAS CITY",
    "MT-01": "MONTANA**",
    "NY-01": "MANHATTAN",
    "NY-99": "REST OF NEW YORK",
    "VA-00": "VIRGINIA",
    "WV-16": "WEST VIRGINIA",
}
GPCI_NOTES = ("*Made-up note on work.", "Made-up note, with a comma.")
_HEADER = ("Medicare Administrative Contractor (MAC)", "State", "Locality Number", "Locality Name")
_WIDTHS = (16, 8, 5, 88, 12, 12, 0)
_FRONTIER = ("MT", "ND", "NV", "SD", "WY")


def gpci_rows() -> list[list[str]]:
    """Return a row for each locality of 2026, with plausible indices of our own."""
    rows = []
    for place, (label, contractor) in enumerate(list_known().items()):
        state, _, number = label.partition("-")
        practice = 1 if state in _FRONTIER else 0.9 + place / 250
        work = 1.5 if state == "AK" else 1 + place / 2000
        indices = (f"{value:.3f}" for value in (work, practice, 0.4 + place / 100))
        rows.append([contractor, state, number, NAMES.get(label, f"PLACE {place}"), *indices])
    return rows


def change_rows(changes: Mapping[str, Mapping[int, str]]) -> list[list[str]]:
    """Return the rows of `gpci_rows` with some cells changed: `{"FL-04": {6: "1.285"}}`."""
    rows = gpci_rows()
    for row in rows:
        for place, cell in changes.get(f"{row[1]}-{row[2]}", {}).items():
            row[place] = cell
    return rows


def make_gpci(
    rows: Sequence[Sequence[str]] | None = None,
    year: int = GPCI_YEAR,
    form: Literal["csv", "txt", "xlsx"] = "csv",
    columns_of: int | None = None,
) -> bytes:
    """Return a GPCI file of a year; `columns_of` is the year in its header, if it is another one."""
    title = f"ADDENDUM E. FINAL CY {year} GEOGRAPHIC PRACTICE COST INDICES (GPCIs) BY STATE AND MEDICARE LOCALITY"
    names = [f"{columns_of or year} {index}" for index in ("PW GPCI (with 1.0 Floor)", "PE GPCI", "MP GPCI")]
    body = gpci_rows() if rows is None else rows
    if form == "txt":
        heads = f"Medicare Admi State  Locality  Locality Name  {names[0]}{names[1]}{names[2]}"
        lines = ("".join(cell.ljust(width) for cell, width in zip(row, _WIDTHS, strict=True)) for row in body)
        return "".join(f"{line}\r\n" for line in (title, "", heads, *lines, *GPCI_NOTES, "", "")).encode()
    if form == "csv":
        blank = [""] * 6
        notes = [[note, *blank] for note in GPCI_NOTES]
        return as_csv([[title, *blank], ["", *blank], [*_HEADER, *names], *body, *notes]).encode()
    table: list[list[str | int | float]] = [[title], [""], [*_HEADER, *names]]
    table += [[*row[:4], *(_add_noise(cell) for cell in row[4:])] for row in body]
    return as_xlsx([*table, *([note, ""] for note in GPCI_NOTES)])


def _add_noise(cell: str) -> float:
    """Return a number as a workbook has it: 0.86899999999999999."""
    return float(cell) - 1e-17


def zip_line(code: str, key: str, state: str = "FL", *, plus_four: bool = False, quarter: str = "20271") -> str:
    """Return a line of a ZIP5 file; `key` is that of a locality, `09102-04`."""
    contractor, _, number = key.partition("-")
    return f"{state}{code}{contractor}{number} Z9   {int(plus_four)} A".ljust(75) + quarter


def make_zip5(*lines: str) -> bytes:
    """Return a ZIP5 file."""
    return "".join(f"{line}\r\n" for line in lines).encode()
