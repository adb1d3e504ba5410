"""What a command runs with: the global options, and the library that it answers from."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Literal, NamedTuple

from cptref import paths
from cptref.cli.messages import report_faults
from cptref.cli.progress import CompileProgress
from cptref.errors import FileError, UsageError

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


class Extra(NamedTuple):
    """What a command needs besides the base install: a module, and the release of its package that it is written for.

    A later release will do that has the same major version. pyproject.toml asks for the same.
    """

    module: str
    release: tuple[int, int]


EXTRAS = {"mcp": Extra("mcp.server", (2, 3)), "browse": Extra("textual.app", (8, 2))}  # by command, and by extra


def require_extra(command: str) -> None:
    """Import the library that a command needs, which comes with the extra of its name.

    Raise UsageError if it is missing, of a release that the command is not written for, or broken.
    """
    from importlib import import_module
    from importlib.metadata import PackageNotFoundError, version
    from re import findall

    module, (major, minor) = EXTRAS[command]
    package = module.partition(".")[0]
    reason = ""
    try:
        installed = version(package)
        if not (major, minor) <= tuple(map(int, findall(r"\d+", installed)[:2])) < (major + 1,):
            reason = f"needs the package {package} {major}.{minor} or a later {major}, and {installed} is installed"
        else:
            import_module(module)
    except PackageNotFoundError:
        reason = f"needs the package {package}, which is not installed"
    except ImportError as error:
        reason = f"needs the package {package}, which can't be imported: {error}"
    if reason:
        # In double quotes, which every shell takes away, that of Windows too.
        name = f'"cptref[{command}]"'
        ways = f"pip install {name}, pipx install --force {name} or uv tool install {name}"
        raise UsageError(f"cptref {command} {reason}", hint=f"install it the way you installed cptref: {ways}")


@contextmanager
def open_configured(settings: Settings, *, is_server: bool = False) -> Iterator[Library]:
    """Open the bundled dataset with the user's folder, those of CPTREF_LIBRARY and those of --library on top.

    Broken files in these folders are left out, and reported after the command has asked its questions. A server tells
    of them in its answers, and prints nothing: the terminal may be that of an agent.
    """
    from cptref import open_library

    with (
        CompileProgress(settings.choose_color()) as progress,
        open_library(
            library_folders(settings), notes=find_notes_file(), progress=None if is_server else progress
        ) as library,
    ):
        yield library
        if not is_server:
            settings.least_code = max(settings.least_code, report_faults(library.seen_faults))


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
        folders.insert(0, str(paths.user_library_dir()))  # there or not: it may come while the library is open
    return folders
