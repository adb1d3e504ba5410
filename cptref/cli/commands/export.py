"""`cptref export`: entries as documents, whole or not at all."""

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from cptref.atomic import ensure_absent, write_atomic
from cptref.cli.hints import add_commands
from cptref.cli.messages import print_notice, report_misses
from cptref.cli.options import Codes, DocumentForm, Force, On, Sections, Width, choice
from cptref.cli.output import page_or_write, require_stdout
from cptref.cli.session import Settings, open_configured
from cptref.cli.stdin import expand_stdin
from cptref.errors import UsageError
from cptref.render import ENDINGS, FORMATS_BY_ENDING, PageFormat, find_ending, find_format, render, render_page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cptref.models.entries import Miss, ShowAnswer
    from cptref.render import ExportFormat

EXAMPLES = (
    "cptref export 20976 > 20976.txt",
    "cptref export 20976 -s symptoms -s recovery -o sheet.md",
    "cptref export 20976 --for patient --phone 555-0100 -o handout.html",
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
Reader = Annotated[
    str | None,
    typer.Option(
        "--for",
        metavar="READER",
        help="patient: a handout on one page, without codes or prices, as text, markdown or html. Its sections are "
        "preparation, recovery and home-care unless -s names others.",
        show_default=False,
        parser=choice("patient"),
        autocompletion=lambda: ["patient"],
    ),
]
Clinic = Annotated[str, typer.Option("--clinic", metavar="NAME", help="Name the clinic on a handout.")]
Phone = Annotated[str, typer.Option("--phone", metavar="NUMBER", help="Give the number to call on a handout.")]
Date = Annotated[str, typer.Option("--date", metavar="DATE", help="Date a handout; shown as typed.")]
Notes = Annotated[bool, typer.Option("--notes", help="Include your own notes.")]


def export(
    ctx: typer.Context,
    codes: Codes,
    section: Sections = None,
    form: DocumentForm = None,
    output: Output = "-",
    force: Force = False,
    reader: Reader = None,
    clinic: Clinic = "",
    phone: Phone = "",
    date: Date = "",
    notes: Notes = False,
    on: On = None,
    width: Width = None,
) -> None:
    """Write entries, or some of their sections, as a document."""
    if not output:
        raise UsageError("-o needs the name of a file or a folder", hint="- is standard output")
    chosen = form or _read_ending(output)
    letterhead = {"clinic": clinic, "phone": phone, "date": date}
    if reader:
        page_form = _require_page_format(chosen)
        answer = _find_handouts(ctx.obj, codes, section, notes=notes)
        to_text = partial(_render_handouts, page_form, width, letterhead)
        to_text(answer)  # an entry that is refused is refused before the first file is written
    else:
        _refuse_letterhead(letterhead)
        answer = _find_entries(ctx.obj, codes, section, chosen, output, on, notes=notes)
        to_text = partial(_render, chosen, width)
    if output == "-":
        require_stdout()
        page_or_write(ctx.obj, to_text(answer).encode())
    elif answer.codes:
        documents = _split_by_file(answer, output, chosen)
        ensure_absent(documents, force=force)
        for path, document in documents.items():
            write_atomic(path, to_text(document).encode(), force=force)
            print_notice(f"wrote {path}{_remark_on_name(path, document, chosen)}")
    raise typer.Exit(report_misses(answer))


def _read_ending(output: str) -> "ExportFormat":
    """Return the format that the name of the output asks for. Raise UsageError for one that can't be written."""
    return "text" if output == "-" or _is_folder(output) else find_format(output)


def _remark_on_name(path: Path, document: "ShowAnswer", form: "ExportFormat") -> str:
    """Return what the line on a file says besides its name."""
    ending = find_ending(path.name)
    # -f is the more deliberate of the two, and what a script relies on; but the name will mislead whoever opens the
    # file, so the line that is printed anyway says what is in it.
    remark = f" as {form}, as -f says" if ending and FORMATS_BY_ENDING.get(ending) != form else ""
    if form != "toml":
        return remark
    name = _name_file(document, document.codes[0], form)
    return f"{remark}; name it {name} in a folder of entries" if path.name != name else remark


def _name_file(answer: "ShowAnswer", code: str, form: "ExportFormat") -> str:
    """Return the name of the file of a code in a folder. Dataset files have published codes in one table."""
    if form == "toml":
        from cptref.render.toml import is_published_code

        if all(is_published_code(entry) for entry in answer.entries if entry.code == code):
            return "codes.toml"
    return f"{code}{ENDINGS[form]}"


def _find_entries(
    settings: Settings,
    codes: list[str],
    section: list[str] | None,
    form: "ExportFormat",
    output: str,
    on: str | None,
    *,
    notes: bool,
) -> "ShowAnswer":
    with open_configured(settings) as library:
        answer = add_commands(library.show(expand_stdin(codes), section or (), on))
    if form == "toml":
        answer = answer._replace(listings=())  # a dataset file has articles and published codes alone
        _refuse_what_toml_lacks(answer, output, notes=notes)
        if not answer.codes and not answer.misses:
            raise UsageError("a dataset file can't hold what only code sets say", hint="choose another format with -f")
    if "notes" in answer.sections and not notes:
        raise UsageError("your notes are exported only with --notes")
    return answer.place_notes(wanted=notes)


def _require_page_format(form: "ExportFormat") -> PageFormat:
    """Return the format of a handout. Raise UsageError for one that is for programs."""
    match form:
        case "text" | "markdown" | "html":
            return form
        case _:
            raise UsageError(f"a handout can't be {form}", hint=f"it can be {', '.join(get_args(PageFormat))}")


def _find_handouts(settings: Settings, codes: list[str], section: list[str] | None, *, notes: bool) -> "ShowAnswer":
    """Return the entries with the sections of a handout; one that has none of the sections asked for is a miss."""
    from cptref.render.handout import DEFAULT_SECTIONS, WARNING_SECTION, require_for_patients
    from cptref.sections import parse_section_names

    if notes:
        raise UsageError("your notes are not for patients", hint="leave --notes out")
    keys = parse_section_names(section or DEFAULT_SECTIONS)
    require_for_patients(keys)
    with open_configured(settings) as library:
        answer = add_commands(library.show(expand_stdin(codes), (*keys, WARNING_SECTION)))
    entries = tuple(entry for entry in answer.entries if any(part.key in keys for part in entry.sections))
    shown = {entry.code for entry in entries}
    misses = tuple(
        _explain_no_handout(miss, keys) if miss.reason == "no-section" and miss.code not in shown else miss
        for miss in answer.misses
    )
    return answer._replace(entries=entries, misses=misses)


def _explain_no_handout(miss: "Miss", keys: "Iterable[str]") -> "Miss":
    """Return why there is no handout of a code: it has none of these sections, or no article at all."""
    if miss.message.startswith("has no article"):
        return miss._replace(message="has no article, so there is no handout of it")
    return miss._replace(message=f"its entry has nothing for a handout: no {', '.join(keys)}")


def _refuse_letterhead(letterhead: "dict[str, str]") -> None:
    """Raise UsageError if there is anything that only a handout has."""
    for name, value in letterhead.items():
        if value:
            raise UsageError(f"--{name} is for a handout", hint="add --for patient")


def _render_handouts(form: PageFormat, width: int | None, letterhead: "dict[str, str]", answer: "ShowAnswer") -> str:
    from cptref.render.handout import build_handout

    return render_page(build_handout(answer, **letterhead), form, width, handout=True)


def _render(form: "ExportFormat", width: int | None, answer: "ShowAnswer") -> str:
    if form == "toml":
        from cptref.render import toml

        return toml.render(answer)
    return render(answer, form, width)


def _refuse_what_toml_lacks(answer: "ShowAnswer", output: str, *, notes: bool) -> None:
    """Raise UsageError for notes, and for several entries without a folder: a dataset file holds one.

    A code of which only notes are known has nothing else to be held.
    """
    from cptref.models.entries import NOTES
    from cptref.render.toml import is_published_code

    if notes or "notes" in answer.sections or any(entry.library == NOTES for entry in answer.entries):
        raise UsageError(
            "a dataset file can't hold your notes", hint="they are in notes.toml; cptref paths shows where"
        )

    published = sum(map(is_published_code, answer.entries))
    if len(answer.entries) > 1 and published < len(answer.entries) and not _is_folder(output):
        raise UsageError("a dataset file holds one entry", hint="name a folder with -o to get a file for each code")


def _is_folder(output: str) -> bool:
    return os.path.isdir(output) or output.endswith(("/", os.sep))  # noqa: PTH112 - Path raises for a name that is too long


def _split_by_file(answer: "ShowAnswer", output: str, form: "ExportFormat") -> "dict[Path, ShowAnswer]":
    """Return what each file gets: one file gets all; in a folder each code has a file named after it."""
    if not _is_folder(output):
        return {Path(output): answer}
    by_path: dict[Path, set[str]] = {}
    for code in answer.codes:
        by_path.setdefault(Path(output) / _name_file(answer, code, form), set()).add(code)
    return {path: answer.select(codes) for path, codes in by_path.items()}


COMMAND = export
