"""Modifiers: what they mean, and what is to be said of one on a code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.models.results import AppendedModifier

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cptref.codes import ParsedCode
    from cptref.models.article import Modifier, ModifierTable
    from cptref.models.results import Entry


def assess_appended(
    known: ModifierTable, asked: Iterable[tuple[ParsedCode, Entry | None]]
) -> tuple[AppendedModifier, ...]:
    """What is to be said of the modifiers typed with codes, in order, each once on a code however that was spelt."""
    said: dict[tuple[str, str], AppendedModifier] = {}
    for one, entry in asked:
        for modifier in one.modifiers:
            said.setdefault(
                (one.code, modifier), assess_modifier(known, entry, modifier, code=one.code, typed=one.input)
            )
    return tuple(said.values())


def assess_modifier(
    known: ModifierTable, entry: Entry | None, modifier: str, *, code: str, typed: str = ""
) -> AppendedModifier:
    """What is to be said of a modifier on a code, whose entry is None where it isn't held."""
    meant = next((one for one in known.modifiers if one.code == modifier), None)
    return AppendedModifier(
        input=typed,
        on=code,
        code=modifier,
        set=meant.set if meant else "",
        meaning=meant.meaning if meant else "",
        listed=entry and any(one.code == modifier for one in entry.modifiers),
        assessment=_assess(known, entry, meant) if entry else "",
    )


def _assess(known: ModifierTable, entry: Entry, modifier: Modifier | None) -> str:
    """What the check against the published code set says of a modifier on the code of an entry."""
    if modifier is None:
        return "not judged, since the modifier isn't held"
    if not modifier.bilateral:
        return "the check says nothing of it"
    indicator = entry.verification.bilateral_indicator
    if indicator is None:
        listed = entry.verification.status != "not-listed"
        why = "no bilateral indicator is recorded" if listed else "no release checked lists the code"
        return f"can't be judged: {why}"
    meant = (one.meaning for one in known.bilateral_indicators if one.indicator == indicator)
    said = f"bilateral indicator {indicator} ({next(meant, 'of unknown meaning')})"
    return f"conflicts with {said}" if indicator == 0 else said
