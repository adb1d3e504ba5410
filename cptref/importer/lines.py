"""Mark each line of a saved page with what it is: a title, a heading, a point, or what websites put around them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from cptref.importer.bullets import find_lettered, is_lone_bullet, match_bullet, read_ordinal, split_bullets
from cptref.importer.headings import match_furniture, match_head, match_link
from cptref.importer.layout import Line, Row, clean_rows
from cptref.importer.pagebreaks import drop_page_breaks
from cptref.importer.titles import find_titles
from cptref.importer.wrapping import Wrapping, is_dangling

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from cptref.importer.changes import Changes

# An `intro` is certain, a `text` may be one. A list may go on after an `aside`; after `end` the section is over.
MarkKind = Literal["title", "heading", "intro", "point", "text", "aside", "end", "blank"]


class Mark(NamedTuple):
    """The kind and the text of one line, or of several that are wrapped.

    `key` is the section that a heading begins, `code` the code in a title or heading, `ordinal` the number of a point.
    """

    kind: MarkKind
    text: str
    lines: tuple[Line, ...]
    key: str = ""
    code: str = ""
    ordinal: int = 0


class _Group(NamedTuple):
    """A line with those that continue it, and its bullet."""

    lines: list[Line]
    bullet: re.Match[str] | None
    is_open: bool


_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
# The place where one text runs into the next without a blank, as a link runs into the heading below it.
_SEAM = re.compile(r"(?<=[a-z.?!)®])(?=[A-Z])")
# Alone on a line, these may be separators or words. A lone `o` is a bullet of Word.
_DOUBTFUL_BULLETS = frozenset("-*+~\u2013\u2014ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnpqrstuvwxyz")


def mark_lines(rows: Sequence[Row], changes: Changes) -> tuple[Mark, ...]:
    """Return the marks of a page in order; several blank lines in a row have one."""
    lines = drop_page_breaks(clean_rows(rows, changes), changes)
    lines = list(_place_bullets(lines, changes))
    wrapping = Wrapping(lines, changes)
    titles = find_titles([f"# {line.text.lstrip('# ')}" if line.level == 1 else line.text for line in lines])
    marks: list[Mark] = []
    for index, group in _group_lines(lines, titles.keys(), wrapping):
        if title := titles.get(index):
            text = wrapping.join([title.text, *(line.text for line in group.lines[1:])])
            changes.add("wrapped", len(group.lines) - 1)
            marks += [Mark("title", text, tuple(group.lines), "overview", code) for code in title.codes]
        else:
            marks += _mark_group(group, wrapping)
    return tuple(_correct_numbered_headings([*_place_subheadings(marks)]))


def _place_bullets(lines: Sequence[Line], changes: Changes) -> Iterator[Line]:
    """Yield the lines with one bullet each: several in a line are split, a lone one is put before the next line."""
    lone: list[Line] = []  # a lone bullet, and a blank line behind it
    for line in lines:
        if lone and not line.text and not lone[1:]:
            lone.append(line)
            continue
        if lone and _takes_bullet(line, after_blank=len(lone) > 1, bullet=lone[0].text):
            changes.add("lone-bullet")
            yield line._replace(indent=lone[0].indent, text=f"{lone[0].text} {line.text}")
            lone = []
            continue
        yield from lone
        lone = []
        if is_lone_bullet(line.text) and not line.in_columns:
            lone = [line]
            continue
        pieces = [] if line.in_columns else split_bullets(line.text)
        changes.add("several-bullets", int(len(pieces) > 1))
        yield from (line._replace(text=piece) for piece in pieces) if pieces else (line,)
    yield from lone


def _takes_bullet(line: Line, *, after_blank: bool, bullet: str) -> bool:
    """Return whether a line is the text of the lone bullet above it. A hyphen or a letter may be something else."""
    if not _LETTER_OR_DIGIT.search(line.text) or match_bullet(line.text) or is_lone_bullet(line.text):
        return False
    separator = after_blank or bullet[0] in _DOUBTFUL_BULLETS
    return not line.in_columns and not (separator and (match_head(line.text) or match_furniture(line.text)))


def _group_lines(
    lines: Sequence[Line], title_indexes: Collection[int], wrapping: Wrapping
) -> Iterator[tuple[int, _Group]]:
    """Yield the index of each line that begins something, with the lines that continue it."""
    lettered = find_lettered(line.text for line in lines)
    group, begin = _Group([], None, is_open=False), 0
    for index, line in enumerate(lines):
        bullet = None if line.in_columns else match_bullet(line.text, lettered=index in lettered)
        if group.is_open and line.text and not (bullet or line.in_columns or line.level) and index not in title_indexes:
            deeper = group.bullet and line.indent > group.lines[0].indent and not _is_centered_heading(line.text)
            if (deeper or wrapping.goes_on(group.lines[-1], line)) and not match_furniture(line.text):
                group.lines.append(line)
                continue
        if group.lines:
            yield begin, group
        is_open = not line.in_columns and (bullet is not None or _is_text(line))
        if index in title_indexes:
            is_open = is_dangling(line.text)
        group, begin = _Group([line], bullet, is_open), index
    if group.lines:
        yield begin, group


def _is_centered_heading(text: str) -> bool:
    return text[0].isupper() and match_head(text) is not None


def _is_text(line: Line) -> bool:
    text = line.text
    return (
        _LETTER_OR_DIGIT.search(text) is not None
        and not line.level
        and not match_head(text)
        and not match_furniture(text)
        and not _split_glued(text)[1:]
    )


def _mark_group(group: _Group, wrapping: Wrapping) -> Sequence[Mark]:
    lines = tuple(group.lines)
    text = lines[0].text
    if lines[0].in_columns:
        return (Mark("end", text, lines),)
    if not _LETTER_OR_DIGIT.search(text):
        return (Mark("aside" if text.strip("=") else "blank", text, lines),)
    if not group.bullet:
        pieces = _split_glued(text)
        if not pieces[1:]:
            joined = wrapping.join([line.text for line in lines])
            return (_make_head(text, lines) or Mark(match_furniture(text) or "text", joined, lines),)
        parts = ((piece, (lines[0]._replace(text=piece),)) for piece in pieces)
        return [_make_head(piece, part) or Mark("aside", piece, part) for piece, part in parts]
    point = wrapping.join([text[group.bullet.end() :], *(line.text for line in lines[1:])])
    kind: MarkKind = (match_link(point) or "point") if _LETTER_OR_DIGIT.search(point) else "aside"
    ordinal = read_ordinal(group.bullet)
    mark = (_make_head(point, lines) if ordinal else None) or Mark(kind, point, lines)
    return (mark._replace(ordinal=ordinal),)


def _make_head(text: str, lines: tuple[Line, ...]) -> Mark | None:
    head = match_head(text)
    if not head:
        return None
    return Mark(head.kind, head.title if head.kind == "title" else text, lines, head.key, head.code)


def _split_glued(text: str) -> list[str]:
    """Return the texts that run into each other in a line, or the whole line if none of them is a title or heading."""
    parts = [text] if text.isalpha() else _SEAM.split(text)
    if not parts[1:]:
        return parts
    heads = [match_head(part) for part in parts]
    if not any(heads):
        return [text]
    pieces: list[list[str]] = []
    goes_on = False
    for part, head in zip(parts, heads, strict=True):
        separate = head is not None or match_furniture(part) is not None
        if separate or not goes_on:
            pieces.append([])
        pieces[-1].append(part)
        goes_on = not separate or (head is not None and head.kind == "title")
    return ["".join(piece) for piece in pieces]


def _place_subheadings(marks: Sequence[Mark]) -> Iterator[Mark]:
    """Yield the marks, with each unknown heading as an aside, or as an end unless it is below a known one.

    Only markup tells that a line is a heading. One that is a question remains a text, without number signs.
    """
    known_level = 0
    for mark in marks:
        level = mark.lines[0].level if mark.lines else 0
        if level and mark.kind in {"title", "heading"}:
            known_level = level
        if not level or mark.kind != "text":
            yield mark
        elif mark.text.endswith("?"):
            yield mark._replace(text=mark.text.lstrip("# "))
        else:
            yield mark._replace(kind="aside" if level > known_level > 0 else "end")


def _correct_numbered_headings(marks: Sequence[Mark]) -> Iterator[Mark]:
    """Yield the marks, with what looks like a numbered heading as a point if it is part of a numbered list."""
    following = last = Mark("blank", "", ())
    next_marks: list[Mark] = []  # of each mark, the next one that is not blank; the first mark's is at the end
    for mark in reversed(marks):
        next_marks.append(following)
        following = following if mark.kind == "blank" else mark
    for mark in marks:
        next_mark = next_marks.pop()
        goes_on = last.kind == "point" and last.ordinal and last.ordinal + 1 == mark.ordinal
        if mark.kind == "heading" and mark.ordinal:
            begins = next_mark.kind == "point" and next_mark.ordinal == mark.ordinal + 1
            last = mark._replace(kind="point", key="", code="") if goes_on or begins else mark
        else:
            last = mark
        yield last
