"""Standard output, which is for answers only."""

from __future__ import annotations

import re
import sys
from io import StringIO
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from cptref.cli.messages import discard_buffer
from cptref.cli.streams import is_closed_pipe, write_whole
from cptref.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cptref.cli.session import Settings
    from cptref.models.results import Answer
    from cptref.render import ListFormat

LIST_ANSWERS = {"ListAnswer", "SetCodesAnswer"}  # by name: importing the types takes longer than asking for it
WRITTEN_BYTES = 1 << 18  # at least, of a long answer at a time
MIN_COLUMNS = 20  # a narrower page can't be read


def print_result(settings: Settings, answer: Answer, form: ListFormat | None, width: int | None) -> None:
    """Print an answer in the format asked for, else for a terminal on a terminal and as plain text elsewhere.

    With color forced in a pipe, the answer is the page that a terminal gets, for a pager that understands color; but a
    list is one code per line in every pipe. An answer taller than the terminal goes through a pager.
    """
    require_stdout()
    if form is None:
        forced = settings.choose_color() == "always" and type(answer).__name__ not in LIST_ANSWERS
        form = "terminal" if forced or sys.stdout.isatty() else "text"
    if form == "terminal":
        page_or_write(settings, _render_for_terminal(settings, answer, width))
        return
    from cptref.render import iter_pieces

    # Always UTF-8: the bytes of an answer depend on the data and the options only.
    data = (piece.encode() for piece in iter_pieces(answer, form, width))
    if sys.stdout.isatty():
        page_or_write(settings, b"".join(data))
    else:
        _write_pieces(_join(data))


def page_or_write(settings: Settings, data: bytes) -> None:
    """Write to standard output, through a pager if that is a terminal with too few rows."""
    require_stdout()
    if sys.stdout.isatty() and not settings.no_pager and settings.color != "never":  # a pager sends its own escapes
        from cptref.cli.pager import show_in_pager

        if show_in_pager(data):
            return
    write(data)


def write(data: bytes) -> None:
    """Write to standard output. Raise FileError for a full disk and the like; a closed pipe is not an error."""
    _write_pieces((data,))


def _join(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield small pieces together, for there is one for each result of an answer."""
    size = 0
    waiting = []
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size > WRITTEN_BYTES:
            yield b"".join(waiting)
            size = 0
            waiting.clear()
    yield b"".join(waiting)


def _write_pieces(pieces: Iterable[bytes]) -> None:
    require_stdout()
    try:
        sys.stdout.flush()
        for piece in pieces:
            write_whole(sys.stdout.buffer, piece)
    except OSError as error:
        discard_buffer(sys.stdout)
        if not is_closed_pipe(error):
            raise FileError(
                f"standard output can't be written: {error.strerror}", hint="free some space or write elsewhere"
            ) from error


def require_stdout() -> None:
    """Raise FileError if standard output was closed from outside: Python has none then."""
    if sys.stdout is None:
        raise FileError("standard output is closed", hint="write to a file with cptref export -o FILE")


class _Page(StringIO):
    """Keeps what Rich prints, and answers for standard output when Rich asks what it can print there."""

    @property
    def encoding(self) -> str:  # type: ignore[override]  # nobody sets it
        return sys.stdout.encoding

    def isatty(self) -> bool:
        return sys.stdout.isatty()


def _render_for_terminal(settings: Settings, answer: Answer, width: int | None) -> bytes:
    from rich.console import Console

    from cptref.render import terminal
    from cptref.render.document import build_document

    page = _Page()
    color = settings.choose_color()
    if color == "auto":  # Rich knows NO_COLOR and TERM=dumb
        console = Console(file=page, width=width)
    elif color == "always":
        console = Console(file=page, width=width, force_terminal=True, color_system="standard", no_color=False)
    else:
        console = Console(file=page, width=width, color_system=None)
    if width is None:
        # Rich takes COLUMNS=0 literally, which means that the width is unknown.
        console.width = max(console.width or get_terminal_size().columns, MIN_COLUMNS)
    if document := build_document(answer):
        styled = console.color_system is not None
        limit = terminal.TEXT_COLUMNS if width is None else None
        console.print(terminal.render(document, styled=styled, unicode=not console.options.ascii_only, limit=limit))
    text = page.getvalue()
    if console.options.ascii_only:
        text = text.translate(terminal.ASCII_SIGNS)
    # Rich pads lines to the width of their column; what is copied from a terminal should not end in blanks.
    return re.sub(r"(?<! ) +(\x1b\[0m)?$", r"\1", text, flags=re.MULTILINE).encode(page.encoding, "backslashreplace")
