"""`cptref modifiers`."""

from __future__ import annotations

from typing import Annotated

import typer

from cptref.cli import completion
from cptref.cli.opening import opened
from cptref.cli.options import Form, Width
from cptref.cli.output import answer, conclude
from cptref.cli.typed import typed


def modifiers(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="MODIFIER or CODE",
            help="Modifiers, or codes whose modifiers to judge; all modifiers unless given.",
            show_default=False,
            autocompletion=completion.modifiers,
        ),
    ] = None,
    form: Form = None,
    width: Width = None,
) -> None:
    """Say what modifiers mean, and judge those of a code."""
    with opened(ctx.obj) as library:
        found = library.modifiers(typed(names or ()))
    answer(ctx.obj, found, form, width)
    raise typer.Exit(conclude(found))


COMMANDS = {
    "modifiers": (
        modifiers,
        "cptref modifiers",
        "cptref modifiers 50 59",
        "cptref modifiers 20920-59",
    )
}
