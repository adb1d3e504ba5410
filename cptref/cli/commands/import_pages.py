"""`cptref import`: article pages into the user's own library."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cptref.atomic import ensure_absent, write_atomic
from cptref.cli.options import Force
from cptref.cli.output import notice
from cptref.cli.session import open_configured
from cptref.errors import FileError

if TYPE_CHECKING:
    from cptref import Imported

Output = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FOLDER",
        help="Where to; your own library unless given.",
        show_default=False,
    ),
]


def import_pages(
    ctx: typer.Context,
    pages: Annotated[
        list[str], typer.Argument(metavar="PAGE...", help="Article pages saved as text.", show_default=False)
    ],
    output: Output = None,
    force: Force = False,
) -> None:
    """Turn article pages into dataset files."""
    folder = _folder(output)
    with open_configured(ctx.obj) as library:
        modifiers = {one.code for one in library.modifiers().modifiers}
    made: dict[Path, tuple[str, Imported]] = {}
    refused = False
    for page in pages:
        imported = _read(page, modifiers)
        path = folder if imported is None else _home(folder, imported.code)
        if imported and path in made:
            notice(f"{page}: {made[path][0]} is about {imported.code} too; import one of them")
        if imported is None or path in made:
            refused = True  # the other pages are no worse for it
        else:
            made[path] = page, imported
    ensure_absent(made, force=force)
    if made:
        _make(folder)
    for path, (page, imported) in made.items():
        write_atomic(path, imported.toml.encode(), force=force)
        notice(f"wrote {path}: {_counted(imported)}")
        for one in imported.unplaced:
            notice(f"{page}:{one.line}: not placed: {one.text}")
    raise typer.Exit(2 if refused else 0)


def _read(page: str, modifiers: set[str]) -> Imported | None:
    """The page as a dataset file; what is refused is named."""
    from cptref import import_page

    try:
        return import_page(page, modifiers)
    except FileError as error:
        notice(str(error))
        return None


def _folder(output: str | None) -> Path:
    """Where to write: a folder that is there, or the user's own."""
    from cptref import paths

    if output is None:
        return paths.user_library_dir()
    if not os.path.isdir(output):  # noqa: PTH112 - a name that is empty or too long is no folder either
        raise FileError(f"{output or repr(output)} is no folder", hint="make it first")
    return Path(output)


def _make(folder: Path) -> None:
    """Make the user's own folder where it isn't there, for its owner alone."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"{folder} can't be made: {error.strerror}", hint="name another folder with -o") from error


def _home(folder: Path, code: str) -> Path:
    """The file of a code: among the other articles where they have a folder of their own."""
    name = f"{code}.toml"
    articles = folder / "articles"
    return articles / name if articles.is_dir() and not os.path.lexists(folder / name) else folder / name


def _counted(imported: Imported) -> str:
    counts = {"section": imported.sections, "point": imported.points, "question": imported.questions}
    return ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for name, count in counts.items())


COMMANDS = {
    "import": (
        import_pages,
        "cptref import page.txt",
        "cptref import page.txt -o my-library --force",
    )
}
