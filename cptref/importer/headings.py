"""Recognize the titles and headings of an article page, and what websites put around them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from cptref.codes import CODE_PATTERN
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable

CODE = rf"({CODE_PATTERN.pattern})(?!\w)"


# A list may go on after an `aside`; after an `end` the section is over.
FurnitureKind = Literal["aside", "end"]


class Head(NamedTuple):
    """A title or a heading: its kind, the text of a title, the section that it begins, the code in it."""

    kind: Literal["title", "heading"]
    key: str
    title: str = ""
    code: str = ""


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
_WORD = re.compile(r"[\W\d_]*([^\W\d_]+)")
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


_CONTINUED = re.compile(r"[ ,-]{0,3}[(\[]?(?:continued|cont(?:['\u2019]d|\.)|cont'd\.?)[)\]]?:?\Z", re.IGNORECASE)


def normalize_heading(text: str) -> str:
    """Return a heading in the form in which headings are compared: without number, articles, punctuation and case.

    Nor does it say that the section began on the page before.
    """
    text = _CONTINUED.sub("", text)
    bare = re.sub(r"\A(?:#{1,6} )?(?:\(?[0-9]{1,2}[.)] )?[*_]*|[\s:?#*_]+\Z", "", text).casefold()
    words = re.findall(r"[^\s(),®™\u2010-\u2015-]+", bare.replace("&", " and ").replace("/", " and "))
    return " ".join(word for word in words if word not in {"the", "this", "your", "a"})


_HEADINGS = {normalize_heading(kind.heading): key for key, kind in CATALOGUE.items() if key in _HEADING_NAMES} | {
    normalize_heading(name): key for key, names in _HEADING_NAMES.items() for name in names.split("; ")
}
_FIRST_WORDS = {"the", "this", "your", "a"} | {name.split()[0] for name in _HEADINGS}


def match_head(text: str) -> Head | None:
    """Return what a line begins as a title or a heading, None if it is neither."""
    if title := _TITLE.fullmatch(text):
        return Head("title", "overview", title[2].strip(" *_#"), title[1].upper())
    # Nearly every line is not a heading, and its first word says so in a fraction of the time.
    if len(text) > MAX_HEADING_CHARACTERS or not (first := _WORD.match(text)):
        return None
    if first[1].casefold() not in _FIRST_WORDS:
        return None
    name = normalize_heading(text)
    if key := _HEADINGS.get(name):
        return Head("heading", key)
    used = _USED_WHEN.fullmatch(name)
    return Head("heading", "used-when", code=used[1].upper()) if used else None


def match_furniture(text: str) -> FurnitureKind | None:
    """Return what a line of a website is to the section above it, None for any other line."""
    return _match_kind(text, _FURNITURE)


def match_link(text: str) -> FurnitureKind | None:
    """Return `end` for the text of a link that websites put below their articles, None for any other text."""
    return _match_kind(text, _LINK)


def _match_kind(text: str, patterns: re.Pattern[str]) -> FurnitureKind | None:
    match = patterns.fullmatch(text) if len(text) <= MAX_FURNITURE_CHARACTERS else None
    return ("end" if match.lastgroup == "end" else "aside") if match else None
