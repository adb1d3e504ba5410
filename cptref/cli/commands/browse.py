"""`cptref list`, `sections`, `paths`: what there is, and where."""

from __future__ import annotations

from typing import Annotated

import typer

from cptref.cli.options import Form, Width, in_range
from cptref.cli.output import notice, print_result
from cptref.cli.session import extra_folders, open_configured

Limit = Annotated[
    int | None,
    typer.Option(
        "--limit", "-n", metavar="N", help="At most so many codes.", show_default=False, callback=in_range(1, 1_000_000)
    ),
]


def list_codes(ctx: typer.Context, limit: Limit = None, form: Form = None, width: Width = None) -> None:
    """List the codes held; in a pipe one code a line."""
    with open_configured(ctx.obj) as library:
        found = library.list(limit)
    print_result(ctx.obj, found, form, width)
    if found.total > len(found.entries):
        notice(f"the first {len(found.entries)} of {found.total} codes; --limit shows more")


def sections(ctx: typer.Context, form: Form = None, width: Width = None) -> None:
    """List the sections and the names they go by."""
    from cptref.models.results import SectionsAnswer
    from cptref.sections import CATALOGUE

    print_result(ctx.obj, SectionsAnswer(kinds=tuple(CATALOGUE.values())), form, width)


def paths(ctx: typer.Context, form: Form = None, width: Width = None) -> None:
    """Show where data, notes and cache live."""
    from cptref import paths
    from cptref.models.results import PathsAnswer

    found = PathsAnswer(
        data=str(paths.data_dir()),
        library=str(paths.user_library_dir()),
        notes=str(paths.notes_file()),
        cache=str(paths.cache_dir()),
        libraries=tuple(extra_folders(ctx.obj)),
    )
    print_result(ctx.obj, found, form, width)


COMMANDS = {
    "list": (list_codes, "cptref list", "cptref list -f json"),
    "sections": (sections, "cptref sections"),
    "paths": (paths, "cptref paths"),
}
