"""Which characters may reach a terminal, a file or a page.

Text from a dataset or from a person is never trusted: a control character could move the cursor, recolour the
screen or, as a bidirectional override, make a line read as what it is not.
"""

from __future__ import annotations

import re

# C0 without newline, DEL, C1 (Unicode category Cc); line and paragraph separators; the bidirectional controls of
# Unicode TR 9, section 2; what is not seen (soft hyphen, zero-width space, word joiner, byte order mark, annotations,
# tags), but for the two joiners, which some scripts need; surrogates, which no encoding takes.
# Not compiled here: most runs meet none of them, and compiling takes as long as looking up a code.
UNSAFE_PATTERN = (
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f\ud800-\udfff]"
)


def escape_character(character: str) -> str:
    r"""One character as a visible escape: `\x1b`, `\u202e`."""
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def escape_unsafe(text: str) -> str:
    r"""The text with every unsafe character shown as a visible escape; newlines stay."""
    if text.isprintable():  # which is stricter, and quick
        return text
    return re.sub(UNSAFE_PATTERN, lambda found: escape_character(found[0]), text)


def single_line(text: str) -> str:
    """The text made visible and set on one line, as an error message wants it."""
    return escape_unsafe(text.replace("\n", "\\n"))
