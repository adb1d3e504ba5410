"""What a word of a query may mean: the words of the library it can stand for, each with how loosely it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cptref.query.near import nearest
from cptref.query.words import PASSING

if TYPE_CHECKING:
    import sqlite3

    from cptref.model import Tier


class Reading(NamedTuple):
    """A word of a query, and the words of the library it was read as, by tier, tightest first.

    No words at all: nothing in the library knows it.
    """

    word: str
    read_as: dict[Tier, tuple[str, ...]]


def read(connection: sqlite3.Connection, word: str) -> Reading:
    """Read one word: as it stands and in its other forms; only what has neither is taken for a slip of spelling."""
    known = connection.execute(
        "SELECT word.word FROM word JOIN word_stem ON word_stem.rowid = word.id WHERE word_stem MATCH ? ORDER BY 1",
        (f'"{word}"',),
    )
    forms = [form for (form,) in known]
    read_as: dict[Tier, tuple[str, ...]] = {
        "exact": tuple(form for form in forms if form == word),
        "inflected": tuple(form for form in forms if form != word),
    }
    if not forms:
        read_as["spelling"] = _respelled(connection, word)
    return Reading(word, {tier: words for tier, words in read_as.items() if words})


def _respelled(connection: sqlite3.Connection, word: str) -> tuple[str, ...]:
    """The nearest words: one edit away from five letters on, two from eight on; digits are never respelled.

    The first letter stays, and a word of five to seven letters isn't made shorter: `train` is no slip of `strain`, nor
    `heart` of `heat`.
    """
    edits = 0 if len(word) < 5 or not word.isalpha() else 1 if len(word) < 8 else 2  # noqa: PLR2004 - said above
    if not edits:
        return ()
    close = connection.execute(
        "SELECT word FROM word WHERE length(word) BETWEEN ? AND ?",
        (len(word) - (edits if edits > 1 else 0), len(word) + edits),
    )
    known = [other for (other,) in close if other[0] == word[0] and other.isalpha() and other not in PASSING]
    return nearest(word, known, edits=1) or nearest(word, known, edits=edits)
