"""Check the rules for dataset files that go beyond types.

The rules read the parsed file and not the finished value, so that one wrong type hides no other fault. They skip
values of a wrong type: schema.py reports these.
"""

from __future__ import annotations

import re
from datetime import date, time
from typing import TYPE_CHECKING, Any

from cptref.codes import MODIFIER_PATTERN, explain_invalid, is_any_code, is_code
from cptref.dataset.schema import Problem, SerializedFile, ValuePath, format_path, value_at
from cptref.sanitize import UNSAFE_PATTERN, escape_character
from cptref.sections import STORED_SECTIONS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

Toml = Any  # a parsed TOML file, or any part of one

REQUIRED_SECTIONS = tuple(key for key in STORED_SECTIONS if key != "billing")  # of a bundled article

MAX_FIELD_CHARACTERS = 1_000  # of a published code: a level is a word or two


def check_text(document: Toml, serialized: SerializedFile, date_paths: Collection[ValuePath] = ()) -> Iterator[Problem]:
    """Report control characters in strings and keys, blank strings, and dates anywhere but at `date_paths`.

    Most files are not searched value by value: a file without such faults has JSON that is printable and has no
    backslash, no empty string and no string of a blank.
    """
    harmless = serialized.json.isprintable() and not any(sign in serialized.json for sign in ("\\", '""', '" '))
    if harmless and serialized.dates == sum(isinstance(value_at(document, path), date) for path in date_paths):
        return
    pending: list[tuple[Toml, ValuePath]] = [(document, ())]
    while pending:
        value, path = pending.pop()
        if isinstance(value, str):
            if not value.strip():
                yield format_path(path), "is empty"
            for character in sorted(set(re.findall(UNSAFE_PATTERN, value))):
                yield format_path(path), f"has the control character {escape_character(character)}"
        elif isinstance(value, dict):
            unsafe = filter(None, (re.search(UNSAFE_PATTERN, key) for key in value))
            for character in dict.fromkeys(match[0] for match in unsafe):  # keys may share one: one fault
                yield format_path(path), f"a key has the control character {escape_character(character)}"
            pending += ((item, (*path, key)) for key, item in reversed(value.items()))
        elif isinstance(value, list):
            pending += ((item, (*path, index)) for index, item in reversed([*enumerate(value)]))
        elif isinstance(value, (date, time)) and path not in date_paths:
            yield format_path(path), "a date or a time is not allowed here"


def check_dataset(document: Toml, serialized: SerializedFile) -> Iterator[Problem]:
    """Report a release date that is not a TOML date, and faults of the text."""
    yield from check_text(document, serialized, [("released",)])
    yield from _check_date(document, "released", "released")


def check_article(document: Toml, serialized: SerializedFile, stem: str) -> Iterator[Problem]:
    """Report faults of an article's code, sections, modifiers, cost, source and codes to see instead.

    `stem` is the name of its file without `.toml`.
    """
    notes = [*iter_tables(document, "payer_notes")]
    dates: dict[ValuePath, Toml] = {
        ("source", "imported"): document.get("source"),
        ("verification", "checked_on"): document.get("verification"),
        **{("payer_notes", index, "checked_on"): table for index, table in notes},
    }
    yield from check_text(document, serialized, dates)
    for path, table in dates.items():
        yield from _check_date(table, str(path[-1]), format_path(path))
    for key in ("title", "category"):
        if isinstance(document.get(key), str) and "\n" in document[key]:
            yield key, "must be one line"
    code = document.get("code")
    if isinstance(code, str):
        if not is_code(code):
            yield "code", f"{code!r} {explain_invalid(code)}"
        elif code != stem:
            yield "code", f"{code} is in a file named {stem}.toml; a file is named after its code"
    yield from _check_sections(document)
    yield from _check_modifier_list(document)
    for index, see in iter_strings(document.get("verification"), "see_instead"):
        if not is_code(see):
            yield format_path(("verification", "see_instead", index)), f"{see!r} {explain_invalid(see)}"
    yield from _check_cost(document.get("cost"))


def check_bundled(document: Toml, modifiers: Collection[str] | None) -> Iterator[Problem]:
    """Report what only a bundled article must have: every section, even if it is empty, and known modifiers only.

    `modifiers` are the known ones, None if their table could not be read.
    """
    for key in ("summary", "modifiers", "verification", "cost", "sections"):
        if key not in document:
            yield key, "is missing"
    yield from find_unknown_modifiers(document, modifiers)
    if isinstance(document.get("sections"), list):
        keys = {table.get("key") for _, table in iter_tables(document, "sections") if isinstance(table.get("key"), str)}
        yield from (("sections", f"the section {key} is missing") for key in REQUIRED_SECTIONS if key not in keys)


def find_unknown_modifiers(document: Toml, modifiers: Collection[str] | None) -> Iterator[Problem]:
    """Report the modifiers of an article that are not among the known ones; none if these are None."""
    for index, modifier in iter_strings(document, "modifiers"):
        if modifiers is not None and modifier not in modifiers:
            yield format_path(("modifiers", index)), f"modifier {modifier!r} is not in modifiers.toml"


def check_codes(document: Toml, serialized: SerializedFile, *, bundled: bool) -> Iterator[Problem]:
    """Report codes that are malformed or appear twice, fields that are not one line, and numbers below zero.

    A `bundled` code must have every figure, and words by which people ask for it.
    """
    yield from check_text(document, serialized)
    codes: set[str] = set()
    for index, table in iter_tables(document, "codes"):
        place = ("codes", index)
        code = table.get("code")
        if isinstance(code, str):
            if not is_code(code):
                yield format_path((*place, "code")), f"{code!r} {explain_invalid(code)}"
            if code in codes:
                yield format_path((*place, "code")), f"{code} appears twice"
            codes.add(code)
        for key, text in table.items():
            if isinstance(text, str):
                yield from _check_field(format_path((*place, key)), text)
        for number, primary in iter_strings(table, "add_on_to"):
            if not is_code(primary):
                yield format_path((*place, "add_on_to", number)), f"{primary!r} {explain_invalid(primary)}"
            elif primary == code:
                yield format_path((*place, "add_on_to", number)), f"{code} is not an add-on to itself"
        units = table["mue"].get("units") if isinstance(table.get("mue"), dict) else None
        if isinstance(units, int) and units < 0:
            yield format_path((*place, "mue", "units")), f"{units} is below zero"
        if bundled:
            figures = ("status", "global_days", "bilateral", "multiple", "pc_tc", "mue", "ask")
            yield from ((format_path((*place, key)), "is missing") for key in figures if key not in table)


def _check_field(place: str, text: str) -> Iterator[Problem]:
    """Report a text of a published code that is not one line, or so long that others can't repeat it."""
    if "\n" in text:
        yield place, "must be one line"
    if len(text) > MAX_FIELD_CHARACTERS:
        yield place, f"has {len(text):,} characters; at most {MAX_FIELD_CHARACTERS:,}, since other codes repeat it"


def check_notes(document: Toml, serialized: SerializedFile) -> Iterator[Problem]:
    """Report notes whose date or code is wrong."""
    tables = [*iter_tables(document, "notes")]
    yield from check_text(document, serialized, {("notes", index, "added") for index, _ in tables})
    for index, table in tables:
        yield from _check_date(table, "added", format_path(("notes", index, "added")))
        code = table.get("code")
        if isinstance(code, str) and not is_any_code(code):
            yield format_path(("notes", index, "code")), f"{code!r} {explain_invalid(code)}"


def check_modifiers(document: Toml, serialized: SerializedFile) -> Iterator[Problem]:
    """Report modifiers without exactly two characters, and modifiers and bilateral indicators that appear twice."""
    yield from check_text(document, serialized)
    codes: set[str] = set()
    for index, table in iter_tables(document, "modifiers"):
        code = table.get("code")
        if not isinstance(code, str):
            continue
        if not MODIFIER_PATTERN.fullmatch(code):
            yield format_path(("modifiers", index, "code")), _explain_invalid_modifier(code)
        if code in codes:
            yield format_path(("modifiers", index, "code")), f"{code} appears twice"
        codes.add(code)
    indicators: set[int] = set()
    for index, table in iter_tables(document, "bilateral_indicators"):
        indicator = table.get("indicator")
        if not isinstance(indicator, int):
            continue
        if indicator in indicators:
            yield format_path(("bilateral_indicators", index, "indicator")), f"{indicator} appears twice"
        indicators.add(indicator)


def list_modifier_codes(document: Toml) -> set[str]:
    """Return the codes in a table of modifiers, which may have faults."""
    return {table["code"] for _, table in iter_tables(document, "modifiers") if isinstance(table.get("code"), str)}


def iter_strings(table: Toml, key: str) -> Iterator[tuple[int, str]]:
    """Yield the strings of the list at a key, each with its index."""
    yield from ((index, item) for index, item in _iter_items(table, key) if isinstance(item, str))


def iter_tables(table: Toml, key: str) -> Iterator[tuple[int, dict[str, Toml]]]:
    """Yield the tables of the list at a key, each with its index."""
    yield from ((index, item) for index, item in _iter_items(table, key) if isinstance(item, dict))


def _iter_items(table: Toml, key: str) -> Iterator[tuple[int, Toml]]:
    items = table.get(key) if isinstance(table, dict) else None
    yield from enumerate(items if isinstance(items, list) else ())


def _check_sections(document: Toml) -> Iterator[Problem]:
    keys: set[str] = set()
    for index, table in iter_tables(document, "sections"):
        key = table.get("key")
        if isinstance(key, str):
            if key not in STORED_SECTIONS:
                problem = f"no section {key!r}; the sections are {', '.join(STORED_SECTIONS)}"
                yield format_path(("sections", index, "key")), problem
            elif key in keys:
                yield format_path(("sections", index, "key")), f"the section {key} appears twice"
            keys.add(key)


def _check_modifier_list(document: Toml) -> Iterator[Problem]:
    codes: set[str] = set()
    for index, modifier in iter_strings(document, "modifiers"):
        if not MODIFIER_PATTERN.fullmatch(modifier):
            yield format_path(("modifiers", index)), _explain_invalid_modifier(modifier)
        if modifier in codes:
            yield format_path(("modifiers", index)), f"{modifier} appears twice"
        codes.add(modifier)


def _explain_invalid_modifier(text: str) -> str:
    return f"{text!r} must be two digits or capital letters"


def _check_date(table: Toml, key: str, place: str) -> Iterator[Problem]:
    """Report text in place of a date; schema.py can't, since it goes through JSON, where a date is text."""
    if isinstance(table, dict) and isinstance(table.get(key), str):
        yield place, "must be a date, not text"


def _check_cost(cost: Toml) -> Iterator[Problem]:
    if not isinstance(cost, dict):
        return
    amounts = {key: cost[key] for key in ("low", "high") if isinstance(cost.get(key), int)}
    for key, amount in amounts.items():
        if amount < 0:
            yield f"cost.{key}", f"{amount} is below zero"
    if len(amounts) > 1 and amounts["low"] > amounts["high"]:
        yield "cost", f"low {amounts['low']} is above high {amounts['high']}"
    if ("low" in cost) != ("high" in cost):
        yield "cost", "has only one of low and high; for a single amount give it as both"
