"""What must hold of a dataset file beyond its shape.

The rules read the parsed file and not the finished value, so that one wrong type hides no other fault. Whatever
has the wrong type is passed over here: shape.py has named it.
"""

from __future__ import annotations

import re
from datetime import date, time
from typing import TYPE_CHECKING, Any

from cptref.characters import UNSAFE, escaped
from cptref.codes import MODIFIER, is_code
from cptref.dataset.shape import Problem, place
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

Plain = Any  # a parsed TOML file, or any part of one


def text(plain: Plain, at: tuple[int | str, ...] = ()) -> Iterator[Problem]:
    """Every string, keys too, is free of control characters and isn't blank; a date stands only where one is due."""
    if isinstance(plain, dict):
        for key, value in plain.items():
            if found := re.search(UNSAFE, key):
                yield place(at), f"a key has the control character {escaped(found[0])}"
            yield from text(value, (*at, key))
    elif isinstance(plain, list):
        for number, value in enumerate(plain):
            yield from text(value, (*at, number))
    elif isinstance(plain, str):
        if not plain.strip():
            yield place(at), "is empty"
        for character in sorted(set(re.findall(UNSAFE, plain))):
            yield place(at), f"has the control character {escaped(character)}"
    elif isinstance(plain, (date, time)) and at != ("released",):
        yield place(at), "a date or a time has no place here"


def dataset(plain: Plain) -> Iterator[Problem]:
    """The release date is a TOML date. (shape.py goes through JSON, where a date and its text are the same.)"""
    yield from text(plain)
    if isinstance(plain.get("released"), str):
        yield "released", "must be a date, not text"


def article(plain: Plain, stem: str, modifiers: Collection[str] | None) -> Iterator[Problem]:
    """An article's code, sections, modifiers, cost and codes to see instead.

    `stem` is its file's name; `modifiers` are those known, None where their table could not be read.
    """
    yield from text(plain)
    for key in ("title", "category"):
        if isinstance(plain.get(key), str) and "\n" in plain[key]:
            yield key, "must be one line"
    code = plain.get("code")
    if isinstance(code, str):
        if not is_code(code):
            yield "code", f"{code!r} is not shaped like a code, as 20976, 0042T or G0260 are"
        elif code != stem:
            yield "code", f"{code} stands in a file named {stem}.toml; a file is named after its code"
    yield from _sections(plain)
    seen: set[str] = set()
    for number, modifier in strings(plain, "modifiers"):
        if modifiers is not None and modifier not in modifiers:
            yield place(("modifiers", number)), f"no modifier {modifier!r} in modifiers.toml"
        if modifier in seen:
            yield place(("modifiers", number)), f"{modifier} stands here twice"
        seen.add(modifier)
    for number, see in strings(plain.get("verification"), "see_instead"):
        if not is_code(see):
            yield place(("verification", "see_instead", number)), f"{see!r} is not shaped like a code"
    yield from _cost(plain.get("cost"))


def modifiers(plain: Plain) -> Iterator[Problem]:
    """Each modifier has two characters and stands once, and so does each bilateral indicator."""
    yield from text(plain)
    seen: set[str] = set()
    for number, item in tables(plain, "modifiers"):
        code = item.get("code")
        if not isinstance(code, str):
            continue
        if not MODIFIER.fullmatch(code):
            yield place(("modifiers", number, "code")), f"{code!r} must be two digits or capital letters"
        if code in seen:
            yield place(("modifiers", number, "code")), f"{code} stands here twice"
        seen.add(code)
    told: set[int] = set()
    for number, item in tables(plain, "bilateral_indicators"):
        indicator = item.get("indicator")
        if not isinstance(indicator, int):
            continue
        if indicator in told:
            yield place(("bilateral_indicators", number, "indicator")), f"{indicator} stands here twice"
        told.add(indicator)


def modifier_codes(plain: Plain) -> set[str]:
    """The codes that a table of modifiers names."""
    return {item["code"] for _, item in tables(plain, "modifiers") if isinstance(item.get("code"), str)}


def _sections(plain: Mapping[str, Plain]) -> Iterator[Problem]:
    wanted = {key: kind for key, kind in CATALOGUE.items() if not kind.derived}
    seen: set[str] = set()
    for number, item in tables(plain, "sections"):
        key = item.get("key")
        if not isinstance(key, str):
            continue
        if key not in wanted:
            yield place(("sections", number, "key")), f"no section {key!r}; the sections are {', '.join(wanted)}"
        elif key in seen:
            yield place(("sections", number, "key")), f"the section {key} stands here twice"
        seen.add(key)
    if isinstance(plain.get("sections"), list):
        for key, kind in wanted.items():
            if key not in seen and not kind.optional:
                yield "sections", f"the section {key} is missing"


def _cost(cost: Plain) -> Iterator[Problem]:
    if not isinstance(cost, dict):
        return
    amounts = {key: cost[key] for key in ("low", "high") if isinstance(cost.get(key), int)}
    for key, amount in amounts.items():
        if amount < 0:
            yield f"cost.{key}", f"{amount} is below nothing"
    if len(amounts) > 1 and amounts["low"] > amounts["high"]:
        yield "cost", f"low {amounts['low']} is above high {amounts['high']}"


def strings(plain: Plain, key: str) -> Iterator[tuple[int, str]]:
    """The strings of a list, each with its place in it."""
    yield from ((number, item) for number, item in _items(plain, key) if isinstance(item, str))


def tables(plain: Plain, key: str) -> Iterator[tuple[int, dict[str, Plain]]]:
    """The tables of a list, each with its place in it."""
    yield from ((number, item) for number, item in _items(plain, key) if isinstance(item, dict))


def _items(plain: Plain, key: str) -> Iterator[tuple[int, Plain]]:
    items = plain.get(key) if isinstance(plain, dict) else None
    yield from enumerate(items if isinstance(items, list) else ())
