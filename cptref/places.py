"""Where the user's files live: the platform's own folders, as the XDG base-directory specification has them.

Each function raises FileError where nobody knows the user's home folder.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from cptref.errors import FileError

if TYPE_CHECKING:
    from pathlib import Path


def cache() -> Path:
    """The folder of compiled libraries; everything in it can be deleted."""
    return _folder("user_cache_path")


def library() -> Path:
    """The folder of the user's own entries."""
    return _folder("user_data_path")


def notes() -> Path:
    """The file of the user's notes."""
    return library() / "notes.toml"


def _folder(which: str) -> Path:
    import platformdirs

    with suppress(RuntimeError):  # so it says that there is no home; its earlier releases gave a relative folder
        folder: Path = getattr(platformdirs, which)("cptref", appauthor=False)
        if folder.is_absolute():
            return folder
    raise FileError("your home folder is not known", hint="set HOME")
