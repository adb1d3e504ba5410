"""The folder of stores: which releases are there, and which of them answers for a day."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from cptref.codesets.releases import CODE_SETS, describe_release, effective_days, short_release
from cptref.codesets.store import StoreReader, parse_store_name
from cptref.errors import StoreError, UsageError
from cptref.models.codesets import shorten_as_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from cptref.codesets.store import StoreName
    from cptref.errors import Fault
    from cptref.models.codesets import Release

Answer = TypeVar("Answer")


class Selection(NamedTuple):
    """The stores of the one release of a set that answers for a day: one for each part, in order of part.

    `as_of` is "" if the release is in force on the day; else it says which release answers, or that none can, since the
    day is before every loaded release (`is_unknown`).
    """

    set: str
    release: str
    stores: tuple[StoreReader, ...]
    as_of: str = ""
    is_unknown: bool = False

    @property
    def heading(self) -> str:
        """Set and release in words."""
        return describe_release(self.set, self.release)

    @property
    def mark(self) -> str:
        """What `Listing.mark` is: `as of RVU26C`, `unknown on 2018-01-01`, or "" for the right release."""
        return shorten_as_of(self.as_of)

    def explain_ended(self, on: date) -> str:
        """Return until when the release is in force, if that is before a day; "" for any other."""
        _, last = effective_days(self.set, self.release)
        ended = self.as_of and not self.is_unknown
        return f"{self.heading} is in force until {last}; nothing newer is loaded for {on}" if ended else ""

    @property
    def by_dates(self) -> Selection:
        """The selection where rows have days of their own, which can answer for a day before every loaded release."""
        if not self.is_unknown:
            return self
        return self._replace(as_of=f"by its dates in {self.release}, the oldest loaded", is_unknown=False)


class Catalog:
    """The stores in a folder, each opened when first asked for. A missing folder has none.

    Damage shows when a row is read, so a question is asked by way of `ask`, which leaves damaged stores out.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._readers: dict[StoreName, StoreReader] = {}
        self._damaged: dict[str, Fault] = {}  # by name of file

    def close(self) -> None:
        """Close every store."""
        for reader in self._readers.values():
            reader.close()
        self._readers.clear()

    def refresh(self) -> None:
        """Look anew which stores there are, and into each that was damaged or whose file has changed."""
        vars(self).pop("stored", None)
        self._damaged.clear()
        for name, reader in [*self._readers.items()]:
            if reader.is_outdated:
                del self._readers[name]
                reader.close()

    def ask(self, question: Callable[[], Answer]) -> Answer:
        """Return the answer to a question, which is asked again without each store that turns out to be damaged.

        Raise StoreError if the question makes no sense without such a store.
        """
        damage: StoreError | None = None
        while True:
            try:
                return question()
            except StoreError as error:  # noqa: PERF203 - damage is rare
                if error.file in self._damaged:
                    raise
                damage = error
                self._damaged[error.file] = error.fault
            except UsageError as error:
                raise damage or error from None

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with the damaged stores that were left out."""
        return tuple(self._damaged.values())

    @property
    def names(self) -> tuple[StoreName, ...]:
        """The stores that are not known to be damaged, in order of set, release and part."""
        if not self._damaged:
            return self.stored
        return tuple(name for name in self.stored if name.file not in self._damaged)

    @cached_property
    def stored(self) -> tuple[StoreName, ...]:
        """All stores, damaged ones too, in order of set, release and part."""
        if self.folder is None:
            return ()
        found = []
        with suppress(OSError), os.scandir(self.folder) as entries:
            for entry in entries:
                name = parse_store_name(entry.name)
                if name and name.set in CODE_SETS and _is_release(name):
                    found.append(name)
        order = [*CODE_SETS]
        return tuple(sorted(found, key=lambda name: (order.index(name.set), name.release, name.part)))

    def list_sets(self) -> tuple[str, ...]:
        """Return the sets that have a release."""
        return tuple(dict.fromkeys(name.set for name in self.names))

    def list_releases(self, name: str) -> tuple[str, ...]:
        """Return the releases of a set, the newest first."""
        return tuple(dict.fromkeys(store.release for store in reversed(self.names) if store.set == name))

    def open(self, name: StoreName) -> StoreReader:
        """Return a reader of a store. Raise StoreError if it is damaged."""
        if name not in self._readers:
            self._readers[name] = StoreReader(Path(self.folder or ".") / name.file)
        return self._readers[name]

    def open_release(self, name: str, release: str) -> tuple[StoreReader, ...]:
        """Return readers of every part of a release."""
        return tuple(self.open(store) for store in self.names if (store.set, store.release) == (name, release))

    def read_releases(self) -> Iterator[Release]:
        """Yield what each store says of itself."""
        yield from (self.open(name).read_release() for name in self.names)

    def select(self, name: str, on: date) -> Selection | None:
        """Return the release of a set that answers for a day, None if no release of it is loaded.

        That is the one in force, else the newest before it; the oldest, marked as unknown, for a day before all.
        """
        releases = self.list_releases(name)
        if not releases:
            return None
        kind = CODE_SETS[name].kind
        for release in releases:
            first, last = effective_days(name, release)
            if first <= on:
                as_of = "" if on <= last else f"as of {short_release(kind, release)}, the newest loaded before {on}"
                return Selection(name, release, self.open_release(name, release), as_of)
        oldest = releases[-1]
        as_of = f"unknown on {on}: the oldest loaded release is {short_release(kind, oldest)}"
        return Selection(name, oldest, self.open_release(name, oldest), as_of, is_unknown=True)


def _is_release(name: StoreName) -> bool:
    with suppress(UsageError):
        effective_days(name.set, name.release)
        return True
    return False
