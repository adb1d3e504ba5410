"""Errors and exit codes: what happened, where, and what to try."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class ExitCode(IntEnum):
    """The exit codes of the command line; CptrefError and its subclasses say which one they end a command with."""

    OK = 0  # POSIX: success
    NOT_FOUND = 1  # grep and ripgrep: nothing matched; here also: only some of it was found, and that is printed
    USAGE = 2  # grep, ripgrep and Python's argparse: wrong usage, or a file or stream that can't be read or written
    DATASET = 3  # cptref's own contract: a dataset file is broken
    INTERRUPTED = 130  # shells: 128 + SIGINT (2), which Ctrl-C sends


class CptrefError(Exception):
    """The base of all errors of cptref. `str(error)` is one line for people: the problem, then a hint what to try."""

    exit_code = ExitCode.USAGE

    def __init__(self, problem: str, *, hint: str = "") -> None:
        super().__init__(f"{problem}; {hint}" if hint else problem)
        self.problem = problem
        self.hint = hint


class UsageError(CptrefError):
    """The request makes no sense, such as an unknown section name or an empty query."""


class FileError(CptrefError):
    """A file or stream can't be read or written."""


class StoreError(FileError):
    """A store of a code set can't be read. `file` is the name of its file, `fault` says what is wrong with it."""

    def __init__(self, path: str, file: str, reason: str) -> None:
        super().__init__(f"{path}: {UNREADABLE}{reason}", hint="add its file again")
        self.file = file
        self.fault = Fault(path, "", f"{UNREADABLE}{reason}; {self.hint}")


UNREADABLE = "can't be read: "  # how the problem begins of what the system did not let us look into


class Fault(NamedTuple):
    """One fault in one dataset file: the file, the place in it (`sections[3].points[0]`), the problem there."""

    file: str
    place: str
    problem: str

    @property
    def is_unreadable(self) -> bool:
        """Whether the system did not let the file or folder be looked into; otherwise its content is at fault."""
        return self.problem.startswith(UNREADABLE)

    def __str__(self) -> str:
        return f"{self.file}: {self.place}: {self.problem}" if self.place else f"{self.file}: {self.problem}"


class DatasetError(CptrefError):
    """Dataset files are broken. `faults` has every fault of every file, in order of file."""

    exit_code = ExitCode.DATASET

    def __init__(self, faults: tuple[Fault, ...], source: str = "the dataset") -> None:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(f"{source} can't be read: {count}", hint="fix each place listed")
        self.faults = faults
