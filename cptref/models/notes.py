"""The values of notes.toml. Questions are answered without them, so they are a module of their own."""

from datetime import date
from functools import partial
from typing import NamedTuple

from cptref.models.article import FIELD_TYPES, build_value, read_date


class Note(NamedTuple):
    """A coder's note on a code, and the day on which it was added."""

    code: str
    text: str
    added: date


class NoteBook(NamedTuple):
    """notes.toml: the coder's own notes, in the order in which they were added."""

    notes: tuple[Note, ...] = ()


FIELD_TYPES |= {
    Note: {"added": read_date},
    NoteBook: {"notes": partial(build_value, Note)},
}
