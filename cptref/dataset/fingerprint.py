"""Tell by size and times whether dataset files have changed, and read one of them within bounds."""

from __future__ import annotations

import os
import stat
from functools import partial
from time import sleep, time_ns
from typing import TYPE_CHECKING

from cptref.dataset.layers import scan_layer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cptref.dataset.layers import Layer

MAX_FILE_BYTES = 2**20  # five times the bundled vocabulary, a hundred times an article

# Linux stamps a file with the time of its clock's last tick, which comes every 10 ms or more often. Some file systems
# store whole seconds only, or even ones. A file that changes twice within a tick has the same time after both changes.
_TICK_NS, _LONG_TICK_NS, _SECOND_NS = 20_000_000, 2_000_000_000, 1_000_000_000


def fingerprints(layers: Iterable[Layer], notes: str) -> dict[bytes, str]:
    """Return the fingerprint of every source file by its path, and of what should be one and can't be read.

    Fingerprints are compared for equality only, so a clock that goes backwards does no harm.
    """
    by_path = {os.fsencode(notes): fingerprint(notes)} if notes else {}
    for layer in layers:
        listing = scan_layer(layer)
        by_path |= {os.fsencode(file.path): _format_stat(file.stat) for file in listing.files}
        by_path |= {os.fsencode(path): fingerprint(path) for path in listing.problems}
    return by_path


def wait_for_stable_fingerprints(layers: Iterable[Layer], notes: str) -> dict[bytes, str]:
    """Return the fingerprints of all source files, after sleeping until a further change would alter them.

    This is git's "racy git" problem: a file that changes right after it was looked at, within one tick of the file
    system's clock and without a change of size, keeps its fingerprint, so the change would never be noticed. Wait until
    the newest file is older than one tick: 20 ms, or 2 s for a time of whole seconds.
    """
    by_path = fingerprints(layers, notes)
    now = time_ns()
    # Both times: on Windows ctime is when the file was created.
    times = [int(time) for value in by_path.values() if value for time in value.split()[1:3]]
    tick_ends = (time + (_TICK_NS if time % _SECOND_NS else _LONG_TICK_NS) for time in times if time <= now)
    if (wait_ns := max(tick_ends, default=0) - now) > 0:
        sleep(wait_ns / _SECOND_NS)
        return fingerprints(layers, notes)
    return by_path


def fingerprint(path: str) -> str:
    """Return the size, mtime, ctime and inode of a file as text, "" if there is none; of a dangling link, its own.

    What can't be looked into has the number of the error in place of an inode.
    """
    return _format_stat(partial(os.stat, path))


def read_bounded(path: str) -> bytes:
    """Return the content of a file. Raise OSError, also if it is not a file, is too large, or changes while being read.

    Never wait for input and never read without a limit.
    """
    if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 - quicker, and thousands of them
        raise OSError("is not a file")
    # O_NONBLOCK, because a pipe may take the place of the file just now.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise OSError("is not a file")
        if before.st_size > MAX_FILE_BYTES:
            raise OSError(f"has more than {MAX_FILE_BYTES:,} bytes")
        data = os.read(descriptor, MAX_FILE_BYTES + 1)
        after = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    if len(data) != before.st_size or before.st_mtime_ns != after.st_mtime_ns:
        raise OSError("changed while it was being read")
    return data


def _format_stat(get_stat: Callable[..., os.stat_result]) -> str:
    try:
        status = get_stat()
    except OSError:
        try:
            status = get_stat(follow_symlinks=False)
        except FileNotFoundError:
            return ""
        except OSError as error:
            return f"0 0 0 -{error.errno}"
    # Windows gives the inode to some calls and not to others.
    inode = status.st_ino if os.name == "posix" else 0
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {inode}"
