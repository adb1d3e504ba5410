"""Write files whole or not at all, and never overwrite an existing file unless told to."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cptref.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

IN_USE_HINT = "close what has it open, such as cptref mcp or cptref browse, and try again"
_IN_USE_ERRORS = {5, 32}  # ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION


def is_in_use(error: Exception) -> bool:
    """Return whether Windows refuses to replace or remove a file as it does while another process has it open."""
    return getattr(error, "winerror", None) in _IN_USE_ERRORS


def ensure_absent(paths: Iterable[Path], *, force: bool) -> None:
    """Raise FileError if any of the files exists, before the first one is written; devices and pipes don't count."""
    existing = [path for path in paths if os.path.lexists(path) and not _is_stream(path)]
    if existing and not force:
        raise _explain_existing(*existing)


def write_atomic(path: Path, data: bytes, *, force: bool, mode: int = 0o666) -> None:
    """Write a file through a temporary one beside it, which is renamed once it is whole.

    A new file gets this mode, minus the umask. A device or a pipe is written to directly. Raise FileError.
    """
    try:
        if _is_stream(path):
            path.write_bytes(data)
        else:
            _replace(path, data, force=force, mode=mode)
    except FileExistsError as error:
        raise _explain_existing(path) from error
    except OSError as error:
        hint = "create the folder first" if not os.path.isdir(path.parent) else "try another place"  # noqa: PTH112
        hint = IN_USE_HINT if is_in_use(error) else hint
        raise FileError(f"{path} can't be written: {error.strerror or error}", hint=hint) from error


@contextmanager
def replace_whole(path: Path, prefix: str) -> Iterator[str]:
    """Yield the name of a temporary file beside a path, to be written; it takes the path's place once it is whole.

    Its name begins with `prefix`. Nothing is left of it after an error. Raise OSError.
    """
    from tempfile import mkstemp

    handle, temporary = mkstemp(prefix=prefix, suffix=".tmp", dir=path.parent)
    try:
        try:
            yield temporary
            os.fsync(handle)
        finally:
            os.close(handle)  # before it is renamed: Windows renames no open file
        os.replace(temporary, path)  # noqa: PTH105 - both are names here
    finally:
        with suppress(FileNotFoundError):
            os.unlink(temporary)  # noqa: PTH108 - the same


@contextmanager
def exclusive_lock(path: Path, timeout: float) -> Iterator[None]:
    """Keep other processes from writing a file in this way: they wait for each other, up to `timeout` seconds.

    Delete what a killed process left half-written. Raise OSError if there can be no lock: Timeout, of filelock, if
    another process keeps it for longer.
    """
    from filelock import FileLock

    lock = path.with_suffix(".lock")
    with suppress(FileNotFoundError):
        status = lock.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:  # some releases of filelock empty what they open
            raise OSError(f"{lock} is not a lock file")
    try:
        with FileLock(lock, timeout=timeout, mode=0o600):
            for leftover in path.parent.glob(f"{temp_prefix(path)}*.tmp"):
                leftover.unlink(missing_ok=True)
            yield
    except NotImplementedError as error:  # a file system without locks
        raise OSError(str(error)) from error


def temp_prefix(path: Path) -> str:
    """Return the beginning of the names of all temporary files that are to become this file."""
    from zlib import crc32  # a name as long as names may be leaves no room for more

    return f".cptref-{crc32(os.fsencode(path.name)):08x}-"


def _is_stream(path: Path) -> bool:
    """Return whether a path exists and is neither a file nor a folder."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _explain_existing(*paths: Path) -> FileError:
    names = ", ".join(map(str, paths))
    verb, pronoun = ("exists", "it") if len(paths) == 1 else ("exist", "them")
    return FileError(f"{names} already {verb}", hint=f"use --force to overwrite {pronoun}, or choose another name")


def _replace(path: Path, data: bytes, *, force: bool, mode: int) -> None:
    # With force the target of a link is written, and the link stays.
    target = Path(os.path.realpath(path)) if force else path
    temporary = target.with_name(f"{temp_prefix(target)}{os.urandom(8).hex()}.tmp")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
        with open(descriptor, "wb") as file:  # noqa: PTH123 - no Path opens a descriptor
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if not force:
            _link_or_rename(temporary, target)
            return
        with suppress(FileNotFoundError):
            if os.name == "posix":  # Windows has one bit of it: it neither replaces nor removes what is read-only
                temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        temporary.replace(target)
    finally:
        with suppress(OSError):
            temporary.unlink()


def _link_or_rename(temporary: Path, target: Path) -> None:
    """Give a file its name unless the name is taken: a link, unlike a rename, fails if another process was quicker."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(target):
            raise FileExistsError from None
        temporary.rename(target)
