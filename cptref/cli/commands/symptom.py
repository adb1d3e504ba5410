"""`cptref symptom`."""

from typing import Annotated

import typer

from cptref.cli.messages import print_error, report_cut, report_reading, report_unmatched
from cptref.cli.options import EntryLimit, Form, Verbose, Width
from cptref.cli.output import print_result
from cptref.cli.session import open_configured
from cptref.errors import ExitCode

EXAMPLES = (
    "cptref symptom 'numb feet' 'weak legs' 'LBP'",
    "cptref symptom 'pins and needles' -f json",
)


def match_symptoms(
    ctx: typer.Context,
    symptoms: Annotated[
        list[str], typer.Argument(metavar="SYMPTOM...", help="What the patient reports.", show_default=False)
    ],
    limit: EntryLimit = 5,
    verbose: Verbose = False,
    form: Form = None,
    width: Width = None,
) -> None:
    """Find codes that fit what a patient reports."""
    with open_configured(ctx.obj) as library:
        answer = library.symptom(symptoms, limit)
    print_result(ctx.obj, answer._replace(verbose=verbose), form, width)
    for symptom in answer.symptoms:
        report_reading(symptom.understood)
        report_unmatched(symptom.unmatched, where="symptoms, uses and causes do not mention")
    report_cut(len(answer.hits), answer.total)
    missed = [symptom.query for symptom in answer.symptoms if not symptom.covered]
    for query in missed:
        print_error(f"no entry covers {query!r}; try fewer or other words, or cptref search")
    if missed:
        raise typer.Exit(ExitCode.NOT_FOUND)


COMMAND = match_symptoms
