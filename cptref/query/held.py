"""Rows of a compiled library -> the values they were made of."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cptref.model import BilateralIndicator, Modifier, ModifierTable
from cptref.query.entries import article, complete
from cptref.query.tables import unsealed

if TYPE_CHECKING:
    import sqlite3

    from cptref.answers import Entry


def held(connection: sqlite3.Connection, row: tuple[Any, ...]) -> Entry:
    """The entry of a row of body, with the modifiers and notes that are held."""
    code, body, library = unsealed(row)
    notes = connection.execute("SELECT * FROM note WHERE code = ? ORDER BY rowid", (code,))
    said = tuple(unsealed(note)[1] for note in notes)
    return complete(article(json.loads(body)), library, table(connection), said)


def table(connection: sqlite3.Connection) -> ModifierTable:
    """The modifiers held and the meaning of bilateral indicators."""
    (body,) = unsealed(connection.execute("SELECT * FROM modifier_table").fetchone())
    plain = json.loads(body)
    return ModifierTable(
        modifiers=tuple(Modifier(**one) for one in plain["modifiers"]),
        bilateral_indicators=tuple(BilateralIndicator(**one) for one in plain["bilateral_indicators"]),
    )
