"""A query -> its clauses -> the lines that match each clause, and how much each line counts."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, NamedTuple

from cptref.analysis import tokenize
from cptref.errors import UsageError
from cptref.index.schema import INTRO, SECTION_NUMBERS
from cptref.search import scoring
from cptref.search.lexicon import Lexicon
from cptref.search.query_parser import parse_query

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from cptref.index.reader import IndexReader
    from cptref.models.entries import EntryKind
    from cptref.search.clauses import Clause, Expansion, Query

MAX_QUERY_WORDS = 200  # each takes a millisecond to parse, and a longer text is not a question

_SERVICE = SECTION_NUMBERS["overview"]
_SOURCES = {SECTION_NUMBERS["verification"], SECTION_NUMBERS["references"]}

Scores = dict[int, float]  # what each line (or entry) counts for one clause; without those that do not match


class ClauseMatches(NamedTuple):
    """A clause, what it weighs, how rare it is, the lines and entries that match it, and what it weighs where it lacks.

    `expansions` are those that any line matches, the one that counts most first. `answers` are the lines of the
    sections that a question is about. `names_service` tells that a clause of a question is in a title or a summary.
    """

    clause: Clause
    weight: float
    rarity: float
    lines: Scores
    entries: Scores
    expansions: tuple[Expansion, ...]
    lacking: float
    answers: frozenset[int] = frozenset()
    names_service: bool = False


class QueryMatches(NamedTuple):
    """What matches a query, clause by clause. Scores are 0 to 1.

    `line_entries` has the entry of every line, `line_sizes` the number of its content words. `allowed` are the entries
    that can answer a question, None if the query is none. In a short query each clause counts.
    """

    clauses: tuple[ClauseMatches, ...]
    line_entries: array[int]
    line_sizes: array[int]
    allowed: frozenset[int] | None = None
    length: scoring.Length = "short"

    def line_coverages(self, lines: Iterable[int] | None = None) -> Scores:
        """Return the share of the query that each of these lines covers, or each line that matches any clause."""
        if lines is None:
            return self._sum([matches.lines for matches in self.clauses])
        chosen = list(lines)
        return self._sum(
            [{line: matches.lines[line] for line in chosen if line in matches.lines} for matches in self.clauses]
        )

    def coverage_of(self, lines: Collection[int]) -> float:
        """Return the share of the query that these lines cover together: half by all of them, half by the best one.

        The level of a vertebra counts in full: this is how articles and published codes are compared.
        """
        weighed = self._replace(
            clauses=tuple(of._replace(weight=of.rarity) if of.clause.is_level else of for of in self.clauses)
        )
        together = sum(
            of.weight * max((of.lines.get(line, 0.0) for line in lines), default=0.0) for of in weighed.clauses
        )
        best = max(weighed.line_coverages(lines).values(), default=0.0)
        return (together / (weighed.total_weight or 1.0) + best) / 2

    def entry_coverages(self) -> Scores:
        """Return the share of the query that the lines of each entry cover together."""
        coverages = self._sum([matches.entries for matches in self.clauses])
        if self.allowed is None:
            return coverages
        return {entry: coverage for entry, coverage in coverages.items() if entry in self.allowed}

    def _sum(self, scores: Sequence[Scores]) -> Scores:
        total = self.total_weight
        coverages: Scores = {}
        for matches, of_clause in zip(self.clauses, scores, strict=True):
            for key, score in of_clause.items():
                coverages[key] = coverages.get(key, 0.0) + score * matches.weight / total
        return coverages

    @property
    def total_weight(self) -> float:
        """What the query weighs: all that any line matches, and what none does, which counts less together."""
        matched = sum(matches.weight for matches in self.clauses if matches.lines)
        return matched + self._unmatched_weight

    @property
    def _unmatched_weight(self) -> float:
        return scoring.weigh_unmatched([matches.weight for matches in self.clauses if not matches.lines])

    def lacking(self, entry: int) -> float:
        """Return what an entry lacks, as a share of the query: of a short query all that it does not mention itself.

        Of a longer one, what other entries mention does not count: it is not about everything that it mentions.
        """
        lacking = self._unmatched_weight
        if self.length == "short":
            lacking = sum(matches.lacking for matches in self.clauses if entry not in matches.entries)
        return lacking and lacking / self.total_weight

    def query_share(self, line: int) -> float:
        """Return the share of the words of a line that the query mentions."""
        words = sum(matches.clause.size for matches in self.clauses if line in matches.lines)
        return min(1.0, words / max(self.line_sizes[line], 1))

    def matched_clauses(self, line: int) -> frozenset[int]:
        """Return the positions of the clauses that a line matches."""
        return frozenset(position for position, matches in enumerate(self.clauses) if line in matches.lines)

    def entries_matching_all(self) -> set[int]:
        """Return the entries with a line that matches every clause that any line matches, if there are several."""
        lines = sorted((matches.lines.keys() for matches in self.clauses if matches.lines), key=len)
        if len(lines) <= 1:
            return set()
        return {self.line_entries[line] for line in reduce(and_, lines)}

    @property
    def is_answered(self) -> bool:
        """Whether any line answers a question."""
        return any(matches.answers for matches in self.clauses)

    @property
    def unmatched(self) -> tuple[str, ...]:
        """The clauses that no line matches, as typed."""
        return tuple(matches.clause.typed for matches in self.clauses if not matches.lines)

    def is_answer(self, line: int) -> bool:
        """Return whether a line is of the sections that a question is about, and mentions what it asks for."""
        return any(line in matches.answers for matches in self.clauses)

    def missing_in_line(self, line: int) -> tuple[str, ...]:
        """Return the clauses that a line does not match, as typed."""
        return tuple(matches.clause.typed for matches in self.clauses if line not in matches.lines)

    def missing_in_entry(self, entry: int) -> tuple[str, ...]:
        """Return the clauses that no line of an entry matches, as typed."""
        return tuple(matches.clause.typed for matches in self.clauses if entry not in matches.entries)


def read_query(reader: IndexReader, text: str) -> Query:
    """Return a text as a query. Raise UsageError if it has no word, or more than MAX_QUERY_WORDS."""
    words = len(tokenize(text))
    if not words:
        raise UsageError("nothing to search for", hint="give a word, as in tingling legs")
    if words > MAX_QUERY_WORDS:
        raise UsageError(
            f"{words} words are too many to search for", hint=f"give those that matter, at most {MAX_QUERY_WORDS}"
        )
    return parse_query(Lexicon(reader), text)


def match_query(
    reader: IndexReader,
    query: Query,
    sections: Collection[str] = (),
    *,
    kind: EntryKind = "article",
    points_only: bool = False,
) -> QueryMatches:
    """Return the lines of one kind of entries that match a query, within these sections if any are named.

    The lines of the other kind do not count, not even for how rare a clause is. Leave out intros if asked. If the query
    is a question and no section is named, what the sections that it is about mention counts there alone.
    """
    finder = _LineFinder(reader, kind, sections, points_only=points_only)
    answering = None
    if query.route and not sections:
        answering = _LineFinder(reader, kind, query.route.sections, points_only=False)
    clauses = tuple(_match_clause(reader, clause, query, finder, answering) for clause in query.clauses)
    if answering and (query.length != "long" or kind == "code"):
        allowed = _find_allowed(reader.line_entries, clauses, kind)
    else:
        allowed = _find_region(reader, clauses) if kind == "code" else None
    return QueryMatches(clauses, reader.line_entries, reader.line_sizes, allowed, query.length)


def _match_clause(
    reader: IndexReader, clause: Clause, query: Query, finder: _LineFinder, answering: _LineFinder | None
) -> ClauseMatches:
    """Return what matches a clause. Of a question these are lines of the sections that it is about, if there are any.

    Then lines of other sections match as well if they mention the clause less loosely than those.
    """
    anywhere = _match_expansions(reader, clause, clause.expansions, query, finder)
    if answering is None or clause.importance == "qualifier" or clause.is_code:
        return anywhere
    names_service = any(reader.line_places[line] % INTRO == _SERVICE for line in anywhere.lines)
    for expansions in (clause.expansions, clause.parts):
        matches = _match_expansions(reader, clause, expansions, query, answering)
        if clause.in_section or matches.lines:
            answers = frozenset(matches.lines)
            if query.length == "long" and not clause.in_section:  # a message is about more than its question
                return anywhere._replace(answers=answers, names_service=names_service)
            closest = max(matches.lines.values(), default=1)
            closer = {line: score for line, score in anywhere.lines.items() if score > closest}
            return matches._replace(
                lines=matches.lines | closer,
                entries=matches.entries | {reader.line_entries[line]: score for line, score in closer.items()},
                expansions=tuple(dict.fromkeys((*matches.expansions, *anywhere.expansions))),
                answers=answers,
                names_service=names_service,
            )
    return anywhere._replace(names_service=names_service)


def _find_region(reader: IndexReader, clauses: Iterable[ClauseMatches]) -> frozenset[int] | None:
    """Return the published codes whose service is in the region of a level that is named; None if there are none."""
    lines = {line for matches in clauses if matches.clause.is_level for line in matches.lines}
    places = reader.line_places
    return frozenset(reader.line_entries[line] for line in lines if places[line] % INTRO == _SERVICE) or None


def _find_allowed(
    line_entries: Sequence[int], clauses: Sequence[ClauseMatches], kind: EntryKind
) -> frozenset[int] | None:
    """Return the entries that answer a question, of those codes that it names; None for all that match.

    If none answers, articles that mention it elsewhere are the next best. Published codes are not.
    """
    answering = {line_entries[line] for matches in clauses for line in matches.answers}
    named: set[int] = set().union(*(matches.entries for matches in clauses if matches.clause.is_code))
    if answering or kind == "code":
        return frozenset(answering & named if named else answering)
    return frozenset(named) if named else None


def _match_expansions(
    reader: IndexReader, clause: Clause, expansions: Iterable[Expansion], query: Query, finder: _LineFinder
) -> ClauseMatches:
    lines: Scores = {}
    entries: Scores = {}
    matched = []
    line_entries = reader.line_entries
    everyday = clause.importance in {"thing", "word"} and query.names_subject
    for expansion in sorted(expansions, key=lambda expansion: expansion.weight):  # what counts most comes last
        if matching := finder.find_lines(expansion, on_subject=everyday):
            lines |= dict.fromkeys(matching, expansion.weight)
            entries |= dict.fromkeys({line_entries[line] for line in matching}, expansion.weight)
            matched.append(expansion)
    importance = "subject" if clause.is_level and finder.kind == "code" else clause.importance
    rarity = scoring.idf(len(reader.list_lines(finder.kind)), len(lines))
    lacking = rarity * scoring.UNMATCHED_FACTORS[importance][query.length]
    if query.length == "short" and finder.kind == "article" and lines:
        lacking *= scoring.ELSEWHERE_FACTOR  # an article mentions many things, a published code one
    weight = rarity * scoring.MATCHED_FACTORS[importance] if lines else lacking
    return ClauseMatches(clause, weight, rarity, lines, entries, tuple(reversed(matched)), lacking)


class _LineFinder:
    """Finds the lines that match an expansion. It keeps what it found for the next expansion with the same words."""

    def __init__(self, reader: IndexReader, kind: EntryKind, sections: Collection[str], *, points_only: bool) -> None:
        self.kind = kind
        self._reader = reader
        self._lines = reader.list_lines(kind)
        numbers = {SECTION_NUMBERS[key] for key in sections}
        self._places = frozenset(numbers if points_only else numbers | {number + INTRO for number in numbers})
        self._by_group: dict[tuple[str, ...], set[int]] = {}
        self._by_groups: dict[frozenset[tuple[str, ...]], Collection[int]] = {}

    def find_lines(self, expansion: Expansion, *, on_subject: bool) -> Collection[int]:
        """Return the lines that have one word of each group of alternatives, and the literal text if there is one.

        Leave out, if asked, what the published code set says and where: it is about another subject than the article.
        """
        lines = self._find_lines(expansion)
        if on_subject and lines:
            places = self._reader.line_places
            return [line for line in lines if places[line] % INTRO not in _SOURCES]
        return lines

    def _find_lines(self, expansion: Expansion) -> Collection[int]:
        groups = frozenset(expansion.alternatives)
        if groups not in self._by_groups:
            self._by_groups[groups] = self._find_all(groups)
        lines = self._by_groups[groups]
        if expansion.literal:
            literal = _join_words(expansion.literal)
            return [line for line in lines if literal in _join_words(self._reader.read_line(line))]
        return lines

    def _find_all(self, groups: frozenset[tuple[str, ...]]) -> Collection[int]:
        if not groups:
            return [line for line in self._lines if self._reader.line_places[line] in self._places]
        if len(groups) == 1:
            (group,) = groups
            return self._read_postings(*group) if len(group) == 1 else self._find_any(group)
        return reduce(and_, sorted(map(self._find_any, groups), key=len))

    def _find_any(self, group: tuple[str, ...]) -> set[int]:
        if group not in self._by_group:
            self._by_group[group] = set().union(*map(self._read_postings, group))
        return self._by_group[group]

    def _read_postings(self, word: str) -> array[int]:
        lines = self._reader.read_postings(word)
        lines = lines[bisect_left(lines, self._lines.start) : bisect_left(lines, self._lines.stop)]
        if not self._places:
            return lines
        allowed, places = self._places, self._reader.line_places
        return array("I", [line for line in lines if places[line] in allowed])


def _join_words(text: str) -> str:
    """Return all words of a text between blanks, so that a phrase can be looked for."""
    return f" {' '.join(token.text for token in tokenize(text))} "
