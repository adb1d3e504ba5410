"""The installed command, and `python -m cptref`."""

from __future__ import annotations

import gc
import signal
import sys
from typing import Any, NoReturn


def run() -> NoReturn:
    """Run one command line and end the process with its exit code.

    A process this short needs no search for reference cycles: none while modules are imported, and none at the end
    among the objects that `gc.freeze` sets aside.
    """
    gc.disable()
    sys.unraisablehook = _resend_interrupt
    try:
        try:
            from cptref.cli import main

            code = main()
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # from here on, Ctrl-C could only leave a traceback
    except KeyboardInterrupt:  # before Typer looks out for it
        code = 130
    except RuntimeError as error:
        if not isinstance(error.__cause__, KeyboardInterrupt):
            raise
        code = 130  # before 3.12, Python wraps an interrupt that comes while a class is made
    gc.freeze()
    sys.exit(code)


def _resend_interrupt(unraisable: Any) -> None:  # noqa: ANN401 - a type of sys that exists for type checkers only
    """Send an interrupt again that came where Python can't raise it, as in the callback of a weak reference.

    Imports have such callbacks. Python would print a traceback there, and go on as if nothing had happened.
    """
    if isinstance(unraisable.exc_value, KeyboardInterrupt):
        import os
        from functools import partial
        from threading import Timer

        # Windows' kill would end the process there and then, with the number of the signal as its exit code.
        send = signal.raise_signal if os.name == "nt" else partial(os.kill, os.getpid())
        timer = Timer(0.01, send, [signal.SIGINT])
        timer.daemon = True  # the end of the process need not wait for it
        timer.start()
    else:
        sys.__unraisablehook__(unraisable)


if __name__ == "__main__":
    run()
