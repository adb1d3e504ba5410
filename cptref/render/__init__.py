"""Values -> text, one module per medium. Every function returns; none prints.

`page.py` says once what an answer has to say, as blocks; `text.py`, `markdown.py` and `terminal.py` set the blocks
in their medium. `data.py` makes JSON from the values themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from cptref.render.page import Answer

Document = Literal["text", "markdown", "json"]
Format = Literal["terminal", Document]

# The ending of a file that holds an entry in this format.
ENDINGS: dict[Document, str] = {"text": ".txt", "markdown": ".md", "json": ".json"}


def render(answer: Answer, form: Document, width: int | None = None) -> str:
    """The answer as text that ends in a newline ("" where there is nothing to say); `width` wraps plain text."""
    if form == "json":
        from cptref.render import data

        return data.as_json(answer)
    from cptref.render.page import page

    if form == "markdown":
        from cptref.render import markdown

        return markdown.render(page(answer))
    from cptref.render import text

    return text.render(page(answer), width)
