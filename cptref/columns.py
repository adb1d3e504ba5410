"""Measure, pad and wrap text in columns of a terminal: most characters take one, some take two and some none.

The widths are those of Unicode's East Asian Width (UAX #11), as the `wcwidth` of terminals has them. Marks, joiners and
variation selectors take none; an emoji selector widens the sign before it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_EMOJI_SELECTOR = "\ufe0f"
_BLANKS = " \t\n\v\f\r"  # not the no-break spaces
# What may not begin a line of Chinese or Japanese: wide commas, full stops and closing brackets.
_CLOSING = "\u3001\u3002\uff0c\uff0e\uff01\uff1f\uff1a\uff1b\uff09\uff3d\uff5d\u300d\u300f\u3011\u300b\u3009\u30fc"


def count_columns(text: str) -> int:
    """Return how many columns a line takes."""
    if text.isascii():
        return len(text)
    total = last = 0
    for character in text:
        width = _measure(character)
        if character == _EMOJI_SELECTOR and last == 1:
            width = 1
        total += width
        last = width or last
    return total


def pad(text: str, columns: int) -> str:
    """Return the text with blanks after it, so that it takes at least this many columns."""
    return text + " " * (columns - count_columns(text))


def wrap(text: str, columns: int, later_columns: int | None = None, *, break_words: bool = True) -> list[str]:
    """Return the text in lines of at most this many columns, the later ones of another number if that is given.

    Lines end between words, and between wide characters, which have no blanks between them. A word that is longer than
    a line is broken too. Without `break_words`, lines end between words only, however long these are.
    """
    later = columns if later_columns is None else later_columns
    if text.isascii():
        import textwrap

        first_indent = " " * max(later - columns, 0)
        later_indent = " " * max(columns - later, 0)
        ascii_lines = textwrap.wrap(
            text,
            max(columns, later),
            initial_indent=first_indent,
            subsequent_indent=later_indent,
            break_long_words=break_words,
            break_on_hyphens=False,
        )
        return [line[len(later_indent if index else first_indent) :] for index, line in enumerate(ascii_lines)]
    lines: list[str] = []
    line: list[str] = []
    used, room, blank = 0, columns, ""
    for piece in _iter_pieces(text, split_wide=break_words):
        if piece[0] in _BLANKS:
            blank = piece if line else ""
            continue
        width = count_columns(piece)
        if line and used + len(blank) + width > room:
            lines.append("".join(line))
            line, used, room, blank = [], 0, later, ""
        if break_words and width > room:  # it begins a line
            *full, rest = _cut(piece, room, later)
            lines += full
            line, used, room = [rest], count_columns(rest), later
            continue
        line += blank, piece
        used += len(blank) + width
        blank = ""
    return [*lines, "".join(line)] if line else lines


@lru_cache(maxsize=4096)
def _measure(character: str) -> int:
    from unicodedata import category, east_asian_width

    if category(character) in {"Mn", "Me", "Cf"} or "\u1160" <= character <= "\u11ff":  # of Hangul: vowels and finals
        return 0
    return 2 if east_asian_width(character) in {"W", "F"} else 1


def _iter_pieces(text: str, *, split_wide: bool) -> Iterator[str]:
    """Yield runs of blanks, words, and wide characters one by one with the marks that belong to them."""
    piece = kind = ""
    for character in text:
        width = _measure(character)
        if character in _BLANKS:
            next_kind = "blank"
        elif kind not in {"", "blank"} and (width == 0 or character in _CLOSING):
            piece += character
            continue
        else:
            next_kind = "wide" if split_wide and width > 1 else "word"
        if piece and (next_kind != kind or kind == "wide"):
            yield piece
            piece = ""
        piece, kind = piece + character, next_kind
    if piece:
        yield piece


def _cut(word: str, columns: int, later_columns: int) -> list[str]:
    """Return a word in parts of at most this many columns, each character with the marks that belong to it."""
    starts, used, room = [0], 0, columns
    for index, character in enumerate(word):
        width = _measure(character)
        if used and width and used + width > room:
            starts.append(index)
            used, room = 0, later_columns
        used += width
    return [word[start:end] for start, end in zip(starts, [*starts[1:], len(word)], strict=True)]
