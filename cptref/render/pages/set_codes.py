"""The page of the codes of a set that begin with some letters; in a pipe one code a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.render.blocks import Footer, Table, Title
from cptref.render.listings import head_listing

if TYPE_CHECKING:
    from cptref.models.codesets import SetCodesAnswer
    from cptref.render.blocks import Document

_STATES = {
    "listed": "listed",
    "header": "header, not billed",
    "ended": "ended",
    "not-yet": "not yet in force",
    "not-listed": "not listed",
    "unknown": "unknown on that day",
}


def build_page(answer: SetCodesAnswer) -> Document:
    """Return the blocks of the page."""
    rows = tuple((code.code, code.title, _STATES[code.state]) for code in answer.codes)
    table = Table(("Code", "Text in the file", "State"), rows, keys=tuple(code.code for code in answer.codes))
    notice = (Footer(answer.notice, document_only=True),) if answer.notice else ()
    return (Title(head_listing(answer), document_only=True), *((table,) if rows else ()), *notice)
