"""Layers of dataset files -> a library that answers questions, each in one method."""

from __future__ import annotations

import os
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from cptref import paths
from cptref.build import LibrarySources
from cptref.codes import is_any_code, parse_arguments
from cptref.dataset.layers import resolve_layers
from cptref.days import parse_day
from cptref.errors import UsageError
from cptref.index.cache import IndexCache
from cptref.index.reader import IndexReader
from cptref.lookup import lookup
from cptref.sections import parse_section_names

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import date
    from typing import Concatenate, ParamSpec

    from cptref.codes import ParsedArguments
    from cptref.codesets.catalog import Catalog
    from cptref.dataset.loader import ProgressCallback
    from cptref.errors import Fault
    from cptref.models.article import Dataset
    from cptref.models.claims import ClaimAnswer
    from cptref.models.codesets import CodeListing, Release
    from cptref.models.entries import Entry, ListAnswer, ShowAnswer
    from cptref.models.fees import FeeAnswer
    from cptref.models.hits import SearchAnswer, SymptomAnswer
    from cptref.models.pairs import PairAnswer
    from cptref.models.results import CompareAnswer, ModifiersAnswer
    from cptref.models.verdicts import Setting

    Arguments = ParamSpec("Arguments")

Answer = TypeVar("Answer")
Listed = TypeVar("Listed", "ShowAnswer", "CompareAnswer", "ModifiersAnswer")  # answers about codes


USER_CODESETS = ""  # stands for the folder where `cptref add` stores code sets


def open_library(
    folders: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = (),
    *,
    notes: str | os.PathLike[str] | None = None,
    codesets: str | os.PathLike[str] | None = USER_CODESETS,
    progress: ProgressCallback | None = None,
) -> Library:
    """Open the bundled dataset with these dataset folders laid over it; a later entry replaces an earlier one.

    `notes` is a file of the coder's own notes, `codesets` a folder of code sets, None for none; without it, the
    sets are those of `cptref add`. Either may be missing. A broken file of a folder or of notes is left out and
    listed in `Library.faults`. `progress` is called while changed files are compiled, with the number of articles
    done and the total. Raise FileError for a missing folder, and DatasetError, with every fault of every file, if a
    bundled file is broken.
    """
    from pathlib import Path

    given = [folders] if isinstance(folders, (str, os.PathLike)) else folders
    sources = LibrarySources(resolve_layers(given, notes), Path(notes).absolute() if notes else None, progress)
    if codesets == USER_CODESETS:
        codesets = paths.find_codesets_dir()
    return Library(IndexCache(sources), codesets)


class Library:
    """Entries, notes and a vocabulary that answer questions. Use it in a `with`, or close it.

    Any thread may ask. Questions are answered one at a time, since a connection to SQLite allows no more.
    """

    def __init__(self, index: IndexCache, codesets: str | os.PathLike[str] | None = None) -> None:
        self._index = index
        self._lock = Lock()
        self._codesets = codesets
        self._opened_catalog: Catalog | None = None

    def __enter__(self) -> Library:  # noqa: PYI034 - Self is not in typing before Python 3.11
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the compiled file and the code sets."""
        with self._lock:
            self._index.close()
            if self._opened_catalog:
                self._opened_catalog.close()

    @property
    def dataset(self) -> Dataset:
        """The description of the dataset: version, release date, sources, notices."""
        return self._ask((), IndexReader.read_dataset)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults of the files that were left out, in order of file, and of stores of code sets that were."""
        with self._lock:
            damaged = self._opened_catalog.faults if self._opened_catalog else ()
        return (*self._ask((), IndexReader.read_faults), *damaged)

    def get(self, code: str) -> Entry | None:
        """Return the entry of a code in its canonical spelling, None if the library does not have it."""
        return self._ask([code], IndexReader.get_entry, code) if is_any_code(code) else None

    def show(
        self, codes: str | Iterable[str], sections: Iterable[str] = (), on: str | date | None = None
    ) -> ShowAnswer:
        """Return the entries of codes typed in any way, with only these sections if any are named.

        Without sections, add what the loaded code sets say of each code on a day, as text YYYY-MM-DD or a date; today
        if it is None. Raise UsageError for a section name that matches none or several, and for text that is no day.
        """
        parsed, keys, day = _parse(codes), parse_section_names(sections), parse_day(on)
        listings = {} if keys else self._list_codes(parsed, day)
        answer = self._ask(_codes_of(parsed), lookup.show, parsed, keys, _answered(listings))
        return answer if keys else self._add_listings(answer, parsed, listings, day)

    def code(self, code: str, on: str | date | None = None) -> CodeListing:
        """Return what the loaded code sets say of a code on a day, today if it is None.

        Raise UsageError for what is not exactly one code, and for text that is no day.
        """
        from cptref.lookup.listings import list_code, require_code

        parsed, day = require_code(code), parse_day(on)
        return self._ask_sets(list_code, parsed, day)

    def claim(  # noqa: PLR0913 - what holds of all lines
        self,
        lines: str | Iterable[str],
        *,
        on: str | date | None = None,
        place: str = "",
        locality: str | None = None,
        setting: Setting = "practitioner",
        qualifying: bool = False,
    ) -> ClaimAnswer:
        """Return what the edits of the loaded code sets say of claim lines, and what the fee schedule allows for them.

        `lines` are typed lines, a table, or a claim as a system sends it. `on` is the day of lines without one; if it
        is None, that is today, but a line without a day beside others with one is unread. `place` is the place of
        service of lines without one. `locality` is a number, a name or a ZIP code; without it, amounts are national.
        `qualifying` takes the conversion factor of qualifying APM participants. The answer has checked `lines` and
        `results` of edits. Raise UsageError for a place, a locality, a setting or a day that is none.
        """
        from cptref.claims.check import check_claims
        from cptref.claims.context import ClaimContext
        from cptref.claims.places import parse_place
        from cptref.claims.readers import read_claims
        from cptref.models.claims import NO_DAY, ClaimSettings

        _check_setting(setting)
        day, default_place = parse_day(on), parse_place(place)
        parsed = read_claims([lines] if isinstance(lines, str) else lines, needs_days=on is None)

        def ask(catalog: Catalog) -> ClaimAnswer:
            claim_locality = None
            if locality is not None:
                from cptref.claims.localities import find_locality

                latest = max((line.first_day for line in parsed.lines if line.first_day != NO_DAY), default=day)
                claim_locality = find_locality(catalog, locality, latest)
            settings = ClaimSettings(day, setting, default_place, claim_locality, qualifying)

            def check(reader: IndexReader) -> ClaimAnswer:
                context = ClaimContext(catalog, reader.read_modifier_table(), reader.get_entry, settings)
                return check_claims(parsed, context)

            return self._index.query({line.code for line in parsed.lines}, check)

        return self._ask_sets(ask)

    def fee(
        self,
        codes: str | Iterable[str],
        locality: str | Iterable[str] = (),
        on: str | date | None = None,
        *,
        qualifying: bool = False,
    ) -> FeeAnswer:
        """Return what the fee schedule pays on a day for codes typed in any way: `64483-50`, `97140x2`.

        Amounts are national, and those of each locality: a number, a name or a ZIP code. They are by each conversion
        factor, or by that of qualifying APM participants alone (`qualifying`). The answer has `fees`, one a code. Raise
        UsageError for a locality that is none or several, and for text that is no day.
        """
        from cptref.claims.fees import list_fees

        typed = [codes] if isinstance(codes, str) else codes
        places = [locality] if isinstance(locality, str) else locality
        return self._ask_sets(list_fees, [*typed], [*places], parse_day(on), qualifying=qualifying)

    def pair(
        self, first: str, second: str, *, setting: Setting | None = None, on: str | date | None = None
    ) -> PairAnswer:
        """Return every period in which NCCI has two codes as a pair, in either order, and what holds on a day.

        Codes may have modifiers, which count. Look into the edits of practitioners and of hospitals, or of one
        `setting`. The answer has `rulings`, one a setting. Raise UsageError for what is not exactly one procedure code,
        and for text that is no setting or day.
        """
        from cptref.claims.pair_edits import list_periods, parse_pair

        if setting is not None:
            _check_setting(setting)
        codes, day = parse_pair(first, second), parse_day(on)
        table = self._ask((), lambda reader: reader.read_modifier_table())
        return self._ask_sets(list_periods, table, codes, setting, day)

    @property
    def releases(self) -> tuple[Release, ...]:
        """The releases of code sets that are loaded, in order of set and release."""
        return self._ask_sets(lambda catalog: tuple(catalog.read_releases()))

    @property
    def _catalog(self) -> Catalog:
        if self._opened_catalog is None:
            from pathlib import Path

            from cptref.codesets.catalog import Catalog

            self._opened_catalog = Catalog(Path(self._codesets) if self._codesets is not None else None)
        return self._opened_catalog

    @property
    def has_code_sets(self) -> bool:
        """Whether a code set is loaded: without one, none of what reads them is imported."""
        return self._codesets is not None and os.path.isdir(self._codesets) and bool(self._catalog.names)  # noqa: PTH112

    def _list_codes(self, parsed: ParsedArguments, day: date) -> dict[str, CodeListing]:
        if not self.has_code_sets:
            return {}
        from cptref.lookup.listings import list_codes

        return self._ask_sets(list_codes, parsed, day)

    def _add_listings(
        self, answer: Listed, parsed: ParsedArguments, listings: dict[str, CodeListing], day: date
    ) -> Listed:
        """Return an answer with what the code sets say, and with what to load for a code without an answer."""
        if not answer.misses and not self.has_code_sets:
            return answer
        from cptref.lookup.listings import add_listings, assess_modifiers, list_codes

        listings = listings or self._ask_sets(list_codes, parsed, day)
        answer = self._ask_sets(add_listings, answer, parsed, listings, day)
        answer = assess_modifiers(answer, lambda: self._ask((), lambda reader: reader.read_modifier_table()))
        if not answer.appended or not self.has_code_sets:
            return answer
        from cptref.lookup.listings.modifiers import quote_appended

        return answer._replace(appended=self._ask_sets(quote_appended, answer.appended, day))

    def compare(
        self, codes: str | Iterable[str], sections: Iterable[str] = (), on: str | date | None = None
    ) -> CompareAnswer:
        """Return the entries of codes typed in any way side by side, with only these sections if any are named.

        Without sections, add what the loaded code sets say of each code on a day, today if it is None. Raise UsageError
        for fewer than two codes, for a section name that matches none or several, and for text that is no day.
        """
        from cptref.lookup.compare import compare

        parsed, keys, day = _parse(codes), parse_section_names(sections), parse_day(on)
        listings = {} if keys else self._list_codes(parsed, day)
        answer = self._ask(_codes_of(parsed), compare, parsed, keys, _answered(listings))
        return answer if keys else self._add_listings(answer, parsed, listings, day)

    def modifiers(self, names: str | Iterable[str] = (), on: str | date | None = None) -> ModifiersAnswer:
        """Return what modifiers mean, and the modifiers of codes, assessed; the whole table if none is named.

        Modifiers on a code that only the loaded fee schedule has are assessed by its release of a day, today if it is
        None; those of a loaded HCPCS file have its text too. Raise UsageError for text that is no day.
        """
        from cptref.lookup.modifiers import describe_modifiers, parse_names

        named, day = parse_names([names] if isinstance(names, str) else names), parse_day(on)
        listings = self._list_codes(named.arguments, day)
        answer = self._ask(_codes_of(named.arguments), describe_modifiers, named, _answered(listings))
        answer = self._add_listings(answer, named.arguments, listings, day)
        if not named.modifiers or not self.has_code_sets:
            return answer
        from cptref.lookup.listings.modifiers import quote_modifiers

        return self._ask_sets(quote_modifiers, answer, day)

    def list(self, limit: int | None = None) -> ListAnswer:
        """Return the codes in the library, in order: the first `limit`, or all.

        Raise UsageError for a limit below 1.
        """
        return self._ask(None, lookup.list_codes, None if limit is None else _require_positive(limit))

    def search(  # noqa: PLR0913 - each narrows the answer
        self,
        query: str,
        sections: Iterable[str] = (),
        limit: int = 10,
        *,
        sets: str | Iterable[str] = (),
        billable: bool = False,
        on: str | date | None = None,
    ) -> SearchAnswer:
        """Return the best `limit` entries that mention the words of the query, within these sections if any are named.

        Without sections, add the best `limit` codes of each loaded code set as of a day; today if it is None. If `sets`
        are named, leave out the entries and the other sets. `billable` leaves out diagnoses that are not billed, and
        codes that are not in force. Raise UsageError for a query without a word or with more than 200, for a limit
        below 1, and for the name of a section or of a set that matches none or several.
        """
        from cptref.search.search import search

        named = parse_section_names(sections)
        wanted = self._parse_sets(sets)
        answer = self._ask(None, search, query, named, _require_positive(limit))
        if wanted:
            answer = answer._replace(hits=(), total=0, partial=None, codes=(), silent=(), suggestions=())
        day = parse_day(on)
        if named or not self.has_code_sets:
            return answer
        from cptref.search.titles import add_sets

        def add(catalog: Catalog) -> SearchAnswer:
            return self._index.query(
                None, lambda reader: add_sets(reader, catalog, answer, day, wanted, limit, billable=billable)
            )

        return self._ask_sets(add)

    def _parse_sets(self, sets: str | Iterable[str]) -> tuple[str, ...]:
        """Return the code sets that are named. Raise UsageError for one that is unknown, not loaded or has no text."""
        if not sets:
            return ()
        from cptref.search.titles import parse_sets

        return parse_sets(self._catalog, [sets] if isinstance(sets, str) else sets)

    def symptom(
        self,
        symptoms: str | Iterable[str],
        limit: int = 5,
        *,
        sets: str | Iterable[str] = (),
        billable: bool = False,
        on: str | date | None = None,
    ) -> SymptomAnswer:
        """Return the best `limit` entries for what a patient reports, ranked by how many symptoms they cover.

        A text may have several symptoms, between commas, semicolons or line ends. Looks in symptoms, when it is used,
        and causes. If ICD-10-CM is loaded, add the best `limit` diagnoses for each as of a day, today if it is None. If
        `sets` are named, leave out the entries, and add codes of these sets. `billable` is that of `search`. Raise
        UsageError without a symptom, for a symptom without a word, for more than 200 symptoms, for a limit below 1, and
        for a set that is unknown or not loaded.
        """
        from cptref.search.complaints import list_complaints
        from cptref.search.symptoms import match_symptoms

        complaints = list_complaints([symptoms] if isinstance(symptoms, str) else symptoms)
        day, wanted = parse_day(on), self._parse_sets(sets)
        answer = self._ask(None, match_symptoms, complaints, _require_positive(limit))
        if wanted:
            answer = answer._replace(hits=(), total=0, codes=())
        if not self.has_code_sets:
            return answer
        from cptref.search.titles import add_diagnoses

        def add(catalog: Catalog) -> SymptomAnswer:
            return self._index.query(
                None,
                lambda reader: add_diagnoses(reader, catalog, answer, day, wanted, limit, billable=billable),
            )

        return self._ask_sets(add)

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

    def _ask_sets(
        self,
        question: Callable[Concatenate[Catalog, Arguments], Answer],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Answer:
        """Ask the code sets a question, without the stores of them that are damaged."""
        with self._lock:
            return self._catalog.ask(lambda: question(self._catalog, *args, **kwargs))


def _parse(typed: str | Iterable[str]) -> ParsedArguments:
    return parse_arguments([typed] if isinstance(typed, str) else typed)


def _codes_of(arguments: ParsedArguments) -> set[str] | None:
    """Return the codes that an answer is about; None if it may be about any, since a range is asked for."""
    if any(parsed.last for parsed in arguments.codes):
        return None
    return {parsed.code for parsed in arguments.codes if parsed.code}


def _answered(listings: dict[str, CodeListing]) -> set[str]:
    """Return the codes that a release says something about."""
    return {code for code, listing in listings.items() if listing.listings}


def _require_positive(limit: int) -> int:
    if limit < 1:
        raise UsageError(f"a limit of {limit} is too small", hint="it takes 1 or more")
    return limit


def _check_setting(setting: str) -> None:
    """Raise UsageError for text that is no setting."""
    from typing import get_args

    from cptref.models.verdicts import Setting

    if setting not in (choices := get_args(Setting)):
        raise UsageError(f"{setting!r} is not a setting", hint=f"the choices are {', '.join(choices)}")
