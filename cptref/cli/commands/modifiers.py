"""`cptref modifiers`."""

from __future__ import annotations

from typing import Annotated

import typer

from cptref.cli import completion
from cptref.cli.options import Form, Width
from cptref.cli.output import print_result, report_misses
from cptref.cli.session import open_configured
from cptref.cli.stdin import expand_stdin


def modifiers(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="MODIFIER or CODE",
            help="Modifiers, or codes whose modifiers to judge; all modifiers unless given.",
            show_default=False,
            autocompletion=completion.complete_modifiers,
        ),
    ] = None,
    form: Form = None,
    width: Width = None,
) -> None:
    """Say what modifiers mean, and judge those of a code."""
    with open_configured(ctx.obj) as library:
        found = library.modifiers(expand_stdin(names or ()))
    print_result(ctx.obj, found, form, width)
    raise typer.Exit(report_misses(found))


COMMANDS = {
    "modifiers": (
        modifiers,
        "cptref modifiers",
        "cptref modifiers 50 59",
        "cptref modifiers 20920-59",
    )
}
