"""A page for a terminal, with Rich: headed, bulleted, readable from 40 columns up, with and without colour.

Whatever a dataset holds reaches Rich as `Text` and never as markup: markup would delete `[left]`, and laterality
with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.panel import Panel
from rich.text import Text

from cptref.characters import visible
from cptref.render.page import (
    Block,
    Callout,
    Facts,
    Footer,
    Heading,
    Line,
    Page,
    Paragraph,
    Points,
    Table,
    Title,
    placed,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

_INDENT = "  "


class Hung:
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


def render(page: Page, *, styled: bool, unicode: bool = True) -> Group:
    """The page as one renderable.

    Without styles, what is marked stands between asterisks; without Unicode, bullets are hyphens.
    """
    parts: list[RenderableType] = []
    for block, apart, inside in placed(page):
        parts += [Text()] * apart
        parts += _block(block, _INDENT if inside else "", "• " if unicode else "- ", styled=styled)
    return Group(*parts)


def _block(block: Block, inside: str, bullet: str, *, styled: bool) -> Iterator[RenderableType]:
    match block:
        case Title(text):
            yield Text(visible(text), style="bold")
        case Heading(text):
            yield Text(visible(text), style="bold cyan")
        case Callout(label, text, facts, alarm):
            colour = "red" if alarm else "yellow"
            told = (Text.assemble((f"{name}: ", "bold"), visible(value)) for name, value in facts)
            headline = Text(visible(label), style=f"bold {colour}")
            yield Panel(Group(headline, Text(visible(text)), *told), border_style=colour)
        case Facts(rows):
            yield from _facts(rows)
        case Paragraph(line):
            yield Hung(inside, _inline(line, styled=styled))
        case Points(items):
            yield from (Hung(inside + bullet, _inline(item, styled=styled)) for item in items)
        case Table():
            yield _table(block)
        case Footer(text):
            yield Text(visible(text), style="dim")


def _facts(rows: tuple[tuple[str, tuple[str, ...]], ...]) -> Iterator[Hung]:
    room = max(len(name) for name, _ in rows) + 2
    for name, values in rows:
        for label, value in zip((name, *("",) * len(values)), values, strict=False):
            yield Hung(Text.assemble((label, "bold"), " " * (room - len(label))), Text(visible(value)))


def _table(table: Table) -> RenderableType:
    from rich.table import Table as Columns

    columns = Columns(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for number, name in enumerate(table.head):
        columns.add_column(Text(name), no_wrap=(number == 0) != table.crossed, overflow="fold")
    for row in table.rows:
        columns.add_row(*(Text(visible(cell)) for cell in row))
    return columns


def _inline(line: Line, *, styled: bool) -> Text:
    text = Text()
    for run in line:
        if run.marked and not styled:
            text.append(f"*{visible(run.text)}*")
        else:
            text.append(visible(run.text), style="bold underline" if run.marked else None)
    return text
