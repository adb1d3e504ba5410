"""The text of a saved page -> its lines, each marked with what it is.

Two kinds of pages are read: articles of the web, saved as text, and entries as `cptref show` prints them.
"""

from __future__ import annotations

import re
from itertools import groupby, takewhile
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from cptref.codes import CODE_PATTERN
from cptref.models.article import Status
from cptref.sanitize import UNSAFE_PATTERN
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# `intro` is one for sure, `text` may be one. After `inside` a list may go on; after `end` the section is over.
MarkKind = Literal["title", "heading", "intro", "point", "text", "inside", "end", "blank"]

CODE = rf"({CODE_PATTERN.pattern})(?!\w)"


class Line(NamedTuple):
    """A line of a page: its number from 1, its indent, its text with single blanks, and how it stands there."""

    number: int
    indent: int
    text: str
    raw: str


class Mark(NamedTuple):
    """What one line says, or a point with the lines that continue it.

    `key` is the section a heading begins; `code` what a title or a heading names; `ordinal` the number of a point.
    """

    kind: MarkKind
    text: str
    lines: tuple[Line, ...]
    key: str = ""
    code: str = ""
    ordinal: int = 0


class Marked(NamedTuple):
    """The marks of a page; `entry` where it is what `cptref show` prints, so that its points are read as they stand."""

    marks: tuple[Mark, ...]
    entry: bool


# What headings are called, as folded() has them, besides the headings of the catalogue.
_NAMES = {
    "overview": "summary; introduction",
    "used-when": "when is it used; when to use it; when to use; when used; when procedure is used; when code is used; "
    "when cpt code is used; indications; common indications; clinical indications; indications for procedure; "
    "indications for use; uses",
    "symptoms": "symptoms indicating procedure; symptoms and signs; signs and symptoms; common symptoms",
    "causes": "causes; risk factors; risk factors and causes; common causes",
    "tests": "tests; tests before procedure; diagnostic tests; diagnostic tests before procedure; diagnostic testing; "
    "diagnostics; diagnosis; imaging and tests; tests and imaging; tests and diagnosis",
    "procedure": "procedure description; procedure details; procedure steps; description of procedure; "
    "steps of procedure; steps; technique; how it is done; how procedure is done; how procedure is performed",
    "preparation": "preparation for procedure; preparing for procedure; how to prepare; how to prepare for procedure; "
    "before procedure; pre procedure preparation",
    "recovery": "recovery; aftercare; after care; recovery and after care; aftercare and recovery; after procedure; "
    "post procedure care",
    "complications": "complications; potential complications; risks; risks and complications; possible risks; "
    "complications and risks; side effects; possible side effects; risks and side effects",
    "follow-up": "post procedure follow up; follow up care; followup; post procedure followup; monitoring; "
    "follow up and monitoring; monitoring and follow up",
    "alternatives": "alternative treatments; alternative treatment options; treatment alternatives; other treatments; "
    "alternatives to procedure",
    "home-care": "home care tips; home care instructions; homecare; care at home; self care; self care tips",
    "education": "patient education and prevention; patient education; education; prevention; prevention tips; "
    "prevention and patient education",
    "billing": "billing and coding information; billing and coding; coding and billing; billing information; "
    "coding information; coding",
    "cost": "average cost and insurance coverage; average cost; cost; costs; costs and coverage; cost and insurance; "
    "costs and insurance; cost and insurance coverage; insurance coverage",
    "related": "related cpt codes; related hcpcs codes; related procedure codes; see also",
    "references": "references and sources; sources and references; sources; reference",
    "faq": "frequently asked questions; frequently asked questions faqs; frequently asked questions faq; faq; faqs; "
    "common questions; questions; q and a",
}
_USED_WHEN = re.compile(
    rf"when (?:(?:is|to use) )?(?:(?:cpt|hcpcs) )?(?:code )?{CODE}(?: is)?(?: used| indicated)?",
    re.IGNORECASE | re.ASCII,
)
_LONGEST = 100  # characters of a heading: what is longer is none, and need not be folded to be compared

_TITLE = re.compile(
    r"[#*_ ]*overview (?:of|for) (?:the )?(?:(?:CPT|HCPCS)(?:\(R\)|\W){0,3})?(?:(?:procedure )?code(?:\(R\)|\W){0,3})?"
    rf"{CODE}[*_ ]*(?:[:\u2013\u2014-]|(?= )|$)(.*)",
    re.IGNORECASE | re.ASCII,
)
_BULLET = re.compile(r"[•·▪◦‣●○] ?|[*\u2013\u2014-] |(?P<ordinal>[0-9]{1,3})[.)] ")
_WORD = re.compile(r"[\W\d_]*([^\W\d_]+)")
_SAYS = re.compile(r"[^\W_]")
# Where a text runs into the next one without a blank: the text of a link, and the heading that stood below it.
_GLUED = re.compile(r"(?<=[a-z.?!)®])(?=[A-Z])")

# What the sites of such articles set between their sections, and below the last. A point is held against the texts of
# links alone: it may well begin like a slogan.
_INSIDE = (
    r"(?:[a-z0-9_-]*[-_](?:logo|icon|top|bottom|bg|background|img|image|banner|arrow|avatar|hero|card)[0-9]*(?: |$))+",
    r"\S+\.(?:png|jpe?g|svg|webp|gif)",
    r"(?:learn|read|see|show|view) (?:more|less)(?: about .*)?",
    r"secure, compliant.*|hipaa[- ]compliant.*",
    r"advertisement|sponsored|share|share this.*|print(?: this page)?|back to top|table of contents|skip to .*content",
)
_LINKS = (
    r"sign (?:up|in)(?: now| today| here)?(?: for free)?|log ?in|contact us|about us|follow us|privacy policy",
    r"(?:get started|try it|start)(?: now| today| here)? for free|get started(?: now| today| here)?",
    r"terms (?:of (?:service|use)|and conditions)|cookie (?:policy|settings)|careers|pricing|all rights reserved",
    r"(?:book|request|schedule) a (?:free )?demo|start (?:your |a )?free trial|subscribe(?: now)?",
)
_END = (
    *_LINKS,
    r"(?:get started|try|start) .*\b(?:for free|free (?:trial|notes|account)|\d+ free)\b.*|ready to .*\?",
    r"sign up .*|follow us .*|subscribe to .*|.*\bnewsletter\b.*",
    r"(?:©|\(c\)|copyright\b).*|.*\ball rights reserved\b.*|[^\s@]+@[^\s@]+\.[a-z]+",
)
_LONGEST_FURNITURE = 300  # characters: such patterns take their time with what is longer


def _any(kinds: dict[str, Iterable[str]]) -> re.Pattern[str]:
    """A pattern whose matches have their kind as the last group."""
    named = (f"(?P<{kind}>(?:{'|'.join(patterns)})[.!]?)" for kind, patterns in kinds.items())
    return re.compile("|".join(named), re.IGNORECASE)


_FURNITURE = _any({"inside": _INSIDE, "end": _END})
_LINK = _any({"end": _LINKS})


def mark_lines(text: str) -> Marked:
    """The marks of the text of a page in order, one for any number of blank lines."""
    rows = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = _lines(rows)
    if _SHOWN_TITLE.search(rows) and (entry := _entry(lines)):
        return Marked(entry, entry=True)
    marks = [mark for group, bullet in _groups(lines) for mark in _article(group, bullet)]
    return Marked(tuple(_counted(marks)), entry=False)


def normalize_heading(text: str) -> str:
    """A heading as it is compared: without its number, articles, most punctuation and case."""
    bare = re.sub(r"\A(?:#{1,6} )?(?:\(?[0-9]{1,2}[.)] )?[*_]*|[\s:?#*_]+\Z", "", text).casefold()
    words = re.findall(r"[^\s(),®™\u2010-\u2015-]+", bare.replace("&", " and ").replace("/", " and "))
    return " ".join(word for word in words if word not in {"the", "this", "your", "a"})


_HEADINGS = {normalize_heading(kind.heading): key for key, kind in CATALOGUE.items() if key in _NAMES} | {
    normalize_heading(name): key for key, names in _NAMES.items() for name in names.split("; ")
}
_FIRST = {"the", "this", "your", "a"} | {name.split()[0] for name in _HEADINGS}


def _lines(rows: str) -> list[Line]:
    """The lines of a text: white space of any kind as blanks, and without what must not reach a terminal."""
    clean = re.sub(UNSAFE_PATTERN, "", re.sub(r"[^\S\n]", " ", rows.expandtabs()))
    lines: list[Line] = []
    blank = False
    for number, (row, raw) in enumerate(zip(clean.split("\n"), rows.split("\n"), strict=True), start=1):
        text = " ".join(row.split())
        if text or not blank:
            lines.append(Line(number, len(row) - len(row.lstrip()), text, raw))
        blank = not text
    return lines


def _groups(lines: Iterable[Line]) -> Iterator[tuple[tuple[Line, ...], re.Match[str] | None]]:
    """Each line by itself, but a point, with its bullet, together with the lines below that are indented deeper."""
    group: tuple[Line, ...] = ()
    more: list[Line] = []
    last: re.Match[str] | None = None
    for line in lines:
        bullet = _BULLET.match(line.text)
        deeper = last and not bullet and line.text and line.indent > group[0].indent
        if deeper and not _furniture(line.text, _FURNITURE):
            more.append(line)
            continue
        if group:
            yield (*group, *more), last
        group, more, last = (line,), [], bullet
    yield (*group, *more), last


def _article(group: tuple[Line, ...], bullet: re.Match[str] | None) -> Sequence[Mark]:
    text = group[0].text
    if not _SAYS.search(text):
        return (Mark("inside" if text.strip("=") else "blank", text, group),)
    if not bullet:
        pieces = _pieces(text)
        if not pieces[1:]:
            return (_head(text, group) or Mark(_furniture(text, _FURNITURE) or "text", text, group),)
        parts = ((piece, (group[0]._replace(text=piece),)) for piece in pieces)
        return [_head(piece, part) or Mark("inside", piece, part) for piece, part in parts]
    said = " ".join([text[bullet.end() :], *(line.text for line in group[1:])])
    kind = (_furniture(said, _LINK) or "point") if _SAYS.search(said) else "inside"
    if not bullet["ordinal"]:
        return (Mark(kind, said, group),)
    return ((_head(said, group) or Mark(kind, said, group))._replace(ordinal=int(bullet["ordinal"])),)


def _head(text: str, group: tuple[Line, ...] = ()) -> Mark | None:
    """The mark of a title or of a heading, if the text is one."""
    if title := _TITLE.fullmatch(text):
        return Mark("title", title[2].strip(" *_#"), group, "overview", title[1].upper())
    # Nearly every line is no heading, and its first word says so in a fraction of the time.
    if len(text) > _LONGEST or not (first := _WORD.match(text)) or first[1].casefold() not in _FIRST:
        return None
    name = normalize_heading(text)
    if key := _HEADINGS.get(name):
        return Mark("heading", text, group, key)
    used = _USED_WHEN.fullmatch(name)
    return Mark("heading", text, group, "used-when", used[1].upper()) if used else None


def _pieces(text: str) -> list[str]:
    """The texts that a line was glued of, if a heading or a title is among them; else the line."""
    parts = [text] if text.isalpha() else _GLUED.split(text)
    if not parts[1:]:
        return parts
    heads = [_head(part) for part in parts]
    if not any(heads):
        return [text]
    pieces: list[list[str]] = []
    goes_on = False
    for part, head in zip(parts, heads, strict=True):
        alone = head is not None or _furniture(part, _FURNITURE) is not None
        if alone or not goes_on:
            pieces.append([])
        pieces[-1].append(part)
        goes_on = not alone or (head is not None and head.kind == "title")
    return ["".join(piece) for piece in pieces]


def _furniture(text: str, patterns: re.Pattern[str]) -> MarkKind | None:
    found = patterns.fullmatch(text) if len(text) <= _LONGEST_FURNITURE else None
    return ("end" if found.lastgroup == "end" else "inside") if found else None


def _counted(marks: Sequence[Mark]) -> Iterator[Mark]:
    """The marks, with what looks like a numbered heading as a point where it stands in a numbered list."""
    following = last = Mark("blank", "", ())
    coming: list[Mark] = []
    for mark in reversed(marks):
        coming.append(following)
        following = following if mark.kind == "blank" else mark
    for mark in marks:
        after = coming.pop()
        goes_on = last.kind == "point" and last.ordinal and last.ordinal + 1 == mark.ordinal
        if mark.kind == "heading" and mark.ordinal:
            begins = after.kind == "point" and after.ordinal == mark.ordinal + 1
            last = mark._replace(kind="point", key="", code="") if goes_on or begins else mark
        else:
            last = mark
        yield last


_STATUSES = {f"{status.replace('-', ' ')})" for status in get_args(Status)}
_SHOWN_CODE = re.compile(rf"{CODE}(?:  |$)", re.ASCII)
_SHOWN_TITLE = re.compile(r"\) *\n=+ *(?:\n|\Z)")
_SHOWN = {kind.heading: key for key, kind in CATALOGUE.items()}


def _entry(lines: Sequence[Line]) -> tuple[Mark, ...]:
    """The marks of an entry as `cptref show` prints it, wrapped or not; none where the text is something else.

    Titles and headings stand at the very left, everything under a heading is indented.
    """
    marks: list[Mark] = []
    apart = True
    for outer, several in groupby(lines, lambda line: line.raw[:1] not in {"", " "}):
        group = tuple(several)
        marks += _outer(group, apart=apart) if outer else _inner(group)
        apart = not group[-1].text
    return tuple(marks) if any(mark.kind == "title" for mark in marks) else ()


def _outer(group: tuple[Line, ...], *, apart: bool) -> Iterator[Mark]:
    text = " ".join(line.text for line in group)
    if apart and text in _SHOWN:
        yield Mark("heading", text, group, _SHOWN[text])
        return
    above = tuple(takewhile(lambda line: not _SHOWN_CODE.match(line.raw), group))
    code, _, rest = " ".join(line.text for line in group[len(above) : -1]).partition(" ")
    about, _, status = rest.rpartition(", ")
    if status in _STATUSES and not group[-1].text.strip("="):
        yield Mark("title", about, group[len(above) :], code=code)
    else:
        above = group
    yield from (Mark("end", line.text, (line,)) for line in above)


def _inner(group: Sequence[Line]) -> Iterator[Mark]:
    """The intro and the points under a heading: a point begins behind two blanks, and goes on behind four."""
    parts: list[list[Line]] = [[]]
    for line in group:
        if line.raw.startswith("  - "):
            parts.append([line])
        elif not parts[1:] or line.raw.startswith("    ") or not line.text:
            parts[-1].append(line)
        else:
            parts.append([line])
    for part in parts:
        said = tuple(line for line in part if line.text)
        text = " ".join(line.text for line in said)
        if part and part[0].raw.startswith("  - "):
            text = text[1:].strip()
            yield Mark("point" if text else "inside", text, said)
        elif text:
            yield Mark("intro" if part is parts[0] else "inside", text, said)
