"""Rows without a header whose columns stand in the order of a claim: what is in each, by its place.

The columns are code, modifiers, units, charge, date, diagnosis pointers and place of service; the last may be missing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cptref.claims.readers.values import (
    UnreadableError,
    parse_amount,
    parse_modifiers,
    parse_place,
    parse_pointers,
    parse_units,
)
from cptref.claims.readers.words import CODE, LIKE_DIAGNOSIS, is_day, read_tokens
from cptref.codes.layouts import find_delimiter, split_fields
from cptref.codes.values import is_likely_modifier

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

_COLUMNS = ("code", "modifiers", "units", "charge", "first_day", "pointers", "place")
_MODIFIER_LENGTH = 2
_DELIMITERS = frozenset("\t|;,")  # between blanks an empty column can't be seen
_SEPARATORS = r"[\s,;:/|+]+"  # between diagnoses in a field


def has_columns(line: str) -> bool:
    """Return whether something separates the fields of a line that shows which of them are empty."""
    return find_delimiter(line.strip(" ")) in _DELIMITERS


def read_positions(line: str) -> dict[str, str] | None:
    """Return what the columns of a line have; None unless each value is one of its column."""
    if not has_columns(line):
        return None
    line = line.strip(" ")
    delimiter = find_delimiter(line)
    if '"' not in line and (values := _fit(line.split(delimiter))):
        return values
    return _fit(split_fields(line, delimiter))  # with a comma in an amount


def _fit(fields: Sequence[str]) -> dict[str, str] | None:
    """Return what the fields of a line have, None unless each value is one of its column."""
    fields = [field.strip() for field in fields]
    if any(fields[len(_COLUMNS) :]):
        return None
    values = {slot: field for slot, field in zip(_COLUMNS, fields, strict=False) if field}
    if not all(_FITS[slot](field, values) for slot, field in values.items()) or "code" not in values:
        return None
    if re.match(r"[A-Z]\d", values.get("pointers", "").upper(), re.ASCII):
        values["diagnoses"] = values.pop("pointers")
    return values


def may_be_value(text: str) -> bool:
    """Return whether a text may be a code, a modifier, units or a day."""
    is_short = all(len(word) == _MODIFIER_LENGTH for word in re.split(_SEPARATORS, text))  # no name of somebody
    slots = ("code", "units", "first_day", *(["modifiers"] if is_short else []))
    return any(_FITS[slot](text, {}) for slot in slots)


def _is_code(text: str, _values: dict[str, str]) -> bool:
    tokens = read_tokens([[re.sub(r"\.0+\Z", "", text)]])  # a spreadsheet may have written it as a number
    return len(tokens) == 1 and tokens[0].is_only(CODE)


def _are_modifiers(text: str, _values: dict[str, str]) -> bool:
    modifiers = _try(parse_modifiers, text)
    return bool(modifiers) and all(is_likely_modifier(modifier, among_words=False) for modifier in modifiers)


def _are_units(text: str, values: dict[str, str]) -> bool:
    """Return whether a text is a number of units; one with cents is a charge, unless the row has another one."""
    is_amount = re.fullmatch(r"[\d,]*\.\d\d", text, re.ASCII) and "charge" not in values
    return not is_amount and not _is_padded(text) and _try(parse_units, text) is not None


def _is_charge(text: str, _values: dict[str, str]) -> bool:
    return not _is_padded(text) and not is_day(text) and _try(parse_amount, text) is not None


def _is_day(text: str, _values: dict[str, str]) -> bool:
    return is_day(text)


def _are_pointers(text: str, values: dict[str, str]) -> bool:
    """Return whether a text is of pointers or diagnoses; two digits at the end may be a place of service instead."""
    words = [word for word in re.split(_SEPARATORS, text.upper()) if word]
    if words and all(re.fullmatch(LIKE_DIAGNOSIS, word, re.ASCII) for word in words):
        return True
    is_doubtful = re.fullmatch(r"\d\d", text, re.ASCII) and "place" not in values
    return not is_doubtful and _try(parse_pointers, text) is not None


def _is_place(text: str, _values: dict[str, str]) -> bool:
    return _try(parse_place, text) is not None


def _is_padded(text: str) -> bool:
    """Return whether a number begins with a 0 that it does not need, like a day or a place of service."""
    return re.match(r"0\d", text, re.ASCII) is not None


def _try(parse: Callable[[str], Any], text: str) -> Any:  # noqa: ANN401 - what the parser returns
    """Return what a text is parsed to, None if it can't be."""
    try:
        return parse(text)
    except UnreadableError:
        return None


_FITS: dict[str, Callable[[str, dict[str, str]], bool]] = {
    "code": _is_code,
    "modifiers": _are_modifiers,
    "units": _are_units,
    "charge": _is_charge,
    "first_day": _is_day,
    "pointers": _are_pointers,
    "place": _is_place,
}
