"""The page of an answer as blocks, in order: the one source of content for every medium that people read."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cptref.models.results import Answer
    from cptref.render.blocks import Document

# The module of each type of answer in pages/, imported when it is first asked for, as the commands are: importing all
# pages and all types of answers takes longer than showing an entry.
PAGE_MODULES = {
    "ShowAnswer": "show",
    "SearchAnswer": "search",
    "SymptomAnswer": "symptom",
    "CompareAnswer": "compare",
    "ModifiersAnswer": "modifiers",
    "ListAnswer": "list_codes",
    "SectionsAnswer": "sections",
    "PathsAnswer": "paths",
    "NotesAnswer": "notes",
    "CheckAnswer": "check",
    "AddAnswer": "added",
    "SetsAnswer": "sets",
    "RemoveAnswer": "sets",
    "ChangesAnswer": "changes",
    "SetCodesAnswer": "set_codes",
    "ClaimAnswer": "claim",
    "FeeAnswer": "fee",
    "PairAnswer": "pair",
}


def build_document(answer: Answer) -> Document:
    """Return the page of an answer. Raise KeyError for a type of answer that has no page."""
    document: Document = import_module(f"cptref.render.pages.{PAGE_MODULES[type(answer).__name__]}").build_page(answer)
    return document
