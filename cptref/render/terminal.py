"""A page for a terminal, with Rich: headed, bulleted, readable from 40 columns up, with and without colour.

Whatever a dataset holds reaches Rich as `Text` and never as markup: markup would delete `[left]`, and laterality
with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.console import Group
from rich.panel import Panel
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
)
from cptref.sanitize import escape_unsafe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

TEXT_COLUMNS = 100  # columns; longer lines are hard to read

_INDENT = "  "
_COLUMN = 26  # the least that lines side by side can be read in
_COLUMN_AT_MOST = 48


class Glyphs(NamedTuple):
    """What points begin with, and what bars are made of."""

    bullet: str
    full: str
    empty: str


_UNICODE, _ASCII = Glyphs("• ", "█", "░"), Glyphs("- ", "#", ".")


class HangingText:
    """Text behind a first indent; where it is too long for the line it goes on behind as much blank space."""

    def __init__(self, first: Text | str, text: Text) -> None:
        self.first = Text(first) if isinstance(first, str) else first
        self.text = text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """The lines, as Rich asks for them; one of Rich's grids does the same and takes longer."""
        indent = self.first
        for line in self.text.wrap(console, max(options.max_width - len(indent), 8)):  # 8: less can't be read
            yield from indent.render(console)
            yield from line.render(console, end="\n")
            indent = Text(" " * len(indent))


class ColumnsView:
    """Lines side by side where there is room for every column, one below the other elsewhere."""

    def __init__(self, sides: Columns, inside: str, glyphs: Glyphs) -> None:
        self.sides = sides
        self.inside = inside
        self.glyphs = glyphs

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """One or the other, as Rich asks for it with the width there is."""
        columns = len(self.sides.heads)
        room = min(options.max_width - len(self.inside), columns * _COLUMN_AT_MOST)
        if room // columns < _COLUMN:
            for part in stack_columns(self.sides):
                yield from _block(part, self.inside, self.glyphs, styled=False)
            return
        from rich.padding import Padding
        from rich.table import Table as Columns

        yield HangingText(self.inside, Text(f"{self.sides.label}:"))
        table = Columns(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold", expand=True, width=room)
        for head in self.sides.heads:
            table.add_column(Text(escape_unsafe(head)), ratio=1)
        for row in self.sides.rows:
            table.add_row(
                *(Group(*(HangingText(self.glyphs.bullet, Text(escape_unsafe(line))) for line in cell)) for cell in row)
            )
        yield Padding(table, (0, 0, 0, len(self.inside)))


class BarsView:
    """Bars as wide as there is room for."""

    def __init__(self, bars: RangeBars, inside: str, glyphs: Glyphs) -> None:
        self.bars = bars
        self.inside = inside
        self.glyphs = glyphs

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> Iterator[HangingText]:
        """Its lines, as Rich asks for them."""
        yield HangingText(self.inside, Text(self.bars.label))
        lines = format_bars(self.bars, options.max_width - len(self.inside), self.glyphs.full, self.glyphs.empty)
        yield from (HangingText(self.inside, Text(line)) for line in lines)


def max_width(page: Document) -> int:
    """The columns that the page makes use of: those of text, or more where lines stand side by side."""
    return max([TEXT_COLUMNS, *(len(block.heads) * _COLUMN_AT_MOST for block in page if isinstance(block, Columns))])


def render(page: Document, *, styled: bool, unicode: bool = True, limit: int | None = None) -> Group:
    """The page as one renderable, on which only what stands side by side is wider than the limit.

    Without styles, what is marked stands between asterisks; without Unicode, bullets are hyphens.
    """
    parts: list[RenderableType] = []
    glyphs = _UNICODE if unicode else _ASCII
    for block, apart, inside in place_blocks(page):
        parts += [Text()] * apart
        parts += _block(block, _INDENT if inside else "", glyphs, styled=styled)
    if limit is None or max_width(page) == limit:
        return Group(*parts)
    from rich.constrain import Constrain

    return Group(*(part if isinstance(part, ColumnsView) else Constrain(part, limit) for part in parts))


def _block(block: Block, inside: str, glyphs: Glyphs, *, styled: bool) -> Iterator[RenderableType]:
    match block:
        case Columns():
            yield ColumnsView(block, inside, glyphs)
        case RangeBars():
            yield BarsView(block, inside, glyphs)
        case Title(text):
            yield Text(escape_unsafe(text), style="bold")
        case Heading(text):
            yield Text(escape_unsafe(text), style="bold cyan")
        case Callout(label, text, facts, alarm):
            colour = "red" if alarm else "yellow"
            told = (Text.assemble((f"{name}: ", "bold"), escape_unsafe(value)) for name, value in facts)
            headline = Text(escape_unsafe(label), style=f"bold {colour}")
            yield Panel(Group(headline, Text(escape_unsafe(text)), *told), border_style=colour)
        case Facts(rows):
            yield from _facts(rows)
        case Paragraph(line):
            yield HangingText(inside, _inline(line, styled=styled))
        case Points(items):
            yield from (HangingText(inside + glyphs.bullet, _inline(item, styled=styled)) for item in items)
        case Table():
            yield _table(block, inside)
        case Footer(text):
            yield Text(escape_unsafe(text), style="dim")


def _facts(rows: tuple[tuple[str, tuple[str, ...]], ...]) -> Iterator[HangingText]:
    room = max(len(name) for name, _ in rows) + 2
    for name, values in rows:
        for label, value in zip((name, *("",) * len(values)), values, strict=False):
            yield HangingText(Text.assemble((label, "bold"), " " * (room - len(label))), Text(escape_unsafe(value)))


def _table(table: Table, inside: str) -> RenderableType:
    from rich.padding import Padding
    from rich.table import Table as Columns

    columns = Columns(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for number, name in enumerate(table.head):
        columns.add_column(Text(name), no_wrap=(number == 0) != table.crossed, overflow="fold")
    for row in table.rows:
        columns.add_row(*(Text(escape_unsafe(cell)) for cell in row))
    return Padding(columns, (0, 0, 0, len(inside)), expand=False)


def _inline(line: Line, *, styled: bool) -> Text:
    text = Text()
    for run in line:
        if run.marked and not styled:
            text.append(f"*{escape_unsafe(run.text)}*")
        else:
            text.append(escape_unsafe(run.text), style="bold underline" if run.marked else None)
    return text
