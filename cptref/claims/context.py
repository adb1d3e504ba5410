"""What the rules ask: which release answers for a day, the rows of a code, modifiers, and findings on articles."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from cptref.codesets.releases import CODE_SETS
from cptref.models.verdicts import Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from cptref.codesets.catalog import Catalog, Selection
    from cptref.codesets.store import StoreReader
    from cptref.models.article import Modifier, ModifierTable
    from cptref.models.claims import ClaimSettings
    from cptref.models.entries import Entry
    from cptref.models.fees import Locality

Answer = TypeVar("Answer")
MAX_CACHED = 4096  # rows of codes: the codes of a large practice


class ClaimContext:
    """Reads releases, rows, modifiers and entries, each once, and remembers which sets were missing."""

    def __init__(
        self,
        catalog: Catalog,
        modifiers: ModifierTable,
        get_entry: Callable[[str], Entry | None],
        settings: ClaimSettings,
    ) -> None:
        self.catalog = catalog
        self.settings = settings
        self.modifier_table = modifiers
        self.modifiers: Mapping[str, Modifier] = {modifier.code: modifier for modifier in modifiers.modifiers}
        self.missing: dict[str, None] = {}  # sets that were asked for and are not loaded, in order
        self.selections: dict[tuple[str, str], Selection] = {}  # those that answered, by set and release
        self.localities: dict[tuple[tuple[str, bool], ...], Locality] = {}  # those of the days of lines, by releases
        self.get_entry = lru_cache(maxsize=MAX_CACHED)(get_entry)
        self.select = lru_cache(maxsize=MAX_CACHED)(self._select)
        self._read_rows = lru_cache(maxsize=MAX_CACHED)(self._read_rows_of)
        self._memoized: dict[Callable[..., Any], Callable[..., Any]] = {}

    def _select(self, name: str, on: date) -> Selection | None:
        """Return the release of a set that answers for a day, None if the set is not loaded."""
        selection = self.catalog.select(name, on)
        if selection is None:
            self.missing[name] = None
        elif selection.as_of or (name, selection.release) not in self.selections:  # older than one of the days
            self.selections[name, selection.release] = selection
        return selection

    def read_rows(self, selection: Selection, code: str) -> Mapping[str, Mapping[str, str]]:
        """Return what read_rows does of a release, each code read once."""
        return self._read_rows(selection.set, selection.release, code)

    def memoize(self, function: Callable[..., Answer]) -> Callable[..., Answer]:
        """Return a function that remembers its answers for these claims: claims repeat their codes."""
        if function not in self._memoized:
            self._memoized[function] = lru_cache(maxsize=MAX_CACHED)(function)
        return self._memoized[function]

    def _read_rows_of(self, name: str, release: str, code: str) -> Mapping[str, Mapping[str, str]]:
        return read_rows(self.selections[name, release].stores[0], code)


def read_rows(store: StoreReader, code: str) -> dict[str, dict[str, str]]:
    """Return the rows of a code by what tells them apart (a modifier, a primary), with their fields by name."""
    return {record.sub: store.name_fields(record) for record in store.list_records(code)}


def cite(selection: Selection) -> Rule:
    """Return set and release as what a result rests on, and of which time they are if it is another one."""
    mark = selection.as_of.partition(", ")[0].partition(": ")[0]
    return Rule(selection.heading, selection.set, selection.release, mark)


def explain_no_answer(name: str, selection: Selection | None = None) -> tuple[str, Rule]:
    """Return why a set has no answer for a day, `unknown: no ... is loaded`, and what that rests on.

    The day is before every loaded release, or no release is loaded, and then there is no selection.
    """
    if selection:
        return selection.as_of, cite(selection)
    title = CODE_SETS[name].title
    return f"unknown: no {title} is loaded", Rule(title, name)
