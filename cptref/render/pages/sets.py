"""The pages of the code sets that are loaded, and of those that were removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.models.codesets import RemoveAnswer
from cptref.render.blocks import Facts, Heading, Paragraph, Points, Run, Table, Title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cptref.models.codesets import LoadedSet, SetsAnswer
    from cptref.render.blocks import Block, Document


def build_page(answer: SetsAnswer | RemoveAnswer) -> Document:
    """Return the blocks of the page."""
    if isinstance(answer, RemoveAnswer):
        items = tuple((Run(f"{name}: removed"),) for name, _ in answer.removed)
        return (Title("Removed", document_only=True), *((Points(items),) if items else ()))
    title = Title("Code sets", document_only=True)
    if not answer.sets:
        start = "No code sets are loaded. Download a file from CMS or NCHS and run cptref add on it, or run cptref add "
        return (title, Paragraph((Run(f"{start}icd10cm after pip install 'cptref[icd10]'."),)))
    if answer.verbose:
        return (title, *(block for loaded in answer.sets for block in _describe(loaded)))
    rows = tuple(
        (
            loaded.release.name,
            " ".join(filter(None, (loaded.heading, f"({loaded.part})" if loaded.part else ""))),
            f"{loaded.release.effective_from} to {loaded.release.effective_to}",
            loaded.release.counts,
            _tell_file(loaded),
        )
        for loaded in answer.sets
    )
    return (title, Table(("Name", "Code set", "In force", "Content", "File"), rows))


def _tell_file(loaded: LoadedSet) -> str:
    """Return the names of the file and of what it was in, without their folder."""
    return ": ".join(part.replace("\\", "/").rpartition("/")[2] for part in loaded.release.source.split(": "))


def _describe(loaded: LoadedSet) -> Iterator[Block]:
    release = loaded.release
    yield Heading(loaded.heading)
    facts = [
        ("Name", (release.name,)),
        *((("Part", (loaded.part,)),) if loaded.part else ()),
        ("In force", (f"{release.effective_from} to {release.effective_to}",)),
        ("Content", (release.counts,)),
        *((("Rows left out", release.refused),) if release.refused else ()),
        *((("Doubtful", (release.details["doubts"],)),) if release.details.get("doubts") else ()),
        ("File", (release.source,)),
        ("Size", (f"{release.size:,} bytes",)),
        ("SHA-256", (release.sha256,)),
        ("Added", (str(release.added),)),
        *((("Due", (loaded.due,)),) if loaded.due else ()),
    ]
    yield Facts(tuple(facts))
    if release.notice:
        yield Paragraph((Run(release.notice),))
