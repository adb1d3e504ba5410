"""The coder's own notes: one TOML file, which is rewritten whole, by one process at a time."""

from __future__ import annotations

import re
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cptref.atomic import exclusive_lock, write_atomic
from cptref.codes import explain_invalid, is_code
from cptref.dataset.fingerprint import MAX_FILE_BYTES
from cptref.dataset.loader import DatasetLoader
from cptref.errors import DatasetError, FileError, UsageError
from cptref.models.article import Note
from cptref.sanitize import UNSAFE_PATTERN, escape_character

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

MAX_NOTE_CHARACTERS = 10_000  # characters of a note: some pages of it
LOCK_TIMEOUT_S = 20  # seconds to wait for another process, which takes a fraction of one to write a note

_FILE_HEADER = "# Your notes on codes, written by cptref note.\n\n"


class Notes:
    """The notes of a file, which need not be there: each call reads it as it is then."""

    def __init__(self, file: str | os.PathLike[str]) -> None:
        self.file = Path(file)

    def all(self) -> tuple[Note, ...]:
        """Every note, in the order in which they were added. Raises DatasetError where the file is broken."""
        reading = DatasetLoader((), self.file)
        if reading.faults:
            raise DatasetError(tuple(fault for *_, fault in reading.faults), what="your notes")
        return reading.notes

    def add(self, code: str, text: str) -> int:
        """Add a note on a code in its canonical spelling; its number among those of the code comes back.

        Raises UsageError for a text that is blank, too long or has control characters in it, FileError where the file
        can't be written, DatasetError where it is broken.
        """
        plain = re.sub(r"\r\n?", "\n", text).replace("\t", " ").strip()
        if not is_code(code):
            raise UsageError(f"{code!r} {explain_invalid(code)}")
        if not plain:
            raise UsageError("a note has no word in it", hint="write one, as in: cptref note 20976 'ask for the MRI'")
        if len(plain) > MAX_NOTE_CHARACTERS:
            raise UsageError(f"a note has {len(plain):,} characters", hint=f"it takes {MAX_NOTE_CHARACTERS:,} at most")
        if found := re.search(UNSAFE_PATTERN, plain):
            raise UsageError(f"a note has the control character {escape_character(found[0])}", hint="leave it out")
        with self._alone():
            notes = (*self.all(), Note(code=code, text=plain, added=date.today()))  # noqa: DTZ011 - the coder's own day
            self._write(notes)
        return sum(note.code == code for note in notes)

    def remove(self, code: str, number: int) -> Note | None:
        """Take away a note by its number among those of the code; it comes back, or None where there is none.

        Raises FileError where the file can't be written, DatasetError where it is broken.
        """
        with self._alone():
            notes = self.all()
            own = [place for place, note in enumerate(notes) if note.code == code]
            if not 0 < number <= len(own):
                return None
            place = own[number - 1]
            self._write(notes[:place] + notes[place + 1 :])
            return notes[place]

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """While no other process changes the notes. They may be about patients: the folder is for its owner alone."""
        with ExitStack() as held:
            try:
                self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                held.enter_context(exclusive_lock(self.file, LOCK_TIMEOUT_S))
            except TimeoutError as error:
                raise FileError(f"{self.file} is in use by another process", hint="try again") from error
            except OSError as error:
                reason = f"{self.file} can't be written: {error.strerror or error}"
                raise FileError(reason, hint="cptref paths shows where it is") from error
            yield

    def _write(self, notes: tuple[Note, ...]) -> None:
        import tomli_w

        data = (_FILE_HEADER + tomli_w.dumps({"notes": [*map(asdict, notes)]}, multiline_strings=False)).encode()
        if len(data) > MAX_FILE_BYTES:
            raise FileError(
                f"{self.file} would have more than {MAX_FILE_BYTES:,} bytes", hint="remove notes with --remove"
            )
        write_atomic(self.file, data, force=True, mode=0o600)
