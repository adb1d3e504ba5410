"""One file or member of a zip -> its lines and rows. Nothing is unpacked to disk.

Nothing here trusts a size that a file states. What is larger, deeper or longer than any file of CMS, NCHS and the AMA
is refused, so that reading takes bounded memory and time.
"""

from __future__ import annotations

import csv
import struct
import zipfile
from contextlib import closing, contextmanager
from functools import cached_property
from hashlib import sha256
from io import BufferedReader, BytesIO, RawIOBase, StringIO
from itertools import chain
from typing import IO, TYPE_CHECKING
from zlib import error as ZlibError  # noqa: N812 - it is a class

from cptref.codesets import xlsx
from cptref.errors import FileError
from cptref.sanitize import escape_unsafe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HEAD_BYTES = 65_536  # what a file is recognized by
BLOCK_BYTES = 65_536  # read at a time
MAX_TABLE_BYTES = 32 << 20  # of a file that is read whole; the largest, an order file of ICD-10-CM, has 15 MB
MAX_TABLE_LINES = 250_000  # of a table; that order file has 98,403
MAX_LINE_BYTES = 1 << 20  # the longest line of a CMS file, a MUE notice, has two thousand
MAX_NESTED_ZIP_BYTES = 32 << 20  # of a zip within a zip, which is read into memory; CMS's have 10 MB at most
MAX_DIRECTORY_BYTES = 1 << 20  # of a zip's list of its members; that of MAX_MEMBERS has a third
MAX_MEMBERS = 1000  # of all zips that are walked; CMS's largest has 40
MAX_FILES = 20_000  # of all folders that are walked
MAX_UNPACKED_BYTES = 2 << 30  # of all zips that are walked; every file named in the README has 0.2 GB
csv.field_size_limit(MAX_LINE_BYTES)

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
        self.max_bytes, self.max_lines = MAX_TABLE_BYTES, MAX_TABLE_LINES

    def allow(self, max_bytes: int, max_lines: int) -> None:
        """Set other bounds, for a layout that is not read whole into memory."""
        self.max_bytes, self.max_lines = max_bytes, max_lines

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
        return chain.from_iterable(StringIO(text, newline="\n") for _, text in self.text_blocks())

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

    def text_blocks(self) -> Iterator[tuple[int, str]]:
        """Yield some kilobytes of whole lines with their ends, and the number of the first of them.

        That is faster than line by line, which takes as long as parsing them. The very last line may have no end.
        """
        if self.head[:2] in _BYTE_ORDER_MARKS:
            raise FileError(f"{self.name}: is UTF-16 text, as Excel saves it", hint="take the file as CMS ships it")
        with self.open() as stream:
            rest = b""
            number = 1  # of the first line that was not yielded yet
            while block := stream.read(BLOCK_BYTES):
                whole, end, begun = (rest + block).rpartition(b"\n")
                if b"\0" in block:
                    number += (rest + block).partition(b"\0")[0].count(b"\n")
                    raise FileError(f"{self.name}: line {number} has a NUL: the file is damaged", hint=_AGAIN)
                rest = begun
                following = number + whole.count(b"\n") + len(end)
                if len(rest) > MAX_LINE_BYTES:
                    raise FileError(f"{self.name}: line {following} has more than {MAX_LINE_BYTES:,} bytes")
                if end:
                    self._require_lines(following)
                    yield number, decode(whole + end)
                    number = following
            if rest:
                yield number, decode(rest)

    def _require_lines(self, number: int) -> None:
        if number > self.max_lines:
            raise FileError(f"{self.name}: has more than {self.max_lines:,} lines, more than any file of a code set")

    def _read_packed(self, stream: IO[bytes]) -> bytes:
        data = bytearray()
        while block := stream.read(BLOCK_BYTES):
            data += block
            if len(data) > MAX_NESTED_ZIP_BYTES:
                limit = f"{MAX_NESTED_ZIP_BYTES:,}"
                raise FileError(f"{self.name}: is a zip in a zip and has more than {limit} bytes", hint=UNPACK_HINT)
            self.spend(len(block))
        return bytes(data)

    def spend(self, count: int) -> None:
        """Count bytes that were unpacked. Raise FileError if they are too many."""
        if len(self.names) > 1:
            self._budget.bytes -= count
            if self._budget.bytes < 0:
                raise FileError(f"{self.name}: these zips unpack to more than all files of code sets", hint=UNPACK_HINT)

    def _explain(self, error: Exception) -> FileError:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return FileError(f"{self.name}: can't be read: {escape_unsafe(reason)}", hint=_AGAIN)


_AGAIN = "download it again"
UNPACK_HINT = "unpack it and add the file that you need"


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
        if self._count > self._source.max_bytes:
            limit = f"{self._source.max_bytes:,}"
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
