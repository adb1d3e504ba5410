"""`cptref paths`."""

from typing import TYPE_CHECKING

import typer

from cptref.cli.messages import print_notice
from cptref.cli.options import Form, Width
from cptref.cli.output import print_result
from cptref.cli.session import extra_folders
from cptref.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EXAMPLES = ("cptref paths",)


def show_paths(ctx: typer.Context, form: Form = None, width: Width = None) -> None:
    """Show where data, notes and code sets are."""
    from cptref import paths
    from cptref.models.results import PathsAnswer

    find_folders = (paths.data_dir, paths.user_library_dir, paths.notes_file, paths.codesets_dir, paths.cache_dir)
    data, library, notes, codesets, cache = folders = [*map(_find, find_folders)]
    if not all(folders):
        print_notice("your home folder is not known; set HOME")
    answer = PathsAnswer(
        data=data,
        library=library,
        notes=notes,
        cache=cache,
        codesets=codesets,
        libraries=tuple(extra_folders(ctx.obj)),
    )
    print_result(ctx.obj, answer, form, width)


def _find(find_folder: "Callable[[], Path]") -> str:
    """Return the folder, "" if it is not known."""
    try:
        return str(find_folder())
    except FileError:
        return ""


COMMAND = show_paths
