"""`cptref export`: entries as documents, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cptref.cli.files import put, refuse_existing
from cptref.cli.options import Codes, Sections, Width, section_keys
from cptref.cli.output import notice, write

if TYPE_CHECKING:
    from cptref.model import ShowAnswer

Document = Annotated[Literal["text", "markdown", "json"], typer.Option("--format", "-f", help="What kind of document.")]
Output = Annotated[
    str,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE or FOLDER",
        help="Where to; a folder gets a file for each entry. Standard output unless given.",
        show_default=False,
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that is there.")]


def export(
    codes: Codes,
    section: Sections = None,
    form: Document = "text",
    output: Output = "-",
    force: Force = False,
    width: Width = None,
) -> None:
    """Write entries, or some sections of them, as a document."""
    from cptref import open_library
    from cptref.render import ENDINGS, render

    with open_library() as library:
        found = library.show(codes, section_keys(section))
    if output == "-":
        write(render(found, form, width).encode() if found.entries else b"")
    elif found.entries:
        documents = _documents(found, output, ENDINGS[form])
        refuse_existing(documents, force=force)
        for path, document in documents.items():
            put(path, render(document, form, width).encode(), force=force)
            notice(f"wrote {path}")
    for miss in found.misses:
        notice(f"{miss.input}: {miss.message}")
    if found.misses:
        raise typer.Exit(1)


def _documents(found: ShowAnswer, output: str, ending: str) -> dict[Path, ShowAnswer]:
    """Which file gets what: one file for all, or in a folder one for each entry, named after its code."""
    if not Path(output).is_dir() and not output.endswith("/"):
        return {Path(output): found}
    return {Path(output) / f"{one.code}{ending}": found._replace(entries=(one,), misses=()) for one in found.entries}


COMMANDS = {
    "export": (
        export,
        "cptref export 20976 > 20976.txt",
        "cptref export 20976 -s symptoms -s recovery -f markdown -o sheet.md",
        "cptref export 20971 20975 20976 -f json -o .",
    )
}
