"""`cptref search`."""

from __future__ import annotations

from typing import Annotated

import typer

from cptref.cli.options import Form, Width, between
from cptref.cli.output import answer, notice

Within = Annotated[
    list[str] | None,
    typer.Option(
        "--in", "-i", metavar="SECTION", help="Search this section only; may be repeated.", show_default=False
    ),
]
Limit = Annotated[
    int, typer.Option("--limit", "-n", metavar="N", help="At most so many entries.", callback=between(1, 10_000))
]


def search(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORDS...", help="What to look for.", show_default=False)],
    within: Within = None,
    limit: Limit = 10,
    form: Form = None,
    width: Width = None,
) -> None:
    """Find the entries and lines that speak of these words."""
    from cptref import open_library

    with open_library() as library:
        found = library.search(" ".join(words), within or (), limit)
    answer(ctx.obj, found, form, width)
    for term in found.understood:
        if term.tier != "inflected":
            notice(f"reading {term.typed} as {' or '.join(term.read_as)} ({term.tier})")
    if found.unmatched:
        notice(f"nothing held speaks of: {', '.join(found.unmatched)}")
    if found.total > len(found.hits):
        notice(f"the best {len(found.hits)} of {found.total} entries; --limit shows more")
    if not found.hits:
        notice(f"no entry fits {found.query!r}; try fewer or other words, or cptref list")
        raise typer.Exit(1)


COMMANDS = {
    "search": (
        search,
        "cptref search tingling in the legs",
        "cptref search blood thinners --in preparation",
        "cptref search ultrasound -f json",
    )
}
