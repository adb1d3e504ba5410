"""What codes and modifiers look like, and how plain ones are read."""

from __future__ import annotations

import re
from typing import NamedTuple

# CPT Category I; II (F), III (T), PLA (U) and multianalyte assays (M); HCPCS Level II.
CODE_PATTERN = re.compile(r"\d{5}|\d{4}[FTUM]|[A-V]\d{4}", re.ASCII)
# ICD-10-CM, with its dot or without. Each place has only some letters. Without the dot, a letter that looks like a
# digit is a code typed wrong but for Y93, and a letter in the sixth place begins a modifier behind a HCPCS code, but
# for A and X.
_DIAGNOSIS = (  # compiled where something else than a procedure code is typed
    r"((?:[A-Z]\d|QA)[0-9AB])(?:\.([0-9A-LX-Z]{1,2}(?:[0-9A-HX][0-9A-HJKMNP-S]?)?)|"
    r"((?:[0-9A-HJKXYZ]|(?<=Y93)[IL])[0-9A-HJKXYZ]?(?:[0-9AX][0-9A-HJKMNP-S]?)?))?"
)
MODIFIER_PATTERN = re.compile(r"[0-9A-Z]{2}", re.ASCII)
CODE_CHARACTERS = 5  # of a procedure code
# Of the beginning of a code, before the codes of the loaded sets are listed: one letter begins thousands.
MIN_LETTERS = 2
EXAMPLES = "a code has five characters, like 20976, 0042T or G0260"

_PREFIXES = re.compile(r"(?:CPT|HCPCS|CODES?|ICD-?10(?:-?CM)?(?!\w)|DX)(?![A-Z])|[#:]")
_SPACED_HYPHEN = re.compile(r"(?<=\w)\s*-\s*(?=(?:\w\w|\w{5})(?!\w))")  # before a modifier or the end of a range
RANGE_WORDS = ("to", "thru", "through")
_RANGE_WORD = re.compile(
    rf"(?<=\d{{4}}\w|\w\d{{4}})\s+(?:{'|'.join(RANGE_WORDS)}|\.\.+)\s+(?=\w{{5}}(?!\w))|(?<=\d{{4}})\.\.+(?=\d)",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"[\s,;]+")
_ASCII_FORMS = (
    {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
    | dict.fromkeys([*range(0x2010, 0x2016), 0x2212], "-")
    | dict.fromkeys([0x3000, ord("®"), ord("™")], " ")
    | {0xD7: "x"}  # the sign of multiplication
)
_LOOKALIKE_DIGITS = str.maketrans("OQILSBZ", "0011582")


class ParsedCode(NamedTuple):
    """One code as typed. `problem` is "" if it was understood; `code` is "" if the input does not look like a code.

    If `last` is not "", all codes from `code` to `last` are meant. A problem is to be put behind the input and a colon.
    If there is no code, it has two parts: what is wrong; a hint. `stray` is a modifier typed without its code.
    `diagnosis` is what can only be an ICD-10-CM code, with its dot; then `code` is "".
    """

    input: str
    code: str = ""
    modifiers: tuple[str, ...] = ()
    problem: str = ""
    last: str = ""
    stray: str = ""
    diagnosis: str = ""


class ParsedArguments(NamedTuple):
    """The codes of arguments in order, and how many other values of which kind were skipped: `{"date": 2}`."""

    codes: tuple[ParsedCode, ...]
    skipped: dict[str, int]


def is_code(text: str) -> bool:
    """Return whether the text looks like a code in its one canonical spelling."""
    return CODE_PATTERN.fullmatch(text) is not None


def parse_diagnosis(text: str) -> str:
    """Return the ICD-10-CM code that a text in capitals looks like, with its dot; "" if it does not look like one."""
    match = re.fullmatch(_DIAGNOSIS, text, re.ASCII)
    return ".".join(filter(None, match.groups())) if match else ""


def is_any_code(text: str) -> bool:
    """Return whether the text is a procedure code or an ICD-10-CM code in its one canonical spelling."""
    return is_code(text) or (parse_diagnosis(text) == text != "")


def to_ascii(text: str) -> str:
    """Replace full-width characters by plain ones, dashes of word processors by hyphens, trademark signs by blanks."""
    return text if text.isascii() else text.translate(_ASCII_FORMS)


def join_words(text: str) -> str:
    """Make one word of codes with a hyphen, `to` or dots between them, and of a code, a hyphen and a modifier."""
    return _SPACED_HYPHEN.sub("-", _RANGE_WORD.sub("-", text))


def split_words(text: str) -> list[tuple[str, str]]:
    """Return each word of a text that may be a code or a modifier, as it is and in capitals without punctuation."""
    words = ((word, strip_punctuation(word)) for word in _SEPARATORS.split(join_words(to_ascii(text))))
    return [(word, stripped) for word, stripped in words if stripped]


def strip_punctuation(word: str) -> str:
    """Return a word in capitals, without prefixes and punctuation around a code."""
    match = re.search(r"[^\W_](?:.*[^\W_])?", _PREFIXES.sub(" ", word.upper()), re.DOTALL)  # in linear time
    return match[0] if match else ""


def parse_word(typed: str, word: str) -> ParsedCode:
    """Return the code, the range of codes or the modifier that a word in capitals is, or why it is none."""
    code, *modifiers = re.split(r"-+", word)
    if MODIFIER_PATTERN.fullmatch(code) and not modifiers:
        hint = f"a modifier goes right behind its code: CODE-{code}"
        return ParsedCode(typed, problem=f"looks like a modifier, not like a code; {hint}", stray=code)
    if not is_code(code):
        likely = _replace_lookalikes(code)
        hint = f"did you mean {'-'.join((likely, *modifiers))}?" if likely else EXAMPLES
        return ParsedCode(typed, problem=f"does not look like a code; {hint}")
    if len(modifiers) == 1 and is_code(modifiers[0]):
        return parse_range(typed, code, modifiers[0])
    for modifier in modifiers:
        if is_code(modifier):
            hint = f"separate codes with a comma: {code}, {modifier}"
            return ParsedCode(typed, code, problem=f"a hyphen goes before a modifier, not a code; {hint}")
        if not MODIFIER_PATTERN.fullmatch(modifier):
            return ParsedCode(typed, code, problem=f"modifier {modifier!r} must have two characters, like 50 or RT")
    return ParsedCode(typed, code, tuple(modifiers))


def parse_range(typed: str, first: str, last: str) -> ParsedCode:
    """Return all codes from one to another. It is a problem if these don't count up, like G0260 and 20976."""
    if re.sub(r"\d", "0", first) != re.sub(r"\d", "0", last) or first > last:
        hint = f"separate codes with a comma: {first}, {last}"
        return ParsedCode(typed, first, problem=f"is no range, which goes up from its first code to its last; {hint}")
    return ParsedCode(typed, first, last=last if last != first else "")


def _replace_lookalikes(word: str) -> str:
    """Return the code that a word becomes once letters that look like digits are digits, "" if it becomes none."""
    candidates = (word[:-1].translate(_LOOKALIKE_DIGITS) + word[-1:], word.translate(_LOOKALIKE_DIGITS))
    return next((candidate for candidate in candidates if candidate != word and is_code(candidate)), "")
