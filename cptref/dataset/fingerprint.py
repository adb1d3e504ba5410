"""Whether dataset files are still the same, by size and times, and what is in one."""

from __future__ import annotations

import os
import stat
from functools import partial
from time import sleep, time_ns
from typing import TYPE_CHECKING

from cptref.dataset.layers import list_folders, scan_toml_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cptref.dataset.layers import Layer

MAX_FILE_BYTES = 2**20  # bytes of a file: five times the bundled vocabulary, a hundred times an article

# Nanoseconds. Linux stamps a file with the time of its clock's last tick, which comes every 10 ms or more often, and
# some disks know seconds alone, or every other one: what is changed twice within a tick has the same time after both.
_TICK, _LONG_TICK, _SECOND = 20_000_000, 2_000_000_000, 1_000_000_000


def fingerprints(layers: Iterable[Layer], notes: str) -> dict[bytes, str]:
    """The state of every source file by its path: its size, its times of content and of place, which file it is.

    A folder that is there and can't be listed has one too.

    Times are compared for being equal and never for being later, so a clock that goes backwards does no harm.
    """
    found = {os.fsencode(notes): fingerprint(notes)} if notes else {}
    for layer in layers:
        for folder in list_folders(layer):
            listed = scan_toml_files(folder)
            if listed is None:
                found[os.fsencode(folder)] = fingerprint(folder)
            else:
                found |= {os.fsencode(entry.path): _format_stat(entry.stat) for entry in listed}
    return found


def stable_fingerprints(layers: Iterable[Layer], notes: str) -> dict[bytes, str]:
    """The states, once none is so new that a further change might leave it as it is."""
    found = fingerprints(layers, notes)
    now = time_ns()
    stamps = [int(one.split()[2]) for one in found.values() if one]
    ends = (stamp + (_TICK if stamp % _SECOND else _LONG_TICK) for stamp in stamps if stamp <= now)
    if (wait := max(ends, default=0) - now) > 0:
        sleep(wait / _SECOND)
        return fingerprints(layers, notes)
    return found


def fingerprint(path: str) -> str:
    """The state of one file, "" where there is none; of a link that leads nowhere, its own."""
    return _format_stat(partial(os.stat, path))


def read_bounded(path: str) -> bytes:
    """What is in a file. Raises OSError, also where it is no file, too large, or changed while it was read.

    Nothing that never ends is waited for, and nothing without bounds is read.
    """
    if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 - the same
        raise OSError("isn't a file")
    # Whoever puts a pipe in its place just now is not waited for either.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        before = os.fstat(handle)
        if not stat.S_ISREG(before.st_mode):
            raise OSError("isn't a file")
        if before.st_size > MAX_FILE_BYTES:
            raise OSError(f"has more than {MAX_FILE_BYTES:,} bytes")
        found = os.read(handle, MAX_FILE_BYTES + 1)
        after = os.fstat(handle)
    finally:
        os.close(handle)
    if len(found) != before.st_size or before.st_mtime_ns != after.st_mtime_ns:
        raise OSError("was changed while it was read")
    return found


def _format_stat(look: Callable[..., os.stat_result]) -> str:
    try:
        found = look()
    except OSError:
        try:
            found = look(follow_symlinks=False)
        except OSError:
            return ""
    # Windows tells the number of a file to some that ask, and not to others.
    number = found.st_ino if os.name == "posix" else 0
    return f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {number}"
