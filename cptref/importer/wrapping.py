"""Tell whether a line continues the one above it, and join the two."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cptref.importer.bullets import match_bullet
from cptref.importer.headings import match_head

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cptref.importer.changes import Changes
    from cptref.importer.layout import Line

MIN_WRAPPED_CHARACTERS = 25  # a shorter line was not wrapped by a program
MAX_WRAPPED_CHARACTERS = 130  # a page with longer lines was not wrapped either
MAX_LAST_WORD_CHARACTERS = 14  # how much shorter a wrapped line is than the longest one, mostly
MAX_UNKNOWN_HEADING_CHARACTERS = 80
MAX_SMALL_WORD_CHARACTERS = 4
MAX_LONGER_SHARE = 0.1  # of the lines of a wrapped page
MIN_WRAPPED_LINES = 2  # of about the same length, each before a line that begins with a small letter

# Words that no line ends with, unless it goes on; and words that no line begins with in lower case, unless it went on.
_NEVER_LAST_TEXT = "a an and or the of with by from than their your its that which between without"
_SELDOM_LAST_TEXT = "to in for on at as is are be into over under after before may can"
_NEVER_FIRST_TEXT = "and or of to with that which for in on from by than but as at into who when while"
_NEVER_LAST = frozenset(_NEVER_LAST_TEXT.split())
_SELDOM_LAST = frozenset(_SELDOM_LAST_TEXT.split())
_NEVER_FIRST = frozenset(_NEVER_FIRST_TEXT.split())
# First parts of words that keep their hyphen where a line ends, unless the page has the word without one or the rest is
# an ending.
_HYPHENATED_TEXT = """
cross double evidence first follow full high image long low needle non one patient post self short single small three
two weight well
"""
_ENDING_TEXT = "able age al ary ed en ened ening er erior erly ers est ing ish le ly ness or ors th ural ure y"
_HYPHENATED = frozenset(_HYPHENATED_TEXT.split())
_ENDINGS = frozenset(_ENDING_TEXT.split())
_COMPOUNDS = frozenset({"anti-inflammatory", "check-up", "in-office", "make-up", "pick-up", "start-up", "warm-up"})
_ADDRESS = re.compile(r"https?:|www\.|\S*@|\S+\.(?:com|org|net|io|gov|edu)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_HYPHENS = ("-", "\u2010", "\u00ac")


class Wrapping:
    """How the lines of a page are wrapped, and the words in them."""

    def __init__(self, lines: Sequence[Line], changes: Changes) -> None:
        self._lines = lines
        self._changes = changes
        self._width = measure_width(lines)
        self._words: set[str] | None = None

    def goes_on(self, line: Line, following: Line) -> bool:
        """Return whether the text of a line goes on in the following one, which has no bullet."""
        text, next_text = line.text, following.text
        last, first = text.rsplit(" ", 1)[-1].casefold(), next_text.split(" ", 1)[0]
        small, is_separate = first[0].islower(), bool(match_head(next_text) or _ADDRESS.match(next_text))
        if last in _NEVER_LAST or _is_broken(last, first) or _is_divided(last, first):
            return small or not is_separate
        if is_separate:
            return False
        may_be_heading = is_capitalized(next_text)
        if text.rstrip("\"'\u2019\u201d)]*_").endswith((".", ":", "!", "?", "\u2026")):
            return not may_be_heading and self._is_new_sentence(line, next_text, first)
        if last in _SELDOM_LAST or last.endswith(("(", ",", "/")):
            return small or not may_be_heading
        if small:
            return len(text) >= MIN_WRAPPED_CHARACTERS or first in _NEVER_FIRST
        return not may_be_heading and self._is_full(line, first)

    def _is_new_sentence(self, line: Line, next_text: str, first: str) -> bool:
        """Return whether a line ends with a sentence, but not with a paragraph; questions begin and end paragraphs."""
        return not line.text.endswith(("?", ":")) and not next_text.endswith("?") and self._is_full(line, first)

    def _is_full(self, line: Line, first: str) -> bool:
        """Return whether the first word of the next line had no place in this one."""
        return 0 < self._width < line.indent + len(line.text) + 1 + len(first)

    def join(self, texts: Sequence[str]) -> str:
        """Return one text of wrapped lines, with words that were broken at the end of a line whole again."""
        if not texts[1:]:
            return texts[0]
        pieces: list[str] = []
        for text, following in zip(texts, [*texts[1:], ""], strict=True):
            last, first = text.rsplit(" ", 1)[-1], following.split(" ", 1)[0]
            if following and _is_broken(last, first):
                head, tail = _trim(last[:-1]), _trim(first)
                keeps_hyphen = self._keeps_hyphen(head, tail)
                self._changes.add("broken", example=f"{head}{'-' if keeps_hyphen else ''}{tail}")
                pieces.append(f"{text[:-1]}{'-' if keeps_hyphen else ''}")
            else:
                pieces.append(f"{text} " if following and not _is_divided(last, first) else text)
        return "".join(pieces)

    def _keeps_hyphen(self, head: str, tail: str) -> bool:
        """Return whether a word has its hyphen within a line too: as elsewhere on the page, or by its first part."""
        if self._words is None:
            self._words = {word.casefold() for line in self._lines for word in _WORD.findall(line.text)}
        head, tail = head.casefold(), tail.casefold()
        if f"{head}-{tail}" in _COMPOUNDS or f"{head}-{tail}" in self._words:
            return True
        if f"{head}{tail}" in self._words or tail in _ENDINGS:
            return False
        return len(head) == 1 or head in _HYPHENATED or "-" in head


def measure_width(lines: Sequence[Line]) -> int:
    """Return the length that lines are wrapped at, 0 if they are not.

    It is the greatest length of a line before one that begins with a small letter. Titles may be longer.
    """
    lengths = [line.indent + len(line.text) for line in lines]
    wrapped = [
        length
        for length, following in zip(lengths, lines[1:], strict=False)
        if length and following.text[:1].islower() and not match_bullet(following.text)
    ]
    width = max(wrapped, default=0)
    near = sum(length > width - MAX_LAST_WORD_CHARACTERS for length in wrapped)
    longer = sum(length > width for length in lengths)
    is_wrapped = near >= MIN_WRAPPED_LINES and longer <= MAX_LONGER_SHARE * len(lengths) + 1
    return width if is_wrapped and width <= MAX_WRAPPED_CHARACTERS else 0


def _is_broken(last: str, first: str) -> bool:
    """Return whether a word goes on in the next line, behind a hyphen."""
    return last.endswith(_HYPHENS) and last[-2:-1].isalpha() and first[0].islower()


def _is_divided(last: str, first: str) -> bool:
    """Return whether a line ends within a compound or a range, so that no blank belongs there: `24-`, `48 hours`."""
    return (last.endswith(("-", "\u2010", "\u2013", "/")) and last[-2:-1].isalnum()) and first[0].isalnum()


def is_dangling(text: str) -> bool:
    """Return whether a line ends with a word that hardly ends anything."""
    last = text.rsplit(" ", 1)[-1].casefold()
    return last in _NEVER_LAST or last in _SELDOM_LAST or last.endswith((",", "-", "(", "/"))


def _trim(word: str) -> str:
    return word.strip("\"'\u2018\u2019\u201c\u201d().,;:!?[]*_")


def is_capitalized(text: str) -> bool:
    """Return whether a line may be the heading of an unknown section: short, and each long word with a capital."""
    if text.endswith(".") or text[0].isdigit() or len(text) > MAX_UNKNOWN_HEADING_CHARACTERS:
        return False
    return not any(word[0].islower() and len(word) > MAX_SMALL_WORD_CHARACTERS for word in text.rstrip(":?!").split())
