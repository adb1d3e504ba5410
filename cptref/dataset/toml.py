"""Parse a dataset file, or say what is wrong with it in words that help whoever typed it."""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from typing import Any

# Comments and strings, closed or not: outside them TOML has no character but those of ASCII, and of these no backtick.
_TEXT_PATTERN = (
    r'#[^\n]*|"""(?:\\.|[^\\])*?(?:"""|\Z)|\'\'\'.*?(?:\'\'\'|\Z)|"(?:\\[^\n]|[^\\"\n])*(?:"|\\?$)|\'[^\'\n]*(?:\'|$)'
)
# Double ones, single ones, angle quotes, primes and full-width quotes, accents.
_CURLY_QUOTES = (
    "\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb\u2039\u203a\u2033\u2032\uff02\uff07`\u00b4"
)


def parse(data: bytes) -> dict[str, Any]:
    """Return the parsed file. Raise ValueError with the problem, and RecursionError for what is nested too deeply."""
    import tomli

    if data[:2] in {BOM_UTF16_LE, BOM_UTF16_BE} or b"\0" in data[:4]:
        raise ValueError("is UTF-16 text; save it as UTF-8")
    body = data.removeprefix(BOM_UTF8)
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"is not valid UTF-8 at byte {error.start + len(data) - len(body)}") from error
    try:
        return tomli.loads(text)
    except ValueError as error:  # TOMLDecodeError, or a number of more digits than Python accepts
        raise ValueError(f"is not valid TOML: {error}{_find_stray_character(text)}") from error


def _find_stray_character(text: str) -> str:
    """Return where a character is that TOML has in strings alone, such as the quotes that word processors type."""
    for piece in re.finditer(rf"({_TEXT_PATTERN})|[^\x00-\x7f]|`", text, re.DOTALL | re.MULTILINE):
        if piece[1] is None:
            stray = piece[0]
        elif piece[0][0] == "#" or (len(piece[0]) > 1 and piece[0][-1] == piece[0][0]):
            continue
        elif not (quote := re.search(f"[{_CURLY_QUOTES}]", piece[0])):  # a string that no straight quote ends
            return ""
        else:
            stray = quote[0]
        line = text.count("\n", 0, piece.start()) + 1
        if stray in _CURLY_QUOTES:
            return f"; line {line} has the curly quote {stray}: type a straight one"
        from unicodedata import name

        return f"; line {line} has the character U+{ord(stray):04X} ({name(stray, 'no name').lower()}) outside quotes"
    return ""
