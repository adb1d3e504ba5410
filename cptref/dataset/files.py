"""Which files make up a dataset, whether they are still the same, and what is in one.

A dataset is a folder of `articles/CODE.toml`, with `modifiers.toml`, `vocabulary.toml` and `dataset.toml` beside them;
a folder that is laid over another needs only articles, which may stand in the folder itself. A file is named after its
code, so that an answer about one code rests on the few files of that name.
"""

from __future__ import annotations

import os
import stat
from functools import partial
from time import sleep, time_ns
from typing import TYPE_CHECKING, NamedTuple

from cptref import places
from cptref.characters import one_line
from cptref.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

TABLES = ("dataset.toml", "modifiers.toml", "vocabulary.toml")  # what every answer may rest on
NOTES = "notes.toml"  # the user's notes, which may stand beside articles and are none

MOST = 2**20  # bytes of a file: five times the bundled vocabulary, a hundred times an article

# Nanoseconds. Linux stamps a file with the time of its clock's last tick, which comes every 10 ms or more often, and
# some disks know seconds alone, or every other one: what is changed twice within a tick has the same time after both.
_TICK, _LONG_TICK, _SECOND = 20_000_000, 2_000_000_000, 1_000_000_000


class Layer(NamedTuple):
    """A dataset folder, and the name by which its entries say where they are from."""

    name: str
    folder: Path


def bundled() -> Layer:
    """The dataset that comes with cptref."""
    return Layer("bundled", places.data())


def layered(folders: Iterable[str | os.PathLike[str]]) -> tuple[Layer, ...]:
    """The bundled dataset with these folders laid over it in order, one that is named twice as the later.

    Raises FileError where one of them is none.
    """
    from pathlib import Path

    own: dict[Path, Layer] = {}
    for one in folders:
        folder = os.fspath(one)
        if not os.path.isdir(folder):  # noqa: PTH112 - a name that is empty or too long is no folder either
            raise FileError(f"{folder or repr(folder)} is no folder", hint="name a folder of dataset files")
        path = Path(folder).absolute()
        own.pop(path, None)
        own[path] = Layer(one_line(str(path)), path)
    return (bundled(), *own.values())


def sources(layer: Layer) -> Iterator[os.DirEntry[str]]:
    """Every TOML file of a layer, in order of its name; nothing for a folder that can't be listed."""
    for folder in _folders(layer):
        yield from sorted(_listed(folder) or (), key=lambda entry: entry.name)


def states(layers: Iterable[Layer], notes: str) -> dict[bytes, str]:
    """The state of every source file by its path: its size, its times of content and of place, which file it is.

    A folder that is there and can't be listed has one too.

    Times are compared for being equal and never for being later, so a clock that goes backwards does no harm.
    """
    found = {os.fsencode(notes): state(notes)} if notes else {}
    for layer in layers:
        for folder in _folders(layer):
            listed = _listed(folder)
            if listed is None:
                found[os.fsencode(folder)] = state(folder)
            else:
                found |= {os.fsencode(entry.path): _state(entry.stat) for entry in listed}
    return found


def settled(layers: Iterable[Layer], notes: str) -> dict[bytes, str]:
    """The states, once none is so new that a further change might leave it as it is."""
    found = states(layers, notes)
    now = time_ns()
    stamps = [int(one.split()[2]) for one in found.values() if one]
    ends = (stamp + (_TICK if stamp % _SECOND else _LONG_TICK) for stamp in stamps if stamp <= now)
    if (wait := max(ends, default=0) - now) > 0:
        sleep(wait / _SECOND)
        return states(layers, notes)
    return found


def state(path: str) -> str:
    """The state of one file, "" where there is none; of a link that leads nowhere, its own."""
    return _state(partial(os.stat, path))


def homes(layers: Iterable[Layer], names: Iterable[str]) -> Iterator[str]:
    """Every path at which one of these files may stand."""
    names = tuple(names)
    for layer in layers:
        for folder in _folders(layer):
            yield from (os.path.join(folder, name) for name in names)  # noqa: PTH118 - the same


def content(path: str) -> bytes:
    """What is in a file. Raises OSError, also where it is no file, too large, or changed while it was read.

    Nothing that never ends is waited for, and nothing without bounds is read.
    """
    if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 - the same
        raise OSError("isn't a file")
    # Whoever puts a pipe in its place just now is not waited for either.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        before = os.fstat(handle)
        if not stat.S_ISREG(before.st_mode):
            raise OSError("isn't a file")
        if before.st_size > MOST:
            raise OSError(f"has more than {MOST:,} bytes")
        found = os.read(handle, MOST + 1)
        after = os.fstat(handle)
    finally:
        os.close(handle)
    if len(found) != before.st_size or before.st_mtime_ns != after.st_mtime_ns:
        raise OSError("was changed while it was read")
    return found


def _folders(layer: Layer) -> tuple[str, str]:
    folder = str(layer.folder)
    return folder, os.path.join(folder, "articles")  # noqa: PTH118 - the same


def _listed(folder: str) -> list[os.DirEntry[str]] | None:
    """The TOML files of a folder, none where it isn't there, and None where it can't be listed."""
    try:
        with os.scandir(folder) as found:
            return [
                entry
                for entry in found
                if entry.name.endswith(".toml") and not entry.name.startswith(".") and entry.name != NOTES
            ]
    except FileNotFoundError:
        return []
    except OSError:
        return None


def _state(look: Callable[..., os.stat_result]) -> str:
    try:
        found = look()
    except OSError:
        try:
            found = look(follow_symlinks=False)
        except OSError:
            return ""
    # Windows tells the number of a file to some that ask, and not to others.
    number = found.st_ino if os.name == "posix" else 0
    return f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {number}"
