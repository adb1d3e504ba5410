"""What a command says besides its answer: messages on standard error, each beginning with `cptref: `.

Messages wait until the command has ended, so that they come after its answer even if a pager shows that.
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from cptref.cli.hints import name_commands
from cptref.cli.streams import write_whole
from cptref.columns import wrap
from cptref.errors import CptrefError, DatasetError, ExitCode
from cptref.sanitize import single_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TextIO

    from cptref.cli.session import Color
    from cptref.errors import Fault
    from cptref.models.entries import Entry, ShowAnswer
    from cptref.models.hits import Term
    from cptref.models.results import CompareAnswer, ModifiersAnswer
    from cptref.render.parts import Look

MAX_REPORTED_FILES = 5  # broken files that are named; `cptref check` lists the rest
MIN_COLUMNS = 20  # narrower lines can't be read

_MODIFIERS_HINT = "cptref modifiers shows every modifier"
_PREFIX = "cptref:"
_RED, _DIM, _PLAIN = "\x1b[31m", "\x1b[2m", "\x1b[0m"


class _Message(NamedTuple):
    text: str
    is_error: bool


_waiting: list[_Message] = []


def print_notice(text: str) -> None:
    """Print a message that explains an answer, once the command has ended."""
    _waiting.append(_Message(single_line(text), is_error=False))


def print_error(text: str) -> None:
    """Print a message about something that failed or was not found, once the command has ended."""
    _waiting.append(_Message(single_line(text), is_error=True))


def print_waiting(color: Color) -> None:
    """Print the messages that wait: wrapped to the width of a terminal, one line each elsewhere."""
    if _waiting and sys.stderr is not None:
        columns = _count_columns() if sys.stderr.isatty() else None
        styled = _use_color(color)
        counts: dict[_Message, int] = {}
        for message in _waiting:
            counts[message] = counts.get(message, 0) + 1
        _write("".join(_format(message, count, columns, styled=styled) for message, count in counts.items()))
    _waiting.clear()


def print_traceback(error: Exception) -> None:
    """Print where an error was raised, for --debug."""
    from traceback import format_exception

    _write("".join(format_exception(error)))


def report_error(error: Exception) -> int:
    """Print what went wrong, on one line; return the exit code for it."""
    if isinstance(error, DatasetError):
        for fault in error.faults:
            print_error(str(fault))
    if isinstance(error, CptrefError):
        print_error(name_commands(str(error)))
        return error.exit_code
    if hasattr(error, "format_message"):  # Typer's own usage errors; their class is private to it
        ctx = getattr(error, "ctx", None)
        arguments = ctx.meta.get("args", ()) if ctx else ()
        hint = _explain_modifier(arguments, getattr(error, "option_name", "")) if arguments else ""
        message = error.format_message().rstrip(".")
        print_error(f"{message}{hint} (see {ctx.command_path if ctx else 'cptref'} --help)")
    elif isinstance(error, OSError):
        discard_buffer(sys.stdout)  # Typer may have left in it what could not be written
        print_error(f"failed: {error.strerror or error}; --debug shows where")
    else:
        print_error(f"failed: {type(error).__name__}: {error}; --debug shows where")
    return ExitCode.USAGE


def _explain_modifier(arguments: Sequence[str], option: str) -> str:
    """Return how to type a modifier that was taken for an option, "" if the option is none: `20976 -50`."""
    modifier = next(
        (argument for argument in arguments if re.fullmatch(rf"{re.escape(option)}(?<=-.)[0-9A-Z]", argument)), ""
    )
    if not modifier:
        return ""
    from cptref.codes import parse_codes

    codes = (parsed.code for argument in arguments for parsed in parse_codes(argument) if parsed.code)
    return f"; type a modifier right after its code: {next(codes, 'CODE')}{modifier}"


def report_misses(answer: ShowAnswer | CompareAnswer | ModifiersAnswer) -> int:
    """Print how codes were read, which codes and modifiers were not found, and what is known of those.

    Return the exit code.
    """
    from cptref.models.entries import group_by_code

    shown = {entry.code for entry in answer.entries}
    typed = group_by_code(answer.appended)
    for remark in answer.remarks:
        print_notice(remark)
    for miss in answer.misses:
        print_error(f"{miss.input or repr('')}: {miss.message}")
        for modifier in typed.get(miss.code, ()) if miss.code not in shown else ():
            meaning = modifier.meaning or "not in the library either"
            print_notice(f"{miss.input}: modifier {modifier.code}: {meaning}")
    for text in dict.fromkeys(text for listing in answer.listings for text in listing.not_loaded):
        print_notice(text)
    unknown = [modifier for modifier in answer.appended if modifier.input and modifier.verdict == "unknown"]
    for modifier in unknown:
        if modifier.on in shown:
            print_error(f"{modifier.input}: modifier {modifier.code} is not in the library; {_MODIFIERS_HINT}")
    return ExitCode.NOT_FOUND if answer.misses or unknown else ExitCode.OK


def report_faults(faults: Iterable[Fault]) -> int:
    """Print which files were left out, with the first fault of each; return the exit code.

    What is wrong in a file is for its author to mend. What can't be looked into may be anything, notes too.
    """
    by_file: dict[str, list[Fault]] = {}
    for fault in faults:
        by_file.setdefault(fault.file, []).append(fault)
    for first, *others in [*by_file.values()][:MAX_REPORTED_FILES]:
        rest = f", with {len(others)} more {'fault' if len(others) == 1 else 'faults'}" if others else ""
        (print_error if first.is_unreadable else print_notice)(f"{name_commands(str(first))}; left out{rest}")
    if len(by_file) > MAX_REPORTED_FILES:
        more = len(by_file) - MAX_REPORTED_FILES
        files = "file was" if more == 1 else "files were"
        print_notice(f"{more:,} more {files} left out; cptref check lists every fault")
    is_unreadable = any(fault.is_unreadable for faults_of_file in by_file.values() for fault in faults_of_file)
    return ExitCode.USAGE if is_unreadable else ExitCode.OK


def report_reading(understood: Iterable[Term]) -> None:
    """Print how a query was read where that differs from what was typed."""
    from cptref.render.remarks import iter_readings

    for reading in iter_readings(understood):
        print_notice(reading)


def report_denied(denied: Iterable[str], *, all_of_it: bool = False) -> None:
    """Print what is left out because it is denied; an error if that is all that was asked for."""
    if things := ", ".join(denied):
        if all_of_it:
            print_error(f"left out as denied: {things}; there is nothing else to look for")
        else:
            print_notice(f"left out as denied: {things}")


def report_unmatched(words: Iterable[str], *, where: str = "no entry mentions") -> None:
    """Print the words that were found nowhere."""
    if missing := ", ".join(words):
        print_notice(f"{where}: {missing}")


def report_cut(shown: int, total: int) -> None:
    """Print that a limit left entries out."""
    if total > shown:
        print_notice(f"the best {shown} of {total} entries; --limit shows more")


def report_replacement(entry: Entry) -> None:
    """Print that an entry of the user's own takes the place of a bundled one, and what holds of the code all the same.

    `entry` is the one that is replaced, or the one that replaces it.
    """
    from cptref.models.entries import BUNDLED
    from cptref.render.parts import LOOKS

    if finding := entry.bundled_verification:
        print_notice(f"{entry.code} is shown with your finding and the bundled one: {_describe(LOOKS[finding.status])}")
    elif entry.verified_by == BUNDLED and entry.kind == "article":
        look = LOOKS[entry.verification.status]
        print_notice(f"{entry.code} replaces the text of the bundled entry; the finding stays: {_describe(look)}")
    elif entry.published:
        print_notice(f"{entry.code} is shown beside the published code: {entry.published.description}")


def _describe(look: Look) -> str:
    return f"{look.word}, {look.headline}"


def discard_buffer(stream: TextIO | None) -> None:
    """Let what is left in the buffer of a broken stream go nowhere.

    Python flushes both streams when it ends. A flush that fails would make the exit code 120, with a traceback.
    """
    with suppress(OSError, AttributeError):  # AttributeError: the stream was closed from outside, so it is None
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # type: ignore[union-attr]


def _use_color(color: Color) -> bool:
    """Return whether standard error gets escapes; see no-color.org for the variable."""
    if color != "auto":
        return color == "always"
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _count_columns() -> int:
    """Return the width of the terminal; standard output may be something else."""
    wanted = os.environ.get("COLUMNS", "")
    columns = int(wanted) if wanted.isdecimal() else 0
    with suppress(OSError):
        columns = columns or os.get_terminal_size(sys.stderr.fileno()).columns
    return max(columns or 80, MIN_COLUMNS)


def _format(message: _Message, count: int, columns: int | None, *, styled: bool) -> str:
    """Return a message with its line end, and how often it is meant if that is more than once.

    If there are `columns`, it is wrapped between words and an error has the word for it. Scripts get no such word.
    """
    label = f"{_PREFIX} error:" if message.is_error and columns else _PREFIX
    text = f"{label} {message.text}{f' ({count:,} times)' if count > 1 else ''}"
    if columns:
        indent = " " * len(f"{_PREFIX} ")
        text = f"\n{indent}".join(wrap(text, columns, columns - len(indent), break_words=False))
    if styled:
        color = _RED if message.is_error else _DIM
        text = text.replace(label, f"{color}{label}{_PLAIN}", 1)
    return f"{text}\n"


def _write(text: str) -> None:
    """Write to standard error; there is nobody to tell where that fails."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.flush()
        write_whole(sys.stderr.buffer, text.encode(sys.stderr.encoding, sys.stderr.errors or "backslashreplace"))
    except OSError:
        discard_buffer(sys.stderr)
