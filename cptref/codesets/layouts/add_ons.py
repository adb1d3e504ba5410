"""The add-on code edits of CMS (NCCI): which code is an add-on, and to which primary codes.

One row a pair, in a workbook or in text with tabs or commas, under a header of fixed names. Dates are a year and the
day in it: 2013091 is April 1, 2013. The file does not say of which quarter it is.
"""

from __future__ import annotations

import csv
import re
from datetime import date, timedelta
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
    from collections.abc import Iterator

    from cptref.codesets.files import Source

# A record stands at its add-on code, with its primary code as `sub`; a pair has one for each of its periods. What adds
# on to a code is found by way of `sub`.
COLUMNS = ("type", "effective", "deleted", "addon_deleted", "primary_deleted", "note")
_HEADERS = {
    "aoc_edit_type": "type",
    "add-on_code": "addon",
    "aoc_deldt": "addon_deleted",
    "primary_code": "primary",
    "primary_code_deldt": "primary_deleted",
    "aoc_edit_effdt": "effective",
    "aoc_edit_deldt": "deleted",
    "special_instruction_notes": "note",
}
_NEEDED = ("type", "addon", "primary", "effective", "deleted")
_HEADER = re.compile(r"AOC_Edit_Type\W+Add-On_Code\W", re.IGNORECASE)
_DAY = re.compile(r"(20[0-9]{2}|19[0-9]{2})([0-3][0-9]{2})")
_DAYS = {"effective", "deleted", "addon_deleted", "primary_deleted"}


def matches(source: Source) -> bool:
    """Return whether a file has the header of add-on code edits."""
    return _HEADER.search(source.head_text[:8000]) is not None


def read(source: Source, release: str | None) -> Content:
    """Return the pairs of a file. Raise FileError where it is not as CMS ships it."""
    quarter = require_release(source, release, QUARTER_NAMES, "2026Q4")
    notice: list[str] = []
    places: dict[str, int] = {}
    faults = Faults(source)
    records: dict[tuple[str, str, str], Record] = {}
    for number, row in _iter_rows(source):
        cells = [cell.strip() for cell in row]
        if places:
            if any(cells):
                _read_row(faults, records, number, {name: _pick(cells, place) for name, place in places.items()})
        elif "aoc_edit_type" in (names := [cell.casefold() for cell in cells]):
            places = {_HEADERS[name]: place for place, name in enumerate(names) if name in _HEADERS}
            if missing := [name for name in _NEEDED if name not in places]:
                raise FileError(f"{source.name}: has no column for {', '.join(missing)}", hint=AS_SHIPPED)
        elif number > MAX_LINES_ABOVE:
            break
        else:
            notice += filter(None, cells)
    faults.raise_any(AS_SHIPPED)
    if not records:
        raise FileError(f"{source.name}: has no pairs", hint=AS_SHIPPED)
    return Content(
        *("aoc", quarter, COLUMNS, [*records.values()]),
        lines=[],
        notice="\n".join(notice),
        said=say_name(release, quarter),
    )


def _iter_rows(source: Source) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a workbook, or of text with tabs or commas."""
    if source.is_xlsx or "\t" not in source.head_text[:8000]:
        yield from source.rows()
        return
    for number, line in source.lines():
        yield from ((number, row) for row in csv.reader([line], delimiter="\t"))


def _pick(cells: list[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _read_row(faults: Faults, records: dict[tuple[str, str, str], Record], number: int, fields: dict[str, str]) -> None:
    """Note a pair, or what is wrong with it."""
    addon, primary = fields["addon"], fields["primary"]
    if reason := explain_code(addon) or explain_code(primary):
        faults.add(number, reason)
        return
    if fields["type"] not in {"1", "2", "3"}:
        faults.add(number, f"{addon} has {fields['type']!r} for its type, which is 1, 2 or 3")
        return
    for name in _DAYS & fields.keys():
        day = _read_day(fields[name])
        if day is None or (name == "effective" and not day):
            faults.add(number, f"{addon} has {fields[name]!r} for a day, which is written like 2013091")
            return
        fields[name] = day
    key = (addon, primary, fields["effective"])
    if key in records:
        faults.add(number, f"{addon} with {primary} comes twice")
        return
    records[key] = Record(addon, primary, tuple(fields.get(name, "") for name in COLUMNS))


def _read_day(text: str) -> str | None:
    """Return a year and the day in it as an ISO date, "" for none, None for what is no day."""
    if not text:
        return ""
    match = _DAY.fullmatch(text)
    if not match:
        return None
    first = date(int(match[1]), 1, 1)
    day = first + timedelta(days=int(match[2]) - 1)
    return day.isoformat() if day.year == first.year else None
