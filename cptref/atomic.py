"""Writing files: whole or not at all, and never over a file that is there unless told to."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cptref.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def ensure_absent(paths: Iterable[Path], *, force: bool) -> None:
    """Raise FileError if any of the files is there, before the first one is written. Devices and pipes are no files."""
    there = [path for path in paths if os.path.lexists(path) and not _is_stream(path)]
    if there and not force:
        raise _explain_taken(*there)


def write_atomic(path: Path, data: bytes, *, force: bool, mode: int = 0o666) -> None:
    """Write a file by way of a temporary one beside it, which takes its name when it is whole.

    A new file gets this mode, less what the umask takes away. A device or a pipe is written to as it is. Raises
    FileError.
    """
    try:
        if _is_stream(path):
            path.write_bytes(data)
        else:
            _replace(path, data, force=force, mode=mode)
    except FileExistsError as error:
        raise _explain_taken(path) from error
    except OSError as error:
        hint = "make the folder first" if not os.path.isdir(path.parent) else "try another place"  # noqa: PTH112
        raise FileError(f"{path} can't be written: {error.strerror or error}", hint=hint) from error


@contextmanager
def exclusive_lock(path: Path, patience: float) -> Iterator[None]:
    """While no other process writes a file in this way: they wait for each other, so many seconds at most.

    What was left half-written by one that was killed is deleted. Raises OSError where there can be no lock: Timeout, of
    filelock, where another process has it for so long.
    """
    from filelock import FileLock

    lock = path.with_suffix(".lock")
    with suppress(FileNotFoundError):
        found = lock.lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:  # some releases of filelock empty what they open
            raise OSError(f"{lock} is no lock")
    try:
        with FileLock(lock, timeout=patience, mode=0o600):
            for left in path.parent.glob(f"{temp_prefix(path)}*.tmp"):
                left.unlink(missing_ok=True)
            yield
    except NotImplementedError as error:  # a file system without locks
        raise OSError(str(error)) from error


def temp_prefix(path: Path) -> str:
    """What the names of temporary files begin with that are to become this file."""
    from zlib import crc32  # a name as long as names may be would leave no room for more

    return f".cptref-{crc32(os.fsencode(path.name)):08x}-"


def _is_stream(path: Path) -> bool:
    """Whether it is something to write to that is neither a file nor a folder."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _explain_taken(*paths: Path) -> FileError:
    names = ", ".join(map(str, paths))
    return FileError(
        f"{names} {'is' if len(paths) == 1 else 'are'} there already",
        hint="use --force to write over it, or another name",
    )


def _replace(path: Path, data: bytes, *, force: bool, mode: int) -> None:
    # With force, what a link points to is written, and the link stays.
    target = Path(os.path.realpath(path)) if force else path
    temporary = target.with_name(f"{temp_prefix(target)}{os.urandom(8).hex()}.tmp")
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
        with open(handle, "wb") as file:  # noqa: PTH123 - a handle, which no Path opens
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if not force:
            _link_or_rename(temporary, target)
            return
        with suppress(FileNotFoundError):
            temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        temporary.replace(target)
    finally:
        with suppress(OSError):
            temporary.unlink()


def _link_or_rename(temporary: Path, target: Path) -> None:
    """Give a file its name unless the name is taken: a link, unlike a rename, fails where somebody was quicker."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(target):
            raise FileExistsError from None
        temporary.rename(target)
