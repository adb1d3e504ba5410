"""A real terminal: a program on a pty of a given size, its answer, and keys to press."""

from __future__ import annotations

import os
import select
import signal
import struct
import subprocess
from contextlib import contextmanager, suppress
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_SECONDS = 60  # the longest wait for anything


class Shown(NamedTuple):
    """What a terminal showed, with lines that end as files have them, and the exit code."""

    code: int
    out: str


class Terminal:
    """A program on a terminal."""

    def __init__(self, process: subprocess.Popen[bytes], ours: int) -> None:
        self.process = process
        self.said = b""
        self._ours = ours

    def press(self, keys: str) -> None:
        """Type these keys."""
        os.write(self._ours, keys.encode())

    def until(self, wanted: str) -> str:
        """Return what was shown from the start, once this is in it. Raise TimeoutError where it doesn't come."""
        deadline = monotonic() + _SECONDS
        while wanted.encode() not in self.said:
            if not self._read(deadline):
                raise TimeoutError(f"{wanted!r} did not come, only {self.said!r}")
        return self.said.decode(errors="ignore")  # a character may not be there as a whole

    def end(self) -> Shown:
        """Return what was shown, once the program has ended."""
        deadline = monotonic() + _SECONDS
        while self._read(deadline):
            pass
        return Shown(self.process.wait(_SECONDS), self.said.decode().replace("\r\n", "\n"))

    def _read(self, deadline: float) -> bool:
        ready, _, _ = select.select([self._ours], [], [], max(deadline - monotonic(), 0))
        read = b""
        if ready:
            with suppress(OSError):  # Linux says so when the other side has closed
                read = os.read(self._ours, 65536)
        self.said += read
        return bool(read)


@contextmanager
def terminal(
    argv: Sequence[str],
    *,
    columns: int = 80,
    rows: int = 24,
    env: Mapping[str, str] | None = None,
    streams: Sequence[str] = ("stdin", "stdout", "stderr"),
) -> Iterator[Terminal]:
    """Start a program on a terminal of this size, which is where these of its streams go."""
    pty, fcntl, termios = (
        pytest.importorskip(name, reason="terminals are POSIX's") for name in ("pty", "fcntl", "termios")
    )
    has_stdin = "stdin" in streams
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    process = subprocess.Popen(
        argv,
        # In a session with a terminal of its own, Ctrl-C gets there and less finds its keys.
        start_new_session=has_stdin,
        preexec_fn=(lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)) if has_stdin else None,  # noqa: PLW1509 - one thread
        stdin=theirs if has_stdin else subprocess.DEVNULL,
        stdout=theirs if "stdout" in streams else subprocess.DEVNULL,
        stderr=theirs if "stderr" in streams else subprocess.DEVNULL,
        env={**os.environ, "TERM": "xterm-256color", **(env or {})},
    )
    os.close(theirs)
    try:
        yield Terminal(process, ours)
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        process.wait()
        os.close(ours)


def shown(
    argv: Sequence[str],
    *,
    columns: int = 80,
    rows: int = 1000,
    env: Mapping[str, str] | None = None,
    streams: Sequence[str] = ("stdout", "stderr"),
) -> Shown:
    """Return what a program shows on a terminal, and how it ends."""
    with terminal(argv, columns=columns, rows=rows, env=env, streams=streams) as program:
        return program.end()
