"""A query -> the lines that speak of each thing it asks for, and how much each line counts."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, NamedTuple

from cptref.analysis import tokenize
from cptref.errors import UsageError
from cptref.index.schema import verified
from cptref.search import scoring
from cptref.search.lexicon import Lexicon
from cptref.search.query_parser import parse_query

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Sequence

    from cptref.index.reader import LineReader
    from cptref.search.query_parser import Clause, Expansion

MAX_QUERY_WORDS = 200  # words of a query; each is read in a millisecond, and more is a text and no question

Scores = dict[int, float]  # what each line (or entry) counts for one thing; none where it says nothing of it


class QueryMatches(NamedTuple):
    """A query as it was read: its things, how much each tells, and the lines and entries that speak of each.

    `used` are the ways of each thing that any line speaks in, `spoken` those that the lines shown so far do.
    """

    lines: LineReader
    things: tuple[Clause, ...]
    weights: tuple[float, ...]
    found: tuple[Scores, ...]
    entries: tuple[Scores, ...]
    used: tuple[tuple[Expansion, ...], ...]
    spoken: tuple[dict[Expansion, None], ...]

    def shares(self, worths: Sequence[Scores]) -> Scores:
        """The share of the query that each line (or entry) covers, 0 to 1, from what it counts for each thing."""
        whole = sum(self.weights)
        shares: Scores = {}
        for weight, of_thing in zip(self.weights, worths, strict=True):
            for key, worth in of_thing.items():
                shares[key] = shares.get(key, 0.0) + worth * weight / whole
        return shares

    def within(self, some: Iterable[int]) -> list[Scores]:
        """What some lines count for each thing."""
        chosen = list(some)
        return [{line: found[line] for line in chosen if line in found} for found in self.found]

    def fit(self, line: int) -> float:
        """How much of a line the query speaks of, 0 to 1."""
        return min(1.0, sum(line in one for one in self.found) / max(self.lines.sizes[line], 1))

    def whole(self) -> set[int]:
        """The entries with a line that speaks of all the things that any line speaks of, if there are several."""
        spoken = sorted((found.keys() for found in self.found if found), key=len)
        if len(spoken) <= 1:
            return set()
        entry_of = self.lines.entries
        return {entry_of[line] for line in reduce(and_, spoken)}

    @property
    def unmatched(self) -> tuple[str, ...]:
        """The things that no line speaks of, as typed."""
        return tuple(thing.typed for thing, found in zip(self.things, self.found, strict=True) if not found)


def match_query(connection: sqlite3.Connection, query: str, lines: LineReader) -> QueryMatches:
    """Read a query and find the lines that speak of it.

    Raises UsageError where the query has no word in it, or more than a question has.
    """
    if not (typed := tokenize(query)):
        raise UsageError("nothing to search for", hint="give a word, as in: cptref search tingling legs")
    if len(typed) > MAX_QUERY_WORDS:
        raise UsageError(
            f"{len(typed)} words to search for are too many", hint=f"give those that matter, {MAX_QUERY_WORDS} at most"
        )
    things = parse_query(Lexicon(connection), query)
    finder = _LineFinder(lines)
    entry_of = lines.entries
    found: list[Scores] = []
    entries: list[Scores] = []
    used: list[tuple[Expansion, ...]] = []
    for thing in things:
        of_lines: Scores = {}
        of_entries: Scores = {}
        spoken = []
        for way in sorted(thing.ways, key=lambda way: way.worth):  # the tightest last: it is what counts
            if held := finder.speaking(way):
                of_lines |= dict.fromkeys(held, way.worth)
                of_entries |= dict.fromkeys({entry_of[line] for line in held}, way.worth)
                spoken.append(way)
        found.append(of_lines)
        entries.append(of_entries)
        used.append(tuple(reversed(spoken)))
    *_, count = verified(connection.execute("SELECT * FROM meta").fetchone())
    weights = (_weigh_clause(thing, count, len(worths)) for thing, worths in zip(things, found, strict=True))
    return QueryMatches(
        lines, things, tuple(weights), tuple(found), tuple(entries), tuple(used), tuple({} for _ in things)
    )


def _weigh_clause(thing: Clause, count: int, found: int) -> float:
    """How much a thing tells: less if it is everyday language, more if it is a subject that no line speaks of."""
    weight = scoring.idf(count, found)
    if thing.plain:
        return weight * scoring.COMMON_WORD_FACTOR
    return weight if found or not thing.concepts else weight * scoring.UNMATCHED_CONCEPT_BOOST


class _LineFinder:
    """Finds the lines that speak in some way. It keeps what it found for the next way with the same words."""

    def __init__(self, lines: LineReader) -> None:
        self._lines = lines
        self._groups: dict[tuple[str, ...], set[int]] = {}
        self._together: dict[frozenset[tuple[str, ...]], Collection[int]] = {}

    def speaking(self, way: Expansion) -> Collection[int]:
        """The lines that have one word of each group."""
        groups = frozenset(way.groups)
        if groups not in self._together:
            self._together[groups] = self._held(groups)
        held = self._together[groups]
        if way.literal:
            literal = _join_words(way.literal)
            held = [line for line in held if literal in _join_words(self._lines.text(line))]
        return held

    def _held(self, groups: frozenset[tuple[str, ...]]) -> Collection[int]:
        if len(groups) == 1:
            (group,) = groups
            return self._lines.of_word(*group) if len(group) == 1 else self._group(group)
        return reduce(and_, sorted(map(self._group, groups), key=len))

    def _group(self, group: tuple[str, ...]) -> set[int]:
        if group not in self._groups:
            self._groups[group] = set().union(*map(self._lines.of_word, group))
        return self._groups[group]


def _join_words(text: str) -> str:
    """The words of a text between blanks, passing ones too."""
    return f" {' '.join(one.word for one in tokenize(text))} "
