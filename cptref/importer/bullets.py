"""Recognize the bullets and numbers before the points of a list, as people, Word and PDF files write them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cptref.importer.headings import match_head

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# Glyphs that are nothing but bullets: squares, circles, stars, check marks, dingbats, emoji, circled numbers; and what
# Word takes from Symbol and Wingdings, at U+F020 to U+F0FF.
_STRONG = (
    "\u2022\u2023\u2043\u204c\u204d\u2219\u22c5\u2460-\u249b\u25a0-\u27bf\u29bf\u29be\u2b12-\u2b5f\uf020-\uf0ff"
    "\U0001f300-\U0001faff"
)
_ARROWS = "\u00b7\u2192\u21a3-\u21af\u21b3\u21d2\u21e8\u27a1\u2900-\u297f\u2b60-\u2bff"  # between words, they join them
# Signs and letters that are bullets before a blank: Courier's `o`, and what Wingdings shows once the font is lost.
_WEAK = r"[*+~o\u2010-\u2015\u2212\u00bb\u203a-]|->|=>|--|[vqnl\u00a7\u00d8\u00fc\u00a8\u00e0](?! ?\d)"
_ROMAN = "[ivx]{2,5}|[IVX]{2,5}"
_BULLET = re.compile(
    rf"[{_STRONG}{_ARROWS}]\ufe0f? ?|(?:{_WEAK}) |-(?=[^\W\d_]{{2}})"
    r"|(?P<ordinal>[0-9]{1,3})(?:[.)] |\)(?=[^\W\d_])|\.(?=[A-Z][a-z]))"
    r"|[(\[](?P<bracketed>[0-9]{1,3})[)\]] ?(?=\D)"
    rf"|\(?(?:[a-zA-Z]|{_ROMAN})\) "
    rf"|(?P<letter>[a-zA-Z]|{_ROMAN})\. "
)
_LEADING = re.compile(
    rf"(?P<glyph>[{_STRONG}{_ARROWS}]|[*+o\u00bb\u203avqnl\u00a7\u00d8\u00fc\u00a8\u00e0](?= )|->|=>)\ufe0f? ?"
    r"|(?P<open>\(?)(?P<label>[0-9]{1,3}|[a-z])(?P<close>[.)]) "
)
_INNER = re.compile(rf"(?: |(?<=[:.;,]))[{_STRONG}]\ufe0f? ?(?=[^\W_])")
_GLUED = re.compile(r"[•●■▪\uf020-\uf0ff](?=[^\W\d_])")
MAX_LONE_BULLET_CHARACTERS = 6
MIN_UNPUNCTUATED_LABELS = 3


def match_bullet(text: str, *, lettered: bool = False) -> re.Match[str] | None:
    """Return the match of the bullet or number at the beginning of a line, None without one.

    A letter and a period are one only if the line is `lettered`: a member of a sequence.
    """
    bullet = _BULLET.match(text)
    return None if bullet and bullet["letter"] and not lettered else bullet


def read_ordinal(bullet: re.Match[str]) -> int:
    """Return the number of a point, 0 without one."""
    return int(bullet["ordinal"] or bullet["bracketed"] or 0)


def is_lone_bullet(text: str) -> bool:
    """Return whether a line is nothing but a bullet, whose text is on the next line."""
    if not 0 < len(text) <= MAX_LONE_BULLET_CHARACTERS:
        return False
    bullet = _BULLET.match(f"{text} x")
    return bullet is not None and bullet.end() == len(text) + 1


def find_lettered(texts: Iterable[str]) -> set[int]:
    """Return which lines begin with a letter or Roman number and a period that have a neighbor: `a.`, `b.`."""
    lettered: set[int] = set()
    previous: dict[bool, tuple[int, set[int]]] = {}
    for index, text in enumerate(texts):
        bullet = _BULLET.match(text)
        if not bullet or not (letter := bullet["letter"]):
            continue
        values = {*_read_values(letter)}
        before, before_values = previous.get(letter.isupper(), (0, set()))
        if any(value + 1 in values for value in before_values):
            lettered |= {before, index}
        previous[letter.isupper()] = index, values
    return lettered


def _read_values(letter: str) -> Iterator[int]:
    """Yield what a label may stand for: the place of a letter in the alphabet, a Roman number."""
    lower = letter.lower()
    if len(lower) == 1:
        yield ord(lower) - ord("a") + 1
    if not lower.strip("ivx"):
        digits = [{"i": 1, "v": 5, "x": 10}[digit] for digit in lower]
        yield sum(
            -digit if digit < following else digit for digit, following in zip(digits, [*digits[1:], 0], strict=True)
        )


def split_bullets(text: str) -> Sequence[str]:
    """Return the points of a line with several bullets, each with its own, or the line alone.

    A heading before the first bullet is a piece too, and so is what ends in a colon or a period.
    """
    leading = _LEADING.match(text)
    if leading and leading["label"]:
        return _split_labels(text, leading)
    if leading:
        glyph = re.escape(leading["glyph"])
        strong = _INNER.match(f" {text}") is not None
        starts = [
            match.start() for match in re.finditer(rf"(?<= ){glyph}\ufe0f? {'?' if strong else ''}(?=[^\W_])", text)
        ]
        if strong:
            starts = sorted({*starts, *(match.start() for match in _GLUED.finditer(text))} - {0})
        return _cut(text, starts)
    if match_bullet(text):
        return [text]  # a hyphen, say: other bullets in the line are of the point
    starts = [match.end() - len(match[0].lstrip()) for match in _INNER.finditer(text)]
    lead = text[: starts[0]].rstrip() if starts else ""
    return _cut(text, starts) if lead.endswith((":", ".")) or match_head(lead) else [text]


def _split_labels(text: str, leading: re.Match[str]) -> Sequence[str]:
    """Return the points of a line with labels that count: `1) ... 2) ...`."""
    starts: list[int] = []
    label, position, punctuated = leading["label"], leading.end(), True
    while True:
        label = str(int(label) + 1) if label.isdecimal() else chr(ord(label) + 1)
        start = text.find(f" {leading['open']}{label}{leading['close']} ", position)
        if start < 0:
            break
        punctuated = punctuated and text[start - 1] in ".;,:!?"
        starts.append(start + 1)
        position = start + 1
    sure = leading["close"] == ")" or punctuated or len(starts) + 1 >= MIN_UNPUNCTUATED_LABELS
    return _cut(text, starts) if sure else [text]


def _cut(text: str, starts: Sequence[int]) -> Sequence[str]:
    ends = [*starts, len(text)]
    return [piece for start, end in zip([0, *starts], ends, strict=True) if (piece := text[start:end].strip())]
