"""What a person may call a section."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.errors import UsageError
from cptref.near import guess
from cptref.sections import CATALOGUE, matching, names

if TYPE_CHECKING:
    from collections.abc import Iterable


def section_keys(typed: str | Iterable[str]) -> tuple[str, ...]:
    """The sections meant by these names, some of which may be several with commas between them, in catalogue order.

    Raises UsageError for a name that fits none or several.
    """
    given = [typed] if isinstance(typed, str) else typed
    meant = {_section_key(name.strip()) for several in given for name in several.split(",")}
    return tuple(key for key in CATALOGUE if key in meant)


def _section_key(name: str) -> str:
    found = matching(name)
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"section {name!r} could be {' or '.join(found)}", hint="type more of the name")
    meant = guess(name, names(), edits=min(2, len(name) // 3))
    raise UsageError(f"no section {name!r}", hint=f"{meant}the sections are {', '.join(CATALOGUE)}")
