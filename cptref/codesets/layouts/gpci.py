"""The geographic practice cost indices of CMS (GPCI, Addendum E of the fee schedule rule): csv, workbook, text.

One row a Medicare locality under a title that names the year; notes follow. The text has its columns aligned, and a
header whose last names run together.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cptref.codesets.layouts import AS_SHIPPED, MAX_LINES_ABOVE, Faults
from cptref.codesets.localities import DOUBTS, check_localities
from cptref.codesets.store import Content, Record
from cptref.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cptref.codesets.files import Source

# A record stands at contractor and number, `09102-04`. The name is without footnote marks, an index has three decimals.
COLUMNS = ("state", "name", "work", "practice", "malpractice")
INDICES = COLUMNS[2:]
# What an index may be. The genuine files of 2025 and 2026 have 1.000 to 1.500 (the floor, and Alaska by law), 0.852 to
# 1.442 and 0.296 to 2.529. Without the floor, work falls to some 0.95; an older practice index was 0.7 in Puerto Rico.
RANGES = {"work": (0.9, 1.6), "practice": (0.65, 1.8), "malpractice": (0.2, 3.5)}
_ABBREVIATIONS = {"PW": "work", "PE": "practice", "MP": "malpractice"}
_TITLE = re.compile(r"CY (20[0-9]{2}) GEOGRAPHIC PRACTICE COST IND", re.IGNORECASE)
_INDEX = re.compile(r"(20[0-9]{2}) (PW|PE|MP) GPCI(?: \(with 1\.0 Floor\))?", re.IGNORECASE)
_HEADERS = {"contractor": "Contractor", "state": "State", "number": "Locality Number", "name": "Locality Name"}
_YEAR_IN_NAME = re.compile(r"GPCI_?(20[0-9]{2})(?![0-9])", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,3}(\.[0-9]{0,20})?|\.[0-9]{1,20}", re.ASCII)
_KEYS = {"contractor": r"[0-9]{5}", "state": r"[A-Z]{2}", "number": r"[0-9]{2}"}
_WORDS = {"contractor": "contractor of five digits", "state": "state", "number": "locality of two digits"}
_FLOAT_NOISE = 1e-6  # of a workbook: 0.86899999999999999
_CELLS = 7


class _Table(NamedTuple):
    """What is read of a table: faults, the place of each column, localities by key, and contractors by `FL-04`."""

    faults: Faults
    columns: dict[str, int]
    records: dict[str, Record]
    labels: dict[str, str]


def matches(source: Source) -> bool:
    """Return whether a file has the title of practice cost indices, and their columns below it."""
    head = source.head_text[:4000]
    return bool(_TITLE.search(head) and _INDEX.search(head))


def read(source: Source, release: str | None) -> Content:
    """Return the indices of a file, one row for each locality. Raise FileError where it is not as CMS ships it."""
    year, said, warnings = _find_year(source, release)
    table = _Table(Faults(source), {}, {}, {})
    notes: list[str] = []
    for number, cells in _iter_rows(source):
        text = " ".join(cells).strip()
        if not table.columns:
            table.columns.update(_read_header(source, number, cells, year))
            if not table.columns and number > MAX_LINES_ABOVE:
                break
        elif any(cells[1:]) or cells[0].isdecimal():
            _read_row(table, number, cells)
        elif (title := _TITLE.search(text)) and title[1] != year:
            table.faults.add(number, f"begins a file of {title[1]} within one of {year}")
        elif text:
            notes.append(text)
    if not table.columns:
        raise FileError(f"{source.name}: refused: has no header of a GPCI file", hint=AS_SHIPPED)
    records = [*table.records.values()]
    reason, doubts = check_localities(year, table.labels, records)
    if not table.labels:
        reason = "has no localities"
    if reason:
        table.faults.add_first(reason)
    table.faults.raise_any(AS_SHIPPED)
    warnings += tuple(doubts)
    return Content(
        *("gpci", year, COLUMNS, records, []),
        notice="\n".join(notes),
        details={"rows": "localities", DOUBTS: "; ".join(warnings)},
        said=said,
        warnings=warnings,
    )


def _find_year(source: Source, given: str | None) -> tuple[str, str, tuple[str, ...]]:
    """Return the year in the title, what is to be said of another one that was given, and warnings."""
    head = source.head_text[:4000]
    title = _TITLE.search(head)
    year = title[1] if title else ""
    said = f"{year} by its title, not {given}" if given and given != year else ""
    warnings = []
    named = _YEAR_IN_NAME.search(source.names[-1])
    if named and named[1] != year:
        warnings.append(f"its name says {named[1]}, but its title says {year}")
    if "PROPOSED" in head[: title.start() if title else 0].upper():
        warnings.append(f"is of a proposed rule: the final indices of {year} may differ")
    return year, said, tuple(warnings)


def _iter_rows(source: Source) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows with their line numbers, those of aligned text split into seven cells."""
    if source.is_xlsx or re.search(r"State\"?,", source.head_text[:4000]):
        for number, row in source.rows():
            yield number, [" ".join(cell.split()) for cell in row] or [""]
        return
    for number, line in source.lines():
        words = line.split()
        if indices := [match[0] for match in _INDEX.finditer(line)]:
            yield number, [*_HEADERS.values(), *indices]
        elif words and words[0].isdecimal():
            is_whole = len(words) >= _CELLS
            yield number, [*words[:3], " ".join(words[3:-3]), *words[-3:]] if is_whole else words
        else:
            yield number, [" ".join(words)]


def _read_header(source: Source, number: int, cells: list[str], year: str) -> dict[str, int]:
    """Return the place of each column, nothing if this is no header. Raise FileError where it is of another year."""
    indices = [(place, match) for place, cell in enumerate(cells) if (match := _INDEX.match(cell))]
    if not indices:
        return {}
    years = {match[1] for _, match in indices}
    if years != {year}:
        named = ", ".join(sorted(years))
        problem = f"{source.name}: refused: line {number}: has columns of {named} under a title of {year}"
        raise FileError(problem, hint=AS_SHIPPED)
    columns = {name: place for place, cell in enumerate(cells) for name, header in _HEADERS.items() if header in cell}
    columns |= {_ABBREVIATIONS[match[2].upper()]: place for place, match in indices}
    if len({match[2].upper() for _, match in indices}) < len(indices):
        problem = f"{source.name}: refused: line {number}: has two columns of one index, as with and without a floor"
        raise FileError(problem, hint=AS_SHIPPED)
    if missing := [name for name in (*_KEYS, *COLUMNS) if name not in columns]:
        problem = f"{source.name}: refused: line {number}: the header lacks {', '.join(missing)}"
        raise FileError(problem, hint=AS_SHIPPED)
    return columns


def _read_row(table: _Table, number: int, cells: list[str]) -> None:
    """Note a locality, or what is wrong with it."""
    if len(cells) <= max(table.columns.values()):
        table.faults.add(number, f"does not have {_CELLS} cells: is the file cut off?")
        return
    values = {name: cells[place] for name, place in table.columns.items()}
    key = f"{values['contractor']}-{values['number']}"
    label = f"{values['state']}-{values['number'].zfill(2)}"
    indices = tuple(_parse_index(name, values[name]) for name in INDICES)
    name = values["name"].strip("* ")
    if wrong := next((name for name, pattern in _KEYS.items() if not re.fullmatch(pattern, values[name])), ""):
        lost = ": its leading zeros are lost" if values[wrong].isdecimal() else ""
        table.faults.add(number, f"{values[wrong]!r} is no {_WORDS[wrong]}{lost}")
    elif not all(indices):
        wrong = INDICES[indices.index("")]
        low, high = RANGES[wrong]
        table.faults.add(
            number, f"{label} has {values[wrong]!r} for its {wrong} index, which is between {low} and {high}"
        )
    elif label in table.labels or key in table.records:
        other = table.records[key].fields[0] if key in table.records and label not in table.labels else ""
        table.faults.add(number, f"{label} has the number {key} of {other}" if other else f"{label} comes twice")
    elif not name:
        table.faults.add(number, f"{label} has no name")
    else:
        table.records[key] = Record(key, "", (values["state"], name, *indices))
    table.labels[label] = values["contractor"]


def _parse_index(name: str, text: str) -> str:
    """Return an index with three decimals, "" if it is no number, has more of them, or is out of range."""
    if not _NUMBER.fullmatch(text):
        return ""
    low, high = RANGES[name]
    index = f"{float(text):.3f}"
    return index if low <= float(index) <= high and abs(float(index) - float(text)) < _FLOAT_NOISE else ""
