"""What a terminal shows while a large library is compiled, and while code sets are read."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from cptref.cli.messages import print_notice, print_waiting

if TYPE_CHECKING:
    from rich.progress import Progress

    from cptref.cli.session import Color

MIN_ARTICLES = 100  # about half a second's work: smaller libraries are compiled without a word
SECONDS_BEFORE_BAR = 1.0  # of reading code sets; what is quicker needs no bar
ARTICLES_PER_STEP = 32  # from one movement of the bar to the next


class CompileProgress:
    """A line and a bar on standard error while a large library is compiled, if that is a terminal.

    The bar moves the cursor, so if `color` is never there is the line alone.
    """

    def __init__(self, color: Color) -> None:
        self._ended = self._announced = sys.stderr is None or not sys.stderr.isatty()
        self._color = color
        self._bar: Progress | None = None

    def __enter__(self) -> CompileProgress:  # noqa: PYI034 - Self is not in typing before Python 3.11
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        if self._bar:
            with suppress(IndexError):  # Rich raises it if Ctrl-C came while the bar was starting
                self._bar.stop()
            self._bar.console.show_cursor()

    def __call__(self, done: int, total: int, /) -> None:
        """Show that `done` of `total` articles are compiled."""
        if self._ended or total < MIN_ARTICLES or done % ARTICLES_PER_STEP:
            return
        if not self._announced:
            self._announced = True
            print_notice(f"compiling {total:,} articles; this runs again only after one of them changes")
            print_waiting(self._color)  # at once: it explains the wait
            self._bar = _make_bar() if self._color != "never" else None
        if self._bar:
            self._bar.update(self._bar.task_ids[0], completed=done, total=total)
            # Only the first start does anything. It hides the cursor, so __exit__ must know the bar by then.
            self._bar.start()


class AddProgress:
    """A bar on standard error that names the file that is read, once reading takes long, if that is a terminal.

    A call while a file is read tells nothing of how much is left, so the bar only moves.
    """

    def __init__(self, color: Color) -> None:
        from threading import Timer

        self._bar: Progress | None = None
        self._name = ""
        self._timer = Timer(SECONDS_BEFORE_BAR, self._start)
        self._timer.daemon = True
        self._is_shown = sys.stderr is not None and sys.stderr.isatty() and color != "never"

    def __enter__(self) -> AddProgress:  # noqa: PYI034 - Self is not in typing before Python 3.11
        if self._is_shown:
            self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        if self._is_shown:
            self._timer.join()
        if self._bar:
            self._bar.stop()
            self._bar.console.show_cursor()

    def __call__(self, name: str, /) -> None:
        """Show that a file of this name is read."""
        self._name = name.replace(os.sep, "/").rpartition("/")[2]
        if self._bar:
            self._bar.update(self._bar.task_ids[0], description=self._describe())

    def _start(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
        from rich.table import Column

        text = TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True))
        bar = Progress(text, BarColumn(), TimeElapsedColumn(), console=Console(stderr=True), transient=True)
        bar.add_task(self._describe(), total=None)
        self._bar = bar
        bar.start()

    def _describe(self) -> str:
        from cptref.sanitize import single_line

        return f"reading {single_line(self._name)}"


def _make_bar() -> Progress:
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(stderr=True), transient=True)
    bar.add_task("compiling")
    return bar
