"""Standard output is for answers, standard error for everything else."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from io import StringIO
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Literal

from cptref.errors import FileError
from cptref.sanitize import single_line

if TYPE_CHECKING:
    from cptref.models.results import Answer, CompareAnswer, ModifiersAnswer, ShowAnswer
    from cptref.render import Format

Color = Literal["auto", "always", "never"]


class Settings:
    """The global options, as they are known so far."""

    def __init__(self) -> None:
        self.color: Color = "auto"
        self.debug = False
        self.library: list[str] = []
        self.no_pager = False


def print_result(settings: Settings, given: Answer, form: Format | None, width: int | None) -> None:
    """Print an answer: as asked for, else for a terminal on a terminal and as plain text elsewhere.

    Who asks for colour in a pipe wants the page that a terminal gets, for a pager that knows colours; but a list is one
    code a line in every pipe. What is taller than the terminal goes through a pager.
    """
    from cptref.models.results import ListAnswer

    refuse_closed()
    if form is None:
        coloured = _color(settings) == "always" and not isinstance(given, ListAnswer)
        form = "terminal" if coloured or sys.stdout.isatty() else "text"
    if form == "terminal":
        data = _for_terminal(settings, given, width)
    else:
        from cptref.render import render

        # Always UTF-8: an answer's bytes depend on the data and the options alone.
        data = render(given, form, width).encode()
    page_or_write(settings, data)


def page_or_write(settings: Settings, data: bytes) -> None:
    """Write to standard output, which is open; through a pager where that is a terminal and too low for it."""
    if sys.stdout.isatty() and not settings.no_pager and settings.color != "never":  # a pager has escapes of its own
        from cptref.cli.pager import show_in_pager

        if show_in_pager(data):
            return
    write(data)


def write(data: bytes) -> None:
    """Write to standard output. A reader that left is no error; a disk that is full is one."""
    refuse_closed()
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except OSError as error:
        with suppress(OSError):  # what is left in the buffer has nowhere to go: say nothing more about it at exit
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise FileError(
                f"standard output can't be written: {error.strerror}", hint="free some space or write elsewhere"
            ) from error


def refuse_closed() -> None:
    """Raise FileError where standard output was closed from outside: Python has none then."""
    if sys.stdout is None:
        raise FileError("standard output is closed", hint="write to a file with cptref export -o FILE")


def report_misses(found: ShowAnswer | CompareAnswer | ModifiersAnswer) -> int:
    """Say what was missed, and what the modifiers typed with it mean; return the exit code."""
    from cptref.models.results import group_by_code

    shown = {entry.code for entry in found.entries}
    typed = group_by_code(found.appended)
    for miss in found.misses:
        notice(f"{miss.input or repr('')}: {miss.message}")
        for one in typed.get(miss.code, ()) if miss.code not in shown else ():
            notice(f"{miss.input}: modifier {one.code}: {one.meaning or 'not held either'}")
    return 1 if found.misses else 0


def notice(text: str) -> None:
    """One line on standard error."""
    with suppress(OSError, AttributeError):  # AttributeError: standard error is closed, so it is None
        sys.stderr.write(f"cptref: {single_line(text)}\n")
        sys.stderr.flush()


class _Page(StringIO):
    """Keeps what Rich prints, and answers for standard output where Rich asks what it can print there."""

    @property
    def encoding(self) -> str:  # type: ignore[override]  # nobody sets it
        return sys.stdout.encoding

    def isatty(self) -> bool:
        return sys.stdout.isatty()


def _color(settings: Settings) -> Color:
    """When to use colour: the option, else the environment (no-color.org, force-color.org), what forbids it first."""
    against = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    forced = os.environ.get("FORCE_COLOR") and not against
    return "always" if settings.color == "auto" and forced else settings.color


def _for_terminal(settings: Settings, given: Answer, width: int | None) -> bytes:
    from rich.console import Console

    from cptref.render import terminal
    from cptref.render.document import build_document

    file = _Page()
    color = _color(settings)
    if color == "auto":  # Rich knows NO_COLOR and TERM=dumb
        console = Console(file=file, width=width)
    elif color == "always":
        console = Console(file=file, width=width, force_terminal=True, color_system="standard", no_color=False)
    else:
        console = Console(file=file, width=width, color_system=None)
    shown = build_document(given)
    if width is None:
        # Rich takes COLUMNS=0 at its word, which says that nobody knows; and less than 20 can't be read.
        console.width = min(max(console.width or get_terminal_size().columns, 20), terminal.max_width(shown))
    if shown:
        styled = console.color_system is not None
        limit = terminal.TEXT_COLUMNS if width is None else None
        console.print(terminal.render(shown, styled=styled, unicode=not console.options.ascii_only, limit=limit))
    # Rich pads lines to the width of their column; what is copied from a terminal should not end in blanks.
    return re.sub(r" +(\x1b\[0m)?$", r"\1", file.getvalue(), flags=re.MULTILINE).encode(
        file.encoding, "backslashreplace"
    )
