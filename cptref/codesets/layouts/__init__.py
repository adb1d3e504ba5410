"""One module for each layout of a file: what it is recognized by, and how it is read.

Each has `matches(source)`, which looks at the first lines, and `read(source, release)`, which returns a Content or
raises FileError with line and reason. A file is refused whole.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from cptref.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cptref.codesets.files import Source

MAX_FAULTS_NAMED = 5
MAX_LINES_ABOVE = 40  # of notices above a header; CMS's files have 11
CODE_LENGTH = 5
AS_SHIPPED = "take the file as CMS ships it; Excel drops zeros where cells are not saved as text"
CODE = re.compile("[0-9A-Z]{5}")
# How the names of quarterly files say their quarter, and what that is: `Eff_04-01-2026`, `V2024Q3`, `2026-Q4`.
QUARTER_NAMES = (
    *((rf"(?<!\d)0?{month}-0?1-(20\d\d)(?!\d)", rf"\1Q{number}") for number, month in enumerate((1, 4, 7, 10), 1)),
    (r"(?<!\d)(20\d\d)[-_ ]?Q([1-4])(?!\d)", r"\1Q\2"),
    (r"(?<![A-Za-z0-9])Q([1-4])[-_ ]?(20\d\d)(?!\d)", r"\2Q\1"),
)


class Faults:
    """Collects what is wrong in a file, to say all of it at once."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._named: list[str] = []
        self.count = 0

    def add(self, line: int, reason: str) -> None:
        """Note what is wrong with a line."""
        self.count += 1
        if self.count <= MAX_FAULTS_NAMED:
            self._named.append(f"line {line}: {reason}")

    def add_first(self, reason: str) -> None:
        """Note what is wrong with the whole file, before what is wrong with lines."""
        self.count += 1
        self._named = [reason, *self._named][:MAX_FAULTS_NAMED]

    def raise_any(self, hint: str) -> None:
        """Raise FileError if anything is wrong."""
        if self.count:
            raise self.make_error(hint)

    def make_error(self, hint: str) -> FileError:
        """Return the error that names the first faults, and says how many more there are."""
        more = self.count - len(self._named)
        named = "; ".join(self._named)
        rest = f"; and {more:,} more" if more > 0 else ""
        return FileError(f"{self._source.name}: refused: {named}{rest}", hint=hint)


def require_release(source: Source, release: str | None, patterns: Iterable[tuple[str, str]], example: str) -> str:
    """Return the release of a file that does not say it: as given, else as the name of the file or its zip says.

    `patterns` are pairs of a pattern in a name and what it means, as `re.Match.expand` takes it. Raise FileError with
    `--release` as the hint if no name says it.
    """
    if release:
        return release
    pairs = [*patterns]
    for name in reversed(source.names):
        for pattern, meaning in pairs:
            if match := re.search(pattern, PurePath(name).name, re.IGNORECASE):
                return match.expand(meaning)
    hint = f"add it with --release, as in --release {example}"
    raise FileError(f"{source.name}: says nowhere of which release it is", hint=hint)


def say_name(given: str | None, release: str) -> str:
    """Return what is to be said of a release that `require_release` took from a name, "" if it was given."""
    return "" if given else f"{release} by its name, since nothing in the file says it"


def explain_code(code: str, what: str = "code") -> str:
    """Return why a text is no code of five characters, "" if it is one."""
    if CODE.fullmatch(code):
        return ""
    if any(letter.isdigit() and not letter.isascii() for letter in code):
        return f"{what} {code!r} has digits other than 0 to 9"
    if len(code) != CODE_LENGTH:
        lost = ": its leading zeros are lost" if code.isdigit() else ""
        return f"{what} {code!r} has {len(code)} of {CODE_LENGTH} characters{lost}"
    return f"{what} is {code!r}"
