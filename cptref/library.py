"""Layers of dataset files -> a library that answers questions, each in one method."""

from __future__ import annotations

import os
from functools import wraps
from threading import RLock
from typing import TYPE_CHECKING, TypeVar

from cptref import paths
from cptref.build import LibrarySources
from cptref.codes import is_any_code, parse_arguments
from cptref.codes.shapes import CODE_CHARACTERS, MIN_LETTERS
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
    from cptref.models.codesets import CodeListing, Release, SetsAnswer
    from cptref.models.entries import Entry, ListAnswer, ShowAnswer
    from cptref.models.fees import FeeAnswer
    from cptref.models.hits import SearchAnswer, SymptomAnswer
    from cptref.models.pairs import PairAnswer
    from cptref.models.results import CodesStarting, CompareAnswer, ModifiersAnswer
    from cptref.models.verdicts import Finding, Setting

    Arguments = ParamSpec("Arguments")
    AskAnswer = ListAnswer | CodesStarting | ShowAnswer | ClaimAnswer | SearchAnswer | SymptomAnswer

Result = TypeVar("Result")
Listed = TypeVar("Listed", "ShowAnswer", "CompareAnswer", "ModifiersAnswer")  # answers about codes


MAX_OFFERS = 200  # codes that begin with some letters: what a screen shows, and a shell reads in no time
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


def _one_at_a_time(
    method: Callable[Concatenate[Library, Arguments], Result],
) -> Callable[Concatenate[Library, Arguments], Result]:
    """Return a method that waits for its turn, so that all it asks is about one state of the library.

    It raises ValueError for a library that was closed, as a closed file does.
    """

    @wraps(method)
    def wait_and_call(self: Library, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        with self._lock:
            if self._is_closed:
                raise ValueError("the library is closed; open it again with open_library()")
            return method(self, *args, **kwargs)

    return wait_and_call


class Library:
    """Entries, notes and a vocabulary that answer questions. Use it in a `with`, or close it.

    Any thread may ask, refresh and close. Calls are carried out one at a time, since a connection to SQLite allows no
    more, so each answer is about one state of the library. After `close` each raises ValueError.
    """

    def __init__(self, index: IndexCache, codesets: str | os.PathLike[str] | None = None) -> None:
        self._index = index
        self._lock = RLock()
        self._is_closed = False
        self._codesets = codesets
        self._opened_catalog: Catalog | None = None

    def __enter__(self) -> Library:  # noqa: PYI034 - Self is not in typing before Python 3.11
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the compiled file and the code sets, once running questions are answered. Closing twice is fine."""
        with self._lock:
            self._is_closed = True
            self._index.close()
            if self._opened_catalog:
                self._opened_catalog.close()

    @_one_at_a_time
    def refresh(self) -> None:
        """Have the next answers rest on dataset files, folders, notes and code sets as they will be then.

        This costs little: a file is looked at when an answer first rests on it, and compiled again only if it changed.
        """
        self._index.refresh()
        if self._opened_catalog:
            self._opened_catalog.refresh()

    @property
    @_one_at_a_time
    def dataset(self) -> Dataset:
        """The description of the dataset: version, release date, sources, notices."""
        return self._ask((), IndexReader.read_dataset)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults of all files that are left out, in order of file, and of stores of code sets that answers met."""
        return self._read_faults(None)

    @property
    def seen_faults(self) -> tuple[Fault, ...]:
        """The faults that are known without a look at files that no answer has rested on yet."""
        return self._read_faults(())

    @_one_at_a_time
    def _read_faults(self, codes: Collection[str] | None) -> tuple[Fault, ...]:
        damaged = self._opened_catalog.faults if self._opened_catalog else ()
        return (*self._ask(codes, IndexReader.read_faults), *damaged)

    @_one_at_a_time
    def get(self, code: str) -> Entry | None:
        """Return the entry of a code in its canonical spelling, None if the library does not have it."""
        return self._ask([code], IndexReader.get_entry, code) if is_any_code(code) else None

    @_one_at_a_time
    def show(
        self, codes: str | Iterable[str], sections: Iterable[str] = (), on: str | date | None = None
    ) -> ShowAnswer:
        """Return the entries of codes typed in any way, with only these sections if any are named.

        Without sections, add what the loaded code sets say of each code on a day, as text YYYY-MM-DD or a date; today
        if it is None. With sections, which only entries have, add what they say against an entry alone. Raise
        UsageError without a code, for a section name that matches none or several, and for text that is no day.
        """
        parsed, keys, day = _parse(codes), parse_section_names(sections), parse_day(on)
        if not parsed.codes:
            raise UsageError("there is no code to look up", hint="name one, like 20976")
        listings = self._list_codes(parsed, day)
        answer = self._ask(_codes_of(parsed), lookup.show, parsed, keys, _answered(listings))
        return self._add_listings(answer, parsed, listings, day, keys)

    @_one_at_a_time
    def code(self, code: str, on: str | date | None = None) -> CodeListing:
        """Return what the loaded code sets say of a code on a day, today if it is None.

        Raise UsageError for what is not exactly one code, and for text that is no day.
        """
        from cptref.lookup.listings import list_code, require_code

        parsed, day = require_code(code), parse_day(on)
        return self._ask_sets(list_code, parsed, day)

    @_one_at_a_time
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

    @_one_at_a_time
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
        UsageError without a code, for a locality that is none or several, and for text that is no day.
        """
        from cptref.claims.fees import list_fees

        typed = [codes] if isinstance(codes, str) else [*codes]
        if not typed:
            raise UsageError("there is no code to price", hint="name one, like 64483")
        places = [locality] if isinstance(locality, str) else locality
        table = self._ask((), lambda reader: reader.read_modifier_table())
        modifiers = {modifier.code for modifier in table.modifiers}
        answer = self._ask_sets(list_fees, modifiers, typed, [*places], parse_day(on), qualifying=qualifying)
        return answer._replace(findings=self._list_findings(parsed.code for parsed in _parse(typed).codes))

    @_one_at_a_time
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
        answer = self._ask_sets(list_periods, table, codes, setting, day)
        return answer._replace(findings=self._list_findings(parsed.code for parsed in codes))

    def _list_findings(self, codes: Iterable[str]) -> tuple[Finding, ...]:
        from cptref.claims.findings import list_findings

        named = [code for code in codes if code]
        return self._ask(named, list_findings, named)

    @property
    @_one_at_a_time
    def releases(self) -> tuple[Release, ...]:
        """The releases of code sets that are loaded, in order of set and release."""
        return self._ask_sets(lambda catalog: tuple(catalog.read_releases()))

    @_one_at_a_time
    def sets(self, on: str | date | None = None) -> SetsAnswer:
        """Return which code sets are loaded, which of them are out of date on a day, and which are missing.

        The day is today if it is None. Raise UsageError for text that is no day.
        """
        from cptref.codesets.loaded import list_sets

        return self._ask_sets(list_sets, str(self._codesets or ""), parse_day(on))

    @property
    def _catalog(self) -> Catalog:
        if self._opened_catalog is None:
            from pathlib import Path

            from cptref.codesets.catalog import Catalog

            self._opened_catalog = Catalog(Path(self._codesets) if self._codesets is not None else None)
        return self._opened_catalog

    @property
    @_one_at_a_time
    def has_code_sets(self) -> bool:
        """Whether a code set is loaded: without one, none of what reads them is imported."""
        return self._codesets is not None and os.path.isdir(self._codesets) and bool(self._catalog.names)  # noqa: PTH112

    def _list_codes(self, parsed: ParsedArguments, day: date) -> dict[str, CodeListing]:
        if not self.has_code_sets:
            return {}
        from cptref.lookup.listings import list_codes

        return self._ask_sets(list_codes, parsed, day)

    def _add_listings(
        self,
        answer: Listed,
        parsed: ParsedArguments,
        listings: dict[str, CodeListing],
        day: date,
        sections: Collection[str] = (),
    ) -> Listed:
        """Return an answer with what the code sets say, and with what to load for a code without an answer.

        With sections it is only what they say against an entry.
        """
        if not self.has_code_sets and (sections or not answer.misses):
            return answer
        from cptref.lookup.listings import add_checks, add_listings, assess_modifiers, list_codes

        listings = listings or self._ask_sets(list_codes, parsed, day)
        if sections:
            answer = self._ask_sets(add_checks, answer, listings, day)
        else:
            answer = self._ask_sets(add_listings, answer, parsed, listings, day)
        answer = assess_modifiers(
            answer, listings.values(), lambda: self._ask((), lambda reader: reader.read_modifier_table())
        )
        if not self.has_code_sets:
            return answer
        if any(each.last for each in parsed.codes):
            from cptref.lookup.listings.ranges import add_ranges

            answer = self._ask_sets(add_ranges, answer, parsed, day)
        if not answer.appended:
            return answer
        from cptref.lookup.listings.modifiers import quote_appended

        return answer._replace(appended=self._ask_sets(quote_appended, answer.appended, day))

    @_one_at_a_time
    def compare(
        self, codes: str | Iterable[str], sections: Iterable[str] = (), on: str | date | None = None
    ) -> CompareAnswer:
        """Return the entries of codes typed in any way side by side, with only these sections if any are named.

        What it adds of the loaded code sets on a day, today if it is None, is as in `show`. Raise UsageError for fewer
        than two codes, for a section name that matches none or several, and for text that is no day.
        """
        from cptref.lookup.compare import compare

        parsed, keys, day = _parse(codes), parse_section_names(sections), parse_day(on)
        listings = self._list_codes(parsed, day)
        answer = self._ask(_codes_of(parsed), compare, parsed, keys, _answered(listings))
        return self._add_listings(answer, parsed, listings, day, keys)

    @_one_at_a_time
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

    @_one_at_a_time
    def list(self, limit: int | None = None) -> ListAnswer:
        """Return the codes in the library, in order: the first `limit`, or all.

        Raise UsageError for a limit below 1.
        """
        return self._ask(None, lookup.list_codes, None if limit is None else _require_positive(limit))

    @_one_at_a_time
    def ask(self, text: str, *, as_symptoms: bool = False, limit: int = 100, on: str | date | None = None) -> AskAnswer:
        """Return the answer to the question that a text asks, be it half typed or pasted; the list of codes if blank.

        It may be the beginning of a code, codes, lines of a claim, symptoms between commas, or words; `as_symptoms`
        takes it for symptoms. `limit` is that of codes that begin with the text. Raise UsageError as these questions
        do.
        """
        from cptref.codes.questions import find_question

        question, text = find_question(text)
        if question == "nothing":
            return self.list(limit)
        if question == "beginning" and not as_symptoms:
            starting = self.list_starting(text, limit, on)
            if starting.entries or starting.codes:
                return starting
            question = "codes" if len(text) >= CODE_CHARACTERS else "words"
        if as_symptoms or question == "symptoms":
            return self.symptom(text, on=on)
        if question == "claim":
            return self.claim(text, on=on)
        return self.show(text, on=on) if question == "codes" else self.search(text, on=on)

    @_one_at_a_time
    def list_starting(self, letters: str, limit: int = MAX_OFFERS, on: str | date | None = None) -> CodesStarting:
        """Return the codes that begin with these letters, in either case: all of the library, some of the loaded sets.

        The sets give their first `limit` codes on a day, today if it is None, and none for a single letter. Raise
        UsageError for a limit below 1, and for text that is no day.
        """
        from cptref.models.results import CodesStarting

        day, limit, upper = parse_day(on), _require_positive(limit), letters.upper()
        entries = tuple(item for item in self.list().entries if item.code.startswith(upper))
        if len(letters) < MIN_LETTERS or not self.has_code_sets:
            return CodesStarting(letters, entries)
        from cptref.codesets.prefixes import list_set_codes

        known = {item.code for item in entries}
        codes = self._ask_sets(list_set_codes, letters, day, limit)
        return CodesStarting(letters, entries, tuple(code for code in codes if code.code not in known))

    @_one_at_a_time
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
        below 1, for sections together with sets, and for the name of one that matches none or several.
        """
        from cptref.search.search import search

        named = parse_section_names(sections)
        wanted = self._parse_sets(sets)
        if named and wanted:
            raise UsageError("sections are of articles, and code sets have none", hint="leave one out")
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

    @_one_at_a_time
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
        question: Callable[Concatenate[IndexReader, Arguments], Result],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Result:
        """Ask a question whose answer rests on the files of these codes, or on all files where `codes` is None."""
        return self._index.query(codes, lambda reader: question(reader, *args, **kwargs))

    def _ask_sets(
        self,
        question: Callable[Concatenate[Catalog, Arguments], Result],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Result:
        """Ask the code sets a question, without the stores of them that are damaged."""
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
