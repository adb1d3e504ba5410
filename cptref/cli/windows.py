"""What Windows needs before a command prints."""

from __future__ import annotations

import sys

ENABLE_VIRTUAL_TERMINAL_PROCESSING = 0x0004  # learn.microsoft.com/windows/console/setconsolemode


def interpret_escapes() -> None:
    """Let the console of each stream interpret escape sequences; an older window shows them as letters otherwise."""
    import ctypes
    import msvcrt

    kernel32 = ctypes.windll.kernel32  # type: ignore[attr-defined]
    mode = ctypes.c_ulong()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and stream.isatty():
            console = ctypes.c_void_p(msvcrt.get_osfhandle(stream.fileno()))  # type: ignore[attr-defined]
            if kernel32.GetConsoleMode(console, ctypes.byref(mode)):
                kernel32.SetConsoleMode(console, mode.value | ENABLE_VIRTUAL_TERMINAL_PROCESSING)
