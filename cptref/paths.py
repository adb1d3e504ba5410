"""Where files live: the data of the package, and the user's own in the folders of the platform.

Those of the user are where the XDG base-directory specification has them; each function that names one raises
FileError where nobody knows the user's home folder.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from cptref.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def data_dir() -> Path:
    """The folder of the data that comes with cptref: inside the package once installed, beside it in a checkout."""
    from pathlib import Path

    package = Path(__file__).parent
    inside = package / "data"
    return inside if inside.is_dir() else package.parent / "data"


def cache_dir() -> Path:
    """The folder of compiled libraries; everything in it can be deleted."""
    from platformdirs import user_cache_path

    return _resolve(user_cache_path)


def user_library_dir() -> Path:
    """The folder of the user's own entries."""
    from platformdirs import user_data_path

    return _resolve(user_data_path)


def notes_file() -> Path:
    """The file of the user's notes."""
    return user_library_dir() / "notes.toml"


def _resolve(where: Callable[..., Path]) -> Path:
    with suppress(RuntimeError):  # so platformdirs says that there is no home; earlier releases give a relative folder
        folder = where("cptref", appauthor=False)
        if folder.is_absolute():
            return folder
    raise FileError("your home folder is not known", hint="set HOME")
