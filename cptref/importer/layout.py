"""Split a page into lines, with single blanks and without invisible characters; recognize text in columns."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from cptref.codes import CODE_PATTERN, MODIFIER_PATTERN
from cptref.importer.bullets import is_lone_bullet
from cptref.importer.headings import match_head
from cptref.sanitize import UNSAFE_PATTERN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cptref.importer.changes import Changes


class Row(NamedTuple):
    """A row of a file: its number from 1, its text as it is, and whether a page of a document begins with it.

    `level` is that of a heading, from 1, if the markup says so.
    """

    number: int
    text: str
    begins_page: bool = False
    level: int = 0


class Line(NamedTuple):
    """A line of a page: its number from 1, its indent in columns, its text with single blanks.

    A line `in_columns` has the texts of two columns with three blanks between them, or the text of one.
    """

    number: int
    indent: int
    text: str
    begins_page: bool = False
    level: int = 0
    in_columns: bool = False


# Editors count these. They don't count the line breaks of Word (VT) and the page breaks of PDF converters (FF).
_NUMBERED_ENDS = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_OTHER_ENDS = re.compile("[\v\x1c-\x1e]")
_UNSAFE = re.compile(UNSAFE_PATTERN)
_GAP = re.compile(r"(?<=\S) {3,}(?=\S)")
_TAB = re.compile(r"(?<=\S) *\t\s*(?=\S)")
_WIDE = re.compile(r" {3,}")
_TAB_COLUMN, _WIDE_COLUMN = -1, -2  # columns that need not be aligned: behind a tab, behind a wide gap
MIN_WIDE_GAP_BLANKS = 4
MIN_COLUMN_ROWS = 3
MAX_ROWS_BETWEEN = 3
MAX_GAPS = 20
MAX_LEVEL = 6
_KEY = re.compile(rf".*:|(?:Modifier )?-?{MODIFIER_PATTERN.pattern}|(?:CPT )?(?:{CODE_PATTERN.pattern})", re.IGNORECASE)


def split_rows(text: str) -> Iterator[Row]:
    """Yield the rows of a text. Any line end that Unicode knows ends one."""
    for number, numbered in enumerate(_NUMBERED_ENDS.split(text), start=1):
        for page_index, page in enumerate(numbered.split("\f")):
            for index, row in enumerate(_OTHER_ENDS.split(page)):
                yield Row(number, row, begins_page=page_index > 0 and index == 0)


def clean_rows(rows: Sequence[Row], changes: Changes) -> list[Line]:
    """Return the lines of a page; several blank ones in a row have one."""
    columns = _find_column_rows([row.text for row in rows])
    lines: list[Line] = []
    after_blank = False
    for index, row in enumerate(rows):
        text = row.text
        if not text.isprintable():
            text = text.expandtabs()
            if text.endswith("\u00ad"):  # a soft hyphen, which is visible at the end of a line only
                text = f"{text[:-1]}-"
            text, count = _UNSAFE.subn(_replace_unsafe, text)
            changes.add("invisible", count - text.count("\0"))
            text = text.replace("\0", " ")
        in_columns = index in columns and text.strip() != ""
        words = (
            "   ".join(" ".join(part.split()) for part in _WIDE.split(text.strip()))
            if in_columns
            else " ".join(text.split())
        )
        if words or not after_blank or row.begins_page:
            indent = len(text) - len(text.lstrip())
            level = row.level or _count_number_signs(words)
            lines.append(Line(row.number, indent, words, row.begins_page, level, in_columns))
        after_blank = not words
    changes.add("columns", sum(line.in_columns for line in lines))
    return lines


def _count_number_signs(text: str) -> int:
    """Return the level of a heading of Markdown, 0 for any other line."""
    signs = text[: MAX_LEVEL + 1].partition(" ")[0] if text.startswith("#") else ""
    return len(signs) if signs.strip("#") == "" and len(signs) <= MAX_LEVEL else 0


def _replace_unsafe(match: re.Match[str]) -> str:
    return "\0" if match[0].isspace() else ""


def _find_column_rows(texts: Sequence[str]) -> set[int]:
    """Return which rows are in columns: where three or more near each other have a gap that ends in the same place.

    Two are enough if one has a heading on both sides. A gap behind a bullet, a label, a code or a modifier is none.
    """
    aligned: dict[int, list[tuple[int, bool]]] = {}
    for index, text in enumerate(texts):
        if "   " in text or "\t" in text:
            for column, has_heads in _find_gaps(text):
                aligned.setdefault(column, []).append((index, has_heads))
    passages: list[tuple[int, int]] = []
    for column, hits in aligned.items():
        begin = 0
        for position in range(1, len(hits) + 1):
            if position < len(hits) and hits[position][0] - hits[position - 1][0] <= MAX_ROWS_BETWEEN:
                continue
            run = hits[begin:position]
            if len(run) >= MIN_COLUMN_ROWS - any(has_heads for _, has_heads in run):
                passages.append((_extend_up(texts, run[0][0], column), run[-1][0]))
            begin = position
    return _extend_down(texts, passages) if passages else set()


def _find_gaps(text: str) -> Iterator[tuple[int, bool]]:
    """Yield the column where each text behind a gap begins, and whether there are headings on both sides of it."""
    stripped = text.strip()
    for pattern, row in ((_TAB, stripped), (_GAP, text.expandtabs())):
        for gap in (match for match, _ in zip(pattern.finditer(row), range(MAX_GAPS), strict=False)):
            left, right = row[: gap.start()].strip(), row[gap.end() :].strip()
            if is_lone_bullet(left) or _KEY.fullmatch(left):
                continue
            has_heads = bool(match_head(left) and match_head(right))
            yield _TAB_COLUMN if pattern is _TAB else gap.end(), has_heads
            if pattern is _GAP and len(gap[0]) >= MIN_WIDE_GAP_BLANKS and " " in left and " " in right:
                yield _WIDE_COLUMN, has_heads
        if pattern is _TAB and "\t" in stripped:
            return


def _extend_up(texts: Sequence[str], first: int, column: int) -> int:
    """Return the first row of a passage, with the rows above it that have text in the right column only."""
    while first and len(row := texts[first - 1].expandtabs()) - len(row.lstrip()) == column:
        first -= 1
    return first


def _extend_down(texts: Sequence[str], passages: Sequence[tuple[int, int]]) -> set[int]:
    """Return the rows of passages, with the rest of the longer column: all rows up to a blank one or a heading."""
    ends = [index for index, text in enumerate(texts) if not text.strip() or match_head(" ".join(text.split()))]
    rows: set[int] = set()
    covered = 0
    for first, last in sorted(passages):
        following = bisect_right(ends, last)
        end = ends[following] if following < len(ends) else len(texts)
        rows.update(range(max(first, covered), end))
        covered = max(covered, end)
    return rows
