"""A page as plain text: one line a point, never wrapped unless a width is asked for, no escape bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.render.blocks import (
    Block,
    Callout,
    Document,
    Facts,
    Footer,
    Heading,
    Line,
    Paragraph,
    Points,
    RangeBars,
    Table,
    Title,
    flatten,
    format_bars,
    place_blocks,
)
from cptref.sanitize import escape_unsafe

if TYPE_CHECKING:
    from collections.abc import Iterator

_INDENT = "  "
_WIDE = 80  # columns that bars may take where no width is asked for
_NARROWEST = 12  # columns that are left to the first column of a table, whatever the others need


def render(page: Document, width: int | None = None) -> str:
    """The page; where a width is given, wrapped to so many columns."""
    lines: list[str] = []
    for block, apart, inside in place_blocks(flatten(page)):
        lines += [""] * apart
        lines += _block(block, width, _INDENT if inside else "")
    return "".join(f"{line}\n" for line in lines)


def inline(line: Line) -> str:
    """A line's runs joined, marked ones between asterisks."""
    return "".join(f"*{run.text}*" if run.marked else run.text for run in line)


def _block(block: Block, width: int | None, inside: str) -> Iterator[str]:
    match block:
        case Title(text):
            title = list(_set(text, width))
            yield from title
            yield "=" * max(map(len, title))
        case Heading(text) | Footer(text):
            yield from _set(text, width)
        case Callout(label, text, facts):
            yield from _set(label, width)
            for part in (text, *(f"{name}: {value}" for name, value in facts)):
                yield from _set(part, width, _INDENT)
        case Facts(rows):
            for name, values in rows:
                yield from _fact(name, values, width)
        case Paragraph(line):
            yield from _set(inline(line), width, inside)
        case Points(items):
            for item in items:
                yield from _set(inline(item), width, f"{inside}- ", f"{inside}  ")
        case Table():
            yield from (f"{inside}{line}" for line in _table(block, width and width - len(inside)))
        case RangeBars():
            yield from _set(block.label, width, inside)
            yield from (f"{inside}{line}" for line in format_bars(block, (width or _WIDE) - len(inside), "#", "."))


def _fact(name: str, values: tuple[str, ...], width: int | None) -> Iterator[str]:
    if len(values) == 1:
        yield from _set(f"{name}: {values[0]}", width)
        return
    yield f"{name}:"
    for value in values:
        yield from _set(value, width, f"{_INDENT}- ", f"{_INDENT}  ")


def _table(table: Table, width: int | None) -> Iterator[str]:
    rows = [[escape_unsafe(cell).replace("\n", " ") for cell in row] for row in table.rows]
    if table.bare:
        yield from (row[0] for row in rows)
        return
    if table.crossed:
        yield from _crossed([list(table.head), *rows], width)
        return
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    if _too_wide(widths[:-1], width):
        yield from _one_below_the_other(rows, width)
        return
    for row in rows:
        *first, last = row
        before = "".join(f"{cell.ljust(size)}  " for cell, size in zip(first, widths, strict=False))
        yield from (line.rstrip() for line in _set(last, width, before, " " * len(before)))


def _crossed(rows: list[list[str]], width: int | None) -> Iterator[str]:
    """Rows with their head, the first column wrapped to what the others leave of the width."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    if _too_wide(widths[1:], width):
        heads, *others = rows
        named = [[row[0], *map(": ".join, zip(heads[1:], row[1:], strict=True))] for row in others]
        yield from _one_below_the_other(named, width)
        return
    room = None if width is None else max(width - sum(size + 2 for size in widths[1:]), _NARROWEST)
    widths[0] = min(widths[0], room or widths[0])
    for row in rows:
        behind = "".join(f"  {cell.ljust(size)}" for cell, size in zip(row[1:], widths[1:], strict=True))
        first, *more = list(_set(row[0], room))
        yield f"{first.ljust(widths[0])}{behind}".rstrip()
        yield from more


def _too_wide(widths: list[int], width: int | None) -> bool:
    """Whether these columns leave too little of the width to the one that is wrapped."""
    return width is not None and sum(size + 2 for size in widths) + _NARROWEST > width


def _one_below_the_other(rows: list[list[str]], width: int | None) -> Iterator[str]:
    """The first cell of each row, and the others below it."""
    for first, *others in rows:
        yield from _set(first, width)
        for cell in filter(None, others):
            yield from _set(cell, width, _INDENT)


def _set(text: str, width: int | None, first: str = "", later: str | None = None) -> Iterator[str]:
    """Text behind an indent, its own line breaks kept, and wrapped where a width is given."""
    indent = first
    for line in escape_unsafe(text).split("\n"):
        for part in _wrapped(line, width, max(len(first), len(later or ""))):
            yield f"{indent}{part}"
            indent = first if later is None else later


def _wrapped(line: str, width: int | None, indent: int) -> list[str]:
    if width is None:
        return [line]
    from textwrap import wrap

    return wrap(line, max(width - indent, 8), break_on_hyphens=False) or [""]  # 8: less than that can't be read
