"""Answers -> text, one module per medium. Every function returns its text; none prints.

`document.py` builds the page of an answer from `blocks.py` and `parts.py`. `text.py`, `markdown.py`, `html.py` and
`terminal.py` print the page in their medium. `json.py` and `csv.py` read the answer itself. `toml.py` writes one entry
as a dataset file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from cptref.models.results import Answer

DocumentFormat = Literal["text", "markdown", "html", "json", "jsonl", "csv"]
Format = Literal["terminal", DocumentFormat]
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


def render(answer: Answer, form: DocumentFormat, width: int | None = None) -> str:
    """Return the answer as text that ends in a newline, or "" if nothing was found. `width` wraps plain text."""
    if form in {"json", "jsonl"}:
        from cptref.render import json

        return json.render_json(answer) if form == "json" else json.render_json_lines(answer)
    if form == "csv":
        from cptref.render import csv

        return csv.render(answer)
    from cptref.render.document import build_document

    if form == "html":
        from cptref.render import html

        return html.render(build_document(answer))
    if form == "markdown":
        from cptref.render import markdown

        return markdown.render(build_document(answer))
    from cptref.render import text

    return text.render(build_document(answer), width)
