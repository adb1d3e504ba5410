"""What stands under a heading of a page -> what it says, each with the field of an entry that it belongs in."""

from __future__ import annotations

import re
from collections import deque
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from cptref.codes import MODIFIER_PATTERN
from cptref.dataset.rules import STORED_SECTIONS
from cptref.importer.lines import CODE, Line, Mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

_FIELDS = {"overview": {"intro"}, "cost": {"intro", "point"}} | {key: {"intro", "point"} for key in STORED_SECTIONS}
_SMALL = {"a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "vs", "with"}
_LONGEST = 80  # characters of a heading that isn't known


class Found(NamedTuple):
    """One thing that lines of a section say. `field` is "" for what has no place in an entry."""

    key: str
    field: str
    text: str
    lines: tuple[Line, ...]
    answer: str = ""


class Amounts(NamedTuple):
    """What something costs, in whole dollars; `alone` where the line says nothing else."""

    low: int
    high: int
    alone: bool


def read_section(key: str, marks: Sequence[Mark]) -> Iterator[Found]:
    """What the marks under the heading of a section say."""
    return _READERS.get(key, _section)(key, marks)


def _section(key: str, marks: Iterable[Mark]) -> Iterator[Found]:
    """The intro and the points, up to the first line that is neither."""
    groups = [(kind, [*several]) for kind, several in groupby(marks, lambda mark: mark.kind) if kind != "blank"]
    fields = _FIELDS.get(key, set())
    fresh, closed = True, False
    for (kind, several), (following, _) in zip(groups, [*groups, ("end", [])][1:], strict=True):
        taken = len(several) if kind in {"intro", "point"} and not closed else 0
        if kind == "text" and fresh and not closed:
            taken = _paragraph([mark.text for mark in several], followed=following == "point")
        closed = closed or kind == "end" or (kind == "text" and taken < len(several))
        fresh = fresh and kind in {"inside", "intro"}
        if kind == "point":
            field = "point" if taken and "point" in fields else ""
            yield from (_found(key, field, mark) for mark in several)
            continue
        if taken:
            lines = tuple(line for mark in several[:taken] for line in mark.lines)
            yield Found(key, "intro" if "intro" in fields else "", _joined(several[:taken]), lines)
        yield from (_found(key, "", mark) for mark in several[taken:])


def _found(key: str, field: str, mark: Mark) -> Found:
    return Found(key, field, mark.text, mark.lines)


def _joined(marks: Iterable[Mark]) -> str:
    return " ".join(mark.text for mark in marks)


def _paragraph(texts: Sequence[str], *, followed: bool) -> int:
    """How many of these lines, one below the other, are a paragraph: all up to the last that ends like a sentence.

    Where none does they all are, but only if they are `followed` by what they lead to and don't look like a heading.
    """
    ends = [_is_sentence(text) for text in texts]
    stop = next((n for n in range(1, len(texts)) if ends[n - 1] and _like_heading(texts[n])), len(texts))
    last = max((n for n, end in enumerate(ends[:stop], start=1) if end), default=0)
    return stop if not last and followed and not _like_heading(texts[0]) else last


def _is_sentence(text: str) -> bool:
    return text.rstrip("\"'\u2019\u201d)]*_").endswith((".", ":", "!", "?", "…"))


def _like_heading(text: str) -> bool:
    """Whether each word begins with a capital, as in the heading of a section that isn't known."""
    words = text.rstrip(":?!").split() if len(text) <= _LONGEST and not text.endswith(".") else ["no"]
    return not any(word[0].islower() and word not in _SMALL for word in words)


# Billing

_TWO = rf"[\u2013-]?({MODIFIER_PATTERN.pattern})(?!\w)"
_BILLED = {
    "code": re.compile(
        rf"(?:(?:CPT|HCPCS)\W{{0,3}})?(?:procedure )?codes?\W{{0,3}}(?P<said>{CODE})[.,; ]*(?P<more>.*)",
        re.IGNORECASE | re.ASCII,
    ),
    "category": re.compile(
        r"(?:(?:code|procedure|service) )?category ?[:=\u2013\u2014-] ?(?P<said>.+)(?P<more>)", re.IGNORECASE
    ),
    "modifier": re.compile(rf"[Mm]odifier -?(?P<said>{MODIFIER_PATTERN.pattern}) ?(?:[:(\u2013\u2014]|- ).*(?P<more>)"),
}
_LABEL = re.compile(
    r"(?:[a-z]{1,20} ){0,3}modifiers?(?:\(s\))?(?: codes?)?(?: (?:include|are|used))?(?: ?[:\u2013\u2014-]| |$) ?",
    re.IGNORECASE,
)
_MODIFIER = re.compile(
    rf"{_TWO}(?: ?(?:[:=\u2013\u2014-](?! ?(?:\d|{MODIFIER_PATTERN.pattern}$))|(?=\()) ?(.+))?[.;,]?"
)
_WORDED = re.compile(rf"{_TWO} (?=[A-Z][a-z]).+")  # which under other lines than modifiers could be anything
_BETWEEN = re.compile(
    rf"(?: ?[,;/&+] ?(?:and |or )?| (?:and|or) |(?<=\b{MODIFIER_PATTERN.pattern}) )(?=[\u2013-]?{MODIFIER_PATTERN.pattern}(?!\w))"
)
_LONGEST_BILLED = 500  # characters of a line of modifiers


def _billing(key: str, marks: Iterable[Mark]) -> Iterator[Found]:
    """The code, the category and the modifiers; what else has a colon or is a sentence ends nothing."""
    labelled = closed = False
    for mark in marks:
        if mark.kind == "blank":
            continue
        told = _billed(mark.text, labelled=labelled) if mark.kind in {"text", "point"} and not closed else []
        yield from (Found(key, field, text, mark.lines) for field, text in told or [("", mark.text)])
        fields = {field for field, _ in told}
        labelled = "label" in fields or (labelled and "modifier" in fields)
        goes_on = told or _is_sentence(mark.text) or ":" in mark.text
        closed = closed or mark.kind == "end" or (mark.kind == "text" and not goes_on)


def _billed(text: str, *, labelled: bool) -> list[tuple[str, str]]:
    """The fields that a line fills, `label` where modifiers are only announced; none where it says other things."""
    for field, pattern in _BILLED.items():
        if line := pattern.fullmatch(text):
            said = line["said"].upper() if field == "code" else line["said"]
            return [(field, said), *([("", line["more"])] if line["more"] else [])]
    label = _LABEL.match(text)
    rest = text[label.end() :] if label else text
    return _modifiers(rest, worded=labelled) if rest else [("label", "")]


def _modifiers(text: str, *, worded: bool) -> list[tuple[str, str]]:
    """The modifiers of a line that names nothing else: each with its meaning, none with one, or one for all behind.

    Where only some have a meaning, all but the first may be part of it, and the line has no place besides.
    """
    if len(text) > _LONGEST_BILLED:
        return []
    items = [_MODIFIER.fullmatch(part) for part in _BETWEEN.split(text)]
    found = [item for item in items if item]
    meant = [item[2] is not None for item in found]
    if len(found) == len(items) and (all(meant) or not any(meant[:-1])):
        return [("modifier", item[1]) for item in found]
    single = _MODIFIER.fullmatch(text) or (_WORDED.fullmatch(text) if worded else None)
    return [("modifier", single[1]), *([("", text)] if found else [])] if single else []


# Cost

_NUMBER = r"(?:\d{1,3}(?:,\d{3}){1,3}|\d{1,12})(?:\.\d{1,9})?(?!\w|[.,]?\d| (?:thousand|million|billion|[km])\b)"
_BEFORE = r"(?:(?:US ?)?\$|USD ?\$?) ?"
_BEHIND = r"(?: ?(?:USD|(?:US )?dollars?)\b)"
_BARE = rf"(?<![\w.,$]){_NUMBER}"
_MONEY = re.compile(rf"{_BEFORE}{_NUMBER}{_BEHIND}?|{_BARE}{_BEHIND}", re.IGNORECASE | re.ASCII)
_RANGE = re.compile(
    rf"(?:{_BEFORE}{_NUMBER}{_BEHIND}?|{_BARE}(?= ?(?:to|[\u2013\u2014-]) ?{_NUMBER}{_BEHIND}))"
    rf" ?(?:(?:up )?to|[\u2013\u2014-]|and(?= ?{_BEFORE})) ?(?P<sign>{_BEFORE})?{_NUMBER}{_BEHIND}?",
    re.IGNORECASE | re.ASCII,
)
_VALUE = re.compile(r"([\d,]+)(?:\.(\d+))?", re.ASCII)
# What may stand around an amount without saying more than that it is what the procedure costs.
_WORDS = """
a about an and approximately are around at average averages be between can code cost costs cpt estimated expect for from
generally in is it may of on pay per price prices procedure range ranges ranging roughly service the this to total
typical typically up us usd usually
"""
_FILLER = frozenset(_WORDS.split())


def parse_amounts(text: str) -> Amounts | None:
    """The amounts a line speaks of: its first range, or else from the smallest to the largest; None without any."""
    for found in _RANGE.finditer(text):
        first, second = (_value(one) for one in _VALUE.finditer(found[0]))
        if first <= second or found["sign"]:  # `$300 - 2 visits` is no range
            return Amounts(
                min(*first, *second), max(*first, *second), _is_filler(text[: found.start()], text[found.end() :])
            )
    ends = [end for found in _MONEY.finditer(text) for one in _VALUE.finditer(found[0]) for end in _value(one)]
    return Amounts(min(ends), max(ends), not ends[4:] and _is_filler(*_MONEY.split(text))) if ends else None


def _value(found: re.Match[str]) -> tuple[int, int]:
    """An amount in whole dollars, rounded down and up."""
    whole = int(found[1].replace(",", ""))
    return whole, whole + bool((found[2] or "").strip("0"))


def _is_filler(*texts: str) -> bool:
    return all(word in _FILLER for text in texts for word in re.findall(r"[^\W_]+", text.casefold()))


def _cost(key: str, marks: Sequence[Mark]) -> Iterator[Found]:
    """As in other sections, but the first line that speaks of amounts need not be a point, and an intro may follow."""
    found = list(marks)
    for number, mark in enumerate(marks):
        told = parse_amounts(mark.text) if mark.kind in {"text", "point"} else None
        if told:
            if mark.kind == "text" and not _is_wrapped(marks, number) and (told.alone or not _is_sentence(mark.text)):
                found[number] = mark._replace(kind="intro" if told.alone else "point")
            break
    yield from _section(key, found)


def _is_wrapped(marks: Sequence[Mark], here: int) -> bool:
    """Whether a line begins in the line before it, or goes on in the next one."""
    text = marks[here].text
    ends = _is_sentence(text) or text[-1:].isdigit()
    begun = (one for one in marks[max(here - 1, 0) : here] if not _is_sentence(one.text))
    more = (one for one in marks[here + 1 : here + 2] if not ends)
    return any(one.kind == "text" for one in (*begun, *more))


# Questions

_ASKED = re.compile(r"Q(?:uestion)? ?\d*(?:[:)] ?|\. )", re.IGNORECASE)
_ANSWERED = re.compile(r"\AA(?:nswer)? ?\d*(?:[:)] ?|\. )(?=.)", re.IGNORECASE)


def _faq(key: str, marks: Iterable[Mark]) -> Iterator[Found]:
    """The questions with their answers: one line, or a paragraph where the question stands apart from it."""
    left = deque(marks)
    asked: Mark | None = None
    begun = apart = closed = False
    while left:
        mark = left.popleft()
        apart = apart or mark.kind == "blank"
        running = mark.kind in {"text", "point"} and not closed
        question, answer = _question(mark) if running else ("", "")
        if mark.kind == "blank":
            continue
        if question:
            yield from [_found(key, "", asked)] if asked else ()
            yield from [Found(key, "question", question, mark.lines, answer)] if answer else ()
            asked, begun, apart = None if answer else mark, True, False
        elif asked and running:
            several = [mark]
            while apart and left and left[0].kind == "text" and not left[0].text.endswith("?"):
                several.append(left.popleft())
            taken = _paragraph([one.text for one in several], followed=True) or len(several)
            answer = _ANSWERED.sub("", _joined(several[:taken]), count=1)
            yield Found(key, "question", _question(asked)[0], asked.lines, answer)
            yield from (_found(key, "", one) for one in several[taken:])
            asked, closed = None, taken < len(several)
        else:
            yield _found(key, "", mark)
            ends = not _is_sentence(mark.text) and (begun or _like_heading(mark.text))
            closed = closed or mark.kind == "end" or (mark.kind == "text" and ends)
    yield from [_found(key, "", asked)] if asked else ()


def _question(mark: Mark) -> tuple[str, str]:
    """The question of a line, and the answer where it stands there too; "" for each that doesn't."""
    label = _ASKED.match(mark.text)
    text = mark.text[label.end() :] if label else mark.text
    if text.endswith("?"):
        return text, ""
    question, _, answer = text.partition("? ") if label or mark.kind == "point" else ("", "", "")
    return (f"{question}?", _ANSWERED.sub("", answer, count=1)) if answer else ("", "")


_READERS: dict[str, Callable[[str, Sequence[Mark]], Iterator[Found]]] = {
    "billing": _billing,
    "cost": _cost,
    "faq": _faq,
}
