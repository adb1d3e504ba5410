"""`cptref export`: entries as documents, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cptref.atomic import ensure_absent, write_atomic
from cptref.cli.options import Codes, DocumentForm, Force, Sections, Width
from cptref.cli.output import notice, page_or_write, refuse_closed, report_misses
from cptref.cli.session import open_configured
from cptref.cli.stdin import expand_stdin
from cptref.errors import UsageError
from cptref.render import ENDINGS, render

if TYPE_CHECKING:
    from cptref.models.results import ShowAnswer

Output = Annotated[
    str,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE or FOLDER",
        help="Where to; a folder gets a file for each entry. Standard output unless given.",
        show_default=False,
    ),
]
Notes = Annotated[bool, typer.Option("--notes", help="Your own notes too.")]


def export(
    ctx: typer.Context,
    codes: Codes,
    section: Sections = None,
    form: DocumentForm = "text",
    output: Output = "-",
    force: Force = False,
    notes: Notes = False,
    width: Width = None,
) -> None:
    """Write entries, or some sections of them, as a document."""
    if not output:
        raise UsageError("-o needs the name of a file or a folder", hint="or - for standard output")
    with open_configured(ctx.obj) as library:
        found = _noted(library.show(expand_stdin(codes), section or ()), wanted=notes)
    if output == "-":
        refuse_closed()
        page_or_write(ctx.obj, render(found, form, width).encode())
    elif found.entries:
        documents = _documents(found, output, ENDINGS[form])
        ensure_absent(documents, force=force)
        for path, document in documents.items():
            write_atomic(path, render(document, form, width).encode(), force=force)
            notice(f"wrote {path}")
    raise typer.Exit(report_misses(found))


def _noted(found: ShowAnswer, *, wanted: bool) -> ShowAnswer:
    """The answer with the coder's own notes, whatever the sections are, or without them: a document goes places."""
    from cptref.models.article import Section

    if "notes" in found.sections and not wanted:
        raise UsageError("your notes are exported only with --notes")
    entries = []
    for entry in found.entries:
        sections = tuple(section for section in entry.sections if section.key != "notes")
        if wanted and entry.notes:
            sections += (Section(key="notes", points=entry.notes),)
        entries.append(entry._replace(sections=sections, notes=entry.notes if wanted else ()))
    return found._replace(entries=tuple(entries))


def _documents(found: ShowAnswer, output: str, ending: str) -> dict[Path, ShowAnswer]:
    """Which file gets what: one file for all, or in a folder one for each entry, named after its code."""
    if not os.path.isdir(output) and not output.endswith("/"):  # noqa: PTH112 - a name too long is no folder either
        return {Path(output): found}
    from cptref.models.results import group_by_code

    typed = group_by_code(found.appended)
    return {
        Path(output) / f"{one.code}{ending}": found._replace(
            entries=(one,), misses=(), appended=tuple(typed.get(one.code, ()))
        )
        for one in found.entries
    }


COMMANDS = {
    "export": (
        export,
        "cptref export 20976 > 20976.txt",
        "cptref export 20976 -s symptoms -s recovery -f markdown -o sheet.md",
        "cptref export 20976 -s prep -s recovery -s home-care -f html -o handout.html",
        "cptref export 20971 20975 20976 -f json -o .",
    )
}
