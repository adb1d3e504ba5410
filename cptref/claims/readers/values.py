"""The values of a claim line as they are written -> units, amounts, days, modifiers, pointers and places.

What is written in a way that has no one meaning raises UnreadableError, which says why; nothing is guessed.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple

from cptref.codes.shapes import CODE_PATTERN, MODIFIER_PATTERN, parse_diagnosis
from cptref.models.claims import MAX_DIAGNOSES, MAX_POINTERS, NO_DAY

if TYPE_CHECKING:
    from collections.abc import Iterable

# What is written on a claim line beside its code.
Slot = Literal["modifiers", "units", "minutes", "charge", "first_day", "last_day", "pointers", "place"]

MAX_MODIFIERS = 12  # of a line; a claim has room for four, and the modifier edit says so
MAX_UNITS = 999_999  # the highest published limit of a day has five digits
MAX_CHARGE = Decimal("99999999.99")  # 005010X222A1, SV102: ten digits
POINTER_LETTERS = "ABCDEFGHIJKL"  # CMS-1500, item 21: A to L
_POINTERS = {str(number): letter for number, letter in enumerate(POINTER_LETTERS, start=1)}

# Compiled where a value is read.
_UNITS = r"(\d{1,9}|\d{1,3}(?:,\d{3}){1,2})?(?:\.(\d{1,3}))?"  # three decimals at most: 005010X222A1, SV104
_AMOUNT = r"(?:USD)?\$?(\d{1,12}|\d{1,3}(?:,\d{3}){1,3})?(?:\.(\d{1,2}))?(?:USD)?"
_ZERO_DECIMALS = r"\.0+\Z"  # of a spreadsheet: `50.0`
_CATEGORY_LENGTH = 3  # of an ICD-10-CM code, in front of its dot
# Years of two digits are those from 1970 to 2069.
_DAYS = (
    r"(?P<year>(?:19|20)\d\d)[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?:[T ][\d:.+Z-]{1,32})?",
    r"(?P<month>\d{1,2})[-/.](?P<day>\d{1,2})[-/.](?P<year>(?:19|20)\d\d|\d\d)",
    r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)",
    r"(?P<month>\d\d)(?P<day>\d\d)(?P<year>(?:19|20)\d\d)",
)
_FIRST_SHORT_YEAR = 70
_TO = frozenset({"to", "thru", "through", "-"})  # between days
_SEPARATORS = r"[\s,;:/|~+-]+"
_PLACE = r"(\d{1,2})(?:\.0+|\s*[-:=]\s*\D.*)?"


class UnreadableError(ValueError):
    """A value can't be read; the text says why, to be put behind the quoted value and a colon."""


class Period(NamedTuple):
    """The first and the last day of a service."""

    first_day: date
    last_day: date


def parse_units(text: str) -> Decimal:
    """Return how many units a text says: `2`, `1,000`, `0.5`. Raise UnreadableError."""
    match = re.fullmatch(_UNITS, text.strip(), re.ASCII)
    if match and any(match.groups()):
        fraction = (match[2] or "").rstrip("0")
        units = Decimal(f"{(match[1] or '0').replace(',', '')}{fraction and '.'}{fraction}")
        if 0 < units <= MAX_UNITS:
            return units
    raise UnreadableError(f"units must be a number above 0 and up to {MAX_UNITS:,}, like 2 or 0.5")


def parse_amount(text: str) -> Decimal:
    """Return the amount in dollars that a text says: `$1,450.00`. Raise UnreadableError."""
    match = re.fullmatch(_AMOUNT, text.strip().replace("$ ", "$").upper(), re.ASCII)
    if match and any(match.groups()):
        amount = Decimal(f"{(match[1] or '0').replace(',', '')}.{match[2] or '0'}").quantize(Decimal("0.01"))
        if amount <= MAX_CHARGE:
            return amount
    raise UnreadableError("a charge is an amount in dollars, like 450.00 or $1,450.00")


def parse_service_day(text: str) -> date:
    """Return the day that a text says: `2026-11-20`, `11/20/2026`, `11/20/26`, `20261120`, `11202026`.

    Raise UnreadableError.
    """
    for form in _DAYS:
        if match := re.fullmatch(form, text.strip(), re.ASCII):
            year = int(match["year"])
            if len(match["year"]) == 2:  # noqa: PLR2004 - digits
                year += 1900 if year >= _FIRST_SHORT_YEAR else 2000
            try:
                return date(year, int(match["month"]), int(match["day"]))
            except ValueError:
                break
    raise UnreadableError("a date of service must be a date, like 2026-11-20 or 11/20/2026")


def parse_period(first: str, last: str = "") -> Period:
    """Return the days of a service, `first` of which may have both: `20261120-20261122`. Raise UnreadableError."""
    if not last:
        first, last = _split_period(first.strip())
    first_day = parse_service_day(first)
    last_day = parse_service_day(last) if last else NO_DAY
    if last and last_day < first_day:
        raise UnreadableError("a service can't end before it starts; check both dates")
    return Period(first_day, last_day)


def _split_period(text: str) -> tuple[str, str]:
    """Return the first and the last day of a text, "" for one that it does not have."""
    words = text.split()
    parts = text.split("-")
    half = len(parts) // 2
    if len(words) == 3 and words[1].casefold() in _TO:  # noqa: PLR2004 - `11/20/2026 to 11/22/2026`
        return words[0], words[2]
    if len(parts) in {2, 6}:  # `20261120-20261122`, `2026-11-20-2026-11-22`
        return "-".join(parts[:half]), "-".join(parts[half:])
    return text, ""


def parse_place(text: str) -> str:
    """Return the place of service that a text says: `11`, `2` for 02, `11 - Office`. Raise UnreadableError."""
    if match := re.fullmatch(_PLACE, text.strip(), re.ASCII):
        return match[1].zfill(2)
    raise UnreadableError("a place of service has two digits, like 11 or 22")


def parse_modifiers(text: str) -> tuple[str, ...]:
    """Return the modifiers of a field: `50`, `50,RT`, `50 RT`, `RT59`. Raise UnreadableError."""
    modifiers: list[str] = []
    for part in re.split(_SEPARATORS, text.strip().upper()):
        word = re.sub(_ZERO_DECIMALS, "", part)
        pairs = [word[place : place + 2] for place in range(0, len(word), 2)]
        if not all(map(MODIFIER_PATTERN.fullmatch, pairs)):
            raise UnreadableError("a modifier has two characters, like 50 or RT")
        modifiers += pairs
    return tuple(modifiers)


def parse_pointers(text: str) -> tuple[int, ...]:
    """Return the places of diagnoses that a field points to, 1 for A: `A`, `ABCD`, `A,B`, `1:2`. Raise UnreadableError.

    `10`, `11` and `12` may be one place or two; they count as one where something separates pointers.
    """
    words = [word for word in re.split(_SEPARATORS, re.sub(_ZERO_DECIMALS, "", text.strip().upper())) if word]
    pointers: list[int] = []
    for word in words:
        if all(letter in POINTER_LETTERS for letter in word):
            pointers += [POINTER_LETTERS.index(letter) + 1 for letter in word]
        elif not (word.isascii() and word.isdigit()):
            raise UnreadableError("a pointer is a letter from A to L, or a number from 1 to 12")
        elif len(words) > 1:
            pointers.append(int(word[:3]))
        elif word in {"10", "11", "12"}:
            raise UnreadableError(
                f"may be one pointer or two; write {POINTER_LETTERS[int(word) - 1]} for diagnosis {word}"
            )
        else:
            pointers += map(int, word)
    if not all(0 < pointer <= MAX_DIAGNOSES for pointer in pointers):
        raise UnreadableError("a pointer is a letter from A to L, or a number from 1 to 12")
    if len(pointers) > MAX_POINTERS:
        raise UnreadableError(f"a line has room for {MAX_POINTERS} pointers to diagnoses, not {len(pointers)}")
    return tuple(pointers)


def join_pointers(numbers: Iterable[str]) -> str:
    """Return pointers of a system, where 12 is one place and not two, as text that parse_pointers reads."""
    return ",".join(_POINTERS.get(number, "0") for number in numbers if number)


def find_diagnosis(text: str) -> str:
    """Return the diagnosis of a place that has one, with or without its dot in the text; "" if it has none."""
    typed = text.strip().upper()
    return parse_diagnosis(typed if "." in typed or len(typed) <= _CATEGORY_LENGTH else f"{typed[:3]}.{typed[3:]}")


def read_code(text: str) -> str:
    """Return the procedure code of a place that has one. Raise UnreadableError."""
    code = text.strip().upper()
    if CODE_PATTERN.fullmatch(code):
        return code
    raise UnreadableError("does not look like a procedure code, which has five characters, like 64483 or J1010")
