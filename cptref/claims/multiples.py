"""Codes as people type them with their units: `97140x2`, `64483-50 x 2`."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from cptref.codes import parse_arguments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cptref.codes import ParsedCode

_TIMES = frozenset("xX*\u00d7")
_SEPARATORS = " \t,;."
# Compiled only where a text has one of these signs.
_UNITS = r"[ \t]*[x*\u00d7][ \t]*([1-9][0-9]{0,3})"
_CODE_WITH_UNITS = (
    rf"(?<!\w)((?:[0-9]{{5}}|[0-9]{{4}}[FTUM]|[A-V][0-9]{{4}})(?:[-:/]?[0-9A-WYZ][0-9A-Z]){{0,12}}){_UNITS}(?!\w)"
)


def parse_multiples(arguments: Sequence[str]) -> tuple[list[tuple[ParsedCode, int]], dict[str, int]]:
    """Return codes typed in any way, each with its units, and how many other values of which kind were skipped.

    Units stand behind their code, in the same argument or in the next one. Those of a text of several lines are
    skipped.
    """
    if all(map(_TIMES.isdisjoint, arguments)):
        parsed = parse_arguments(arguments)
        return [(code, 1) for code in parsed.codes], parsed.skipped
    texts: list[str] = []
    for argument in arguments:
        if texts and re.fullmatch(_UNITS, argument, re.IGNORECASE):
            texts[-1] += argument
        else:
            texts.append(argument)
    codes: list[tuple[ParsedCode, int]] = []
    skipped: Counter[str] = Counter()
    for text in texts:
        start = 0
        for match in () if "\n" in text else re.finditer(_CODE_WITH_UNITS, text, re.ASCII | re.IGNORECASE):
            *before, last = _parse(text[start : match.end(1)], skipped)
            units = int(match[2])
            codes += [*((code, 1) for code in before), (last._replace(input=f"{last.input}x{units}"), units)]
            start = match.end()
        if not start or text[start:].strip(_SEPARATORS):
            codes += [(code, 1) for code in _parse(text[start:], skipped)]
    return codes, dict(skipped)


def _parse(text: str, skipped: Counter[str]) -> tuple[ParsedCode, ...]:
    parsed = parse_arguments([text.lstrip(_SEPARATORS) or text])
    skipped.update(parsed.skipped)
    return parsed.codes
