"""Rows of a compiled library -> the values they were made of."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cptref.index.entries import article_from_json, build_entry
from cptref.index.schema import verified
from cptref.models.article import BilateralIndicator, Modifier, ModifierTable

if TYPE_CHECKING:
    import sqlite3

    from cptref.models.results import Entry


def read_entry(connection: sqlite3.Connection, row: tuple[Any, ...]) -> Entry:
    """The entry of a row of body, with the modifiers and notes that are held."""
    code, body, library = verified(row)
    notes = connection.execute("SELECT * FROM note WHERE code = ? ORDER BY rowid", (code,))
    said = tuple(verified(note)[1] for note in notes)
    return build_entry(article_from_json(json.loads(body)), library, read_modifier_table(connection), said)


def read_modifier_table(connection: sqlite3.Connection) -> ModifierTable:
    """The modifiers held and the meaning of bilateral indicators."""
    (body,) = verified(connection.execute("SELECT * FROM modifier_table").fetchone())
    plain = json.loads(body)
    return ModifierTable(
        modifiers=tuple(Modifier(**one) for one in plain["modifiers"]),
        bilateral_indicators=tuple(BilateralIndicator(**one) for one in plain["bilateral_indicators"]),
    )
