"""Questions about codes: entries, modifiers, the list of all, and what is near where there is none."""

from __future__ import annotations

import json
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from cptref import codes
from cptref.errors import Fault
from cptref.fuzzy import closest
from cptref.index.held import read_entry, read_modifier_table
from cptref.index.schema import verified
from cptref.models.article import Dataset, Notices
from cptref.models.results import AppendedModifier, ListAnswer, ListItem, Miss, ModifiersAnswer, ShowAnswer
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable

    from cptref.models.results import Entry

Asked = tuple[codes.ParsedCode, "Entry | None"]


def read_provenance(connection: sqlite3.Connection) -> str:
    """What the library was compiled by, and from."""
    made_from, *_ = verified(connection.execute("SELECT * FROM meta").fetchone())
    return str(made_from)


def read_faults(connection: sqlite3.Connection) -> tuple[Fault, ...]:
    """The faults of the files that were left out."""
    return tuple(Fault(*verified(row)[:3]) for row in connection.execute("SELECT * FROM fault ORDER BY rowid"))


def read_dataset(connection: sqlite3.Connection) -> Dataset:
    """Which dataset the library was compiled from."""
    _, about, _ = verified(connection.execute("SELECT * FROM meta").fetchone())
    plain = json.loads(about)
    return Dataset(
        **plain
        | {
            "released": date.fromisoformat(plain["released"]),
            "sources": tuple(plain["sources"]),
            "notices": Notices(**plain["notices"]),
        }
    )


def get_entry(connection: sqlite3.Connection, code: str) -> Entry | None:
    """The entry of a code, None if it isn't held."""
    if not codes.is_code(code):
        return None
    row = connection.execute("SELECT * FROM body WHERE code = ?", (code,)).fetchone()
    return None if row is None else read_entry(connection, row)


def list_codes(connection: sqlite3.Connection, limit: int | None) -> ListAnswer:
    """The codes held, in order: the first so many, or all."""
    (total,) = connection.execute("SELECT count(*) FROM entry").fetchone()
    rows = connection.execute(
        "SELECT * FROM entry ORDER BY code LIMIT ?", (total if limit is None else min(limit, total),)
    )
    entries = (
        ListItem(code=code, title=title, category=category, verification=verification, library=library)
        for _, code, title, category, verification, library in map(verified, rows)
    )
    return ListAnswer(dataset=read_dataset(connection), entries=tuple(entries), total=total)


def show(connection: sqlite3.Connection, typed: Iterable[str], sections: Collection[str]) -> ShowAnswer:
    """The entries of codes as typed, with just these sections where any are named, and a miss for all else."""
    entries: dict[str, Entry] = {}
    misses: list[Miss] = []
    asked = _asked(connection, typed)
    known = _Held(connection)
    for one, entry in asked:
        if entry is None:
            misses.append(_miss(known, one))
            continue
        held = tuple(section for section in entry.sections if not sections or section.key in sections)
        absent = [key for key in sections if all(section.key != key for section in held)]
        if absent:
            misses.append(_no_section(one, absent, entry))
        if held:
            entries[one.code] = entry._replace(sections=held)
    return ShowAnswer(
        dataset=read_dataset(connection),
        sections=tuple(sections),
        entries=tuple(entries.values()),
        misses=tuple(misses),
        appended=_appended(connection, asked),
    )


def modifiers(connection: sqlite3.Connection, typed: Collection[str]) -> ModifiersAnswer:
    """What these modifiers mean, and the modifiers of these codes; the whole table where nothing is named."""
    from cptref.lookup.modifiers import assess_appended, assess_modifier

    known = read_modifier_table(connection)
    read = [(argument, codes.parse_modifiers(argument)) for argument in typed]
    alone = dict.fromkeys(modifier for _, several in read for modifier in several)
    asked = _asked(connection, [argument for argument, several in read if not several])
    entries = {one.code: entry for one, entry in asked if entry}
    listed = dict.fromkeys((code, modifier.code) for code, entry in entries.items() for modifier in entry.modifiers)
    of_entries = (assess_modifier(known, entries[code], modifier, code=code) for code, modifier in listed)
    besides = (one for one in assess_appended(known, asked) if (one.on, one.code) not in listed)
    meant = {modifier.code: modifier for modifier in known.modifiers}
    codes_held = _Held(connection)
    return ModifiersAnswer(
        dataset=read_dataset(connection),
        whole=not typed,
        modifiers=tuple(meant[modifier] for modifier in (alone if typed else meant) if modifier in meant),
        indicators=() if typed else known.bilateral_indicators,
        entries=tuple(entries.values()),
        appended=(*of_entries, *besides),
        misses=(
            *(_no_modifier(modifier) for modifier in alone if modifier not in meant),
            *(_neither(_miss(codes_held, one)) for one, entry in asked if entry is None),
        ),
    )


def _asked(connection: sqlite3.Connection, typed: Iterable[str]) -> list[Asked]:
    """Every code typed, once, with its entry if it is held."""
    read = dict.fromkeys(one for argument in typed for one in codes.parse_codes(argument))
    return [(one, None if one.problem else get_entry(connection, one.code)) for one in read]


def _appended(connection: sqlite3.Connection, asked: list[Asked]) -> tuple[AppendedModifier, ...]:
    if not any(one.modifiers for one, _ in asked):
        return ()
    from cptref.lookup.modifiers import assess_appended

    return assess_appended(read_modifier_table(connection), asked)


class _Held:
    """The codes that are held, and those with notes, read when first needed: a batch may miss thousands."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @cached_property
    def codes(self) -> list[str]:
        return [code for (code,) in self._connection.execute("SELECT code FROM entry")]

    @cached_property
    def noted(self) -> set[str]:
        return {code for (code,) in self._connection.execute("SELECT DISTINCT code FROM note")}


def _miss(held: _Held, one: codes.ParsedCode) -> Miss:
    if one.problem:
        return Miss(input=one.input, code=one.code, reason="malformed", message=one.problem)
    near = closest(one.code, held.codes, edits=2)
    noted = "; you have notes on it, which cptref note shows" if one.code in held.noted else ""
    others = f"; held and close, but different procedures: {', '.join(near)}" if near else ""
    read = "" if one.input == one.code else f"read as {one.code}, "
    message = f"{read}shaped like a code, but not held{others}{noted}; cptref list shows every code that is held"
    return Miss(input=one.input, code=one.code, reason="not-held", message=message, nearest=near)


def _no_section(one: codes.ParsedCode, absent: list[str], entry: Entry) -> Miss:
    headings = " and ".join(repr(CATALOGUE[key].heading) for key in absent)
    keys = ", ".join(section.key for section in entry.sections)
    message = f"held, but its entry has no section {headings}; it has {keys}"
    return Miss(input=one.input, code=one.code, reason="no-section", message=message)


def _neither(miss: Miss) -> Miss:
    """A miss where a modifier would have done as well as a code."""
    begins = "does not look like a code"
    return miss._replace(
        message=miss.message.replace(begins, "is neither a modifier, which has two characters, nor a code")
    )


def _no_modifier(modifier: str) -> Miss:
    message = "shaped like a modifier, but not held; cptref modifiers shows every one that is held"
    return Miss(input=modifier, code=modifier, reason="not-held", message=message)
