"""Read what is below a heading of a page: each piece of content with the field of an entry that it belongs in."""

from __future__ import annotations

import re
from collections import deque
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from cptref.codes import MODIFIER_PATTERN
from cptref.importer.headings import CODE
from cptref.sections import STORED_SECTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from cptref.importer.layout import Line
    from cptref.importer.lines import Mark

_FIELDS = {"overview": {"intro"}, "cost": {"intro", "point"}} | {key: {"intro", "point"} for key in STORED_SECTIONS}
_SMALL_WORDS = {"a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "vs", "with"}
MAX_UNKNOWN_HEADING_CHARACTERS = 80


class Item(NamedTuple):
    """A piece of content of a section. `field` is "" if it has no place in an entry.

    `joined` is how many of its lines were joined to the one above.
    """

    key: str
    field: str
    text: str
    lines: tuple[Line, ...]
    answer: str = ""
    joined: int = 0


class Amounts(NamedTuple):
    """The cost of something in whole dollars; `only` if the line says nothing else."""

    low: int
    high: int
    only: bool


def read_section(key: str, marks: Sequence[Mark]) -> Iterator[Item]:
    """Yield the content of the marks below the heading of a section."""
    return _READERS.get(key, _read_points)(key, marks)


def _read_points(key: str, marks: Iterable[Mark]) -> Iterator[Item]:
    """Yield the intro and the points, up to the first line that is neither; what follows has no place."""
    groups = [(kind, [*group]) for kind, group in groupby(marks, lambda mark: mark.kind) if kind != "blank"]
    fields = _FIELDS.get(key, set())
    fresh, closed = True, False
    for (kind, group), (next_kind, _) in zip(groups, [*groups, ("end", [])][1:], strict=True):
        count = len(group) if kind in {"intro", "point"} and not closed else 0  # of the marks that have a place
        if kind == "text" and fresh and not closed:
            count = _count_paragraph_lines([mark.text for mark in group], followed=next_kind == "point")
        closed = closed or kind == "end" or (kind == "text" and count < len(group))
        fresh = fresh and kind in {"aside", "intro"}
        if kind == "point":
            field = "point" if count and "point" in fields else ""
            yield from (_make_item(key, field, mark) for mark in group)
            continue
        if count:
            lines = tuple(line for mark in group[:count] for line in mark.lines)
            field = "intro" if "intro" in fields else ""
            yield Item(key, field, _join_texts(group[:count]), lines, joined=len(lines) - 1)
        yield from (_make_item(key, "", mark) for mark in group[count:])


def _make_item(key: str, field: str, mark: Mark) -> Item:
    return Item(key, field, mark.text, mark.lines, joined=len(mark.lines) - 1)


def _join_texts(marks: Iterable[Mark]) -> str:
    return " ".join(mark.text for mark in marks)


def _count_paragraph_lines(texts: Sequence[str], *, followed: bool) -> int:
    """Return how many of these consecutive lines are a paragraph: all up to the last one that ends like a sentence.

    If none does, all of them are, but only if they are `followed` by what they introduce and don't look like a heading.
    """
    ends = [_is_sentence(text) for text in texts]
    stop = next((n for n in range(1, len(texts)) if ends[n - 1] and _is_like_heading(texts[n])), len(texts))
    last = max((n for n, end in enumerate(ends[:stop], start=1) if end), default=0)
    return stop if not last and followed and not _is_like_heading(texts[0]) else last


def _is_sentence(text: str) -> bool:
    return text.rstrip("\"'\u2019\u201d)]*_").endswith((".", ":", "!", "?", "…"))


def _is_like_heading(text: str) -> bool:
    """Return whether each word begins with a capital, as in the heading of an unknown section."""
    if len(text) > MAX_UNKNOWN_HEADING_CHARACTERS or text.endswith("."):
        return False
    return not any(word[0].islower() and word not in _SMALL_WORDS for word in text.rstrip(":?!").split())


# Billing

_MODIFIER_CODE = rf"[\u2013-]?({MODIFIER_PATTERN.pattern})(?!\w)"
_BILLING_PATTERNS = {
    "code": re.compile(
        rf"(?:(?:CPT|HCPCS)\W{{0,3}})?(?:procedure )?codes?\W{{0,3}}(?P<value>{CODE})[.,; ]*(?P<rest>.*)",
        re.IGNORECASE | re.ASCII,
    ),
    "category": re.compile(
        r"(?:(?:code|procedure|service) )?category ?[:=\u2013\u2014-] ?(?P<value>.+)(?P<rest>)", re.IGNORECASE
    ),
    "modifier": re.compile(
        rf"[Mm]odifier -?(?P<value>{MODIFIER_PATTERN.pattern}) ?(?:[:(\u2013\u2014]|- ).*(?P<rest>)"
    ),
}
_MODIFIERS_LABEL = re.compile(
    r"(?:[a-z]{1,20} ){0,3}modifiers?(?:\(s\))?(?: codes?)?(?: (?:include|are|used))?(?: ?[:\u2013\u2014-]| |$) ?",
    re.IGNORECASE,
)
_MODIFIER = re.compile(
    rf"{_MODIFIER_CODE}(?: ?(?:[:=\u2013\u2014-](?! ?(?:\d|{MODIFIER_PATTERN.pattern}$))|(?=\()) ?(.+))?[.;,]?"
)
_MODIFIER_AND_WORDS = re.compile(rf"{_MODIFIER_CODE} (?=[A-Z][a-z]).+")  # anything, unless a line of modifiers precedes
_MODIFIER_SEPARATOR = re.compile(
    rf"(?: ?[,;/&+] ?(?:and |or )?| (?:and|or) |(?<=\b{MODIFIER_PATTERN.pattern}) )"
    rf"(?=[\u2013-]?{MODIFIER_PATTERN.pattern}(?!\w))"
)
MAX_MODIFIERS_LINE_CHARACTERS = 500


def _read_billing(key: str, marks: Iterable[Mark]) -> Iterator[Item]:
    """Yield the code, the category and the modifiers, up to the first line without a colon that is not a sentence."""
    labeled = closed = False
    for mark in marks:
        if mark.kind == "blank":
            continue
        values = _parse_billing(mark.text, labeled=labeled) if mark.kind in {"text", "point"} and not closed else []
        yield from (Item(key, field, text, mark.lines) for field, text in values or [("", mark.text)])
        fields = {field for field, _ in values}
        labeled = "label" in fields or (labeled and "modifier" in fields)
        goes_on = values or _is_sentence(mark.text) or ":" in mark.text
        closed = closed or mark.kind == "end" or (mark.kind == "text" and not goes_on)


def _parse_billing(text: str, *, labeled: bool) -> list[tuple[str, str]]:
    """Return the fields that a line fills with their values, `label` if it only announces modifiers, none otherwise."""
    for field, pattern in _BILLING_PATTERNS.items():
        if match := pattern.fullmatch(text):
            value = match["value"].upper() if field == "code" else match["value"]
            return [(field, value), *([("", match["rest"])] if match["rest"] else [])]
    label = _MODIFIERS_LABEL.match(text)
    rest = text[label.end() :] if label else text
    return _parse_modifiers(rest, with_words=labeled) if rest else [("label", "")]


def _parse_modifiers(text: str, *, with_words: bool) -> list[tuple[str, str]]:
    """Return the modifiers of a line that names nothing else: each with a meaning, none with one, or the last for all.

    If only some have a meaning, all but the first may be part of it, so the line is also left without a place.
    """
    if len(text) > MAX_MODIFIERS_LINE_CHARACTERS:
        return []
    parts = [_MODIFIER.fullmatch(part) for part in _MODIFIER_SEPARATOR.split(text)]
    modifiers = [part for part in parts if part]
    with_meaning = [modifier[2] is not None for modifier in modifiers]
    if len(modifiers) == len(parts) and (all(with_meaning) or not any(with_meaning[:-1])):
        return [("modifier", modifier[1]) for modifier in modifiers]
    single = _MODIFIER.fullmatch(text) or (_MODIFIER_AND_WORDS.fullmatch(text) if with_words else None)
    return [("modifier", single[1]), *([("", text)] if modifiers else [])] if single else []


# Cost

_NUMBER = r"(?:\d{1,3}(?:,\d{3}){1,3}|\d{1,12})(?:\.\d{1,9})?(?!\w|[.,]?\d| (?:thousand|million|billion|[km])\b)"
_CURRENCY_BEFORE = r"(?:(?:US ?)?\$|USD ?\$?) ?"
_CURRENCY_AFTER = r"(?: ?(?:USD|(?:US )?dollars?)\b)"
_BARE_NUMBER = rf"(?<![\w.,$]){_NUMBER}"
_MONEY = re.compile(
    rf"{_CURRENCY_BEFORE}{_NUMBER}{_CURRENCY_AFTER}?|{_BARE_NUMBER}{_CURRENCY_AFTER}", re.IGNORECASE | re.ASCII
)
_RANGE = re.compile(
    rf"(?:{_CURRENCY_BEFORE}{_NUMBER}{_CURRENCY_AFTER}?"
    rf"|{_BARE_NUMBER}(?= ?(?:to|[\u2013\u2014-]) ?{_NUMBER}{_CURRENCY_AFTER}))"
    rf" ?(?:(?:up )?to|[\u2013\u2014-]|and(?= ?{_CURRENCY_BEFORE})) ?"
    rf"(?P<currency>{_CURRENCY_BEFORE})?{_NUMBER}{_CURRENCY_AFTER}?",
    re.IGNORECASE | re.ASCII,
)
_AMOUNT = re.compile(r"([\d,]+)(?:\.(\d+))?", re.ASCII)
# Words around an amount that add nothing to it: it is what the procedure costs.
_FILLER_TEXT = """
a about an and approximately are around at average averages be between can code cost costs cpt estimated expect for from
generally in is it may of on pay per price prices procedure range ranges ranging roughly service the this to total
typical typically up us usd usually
"""
_FILLER_WORDS = frozenset(_FILLER_TEXT.split())


def parse_amounts(text: str) -> Amounts | None:
    """Return the amounts in a line: its first range, or else from the smallest to the largest; None without any."""
    for match in _RANGE.finditer(text):
        first, second = (_parse_amount(amount) for amount in _AMOUNT.finditer(match[0]))
        if first <= second or match["currency"]:  # `$300 - 2 visits` is not a range
            only = _is_filler(text[: match.start()], text[match.end() :])
            return Amounts(min(*first, *second), max(*first, *second), only)
    ends = [
        end for match in _MONEY.finditer(text) for amount in _AMOUNT.finditer(match[0]) for end in _parse_amount(amount)
    ]
    return Amounts(min(ends), max(ends), not ends[4:] and _is_filler(*_MONEY.split(text))) if ends else None


def _parse_amount(match: re.Match[str]) -> tuple[int, int]:
    """Return an amount in whole dollars, rounded down and rounded up."""
    whole = int(match[1].replace(",", ""))
    return whole, whole + bool((match[2] or "").strip("0"))


def _is_filler(*texts: str) -> bool:
    return all(word in _FILLER_WORDS for text in texts for word in re.findall(r"[^\W_]+", text.casefold()))


def _read_cost(key: str, marks: Sequence[Mark]) -> Iterator[Item]:
    """Yield content as of other sections, but the first line with amounts need not be a point or end the intro."""
    adapted = list(marks)
    for index, mark in enumerate(marks):
        amounts = parse_amounts(mark.text) if mark.kind in {"text", "point"} else None
        if amounts:
            fits = amounts.only or not _is_sentence(mark.text)
            if mark.kind == "text" and not _is_wrapped(marks, index) and fits:
                adapted[index] = mark._replace(kind="intro" if amounts.only else "point")
            break
    yield from _read_points(key, adapted)


def _is_wrapped(marks: Sequence[Mark], index: int) -> bool:
    """Return whether the text of a line begins in the line before it, or goes on in the next one."""
    text = marks[index].text
    ends = _is_sentence(text) or text[-1:].isdigit()
    before = (mark for mark in marks[max(index - 1, 0) : index] if not _is_sentence(mark.text))
    after = (mark for mark in marks[index + 1 : index + 2] if not ends)
    return any(mark.kind == "text" for mark in (*before, *after))


# Questions

_QUESTION_LABEL = re.compile(r"Q(?:uestion)? ?\d*(?:[:)] ?|\. )", re.IGNORECASE)
_ANSWER_LABEL = re.compile(r"\AA(?:nswer)? ?\d*(?:[:)] ?|\. )(?=.)", re.IGNORECASE)


def _read_questions(key: str, marks: Iterable[Mark]) -> Iterator[Item]:
    """Yield the questions with their answers: one line, or a paragraph if blank lines separate it from the question."""
    pending = deque(marks)
    question_mark: Mark | None = None  # a question that has no answer yet
    begun = separated = closed = False
    while pending:
        mark = pending.popleft()
        separated = separated or mark.kind == "blank"
        readable = mark.kind in {"text", "point"} and not closed
        question, answer = _split_question(mark) if readable else ("", "")
        if mark.kind == "blank":
            continue
        if question:
            yield from [_make_item(key, "", question_mark)] if question_mark else ()
            yield from [Item(key, "question", question, mark.lines, answer, len(mark.lines) - 1)] if answer else ()
            question_mark, begun, separated = None if answer else mark, True, False
        elif question_mark and readable:
            answer_marks = [mark, *(_take_paragraph(pending) if separated else ())]
            texts = [answer_mark.text for answer_mark in answer_marks]
            count = _count_paragraph_lines(texts, followed=True) or len(answer_marks)
            answer = _ANSWER_LABEL.sub("", _join_texts(answer_marks[:count]), count=1)
            placed = [question_mark, *answer_marks[:count]]
            joined = sum(len(placed_mark.lines) for placed_mark in placed) - 2
            yield Item(key, "question", _split_question(question_mark)[0], question_mark.lines, answer, joined)
            yield from (_make_item(key, "", answer_mark) for answer_mark in answer_marks[count:])
            question_mark, closed = None, count < len(answer_marks)
        else:
            yield _make_item(key, "", mark)
            ends = not _is_sentence(mark.text) and (begun or _is_like_heading(mark.text))
            closed = closed or mark.kind == "end" or (mark.kind == "text" and ends)
    yield from [_make_item(key, "", question_mark)] if question_mark else ()


def _take_paragraph(pending: deque[Mark]) -> Iterator[Mark]:
    """Take the lines of text from the beginning of the queue, up to a question."""
    while pending and pending[0].kind == "text" and not pending[0].text.endswith("?"):
        yield pending.popleft()


def _split_question(mark: Mark) -> tuple[str, str]:
    """Return the question and the answer in a line, "" for each that it does not have."""
    label = _QUESTION_LABEL.match(mark.text)
    text = mark.text[label.end() :] if label else mark.text
    if text.endswith("?"):
        return text, ""
    question, _, answer = text.partition("? ") if label or mark.kind == "point" else ("", "", "")
    return (f"{question}?", _ANSWER_LABEL.sub("", answer, count=1)) if answer else ("", "")


_READERS: dict[str, Callable[[str, Sequence[Mark]], Iterator[Item]]] = {
    "billing": _read_billing,
    "cost": _read_cost,
    "faq": _read_questions,
}
