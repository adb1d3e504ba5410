"""Claim lines as people type them, and rows without a header: `64483-50 x2`, `64483,50,1,450.00,11/20/2026,A,11`.

A value behind a code is read where it can mean only one thing, by its look or by the order that claims have:
modifiers, units, charge, days, pointers, place of service.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cptref.claims.readers.draft import LEFT_OUT, Draft, Source
from cptref.claims.readers.values import MAX_MODIFIERS, Slot
from cptref.claims.readers.words import (
    CODE,
    DIAGNOSIS,
    IS_NO_VALUE,
    LOST,
    Token,
    TypedCode,
    parse_typed_code,
    read_tokens,
)
from cptref.codes.values import split_names
from cptref.models.claims import MAX_POINTERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_AMONG_WORDS = f"can't be told from the words around it; write units with an x, as in x2; {LEFT_OUT}"
_NAMES: dict[Slot, str] = {
    "units": "its units",
    "charge": "its charge",
    "first_day": "its date of service",
    "pointers": "its pointers",
    "place": "its place of service",
}
_HINTS = {  # how to write a value so that it means one thing
    "modifiers": "{code}-{word} for a modifier",
    "units": "x{word} for units",
    "charge": "${word} for a charge",
    "pointers": "ptr:{word} for pointers",
    "place": "pos:{word} for a place of service",
}
# The order of values on a claim, and how many of each a line has.
_ORDER: tuple[Slot, ...] = ("modifiers", "units", "charge", "first_day", "pointers", "place")
_DAYS: tuple[Slot, ...] = ("first_day", "last_day")
_PLACES: tuple[Slot, ...] = ("place",)
_MINUTES: Slot = "minutes"
_ROOM: dict[Slot, int] = {
    "modifiers": MAX_MODIFIERS,
    "units": 1,
    "charge": 1,
    "first_day": 2,
    "pointers": MAX_POINTERS,
    "place": 1,
}


_SURGERY = split_names("50 51 52 53 54 55 56 58 59 62 66 76 77 78 79 80 81 82")
_IMAGING = split_names("26 50 52 53 59 76 77")
_VISITS = split_names("25 57")
# Modifiers (CPT, appendix A) of services that nobody bills by the dozen on one day. Grafts, tests, drugs, therapy and
# prolonged services are not among them, nor are numbers of places that these services often have, such as 22 and 24.
_PLAIN_MODIFIERS = (
    ("10004", "14999", _SURGERY),
    ("20005", "69990", _SURGERY),
    ("70010", "76999", _IMAGING),
    ("99202", "99291", _VISITS),
    ("99304", "99350", _VISITS),
    ("99381", "99397", _VISITS),
)


def read_row(fields: Sequence[Sequence[str]], draft: Draft, source: Source) -> None:
    """Add the lines and diagnoses of a row of fields, each with its words; an empty word is an empty field.

    The diagnoses of a row that has a place in a text are those of its only code; typed ones are those of the claim.
    """
    tokens = read_tokens(fields)
    add = draft.point_to if source.place else draft.add_diagnosis
    diagnoses = [
        add(token.text, source) if token.is_only(DIAGNOSIS) else draft.lose_diagnosis(token.word, source, token.reason)
        for token in tokens
        if token.is_only(DIAGNOSIS) or token.is_only(LOST)
    ]
    tokens = [token for token in tokens if not token.is_only(DIAGNOSIS) and not token.is_only(LOST)]
    if source.place and _set_defaults(tokens, draft):
        return
    starts = [place for place, token in enumerate(tokens) if token.is_only(CODE)]
    leading = tokens[: starts[0]] if starts else tokens
    own: list[Token] = []
    if len(starts) == 1:  # what stands in front of the only code belongs to it where it is clear what it is
        own = [token for token in leading if len(token.kinds) == 1]
        leading = [token for token in leading if len(token.kinds) != 1]
    _refuse(
        leading,
        draft,
        source,
        "comes before several codes; write it after the code that it belongs to" if starts else "",
    )
    is_own = len(starts) == 1 and source.place and len(diagnoses) <= MAX_POINTERS
    pointers = [place for place in diagnoses if place] if is_own else []
    for start, end in zip(starts, [*starts[1:], len(tokens)], strict=False):
        code, *values = tokens[start:end]
        line = _build_line(code, own, values, draft, source)
        if line:
            draft.add_line(line.code, line.values, source, typed=line.typed, pointers=pointers)


def _set_defaults(tokens: Sequence[Token], draft: Draft) -> bool:
    """Take what a row says of all lines behind it, if it has nothing else: `DOS: 11/20/2026`, `POS: 11`."""
    values = [token for token in tokens if token.word]
    days = [token.text for token in values if token.is_only("first_day")]
    places = [token.text for token in values if token.is_only("place")]
    is_labeled = bool(values) and values[0].word != values[0].text
    if not is_labeled or len(days) + len(places) < len(values) or len(days) > len(_DAYS) or len(places) > 1:
        return False
    earlier = {slot: value for slot, value in draft.defaults.items() if not (days and slot in _DAYS)}
    draft.defaults = {
        **earlier,
        **dict(zip(_DAYS, days, strict=False)),
        **dict(zip(_PLACES, places, strict=False)),
    }
    return True


class _Line(NamedTuple):
    """A line that is read: its code, the texts of its values, and the words that it consists of."""

    code: str
    values: dict[Slot, str]
    typed: str


def _build_line(head: Token, own: Sequence[Token], rest: Sequence[Token], draft: Draft, source: Source) -> _Line | None:
    """Return the line of a code, with what belongs to it and what stands behind it; None if it is left out."""
    code, modifiers, units = parse_typed_code(head.text) or TypedCode(head.text, (), None)
    values: dict[str, list[str]] = {"modifiers": [*modifiers]}
    if units is not None:
        values["units"] = [units.rstrip("UNITS")]
    if rest and not rest[0].word:  # the column of modifiers is empty
        rest = [_drop_modifier(token) if token.word.isdigit() else token for token in rest]
    if rest and _has_plain_modifier(code, rest[0]):
        rest = [rest[0]._replace(kinds=("modifiers",)), *rest[1:]]
    clear, unclear = _resolve(_doubt_numbers(rest, head.field), code)
    _refuse(unclear, draft, source)
    if any(token.kinds for token in unclear):  # it may be a modifier, or units
        return None
    used = [*own, *clear]
    for token in used:
        (slot,) = token.kinds
        values.setdefault(slot, []).append(token.text.strip("X*UNITS") if slot == "units" else token.text)
    typed = " ".join(token.word for token in (head, *used))
    for slot, name in _NAMES.items():
        if len(values.get(slot, ())) > _ROOM[slot]:
            draft.refuse(source, typed, f"the line says {name} more than once; {LEFT_OUT}")
            return None
    days: dict[Slot, str] = dict(zip(_DAYS, values.pop("first_day", []), strict=False))
    texts: dict[Slot, str] = {slot: " ".join(values[slot]) for slot in (*_ORDER, _MINUTES) if slot in values}
    return _Line(code, texts | days, typed)


def _doubt_numbers(tokens: Sequence[Token], code_field: int) -> Sequence[Token]:
    """Return the values with bare numbers among words in doubt: `40 mg`. In a field of a text they are a part of it."""
    fields = {token.field for token in tokens if token.reason and not token.kinds}
    return [
        token
        if token.field not in fields or not token.word.isdigit()
        else token._replace(reason=_AMONG_WORDS)
        if token.field == code_field
        else token._replace(kinds=(), reason=IS_NO_VALUE)
        for token in tokens
    ]


def _has_plain_modifier(code: str, token: Token) -> bool:
    """Return whether a number right behind a code can only be its modifier: `64483 50`, `99214 25`."""
    return (
        token.kinds[:1] == ("modifiers",)
        and code.isdigit()
        and any(first <= code <= last and token.text in numbers for first, last, numbers in _PLAIN_MODIFIERS)
    )


def _drop_modifier(token: Token) -> Token:
    return token._replace(kinds=tuple(kind for kind in token.kinds if kind != "modifiers"))


def _resolve(tokens: Sequence[Token], code: str) -> tuple[list[Token], list[Token]]:
    """Return the values that can be one thing only, and those that can't be read, with the reason."""
    values = [token for token in tokens if token.kinds and not token.reason]
    others = [token for token in tokens if token.reason]
    if all(len(token.kinds) == 1 for token in values):
        return values, others
    ways = list(_assign(values, 0, {}, is_late=False)) if len(values) <= sum(_ROOM.values()) else []
    clear = []
    for place, token in enumerate(values):
        kinds = tuple(dict.fromkeys(way[place] for way in ways)) or token.kinds
        if len(kinds) == 1:
            clear.append(token._replace(kinds=kinds))
        else:
            hints = " or ".join(_HINTS[kind].format(code=code, word=token.text) for kind in kinds)
            others.append(
                token._replace(reason=f"may mean more than one thing, so the line is left out; write {hints}")
            )
    return clear, others


def _assign(tokens: Sequence[Token], first: int, counts: dict[str, int], *, is_late: bool) -> Iterator[tuple[str, ...]]:
    """Yield the ways in which values are in the order of a claim. Numbers that point stand behind a charge or a day."""
    if not tokens:
        yield ()
        return
    token, *rest = tokens
    for place in range(first, len(_ORDER)):
        slot = _ORDER[place]
        if slot not in token.kinds or counts.get(slot, 0) >= _ROOM[slot]:
            continue
        if slot == "pointers" and len(token.kinds) > 1 and (slot in counts or not is_late):
            continue  # digits are one field, unlike letters
        late = is_late or slot in {"charge", "first_day"}
        for way in _assign(rest, place, {**counts, slot: counts.get(slot, 0) + 1}, is_late=late):
            yield (slot, *way)


def _refuse(tokens: Sequence[Token], draft: Draft, source: Source, reason: str = "") -> None:
    """Name what can't be read; words of a text are named together."""
    words: list[str] = []
    for token in (*tokens, Token("")):
        if token.reason == IS_NO_VALUE:
            words.append(token.word)
            continue
        if words:
            draft.refuse(source, " ".join(words), IS_NO_VALUE)
            words = []
        if token.word:
            draft.refuse(
                source,
                token.word,
                token.reason or reason or "comes without a code; write it after its code, as in 64483-50",
            )
