"""Drop what a document repeats at its page breaks, so that a list that goes on behind them stays whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cptref.importer.bullets import is_lone_bullet, match_bullet
from cptref.importer.headings import CODE, match_furniture, match_head
from cptref.importer.wrapping import is_capitalized, is_dangling, measure_width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cptref.importer.changes import Changes
    from cptref.importer.layout import Line

_COUNT = r"[0-9]{1,4}(?: ?(?:of|/) ?[0-9]{1,4})?"
_PAGE = rf"(?:(?:page|pg\.?|p\.) ?[|:#]? ?{_COUNT}|[0-9]{{1,4}} ?[|/] ?page)"
_PAGE_NUMBER = re.compile(
    rf"{_PAGE}|[0-9]{{1,3}} ?(?:of|/) ?[0-9]{{1,3}}|[-\u2013\u2014~] ?(?:page )?{_COUNT} ?[-\u2013\u2014~]"
    rf"|\| ?{_COUNT}(?: ?\|)?|[-\u2013\u2014] ?{_PAGE}(?: ?[-\u2013\u2014])?|https?://\S+ {_COUNT}"
    rf"|[0-9]{{1,3}}|iii?|iv|vi{{1,3}}|ix",
    re.IGNORECASE,
)
# How browsers head the pages that they print.
_PRINT_DATE = re.compile(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}, [0-9]{1,2}:[0-9]{2}(?: ?[AP]M)?(?: .*)?", re.IGNORECASE)
_DASH = r"[|\u2013\u2014\u00b7\u2022-]"
_NUMBER_AROUND = re.compile(
    rf"\A(?:{_PAGE}|{_COUNT})(?: ?{_DASH})? |(?: {_DASH})? (?:{_PAGE}|{_COUNT})\Z",
    re.IGNORECASE,
)
_PAGE_AROUND = re.compile(rf"\A{_PAGE} |[^.!?:] {_PAGE}\Z", re.IGNORECASE)
_BRACKETED = re.compile(r"[(\[][0-9]{1,3}[)\]]")  # may also be a bullet, whose text is on the next line
_TWO_DIGITS = re.compile("[0-9]{2}")
_CODE = re.compile(rf"(?<!\w){CODE}", re.ASCII)
_LETTERS = re.compile(r"[^\W\d_]{2}")
MAX_RUNNING_HEAD_CHARACTERS = 120
MIN_REPETITIONS = 3  # of a line without a page number or a page break beside it


def drop_page_breaks(lines: Sequence[Line], changes: Changes) -> list[Line]:
    """Return the lines of a page without page numbers and running heads, and without blank lines around them.

    A number of two digits below a heading for billing may be a modifier, and stays.
    """
    numbers = _find_page_numbers(lines)
    heads = _find_running_heads(lines, numbers)
    changes.add("page-number", len(numbers))
    for text in heads.values():
        changes.add("running-head", 0, f'"{text}"')
    changes.add("running-head", len(heads))
    return list(_close_gaps(lines, numbers | heads.keys()))


def _find_page_numbers(lines: Sequence[Line]) -> set[int]:
    """Return the indexes of page numbers: neither modifiers nor numbers at the end of a sentence."""
    filled = [index for index, line in enumerate(lines) if line.text]
    candidates = [
        index
        for index, below in zip(filled, [*filled[1:], *filled[-1:]], strict=True)
        if _is_page_number(lines[index].text)
        or (_BRACKETED.fullmatch(lines[index].text) and match_bullet(lines[below].text))
    ]
    if not candidates:
        return set()
    numbers = {int(lines[index].text) for index in candidates if lines[index].text.isdecimal()}
    keys = _list_section_keys(lines, candidates)
    width = measure_width(lines)
    return {
        index
        for index, key in zip(candidates, keys, strict=True)
        if not (index and is_lone_bullet(lines[index - 1].text))
        and not (key == "billing" and _TWO_DIGITS.fullmatch(lines[index].text))
        and not _ends_sentence(lines, index, numbers, width)
    }


def _list_section_keys(lines: Sequence[Line], indexes: Sequence[int]) -> Iterator[str]:
    """Yield the key of the section that each of these lines is in."""
    key = ""
    begin = 0
    for end in indexes:
        for line in lines[begin:end]:
            if head := match_head(line.text):
                key = head.key
        begin = end
        yield key


def _ends_sentence(lines: Sequence[Line], index: int, numbers: set[int], width: int) -> bool:
    """Return whether a bare number is the last word of the full line above it, and not one of the page numbers."""
    text = lines[index].text
    if not width or not index or not text.isdecimal() or {int(text) - 1, int(text) + 1} & numbers:
        return False
    above = lines[index - 1]
    full = above.indent + len(above.text) + 1 + len(text) > width
    return full and not above.text.endswith((".", "!", "?", ":"))


def _is_page_number(text: str) -> bool:
    return 0 < len(text) <= MAX_RUNNING_HEAD_CHARACTERS and _PAGE_NUMBER.fullmatch(text) is not None


def _find_running_heads(lines: Sequence[Line], numbers: set[int]) -> dict[int, str]:
    """Return the texts of footers, of repeated lines beside page numbers or page breaks, of others repeated often.

    They are by index. The first of several equal titles stays.
    """
    filled = [index for index, line in enumerate(lines) if line.text]
    repeated: dict[str, list[int]] = {}  # the places in `filled`
    labeled: dict[int, str] = {}
    for place, index in enumerate(filled):
        text = lines[index].text
        if index in numbers or len(text) > MAX_RUNNING_HEAD_CHARACTERS or lines[index].in_columns:
            continue
        if _PRINT_DATE.fullmatch(text) or (_PAGE_AROUND.search(text) and not match_bullet(text)):
            labeled[index] = _strip_number(text)
        elif not match_bullet(text) and not is_lone_bullet(text) and not text.endswith((".", "!", "?", ":")):
            repeated.setdefault(_strip_number(text), []).append(place)
    running = dict(labeled) | _find_footers(lines, filled, numbers)
    breaks = numbers | labeled.keys()
    for text, places in repeated.items():
        if places[1:] and _LETTERS.search(text) and not match_furniture(text):
            head = match_head(text)
            at_breaks = [_is_at_break(lines, filled, place, breaks) for place in places]
            sure = all(at_breaks[1:])
            if sure or (not head and _is_scattered(lines, filled, places)):
                kept = 1 if head or _CODE.search(text) else 0
                running |= {filled[place]: text for place in places[kept:]}
    return running


def _find_footers(lines: Sequence[Line], filled: Sequence[int], numbers: set[int]) -> dict[int, str]:
    """Return the lines in capitals between a point and a page number. No heading is the last line of its page."""
    footers: dict[int, str] = {}
    for above, index, below in zip(filled, filled[1:], filled[2:], strict=False):
        text = lines[index].text
        if below not in numbers or index in numbers or len(text) > MAX_RUNNING_HEAD_CHARACTERS:
            continue
        is_footer = text[0].isupper() and is_capitalized(text) and not (match_head(text) or match_furniture(text))
        if is_footer and match_bullet(lines[above].text) and not is_dangling(lines[above].text):
            footers[index] = text
    return footers


def _strip_number(text: str) -> str:
    return _NUMBER_AROUND.sub("", text, count=1)


def _is_at_break(lines: Sequence[Line], filled: Sequence[int], place: int, breaks: set[int]) -> bool:
    """Return whether a line has a page number in it or beside it, or begins a page."""
    index = filled[place]
    around = filled[max(place - 1, 0) : place + 2]
    begins = any(line.begins_page for line in lines[filled[place - 1] + 1 if place else 0 : index + 1])
    ends = place + 1 < len(filled) and any(line.begins_page for line in lines[index + 1 : filled[place + 1] + 1])
    return (
        begins
        or ends
        or any(near in breaks for near in around)
        or _strip_number(lines[index].text) != lines[index].text
    )


def _is_scattered(lines: Sequence[Line], filled: Sequence[int], places: Sequence[int]) -> bool:
    """Return whether a line is repeated often, each time before another one, and never as the answer to a question."""
    following = {lines[filled[place + 1]].text if place + 1 < len(filled) else "" for place in places}
    answers = any(place and lines[filled[place - 1]].text.endswith("?") for place in places)
    return len(places) >= MIN_REPETITIONS and len(following) == len(places) and not answers


def _close_gaps(lines: Sequence[Line], dropped: set[int]) -> Iterator[Line]:
    """Yield the lines that stay. Blank lines go with a dropped one within a point or a sentence."""
    pending: list[Line] = []  # blank lines
    goes_on = in_point = broken = False
    for index, line in enumerate(lines):
        broken = broken or index in dropped or line.begins_page
        if index in dropped:
            continue
        if not line.text:
            pending.append(line)
            continue
        if pending and not (broken and goes_on):
            yield pending[0]
            in_point = False
        yield line
        in_point = in_point or match_bullet(line.text) is not None
        goes_on = in_point or not line.text.endswith((".", "!", "?", ":"))
        pending, broken = [], False
