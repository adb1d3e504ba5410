"""Layers of dataset files -> a library that answers questions.

`open_library()` compares the source files with the compiled file in the cache folder, compiles anew where they
differ, and answers from the compiled file. The cache is only ever a help: where it can't be written the library is
held in memory, and where it is damaged it is made again.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from cptref import __version__, places
from cptref.dataset.files import Layer, bundled, fingerprint
from cptref.errors import FileError, UsageError
from cptref.query import ask
from cptref.query.names import section_keys
from cptref.query.tables import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from typing import Concatenate, ParamSpec

    from cptref.answers import (
        CompareAnswer,
        Entry,
        ListAnswer,
        ModifiersAnswer,
        SearchAnswer,
        ShowAnswer,
        SymptomAnswer,
    )
    from cptref.dataset.read import Watch
    from cptref.model import Dataset

    Asked = ParamSpec("Asked")

Answer = TypeVar("Answer")


def open_library(
    folders: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = (), *, watch: Watch | None = None
) -> Library:
    """The bundled dataset with these dataset folders laid over it, a later entry replacing an earlier one.

    `watch` is told how far reading and compiling have come, which is done when files have changed: what is being done,
    how many articles are done, and of how many. Raises FileError where one of the folders is none, DatasetError, with
    every fault of every file, where a file is broken.
    """
    from pathlib import Path

    given = [folders] if isinstance(folders, (str, os.PathLike)) else folders
    own = []
    for one in given:
        folder = os.fspath(one)
        if not os.path.isdir(folder):  # noqa: PTH112 - a name that is empty or too long is no folder either
            raise FileError(f"{folder or repr(folder)} is no folder", hint="name a folder of dataset files")
        own.append(Path(folder).absolute())
    return Library((bundled(), *(Layer(str(folder), folder) for folder in own)), watch)


class Library:
    """What is known, ready to be asked. Use it in a `with`, or close it.

    Any thread may ask; questions are put one at a time, since a connection to SQLite takes no more.
    """

    def __init__(self, layers: tuple[Layer, ...], watch: Watch | None = None) -> None:
        self._layers = layers
        self._watch = watch
        self._turn = Lock()
        self._connection = self._current() or self._compiled()

    def __enter__(self) -> Library:  # noqa: PYI034 - Self is not in typing before Python 3.11
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the compiled file."""
        with self._turn:
            self._connection.close()

    @property
    def dataset(self) -> Dataset:
        """Which dataset this is: version, release date, sources, notices."""
        return self._ask(ask.dataset)

    def get(self, code: str) -> Entry | None:
        """The entry of a code in its canonical spelling, None if it isn't held."""
        return self._ask(ask.get, code)

    def show(self, codes: str | Iterable[str], sections: Iterable[str] = ()) -> ShowAnswer:
        """The entries of codes typed in any way, with just these sections where any are named.

        Raises UsageError for a section name that fits none or several.
        """
        typed = [codes] if isinstance(codes, str) else tuple(codes)
        return self._ask(ask.show, typed, section_keys(sections))

    def compare(self, codes: str | Iterable[str], sections: Iterable[str] = ()) -> CompareAnswer:
        """The entries of codes typed in any way side by side, with just these sections where any are named.

        Raises UsageError where fewer than two codes are named, and for a section name that fits none or several.
        """
        from cptref.query.compare import compare

        typed = [codes] if isinstance(codes, str) else tuple(codes)
        return self._ask(compare, typed, section_keys(sections))

    def modifiers(self, names: str | Iterable[str] = ()) -> ModifiersAnswer:
        """What modifiers mean; those of codes, with what the check says of them; the whole table if none is named."""
        return self._ask(ask.modifiers, [names] if isinstance(names, str) else tuple(names))

    def list(self, limit: int | None = None) -> ListAnswer:
        """The codes held, in order: the first `limit`, or all. Raises UsageError for a limit below 1."""
        return self._ask(ask.list_codes, None if limit is None else _at_least_one(limit))

    def search(self, query: str, sections: Iterable[str] = (), limit: int = 10) -> SearchAnswer:
        """The best `limit` entries that speak of the words of the query, within these sections where any are named.

        Raises UsageError where there is no word in it or more than 200, for a limit below 1, and for a section name
        that fits none or several.
        """
        from cptref.query.search import search

        return self._ask(search, query, section_keys(sections), _at_least_one(limit))

    def symptom(self, symptoms: str | Iterable[str], limit: int = 5) -> SymptomAnswer:
        """The best `limit` entries for what a patient reports, ranked by how many symptoms they cover, then how well.

        Looks in symptoms, when it is used, and causes. Raises UsageError where there is no symptom or no word in one,
        and for a limit below 1.
        """
        from cptref.query.symptom import symptom

        reported = [symptoms] if isinstance(symptoms, str) else list(dict.fromkeys(symptoms))
        return self._ask(symptom, reported, _at_least_one(limit))

    def _ask(
        self,
        question: Callable[Concatenate[sqlite3.Connection, Asked], Answer],
        *args: Asked.args,
        **kwargs: Asked.kwargs,
    ) -> Answer:
        """Put a question; where the compiled file turns out to be damaged, compile it anew and put it again."""
        with self._turn:
            try:
                return question(self._connection, *args, **kwargs)
            except (sqlite3.ProgrammingError, sqlite3.InterfaceError):  # not the file's fault: it was closed, for one
                raise
            except (sqlite3.DatabaseError, UnicodeDecodeError):
                self._connection.close()
                self._connection = self._compiled()
                return question(self._connection, *args, **kwargs)

    def _fingerprint(self) -> str:
        return f"cptref {__version__}, schema {SCHEMA}\n{fingerprint(self._layers)}"

    def _file(self) -> Path:
        """The compiled file; each set of layers has its own. Raises FileError where there is no place for it."""
        from zlib import crc32  # two sets of one name would only take turns: the fingerprint has the folders in full

        return places.cache() / f"library-{crc32(repr(self._layers).encode()):08x}.sqlite"

    def _current(self) -> sqlite3.Connection | None:
        """The compiled file, if it is there and made from the sources as they are now."""
        try:
            # It is replaced whole and never changed, so it needs no locks.
            connection = sqlite3.connect(
                f"{self._file().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
        except (FileError, sqlite3.Error):
            return None
        with suppress(sqlite3.Error, TypeError):
            (made_from,) = connection.execute("SELECT fingerprint FROM source").fetchone()
            if made_from == self._fingerprint():
                return connection
        connection.close()
        return None

    def _compiled(self) -> sqlite3.Connection:
        """A library compiled now: in the cache folder, or in memory where that can't be written."""
        from cptref.dataset.read import read, unwatched
        from cptref.query.compile import compile_library
        from cptref.query.entries import complete

        made_from = self._fingerprint()  # before reading: a file changed while it is read is seen the next time
        watch = self._watch or unwatched
        contents = read(self._layers, watch)
        meant = {modifier.code: modifier for modifier in contents.modifiers.modifiers}

        def entries() -> Iterator[Entry]:
            for done, (library, article) in enumerate(contents.articles):
                watch("compiling", done, len(contents.articles))
                yield complete(article, meant, library)
            watch("compiling", len(contents.articles), len(contents.articles))

        def fill(connection: sqlite3.Connection) -> None:
            compile_library(connection, made_from, contents.dataset, contents.modifiers, entries(), contents.vocabulary)

        with suppress(FileError, OSError, sqlite3.Error):
            _store(self._file(), fill)
            if stored := self._current():
                return stored
        connection = sqlite3.connect(":memory:", check_same_thread=False)
        fill(connection)
        return connection


def _at_least_one(limit: int) -> int:
    if limit < 1:
        raise UsageError(f"a limit of {limit} is too small", hint="it takes 1 or more")
    return limit


def _store(file: Path, fill: Callable[[sqlite3.Connection], None]) -> None:
    """Make the file under a temporary name beside it and rename it into place: whole or not at all."""
    from tempfile import mkstemp

    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = mkstemp(prefix=f"{file.name}.", suffix=".tmp", dir=file.parent)
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
