"""The MUE files of CMS: how many units of a code one day may have, for practitioners, hospitals or suppliers.

A csv or a workbook begins with the notice of the AMA, which has several lines. The second column of the header names
the setting. No file says of which quarter it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cptref.codesets.layouts import (
    AS_SHIPPED,
    MAX_LINES_ABOVE,
    QUARTER_NAMES,
    Faults,
    explain_code,
    require_release,
    say_name,
)
from cptref.codesets.store import Content, Record
from cptref.errors import FileError

if TYPE_CHECKING:
    from cptref.codesets.files import Source

COLUMNS = ("units", "indicator", "rationale")
_SETS = {"Practitioner": "mue-practitioner", "Outpatient Hospital": "mue-hospital", "DME Supplier": "mue-dme"}
_HEADER = re.compile(r"(Practitioner|Outpatient Hospital|DME Supplier)(?: Services)? MUE Values")
_IS_HEADER = re.compile(rf"{_HEADER.pattern}[^\n]{{0,9}}MUE Adjudication Indicator")
_UNITS = re.compile(r"[0-9]{1,6}")
_INDICATOR = re.compile(r"([123])( .*)?", re.DOTALL)
KNOWN_ROWS = {("mue-practitioner", "2026Q2"): 15_095}


def matches(source: Source) -> bool:
    """Return whether a file has the header of a MUE file."""
    return _IS_HEADER.search(" ".join(source.head_text[:8000].split()).replace('"', "")) is not None


def read(source: Source, release: str | None) -> Content:
    """Return the limits of a file, one for each code. Raise FileError where it is not as CMS ships it."""
    quarter = require_release(source, release, QUARTER_NAMES, "2026Q4")
    above: list[str] = []
    name = ""
    width = 0
    faults = Faults(source)
    records: dict[str, Record] = {}
    for number, row in source.rows():
        cells = [" ".join(cell.split()) for cell in row]
        if name:
            _read_row(faults, records, number, cells, width)
        elif len(cells) > 1 and (header := _HEADER.fullmatch(cells[1])):
            name = _SETS[header[1]]
            width = len(cells)
        elif number > MAX_LINES_ABOVE:
            break
        else:
            above += filter(None, (cell.strip() for cell in row))
    if not name:
        raise FileError(f"{source.name}: has no header of a MUE file", hint=AS_SHIPPED)
    faults.raise_any(AS_SHIPPED)
    if not records:
        raise FileError(f"{source.name}: has no codes", hint=AS_SHIPPED)
    known = KNOWN_ROWS.get((name, quarter), len(records))
    warning = f"has {len(records):,} codes, but the file of CMS has {known:,}: download it again"
    return Content(
        *(name, quarter, COLUMNS, [*records.values()]),
        lines=[],
        notice="\n".join(above),
        said=say_name(release, quarter),
        warnings=() if known == len(records) else (warning,),
    )


def _read_row(faults: Faults, records: dict[str, Record], number: int, cells: list[str], width: int) -> None:
    """Note a row, or what is wrong with it. A row of blanks is none."""
    if not any(cells):
        return
    code, units, judged, *rest = (*cells, "", "")[: max(len(cells), 3)]
    indicator = _INDICATOR.fullmatch(judged)
    if len(cells) != width or not cells[-1]:
        faults.add(number, f"does not have {width} cells: is the file cut off?")
    elif reason := explain_code(code):
        faults.add(number, reason)
    elif not _UNITS.fullmatch(units):
        faults.add(number, f"{code} has {units!r} for its units")
    elif indicator is None:
        faults.add(number, f"{code} has {judged!r} for its adjudication indicator, which is 1, 2 or 3")
    elif code in records:
        faults.add(number, f"{code} comes twice")
    else:
        records[code] = Record(code, "", (units, indicator[1], rest[0] if rest else ""))
