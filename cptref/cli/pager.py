"""A pager for what is taller than the terminal."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from contextlib import suppress
from shutil import get_terminal_size

_DEFAULT = "less -FRX"  # nothing to leave where it fits one screen, colours, and what was read stays on the screen


def paged(data: bytes) -> bool:
    """Show it in a pager and wait for its end; False where it fits the terminal or there is no pager.

    CPTREF_PAGER says which, then PAGER; an empty one says none. What is typed inside `less` is kept in no history.
    """
    if not sys.stdout.isatty() or os.environ.get("TERM", "dumb") == "dumb" or _rows(data) < get_terminal_size().lines:
        return False
    command = os.environ.get("CPTREF_PAGER", os.environ.get("PAGER", _DEFAULT))
    env = {"LESS": "FRX", "LESSCHARSET": "utf-8", "LESSHISTFILE": "-"} | os.environ
    try:
        argv = shlex.split(command)
        pager = subprocess.Popen(argv, stdin=subprocess.PIPE, env=env) if argv else None  # noqa: S603 - the user's own
    except (OSError, ValueError):  # it isn't there, can't be run, or a quote is missing
        return False
    if pager is None:
        return False
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the pager's, as everywhere
    try:
        with suppress(BrokenPipeError):  # it was left before the end
            pager.communicate(data)
        pager.wait()
    finally:
        signal.signal(signal.SIGINT, before)
    return True


def _rows(data: bytes) -> int:
    """The rows of the terminal that the lines take, long ones several."""
    columns = max(get_terminal_size().columns, 1)
    plain = re.sub(r"\x1b\[[\d;]*m", "", data.decode("utf-8", "replace"))
    return sum(max(-(-len(line) // columns), 1) for line in plain.splitlines())
