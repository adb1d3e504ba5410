"""`cptref list`."""

from typing import Annotated

import typer

from cptref.cli.clipboard import copy_codes
from cptref.cli.messages import print_notice
from cptref.cli.options import Copy, ListForm, Width, in_range
from cptref.cli.output import print_result
from cptref.cli.session import open_configured

EXAMPLES = (
    "cptref list",
    "cptref list -f json",
    "cptref list -f lines",
)

Limit = Annotated[
    int | None,
    typer.Option(
        "--limit",
        "-n",
        metavar="N",
        help="Show at most N codes.",
        show_default=False,
        callback=in_range(1, 1_000_000),
    ),
]


def list_codes(
    ctx: typer.Context, limit: Limit = None, form: ListForm = None, copy: Copy = False, width: Width = None
) -> None:
    """List the codes in the library; in a pipe one code per line."""
    with open_configured(ctx.obj) as library:
        answer = library.list(limit)
    print_result(ctx.obj, answer, form, width)
    if answer.total > len(answer.entries):
        print_notice(f"the first {len(answer.entries)} of {answer.total} codes; --limit shows more")
    if copy:
        copy_codes(answer)


COMMAND = list_codes
