"""Compiled indexes in the cache folder: opened while their sources are unchanged, rebuilt whole or not at all.

The cache is a help and never trusted. Its folder is for its owner alone. Anything there that is not a plain file of the
same owner is not read, not written through, and replaced.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import ExitStack, closing, suppress
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar
from zlib import crc32

from cptref import __version__, paths
from cptref.atomic import exclusive_lock, replace_whole, temp_prefix
from cptref.checksums import connect_read_only
from cptref.errors import FileError
from cptref.index.reader import IndexReader
from cptref.index.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from pathlib import Path
    from typing import Protocol

    from cptref.index.writer import IndexWriter

    class Sources(Protocol):
        """What an index is built from, as far as the cache needs to know."""

        @property
        def name(self) -> str:
            """What tells one set of sources from another."""

        @property
        def layout(self) -> str:
            """Where the source files are; an index of another layout is not of these sources."""

        def refresh(self) -> None:
            """Look anew for where the source files are."""

        def fingerprints(self) -> Mapping[bytes, str]:
            """Return the fingerprint of every source file, by path."""

        def fingerprint(self, path: str) -> str:
            """Return the fingerprint of one file, "" if it is missing."""

        def list_candidates(self, codes: Iterable[str]) -> list[str]:
            """Return every path where a file may stand that an answer about these codes rests on."""

        def write(self, writer: IndexWriter, provenance: str) -> None:
            """Write everything that the sources hold."""


Answer = TypeVar("Answer")

MAX_CACHED_INDEXES = 16  # one for each set of folders; the ones built last are kept
LOCK_TIMEOUT_S = 60  # wait this long for another process that builds the same index, then build it here too


class IndexCache:
    """The compiled index of some sources, rebuilt when a source file has changed.

    An answer about codes rests on the few files that are named after them; any other answer rests on all files. Each
    file is looked at once, when an answer first rests on it, and once more after each `refresh`. Use an IndexCache from
    one thread at a time.
    """

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._unchanged_paths: set[str] = set()
        self._all_unchanged = False
        self._reader = self.open() or self.rebuild()

    def close(self) -> None:
        """Close the compiled file."""
        self._reader.close()

    def refresh(self) -> None:
        """Look at each file once more, when the next answer rests on it. Nothing is read now."""
        self._sources.refresh()
        vars(self).pop("_provenance", None)
        self._unchanged_paths.clear()
        self._all_unchanged = False

    def query(self, codes: Collection[str] | None, question: Callable[[IndexReader], Answer]) -> Answer:
        """Answer a question about these codes, or about everything where `codes` is None, from a current index.

        A file that turns out to be damaged is rebuilt, and the question asked again.
        """
        try:
            self._refresh(codes)
            return question(self._reader)
        except (sqlite3.ProgrammingError, sqlite3.InterfaceError):  # not the file's fault: it was closed, for example
            raise
        except (sqlite3.DatabaseError, UnicodeDecodeError):
            self._replace_reader(damaged=True)
            return question(self._reader)

    def open(self) -> IndexReader | None:
        """Return a reader of the compiled file, None unless there is one of these sources and this release."""
        reader = None
        with suppress(FileError, sqlite3.Error, TypeError, ValueError):  # the last two: a table that is not ours
            reader = _open_file(self._path)
            if reader and reader.provenance == self._provenance:
                return reader
        if reader:
            reader.close()
        return None

    def is_current(self, reader: IndexReader) -> bool:
        """Return whether every source file is as it was when the index was compiled."""
        return reader.provenance == self._provenance and reader.read_fingerprints() == self._sources.fingerprints()

    def rebuild(self, *, damaged: bool = False) -> IndexReader:
        """Compile the sources now: into the cache folder, or into memory if that cannot be written.

        What another process compiled meanwhile will do, unless the file there is damaged.
        """
        reader = None
        with suppress(FileError, OSError, sqlite3.Error):
            reader = self._rebuild_file(accept_other=not damaged) or self.open()
        if reader is None:
            connection = sqlite3.connect(":memory:", check_same_thread=False)
            self._write(connection)
            reader = IndexReader(connection)
        self._all_unchanged = True
        return reader

    @cached_property
    def _provenance(self) -> str:
        """What an index of these sources, where they are now, is compiled by and from."""
        layout = crc32(self._sources.layout.encode())
        return f"cptref {__version__}, schema {SCHEMA_VERSION}, {self._sources.name}, layout {layout:08x}"

    @property
    def _path(self) -> Path:
        """The compiled file of these sources. Raise FileError where no home folder is known."""
        # Two sets with one checksum would only take turns: a file tells what it was built from.
        return paths.cache_dir() / f"library-{crc32(ascii(self._sources.name).encode()):08x}.sqlite"

    def _refresh(self, codes: Collection[str] | None) -> None:
        """Rebuild the index if a source file has changed that these codes rest on, or any file if `codes` is None."""
        if self._all_unchanged or (codes is not None and self._is_current_for(codes)):
            return
        if self.is_current(self._reader):
            self._all_unchanged = True
        else:
            self._replace_reader()

    def _is_current_for(self, codes: Collection[str]) -> bool:
        """Return whether the files of these codes are as they were compiled, and so are tables, notes and bad files.

        False for a code without an article: what is close to it, and what points to it, rest on every file.
        """
        if self._reader.provenance != self._provenance or not all(map(self._reader.has_article, codes)):
            return False
        candidates = {*self._sources.list_candidates(codes), *self._reader.list_left_out()} - self._unchanged_paths
        if any(self._sources.fingerprint(path) != self._reader.read_fingerprint(path) for path in candidates):
            return False
        self._unchanged_paths |= candidates
        return True

    def _replace_reader(self, *, damaged: bool = False) -> None:
        old, self._reader = self._reader, self.rebuild(damaged=damaged)
        old.close()

    def _open_current(self) -> IndexReader | None:
        """Return a reader of the compiled file if all sources are as they were compiled."""
        reader = self.open()
        if reader is None:
            return None
        with suppress(sqlite3.Error):
            if self.is_current(reader):
                return reader
        reader.close()
        return None

    def _rebuild_file(self, *, accept_other: bool) -> IndexReader | None:
        """Write the file, unless another process has by the time it is our turn: return a reader of that one then.

        Raise FileError, OSError or sqlite3.Error where it cannot be written; nothing is left behind.
        """
        path = self._path
        folder = path.parent
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_own(folder, stat.S_ISDIR):
            raise FileError(f"{folder} is not a folder of yours")
        folder.chmod(0o700)
        with ExitStack() as stack:
            with suppress(OSError):  # without a lock, or where a process hangs, it is built here too
                stack.enter_context(exclusive_lock(path, LOCK_TIMEOUT_S))
                if accept_other and (reader := self._open_current()):
                    return reader
            self._write_file(path)
            _prune(path)
        return None

    def _write_file(self, path: Path) -> None:
        """Write the file under a temporary name beside it and rename it into place."""
        with replace_whole(path, temp_prefix(path)) as temporary, closing(sqlite3.connect(temporary)) as connection:
            connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
            self._write(connection)
            if reader := vars(self).get("_reader"):
                reader.close()  # Windows replaces no open file

    def _write(self, connection: sqlite3.Connection) -> None:
        from cptref.index.writer import IndexWriter

        with IndexWriter(connection) as writer:
            self._sources.write(writer, self._provenance)


def _open_file(path: Path) -> IndexReader | None:
    """Return a reader of a file, to be used from any thread; None where there is no file, or it is not ours."""
    if not (_is_own(path.parent, stat.S_ISDIR) and _is_own(path, stat.S_ISREG)):
        return None
    with suppress(sqlite3.Error):
        return IndexReader(connect_read_only(path))
    return None


def _is_own(path: Path, is_kind: Callable[[int], bool]) -> bool:
    """Return whether a path is of this kind and this user's, and not a link to something that is."""
    try:
        status = path.lstat()
    except OSError:
        return False
    return is_kind(status.st_mode) and status.st_uid == getattr(os, "geteuid", lambda: status.st_uid)()


def _prune(path: Path) -> None:
    """Delete all indexes but this one and those built last before it."""
    with suppress(OSError):
        others = [other for other in path.parent.glob("library-*.sqlite") if other != path]
        for old in sorted(others, key=lambda other: other.lstat().st_mtime_ns, reverse=True)[MAX_CACHED_INDEXES - 1 :]:
            old.unlink(missing_ok=True)
            old.with_suffix(".lock").unlink(missing_ok=True)
