"""Write all of a text and read all of an input, whatever the mode of the stream.

An unbuffered stream writes a part at a time and returns how much that was. A non-blocking one, as some terminals,
editors and job runners hand down, fails or returns None where another would wait.
"""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

POLL_S = 0.01  # wait this long for a stream that the system can't watch


def write_whole(stream: BinaryIO, data: bytes) -> None:
    """Write all bytes to a stream and flush it. Raise OSError."""
    remaining = memoryview(data)
    while remaining:
        try:
            written = stream.write(remaining)
        except BlockingIOError as error:  # of a buffered stream, which has taken what fits
            written = error.characters_written
        remaining = remaining[written or 0 :]
        if remaining and not written:
            _wait(stream, writing=True)
    while True:
        try:
            stream.flush()
        except BlockingIOError:  # noqa: PERF203 - it waits anyway
            _wait(stream, writing=True)
        else:
            return


def is_closed_pipe(error: OSError) -> bool:
    """Return whether nobody reads what is written. Windows says EINVAL for that (bugs.python.org/issue35754)."""
    return isinstance(error, BrokenPipeError) or (os.name == "nt" and error.errno == errno.EINVAL)


def read_whole(stream: BinaryIO, limit: int) -> bytes:
    """Return what a stream has up to its end, at most `limit` bytes. Raise OSError."""
    data = b""
    while len(data) < limit:
        piece: bytes | None = stream.read(limit - len(data))
        if piece is None:
            _wait(stream, writing=False)
        elif piece:
            data += piece
        else:
            break
    return data


def _wait(stream: BinaryIO, *, writing: bool) -> None:
    """Wait until a stream takes or gives something."""
    from select import select
    from time import sleep

    try:
        select([] if writing else [stream], [stream] if writing else [], [])
    except (OSError, ValueError):  # no file, or on Windows no socket
        sleep(POLL_S)
