"""Check files and folders: every fault in them, and warnings about what is not a fault and still needs review."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cptref.dataset.layers import NOTES_NAME, TABLE_NAMES, Layer, canonical_name, resolve_layers
from cptref.dataset.lint import explain_replacement, lint_article
from cptref.dataset.loader import DatasetLoader
from cptref.errors import Fault, FileError
from cptref.models.entries import BUNDLED
from cptref.models.results import CheckAnswer, CheckedPath
from cptref.sanitize import single_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cptref.dataset.loader import LoadedArticle


def check(
    paths: Iterable[str | os.PathLike[str]] = (),
    *,
    folders: Iterable[str | os.PathLike[str]] = (),
    notes: str | os.PathLike[str] | None = None,
) -> CheckAnswer:
    """Check dataset files and folders, with the notes in a folder, as if they were laid over a library of `folders`.

    Without paths, check that library itself, with the bundled dataset first, and the notes. Raise FileError if one of
    the folders is not a folder, or if nothing could be read.
    """
    layers = resolve_layers(folders, notes)
    named_paths = [os.fspath(path) for path in paths]
    answers = [_check_path(layers, path) for path in named_paths]
    if not named_paths:
        answers = [_check_library(layers, Path(notes) if notes else None)]
    answer = CheckAnswer(
        checked=tuple(checked_path for answer in answers for checked_path in answer.checked),
        faults=tuple(dict.fromkeys(fault for answer in answers for fault in answer.faults)),
        warnings=tuple(dict.fromkeys(warning for answer in answers for warning in answer.warnings)),
    )
    if not answer.checked:
        raise FileError("; ".join(map(str, answer.faults)), hint="name a file or a folder")
    return answer


def _check_library(layers: Sequence[Layer], notes: Path | None) -> CheckAnswer:
    """Check all layers, and the notes wherever they are."""
    loader = _load(layers, notes)
    files_by_path = [(str(layer.folder), _list_opened_files(loader, layer.folder)) for layer in layers]
    if notes and str(notes) in loader.opened_paths and not any(str(notes) in files for _, files in files_by_path):
        files_by_path.append((str(notes), [str(notes)]))
    faults = [fault for *_, fault in loader.faults]
    return _make_answer(files_by_path, faults, [warning for _, warning in loader.warnings])


def _check_path(layers: Sequence[Layer], path: str) -> CheckAnswer:
    """Check one path together with the other files of its layer, and report on that path only."""
    folder = Path(path) if os.path.isdir(path) else _find_layer_folder(Path(path))  # noqa: PTH112 - any length will do
    layers = [layer for layer in layers if layer.name == BUNDLED or layer.folder != folder.absolute()]
    if _is_below(path, str(layers[0].folder)):  # bundled files have to meet more rules
        return _make_answer_below(_load(layers[:1], None), path)
    if folder == Path(path):
        return _make_answer_below(_load((*layers, Layer(path, folder)), folder / NOTES_NAME), path)
    loader = DatasetLoader((*layers, Layer(path, folder)), linter=lint_article)
    loaded_with_layer = any(_is_below(opened_path, path) for opened_path in loader.opened_paths)  # as tables are
    if canonical_name(Path(path).name) == NOTES_NAME:
        loader.load_file(path, len(layers))
    elif not loaded_with_layer and (loaded := loader.load_article(path, len(layers))):
        _warn_of_article(loader, loaded._replace(finding=loader.load_finding(loaded.article.code)))
    return _make_answer_below(loader, path)


def _load(layers: Sequence[Layer], notes: Path | None) -> DatasetLoader:
    """Load everything in the layers, with warnings."""
    loader = DatasetLoader(layers, notes, lint_article)
    for loaded in loader.iter_articles(loader.codes):
        _warn_of_article(loader, loaded)
    return loader


def _warn_of_article(loader: DatasetLoader, loaded: LoadedArticle) -> None:
    """Report that an article replaces a bundled one, if it does."""
    if loaded.layer_index and (problem := explain_replacement(loaded, loader.published_codes)):
        loader.warn(loaded.path, "code", problem)


def _find_layer_folder(file: Path) -> Path:
    """Return the folder of the dataset that a file is from, as far as its path tells: the one that has `articles`."""
    return next((folder.parent for folder in file.parents if folder.name == "articles"), file.parent)


def _list_opened_files(loader: DatasetLoader, folder: Path) -> list[str]:
    return [path for path in loader.opened_paths if path.startswith(os.path.join(folder, ""))]  # noqa: PTH118


def _make_answer_below(loader: DatasetLoader, path: str) -> CheckAnswer:
    """Return what a loader has to report on a path and the files below it."""
    files = [file for file in loader.opened_paths if _is_below(file, path)]
    faults = [fault for _, file, fault in loader.faults if _is_below(file, path)]
    if not files and not faults:
        faults = [Fault(single_line(path), "", "contains no dataset file")]
    warnings = [warning for file, warning in loader.warnings if _is_below(file, path)]
    return _make_answer([(path, files)] if files else [], faults, warnings)


def _is_below(path: str, top: str) -> bool:
    """Return whether two paths are the same, or the first is somewhere below the second, through links or by name."""
    return any(
        f"{resolve(path)}{os.sep}".startswith(f"{resolve(top)}{os.sep}")
        for resolve in (os.path.abspath, _resolve_folder)
    )


def _resolve_folder(path: str) -> str:
    """Return a path with its folder resolved; the last name may be a link, and that is what is meant.

    A folder that is not there is not resolved: that looks at each of its parents, by names that grow with each step.
    """
    folder, name = os.path.split(os.path.abspath(path))  # noqa: PTH100 - Path follows the link, or leaves the dots
    if os.path.isdir(folder):  # noqa: PTH112 - any length will do
        folder = os.path.realpath(folder)
    return os.path.join(folder, name)  # noqa: PTH118 - the same


def _make_answer(
    files_by_path: Iterable[tuple[str, list[str]]], faults: list[Fault], warnings: list[Fault]
) -> CheckAnswer:
    """Return an answer on these paths, each with the files that were read there; faults in order of file."""
    checked_paths = []
    for path, files in files_by_path:
        names = [canonical_name(os.path.basename(file)) for file in files]  # noqa: PTH119 - quicker
        others = tuple(name for name in names if name in {*TABLE_NAMES, NOTES_NAME})
        checked_paths.append(CheckedPath(path=single_line(path), articles=len(files) - len(others), other_files=others))
    return CheckAnswer(
        checked=tuple(checked_paths),
        faults=tuple(sorted(faults, key=lambda fault: fault.file)),
        warnings=tuple(sorted(warnings, key=lambda warning: warning.file)),
    )
