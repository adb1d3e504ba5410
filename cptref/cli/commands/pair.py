"""`cptref pair`."""

from typing import Annotated

import typer

from cptref.cli.completion import complete_codes
from cptref.cli.hints import add_commands
from cptref.cli.messages import print_notice
from cptref.cli.options import Form, On, SettingOption, Width
from cptref.cli.output import print_result
from cptref.cli.session import open_configured
from cptref.errors import ExitCode

EXAMPLES = (
    "cptref pair 20552 64483",
    "cptref pair 64483 62323 --on 2016-12-31",
    "cptref pair 64483 62323 --setting hospital -f json",
)


def pair(
    ctx: typer.Context,
    first: Annotated[
        str,
        typer.Argument(
            metavar="CODE",
            help="A code, with its modifiers or without.",
            show_default=False,
            autocompletion=complete_codes,
        ),
    ],
    second: Annotated[
        str, typer.Argument(metavar="CODE", help="Another one.", show_default=False, autocompletion=complete_codes)
    ],
    on: On = None,
    setting: SettingOption = None,
    form: Form = None,
    width: Width = None,
) -> None:
    """Show whether two codes may be paid together on one day."""
    with open_configured(ctx.obj) as library:
        answer = add_commands(library.pair(first, second, setting=setting, on=on))
    print_result(ctx.obj, answer, form, width)
    for text in answer.not_loaded:
        print_notice(text)
    raise typer.Exit(ExitCode.OK if answer.is_known else ExitCode.NOT_FOUND)


COMMAND = pair
