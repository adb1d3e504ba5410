"""Files and folders -> what in them may be a table: zips are walked, nested ones too."""

from __future__ import annotations

import errno
import os
import stat
import zipfile
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from cptref.codesets.files import HEAD_BYTES, MAX_FILES, MAX_MEMBERS, UNPACK_HINT, Budget, Source
from cptref.errors import FileError
from cptref.sanitize import escape_unsafe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_RATIO = 200  # of unpacked to packed bytes; the tabular list of ICD-10-CM has 12, the pair edits 19
MAX_DEPTH = 3  # of zips within zips, each read into memory; CMS ships two
FORMS = ("csv", "txt", "xlsx")  # of one table, the cheapest to read first


def iter_sources(paths: Iterable[str | os.PathLike[str]]) -> Iterator[Source | FileError]:
    """Yield every file that the paths lead to: files, what is in folders and in zips. Yield an error for each fault.

    Each is yielded once, and the forms of one table come one after the other, the cheapest first. Read a source before
    you ask for the next one. In folders, hidden files and links to folders are left out.
    """
    budget = Budget()
    seen: set[tuple[int, int]] = set()
    for path in map(Path, paths):
        if path.is_dir():
            yield from _walk_folder(path, budget, seen)
        else:
            yield from _walk_file(path, budget, seen)


def open_source(path: Path, name: str) -> Source | FileError:
    """Return a file under a name to show instead of its path, or why it can't be read."""
    try:
        with _open_file(path) as file:
            size = os.fstat(file.fileno()).st_size
    except OSError as error:
        return _explain_unreadable(path, error)
    return Source((name,), size, lambda: _open_file(path), Budget())


def _walk_folder(path: Path, budget: Budget, seen: set[tuple[int, int]]) -> Iterator[Source | FileError]:
    folders = [path]  # not one call a level: a path may have a thousand
    while folders:
        folder = folders.pop()
        files: list[Path] = []
        inner: list[Path] = []
        try:
            with os.scandir(folder) as entries:
                for entry in islice(entries, max(budget.files, 0) + 1):
                    budget.files -= 1
                    if not entry.name.startswith("."):
                        if entry.is_dir(follow_symlinks=False):
                            inner.append(Path(entry.path))
                        elif entry.is_file():
                            files.append(Path(entry.path))
        except OSError as error:
            yield _explain_unreadable(folder, error)
        if budget.files < 0:
            yield FileError(f"{_show(path)}: has more than {MAX_FILES:,} files", hint="name the files to add")
            return
        for file in sorted(files, key=lambda file: _order(file.name)):
            yield from _walk_file(file, budget, seen)
        folders += sorted(inner, reverse=True)


def _walk_file(path: Path, budget: Budget, seen: set[tuple[int, int]]) -> Iterator[Source | FileError]:
    try:
        with _open_file(path) as file:
            status = os.fstat(file.fileno())
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        yield _explain_unreadable(path, error)
        return
    if status.st_ino and (status.st_dev, status.st_ino) in seen:
        return
    seen.add((status.st_dev, status.st_ino))
    yield from _expand(Source((str(path),), status.st_size, lambda: _open_file(path), budget), budget, depth=0)


def _explain_unreadable(path: Path, error: Exception) -> FileError:
    reason = getattr(error, "strerror", None) or error
    return FileError(f"{_show(path)}: can't be read: {reason}", hint="check its name and who may read it")


def _show(path: Path) -> str:
    return escape_unsafe(str(path))


def _open_file(path: Path) -> IO[bytes]:
    """Open a file. Raise OSError for a pipe or a device, which may never end, without waiting for it."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    file = os.fdopen(os.open(path, flags), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(errno.EINVAL, "it is not a file")
    return file


def _order(name: str) -> tuple[str, int, str]:
    """Return what sorts the forms of one table beside each other, the cheapest to read first."""
    path = PurePosixPath(name)
    ending = path.suffix.lower().removeprefix(".")
    return str(path.with_suffix("")) if ending else name, FORMS.index(ending) if ending in FORMS else -1, name


def _expand(source: Source, budget: Budget, depth: int) -> Iterator[Source | FileError]:
    """Yield a file, or what is in it if it is a zip."""
    try:
        if not source.is_packed or source.is_document:
            yield source
        elif depth == MAX_DEPTH:
            yield FileError(f"{source.name}: zips within zips are nested too deep", hint=UNPACK_HINT)
        else:
            yield from _walk_zip(source, budget, depth)
    except FileError as error:
        yield error


def _walk_zip(source: Source, budget: Budget, depth: int) -> Iterator[Source | FileError]:
    with source.open_archive() as archive:
        members = [info for info in archive.infolist() if not info.is_dir()]
        for info in sorted(members, key=lambda info: _order(info.filename)):
            name = f"{source.name}: {escape_unsafe(info.filename)}"
            budget.members -= 1
            if budget.members < 0:
                yield FileError(f"{source.name}: has more than {MAX_MEMBERS:,} files", hint=UNPACK_HINT)
                return
            if reason := _find_fault(info):
                yield FileError(f"{name}: {reason}", hint=UNPACK_HINT)
                continue

            def open_member(info: zipfile.ZipInfo = info) -> IO[bytes]:
                return archive.open(info)

            member = Source((*source.names, info.filename), info.file_size, open_member, budget)
            yield from _expand(member, budget, depth + 1)


def _find_fault(info: zipfile.ZipInfo) -> str:
    """Return why a member of a zip is not read, "" if it is."""
    if info.flag_bits & 1:
        return "is encrypted"
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:  # others unpack without a bound
        return "is packed in another way than files of CMS"
    if info.file_size > MAX_RATIO * max(info.compress_size, HEAD_BYTES):
        return f"unpacks from {info.compress_size:,} to {info.file_size:,} bytes, as no file of a code set does"
    return ""
