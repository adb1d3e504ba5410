"""The folders of cptref: the data of the package, and the user's own files in the folders of the platform.

On Linux the user's folders follow the XDG base-directory specification. Each function that returns one of them raises
FileError if the user's home folder is not known.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from cptref.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def data_dir() -> Path:
    """Return the folder of the bundled data: inside the package once installed, beside it in a checkout."""
    from pathlib import Path

    package = Path(__file__).parent
    inside = package / "data"
    return inside if inside.is_dir() else package.parent / "data"


def cache_dir() -> Path:
    """Return the folder of compiled libraries; everything in it can be deleted."""
    from platformdirs import user_cache_path

    return _resolve(user_cache_path)


def user_library_dir() -> Path:
    """Return the folder of the user's own entries."""
    from platformdirs import user_data_path

    return _resolve(user_data_path)


def notes_file() -> Path:
    """Return the path of the file of the user's notes."""
    return user_library_dir() / "notes.toml"


def codesets_dir() -> Path:
    """Return the folder of the code sets that the user added."""
    return user_library_dir() / "codesets"


def find_codesets_dir() -> str | None:
    """Return the folder of the code sets that the user added, None where there is no home folder."""
    with suppress(FileError):
        return str(codesets_dir())
    return None


def is_absent(path: str) -> bool:
    """Return whether there is plainly nothing at a path: it can be looked for, and no link leads nowhere on the way."""
    try:
        os.stat(path)  # noqa: PTH116 - any length will do
    except FileNotFoundError:
        while path and not os.path.lexists(path):
            path = os.path.dirname(path)  # noqa: PTH120 - the same
        return not os.path.islink(path)  # noqa: PTH114 - the same
    except OSError:
        pass
    return False


def _resolve(find_folder: Callable[..., Path]) -> Path:
    # Without a home folder platformdirs raises RuntimeError; earlier releases of it return a relative folder.
    with suppress(RuntimeError):
        folder = find_folder("cptref", appauthor=False)
        if folder.is_absolute():
            return folder
    raise FileError("your home folder is not known", hint="set HOME")
