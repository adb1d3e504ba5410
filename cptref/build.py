"""Sources -> a compiled library: every file is read and checked, and stored in a database."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from cptref.beside import beside
from cptref.dataset.fingerprint import wait_for_stable_fingerprints
from cptref.dataset.loader import DatasetLoader, ignore_progress
from cptref.errors import Fault
from cptref.index.entries import build_entry
from cptref.index.writer import IndexWriter, Segment

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from pathlib import Path

    from cptref.dataset.layers import Layer
    from cptref.dataset.loader import ProgressCallback
    from cptref.index.writer import Packed

_MANY = 500  # articles: what a second process takes to start is made up for


def build(
    connection: sqlite3.Connection,
    made_from: str,
    layers: tuple[Layer, ...],
    notes: Path | None,
    watch: ProgressCallback | None = None,
) -> None:
    """Fill an empty database with what the layers and the notes hold; of many articles a half beside this process.

    Raises DatasetError where a file of the first layer is broken.
    """
    states = wait_for_stable_fingerprints(
        layers, str(notes or "")
    )  # before reading: what changes meanwhile is seen the next time
    reading = DatasetLoader(layers, notes)
    table, codes = reading.modifiers, reading.codes
    noted: dict[str, list[str]] = {}
    for note in reading.notes:
        noted.setdefault(note.code, []).append(note.text)

    def add(part: Segment | IndexWriter, some: Sequence[str], watch: ProgressCallback = ignore_progress) -> None:
        for one in reading.iter_articles(some, watch):
            own = tuple(noted.get(one.article.code, ()))
            part.add(build_entry(one.article, layers[one.layer_index].name, table, own), one.json)

    def second_half() -> tuple[Packed, list[tuple[int, str, str, str, str]]]:
        before, reading.faults = reading.faults, []
        part = Segment()
        add(part, codes[half:])
        found, reading.faults = reading.faults, before
        return part.packed(), [(layer, path, *fault) for layer, path, fault in found]

    def halfway(done: int, total: int) -> None:
        if watch:
            watch(done * len(codes) // max(total, 1), len(codes))

    half = len(codes) // 2 if len(codes) >= _MANY else len(codes)
    with beside(second_half) if half < len(codes) else nullcontext() as rest, IndexWriter(connection) as compiler:
        add(compiler, codes[:half], halfway)
        if rest:
            packed, faults = rest()
            compiler.append(packed)
            reading.faults += [(layer, path, Fault(*fault)) for layer, path, *fault in faults]
        dataset, left_out = reading.result()
        compiler.finish(made_from, states, dataset, table, reading.vocabulary, reading.notes, left_out)
