"""Layers of dataset files -> a library that answers questions, each in one method."""

from __future__ import annotations

import os
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from cptref.build import LibrarySources
from cptref.codes import is_code, parse_arguments
from cptref.dataset.layers import resolve_layers
from cptref.errors import UsageError
from cptref.index.cache import IndexCache
from cptref.index.reader import IndexReader
from cptref.lookup import lookup
from cptref.sections import parse_section_names

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from typing import Concatenate, ParamSpec

    from cptref.codes import ParsedArguments
    from cptref.dataset.loader import ProgressCallback
    from cptref.errors import Fault
    from cptref.models.article import Dataset
    from cptref.models.entries import Entry, ListAnswer, ShowAnswer
    from cptref.models.hits import SearchAnswer, SymptomAnswer
    from cptref.models.results import CompareAnswer, ModifiersAnswer

    Arguments = ParamSpec("Arguments")

Answer = TypeVar("Answer")


def open_library(
    folders: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = (),
    *,
    notes: str | os.PathLike[str] | None = None,
    progress: ProgressCallback | None = None,
) -> Library:
    """Open the bundled dataset with these dataset folders laid over it; a later entry replaces an earlier one.

    `notes` is a file of the coder's own notes, which may be missing. A broken file of a folder or of notes is left out
    and listed in `Library.faults`. `progress` is called while changed files are compiled, with the number of articles
    done and the total. Raise FileError for a missing folder, and DatasetError, with every fault of every file, if a
    bundled file is broken.
    """
    from pathlib import Path

    given = [folders] if isinstance(folders, (str, os.PathLike)) else folders
    sources = LibrarySources(resolve_layers(given, notes), Path(notes).absolute() if notes else None, progress)
    return Library(IndexCache(sources))


class Library:
    """Entries, notes and a vocabulary that answer questions. Use it in a `with`, or close it.

    Any thread may ask. Questions are answered one at a time, since a connection to SQLite allows no more.
    """

    def __init__(self, index: IndexCache) -> None:
        self._index = index
        self._lock = Lock()

    def __enter__(self) -> Library:  # noqa: PYI034 - Self is not in typing before Python 3.11
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the compiled file."""
        with self._lock:
            self._index.close()

    @property
    def dataset(self) -> Dataset:
        """The description of the dataset: version, release date, sources, notices."""
        return self._ask((), IndexReader.read_dataset)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults of the files that were left out, in order of file."""
        return self._ask((), IndexReader.read_faults)

    def get(self, code: str) -> Entry | None:
        """Return the entry of a code in its canonical spelling, None if the library does not have it."""
        return self._ask([code], IndexReader.get_entry, code) if is_code(code) else None

    def show(self, codes: str | Iterable[str], sections: Iterable[str] = ()) -> ShowAnswer:
        """Return the entries of codes typed in any way, with only these sections if any are named.

        Raise UsageError for a section name that matches none or several.
        """
        parsed = _parse(codes)
        return self._ask(_codes_of(parsed), lookup.show, parsed, parse_section_names(sections))

    def compare(self, codes: str | Iterable[str], sections: Iterable[str] = ()) -> CompareAnswer:
        """Return the entries of codes typed in any way side by side, with only these sections if any are named.

        Raise UsageError for fewer than two codes, and for a section name that matches none or several.
        """
        from cptref.lookup.compare import compare

        parsed = _parse(codes)
        return self._ask(_codes_of(parsed), compare, parsed, parse_section_names(sections))

    def modifiers(self, names: str | Iterable[str] = ()) -> ModifiersAnswer:
        """Return what modifiers mean, and the modifiers of codes, assessed; the whole table if none is named."""
        from cptref.lookup.modifiers import describe_modifiers, parse_names

        named = parse_names([names] if isinstance(names, str) else names)
        return self._ask(_codes_of(named.arguments), describe_modifiers, named)

    def list(self, limit: int | None = None) -> ListAnswer:
        """Return the codes in the library, in order: the first `limit`, or all.

        Raise UsageError for a limit below 1.
        """
        return self._ask(None, lookup.list_codes, None if limit is None else _require_positive(limit))

    def search(self, query: str, sections: Iterable[str] = (), limit: int = 10) -> SearchAnswer:
        """Return the best `limit` entries that mention the words of the query, within these sections if any are named.

        Raise UsageError for a query without a word or with more than 200, for a limit below 1, and for a section name
        that matches none or several.
        """
        from cptref.search.search import search

        return self._ask(None, search, query, parse_section_names(sections), _require_positive(limit))

    def symptom(self, symptoms: str | Iterable[str], limit: int = 5) -> SymptomAnswer:
        """Return the best `limit` entries for what a patient reports, ranked by how many symptoms they cover.

        A text may have several symptoms, between commas, semicolons or line ends. Looks in symptoms, when it is used,
        and causes. Raise UsageError without a symptom, for a symptom without a word, for more than 200 symptoms, and
        for a limit below 1.
        """
        from cptref.search.complaints import list_complaints
        from cptref.search.symptoms import match_symptoms

        complaints = list_complaints([symptoms] if isinstance(symptoms, str) else symptoms)
        return self._ask(None, match_symptoms, complaints, _require_positive(limit))

    def _ask(
        self,
        codes: Collection[str] | None,
        question: Callable[Concatenate[IndexReader, Arguments], Answer],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Answer:
        """Ask a question whose answer rests on the files of these codes, or on all files where `codes` is None."""
        with self._lock:
            return self._index.query(codes, lambda reader: question(reader, *args, **kwargs))


def _parse(typed: str | Iterable[str]) -> ParsedArguments:
    return parse_arguments([typed] if isinstance(typed, str) else typed)


def _codes_of(arguments: ParsedArguments) -> set[str] | None:
    """Return the codes that an answer is about; None if it may be about any, since a range is asked for."""
    if any(parsed.last for parsed in arguments.codes):
        return None
    return {parsed.code for parsed in arguments.codes if parsed.code}


def _require_positive(limit: int) -> int:
    if limit < 1:
        raise UsageError(f"a limit of {limit} is too small", hint="it takes 1 or more")
    return limit
