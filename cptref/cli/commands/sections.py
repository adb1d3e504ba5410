"""`cptref sections`."""

import typer

from cptref.cli.options import Form, Width
from cptref.cli.output import print_result

EXAMPLES = ("cptref sections",)


def list_sections(ctx: typer.Context, form: Form = None, width: Width = None) -> None:
    """List the sections and their other names."""
    from cptref.models.results import SectionsAnswer
    from cptref.sections import CATALOGUE

    print_result(ctx.obj, SectionsAnswer(kinds=tuple(CATALOGUE.values())), form, width)


COMMAND = list_sections
