"""How well lines and entries match a query: by the share of its meaning they cover, not by likeness of strings."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from cptref.models.hits import Tier
    from cptref.search.clauses import Importance

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

# An entry is about something else if what it covers of a query weighs less than this share of that and of all that
# nothing mentions. What other entries mention does not count against it.
MIN_FIT = 0.37
# The same for the best line of any entry and a longer query, many of whose words an entry mentions by chance: less if
# its title or summary mentions the query, more if it does not say what an article is for, and more of a published code,
# of whose few words a part of the body is much.
MIN_LINE_FIT = 0.41
MIN_LINE_FIT_OF_SERVICE = 0.3
MIN_LINE_FIT_ANYWHERE = 0.6
MIN_LINE_FIT_OF_CODE = 0.5
MIN_RELATIVE_COVERAGE = 0.5  # of the best entry's coverage: beside the best, nobody looks for what covers less
MIN_SYMPTOM_COVERAGE = 0.55  # of a symptom by one line: half of a symptom is not what was reported

# Times its weight counts a clause that a line matches.
MATCHED_FACTORS: Mapping[Importance, float] = {
    "subject": 1.0,
    "topic": 0.3,
    "thing": 0.3,
    "word": 0.3,
    "unknown": 1.0,
    "qualifier": 0.05,
}
# Times its weight counts a clause that no line matches. It says the more about the subject the more of a thing it is,
# and the fewer words there are: `disc jockey` is not about discs, `terrible back` is about a back, and a long message
# is not about everything that it mentions.
Length = Literal["short", "medium", "long"]  # one or two clauses; three; more, or a list of things
UNMATCHED_FACTORS: Mapping[Importance, Mapping[Length, float]] = {
    "subject": {"short": 2.0, "medium": 1.2, "long": 1.0},
    "topic": {"short": 2.0, "medium": 1.2, "long": 1.0},
    "thing": {"short": 1.5, "medium": 1.0, "long": 0.2},
    "word": {"short": 0.15, "medium": 0.15, "long": 0.05},
    "unknown": {"short": 1.0, "medium": 0.7, "long": 0.5},
    "qualifier": {"short": 0.02, "medium": 0.02, "long": 0.02},
}
ELSEWHERE_FACTOR = 0.75  # times that counts what an article lacks in a short query, if another one has it
MAX_UNMATCHED = 2.0  # times the weight of the rarest clause: all that no line matches counts at most this together


def idf(lines: int, matched: int) -> float:
    """Return the inverse document frequency of a clause: the fewer lines match, the more it says; none, the most."""
    return log(1 + lines / max(matched, 1))


def weigh_unmatched(weights: Sequence[float]) -> float:
    """Return how much the clauses that no line matches count together."""
    return min(sum(weights), MAX_UNMATCHED * max(weights, default=0))


def select_tier(weight: float) -> Tier:
    """Return the tier of a match that counts this much."""
    return min((tier for tier in TIER_WEIGHTS if TIER_WEIGHTS[tier] >= weight), key=TIER_WEIGHTS.__getitem__)


def select_loosest(tiers: Iterable[Tier]) -> Tier:
    """Return the tier that counts least."""
    return min(tiers, key=TIER_WEIGHTS.__getitem__)


def keep_entries(coverages: Mapping[int, float], lacking: Callable[[int], float]) -> dict[int, float]:
    """Return the entries that fit a query, with their coverage rounded to three decimals.

    `lacking` returns what an entry does not mention, as a share of the query. To fit, a coverage is MIN_FIT of itself
    and of that, and MIN_RELATIVE_COVERAGE of the best.
    """
    rounded = {entry: round(coverage, 3) for entry, coverage in coverages.items()}
    enough = MIN_RELATIVE_COVERAGE * max(rounded.values(), default=0)
    return {
        entry: coverage
        for entry, coverage in rounded.items()
        if coverage >= enough and coverage >= MIN_FIT * (coverage + lacking(entry)) > 0
    }


def line_fits(coverage: float, lacking: float, enough: float) -> bool:
    """Return whether a line that covers this share of a longer query is enough of that and of what is lacking."""
    return round(coverage, 3) >= enough * (round(coverage, 3) + lacking)


def covers_symptom(coverage: float) -> bool:
    """Return whether a line covers enough of a symptom to count as evidence."""
    return round(coverage, 3) >= MIN_SYMPTOM_COVERAGE


def score(coverage: float, line_coverage: float) -> float:
    """Return the score, 0 to 1, that is shown and sorted by: how much of the query is covered, to three decimals.

    The decimals behind them say how much of the line the query mentions, which orders equal coverages.
    """
    return round(round(coverage, 3) * 0.9991 + line_coverage * 0.0009, 5)
