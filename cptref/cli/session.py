"""What a command runs with: the global options, and the library that it answers from."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Literal

from cptref import paths
from cptref.cli.messages import report_faults
from cptref.cli.progress import CompileProgress
from cptref.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cptref.codesets.catalog import Catalog
    from cptref.library import Library

Color = Literal["auto", "always", "never"]


class Settings:
    """The global options, as far as the command line has been read."""

    def __init__(self) -> None:
        self.color: Color = "auto"
        self.debug = False
        self.library: list[str] = []
        self.no_pager = False
        self.least_code = 0  # what the exit code is at least, since something could not be read

    def choose_color(self) -> Color:
        """Return when to use color: the option, else the environment (no-color.org, force-color.org; a ban wins)."""
        banned = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
        forced = os.environ.get("FORCE_COLOR") and not banned
        return "always" if self.color == "auto" and forced else self.color


@contextmanager
def open_configured(settings: Settings) -> Iterator[Library]:
    """Open the bundled dataset with the user's folder, those of CPTREF_LIBRARY and those of --library on top.

    Broken files in these folders are left out, and reported after the command has asked its questions.
    """
    from cptref import open_library

    with (
        CompileProgress(settings.choose_color()) as progress,
        open_library(library_folders(settings), notes=find_notes_file(), progress=progress) as library,
    ):
        yield library
        settings.least_code = max(settings.least_code, report_faults(library.faults))


@contextmanager
def open_catalog(settings: Settings) -> Iterator[Catalog]:
    """Open the code sets. Damaged stores are left out, and reported after the command has asked its questions."""
    from contextlib import closing
    from pathlib import Path

    from cptref.codesets.catalog import Catalog

    with closing(Catalog(Path(paths.codesets_dir()))) as catalog:
        yield catalog
        settings.least_code = max(settings.least_code, report_faults(catalog.faults))


def find_notes_file() -> str | None:
    """Return the file of the user's notes, None where there is no home folder."""
    with suppress(FileError):
        return str(paths.notes_file())
    return None


def extra_folders(settings: Settings) -> list[str]:
    """Return the folders of CPTREF_LIBRARY, then those of --library."""
    from_environment = [folder for folder in os.environ.get("CPTREF_LIBRARY", "").split(os.pathsep) if folder]
    # Shells keep the ~ of --library=~/folder, and that of a line being completed.
    return [
        os.path.expanduser(folder)  # noqa: PTH111 - half the time of Path
        for folder in (*from_environment, *settings.library)
    ]


def library_folders(settings: Settings) -> list[str]:
    """Return the folders on top of the bundled dataset, lowest first."""
    folders = extra_folders(settings)
    with suppress(FileError):  # without a home folder there is no user's folder
        user_folder = str(paths.user_library_dir())
        if not paths.is_absent(user_folder):  # one that can't be looked into is reported with what is left out
            folders.insert(0, user_folder)
    return folders
