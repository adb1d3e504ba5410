"""What counts as a word, in a line and in a query alike."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

# Amounts with their commas; letters and digits, with the marks that are written as characters of their own.
_WORD = re.compile("\\d{1,3}(?:,\\d{3})+|[^\\W_](?:[^\\W_]|[\u0300-\u036f])*")

# Words that say how things relate and not what they are: they can't make a line fit a query.
_PASSING = """
a about after all also am an and any are as at be been before both but by can could did do does during each for from get
had has have how i if in into is it its like may me more most my no not of on one or other our should so some such than
that the their them then there these they this to up use used uses using was what when where which while who why will
with without would you your
"""
PASSING = frozenset(_PASSING.split())


class Word(NamedTuple):
    """A word as it is compared, and its [start, end) place in the text."""

    word: str
    start: int
    end: int


def words(text: str) -> tuple[Word, ...]:
    """The words of a text: folded for case and width, `1,000` as `1000`, split at everything else."""
    found = _WORD.finditer(text)
    return tuple(Word(folded(one[0]), *one.span()) for one in found)


def folded(word: str) -> str:
    """One word as it is compared."""
    return unicodedata.normalize("NFKC", word).casefold().replace(",", "")
