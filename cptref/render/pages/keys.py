"""The page of the keys of `cptref browse`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cptref.render.blocks import Facts, Paragraph, Run, Title

if TYPE_CHECKING:
    from cptref.render.blocks import Document

HINT = "Type a code or how it begins (2097), words (lumb), symptoms between commas, or lines of a claim."

PLACEHOLDER = "a code (2097), words (lumb), symptoms between commas, claim lines"  # fits into 80 columns
CHOOSE_FIRST = "choose a code first: up and down, or a click"
AS_SYMPTOMS = "read as symptoms until F2 or an empty line"


class Key(NamedTuple):
    """A key of the bottom line: its name, the action, the word for it there, and what it does."""

    name: str
    action: str
    label: str
    says: str


KEYS = (
    Key("f1", "help", "Help", "show this page; ? does it on an empty line"),
    Key("f2", "symptoms", "Sympt", "read what is typed as symptoms, until F2 again or an empty line"),
    Key("f3", "sections", "Go", "go to a section of the page"),
    Key("f4", "mark", "Mark", "mark the code that is chosen, or take the mark away"),
    Key("f5", "compare", "Comp", "compare the codes that are marked, and the one that is chosen"),
    Key("f6", "note", "Note", "add a note of your own on the code that is chosen"),
    Key("f7", "export", "Save", "write the page into a new file: .txt, .md, .html, .json, .jsonl or .csv"),
    Key("f8", "copy", "Copy", "copy the codes that are marked, else the one that is chosen"),
)
_OTHER_KEYS = (
    ("Enter", "print the code that is chosen, with its modifiers, and end"),
    ("Escape", "go back, clear what is typed, or end on an empty line; the exit code is 1, as no code is printed"),
    ("Ctrl-Q, Ctrl-C", "end at once without a code; the exit code is 1, after Ctrl-C 130"),
    ("Up, Down", "choose a result, as a click does"),
    ("Page Up, Page Down", "turn the page, as the wheel does; Ctrl-Home and Ctrl-End go to its ends"),
)
SCROLL_KEYS = {"pageup": "page_up", "pagedown": "page_down", "ctrl+home": "home", "ctrl+end": "end"}


def build_page() -> Document:
    """Return the blocks of the page."""
    rows = (*_OTHER_KEYS, *((key.name.upper(), key.says) for key in KEYS))
    return (Title("Type and see"), Paragraph((Run(HINT),)), Facts(tuple((name, (says,)) for name, says in rows)))
