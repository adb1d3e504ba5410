"""`cptref show`."""

from __future__ import annotations

import typer

from cptref.cli.opening import opened
from cptref.cli.options import Codes, Form, Sections, Width
from cptref.cli.output import answer, conclude
from cptref.cli.typed import typed


def show(ctx: typer.Context, codes: Codes, section: Sections = None, form: Form = None, width: Width = None) -> None:
    """Show everything held on each code, or some sections of it."""
    with opened(ctx.obj) as library:
        found = library.show(typed(codes), section or ())
    answer(ctx.obj, found, form, width)
    raise typer.Exit(conclude(found))


COMMANDS = {
    "show": (
        show,
        "cptref show 20976",
        "cptref show 20976 20975 -s preparation -s recovery",
        "cptref show 20962-50 -f json",
        "echo 'CPT 20976, 20975' | cptref show - -s cost",
    )
}
