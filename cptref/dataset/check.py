"""Files and folders -> every fault in them, and what is no fault and still wants a look."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cptref.answers import CheckAnswer, Checked
from cptref.characters import one_line
from cptref.dataset.doubts import doubts
from cptref.dataset.files import NOTES, TABLES, Layer, bundled
from cptref.dataset.read import Reading
from cptref.errors import Fault, FileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def check(
    paths: Iterable[str | os.PathLike[str]] = (),
    *,
    folders: Iterable[str | os.PathLike[str]] = (),
    notes: str | os.PathLike[str] | None = None,
) -> CheckAnswer:
    """Check dataset files and folders as if they were laid over the bundled dataset; notes in a folder too.

    Without paths, what a library of these folders and notes is made of: the bundled dataset first. Raises FileError
    where nothing could be read.
    """
    given = [os.fspath(path) for path in paths]
    if given:
        answers = [_path(path) for path in given]
    else:
        layers = (bundled(), *(Layer(os.fspath(folder), Path(folder).absolute()) for folder in folders))
        answers = [_layers(layers, 0, Path(notes) if notes else None)]
    found = CheckAnswer(
        checked=tuple(one for answer in answers for one in answer.checked),
        faults=tuple(fault for answer in answers for fault in answer.faults),
        warnings=tuple(warning for answer in answers for warning in answer.warnings),
    )
    if not any(one.articles or one.others for one in found.checked):
        raise FileError(
            "; ".join(map(str, found.faults)) or "there is nothing to check", hint="name a file or a folder"
        )
    return found


def _path(path: str) -> CheckAnswer:
    if os.path.isdir(path):  # noqa: PTH112 - a name too long is no folder either
        folder, ours = Path(path), bundled()
        if folder.samefile(ours.folder):
            return _layers((ours,), 0, None)
        return _layers((ours, Layer(path, folder)), 1, folder / NOTES)
    reading = Reading((bundled(),), doubts=doubts)
    reading.file(path, 1)
    return _answer(reading, [(path, [found for found in reading.read if found == path])], 1)


def _layers(layers: Sequence[Layer], first: int, notes: Path | None) -> CheckAnswer:
    """Check the layers from the first on that is asked for."""
    reading = Reading(layers, notes, doubts)
    held = {one.article.code for one in reading.articles(reading.codes)}
    for number, note in enumerate(reading.notes):
        if note.code not in held:
            reading.warnings.append(Fault(one_line(str(notes)), f"notes[{number}].code", f"{note.code} is not held"))
    places = [(str(layer.folder), _within(reading, layer.folder)) for layer in layers[first:]]
    if notes and str(notes) in reading.read and not any(str(notes) in found for _, found in places):
        places.append((str(notes), [str(notes)]))
    return _answer(reading, places, first)


def _within(reading: Reading, folder: Path) -> list[str]:
    return [path for path in reading.read if Path(path).parent in {folder, folder / "articles"}]


def _answer(reading: Reading, places: list[tuple[str, list[str]]], first: int) -> CheckAnswer:
    faults = [fault for layer, fault in reading.faults if layer < 0 or layer >= first]
    if not faults:
        faults = [Fault(one_line(place), "", "holds no dataset file") for place, found in places if not found]
    checked = []
    for place, found in places:
        others = tuple(name for name in map(os.path.basename, found) if name in {*TABLES, NOTES})
        checked.append(Checked(path=one_line(place), articles=len(found) - len(others), others=others))
    mine = {one_line(path) for _, found in places for path in found}
    return CheckAnswer(
        checked=tuple(checked),
        faults=tuple(sorted(faults, key=_file)),
        warnings=tuple(sorted((one for one in reading.warnings if one.file in mine), key=_file)),
    )


def _file(fault: Fault) -> str:
    return fault.file
