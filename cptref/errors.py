"""What can go wrong, as values: what happened, where, what to try, and the exit code that says so.

Exit codes are the command line's contract: 0 answered, 1 not found, 2 wrong usage or a file or stream that can't be
read or written, 3 a broken dataset file.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class ExitCode(IntEnum):
    """What the exit code of the command says."""

    OK = 0
    NOT_FOUND = 1
    USAGE = 2
    DATASET = 3
    INTERRUPTED = 130


class CptrefError(Exception):
    """Every error of ours. `str(error)` is the one line a person reads: what happened, then what to try."""

    exit_code = ExitCode.USAGE

    def __init__(self, happened: str, *, hint: str = "") -> None:
        super().__init__(f"{happened}; {hint}" if hint else happened)
        self.happened = happened
        self.hint = hint


class UsageError(CptrefError):
    """What was asked for doesn't make sense: a section of no such name, an empty query."""


class FileError(CptrefError):
    """A file or stream can't be read or written."""


class Fault(NamedTuple):
    """One fault of one dataset file: the file, the place in it (`sections[3].points[0]`), what is wrong."""

    file: str
    place: str
    problem: str

    def __str__(self) -> str:
        return f"{self.file}: {self.place}: {self.problem}" if self.place else f"{self.file}: {self.problem}"


class DatasetError(CptrefError):
    """Dataset files are broken; carries every fault of every file, in order of file."""

    exit_code = ExitCode.DATASET

    def __init__(self, faults: tuple[Fault, ...], what: str = "the dataset") -> None:
        many = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(f"{what} can't be read: {many}", hint="mend each place named here")
        self.faults = faults
