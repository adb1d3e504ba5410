"""`cptref mcp`."""

import sys
from functools import partial

import typer

from cptref.cli.messages import discard_buffer, print_notice, print_waiting
from cptref.cli.session import open_configured, require_extra
from cptref.cli.streams import is_closed_pipe, write_whole
from cptref.errors import FileError

EXAMPLES = (
    "cptref mcp",
    "uvx --from 'cptref[mcp]' cptref mcp",
)


def mcp(ctx: typer.Context) -> None:
    """Answer an agent over standard input and output (MCP)."""
    require_extra("mcp")
    _require_streams()
    if sys.stdin.isatty():
        print_notice("waiting for an agent's messages, which are lines of JSON; Ctrl-C ends it")
        print_waiting(ctx.obj.choose_color())
    from cptref.mcp.server import serve

    # A stream of its own: a thread may still wait for sys.stdin when Python closes that, which would abort the process.
    stdin = open(sys.stdin.fileno(), "rb", closefd=False)  # noqa: SIM115 - it is no path, and never closed
    with open_configured(ctx.obj, is_server=True) as library:
        try:
            serve(library, stdin, partial(write_whole, sys.stdout.buffer))
        except OSError as error:
            if not is_closed_pipe(error):  # the agent has gone
                raise
            discard_buffer(sys.stdout)


def _require_streams() -> None:
    """Raise FileError if a standard stream was closed from outside: Python has none then."""
    for name, stream in (("input", sys.stdin), ("output", sys.stdout)):
        if stream is None:
            raise FileError(f"standard {name} is closed", hint="let an agent start cptref mcp, or run it in a terminal")


COMMAND = mcp
