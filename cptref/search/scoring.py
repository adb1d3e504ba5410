"""How well lines and entries fit a query: by the share of its meaning they cover, not by likeness of strings."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cptref.models.results import Tier

# What a thing asked for counts when it is matched so loosely.
TIER_WEIGHTS: Mapping[Tier, float] = {
    "exact": 1.0,
    "inflected": 0.98,
    "synonym": 0.96,
    "abbreviation": 0.94,
    "part": 0.85,
    "spelling": 0.75,
}
HOP_PENALTY = (
    0.005  # less for each further step on the way: a form of a synonym, a synonym of what a slip was taken for
)

# An entry that covers less of the query than this speaks of something else. It is low because of long queries: what a
# coder adds to the one thing that the library knows is often more than half. What asks for another subject is kept out
# by OTHER: of two things of which one is a subject that no line speaks of, a known one in four lines covers 0.23.
MIN_COVERAGE = 0.25
MIN_RELATIVE_COVERAGE = 0.5  # of what the best entry covers: who sees the best doesn't look for what covers less
MIN_SYMPTOM_COVERAGE = 0.55  # of a symptom by one line: half of it is not what was reported

UNMATCHED_CONCEPT_BOOST = (
    2.5  # times its weight has a known subject that no line speaks of: `brain MRI` doesn't ask for any MRI
)
COMMON_WORD_FACTOR = 0.3  # of its weight is left to a word of everyday language: who says it asks for the rest


def idf(lines: int, matched: int) -> float:
    """How much a thing tells: the rarer, the more; what no line has tells the most (inverse document frequency)."""
    return log(1 + lines / max(matched, 1))


def tier_of(worth: float) -> Tier:
    """The tier of what counts for so much."""
    return min((tier for tier in TIER_WEIGHTS if TIER_WEIGHTS[tier] >= worth), key=TIER_WEIGHTS.__getitem__)


def score(covered: float, fit: float) -> float:
    """The number that is shown and sorted by, 0 to 1: how much of the query is covered, to three decimals.

    Behind them, where they are equal, stands how much of the line the query speaks of.
    """
    return round(round(covered, 3) * 0.9991 + fit * 0.0009, 5)
