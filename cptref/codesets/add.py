"""Files that a coder brings -> stores: each recognized by content, read whole, and written or refused whole."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

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
    "add_ons",
    "icd10cm_tabular",
    "icd10cm_index",
    "icd10cm_order",
    "descriptors",
)


def add_files(
    paths: Iterable[str | os.PathLike[str]],
    folder: Path,
    release: str | None = None,
    *,
    dry_run: bool = False,
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
                added = _add(source, folder, release, dry_run=dry_run)
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


def _add(source: Source, folder: Path, release: str | None, *, dry_run: bool) -> AddedFile:
    try:
        layout = recognize(source)
        if layout is None:
            return AddedFile(source.name, "not needed")
        content: Content = layout.read(source, release)
        first, last = effective_days(content.set, content.release)
        about = {"source": source.name, "size": str(source.size), "sha256": source.digest}
        added = AddedFile(
            source.name,
            "added",
            *(content.set, content.release, content.part),
            heading=describe_release(content.set, content.release),
            part_title=describe_part(content.set, content.part),
            rows=len(content.records),
            details=content.details,
            effective_from=first,
            effective_to=last,
            said=content.said,
            warnings=content.warnings,
        )
        stored = _read_stored(folder, content)
        if stored and stored.sha256 == source.digest:
            return added._replace(state="already there")
        if stored and stored.rows > len(content.records):
            raise FileError(
                f"{source.name}: refused: has {len(content.records):,} rows, but {stored.name}, which is loaded from "
                f"{stored.source}, has {stored.rows:,}: is it cut off?",
                hint=f"if it is right, run cptref remove {stored.name} first",
            )
        if dry_run:
            return added._replace(state="would add")
        write_store(folder, content, about | {"added": date.today().isoformat()})  # noqa: DTZ011 - the coder's day
    except CptrefError as error:
        reason = str(error)
        named = reason if source.name in reason else f"{source.name}: {reason}"
        return AddedFile(source.name, "refused", reason=escape_unsafe(named))
    return added


def _read_stored(folder: Path, content: Content) -> Release | None:
    """Return what is stored of the same part of a release, None if there is nothing, or it is damaged."""
    path = folder / StoreName(content.set, content.release, content.part).file
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
