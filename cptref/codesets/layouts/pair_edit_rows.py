"""The rows of pair edits as CMS ships them: text with tabs between seven columns, under six lines of notice and header.

A workbook or csv has the same columns. Rows are read and checked some kilobytes at a time: there are millions.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date
from itertools import compress, count, groupby, islice, zip_longest
from operator import eq
from typing import TYPE_CHECKING

from cptref.codesets.layouts import AS_SHIPPED, MAX_LINES_ABOVE, Faults, explain_code
from cptref.codesets.pair_edits import (
    CODE_LETTERS,
    COLUMNS,
    MAX_REASONS,
    NO_END,
    REASONS,
    encode_day,
    pack_reasons,
    pack_rows,
)
from cptref.codesets.store import ROW_SEPARATOR, Record
from cptref.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cptref.codesets.files import Source

TITLE = re.compile(r"Column ?1 ?/ ?Column ?2 Edits", re.IGNORECASE)
MAX_KINDS = 200_000  # of what stands behind the codes of rows; the four files have 20,694
MAX_CODES = 100_000  # in column 1, and in column 2 of one code and of all; CMS has 12,828, 412 and 10,652
_BLOCK_ROWS = 1000  # of a workbook or csv, read at a time
_HEADER = ("column1", "column2", "*=inexistence", "effective", "deletion", "modifier", "ptpeditrationale")
_HAS_TABS = re.compile(r'^"?Column ?1"?\t', re.IGNORECASE | re.MULTILINE)
_ROW = re.compile(r"^([0-9A-Z]{5})\t([0-9A-Z]{5})\t([^\r\n]+)\r?\n", re.MULTILINE)
_DAY = re.compile("[0-9]{8}")
_OPEN = "*"  # for the deletion date of an edit that has none
_NEVER = "9"  # the indicator of rows that were deleted on the day they began
_OLD = ""  # stands instead of letters for rows that are not stored


class _Tails(dict[str, str]):
    """What stands behind the codes of a row -> its three letters; read once, since many rows end alike."""

    def __init__(self, since: int | None) -> None:
        super().__init__()
        self._since = f"{since or 0:04}0101"
        self.faults: dict[str, str] = {}
        self.reasons: dict[str, str] = {}  # each with its letter
        self.newest = ""

    def __missing__(self, tail: str) -> str:
        cells = [cell.strip() for cell in tail.split("\t")]
        fault = next(_explain_cells(cells), "")
        letters = "" if fault else self._encode(*cells[1:])
        if len(self.reasons) > MAX_REASONS:
            fault = f"has one rationale too many: there are more than {MAX_REASONS:,}"
        if fault:
            self.faults[tail] = fault
        self[tail] = letters
        return letters

    def _encode(self, begins: str, ends: str, indicator: str, rationale: str) -> str:
        self.newest = max(self.newest, begins)
        if ends < self._since and ends != _OPEN:
            return _OLD
        reason = self.reasons.setdefault(indicator + rationale.strip('"'), chr(len(self.reasons)))
        return _parse_day(begins) + (NO_END if ends == _OPEN else _parse_day(ends)) + reason


def _explain_cells(cells: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong with the cells of a row behind its codes."""
    if len(cells) != len(_HEADER) - 2:
        yield "has a cell too many or too few"
        return
    before_1996, begins, ends, indicator, rationale = cells
    if before_1996 not in {"", "*"}:
        yield f"has {before_1996!r} where * says that the edit was there before 1996"
    if not _parse_day(begins):
        yield f"begins on {begins!r}, which is no day"
    if ends != _OPEN and not _parse_day(ends):
        yield f"ends on {ends!r}, which is no day"
    if ends < begins and ends != _OPEN:
        yield f"ends on {ends}, before it begins on {begins}"
    if indicator not in {"0", "1", _NEVER}:
        yield f"has {indicator!r} for its modifier indicator, which is 0, 1 or 9"
    if indicator == _NEVER and ends == _OPEN:
        yield "has indicator 9, but no deletion date"
    if not rationale.strip('"'):
        yield "has no rationale: is the file cut off?"
    if ROW_SEPARATOR in rationale:
        yield "has a control character"


class EditReader:
    """Reads the rows of a file, and packs them by column 1 code."""

    def __init__(self, source: Source, since: int | None) -> None:
        self._source = source
        self._since = since
        self._faults = Faults(source)
        self._tails = _Tails(since)
        self._groups: dict[str, list[tuple[str, str]]] = defaultdict(list)  # codes and letters without separators
        self._counts: dict[str, list[int]] = defaultdict(lambda: [0] * len(COLUMNS))
        self._overlaps = 0
        self.notice = ""
        self.rows = self.stored = self.never = 0
        self.first, self.last = "~", ""
        self.blobs: list[tuple[str, bytes]] = []

    def read(self) -> None:
        """Read the file. Raise FileError if anything is wrong with it."""
        blocks = _iter_blocks(self._source)
        numbers, text = next(blocks, ((), ""))
        lines = text.split("\n")
        above = self._read_header(lines)
        self._read_block([*islice(numbers, above, len(lines))], "\n".join(lines[above:]))
        for numbers, text in blocks:
            self._read_block(numbers, text)
        self._faults.raise_any(AS_SHIPPED)
        if not self._groups:
            since = f" that were in force since {self._since}" if self.rows else ""
            raise FileError(f"{self._source.name}: has no edits{since}", hint=AS_SHIPPED)
        if doubles := self._pack():
            self._explain_doubles(doubles)

    @property
    def newest(self) -> date:
        """The day on which the newest edits begin."""
        return _make_date(self._tails.newest)

    def list_records(self) -> list[Record]:
        """Return how many edits in force each code is in."""
        return [Record(code, "", tuple(map(str, counts))) for code, counts in sorted(self._counts.items())]

    def list_warnings(self) -> Iterator[str]:
        """Yield what is odd, but no reason to refuse the file."""
        if self._overlaps:
            yield f"rows that begin before an earlier row of the same pair ends: {self._overlaps:,}"

    def _read_header(self, lines: Sequence[str]) -> int:
        """Return how many lines are above the edits. Raise FileError if there is no header, or another one."""
        rows = [[cell.strip(' "\r') for cell in line.split("\t")] for line in lines[: 2 * MAX_LINES_ABOVE]]
        start = next((place for place, cells in enumerate(rows) if _squeeze(cells[0]) == _HEADER[0]), None)
        if start is None:
            raise FileError(f"{self._source.name}: has no header of a pair edit file", hint=AS_SHIPPED)
        end = start + 1
        while end < len(rows) and any(rows[end]) and not any(rows[end][:2]):  # a header of several lines
            end += 1
        titles = [_squeeze(" ".join(cells)) for cells in zip_longest(*rows[start:end], fillvalue="")]
        if len(titles) != len(_HEADER) or not all(map(str.startswith, titles, _HEADER)):
            raise FileError(f"{self._source.name}: its header has other columns than CMS's", hint=AS_SHIPPED)
        above = (" ".join(filter(None, cells)) for cells in rows[:start])
        self.notice = "\n".join(line for line in above if line and not TITLE.search(line))
        return end

    def _read_block(self, numbers: Iterable[int], text: str) -> None:
        rows = _ROW.findall(text)
        codes, partners, tails = zip(*rows, strict=True) if rows else ((), (), ())
        letters = [*map(self._tails.__getitem__, tails)]
        self._require(len(self._tails), MAX_KINDS, "kinds of rows")
        is_odd = len(rows) != text.count("\n") or not text.endswith("\n")
        if is_odd or not self._tails.faults.keys().isdisjoint(tails):
            self._explain_block(numbers, text)
        if self._faults.count or not rows:
            return
        self.rows += len(rows)
        self.first = min(self.first, "/".join(min(rows)[:2]))
        self.last = max(self.last, "/".join(max(rows)[:2]))
        start = 0
        for code, group in groupby(codes):
            end = start + len([*group])
            self._add(code, partners[start:end], letters[start:end])
            start = end
        self._require(len(self._groups), MAX_CODES, "column 1 codes")

    def _add(self, code: str, partners: Sequence[str], letters: Sequence[str]) -> None:
        if _OLD in letters:
            partners = [*compress(partners, letters)]
        if partners:
            self._groups[code].append(("".join(partners), "".join(letters)))

    def _pack(self) -> list[tuple[str, str]]:
        """Pack the rows of each code, and return the pairs that are in force twice."""
        doubles: list[tuple[str, str]] = []
        reasons = self._tails.reasons
        allowed = {letter for reason, letter in reasons.items() if reason.startswith("1")}
        never = {letter for reason, letter in reasons.items() if reason.startswith(_NEVER)}
        in_force: Counter[str] = Counter()
        in_force_allowed: Counter[str] = Counter()
        for code in sorted(self._groups):
            parts = self._groups.pop(code)
            self._require(sum(len(part) // CODE_LETTERS for part, _ in parts), MAX_CODES, f"rows of {code}")
            self._require(len(in_force), MAX_CODES, "column 2 codes")
            partners = _cut("".join([part for part, _ in parts]), CODE_LETTERS)
            rows = sorted(zip(partners, _cut("".join([letters for _, letters in parts]), 3), strict=True))
            ever = [row for row in rows if row[1][2] not in never]
            self.never += len(rows) - len(ever)
            partners = [partner for partner, _ in ever]
            for place in compress(count(1), map(eq, partners, islice(partners, 1, None))):
                earlier, later = ever[place - 1][1], ever[place][1]
                self._overlaps += earlier[1] == NO_END or later[0] <= earlier[1]
            open_rows = [row for row in rows if row[1][1] == NO_END]
            open_partners = [partner for partner, _ in open_rows]
            if len({*open_partners}) < len(open_partners):
                doubles += [(code, partner) for partner, number in Counter(open_partners).items() if number > 1]
            is_allowed = [letters[2] in allowed for _, letters in open_rows]
            in_force.update(open_partners)
            in_force_allowed.update(compress(open_partners, is_allowed))
            self._counts[code][:2] = [len(open_rows), sum(is_allowed)]
            self.stored += len(rows)
            self.blobs.append((code, pack_rows(rows)))
        for code, number in in_force.items():
            self._counts[code][2:] = [number, in_force_allowed[code]]
        self.blobs.insert(0, (REASONS, pack_reasons([*reasons])))
        return doubles

    def _require(self, number: int, limit: int, what: str) -> None:
        """Raise FileError if there is more of something than any file of CMS has: it is kept in memory."""
        if number > limit:
            raise FileError(f"{self._source.name}: has more than {limit:,} {what}, more than any file of pair edits")

    def _explain_block(self, numbers: Iterable[int], text: str) -> None:
        """Note what is wrong with the lines of a block. Blank lines are skipped."""
        lines = text.split("\n")
        for place, (number, line) in enumerate(zip(numbers, lines, strict=False), 1):
            if line and place == len(lines):
                self._faults.add(number, "has no line end: the file is cut off")
            elif reason := self._explain_line(line.removesuffix("\r")):
                self._faults.add(number, reason)

    def _explain_line(self, line: str) -> str:
        if not line.strip("\t "):
            return ""
        first, _, rest = line.partition("\t")
        second, _, tail = rest.partition("\t")
        cells = line.split("\t")
        if len(cells) != len(_HEADER):
            return f"has {_count(len(cells), 'column')}, not {len(_HEADER)}: is the file cut off?"
        if reason := explain_code(first, "column 1 code") or explain_code(second, "column 2 code"):
            return reason
        if not _ROW.fullmatch(f"{line}\n"):
            return "has a control character"
        reason = self._tails.faults.get(tail, "")
        return reason and f"{first}/{second} {reason}"

    def _explain_doubles(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Raise FileError with the lines of pairs that are in force twice."""
        seen = dict.fromkeys(pairs, 0)
        for numbers, text in _iter_blocks(self._source):
            for number, line in zip(numbers, text.split("\n"), strict=False):
                pair = (line[:CODE_LETTERS], line[CODE_LETTERS + 1 : 2 * CODE_LETTERS + 1])
                if pair in seen and line.split("\t")[4].strip() == _OPEN:
                    if seen[pair]:
                        reason = f"{'/'.join(pair)} is in force twice, as in line {seen[pair]}"
                        self._faults.add(number, reason)
                    seen[pair] = seen[pair] or number
        self._faults.raise_any(AS_SHIPPED)


def _iter_blocks(source: Source) -> Iterator[tuple[Iterable[int], str]]:
    """Yield text of whole lines with tabs, and the numbers of its lines; csv and workbooks are made into such text."""
    if _HAS_TABS.search(source.head_text):
        yield from ((count(number), text) for number, text in source.text_blocks())
        return
    rows = source.rows()
    while block := [*islice(rows, _BLOCK_ROWS)]:
        lines = ("\t".join(cells).replace("\n", " ").replace("\r", " ") for _, cells in block)
        yield [number for number, _ in block], "".join(f"{line}\n" for line in lines)


def _parse_day(text: str) -> str:
    """Return the letter of a day as `20260101`, "" if it is none."""
    try:
        return encode_day(_make_date(text)) if _DAY.fullmatch(text) else ""
    except ValueError:
        return ""


def _make_date(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def _cut(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def _squeeze(text: str) -> str:
    return "".join(text.split()).lower()


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
