"""Sources -> a compiled library: every file is read and checked, and stored in a database."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from cptref.beside import beside
from cptref.dataset.files import settled
from cptref.dataset.read import Reading, unwatched
from cptref.errors import Fault
from cptref.query.compile import Compiler, Part
from cptref.query.entries import complete

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from pathlib import Path

    from cptref.dataset.files import Layer
    from cptref.dataset.read import Watch
    from cptref.query.compile import Packed

_MANY = 500  # articles: what a second process takes to start is made up for


def build(
    connection: sqlite3.Connection,
    made_from: str,
    layers: tuple[Layer, ...],
    notes: Path | None,
    watch: Watch | None = None,
) -> None:
    """Fill an empty database with what the layers and the notes hold; of many articles a half beside this process.

    Raises DatasetError where a file of the first layer is broken.
    """
    states = settled(layers, str(notes or ""))  # before reading: what changes meanwhile is seen the next time
    reading = Reading(layers, notes)
    table, codes = reading.modifiers, reading.codes
    noted: dict[str, list[str]] = {}
    for note in reading.notes:
        noted.setdefault(note.code, []).append(note.text)

    def add(part: Part | Compiler, some: Sequence[str], watch: Watch = unwatched) -> None:
        for one in reading.articles(some, watch):
            own = tuple(noted.get(one.article.code, ()))
            part.add(complete(one.article, layers[one.layer].name, table, own), one.written)

    def second_half() -> tuple[Packed, list[tuple[int, str, str, str, str]]]:
        before, reading.faults = reading.faults, []
        part = Part()
        add(part, codes[half:])
        found, reading.faults = reading.faults, before
        return part.packed(), [(layer, path, *fault) for layer, path, fault in found]

    def halfway(done: int, total: int) -> None:
        if watch:
            watch(done * len(codes) // max(total, 1), len(codes))

    half = len(codes) // 2 if len(codes) >= _MANY else len(codes)
    with beside(second_half) if half < len(codes) else nullcontext() as rest, Compiler(connection) as compiler:
        add(compiler, codes[:half], halfway)
        if rest:
            packed, faults = rest()
            compiler.append(packed)
            reading.faults += [(layer, path, Fault(*fault)) for layer, path, *fault in faults]
        dataset, left_out = reading.settle()
        compiler.finish(made_from, states, dataset, table, reading.vocabulary, reading.notes, left_out)
