"""Long patterns that are compiled when a text may match them: to compile them all takes longer than to answer a query.

A pattern has cues, and what it matches has one of them, which is quick to tell. To add a word to a pattern, add it to
the cues too.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_NOTHING = "(?!)"
_CUE_PIECE = re.compile(r"\d+|[^\W\d]+|\S")


class CuedPattern:
    """A verbose pattern that ignores case, and the cues that tell whether a text may match it.

    `cues` are separated by blanks. Each is a word without digits (`no`), the beginning of one (`sedat*`), a number, or
    a mark (`/`): `w/o` has the cue `w`, and so does `w2`. A pattern without cues may match anything.
    """

    def __init__(self, pattern: str, cues: str = "") -> None:
        self.pattern = pattern
        self.cues = cues

    def may_match(self, pieces: str) -> bool:
        """Return whether a text with these pieces, from `split_pieces`, may match."""
        return not self.cues or any(f" {cue} ".replace("* ", "") in pieces for cue in self.cues.split())

    def compile_for(self, pieces: str) -> re.Pattern[str]:
        """Return the compiled pattern for a text with these pieces; one that matches nothing if this one can't."""
        return self.compiled if self.may_match(pieces) else re.compile(_NOTHING)

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The compiled pattern."""
        return re.compile(self.pattern, re.IGNORECASE | re.VERBOSE)


def split_pieces(text: str) -> str:
    """Return the words in lower case, the numbers and the marks of a text, each between blanks."""
    return f" {' '.join(_CUE_PIECE.findall(text.casefold()))} "


def select_patterns(patterns: Mapping[str, CuedPattern], text: str) -> dict[str, CuedPattern]:
    """Return those of the patterns that a text may match."""
    pieces = split_pieces(text)
    return {kind: pattern for kind, pattern in patterns.items() if pattern.may_match(pieces)}


def join_patterns(patterns: Mapping[str, CuedPattern]) -> re.Pattern[str]:
    """Return the alternation of patterns, each a group with its name; without patterns it matches nothing."""
    groups = [f"(?P<{kind}>{pattern.pattern}\n)" for kind, pattern in patterns.items()]
    return re.compile("|".join(groups) or _NOTHING, re.IGNORECASE | re.VERBOSE)
