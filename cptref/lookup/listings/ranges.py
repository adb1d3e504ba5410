"""Ranges of codes, which are looked up in the library alone: what the loaded code sets have in them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from cptref.codes import is_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from cptref.codes import ParsedArguments, ParsedCode
    from cptref.codesets.catalog import Catalog
    from cptref.models.entries import Miss, ShowAnswer
    from cptref.models.results import CompareAnswer, ModifiersAnswer

Answer = TypeVar("Answer", "ShowAnswer", "CompareAnswer", "ModifiersAnswer")

SETS = ("pfs", "hcpcs", "cpt")  # whose codes a range may have
MAX_NAMED_CODES = 10

Range = tuple[str, str]  # its first and its last code


class RangeContent(NamedTuple):
    """How many codes of a range releases have, the first of them, and which releases: all looked at if none has any."""

    headings: tuple[str, ...]
    total: int
    codes: tuple[str, ...]

    @property
    def says(self) -> str:
        """Which releases have how many codes: `Fee schedule RVU26C has 3`."""
        return f"{' and '.join(self.headings)} {'has' if len(self.headings) == 1 else 'have'} {self.total:,}"

    @property
    def named(self) -> str:
        """The first codes by name: `99213, 99214, 99215`."""
        more = f" and {self.total - len(self.codes):,} more" if self.total > len(self.codes) else ""
        return f"{', '.join(self.codes)}{more}"


def _list_ranges(catalog: Catalog, parsed: Iterable[ParsedCode], on: date) -> dict[Range, RangeContent]:
    """Return what the releases of a day have in each range that was typed."""
    ranges = dict.fromkeys((each.code, each.last) for each in parsed if each.last and not each.problem)
    if not ranges:
        return {}
    first, last = min(pair[0] for pair in ranges), max(pair[1] for pair in ranges)
    letters = first[
        : next((place for place, pair in enumerate(zip(first, last, strict=True)) if pair[0] != pair[1]), 0)
    ]
    codes_of: dict[str, list[str]] = {}
    for selection in filter(None, (catalog.select(name, on) for name in SETS)):
        codes = {record.code for record in selection.stores[0].list_records_starting(letters)}
        codes_of[selection.heading] = sorted(filter(is_code, codes), key=_order)
    every = sorted({code for codes in codes_of.values() for code in codes}, key=_order)
    contents: dict[Range, RangeContent] = {}
    for pair in ranges:
        start, end = _find(every, pair)
        headings = [heading for heading, codes in codes_of.items() if len({*_find(codes, pair)}) > 1]
        first_codes = every[start : min(end, start + MAX_NAMED_CODES)]
        contents[pair] = RangeContent(tuple(headings or codes_of), end - start, tuple(first_codes))
    return contents


def add_ranges(catalog: Catalog, answer: Answer, parsed: ParsedArguments, on: date) -> Answer:
    """Return an answer that says of each range what the loaded sets have in it, where the library has less."""
    contents = _list_ranges(catalog, parsed.codes, on)
    if not contents:
        return answer
    ranges = {(each.input, each.code): (each.code, each.last) for each in parsed.codes if each.last}
    misses: list[Miss] = []
    for miss in answer.misses:
        pair = ranges.get((miss.input, miss.code))
        misses.append(_explain_range(miss, contents[pair]) if pair else miss)
    remarks = [*answer.remarks]
    remarks += _remark_on_ranges(contents, (entry.code for entry in answer.entries))
    return answer._replace(misses=tuple(misses), remarks=tuple(remarks))


def _remark_on_ranges(contents: Mapping[Range, RangeContent], codes: Iterable[str]) -> Iterator[str]:
    """Yield for each range of which the library has codes that code sets have more."""
    known = sorted({*codes}, key=_order)
    for pair, content in contents.items():
        start, end = _find(known, pair)
        if 0 < end - start < content.total:
            yield f"{pair[0]} to {pair[1]}: a range is looked up in the library alone; {content.says} codes in it"


def _explain_range(miss: Miss, content: RangeContent) -> Miss:
    """Return the miss of a range of which the library has no code, with the codes that code sets have."""
    if content.total:
        message = f"{miss.message}, where ranges are looked up, but {content.says}: {content.named}; name each code"
    elif content.headings:
        message = f"{miss.message}, nor in {', '.join(content.headings)}"
    else:
        return miss
    return miss._replace(message=message)


def _find(codes: Sequence[str], pair: Range) -> tuple[int, int]:
    """Return the places [start, end) of the codes of a range, which have the letter of its ends if they have one."""
    first, last = map(_order, pair)
    return bisect_left(codes, first, key=_order), bisect_right(codes, last, key=_order)


def _order(code: str) -> tuple[str, str]:
    return code.strip("0123456789"), code
