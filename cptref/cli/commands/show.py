"""`cptref show`."""

import typer

from cptref.cli.messages import report_misses
from cptref.cli.options import Codes, Form, Sections, Width
from cptref.cli.output import print_result
from cptref.cli.session import open_configured
from cptref.cli.stdin import expand_stdin

EXAMPLES = (
    "cptref show 20976",
    "cptref show 20976 20975 -s preparation -s recovery",
    "cptref show 20962-50 -f json",
    "echo 'CPT 20976, 20975' | cptref show - -s cost",
)


def show(ctx: typer.Context, codes: Codes, section: Sections = None, form: Form = None, width: Width = None) -> None:
    """Show the entry for each code, or some sections of it."""
    with open_configured(ctx.obj) as library:
        answer = library.show(expand_stdin(codes), section or ())
    print_result(ctx.obj, answer, form, width)
    raise typer.Exit(report_misses(answer))


COMMAND = show
