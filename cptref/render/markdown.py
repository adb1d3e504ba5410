"""A page as Markdown (CommonMark 0.31, with tables). Whatever a dataset holds is text: none of it is read as markup."""

from __future__ import annotations

import re

from cptref.render.blocks import (
    Callout,
    Document,
    Facts,
    FlatBlock,
    Footer,
    Heading,
    Line,
    Paragraph,
    Points,
    RangeBars,
    Table,
    Title,
    draw_bars,
    flatten,
)
from cptref.sanitize import escape_unsafe

# What can mean something anywhere in a line, and what means something only where a line begins.
_ANYWHERE = re.compile(r"([\\`*_\[\]<>&|~])")
_BAR = 20  # cells
_BEGINNING = re.compile(r"^(?:([-+#=])|(\d{1,9})([.)]))")


def render(page: Document) -> str:
    """The page, its blocks parted by blank lines."""
    return "\n".join(f"{_block(block)}\n" for block in flatten(page))


def _block(block: FlatBlock) -> str:  # noqa: PLR0911 - one a kind of block
    match block:
        case Title(text):
            return f"# {_flat(text)}"
        case Heading(text):
            return f"## {_flat(text)}"
        case Callout(label, text, facts):
            parts = (
                f"**{_flat(label)}**",
                _text(text),
                *(f"**{_flat(name)}:** {_text(value)}" for name, value in facts),
            )
            return _hung("> ", "\n\n".join(parts), "> ")
        case Facts(rows):
            return "\n".join(line for name, values in rows for line in _fact(name, values))
        case Paragraph(line):
            return _inline(line)
        case Points(items):
            return "\n".join(_hung("- ", _inline(item)) for item in items)
        case RangeBars(label, rows):
            bars = zip(rows, draw_bars(block, _BAR, "█", "░"), strict=True)
            drawings = (f"- {_text(name)}: {_text(told)} `{bar}`" for (name, *_, told), bar in bars)
            return "\n".join((_text(label), "", *drawings))
        case Table(head, rows):
            lines = (head, ("---",) * len(head), *(tuple(_flat(cell) for cell in row) for row in rows))
            return "\n".join(f"| {' | '.join(line)} |" for line in lines)
        case Footer(text):
            return f"---\n\n{_text(text)}"


def _fact(name: str, values: tuple[str, ...]) -> list[str]:
    if len(values) == 1:
        return [_hung("- ", f"**{_flat(name)}:** {_text(values[0])}")]
    return [f"- **{_flat(name)}:**", *(_hung("  - ", _text(value), "    ") for value in values)]


def _inline(line: Line) -> str:
    return _begun("".join(f"**{_safe(run.text)}**" if run.marked else _safe(run.text) for run in line))


def _text(text: str) -> str:
    return _begun(_safe(text))


def _flat(text: str) -> str:
    """Text on one line, as headings and table cells want it."""
    return _text(" ".join(escape_unsafe(text).split()))


def _safe(text: str) -> str:
    return _ANYWHERE.sub(r"\\\1", escape_unsafe(text))


def _begun(text: str) -> str:
    """Escape what would begin a list, a heading or a rule; a line break in a text is a hard one."""
    lines = (line.strip() for line in text.split("\n"))
    safe = (_BEGINNING.sub(lambda at: f"{at[2] or ''}\\{at[1] or at[3]}", line) for line in lines if line)
    return "\\\n".join(safe)


def _hung(first: str, text: str, later: str = "  ") -> str:
    return "\n".join(f"{later if number else first}{line}".rstrip() for number, line in enumerate(text.split("\n")))
