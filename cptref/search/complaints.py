"""What a patient reports, as a note has it -> its complaints: `LBP, numb feet; weak legs` is three."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cptref.errors import UsageError
from cptref.search.denials import find_denials

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_COMPLAINTS = 200  # as many as a query may have words

# In each pattern, what is not in the group hides separators: quotes, brackets, `1,000`, `L4, L5`, `March 3, 2026`.
_QUOTED = r'(?<![^\s(,;])["\u201c\uff02][^"\u201c\u201d\uff02]*["\u201d\uff02]'
_SENTENCE_END = rf"{_QUOTED}|([;\uff1b\n\r\v\f\x85\u2028\u2029]+|(?<!\S)(?:\(?\d{{1,2}}\)|\#\d{{1,2}}[.:)]?)(?=\s))"
_LINE_NUMBER = r"^[ \t]*\d{1,2}\.(?=\s)"
_INLINE_NUMBER = (
    r"(?<!\S)\d{1,2}\.(?=\s)"  # `1. LBP 2. numb feet`; elsewhere it may end a sentence: `rated 8. Numb feet`
)
_COMMA = (
    rf"{_QUOTED}|\([^()]*\)|(?<=\d),(?=\d)|(?<=\d),\s?(?=(?:19|20)\d\d\b)|(?<=[CTLSctls]\d),\s?(?=[CTLSctls]?\d)"
    r"|(?<=[CTLSctls]\d-\d),\s?(?=[CTLSctls]\d)|([,\uff0c\u3001])"
)
# What can't be a complaint of its own: time, degree, side, and what makes it worse.
_QUALIFIER = re.compile(
    r"\s*(?:(?:x|for|since|worse|better|when|while|after|during|at|esp|especially|mostly|mainly|relieved|aggravated|"
    r"radiating|radiates)\b|(?:\d[\d/.]*\s*(?:(?:day|wk|week|mo|month|yr|year)s?)?|r|l|rt|lt|b/?l|left|right|"
    r"bilateral(?:ly)?|mild|moderate|severe|chronic|acute|constant|intermittent)\.?\s*$)",
    re.IGNORECASE,
)
_CONJUNCTION = re.compile(r"^(?:and|or|but|&)\s+", re.IGNORECASE)


def list_complaints(texts: Iterable[str]) -> list[str]:
    """Return the complaints in texts, each once, in order. Raise UsageError for more than 200.

    Single words with a denial among them are one text: somebody forgot the quotes of `no numbness`.
    """
    texts = list(texts)
    phrase = " ".join(texts)
    if not any(len(text.split()) > 1 for text in texts) and find_denials(phrase):
        texts = [phrase]
    complaints = list(dict.fromkeys(complaint for text in texts for complaint in split_complaints(text)))
    if len(complaints) > MAX_COMPLAINTS:
        raise UsageError(f"{len(complaints):,} symptoms are too many", hint=f"give up to {MAX_COMPLAINTS}")
    return complaints


def split_complaints(text: str) -> tuple[str, ...]:
    """Return the complaints in a text, at least one: it is split at commas, semicolons, line ends and list numbers.

    A list of what is denied stays together, and a time, a degree or a side stays with what it qualifies.
    """
    numbers = _INLINE_NUMBER if re.match(r"\s*1\.\s", text) else _LINE_NUMBER
    sentences = _split_at(f"{_SENTENCE_END[:-1]}|{numbers})", text)
    pieces = (_CONJUNCTION.sub("", piece.strip()) for sentence in sentences for piece in _split_sentence(sentence))
    return tuple(piece for piece in pieces if re.search(r"[^\W_]", piece)) or (text,)


def _split_at(pattern: str, text: str) -> Iterator[str]:
    """Yield what is between the matches of the group of a pattern."""
    start = 0
    for match in re.finditer(pattern, text, re.MULTILINE):
        if match[1]:
            yield text[start : match.start()]
            start = match.end()
    yield text[start:]


def _split_sentence(sentence: str) -> Iterator[str]:
    """Yield the pieces of a sentence between commas, with those that belong together joined."""
    sentence = " ".join(sentence.split())
    denials = find_denials(sentence)
    joined = ""
    end = 0
    for piece in _split_at(_COMMA, sentence):
        start, end = end, end + len(piece) + 1
        is_denied = any(first < start < last for first, last in denials)
        if joined and not (is_denied or _QUALIFIER.match(piece)):
            yield joined
            joined = ""
        joined = f"{joined},{piece}" if joined else piece
    yield joined
