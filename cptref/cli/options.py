"""Parameters that several commands take, and what they mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from cptref import sections
from cptref.errors import UsageError
from cptref.render import Format


def at_least(least: int) -> Callable[[int | None], int | None]:
    """A check for an option that takes a number. Typer's own `min` would put `[x>=20]` into the help."""

    def check(given: int | None) -> int | None:
        if given is not None and given < least:
            raise typer.BadParameter(f"{given} is too small; it takes {least} or more")
        return given

    return check


Codes = Annotated[list[str], typer.Argument(metavar="CODE...", help="One or more codes.", show_default=False)]
Sections = Annotated[
    list[str] | None,
    typer.Option("--section", "-s", metavar="NAME", help="This section only; may be repeated.", show_default=False),
]
Form = Annotated[
    Format | None,
    typer.Option(
        "--format", "-f", help="terminal on a terminal, text elsewhere, unless told otherwise.", show_default=False
    ),
]
Width = Annotated[
    int | None,
    typer.Option("--width", metavar="N", help="Columns to wrap at.", show_default=False, callback=at_least(20)),
]


def section_keys(names: list[str] | None) -> tuple[str, ...]:
    """The sections meant by these names, in the order of the catalogue.

    Raises UsageError for a name that fits none or several.
    """
    meant = {_section_key(name) for name in names or ()}
    return tuple(key for key in sections.CATALOGUE if key in meant)


def _section_key(name: str) -> str:
    found = sections.matching(name)
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"section {name!r} could be {' or '.join(found)}", hint="type more of the name")
    from cptref.query.near import nearest

    near = nearest(name.casefold(), sections.names(), edits=2, limit=1)
    guess = f"did you mean {near[0]}? " if near else ""
    raise UsageError(f"no section {name!r}", hint=f"{guess}the sections are {', '.join(sections.CATALOGUE)}")
