"""The file of CMS with the Medicare locality of each ZIP code (ZIP5): text of fixed width.

The layout is that of the record layout beside the file: state 1-2, ZIP code 3-7, contractor 8-12, locality 13-14,
plus-four flag 21, year and quarter 76-80, the same on each line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cptref.codesets.layouts import Faults
from cptref.codesets.localities import ZIP_COLUMNS
from cptref.codesets.store import Content, Record
from cptref.errors import FileError

if TYPE_CHECKING:
    from cptref.codesets.files import Source

LINE_CHARACTERS = 80
# State, ZIP code, contractor, locality, plus-four flag, quarter. A ZIP9 file has a digit behind the
# flag. Kansas and Missouri are EK, WK, EM and WM in part.
_LINE = re.compile(r"([A-Z]{2})([0-9]{5})([0-9]{5})([0-9]{2}).{6}([01]) .{53}(20[0-9]{2}[1-4])", re.ASCII)
KNOWN_ROWS = {"2025Q4": 42_956}
MIN_ROWS = 40_000  # of a whole file: there are some 43,000 ZIP codes
_AGAIN = "download the ZIP code to carrier locality zip from CMS again"


def matches(source: Source) -> bool:
    """Return whether the first lines of a file are those of ZIP codes: a notice is not above them."""
    lines = [line.rstrip("\r") for line in source.head_text[:4000].split("\n")[:2]]
    return any(map(_LINE.fullmatch, lines))


def read(source: Source, release: str | None) -> Content:
    """Return the localities of a file, one for each ZIP code. Raise FileError where it is not as CMS ships it."""
    faults = Faults(source)
    records: dict[str, Record] = {}
    quarter = ""
    for number, line in source.lines():
        match = _LINE.fullmatch(line)
        if not match:
            if line.strip(" \x1a"):
                faults.add(number, _explain(line))
            continue
        state, code, contractor, locality, plus_four, at = match.groups()
        if at != (quarter := quarter or at):
            faults.add(number, f"is of {_name(at)}, but the lines above are of {_name(quarter)}")
        elif code in records:
            faults.add(number, f"{code} comes twice")
        else:
            records[code] = Record(code, "", (state, contractor, locality, plus_four))
    faults.raise_any(_AGAIN)
    if not records:
        raise FileError(f"{source.name}: refused: has no ZIP codes", hint=_AGAIN)
    derived = _name(quarter)
    return Content(
        *("zip", derived, ZIP_COLUMNS, [*records.values()], []),
        details={"rows": "ZIP codes"},
        said=f"{derived} by its lines, not {release}" if release and release.upper() != derived else "",
        warnings=tuple(filter(None, [_doubt_count(derived, len(records))])),
    )


def _name(quarter: str) -> str:
    """Return a quarter by its name: 2025Q4 for 20254."""
    return f"{quarter[:4]}Q{quarter[4:]}"


def _explain(line: str) -> str:
    if len(line) != LINE_CHARACTERS:
        return f"has {len(line):,} of {LINE_CHARACTERS} characters: is the file cut off?"
    return f"is not a ZIP code with its locality: {line[:14]!r}"


def _doubt_count(quarter: str, count: int) -> str:
    """Return that there are fewer or more ZIP codes than CMS has, "" if there are not."""
    known = KNOWN_ROWS.get(quarter, count)
    if count != known:
        return f"has {count:,} ZIP codes, but the file of CMS has {known:,}: download it again"
    return f"has {count:,} ZIP codes, but files of CMS have some 43,000: is it cut off?" if count < MIN_ROWS else ""
