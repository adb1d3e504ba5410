"""The installed command, and `python -m cptref`."""

from __future__ import annotations

import gc
import os
import signal
import sys
from contextlib import suppress
from typing import Any


def run() -> None:
    """Answer one command line and end the process with its exit code.

    Two things that Python does for long-lived processes cost a fifth of the time of a short one, and are left out:
    the search for reference cycles while modules are imported, and freeing every object at the end (mypy ends the
    same way, for the same reason). Nothing is left to be done at that point: files and the library are closed.
    """
    gc.disable()
    sys.unraisablehook = _again
    try:
        from cptref.cli import main

        code = main()
    except KeyboardInterrupt:  # before Typer could look out for it
        code = 130
    with suppress(OSError, AttributeError):  # AttributeError: a stream that was closed from outside is None
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _again(lost: Any) -> None:  # noqa: ANN401 - a type of sys, which is there for checkers alone
    """Send an interrupt again that came where Python can't raise it, as in the callback of a weak reference.

    Imports have such callbacks. Python would print a traceback there, and go on as if nothing had happened.
    """
    if isinstance(lost.exc_value, KeyboardInterrupt):
        from threading import Timer

        Timer(0.01, os.kill, [os.getpid(), signal.SIGINT]).start()
    else:
        sys.__unraisablehook__(lost)


if __name__ == "__main__":
    run()
