"""The library that a command answers from: which folders it has, and what a terminal sees while it is compiled."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from cptref import paths
from cptref.cli.output import notice
from cptref.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress

    from cptref.cli.output import Settings
    from cptref.errors import Fault
    from cptref.library import Library

_MANY = 100  # articles, which take more than half a second: from here on it is told what takes so long
_TOLD = 5  # files left out that are named; who has more looks them up
_STEP = 32  # articles from one movement of the bar to the next


@contextmanager
def open_configured(settings: Settings) -> Iterator[Library]:
    """The bundled dataset, with the user's folder, those of CPTREF_LIBRARY and those of --library laid over it.

    What is broken in these is left out, and named once all has been asked.
    """
    from cptref import open_library

    with (
        CompileProgress(settings) as watch,
        open_library(library_folders(settings), notes=find_notes_file(), progress=watch) as library,
    ):
        yield library
        _report_faults(library.faults)


def find_notes_file() -> str | None:
    """The file of the user's notes; without a home there is none."""
    with suppress(FileError):
        return str(paths.notes_file())
    return None


def extra_folders(settings: Settings) -> list[str]:
    """The folders of CPTREF_LIBRARY and of --library."""
    named = [folder for folder in os.environ.get("CPTREF_LIBRARY", "").split(os.pathsep) if folder]
    # Shells leave the ~ of --library=~/folder as it is, and that of a line that is being completed.
    return [os.path.expanduser(folder) for folder in (*named, *settings.library)]  # noqa: PTH111 - half as long


def library_folders(settings: Settings) -> list[str]:
    """The folders that are laid over the bundled dataset, in order."""
    found = extra_folders(settings)
    with suppress(FileError):  # without a home there is no folder of the user's
        own = str(paths.user_library_dir())
        if os.path.isdir(own):  # noqa: PTH112 - half as long as by way of Path, and every start pays
            found.insert(0, own)
    return found


def _report_faults(faults: tuple[Fault, ...]) -> None:
    """Name the files that were left out, with the first fault of each."""
    found: dict[str, list[Fault]] = {}
    for fault in faults:
        found.setdefault(fault.file, []).append(fault)
    for first, *more in [*found.values()][:_TOLD]:
        rest = f", with {len(more)} more {'fault' if len(more) == 1 else 'faults'}" if more else ""
        notice(f"{first}; left out{rest}")
    if len(found) > _TOLD:
        notice(f"{len(found) - _TOLD:,} more files are left out; cptref check names every fault")


class CompileProgress:
    """A line and a bar on standard error while a large library is compiled, where that is a terminal.

    The bar moves the cursor, so who wants no escape sequence gets the line alone.
    """

    def __init__(self, settings: Settings) -> None:
        self._told = self._ended = sys.stderr is None or not sys.stderr.isatty()
        self._plain = settings.color == "never"
        self._bar: Progress | None = None

    def __enter__(self) -> CompileProgress:  # noqa: PYI034 - Self is not in typing before Python 3.11
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        if self._bar:
            with suppress(IndexError):  # Rich's, where Ctrl-C came while the bar was starting
                self._bar.stop()
            self._bar.console.show_cursor()

    def __call__(self, done: int, total: int, /) -> None:
        """Say how far it has come."""
        if self._ended or total < _MANY or done % _STEP:
            return
        if not self._told:
            self._told = True
            notice(f"compiling {total:,} articles, which is done again only when one of them changes")
            self._bar = None if self._plain else _bar()
        if self._bar:
            self._bar.update(self._bar.task_ids[0], completed=done, total=total)
            # Only the first start does anything. The bar hides the cursor, and __exit__ must know of it by then.
            self._bar.start()


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(stderr=True), transient=True)
    bar.add_task("compiling")
    return bar
