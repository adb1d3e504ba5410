"""Compiled libraries in the cache folder: found where they are ours, made whole or not at all.

The cache is only ever a help, and never trusted: the folder is its owner's alone, and what is no plain file of the
same owner is not read, not written through and made anew.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

from cptref import paths
from cptref.atomic import exclusive_lock, temp_prefix
from cptref.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Fill = Callable[[sqlite3.Connection], None]

MAX_CACHED_INDEXES = 16  # compiled libraries, one for each set of folders; of more, those made last
LOCK_TIMEOUT_S = 60  # seconds to wait for another process that compiles the same library; then it is compiled here too


def index_path(*sources: object) -> Path:
    """The compiled file of these sources. Raises FileError where there is no place for it."""
    from zlib import crc32  # two sets of one name would only take turns: each file says what it was made from

    return paths.cache_dir() / f"library-{crc32(ascii(sources).encode()):08x}.sqlite"


def open_file(file: Path) -> sqlite3.Connection | None:
    """The compiled file, to be read from any thread; None where there is none, or it is not ours."""
    if not (_is_own(file.parent, stat.S_ISDIR) and _is_own(file, stat.S_ISREG)):
        return None
    # It is replaced whole and never changed, so it needs no locks, and nothing beside it is looked at.
    with suppress(sqlite3.Error):
        return sqlite3.connect(f"{file.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
    return None


def store_file(
    file: Path, fill: Fill, done: Callable[[], sqlite3.Connection | None] | None
) -> sqlite3.Connection | None:
    """Make the file, unless another process is `done` with it by then: what that made is given back.

    Raises FileError, OSError or sqlite3.Error where it can't be written; nothing of it stays then.
    """
    folder = file.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _is_own(folder, stat.S_ISDIR):
        raise FileError(f"{folder} is no folder of yours")
    folder.chmod(0o700)
    with ExitStack() as held:
        with suppress(OSError):  # without a lock, or where a process hangs, it is compiled here too
            held.enter_context(exclusive_lock(file, LOCK_TIMEOUT_S))
            if done and (made := done()):
                return made
        _write_file(file, fill)
        _prune(file)
    return None


def _is_own(path: Path, kind: Callable[[int], bool]) -> bool:
    """Whether it is of this kind and this user's, and no link to something that is."""
    try:
        found = path.lstat()
    except OSError:
        return False
    return kind(found.st_mode) and found.st_uid == getattr(os, "geteuid", lambda: found.st_uid)()


def _write_file(file: Path, fill: Fill) -> None:
    """Make the file under a temporary name beside it and rename it into place."""
    from tempfile import mkstemp

    handle, temporary = mkstemp(prefix=temp_prefix(file), suffix=".tmp", dir=file.parent)
    try:
        try:
            connection = sqlite3.connect(temporary)
            try:
                connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
                fill(connection)
            finally:
                connection.close()
            os.fsync(handle)
        finally:
            os.close(handle)  # before it is renamed: Windows renames no file that is open
        os.replace(temporary, file)  # noqa: PTH105 - both are names here
    finally:
        with suppress(FileNotFoundError):
            os.unlink(temporary)  # noqa: PTH108 - the same


def _prune(file: Path) -> None:
    """Delete all but this file and those made last before it."""
    with suppress(OSError):
        others = [one for one in file.parent.glob("library-*.sqlite") if one != file]
        for old in sorted(others, key=lambda one: one.lstat().st_mtime_ns, reverse=True)[MAX_CACHED_INDEXES - 1 :]:
            old.unlink(missing_ok=True)
            old.with_suffix(".lock").unlink(missing_ok=True)
