"""The values of notes.toml. Questions are answered without them, so they are a module of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 - pydantic needs it at run time

from cptref.models.article import TomlValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(TomlValue):
    """A coder's note on a code, and the day on which it was added."""

    code: str
    text: str
    added: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteBook(TomlValue):
    """notes.toml: the coder's own notes, in the order in which they were added."""

    notes: tuple[Note, ...] = ()
