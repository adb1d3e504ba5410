"""Files and folders -> the tables in them: zips are walked, nested ones too, and nothing is unpacked to disk.

Nothing here trusts a size that a file states. What is larger, deeper or longer than any file of CMS, NCHS and the AMA
is refused, so that reading takes bounded memory and time.
"""

from __future__ import annotations

import csv
import errno
import os
import stat
import struct
import zipfile
from contextlib import closing, contextmanager
from functools import cached_property
from hashlib import sha256
from io import BufferedReader, BytesIO, RawIOBase, StringIO
from itertools import chain, islice
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING
from zlib import error as ZlibError  # noqa: N812 - it is a class

from cptref.codesets import xlsx
from cptref.errors import FileError
from cptref.sanitize import escape_unsafe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

HEAD_BYTES = 65_536  # what a file is recognized by
BLOCK_BYTES = 65_536  # read at a time
MAX_TABLE_BYTES = 32 << 20  # of a file that is read whole; the largest, an order file of ICD-10-CM, has 15 MB
MAX_TABLE_LINES = 250_000  # of a table; that order file has 98,403
MAX_LINE_BYTES = 1 << 20  # the longest line of a CMS file, a MUE notice, has two thousand
MAX_NESTED_ZIP_BYTES = 32 << 20  # of a zip within a zip, which is read into memory; CMS's have 10 MB at most
MAX_DIRECTORY_BYTES = 1 << 20  # of a zip's list of its members; that of MAX_MEMBERS has a third
MAX_RATIO = 200  # of unpacked to packed bytes; the tabular list of ICD-10-CM has 12, the pair edits 19
MAX_DEPTH = 3  # of zips within zips, each read into memory; CMS ships two
MAX_MEMBERS = 1000  # of all zips that are walked; CMS's largest has 40
MAX_FILES = 20_000  # of all folders that are walked
MAX_UNPACKED_BYTES = 2 << 30  # of all zips that are walked; every file named in the README has 0.2 GB
csv.field_size_limit(MAX_LINE_BYTES)

FORMS = ("csv", "txt", "xlsx")  # of one table, the cheapest to read first
_PACKED = (b"PK\x03\x04", b"PK\x05\x06")
_BYTE_ORDER_MARKS = {b"\xff\xfe", b"\xfe\xff"}
# What zipfile raises for damaged, encrypted and hostile files, and the system for what can't be read.
_READ_ERRORS = (
    *(OSError, zipfile.BadZipFile, ZlibError, struct.error),
    *(NotImplementedError, RuntimeError, EOFError, OverflowError),
)


class Budget:
    """What may still be read, over all files that are walked: members of zips, files of folders, unpacked bytes."""

    def __init__(self) -> None:
        self.members = MAX_MEMBERS
        self.files = MAX_FILES
        self.bytes = MAX_UNPACKED_BYTES


class Source:
    """One table to read: a file or a member of a zip, which can be read until the walk goes on to the next.

    `name` is shown; `names` are those of the file and of what it is in, the innermost last.
    """

    def __init__(self, names: tuple[str, ...], size: int, open_stream: Callable[[], IO[bytes]], budget: Budget) -> None:
        self.names = tuple(map(escape_unsafe, names))
        self.size = size
        self._open_stream = open_stream
        self._budget = budget
        self._digest = ""
        self._strings: list[str] = []  # of a workbook, once they are parsed

    @property
    def name(self) -> str:
        """The file, and behind it the member that is read."""
        return ": ".join(self.names)

    @property
    def stem(self) -> tuple[str, ...]:
        """The name without its ending: the same for the forms of one table."""
        return (*self.names[:-1], self.names[-1].rpartition(".")[0] or self.names[-1])

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open the bytes. Raise FileError where they can't be read, or are more than any table has."""
        try:
            metered = _Metered(self._open_stream(), self)
            with BufferedReader(metered, BLOCK_BYTES) as file:  # type: ignore[type-var]  # it is a raw stream
                yield file
            self._digest = metered.digest or self._digest
        except _READ_ERRORS as error:
            raise self._explain(error) from error

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the bytes, which reading them to their end has already found."""
        if not self._digest:
            with self.open() as stream:
                while stream.read(BLOCK_BYTES):
                    pass
        return self._digest

    @cached_property
    def head(self) -> bytes:
        """The first bytes."""
        with self.open() as stream:
            return stream.read(HEAD_BYTES)

    @property
    def is_packed(self) -> bool:
        """Whether it is a zip, or a workbook, which is one too."""
        return self.head[:4] in _PACKED

    @contextmanager
    def open_archive(self) -> Iterator[zipfile.ZipFile]:
        """Open a zip; one within a zip is read into memory. Raise FileError where it can't be read."""
        try:
            with closing(self._open_stream()) as stream:
                seekable = stream if len(self.names) == 1 else BytesIO(self._read_packed(stream))
                with zipfile.ZipFile(_Cautious(seekable)) as archive:
                    yield archive
        except (*_READ_ERRORS, UnicodeDecodeError) as error:
            raise self._explain(error) from error

    @cached_property
    def parts(self) -> frozenset[str]:
        """The names of what is in a zip or a workbook. Its list of parts may stand behind everything else."""
        with self.open_archive() as archive:
            return frozenset(archive.namelist())

    @property
    def is_xlsx(self) -> bool:
        """Whether it is a workbook."""
        return self.is_packed and self.is_document and any(part.startswith("xl/") for part in self.parts)

    @property
    def is_document(self) -> bool:
        """Whether a packed file is one of an office program."""
        return "[Content_Types].xml" in self.parts

    @cached_property
    def head_text(self) -> str:
        """The first lines as text, those of a workbook as comma-separated values."""
        if self.is_xlsx:
            rows = (row for _, row in zip(range(40), self.rows(), strict=False))
            return "\n".join(",".join(cells) for _, cells in rows)
        if self.head[:2] in _BYTE_ORDER_MARKS:
            return self.head.decode("utf-16", errors="replace")
        return decode(self.head)

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield each line of text with its number from 1, without its end. Raise FileError for one that is too long."""
        for number, line in enumerate(self.raw_lines(), 1):
            yield number, line.rstrip("\r\n")

    def raw_lines(self) -> Iterator[str]:
        """Return the lines of text with their ends. Raise FileError for one that is too long."""
        return chain.from_iterable(self._blocks())

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each row with its line number: of comma-separated values, or of the first sheet of a workbook."""
        if self.is_xlsx:
            with self.open_archive() as archive:
                for number, (line, cells) in enumerate(xlsx.iter_rows(archive, self.name, self._strings)):
                    self._require_lines(number)
                    yield line, cells
            return
        reader = csv.reader(self.raw_lines())
        try:
            for row in reader:
                yield reader.line_num, row
        except csv.Error as error:
            raise FileError(f"{self.name}: line {reader.line_num}: {error}") from error

    def _blocks(self) -> Iterator[Iterable[str]]:
        """Yield the lines with their ends, block by block: a line at a time takes as long as parsing it."""
        if self.head[:2] in _BYTE_ORDER_MARKS:
            raise FileError(f"{self.name}: is UTF-16 text, as Excel saves it", hint="take the file as CMS ships it")
        with self.open() as stream:
            rest = b""
            number = 1
            while block := stream.read(BLOCK_BYTES):
                whole, end, begun = (rest + block).rpartition(b"\n")
                if b"\0" in block:
                    number += (rest + block).partition(b"\0")[0].count(b"\n")
                    raise FileError(f"{self.name}: line {number} has a NUL: the file is damaged", hint=_AGAIN)
                rest = begun
                if len(rest) > MAX_LINE_BYTES:
                    number += whole.count(b"\n") + len(end)
                    raise FileError(f"{self.name}: line {number} has more than {MAX_LINE_BYTES:,} bytes")
                if end:
                    number += whole.count(b"\n") + 1
                    self._require_lines(number)
                    yield StringIO(decode(whole + end), newline="\n")
            if rest:
                yield [decode(rest)]

    def _require_lines(self, number: int) -> None:
        if number > MAX_TABLE_LINES:
            raise FileError(f"{self.name}: has more than {MAX_TABLE_LINES:,} lines, more than any file of a code set")

    def _read_packed(self, stream: IO[bytes]) -> bytes:
        data = bytearray()
        while block := stream.read(BLOCK_BYTES):
            data += block
            if len(data) > MAX_NESTED_ZIP_BYTES:
                limit = f"{MAX_NESTED_ZIP_BYTES:,}"
                raise FileError(f"{self.name}: is a zip in a zip and has more than {limit} bytes", hint=_UNPACK)
            self.spend(len(block))
        return bytes(data)

    def spend(self, count: int) -> None:
        """Count bytes that were unpacked. Raise FileError if they are too many."""
        if len(self.names) > 1:
            self._budget.bytes -= count
            if self._budget.bytes < 0:
                raise FileError(f"{self.name}: these zips unpack to more than all files of code sets", hint=_UNPACK)

    def _explain(self, error: Exception) -> FileError:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return FileError(f"{self.name}: can't be read: {escape_unsafe(reason)}", hint=_AGAIN)


_AGAIN = "download it again"
_UNPACK = "unpack it and add the file that you need"


class _Metered(RawIOBase):
    """A stream that counts and hashes what is read of it, and ends reading a file that is too large."""

    def __init__(self, stream: IO[bytes], source: Source) -> None:
        self._stream = stream
        self._source = source
        self._hash = sha256()
        self._count = 0
        self.digest = ""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # what BufferedReader gives it
        data = self._stream.read(len(buffer))
        self._count += len(data)
        if self._count > MAX_TABLE_BYTES:
            limit = f"{MAX_TABLE_BYTES:,}"
            raise FileError(f"{self._source.name}: has more than {limit} bytes, more than any file of a code set")
        self._source.spend(len(data))
        self._hash.update(data)
        if not data:
            self.digest = self._hash.hexdigest()
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


class _Cautious:
    """A file for zipfile, which would read a list of members of any size into memory."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.seek, self.tell = stream.seek, stream.tell
        self._read = stream.read

    def read(self, size: int = -1) -> bytes:
        data = self._read(size if 0 <= size <= MAX_DIRECTORY_BYTES else MAX_DIRECTORY_BYTES + 1)
        if len(data) > MAX_DIRECTORY_BYTES:
            raise zipfile.BadZipFile(f"its list of files has more than {MAX_DIRECTORY_BYTES:,} bytes")
        return data

    def seekable(self) -> bool:
        return True


def decode(data: bytes) -> str:
    """Return bytes as text: UTF-8 with or without a byte order mark, else Windows-1252."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


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
            yield FileError(f"{source.name}: zips within zips are nested too deep", hint=_UNPACK)
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
                yield FileError(f"{source.name}: has more than {MAX_MEMBERS:,} files", hint=_UNPACK)
                return
            if reason := _find_fault(info):
                yield FileError(f"{name}: {reason}", hint=_UNPACK)
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
