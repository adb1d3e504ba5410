"""Parse what a coder types into codes and modifiers, or explain why it is neither."""

from __future__ import annotations

import re
from typing import NamedTuple

# CPT Category I; II (F), III (T), PLA (U) and multianalyte assays (M); HCPCS Level II.
CODE_PATTERN = re.compile(r"\d{5}|\d{4}[FTUM]|[A-V]\d{4}", re.ASCII)
MODIFIER_PATTERN = re.compile(r"[0-9A-Z]{2}", re.ASCII)

_PREFIXES = re.compile(r"(?:CPT|HCPCS|CODES?)(?![A-Z])|[#:]")
_SPACED_HYPHEN = re.compile(r"(?<=\w)\s*-\s*(?=\w\w(?!\w))")  # white space around the hyphen before a modifier
_SEPARATORS = re.compile(r"[\s,;]+")
_ASCII_FORMS = (
    {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
    | dict.fromkeys([*range(0x2010, 0x2016), 0x2212], "-")
    | dict.fromkeys([0x3000, ord("®"), ord("™")], " ")
)
_EXAMPLES = "a code has five characters, like 20976, 0042T or G0260"
_LOOKALIKE_DIGITS = str.maketrans("OQILSBZ", "0011582")


class ParsedCode(NamedTuple):
    """One code as typed. `problem` is "" if it was understood; `code` is "" if the input does not look like a code.

    A problem is to be put behind the input and a colon. If there is no code, it has two parts: what is wrong; a hint.
    """

    input: str
    code: str = ""
    modifiers: tuple[str, ...] = ()
    problem: str = ""


def is_code(text: str) -> bool:
    """Return whether the text looks like a code in its one canonical spelling."""
    return CODE_PATTERN.fullmatch(text) is not None


def explain_invalid(text: str) -> str:
    """Return why a text is not exactly one code in its canonical spelling, to be put behind the quoted text."""
    first, *more = parse_codes(text)
    if more or (first.code and len(CODE_PATTERN.findall(_to_ascii(text).upper())) > 1):
        return "is more than one code"
    if first.code:
        return f"must be written {first.code}"
    return f"is not a code; {first.problem.partition('; ')[2]}"


def parse_codes(argument: str) -> tuple[ParsedCode, ...]:
    """Return every code of one argument, in order; commas, semicolons and white space separate codes.

    Full-width digits, lower case, `CPT`, `®`, `#`, `:` and stray punctuation are accepted. Digits are never
    corrected: `2O976` (letter O) is a problem, with `20976` as the hint. At least one value is returned.
    """
    words = (
        (word, _strip_punctuation(word)) for word in _SEPARATORS.split(_SPACED_HYPHEN.sub("-", _to_ascii(argument)))
    )
    stripped_words = [(word, stripped) for word, stripped in words if stripped]
    if len(stripped_words) > 1:
        return tuple(_parse_code(word, stripped) for word, stripped in stripped_words)
    typed = argument.strip()
    if not stripped_words:
        return (ParsedCode(typed, problem=f"contains no code; {_EXAMPLES}"),)
    return (_parse_code(typed, stripped_words[0][1]),)


def parse_modifiers(argument: str) -> tuple[str, ...]:
    """Return the modifiers of an argument in their canonical spelling: `50`, `rt, lt`, `modifier 59`.

    Return an empty tuple if it contains anything else; then it may be a code.
    """
    unlabeled = re.sub(r"\A\W*mod(?:ifiers?)?(?![a-z])", "", _to_ascii(argument), flags=re.IGNORECASE)
    words = [stripped for stripped in map(_strip_punctuation, _SEPARATORS.split(unlabeled)) if stripped]
    return tuple(words) if all(map(MODIFIER_PATTERN.fullmatch, words)) else ()


def _to_ascii(text: str) -> str:
    """Replace full-width characters by plain ones, dashes of word processors by hyphens, trademark signs by blanks."""
    return text if text.isascii() else text.translate(_ASCII_FORMS)


def _strip_punctuation(word: str) -> str:
    """Return a word in capitals, without prefixes and punctuation around a code."""
    match = re.search(r"[^\W_](?:.*[^\W_])?", _PREFIXES.sub(" ", word.upper()), re.DOTALL)  # in linear time
    return match[0] if match else ""


def _parse_code(typed: str, word: str) -> ParsedCode:
    code, *modifiers = re.split(r"-+", word)
    if MODIFIER_PATTERN.fullmatch(code) and not modifiers:
        hint = f"a modifier goes right behind its code: 20976-{code}"
        return ParsedCode(typed, problem=f"looks like a modifier, not like a code; {hint}")
    if not is_code(code):
        likely = _replace_lookalikes(code)
        hint = f"did you mean {'-'.join((likely, *modifiers))}?" if likely else _EXAMPLES
        return ParsedCode(typed, problem=f"does not look like a code; {hint}")
    for modifier in modifiers:
        if is_code(modifier):
            hint = f"separate codes with a comma: {code}, {modifier}"
            return ParsedCode(typed, code, problem=f"a hyphen goes before a modifier, not a code; {hint}")
        if not MODIFIER_PATTERN.fullmatch(modifier):
            return ParsedCode(typed, code, problem=f"modifier {modifier!r} must have two characters, like 50 or RT")
    return ParsedCode(typed, code, tuple(modifiers))


def _replace_lookalikes(word: str) -> str:
    """Return the code that a word becomes once letters that look like digits are digits, "" if it becomes none."""
    candidates = (word[:-1].translate(_LOOKALIKE_DIGITS) + word[-1:], word.translate(_LOOKALIKE_DIGITS))
    return next((candidate for candidate in candidates if candidate != word and is_code(candidate)), "")
