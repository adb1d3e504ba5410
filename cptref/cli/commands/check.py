"""`cptref check`."""

from __future__ import annotations

from typing import Annotated

import typer

from cptref.cli.options import Form, Width
from cptref.cli.output import print_result
from cptref.cli.session import find_notes_file, library_folders


def check(
    ctx: typer.Context,
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH...",
            help="Dataset files or folders; all that cptref answers from unless given.",
            show_default=False,
        ),
    ] = None,
    form: Form = None,
    width: Width = None,
) -> None:
    """Name every fault in dataset files, and what wants a look."""
    import cptref

    found = cptref.check(paths or (), folders=library_folders(ctx.obj), notes=find_notes_file())
    print_result(ctx.obj, found, form, width)
    raise typer.Exit(3 if found.faults else 0)


COMMANDS = {
    "check": (
        check,
        "cptref check",
        "cptref check my-library -f json",
    )
}
