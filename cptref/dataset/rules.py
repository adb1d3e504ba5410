"""What must hold of a dataset file beyond its shape.

The rules read the parsed file and not the finished value, so that one wrong type hides no other fault. Whatever
has the wrong type is passed over here: shape.py has named it.
"""

from __future__ import annotations

import re
from datetime import date, time
from typing import TYPE_CHECKING, Any

from cptref.codes import MODIFIER_PATTERN, explain_invalid, is_code
from cptref.dataset.schema import Problem, SerializedFile, ValuePath, format_path, value_at
from cptref.sanitize import UNSAFE_PATTERN, escape_character
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

Plain = Any  # a parsed TOML file, or any part of one

STORED_SECTIONS = tuple(key for key, kind in CATALOGUE.items() if not kind.derived)  # the sections of a file


def check_text(plain: Plain, written: SerializedFile, due: Collection[ValuePath] = ()) -> Iterator[Problem]:
    """Every string, keys too, is free of control characters and isn't blank; dates stand only where they are due.

    What JSON writes without an escape, a blank or anything else that doesn't print has nothing of it in it: most files
    are looked through no further.
    """
    harmless = written.json.isprintable() and not any(sign in written.json for sign in ("\\", '""', '" '))
    if harmless and written.dates == sum(isinstance(value_at(plain, place), date) for place in due):
        return
    left: list[tuple[Plain, ValuePath]] = [(plain, ())]
    while left:
        value, here = left.pop()
        if isinstance(value, str):
            if not value.strip():
                yield format_path(here), "is empty"
            for character in sorted(set(re.findall(UNSAFE_PATTERN, value))):
                yield format_path(here), f"has the control character {escape_character(character)}"
        elif isinstance(value, dict):
            for key in value:
                if found := re.search(UNSAFE_PATTERN, key):
                    yield format_path(here), f"a key has the control character {escape_character(found[0])}"
            left += ((one, (*here, key)) for key, one in reversed(value.items()))
        elif isinstance(value, list):
            left += ((one, (*here, number)) for number, one in reversed([*enumerate(value)]))
        elif isinstance(value, (date, time)) and here not in due:
            yield format_path(here), "a date or a time has no place here"


def check_dataset(plain: Plain, written: SerializedFile) -> Iterator[Problem]:
    """The release date is a TOML date."""
    yield from check_text(plain, written, [("released",)])
    yield from _check_date(plain, "released", "released")


def check_article(plain: Plain, written: SerializedFile, stem: str) -> Iterator[Problem]:
    """An article's code, sections, modifiers, cost and codes to see instead. `stem` is the name of its file."""
    yield from check_text(plain, written, [("source", "imported")])
    yield from _check_date(plain.get("source"), "imported", "source.imported")
    for key in ("title", "category"):
        if isinstance(plain.get(key), str) and "\n" in plain[key]:
            yield key, "must be one line"
    code = plain.get("code")
    if isinstance(code, str):
        if not is_code(code):
            yield "code", f"{code!r} {explain_invalid(code)}"
        elif code != stem:
            yield "code", f"{code} stands in a file named {stem}.toml; a file is named after its code"
    yield from _check_sections(plain)
    yield from _check_modifier_list(plain)
    for number, see in iter_strings(plain.get("verification"), "see_instead"):
        if not is_code(see):
            yield format_path(("verification", "see_instead", number)), f"{see!r} {explain_invalid(see)}"
    yield from _check_cost(plain.get("cost"))


def _check_sections(plain: Plain) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, item in iter_tables(plain, "sections"):
        key = item.get("key")
        if isinstance(key, str):
            if key not in STORED_SECTIONS:
                yield (
                    format_path(("sections", number, "key")),
                    f"no section {key!r}; the sections are {', '.join(STORED_SECTIONS)}",
                )
            elif key in seen:
                yield format_path(("sections", number, "key")), f"the section {key} stands here twice"
            seen.add(key)


def _check_modifier_list(plain: Plain) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, modifier in iter_strings(plain, "modifiers"):
        if not MODIFIER_PATTERN.fullmatch(modifier):
            yield format_path(("modifiers", number)), _explain_invalid_modifier(modifier)
        if modifier in seen:
            yield format_path(("modifiers", number)), f"{modifier} stands here twice"
        seen.add(modifier)


def check_bundled(plain: Plain, modifiers: Collection[str] | None) -> Iterator[Problem]:
    """What a bundled article has to have besides: every section, if only an empty one, and known modifiers alone.

    `modifiers` are those known, None where their table could not be read.
    """
    for key in ("summary", "modifiers", "verification", "cost", "sections"):
        if key not in plain:
            yield key, "is missing"
    yield from find_unknown_modifiers(plain, modifiers)
    if isinstance(plain.get("sections"), list):
        told = {item.get("key") for _, item in iter_tables(plain, "sections") if isinstance(item.get("key"), str)}
        yield from (("sections", f"the section {key} is missing") for key in STORED_SECTIONS if key not in told)


def find_unknown_modifiers(plain: Plain, modifiers: Collection[str] | None) -> Iterator[Problem]:
    """The modifiers of an article that no table has."""
    for number, modifier in iter_strings(plain, "modifiers"):
        if modifiers is not None and modifier not in modifiers:
            yield format_path(("modifiers", number)), f"no modifier {modifier!r} in modifiers.toml"


def check_notes(plain: Plain, written: SerializedFile) -> Iterator[Problem]:
    """Each note has its day and a code."""
    listed = [*iter_tables(plain, "notes")]
    yield from check_text(plain, written, {("notes", number, "added") for number, _ in listed})
    for number, item in listed:
        yield from _check_date(item, "added", format_path(("notes", number, "added")))
        code = item.get("code")
        if isinstance(code, str) and not is_code(code):
            yield format_path(("notes", number, "code")), f"{code!r} {explain_invalid(code)}"


def check_modifiers(plain: Plain, written: SerializedFile) -> Iterator[Problem]:
    """Each modifier has two characters and stands once, and so does each bilateral indicator."""
    yield from check_text(plain, written)
    seen: set[str] = set()
    for number, item in iter_tables(plain, "modifiers"):
        code = item.get("code")
        if not isinstance(code, str):
            continue
        if not MODIFIER_PATTERN.fullmatch(code):
            yield format_path(("modifiers", number, "code")), _explain_invalid_modifier(code)
        if code in seen:
            yield format_path(("modifiers", number, "code")), f"{code} stands here twice"
        seen.add(code)
    told: set[int] = set()
    for number, item in iter_tables(plain, "bilateral_indicators"):
        indicator = item.get("indicator")
        if not isinstance(indicator, int):
            continue
        if indicator in told:
            yield format_path(("bilateral_indicators", number, "indicator")), f"{indicator} stands here twice"
        told.add(indicator)


def list_modifier_codes(plain: Plain) -> set[str]:
    """The codes that a table of modifiers names."""
    return {item["code"] for _, item in iter_tables(plain, "modifiers") if isinstance(item.get("code"), str)}


def _explain_invalid_modifier(text: str) -> str:
    return f"{text!r} must be two digits or capital letters"


def _check_date(plain: Plain, key: str, at: str) -> Iterator[Problem]:
    """A date is no text. (shape.py goes through JSON, where the two are the same.)"""
    if isinstance(plain, dict) and isinstance(plain.get(key), str):
        yield at, "must be a date, not text"


def _check_cost(cost: Plain) -> Iterator[Problem]:
    if not isinstance(cost, dict):
        return
    amounts = {key: cost[key] for key in ("low", "high") if isinstance(cost.get(key), int)}
    for key, amount in amounts.items():
        if amount < 0:
            yield f"cost.{key}", f"{amount} is below nothing"
    if len(amounts) > 1 and amounts["low"] > amounts["high"]:
        yield "cost", f"low {amounts['low']} is above high {amounts['high']}"
    if ("low" in cost) != ("high" in cost):
        yield "cost", "has one of low and high; where there is one amount alone, it is both"


def iter_strings(plain: Plain, key: str) -> Iterator[tuple[int, str]]:
    """The strings of a list, each with its place in it."""
    yield from ((number, item) for number, item in _iter_items(plain, key) if isinstance(item, str))


def iter_tables(plain: Plain, key: str) -> Iterator[tuple[int, dict[str, Plain]]]:
    """The tables of a list, each with its place in it."""
    yield from ((number, item) for number, item in _iter_items(plain, key) if isinstance(item, dict))


def _iter_items(plain: Plain, key: str) -> Iterator[tuple[int, Plain]]:
    items = plain.get(key) if isinstance(plain, dict) else None
    yield from enumerate(items if isinstance(items, list) else ())
