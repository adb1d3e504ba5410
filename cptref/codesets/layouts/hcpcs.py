"""HCPCS Level II with its modifiers as CMS ships it (ANWEB): text of fixed width, workbook and csv.

In text, a record has 320 or 293 characters, or fewer where blanks at its end are cut off, and a long description goes
on in further records. A workbook has the same columns under a header, with the whole description in one cell, but for
one code, which goes on in a second row. The release is derived from dates: a file has codes added on the first day of
its quarter, and codes that ended on the day before.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from cptref.codesets.hcpcs import MODIFIER, parse_day
from cptref.codesets.layouts import Faults
from cptref.codesets.releases import name_quarter
from cptref.codesets.store import Content, Line, Record
from cptref.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cptref.codesets.files import Source

COLUMNS = (
    *("long", "short", "pricing", "multiple_pricing", "cim", "mcm", "statute", "lab_certification", "xref"),
    *("coverage", "asc_group", "asc_date", "opps", "opps_indicator", "opps_date", "processing_note", "betos", "tos"),
    *("anesthesia_base", "added", "action_effective", "terminated", "action"),
)
# Each field: its header in a workbook, its first place in text (from 0), its width, how often it repeats.
_LAYOUT = {
    "code": ("HCPC", 0, 5, 1),
    "sequence": ("SEQNUM", 5, 5, 1),
    "kind": ("RECID", 10, 1, 1),
    "long": ("LONG DESCRIPTION", 11, 80, 1),
    "short": ("SHORT DESCRIPTION", 91, 28, 1),
    "pricing": ("PRICE", 119, 2, 4),
    "multiple_pricing": ("MULT_PI", 127, 1, 1),
    "cim": ("CIM", 128, 6, 3),
    "mcm": ("MCM", 146, 8, 3),
    "statute": ("STATUTE", 170, 10, 1),
    "lab_certification": ("LABCERT", 180, 3, 8),
    "xref": ("XREF", 204, 5, 5),
    "coverage": ("COV", 229, 1, 1),
    "asc_group": ("ASC_GRP", 230, 2, 1),
    "asc_date": ("ASC_DT", 232, 8, 1),
    "opps": ("OPPS", 240, 3, 1),
    "opps_indicator": ("OPPS_PI", 243, 1, 1),
    "opps_date": ("OPPS_DT", 244, 8, 1),
    "processing_note": ("PROCNOTE", 252, 4, 1),
    "betos": ("BETOS", 256, 3, 1),
    "tos": ("TOS", 260, 1, 5),
    "anesthesia_base": ("ANEST_BU", 265, 3, 1),
    "added": ("ADD DT", 268, 8, 1),
    "action_effective": ("ACT EFF DT", 276, 8, 1),
    "terminated": ("TERM DT", 284, 8, 1),
    "action": ("ACTION CD", 292, 1, 1),
}
RECORD_LETTERS = 293
_NEEDED = ("code", "sequence", "kind", "long", "short", "coverage", "added", "terminated", "action")
_HEADER = re.compile(r'^"?HCPC"?,"?SEQNUM"?,"?RECID"?(,|$)', re.MULTILINE)
_RECORD = re.compile(r"(?:   [A-Z0-9]{2}|[A-Z][0-9]{4})[0-9]{5}[3478]")
_CODE = re.compile(r"[A-CE-Z][0-9]{4}")
_MODIFIER = re.compile(r"[A-Z0-9]{2}")
_SEQUENCE = re.compile(r"0[0-9]{3,4}")
_PRICING = re.compile(r"([0-9]{2}( [0-9]{2}){0,3})?")
_CODE_LETTERS = 5
_FIRST, _FOLLOWING = {"3": "", "7": MODIFIER}, {"4": "", "8": MODIFIER}
MAX_LINES_ABOVE = 40  # of disclaimers; CMS's files have 11
_AS_SHIPPED = "take the file as CMS ships it"
# Codes and modifiers of releases whose files are known.
KNOWN_TOTALS = {
    "2019Q1": (6440, 360),
    "2020Q3": (6789, 369),
    "2020Q4": (6825, 371),
    "2026Q4": (8770, 384),
}


class _Row(NamedTuple):
    """One record of the file: its line, the number of its letters (0 in a workbook), its fields."""

    line: int
    size: int
    fields: dict[str, str]


def matches(source: Source) -> bool:
    """Return whether a file has the header or the records of HCPCS Level II."""
    text = source.head_text
    if _HEADER.search(text):
        return True
    if source.is_xlsx:
        return False
    lines = text.splitlines()[: 2 * MAX_LINES_ABOVE]
    first = next((place for place, line in enumerate(lines[:MAX_LINES_ABOVE]) if _find_record(line)), len(lines))
    below = lines[first:]
    # Half of them may be faulty, which is said when they are read.
    return bool(below) and sum(_find_record(line) is not None for line in below) * 2 >= len(below)


def read(source: Source, release: str | None) -> Content:
    """Return the codes and modifiers of a file. Raise FileError, with lines and reasons, for what CMS ships nowhere."""
    notice: list[str] = []
    has_header = bool(_HEADER.search(source.head_text))
    rows = [*(_iter_table(source, notice) if has_header else _iter_text(source, notice))]
    if not rows:
        raise FileError(f"{source.name}: has no codes", hint="download it again")
    records = _check(source, rows)
    derived, said = _derive_release(records, release)
    return Content(
        *("hcpcs", derived, COLUMNS, records),
        lines=[Line(record.code, "title", record.fields[0]) for record in records if record.sub != MODIFIER],
        notice="\n".join(notice),
        said=said,
        warnings=tuple(_compare_totals(records, derived)),
    )


def _find_record(line: str) -> re.Match[str] | None:
    """Return the match of a record, before which the first line of a file may have a stray byte."""
    return _RECORD.match(line) or _RECORD.match(line, 1)


def _iter_text(source: Source, notice: list[str]) -> Iterator[_Row]:
    places = [(name, start, width, times) for name, (_, start, width, times) in _LAYOUT.items()]
    is_above = True
    for number, line in source.lines():
        if is_above:
            match = _find_record(line)
            if not match:
                _note(notice, [line])
                continue
            is_above = False
            line = line[match.start() :]  # noqa: PLW2901 - without the stray byte
        elif not line.strip(" \t\x00\x1a"):
            continue
        padded = line.ljust(RECORD_LETTERS)
        yield _Row(
            number,
            len(line),
            {
                name: _join(padded[place : place + width] for place in range(start, start + width * times, width))
                for name, start, width, times in places
            },
        )


def _iter_table(source: Source, notice: list[str]) -> Iterator[_Row]:
    rows = source.rows()
    header: list[str] = []
    for _, cells in rows:
        if _HEADER.match(",".join(cells)):
            header = [cell.strip() for cell in cells]
            break
        _note(notice, cells)
    places = {}
    for name, (title, _, _, times) in _LAYOUT.items():
        titles = {title} if times == 1 else {f"{title}{place}" for place in range(1, times + 1)}
        places[name] = [place for place, cell in enumerate(header) if cell in titles]
    if missing := [_LAYOUT[name][0] for name in _NEEDED if not places[name]]:
        raise FileError(f"{source.name}: its header has no {', '.join(missing)}", hint=_AS_SHIPPED)
    single = [(name, found[0]) for name, found in places.items() if len(found) == 1]
    repeated = [(name, found) for name, found in places.items() if len(found) != 1]
    for number, cells in rows:
        if not any(cells):
            continue
        whole = [*map(str.strip, cells), *[""] * (len(header) - len(cells))]
        fields = {name: whole[place] for name, place in single}
        for name in ("long", "short"):
            fields[name] = _join((fields[name],))
        for name, found in repeated:
            fields[name] = " ".join([whole[place] for place in found if whole[place]])
        yield _Row(number, 0, fields)


def _join(parts: Iterable[str]) -> str:
    """Return texts as one, with single blanks: a line of a description is filled up with them."""
    return " ".join(chain.from_iterable(map(str.split, parts)))


def _note(notice: list[str], cells: Sequence[str]) -> None:
    text = _join(cells)
    if text:
        notice.append(text)


def _check(source: Source, rows: Sequence[_Row]) -> list[Record]:
    """Return the records, each with its whole description. Raise FileError for what no file of CMS has."""
    faults = Faults(source)
    lines: dict[tuple[str, str], int] = {}
    texts: list[list[str]] = []
    records: list[tuple[str, str, dict[str, str]]] = []
    previous: tuple[str, str, int] = ("", "", 0)
    for row in rows:
        fields = row.fields
        code, kind, sequence = fields["code"], fields["kind"], fields["sequence"]
        sub = _FIRST.get(kind, _FOLLOWING.get(kind))
        reason = _explain_key(code, sequence, sub)
        if sub is None or reason:
            faults.add(row.line, reason)
            continue
        step = 10 ** (len(sequence) - 3)
        key = (f"-{code}" if sub else code, sub)
        place = int(sequence)
        if kind in _FOLLOWING:
            if previous != (*key, place - step):
                faults.add(row.line, f"goes on with the text of {code}, but the record before it is missing")
            elif texts:
                texts[-1].append(fields["long"])
            previous = (*key, place)
            continue
        previous = (*key, place)
        if place != step:
            faults.add(row.line, f"is the first record of {code}, but its sequence number is {sequence}")
        if lines.setdefault(key, row.line) != row.line:
            faults.add(row.line, f"{code} is in line {lines[key]} already")
        for reason in _explain_fields(fields):
            faults.add(row.line, f"{code} {reason}")
        texts.append([fields["long"]])
        records.append((*key, fields))
    faults.raise_any(hint=f"{_AS_SHIPPED}; if it was saved by Excel, re-save it with every cell as text")
    _check_end(rows, faults)
    return [
        Record(code, sub, (" ".join(text), *(fields[name] for name in COLUMNS[1:])))
        for (code, sub, fields), text in zip(records, texts, strict=True)
    ]


def _explain_key(code: str, sequence: str, sub: str | None) -> str:
    """Return what is wrong with the code or the numbers of a record, "" if nothing is."""
    if sub is None:
        return "is no record: its record number is none of 3, 4, 7 and 8"
    if not _SEQUENCE.fullmatch(sequence):
        return f"sequence number of {code} is {sequence!r}, not one such as 0010: leading zeros are lost"
    return "" if (_MODIFIER if sub else _CODE).fullmatch(code) else _explain_code(code, sub)


def _explain_code(code: str, sub: str) -> str:
    if sub:
        return f"modifier {code!r} is not two letters or digits"
    if len(code) != _CODE_LETTERS:
        return f"code {code!r} has {len(code)} characters, not {_CODE_LETTERS}"
    if code[0] == "D":
        return f"{code} is a dental code, which no file of CMS has"
    return f"{code} is no code of HCPCS Level II, which has a letter and four digits"


def _explain_fields(fields: dict[str, str]) -> Iterator[str]:
    """Yield what is wrong with a first record."""
    added, ended = fields["added"], fields["terminated"]
    if not fields["action"] or not added:
        yield "has no date or no action code at its end: the record is cut off"
        return
    for name, words in (("added", "was added"), ("action_effective", "is changed"), ("terminated", "ends")):
        if fields[name] and not parse_day(fields[name]):
            yield f"{words} on {fields[name]!r}, which is no day"
    if ended and ended < added:
        yield f"ends on {ended}, before it was added on {added}"
    if not _PRICING.fullmatch(fields["pricing"]):
        yield f"has the pricing indicator {fields['pricing']!r}, not one such as 00: leading zeros are lost"
    if not fields["long"]:
        yield "has no description"


def _check_end(rows: Sequence[_Row], faults: Faults) -> None:
    """Raise FileError if the last record is shorter than all the others of its kind, which have one length."""
    *others, last = rows
    is_following = last.fields["kind"] in _FOLLOWING
    sizes = {row.size for row in others if (row.fields["kind"] in _FOLLOWING) == is_following}
    if len(sizes) == 1 and last.size < min(sizes):
        faults.add(last.line, f"has {last.size} characters, not {min(sizes)}: the file is cut off")
    faults.raise_any(hint="download it again")


def _derive_release(records: Sequence[Record], given: str | None) -> tuple[str, str]:
    """Return the release and what is to be said of it: the quarter in which the newest code was added."""
    added, ended = COLUMNS.index("added"), COLUMNS.index("terminated")
    newest = parse_day(max(record.fields[added] for record in records)) or date.min
    last = parse_day(max(record.fields[ended] for record in records))
    release = name_quarter(newest)
    after_end = name_quarter(last + timedelta(days=1)) if last else ""
    said = f"its newest code was added on {newest}"
    if after_end > release:
        if given == after_end:
            return given, f"its last code ended on {last}"
        return release, f"{said}, but codes end on {last}: if it is {after_end}, add --release {after_end}"
    if given and given != release:
        return release, f"{said}, so it is {release}, not {given}"
    return release, ""


def _compare_totals(records: Sequence[Record], release: str) -> Iterator[str]:
    modifiers = sum(record.sub == MODIFIER for record in records)
    totals = (len(records) - modifiers, modifiers)
    known = KNOWN_TOTALS.get(release, totals)
    if totals != known:
        yield (
            f"has {totals[0]:,} codes and {totals[1]:,} modifiers, but the file of CMS has {known[0]:,} and "
            f"{known[1]:,}: download it again"
        )
