"""`cptref compare`."""

from __future__ import annotations

import typer

from cptref.cli.options import Codes, Form, Sections, Width
from cptref.cli.output import notice, print_result, report_misses
from cptref.cli.session import open_configured
from cptref.cli.stdin import expand_stdin


def compare(ctx: typer.Context, codes: Codes, section: Sections = None, form: Form = None, width: Width = None) -> None:
    """Set codes side by side: what all say, what only one says."""
    with open_configured(ctx.obj) as library:
        found = library.compare(expand_stdin(codes), section or ())
    print_result(ctx.obj, found, form, width)
    if len(found.entries) == 1:
        notice(f"{found.entries[0].code} is the only one that is held; there is nothing to compare it with")
    raise typer.Exit(report_misses(found))


COMMANDS = {
    "compare": (
        compare,
        "cptref compare 20920 20962",
        "cptref compare 20971 20975 20976 -s preparation -s cost",
        "cptref compare 20920 20962 -f html > compared.html",
    )
}
