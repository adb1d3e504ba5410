"""Turn the HTML of a saved page into the rows that the same page would have as text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from cptref.importer.layout import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cptref.importer.changes import Changes, Kind

_BLOCK_NAMES = (
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 head header hr html legend li main ol option p pre section summary table tbody td tfoot th "
    "thead title tr ul"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BEGINS_AS_HTML = re.compile(rf"<(?:!doctype|\?xml|{'|'.join(sorted(_BLOCKS))})\b", re.IGNORECASE)
_TAGS = re.compile(
    r"<html[\s>]|<br ?/?>|</(?:html|head|body|div|p|li|ul|ol|h[1-6]|span|a|table|td|tr|dl|dd|dt|script|style|section"
    r"|article|main|nav)>",
    re.IGNORECASE,
)
_BLOCK = re.compile(rf"</?(?:{'|'.join(sorted(_BLOCKS - {'pre'}))})\b", re.IGNORECASE)
# Elements without a word of the article, and what they count as.
_DROPPED: dict[str, Kind] = {
    "script": "script",
    "style": "style",
    "nav": "menu",
    "menu": "menu",
    **dict.fromkeys(("button", "canvas", "iframe", "math", "object", "select", "svg", "textarea"), "embedded"),
    **dict.fromkeys(("noscript", "template"), "script"),
}
_RAW = frozenset({"script", "style"})
_TABLE_LEVEL = 7  # of the headings of a table, below all others
_PAUSES = (".", ":", "?", "!", ";", ",")

# A tag without its attributes, which may hold `>` in quotes. Matching takes linear time: of the tags that a quote left
# open could make overlap, no more than three do.
_TAG = re.compile(r"""<(/?[a-zA-Z][a-zA-Z0-9:-]*)([^<>"']*(?:(?:"[^"]*"|'[^']*')[^<>"']*)*)>|<[!?][^<>]*>|<""")


def is_html(text: str) -> bool:
    """Return whether a text has tags of HTML."""
    return _BEGINS_AS_HTML.match(text.lstrip()) is not None or _TAGS.search(text) is not None


def read_html(text: str, changes: Changes) -> list[Row]:
    """Return the rows of a page: one a heading, paragraph, point or row of a table, with its line's number.

    Take linear time for any input.
    """
    parser = _Parser(changes, keep_line_ends=_is_mostly_text(text))
    # HTMLParser takes quadratic time for tags that never end, so it gets whole tags only, without attributes.
    parser.feed("".join(_simplify(text)))
    parser.close()
    return parser.finish()


def _is_mostly_text(text: str) -> bool:
    """Return whether a page is text with a few tags in it, so that its line ends count."""
    return not text.lstrip().startswith("<") and 2 * len(_BLOCK.findall(text)) < text.strip().count("\n")


def _simplify(text: str) -> Iterator[str]:
    """Yield a page with its tags bare, without comments and the content of scripts, and with the same line ends."""
    lower: str | None = None
    position = 0
    missing: set[str] = set()  # ends of comments and scripts that don't come any more
    while (match := _TAG.search(text, position)) is not None:
        yield text[position : match.start()]
        position = match.end()
        name = (match[1] or "").lower()
        end = "-->" if text.startswith("<!--", match.start()) else f"</{name}" if name in _RAW else ""
        if name:
            yield f"<{name}{_keep_line_ends(match[2])}>"
        elif match[0] == "<" and not end:
            yield "&lt;"
        elif not end:
            yield _keep_line_ends(match[0])
        if end and end not in missing:
            lower = lower or text.lower()
            after = position if name else match.start() + len("<!--")
            stop = lower.find(end, after) if len(lower) == len(text) else text.find(end, after)
            if stop < 0:
                missing.add(end)
                continue
            position = stop if name else stop + len(end)
            yield _keep_line_ends(text[after:position])
    yield text[position:]


def _keep_line_ends(text: str) -> str:
    return "\n" * text.count("\n")


class _Parser(HTMLParser):
    """Collects the rows of a page."""

    def __init__(self, changes: Changes, *, keep_line_ends: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._changes = changes
        self._keep_line_ends = keep_line_ends
        self._rows: list[Row] = []
        self._title: list[str] = []
        self._in_title = self._in_pre = self._has_main_heading = False
        self._dropped, self._drop_depth = (
            "",
            0,
        )  # the outermost element to drop, and how many of its name
        self._lists: list[bool] = []  # of each open list, whether a point of it is open
        self._pieces: list[str] = []  # of the row that is being read
        self._number = 0
        self._prefix = ""
        self._level = 0  # of the open heading
        self._cells: list[str] | None = None  # of a row of a table, or a term and what it means
        self._has_data_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - there are none
        """Begin a row, or count what is dropped."""
        if self._dropped:
            self._drop_depth += tag == self._dropped
            return
        self._in_title = tag == "title" and not self._rows
        if kind := _DROPPED.get(tag):
            self._changes.add(kind)
            self._dropped, self._drop_depth = tag, 1
        elif tag in {"td", "th", "dd"} and self._cells is not None:
            self._end_cell()
            self._has_data_cell = self._has_data_cell or tag != "th"
        elif self._cells is not None and tag not in _HEADINGS | {"ul", "ol", "li", "table", "tr", "dt"}:
            self._pieces.append(" ")  # a block in a cell
        elif tag == "br":
            self._end_row()
        elif tag in _BLOCKS:
            self._begin_block(tag)

    def handle_endtag(self, tag: str) -> None:
        """End a row."""
        if self._dropped:
            self._drop_depth -= tag == self._dropped
            self._dropped = self._dropped if self._drop_depth else ""
        elif tag == "title":
            self._in_title = False
        elif tag in {"tr", "dl", "table"}:
            self._end_cells()
        elif tag in _BLOCKS and self._cells is None:
            self._end_row()
            self._end_block(tag)

    def handle_data(self, data: str) -> None:
        """Add to the row."""
        if self._dropped:
            return
        if self._in_title:
            self._title.append(data)
            return
        line_ends = self._keep_line_ends or self._in_pre
        number = self.getpos()[0]
        for index, text in enumerate(data.split("\n") if line_ends else [data]):
            if index:
                self._end_row()
                self._rows += [Row(number + index, "")] if not text.strip() else []
            if text.strip() and not self._number:
                self._number = number + index + text[: len(text) - len(text.lstrip())].count("\n")
            self._pieces.append(text)

    def finish(self) -> list[Row]:
        """Return the rows, the title of the page first if it has no main heading."""
        self._end_cells()
        self._end_row()
        if self._dropped:
            self._changes.add("unclosed", example=f"<{self._dropped}>")
        title = " ".join("".join(self._title).split())
        return [*([Row(1, title), Row(1, "")] if title and not self._has_main_heading else []), *self._rows]

    def _begin_block(self, tag: str) -> None:
        self._end_cells()
        self._end_row()
        if tag in _HEADINGS:
            self._lists.clear()  # of a page that does not end its lists
            self._level, self._has_main_heading = int(tag[1]), self._has_main_heading or tag == "h1"
        elif tag in {"tr", "dt"}:
            self._cells, self._has_data_cell = [], tag == "dt"
        elif tag in {"ul", "ol"}:
            self._lists.append(False)
        elif tag == "li":
            self._lists[-1:] = [True]
            self._prefix = f"{'  ' * (len(self._lists) - 1)}\u2022 "
        self._in_pre = self._in_pre or tag == "pre"
        self._separate()

    def _end_block(self, tag: str) -> None:
        if tag in {"ul", "ol"}:
            del self._lists[-1:]
        elif tag == "li":
            self._lists[-1:] = [False] if self._lists else []
            self._prefix = ""
        elif tag == "pre":
            self._in_pre = False
        elif tag in _HEADINGS:
            self._level = 0
        self._separate()

    def _separate(self) -> None:
        """Add a blank row, except within a list."""
        if not self._lists and self._rows and self._rows[-1].text:
            self._rows.append(Row(self._rows[-1].number, ""))

    def _end_row(self) -> None:
        text = " ".join("".join(self._pieces).split())
        if text:
            # What is in a point besides its first row is deeper than its bullet.
            indent = "  " * len(self._lists) if self._lists and self._lists[-1] else ""
            number = self._number or self.getpos()[0]
            self._rows.append(Row(number, f"{self._prefix or indent}{text}", level=self._level))
            self._prefix = ""
        self._pieces, self._number = [], 0

    def _end_cell(self) -> None:
        text = " ".join("".join(self._pieces).split())
        if text and self._cells is not None:
            self._cells.append(text)
        self._pieces = []

    def _end_cells(self) -> None:
        """End a row of a table. One with two cells or more becomes a point, or a heading if all are headings."""
        if self._cells is None:
            return
        self._end_cell()
        cells, self._cells = self._cells, None
        text = "".join(f"{cell}{' ' if cell.endswith(_PAUSES) else ' - '}" for cell in cells[:-1]) + "".join(cells[-1:])
        if text:
            several = len(cells) > 1
            bullet, level = ("\u2022 ", 0) if several and self._has_data_cell else ("", _TABLE_LEVEL if several else 0)
            self._rows.append(Row(self._number or self.getpos()[0], f"{bullet}{text}", level=level))
        self._number = 0
