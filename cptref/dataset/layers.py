"""List the files of a dataset.

A dataset is a folder of `articles/CODE.toml`, with `codes.toml`, `modifiers.toml`, `vocabulary.toml` and `dataset.toml`
beside them. A folder that is laid over another needs none of these, and its articles may also be in the folder itself.
A file is named after its code, so that an answer about one code depends on the few files of that name.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from cptref import paths
from cptref.errors import FileError
from cptref.models.entries import BUNDLED
from cptref.sanitize import single_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

TABLE_NAMES = ("codes.toml", "dataset.toml", "modifiers.toml", "vocabulary.toml")  # any answer may depend on these
NOTES_NAME = "notes.toml"  # the user's notes, which may be beside articles and are not one of them


class Layer(NamedTuple):
    """A dataset folder, and the name that its entries give as their library."""

    name: str
    folder: Path


def bundled_layer() -> Layer:
    """Return the dataset that comes with cptref."""
    return Layer(BUNDLED, paths.data_dir())


def resolve_layers(folders: Iterable[str | os.PathLike[str]]) -> tuple[Layer, ...]:
    """Return the bundled dataset with these folders laid over it in order; a repeated folder counts where it is last.

    Raise FileError if one of them is not a folder.
    """
    from pathlib import Path

    layers: dict[Path, Layer] = {}
    for named_folder in folders:
        folder = os.fspath(named_folder)
        if not os.path.isdir(folder):  # noqa: PTH112 - also False for a name that is empty or too long
            raise FileError(f"{folder or repr(folder)} is not a folder", hint="name a folder of dataset files")
        path = Path(folder).absolute()
        layers.pop(path, None)
        layers[path] = Layer(single_line(str(path)), path)
    return (bundled_layer(), *layers.values())


def iter_toml_files(layer: Layer) -> Iterator[os.DirEntry[str]]:
    """Yield every TOML file of a layer, in order of name within each folder; skip folders that can't be listed."""
    for folder in list_folders(layer):
        yield from sorted(scan_toml_files(folder) or (), key=lambda entry: entry.name)


def candidate_paths(layers: Iterable[Layer], names: Iterable[str]) -> Iterator[str]:
    """Yield every path at which a file of one of these names may be, whether it exists or not."""
    names = tuple(names)
    for layer in layers:
        for folder in list_folders(layer):
            yield from (os.path.join(folder, name) for name in names)  # noqa: PTH118 - quicker, and thousands of them


def list_folders(layer: Layer) -> tuple[str, str]:
    """Return the two folders of a layer that may hold articles: itself and `articles`."""
    folder = str(layer.folder)
    return folder, os.path.join(folder, "articles")  # noqa: PTH118 - the same


def scan_toml_files(folder: str) -> list[os.DirEntry[str]] | None:
    """Return the TOML files of a folder, [] if it does not exist, None if it can't be listed."""
    try:
        with os.scandir(folder) as entries:
            return [
                entry
                for entry in entries
                if entry.name.endswith(".toml") and not entry.name.startswith(".") and entry.name != NOTES_NAME
            ]
    except FileNotFoundError:
        return []
    except OSError:
        return None
