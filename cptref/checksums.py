"""What both kinds of databases share: how one is opened, and the checksum by which a damaged row is noticed.

SQLite sees where its structure breaks, not one wrong letter.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any
from zlib import crc32

if TYPE_CHECKING:
    from pathlib import PurePath


def connect_read_only(path: PurePath) -> sqlite3.Connection:
    """Return a connection to a file that is replaced whole and never changed, to be used from any thread.

    So it needs no locks, and SQLite looks at nothing beside it. The path is absolute. Raise sqlite3.Error.
    """
    return sqlite3.connect(f"{make_uri(path)}?mode=ro&immutable=1", uri=True, check_same_thread=False)


def make_uri(path: PurePath) -> str:
    """Return the URI of an absolute path as SQLite reads it (sqlite.org/uri.html): it takes no host.

    The name of a Windows share has one, which goes into the path: `file:////host/share/name`.
    """
    uri = path.as_uri()
    return uri if uri.startswith("file:///") else uri.replace("file://", "file:////", 1)


def checksum(row: tuple[Any, ...]) -> int:
    """Return the CRC-32 of a row's values."""
    return crc32(b"\x1f".join([value if isinstance(value, bytes) else str(value).encode() for value in row]))


def verified(row: tuple[Any, ...] | None) -> tuple[Any, ...]:
    """Return a row without its checksum. Raise sqlite3.DatabaseError if the row is damaged or missing."""
    if row is None or checksum(row[:-1]) != row[-1]:
        raise sqlite3.DatabaseError("a row of the database is damaged")
    return row[:-1]
