"""Writing files: whole or not at all, and never over a file that is there unless told to."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from cptref.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def refuse_existing(paths: Iterable[Path], *, force: bool) -> None:
    """Raise FileError if any of the files is there, before the first one is written."""
    there = [str(path) for path in paths if os.path.lexists(path)]
    if there and not force:
        raise FileError(f"{', '.join(there)} is there already", hint="use --force to write over it, or another name")


def put(path: Path, data: bytes, *, force: bool) -> None:
    """Write a file by way of a temporary one beside it, which takes its name when it is whole.

    A device or a pipe is written to as it is. Raises FileError.
    """
    target = path.resolve() if force else path  # with force, what a link points to is written and the link stays
    try:
        if os.path.lexists(target) and not target.is_file():
            target.write_bytes(data)
        else:
            _replace(target, data, force=force)
    except FileExistsError as error:
        raise FileError(f"{path} is there already", hint="use --force to write over it, or another name") from error
    except OSError as error:
        hint = "make the folder first" if not path.parent.is_dir() else "try another place"
        raise FileError(f"{path} can't be written: {error.strerror or error}", hint=hint) from error


def _replace(target: Path, data: bytes, *, force: bool) -> None:
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if force:
            temporary.replace(target)
        else:
            _name(temporary, target)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def _name(temporary: Path, target: Path) -> None:
    """Give a file its name unless the name is taken: a link, unlike a rename, fails where somebody was quicker."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(target):
            raise FileExistsError from None
        temporary.rename(target)
