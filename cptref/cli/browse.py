"""`cptref list`, `sections`, `paths`: what there is, and where."""

from __future__ import annotations

from typing import Annotated

import typer

from cptref.cli.opening import opened, others
from cptref.cli.options import Form, Width, between
from cptref.cli.output import answer, notice

Limit = Annotated[
    int | None,
    typer.Option(
        "--limit", "-n", metavar="N", help="At most so many codes.", show_default=False, callback=between(1, 1_000_000)
    ),
]


def list_codes(ctx: typer.Context, limit: Limit = None, form: Form = None, width: Width = None) -> None:
    """List the codes held; in a pipe one code a line."""
    with opened(ctx.obj) as library:
        found = library.list(limit)
    answer(ctx.obj, found, form, width)
    if found.total > len(found.entries):
        notice(f"the first {len(found.entries)} of {found.total} codes; --limit shows more")


def sections(ctx: typer.Context, form: Form = None, width: Width = None) -> None:
    """List the sections and the names they go by."""
    from cptref.answers import SectionsAnswer
    from cptref.sections import CATALOGUE

    answer(ctx.obj, SectionsAnswer(kinds=tuple(CATALOGUE.values())), form, width)


def paths(ctx: typer.Context, form: Form = None, width: Width = None) -> None:
    """Show where data, notes and cache live."""
    from cptref import places
    from cptref.answers import PathsAnswer

    found = PathsAnswer(
        data=str(places.data()),
        library=str(places.library()),
        notes=str(places.notes()),
        cache=str(places.cache()),
        libraries=tuple(others(ctx.obj)),
    )
    answer(ctx.obj, found, form, width)


COMMANDS = {
    "list": (list_codes, "cptref list", "cptref list -f json"),
    "sections": (sections, "cptref sections"),
    "paths": (paths, "cptref paths"),
}
