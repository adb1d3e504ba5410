"""`cptref import`: article pages into the user's own library."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cptref.atomic import ensure_absent, write_atomic
from cptref.cli.messages import print_error, print_notice, report_replacement
from cptref.cli.options import Force
from cptref.cli.session import open_configured
from cptref.cli.stdin import MAX_STDIN_BYTES, PLACEHOLDER
from cptref.cli.streams import read_whole
from cptref.errors import ExitCode, FileError, UsageError

if TYPE_CHECKING:
    from cptref import Entry, Imported

EXAMPLES = (
    "cptref import page.txt",
    "cptref import page.txt -o my-library --force",
    "cptref import - -o my-library --force < page.txt",
)

_STDIN_NAME = "standard input"

Output = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FOLDER",
        help="Where to write. The default is your own library.",
        show_default=False,
    ),
]


def import_pages(
    ctx: typer.Context,
    pages: Annotated[
        list[str],
        typer.Argument(metavar="PAGE...", help="Article pages saved as text or HTML; - reads one.", show_default=False),
    ],
    output: Output = None,
    force: Force = False,
) -> None:
    """Convert article pages to dataset files."""
    if pages.count(PLACEHOLDER) > 1:
        raise UsageError("- is named more than once", hint="standard input has one page")
    folder = _choose_folder(output)
    with open_configured(ctx.obj) as library:
        known = {modifier.code for modifier in library.modifiers().modifiers}
        read_pages = [(page, _read_page(page, known)) for page in pages]
        codes = {imported.code for _, imported in read_pages if imported}
        replaced = {code: entry for code in codes if (entry := library.get(code)) and _is_bundled(entry)}
    files: dict[Path, tuple[str, Imported]] = {}
    refused = False
    for page, imported in read_pages:
        path = folder if imported is None else _choose_file(folder, imported.code)
        if imported and path in files:
            print_error(f"{page}: {files[path][0]} is also about {imported.code}; import one of them")
        if imported is None or path in files:
            refused = True  # the other pages are imported all the same
        else:
            files[path] = page, imported
    ensure_absent(files, force=force)
    if files:
        _create_folder(folder)
    for path, (page, imported) in files.items():
        write_atomic(path, imported.toml.encode(), force=force)
        print_notice(f"wrote {path}: {_count_parts(imported)}")
        name = _STDIN_NAME if page == PLACEHOLDER else page
        if imported.changes:
            print_notice(f"{name}: {', '.join(imported.changes)}")
        for line in imported.unplaced:
            print_notice(f"{name}:{line.line}: not placed: {line.text}")
        if imported.code in replaced:
            report_replacement(replaced[imported.code])
    raise typer.Exit(ExitCode.USAGE if refused else ExitCode.OK)


def _is_bundled(entry: "Entry") -> bool:
    """Return whether an entry is from the bundled dataset, replaces one that is, or is on a published code."""
    from cptref.models.entries import BUNDLED

    return BUNDLED in {entry.library, entry.replaces} or entry.published is not None


def _read_page(page: str, modifiers: set[str]) -> "Imported | None":
    """Return the page as a dataset file; report it and return None if it is refused."""
    from cptref import import_page

    try:
        if page == PLACEHOLDER:
            return import_page(_STDIN_NAME, modifiers, data=_read_stdin())
        return import_page(page, modifiers)
    except FileError as error:
        print_error(str(error))
        return None


def _read_stdin() -> bytes:
    """Return the bytes of standard input, or so many that they are no page."""
    if sys.stdin is None:
        raise FileError(f"{_STDIN_NAME} is closed", hint="name a page, or pipe it in")
    if sys.stdin.isatty():
        raise UsageError(
            f"- reads a page from {_STDIN_NAME}, which is a terminal", hint="name a page, or pipe it in with | or <"
        )
    try:
        return read_whole(sys.stdin.buffer, MAX_STDIN_BYTES)
    except OSError as error:
        raise FileError(f"{_STDIN_NAME} can't be read: {error.strerror}", hint="name a page instead") from error


def _choose_folder(output: str | None) -> Path:
    """Return where to write: an existing folder, or the user's own, which may have to be created."""
    from cptref import paths

    if output is None:
        return paths.user_library_dir()
    if not os.path.isdir(output):  # noqa: PTH112 - also for a name that is empty or too long
        raise FileError(f"{output or repr(output)} is not a folder", hint="create it first")
    return Path(output)


def _create_folder(folder: Path) -> None:
    """Create the user's own folder if it is missing, for its owner only."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"{folder} can't be created: {error.strerror}", hint="name another folder with -o") from error


def _choose_file(folder: Path, code: str) -> Path:
    """Return the file for a code: among the other articles if they have a folder of their own."""
    name = f"{code}.toml"
    articles = folder / "articles"
    return articles / name if articles.is_dir() and not os.path.lexists(folder / name) else folder / name


def _count_parts(imported: "Imported") -> str:
    counts = {"section": imported.sections, "point": imported.points, "question": imported.questions}
    return ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for name, count in counts.items())


COMMAND = import_pages
