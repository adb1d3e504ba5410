"""`cptref note`: the user's own notes."""

from typing import TYPE_CHECKING, Annotated

import typer

from cptref.cli import completion
from cptref.cli.messages import print_error, print_notice, report_replacement
from cptref.cli.options import Form, Width, in_range
from cptref.cli.output import print_result
from cptref.cli.session import Settings, open_configured
from cptref.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cptref import Notes
    from cptref.library import Library
    from cptref.models.notes import Note
    from cptref.models.results import NotesAnswer

EXAMPLES = (
    "cptref note 20976 'the payer asks for the MRI report'",
    "cptref note 20976",
    "cptref note 20976 --remove 1",
    "cptref note",
)

Remove = Annotated[
    int | None,
    typer.Option(
        "--remove",
        metavar="N",
        help="Remove note number N.",
        show_default=False,
        callback=in_range(1, 1_000_000),
    ),
]


def note(
    ctx: typer.Context,
    code: Annotated[
        str | None,
        typer.Argument(
            metavar="CODE",
            help="The code. The default is to list all notes.",
            show_default=False,
            autocompletion=completion.complete_codes,
        ),
    ] = None,
    text: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TEXT...", help="A note to add. The default is to list the notes on the code.", show_default=False
        ),
    ] = None,
    remove: Remove = None,
    form: Form = None,
    width: Width = None,
) -> None:
    """Keep your own notes on a code; they appear with its entry."""
    from cptref import Notes, paths

    notes = Notes(paths.notes_file())
    if code is None:
        if remove is not None:
            raise UsageError("--remove needs a code", hint="as in: cptref note 20976 --remove 1")
        _print_notes(ctx.obj, notes.all(), form, width)
        return
    parsed = _parse_single_code(code)
    if remove is not None:
        if text:
            raise UsageError("a note is added or removed, not both", hint="leave out the text or --remove")
        _remove_note(notes, parsed, remove)
    elif text:
        _add_note(ctx.obj, notes, parsed, " ".join(text))
    elif own := [note for note in notes.all() if note.code == parsed]:
        _print_notes(ctx.obj, own, form, width)
    else:
        print_error(f"no note on {parsed}; add one with cptref note {parsed} TEXT")
        raise typer.Exit(ExitCode.NOT_FOUND)


def _parse_single_code(typed: str) -> str:
    """Return the code of an argument; raise UsageError unless it is exactly one code."""
    from cptref import codes

    first, *others = codes.parse_codes(typed)
    if first.problem:
        raise UsageError(f"{typed}: {first.problem}")
    if others or first.modifiers or first.last:
        raise UsageError(
            f"{typed}: a note is on one code, without modifiers", hint=f"as in: {first.code or first.diagnosis}"
        )
    return first.code or first.diagnosis


def _add_note(settings: Settings, notes: "Notes", code: str, text: str) -> None:
    """Add a note on any code, and say what an own entry on it replaces."""
    from cptref.models.entries import BUNDLED

    print_notice(f"saved note {notes.add(code, text)} on {code} in {notes.file}")
    with open_configured(settings) as library:
        entry = library.get(code)
    if entry and entry.kind == "article" and entry.library != BUNDLED:
        report_replacement(entry)


def _remove_note(notes: "Notes", code: str, number: int) -> None:
    removed = notes.remove(code, number)
    if removed is None:
        print_error(f"no note {number} on {code}; cptref note {code} lists its notes")
        raise typer.Exit(ExitCode.NOT_FOUND)
    print_notice(f"removed note {number} on {code}: {removed.text}")


def _print_notes(settings: Settings, notes: "Iterable[Note]", form: Form, width: Width) -> None:
    with open_configured(settings) as library:
        print_result(settings, _group_notes(library, notes), form, width)


def _group_notes(library: "Library", notes: "Iterable[Note]") -> "NotesAnswer":
    """Return the notes by code, with the titles of the codes in the library."""
    from cptref.models.results import CodeNotes, NotesAnswer

    by_code: dict[str, list[Note]] = {}
    for note in notes:
        by_code.setdefault(note.code, []).append(note)
    codes = tuple(
        CodeNotes(code=code, title=_get_title(library, code), notes=tuple(by_code[code])) for code in sorted(by_code)
    )
    return NotesAnswer(dataset=library.dataset, codes=codes)


def _get_title(library: "Library", code: str) -> str:
    """Return what a code is, "" if nothing is known of it but the notes."""
    from cptref.models.entries import NOTES

    entry = library.get(code)
    if entry and entry.library != NOTES:
        return entry.title
    return library.code(code).title if library.has_code_sets else ""


COMMAND = note
