"""Values -> text, one module per medium. Every function returns; none prints.

`page.py` says once what an answer has to say, as blocks; `text.py`, `markdown.py` and `terminal.py` set the blocks
in their medium, `html.py` makes its document from the Markdown. `data.py` and `sheet.py` make JSON and CSV from the
values themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from cptref.render.page import Answer

Document = Literal["text", "markdown", "html", "json", "jsonl", "csv"]
Format = Literal["terminal", Document]

# The ending of a file that holds an entry in this format.
ENDINGS: dict[Document, str] = {
    "text": ".txt",
    "markdown": ".md",
    "html": ".html",
    "json": ".json",
    "jsonl": ".jsonl",
    "csv": ".csv",
}


def render(answer: Answer, form: Document, width: int | None = None) -> str:
    """The answer as text that ends in a newline ("" where there is nothing to say); `width` wraps plain text."""
    if form in {"json", "jsonl"}:
        from cptref.render import data

        return data.as_json(answer) if form == "json" else data.as_lines(answer)
    if form == "csv":
        from cptref.render import sheet

        return sheet.render(answer)
    from cptref.render.page import page

    if form == "html":
        from cptref.render import html

        return html.render(page(answer))
    if form == "markdown":
        from cptref.render import markdown

        return markdown.render(page(answer))
    from cptref.render import text

    return text.render(page(answer), width)
