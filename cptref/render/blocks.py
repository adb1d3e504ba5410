"""Blocks that a page is made of in any medium, where they go on the page, and how wide ones fit a narrow medium."""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

MIN_BAR_CELLS, MAX_BAR_CELLS = 8, 40


class Run(NamedTuple):
    """A piece of a line; `marked` if it matched the search."""

    text: str
    marked: bool = False


Line = tuple[Run, ...]


Tone = Literal["", "good", "doubt", "alarm"]  # how a verdict is colored, beside its sign and its word


class Title(NamedTuple):
    """The heading of a page, or of an entry on it. If `document_only`, plain text and terminals leave it out.

    Printed pages repeat it, or `running` instead if that is not "".
    """

    text: str
    document_only: bool = False
    tone: Tone = ""
    running: str = ""


class Heading(NamedTuple):
    """The heading of a part of the page; the blocks after it belong to it."""

    text: str


class Callout(NamedTuple):
    """Something that no reader may miss: a label, and what it means on a line of its own."""

    label: str
    text: str
    tone: Tone


class Facts(NamedTuple):
    """Names with their values, one or more values for each name.

    If `aligned`, plain text has the values of all names in one column, as a terminal has them anyway.
    """

    rows: tuple[tuple[str, tuple[str, ...]], ...]
    aligned: bool = False


class Paragraph(NamedTuple):
    """Running text."""

    line: Line


class Points(NamedTuple):
    """A bulleted list."""

    items: tuple[Line, ...]


class Table(NamedTuple):
    """Rows under a head.

    If `keys` is given, plain text has these and nothing else, so that a pipe gets one key per line. If `column_keys`,
    the head holds keys like the first column does, so plain text shows it too; it also does if `headed`.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    keys: tuple[str, ...] | None = None
    column_keys: bool = False
    headed: bool = False


class Columns(NamedTuple):
    """Lines side by side, one column per head, if there is room; `stack_columns` puts them one below the other.

    A cell has any number of lines. If `aligned`, the cells of a row belong together; if not, each stands alone.
    """

    label: str
    heads: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], ...], ...]
    aligned: bool


class RangeBars(NamedTuple):
    """Ranges on one scale from 0 to `maximum`: for each a name, its two ends, and the range in words."""

    label: str
    rows: tuple[tuple[str, int, int, str], ...]
    maximum: int


class Footer(NamedTuple):
    """The last line of a page. If `document_only`, plain text and terminals leave it out."""

    text: str
    document_only: bool = False


FlatBlock = Title | Heading | Callout | Facts | Paragraph | Points | Table | RangeBars | Footer
Block = FlatBlock | Columns
Document = tuple[Block, ...]


class PlacedBlock(NamedTuple):
    """A block on a page without markup: whether a blank line comes before it, and whether it is indented."""

    block: Block
    blank_before: bool
    indented: bool


def place_blocks(page: Iterable[Block]) -> Iterator[PlacedBlock]:
    """Yield each block with its place: text and lists after a heading are indented, up to the next title."""
    under_heading = False
    previous: Block | None = None
    for block in page:
        if isinstance(block, (Title, Footer)) and block.document_only:
            continue
        is_body = isinstance(block, (Paragraph, Points, Table, Columns, RangeBars))
        if isinstance(block, Table) and block.column_keys:  # its head names it, so it stands by itself
            is_body = False
        is_headed = isinstance(block, Facts) and isinstance(previous, Heading)
        stands_apart = not (is_body or is_headed) or isinstance(previous, (Title, Table))
        yield PlacedBlock(block, blank_before=previous is not None and stands_apart, indented=under_heading and is_body)
        under_heading = (under_heading or isinstance(block, Heading)) and not isinstance(block, Title)
        previous = block


def flatten(page: Document) -> Iterator[FlatBlock]:
    """Yield the blocks for a medium that puts nothing side by side."""
    for block in page:
        yield from stack_columns(block) if isinstance(block, Columns) else (block,)


def stack_rows(table: Table) -> Iterator[FlatBlock]:
    """Yield a table as a list of its rows, each cell on a line of its own behind the head of its column."""
    label, *heads = table.head
    if label and table.column_keys:
        yield Paragraph((Run(f"{label}:"),))
    rows = (
        (key, *(f"{head}: {cell}" for head, cell in zip(heads, cells, strict=True) if cell))
        for key, *cells in table.rows
    )
    yield Points(tuple((Run("\n".join(lines)),) for lines in rows))


def stack_columns(columns: Columns) -> Iterator[FlatBlock]:
    """Yield columns as blocks one below the other, each line with the head of its column."""
    if columns.aligned:
        yield Paragraph((Run(f"{columns.label}:"),))
        yield Points(tuple((Run("\n".join(_label_lines(columns.heads, row))),) for row in columns.rows))
        return
    for head, column in zip(columns.heads, zip(*columns.rows, strict=True), strict=True):
        if lines := [line for cell in column for line in cell]:
            yield Paragraph((Run(f"{columns.label} {head}:"),))
            yield Points(tuple((Run(line),) for line in lines))


def _label_lines(heads: tuple[str, ...], row: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    """Yield each different line of a row once, after the heads of the columns that it is in."""
    heads_by_line: dict[str, list[str]] = {}
    for head, lines in zip(heads, row, strict=True):
        for line in lines:
            heads_by_line.setdefault(line, []).append(head)
    yield from (f"{', '.join(own_heads)}: {line}" for line, own_heads in heads_by_line.items())


def format_bars(bars: RangeBars, width: int, full: str, empty: str) -> Iterator[str]:
    """Yield one line for each bar, with its name, the bar and the range in words; two lines if `width` is small."""
    name_width, words_width = max(len(name) for name, *_ in bars.rows), max(len(words) for *_, words in bars.rows)
    room = width - name_width - words_width - 4
    fits = room >= MIN_BAR_CELLS
    cells = min(room if fits else max(width - name_width - 2, MIN_BAR_CELLS), MAX_BAR_CELLS)
    for (name, *_, words), bar in zip(bars.rows, draw_bars(bars, cells, full, empty), strict=True):
        yield f"{name.ljust(name_width)}  {bar}{f'  {words}' if fits else ''}"
        if not fits:
            yield f"{' ' * name_width}  {words}"


def draw_bars(bars: RangeBars, cells: int, full: str, empty: str) -> Iterator[str]:
    """Yield a bar of `cells` characters for each row, at least one of them full."""
    for _, low, high, _ in bars.rows:
        start = low * cells // (bars.maximum or 1)
        stop = max(-(-high * cells // (bars.maximum or 1)), start + 1)
        yield (empty * start + full * (stop - start)).ljust(cells, empty)[-cells:]
