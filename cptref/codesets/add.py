"""Files that a coder brings -> stores: each recognized by content, read whole, and written or refused whole."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cptref.codesets.catalog import Catalog
from cptref.codesets.pair_edits import compare_total, count_file_rows, is_overlapping
from cptref.codesets.releases import describe_part, describe_release, effective_days
from cptref.codesets.store import StoreName, StoreReader, write_store
from cptref.codesets.walk import iter_sources
from cptref.errors import CptrefError, FileError
from cptref.models.codesets import AddedFile
from cptref.sanitize import escape_unsafe

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator
    from types import ModuleType

    from cptref.codesets.files import Source
    from cptref.codesets.store import Content
    from cptref.models.codesets import Release

PACKAGE_WORD = "icd10cm"  # in place of a path: the file of the package that the extra icd10 installs
# In the order in which they are tried.
LAYOUTS = (
    "fee_schedule",
    "hcpcs",
    "mue",
    "pair_edits",
    "add_ons",
    "gpci",
    "zip5",
    "icd10cm_tabular",
    "icd10cm_index",
    "icd10cm_order",
    "descriptors",
)


class AddOptions(NamedTuple):
    """What is asked for beside files: release and setting of files that do not say them.

    Pair edits that were deleted before the year `since` are left out. A dry run stores nothing.
    """

    release: str | None = None
    setting: str | None = None
    since: int | None = None
    dry_run: bool = False


AS_THEY_COME = AddOptions()


def add_files(
    paths: Iterable[str | os.PathLike[str]],
    folder: Path,
    options: AddOptions = AS_THEY_COME,
    progress: Callable[[str], None] = lambda _: None,
) -> Iterator[AddedFile]:
    """Yield what became of each file. `progress` is told which file is read.

    The path `icd10cm` means the file of the installed package, unless there is a file or a folder of that name.
    """
    read: set[tuple[str, ...]] = set()  # tables of which other forms need not be read
    for source in _iter_all_sources(paths):
        if isinstance(source, FileError):
            yield AddedFile("", "refused", reason=str(source))
        elif source.stem in read:
            yield AddedFile(source.name, "same table")
        else:
            progress(source.name)
            with _without_collector():
                added = _add(source, folder, options)
            if added.state != "not needed":
                read.add(source.stem)
            yield added


@contextmanager
def _without_collector() -> Iterator[None]:
    """Keep Python from looking for cycles among a million small values, which have none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _iter_all_sources(paths: Iterable[str | os.PathLike[str]]) -> Iterator[Source | FileError]:
    named = [*paths]
    files = [path for path in named if path != PACKAGE_WORD or Path(path).exists()]
    if len(files) < len(named):
        from cptref.codesets.packages import iter_package_sources  # which costs what few need

        yield from iter_package_sources()
    yield from iter_sources(files)


def recognize(source: Source) -> ModuleType | None:
    """Return the module of a file's layout, None if it is none of them."""
    if source.is_packed and not source.is_xlsx:  # a document of an office program
        return None
    modules = (import_module(f"cptref.codesets.layouts.{name}") for name in LAYOUTS)
    return next((module for module in modules if module.matches(source)), None)


def _add(source: Source, folder: Path, options: AddOptions) -> AddedFile:
    try:
        layout = recognize(source)
        if layout is None:
            return AddedFile(source.name, "not needed")
        taken = {name: getattr(options, name) for name in getattr(layout, "OPTIONS", ())}
        content: Content = layout.read(source, options.release, **taken)
        if content.blobs:
            content = _settle_part(source, folder, content)
        first, last = effective_days(content.set, content.release)
        about = {"source": source.name, "size": str(source.size), "sha256": source.digest}
        added = AddedFile(
            source.name,
            "added",
            *(content.set, content.release, content.part),
            heading=describe_release(content.set, content.release),
            part_title=describe_part(content.set, content.part),
            rows=content.rows,
            details=content.details,
            effective_from=first,
            effective_to=last,
            said=content.said,
            warnings=(*content.warnings, *_list_conflicts(folder, content)),
        )
        stored = _read_stored(folder, StoreName(content.set, content.release, content.part))
        if stored and stored.sha256 == source.digest and stored.details == content.details:
            return added._replace(state="already there")
        if stored and count_file_rows(stored) > count_file_rows(content):
            raise FileError(
                f"{source.name}: refused: has {count_file_rows(content):,} rows, but {stored.name}, which is loaded "
                f"from {stored.source}, has {count_file_rows(stored):,}: is it cut off?",
                hint=f"if it is right, run cptref remove {stored.name} first",
            )
        if options.dry_run:
            return added._replace(state="would add")
        write_store(folder, content, about | {"added": date.today().isoformat()})  # noqa: DTZ011 - the coder's day
    except CptrefError as error:
        reason = str(error)
        named = reason if source.name in reason else f"{source.name}: {reason}"
        return AddedFile(source.name, "refused", reason=escape_unsafe(named))
    return added


def _settle_part(source: Source, folder: Path, content: Content) -> Content:
    """Return pair edits under the part that has the same file already, with what is odd about all parts together.

    Raise FileError if they overlap another part of the release.
    """
    names = (name for name in Catalog(folder).stored if (name.set, name.release) == (content.set, content.release))
    others = [release for release in (_read_stored(folder, name) for name in names) if release]
    for other in others:
        if other.sha256 == source.digest:
            return content._replace(part=other.part)
        if other.part != content.part and is_overlapping(content.details, other.details):
            own, others_own = (f"{part.details['first']} to {part.details['last']}" for part in (content, other))
            raise FileError(
                f"{source.name}: refused: has the pairs {own}, but {other.part} of {other.name}, which is loaded from "
                f"{other.source}, has {others_own}: no two files of a quarter overlap",
                hint=f"if it is right, run cptref remove {other.name} first",
            )
    rows = {other.part: count_file_rows(other) for other in others} | {content.part: count_file_rows(content)}
    return content._replace(warnings=(*content.warnings, *compare_total(content.set, content.release, rows)))


def _list_conflicts(folder: Path, content: Content) -> list[str]:
    """Return in what a file contradicts the loaded ones."""
    if content.set not in {"gpci", "zip"}:
        return []
    from cptref.codesets.localities import list_conflicts

    return list_conflicts(folder, content)


def _read_stored(folder: Path, name: StoreName) -> Release | None:
    """Return what a store says of itself, None if there is none, or it is damaged."""
    path = folder / name.file
    if not path.exists():
        return None
    try:
        reader = StoreReader(path)
    except CptrefError:
        return None
    try:
        return reader.read_release() if reader.is_whole else None
    except CptrefError:
        return None
    finally:
        reader.close()
