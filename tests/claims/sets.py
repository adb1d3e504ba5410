"""Small files of code sets for claims: each function returns one, by name, with texts of our own.

All are in force on DAY, but for ICD-10-CM: a small file of a year whose totals are known is refused. Its year 2028 is
in force on DAY_OF_2028.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from cptref.models.claims import NO_DAY, ClaimLine
from tests.codesets.files import (
    AOC_HEADER,
    as_csv,
    hcpcs_row,
    hcpcs_text,
    icd_section,
    icd_tabular,
    make_mue,
    ptp_row,
    ptp_text,
)
from tests.codesets.locality_files import change_rows, make_gpci
from tests.codesets.pfs_files import make_csv

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

DAY = "2026-08-01"
DAY_OF_2028 = "2027-11-01"
_QUARTERS = {"2026Q1": "20260101", "2026Q2": "20260401", "2026Q3": "20260701", "2026Q4": "20261001"}


def fee_schedule(*rows: dict[str, str], release: str = "2026C") -> dict[str, str]:
    """Return a fee schedule with rows of `make_row` and `make_unpaid_row` (tests/codesets/pfs_files.py)."""
    return {f"pfs-{release}.csv": make_csv(release, *rows)}


def hcpcs(*rows: Mapping[str, str], release: str = "2026Q3") -> dict[str, str]:
    """Return a HCPCS file with rows of `hcpcs_row` and a code that begins with the release: the file has its name."""
    newest = hcpcs_row("Z9999", "Made-up newest code", ADD_DT=_QUARTERS[release])
    return {f"hcpcs-{release}.txt": hcpcs_text([*rows, newest])}


def icd10cm(*diagnoses: str, section: str = "A00-B99", version: str = "2028") -> dict[str, str]:
    """Return a tabular list with one section of codes by `icd_diag` (tests/codesets/files.py)."""
    return {f"tabular-{version}.xml": icd_tabular(icd_section(section, "".join(diagnoses)), version)}


def unit_limits(
    rows: Sequence[tuple[str, str, str]], setting: str = "Practitioner Services", release: str = "2026Q3"
) -> dict[str, str]:
    """Return a MUE file with rows of code, units and adjudication indicator; or for "Outpatient Hospital Services"."""
    return {f"MUE {setting} {release}.csv": make_mue(rows, setting)}


def add_ons(*rows: Sequence[str], release: str = "2026Q3") -> dict[str, str]:
    """Return add-on code edits with rows of type, add-on and primary, and, if given, first and last day (2013091)."""
    cells = [
        [kind, addon, "", primary, "", *(days[:1] or ["2013091"]), *(days[1:] or [""]), ""]
        for kind, addon, primary, *days in rows
    ]
    return {f"AOC {release}.csv": as_csv([AOC_HEADER, *cells])}


def practice_indices(indices: Mapping[str, Sequence[str]] | None = None, year: int = 2026) -> dict[str, str]:
    """Return a GPCI file with every locality, and these indices of some: `{"FL-04": ("1.010", "1.020", "1.500")}`."""
    changes = {label: dict(enumerate(of_place, 4)) for label, of_place in (indices or {}).items()}
    return {f"GPCI{year}.csv": make_gpci(change_rows(changes), year).decode()}


PARTS_OF_PAIRS = {"f1": "U0001", "f2": "V0002", "f3": "V0003", "f4": "V0004"}  # with a code that each has in column 1
_SETTINGS = {"practitioner": "ccipra", "hospital": "ccioph"}


def pair_edits(
    *rows: Sequence[str],
    setting: str = "practitioner",
    release: str = "2026Q3",
    parts: Collection[str] = tuple(PARTS_OF_PAIRS),
) -> dict[str, str]:
    """Return the files of a quarter, of which f1 has rows of `ptp_row`; each has one of its own, which is new."""
    files = {part: [ptp_row(code, "V0001", _QUARTERS[release])] for part, code in PARTS_OF_PAIRS.items()}
    files["f1"] = sorted([*files["f1"], *map(list, rows)])
    return {f"{_SETTINGS[setting]}-{release}-{part}.txt": ptp_text(*files[part]) for part in parts}


def make_line(
    label: str,
    units: str = "1",
    day: str = "",
    last_day: str = "",
    pointers: tuple[int, ...] = (),
    place: str = "",
    claim: int = 1,
) -> ClaimLine:
    """Return the line of a code with its modifiers, `64483-50`, for `check_lines`, which numbers it."""
    code, *modifiers = label.split("-")
    first = date.fromisoformat(day) if day else NO_DAY
    last = date.fromisoformat(last_day) if last_day else first
    return ClaimLine(0, label, code, tuple(modifiers), Decimal(units), "UN", None, first, last, pointers, place, claim)
