"""The code descriptions of ICD-10-CM as CMS ships them: the order file, and the codes file with billable codes only.

Nothing in them says of which year they are. The number of rows and of billable codes does, for the years whose totals
are known; else the name of the file.
"""

from __future__ import annotations

import re
from itertools import groupby
from os.path import commonprefix
from typing import TYPE_CHECKING

from cptref.codesets.icd10cm import CHARACTERS, KNOWN_TOTALS, SET, check_totals, dot, find_parent
from cptref.codesets.layouts import Faults, require_release
from cptref.codesets.store import Content, Line, Record
from cptref.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cptref.codesets.files import Source

COLUMNS = ("title", "billable", "short")
LINES_LOOKED_AT = 20
# Order number, code, 0 for a header and 1 for a billable code, text of up to 60 characters, long text.
_ORDER_LINE = re.compile(r"([0-9]{5}) (?=.{7} )([A-Z][0-9A-Z]{2,6}) +(?<=^.{14})([01]) (?=.{60} )(.*)")
_CODES_LINE = re.compile(r"(?=.{7} )([A-Z][0-9][0-9A-Z]{1,5}|QA[0-9A-Z]{1,5}) +(?<=^.{8})(\S.*[a-z]{3}.*)")
_SHORT_LETTERS = 60
_YEAR_IN_NAME = ((r"(?<![0-9])(20[0-9]{2})(?![0-9])", r"\1"),)


def matches(source: Source) -> bool:
    """Return whether a file is an order file or a codes file. Crosswalks and addenda are neither."""
    return bool(_find_part(source))


def read(source: Source, release: str | None) -> Content:
    """Return the codes of a file. Raise FileError where it is not as CMS ships it."""
    part = _find_part(source)
    records = _read_order(source) if part == "order" else _read_codes(source)
    billable = sum(record.fields[1] == "1" for record in records)
    rows = len(records) if part == "order" else None
    given = (release or "").removeprefix("FY")
    year = next(
        (
            year
            for year, known in KNOWN_TOTALS.items()
            if known.billable == billable and known.rows == (rows or known.rows)
        ),
        "",
    )
    said = f"its totals say {year}, not {given}" if given not in {"", year} else ""
    if not year:
        year = require_release(source, given, _YEAR_IN_NAME, "2027")
        said = "" if given else f"taken for FY{year}, as its name says: nothing in it does"
    warning = check_totals(source.name, year, rows, billable)
    return Content(
        *(SET, year, COLUMNS, records),
        lines=[*_iter_lines(records)],
        part=part,
        details={"billable": str(billable)} | ({"codes": str(rows)} if rows else {}),
        said=said,
        warnings=(warning,) if warning else (),
    )


def _iter_lines(records: list[Record]) -> Iterator[Line]:
    """Yield a line for each code, but one for all codes that differ only in their 7th character.

    It leads to the code without that character, whose text theirs begin with. C44.1021 and its siblings are codes of
    their own: they have texts of their own.
    """
    codes: set[str] = set()
    for stem, group in groupby(
        records, lambda record: record.code[:CHARACTERS] if len(record.code) > CHARACTERS else ""
    ):
        siblings = [*group]
        shared = commonprefix([record.fields[0] for record in siblings]).rpartition(", ")[0] if stem else ""  # noqa: RUF071 - of texts
        if not shared:
            yield from (Line(record.code, "title", record.fields[0]) for record in siblings)
        elif (code := stem.rstrip("X").rstrip(".")) not in codes:  # as it is in a codes file, which has no headers
            yield Line(code, "title", shared)
        codes.update(record.code for record in siblings)


def _find_part(source: Source) -> str:
    lines = source.head_text.splitlines()[:LINES_LOOKED_AT]
    if any(_ORDER_LINE.match(line) for line in lines):
        return "order"
    return "codes" if lines and all(_CODES_LINE.match(line) for line in lines) else ""


def _read_order(source: Source) -> list[Record]:
    faults = Faults(source)
    records: list[Record] = []
    codes: set[str] = set()
    count = 0
    for number, line in source.lines():
        if not line.strip():
            continue
        count += 1
        match = _ORDER_LINE.match(line)
        if not match:
            faults.add(number, "has no order number, code, flag and text where they belong: it is cut off or damaged")
            continue
        order, code, flag, text = match.groups()
        if int(order) != count:
            faults.add(number, f"has order number {order}, not {count:05}: lines are missing or doubled")
            count = int(order)
        if code in codes:
            faults.add(number, f"{dot(code)} comes twice")
        elif find_parent(code, codes) is None:
            faults.add(number, f"{dot(code)} comes before its category or without it")
        codes.add(code)
        long = text[_SHORT_LETTERS + 1 :].strip()
        if not long:
            faults.add(number, f"{dot(code)} has no long text")
        records.append(Record(dot(code), "", (long, flag, text[:_SHORT_LETTERS].strip())))
    faults.raise_any(hint="download it again")
    return records


def _read_codes(source: Source) -> list[Record]:
    faults = Faults(source)
    records: list[Record] = []
    codes: set[str] = set()
    for number, line in source.lines():
        if not line.strip():
            continue
        match = _CODES_LINE.match(line)
        if not match:
            faults.add(number, "has no code and text where they belong: it is cut off or damaged")
            continue
        code, text = match.groups()
        if code in codes:
            faults.add(number, f"{dot(code)} comes twice")
        codes.add(code)
        records.append(Record(dot(code), "", (text.strip(), "1", "")))
    faults.raise_any(hint="download it again")
    if not records:
        raise FileError(f"{source.name}: has no codes", hint="download it again")
    return records
