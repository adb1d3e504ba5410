"""The checksum by which a damaged row is noticed: SQLite sees where its structure breaks, not one wrong letter."""

from __future__ import annotations

from sqlite3 import DatabaseError
from typing import Any
from zlib import crc32


def checksum(row: tuple[Any, ...]) -> int:
    """Return the CRC-32 of a row's values."""
    return crc32(b"\x1f".join([value if isinstance(value, bytes) else str(value).encode() for value in row]))


def verified(row: tuple[Any, ...] | None) -> tuple[Any, ...]:
    """Return a row without its checksum. Raise sqlite3.DatabaseError if the row is damaged or missing."""
    if row is None or checksum(row[:-1]) != row[-1]:
        raise DatabaseError("a row of the database is damaged")
    return row[:-1]
