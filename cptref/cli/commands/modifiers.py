"""`cptref modifiers`."""

from typing import Annotated

import typer

from cptref.cli import completion
from cptref.cli.hints import add_commands
from cptref.cli.messages import report_misses
from cptref.cli.options import Form, On, Width
from cptref.cli.output import print_result
from cptref.cli.session import open_configured
from cptref.cli.stdin import expand_stdin

EXAMPLES = (
    "cptref modifiers",
    "cptref modifiers 50 59",
    "cptref modifiers 20920-59",
)


def explain_modifiers(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="MODIFIER or CODE",
            help="Modifiers to explain, or codes whose modifiers to assess. The default is all modifiers.",
            show_default=False,
            autocompletion=completion.complete_modifiers,
        ),
    ] = None,
    on: On = None,
    form: Form = None,
    width: Width = None,
) -> None:
    """Explain modifiers, or assess the modifiers of a code."""
    with open_configured(ctx.obj) as library:
        answer = add_commands(library.modifiers(expand_stdin(names or ()), on))
    print_result(ctx.obj, answer, form, width)
    raise typer.Exit(report_misses(answer))


COMMAND = explain_modifiers
