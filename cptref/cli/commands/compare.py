"""`cptref compare`."""

import typer

from cptref.cli.hints import add_commands
from cptref.cli.messages import print_notice, report_misses
from cptref.cli.options import Codes, Form, On, Sections, Width
from cptref.cli.output import print_result
from cptref.cli.session import open_configured
from cptref.cli.stdin import expand_stdin

EXAMPLES = (
    "cptref compare 20920 20962",
    "cptref compare 20971 20975 20976 -s preparation -s cost",
    "cptref compare 20920 20962 -f html > compared.html",
)


def compare(
    ctx: typer.Context,
    codes: Codes,
    section: Sections = None,
    on: On = None,
    form: Form = None,
    width: Width = None,
) -> None:
    """Compare codes: what they share and where they differ."""
    with open_configured(ctx.obj) as library:
        answer = add_commands(library.compare(expand_stdin(codes), section or (), on))
    print_result(ctx.obj, answer, form, width)
    if len(answer.codes) == 1:
        others = (miss for miss in answer.misses if miss.code != answer.codes[0])
        has = "has an article" if any(miss.reason == "no-section" for miss in others) else "is known"
        print_notice(f"only {answer.codes[0]} {has}; there is nothing to compare it with")
    raise typer.Exit(report_misses(answer))


COMMAND = compare
