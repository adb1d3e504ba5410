"""Layers of dataset files -> a compiled index: the only place that knows both rooms."""

from __future__ import annotations

import json
import os
from errno import EACCES, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR, EPERM
from functools import cached_property
from typing import TYPE_CHECKING

from cptref.dataset.fingerprint import fingerprint, fingerprints
from cptref.dataset.layers import TABLE_NAMES, candidate_paths, list_unusual, scan_layer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cptref.dataset.layers import Layer, LayerFiles
    from cptref.dataset.loader import DatasetLoader, ProgressCallback
    from cptref.index.writer import IndexWriter
    from cptref.models.article import Article

LASTING_ERRORS = {EACCES, EPERM, ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG}  # what ends them changes a fingerprint too


class LibrarySources:
    """What a library is compiled from: dataset folders, the first of them bundled, and a file of notes.

    `progress` is told how many articles are done, and of how many.
    """

    def __init__(
        self, layers: tuple[Layer, ...], notes: Path | None = None, progress: ProgressCallback | None = None
    ) -> None:
        self.layers = layers
        self.notes = notes
        self.progress = progress

    @property
    def name(self) -> str:
        """What tells one set of sources from another."""
        return f"{self.layers!r}, {self._notes_path!r}"

    @property
    def layout(self) -> str:
        """The folders that files are read from, and the files whose names can't be told from codes."""
        unusual = [file.path for listing in self._listings for file in list_unusual(listing)]
        return ascii([[listing.folders for listing in self._listings], unusual])

    def refresh(self) -> None:
        """Look anew for where the source files are, when that is asked next."""
        vars(self).pop("_listings", None)

    def fingerprints(self) -> dict[bytes, str]:
        """Return the fingerprint of every source file, by path."""
        return fingerprints(self.layers, self._notes_path)

    def fingerprint(self, path: str) -> str:
        """Return the fingerprint of one file, "" if it is missing."""
        return fingerprint(path)

    def list_candidates(self, codes: Iterable[str]) -> list[str]:
        """Return every path where a file may stand that an answer about these codes rests on."""
        names = (*TABLE_NAMES, *(f"{code}.toml" for code in codes))
        paths = [path for listing in self._listings for path in candidate_paths(listing, names)]
        return [*paths, *([self._notes_path] if self.notes else ())]

    def write(self, writer: IndexWriter, provenance: str) -> None:
        """Read and check every file, and write what the files hold. Raise DatasetError if a bundled file is broken."""
        from cptref.dataset.fingerprint import wait_for_stable_fingerprints
        from cptref.dataset.loader import DatasetLoader

        # Before reading: what changes meanwhile is noticed the next time.
        prints = wait_for_stable_fingerprints(self.layers, self._notes_path)
        loader = DatasetLoader(self.layers, self.notes)
        self._write_entries(writer, loader)
        # What failed for a moment is read again the next time; permissions change the fingerprint when they change.
        prints |= {os.fsencode(path): "" for path, error in loader.errors.items() if error.errno not in LASTING_ERRORS}
        dataset, faults = loader.result()
        published = [loaded.published for loaded in loader.published_codes.values()]
        writer.finish(provenance, prints, dataset, loader.modifiers, published, loader.vocabulary, loader.notes, faults)

    def _write_entries(self, writer: IndexWriter, loader: DatasetLoader) -> None:
        """Write an entry for each article, then for each published code, then for each other code with notes.

        A code that the bundled dataset has an article on has no entry as a published code.
        """
        from cptref.dataset.loader import ignore_progress
        from cptref.index import entries
        from cptref.index.entries import EntrySource
        from cptref.models.article import select_verification
        from cptref.models.entries import NOTES

        modifiers, codes = loader.modifiers, loader.published_codes
        published = {code: loaded.published for code, loaded in codes.items()}
        notes: dict[str, list[str]] = {}
        for note in loader.notes:
            notes.setdefault(note.code, []).append(note.text)
        all_published = entries.PublishedCodes(published.values())
        pointing: dict[str, list[str]] = {}  # to each code, the codes of the articles that say to see it instead
        written: set[str] = set()
        bundled_articles: set[str] = set()  # codes whose bundled finding is that of an article

        def write(source: EntrySource, article_json: str = "") -> None:
            code = source.article.code
            source = source._replace(published=published.get(code), notes=tuple(notes.get(code, ())))
            writer.add(entries.build_entry(source, modifiers), article_json or _to_json(source.article), source.finding)
            written.add(code)

        for layer_index, _, article, article_json, finding in loader.iter_articles(
            loader.codes, self.progress or ignore_progress
        ):
            write(EntrySource("article", article, self.layers[layer_index].name, finding), article_json)
            if layer_index == 0 or finding:
                bundled_articles.add(article.code)
            for code in select_verification(article.verification, finding).see_instead:
                pointing.setdefault(code, []).append(article.code)
        for code, (layer_index, of_code) in codes.items():
            if code not in bundled_articles:  # an own article leaves the published code in its place
                article = entries.build_code_article(of_code, all_published, pointing.get(code, ()))
                write(EntrySource("code", article, self.layers[layer_index].name))
        for code in sorted(notes.keys() - written):
            write(EntrySource("code", entries.build_note_article(code), NOTES))

    @cached_property
    def _listings(self) -> list[LayerFiles]:
        return [scan_layer(layer) for layer in self.layers]

    @property
    def _notes_path(self) -> str:
        return str(self.notes or "")


def _to_json(article: Article) -> str:
    from cptref.models.article import as_table

    return json.dumps(as_table(article), default=str, ensure_ascii=False)
