"""What is pasted from another system -> its codes with their modifiers; everything else is skipped and counted."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from cptref.codes.layouts import iter_records
from cptref.codes.shapes import (
    CODE_PATTERN,
    EXAMPLES,
    MODIFIER_PATTERN,
    ParsedArguments,
    ParsedCode,
    join_words,
    parse_word,
    split_words,
    strip_punctuation,
    to_ascii,
)
from cptref.codes.values import (
    AMOUNT,
    CODE,
    DIAGNOSIS,
    LAYOUT,
    MODIFIER,
    NUMBER,
    OTHER,
    PROCEDURE_SYSTEMS,
    UNITS,
    WORD,
    ZIP,
    find_kind,
    find_kind_of_name,
    find_kind_of_system,
    is_dotless_diagnosis,
    is_likely_modifier,
    is_number_label,
    is_state,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cptref.codes.layouts import Field

MAX_INPUT_CHARACTERS = 60  # of a pasted text in a message
MAX_MODIFIERS = 12  # of one code; a claim line has room for four

_EDGES = " \t\"'`()[]{}<>,;:!?.=*_#~/\\|^&"
_FIELD_COMPONENTS = (re.compile(r"[\^&]"), re.compile(r"[:>|<\\]"))  # of HL7, of X12
_COMPONENTS = re.compile(r"[\s:^&|/()<>\[\]{}=_+*@\\,;~\"']+|\.(?=[A-Z]{2}(?![0-9A-Z]))")
_GLUED = re.compile(
    rf"({CODE_PATTERN.pattern})((?:(?<=[A-Z])[0-9]|[A-Z])[0-9A-Z](?:[0-9A-Z]{{2}}){{0,3}}?)??(X\d{{1,3}})?", re.ASCII
)
_GLUED_UNITS = re.compile(r"(?<=[0-9A-Z]{2})X\d{1,3}\Z", re.ASCII)
_DECIMALS = re.compile(r"(?<=\d)\.0+\Z")
_URL = re.compile(r"[a-z]+://|urn:", re.IGNORECASE)
# Codes with no column, bracket or anything else that ties a modifier to a code.
_BLANKS_ONLY = re.compile(r"\w+(?:[ -]\w+)*\.?")
_MODIFIERS = re.compile(r"[-/&+:,;]")  # between modifiers: `LT-59`
_DENIAL = re.compile(r"(?:CO|PR|OA|PI)-?\d")  # X12 claim adjustment groups: `CO-97` is the reason of a denial
_FIVE_DIGITS = re.compile(r"\d{5}", re.ASCII)
_MIN_DIGITS = 4  # of a number by itself that may be a code with too few or too many digits
_ALMOST_CODE = re.compile(r"(?=(?:[A-Z]*\d){3})[0-9A-Z]{5}(?:-.*)?|\d{4}|\d{6}", re.ASCII)


def parse_pasted(text: str) -> ParsedArguments:
    """Return the codes of a pasted text, at least one value, and how many other values of which kind it has."""
    reading = _Reading()
    for line, fields in iter_records(to_ascii(text)):
        is_named = any(field.kind for field in fields)
        words = [parse_word(*word) for word in split_words(line)] if len(fields) == 1 and not is_named else []
        if words and (not any(word.problem for word in words) or _is_list(line, words)):
            reading.add_codes(words)
        else:
            reading.read(fields)
            if not is_named:
                reading.refuse_almost_codes(alone=len(words) == 1)
    codes, skipped = reading.list_codes(), reading.count_skipped()
    if not codes:
        return ParsedArguments((_explain_no_code(text.strip(), [*skipped.elements()]),), {})
    if len(codes) == len(text.split()) == 1:
        codes = [codes[0]._replace(input=_shorten(text.strip()))]
    return ParsedArguments(tuple(codes), dict(skipped))


def _is_list(line: str, words: Iterable[ParsedCode]) -> bool:
    """Return whether a line has codes and modifiers with nothing but blanks between them: `20975 LT`."""
    if not _BLANKS_ONLY.fullmatch(line):
        return False
    unclear = [word.stray for word in words if word.problem]
    return all(stray and find_kind(stray) != UNITS and is_likely_modifier(stray, among_words=True) for stray in unclear)


def _explain_no_code(typed: str, kinds: list[str]) -> ParsedCode:
    """Return the problem of a text without a code; a single value is named as what it is."""
    shortened = _shorten(typed)
    if kinds == [DIAGNOSIS]:
        return ParsedCode(shortened, problem=f"is an ICD-10-CM diagnosis code; {EXAMPLES}")
    if len(kinds) == 1 and kinds[0] not in {WORD, NUMBER}:
        article = "an" if kinds[0] == AMOUNT else "a"
        return ParsedCode(shortened, problem=f"is {article} {kinds[0]}, not a procedure code; {EXAMPLES}")
    if len(kinds) == 1 and len(split_words(typed)) == 1:
        return parse_word(shortened, strip_punctuation(shortened))
    return ParsedCode(shortened, problem=f"contains no code; {EXAMPLES}")


def _shorten(typed: str) -> str:
    return typed if len(typed) <= MAX_INPUT_CHARACTERS else f"{typed[:MAX_INPUT_CHARACTERS]}..."


class _Reading:
    """The codes read so far, and what was skipped."""

    def __init__(self) -> None:
        self._found: list[tuple[ParsedCode, list[str]]] = []  # codes, and the modifiers of each
        self._counted: Counter[str] = Counter()
        self._skipped: list[tuple[str, str]] = []  # of this record: the kind, and the value
        self._start = 0  # where the codes of this record begin
        self._waiting: list[str] = []  # modifiers in front of the first code of their record
        self._behind_code = False  # or behind a modifier
        self._behind_number = False  # where another number is no modifier
        self._state = False  # the word before was a state
        self._system = ""  # the kind of what is behind the address of a system of codes

    def add_codes(self, codes: Iterable[ParsedCode]) -> None:
        """Add codes that are read already, and what has to be typed again."""
        self._found += [(parsed, [*parsed.modifiers]) for parsed in codes]

    def list_codes(self) -> list[ParsedCode]:
        """Return the codes with their modifiers, and what has to be typed again."""
        return [
            parsed if parsed.problem else parsed._replace(modifiers=tuple(modifiers))
            for parsed, modifiers in self._found
        ]

    def count_skipped(self) -> Counter[str]:
        """Return how many values of each kind were skipped."""
        return self._counted + Counter(kind for kind, _ in self._skipped)

    def read(self, fields: Iterable[Field]) -> None:
        """Read a record. A modifier belongs to the code in front of it, or else to the first code of the record."""
        self._counted = self.count_skipped()
        self._skipped, self._start, self._waiting = [], len(self._found), []
        self._behind_code = self._behind_number = self._state = False
        for text, named_kind in fields:
            if not text.strip(_EDGES):
                continue
            kind = named_kind or ("" if self._system == CODE else self._system)
            self._system = ""
            if not kind:
                self._read_words(text)
            elif kind == CODE:
                self._read_code_field(text)
            elif kind == MODIFIER:
                self._read_modifier_field(text)
            elif kind == OTHER:
                self._skip(find_kind(text.strip().upper()) or WORD)
            elif kind != LAYOUT:
                self._skip(kind)

    def refuse_almost_codes(self, *, alone: bool) -> None:
        """Make problems of the values of the record that may be codes typed wrong, if it has nothing but codes."""
        for kind, value in self._skipped:
            word = strip_punctuation(value)
            if kind not in {WORD, NUMBER} or not word:
                return
            if not (_ALMOST_CODE.fullmatch(word) or (alone and (kind == WORD or len(word) >= _MIN_DIGITS))):
                return
        self.add_codes(parse_word(value, strip_punctuation(value)) for _, value in self._skipped)
        self._skipped = []

    def _skip(self, kind: str, typed: str = "") -> None:
        """Count a value, without its text if its place or its name says that it is no code typed wrong."""
        if kind != LAYOUT:
            self._skipped.append((kind, typed))
        self._behind_number = kind == NUMBER
        self._behind_code = self._behind_code and self._behind_number

    # Fields whose kind is known

    def _read_code_field(self, text: str) -> None:
        """Read a field that has a code; what looks like none is a code typed wrong if it has digits enough."""
        whole = _DECIMALS.sub("", text.strip(_EDGES))
        separators = next((pattern for pattern in _FIELD_COMPONENTS if pattern.search(whole)), None)
        if separators is None and len(whole.split()) > 1:
            self._read_words(text)
            return
        if self._read_compound(whole, separators or _COMPONENTS):
            return
        if _ALMOST_CODE.fullmatch(whole.upper()):
            self.add_codes([parse_word(whole, strip_punctuation(whole))])
        else:
            self._skip(find_kind(whole.upper()) or WORD)

    def _read_modifier_field(self, text: str) -> None:
        for part in re.split(r"[~,;/\s-]+", text.strip(_EDGES).upper()):
            modifier = _DECIMALS.sub("", part.partition("^")[0])
            if MODIFIER_PATTERN.fullmatch(modifier):
                self._add_modifier(modifier)
            elif modifier:
                self._skip(find_kind(modifier) or WORD)

    # Fields whose kind is not known

    def _read_words(self, text: str) -> None:
        """Read the words of a field, some of which say what the value behind them is: `mod LT`, `POS: 11`."""
        words = join_words(text).split()
        kind = label = ""
        for typed in words:
            word = typed.strip(_EDGES)
            if _URL.match(word):
                self._system = "" if self._read_compound(word) else find_kind_of_system(word)
                continue
            name, mark, value = word.partition("=") if "=" in word else word.partition(":")
            if mark and find_kind_of_name(name) and not find_kind(word.upper()):
                kind, label, word = find_kind_of_name(name), f"{name}{mark}", value
            elif word.isalpha() and (named := find_kind_of_name(word)):
                if len(words) > 1 and named not in {WORD, LAYOUT}:
                    kind, label = named, typed
                elif named != LAYOUT:
                    self._skip(WORD)
                continue
            if any(map(str.isalnum, word)) and not (kind == MODIFIER and word.casefold() == "and"):
                kind = self._read_word(typed if word == typed.strip(_EDGES) else word, kind, label, len(words))
                label = ""

    def _read_word(self, typed: str, kind: str, label: str, words: int) -> str:
        """Read a word, of the kind that the label in front of it says; return the kind of the word behind it."""
        word = typed.strip(_EDGES)
        upper = word.upper()
        shape = find_kind(typed.strip(" \"'()[]{}<>,;:").upper()) or find_kind(upper)
        if kind not in {"", CODE, MODIFIER}:
            is_firm = is_number_label(label) or (kind not in {NUMBER, UNITS} and label.endswith((":", "=")))
            is_diagnosis = kind == DIAGNOSIS and upper[:1].isalpha() and upper[1:2].isdigit()
            if shape or (upper.isalnum() and (is_firm or is_diagnosis)):
                self._skip(kind)
                return kind if kind == DIAGNOSIS else ""
        if (
            kind == MODIFIER
            and MODIFIER_PATTERN.fullmatch(upper)
            and (label or is_likely_modifier(upper, among_words=True))
        ):
            self._add_modifier(upper)
            return kind
        behind_state, self._state = self._state, is_state(upper)
        among_words = words > 1
        parts = [part for part in _MODIFIERS.split(word) if part]
        if (
            parts
            and not _DENIAL.match(upper)
            and all(self._is_modifier(part, among_words=among_words) for part in parts)
        ):
            for part in parts:
                self._add_modifier(part.upper())
        elif _FIVE_DIGITS.fullmatch(upper) and behind_state:
            self._skip(ZIP)
        elif shape:
            self._skip(shape, typed)
        elif self._has_code() and is_dotless_diagnosis(upper):
            self._skip(DIAGNOSIS)
        elif not self._read_compound(_DECIMALS.sub("", word), strict=not among_words):
            self._read_unknown(typed, upper)
        return ""

    def _read_unknown(self, typed: str, upper: str) -> None:
        """Read a word that has no code: the name of a system of codes, a code with letters for digits, or text."""
        parsed = parse_word(typed, strip_punctuation(typed))
        if "did you mean" in parsed.problem and _ALMOST_CODE.fullmatch(upper):
            self.add_codes([parsed])
            self._behind_code = False
        elif upper.replace("-", "") not in PROCEDURE_SYSTEMS:
            self._skip(WORD, typed)

    def _is_modifier(self, word: str, *, among_words: bool) -> bool:
        upper = word.upper()
        return (
            self._behind_code
            and not (self._behind_number and upper.isdigit())
            and MODIFIER_PATTERN.fullmatch(upper) is not None
            and is_likely_modifier(upper, among_words=among_words)
            and (not among_words or word == upper)
        )

    def _read_compound(self, text: str, separators: re.Pattern[str] = _COMPONENTS, *, strict: bool = False) -> bool:
        """Read what has a code first, with any punctuation between it and what follows; return whether it has one.

        Where it is `strict`, slashes stand between codes and modifiers alone: else it may be the name of a file.
        """
        parts = [part.strip("- ") for part in separators.split(text.upper())]
        parts = [part for part in parts if part]
        codes = [self._parse_part(part) for part in parts]
        first = next((position for position, code in enumerate(codes) if code), None)
        if first is None or (
            strict and re.search(r"[/\\]", text) and not _URL.match(text) and _has_other(parts, codes)
        ):
            return False
        for position, (part, code) in enumerate(zip(parts, codes, strict=True)):
            if code:
                self._add_code(code)
            elif position < first or part in PROCEDURE_SYSTEMS - {"AD", "BP", "BO"}:
                continue
            elif self._behind_code and MODIFIER_PATTERN.fullmatch(part):
                self._add_modifier(part)
            else:
                self._skip(find_kind(part) or WORD, part)
                self._behind_code = True
        return True

    def _parse_part(self, part: str) -> ParsedCode | None:
        """Return the code of a part in capitals, with what is behind it with or without a hyphen, None for no code."""
        head, hyphen, rest = part.partition("-")
        if head in PROCEDURE_SYSTEMS and rest:
            return self._parse_part(rest.removeprefix("4-"))
        glued = _GLUED.fullmatch(re.sub(r"\A(?:CPT4?|HCPCS|HC)(?=\d)", "", head.strip(".")))
        if not glued:
            return None
        code, modifiers, units = glued[1], re.findall("..", glued[2] or ""), glued[3]
        if hyphen and _GLUED_UNITS.search(rest):
            rest, units = _GLUED_UNITS.sub("", rest), "X"
        if units:
            self._skip(UNITS, units)
        return parse_word(part, "-".join((code, *modifiers, *([rest] if rest else []))))

    # What is read

    def _add_code(self, parsed: ParsedCode) -> None:
        self._found.append((parsed, [*self._waiting, *parsed.modifiers]))
        self._waiting, self._behind_code, self._behind_number = [], True, False

    def _add_modifier(self, modifier: str) -> None:
        modifiers = self._found[-1][1] if self._has_code() else self._waiting
        if len(modifiers) < MAX_MODIFIERS:
            modifiers.append(modifier)
            self._behind_code = True
        else:
            self._skip(MODIFIER)

    def _has_code(self) -> bool:
        """Return whether the record has a code so far."""
        return len(self._found) > self._start


def _has_other(parts: Iterable[str], codes: Iterable[ParsedCode | None]) -> bool:
    """Return whether there is anything but codes, modifiers, numbers and the names of systems of codes."""
    return any(
        not code and not MODIFIER_PATTERN.fullmatch(part) and not find_kind(part) and part not in PROCEDURE_SYSTEMS
        for part, code in zip(parts, codes, strict=True)
    )
