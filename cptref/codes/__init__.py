"""Parse what a coder types or pastes into codes and modifiers, or explain why it is neither."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cptref.codes.shapes import (
    CODE_PATTERN,
    EXAMPLES,
    MODIFIER_PATTERN,
    RANGE_WORDS,
    ParsedArguments,
    ParsedCode,
    is_any_code,
    is_code,
    parse_diagnosis,
    parse_word,
    split_words,
    to_ascii,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "CODE_PATTERN",
    "MODIFIER_PATTERN",
    "ParsedArguments",
    "ParsedCode",
    "explain_invalid",
    "is_any_code",
    "is_code",
    "parse_arguments",
    "parse_codes",
    "parse_diagnosis",
    "parse_modifiers",
]


def explain_invalid(text: str) -> str:
    """Return why a text is not exactly one code in its canonical spelling, to be put behind the quoted text."""
    first, *more = parse_codes(text)
    if more or (first.code and len(CODE_PATTERN.findall(to_ascii(text).upper())) > 1):
        return "is more than one code"
    if text and first.diagnosis == text:
        return "is an ICD-10-CM diagnosis code, not a procedure code"
    if canonical := first.code or first.diagnosis:
        return f"must be written {canonical}"
    return f"is not a code; {first.problem.partition('; ')[2]}"


def parse_codes(argument: str) -> tuple[ParsedCode, ...]:
    """Return every code of one argument, in order; at least one value is returned. See parse_arguments."""
    return parse_arguments([argument]).codes


def parse_arguments(arguments: Iterable[str]) -> ParsedArguments:
    """Return every code of arguments, in order, at least one value for each argument, and what was skipped.

    Commas, semicolons and white space separate codes. Full-width digits, lower case, `CPT`, `®`, `#`, `:` and stray
    punctuation are accepted. Digits are never corrected: `2O976` (letter O) is a problem, with `20976` as the hint.
    What is more than codes is read as a claim line, a table or a message of another system: see cptref.codes.pasted.
    """
    codes: list[ParsedCode] = []
    skipped: dict[str, int] = {}
    for argument in _join_ranges(arguments):
        plain = _parse_plain(argument)
        if plain is None:
            from cptref.codes.pasted import parse_pasted

            pasted = parse_pasted(argument)
            plain = pasted.codes
            for kind, count in pasted.skipped.items():
                skipped[kind] = skipped.get(kind, 0) + count
        codes += plain
    return ParsedArguments(_name_codes_of_modifiers(codes), skipped)


def _join_ranges(arguments: Iterable[str]) -> list[str]:
    """Return the arguments, with those of a range that was typed without quotes as one: `20971`, `to`, `20976`."""
    joined: list[str] = []
    for argument in arguments:
        first, word = joined[-2:] if len(joined) > 1 else ("", "")
        if word.casefold() in RANGE_WORDS and is_code(first.upper()) and is_code(argument.upper()):
            joined[-2:] = [f"{first} {word} {argument}"]
        else:
            joined.append(argument)
    return joined


def parse_modifiers(argument: str) -> tuple[str, ...]:
    """Return the modifiers of an argument in their canonical spelling: `50`, `rt, lt`, `modifier 59`.

    Return an empty tuple if it contains anything else; then it may be a code.
    """
    unlabeled = re.sub(r"\A\W*mod(?:ifiers?)?(?![a-z])", "", to_ascii(argument), flags=re.IGNORECASE)
    words = [stripped for _, stripped in split_words(unlabeled)]
    return tuple(words) if all(map(MODIFIER_PATTERN.fullmatch, words)) else ()


def _parse_plain(argument: str) -> tuple[ParsedCode, ...] | None:
    """Return what an argument of codes alone is read as, None if it takes more than that to read it."""
    words = split_words(argument)
    typed = argument.strip()
    if not words:
        return (ParsedCode(typed, problem=f"contains no code; {EXAMPLES}"),)
    if len(words) == 1:
        (word,) = words
        parsed = _parse_any(typed, word[1])
        # A word without two digits in a row holds no code, and searches have many of those.
        return (parsed,) if not parsed.problem or not re.search(r"\d\d", word[1]) or parsed.stray else None
    several = tuple(_parse_any(word, stripped) for word, stripped in words)
    return None if any(parsed.problem for parsed in several) else several


def _parse_any(typed: str, word: str) -> ParsedCode:
    """Return the procedure code that a word is, else the diagnosis code."""
    parsed = parse_word(typed, word)
    if parsed.problem and not parsed.code and (diagnosis := parse_diagnosis(word)):
        return ParsedCode(typed, diagnosis=diagnosis)
    return parsed


def _name_codes_of_modifiers(codes: list[ParsedCode]) -> tuple[ParsedCode, ...]:
    """Return the codes, with the code before it, or else the next one, in the hint of a modifier that stands alone."""
    if not any(parsed.stray for parsed in codes):
        return tuple(codes)
    code = next((parsed.code for parsed in codes if parsed.code), "")
    named = []
    for parsed in codes:
        code = parsed.code or code
        hinted = parsed.problem.replace("CODE", code or "CODE") if parsed.stray else parsed.problem
        named.append(parsed._replace(problem=hinted))
    return tuple(named)
