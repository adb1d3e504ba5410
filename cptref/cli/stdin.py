"""Codes from standard input, in place of a `-` on the command line."""

from __future__ import annotations

import re
import sys
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from typing import TYPE_CHECKING

from cptref.cli.streams import read_whole
from cptref.errors import FileError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

PLACEHOLDER = "-"
MAX_STDIN_BYTES = 10_000_000  # a million codes fit; endless input does not


def expand_stdin(arguments: Sequence[str]) -> list[str]:
    """Return the arguments, with the lines of standard input in place of the first `-`.

    Blank lines and comments are skipped: lines that begin with `#`, and the rest of a line from a blank and a `#` on.
    Bytes that are not UTF-8 become visible escapes, so that one bad line doesn't cost the others. Raise UsageError if
    standard input is a terminal or has no line, FileError if it can't be read.
    """
    expanded = [argument for argument in arguments if argument != PLACEHOLDER]
    if PLACEHOLDER in arguments:
        position = arguments.index(PLACEHOLDER)
        expanded[position:position] = _read_lines()
    return expanded


def _read_lines() -> list[str]:
    if sys.stdin is None:
        raise FileError("standard input is closed", hint="name the codes, or pipe them in")
    if sys.stdin.isatty():
        raise UsageError(
            "- reads codes from standard input, which is a terminal",
            hint="name the codes, or pipe them in with | or <",
        )
    try:
        data = read_whole(sys.stdin.buffer, MAX_STDIN_BYTES + 1)
    except OSError as error:
        raise FileError(f"standard input can't be read: {error.strerror}", hint="name the codes instead") from error
    if len(data) > MAX_STDIN_BYTES:
        raise FileError(f"standard input has more than {MAX_STDIN_BYTES:,} bytes", hint="split the codes into parts")
    # Windows PowerShell writes UTF-16 with a byte order mark.
    encoding = "utf-16" if data[:2] in {BOM_UTF16_LE, BOM_UTF16_BE} else "utf-8-sig"
    text = data.decode(encoding, "backslashreplace")
    lines = [re.sub(r"^\s*#.*|\s#(\s.*)?$", "", line).strip() for line in text.splitlines()]
    codes = [line for line in lines if line]
    if not codes:
        raise UsageError("no code on standard input", hint="write one per line; blank lines and # comments are skipped")
    return codes
