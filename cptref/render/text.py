"""A page as plain text: one line per point, never wrapped unless a width is given, no escape bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.columns import count_columns, pad, wrap
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
    stack_rows,
)
from cptref.sanitize import escape_unsafe

if TYPE_CHECKING:
    from collections.abc import Iterator

_INDENT = "  "
_DEFAULT_BARS_WIDTH = 80  # columns that bars may take if no width is given
_MIN_WRAPPED_WIDTH = 12  # columns left for the wrapped column of a table, however wide the others are
_MIN_LINE_WIDTH = 8  # columns; less can't be read


def render(page: Document, width: int | None = None) -> str:
    """Return the page, wrapped to `width` columns if given."""
    lines: list[str] = []
    for block, blank_before, indented in place_blocks(flatten(page)):
        formatted = [*_format_block(block, width, _INDENT if indented else "")]
        lines += [""] * (blank_before and bool(formatted))  # a list in a pipe has one code a line and no more
        lines += formatted
    return "".join(f"{line}\n" for line in lines)


def _format_block(block: Block, width: int | None, indent: str) -> Iterator[str]:
    match block:
        case Title(text):
            title = list(_wrap_text(text, width))
            yield from title
            yield "=" * max(map(count_columns, title))
        case Heading(text) | Footer(text):
            yield from _wrap_text(text, width)
        case Callout(label, text):
            yield from _wrap_text(label, width)
            yield from _wrap_text(text, width, _INDENT)
        case Facts(rows, aligned=True) if not _is_too_wide([max(count_columns(name) for name, _ in rows)], width):
            yield from _format_aligned(rows, width)
        case Facts(rows):
            for name, values in rows:
                yield from _format_fact(name, values, width)
        case Paragraph(line):
            yield from _wrap_text(_join_runs(line), width, indent)
        case Points(items):
            for item in items:
                yield from _wrap_text(_join_runs(item), width, f"{indent}- ", f"{indent}  ")
        case Table():
            yield from (f"{indent}{line}" for line in _format_table(block, width and width - len(indent)))
        case RangeBars(label):
            yield from _wrap_text(label, width, indent)
            room = (width or _DEFAULT_BARS_WIDTH) - len(indent)
            yield from (f"{indent}{line}" for line in format_bars(block, room, "#", "."))


def _join_runs(line: Line) -> str:
    """Return the text of a line, with marked runs between asterisks."""
    return "".join(f"*{run.text}*" if run.marked else run.text for run in line)


def _format_fact(name: str, values: tuple[str, ...], width: int | None) -> Iterator[str]:
    if len(values) == 1:
        yield from _wrap_text(f"{name}: {values[0]}", width)
        return
    yield f"{name}:"
    for value in values:
        yield from _wrap_text(value, width, f"{_INDENT}- ", f"{_INDENT}  ")


def _format_aligned(rows: tuple[tuple[str, tuple[str, ...]], ...], width: int | None) -> Iterator[str]:
    """Yield names in one column and their values in another, each value on lines of its own."""
    size = max(count_columns(name) for name, _ in rows) + len(_INDENT)
    for name, values in rows:
        for label, value in zip((name, *("",) * len(values)), values, strict=False):
            lines = _wrap_text(value, width, pad(escape_unsafe(label), size), " " * size)
            yield from (line.rstrip() for line in lines)


def _format_table(table: Table, width: int | None) -> Iterator[str]:
    if table.keys is not None:
        yield from map(escape_unsafe, table.keys)
        return
    if table.column_keys:
        yield from _format_table_with_head(table, width)
        return
    shown = (table.head, *table.rows) if table.headed else table.rows
    rows = [[escape_unsafe(cell).replace("\n", " ") for cell in row] for row in shown]
    widths = [max(map(count_columns, column)) for column in zip(*rows, strict=True)]
    if _is_too_wide(widths[:-1], width):
        yield from _stack_cells(rows[table.headed :], width)
        return
    for *first_cells, last in rows:
        before = "".join(f"{pad(cell, size)}  " for cell, size in zip(first_cells, widths, strict=False))
        yield from (line.rstrip() for line in _wrap_text(last, width, before, " " * count_columns(before)))


def _format_table_with_head(table: Table, width: int | None) -> Iterator[str]:
    """Yield the lines of the head and of the rows; the first column is wrapped to the room left for it."""
    rows = [[escape_unsafe(cell).replace("\n", " ") for cell in row] for row in (table.head, *table.rows)]
    widths = [max(map(count_columns, column)) for column in zip(*rows, strict=True)]
    if _is_too_wide(widths[1:], width):
        for block in stack_rows(table):
            yield from _format_block(block, width, "")
        return
    room = None if width is None else max(width - sum(size + 2 for size in widths[1:]), _MIN_WRAPPED_WIDTH)
    widths[0] = min(widths[0], room or widths[0])
    for key, *cells in rows:
        after = "".join(f"  {pad(cell, size)}" for cell, size in zip(cells, widths[1:], strict=True))
        first, *rest = _wrap_text(key, room)
        yield f"{pad(first, widths[0])}{after}".rstrip()
        yield from rest


def _is_too_wide(widths: list[int], width: int | None) -> bool:
    """Return whether columns of these widths leave too little of `width` to the column that is wrapped."""
    return width is not None and sum(size + 2 for size in widths) + _MIN_WRAPPED_WIDTH > width


def _stack_cells(rows: list[list[str]], width: int | None) -> Iterator[str]:
    """Yield the first cell of each row, and the other cells below it."""
    for first, *others in rows:
        yield from _wrap_text(first, width)
        for cell in filter(None, others):
            yield from _wrap_text(cell, width, _INDENT)


def _wrap_text(text: str, width: int | None, first_indent: str = "", later_indent: str | None = None) -> Iterator[str]:
    """Yield the lines of a text behind their indents: its own lines, wrapped if a width is given."""
    later = first_indent if later_indent is None else later_indent
    indent = first_indent
    for line in escape_unsafe(text).split("\n"):
        for part in _wrap_line(line, width, max(count_columns(first_indent), count_columns(later))):
            yield f"{indent}{part}"
            indent = later


def _wrap_line(line: str, width: int | None, indent_width: int) -> list[str]:
    if width is None:
        return [line]
    return wrap(line, max(width - indent_width, _MIN_LINE_WIDTH)) or [""]
