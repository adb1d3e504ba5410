"""`cptref claim`."""

import sys
from typing import Annotated

import typer

from cptref.cli import completion
from cptref.cli.hints import add_commands
from cptref.cli.messages import print_error, print_notice
from cptref.cli.options import Form, Locality, On, Qualifying, SettingOption, Width, ZipCode, choose_locality
from cptref.cli.output import print_result
from cptref.cli.session import open_configured
from cptref.cli.stdin import expand_claims
from cptref.errors import ExitCode

EXAMPLES = (
    "cptref claim 64483-50 64494x2 M54.16",
    "cptref claim claim.837 --zip 33101",
    "cptref claim - --on 2026-11-20 --pos 11 -f json < lines.csv",
)


MAX_REPORTED_UNREAD = 20  # lines on standard error; JSON and CSV have the rest
_PAGES = {None, "terminal", "text", "markdown", "html"}  # formats that say themselves what is not loaded


def claim(
    ctx: typer.Context,
    lines: Annotated[
        list[str],
        typer.Argument(
            metavar="LINES...",
            help="Claim lines as 64483-50 or 64494x2, diagnoses, or files; - reads standard input.",
            show_default=False,
            autocompletion=completion.complete_codes,
        ),
    ],
    on: On = None,
    place: Annotated[
        str,
        typer.Option(
            "--pos",
            metavar="NN",
            help="The place of service of lines without one: 11 is an office.",
            show_default=False,
            autocompletion=completion.complete_places,
        ),
    ] = "",
    locality: Locality = None,
    zip_code: ZipCode = None,
    setting: SettingOption = None,
    qualifying: Qualifying = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show what found nothing, and how each amount comes about.")
    ] = False,
    form: Form = None,
    width: Width = None,
) -> None:
    """Check claim lines against the loaded edits, and price them."""
    with open_configured(ctx.obj) as library:
        answer = library.claim(
            expand_claims(lines),
            on=on,
            place=place,
            locality=choose_locality(locality, zip_code),
            setting=setting or "practitioner",
            qualifying=qualifying,
        )
    answer = add_commands(answer)
    print_result(ctx.obj, answer._replace(verbose=verbose), form, width)
    if form not in _PAGES or not sys.stdout.isatty():  # on a terminal the page has said it
        for text in (*answer.remarks, *answer.not_loaded):
            print_notice(text)
    for unread in answer.unread[:MAX_REPORTED_UNREAD]:
        print_error(f"{unread.input}: {unread.reason}")
    if len(answer.unread) > MAX_REPORTED_UNREAD:
        print_error(f"{len(answer.unread) - MAX_REPORTED_UNREAD:,} more parts could not be read; -f json has all")
    raise typer.Exit(ExitCode.OK if answer.is_clean else ExitCode.NOT_FOUND)


COMMAND = claim
