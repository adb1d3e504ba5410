"""The AMA's descriptor files, which licensed users have: LONGULT, MEDU and SHORTU.

Each is text: the notice, a blank line, then a line for each code, with a tab or blanks between the code and its text.
Which of the three a file is shows in its texts: short ones are in capitals and have 28 characters at most, medium ones
have 48.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cptref.codesets.layouts import Faults, require_release, say_name
from cptref.codesets.store import Content, Line, Record
from cptref.errors import FileError

if TYPE_CHECKING:
    from cptref.codesets.files import Source

COLUMNS = ("text",)
_ROW = re.compile(r"([0-9]{4}[0-9FTUMA])(?:\t| +)(\S.*)")
_SHAPE = re.compile(r"[0-9]{4}[0-9FTUMA][\t ]+\S")
_COPYRIGHT = re.compile(r"American Medical Association|\bAMA\b")
# How a notice names its release. The year of a copyright is often another one.
_RELEASE = re.compile(
    r"(?:CPT\W{0,3}|Release |Version |Data Files? |effective January 1, )(20[0-9]{2})(?![0-9])"
    r"|(?<![0-9])(20[0-9]{2}) (?:release|edition)\b",
    re.IGNORECASE,
)
_NAMES = ((r"(?<!\d)(20\d\d)(?!\d)", r"\1"),)
MAX_SHORT_LETTERS, MAX_MEDIUM_LETTERS = 28, 48
MIN_ROWS_RECOGNIZED = 3
MAX_NOTICE_LINES = 60
_AS_SHIPPED = "take the file as the AMA ships it"


def matches(source: Source) -> bool:
    """Return whether a file begins with a notice of the AMA, a blank line, and codes with their texts."""
    if source.is_xlsx:
        return False
    lines = [line.strip() for line in source.head_text.splitlines()[: MAX_NOTICE_LINES + MIN_ROWS_RECOGNIZED]]
    first = next((number for number, line in enumerate(lines) if _SHAPE.match(line)), 0)
    rows = lines[first : first + MIN_ROWS_RECOGNIZED]
    return (
        first > 1
        and not lines[first - 1]
        and _COPYRIGHT.search(" ".join(lines[:first])) is not None
        and all(_SHAPE.match(row) for row in rows)
    )


def read(source: Source, release: str | None) -> Content:
    """Return the text of each code. Raise FileError where the file is not as the AMA ships it."""
    notice: list[str] = []
    records: dict[str, Record] = {}
    faults = Faults(source)
    for number, line in source.lines():
        row = _ROW.fullmatch(line.rstrip())
        if row is None and not records:
            notice.append(line.rstrip())
        elif row is None:
            if line.strip():
                faults.add(number, "is not a code of five characters and its text: did Excel drop its zeros?")
        elif row[1] in records:
            faults.add(number, f"{row[1]} comes twice")
        else:
            records[row[1]] = Record(row[1], "", (row[2].strip(),))
    if not records:
        raise FileError(f"{source.name}: has no codes", hint=_AS_SHIPPED)
    faults.raise_any(_AS_SHIPPED)
    text = "\n".join(notice).strip()
    named = _RELEASE.search(text)
    year = (named[1] or named[2]) if named else require_release(source, release, _NAMES, "2026")
    said = f"{year} by its notice, not {release}" if release and release != year else ""
    return Content(
        *("cpt", year, COLUMNS, [*records.values()]),
        lines=[Line(code, "title", record.fields[0]) for code, record in records.items()],
        part=_find_part([record.fields[0] for record in records.values()]),
        notice=text,
        said=said if named else say_name(release, year),
    )


def _find_part(texts: list[str]) -> str:
    longest = max(map(len, texts))
    if longest <= MAX_SHORT_LETTERS and all(text == text.upper() for text in texts):
        return "short"
    return "medium" if longest <= MAX_MEDIUM_LETTERS else "long"
