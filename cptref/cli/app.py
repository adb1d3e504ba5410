"""The Typer app: its help and the global options."""

from typing import Annotated, get_args

import typer

from cptref.cli.loader import COMMAND_MODULES, SECTIONS_HELP, CommandGroup, apply_global_options
from cptref.cli.options import choice
from cptref.cli.output import write
from cptref.cli.session import Color

_EXAMPLES = """
  cptref 20976                         the entry for a code (cptref show)
  cptref 20976 -s preparation          one section of it
  cptref search tingling legs          the entries that mention these words
  cptref compare 20920 20962           two codes side by side
  cptref export 20976 -o 20976.txt     an entry as a document
"""

_HELP = f"""
Look up medical procedure codes offline.

\b{_EXAMPLES}
{SECTIONS_HELP}

Exit codes: 0 answered, 1 some or all of it not found, 2 wrong usage, or a file or stream that can't be read or
written, 3 a broken dataset file, 130 interrupted.

\b
Not billing or medical advice: check every code against the current code set.
Report problems where you got cptref; leave out anything about patients.
"""


def _describe_briefly() -> str:
    """Return what `cptref` prints without arguments: one screen of 24 lines and 80 columns."""
    from textwrap import fill

    return f"""\
cptref: medical procedure codes, offline.
{_EXAMPLES}
{fill(f"Commands: {', '.join(COMMAND_MODULES)}", 80)}

More: cptref --help for everything, cptref COMMAND --help for one command.
Not billing or medical advice: check every code against the current code set.
"""


app = typer.Typer(
    cls=CommandGroup,
    help=_HELP,
    subcommand_metavar="CODE... | COMMAND [ARGS]...",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def cptref(  # noqa: D103 - its help is _HELP
    ctx: typer.Context,
    library: Annotated[  # noqa: ARG001 - apply_global_options() takes it from the context, for every command
        list[str] | None,
        typer.Option(
            "--library",
            "-L",
            metavar="FOLDER",
            help="Add a folder of entries; they replace entries with the same code. Repeatable. CPTREF_LIBRARY adds "
            "folders too.",
            show_default=False,
        ),
    ] = None,
    color: Annotated[  # noqa: ARG001 - the same
        Color | None,
        typer.Option(
            "--color",
            metavar="WHEN",
            help="auto, always or never; auto is the default.",
            is_eager=True,  # as --help is, which these two apply to
            show_default=False,
            parser=choice(*get_args(Color)),
            autocompletion=lambda: list(get_args(Color)),
        ),
    ] = None,
    no_pager: Annotated[  # noqa: ARG001 - the same
        bool, typer.Option("--no-pager", help="Do not use a pager (CPTREF_PAGER, PAGER or less).", is_eager=True)
    ] = False,
    debug: Annotated[  # noqa: ARG001 - the same
        bool, typer.Option("--debug", help="Show a traceback before the one-line error.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", "-V", help="Show the versions of the tool and the dataset.")
    ] = False,
) -> None:
    apply_global_options(ctx)
    if version:
        _print_version()
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        write(_describe_briefly().encode())


def _print_version() -> None:
    from cptref import __version__, open_library

    with open_library() as library:
        dataset = library.dataset
    write(
        f"cptref {__version__}\n"
        f"dataset {dataset.version}, released {dataset.released}\n"
        f"{dataset.notices.trademark}\n{dataset.notices.advice}\n".encode()
    )
