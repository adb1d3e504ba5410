"""A pager for an answer that is taller than the terminal."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
from contextlib import suppress
from shutil import get_terminal_size, which

from cptref.cli.messages import print_notice
from cptref.columns import count_columns

DEFAULT_PAGER = "less -FRX"  # ends by itself if all fits, shows colors, leaves the page on the screen
LESS_PROMPT = "q leaves, space goes on, / searches?lb, line %lb of {lines}."  # see PROMPTS in the manual of less
NOT_RUN_CODES = (126, 127)  # a shell's exit codes for a command that it can't run, or can't find
NORMAL_CODES = (0, -signal.SIGINT, 128 + signal.SIGINT, 0xC000013A)  # by itself, or by Ctrl-C, as Windows says last


def show_in_pager(data: bytes) -> bool:
    """Show it in a pager and wait until that ends; return False if it fits the terminal or there is no pager.

    CPTREF_PAGER names the pager, then PAGER: a command line for a shell, as POSIX says (`man`, "Environment
    variables"). An empty one means no pager.
    """
    if os.environ.get("TERM", "dumb") == "dumb" or _count_rows(data) < get_terminal_size().lines:
        return False
    command = os.environ.get("CPTREF_PAGER", os.environ.get("PAGER", DEFAULT_PAGER)).strip()
    if not command or (command == DEFAULT_PAGER and which("less") is None):
        return False
    with suppress(ValueError):  # an unclosed quote
        program, *_ = shlex.split(command, posix=os.name == "posix")
        # The shell of Windows ends with 1 where there is no such program, as the program may.
        return (os.name == "posix" or which(program.strip('"')) is not None) and _run_pager(command, data)
    return False


def _run_pager(command: str, data: bytes) -> bool:
    """Run the pager; return whether the shell could start it."""
    environment = _build_environment(data.count(b"\n"))
    pager = subprocess.Popen(command, shell=True, stdin=subprocess.PIPE, env=environment)  # noqa: S602 - the user's own
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C belongs to the pager, as everywhere
    try:
        pager.communicate(data)
    finally:
        signal.signal(signal.SIGINT, handler)
    if pager.returncode in NOT_RUN_CODES:
        return False
    if pager.returncode not in NORMAL_CODES:
        print_notice(f"the pager ended with exit code {pager.returncode}; --no-pager prints the answer without it")
    return True


def _build_environment(lines: int) -> dict[str, str]:
    """Return the environment, with what less needs to show colors, UTF-8 and a prompt, and to keep no history.

    The user's own options come last, so that a prompt of theirs wins. A dollar sign ends a prompt.
    """
    prompt = LESS_PROMPT.format(lines=lines)
    less = {"LESS": f"-R -Ps{prompt}$ {os.environ.get('LESS', 'FX')}", "LESSHISTFILE": "-"}
    return {"LESSCHARSET": "utf-8"} | os.environ | less


def _count_rows(data: bytes) -> int:
    """Count the rows of the terminal that the lines take; a long line takes several."""
    columns = max(get_terminal_size().columns, 1)
    text = re.sub(r"\x1b\[[\d;]*m", "", data.decode("utf-8", "replace"))
    return sum(max(-(-count_columns(line) // columns), 1) for line in text.removesuffix("\n").split("\n"))
