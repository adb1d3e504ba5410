"""A page for a terminal, with Rich: readable from 40 columns up, with color and without.

Text of a dataset reaches Rich as `Text` and never as markup: markup would delete `[left]`, and the side with it.
"""

from __future__ import annotations

from itertools import dropwhile, islice
from typing import TYPE_CHECKING, NamedTuple

from rich.console import Group
from rich.text import Text

from cptref.render.blocks import (
    Block,
    Callout,
    Columns,
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
    format_bars,
    place_blocks,
    stack_columns,
    stack_rows,
)
from cptref.sanitize import escape_unsafe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

    from cptref.render.blocks import Tone
    from cptref.render.lines import Row

MIN_COLUMNS = 20  # a narrower page can't be read, on a screen it is cut
TEXT_COLUMNS = 100  # columns; longer lines are hard to read

_INDENT = "  "
_MIN_COLUMN_WIDTH = 26  # side by side, narrower columns can't be read
_MAX_COLUMN_WIDTH = 48
_MIN_LINE_WIDTH = 8  # columns; less can't be read


class Glyphs(NamedTuple):
    """The characters that points begin with and bars are made of."""

    bullet: str
    full: str
    empty: str


_TONE_COLORS: dict[Tone, str] = {"": "", "good": "green", "doubt": "yellow", "alarm": "red"}
TITLE_STYLES: dict[Tone, str] = {tone: f"bold {color}".strip() for tone, color in _TONE_COLORS.items()}
_UNICODE, _ASCII = Glyphs("• ", "█", "░"), Glyphs("- ", "#", ".")
# What stands for the signs of a page on a terminal without Unicode, each of the same width.
ASCII_SIGNS = str.maketrans({"✓": "+", "✗": "x", "·": "|"})


class HangingText:
    """Text after an indent; if it is too long for a line, its next lines are indented by blanks of the same width."""

    def __init__(self, first: Text | str, text: Text) -> None:
        self.first = Text(first) if isinstance(first, str) else first
        self.text = text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Yield the lines for Rich. A grid of Rich's own would do the same, but takes longer."""
        indent = self.first
        for line in self.text.wrap(console, max(options.max_width - len(indent), _MIN_LINE_WIDTH)):
            yield from indent.render(console)
            yield from line.render(console, end="\n")
            indent = Text(" " * len(indent))


class ColumnsView:
    """Columns side by side if there is room for all of them, else one below the other."""

    def __init__(self, columns: Columns, indent: str, glyphs: Glyphs) -> None:
        self.columns = columns
        self.indent = indent
        self.glyphs = glyphs

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yield one form or the other for Rich, which knows the width."""
        count = len(self.columns.heads)
        room = min(options.max_width - len(self.indent), count * _MAX_COLUMN_WIDTH)
        if room // count < _MIN_COLUMN_WIDTH:
            for block in stack_columns(self.columns):
                yield from _render_block(block, self.indent, self.glyphs, styled=False)
            return
        from rich.padding import Padding
        from rich.table import Table as RichTable

        yield HangingText(self.indent, Text(f"{self.columns.label}:"))
        table = RichTable(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold", expand=True, width=room)
        for head in self.columns.heads:
            table.add_column(Text(escape_unsafe(head)), ratio=1)
        for row in self.columns.rows:
            table.add_row(*map(self._render_cell, row))
        yield Padding(table, (0, 0, 0, len(self.indent)))

    def _render_cell(self, lines: tuple[str, ...]) -> Group:
        return Group(*(HangingText(self.glyphs.bullet, Text(escape_unsafe(line))) for line in lines))


class TableView:
    """A table whose words are never cut. Codes wrap only if they must; a list takes its place if there is no room."""

    def __init__(self, table: Table, indent: str, glyphs: Glyphs) -> None:
        self.table = table
        self.indent = indent
        self.glyphs = glyphs

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yield one form or the other for Rich, which knows the width."""
        from rich.padding import Padding
        from rich.table import Table as RichTable

        head, *rows = [[escape_unsafe(cell) for cell in row] for row in (self.table.head, *self.table.rows)]
        room = options.max_width - len(self.indent) - len(_INDENT) * (len(head) - 1)
        widths = _share_width([head, *rows], room, column_keys=self.table.column_keys)
        if not widths:
            for block in stack_rows(self.table):
                yield from _render_block(block, self.indent, self.glyphs, styled=False)
            return
        table = RichTable(box=None, padding=(0, len(_INDENT), 0, 0), pad_edge=False, header_style="bold")
        for name, width in zip(head, widths, strict=True):
            table.add_column(Text(name), width=width)
        for row in rows:
            table.add_row(*map(Text, row))
        yield Padding(table, (0, 0, 0, len(self.indent)), expand=False)


def _share_width(rows: list[list[str]], room: int, *, column_keys: bool) -> list[int] | None:
    """Return the widths of columns that share the room, the widest made narrower first; None if words don't fit.

    Columns of keys are made narrower only if all others are as narrow as their longest words.
    """
    from rich.cells import cell_len

    columns = list(zip(*rows, strict=True))
    widths = [min(max(map(cell_len, column)), room) for column in columns]
    words = [max(cell_len(word) for cell in column for word in cell.split() or ("",)) for column in columns]
    keys = [
        width if (index == 0) != column_keys else word
        for index, (width, word) in enumerate(zip(widths, words, strict=True))
    ]
    for least in (keys, words):
        if sum(least) <= room:
            while sum(widths) > room:
                widest = max(
                    (index for index in range(len(widths)) if widths[index] > least[index]), key=widths.__getitem__
                )
                widths[widest] -= 1
            return widths
    return None


class BarsView:
    """Bars as wide as there is room for."""

    def __init__(self, bars: RangeBars, indent: str, glyphs: Glyphs) -> None:
        self.bars = bars
        self.indent = indent
        self.glyphs = glyphs

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> Iterator[HangingText]:
        """Yield the lines for Rich, which knows the width."""
        yield HangingText(self.indent, Text(self.bars.label))
        lines = format_bars(self.bars, options.max_width - len(self.indent), self.glyphs.full, self.glyphs.empty)
        yield from (HangingText(self.indent, Text(line)) for line in lines)


def render(page: Document, *, styled: bool, unicode: bool = True, limit: int | None = None) -> Group:
    """Return the page as one renderable, in which only tables and columns side by side are wider than `limit`.

    Without styles, marked runs stand between asterisks; without Unicode, bullets are hyphens.
    """
    return Group(*(part for _, part in iter_parts(page, styled=styled, unicode=unicode, limit=limit)))


def iter_parts(
    page: Iterable[Block], *, styled: bool, unicode: bool = True, limit: int | None = None
) -> Iterator[tuple[Block, RenderableType]]:
    """Yield the parts of a page from top to bottom, each with the block that it is of: see `render`."""
    from rich.constrain import Constrain

    glyphs = _UNICODE if unicode else _ASCII
    for block, blank_before, indented in place_blocks(page):
        if blank_before:
            yield block, Text()
        for part in _render_block(block, _INDENT if indented else "", glyphs, styled=styled):
            yield block, part if isinstance(block, (Columns, Table)) else Constrain(part, limit)


def iter_lines(
    page: Document, console: Console, width: int, limit: int
) -> Iterator[tuple[Title | Heading | None, list[Segment]]]:
    """Yield the lines of a page for a screen of this width, with the block of the first line of a title or heading.

    There is no blank line at the top, and after `limit` lines the last one says that there are more.
    """
    lines = dropwhile(
        lambda line: not any(segment.text.strip() for segment in line[1]), _iter_lines(page, console, width)
    )
    yield from islice(lines, limit)
    if next(lines, None):
        yield from _iter_lines(
            (Footer(f"The page ends here, after {limit:,} lines. An export has all of it."),), console, width
        )


def _iter_lines(page: Document, console: Console, width: int) -> Iterator[tuple[Title | Heading | None, list[Segment]]]:
    options = console.options.update(width=max(width, MIN_COLUMNS), height=None)
    previous: Block | None = None
    for block, part in iter_parts(page, styled=not console.no_color, limit=TEXT_COLUMNS):
        for line in console.render_lines(part, options, pad=False):
            is_first = (
                isinstance(block, (Title, Heading))
                and block is not previous
                and any(segment.text.strip() for segment in line)
            )
            previous = block if is_first else previous
            yield block if is_first and isinstance(block, (Title, Heading)) else None, line


def fit_text(text: str, console: Console, width: int, rows: int) -> Text:
    """Return a text on as many lines of this width as it takes; what goes beyond these rows is cut, and ends with …."""
    whole = Text(escape_unsafe(" ".join(text.split())))
    lines = whole.wrap(console, max(width, 1))
    for line in lines:
        line.rstrip()
    if len(lines) > rows:
        lines[rows - 1].truncate(max(width, 1) - 1)
        lines[rows - 1].append("…")
    return Text("\n").join(lines[:rows])


def render_row(row: Row, width: int, *, marked: bool, chosen: bool) -> Text:
    """Return a result on one line: its mark, the sign of its verdict, its code and its title; reversed if chosen."""
    text = Text(f" {'●' if marked else ' '} ", style="reverse" if chosen else "")
    text.append(f"{row.sign or ' '} ", "" if chosen else TITLE_STYLES[row.tone])
    text.append(escape_unsafe(f"{row.label:<8} " if row.code else ""), "bold")
    text.append(escape_unsafe(" ".join(row.title.split())))
    text.truncate(width, overflow="ellipsis", pad=True)
    return text


def _render_block(block: Block, indent: str, glyphs: Glyphs, *, styled: bool) -> Iterator[RenderableType]:
    match block:
        case Columns():
            yield ColumnsView(block, indent, glyphs)
        case RangeBars():
            yield BarsView(block, indent, glyphs)
        case Title(text, _, tone):
            yield Text(escape_unsafe(text), style=TITLE_STYLES[tone])
        case Heading(text):
            yield Text(escape_unsafe(text), style="bold cyan")
        case Callout(label, text, tone):
            yield Text(escape_unsafe(label), style=TITLE_STYLES[tone])
            yield HangingText(_INDENT, Text(escape_unsafe(text)))
        case Facts(rows):
            yield from _render_facts(rows)
        case Paragraph(line):
            yield HangingText(indent, _style_line(line, styled=styled))
        case Points(items):
            yield from (HangingText(indent + glyphs.bullet, _style_line(item, styled=styled)) for item in items)
        case Table():
            yield TableView(block, indent, glyphs)
        case Footer(text):
            yield Text(escape_unsafe(text), style="dim")


def _render_facts(rows: tuple[tuple[str, tuple[str, ...]], ...]) -> Iterator[HangingText]:
    name_width = max(len(name) for name, _ in rows) + 2
    for name, values in rows:
        for label, value in zip((name, *("",) * len(values)), values, strict=False):
            first = Text.assemble((label, "bold"), " " * (name_width - len(label)))
            yield HangingText(first, Text(escape_unsafe(value)))


def _style_line(line: Line, *, styled: bool) -> Text:
    """Return a line with its marked runs underlined, or between asterisks without styles."""
    text = Text()
    for run in line:
        if run.marked and not styled:
            text.append(f"*{escape_unsafe(run.text)}*")
        else:
            text.append(escape_unsafe(run.text), style="bold underline" if run.marked else None)
    return text
