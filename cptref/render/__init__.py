"""Values -> text, one module per medium. Every function returns; none prints.

`page.py` says once what an answer has to say, as blocks; `text.py`, `markdown.py` and `terminal.py` set the blocks
in their medium, `html.py` makes its document from the Markdown. `data.py` and `sheet.py` make JSON and CSV from the
values themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from cptref.models.results import Answer

DocumentFormat = Literal["text", "markdown", "html", "json", "jsonl", "csv"]
Format = Literal["terminal", DocumentFormat]

# The ending of a file that holds an entry in this format.
ENDINGS: dict[DocumentFormat, str] = {
    "text": ".txt",
    "markdown": ".md",
    "html": ".html",
    "json": ".json",
    "jsonl": ".jsonl",
    "csv": ".csv",
}


def render(answer: Answer, form: DocumentFormat, width: int | None = None) -> str:
    """The answer as text that ends in a newline ("" where there is nothing to say); `width` wraps plain text."""
    if form in {"json", "jsonl"}:
        from cptref.render import json

        return json.as_json(answer) if form == "json" else json.as_lines(answer)
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
