"""How pages on claims name lines, diagnoses and numbers of things."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cptref.models.claims import CheckedLine, ClaimLine

MAX_NAMED = 6  # codes or ranges of lines in a label
MIN_RANGE = 3  # lines in a row that are named by the first and the last


def name_line(line: ClaimLine) -> str:
    """Return code, modifiers and units: `64494-50x2`, `00640-AA 45 min`."""
    if line.unit == "MJ":
        return f"{line.label} {line.quantity} min"
    return line.label if line.quantity == "1" else f"{line.label}x{line.quantity}"


def name_numbers(numbers: Iterable[int]) -> str:
    """Return lines by number: `line 3`, `lines 1, 3 and 5 to 9`."""
    ranges: list[list[int]] = []
    for number in sorted(numbers):
        if ranges and number == ranges[-1][-1] + 1:
            ranges[-1].append(number)
        else:
            ranges.append([number])
    words: list[str] = []
    for run in ranges:
        words += map(str, run) if len(run) < MIN_RANGE else [f"{run[0]} to {run[-1]}"]
    return f"{'line' if words == [str(ranges[0][0])] else 'lines'} {name_first(words)}"


def name_first(words: Sequence[str]) -> str:
    """Return the first few of many words: `a, b and c`, `a, b, c and 12 more`."""
    if len(words) > MAX_NAMED:
        return f"{', '.join(words[:MAX_NAMED])} and {len(words) - MAX_NAMED:,} more"
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


def name_letter(place: int) -> str:
    """Return the letter of a place for a diagnosis: `A` for 1; a number behind Z."""
    return chr(ord("A") + place - 1) if place <= 26 else str(place)  # noqa: PLR2004 - letters


def count(number: int, noun: str) -> str:
    """Return a number with a noun: `1 diagnosis`, `1,200 lines`."""
    plural = "diagnoses" if noun == "diagnosis" else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def label_lines(lines: Sequence[CheckedLine]) -> str:
    """Return one line with its code, or several by number with their codes."""
    if len(lines) == 1:
        return f"Line {lines[0].line.number}: {name_line(lines[0].line)}"
    codes = [*dict.fromkeys(line.line.code for line in lines)]
    numbers = name_numbers([line.line.number for line in lines])
    return f"{numbers[:1].upper()}{numbers[1:]}: {name_first(codes)}"


def label_diagnoses(codes: Sequence[str], letters: dict[str, str]) -> str:
    """Return diagnoses by letter and code; codes that have no letter are about the whole claim."""
    known = [f"{letters[code]} ({code})" for code in codes if code in letters]
    if not known:
        return "The claim"
    return f"{'Diagnosis' if len(known) == 1 else 'Diagnoses'} {name_first(known)}"


def write_days(line: ClaimLine) -> str:
    """Return the day of a line, or the first and the last one."""
    return str(line.first_day) if line.last_day == line.first_day else f"{line.first_day} to {line.last_day}"
