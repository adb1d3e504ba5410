"""A pager for what is taller than the terminal."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
from contextlib import suppress
from shutil import get_terminal_size, which

from cptref.cli.output import notice

_DEFAULT = "less -FRX"  # nothing to leave where it fits one screen, colours, and what was read stays on the screen
_NOT_RUN = (126, 127)  # what a shell says of a command that it can't run, or find
_ENDED = (0, -signal.SIGINT, 128 + signal.SIGINT)  # by itself, or by Ctrl-C


def show_in_pager(data: bytes) -> bool:
    """Show it in a pager and wait for its end; False where it fits the terminal or there is no pager.

    CPTREF_PAGER says which, then PAGER: what a shell would run, as POSIX has it (`man`, "Environment variables"); an
    empty one says none.
    """
    if os.environ.get("TERM", "dumb") == "dumb" or _count_rows(data) < get_terminal_size().lines:
        return False
    command = os.environ.get("CPTREF_PAGER", os.environ.get("PAGER", _DEFAULT)).strip()
    if not command or (command == _DEFAULT and which("less") is None):
        return False
    with suppress(ValueError):  # a quote that is not closed
        shlex.split(command)
        return _run_pager(command, data)
    return False


def _run_pager(command: str, data: bytes) -> bool:
    """Whether the shell could run it."""
    pager = subprocess.Popen(command, shell=True, stdin=subprocess.PIPE, env=_pager_env())  # noqa: S602 - it is the user's own
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the pager's, as everywhere
    try:
        pager.communicate(data)
    finally:
        signal.signal(signal.SIGINT, before)
    if pager.returncode in _NOT_RUN:
        return False
    if pager.returncode not in _ENDED:
        notice(f"the pager ended with exit code {pager.returncode}; --no-pager prints the answer without it")
    return True


def _pager_env() -> dict[str, str]:
    """The environment, with what less needs to show colours and letters, and to keep no history of searches."""
    less = {"LESS": f"-R {os.environ.get('LESS', 'FX')}", "LESSHISTFILE": "-"}
    return {"LESSCHARSET": "utf-8"} | os.environ | less


def _count_rows(data: bytes) -> int:
    """The rows of the terminal that the lines take, long ones several."""
    columns = max(get_terminal_size().columns, 1)
    plain = re.sub(r"\x1b\[[\d;]*m", "", data.decode("utf-8", "replace"))
    return sum(max(-(-len(line) // columns), 1) for line in plain.splitlines())
