"""Parameters that several commands take, and the checks of their values."""

from collections.abc import Callable
from typing import Annotated, Any, get_args

import typer

from cptref.cli import completion
from cptref.errors import UsageError
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


def _format_option(values: tuple[str, ...], help_text: str) -> Any:  # noqa: ANN401 - Typer gives it no public type
    """Return the option --format with these values; the text of its help goes on behind them."""
    return typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help=f"{', '.join(values)}{help_text}",
        show_default=False,
        parser=choice(*values),
        autocompletion=lambda: list(values),
    )


_FORMATS = get_args(Format)
_LIST_FORMATS = get_args(ListFormat)
_EXPORT_FORMATS = get_args(ExportFormat)
_DEFAULT_FORM = "The default is terminal on a terminal, text elsewhere."

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
Form = Annotated[Format | None, _format_option(_FORMATS, f". {_DEFAULT_FORM}")]
ListForm = Annotated[ListFormat | None, _format_option(_LIST_FORMATS, f" (for fzf). {_DEFAULT_FORM}")]
DocumentForm = Annotated[
    ExportFormat | None,
    _format_option(_EXPORT_FORMATS, ". The default is the one that the ending of -o names, else text."),
]
EntryLimit = Annotated[
    int, typer.Option("--limit", "-n", metavar="N", help="Show at most N entries.", callback=in_range(1, 10_000))
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Show scores, and how loosely each line matches.")]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="SET",
        help="Search only this code set, and no articles; repeatable.",
        show_default=False,
    ),
]
Billable = Annotated[
    bool, typer.Option("--billable", help="Only diagnoses that are billed, and codes that are in force.")
]
On = Annotated[
    str | None,
    typer.Option(
        "--on",
        metavar="DATE",
        help="The day asked about, as 2026-11-20; today if it is left out.",
        show_default=False,
    ),
]
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

Locality = Annotated[
    str | None,
    typer.Option(
        "--locality",
        metavar="LOCALITY",
        help="A Medicare locality: FL-04, 09102-04, or its name.",
        show_default=False,
        autocompletion=completion.complete_localities,
    ),
]
ZipCode = Annotated[
    str | None,
    typer.Option("--zip", metavar="ZIP", help="The locality of this ZIP code.", show_default=False),
]
SETTINGS = ("practitioner", "hospital")
SettingOption = Annotated[
    Any,
    typer.Option(
        "--setting",
        metavar="SETTING",
        help="Whose edits: practitioner or hospital.",
        show_default=False,
        parser=choice(*SETTINGS),
        autocompletion=lambda: list(SETTINGS),
    ),
]
Qualifying = Annotated[
    bool, typer.Option("--qpp", help="Take the conversion factor of qualifying participants in advanced APMs.")
]


def choose_locality(locality: str | None, zip_code: str | None) -> str | None:
    """Return the locality that is typed in one of two ways. Raise UsageError for both, and for what is no ZIP code."""
    if locality is not None and zip_code is not None:
        raise UsageError("--locality and --zip exclude each other", hint="leave one out")
    if zip_code is not None and not (zip_code[:5].isdecimal() and len(zip_code) in {5, 10}):
        raise UsageError(f"{zip_code!r} is not a ZIP code", hint="write it as in 33101")
    return zip_code if locality is None else locality
