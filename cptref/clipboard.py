"""The clipboard: by a tool of the system, else by the terminal, which may be on another computer."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from shutil import which
from typing import TYPE_CHECKING

from cptref.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from subprocess import Popen

TIMEOUT_S = 3
MAX_OSC52_BYTES = 74_994  # before base64; hterm and xterm.js take 100,000 bytes with the sequence around it
SCREEN_CHUNK_BYTES = 256  # of a sequence that GNU screen passes through: it drops longer ones
_NO_CLIPBOARD_TERMS = {"", "dumb", "linux"}  # values of TERM

# Commands that take the clipboard from standard input, and the variable that says that they can work. `-w` passes it on
# to the terminal that tmux runs in, which ignores a sequence of a program by default.
_TOOLS = (
    (("wl-copy", "--type", "text/plain"), "WAYLAND_DISPLAY"),
    (("xclip", "-selection", "clipboard", "-in"), "DISPLAY"),
    (("xsel", "--clipboard", "--input"), "DISPLAY"),
    (("tmux", "load-buffer", "-w", "-"), "TMUX"),
)
_LOCAL_TOOLS = (("pbcopy",), ("clip.exe",))  # which would fill the clipboard of the computer at the other end of SSH


def copy_text(text: str) -> str:
    """Put codes, one a line, on the clipboard; return a phrase for the way: `with xclip`.

    Raise FileError where there is no clipboard, or none that takes as much.
    """
    data = text.encode()
    return next((f"with {tool[0]}" for tool in _iter_tools() if _run_tool(tool, data)), "") or _send_to_terminal(data)


def _iter_tools() -> Iterator[tuple[str, ...]]:
    """Yield the commands that can work here."""
    for tool, variable in _TOOLS:
        if os.environ.get(variable) and which(tool[0]):
            yield tool
    if not os.environ.get("SSH_CONNECTION"):
        yield from (tool for tool in _LOCAL_TOOLS if which(tool[0]))


def _run_tool(tool: tuple[str, ...], data: bytes) -> bool:
    """Run a command with the data as its standard input; return whether it took it in time.

    It has no other stream: xclip stays to serve the clipboard, and would keep ours open. In a session of its own, it
    stays when the terminal closes, and what hangs ends with all that it started.
    """
    import subprocess

    try:
        process = subprocess.Popen(  # noqa: S603 - a command of those above
            tool,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return False
    try:
        with suppress(BrokenPipeError):
            process.communicate(data, timeout=TIMEOUT_S)
    except BaseException as error:  # Ctrl-C too
        _end(process)
        if not isinstance(error, subprocess.TimeoutExpired):
            raise
        return False
    return process.wait() == 0


def _end(process: Popen[bytes]) -> None:
    import signal

    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()


def _send_to_terminal(data: bytes) -> str:
    """Ask the terminal to take the data, by the sequence OSC 52 of xterm; return a phrase for that.

    No terminal says whether it did. Raise FileError where there is none, or the data is too long.
    """
    from base64 import b64encode

    if os.environ.get("TERM", "") in _NO_CLIPBOARD_TERMS:
        raise FileError(
            "nothing was copied: there is no clipboard here",
            hint="install wl-copy or xclip, or use a terminal with a clipboard",
        )
    if len(data) > MAX_OSC52_BYTES:
        raise FileError(
            f"nothing was copied: a terminal takes {MAX_OSC52_BYTES:,} bytes, these codes have {len(data):,}",
            hint="copy fewer codes",
        )
    sequence = _wrap_for_multiplexer(b"\x1b]52;c;" + b64encode(data) + b"\x07")
    if not any(_write_to(path, sequence) for path in _iter_terminals()):
        raise FileError(
            "nothing was copied: there is no clipboard and no terminal here", hint="install wl-copy or xclip"
        )
    return "by the terminal, if it allows that (OSC 52)"


def _wrap_for_multiplexer(sequence: bytes) -> bytes:
    """Return a sequence so that tmux or GNU screen passes it to the terminal that it runs in."""
    if os.environ.get("TMUX"):
        return b"\x1bPtmux;" + sequence.replace(b"\x1b", b"\x1b\x1b") + b"\x1b\\"
    if os.environ.get("STY"):
        starts = range(0, len(sequence), SCREEN_CHUNK_BYTES)
        return b"".join(b"\x1bP" + sequence[start : start + SCREEN_CHUNK_BYTES] + b"\x1b\\" for start in starts)
    return sequence


def _iter_terminals() -> Iterator[str]:
    yield "/dev/tty"
    with suppress(OSError, AttributeError):  # standard error is closed or no terminal; Windows has no ttyname
        yield os.ttyname(sys.stderr.fileno())


def _write_to(path: str, data: bytes) -> bool:
    """Write the data to a terminal; return whether it took all in time: Ctrl-S stops one for as long as one likes."""
    from select import select
    from time import monotonic

    try:
        terminal = os.open(path, os.O_WRONLY | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return False
    try:
        deadline = monotonic() + TIMEOUT_S
        while data and select([], [terminal], [], max(deadline - monotonic(), 0))[1]:
            data = data[os.write(terminal, data) :]
    except OSError:
        return False
    finally:
        os.close(terminal)
    return not data
