"""Text -> tokens. Lines and queries are analyzed alike: folding, stop words, spelling variants, hyphenated words."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

# Amounts with their commas; letters and digits, with the marks that are characters of their own. What an apostrophe
# sets off ('s, n't, 'll) is left out.
_WORD_PATTERN = re.compile(
    "\\d{1,3}(?:,\\d{3})+|([^\\W_](?:[^\\W_]|[\u0300-\u036f])*)(?:['\u2019](?:[dmst]|ll|re|ve)(?![^\\W_]))?",
    re.IGNORECASE,
)

# Words joined by hyphens, typographic ones too, but not where a number goes on: 24-48 is not one number.
_HYPHENATED_PATTERN = re.compile("(?<![^\\W_])[^\\W_]+(?:(?:(?<!\\d)[-\u2010\u2011]|[-\u2010\u2011](?!\\d))[^\\W_]+)+")

# Words that say how things relate, not what they are. They cannot make a line match a query. The last row is what is
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

# British spelling -> American, by rule: oedema, tumour, fibre, programme, catalogue, sterilise. Lines and queries get
# the same treatment, so a rule that spoils a word spoils it in both.
_SPELLING_RULES = (
    ("ae|oe(?!s?$)", "e"),
    ("(?<=[a-z]{2})our", "or"),
    ("(?<=[a-z]{3})([iy])s(?=e[drs]?$|ing$|ation)", r"\1z"),
    ("(?<=[bt])re(?=s?$)", "er"),
    ("(?<=[a-z]{2}m)me(?=s?$)", ""),
    ("(?<=og)ue(?=s?$)", ""),
    ("sulph", "sulf"),
)
_SPELLING_HINT = "ae|oe|our|[iy]s|re|me|ue|sulph"  # how each rule's match begins; most words contain none of these


class Token(NamedTuple):
    """A word as it is compared, and its [start, end) offsets in the text."""

    text: str
    start: int
    end: int


def tokenize(text: str) -> tuple[Token, ...]:
    """Return the tokens of a text: folded for case and width, `1,000` as `1000`, split at everything else."""
    return tuple(
        Token(fold(match[1] or match[0]), *match.span(1 if match[1] else 0)) for match in _WORD_PATTERN.finditer(text)
    )


def hyphenated(text: str) -> tuple[Token, ...]:
    """Return each hyphenated word of a text as one token: `non-union` as `nonunion`."""
    matches = _HYPHENATED_PATTERN.finditer(text)
    return tuple(Token(re.sub(r"\W", "", fold(match[0])), *match.span()) for match in matches)


_NO_WORDS: frozenset[str] = frozenset()


class TokenCache(dict[str, tuple[str, ...]]):
    """The content words of each blank-separated piece of text. Most pieces occur a thousand times."""

    def __missing__(self, piece: str) -> tuple[str, ...]:
        word = piece.lower() if piece.isascii() and piece.isalpha() else ""  # a single word, which is quick to judge
        self[piece] = words = content_words(piece) if not word else () if word in STOP_WORDS else (word,)
        return words

    def collect_words(self, text: str) -> frozenset[str]:
        """Return the words that a line is indexed by: its content words, or all words where it has no others."""
        words = _NO_WORDS.union(*map(self.__getitem__, text.split()))
        return words or frozenset(token.text for token in tokenize(text))


def content_words(text: str) -> tuple[str, ...]:
    """Return the words of a text that are not stop words, each once, in order."""
    return tuple(dict.fromkeys(token.text for token in tokenize(text) if token.text not in STOP_WORDS))


def term_words(text: str) -> tuple[str, ...]:
    """Return the words that identify a term: its content words, or all words where it has no others, like `US`."""
    return content_words(text) or tuple(token.text for token in tokenize(text))


def acronyms(text: str) -> set[str]:
    """Return possible acronyms of a text: the first letters of two to six content words in a row, in capitals."""
    letters = [token.text[0] for token in tokenize(text) if token.text not in STOP_WORDS]
    runs = (
        letters[start:end]
        for start in range(len(letters))
        for end in range(start + 2, min(start + 6, len(letters)) + 1)
    )
    return {acronym for run in runs if (acronym := "".join(run).upper()).isalpha()}


def fold(word: str) -> str:
    """Return a word as it is compared: without regard to case and width, and without commas."""
    return unicodedata.normalize("NFKC", word).casefold().replace(",", "")


def normalize_spelling(word: str) -> str:
    """Return a folded word in American spelling, as far as rules can tell."""
    if not re.search(_SPELLING_HINT, word):
        return word
    for pattern, replacement in _SPELLING_RULES:
        word = re.sub(pattern, replacement, word)
    return word
