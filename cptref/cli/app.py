"""The Typer app: its help and the global options."""

from __future__ import annotations

from typing import Annotated

import typer

from cptref.cli.commands import Commands, settle
from cptref.cli.output import Color, write

_HELP = """
Look up medical procedure codes offline.

\b
  cptref show 20976                    everything held on a code
  cptref show 20976 -s preparation     one section of it
  cptref search tingling legs          which codes speak of a symptom
  cptref export 20976 -o 20976.txt     an entry as a document

\b
Exit codes: 0 answered, 1 some or all of it not found, 2 wrong usage or a file
that can't be read or written, 3 a broken dataset file.

\b
Not billing or medical advice: check every code against the current code set.
Report problems where you got cptref; leave out what is about a patient.
"""

app = typer.Typer(
    cls=Commands,
    help=_HELP,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def cptref(  # noqa: D103 - its help is _HELP
    ctx: typer.Context,
    color: Annotated[  # noqa: ARG001 - settle() takes it from the context, as every command does
        Color | None, typer.Option("--color", help="When to use colour; auto is the default.", show_default=False)
    ] = None,
    debug: Annotated[  # noqa: ARG001 - the same
        bool, typer.Option("--debug", help="A traceback instead of the one-line error.")
    ] = False,
    version: Annotated[bool, typer.Option("--version", help="The versions of the tool and of the dataset.")] = False,
) -> None:
    settle(ctx)
    if version:
        _version()
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        write(f"{ctx.get_help()}\n".encode())


def _version() -> None:
    from cptref import __version__, open_library

    with open_library() as library:
        dataset = library.dataset
    write(
        f"cptref {__version__}\n"
        f"dataset {dataset.version}, released {dataset.released}\n"
        f"{dataset.notices.trademark}\n{dataset.notices.advice}\n".encode()
    )
