"""A parsed query -> the lines of one code set that match it, by how much of the query they cover.

Each set has its own rarity of words, and lines count by themselves: a code is told by one line, not by many.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from functools import lru_cache, reduce
from itertools import accumulate
from operator import and_
from typing import TYPE_CHECKING, NamedTuple

from cptref.search import scoring
from cptref.search.clauses import Expansion

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from cptref.codesets.store import Line, StoreReader
    from cptref.search.clauses import Clause, Query

MAX_SELECTIVE_LINES = 4_000  # a clause with more lines tells too little: it only adds to what others match
# To fit, a line covers these shares of a query and of what the best line covers: with more, terms left out of the lines
# are found less often among the first five (`python -m tests.evaluate --icd10cm`).
MIN_FIT = 0.25
MIN_RELATIVE_COVERAGE = 0.3
# Times its weight counts a clause that a line matches, by its importance, and a qualifier by its kind: in a title a
# side or a stage tells one code from the next.
FACTORS = {"subject": 1.0, "topic": 0.8, "thing": 0.6, "word": 0.5, "unknown": 1.0}
QUALIFIER_FACTORS = {"side": 0.5, "degree": 0.5, "amount": 0.5, "level": 0.3}
UNSEEN_FACTOR = 0.02  # of any other qualifier
PARTIAL_WEIGHT = 0.4  # of a clause, that a line counts with one word of its phrase: `disc` for `slipped disc`
_SIDES = {
    "r": "right",
    "rt": "right",
    "l": "left",
    "lt": "left",
    **dict.fromkeys(("b", "bi", "bilat", "bilaterally", "both"), "bilateral"),
}


class SetLines:
    """The lines of the stores of one code set, numbered through."""

    def __init__(self, stores: Sequence[StoreReader]) -> None:
        self.stores = stores
        *self._starts, self.count = accumulate((len(store.line_sizes) for store in stores), initial=0)
        self.read_postings = lru_cache(maxsize=None)(self._read_postings)

    def _read_postings(self, word: str) -> array[int]:
        """Return the lines that contain exactly this word."""
        lines = array("I")
        for start, store in zip(self._starts, self.stores, strict=True):
            postings = store.read_postings(word)
            lines += array("I", [start + number for number in postings]) if start else postings
        return lines

    def read_line(self, number: int) -> Line:
        """Return a line by its number."""
        store, own = self._find_store(number)
        return store.read_line(own)

    def read_codes(self, numbers: Iterable[int]) -> dict[int, str]:
        """Return the code of each of these lines."""
        ordered = sorted(numbers)
        codes: dict[int, str] = {}
        ends = [*self._starts[1:], self.count]
        for start, end, store in zip(self._starts, ends, self.stores, strict=True):
            own = ordered[bisect_left(ordered, start) : bisect_left(ordered, end)]
            codes |= zip(own, store.iter_line_codes(number - start for number in own), strict=True)
        return codes

    def read_size(self, number: int) -> int:
        """Return the number of content words of a line."""
        store, own = self._find_store(number)
        return store.line_sizes[own]

    def _find_store(self, number: int) -> tuple[StoreReader, int]:
        start, store = [pair for pair in zip(self._starts, self.stores, strict=True) if pair[0] <= number][-1]
        return store, number - start


class ClauseLines(NamedTuple):
    """A clause, what it weighs, and what each line that matches it counts.

    `expansions` are those that any line matches, the one that counts most first. `partial` are lines with one word of a
    phrase, which only add to what others match.
    """

    clause: Clause
    weight: float
    lines: dict[int, float]
    expansions: tuple[Expansion, ...]
    partial: frozenset[int] = frozenset()

    def count_line(self, line: int) -> float:
        """Return what a line counts, 0 to 1."""
        return self.lines.get(line) or (PARTIAL_WEIGHT if line in self.partial else 0.0)

    def find_expansion(self, line: int, words: Collection[str]) -> Expansion | None:
        """Return how a line with these words matches, None if it does not."""
        weight = self.lines.get(line)
        expansions = (expansion for expansion in self.expansions if expansion.weight == weight)
        return next((expansion for expansion in expansions if _has_alternatives(words, expansion)), None)


class TitleMatches(NamedTuple):
    """What matches a query in the lines of one code set, clause by clause."""

    clauses: tuple[ClauseLines, ...]

    @property
    def total_weight(self) -> float:
        """What the query weighs: all that any line matches, and what none does, which counts less together."""
        unmatched = scoring.weigh_unmatched([of.weight for of in self.clauses if not of.lines])
        return sum(of.weight for of in self.clauses if of.lines) + unmatched or 1.0

    def cover_lines(self) -> dict[int, float]:
        """Return the share of the query that each line covers that fits, rounded to three digits."""
        clauses = sorted((of for of in self.clauses if of.lines), key=lambda of: len(of.lines))
        selective = [of for of in clauses if len(of.lines) <= MAX_SELECTIVE_LINES] or clauses[:1]
        coverages = dict.fromkeys((line for of in selective for line in of.lines), 0.0)
        total = self.total_weight
        for of in clauses:
            share = of.weight / total
            for line in of.lines if of in selective else coverages.keys() & of.lines.keys():
                coverages[line] += of.lines[line] * share
            for line in coverages.keys() & of.partial:
                coverages[line] += PARTIAL_WEIGHT * share
        enough = max(MIN_FIT, MIN_RELATIVE_COVERAGE * max(coverages.values(), default=0.0))
        return {line: round(coverage, 3) for line, coverage in coverages.items() if coverage >= enough}

    def cover_together(self, lines: Sequence[int]) -> float:
        """Return the share of the query that lines cover together."""
        covered = sum(of.weight * max(map(of.count_line, lines)) for of in self.clauses)
        return covered / self.total_weight

    def missing_in_line(self, line: int) -> tuple[str, ...]:
        """Return the clauses that a line does not match, as typed, without those of times, people and the like."""
        return tuple(
            of.clause.typed for of in self.clauses if line not in of.lines and _choose_factor(of.clause) > UNSEEN_FACTOR
        )


def _has_alternatives(words: Collection[str], expansion: Expansion) -> bool:
    return all(any(word in words for word in group) for group in expansion.alternatives)


def match_titles(lines: SetLines, query: Query) -> TitleMatches:
    """Return what matches a query. What only sections of articles can answer is left out."""
    clauses = (_spell_out_side(clause) for clause in query.clauses if not clause.in_section)
    return TitleMatches(tuple(_match_clause(lines, clause, query.length) for clause in clauses))


def _match_clause(lines: SetLines, clause: Clause, length: scoring.Length) -> ClauseLines:
    scores: dict[int, float] = {}
    matched = []
    for expansion in sorted(clause.expansions, key=lambda expansion: expansion.weight):  # what counts most comes last
        if matching := _find_lines(lines, expansion):
            scores |= dict.fromkeys(matching, expansion.weight)
            matched.append(expansion)
    factor = _choose_factor(clause) if scores else scoring.UNMATCHED_FACTORS[clause.importance][length]
    weight = scoring.idf(lines.count, len(scores)) * factor
    partial = frozenset(line for part in clause.parts for line in _find_lines(lines, part)) - scores.keys()
    return ClauseLines(clause, weight, scores, tuple(reversed(matched)), partial)


def _find_lines(lines: SetLines, expansion: Expansion) -> Collection[int]:
    """Return the lines that have one word of each group of alternatives."""
    groups = [_find_any(lines, group) for group in dict.fromkeys(expansion.alternatives)]
    return groups[0] if len(groups) == 1 else reduce(and_, sorted(map(set, groups), key=len)) if groups else ()


def _find_any(lines: SetLines, group: Sequence[str]) -> Collection[int]:
    return lines.read_postings(*group) if len(group) == 1 else set().union(*map(lines.read_postings, group))


def _name_kind(clause: Clause) -> str:
    """Return the kind of a qualifier, "" for any other clause."""
    return str(clause.key[0]) if clause.importance == "qualifier" and isinstance(clause.key, tuple) else ""


def _spell_out_side(clause: Clause) -> Clause:
    """Return a side with its whole word, which titles have: RT is right."""
    if _name_kind(clause) != "side":
        return clause
    typed = re.split(r"[\W_]+", clause.typed.casefold().strip("() "))[0]
    word = _SIDES.get(typed, typed)
    return clause._replace(expansions=(Expansion("exact", "" if word == typed else word, ((word,),)),))


def _choose_factor(clause: Clause) -> float:
    kind = _name_kind(clause)
    return QUALIFIER_FACTORS.get(kind, UNSEEN_FACTOR) if kind else FACTORS[clause.importance]
