"""A page as Markdown (CommonMark 0.31, with tables). Text of a dataset is escaped: none of it is read as markup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cptref.render.blocks import (
    Callout,
    Document,
    Facts,
    FlatBlock,
    Footer,
    Heading,
    Line,
    Paragraph,
    Points,
    RangeBars,
    Table,
    Title,
    draw_bars,
    flatten,
)
from cptref.sanitize import escape_unsafe

if TYPE_CHECKING:
    from collections.abc import Iterable

# Characters that can be markup anywhere in a line, and those that can be markup only where a line begins.
_INLINE_MARKUP = re.compile(r"([\\`*_\[\]<>&|~])")
_LINE_START_MARKUP = re.compile(r"^(?:([-+#=])|(\d{1,9})([.)]))")
_BAR_CELLS = 20


def render(page: Document) -> str:
    """Return the page, with a blank line between its blocks."""
    return "\n".join(f"{_format_block(block)}\n" for block in flatten(page))


def _format_block(block: FlatBlock) -> str:  # noqa: PLR0911 - one return for each kind of block
    match block:
        case Title(text):
            return f"# {_escape_on_one_line(text)}"
        case Heading(text):
            return f"## {_escape_on_one_line(text)}"
        case Callout(label, text):
            return _add_indent("> ", f"**{_escape_on_one_line(label)}**\n\n{_escape_text(text)}", "> ")
        case Facts(rows):
            return "\n".join(line for name, values in rows for line in _list_fact_lines(name, values))
        case Paragraph(line):
            return _format_line(line)
        case Points(items):
            return "\n".join(_add_indent("- ", _format_line(item)) for item in items)
        case RangeBars(label, rows):
            bars = (f"`{bar}`" for bar in draw_bars(block, _BAR_CELLS, "█", "░"))
            cells = (
                (_escape_on_one_line(name), bar, _escape_on_one_line(words))
                for (name, *_, words), bar in zip(rows, bars, strict=True)
            )
            return f"{_escape_text(label)}\n\n{_format_table(('Code', 'Bar', 'Range'), cells)}"
        case Table(head, rows):
            return _format_table(head, (tuple(map(_escape_on_one_line, row)) for row in rows))
        case Footer(text):
            return f"---\n\n{_escape_text(text)}"


def _format_table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows))


def _list_fact_lines(name: str, values: tuple[str, ...]) -> list[str]:
    label = f"**{_escape_on_one_line(name)}:**"
    if len(values) == 1:
        return [_add_indent("- ", f"{label} {_escape_text(values[0])}")]
    return [f"- {label}", *(_add_indent("  - ", _escape_text(value), "    ") for value in values)]


def _format_line(line: Line) -> str:
    """Return a line with its marked runs in bold."""
    runs = (f"**{_escape_inline(run.text)}**" if run.marked else _escape_inline(run.text) for run in line)
    return _escape_line_starts("".join(runs))


def _escape_text(text: str) -> str:
    return _escape_line_starts(_escape_inline(text))


def _escape_on_one_line(text: str) -> str:
    """Return a text on one line, as headings and table cells need it."""
    return _escape_text(" ".join(escape_unsafe(text).split()))


def _escape_inline(text: str) -> str:
    return _INLINE_MARKUP.sub(r"\\\1", escape_unsafe(text))


def _escape_line_starts(text: str) -> str:
    """Escape what would begin a list, a heading or a rule. Line breaks of a text become hard ones."""
    lines = (line.strip() for line in text.split("\n"))
    escaped = (
        _LINE_START_MARKUP.sub(lambda match: f"{match[2] or ''}\\{match[1] or match[3]}", line)
        for line in lines
        if line
    )
    return "\\\n".join(escaped)


def _add_indent(first_indent: str, text: str, later_indent: str = "  ") -> str:
    first, *later = text.split("\n")
    lines = (f"{first_indent}{first}", *(f"{later_indent}{line}" for line in later))
    return "\n".join(line.rstrip() for line in lines)
