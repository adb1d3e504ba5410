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
    from cptref.search.query_parser import Clause, Expansion

MAX_QUERY_WORDS = 200  # each takes a millisecond to parse, and a longer text is not a question

Scores = dict[int, float]  # what each line (or entry) counts for one clause; without those that do not match


class ClauseMatches(NamedTuple):
    """A clause, what it weighs, and the lines and entries that match it.

    `expansions` are those that any line matches, the one that counts most first.
    """

    clause: Clause
    weight: float
    lines: Scores
    entries: Scores
    expansions: tuple[Expansion, ...]


class QueryMatches(NamedTuple):
    """What matches a query, clause by clause. Scores are 0 to 1.

    `line_entries` has the entry of every line, `line_sizes` the number of its content words.
    """

    clauses: tuple[ClauseMatches, ...]
    line_entries: array[int]
    line_sizes: array[int]

    def line_coverages(self, lines: Iterable[int] | None = None) -> Scores:
        """Return the share of the query that each of these lines covers, or each line that matches any clause."""
        if lines is None:
            return self._sum([matches.lines for matches in self.clauses])
        chosen = list(lines)
        return self._sum(
            [{line: matches.lines[line] for line in chosen if line in matches.lines} for matches in self.clauses]
        )

    def coverage_of(self, lines: Collection[int]) -> float:
        """Return the share of the query that these lines cover together: half by all of them, half by the best one."""
        together = self._sum(
            [{0: max((of.lines.get(line, 0.0) for line in lines), default=0.0)} for of in self.clauses]
        )
        return (together.get(0, 0.0) + max(self.line_coverages(lines).values(), default=0.0)) / 2

    def entry_coverages(self) -> Scores:
        """Return the share of the query that the lines of each entry cover together."""
        return self._sum([matches.entries for matches in self.clauses])

    def _sum(self, scores: Sequence[Scores]) -> Scores:
        total = sum(matches.weight for matches in self.clauses)
        coverages: Scores = {}
        for matches, of_clause in zip(self.clauses, scores, strict=True):
            for key, score in of_clause.items():
                coverages[key] = coverages.get(key, 0.0) + score * matches.weight / total
        return coverages

    def query_share(self, line: int) -> float:
        """Return the share of a line that the query mentions."""
        return min(1.0, sum(line in matches.lines for matches in self.clauses) / max(self.line_sizes[line], 1))

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
    def unmatched(self) -> tuple[str, ...]:
        """The clauses that no line matches, as typed."""
        return tuple(matches.clause.typed for matches in self.clauses if not matches.lines)

    def missing_in_line(self, line: int) -> tuple[str, ...]:
        """Return the clauses that a line does not match, as typed."""
        return tuple(matches.clause.typed for matches in self.clauses if line not in matches.lines)

    def missing_in_entry(self, entry: int) -> tuple[str, ...]:
        """Return the clauses that no line of an entry matches, as typed."""
        return tuple(matches.clause.typed for matches in self.clauses if entry not in matches.entries)


def parse_clauses(reader: IndexReader, query: str) -> tuple[Clause, ...]:
    """Return the clauses of a query. Raise UsageError if it has no word, or more than MAX_QUERY_WORDS."""
    words = len(tokenize(query))
    if not words:
        raise UsageError("nothing to search for", hint="give a word, as in: cptref search tingling legs")
    if words > MAX_QUERY_WORDS:
        raise UsageError(
            f"{words} words are too many to search for", hint=f"give those that matter, at most {MAX_QUERY_WORDS}"
        )
    return parse_query(Lexicon(reader), query)


def match_clauses(
    reader: IndexReader,
    clauses: Iterable[Clause],
    sections: Collection[str] = (),
    *,
    kind: EntryKind = "article",
    points_only: bool = False,
) -> QueryMatches:
    """Return the lines of one kind of entries that match clauses, within these sections if any are named.

    The lines of the other kind do not count, not even for how rare a clause is. Leave out intros if asked.
    """
    lines = reader.list_lines(kind)
    finder = _LineFinder(reader, lines, sections, points_only=points_only)
    return QueryMatches(
        clauses=tuple(_match_clause(clause, finder, reader.line_entries, len(lines)) for clause in clauses),
        line_entries=reader.line_entries,
        line_sizes=reader.line_sizes,
    )


def _match_clause(clause: Clause, finder: _LineFinder, line_entries: Sequence[int], total: int) -> ClauseMatches:
    lines: Scores = {}
    entries: Scores = {}
    expansions = []
    for expansion in sorted(clause.expansions, key=lambda expansion: expansion.weight):  # what counts most comes last
        if matching := finder.find_lines(expansion):
            lines |= dict.fromkeys(matching, expansion.weight)
            entries |= dict.fromkeys({line_entries[line] for line in matching}, expansion.weight)
            expansions.append(expansion)
    weight = scoring.weigh_clause(total, len(lines), common=clause.common, concept=bool(clause.concepts))
    return ClauseMatches(clause, weight, lines, entries, tuple(reversed(expansions)))


class _LineFinder:
    """Finds the lines that match an expansion. It keeps what it found for the next expansion with the same words."""

    def __init__(self, reader: IndexReader, lines: range, sections: Collection[str], *, points_only: bool) -> None:
        self._reader = reader
        self._lines = lines
        numbers = {SECTION_NUMBERS[key] for key in sections}
        self._places = frozenset(numbers if points_only else numbers | {number + INTRO for number in numbers})
        self._by_group: dict[tuple[str, ...], set[int]] = {}
        self._by_groups: dict[frozenset[tuple[str, ...]], Collection[int]] = {}

    def find_lines(self, expansion: Expansion) -> Collection[int]:
        """Return the lines that have one word of each group of alternatives, and the literal text if there is one."""
        groups = frozenset(expansion.alternatives)
        if groups not in self._by_groups:
            self._by_groups[groups] = self._find_all(groups)
        lines = self._by_groups[groups]
        if expansion.literal:
            literal = _join_words(expansion.literal)
            return [line for line in lines if literal in _join_words(self._reader.read_line(line))]
        return lines

    def _find_all(self, groups: frozenset[tuple[str, ...]]) -> Collection[int]:
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
