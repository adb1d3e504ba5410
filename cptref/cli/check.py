"""`cptref check`."""

from __future__ import annotations

from typing import Annotated

import typer

from cptref.cli.opening import folders, notes
from cptref.cli.options import Form, Width
from cptref.cli.output import answer


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

    found = cptref.check(paths or (), folders=folders(ctx.obj), notes=notes())
    answer(ctx.obj, found, form, width)
    raise typer.Exit(3 if found.faults else 0)


COMMANDS = {
    "check": (
        check,
        "cptref check",
        "cptref check my-library -f json",
    )
}
