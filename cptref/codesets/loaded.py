"""What `cptref sets` and `cptref remove` answer: which releases are loaded, and which newer ones are due."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cptref.codesets.releases import CODE_SETS, describe_part, describe_release, parse_release, parse_set_name
from cptref.codesets.store import remove_stores
from cptref.errors import FileError, UsageError
from cptref.models.codesets import LoadedSet, Release, RemoveAnswer, SetsAnswer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from pathlib import Path

    from cptref.codesets.catalog import Catalog
    from cptref.codesets.store import StoreName


def list_sets(catalog: Catalog, folder: str, on: date) -> SetsAnswer:
    """Return the releases that are loaded, those that are out of date on a day, and which sets are missing."""
    releases: list[Release] = []
    damaged = [*map(str, catalog.faults)]  # what earlier questions came upon
    for name in catalog.names:
        release = _read_release(catalog, name)
        releases += [release] if isinstance(release, Release) else []
        damaged += [release] if isinstance(release, str) else []
    sets = [
        LoadedSet(
            release,
            describe_release(release.set, release.release),
            _describe_part(release, releases),
            _explain_due(release, catalog.list_releases(release.set), on),
        )
        for release in releases
    ]
    loaded = {release.set for release in releases}
    missing = tuple(code_set.absence for name, code_set in CODE_SETS.items() if name not in loaded)
    return SetsAnswer(on, folder, tuple(sets), tuple(damaged), not_loaded=missing)


def _read_release(catalog: Catalog, name: StoreName) -> Release | str:
    """Return what a store says of itself, or why it can't be read."""
    try:
        return catalog.open(name).read_release()
    except FileError as error:
        return str(error)


def remove_sets(catalog: Catalog, folder: Path, typed: Iterable[str]) -> RemoveAnswer:
    """Remove releases by their names, `hcpcs-2026Q4`, with every part of them."""
    removed: list[tuple[str, int]] = []
    unknown: list[str] = []
    for name in dict.fromkeys(typed):
        stores = _find_stores(catalog.names, name)
        release = f"{stores[0].set}-{stores[0].release}" if stores else ""
        if not stores:
            unknown.append(_explain_unknown(name, catalog.names))
        elif release not in dict(removed):
            catalog.close()
            remove_stores(folder, stores)
            removed.append((release, len(stores)))
    return RemoveAnswer(tuple(removed), tuple(unknown))


def _find_stores(names: Sequence[StoreName], typed: str) -> list[StoreName]:
    code_set, _, release = typed.strip().rpartition("-")
    try:
        code_set = parse_set_name(code_set)
        wanted = (code_set, parse_release(code_set, release))
    except UsageError:
        return []
    return [name for name in names if (name.set, name.release) == wanted]


def _explain_unknown(typed: str, names: Sequence[StoreName]) -> str:
    from cptref.fuzzy import did_you_mean

    loaded = dict.fromkeys(f"{name.set}-{name.release}" for name in names)
    if not loaded:
        return f"{typed}: no code set is loaded"
    return f"{typed}: is not loaded; {did_you_mean(typed, loaded, edits=3)}loaded are {', '.join(loaded)}"


def _describe_part(release: Release, releases: Sequence[Release]) -> str:
    """Return a part in words. Of two conversion factors of one release, the larger is for QPP."""
    if release.set != "pfs":
        return describe_part(release.set, release.part)
    factors = sorted(other.part for other in releases if other.name == release.name)
    kind = ""
    if len(factors) > 1:
        kind = "QPP " if release.part == factors[-1] else "non-QPP "
    return f"{kind}{describe_part(release.set, release.part)}"


def _explain_due(release: Release, releases: Sequence[str], on: date) -> str:
    """Return that a newer release is due and how to get it, "" if it is not or an older one is asked about."""
    if release.release != releases[0] or on <= release.effective_to:
        return ""
    since = release.effective_to + timedelta(days=1)
    return f"a newer edition is due since {since}: {CODE_SETS[release.set].get}"
