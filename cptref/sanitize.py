"""Escape characters that must not reach a terminal, a file or a page.

Text from a dataset or from a person is never trusted. A control character could move the cursor or recolor the
screen; a bidirectional override could make a line appear to say something else.
"""

from __future__ import annotations

import re

# C0 without newline, DEL, C1 (Unicode category Cc); line and paragraph separators; the bidirectional controls of
# Unicode TR 9, section 2; invisible characters (soft hyphen, zero-width space, word joiner, byte order mark,
# annotations, tags) except the two joiners, which some scripts need; surrogates, which can't be encoded.
# Not compiled here: most runs meet none of these characters, and compiling takes as long as looking up a code.
UNSAFE_PATTERN = (
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f\ud800-\udfff]"
)


def escape_character(character: str) -> str:
    r"""Return one character as a visible escape: `\x1b`, `\u202e`."""
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def escape_unsafe(text: str) -> str:
    r"""Return the text with every unsafe character as a visible escape; newlines stay."""
    if text.isprintable() or text.replace("\n", "").isprintable():  # stricter than the pattern, and quick
        return text
    return re.sub(UNSAFE_PATTERN, lambda match: escape_character(match[0]), text)


def single_line(text: str) -> str:
    """Return the text on one line with unsafe characters escaped, for an error message."""
    return escape_unsafe(text.replace("\n", "\\n"))
