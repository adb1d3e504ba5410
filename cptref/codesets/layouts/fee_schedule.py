"""The Medicare Physician Fee Schedule Relative Value File (PPRRVU) as CMS ships it: csv, workbook, fixed-width text."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import repeat
from operator import add
from typing import TYPE_CHECKING

from cptref.codesets.layouts import require_release, say_name
from cptref.codesets.layouts.fee_schedule_rows import read_rows
from cptref.codesets.releases import effective_days
from cptref.codesets.store import Content, Line, Record
from cptref.money import KNOWN_FACTORS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cptref.codesets.files import Source

# Texts and indicators as in the file, amounts with two decimal places. `sub` is the modifier.
COLUMNS = (
    *("text", "status", "not_used", "work", "nonfacility_pe", "nonfacility_na", "facility_pe", "facility_na", "mp"),
    *("nonfacility_total", "facility_total", "pctc", "global", "preoperative", "intraoperative", "postoperative"),
    *("multiple", "bilateral", "assistant", "cosurgeon", "team", "endoscopic_base", "supervision", "calculation"),
    *("imaging_family", "opps_nonfacility_pe", "opps_facility_pe", "opps_mp"),
)
_TITLE = re.compile(r"(20[0-9]{2}) National Physician Fee Schedule Relative Value File\b", re.IGNORECASE)
_MONTH = re.compile(r"\b(Jan|Apr|Jul|Oct)[a-z]* Release", re.IGNORECASE)
_RELEASED = re.compile(r"RELEASED +([0-9]{2})/([0-9]{2})/([0-9]{4})", re.IGNORECASE)
_LETTERS = {"Jan": "A", "Apr": "B", "Jul": "C", "Oct": "D"}
_NAMES = (
    *((rf"PPRRVU(?:20)?([0-9]{{2}})_?{month}", rf"20\1{letter}") for month, letter in _LETTERS.items()),
    (r"RVU(?:20)?([0-9]{2})([A-D])(?![A-Z])", r"20\1\2"),
)
_LONGEST_WAIT = timedelta(days=120)  # from the day on which CMS releases a file to its first day in force
KNOWN_ROWS = {"2025D": 19_090, "2026C": 19_356}
# For participants in advanced APMs.
_KINDS = {
    factor: kind
    for pair in KNOWN_FACTORS.values()
    for factor, kind in zip(pair, ("not qualifying", "qualifying"), strict=True)
}


def matches(source: Source) -> bool:
    """Return whether a file is one of relative values: it says so in its title, or has its lines of notice."""
    head = source.head_text[:4000]
    is_fixed = head.startswith("HDR ") and "AMERICAN MEDICAL ASSOCIATION" in head and "DENTAL" in head
    return is_fixed or bool(_TITLE.search(head))


def read(source: Source, release: str | None) -> Content:
    """Return the rows of a file, one for each code and modifier. Raise FileError where it is not as CMS ships it."""
    rows = read_rows(source, COLUMNS[1:])
    derived, said, details, warnings = _find_release(source, rows.preamble, release)
    details["factor"] = rows.factor
    if rows.factor in _KINDS:
        details["apm"] = _KINDS[rows.factor]
    fields = map(add, zip(rows.texts), rows.fields)
    records = [*map(tuple.__new__, repeat(Record), zip(rows.codes, rows.modifiers, fields, strict=True))]
    known = KNOWN_ROWS.get(derived, len(records))
    if known != len(records):
        warnings += (f"has {len(records):,} rows, but the file of CMS has {known:,}",)
    return Content(
        *("pfs", derived, COLUMNS, records, _list_lines(rows.codes, rows.texts)),
        part=rows.factor,
        notice="\n".join(line for line in rows.preamble if not (_TITLE.match(line) or _RELEASED.match(line))),
        details=details,
        said=said,
        warnings=warnings,
    )


def _list_lines(codes: Sequence[str], texts: Sequence[str]) -> list[Line]:
    """Return a line for each code: the text of its first row, which is the one without a modifier."""
    titles = dict(zip(reversed(codes), reversed(texts), strict=True))
    return [tuple.__new__(Line, (code, "title", text)) for code, text in reversed(titles.items()) if text]


def _find_release(
    source: Source, preamble: tuple[str, ...], given: str | None
) -> tuple[str, str, dict[str, str], tuple[str, ...]]:
    """Return the release, what is to be said of it, details, and warnings. Its title names it, else its file's name."""
    title = next((line for line in preamble if _TITLE.match(line)), "")
    month = _MONTH.search(title)
    if not month:
        release = require_release(source, given, _NAMES, "2026C").upper()
        return release, say_name(given, release), {}, ()
    release = title[:4] + _LETTERS[month[1].capitalize()]
    said = f"{release} by its title, not {given}" if given and given != release else ""
    day = next(filter(None, map(_RELEASED.search, preamble)), None)
    if not day:
        return release, said, {}, ()
    released = f"{day[3]}-{day[1]}-{day[2]}"
    first, last = effective_days("pfs", release)
    is_likely = str(first - _LONGEST_WAIT) <= released <= str(last)
    warning = f"says that it was released on {released}, but its title is that of {release}"
    return release, said, {"released": released}, () if is_likely else (warning,)
