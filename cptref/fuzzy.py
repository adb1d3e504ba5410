"""Suggest what somebody may have meant: the closest of a few known words, by edit distance."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def did_you_mean(typed: str, known: Iterable[str], *, edits: int) -> str:
    """Return the closest known word as a question to put before a list of them, "" if none is close."""
    words = closest(typed.casefold(), known, edits=edits, limit=1)
    return f"did you mean {words[0]}? " if words else ""


def closest(typed: str, known: Iterable[str], *, edits: int, limit: int | None = 3) -> tuple[str, ...]:
    """Return up to `limit` known words at most `edits` edits away, the closest and likeliest first.

    An edit inserts, deletes or changes a character, or swaps two neighboring ones (optimal string alignment). Of words
    equally far away those are likelier that begin alike (Jaro-Winkler).
    """
    from rapidfuzz import process
    from rapidfuzz.distance import OSA, JaroWinkler

    matches = process.extract(typed, list(known), scorer=OSA.distance, score_cutoff=edits, limit=None)
    ranked = sorted((distance, -JaroWinkler.similarity(typed, word), word) for word, distance, _ in matches)
    return tuple(word for _, _, word in ranked)[:limit]
