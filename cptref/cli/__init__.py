"""The command line: parse, ask, print, exit. The only place that prints or exits."""

from __future__ import annotations

import os
import re
import sys
from contextlib import redirect_stderr, suppress
from typing import TYPE_CHECKING, Any

from cptref.cli.app import app
from cptref.cli.output import Settings, notice
from cptref.errors import CptrefError, DatasetError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(args: Sequence[str] | None = None) -> int:
    """Run the command with these arguments (the process's own where None); return its exit code."""
    if os.environ.get("_CPTREF_COMPLETE"):  # set by the lines that a shell was given for completion
        return _completed(args)
    settings = Settings()
    try:
        code = app(args, prog_name="cptref", obj=settings, standalone_mode=False)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong is one line here, and a traceback with --debug
        if settings.debug:
            from traceback import print_exception

            print_exception(error)
        return _report(error)
    except SystemExit as done:  # of Typer's own options, which install completion
        return int(done.code or 0)
    return code or 0


def _completed(args: Sequence[str] | None) -> int:
    """Tell a shell what could come next; whatever goes wrong, say nothing.

    Typer would load Rich, which takes longer than the answer, and read titles as its markup.
    """
    modules: dict[str, Any] = sys.modules
    modules["rich"] = None
    with suppress(Exception), open(os.devnull, "w", encoding="utf-8") as nowhere, redirect_stderr(nowhere):  # noqa: PTH123
        try:
            app(args, prog_name="cptref", obj=Settings(), standalone_mode=False)
        except SystemExit as done:
            return int(done.code or 0)
    return 0


def _report(error: Exception) -> int:
    """Say what went wrong, on one line; return the exit code for it."""
    if isinstance(error, DatasetError):
        for fault in error.faults:
            notice(str(fault))
    if isinstance(error, CptrefError):
        notice(str(error))
        return error.exit_code
    if hasattr(error, "format_message"):  # Typer's own errors of usage; their class is private to it
        ctx = getattr(error, "ctx", None)
        mistaken = re.fullmatch(r"-\d", getattr(error, "option_name", ""))
        hint = "; a modifier goes right behind its code: 20976-50" if mistaken else ""
        message = error.format_message().rstrip(".")
        notice(f"{message}{hint} (see {ctx.command_path if ctx else 'cptref'} --help)")
    elif isinstance(error, OSError):
        notice(f"failed: {error.strerror or error}; --debug shows where")
    else:
        notice(f"failed: {type(error).__name__}: {error}; --debug shows where")
    return 2
