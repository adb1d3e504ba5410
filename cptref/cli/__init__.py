"""The command line: parse, ask, print, exit. Only this room prints or exits."""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stderr, redirect_stdout, suppress
from typing import TYPE_CHECKING, Any

from cptref.cli.app import app
from cptref.cli.messages import print_traceback, print_waiting, report_error
from cptref.cli.session import Settings
from cptref.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(args: Sequence[str] | None = None) -> int:
    """Run the command with these arguments (those of the process if None); return its exit code."""
    if os.environ.get("_CPTREF_COMPLETE"):  # set by the lines that a shell got from --install-completion
        return _complete(args)
    if os.name == "nt":
        from cptref.cli.windows import interpret_escapes

        interpret_escapes()
    settings = Settings()
    try:
        return _run(args, settings)
    finally:
        print_waiting(settings.choose_color())


def _run(args: Sequence[str] | None, settings: Settings) -> int:
    """Run the command; return its exit code, after an error too."""
    try:
        code = app(args, prog_name="cptref", obj=settings, standalone_mode=False)
    except Exception as error:  # noqa: BLE001 - every error is one line here, after a traceback with --debug
        if isinstance(error.__cause__, KeyboardInterrupt):  # see __main__.py
            return ExitCode.INTERRUPTED
        if settings.debug:
            print_traceback(error)
        return report_error(error)
    except SystemExit as end:  # of Typer's own options, which install completion
        return int(end.code or 0)
    return max(code or 0, settings.least_code)


def _complete(args: Sequence[str] | None) -> int:
    """Answer a shell that asks what could come next; print nothing if anything goes wrong.

    Typer would load Rich, which takes longer than the answer, and read titles as its markup.
    """
    from io import StringIO

    from cptref.cli.completion import complete_attached_values
    from cptref.cli.output import write

    complete_attached_values()
    modules: dict[str, Any] = sys.modules
    modules["rich"] = None
    offers = StringIO()
    code = 0
    with suppress(Exception), redirect_stdout(offers), redirect_stderr(StringIO()):
        try:
            app(args, prog_name="cptref", obj=Settings(), standalone_mode=False)
        except SystemExit as end:
            code = int(end.code or 0)
    with suppress(Exception):
        write(offers.getvalue().encode())
    return code
