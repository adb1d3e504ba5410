"""`cptref sets`."""

from typing import Annotated

import typer

from cptref import paths
from cptref.cli.hints import add_commands
from cptref.cli.messages import print_error, print_notice
from cptref.cli.options import Form, On, Width
from cptref.cli.output import print_result
from cptref.cli.session import open_catalog
from cptref.errors import ExitCode

EXAMPLES = (
    "cptref sets",
    "cptref sets -v",
    "cptref sets --on 2027-10-01 -f json",
)
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Show files, rows left out, and the notice of each file.")
]


def sets(ctx: typer.Context, on: On = None, verbose: Verbose = False, form: Form = None, width: Width = None) -> None:
    """List the loaded code sets, and say which are out of date."""
    from cptref.codesets.loaded import list_sets
    from cptref.days import parse_day

    day = parse_day(on)
    with open_catalog(ctx.obj) as catalog:
        answer = add_commands(list_sets(catalog, str(paths.codesets_dir()), day))._replace(verbose=verbose)
    print_result(ctx.obj, answer, form, width)
    for loaded in answer.sets:
        if loaded.due:
            print_notice(f"{loaded.heading}: {loaded.due}")
    for text in answer.damaged:
        print_error(text)
    raise typer.Exit(ExitCode.USAGE if answer.damaged else ExitCode.OK)


COMMAND = sets
