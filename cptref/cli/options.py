"""Parameters that several commands take, and what they mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from cptref.render import Format


def between(least: int, most: int) -> Callable[[int | None], int | None]:
    """A check for an option that takes a number. Typer's own would put `[20<=x<=1000]` into the help."""

    def check(given: int | None) -> int | None:
        if given is not None and not least <= given <= most:
            raise typer.BadParameter(f"{given} is not between {least} and {most}")
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
    typer.Option(
        "--width",
        metavar="N",
        help="Columns to wrap at (terminal and text).",
        show_default=False,
        callback=between(20, 1000),
    ),
]
