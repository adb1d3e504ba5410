"""`cptref check`."""

from typing import Annotated

import typer

from cptref.cli.options import Form, Width
from cptref.cli.output import print_result
from cptref.cli.session import find_notes_file, library_folders
from cptref.errors import ExitCode

EXAMPLES = (
    "cptref check",
    "cptref check my-library -f json",
)


def check(
    ctx: typer.Context,
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH...",
            help="Dataset files or folders. The default is everything that cptref answers from.",
            show_default=False,
        ),
    ] = None,
    form: Form = None,
    width: Width = None,
) -> None:
    """Report errors and warnings in dataset files."""
    import cptref

    answer = cptref.check(paths or (), folders=library_folders(ctx.obj), notes=find_notes_file())
    print_result(ctx.obj, answer, form, width)
    raise typer.Exit(ExitCode.DATASET if answer.faults else ExitCode.OK)


COMMAND = check
