"""Which files make up a dataset, whether they are still the same, and what is in one.

A dataset is a folder of `articles/CODE.toml`, with `modifiers.toml`, `vocabulary.toml` and `dataset.toml` beside them;
a folder that is laid over another needs only articles, which may stand in the folder itself. A file is named after its
code, so that an answer about one code rests on the few files of that name.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from cptref import paths
from cptref.errors import FileError
from cptref.sanitize import single_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

TABLE_NAMES = ("dataset.toml", "modifiers.toml", "vocabulary.toml")  # what every answer may rest on
NOTES_NAME = "notes.toml"  # the user's notes, which may stand beside articles and are none


class Layer(NamedTuple):
    """A dataset folder, and the name by which its entries say where they are from."""

    name: str
    folder: Path


def bundled_layer() -> Layer:
    """The dataset that comes with cptref."""
    return Layer("bundled", paths.data_dir())


def resolve_layers(folders: Iterable[str | os.PathLike[str]]) -> tuple[Layer, ...]:
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
        own[path] = Layer(single_line(str(path)), path)
    return (bundled_layer(), *own.values())


def iter_toml_files(layer: Layer) -> Iterator[os.DirEntry[str]]:
    """Every TOML file of a layer, in order of its name; nothing for a folder that can't be listed."""
    for folder in list_folders(layer):
        yield from sorted(scan_toml_files(folder) or (), key=lambda entry: entry.name)


def candidate_paths(layers: Iterable[Layer], names: Iterable[str]) -> Iterator[str]:
    """Every path at which one of these files may stand."""
    names = tuple(names)
    for layer in layers:
        for folder in list_folders(layer):
            yield from (os.path.join(folder, name) for name in names)  # noqa: PTH118 - the same


def list_folders(layer: Layer) -> tuple[str, str]:
    """Return the two folders of a layer that may hold articles: itself and `articles`."""
    folder = str(layer.folder)
    return folder, os.path.join(folder, "articles")  # noqa: PTH118 - the same


def scan_toml_files(folder: str) -> list[os.DirEntry[str]] | None:
    """The TOML files of a folder, none where it isn't there, and None where it can't be listed."""
    try:
        with os.scandir(folder) as found:
            return [
                entry
                for entry in found
                if entry.name.endswith(".toml") and not entry.name.startswith(".") and entry.name != NOTES_NAME
            ]
    except FileNotFoundError:
        return []
    except OSError:
        return None
