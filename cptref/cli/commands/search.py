"""`cptref search` and `cptref symptom`: questions in the words of a note."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from cptref.cli import completion
from cptref.cli.options import Form, Width, in_range
from cptref.cli.output import notice, print_result
from cptref.cli.session import open_configured

if TYPE_CHECKING:
    from cptref.models.results import Term

CODE = 5  # characters

Within = Annotated[
    list[str] | None,
    typer.Option(
        "--in",
        "-i",
        metavar="SECTION",
        help="Search this section only; may be repeated.",
        show_default=False,
        autocompletion=completion.complete_sections,
    ),
]
Limit = Annotated[
    int, typer.Option("--limit", "-n", metavar="N", help="At most so many entries.", callback=in_range(1, 10_000))
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
    with open_configured(ctx.obj) as library:
        found = library.search(" ".join(words), within or (), limit)
        misses = () if found.hits or not _like_codes(words) else library.show(words).misses
    print_result(ctx.obj, found, form, width)
    if misses:  # a code typed here is a look-up
        for miss in misses:
            notice(f"{miss.input}: {miss.message}")
        raise typer.Exit(1)
    _say(found.understood, found.unmatched, "in these sections " if within else "")
    _say_cut(len(found.hits), found.total)
    if not found.hits:
        near = f"; near in spelling: {', '.join(found.suggestions)}" if found.suggestions else ""
        notice(f"no entry fits {found.query!r}; try fewer or other words, or cptref list{near}")
        raise typer.Exit(1)


def _like_codes(words: list[str]) -> bool:
    """Whether all that was typed was meant for codes: each piece has a digit and as many characters as a code."""
    pieces = re.split(r"[\s,;]+", " ".join(words))
    return all(re.search(r"\d", piece) and len(piece) >= CODE for piece in pieces if piece)


def symptom(
    ctx: typer.Context,
    symptoms: Annotated[
        list[str], typer.Argument(metavar="SYMPTOM...", help="What the patient reports.", show_default=False)
    ],
    limit: Limit = 5,
    form: Form = None,
    width: Width = None,
) -> None:
    """Find the codes that fit what a patient reports."""
    with open_configured(ctx.obj) as library:
        found = library.symptom(symptoms, limit)
    print_result(ctx.obj, found, form, width)
    for complaint in found.symptoms:
        _say(complaint.understood, complaint.unmatched, "in symptoms, uses and causes ")
    _say_cut(len(found.hits), found.total)
    missed = [complaint.query for complaint in found.symptoms if not complaint.covered]
    for query in missed:
        notice(f"no entry covers {query!r}; try fewer or other words, or cptref search")
    if missed:
        raise typer.Exit(1)


def _say(understood: tuple[Term, ...], unmatched: tuple[str, ...], where: str) -> None:
    """How the query was read, where that isn't as it was typed; and what nothing speaks of there."""
    for term in understood:
        if term.tier != "inflected":
            notice(f"reading {term.typed} as {' or '.join(term.read_as)} ({term.tier})")
    if unmatched:
        notice(f"nothing {where or 'held '}speaks of: {', '.join(unmatched)}")


def _say_cut(shown: int, total: int) -> None:
    if total > shown:
        notice(f"the best {shown} of {total} entries; --limit shows more")


COMMANDS = {
    "search": (
        search,
        "cptref search tingling in the legs",
        "cptref search blood thinners --in preparation",
        "cptref search ultrasound -f json",
    ),
    "symptom": (
        symptom,
        "cptref symptom 'numb feet' 'weak legs' 'LBP'",
        "cptref symptom 'pins and needles' -f json",
    ),
}
