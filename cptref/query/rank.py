"""How well lines and entries fit a query: by the share of it they cover, not by likeness of strings."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cptref.model import Tier

# What a word counts for when it is matched so loosely.
WORTH: Mapping[Tier, float] = {
    "exact": 1.0,
    "inflected": 0.95,
    "synonym": 0.9,
    "abbreviation": 0.85,
    "part": 0.7,
    "spelling": 0.6,
}

# An entry that covers less of the query than this speaks of something else. Of two words of which one is known, the
# known one covers 0.42 to 0.44 where it stands in four to six lines (`blood pressure`), 0.47 where in two.
ENOUGH = 0.45

Cover = dict[int, "Tier"]  # which words of the query (by place) a line or an entry covers, and how loosely


def weight(lines: int, matched: int) -> float:
    """How much a word tells: the rarer, the more; one that no line has tells the most (inverse document frequency)."""
    return log(1 + lines / max(matched, 1))


def loosest(tiers: Iterable[Tier]) -> Tier:
    """The tier that is worth least."""
    return min(tiers, key=WORTH.__getitem__)


def together(covers: Iterable[Cover]) -> Cover:
    """What several lines cover together, each word at its tightest."""
    best: Cover = {}
    for cover in covers:
        for place, tier in cover.items():
            if place not in best or WORTH[tier] > WORTH[best[place]]:
                best[place] = tier
    return best


def score(cover: Cover, weights: Sequence[float]) -> float:
    """The share of the query that is covered, 0 to 1, less for looser tiers; three decimals, as shown and sorted by."""
    return round(sum(weights[place] * WORTH[tier] for place, tier in cover.items()) / sum(weights), 3)
