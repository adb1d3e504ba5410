"""Layers of dataset files -> a compiled index: the only place that knows both rooms."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cptref.dataset.fingerprint import fingerprint, fingerprints
from cptref.dataset.layers import TABLE_NAMES, candidate_paths

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cptref.dataset.layers import Layer
    from cptref.dataset.loader import ProgressCallback
    from cptref.index.writer import IndexWriter


class LibrarySources(NamedTuple):
    """What a library is compiled from: dataset folders, the first of them bundled, and a file of notes.

    `progress` is told how many articles are done, and of how many.
    """

    layers: tuple[Layer, ...]
    notes: Path | None = None
    progress: ProgressCallback | None = None

    @property
    def name(self) -> str:
        """What tells one set of sources from another."""
        return f"{self.layers!r}, {self._notes_path!r}"

    def fingerprints(self) -> dict[bytes, str]:
        """Return the fingerprint of every source file, by path."""
        return fingerprints(self.layers, self._notes_path)

    def fingerprint(self, path: str) -> str:
        """Return the fingerprint of one file, "" if it is missing."""
        return fingerprint(path)

    def list_candidates(self, codes: Iterable[str]) -> list[str]:
        """Return every path where a file may stand that an answer about these codes rests on."""
        names = (*TABLE_NAMES, *(f"{code}.toml" for code in codes))
        return [*candidate_paths(self.layers, names), *([self._notes_path] if self.notes else ())]

    def write(self, writer: IndexWriter, provenance: str) -> None:
        """Read and check every file, and write what the files hold. Raise DatasetError if a bundled file is broken."""
        from cptref.dataset.fingerprint import wait_for_stable_fingerprints
        from cptref.dataset.loader import DatasetLoader, ignore_progress
        from cptref.index.entries import build_entry

        # Before reading: what changes meanwhile is noticed the next time.
        prints = wait_for_stable_fingerprints(self.layers, self._notes_path)
        loader = DatasetLoader(self.layers, self.notes)
        modifiers = loader.modifiers
        notes: dict[str, list[str]] = {}
        for note in loader.notes:
            notes.setdefault(note.code, []).append(note.text)
        for loaded in loader.iter_articles(loader.codes, self.progress or ignore_progress):
            own_notes = tuple(notes.get(loaded.article.code, ()))
            library = self.layers[loaded.layer_index].name
            writer.add(build_entry(loaded.article, library, modifiers, own_notes), loaded.json)
        dataset, faults = loader.result()
        writer.finish(provenance, prints, dataset, modifiers, loader.vocabulary, loader.notes, faults)

    @property
    def _notes_path(self) -> str:
        return str(self.notes or "")
