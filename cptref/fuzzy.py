"""What somebody may have meant: the nearest of a few known words, by edit distance."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def did_you_mean(typed: str, known: Iterable[str], *, edits: int) -> str:
    """The nearest known word as a question to go before a list of them, "" where none is near."""
    near = closest(typed.casefold(), known, edits=edits, limit=1)
    return f"did you mean {near[0]}? " if near else ""


def closest(typed: str, known: Iterable[str], *, edits: int, limit: int = 3) -> tuple[str, ...]:
    """Up to `limit` known words at most so many edits away, nearest first and then in order.

    An edit inserts, deletes, changes or swaps neighbouring characters (optimal string alignment).
    """
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    near = process.extract(typed, list(known), scorer=OSA.distance, score_cutoff=edits, limit=None)
    return tuple(word for _, word in sorted((distance, word) for word, distance, _ in near))[:limit]
