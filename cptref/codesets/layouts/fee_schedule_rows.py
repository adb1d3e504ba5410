"""The rows of a fee schedule, of each of its three forms, checked.

Columns are found by their header, which is stacked over several lines: from year to year they move, come and go.

A row is its code, modifier and text, and a rest that half of the rows share with others. Only the distinct rests are
split and checked, each by one pattern; rows are looked at one by one only to say what is wrong with them. This takes
less time than splitting every row.
"""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from functools import cache
from itertools import islice, zip_longest
from operator import add, itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from cptref.codesets.layouts import AS_SHIPPED, MAX_LINES_ABOVE, Faults, explain_code
from cptref.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    from cptref.codesets.files import Source

_KEYS = ("code", "modifier", "text")
# The header of a column, its lines joined and all but letters left out -> its name.
_HEADERS = {
    "HCPCS": "code",
    "MOD": "modifier",
    "DESCRIPTION": "text",
    "STATUSCODE": "status",
    "NOTUSEDFORMEDICAREPAYMENT": "not_used",
    "WORKRVU": "work",
    "NONFACPERVU": "nonfacility_pe",
    "NONFACNAINDICATOR": "nonfacility_na",
    "FACILITYPERVU": "facility_pe",
    "FACILITYNAINDICATOR": "facility_na",
    "MPRVU": "mp",
    "NONFACILITYTOTAL": "nonfacility_total",
    "FACILITYTOTAL": "facility_total",
    "PCTCIND": "pctc",
    "GLOBDAYS": "global",
    "PREOP": "preoperative",
    "INTRAOP": "intraoperative",
    "POSTOP": "postoperative",
    "MULTPROC": "multiple",
    "BILATSURG": "bilateral",
    "ASSTSURG": "assistant",
    "COSURG": "cosurgeon",
    "TEAMSURG": "team",
    "ENDOBASE": "endoscopic_base",
    "CONVFACTOR": "factor",
    "PHYSICIANSUPERVISIONOFDIAGNOSTICPROCEDURES": "supervision",
    "CALCULATIONFLAG": "calculation",
    "DIAGNOSTICIMAGINGFAMILYINDICATOR": "imaging_family",
    "NONFACILITYPEUSEDFOROPPSPAYMENTAMOUNT": "opps_nonfacility_pe",
    "FACILITYPEUSEDFOROPPSPAYMENTAMOUNT": "opps_facility_pe",
    "MPUSEDFOROPPSPAYMENTAMOUNT": "opps_mp",
}
# Fixed-width text has the columns above in this order. Where each ends; blanks stand before the endoscopic base.
_ENDS = (
    *(5, 7, 57, 58, 59, 65, 72, 74, 81, 83, 89, 96, 102, 103, 106, 109, 112, 115, 116, 117, 118, 119, 120),
    *(132, 140, 143, 144, 147, 157, 164, 171),
)
FIXED_WIDTH = _ENDS[-1]
_SLICES = {name: slice(start, end) for name, start, end in zip(_HEADERS.values(), (0, *_ENDS), _ENDS, strict=False)} | {
    "endoscopic_base": slice(127, 132)
}

_AMOUNT = "[0-9]{1,4}[.][0-9]{2}"
_PATTERNS = {
    "": "[^,]*",
    "code": "[0-9A-Z]{5}",
    "modifier": "(?:[0-9A-Z]{2})?",
    "status": "[A-Z]",
    "not_used": "[+]?",
    "nonfacility_na": "(?:NA)?",
    "facility_na": "(?:NA)?",
    "global": "(?:[0-9]{3}|[A-Z]{3})",
    "endoscopic_base": "(?:[0-9A-Z]{5})?",
    "factor": "[0-9]{2}[.][0-9]{4}",
    "supervision": "(?:[0-9A-Z]{2})?",
    "imaging_family": "[0-9A-Z]{0,2}",
    **dict.fromkeys(("pctc", "multiple", "bilateral", "assistant", "cosurgeon", "team", "calculation"), "[0-9]?"),
}
_TOTALS = {"nonfacility_total": "nonfacility_pe", "facility_total": "facility_pe"}
_PLACES = {name: 2 for name in _HEADERS.values() if name not in (*_PATTERNS, "text")} | {"factor": 4}
_NUMBER = re.compile(r"[0-9]+(?:[.][0-9]+)?(?:E-[0-9]+)?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]").search
_SMALLEST = Decimal("0.000001")  # more than the binary numbers of a workbook are off


class Rows(NamedTuple):
    """The rows of a file: codes, modifiers, texts, and fields of the names asked for; and the text above its header."""

    codes: Sequence[str]
    modifiers: Sequence[str]
    texts: Sequence[str]
    fields: Sequence[tuple[str, ...]]
    factor: str
    preamble: tuple[str, ...]


class _Table(NamedTuple):
    """Rows as they are read: the line of each, its keys, and its rest, which `join` turns into cells with commas.

    `names` are those of the columns of a rest, "" for one that is not needed.
    """

    names: Sequence[str]
    numbers: Sequence[int]
    keys: Sequence[Sequence[str]]
    rests: Sequence[Hashable]
    join: Callable[[Any], str]
    preamble: tuple[str, ...]


def read_rows(source: Source, names: Sequence[str]) -> Rows:
    """Return the rows with fields of these names. Raise FileError where they are not as in a file of CMS."""
    if source.head_text.startswith("HDR "):
        table = _read_fixed(source)
    else:
        table = _read_sheet(source) if source.is_xlsx else _read_csv(source)
    if not table.rests:
        raise FileError(f"{source.name}: has no rows", hint="download it again")
    joined = {rest: table.join(rest) for rest in dict.fromkeys(table.rests)}
    codes, modifiers, texts = table.keys
    columns = _split(table.names, joined.values())
    if not (
        columns
        and all(map(_compile("code"), {*codes}))
        and all(map(_compile("modifier"), {*modifiers}))
        and not _CONTROL("".join(texts))
        and len({*zip(codes, modifiers, strict=True)}) == len(codes)
    ):
        raise _explain(source, table, joined)
    fields = dict(zip(joined, zip(*(columns[name] for name in names), strict=True), strict=True))
    rests = [*map(fields.__getitem__, table.rests)]
    return Rows(codes, modifiers, texts, rests, columns["factor"][0], table.preamble)


# Forms


def _read_csv(source: Source) -> _Table:
    lines = source.raw_lines()
    reader = csv.reader(lines)
    numbered = ((reader.line_num, cells) for cells in reader)
    try:
        names, preamble = _read_header(source, numbered)
        if tuple(names[: len(_KEYS)]) != _KEYS:
            return _read_cells(numbered, names, preamble)
    except csv.Error as error:
        raise FileError(f"{source.name}: line {reader.line_num}: {error}") from error
    first = reader.line_num + 1
    rows = [_split_quoted(line) if '"' in line else line.split(",", len(_KEYS)) for line in lines]
    while rows and not "".join(rows[-1]).strip(", \r\n"):
        rows.pop()
    full_row = ("",) * (len(_KEYS) + 1)  # so that there are four columns even if every row is cut off
    *keys, rests = (column[1:] for column in zip_longest(full_row, *rows, fillvalue=""))
    stripped = [[*map(str.strip, column)] for column in keys]
    numbers = range(first, first + len(rows))
    return _Table(names[len(_KEYS) :], numbers, stripped, rests, lambda rest: rest.replace(" ", "").rstrip(), preamble)


def _split_quoted(line: str) -> list[str]:
    cells = next(csv.reader([line]))
    return [*cells[: len(_KEYS)], ",".join(cells[len(_KEYS) :])]


def _read_sheet(source: Source) -> _Table:
    """Read a workbook, where amounts are numbers: 0 for 0.00, and 0.6899999999999999 for 0.69."""
    numbered = source.rows()
    table = _read_cells(numbered, *_read_header(source, numbered))
    places = [_PLACES.get(name) for name in table.names]
    return table._replace(join=lambda rest: ",".join(map(_round_cell, rest, places)))


def _round_cell(cell: str, places: int | None) -> str:
    """Return a number with so many decimal places, as it is if it isn't one or has more."""
    if places is None or not _NUMBER.fullmatch(cell):
        return cell
    number = Decimal(cell)
    rounded = round(number, places)
    return str(rounded) if abs(rounded - number) < _SMALLEST else cell


def _read_cells(numbered: Iterator[tuple[int, list[str]]], names: Sequence[str], preamble: tuple[str, ...]) -> _Table:
    """Read rows that are split already, with their columns in any order."""
    pick_keys = itemgetter(*map(names.index, _KEYS))
    others = [place for place, name in enumerate(names) if name not in _KEYS]
    pick_rest = itemgetter(*others)
    numbers: list[int] = []
    keys: list[tuple[str, ...]] = [("", "", "")]
    rests: list[tuple[str, ...]] = []
    for number, row in numbered:
        cells = [*map(str.strip, row), *[""] * (len(names) - len(row))]
        if any(cells):
            numbers.append(number)
            keys.append(pick_keys(cells))
            rests.append(pick_rest(cells) if len(row) <= len(names) else ())
    columns = [column[1:] for column in zip(*keys, strict=True)]
    return _Table([names[place] for place in others], numbers, columns, rests, ",".join, preamble)


def _read_fixed(source: Source) -> _Table:
    notice: list[str] = []
    numbers: list[int] = []
    lines: list[str] = []
    for number, line in source.lines():
        if line.startswith("HDR "):
            notice.append(line[4:].strip())
        elif line.strip():
            numbers.append(number)
            lines.append(line.rstrip())
    keys = [[line[_SLICES[key]].strip() for line in lines] for key in _KEYS]
    start = _SLICES["text"].stop
    rests = [line[start:] for line in lines]
    names = [name for name in _SLICES if name not in _KEYS]
    slices = [slice(_SLICES[name].start - start, _SLICES[name].stop - start) for name in names]

    def join(rest: str) -> str:
        cells = (rest[piece].strip() for piece in slices)
        whole = len(rest) == FIXED_WIDTH - start
        return ",".join(f"0{cell}" if cell[:1] == "." else cell for cell in cells) if whole else ""

    return _Table(names, numbers, keys, rests, join, tuple(notice))


def _read_header(source: Source, numbered: Iterator[tuple[int, list[str]]]) -> tuple[list[str], tuple[str, ...]]:
    """Return the name of each column, "" for one that is not needed, and the lines of text above the header."""
    above: list[list[str]] = []
    for _, row in islice(numbered, MAX_LINES_ABOVE):
        above.append([cell.strip() for cell in row])
        if {"HCPCS", "MOD", "DESCRIPTION"} <= {*above[-1]}:
            break
    else:
        raise FileError(f"{source.name}: has no header with HCPCS, MOD and DESCRIPTION", hint=AS_SHIPPED)
    last = above[-1]
    padded = [cells + [""] * (len(last) - len(cells)) for cells in above]
    # Lines of title and notice stand where codes, modifiers or texts do; those of the header don't.
    pick_keys = itemgetter(*map(last.index, ("HCPCS", "MOD", "DESCRIPTION")))
    start = len(above) - 1
    while start and not any(pick_keys(padded[start - 1])):
        start -= 1
    headers = ("".join(lines).upper() for lines in zip(*padded[start:], strict=False))
    names = [_HEADERS.get(re.sub("[^A-Z]", "", header), "") for header in headers]
    if missing := [name.replace("_", " ") for name in _HEADERS.values() if name not in names]:
        columns = "column" if len(missing) == 1 else "columns"
        raise FileError(f"{source.name}: has no {columns} for {', '.join(missing)}", hint=AS_SHIPPED)
    return names, tuple(filter(None, (" ".join(filter(None, cells)) for cells in above[:start])))


# Checks


@cache
def _compile(*names: str) -> Callable[[str], object]:
    return re.compile(",".join(_PATTERNS.get(name, _AMOUNT) for name in names)).fullmatch


def _split(names: Sequence[str], rests: Iterable[str]) -> dict[str, Sequence[str]]:
    """Return the columns of the rests of rows by name; none if something is wrong in them."""
    if not all(map(_compile(*names), rests)):
        return {}
    split = zip(*(rest.split(",") for rest in rests), strict=True)
    columns: dict[str, Sequence[str]] = dict(zip(names, split, strict=True))
    amounts = {name: columns[name] for name in ("work", "mp", *_TOTALS, *_TOTALS.values())}
    cents = {amount: int(amount.replace(".", "")) for amount in {*()}.union(*amounts.values())}
    work, mp = (map(cents.__getitem__, amounts[name]) for name in ("work", "mp"))
    shared = [*map(add, work, mp)]
    are_sums = all(
        [*map(add, shared, map(cents.__getitem__, amounts[pe]))] == [*map(cents.__getitem__, amounts[total])]
        for total, pe in _TOTALS.items()
    )
    return columns if are_sums and len({*columns["factor"]}) == 1 else {}


def _explain(source: Source, table: _Table, joined: Mapping[Hashable, str]) -> FileError:
    """Return the error that says what is wrong with each row."""
    faults = Faults(source)
    cells = {rest: text.split(",") for rest, text in joined.items()}
    reasons = {rest: _explain_rest(table.names, row) for rest, row in cells.items()}
    place = table.names.index("factor")
    lines: dict[tuple[str, str], int] = {}
    factor = ""
    for number, code, modifier, text, rest in zip(table.numbers, *table.keys, table.rests, strict=True):
        first = lines.setdefault((code, modifier), number)
        reason = _explain_values({"code": code, "modifier": modifier}) or reasons[rest]
        if not reason and _CONTROL(text):
            reason = f"the text of {code} has a control character"
        if not reason and first != number:
            reason = f"{code}{modifier and '-'}{modifier} is in line {first} already"
        if not reason:
            factor = factor or cells[rest][place]
            if cells[rest][place] != factor:
                reason = f"the conversion factor is {cells[rest][place]}, but {factor} above: two files are mixed"
        if reason:
            faults.add(number, reason)
    return faults.make_error(AS_SHIPPED)


def _explain_rest(names: Sequence[str], cells: Sequence[str]) -> str:
    """Return what is wrong with the rest of a row, "" if nothing is."""
    if len(cells) != len(names):
        return "has fewer or more columns than a row of this file: it is cut off or damaged"
    values = dict(zip(names, cells, strict=True))
    if reason := _explain_values(values):
        return reason
    for total, pe in _TOTALS.items():
        parts = sum(Decimal(values[name]) for name in ("work", pe, "mp"))
        if parts != Decimal(values[total]):
            return f"{total.replace('_', ' ')} is {values[total]}, but its parts come to {parts}"
    return ""


def _explain_values(values: Mapping[str, str]) -> str:
    """Return what is wrong with the first value that is, "" if none is."""
    for name, value in values.items():
        if _compile(name)(value):
            continue
        words = name.replace("_", " ")
        if name == "code":
            return explain_code(value)
        if any(letter.isdigit() and not letter.isascii() for letter in value):
            return f"{words} {value!r} has digits other than 0 to 9"
        return f"{words} is {value!r}" + ("" if name in _PATTERNS else ", not an amount such as 0.00")
    return ""
