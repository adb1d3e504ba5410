"""Where the user's files live: the platform's own folders, as the XDG base-directory specification has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def cache() -> Path:
    """The folder of compiled libraries; everything in it can be deleted."""
    from platformdirs import user_cache_path

    return user_cache_path("cptref", appauthor=False)


def library() -> Path:
    """The folder of the user's own entries."""
    from platformdirs import user_data_path

    return user_data_path("cptref", appauthor=False)


def notes() -> Path:
    """The file of the user's notes."""
    return library() / "notes.toml"
