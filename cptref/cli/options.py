"""Parameters that several commands take, and what they mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, get_args

import typer

from cptref.cli import completion
from cptref.render import ExportFormat, Format


def in_range(least: int, most: int) -> Callable[[int | None], int | None]:
    """A check for an option that takes a number. Typer's own would put `[20<=x<=1000]` into the help."""

    def check(given: int | None) -> int | None:
        if given is not None and not least <= given <= most:
            raise typer.BadParameter(f"{given} is not between {least} and {most}")
        return given

    return check


def choice(*known: str) -> Callable[[str], str]:
    """A parser for an option that takes one of a few words. Typer's own doesn't say which of them is close."""

    def parse(given: str) -> str:
        if given in known:
            return given
        from cptref.fuzzy import did_you_mean

        raise typer.BadParameter(
            f"{given!r} is none; {did_you_mean(given, known, edits=2)}there are {', '.join(known)}"
        )

    return parse


_FORMATS = get_args(Format)
_EXPORTS = get_args(ExportFormat)

Codes = Annotated[
    list[str],
    typer.Argument(
        metavar="CODE...",
        help="Codes in any spelling; - reads them from standard input.",
        show_default=False,
        autocompletion=completion.complete_codes,
    ),
]
Sections = Annotated[
    list[str] | None,
    typer.Option(
        "--section",
        "-s",
        metavar="NAME",
        help="This section only; may be repeated.",
        show_default=False,
        autocompletion=completion.complete_sections,
    ),
]
Form = Annotated[
    Format | None,
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help=f"{', '.join(_FORMATS)}. Unless told otherwise terminal on a terminal, text elsewhere.",
        show_default=False,
        parser=choice(*_FORMATS),
        autocompletion=lambda: list(_FORMATS),
    ),
]
DocumentForm = Annotated[
    ExportFormat,
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help=f"{', '.join(_EXPORTS)}.",
        parser=choice(*_EXPORTS),
        autocompletion=lambda: list(_EXPORTS),
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that is there.")]
Width = Annotated[
    int | None,
    typer.Option(
        "--width",
        metavar="N",
        help="Columns to wrap at (terminal and text).",
        show_default=False,
        callback=in_range(20, 1000),
    ),
]
