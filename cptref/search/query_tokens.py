"""The text of a query -> its tokens, each with what it may be: a form, two words, a compound, a respelling.

Words come before their parts, and spelling last.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import zip_longest
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from cptref.analysis import STOP_WORDS, analyze, tokenize
from cptref.codes import parse_codes
from cptref.folding import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cptref.analysis import Token
    from cptref.models.hits import Tier
    from cptref.search.lexicon import Lexicon

MIN_BEGINNING_LETTERS = 2  # behind other words; what is shorter begins too many
MIN_COMPOUND_LETTERS = 4  # of two words that may be one: `x ray`, but not `l LE`

_PIECE = re.compile(r"(?:[^\s,;]|(?<=\d),(?=\d{3}\b))+")  # between blanks, commas and semicolons; 1,000 is one piece
_DOTTED = re.compile(r"(?:[^\W\d_]\.){2,}[^\W\d_]?")  # N.P.O.
_CODE_PREFIXES = {"cpt", "hcpcs", "code"}  # may stand before a code


class Candidate(NamedTuple):
    """What a word of the query may be: this loosely, this text, with these stems."""

    tier: Tier
    text: str
    stems: tuple[str, ...]


class QueryToken(NamedTuple):
    """A word of the query, at [start, end). `words` are compared as they are; empty where no line can have them.

    `is_beginning` tells that lines may have words that begin with it.
    """

    start: int
    end: int
    words: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    is_beginning: bool = False


class QueryTokenizer:
    """Tokenizes a text without quotes."""

    def __init__(self, lexicon: Lexicon, text: str) -> None:
        self._lexicon = lexicon
        self._text = text
        self._words, self._compounds, _ = analyze(text)

    def tokenize(self) -> list[QueryToken]:
        """Return the words of the text that may match something, codes among them."""
        tokens: list[QueryToken] = []
        pieces = [(match.start(), match[0]) for match in _PIECE.finditer(self._text)]
        for (offset, piece), (_, following) in zip_longest(pieces, pieces[1:], fillvalue=(0, "")):
            end = offset + len(piece)
            if _DOTTED.fullmatch(piece):
                tokens.append(self._make_token(offset, end, fold(piece.replace(".", ""))))
            elif code := parse_codes(piece)[0].code:
                tokens.append(QueryToken(offset, end, (code.casefold(),), ()))
            elif piece.casefold().strip(":#\u00ae") not in _CODE_PREFIXES or not parse_codes(following)[0].code:
                tokens += self._tokenize_piece(offset, end)
        return [token for token in self._join_neighbors(tokens) if token.words or token.candidates]

    def _tokenize_piece(self, start: int, end: int) -> list[QueryToken]:
        """Return the words that begin in a piece; compounds as one where they are known as one or look like one."""
        lexicon = self._lexicon
        compounds = [
            token
            for token in _select_tokens(self._compounds, start, end)
            if lexicon.is_known_compound(token.text) or lexicon.same_root(token.text)
        ]
        covered = [range(token.start, token.end) for token in compounds]
        tokens = [
            self._make_token(token.start, token.end, token.text)
            for token in _select_tokens(self._words, start, end)
            if not any(token.start in compound for compound in covered) and self._has_meaning(token.text)
        ]
        tokens += (self._make_compound(token.start, token.end, token.text) for token in compounds)
        return sorted(tokens)

    def _has_meaning(self, word: str) -> bool:
        """Return whether a word says what something is. `us` does not; `US` does, where it is known."""
        if word.casefold() in STOP_WORDS:
            return word.isupper() and self._lexicon.find_stem(word) is not None
        return True

    def _make_token(self, start: int, end: int, word: str) -> QueryToken:
        """Return a word with its stem; failing that, as two words written as one; failing that, corrected.

        A misspelled stop word has neither words nor candidates.
        """
        lexicon = self._lexicon
        if not self._text[end:].strip() and self._is_beginning(start, word):
            return QueryToken(start, end, (word,), (), is_beginning=True)
        if stem := lexicon.find_stem(word):
            return QueryToken(start, end, (word,), (Candidate("inflected", word, (stem,)),))
        if pair := lexicon.split_compound(word):
            stems = tuple(filter(None, map(lexicon.find_stem, pair)))
            return QueryToken(start, end, (), (Candidate("inflected", " ".join(pair), stems),))
        if lexicon.compounds_of(word) or lexicon.decompose(word):
            return QueryToken(start, end, (word,), ())
        corrections = lexicon.corrections(word)
        if corrections and corrections[0] in STOP_WORDS and not lexicon.has_line_with(corrections[0]):
            return QueryToken(start, end, (), ())
        corrected = ((other, lexicon.find_stem(other)) for other in corrections)
        candidates = tuple(Candidate("spelling", other, (stem,)) for other, stem in corrected if stem)
        if not candidates and (pair := lexicon.split_stop_word(word)):
            apart = tuple(filter(None, (lexicon.find_stem(half) for half in pair if half not in STOP_WORDS)))
            candidates = (Candidate("spelling", " ".join(pair), apart),)
        return QueryToken(start, end, (word,), candidates)

    def _is_beginning(self, start: int, word: str) -> bool:
        """Return whether the last word of a query begins others and is none itself. Alone it needs more letters."""
        is_alone = not self._text[:start].strip()
        return len(word) >= MIN_BEGINNING_LETTERS + is_alone and self._lexicon.is_beginning(word)

    def _make_compound(self, start: int, end: int, word: str) -> QueryToken:
        """Return words that are known as one word too: as that word, and as what they are."""
        own = tuple(token.text for token in tokenize(self._text[start:end]) if token.text not in STOP_WORDS)
        stems = tuple(filter(None, map(self._lexicon.find_stem, own)))
        whole = Candidate("inflected", word, (self._lexicon.find_stem(word) or word,))
        apart = (Candidate("inflected", " ".join(own), stems),) if stems and len(stems) == len(own) else ()
        words = own if own and self._lexicon.is_known_compound(word) else (word,)
        return QueryToken(start, end, words, (whole, *apart))

    def _join_neighbors(self, tokens: list[QueryToken]) -> list[QueryToken]:
        """Return the tokens with neighbors that are known as one word as one token: `non union`, nonunion."""
        joined: list[QueryToken] = []
        for token in tokens:
            last = joined[-1] if joined else None
            if last and len(last.words) == len(token.words) == 1 and self._text[last.end : token.start] == " ":
                word = last.words[0] + token.words[0]
                known = len(word) >= MIN_COMPOUND_LETTERS and not word.isdecimal()
                if known and self._lexicon.is_known_compound(word):
                    joined[-1] = self._make_compound(last.start, token.end, word)
                    continue
            joined.append(token)
        return joined


def _select_tokens(tokens: Sequence[Token], start: int, end: int) -> Sequence[Token]:
    """Return the tokens that begin within [start, end)."""
    by_start = attrgetter("start")
    return tokens[bisect_left(tokens, start, key=by_start) : bisect_left(tokens, end, key=by_start)]
