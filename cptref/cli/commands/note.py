"""`cptref note`: the coder's own notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cptref.cli import completion
from cptref.cli.options import Form, Width, in_range
from cptref.cli.output import notice, print_result, report_misses
from cptref.cli.session import open_configured
from cptref.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cptref import Notes
    from cptref.library import Library
    from cptref.models.article import Note
    from cptref.models.results import NotesAnswer

Number = Annotated[
    int | None,
    typer.Option(
        "--remove",
        metavar="N",
        help="Take away the note of this number.",
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
            help="The code; all notes unless given.",
            show_default=False,
            autocompletion=completion.complete_codes,
        ),
    ] = None,
    text: Annotated[
        list[str] | None,
        typer.Argument(metavar="TEXT...", help="What to note on it; its notes unless given.", show_default=False),
    ] = None,
    remove: Number = None,
    form: Form = None,
    width: Width = None,
) -> None:
    """Keep notes of your own on a code, shown with its entry."""
    from cptref import Notes, paths

    notes = Notes(paths.notes_file())
    if code is None:
        if remove is not None:
            raise UsageError("--remove needs a code", hint="as in: cptref note 20976 --remove 1")
        with open_configured(ctx.obj) as library:
            print_result(ctx.obj, _listed(library, notes.all()), form, width)
        return
    plain = _one(code)
    if remove is not None:
        if text:
            raise UsageError("a note is added or removed, not both", hint="leave out the text or --remove")
        _remove(notes, plain, remove)
    elif text:
        with open_configured(ctx.obj) as library:
            found = library.show(plain)
        if found.misses:
            raise typer.Exit(report_misses(found))
        notice(f"note {notes.add(plain, ' '.join(text))} on {plain} is kept in {notes.file}")
    else:
        own = [one for one in notes.all() if one.code == plain]
        if not own:
            notice(f"no note on {plain}; add one with cptref note {plain} TEXT")
            raise typer.Exit(1)
        with open_configured(ctx.obj) as library:
            print_result(ctx.obj, _listed(library, own), form, width)


def _one(typed: str) -> str:
    """The code of an argument, which has to be one code alone."""
    from cptref import codes

    first, *more = codes.parse_codes(typed)
    if first.problem:
        raise UsageError(f"{typed}: {first.problem}")
    if more or first.modifiers:
        raise UsageError(f"{typed}: a note is on one code, without modifiers", hint=f"as in: {first.code}")
    return first.code


def _remove(notes: Notes, code: str, number: int) -> None:
    removed = notes.remove(code, number)
    if removed is None:
        notice(f"there is no note {number} on {code}; cptref note {code} shows those there are")
        raise typer.Exit(1)
    notice(f"removed note {number} on {code}: {removed.text}")


def _listed(library: Library, notes: Iterable[Note]) -> NotesAnswer:
    """Notes by code, with the titles of those that are held."""
    from cptref.models.results import CodeNotes, NotesAnswer

    of_codes: dict[str, list[Note]] = {}
    for one in notes:
        of_codes.setdefault(one.code, []).append(one)
    entries = {code: library.get(code) for code in sorted(of_codes)}
    noted = tuple(
        CodeNotes(code=code, title=entry.title if entry else "", notes=tuple(of_codes[code]))
        for code, entry in entries.items()
    )
    return NotesAnswer(dataset=library.dataset, codes=noted)


COMMANDS = {
    "note": (
        note,
        "cptref note 20976 'the payer asks for the MRI report'",
        "cptref note 20976",
        "cptref note 20976 --remove 1",
        "cptref note",
    )
}
