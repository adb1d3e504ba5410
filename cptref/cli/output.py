"""Standard output is for answers, standard error for everything else."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from io import StringIO
from typing import TYPE_CHECKING, Literal

from cptref.characters import one_line
from cptref.errors import FileError

if TYPE_CHECKING:
    from cptref.model import ShowAnswer
    from cptref.render import Format
    from cptref.render.page import Answer

Color = Literal["auto", "always", "never"]

_WIDEST = 100  # columns; longer lines are hard to read


class Settings:
    """The global options, as they are known so far."""

    def __init__(self) -> None:
        self.color: Color = "auto"
        self.debug = False


def answer(settings: Settings, given: Answer, form: Format | None, width: int | None) -> None:
    """Print an answer: as asked for, else for a terminal on a terminal and as plain text elsewhere.

    Who asks for colour in a pipe wants the page that a terminal gets, for a pager that knows colours.
    """
    refuse_closed()
    if form is None:
        form = "terminal" if settings.color == "always" or sys.stdout.isatty() else "text"
    if form == "terminal":
        write(_for_terminal(settings, given, width))
        return
    from cptref.render import render

    # Always UTF-8: an answer's bytes depend on the data and the options alone.
    write(render(given, form, width).encode())


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


def conclude(found: ShowAnswer) -> int:
    """Say what was remarked and what was missed; return the exit code."""
    for remark in found.remarks:
        notice(remark)
    for miss in found.misses:
        notice(f"{miss.input or repr('')}: {miss.message}")
    return 1 if found.misses else 0


def notice(text: str) -> None:
    """One line on standard error."""
    with suppress(OSError, AttributeError):  # AttributeError: standard error is closed, so it is None
        sys.stderr.write(f"cptref: {one_line(text)}\n")
        sys.stderr.flush()


class _Page(StringIO):
    """Keeps what Rich prints, and answers for standard output where Rich asks what it can print there."""

    @property
    def encoding(self) -> str:  # type: ignore[override]  # nobody sets it
        return sys.stdout.encoding

    def isatty(self) -> bool:
        return sys.stdout.isatty()


def _for_terminal(settings: Settings, given: Answer, width: int | None) -> bytes:
    from rich.console import Console

    from cptref.render import terminal
    from cptref.render.page import page

    file = _Page()
    if settings.color == "auto":  # Rich knows NO_COLOR, FORCE_COLOR and TERM=dumb
        console = Console(file=file, width=width)
    elif settings.color == "always":
        console = Console(file=file, width=width, force_terminal=True, color_system="standard", no_color=False)
    else:
        console = Console(file=file, width=width, color_system=None)
    if width is None:
        console.width = min(console.width, _WIDEST)
    shown = page(given)
    if shown:
        styled = console.color_system is not None
        console.print(terminal.render(shown, styled=styled, unicode=not console.options.ascii_only))
    # Rich pads lines to the width of their column; what is copied from a terminal should not end in blanks.
    return re.sub(r" +(\x1b\[0m)?$", r"\1", file.getvalue(), flags=re.MULTILINE).encode(
        file.encoding, "backslashreplace"
    )
