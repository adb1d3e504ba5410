"""Mark each line of a saved page with what it is: a title, a heading, a point, or what websites put around them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from cptref.codes import CODE_PATTERN
from cptref.sanitize import UNSAFE_PATTERN
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# An `intro` is certain, a `text` may be one. A list may go on after an `aside`; after `end` the section is over.
MarkKind = Literal["title", "heading", "intro", "point", "text", "aside", "end", "blank"]

CODE = rf"({CODE_PATTERN.pattern})(?!\w)"


class Line(NamedTuple):
    """A line of a page: its number from 1, its indent in columns, its text with single blanks."""

    number: int
    indent: int
    text: str


class Mark(NamedTuple):
    """The kind and the text of one line, or of a point together with the lines that continue it.

    `key` is the section that a heading begins, `code` the code in a title or heading, `ordinal` the number of a point.
    """

    kind: MarkKind
    text: str
    lines: tuple[Line, ...]
    key: str = ""
    code: str = ""
    ordinal: int = 0


# Headings in the form of normalize_heading(), besides those of the catalogue.
_HEADING_NAMES = {
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
MAX_HEADING_CHARACTERS = 100  # a longer line is not a heading, and need not be normalized and compared

_TITLE = re.compile(
    r"[#*_ ]*overview (?:of|for) (?:the )?(?:(?:CPT|HCPCS)(?:\(R\)|\W){0,3})?(?:(?:procedure )?code(?:\(R\)|\W){0,3})?"
    rf"{CODE}[*_ ]*(?:[:\u2013\u2014-]|(?= )|$)(.*)",
    re.IGNORECASE | re.ASCII,
)
_BULLET = re.compile(r"[•·▪◦‣●○] ?|[*\u2013\u2014-] |(?P<ordinal>[0-9]{1,3})[.)] ")
_WORD = re.compile(r"[\W\d_]*([^\W\d_]+)")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
# The place where one text runs into the next without a blank, as a link runs into the heading below it.
_SEAM = re.compile(r"(?<=[a-z.?!)®])(?=[A-Z])")

# Lines that websites put between the sections of such articles (asides), and below the last section (ends). Points are
# compared with the texts of links only, because a point may well begin like a slogan.
_ASIDES = (
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
_ENDS = (
    *_LINKS,
    r"(?:get started|try|start) .*\b(?:for free|free (?:trial|notes|account)|\d+ free)\b.*|ready to .*\?",
    r"sign up .*|follow us .*|subscribe to .*|.*\bnewsletter\b.*",
    r"(?:©|\(c\)|copyright\b).*|.*\ball rights reserved\b.*|[^\s@]+@[^\s@]+\.[a-z]+",
)
MAX_FURNITURE_CHARACTERS = 300  # these patterns are slow on longer lines


def _compile_kinds(kinds: dict[str, Iterable[str]]) -> re.Pattern[str]:
    """Return a pattern whose match has the kind as its last group."""
    groups = (f"(?P<{kind}>(?:{'|'.join(patterns)})[.!]?)" for kind, patterns in kinds.items())
    return re.compile("|".join(groups), re.IGNORECASE)


_FURNITURE = _compile_kinds({"aside": _ASIDES, "end": _ENDS})
_LINK = _compile_kinds({"end": _LINKS})


def mark_lines(text: str) -> tuple[Mark, ...]:
    """Return the marks of a page in order; several blank lines in a row have one."""
    lines = _split_lines(text.replace("\r\n", "\n").replace("\r", "\n"))
    marks = [mark for group, bullet in _group_points(lines) for mark in _mark_group(group, bullet)]
    return tuple(_correct_numbered_headings(marks))


def normalize_heading(text: str) -> str:
    """Return a heading in the form in which headings are compared: without number, articles, punctuation and case."""
    bare = re.sub(r"\A(?:#{1,6} )?(?:\(?[0-9]{1,2}[.)] )?[*_]*|[\s:?#*_]+\Z", "", text).casefold()
    words = re.findall(r"[^\s(),®™\u2010-\u2015-]+", bare.replace("&", " and ").replace("/", " and "))
    return " ".join(word for word in words if word not in {"the", "this", "your", "a"})


_HEADINGS = {normalize_heading(kind.heading): key for key, kind in CATALOGUE.items() if key in _HEADING_NAMES} | {
    normalize_heading(name): key for key, names in _HEADING_NAMES.items() for name in names.split("; ")
}
_FIRST_WORDS = {"the", "this", "your", "a"} | {name.split()[0] for name in _HEADINGS}


def _split_lines(text: str) -> list[Line]:
    """Return the lines of a text, with white space of any kind as blanks and without unsafe characters."""
    clean = re.sub(UNSAFE_PATTERN, "", re.sub(r"[^\S\n]", " ", text.expandtabs()))
    lines: list[Line] = []
    after_blank = False
    for number, row in enumerate(clean.split("\n"), start=1):
        words = " ".join(row.split())
        if words or not after_blank:
            lines.append(Line(number, len(row) - len(row.lstrip()), words))
        after_blank = not words
    return lines


def _group_points(lines: Iterable[Line]) -> Iterator[tuple[tuple[Line, ...], re.Match[str] | None]]:
    """Yield each line by itself, but a point, with its bullet, together with the deeper lines right below it."""
    group: tuple[Line, ...] = ()
    continuation: list[Line] = []
    group_bullet: re.Match[str] | None = None
    for line in lines:
        bullet = _BULLET.match(line.text)
        deeper = group_bullet and not bullet and line.text and line.indent > group[0].indent
        if deeper and not _match_furniture(line.text, _FURNITURE):
            continuation.append(line)
            continue
        if group:
            yield (*group, *continuation), group_bullet
        group, continuation, group_bullet = (line,), [], bullet
    yield (*group, *continuation), group_bullet


def _mark_group(group: tuple[Line, ...], bullet: re.Match[str] | None) -> Sequence[Mark]:
    text = group[0].text
    if not _LETTER_OR_DIGIT.search(text):
        return (Mark("aside" if text.strip("=") else "blank", text, group),)
    if not bullet:
        pieces = _split_glued(text)
        if not pieces[1:]:
            return (_match_head(text, group) or Mark(_match_furniture(text, _FURNITURE) or "text", text, group),)
        parts = ((piece, (group[0]._replace(text=piece),)) for piece in pieces)
        return [_match_head(piece, part) or Mark("aside", piece, part) for piece, part in parts]
    point = " ".join([text[bullet.end() :], *(line.text for line in group[1:])])
    kind = (_match_furniture(point, _LINK) or "point") if _LETTER_OR_DIGIT.search(point) else "aside"
    if not bullet["ordinal"]:
        return (Mark(kind, point, group),)
    return ((_match_head(point, group) or Mark(kind, point, group))._replace(ordinal=int(bullet["ordinal"])),)


def _match_head(text: str, group: tuple[Line, ...] = ()) -> Mark | None:
    """Return the mark of a title or of a heading, None if the text is neither."""
    if title := _TITLE.fullmatch(text):
        return Mark("title", title[2].strip(" *_#"), group, "overview", title[1].upper())
    # Nearly every line is not a heading, and its first word says so in a fraction of the time.
    if len(text) > MAX_HEADING_CHARACTERS or not (first := _WORD.match(text)):
        return None
    if first[1].casefold() not in _FIRST_WORDS:
        return None
    name = normalize_heading(text)
    if key := _HEADINGS.get(name):
        return Mark("heading", text, group, key)
    used = _USED_WHEN.fullmatch(name)
    return Mark("heading", text, group, "used-when", used[1].upper()) if used else None


def _split_glued(text: str) -> list[str]:
    """Return the texts that run into each other in a line, or the whole line if none of them is a title or heading."""
    parts = [text] if text.isalpha() else _SEAM.split(text)
    if not parts[1:]:
        return parts
    heads = [_match_head(part) for part in parts]
    if not any(heads):
        return [text]
    pieces: list[list[str]] = []
    goes_on = False
    for part, head in zip(parts, heads, strict=True):
        separate = head is not None or _match_furniture(part, _FURNITURE) is not None
        if separate or not goes_on:
            pieces.append([])
        pieces[-1].append(part)
        goes_on = not separate or (head is not None and head.kind == "title")
    return ["".join(piece) for piece in pieces]


def _match_furniture(text: str, patterns: re.Pattern[str]) -> MarkKind | None:
    match = patterns.fullmatch(text) if len(text) <= MAX_FURNITURE_CHARACTERS else None
    return ("end" if match.lastgroup == "end" else "aside") if match else None


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
