"""What a patient reports, as a note has it -> its complaints: `LBP, numb feet; weak legs` is three."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cptref.analysis import STOP_WORDS, tokenize
from cptref.errors import UsageError
from cptref.search.denials import find_denials, join_blanks
from cptref.search.qualifiers import find_qualifiers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_COMPLAINTS = 200  # as many as a query may have words

_LIST_MARK = (
    r"(?<!\S)(?:\(?(?:\d{1,2}|[a-h])\)|\#\d{1,2}[.:)]?|[\u2022\u25aa\u25cf\u25e6\u2023\uf0b7])(?=\s)|^[-*\u2013](?=\s)"
)
_LINE_NUMBER = r"^\d{1,2}\.(?=\s)"
_INLINE_NUMBER = r"(?<!\S)\d{1,2}\.(?=\s)"  # `1. LBP 2. numb feet`; elsewhere it ends a sentence: `rated 8. Numb feet`
_SENTENCE_END = r"(?:(?<=[a-z]{3})|(?<=[A-Z]{3}))[.!?] (?=[A-Z])"  # but not that of `Dr. Smith`
_LEVEL = "[CTLSctls]\\d"
# What is not in the group hides separators: quotes, brackets, `1,000`, `March 3, 2026`, `L4, L5`, `L4-5, L5-S1`.
_SEPARATOR = (
    r'(?<![^\s(,;])["\u201c\uff02][^"\u201c\u201d\uff02]*["\u201d\uff02]'
    rf"|(?<![^\s(,;])'[^']*'(?!\w)|\((?!(?:\d{{1,2}}|[a-h])\))[^()]*\)|(?<=\d),(?=\d)|(?<=\d),\s?(?=(?:19|20)\d\d\b)"
    rf"|(?<={_LEVEL}),\s?(?={_LEVEL}|\d)|(?<={_LEVEL}[-/]\d),\s?(?={_LEVEL})|(?<={_LEVEL}[-/]{_LEVEL}),\s?(?={_LEVEL})"
    rf"|([,\uff0c\u3001]|[;\uff1b\n]+|{_SENTENCE_END}|{_LIST_MARK}|{{}})"
)
_COMMAS = (",", "\uff0c", "\u3001")
_CONJUNCTION = re.compile(r"^(?:and|or|but|&)\s+", re.IGNORECASE)
# How a piece begins that is about the complaint before it; time, degree and side are qualifiers of every query.
_GOES_ON = re.compile(
    r"\s*(?:(?:worse|better|relieved|aggravated|radiat(?:es|ing)|when|while|after|during|esp|especially|mostly|mainly"
    r"|which|in|into|down|from)\b"
    r"|(?:chronic|acute)\s*$)",
    re.IGNORECASE,
)


def list_complaints(texts: Iterable[str]) -> list[str]:
    """Return the complaints in texts, each once, in order. Raise UsageError for more than 200.

    Single words with a denial among them are one text: somebody forgot the quotes of `no numbness`.
    """
    texts = list(texts)
    phrase = join_blanks(" ".join(texts))
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
    joined: list[list[str]] = []
    for piece, is_after_comma in _iter_pieces(join_blanks(text)):
        if not piece.strip():
            continue
        if joined and is_after_comma and _is_qualifier(piece):
            joined[-1].append(piece)
        else:
            joined.append([piece])
    pieces = (_CONJUNCTION.sub("", ",".join(parts).strip()) for parts in joined)
    return tuple(piece for piece in pieces if re.search(r"[^\W_]", piece)) or (text,)


def _iter_pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Yield what is between separators, but for those within a denial, and whether a comma comes before it."""
    denials = find_denials(text)[::-1]
    numbers = _INLINE_NUMBER if re.match(r"1\.\s", text) else _LINE_NUMBER
    start, is_after_comma = 0, False
    for match in re.finditer(_SEPARATOR.replace("{}", numbers), text, re.MULTILINE):
        while denials and denials[-1][1] <= match.start():
            denials.pop()
        if match[1] and not (denials and denials[-1][0] <= match.start()):
            yield text[start : match.start()], is_after_comma
            start, is_after_comma = match.end(), match[1] in _COMMAS
    yield text[start:], is_after_comma


def _is_qualifier(piece: str) -> bool:
    """Return whether a piece says no more than how long, how bad, where or when it is."""
    if _GOES_ON.match(piece):
        return True
    phrase = f"for {piece.strip()}"  # which makes a time of `2 years`
    qualified = {place for qualifier in find_qualifiers(phrase) for place in range(qualifier.start, qualifier.end)}
    places = [token.start for token in tokenize(phrase) if token.text not in STOP_WORDS]
    return bool(places) and qualified.issuperset(places)
