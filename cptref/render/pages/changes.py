"""The page of what changed between two releases: counts first, then the codes of each kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.render.blocks import Facts, Heading, Paragraph, Points, Run, Title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cptref.models.codesets import Change, ChangesAnswer
    from cptref.render.blocks import Block, Document

_WORDS = {
    "added": "Codes not in {old}, in {new}",
    "removed": "Codes in {old}, not in {new}",
    "row added": "Further rows of a code in {new}",
    "row removed": "Rows of a code not in {new}",
    "became header": "Billable in {old}, a header in {new}",
    "became billable": "A header in {old}, billable in {new}",
    "reworded": "Reworded",
    "changed": "Fields that changed",
}


def build_page(answer: ChangesAnswer) -> Document:
    """Return the blocks of the page, with `limit` changes of each kind."""
    old, new = answer.headings
    names = {"old": old, "new": new}
    blocks: list[Block] = [Title(f"{old} to {new}")]
    facts = [(_WORDS[kind].format(**names), (f"{count:,}",)) for kind, count in answer.counts]
    if answer.field_counts:
        counts = ", ".join(f"{name} {count:,}" for name, count in answer.field_counts)
        facts.append(("Rows in which a field changed", (counts,)))
    blocks += (Paragraph((Run(line),)) for line in answer.summary)
    blocks.append(Facts(tuple(facts)) if facts else Paragraph((Run("Nothing changed."),)))
    for kind, count in answer.counts:
        changes = [change for change in answer.changes if change.kind == kind][: answer.limit]
        more = count - len(changes)
        items = [*map(_describe, changes), *([f"and {more:,} more: -n {count} shows all"] if more else [])]
        blocks += (Heading(_WORDS[kind].format(**names)), Points(tuple((Run(item),) for item in items)))
    blocks += (Paragraph((Run(notice),)) for notice in answer.notices)
    return tuple(blocks)


def _describe(change: Change) -> str:
    return "\n".join(_iter_lines(change))


def _iter_lines(change: Change) -> Iterator[str]:
    name = f"{change.code}-{change.sub}" if change.sub else change.code
    if change.code.startswith("-"):  # a modifier of HCPCS
        name = f"modifier {change.code[1:]}"
    if change.kind == "reworded":
        ((_, old, new), *_) = change.fields
        yield f"{name}: {old or 'no text'}"
        yield f"now: {new or 'no text'}"
    elif change.fields:
        fields = "; ".join(f"{field} {old or 'empty'} to {new or 'empty'}" for field, old, new in change.fields)
        yield f"{name}: {fields}"
    else:
        yield "  ".join(filter(None, (name, change.text)))
