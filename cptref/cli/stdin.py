"""Codes, words or symptoms from standard input, in place of a `-` on the command line."""

from __future__ import annotations

import os
import re
import sys
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from typing import TYPE_CHECKING, Literal

from cptref.cli.streams import read_whole
from cptref.codes import parse_codes
from cptref.errors import FileError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

PLACEHOLDER = "-"
_COMMENT = re.compile(r"^[^\S\n]*#.*|(?<=[^\S\n])#(?:[^\S\n].*)?$", re.MULTILINE)
_MESSAGE = re.compile(r"\s*(?:[{\[]|\w{2,3}[|*])")  # JSON, or segments of X12 or HL7: no comments are in there
Content = Literal["codes", "words", "symptoms", "claims"]
_ZIP = b"PK\x03\x04"
_SUFFIXES = (".csv", ".tsv", ".txt", ".json", ".ndjson", ".837", ".837p", ".x12", ".edi")  # no code has one
MAX_STDIN_BYTES = 10_000_000  # a million codes fit; endless input does not


def expand_stdin(arguments: Sequence[str], content: Content = "codes") -> list[str]:
    """Return the arguments, with the text of standard input in place of the first `-`.

    It is one argument, since a note or a message of another system is more than its lines. Comments are left out of
    codes, except in JSON and in segments: lines that begin with `#`, and the rest of a line from a blank and a `#` with
    a blank behind it on.
    Bytes that are not UTF-8 become visible escapes, so that one bad line doesn't cost the others. Raise UsageError if
    standard input is a terminal or has no line, FileError if it can't be read.
    """
    expanded = [argument for argument in arguments if argument != PLACEHOLDER]
    if PLACEHOLDER in arguments:
        expanded.insert(arguments.index(PLACEHOLDER), _read_text(content))
    return expanded


def _read_text(content: Content) -> str:
    if sys.stdin is None:
        raise FileError("standard input is closed", hint=f"name the {content}, or pipe them in")
    if sys.stdin.isatty():
        raise UsageError(
            f"- reads {content} from standard input, which is a terminal",
            hint=f"name the {content}, or pipe them in with | or <",
        )
    try:
        data = read_whole(sys.stdin.buffer, MAX_STDIN_BYTES + 1)
    except OSError as error:
        raise FileError(
            f"standard input can't be read: {error.strerror}", hint=f"name the {content} instead"
        ) from error
    text = _decode(data, "standard input", content)
    if content == "codes" and not _MESSAGE.match(text):
        text = _COMMENT.sub("", re.sub("\r\n?", "\n", text))
    if text := text.strip():
        return text
    if content == "codes":
        raise UsageError("no code on standard input", hint="write one per line; blank lines and # comments are skipped")
    raise UsageError(f"no {content} on standard input", hint="write or paste some")


def expand_claims(arguments: Sequence[str]) -> list[str]:
    """Return the arguments, with the text of standard input or of a file in place of `-` and of its name.

    Raise UsageError and FileError as expand_stdin does, also for a file that can't be read.
    """
    expanded = [argument if argument == PLACEHOLDER else _read_file(argument) for argument in arguments]
    return expand_stdin(expanded, "claims")


def _read_file(argument: str) -> str:
    """Return the text of the file that an argument names, the argument itself if it names none."""
    if not _names_file(argument):
        return argument
    try:
        with open(argument, "rb") as stream:  # noqa: PTH123 - as quick to start as it can be
            data = read_whole(stream, MAX_STDIN_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise FileError(f"{argument} can't be read: {reason}", hint="name a file of claim lines") from error
    if data.startswith(_ZIP):
        raise FileError(f"{argument} is a workbook or a zip", hint="save the sheet as CSV and name that file")
    text = _decode(data, argument, "claims").strip()
    if not text:
        raise UsageError(f"{argument} is empty", hint="name a file of claim lines")
    return text


def _names_file(argument: str) -> bool:
    """Return whether an argument is the name of a file: it ends as one, or there is one and it is no code."""
    if "\n" in argument:
        return False
    if argument.casefold().endswith(_SUFFIXES):
        return True
    is_there = os.path.exists(argument)  # noqa: PTH110 - never raises
    return is_there and not parse_codes(argument)[0].code


def _decode(data: bytes, name: str, content: Content) -> str:
    """Return the text of bytes. Raise FileError for too many."""
    if len(data) > MAX_STDIN_BYTES:
        raise FileError(f"{name} has more than {MAX_STDIN_BYTES:,} bytes", hint=f"split the {content} into parts")
    # Windows PowerShell writes UTF-16 with a byte order mark.
    encoding = "utf-16" if data[:2] in {BOM_UTF16_LE, BOM_UTF16_BE} else "utf-8-sig"
    return data.decode(encoding, "backslashreplace")
