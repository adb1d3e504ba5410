"""Text -> tokens. Lines and queries are analyzed alike: folding, stop words, numbers, compounds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cptref.folding import FoldedText

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Words that say how things relate, not what they are. They cannot make a line match a query. The last row is what is
# left of n't and the like.
_STOP_WORD_LIST = """
a able about after again all also am an and any anyone anything are as at be because been before both but by can could
did do does done during each else ever for from get gets getting give given go got had has have having he her him his
how i if in into is it its just like may me might more most much must my need needed needs no not of on one only onto
or other our please shall she should so some somebody someone something such than that the their them then there these
they this those to too up upon us use used uses using very want was we were what when where whether which while who
why will with without would you your although cannot however though
aren couldn didn doesn don hadn hasn haven isn wasn weren won wouldn
"""
STOP_WORDS = frozenset(_STOP_WORD_LIST.split())

# Stop words that may be abbreviations when they are in capitals: US, AS, IT, WHO, OR. Others are emphasis.
_ABBREVIATIONS = frozenset(
    word.upper()
    for word in STOP_WORDS - {"and", "any", "but", "no", "not", "the", "you"}
    if len(word) in {2, 3} or word == "from"
)

# What a folded text is split into. A number and the letters behind it are two tokens (0.5mg), but 0213T, 1st and 5HT3
# are one, as is what begins with letters: L4, B12, COVID19, J1885, M54.16. An apostrophe within a name is passed over
# (O'Brien), and what one sets off ('s, n't, 'll) is left out.
# No repeated part can end in two ways, so that matching takes linear time.
_LETTER = r"[^\W\d_]"
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|(?<![\w.])\.\d+|\d+(?:\.\d+)*)"
_LEVEL = r"(?:1[0-2]|[1-9])(?!\d)"
_CONTRACTED = r"'(?:[DMSTdmst]|ll|re|ve|LL|RE|VE)(?![^\W_])"
_TOKEN_PATTERN = re.compile(
    rf"""
    (?: (?P<levels> (?<![^\W_]) [CLSTclst]{_LEVEL}(?:(?:[-\u2013/]?[CLSTclst]|[-\u2013/]){_LEVEL})+)
      | (?P<mixed> (?<![^\W_])
          (?: (?P<category>{_LETTER}+\d[^\W_]*)(?:\.[\dXx][^\W_]*)? | \d+{_LETTER}+\d[^\W_]*
            | (?:\d{{4}}[A-Za-z]|\d+(?:st|nd|rd|th|ST|ND|RD|TH))(?![^\W_])))
      | (?P<number> (?P<range> {_NUMBER}(?:(?:[-\u2013/:]|[ ](?:to|TO)[ ]){_NUMBER})*)
          (?P<percent> [ ]?(?:%|(?:percent|PERCENT)(?![^\W_])))?)
      | (?P<word> (?:{_LETTER}(?!{_CONTRACTED})'(?={_LETTER}{{2}}))? {_LETTER}+)
    )(?:{_CONTRACTED})?
    """,
    re.VERBOSE,
)
_SEAM_PATTERN = re.compile(rf"({_LETTER}{{2,}})(\d+)")  # of a mixed token: COVID19
_NUMBER_PATTERN = re.compile(_NUMBER)
_LEVEL_PATTERN = re.compile(r"([A-Za-z]?)(\d+)")
_TO_PATTERN = re.compile(" (?:to|TO) |\u2013")
_SPANNING_PATTERN = re.compile(r"\d\s(?:(?:to|TO)\s\d|%|percent|PERCENT)")  # a number of several pieces


class Token(NamedTuple):
    """A word as it is compared, and its [start, end) offsets in the text."""

    text: str
    start: int
    end: int


class Analysis(NamedTuple):
    """The words of a text, and what else a line is found by.

    `compounds` are words and numbers joined by hyphens or touching, each as one: `non-union` as `nonunion`, `COVID-19`
    as `covid19`. `parts` are the numbers of a range like `24-48`, the letters and the digits of `COVID19`, and the
    category of a diagnosis code like `M54.16`.
    """

    words: tuple[Token, ...]
    compounds: tuple[Token, ...]
    parts: tuple[Token, ...]


def analyze(text: str) -> Analysis:
    """Return the words of a text, the compounds that they make, and the parts of its numbers."""
    folded = FoldedText(text)
    matches = tuple(_TOKEN_PATTERN.finditer(folded.text))
    words: list[Token] = []
    compounds: list[Token] = []
    parts: list[Token] = []
    run: list[re.Match[str]] = []
    for position, match in enumerate(matches):
        words += _iter_words(folded, matches, position)
        parts += _iter_parts(folded, match)
        if run and not _is_joined(run[-1], match):
            compounds += _iter_compounds(folded, run)
            run = []
        run.append(match)
    compounds += _iter_compounds(folded, run)
    return Analysis(tuple(words), tuple(compounds), tuple(parts))


def tokenize(text: str) -> tuple[Token, ...]:
    """Return the words of a text: without regard to case, width and accents, split at what is no letter and no number.

    A number with its commas and decimals is one word, and so is a range, a ratio, a fraction, a percentage: `1,000` is
    `1000`, `4 to 6` is `4-6`. Where a stop word in capitals may be an abbreviation, it stays in capitals: `US` is not
    `us`. `L4-5` is `l4` and `l5`.
    """
    return analyze(text).words


def _iter_words(folded: FoldedText, matches: Sequence[re.Match[str]], position: int) -> Iterator[Token]:
    """Yield the words of one match: one, or each level of a range of levels."""
    match = matches[position]
    kind = str(match.lastgroup)
    start, end = match.span(kind)
    if kind == "levels":
        letter = ""
        for level in _LEVEL_PATTERN.finditer(folded.text, start, end):
            letter = (level[1] or letter).casefold()
            yield Token(letter + level[2], *folded.find_span(*level.span()))
    elif kind == "number":
        number = _normalize_number(match["range"])
        yield Token(f"{number}%" if match["percent"] else number, *folded.find_span(start, end))
    elif match[kind] in _ABBREVIATIONS and _is_abbreviation(folded.text, matches, position):
        yield Token(match[kind], *folded.find_span(start, end))
    else:
        yield Token(match[kind].replace("'", "").casefold(), *folded.find_span(start, end))


def _normalize_number(number: str) -> str:
    """Return a number without commas, with the 0 before a decimal point, and a range with a hyphen."""
    return re.sub(r"(?<!\d)\.(?=\d)", "0.", _TO_PATTERN.sub("-", number).replace(",", ""))


def _iter_parts(folded: FoldedText, match: re.Match[str]) -> Iterator[Token]:
    """Yield the numbers of a range, the letters and the digits of COVID19, or the category of a diagnosis code."""
    spans: list[tuple[int, int]] = []
    if match["mixed"] and (seam := _SEAM_PATTERN.fullmatch(folded.text, *match.span("mixed"))):
        spans = [seam.span(1), seam.span(2)]
    elif match["mixed"] and match["category"] and match["category"] != match["mixed"]:
        spans = [match.span("category")]
    elif match["number"] and not match["number"].isdecimal():
        spans = [number.span() for number in _NUMBER_PATTERN.finditer(folded.text, *match.span("range"))]
        if "/" in match["range"] and min(end - start for start, end in spans) == 1:  # half a pill is not two
            spans = []
    for start, end in spans:
        yield Token(_normalize_number(folded.text[start:end].casefold()), *folded.find_span(start, end))
    if match["percent"]:
        yield Token("percent", *folded.find_span(*match.span("percent")))


def _is_joined(match: re.Match[str], following: re.Match[str]) -> bool:
    """Return whether a match goes on in the following one: with a hyphen, or where letters and digits touch."""
    if not (_is_joinable(match) and _is_joinable(following)):
        return False
    text = match.string
    gap = text[match.end(str(match.lastgroup)) : following.start()]
    return not gap or (gap == "-" and not (text[match.end() - 1].isdecimal() and following[0][0].isdecimal()))


def _is_joinable(match: re.Match[str]) -> bool:
    return match.lastgroup in {"word", "mixed"} or (match["number"] or "").isdecimal()


def _iter_compounds(folded: FoldedText, run: Sequence[re.Match[str]]) -> Iterator[Token]:
    """Yield the compound of several matches; none for one."""
    if len(run) > 1:
        text = "".join(match[str(match.lastgroup)] for match in run).replace("'", "").casefold()
        yield Token(text, *folded.find_span(run[0].start(), run[-1].end(str(run[-1].lastgroup))))


def _is_abbreviation(text: str, matches: Sequence[re.Match[str]], position: int) -> bool:
    """Return whether a stop word in capitals is an abbreviation: no word beside it is in capitals too.

    OR between two words says how they relate, but `the OR` is a room.
    """
    match = matches[position]
    before = matches[position - 1] if position else None
    after = matches[position + 1] if position + 1 < len(matches) else None
    beside = [
        *([before] if before and text[before.end() : match.start()] in {" ", "-"} else ()),
        *([after] if after and text[match.end() : after.start()] in {" ", "-"} else ()),
    ]
    if any(len(other[0]) > 1 and other[0].isalpha() and other[0].isupper() for other in beside):
        return False
    return match[0] != "OR" or beside != [before, after] or beside[0][0].casefold() in STOP_WORDS


_NO_WORDS: frozenset[str] = frozenset()
_PUNCTUATION = ",;:()[]"  # around a word


class TokenCache(dict[str, tuple[str, ...]]):
    """The content words of each blank-separated piece of text. Most pieces occur a thousand times."""

    def __init__(self) -> None:
        super().__init__()
        self._others: dict[str, tuple[str, ...]] = {}  # the compounds and parts of pieces
        self._special = {"to", "TO", "%", "percent", "PERCENT"}  # pieces with others, or read by those beside them

    def __missing__(self, piece: str) -> tuple[str, ...]:
        bare = piece.strip(_PUNCTUATION) if piece.isascii() and piece not in self._special else ""
        if (bare.isalpha() and not bare.isupper()) or bare.isdecimal():  # a single word, which is quick to judge
            word = bare.lower()
            self[piece] = () if word in STOP_WORDS else (word,)
            return self[piece]
        words, compounds, parts = analyze(piece)
        content = self[piece] = tuple(token.text for token in words if token.text not in STOP_WORDS)
        if compounds or parts or not _ABBREVIATIONS.isdisjoint(content):
            self._others[piece] = tuple(token.text for token in (*compounds, *parts))
            self._special.add(piece)
        return content

    def list_index_words(self, text: str) -> tuple[int, frozenset[str]]:
        """Return the number of content words of a line, and the words that it is indexed by.

        Those are its content words, or all words where it has no others, with compounds and the parts of numbers.
        """
        pieces = text.split()
        words = _NO_WORDS.union(*map(self.__getitem__, pieces))
        if words and self._special.isdisjoint(pieces):
            return len(words), words
        if words and words.isdisjoint(_ABBREVIATIONS) and not _SPANNING_PATTERN.search(text):
            return len(words), words.union(*(self._others.get(piece, ()) for piece in pieces))
        tokens, compounds, parts = analyze(text)
        words = frozenset(token.text for token in tokens)
        words = words - STOP_WORDS or words
        return len(words), words.union(token.text for token in (*compounds, *parts))


def split_seam(word: str) -> tuple[str, str] | None:
    """Return the letters and the digits of a word like `covid19`, None for any other, like `l4`."""
    match = _SEAM_PATTERN.fullmatch(word)
    return (match[1], match[2]) if match else None


def content_words(text: str) -> tuple[str, ...]:
    """Return the words of a text that are not stop words, each once, in order."""
    return tuple(dict.fromkeys(token.text for token in tokenize(text) if token.text not in STOP_WORDS))


def term_words(text: str) -> tuple[str, ...]:
    """Return the words that identify a term: its content words, or all words where it has no others."""
    return content_words(text) or tuple(token.text for token in tokenize(text))


def is_number(word: str) -> bool:
    """Return whether a word is a number, a range, a ratio, or a percentage."""
    return word[:1].isdecimal() and not any(map(str.isalpha, word))


def acronyms(text: str) -> set[str]:
    """Return possible acronyms of a text: the first letters of two to six content words in a row, in capitals."""
    letters = [token.text[0] for token in tokenize(text) if token.text not in STOP_WORDS]
    runs = (
        letters[start:end]
        for start in range(len(letters))
        for end in range(start + 2, min(start + 6, len(letters)) + 1)
    )
    return {acronym for run in runs if (acronym := "".join(run).upper()).isalpha()} - _ABBREVIATIONS
