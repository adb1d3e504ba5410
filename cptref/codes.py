"""What a coder types -> the code and its modifiers, or why it is neither."""

from __future__ import annotations

import re
from typing import NamedTuple

# CPT Category I; II (F), III (T), PLA (U) and multianalyte assays (M); HCPCS Level II.
CODE_PATTERN = re.compile(r"\d{5}|\d{4}[FTUM]|[A-V]\d{4}", re.ASCII)
MODIFIER_PATTERN = re.compile(r"[0-9A-Z]{2}", re.ASCII)

_PREFIXES = re.compile(r"(?:CPT|HCPCS|CODES?)(?![A-Z])|[#:]")
_SPACED_HYPHEN = re.compile(r"(?<=\w)\s*-\s*(?=\w\w(?!\w))")  # white space around the hyphen before a modifier
_ASCII_FORMS = (
    {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
    | dict.fromkeys([*range(0x2010, 0x2016), 0x2212], "-")
    | dict.fromkeys([0x3000, ord("®"), ord("™")], " ")
)
_EXAMPLE = "a code has five characters, like 20976, 0042T or G0260"
_LOOKALIKE_DIGITS = str.maketrans("OQILSBZ", "0011582")


class ParsedCode(NamedTuple):
    """One code as typed. `problem` is "" where it is understood; `code` is "" where it is not code-shaped."""

    input: str
    code: str = ""
    modifiers: tuple[str, ...] = ()
    problem: str = ""


def is_code(text: str) -> bool:
    """Whether the text is shaped like a code, in its one canonical spelling."""
    return CODE_PATTERN.fullmatch(text) is not None


def explain_invalid(text: str) -> str:
    """What keeps a text from being a code in its one canonical spelling, and what to write instead."""
    first, *more = parse_codes(text)
    if more or first.problem or not first.code:
        return "is more than one code" if more else f"is {first.problem}"
    return f"must be written {first.code}"


def parse_codes(argument: str) -> tuple[ParsedCode, ...]:
    """Every code of one argument, in order: codes are separated by commas or white space.

    Full-width digits, lower case, `CPT`, `®`, `#`, `:` and stray punctuation are read through. Digits are never
    corrected: `2O976` (letter O) is a problem, with `20976` as the hint. At least one value is returned.
    """
    parts = (
        (word, _strip_punctuation(word)) for word in re.split(r"[\s,;]+", _SPACED_HYPHEN.sub("-", _to_ascii(argument)))
    )
    found = [(word, bare) for word, bare in parts if bare]
    if len(found) > 1:
        return tuple(_parse_code(word, bare) for word, bare in found)
    typed = argument.strip()
    return (_parse_code(typed, found[0][1]) if found else ParsedCode(typed, problem=f"no code in it; {_EXAMPLE}"),)


def _to_ascii(text: str) -> str:
    """Full-width characters as plain ones, the dashes of word processors as hyphens, trademark signs as blanks."""
    return text if text.isascii() else text.translate(_ASCII_FORMS)


def _strip_punctuation(word: str) -> str:
    """A word in capitals, without what stands around a code."""
    return re.sub(r"^[\W_]+|[\W_]+$", "", _PREFIXES.sub(" ", word.upper()))


def parse_modifiers(argument: str) -> tuple[str, ...]:
    """The modifiers of an argument in their canonical spelling: `50`, `rt, lt`, `modifier 59`.

    None where anything else is in it: it is a code then, or nothing.
    """
    plain = re.sub(r"\A\W*mod(?:ifiers?)?(?![a-z])", "", _to_ascii(argument), flags=re.IGNORECASE)
    words = [bare for bare in map(_strip_punctuation, re.split(r"[\s,;]+", plain)) if bare]
    return tuple(words) if all(map(MODIFIER_PATTERN.fullmatch, words)) else ()


def _parse_code(typed: str, word: str) -> ParsedCode:
    code, *modifiers = re.split(r"-+", word)
    if MODIFIER_PATTERN.fullmatch(code) and not modifiers:
        return ParsedCode(
            typed, problem=f"not shaped like a code but like a modifier, which goes behind one: 20976-{code}"
        )
    if not is_code(code):
        likely = code[:-1].translate(_LOOKALIKE_DIGITS) + code[-1:]
        hint = next(
            (guess for guess in (likely, code.translate(_LOOKALIKE_DIGITS)) if guess != code and is_code(guess)), ""
        )
        meant = f"did you mean {'-'.join((hint, *modifiers))}?" if hint else _EXAMPLE
        return ParsedCode(typed, problem=f"not shaped like a code; {meant}")
    for modifier in modifiers:
        if is_code(modifier):
            return ParsedCode(
                typed, code, problem=f"a hyphen stands before a modifier; name each code: {code}, {modifier}"
            )
        if not MODIFIER_PATTERN.fullmatch(modifier):
            return ParsedCode(typed, code, problem=f"modifier {modifier!r} must have two characters, like 50 or RT")
    return ParsedCode(typed, code, tuple(modifiers))
