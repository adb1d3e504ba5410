"""A query -> the lines that speak of each thing it asks for, and how much each line counts."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, NamedTuple

from cptref.errors import UsageError
from cptref.query import rank
from cptref.query.reading import read
from cptref.query.tables import unsealed
from cptref.query.vocabulary import Lexicon
from cptref.query.words import words

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Sequence

    from cptref.query.lines import Lines
    from cptref.query.reading import Thing, Way

MOST = 200  # words of a query; each is read in a millisecond, and more is a text and no question

Worths = dict[int, float]  # what each line (or entry) counts for one thing; none where it says nothing of it


class Sought(NamedTuple):
    """A query as it was read: its things, how much each tells, and the lines and entries that speak of each.

    `used` are the ways of each thing that any line speaks in, `spoken` those that the lines shown so far do.
    """

    lines: Lines
    things: tuple[Thing, ...]
    weights: tuple[float, ...]
    found: tuple[Worths, ...]
    entries: tuple[Worths, ...]
    used: tuple[tuple[Way, ...], ...]
    spoken: tuple[dict[Way, None], ...]

    def shares(self, worths: Sequence[Worths]) -> Worths:
        """The share of the query that each line (or entry) covers, 0 to 1, from what it counts for each thing."""
        whole = sum(self.weights)
        shares: Worths = {}
        for weight, of_thing in zip(self.weights, worths, strict=True):
            for key, worth in of_thing.items():
                shares[key] = shares.get(key, 0.0) + worth * weight / whole
        return shares

    def within(self, some: Iterable[int]) -> list[Worths]:
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


def seek(connection: sqlite3.Connection, query: str, lines: Lines) -> Sought:
    """Read a query and find the lines that speak of it.

    Raises UsageError where the query has no word in it, or more than a question has.
    """
    if not (typed := words(query)):
        raise UsageError("nothing to search for", hint="give a word, as in: cptref search tingling legs")
    if len(typed) > MOST:
        raise UsageError(
            f"{len(typed)} words to search for are too many", hint=f"give those that matter, {MOST} at most"
        )
    things = read(Lexicon(connection), query)
    finder = _Finder(lines)
    entry_of = lines.entries
    found: list[Worths] = []
    entries: list[Worths] = []
    used: list[tuple[Way, ...]] = []
    for thing in things:
        of_lines: Worths = {}
        of_entries: Worths = {}
        spoken = []
        for way in sorted(thing.ways, key=lambda way: way.worth):  # the tightest last: it is what counts
            if held := finder.speaking(way):
                of_lines |= dict.fromkeys(held, way.worth)
                of_entries |= dict.fromkeys({entry_of[line] for line in held}, way.worth)
                spoken.append(way)
        found.append(of_lines)
        entries.append(of_entries)
        used.append(tuple(reversed(spoken)))
    *_, count = unsealed(connection.execute("SELECT * FROM meta").fetchone())
    weights = (_weight(thing, count, len(worths)) for thing, worths in zip(things, found, strict=True))
    return Sought(lines, things, tuple(weights), tuple(found), tuple(entries), tuple(used), tuple({} for _ in things))


def _weight(thing: Thing, count: int, found: int) -> float:
    """How much a thing tells: less if it is everyday language, more if it is a subject that no line speaks of."""
    weight = rank.weight(count, found)
    if thing.plain:
        return weight * rank.PLAIN
    return weight if found or not thing.concepts else weight * rank.OTHER


class _Finder:
    """Finds the lines that speak in some way. It keeps what it found for the next way with the same words."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._groups: dict[tuple[str, ...], set[int]] = {}
        self._together: dict[frozenset[tuple[str, ...]], Collection[int]] = {}

    def speaking(self, way: Way) -> Collection[int]:
        """The lines that have one word of each group."""
        groups = frozenset(way.groups)
        if groups not in self._together:
            self._together[groups] = self._held(groups)
        held = self._together[groups]
        if way.literal:
            literal = _plain(way.literal)
            held = [line for line in held if literal in _plain(self._lines.text(line))]
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


def _plain(text: str) -> str:
    """The words of a text between blanks, passing ones too."""
    return f" {' '.join(one.word for one in words(text))} "
