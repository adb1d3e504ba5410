"""`cptref remove`."""

from typing import Annotated

import typer

from cptref import paths
from cptref.cli.completion import complete_releases
from cptref.cli.messages import print_error
from cptref.cli.options import Form, Width
from cptref.cli.output import print_result
from cptref.cli.session import open_catalog
from cptref.errors import ExitCode

EXAMPLES = ("cptref remove hcpcs-2026Q3",)


def remove(
    ctx: typer.Context,
    releases: Annotated[
        list[str],
        typer.Argument(
            metavar="SET-RELEASE...",
            help="Releases as cptref sets lists them.",
            show_default=False,
            autocompletion=complete_releases,
        ),
    ],
    form: Form = None,
    width: Width = None,
) -> None:
    """Remove releases of code sets."""
    from cptref.codesets.loaded import remove_sets

    with open_catalog(ctx.obj) as catalog:
        answer = remove_sets(catalog, paths.codesets_dir(), releases)
    print_result(ctx.obj, answer, form, width)
    for text in answer.unknown:
        print_error(text)
    raise typer.Exit(ExitCode.NOT_FOUND if answer.unknown else ExitCode.OK)


COMMAND = remove
