"""The assessment of a modifier on a code: what it means, whether the entry lists it, what the verification says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.models.results import AppendedModifier

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cptref.codes import ParsedCode
    from cptref.models.article import Modifier, ModifierTable
    from cptref.models.results import Entry


def assess_appended(
    table: ModifierTable, looked_up: Iterable[tuple[ParsedCode, Entry | None]]
) -> tuple[AppendedModifier, ...]:
    """Return the assessment of the modifiers typed with codes, in order, each once on a code however it was spelled."""
    assessed: dict[tuple[str, str], AppendedModifier] = {}
    for parsed, entry in looked_up:
        for modifier in parsed.modifiers:
            if (parsed.code, modifier) not in assessed:
                item = assess_modifier(table, entry, modifier, code=parsed.code, typed=parsed.input)
                assessed[parsed.code, modifier] = item
    return tuple(assessed.values())


def assess_modifier(
    table: ModifierTable, entry: Entry | None, modifier: str, *, code: str, typed: str = ""
) -> AppendedModifier:
    """Return what is known of a modifier on a code, whose entry is None if the library does not have it."""
    known = next((known for known in table.modifiers if known.code == modifier), None)
    return AppendedModifier(
        input=typed,
        on=code,
        code=modifier,
        set=known.set if known else "",
        meaning=known.meaning if known else "",
        listed=entry and any(listed.code == modifier for listed in entry.modifiers),
        assessment=_assess(table, entry, known) if entry else "",
    )


def _assess(table: ModifierTable, entry: Entry, modifier: Modifier | None) -> str:
    """Return what the verification of an entry's code says about a modifier."""
    if modifier is None:
        return "not judged, since the modifier is not in the library"
    if not modifier.bilateral:
        return "the verification says nothing about it"
    indicator = entry.verification.bilateral_indicator
    if indicator is None:
        listed = entry.verification.status != "not-listed"
        reason = "no bilateral indicator is recorded" if listed else "no release checked lists the code"
        return f"can't be judged: {reason}"
    meanings = (known.meaning for known in table.bilateral_indicators if known.indicator == indicator)
    rule = f"bilateral indicator {indicator} ({next(meanings, 'of unknown meaning')})"
    return f"conflicts with {rule}" if indicator == 0 else rule
