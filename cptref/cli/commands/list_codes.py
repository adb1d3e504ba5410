"""`cptref list`."""

from typing import Annotated

import typer

from cptref.cli.clipboard import copy_codes
from cptref.cli.completion import complete_sets
from cptref.cli.messages import print_error, print_notice
from cptref.cli.options import Copy, ListForm, On, Width, in_range
from cptref.cli.output import print_result
from cptref.cli.session import open_catalog, open_configured
from cptref.errors import ExitCode, UsageError

EXAMPLES = (
    "cptref list",
    "cptref list -f json",
    "cptref list -f lines",
    "cptref list --set hcpcs J00",
    "cptref list --set hcpcs J --on 2026-08-01 -n 20",
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
    ctx: typer.Context,
    letters: Annotated[
        str, typer.Argument(metavar="[LETTERS]", help="How the codes of --set begin.", show_default=False)
    ] = "",
    code_set: Annotated[
        str | None,
        typer.Option(
            "--set",
            metavar="SET",
            help="List the codes of a code set that you added, in place of the library.",
            show_default=False,
            autocompletion=complete_sets,
        ),
    ] = None,
    on: On = None,
    limit: Limit = None,
    form: ListForm = None,
    copy: Copy = False,
    width: Width = None,
) -> None:
    """List the codes in the library; in a pipe one code per line."""
    if code_set is not None:
        _list_set(ctx, code_set, letters, on, limit, form, width)
        return
    if letters or on:
        raise UsageError("letters and --on are for the codes of a set", hint="name one with --set")
    with open_configured(ctx.obj) as library:
        answer = library.list(limit)
    print_result(ctx.obj, answer, form, width)
    if answer.total > len(answer.entries):
        print_notice(f"the first {len(answer.entries)} of {answer.total} codes; --limit shows more")
    if copy:
        copy_codes(answer)


def _list_set(
    ctx: typer.Context,
    typed: str,
    letters: str,
    on: str | None,
    limit: int | None,
    form: ListForm,
    width: int | None,
) -> None:
    from cptref.codesets.prefixes import list_codes_starting
    from cptref.codesets.releases import parse_set_name
    from cptref.days import parse_day

    if form == "lines":
        raise UsageError("-f lines is for the codes of the library", hint="use -f csv")
    name, day = parse_set_name(typed), parse_day(on)
    with open_catalog(ctx.obj) as catalog:
        answer = catalog.ask(lambda: list_codes_starting(catalog, name, letters, day, limit))
    print_result(ctx.obj, answer, form, width)
    if answer.as_of:
        print_notice(f"{answer.heading}: {answer.as_of}")
    if answer.total > len(answer.codes):
        print_notice(f"the first {len(answer.codes):,} of {answer.total:,} codes; --limit shows more")
    if not answer.codes:
        print_error(f"no code of {answer.heading} begins with {letters}")
        raise typer.Exit(ExitCode.NOT_FOUND)


COMMAND = list_codes
