"""`cptref add`."""

from pathlib import Path
from typing import Annotated

import typer

from cptref import paths
from cptref.cli.messages import print_error
from cptref.cli.options import SETTINGS, Form, Width, choice, in_range
from cptref.cli.output import print_result
from cptref.cli.progress import AddProgress
from cptref.errors import ExitCode

EXAMPLES = (
    "cptref add rvu26d.zip",
    "cptref add downloads --dry-run",
    "cptref add hcpcs.txt rvu26d.zip",
    "cptref add ccipra-v322r0-f1.zip --since 2019",
)
MAX_REFUSED_LINES = 20
READABLE = "RVU, HCPCS, ICD-10-CM, MUE, add-on, pair edit and ZIP code files of CMS, and descriptor files of the AMA"


def add(
    ctx: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Files or folders from CMS, NCHS or the AMA, as they come; icd10cm for the installed extra.",
            show_default=False,
        ),
    ],
    release: Annotated[
        str | None,
        typer.Option(
            "--release", metavar="RELEASE", help="The release of a file that does not say it.", show_default=False
        ),
    ] = None,
    setting: Annotated[
        str | None,
        typer.Option(
            "--setting",
            metavar="SETTING",
            help="practitioner or hospital, of pair edit files whose name does not say it.",
            show_default=False,
            parser=choice(*SETTINGS),
            autocompletion=lambda: list(SETTINGS),
        ),
    ] = None,
    since: Annotated[
        int | None,
        typer.Option(
            "--since",
            metavar="YEAR",
            help="Leave out pair edits that were deleted before this year.",
            show_default=False,
            callback=in_range(1996, 2099),
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what each file is, and store nothing.")] = False,
    form: Form = None,
    width: Width = None,
) -> None:
    """Add code sets from the files that you downloaded."""
    from cptref.codesets.add import AddOptions, add_files
    from cptref.models.codesets import AddAnswer

    with AddProgress(ctx.obj.choose_color()) as progress:
        options = AddOptions(release, setting, since, dry_run)
        added = add_files(files, Path(paths.codesets_dir()), options, progress)
        answer = AddAnswer(tuple(added), dry_run)
    print_result(ctx.obj, answer, form, width)
    for file in answer.refused[:MAX_REFUSED_LINES]:
        print_error(file.reason)
    if (more := len(answer.refused) - MAX_REFUSED_LINES) > 0:
        print_error(f"and {more:,} more refused files; -f json names them")
    if answer.refused:
        raise typer.Exit(ExitCode.USAGE)
    if not answer.recognized:
        print_error(f"nothing to add in {', '.join(files)}; cptref reads {READABLE}")
        raise typer.Exit(ExitCode.NOT_FOUND)


COMMAND = add
