"""Parameters that several commands take, and the checks of their values."""

from collections.abc import Callable
from typing import Annotated, get_args

import typer

from cptref.cli import completion
from cptref.render import ExportFormat, Format, ListFormat


def in_range(low: int, high: int) -> Callable[[int | None], int | None]:
    """Return a check for a number. Typer's own would put `[20<=x<=1000]` into the help."""

    def check(value: int | None) -> int | None:
        if value is not None and not low <= value <= high:
            raise typer.BadParameter(f"{value} is not between {low} and {high}")
        return value

    return check


def choice(*values: str) -> Callable[[str], str]:
    """Return a parser for one of a few words. Typer's own doesn't say which of them is close."""

    def parse(typed: str) -> str:
        if typed in values:
            return typed
        from cptref.fuzzy import did_you_mean

        guess = did_you_mean(typed, values, edits=2)
        raise typer.BadParameter(f"{typed!r} is not a choice; {guess}the choices are {', '.join(values)}")

    return parse


_FORMATS = get_args(Format)
_LIST_FORMATS = get_args(ListFormat)
_EXPORT_FORMATS = get_args(ExportFormat)

Codes = Annotated[
    list[str],
    typer.Argument(
        metavar="CODE...",
        help="Codes in any spelling; - reads codes from standard input.",
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
        help="Show only this section; repeatable.",
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
        help=f"{', '.join(_FORMATS)}. The default is terminal on a terminal, text elsewhere.",
        show_default=False,
        parser=choice(*_FORMATS),
        autocompletion=lambda: list(_FORMATS),
    ),
]
ListForm = Annotated[
    ListFormat | None,
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help=f"{', '.join(_LIST_FORMATS)} (for fzf). The default is terminal on a terminal, text elsewhere.",
        show_default=False,
        parser=choice(*_LIST_FORMATS),
        autocompletion=lambda: list(_LIST_FORMATS),
    ),
]
DocumentForm = Annotated[
    ExportFormat | None,
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help=f"{', '.join(_EXPORT_FORMATS)}. The default is the one that the ending of -o names, else text.",
        show_default=False,
        parser=choice(*_EXPORT_FORMATS),
        autocompletion=lambda: list(_EXPORT_FORMATS),
    ),
]
EntryLimit = Annotated[
    int, typer.Option("--limit", "-n", metavar="N", help="Show at most N entries.", callback=in_range(1, 10_000))
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Show scores, and how loosely each line matches.")]
Copy = Annotated[bool, typer.Option("--copy", help="Copy the codes of the answer to the clipboard.")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite existing files.")]
Width = Annotated[
    int | None,
    typer.Option(
        "--width",
        metavar="N",
        help="Wrap lines at N columns (terminal and text).",
        show_default=False,
        callback=in_range(20, 1000),
    ),
]
