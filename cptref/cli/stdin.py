"""What stands on the command line, or on standard input for a `-`."""

from __future__ import annotations

import re
import sys
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from typing import TYPE_CHECKING

from cptref.errors import FileError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

_STDIN = "-"
MAX_STDIN_BYTES = 10_000_000  # bytes; a million codes fit, and what never ends does not


def expand_stdin(arguments: Sequence[str]) -> list[str]:
    """The arguments, with the lines of standard input in the place of the first `-`.

    Blank lines and comments are left out: lines that begin with `#`, and what follows a `#` and a blank. Bytes that are
    no UTF-8 are kept as visible escapes, so that one bad line doesn't cost the others. Raises UsageError where standard
    input is a terminal or has no line, FileError where it can't be read.
    """
    given = [argument for argument in arguments if argument != _STDIN]
    places = [place for place, argument in enumerate(arguments) if argument == _STDIN]
    if places:
        given[places[0] : places[0]] = _read_lines()
    return given


def _read_lines() -> list[str]:
    if sys.stdin is None:
        raise FileError("standard input is closed", hint="name the codes, or pipe them in")
    if sys.stdin.isatty():
        raise UsageError(
            "- reads codes from standard input, which is a terminal",
            hint="name the codes, or pipe them in with | or <",
        )
    try:
        data = sys.stdin.buffer.read(MAX_STDIN_BYTES + 1)
    except OSError as error:
        raise FileError(f"standard input can't be read: {error.strerror}", hint="name the codes instead") from error
    if len(data) > MAX_STDIN_BYTES:
        raise FileError(
            f"standard input has more than {MAX_STDIN_BYTES:,} bytes", hint="give it codes, in several parts"
        )
    # Windows PowerShell writes UTF-16, with its mark.
    encoding = "utf-16" if data[:2] in {BOM_UTF16_LE, BOM_UTF16_BE} else "utf-8-sig"
    text = data.decode(encoding, "backslashreplace")
    lines = [line for line in (re.sub(r"^\s*#.*|\s#(\s.*)?$", "", one).strip() for one in text.splitlines()) if line]
    if not lines:
        raise UsageError("no code on standard input", hint="one a line; blank lines and # comments are skipped")
    return lines
