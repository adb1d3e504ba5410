"""Free text -> the codes of code sets whose titles, inclusion terms or index terms mention it, set by set."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from cptref.analysis import analyze
from cptref.codesets.store import choose_store
from cptref.errors import UsageError
from cptref.models.hits import SetHit, SetHits
from cptref.search import scoring
from cptref.search.lexicon import Lexicon
from cptref.search.query_parser import parse_query
from cptref.search.title_matcher import SetLines, TitleMatches, match_titles
from cptref.search.title_ranking import RankedCode, contradicts, list_asked_words, rank_codes
from cptref.search.title_words import TitleWords

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import date

    from cptref.codesets.catalog import Catalog, Selection
    from cptref.codesets.store import StoreReader
    from cptref.index.reader import IndexReader
    from cptref.models.hits import SearchAnswer, SymptomAnswer
    from cptref.search.title_ranking import RankedCodes

SETS = ("icd10cm", "hcpcs", "cpt", "pfs")  # with lines, in the order in which they are listed
INDEXES = {"icd10cm": "icd10cm-index"}  # which have other words for the codes of a set
REPEATING = {"pfs": {"hcpcs", "cpt"}}  # a set that says nothing of a code that these have in other words
MAX_BILLABLE = 500  # codes below the headers that match: one header has thousands with their 7th characters
DIAGNOSIS_LEAD = 0.3  # what the best diagnosis may score less than the best code of another set, and come first
MIN_RELATIVE_COVERAGE = 0.7  # of the best code of any set: beside it, nobody looks for what covers less
LICENSED = {"pfs", "cpt"}  # whose texts are shown with the notice of their file


class TitleLexicon(Lexicon):
    """A Lexicon for titles, which have abbreviations among their words: `htn` is read as one all the same."""

    def has_forms(self, stems: Iterable[str]) -> bool:
        """Return whether each stem has a form that is a word of everyday language."""
        return all(any(map(self.is_common_itself, self.list_forms(stem))) for stem in stems)


def parse_sets(catalog: Catalog, typed: Iterable[str]) -> tuple[str, ...]:
    """Return the sets that are named. Raise UsageError for one that is unknown, has no text, or is not loaded."""
    from cptref.codesets.releases import CODE_SETS, parse_set_name

    names = tuple(dict.fromkeys(map(parse_set_name, typed)))
    for name in names:
        if name not in SETS:
            raise UsageError(f"{CODE_SETS[name].title} has no text to search", hint=f"the sets are {', '.join(SETS)}")
        if not catalog.list_releases(name):
            raise UsageError(f"no {CODE_SETS[name].title} loaded", hint=CODE_SETS[name].get)
    return names


def add_sets(  # noqa: PLR0913, PLR0917 - each narrows the answer
    reader: IndexReader,
    catalog: Catalog,
    answer: SearchAnswer,
    on: date,
    sets: Collection[str],
    limit: int,
    *,
    billable: bool,
) -> SearchAnswer:
    """Return an answer with the best `limit` codes of each loaded set, or of these, and the day."""
    answer = answer._replace(on=on)
    groups = TitleSearch(reader, catalog, on, sets).search(answer.query, limit, billable=billable)
    if not groups:
        return answer
    missing = {word for group in groups[:1] for hit in group.hits for word in hit.missing}
    unmatched = tuple(word for word in answer.unmatched if word in missing)
    return answer._replace(sets=groups, partial=None, suggestions=(), unmatched=unmatched)


def add_diagnoses(  # noqa: PLR0913, PLR0917 - each narrows the answer
    reader: IndexReader,
    catalog: Catalog,
    answer: SymptomAnswer,
    on: date,
    sets: Collection[str],
    limit: int,
    *,
    billable: bool,
) -> SymptomAnswer:
    """Return an answer with the best `limit` codes for each complaint: of these sets, else of ICD-10-CM if loaded."""
    answer = answer._replace(on=on)
    if not sets and not catalog.list_releases(SETS[0]):
        return answer
    search = TitleSearch(reader, catalog, on, sets or SETS[:1])
    groups = (search.search(symptom.query, limit, billable=billable) for symptom in answer.symptoms)
    return answer._replace(diagnoses=tuple(next(iter(group), None) for group in groups))


class SearchedSet(NamedTuple):
    """A set with the release that answers, its main store, and the lines of it and of its index."""

    selection: Selection
    store: StoreReader
    lines: SetLines


class TitleSearch:
    """Searches the code sets that are loaded, on one day. Make one for each question."""

    def __init__(self, reader: IndexReader, catalog: Catalog, on: date, sets: Collection[str] = ()) -> None:
        self._on = on
        self._sets = [_open_set(catalog, name, on) for name in SETS if not sets or name in sets]
        stores = [store for searched in self._sets if searched for store in searched.lines.stores]
        self._lexicon = TitleLexicon(TitleWords(reader, stores))

    def search(self, text: str, limit: int, *, billable: bool = False) -> tuple[SetHits, ...]:
        """Return the best `limit` codes of each set that has any, the set with the best one first."""
        query = parse_query(self._lexicon, text)
        if not query.asks_for_anything:
            return ()
        searched_sets = [*filter(None, self._sets)]
        matches_of = {searched.selection.set: match_titles(searched.lines, query) for searched in searched_sets}
        coverages_of = {name: matches.cover_lines() for name, matches in matches_of.items()}
        bests = {name: max(coverages.values(), default=0.0) for name, coverages in coverages_of.items()}
        enough = MIN_RELATIVE_COVERAGE * max(bests.values(), default=0.0)
        groups: list[tuple[float, SetHits]] = []
        known: dict[str, set[str]] = {}
        for searched in searched_sets:
            name = searched.selection.set
            if not coverages_of[name] or bests[name] < enough:
                continue
            matches = matches_of[name]
            ranked = rank_codes(searched.lines, matches, coverages_of[name], query.denied)
            known[name] = ranked.codes
            ranked = ranked.leave_out(set[str]().union(*(known.get(other, ()) for other in REPEATING.get(name, ()))))
            hits, total = self._make_hits(searched, matches, ranked, limit, billable=billable)
            if hits:
                lead = DIAGNOSIS_LEAD if name == SETS[0] else 0
                groups.append((ranked.best[0].score + lead, _make_group(searched, hits, total)))
        groups.sort(key=lambda group: -group[0])
        return tuple(group for _, group in groups)

    def _make_hits(
        self, searched: SearchedSet, matches: TitleMatches, ranked: RankedCodes, limit: int, *, billable: bool
    ) -> tuple[tuple[SetHit, ...], int]:
        """Return the best hits, and how many there are without a limit. Codes that are not in force come last.

        With `billable`, those of ICD-10-CM are counted up to MAX_BILLABLE or to the number of codes that match.
        """
        total = len(ranked.best) + len(ranked.others)
        candidates = (self._make_hit(searched, matches, code) for code in _iter_ranked(searched, matches, ranked))
        if billable and searched.selection.set == "icd10cm":
            most = total if ranked.others else MAX_BILLABLE
            hits = [*islice(_iter_billable(searched.store, candidates, list_asked_words(matches)), most)]
            return tuple(hits[:limit]), len(hits)
        if billable and searched.selection.set == "hcpcs":
            hits = [hit for hit in candidates if not hit.note]
            return tuple(hits[:limit]), len(hits)
        hits = [*islice(candidates, max(limit * 2, limit + 20))]
        hits.sort(key=lambda hit: bool(hit.note))
        return tuple(hits[:limit]), total

    def _make_hit(self, searched: SearchedSet, matches: TitleMatches, code: RankedCode) -> SetHit:
        number, line = code.number, code.line
        record = next(iter(searched.store.list_records(line.code)), None)
        fields = searched.store.name_fields(record) if record else {}
        weight = min(of.lines[number] for of in matches.clauses if number in of.lines)
        billable = fields.get("billable") if searched.selection.set == "icd10cm" else None
        return SetHit(
            code=line.code,
            title=(searched.store.find_text(record) if record else "") or line.text,
            text=line.text,
            kind=line.kind,
            score=min(code.coverage, 1.0),
            tier=scoring.select_tier(weight),
            marks=tuple(_iter_marks(matches, number, line.text)),
            missing=matches.missing_in_line(number),
            billable=None if billable is None else billable == "1",
            note=self._describe_period(fields) if searched.selection.set == "hcpcs" else "",
        )

    def _describe_period(self, fields: dict[str, str]) -> str:
        """Return since when a code is not in force, or from when it will be; "" if it is on the day."""
        if "terminated" not in fields:
            return ""
        from cptref.codesets.hcpcs import read_period

        state, says = read_period(fields).describe_state(self._on)
        return "" if state == "listed" else says


def _open_set(catalog: Catalog, name: str, on: date) -> SearchedSet | None:
    selection = catalog.select(name, on)
    if selection is None:
        return None
    store = choose_store(selection.stores)
    index = catalog.select(INDEXES[name], on) if name in INDEXES else None
    return SearchedSet(selection, store, SetLines((store, *(index.stores[:1] if index else ()))))


def _iter_ranked(searched: SearchedSet, matches: TitleMatches, ranked: RankedCodes) -> Iterator[RankedCode]:
    """Yield the codes that fit a query, the best first."""
    yield from ranked.best
    for number in ranked.others.values():
        yield RankedCode(0.0, number, searched.lines.read_line(number), matches.cover_together([number]))


def _make_group(searched: SearchedSet, hits: tuple[SetHit, ...], total: int) -> SetHits:
    selection = searched.selection
    return SetHits(
        *(selection.set, selection.release, selection.heading, total, hits),
        as_of=selection.as_of,
        notice=searched.store.notice if selection.set in LICENSED else "",
    )


def _iter_billable(store: StoreReader, hits: Iterable[SetHit], asked: Collection[str]) -> Iterator[SetHit]:
    """Yield the billable codes of hits, each once: a header's are those below it that do not contradict the query."""
    from cptref.codesets.icd10cm import iter_codes

    seen: set[str] = set()
    for hit in hits:
        below = () if hit.billable else iter_codes([store], hit.code)
        codes = [
            hit._replace(code=code.code, title=code.title, billable=True)
            for code in below
            if code.billable and not contradicts(asked, code.title)
        ]
        for code in (hit,) if hit.billable else codes:
            if code.code not in seen:
                seen.add(code.code)
                yield code


def _iter_marks(matches: TitleMatches, number: int, text: str) -> Iterator[tuple[int, int]]:
    """Yield the [start, end) of each word of a line that matches, in order, none of them twice."""
    tokens = [token for tokens in analyze(text) for token in tokens]
    indexed = {token.text for token in tokens}
    expansions = filter(None, (of.find_expansion(number, indexed) for of in matches.clauses))
    words = {word for expansion in expansions for group in expansion.alternatives for word in group}
    marks = sorted({(token.start, token.end) for token in tokens if token.text in words})
    end = 0
    for mark in marks:
        if mark[0] >= end:
            yield mark
            end = mark[1]
