"""Answers -> text, one module per medium. Every function returns its text; none prints.

`document.py` builds the page of an answer from `blocks.py` and `parts.py`, `handout.py` a page for patients. `text.py`,
`markdown.py`, `html.py` and `terminal.py` print a page in their medium. `json.py` and `csv.py` read the answer itself.
`lines.py` writes entries as lines to pick from, `toml.py` one entry as a dataset file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from cptref.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cptref.models.results import Answer
    from cptref.render.blocks import Document

PageFormat = Literal["text", "markdown", "html"]
DocumentFormat = Literal[PageFormat, "json", "jsonl", "csv"]
Format = Literal["terminal", DocumentFormat]
ListFormat = Literal[Format, "lines"]  # entries to pick from
ExportFormat = Literal[DocumentFormat, "toml"]  # a dataset file, which holds one entry

# The ending of a file in each format.
ENDINGS: dict[ExportFormat, str] = {
    "text": ".txt",
    "markdown": ".md",
    "html": ".html",
    "json": ".json",
    "jsonl": ".jsonl",
    "csv": ".csv",
    "toml": ".toml",
}
# The format of a file with each ending.
FORMATS_BY_ENDING: dict[str, ExportFormat] = {
    **{ending: form for form, ending in ENDINGS.items()},
    ".text": "text",
    ".markdown": "markdown",
    ".htm": "html",
}


def find_ending(name: str) -> str:
    """Return the ending of a file's name in lower case. A number is none (`20976-2026.11`), nor is more than a word."""
    from pathlib import Path

    ending = Path(name).suffix.lower()
    return ending if ending[1:].isalnum() and not ending[1:].isdigit() else ""


def find_format(name: str) -> ExportFormat:
    """Return the format that a file's name asks for, text if it has no ending.

    Raise UsageError for one that can't be written.
    """
    ending = find_ending(name)
    if ending and ending not in FORMATS_BY_ENDING:
        endings = ", ".join(ENDINGS.values())
        raise UsageError(f"{name}: no format has the ending {ending}", hint=f"the endings are {endings}")
    return FORMATS_BY_ENDING.get(ending, "text")


def render(answer: Answer, form: Literal[DocumentFormat, "lines"], width: int | None = None) -> str:
    """Return the answer as text that ends in a newline, or "" if nothing was found. `width` wraps plain text.

    Raise TypeError for `lines` and an answer that has no entries to pick from.
    """
    return "".join(iter_pieces(answer, form, width))


def iter_pieces(answer: Answer, form: Literal[DocumentFormat, "lines"], width: int | None = None) -> Iterator[str]:
    """Yield the text of `render` in pieces: one result after the other in JSON, all at once in other formats."""
    match form:
        case "json":
            from cptref.render import json

            yield from json.iter_json(answer)
        case "jsonl":
            from cptref.render import json

            yield from json.iter_json_lines(answer)
        case "csv":
            from cptref.render import csv

            yield csv.render(answer)
        case "lines":
            from cptref.render import lines

            yield lines.render(answer)
        case _:
            from cptref.render.document import build_document

            yield render_page(build_document(answer), form, width)


def render_page(page: Document, form: PageFormat, width: int | None = None, *, handout: bool = False) -> str:
    """Return a page as text that ends in a newline, or "" for an empty one; `handout` is for HTML."""
    if form == "html":
        from cptref.render import html

        return html.render(page, handout=handout)
    if form == "markdown":
        from cptref.render import markdown

        return markdown.render(page)
    from cptref.render import text

    return text.render(page, width)
