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
    from cptref.render import ExportFormat

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
        found = library.show(expand_stdin(codes), section or ())
    if form == "toml":
        _refuse_what_toml_lacks(found, output, notes=notes)
    found = _noted(found, wanted=notes)
    if output == "-":
        refuse_closed()
        page_or_write(ctx.obj, _render(found, form, width))
    elif found.entries:
        documents = _documents(found, output, ENDINGS[form])
        ensure_absent(documents, force=force)
        for path, document in documents.items():
            write_atomic(path, _render(document, form, width), force=force)
            notice(f"wrote {path}")
    raise typer.Exit(report_misses(found))


def _refuse_what_toml_lacks(found: ShowAnswer, output: str, *, notes: bool) -> None:
    """Raise UsageError for notes, and for several codes without a folder: a dataset file holds one entry."""
    if notes or "notes" in found.sections:
        raise UsageError(
            "a dataset file can't hold your notes", hint="they are in notes.toml; cptref paths shows where"
        )
    codes = {*(entry.code for entry in found.entries), *(miss.code or miss.input for miss in found.misses)}
    if len(codes) > 1 and not _is_folder(output):
        raise UsageError("a dataset file holds one entry", hint="name a folder with -o to get a file for each code")


def _render(found: ShowAnswer, form: ExportFormat, width: int | None) -> bytes:
    if form == "toml":
        from cptref.render import toml

        return toml.render(found).encode()
    return render(found, form, width).encode()


def _is_folder(output: str) -> bool:
    return os.path.isdir(output) or output.endswith("/")  # noqa: PTH112 - Path raises for a name that is too long


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
    if not _is_folder(output):
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
        "cptref export 20976 -f toml -o my-library",
    )
}
