"""Find the title of a page that does not begin "Overview of CPT Code ...": the first line that names a code as one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cptref.importer.headings import CODE, Head, match_furniture, match_head

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LABEL = (
    r"(?:\b(?:CPT|HCPCS)(?![a-z])(?:\(R\)|[^\w\s]|\s)?(?:/(?:CPT|HCPCS)\b)?\s?"
    r"(?:(?:level (?:II|2) )?(?:procedure |billing |medical )?codes?(?:\(s\))?(?![a-z]))?"
    r"|\b(?:procedure |billing |medical )?codes?(?:\(s\))?(?![a-z]))"
    r"\s?(?:[:#=(\[]|[\u2013\u2014-](?=\s)|(?:no|number)\b\.?|is\b)?\s?#?"
)
_LABELED = re.compile(rf"{_LABEL}(?<![0-9]){CODE}", re.IGNORECASE | re.ASCII)
_BARE = re.compile(
    rf"(?P<mark>#{{1,6}} )?[*_]*{CODE}[*_]*(?P<separator> ?[:|\u2013\u2014] ?| - | ?-(?= ))?(?P<title>.*)", re.ASCII
)
_BARE_BEHIND = re.compile(rf"(?P<title>.*[^\W\d_].*?) ?[(\[]{CODE}[)\]]", re.ASCII)
_FURTHER_CODE = re.compile(
    rf"[*_]* ?(?:[,/&;+]|and\b|or\b|to\b|through\b|-|\u2013)(?: ?(?:and|or))? ?{CODE}", re.IGNORECASE | re.ASCII
)
_LABEL_LINE = re.compile(rf"\W{{0,5}}{_LABEL}(?<![0-9]){CODE}\W{{0,5}}", re.IGNORECASE | re.ASCII)
_QUESTION = re.compile(
    rf"[#*_ ]*(?:Q(?:uestion)? ?[0-9]*[:.)] ?)?what (?:is|are|does|do) (?:the |a )?(?:{_LABEL})?(?<![0-9]){CODE}"
    r"[^?]{0,40}\?[*_ ]*(?P<title>.*)",
    re.IGNORECASE | re.ASCII,
)
_LEAD = re.compile(
    r"(?:an? |the |your )?(?:(?:complete |quick |full |short )?(?:understanding|overview|guide|introduction|about"
    r"|summary|explanation|description|definition|details|information|all about|everything)"
    r"(?: (?:of|for|to|on|about|the))*"
    r"|procedure(?: name| title)?|title|name|description|service|topic)\W*",
    re.IGNORECASE,
)
_TITLE_LINE = re.compile(
    r"(?:#{1,6} |(?:procedure(?: (?:name|title))?|title|name|description) ?: ?)(?P<title>\S.*)", re.IGNORECASE
)
_VERB = re.compile(
    r"(?:is|are|was|were|refers?|covers?|describes?|stands?|means?|represents?|can|may|should|must|has|have|applies"
    r"|includes?|involves?|identifies|reports?|denotes|will|would|does)\b"
)
_OTHER_CODES = re.compile(
    r"\W*(?:see|related|compare|also|versus|vs|formerly|previous|next|back|similar|replaces|replaced)\b", re.IGNORECASE
)
_TRAILING_WORDS = re.compile(
    r"(?:explained|overview|description|guide|definition|details|information|summary|basics)", re.IGNORECASE
)
_ADDRESS = re.compile(
    r"\b(?:street|st|avenue|ave|road|rd|blvd|boulevard|drive|dr|lane|ln|suite|ste|hwy|highway|court|ct|phone|fax)\b",
    re.IGNORECASE,
)
_CODE_LABEL = re.compile(r"\A\W*(?:CPT|HCPCS)\W{0,3}(?:code)?\W+", re.IGNORECASE)
_EDGES = " *_#|:;,-\u2013\u2014\u00b7\u2022?="
_SEPARATORS = frozenset("([)]|:,.-\u2013\u2014\u00b7\u2022?")
MAX_TITLE_CHARACTERS = 300
MAX_LINES_ABOVE = 15  # of a website, above the title of its article


class Title(NamedTuple):
    """A title: the codes that it names, and its text, "" if it has none besides them."""

    codes: tuple[str, ...]
    text: str


def find_titles(texts: Sequence[str]) -> dict[int, Title]:
    """Return the titles of a page by their indexes, empty if there are none or the page has one "Overview of ...".

    A code with `CPT`, `HCPCS` or `code` before it counts more than a bare one, which may be a ZIP code.
    """
    heads = [match_head(text) for text in texts]
    if any(head and head.kind == "title" for head in heads):
        return {}
    first_heading = next((index for index, head in enumerate(heads) if head and not head.code), len(texts))
    top = [index for index, text in enumerate(texts[:first_heading]) if text]
    lines = [(index, texts[index]) for index in top[:MAX_LINES_ABOVE] if len(texts[index]) <= MAX_TITLE_CHARACTERS]
    candidates = [(index, title) for index, text in lines if (title := _read_labeled(text))]
    if not candidates or candidates[0][0] != top[0]:
        known = {code for text, head in zip(texts, heads, strict=True) if (code := _read_label_line(text, head))}
        bare = [(index, title) for index, text in lines if (title := _read_bare(text, first=index == top[0]))]
        candidates = sorted(
            candidates + [(index, title) for index, title in bare if not known or title.codes[0] in known]
        )
    if not candidates:
        return {}
    first_index, first = candidates[0]
    # What follows may give the text of a title without one, or repeat the title.
    same = [(index, title) for index, title in candidates if title.codes == first.codes]
    named = next((title for _, title in same if title.text), None)
    if named is None:
        text_index, text = next(_find_title_lines(lines), (first_index, ""))
        return dict(same) | {text_index: Title(first.codes, text)}
    return {index: title for index, title in same if title.text in {"", named.text}}


def _find_title_lines(lines: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    for index, text in lines:
        if (match := _TITLE_LINE.fullmatch(text)) and not _LABELED.search(text):
            yield index, match["title"].strip(_EDGES)


def _read_label_line(text: str, head: Head | None) -> str:
    """Return the code in a heading, or in a line that has nothing besides it; "" without one."""
    if head:
        return head.code
    match = _LABEL_LINE.fullmatch(text) if len(text) <= MAX_TITLE_CHARACTERS else None
    return match[1].upper() if match else ""


def _read_labeled(text: str) -> Title | None:
    """Return the title in a line that names a code as such."""
    if question := _QUESTION.fullmatch(text):
        return Title((question[1].upper(),), question["title"].strip(_EDGES))
    match = _LABELED.search(text)
    if not match or _OTHER_CODES.match(text) or match_furniture(text) or match_head(text):
        return None
    codes = [match[1].upper()]
    end = match.end()
    while further := _FURTHER_CODE.match(text, end):
        codes.append(further[1].upper())
        end = further.end()
    before, after = text[: match.start()].rstrip(), text[end:].strip("*_ ")
    lead = _strip_lead(before.strip(_EDGES).rstrip("(["))
    separate = not after or after[0] in _SEPARATORS
    if not separate and (lead or _VERB.match(after) or after.endswith(".")):
        return None  # a code in a sentence
    if lead and (text.endswith(".") or before[-1:] not in _SEPARATORS):
        return None
    rest = after.lstrip(")].").strip(_EDGES)
    if rest.startswith("(") and rest.find(")") == len(rest) - 1:
        rest = rest[1:-1]
    rest = "" if _TRAILING_WORDS.fullmatch(rest) else rest
    return Title(tuple(dict.fromkeys(codes)), " - ".join(filter(None, (lead.strip(_EDGES), rest))))


def _strip_lead(text: str) -> str:
    """Return a title without words that only announce it: `Procedure: ...`, `A guide to`."""
    label, colon, rest = text.partition(":")
    if _LEAD.fullmatch(f"{label} "):
        return rest.strip(_EDGES) if colon else ""
    return text


def _read_bare(text: str, *, first: bool) -> Title | None:
    """Return the title in a line that begins or ends with a code: `64483 - ...`, `# 62323 ...`, `... (62323)`."""
    if behind := _BARE_BEHIND.fullmatch(text):
        return Title((behind[2].upper(),), _strip_lead(behind["title"].strip(_EDGES)))
    match = _BARE.fullmatch(text)
    if not match or _ADDRESS.search(text) or match_furniture(text):
        return None
    title = _CODE_LABEL.sub("", match["title"].lstrip("."), count=1).strip(_EDGES)
    if further := _FURTHER_CODE.match(text, match.end(2)):
        return Title((match[2].upper(), further[1].upper()), title)
    sure = match["separator"] or match["mark"] or (first and not text.endswith("."))
    return Title((match[2].upper(),), title) if sure else None
