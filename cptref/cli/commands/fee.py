"""`cptref fee`."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cptref.cli.completion import complete_localities
from cptref.cli.hints import add_commands
from cptref.cli.messages import print_error, print_notice
from cptref.cli.options import Codes, Form, Locality, On, Qualifying, Width, ZipCode, choose_locality
from cptref.cli.output import print_result
from cptref.cli.session import open_configured
from cptref.cli.stdin import expand_stdin
from cptref.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from cptref.library import Library

# What stands behind it, up to the next option, are its values: `--compare FL-04 CA-05`.
GREEDY_OPTION = "--compare"
ZIP_DIGITS = 5  # as many as a code has
EXAMPLES = (
    "cptref fee 64483",
    "cptref fee 64483-50 64493 --zip 33101",
    "cptref fee 64483 64493x2",
    "cptref fee 64483 --compare FL-04 CA-05",
    "cptref fee 64483 --locality FL-04 --formula -f json",
)


def fee(
    ctx: typer.Context,
    codes: Codes,
    on: On = None,
    locality: Locality = None,
    zip_code: ZipCode = None,
    compare: Annotated[
        list[str] | None,
        typer.Option(
            GREEDY_OPTION,
            metavar="LOCALITY...",
            help="Localities side by side: all up to the next option.",
            show_default=False,
            autocompletion=complete_localities,
        ),
    ] = None,
    qualifying: Qualifying = False,
    formula: Annotated[bool, typer.Option("--formula", help="Show how each amount comes about.")] = False,
    form: Form = None,
    width: Width = None,
) -> None:
    """Show what the Medicare fee schedule pays for codes."""
    place = choose_locality(locality, zip_code)
    localities = [*([] if place is None else [place]), *(compare or [])]
    with open_configured(ctx.obj) as library:
        doubts = [*_explain_codes(library, compare or (), on)]
        answer = add_commands(library.fee(expand_stdin(codes), localities, on, qualifying=qualifying))
        answer = answer._replace(remarks=(*answer.remarks, *doubts))
    print_result(ctx.obj, answer._replace(show_formula=formula, compare=bool(compare)), form, width)
    for text in (*answer.remarks, *answer.not_loaded):
        print_notice(text)
    for miss in answer.misses:
        print_error(f"{miss.input}: {miss.reason}")
    raise typer.Exit(ExitCode.NOT_FOUND if answer.misses else ExitCode.OK)


def _explain_codes(library: "Library", compared: Sequence[str], on: str | None) -> Iterator[str]:
    """Yield which ZIP codes are codes too. Raise UsageError for a code that is no ZIP code of a locality."""
    hint = f"put codes in front of {GREEDY_OPTION}"
    for typed in compared:
        if len(typed) == ZIP_DIGITS and typed.isdecimal() and library.fee(typed, on=on).fees:
            try:
                localities = library.fee(typed, typed, on).localities
            except UsageError:
                localities = ()
            if not localities:
                raise UsageError(f"{typed} is a code of the fee schedule, not a locality", hint=hint)
            yield f"{typed} is a code of the fee schedule too, and is taken for a ZIP code; {hint}"


COMMAND = fee
