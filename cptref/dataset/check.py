"""Files and folders -> every fault in them, and what is no fault and still wants a look."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cptref.dataset.layers import NOTES_NAME, TABLE_NAMES, Layer, resolve_layers
from cptref.dataset.lint import lint_article
from cptref.dataset.loader import DatasetLoader
from cptref.errors import Fault, FileError
from cptref.models.results import CheckAnswer, CheckedPath
from cptref.sanitize import single_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def check(
    paths: Iterable[str | os.PathLike[str]] = (),
    *,
    folders: Iterable[str | os.PathLike[str]] = (),
    notes: str | os.PathLike[str] | None = None,
) -> CheckAnswer:
    """Check dataset files and folders as if they were laid over a library of these folders; notes in a folder too.

    Without paths, what that library is made of, the bundled dataset first, and the notes. Raises FileError where one of
    the folders is none, or nothing could be read.
    """
    layers = resolve_layers(folders)
    given = [os.fspath(path) for path in paths]
    answers = [_path(layers, path) for path in given] or [_library(layers, Path(notes) if notes else None)]
    found = CheckAnswer(
        checked=tuple(one for answer in answers for one in answer.checked),
        faults=tuple(fault for answer in answers for fault in answer.faults),
        warnings=tuple(warning for answer in answers for warning in answer.warnings),
    )
    if not found.checked:
        raise FileError("; ".join(map(str, found.faults)), hint="name a file or a folder")
    return found


def _library(layers: Sequence[Layer], notes: Path | None) -> CheckAnswer:
    """Check all layers, and the notes wherever they are."""
    reading = _read(layers, notes)
    places = [(str(layer.folder), _within(reading, layer.folder)) for layer in layers]
    if notes and str(notes) in reading.read and not any(str(notes) in found for _, found in places):
        places.append((str(notes), [str(notes)]))
    return _answer(places, [fault for *_, fault in reading.faults], [one for _, one in reading.warnings])


def _path(layers: Sequence[Layer], path: str) -> CheckAnswer:
    """Check one path, with what stands beside it in its layer, and say what is true of it alone."""
    folder = Path(path) if os.path.isdir(path) else _folder_of(Path(path))  # noqa: PTH112 - no name is too long for it
    layers = [layer for layer in layers if layer.name == "bundled" or layer.folder != folder.absolute()]
    if _is_below(path, str(layers[0].folder)):  # it is held to what bundled files are held to
        return _below(_read(layers[:1], None), path)
    if folder == Path(path):
        return _below(_read((*layers, Layer(path, folder)), folder / NOTES_NAME), path)
    reading = DatasetLoader((*layers, Layer(path, folder)), doubts=lint_article)
    if not any(_is_below(one, path) for one in reading.read):  # where it isn't a table of its folder
        reading.file(path, len(layers))
    return _below(reading, path)


def _below(reading: DatasetLoader, path: str) -> CheckAnswer:
    """What a reading says of a path and of the files below it."""
    found = [one for one in reading.read if _is_below(one, path)]
    faults = [fault for _, one, fault in reading.faults if _is_below(one, path)]
    if not found and not faults:
        faults = [Fault(single_line(path), "", "holds no dataset file")]
    warnings = [warning for one, warning in reading.warnings if _is_below(one, path)]
    return _answer([(path, found)] if found else [], faults, warnings)


def _is_below(path: str, top: str) -> bool:
    """Whether two paths are the same, or one stands somewhere below the other."""
    return f"{_placed(path)}{os.sep}".startswith(f"{_placed(top)}{os.sep}")


def _placed(path: str) -> str:
    """The path of a file by the one name of its folder; a link is not followed, since that is what stands there."""
    folder, name = os.path.split(os.path.abspath(path))  # noqa: PTH100 - Path follows the link, or leaves the dots
    return os.path.join(os.path.realpath(folder), name)  # noqa: PTH118 - the same


def _read(layers: Sequence[Layer], notes: Path | None) -> DatasetLoader:
    """Read all layers, with what is doubtful in them."""
    reading = DatasetLoader(layers, notes, lint_article)
    held = {one.article.code for one in reading.articles(reading.codes)}
    for number, note in enumerate(reading.notes):
        if note.code not in held:
            unheld = Fault(single_line(str(notes)), f"notes[{number}].code", f"{note.code} is not held")
            reading.warnings.append((str(notes), unheld))
    return reading


def _folder_of(file: Path) -> Path:
    """The layer that a file stands in."""
    return file.parent.parent if file.parent.name == "articles" else file.parent


def _within(reading: DatasetLoader, folder: Path) -> list[str]:
    return [path for path in reading.read if Path(path).parent in {folder, folder / "articles"}]


def _answer(places: list[tuple[str, list[str]]], faults: list[Fault], warnings: list[Fault]) -> CheckAnswer:
    checked = []
    for place, found in places:
        others = tuple(name for name in map(os.path.basename, found) if name in {*TABLE_NAMES, NOTES_NAME})
        checked.append(CheckedPath(path=single_line(place), articles=len(found) - len(others), other_files=others))
    return CheckAnswer(
        checked=tuple(checked), faults=tuple(sorted(faults, key=_file)), warnings=tuple(sorted(warnings, key=_file))
    )


def _file(fault: Fault) -> str:
    return fault.file
