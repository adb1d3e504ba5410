"""Check files and folders: every fault in them, and warnings about what is not a fault and still needs review."""

from __future__ import annotations

import os
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from cptref.dataset.layers import NOTES_NAME, TABLE_NAMES, Layer, canonical_name, resolve_layers
from cptref.dataset.lint import explain_replacement, lint_article
from cptref.dataset.loader import DatasetLoader
from cptref.errors import Fault, FileError
from cptref.models.entries import BUNDLED
from cptref.models.results import CheckAnswer, CheckedPath
from cptref.paths import is_absent
from cptref.sanitize import single_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cptref.dataset.loader import LoadedArticle

T = TypeVar("T")


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
    layers = tuple(layer for layer in resolve_layers(folders, notes) if not is_absent(str(layer.folder)))
    named_paths = [*dict.fromkeys(os.fspath(path) for path in paths)]
    if named_paths:
        answers_by_path = dict(_check_paths(layers, named_paths))
        answers = [answers_by_path[path] for path in named_paths]
    else:
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


def _check_paths(layers: Sequence[Layer], paths: Iterable[str]) -> Iterator[tuple[str, CheckAnswer]]:
    """Yield each path with what a check of it together with the other files of its layer has to report on it only.

    What several paths are checked with is loaded once: the layers below, and the tables beside files.
    """
    load_bundled = cache(partial(_load, layers[:1], None))
    load_layers = cache(partial(DatasetLoader, linter=lint_article))
    files_by_folder: dict[Path, list[str]] = {}
    for path in paths:
        folder = Path(path)
        if _is_below(path, str(layers[0].folder)):  # bundled files have to meet more rules
            yield path, _make_answer_below(load_bundled(), path)
        elif os.path.isdir(path):  # noqa: PTH112 - any length will do
            loader = load_layers(_list_others(layers, folder)).copy()
            loader.add_layers([Layer(path, folder)], folder / NOTES_NAME)
            _load_articles(loader, loader.codes_of_last_layer)
            yield path, _make_answer_below(loader, path)
        else:
            files_by_folder.setdefault(_find_layer_folder(folder), []).append(path)
    for folder, files in files_by_folder.items():
        others = _list_others(layers, folder)
        loader = load_layers(others).copy()
        loader.add_layers([Layer(str(folder), folder)])
        yield from _check_files(loader, files, len(others))


def _list_others(layers: Sequence[Layer], folder: Path) -> tuple[Layer, ...]:
    """Return the layers that a folder is laid over when it is checked."""
    return tuple(layer for layer in layers if layer.name == BUNDLED or layer.folder != folder.absolute())


def _check_files(loader: DatasetLoader, paths: Sequence[str], layer_index: int) -> Iterator[tuple[str, CheckAnswer]]:
    """Check files of one layer, whose tables are loaded, and yield each with what there is to report on it."""
    opened_files = {*map(_resolve_folder, loader.opened_paths)}
    for path in paths:
        if _resolve_folder(path) in opened_files:  # a table, or a file that was named twice
            continue
        opened_files.add(_resolve_folder(path))
        if canonical_name(Path(path).name) == NOTES_NAME:
            loader.load_file(path, layer_index)
        elif loaded := loader.load_article(path, layer_index):
            _warn_of_article(loader, loaded._replace(finding=loader.load_finding(loaded.article.code)))
    opened = _group_by_file((path, path) for path in loader.opened_paths)
    faults = _group_by_file((path, fault) for _, path, fault in loader.faults)
    warnings = _group_by_file(loader.warnings)
    for path in paths:
        file = _resolve_folder(path)
        yield path, _make_path_answer(path, opened.get(file, []), faults.get(file, []), warnings.get(file, []))


def _group_by_file(items: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    """Return items by the file that they belong to, however its path is written."""
    groups: dict[str, list[T]] = {}
    for path, item in items:
        groups.setdefault(_resolve_folder(path), []).append(item)
    return groups


def _load(layers: Sequence[Layer], notes: Path | None) -> DatasetLoader:
    """Load everything in the layers, with warnings."""
    loader = DatasetLoader(layers, notes, lint_article)
    _load_articles(loader, loader.codes)
    return loader


def _load_articles(loader: DatasetLoader, codes: Sequence[str]) -> None:
    for loaded in loader.iter_articles(codes):
        _warn_of_article(loader, loaded)


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
    return _make_path_answer(
        path,
        [file for file in loader.opened_paths if _is_below(file, path)],
        [fault for _, file, fault in loader.faults if _is_below(file, path)],
        [warning for file, warning in loader.warnings if _is_below(file, path)],
    )


def _make_path_answer(path: str, files: list[str], faults: list[Fault], warnings: list[Fault]) -> CheckAnswer:
    """Return what there is to report on a path; it was checked unless nothing could be read there."""
    is_checked = bool(files) or any(fault.file != single_line(path) and not fault.is_unreadable for fault in faults)
    if not files and not faults:
        faults = [Fault(single_line(path), "", "contains no dataset file")]
    return _make_answer([(path, files)] if is_checked else [], faults, warnings)


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
