"""Questions about modifiers: what they mean, and which ones the entry of a code lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cptref.codes import ParsedArguments, parse_arguments, parse_modifiers
from cptref.lookup.assessment import assess_appended, assess_modifier, find_contradictions
from cptref.lookup.lookup import MissExplainer, is_answered, look_up
from cptref.models.entries import Miss
from cptref.models.results import ModifiersAnswer

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from cptref.index.reader import IndexReader


class ParsedNames(NamedTuple):
    """What was typed where modifiers and codes may both be named: each once, in order."""

    modifiers: tuple[str, ...]
    arguments: ParsedArguments


def parse_names(typed: Iterable[str]) -> ParsedNames:
    """Return the modifiers and the codes of arguments; a line that holds only modifiers is not read as a code."""
    modifiers: dict[str, None] = {}
    arguments: list[str] = []
    for argument in typed:
        others = []
        for line in argument.splitlines() or [""]:
            several = parse_modifiers(line)
            modifiers |= dict.fromkeys(several)
            others += [] if several else [line]
        arguments += ["\n".join(others)] if others else []
    return ParsedNames(tuple(modifiers), parse_arguments(arguments))


def describe_modifiers(reader: IndexReader, named: ParsedNames, answered: Container[str] = ()) -> ModifiersAnswer:
    """Return what these modifiers mean, and the modifiers of these codes; the whole table if nothing is named.

    A code that is `answered` elsewhere is no miss.
    """
    table = reader.read_modifier_table()
    whole = not named.modifiers and not named.arguments.codes
    by_code = {modifier.code: modifier for modifier in table.modifiers}
    looked_up, remarks = look_up(reader, named.arguments)
    entries = {parsed.code: entry for parsed, entry in looked_up if entry}
    listed = dict.fromkeys((code, modifier.code) for code, entry in entries.items() for modifier in entry.modifiers)
    typed = {(item.on, item.code): item for item in assess_appended(table, looked_up)}
    others = (
        assess_modifier(table, entries[code], name, code=code) for code, name in listed if (code, name) not in typed
    )
    explain = MissExplainer(reader)
    return ModifiersAnswer(
        dataset=reader.read_dataset(),
        whole=whole,
        modifiers=tuple(by_code[code] for code in (by_code if whole else named.modifiers) if code in by_code),
        indicators=table.bilateral_indicators if whole else (),
        entries=tuple(entries.values()),
        appended=(*typed.values(), *others),
        contradictions=find_contradictions(parsed for parsed, _ in looked_up),
        remarks=remarks,
        misses=(
            *(_explain_unknown_modifier(code) for code in named.modifiers if code not in by_code),
            *(
                _explain_neither(explain.explain_miss(parsed))
                for parsed, entry in looked_up
                if entry is None and not is_answered(parsed, answered)
            ),
        ),
    )


def _explain_neither(miss: Miss) -> Miss:
    """Return a miss where a modifier would have done as well as a code."""
    neither = "is neither a modifier, which has two characters, nor a code"
    return miss._replace(message=miss.message.replace("does not look like a code", neither))


def _explain_unknown_modifier(modifier: str) -> Miss:
    message = "looks like a modifier, but is not in the library"
    return Miss(input=modifier, code=modifier, reason="not-held", message=message)
