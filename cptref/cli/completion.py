"""What a shell is offered when Tab is pressed. The shells are Typer's business, the words are ours.

What is offered with a word comes from datasets, and a shell evaluates what it is given (zsh does so literally): so
nothing but letters, digits and harmless punctuation gets there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from cptref.library import Library

Offer = tuple[str, str]  # a word, and what it means


def complete_codes(ctx: typer.Context, incomplete: str) -> list[Offer]:
    """The codes held with their titles; behind a code and a hyphen, the modifiers."""
    with _open_library(ctx) as library:
        return _list_codes(library, incomplete)


def complete_modifiers(ctx: typer.Context, incomplete: str) -> list[Offer]:
    """The modifiers with their meaning, and the codes."""
    with _open_library(ctx) as library:
        return [*_list_modifiers(library, incomplete), *_list_codes(library, incomplete)]


def complete_sections(incomplete: str) -> list[Offer]:
    """The names of the sections, and the other names they go by once one is begun."""
    from cptref.sections import CATALOGUE

    def names() -> Iterator[Offer]:
        for kind in CATALOGUE.values():
            yield kind.key, kind.heading
            yield from ((alias, kind.heading) for alias in kind.aliases if incomplete)

    return list(names())


def _list_codes(library: Library, incomplete: str) -> list[Offer]:
    head, hyphen, last = incomplete.rpartition("-")
    if hyphen:
        return [(f"{head}-{code}", meaning) for code, meaning in _list_modifiers(library, last)]
    return [(_keep_typed(incomplete, one.code), _sanitize(one.title)) for one in library.list().entries]


def _list_modifiers(library: Library, incomplete: str) -> list[Offer]:
    return [(_keep_typed(incomplete, one.code), _sanitize(one.meaning)) for one in library.modifiers().modifiers]


def _keep_typed(incomplete: str, code: str) -> str:
    """The code, in the letters that it was begun in: a shell offers nothing that doesn't begin so."""
    return incomplete + code[len(incomplete) :] if code.startswith(incomplete.upper()) else code


def _open_library(ctx: typer.Context) -> AbstractContextManager[Library]:
    """The library with the folders named so far: a command line that is being completed is not settled."""
    from cptref.cli.output import Settings
    from cptref.cli.session import open_configured

    settings = Settings()
    for one in (ctx.parent, ctx):
        settings.library += (one.params.get("library") if one else None) or ()
    return open_configured(settings)


def _sanitize(text: str) -> str:
    return re.sub(r"[^\w .,/+%-]+", " ", text).strip()
