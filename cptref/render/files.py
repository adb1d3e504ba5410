"""The page of an answer as a file that somebody names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cptref.atomic import write_atomic
from cptref.errors import FileError, UsageError
from cptref.models.entries import ShowAnswer
from cptref.render import find_format, render

if TYPE_CHECKING:
    from cptref.models.results import Answer


def write_new_file(answer: Answer, name: str) -> str:
    """Write an answer, without the user's own notes, into a file whose ending says the format; return that in words.

    Raise UsageError for an ending that does not fit, FileError for a file that is there already or can't be written.
    """
    form = find_format(name)
    if form == "toml":
        raise UsageError(f"{name}: a page can't be a dataset file", hint="choose another ending, like .txt")
    path = Path(name).expanduser()
    if os.path.lexists(path):
        raise FileError(f"{name} exists already", hint="choose another name")
    exported = answer.place_notes(wanted=False) if isinstance(answer, ShowAnswer) else answer
    write_atomic(path, render(exported, form).encode(), force=False)
    return f"wrote {name}"
