"""One release of a code set <-> one small SQLite file, which is written whole, renamed into place, and never changed.

The same file content gives the same bytes. Only this module has the SQL of stores.
"""

from __future__ import annotations

import json
import os
import sqlite3
from array import array
from collections import defaultdict
from contextlib import closing, suppress
from datetime import date
from functools import cached_property, lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, NamedTuple

from cptref.atomic import IN_USE_HINT, exclusive_lock, is_in_use, replace_whole, temp_prefix
from cptref.checksums import checksum, connect_read_only, verified
from cptref.errors import FileError, StoreError
from cptref.models.codesets import Release

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from cptref.models.codesets import LineKind

SCHEMA_VERSION = 1  # part of every store; one of another version is not read
ENDING = ".sqlite"
LOCK_TIMEOUT_S = 60  # for another process that writes a store, which takes a few seconds
_LOCKED = "codesets"  # what is locked, and what temporary files are named by: all stores of a folder at once
SEPARATOR, ROW_SEPARATOR = "\x1f", "\x1e"  # between the fields of a row, and between rows: no text has them
BLOCK_ROWS = 32  # of records and of lines in one row of a table: some kilobytes, which are split in 10 microseconds
MAX_SCANS = 20  # of all rows, before they are sorted once: that takes as long as this many
MAX_LINE_WORDS = 255  # content words: a longer line counts as one of this many, since a column has a byte a line
PARTS = ("tabular", "order", "codes", "long", "medium", "short")  # of a release, the one that says most first
TEXT_COLUMNS = ("text", "long", "title", "short", "name")  # of a code, the one that is shown first
_LAST_LETTER = "\U0010ffff"  # sorts behind every other letter

# record   the rows of the release in order of code, in blocks of BLOCK_ROWS and more, no code in two: a code,
#          what tells its rows apart (a modifier, a primary), its fields
# line     what a search looks through, in blocks too: the title of a code, its inclusion terms, its index terms
# word     each word of the lines with its root by the stemmer, and its lines as one packed array
# line_column   an array of one item a line: the number of content words
#
# Blocks make a store a third smaller than single rows, and writing it twice as fast.
_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL, checksum INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE record (first TEXT PRIMARY KEY, rows TEXT NOT NULL, checksum INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE line (first INTEGER PRIMARY KEY, rows TEXT NOT NULL, checksum INTEGER NOT NULL);
CREATE TABLE word (
    word TEXT PRIMARY KEY, backwards TEXT NOT NULL, root TEXT NOT NULL, lines BLOB NOT NULL, checksum INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE line_column (name TEXT PRIMARY KEY, lines BLOB NOT NULL, checksum INTEGER NOT NULL);
"""
# Packed rows, as the layout packs them, by code. Only a store that has some has the table.
_BLOB_TABLE = "CREATE TABLE blob (key TEXT PRIMARY KEY, data BLOB NOT NULL, checksum INTEGER NOT NULL)"
_INDEXES = ("CREATE INDEX word_by_root ON word (root)", "CREATE INDEX word_by_end ON word (backwards)")


class Record(NamedTuple):
    """One row of a release. `sub` tells the rows of one code apart, and `fields` are named by the release's columns."""

    code: str
    sub: str
    fields: tuple[str, ...]


class Line(NamedTuple):
    """A line to search: the code that it leads to, where it comes from, its text."""

    code: str
    kind: LineKind
    text: str


class Content(NamedTuple):
    """What a file holds: its release, the names of its fields, its rows, and the lines to search.

    `said` tells what the release was derived from where that is not the content itself. `warnings` are printed.
    `blobs` are rows that are packed by code, and `packed_rows` is how many; what the records say then sums them up.
    """

    set: str
    release: str
    columns: tuple[str, ...]
    records: list[Record]
    lines: list[Line]
    part: str = ""
    notice: str = ""
    refused: tuple[str, ...] = ()
    details: Mapping[str, str] = {}
    said: str = ""
    warnings: tuple[str, ...] = ()
    blobs: Sequence[tuple[str, bytes]] = ()
    packed_rows: int = 0

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return self.packed_rows or len(self.records)


class StoreName(NamedTuple):
    """What the name of a store's file says: `hcpcs-2026Q4.sqlite`, `pfs-2026C+33.4009.sqlite`."""

    set: str
    release: str
    part: str

    @property
    def file(self) -> str:
        """The name of the file."""
        return f"{self.set}-{self.release}{f'+{self.part}' if self.part else ''}{ENDING}"


def parse_store_name(file: str) -> StoreName | None:
    """Return what the name of a file says, None if it is not the name of a store."""
    stem = file.removesuffix(ENDING)
    name, _, part = stem.partition("+")
    code_set, _, release = name.rpartition("-")
    return StoreName(code_set, release, part) if code_set and stem != file else None


def write_store(folder: Path, content: Content, source: Mapping[str, str]) -> Path:
    """Write a store under a temporary name and rename it into place; return its path. Raise FileError.

    `source` has the name, the size and the SHA-256 of the file read, and the day (`source`, `size`, `sha256`, `added`).
    """
    path = folder / StoreName(content.set, content.release, content.part).file
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with exclusive_lock(folder / _LOCKED, LOCK_TIMEOUT_S):
            with (
                replace_whole(path, temp_prefix(folder / _LOCKED)) as temporary,
                closing(sqlite3.connect(temporary)) as connection,
            ):
                connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
                _write(connection, content, source)
            _sync_folder(folder)
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or error
        hint = f"remove the folder {path.name}" if path.is_dir() else "free some space or try another place"
        hint = IN_USE_HINT if is_in_use(error) else hint
        raise FileError(f"{path} can't be written: {reason}", hint=hint) from error
    return path


def remove_stores(folder: Path, names: Iterable[StoreName]) -> None:
    """Remove stores. Raise FileError where one can't be removed."""
    try:
        with exclusive_lock(folder / _LOCKED, LOCK_TIMEOUT_S):
            for name in names:
                (folder / name.file).unlink(missing_ok=True)
    except OSError as error:
        hint = IN_USE_HINT if is_in_use(error) else "check who may"
        raise FileError(f"{folder} can't be changed: {error.strerror or error}", hint=hint) from error


def _sync_folder(folder: Path) -> None:
    """Make a rename survive a power cut, where folders can be synced."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _write(connection: sqlite3.Connection, content: Content, source: Mapping[str, str]) -> None:
    from cptref.analysis import TokenCache  # what reads stores alone does without
    from cptref.stems import stem_words

    connection.executescript(_TABLES)
    connection.execute("BEGIN")
    meta = {
        "schema": str(SCHEMA_VERSION),
        "set": content.set,
        "release": content.release,
        "part": content.part,
        "columns": SEPARATOR.join(content.columns),
        "rows": str(content.rows),
        "notice": content.notice,
        "refused": json.dumps(content.refused),
        "details": json.dumps(dict(content.details), sort_keys=True),
        **source,
    }
    if content.blobs:
        meta["blobs"] = str(len(content.blobs))
        connection.execute(_BLOB_TABLE)
        _insert(connection, "blob", content.blobs)
    _insert(connection, "meta", sorted(meta.items()))
    _insert(connection, "record", _iter_record_blocks(content))
    _insert(connection, "line", _iter_line_blocks(content.lines))
    tokens = TokenCache()
    sizes = array("B")
    postings: dict[str, array[int]] = defaultdict(lambda: array("I"))
    for number, line in enumerate(content.lines):
        size, index_words = tokens.list_index_words(line.text)
        sizes.append(min(size, MAX_LINE_WORDS))
        for word in index_words:
            postings[word].append(number)
    words = sorted(postings)
    roots = stem_words(words)
    rows = ((word, word[::-1], root, postings[word].tobytes()) for word, root in zip(words, roots, strict=True))
    _insert(connection, "word", rows)
    _insert(connection, "line_column", [("sizes", sizes.tobytes())])
    for index in _INDEXES:
        connection.execute(index)
    connection.commit()


def _iter_record_blocks(content: Content) -> Iterator[tuple[str, str]]:
    block: list[Record] = []
    for record in sorted(content.records):
        if len(block) >= BLOCK_ROWS and record.code != block[-1].code:
            yield block[0].code, _join_rows([(row.code, row.sub, *row.fields) for row in block])
            block = []
        block.append(record)
    if block:
        yield block[0].code, _join_rows([(row.code, row.sub, *row.fields) for row in block])


def _iter_line_blocks(lines: Sequence[Line]) -> Iterator[tuple[int, str]]:
    for first in range(0, len(lines), BLOCK_ROWS):
        yield first, _join_rows(lines[first : first + BLOCK_ROWS])


def _join_rows(rows: Sequence[tuple[str, ...]]) -> str:
    """Return rows as one text. Raise FileError if a field has a separator, which is a control character."""
    text = ROW_SEPARATOR.join(map(SEPARATOR.join, rows))
    if text.count(SEPARATOR) != sum(map(len, rows)) - len(rows) or text.count(ROW_SEPARATOR) != len(rows) - 1:
        raise FileError(f"the text of {rows[0][0]} or a code behind it has a control character")
    return text


def _split_rows(text: str) -> Iterator[list[str]]:
    return (row.split(SEPARATOR) for row in text.split(ROW_SEPARATOR))


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Store rows, each with its checksum."""
    checked = ((*row, checksum(row)) for row in rows)
    if first := next(checked, None):
        sql = f"INSERT INTO {table} VALUES ({', '.join('?' * len(first))})"  # noqa: S608 - names of our own
        connection.execute(sql, first)
        connection.executemany(sql, checked)


def choose_store(stores: Sequence[StoreReader]) -> StoreReader:
    """Return the part of a release that says most, the first one where all say as much."""
    return min(stores, key=lambda store: PARTS.index(store.name.part) if store.name.part in PARTS else 0)


class StoreReader:
    """Reads one store. Every method raises StoreError for a damaged file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        name = parse_store_name(path.name)
        if name is None:
            raise FileError(f"{path} is no store of a code set")
        self.name = name
        if not path.is_file():  # a pipe would be waited for
            raise self.explain("it is not a file")
        self._stamp = _stamp(path)  # before it is opened: what changes meanwhile is noticed the next time
        self._scans = 0  # by `sub`
        self._cached_lines = lru_cache(maxsize=256)(self._read_lines)
        self._cached_records = lru_cache(maxsize=256)(self._read_records)
        try:
            self._connection = connect_read_only(path.absolute())
        except sqlite3.Error as error:
            raise self.explain(error) from error
        try:
            if self.read_meta("schema") != str(SCHEMA_VERSION):
                raise self.explain("it is of another version of cptref")
        except FileError:
            self.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @property
    def is_outdated(self) -> bool:
        """Whether the file is another one than was opened, or is gone."""
        return _stamp(self.path) != self._stamp

    def read_release(self) -> Release:
        """Return what the store says of itself."""
        from cptref.codesets.releases import effective_days

        meta = {str(key): str(value) for key, value in self._fetch_all("SELECT * FROM meta")}
        first, last = effective_days(self.name.set, self.name.release)
        try:
            return Release(
                *self.name,
                effective_from=first,
                effective_to=last,
                rows=int(meta["rows"]),
                source=meta["source"],
                size=int(meta["size"]),
                sha256=meta["sha256"],
                added=date.fromisoformat(meta["added"]),
                notice=meta["notice"],
                refused=tuple(json.loads(meta["refused"])),
                details=json.loads(meta["details"]),
            )
        except (KeyError, ValueError) as error:
            raise self.explain("a row is missing") from error

    @property
    def is_whole(self) -> bool:
        """Whether every row and every page is as it was written."""
        try:
            has_blobs = bool(self.read_meta("blobs"))
            for table in ("meta", "record", "line", "word", "line_column", *(("blob",) if has_blobs else ())):
                for _ in self._fetch_all(f"SELECT * FROM {table}"):  # noqa: S608 - names of our own
                    pass
            return [*self._execute("PRAGMA integrity_check")] == [("ok",)]
        except FileError:
            return False

    def read_meta(self, key: str) -> str:
        """Return one value of the description, "" if there is none."""
        row = self._fetch("SELECT * FROM meta WHERE key = ?", key)
        return str(row[1]) if row else ""

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names of the fields of records."""
        return tuple(self.read_meta("columns").split(SEPARATOR))

    @cached_property
    def notice(self) -> str:
        """The file's own notice, word for word."""
        return self.read_meta("notice")

    @cached_property
    def details(self) -> Mapping[str, str]:
        """What holds of the whole release."""
        details: Mapping[str, str] = json.loads(self.read_meta("details") or "{}")
        return details

    # Rows

    def list_records(self, code: str) -> tuple[Record, ...]:
        """Return the rows of a code."""
        return self._cached_records(code)

    def _read_records(self, code: str) -> tuple[Record, ...]:
        row = self._fetch("SELECT * FROM record WHERE first <= ? ORDER BY first DESC LIMIT 1", code)
        start = f"{code}{SEPARATOR}"  # most rows of a block are of other codes: they need not be split
        rows = row[1].split(ROW_SEPARATOR) if row and start in row[1] else ()
        return tuple(_make_record(*row.split(SEPARATOR)) for row in rows if row.startswith(start))

    def list_records_with_sub(self, sub: str) -> list[Record]:
        """Return the rows of all codes whose `sub` is this word, or begins with it, in order of code."""
        self._scans += 1
        if self._scans > MAX_SCANS:
            return [*self._records_by_sub.get(sub, ())]
        blocks = self._fetch_all("SELECT * FROM record WHERE instr(rows, ?) ORDER BY first", f"{SEPARATOR}{sub}")
        return [record for block in blocks for record in _iter_records(block) if record.sub.split(" ")[0] == sub]

    @cached_property
    def _records_by_sub(self) -> Mapping[str, Sequence[Record]]:
        """The rows by the first word of `sub`."""
        records: dict[str, list[Record]] = {}
        for record in self.iter_records():
            records.setdefault(record.sub.split(" ")[0], []).append(record)
        return records

    def list_records_starting(self, letters: str, limit: int | None = None) -> list[Record]:
        """Return the rows of the codes that begin with these letters, in order: the first `limit`, or all."""
        before = self._fetch("SELECT * FROM record WHERE first <= ? ORDER BY first DESC LIMIT 1", letters)
        blocks = self._fetch_all(
            "SELECT * FROM record WHERE first > ? AND first <= ? ORDER BY first", letters, letters + _LAST_LETTER
        )
        records = (record for block in chain([before], blocks) for record in _iter_records(block))
        return [*islice((record for record in records if record.code.startswith(letters)), limit)]

    def iter_records(self) -> Iterator[Record]:
        """Yield every row, in order of code."""
        for block in self._fetch_all("SELECT * FROM record ORDER BY first"):
            yield from _iter_records(block)

    def find_text(self, record: Record) -> str:
        """Return the text of a row, the longest kind that it has; "" if it has none."""
        fields = self.name_fields(record)
        return next((fields[column] for column in TEXT_COLUMNS if fields.get(column)), "")

    def name_fields(self, record: Record) -> dict[str, str]:
        """Return the fields of a row by name."""
        return dict(zip(self.columns, record.fields, strict=True))

    def read_blob(self, key: str) -> bytes:
        """Return the packed rows of a code, none if there are none."""
        row = self._fetch("SELECT * FROM blob WHERE key = ?", key)
        return row[1] if row else b""

    # Lines and words

    @cached_property
    def line_sizes(self) -> array[int]:
        """The number of content words of each line."""
        row = self._fetch("SELECT * FROM line_column WHERE name = 'sizes'")
        return array("B", row[1] if row else b"")

    def read_line(self, number: int) -> Line:
        """Return a line by its number."""
        first = number // BLOCK_ROWS * BLOCK_ROWS
        return self._cached_lines(first)[number - first]

    def iter_line_codes(self, numbers: Iterable[int]) -> Iterator[str]:
        """Yield the code of each of these lines, whose numbers go up. This takes a third of what reading them does."""
        first, rows = -1, [""]
        for number in numbers:
            if first != (first := number // BLOCK_ROWS * BLOCK_ROWS):
                row = self._fetch("SELECT * FROM line WHERE first = ?", first)
                if row is None:
                    raise self.explain("a row is missing")
                rows = row[1].split(ROW_SEPARATOR)
            yield rows[number - first].partition(SEPARATOR)[0]

    def _read_lines(self, first: int) -> list[Line]:
        row = self._fetch("SELECT * FROM line WHERE first = ?", first)
        if row is None:
            raise self.explain("a row is missing")
        return [Line(*fields) for fields in _split_rows(row[1])]  # type: ignore[arg-type]  # the kind is one of ours

    def read_postings(self, word: str) -> array[int]:
        """Return the lines that contain exactly this word."""
        row = self._fetch("SELECT * FROM word WHERE word = ?", word)
        return array("I", row[3] if row else b"")

    def has_word(self, *words: str) -> bool:
        """Return whether a line has one of these words."""
        sql = f"SELECT 1 FROM word WHERE word IN ({', '.join('?' * len(words))})"  # noqa: S608
        return next(self._execute(sql, *words), None) is not None

    def list_words_of_roots(self, roots: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """Return the words with one of these roots, each with its root."""
        wanted = tuple(roots)
        sql = f"SELECT word, root FROM word WHERE root IN ({', '.join('?' * len(wanted))}) ORDER BY word"  # noqa: S608
        return tuple(self._execute(sql, *wanted))

    def list_words_starting(self, letters: str) -> tuple[str, ...]:
        """Return the words that begin with these letters."""
        sql = "SELECT word FROM word WHERE word BETWEEN ? AND ? ORDER BY word"
        return tuple(word for (word,) in self._execute(sql, letters, letters + _LAST_LETTER))

    def list_words_ending(self, letters: str) -> tuple[str, ...]:
        """Return the words that end with these letters."""
        reverse = letters[::-1]
        sql = "SELECT word FROM word WHERE backwards BETWEEN ? AND ? ORDER BY word"
        return tuple(word for (word,) in self._execute(sql, reverse, reverse + _LAST_LETTER))

    def _execute(self, sql: str, *values: object) -> Iterator[tuple[Any, ...]]:
        try:
            yield from self._connection.execute(sql, values)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise self.explain(error) from error

    def _fetch(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        return next(self._fetch_all(sql, *values), None)

    def _fetch_all(self, sql: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """Yield rows verified and without their checksums."""
        try:
            for row in self._connection.execute(sql, values):
                yield verified(row)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise self.explain(error) from error

    def explain(self, reason: object) -> StoreError:
        """Return the error that says why the store can't be read."""
        return StoreError(str(self.path), self.name.file, str(reason))


def _stamp(path: Path) -> tuple[int, ...]:
    """Return what changes when a file is replaced or written to, nothing where there is no file."""
    try:
        status = path.stat()
    except OSError:
        return ()
    return status.st_ino, status.st_size, status.st_mtime_ns


def _iter_records(block: tuple[Any, ...] | None) -> Iterator[Record]:
    """Yield the records of a block, none where there is no block."""
    return (_make_record(*fields) for fields in (_split_rows(block[1]) if block else ()))


def _make_record(code: str, sub: str, *fields: str) -> Record:
    return Record(code, sub, fields)
