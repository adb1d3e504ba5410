"""`cptref compare`."""

from __future__ import annotations

import typer

from cptref.cli.opening import opened
from cptref.cli.options import Codes, Form, Sections, Width
from cptref.cli.output import answer, conclude, notice
from cptref.cli.typed import typed


def compare(ctx: typer.Context, codes: Codes, section: Sections = None, form: Form = None, width: Width = None) -> None:
    """Set codes side by side: what all say, what only one says."""
    with opened(ctx.obj) as library:
        found = library.compare(typed(codes), section or ())
    answer(ctx.obj, found, form, width)
    if len(found.entries) == 1:
        notice(f"{found.entries[0].code} is the only one that is held; there is nothing to compare it with")
    raise typer.Exit(conclude(found))


COMMANDS = {
    "compare": (
        compare,
        "cptref compare 20920 20962",
        "cptref compare 20971 20975 20976 -s preparation -s cost",
        "cptref compare 20920 20962 -f html > compared.html",
    )
}
