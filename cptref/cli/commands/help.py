"""`cptref help`."""

from typing import Annotated

import typer

from cptref.cli.loader import COMMAND_MODULES, make_command, refuse_command

EXAMPLES = (
    "cptref help",
    "cptref help search",
)


def show_help(
    ctx: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="COMMAND",
            help="The command. The default is cptref itself.",
            show_default=False,
            autocompletion=lambda: list(COMMAND_MODULES),
        ),
    ] = None,
) -> None:
    """Show the help of cptref or of a command."""
    root = ctx.find_root()
    if name is None:
        root.command.make_context(root.info_name, ["--help"], obj=root.obj)
    elif name in COMMAND_MODULES:
        make_command(name).make_context(name, ["--help"], parent=root)
    else:
        refuse_command([name])


COMMAND = show_help
