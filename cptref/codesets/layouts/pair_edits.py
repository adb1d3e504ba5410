"""NCCI pair edits (PTP) as CMS ships them, in four files a quarter, f1 to f4, in order of code.

The last code of one file may go on in the next. Each becomes a part of the release. The newest edits of a file begin on
the first day of its quarter. No file says whether it is for practitioners or for hospitals; its name does.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from cptref.codesets.layouts import QUARTER_NAMES, require_release, say_name
from cptref.codesets.layouts.pair_edit_rows import TITLE, EditReader
from cptref.codesets.pair_edits import CODE_LETTERS, COLUMNS
from cptref.codesets.releases import name_quarter
from cptref.codesets.store import Content
from cptref.errors import FileError

if TYPE_CHECKING:
    from datetime import date

    from cptref.codesets.files import Source

OPTIONS = ("setting", "since")  # of `cptref add`, which `read` takes too
# Bounds of this layout, which is read some kilobytes at a time: the four files of practitioners together have 186 MB
# and 2.5 million lines, and who joins them has one such file.
MAX_BYTES = 256 << 20
MAX_LINES = 4_000_000
_SETTINGS = {
    "practitioner": re.compile(r"ccipra|practitioner", re.IGNORECASE),
    "hospital": re.compile(r"ccioph|hospital|outpatient", re.IGNORECASE),
}
_PART = re.compile(r"(?<![A-Za-z0-9])f([1-9])(?![A-Za-z0-9])", re.IGNORECASE)
# `v322r0`: version 32.2, which CMS counts from 1994 (major) and from the first quarter (minor)
_VERSION = re.compile(r"(?<![A-Za-z0-9])v([0-9]{2})([0-3])r[0-9]", re.IGNORECASE)
_VERSION_YEAR = 1994
_FIRST_YEAR = 2000  # of releases; the edits begin in 1996


def matches(source: Source) -> bool:
    """Return whether a file has the title of the pair edits."""
    return TITLE.search(source.head_text[:8000]) is not None


def read(source: Source, release: str | None, setting: str | None = None, since: int | None = None) -> Content:
    """Return the edits of a file. Raise FileError, with lines and reasons, where it is not as CMS ships it.

    `setting` holds where no name says it. Edits that were deleted before the year `since` are left out.
    """
    source.allow(MAX_BYTES, MAX_LINES)
    setting, said_setting = _find_setting(source, setting)
    edits = EditReader(source, since)
    edits.read()
    quarter, said = _find_release(source, edits.newest, release)
    details = {"first": edits.first, "last": edits.last, "file_rows": str(edits.rows), "never": str(edits.never)}
    if since:
        details["since"] = str(since)
    return Content(
        *(f"ptp-{setting}", quarter, COLUMNS),
        records=edits.list_records(),
        lines=[],
        part=_find_part(source) or f"{edits.first[:CODE_LETTERS]}-{edits.last[:CODE_LETTERS]}",
        notice=edits.notice,
        details=details,
        said="; ".join(filter(None, (said, said_setting))),
        warnings=tuple(edits.list_warnings()),
        blobs=edits.blobs,
        packed_rows=edits.stored,
    )


def _find_setting(source: Source, given: str | None) -> tuple[str, str]:
    """Return the setting, and what is to be said of it. Raise FileError if neither a name nor somebody says it."""
    for name in reversed(source.names):
        settings = [setting for setting, pattern in _SETTINGS.items() if pattern.search(PurePath(name).name)]
        if len(settings) == 1:
            said = given and given != settings[0]
            return settings[0], f"{settings[0]} edits by its name, not {given}" if said else ""
    if given:
        return given, ""
    hint = "add it with --setting practitioner or --setting hospital"
    raise FileError(f"{source.name}: says nowhere whether its edits are for practitioners or hospitals", hint=hint)


def _find_part(source: Source) -> str:
    """Return which of the files of a quarter it is by its name: `f1`; "" if its name does not say."""
    matches = (_PART.search(PurePath(name).name) for name in reversed(source.names))
    return next((f"f{match[1]}" for match in matches if match), "")


def _find_release(source: Source, newest: date, given: str | None) -> tuple[str, str]:
    """Return the release, and what is to be said of it: by its newest edits, else as given, else by its name."""
    named = _find_named_release(source)
    quarter = name_quarter(newest)
    if (newest.day, newest.month % 3) != (1, 1) or newest.year < _FIRST_YEAR:
        release = given or named or require_release(source, given, (), "2026Q4")
        return release, say_name(given, release)
    said = f"its newest edits begin on {newest}, so it is {quarter}, not"
    if given and given != quarter:
        return quarter, f"{said} {given}"
    return quarter, f"{said} {named} as in its name" if named and named != quarter else ""


def _find_named_release(source: Source) -> str:
    for name in reversed(source.names):
        if match := _VERSION.search(PurePath(name).name):
            return f"{_VERSION_YEAR + int(match[1])}Q{int(match[2]) + 1}"
    try:
        return require_release(source, None, QUARTER_NAMES, "")
    except FileError:
        return ""
