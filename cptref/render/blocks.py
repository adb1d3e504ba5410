"""What a page is made of, whatever the medium: blocks, where they stand, and what becomes of those that need room."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SHORTEST, _LONGEST = 8, 40  # cells of a bar


class Run(NamedTuple):
    """A piece of a line; `marked` where it is what was searched for."""

    text: str
    marked: bool = False


Line = tuple[Run, ...]


class Title(NamedTuple):
    """The heading of a page, or of an entry on it. Where `quiet`, only a document with headings says it."""

    text: str
    quiet: bool = False


class Heading(NamedTuple):
    """The heading of a part; what follows belongs to it."""

    text: str


class Callout(NamedTuple):
    """What no one may miss: a label, what it means, and facts about it. `alarm` is how a terminal colours it."""

    label: str
    text: str
    facts: tuple[tuple[str, str], ...]
    alarm: bool


class Facts(NamedTuple):
    """Names with their values, one or more of each."""

    rows: tuple[tuple[str, tuple[str, ...]], ...]


class Paragraph(NamedTuple):
    """Running text."""

    line: Line


class Points(NamedTuple):
    """A bulleted list."""

    items: tuple[Line, ...]


class Table(NamedTuple):
    """Rows under a head.

    Where `bare`, plain text has the first column only, so that a pipe gets one key a line. Where `crossed`, the head is
    as much a key as the first column, so that plain text has it too.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    bare: bool = False
    crossed: bool = False


class Columns(NamedTuple):
    """Lines side by side, a column for each head, where there is room: `stacked()` says the same one below the other.

    A cell has any number of lines. Those of one row belong together where `lined_up`, and are on their own elsewhere.
    """

    label: str
    heads: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], ...], ...]
    lined_up: bool


class RangeBars(NamedTuple):
    """Ranges on one scale from nothing to `most`: for each what it is of, the ends, and the range in words."""

    label: str
    rows: tuple[tuple[str, int, int, str], ...]
    most: int


class Footer(NamedTuple):
    """What stands under the whole page. Where `quiet`, only a document with headings says it."""

    text: str
    quiet: bool = False


FlatBlock = Title | Heading | Callout | Facts | Paragraph | Points | Table | RangeBars | Footer
Block = FlatBlock | Columns
Document = tuple[Block, ...]


class PlacedBlock(NamedTuple):
    """A block on a page that has no markup: after a blank line or not, indented under a heading or not."""

    block: Block
    apart: bool
    inside: bool


def place_blocks(page: Iterable[Block]) -> Iterator[PlacedBlock]:
    """The blocks with their places: what follows a heading stands under it, up to the next title."""
    inside = False
    shown = (block for block in page if not (isinstance(block, (Title, Footer)) and block.quiet))
    for number, block in enumerate(shown):
        body = isinstance(block, (Paragraph, Points, Table, Columns, RangeBars))
        yield PlacedBlock(block, apart=number > 0 and not body, inside=inside and body)
        inside = (inside or isinstance(block, Heading)) and not isinstance(block, Title)


def flatten(page: Document) -> Iterator[FlatBlock]:
    """The blocks for a medium that sets nothing side by side."""
    for block in page:
        yield from stack_columns(block) if isinstance(block, Columns) else (block,)


def stack_columns(sides: Columns) -> Iterator[FlatBlock]:
    """Lines side by side as blocks one below the other, each line with the head it stands under."""
    if sides.lined_up:
        yield Paragraph((Run(f"{sides.label}:"),))
        yield Points(tuple((Run("\n".join(_said(sides.heads, row))),) for row in sides.rows))
        return
    for head, column in zip(sides.heads, zip(*sides.rows, strict=True), strict=True):
        if lines := [line for cell in column for line in cell]:
            yield Paragraph((Run(f"{sides.label} {head}:"),))
            yield Points(tuple((Run(line),) for line in lines))


def _said(heads: tuple[str, ...], row: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    """The lines of a row, each behind the heads it stands under."""
    under: dict[str, list[str]] = {}
    for head, lines in zip(heads, row, strict=True):
        for line in lines:
            under.setdefault(line, []).append(head)
    yield from (f"{', '.join(those)}: {line}" for line, those in under.items())


def format_bars(bars: RangeBars, width: int, full: str, empty: str) -> Iterator[str]:
    """A line or two for each bar: what it is of, the bar, the range in words."""
    labels, words = max(len(label) for label, *_ in bars.rows), max(len(told) for *_, told in bars.rows)
    beside = width - labels - words - 4
    cells = min(beside if beside >= _SHORTEST else max(width - labels - 2, _SHORTEST), _LONGEST)
    for (label, *_, told), bar in zip(bars.rows, draw_bars(bars, cells, full, empty), strict=True):
        yield f"{label.ljust(labels)}  {bar}{f'  {told}' if beside >= _SHORTEST else ''}"
        if beside < _SHORTEST:
            yield f"{' ' * labels}  {told}"


def draw_bars(bars: RangeBars, cells: int, full: str, empty: str) -> Iterator[str]:
    """A bar of so many cells for each row; one cell of it at least is full."""
    for _, low, high, _ in bars.rows:
        start = low * cells // (bars.most or 1)
        stop = max(-(-high * cells // (bars.most or 1)), start + 1)
        yield (empty * start + full * (stop - start)).ljust(cells, empty)[-cells:]
