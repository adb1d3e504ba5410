"""Layers of dataset files -> a library that answers questions.

A library is answered from its compiled file in the cache folder (cache.py), which is compiled anew where it is not made
from the source files as they are now. Each answer looks at the files that it rests on: one about a code at those named
after it, of which there are a few, and any other at all of them.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from cptref import __version__, codes
from cptref.dataset.fingerprint import fingerprint, fingerprints
from cptref.dataset.layers import TABLE_NAMES, candidate_paths, resolve_layers
from cptref.errors import FileError, UsageError
from cptref.index import cache
from cptref.index.schema import SCHEMA_VERSION
from cptref.lookup import lookup
from cptref.sections import parse_section_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path
    from typing import Concatenate, ParamSpec

    from cptref.dataset.layers import Layer
    from cptref.dataset.loader import ProgressCallback
    from cptref.errors import Fault
    from cptref.models.article import Dataset
    from cptref.models.results import (
        CompareAnswer,
        Entry,
        ListAnswer,
        ModifiersAnswer,
        SearchAnswer,
        ShowAnswer,
        SymptomAnswer,
    )

    Asked = ParamSpec("Asked")

Answer = TypeVar("Answer")


def open_library(
    folders: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = (),
    *,
    notes: str | os.PathLike[str] | None = None,
    progress: ProgressCallback | None = None,
) -> Library:
    """The bundled dataset with these dataset folders laid over it, a later entry replacing an earlier one.

    `notes` is a file of the coder's own notes, which need not be there. A broken file of a folder, or of notes, is left
    out and stands in `Library.faults`. `progress` is told how far compiling has come, which is done when files have
    changed: how many articles are done, and of how many. Raises FileError where one of the folders is none,
    DatasetError, with every fault of every file, where a bundled file is broken.
    """
    from pathlib import Path

    given = [folders] if isinstance(folders, (str, os.PathLike)) else folders
    return Library(resolve_layers(given), Path(notes).absolute() if notes else None, progress)


class Library:
    """What is known, ready to be asked. Use it in a `with`, or close it.

    Any thread may ask; questions are put one at a time, since a connection to SQLite takes no more. Each source file is
    looked at once, when an answer first rests on it.
    """

    def __init__(
        self, layers: tuple[Layer, ...], notes: Path | None = None, progress: ProgressCallback | None = None
    ) -> None:
        self._layers = layers
        self._notes = notes
        self._progress = progress
        self._turn = Lock()
        self._seen: set[str] = set()  # the source files that are as they were compiled
        self._all_seen = False
        self._connection = self._stored() or self._compiled()

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
        return self._ask((), lookup.read_dataset)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults of the files that were left out, in order of file."""
        return self._ask((), lookup.read_faults)

    def get(self, code: str) -> Entry | None:
        """The entry of a code in its canonical spelling, None if it isn't held."""
        return self._ask([code], lookup.get_entry, code)

    def show(self, codes: str | Iterable[str], sections: Iterable[str] = ()) -> ShowAnswer:
        """The entries of codes typed in any way, with just these sections where any are named.

        Raises UsageError for a section name that fits none or several.
        """
        typed = _listed(codes)
        return self._ask(typed, lookup.show, typed, parse_section_names(sections))

    def compare(self, codes: str | Iterable[str], sections: Iterable[str] = ()) -> CompareAnswer:
        """The entries of codes typed in any way side by side, with just these sections where any are named.

        Raises UsageError where fewer than two codes are named, and for a section name that fits none or several.
        """
        from cptref.lookup.compare import compare

        typed = _listed(codes)
        return self._ask(typed, compare, typed, parse_section_names(sections))

    def modifiers(self, names: str | Iterable[str] = ()) -> ModifiersAnswer:
        """What modifiers mean; those of codes, with what the check says of them; the whole table if none is named."""
        typed = _listed(names)
        return self._ask(typed, lookup.modifiers, typed)

    def list(self, limit: int | None = None) -> ListAnswer:
        """The codes held, in order: the first `limit`, or all. Raises UsageError for a limit below 1."""
        return self._ask(None, lookup.list_codes, None if limit is None else _at_least_one(limit))

    def search(self, query: str, sections: Iterable[str] = (), limit: int = 10) -> SearchAnswer:
        """The best `limit` entries that speak of the words of the query, within these sections where any are named.

        Raises UsageError where there is no word in it or more than 200, for a limit below 1, and for a section name
        that fits none or several.
        """
        from cptref.search.search import search

        return self._ask(None, search, query, parse_section_names(sections), _at_least_one(limit))

    def symptom(self, symptoms: str | Iterable[str], limit: int = 5) -> SymptomAnswer:
        """The best `limit` entries for what a patient reports, ranked by how many symptoms they cover, then how well.

        Looks in symptoms, when it is used, and causes. Raises UsageError where there is no symptom or no word in one,
        and for a limit below 1.
        """
        from cptref.search.symptoms import match_symptoms

        reported = [symptoms] if isinstance(symptoms, str) else list(dict.fromkeys(symptoms))
        return self._ask(None, match_symptoms, reported, _at_least_one(limit))

    def _ask(
        self,
        rests_on: Sequence[str] | None,
        question: Callable[Concatenate[sqlite3.Connection, Asked], Answer],
        *args: Asked.args,
        **kwargs: Asked.kwargs,
    ) -> Answer:
        """Put a question once the files it rests on have been looked at: those of some codes as typed, or else all.

        Where the compiled file turns out to be damaged, it is compiled anew and the question put again.
        """
        with self._turn:
            try:
                self._look(rests_on)
                return question(self._connection, *args, **kwargs)
            except (sqlite3.ProgrammingError, sqlite3.InterfaceError):  # not the file's fault: it was closed, for one
                raise
            except (sqlite3.DatabaseError, UnicodeDecodeError):
                self._anew(damaged=True)
                return question(self._connection, *args, **kwargs)

    def _look(self, typed: Sequence[str] | None) -> None:
        """Compile anew if a source file is no more what it was: one that some codes rest on, or any."""
        if self._all_seen or (typed is not None and self._as_compiled(typed)):
            return
        if self._unchanged(self._connection):
            self._all_seen = True
        else:
            self._anew()

    def _unchanged(self, connection: sqlite3.Connection) -> bool:
        """Whether every source file is as it was compiled."""
        return dict(connection.execute("SELECT path, state FROM source")) == fingerprints(self._layers, self._own)

    def _as_compiled(self, typed: Sequence[str]) -> bool:
        """Whether the files of these codes are as they were compiled, and so are tables, notes, and what was left out.

        What is absent, or near to what is absent, rests on every file: a code that isn't held is not judged here.
        """
        left_out = (os.fsdecode(path) for (path,) in self._connection.execute("SELECT DISTINCT path FROM fault"))
        rested = [*candidate_paths(self._layers, TABLE_NAMES), *left_out, *([self._own] if self._own else ())]
        for code in {one.code for argument in typed for one in codes.parse_codes(argument) if one.code}:
            if not self._connection.execute("SELECT 1 FROM body WHERE code = ?", (code,)).fetchone():
                return False
            rested += candidate_paths(self._layers, [f"{code}.toml"])
        new = set(rested) - self._seen
        if any(fingerprint(path) != self._recorded(path) for path in new):
            return False
        self._seen |= new
        return True

    def _recorded(self, path: str) -> str:
        """The state of a source file when it was compiled, "" where there was none."""
        row = self._connection.execute("SELECT state FROM source WHERE path = ?", (os.fsencode(path),)).fetchone()
        return str(row[0]) if row else ""

    @property
    def _own(self) -> str:
        return str(self._notes or "")

    @property
    def _made_from(self) -> str:
        return f"cptref {__version__}, schema {SCHEMA_VERSION}, {self._layers!r}, {self._own!r}"

    def _stored(self) -> sqlite3.Connection | None:
        """The compiled file of these layers, if it is there and of this release."""
        connection = None
        with suppress(FileError, sqlite3.Error, TypeError, ValueError):  # the last two of a table that is not ours
            connection = cache.open_file(cache.index_path(self._layers, self._own))
            if connection and lookup.read_provenance(connection) == self._made_from:
                return connection
        if connection:
            connection.close()
        return None

    def _fresh(self) -> sqlite3.Connection | None:
        """The compiled file, if all sources are as they were compiled."""
        connection = self._stored()
        if connection is None:
            return None
        with suppress(sqlite3.Error):
            if self._unchanged(connection):
                return connection
        connection.close()
        return None

    def _anew(self, *, damaged: bool = False) -> None:
        before, self._connection = self._connection, self._compiled(damaged=damaged)
        before.close()

    def _compiled(self, *, damaged: bool = False) -> sqlite3.Connection:
        """A library compiled now: in the cache folder, or in memory where that can't be written.

        What another process compiled meanwhile will do, unless the file there is damaged.
        """
        connection = None
        with suppress(FileError, OSError, sqlite3.Error):
            file = cache.index_path(self._layers, self._own)
            connection = cache.store_file(file, self._fill, None if damaged else self._fresh) or self._stored()
        if connection is None:
            connection = sqlite3.connect(":memory:", check_same_thread=False)
            self._fill(connection)
        self._all_seen = True
        return connection

    def _fill(self, connection: sqlite3.Connection) -> None:
        from cptref.build import build

        build(connection, self._made_from, self._layers, self._notes, self._progress)


def _listed(given: str | Iterable[str]) -> Sequence[str]:
    return [given] if isinstance(given, str) else tuple(given)


def _at_least_one(limit: int) -> int:
    if limit < 1:
        raise UsageError(f"a limit of {limit} is too small", hint="it takes 1 or more")
    return limit
