"""Keep the coder's own notes in one TOML file, which one process at a time rewrites whole."""

from __future__ import annotations

import re
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cptref.atomic import exclusive_lock, write_atomic
from cptref.codes import explain_invalid, is_any_code
from cptref.dataset.fingerprint import MAX_FILE_BYTES
from cptref.dataset.layers import explain_error
from cptref.dataset.loader import DatasetLoader
from cptref.errors import DatasetError, FileError, UsageError
from cptref.models.article import as_table
from cptref.models.notes import Note
from cptref.sanitize import UNSAFE_PATTERN, escape_character

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

MAX_NOTE_CHARACTERS = 10_000  # some pages
LOCK_TIMEOUT_S = 60  # another process takes a fraction of a second to write a note; there may be many, on a busy disk

_FILE_HEADER = "# Your notes on codes, written by cptref note.\n\n"


class Notes:
    """The notes in a file, which need not exist. Each call reads the file anew."""

    def __init__(self, file: str | os.PathLike[str]) -> None:
        self.file = Path(file)

    def all(self) -> tuple[Note, ...]:
        """Return every note, in the order in which they were added.

        Raise DatasetError if the file is broken, FileError if it can't be looked into.
        """
        loader = DatasetLoader((), self.file)
        for error in loader.errors.values():
            raise FileError(f"{self.file} {explain_error(error)}", hint="cptref paths shows where it is") from error
        if loader.faults:
            raise DatasetError(tuple(fault for *_, fault in loader.faults), source="your notes")
        return loader.notes

    def add(self, code: str, text: str) -> int:
        """Add a note on a code in its canonical spelling, and return its number among the notes on that code.

        Raise UsageError if the text is blank, is too long or has control characters, FileError if the file can't be
        written, DatasetError if it is broken.
        """
        text = re.sub(r"\r\n?", "\n", text).replace("\t", " ").strip()
        if not is_any_code(code):
            raise UsageError(f"{code!r} {explain_invalid(code)}")
        if not text:
            raise UsageError("the note is empty", hint="write some text: cptref note 20976 'ask for the MRI'")
        if len(text) > MAX_NOTE_CHARACTERS:
            limit = f"a note has at most {MAX_NOTE_CHARACTERS:,}"
            raise UsageError(f"the note has {len(text):,} characters", hint=limit)
        if unsafe := re.search(UNSAFE_PATTERN, text):
            raise UsageError(f"the note has the control character {escape_character(unsafe[0])}", hint="leave it out")
        with self._lock():
            notes = (*self.all(), Note(code=code, text=text, added=date.today()))  # noqa: DTZ011 - the coder's own day
            self._write(notes)
        return sum(note.code == code for note in notes)

    def remove(self, code: str, number: int) -> Note | None:
        """Remove a note by its number among the notes on the code, from 1; return it, or None if there is none.

        Raise FileError if the file can't be written, DatasetError if it is broken.
        """
        with self._lock():
            notes = self.all()
            indexes = [index for index, note in enumerate(notes) if note.code == code]
            if not 0 < number <= len(indexes):
                return None
            index = indexes[number - 1]
            self._write(notes[:index] + notes[index + 1 :])
            return notes[index]

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Keep other processes from changing the notes.

        Create the folder for its owner only, because notes may be about patients.
        """
        with ExitStack() as stack:
            try:
                self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                stack.enter_context(exclusive_lock(self.file, LOCK_TIMEOUT_S))
            except TimeoutError as error:
                raise FileError(f"{self.file} is in use by another process", hint="try again") from error
            except OSError as error:
                reason = f"{self.file} can't be written: {error.strerror or error}"
                raise FileError(reason, hint="cptref paths shows where it is") from error
            yield

    def _write(self, notes: tuple[Note, ...]) -> None:
        import tomli_w

        data = (_FILE_HEADER + tomli_w.dumps({"notes": as_table(notes)}, multiline_strings=False)).encode()
        if len(data) > MAX_FILE_BYTES:
            problem = f"{self.file} would have more than {MAX_FILE_BYTES:,} bytes"
            raise FileError(problem, hint="remove notes with --remove")
        write_atomic(self.file, data, force=True, mode=0o600)
