"""What counts as a word, in a line and in a query alike."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

# Amounts with their commas; letters and digits, with the marks that are written as characters of their own, and without
# what an apostrophe sets off ('s, n't, 'll).
_WORD_PATTERN = re.compile(
    "\\d{1,3}(?:,\\d{3})+|([^\\W_](?:[^\\W_]|[\u0300-\u036f])*)(?:['\u2019](?:[dmst]|ll|re|ve)(?![^\\W_]))?",
    re.IGNORECASE,
)

# Words joined by hyphens, the typographer's too, but not where a number goes on: 24-48 is no number of its own.
_HYPHENATED_PATTERN = re.compile("(?<![^\\W_])[^\\W_]+(?:(?:(?<!\\d)[-\u2010\u2011]|[-\u2010\u2011](?!\\d))[^\\W_]+)+")

# Words that say how things relate and not what they are: they can't make a line fit a query. The last row is what is
# left of n't and the like.
_STOP_WORD_LIST = """
a able about after again all also am an and any anyone anything are as at be because been before both but by can could
did do does done during each else ever for from get gets getting give given go got had has have having he her him his
how i if in into is it its just like may me might more most much must my need needed needs no not of on one only onto
or other our please shall she should so some somebody someone something such than that the their them then there these
they this those to too up upon us use used uses using very want was we were what when where whether which while who
why will with without would you your
aren couldn didn doesn don hadn hasn haven isn wasn weren won wouldn
"""
STOP_WORDS = frozenset(_STOP_WORD_LIST.split())

# British spelling -> American, by rule: oedema, tumour, fibre, programme, catalogue, sterilise. What is said of one
# side is done to the other, so a rule that spoils a word spoils it on both.
_SPELLING_RULES = (
    ("ae|oe(?!s?$)", "e"),
    ("(?<=[a-z]{2})our", "or"),
    ("(?<=[a-z]{3})([iy])s(?=e[drs]?$|ing$|ation)", r"\1z"),
    ("(?<=[bt])re(?=s?$)", "er"),
    ("(?<=[a-z]{2}m)me(?=s?$)", ""),
    ("(?<=og)ue(?=s?$)", ""),
    ("sulph", "sulf"),
)

_SPELLING_HINT = "ae|oe|our|[iy]s|re|me|ue|sulph"  # what one of the rules begins with: most words have nothing of it


class Token(NamedTuple):
    """A word as it is compared, and its [start, end) place in the text."""

    word: str
    start: int
    end: int


def tokenize(text: str) -> tuple[Token, ...]:
    """The words of a text: folded for case and width, `1,000` as `1000`, split at everything else."""
    return tuple(Token(fold(one[1] or one[0]), *one.span(1 if one[1] else 0)) for one in _WORD_PATTERN.finditer(text))


def hyphenated(text: str) -> tuple[Token, ...]:
    """The hyphenated words of a text, each as one word: `non-union` as `nonunion`."""
    return tuple(Token(re.sub(r"\W", "", fold(one[0])), *one.span()) for one in _HYPHENATED_PATTERN.finditer(text))


_NONE: frozenset[str] = frozenset()


class TokenCache(dict[str, tuple[str, ...]]):
    """The telling words of each piece of a text, which stands between blanks. Most pieces come a thousand times."""

    def __missing__(self, piece: str) -> tuple[str, ...]:
        plain = piece.lower() if piece.isascii() and piece.isalpha() else ""  # one word, which is told apart quickly
        self[piece] = found = content_words(piece) if not plain else () if plain in STOP_WORDS else (plain,)
        return found

    def words(self, text: str) -> frozenset[str]:
        """The words by which a line is known: its telling words, or all where it has no other."""
        return _NONE.union(*map(self.__getitem__, text.split())) or frozenset(one.word for one in tokenize(text))


def content_words(text: str) -> tuple[str, ...]:
    """The words of a text that say what things are, each once, in order."""
    return tuple(dict.fromkeys(one.word for one in tokenize(text) if one.word not in STOP_WORDS))


def term_words(text: str) -> tuple[str, ...]:
    """The words by which a term is known: its telling words, or all where it has no other, as `US` has none."""
    return content_words(text) or tuple(one.word for one in tokenize(text))


def acronyms(text: str) -> set[str]:
    """What a text may be abbreviated to: the first letters of two to six words in a row, in capitals."""
    own = [one.word[0] for one in tokenize(text) if one.word not in STOP_WORDS]
    runs = (own[start:end] for start in range(len(own)) for end in range(start + 2, min(start + 6, len(own)) + 1))
    return {word for run in runs if (word := "".join(run).upper()).isalpha()}


def fold(word: str) -> str:
    """One word as it is compared."""
    return unicodedata.normalize("NFKC", word).casefold().replace(",", "")


def normalize_spelling(word: str) -> str:
    """A folded word in American spelling, as near as rules get."""
    if not re.search(_SPELLING_HINT, word):
        return word
    for pattern, instead in _SPELLING_RULES:
        word = re.sub(pattern, instead, word)
    return word
