"""Words of claim lines as people type them -> what each of them may be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cptref.claims.readers.values import Slot, UnreadableError, find_diagnosis, parse_period
from cptref.codes.shapes import CODE_PATTERN, join_words, parse_diagnosis, parse_word, to_ascii
from cptref.codes.values import is_dotless_diagnosis, is_likely_modifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CODE, DIAGNOSIS, LOST = "code", "diagnosis", "lost"  # a diagnosis that can't be read keeps its place
IS_NO_VALUE = "is not a code, a diagnosis, or a value of a claim line"
_MODIFIER_LENGTH = 2
_MIN_DAY_LENGTH = len("1/1/26")
_WORDS = re.compile(r"[\s,;|]+")
_EDGES = " \t\"'`()[]{}<>,;:!?.#=-\u2022"
_BULLET = "*"  # in front of a line; elsewhere it stands before units
_MODIFIERS = r"(?:[-:/]+[0-9A-Z]{2}(?![0-9A-WYZ])|(?!X\d)[A-Z][0-9A-Z]|(?<=[A-Z])\d[0-9A-Z])"
_TYPED = rf"({CODE_PATTERN.pattern})((?:{_MODIFIERS})*)(?:[-:/]?([X*].*))?"
_RANGE = rf"(?:{CODE_PATTERN.pattern})-+(?:{CODE_PATTERN.pattern})"
_LABELS = {
    label: slot
    for slot, labels in {
        CODE: "cpt cpt4 hcpcs hcpc code codes proc procedure",
        DIAGNOSIS: "dx diag diagnosis diagnoses icd icd10 icd-10 icd-10-cm icd10cm",
        "modifiers": "mod mods modifier modifiers",
        "units": "unit units qty quantity x *",
        "minutes": "minutes min",
        "charge": "charge charges fee",
        "first_day": "date dos from",
        "pointers": "ptr pointer pointers",
        "place": "pos place",
    }.items()
    for label in labels.split()
}
_POINTER_PAIR = "(?!AA|BB|CC|DD|EE|FF|GG|HH|II|JJ|KK|LL)[A-L]{2}"  # that may be a modifier too
_DAY_SHAPE = r"\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}|(?:19|20)\d{6}|(?:0\d|1[0-2])\d{2}(?:19|20)\d\d"
_MORE = "more"  # a label of diagnoses holds for those behind the first one too
LIKE_DIAGNOSIS = r"[A-Z]\d[0-9A-Z][0-9A-Z.]{0,12}"  # what begins like a diagnosis
_TYPO_OF_UNITS = r"\d[A-OQ-Z]"  # `1O`; modifiers that begin with a digit are numbers, or end with P
_X_UNITS = r"X\d+(?:\.\d+)?"  # every code of ICD-10-CM from X00 to X99 has seven characters
_BEHIND = {"unit": "units", "units": "units", "minutes": "minutes", "min": "minutes"}  # `2 units`
_SHAPES: tuple[tuple[str, tuple[Slot, ...]], ...] = (  # what words in capitals may be; the first that fits counts
    (r"[X*]\d.*|\d+(?:\.\d+)?(?:X|UN|U|UNITS?)", ("units",)),
    (r"-?(?:USD)?\$.*|\d[\d,]*\.\d\d", ("charge",)),
    (r"\d*\.\d+", ("units",)),
    (r"[A-L](?:[A-L]{2,3})?|[A-L](?:[:/,+][A-L]){1,3}|[1-9](?:[:/,+][1-9]){1,3}", ("pointers",)),
    (r"\d", ("units", "pointers")),
    (r"(?!(\d)\1)[1-9]{2}", ("modifiers", "units", "pointers", "place")),
    (r"(?!00)\d\d", ("modifiers", "units", "place")),
    (r"\d{3,4}", ("units", "charge")),
    (r"(?!00)(?!\d\d/\d\d)-?[0-9A-Z]{2}(?:[:/,+-][0-9A-Z]{2}){0,5}", ("modifiers",)),
)


class Token(NamedTuple):
    """A word, what it may be, its text without a label, and what is wrong where it can be nothing at all.

    An empty field has no kind and no reason.
    """

    word: str
    kinds: tuple[str, ...] = ()
    text: str = ""
    reason: str = ""
    field: int = 0

    def is_only(self, kind: str) -> bool:
        """Return whether the word can be one thing only, and that is this."""
        return self.kinds == (kind,)


def split_typed(texts: Sequence[str]) -> list[list[str]]:
    """Return the words of what people type as one field: blanks, commas, semicolons and bars separate them."""
    words = [word for text in texts for word in _WORDS.split(_join_thousands(join_words(to_ascii(text)))) if word]
    return [words]


def _join_thousands(text: str) -> str:
    if "," not in text:
        return text
    from cptref.codes.layouts import join_thousands

    return join_thousands(text)


class TypedCode(NamedTuple):
    """A code with what is written right behind it; `units` is None where there are none."""

    code: str
    modifiers: tuple[str, ...]
    units: str | None


def parse_typed_code(text: str) -> TypedCode | None:
    """Return the code of a word in capitals with its modifiers and units, None if it is no such word: `64483-50X2`."""
    match = re.fullmatch(_TYPED, text, re.ASCII)
    if not match:
        return None
    code, modifiers, units = match.groups()
    return TypedCode(
        code, tuple(re.findall(r"[0-9A-Z]{2}", modifiers)), units if units is None else units[1:] or "none"
    )


def read_tokens(fields: Iterable[Iterable[str]]) -> list[Token]:
    """Return what each word may be; a label says what the word behind it is, or the number in front of it."""
    tokens: list[Token] = []
    slot = prefix = ""  # of a label, and how it is typed
    for field, word in ((field, word) for field, words in enumerate(fields) for word in words):
        if word == _BULLET and not tokens:
            continue
        name, mark, value = _split_label(word)
        if name in _LABELS and not value:
            if name in _BEHIND and tokens and "units" in tokens[-1].kinds and tokens[-1].word == tokens[-1].text:
                tokens[-1] = Token(f"{tokens[-1].word} {word}", (_BEHIND[name],), tokens[-1].text, field=field)
            else:
                slot, prefix = _LABELS[name], f"{word} "
            continue
        if mark and name in _LABELS:
            slot, prefix = _LABELS[name], word.removesuffix(value)
            token = _read_token(value, slot)
        else:
            token = _read_token(word, slot)
        tokens.append(token._replace(word=f"{prefix}{token.word}" if token.word else "", field=field))
        prefix = ""
        is_more = slot in {DIAGNOSIS, _MORE} and (token.is_only(DIAGNOSIS) or token.is_only(LOST))
        slot = _MORE if is_more else ""
    return tokens


def _split_label(word: str) -> tuple[str, str, str]:
    """Return the label that a word may begin with, what is behind it, and its value: `POS:11`."""
    match = re.match(r"([^:=#]*)([:=#]?)(.*)", word, re.DOTALL)
    name, mark, value = match.groups() if match else (word, "", "")
    return name.strip(_EDGES).casefold() or name.strip(), mark, value.strip(_EDGES.replace("-", ""))


def _read_token(word: str, label: str) -> Token:
    """Return what a word may be; a label in front of it says what it is."""
    text = word.strip(_EDGES).upper()
    if not text:
        return Token("")
    if label not in {"", CODE, DIAGNOSIS, _MORE}:
        return Token(word, (label,), text)
    typed = parse_typed_code(text)
    if label in {DIAGNOSIS, _MORE} and find_diagnosis(text):
        return Token(word, (DIAGNOSIS,), text)
    if typed:
        return _read_code(word, text, typed, label)
    if label == DIAGNOSIS and re.search(r"\d", text):
        return Token(word, (LOST,), text, "does not look like an ICD-10-CM code, like M54.16")
    is_diagnosis = parse_diagnosis(text) and not re.fullmatch(_X_UNITS, text, re.ASCII)
    return Token(word, (DIAGNOSIS,), text) if is_diagnosis else _read_value(word, text)


def _read_value(word: str, text: str) -> Token:
    """Return what a word may be that is no code and no diagnosis."""
    if "-" in text and re.fullmatch(_RANGE, text, re.ASCII):
        return Token(word, reason="is a range of codes; write each code of the claim")
    if len(text) >= _MIN_DAY_LENGTH and is_day(text):
        return Token(word, ("first_day",), text)
    whole = word.strip(_EDGES.replace("-", "").replace(".", "")).upper()  # with its sign
    kinds = next((kinds for shape, kinds in _SHAPES if re.fullmatch(shape, whole, re.ASCII)), ())
    if len(text) == _MODIFIER_LENGTH and kinds and not is_likely_modifier(text, among_words=True):
        kinds = tuple(kind for kind in kinds if kind != "modifiers")
    elif re.fullmatch(_POINTER_PAIR, text):
        kinds = ("modifiers", "pointers")
    if re.fullmatch(_TYPO_OF_UNITS, text, re.ASCII) and kinds != ("units",):
        reason = "is neither a modifier nor a number of units, so the line is left out; write x2 for units"
        return Token(word, ("units",), whole, reason)
    if kinds:
        return Token(word, kinds, whole)
    reason = _explain(text)
    is_lost = reason == IS_NO_VALUE and re.fullmatch(LIKE_DIAGNOSIS, text, re.ASCII)
    return Token(word, (LOST,) if is_lost else (), whole, reason)


def _explain(text: str) -> str:
    """Return why a word can't be read: a code typed wrong, or a word of a text."""
    if len(text) == _MODIFIER_LENGTH and text.isalpha():
        return "may be a word or a modifier; write a modifier right after its code, as in 64483-RT"
    problem = parse_word(text, text).problem
    return problem if "did you mean" in problem or problem.startswith("modifier") else IS_NO_VALUE


def _read_code(word: str, text: str, typed: TypedCode, label: str) -> Token:
    """Return a code, unless a diagnosis may be meant by it."""
    diagnosis = "" if label else parse_diagnosis(text)
    if diagnosis and typed.modifiers:
        return Token(word, (DIAGNOSIS,), text)
    if diagnosis and is_dotless_diagnosis(text):
        reason = f"may be a diagnosis or a service; write {diagnosis} if the diagnosis is meant"
        return Token(word, (LOST,), text, reason)
    return Token(word, (CODE,), text)


def is_day(text: str) -> bool:
    """Return whether a text is a day or a period, possible or not."""
    if re.fullmatch(_DAY_SHAPE, text, re.ASCII):
        return True
    try:
        return bool(parse_period(text))
    except UnreadableError:
        return False
