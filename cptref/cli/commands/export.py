"""`cptref export`: entries as documents, whole or not at all."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cptref.atomic import ensure_absent, write_atomic
from cptref.cli.messages import print_notice, report_misses
from cptref.cli.options import Codes, DocumentForm, Force, Sections, Width
from cptref.cli.output import page_or_write, require_stdout
from cptref.cli.session import open_configured
from cptref.cli.stdin import expand_stdin
from cptref.errors import UsageError
from cptref.render import ENDINGS, render

if TYPE_CHECKING:
    from cptref.models.entries import ShowAnswer
    from cptref.render import ExportFormat

EXAMPLES = (
    "cptref export 20976 > 20976.txt",
    "cptref export 20976 -s symptoms -s recovery -f markdown -o sheet.md",
    "cptref export 20976 -s prep -s recovery -s home-care -f html -o handout.html",
    "cptref export 20971 20975 20976 -f json -o .",
    "cptref export 20976 -f toml -o my-library/",
)

Output = Annotated[
    str,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE or FOLDER",
        help="Where to write; a folder gets a file for each entry. The default is standard output.",
        show_default=False,
    ),
]
Notes = Annotated[bool, typer.Option("--notes", help="Include your own notes.")]


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
    """Write entries, or some of their sections, as a document."""
    if not output:
        raise UsageError("-o needs the name of a file or a folder", hint="- is standard output")
    with open_configured(ctx.obj) as library:
        answer = library.show(expand_stdin(codes), section or ())
    if form == "toml":
        _refuse_what_toml_lacks(answer, output, notes=notes)
    answer = _place_notes(answer, wanted=notes)
    if output == "-":
        require_stdout()
        page_or_write(ctx.obj, _render(answer, form, width))
    elif answer.entries:
        documents = _split_by_file(answer, output, ENDINGS[form])
        ensure_absent(documents, force=force)
        for path, document in documents.items():
            write_atomic(path, _render(document, form, width), force=force)
            name = f"{document.entries[0].code}.toml"
            rename = f"; name it {name} in a folder of entries" if form == "toml" and path.name != name else ""
            print_notice(f"wrote {path}{rename}")
    raise typer.Exit(report_misses(answer))


def _refuse_what_toml_lacks(answer: "ShowAnswer", output: str, *, notes: bool) -> None:
    """Raise UsageError for notes, and for several entries without a folder: a dataset file holds one."""
    if notes or "notes" in answer.sections:
        raise UsageError(
            "a dataset file can't hold your notes", hint="they are in notes.toml; cptref paths shows where"
        )
    if len(answer.entries) > 1 and not _is_folder(output):
        raise UsageError("a dataset file holds one entry", hint="name a folder with -o to get a file for each code")


def _render(answer: "ShowAnswer", form: "ExportFormat", width: int | None) -> bytes:
    if form == "toml":
        from cptref.render import toml

        return toml.render(answer).encode()
    return render(answer, form, width).encode()


def _is_folder(output: str) -> bool:
    return os.path.isdir(output) or output.endswith("/")  # noqa: PTH112 - Path raises for a name that is too long


def _place_notes(answer: "ShowAnswer", *, wanted: bool) -> "ShowAnswer":
    """Return the answer with the user's notes, whatever the sections are, or without them: documents get around."""
    from cptref.models.article import Section

    if "notes" in answer.sections and not wanted:
        raise UsageError("your notes are exported only with --notes")
    entries = []
    for entry in answer.entries:
        sections = tuple(section for section in entry.sections if section.key != "notes")
        if wanted and entry.notes:
            sections += (Section(key="notes", points=entry.notes),)
        entries.append(entry._replace(sections=sections, notes=entry.notes if wanted else ()))
    return answer._replace(entries=tuple(entries))


def _split_by_file(answer: "ShowAnswer", output: str, ending: str) -> "dict[Path, ShowAnswer]":
    """Return what each file gets: one file gets all; in a folder each entry has a file named after its code."""
    if not _is_folder(output):
        return {Path(output): answer}
    from cptref.models.entries import group_by_code

    typed = group_by_code(answer.appended)
    return {
        Path(output) / f"{entry.code}{ending}": answer._replace(
            entries=(entry,), misses=(), appended=tuple(typed.get(entry.code, ()))
        )
        for entry in answer.entries
    }


COMMAND = export
