"""`cptref show`."""

from __future__ import annotations

import typer

from cptref.cli.options import Codes, Form, Sections, Width
from cptref.cli.output import print_result, report_misses
from cptref.cli.session import open_configured
from cptref.cli.stdin import expand_stdin


def show(ctx: typer.Context, codes: Codes, section: Sections = None, form: Form = None, width: Width = None) -> None:
    """Show everything held on each code, or some sections of it."""
    with open_configured(ctx.obj) as library:
        found = library.show(expand_stdin(codes), section or ())
    print_result(ctx.obj, found, form, width)
    raise typer.Exit(report_misses(found))


COMMANDS = {
    "show": (
        show,
        "cptref show 20976",
        "cptref show 20976 20975 -s preparation -s recovery",
        "cptref show 20962-50 -f json",
        "echo 'CPT 20976, 20975' | cptref show - -s cost",
    )
}
