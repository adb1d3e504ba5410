"""How well lines and entries match a query: by the share of its meaning they cover, not by likeness of strings."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cptref.models.hits import Tier

# What a clause counts when it is matched this loosely.
TIER_WEIGHTS: Mapping[Tier, float] = {
    "exact": 1.0,
    "inflected": 0.98,
    "synonym": 0.96,
    "abbreviation": 0.94,
    "part": 0.85,
    "spelling": 0.75,
    "beginning": 0.7,
}
# Subtracted for each further step of an expansion: a form of a synonym, a synonym of a corrected word.
HOP_PENALTY = 0.005

# An entry that covers less of the query than this is about something else. The value is low because of long queries:
# what a coder adds to the one thing that the library knows is often more than half of them. A query for another subject
# is kept out by UNMATCHED_CONCEPT_BOOST: where one of two clauses is a subject that no line mentions, a known clause
# that is in every fourth line covers 0.23.
MIN_COVERAGE = 0.25
MIN_RELATIVE_COVERAGE = 0.5  # of the best entry's coverage: beside the best, nobody looks for what covers less
MIN_SYMPTOM_COVERAGE = 0.55  # of a symptom by one line: half of a symptom is not what was reported

# Times its weight counts a known subject that no line mentions: `brain MRI` does not ask for just any MRI.
UNMATCHED_CONCEPT_BOOST = 2.5
COMMON_WORD_FACTOR = 0.3  # times its weight counts a word of everyday language: it says little about the subject


def idf(lines: int, matched: int) -> float:
    """Return the inverse document frequency of a clause: the fewer lines match, the more it says; none, the most."""
    return log(1 + lines / max(matched, 1))


def weigh_clause(lines: int, matched: int, *, common: bool, concept: bool) -> float:
    """Return how much a clause of a query says: less if it is everyday language, more if it is an unmatched concept."""
    weight = idf(lines, matched)
    if common:
        return weight * COMMON_WORD_FACTOR
    return weight if matched or not concept else weight * UNMATCHED_CONCEPT_BOOST


def select_tier(weight: float) -> Tier:
    """Return the tier of a match that counts this much."""
    return min((tier for tier in TIER_WEIGHTS if TIER_WEIGHTS[tier] >= weight), key=TIER_WEIGHTS.__getitem__)


def select_loosest(tiers: Iterable[Tier]) -> Tier:
    """Return the tier that counts least."""
    return min(tiers, key=TIER_WEIGHTS.__getitem__)


def keep_entries(coverages: Mapping[int, float]) -> dict[int, float]:
    """Return the entries that cover enough of a query, with their coverage rounded to three decimals.

    Enough is MIN_COVERAGE, and MIN_RELATIVE_COVERAGE of the best.
    """
    rounded = {entry: round(coverage, 3) for entry, coverage in coverages.items()}
    enough = max(MIN_COVERAGE, MIN_RELATIVE_COVERAGE * max(rounded.values(), default=0))
    return {entry: coverage for entry, coverage in rounded.items() if coverage >= enough}


def covers_symptom(coverage: float) -> bool:
    """Return whether a line covers enough of a symptom to count as evidence."""
    return round(coverage, 3) >= MIN_SYMPTOM_COVERAGE


def score(coverage: float, line_coverage: float) -> float:
    """Return the score, 0 to 1, that is shown and sorted by: how much of the query is covered, to three decimals.

    The decimals behind them say how much of the line the query mentions, which orders equal coverages.
    """
    return round(round(coverage, 3) * 0.9991 + line_coverage * 0.0009, 5)
