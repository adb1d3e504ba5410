"""`cptref show`."""

from typing import Annotated

import typer

from cptref.cli.clipboard import copy_codes
from cptref.cli.hints import add_commands
from cptref.cli.messages import report_misses
from cptref.cli.options import Codes, Copy, ListForm, On, Sections, Width
from cptref.cli.output import print_result
from cptref.cli.session import open_configured
from cptref.cli.stdin import expand_stdin
from cptref.errors import UsageError

EXAMPLES = (
    "cptref show 20976",
    "cptref show 64483 --brief",
    "cptref show 20976 20975 -s preparation -s recovery",
    "cptref show 20962-50 -f json",
    "echo 'CPT 20976, 20975' | cptref show - -s cost",
)


Brief = Annotated[bool, typer.Option("--brief", "-b", help="Show the summary alone.")]


def show(
    ctx: typer.Context,
    codes: Codes,
    section: Sections = None,
    brief: Brief = False,
    on: On = None,
    form: ListForm = None,
    copy: Copy = False,
    width: Width = None,
) -> None:
    """Show what is known of each code, a summary first."""
    if brief and section:
        raise UsageError("--brief and --section exclude each other", hint="leave one out")
    with open_configured(ctx.obj) as library:
        answer = add_commands(library.show(expand_stdin(codes), section or (), on))
    print_result(ctx.obj, answer._replace(brief=brief), form, width)
    code = report_misses(answer)
    if copy:
        copy_codes(answer)
    raise typer.Exit(code)


COMMAND = show
