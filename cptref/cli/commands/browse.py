"""`cptref browse`."""

import gc
import os
import sys

import typer

from cptref.cli.options import On
from cptref.cli.output import write
from cptref.cli.session import find_notes_file, open_configured, require_extra
from cptref.errors import FileError, UsageError

EXAMPLES = (
    "cptref browse",
    'cptref show "$(cptref browse)"',
)


def browse(ctx: typer.Context, on: On = None) -> None:
    """Type and see on a full screen; Enter prints the code.

    Enter prints the code that is chosen and ends with 0. Escape on an empty line, and Ctrl-Q anywhere, end without one
    and with 1, Ctrl-C with 130.
    """
    require_extra("browse")
    _require_screen()
    if ctx.obj.choose_color() == "never":
        os.environ["NO_COLOR"] = "1"  # the one way to say so to Textual
    from cptref.browse.app import browse as run_browser

    with open_configured(ctx.obj) as library:
        gc.freeze()
        gc.enable()  # a process this long needs it
        code, exit_code = run_browser(library, notes=find_notes_file(), on=on)
    if code:
        write(f"{code}\n".encode())
    raise typer.Exit(exit_code)


def _require_screen() -> None:
    """Raise UsageError where there is nothing to draw on or to type on, FileError where no code could be printed."""
    hint = "to print an answer: cptref search WORDS, or cptref CODE"
    if not (sys.stdin and sys.stdin.isatty() and sys.stderr and sys.stderr.isatty()):
        raise UsageError("cptref browse needs a terminal for standard input and standard error", hint=hint)
    if sys.stdout is None:
        raise FileError("standard output is closed", hint="cptref browse prints the code there; leave it open")
    if os.environ.get("TERM", "dumb") == "dumb" and os.name != "nt":
        raise UsageError("cptref browse needs a terminal that can place text, and TERM says this one can't", hint=hint)


COMMAND = browse
