"""How results name codes and lines of which there may be many."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from cptref.codesets.hcpcs import Period

MAX_NAMED = 10  # codes in a sentence


def name_codes(codes: Collection[str], number: int = 0) -> str:
    """Return codes in order, the first few of many: `64490, 64493 and 12 more`; `number` tells of how many."""
    named = sorted(codes)[:MAX_NAMED]
    more = (number or len(codes)) - len(named)
    return f"{', '.join(named)}{f' and {more:,} more' if more else ''}"


def count(number: int, noun: str) -> str:
    """Return a number with a noun: `1 code`, `1,200 codes`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def join_or(words: Iterable[str]) -> str:
    """Return alternatives: `24`, `58 or 79`, `58, 78 or 79`."""
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def describe_days(name: str, period: Period, day: date) -> str:
    """Return whether a code or modifier is valid on a day by its own days: `J1030 was not valid on 2024-04-01: ...`."""
    if day < period.first:
        return f"{name} was not valid on {day}: its first day is {period.first}"
    if period.last is None:
        return f"{name} is valid on {day} (since {period.first})"
    if day > period.last:
        return f"{name} was not valid on {day}: its last day was {period.last}"
    return f"{name} is valid on {day} ({period.first} to {period.last}, its last day)"
