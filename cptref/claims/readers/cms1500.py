"""Claims as the text of a CMS-1500 form (02/12), with or without its labels.

Items 21 (diagnoses A to L) and 24 (service lines) are read; a patient's name, numbers and birth date are in other
items, and no other line is shown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cptref.claims.readers.draft import LEFT_OUT, Draft, Source
from cptref.claims.readers.typed import read_row
from cptref.claims.readers.values import POINTER_LETTERS, Slot
from cptref.claims.readers.words import CODE, LIKE_DIAGNOSIS, parse_typed_code, read_tokens
from cptref.codes.shapes import CODE_PATTERN, MODIFIER_PATTERN, parse_diagnosis, to_ascii
from cptref.models.claims import MAX_DIAGNOSES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

# Patterns are compiled when they are first used, since most texts are no forms.
_LINE_END = r"\r\n|[\r\n\v\f\x85\u2028\u2029]"
_TITLE = (
    r"DIAGNOSIS OR NATURE OF ILLNESS|HEALTH INSURANCE CLAIM FORM"
    r"|(?:PATIENT|INSURED)['\u2019]?S (?:NAME|I\.?D|BIRTH|ADDRESS)"
)
# A letter of item 21 with a code behind it, or what begins like one. A code with a blank in it is no code.
_DIAGNOSIS = (
    r"(?a)(?<![A-Z0-9])(?<!\bI\.)([A-L])([.):|_]{0,3})\s{0,3}[|_]?\s{0,3}"
    r"([A-Z]\d[0-9A-Z](?:\s?\.\s?[0-9A-Z]{1,12}|[0-9A-Z.]{0,12}))"
    r"(\s\d[0-9A-Z]{0,3}(?![0-9A-Z.)]))?(?![0-9A-Z])"
)
# Items 25 to 33 have numbers and addresses of providers; 25 is a tax number.
_LATER_ITEM = r"(?a)\s{0,20}(?:(?:2[5-9]|3[0-3])\.|\d\d-\d{7}|\d{3}-\d\d-\d{4})\s"
_FIRST_DIAGNOSIS = r"(?a)(?<![A-Z0-9])(?<!\bI\.)A[.):|_]{0,3}\s{0,3}[|_]?\s{0,3}[A-Z]\d[0-9A-Z]"
_FIRST = r"(?a)(?<![A-Z0-9])A[.):|_]"  # in front of the first diagnosis, which may be unreadable
_DAY = r"(?a)\d{1,4}([/-])\d{1,2}\1\d{2,4}|\d{8}"
_SHORT_DAY = r"(?a)(\d\d)(\d\d)(\d\d)"  # MMDDYY
_DAY_PARTS = r"(?a)\d\d \d\d (?:\d\d|\d{4})"
_LINE_NUMBER = r"(?a)[1-6]"  # in front of a line of item 24
_PLACE = r"(?a)\d\d"
_POINTERS = rf"(?a)[{POINTER_LETTERS}]{{1,4}}|[1-9]"
_CHARGE = r"(?a)\$?\d[\d,]*(?:\.\d\d)?"
_UNITS = r"(?a)\d{1,6}(?:\.\d{1,3})?"
_CENTS = r"(?a)\d\d"
_EMERGENCY = frozenset({"Y", "N"})  # 24C
_DELIMITERS = r"[\t;|]"  # of a table, which has other columns
MAX_DIAGNOSES_A_ROW = 4  # of item 21
MIN_CHARGE_DIGITS = 3  # of a charge that could be a modifier if it had two


class Service(NamedTuple):
    """A line of item 24, and why it can't be read, "" if it can."""

    code: str
    values: dict[Slot, str]
    fault: str = ""
    rest: str = ""  # what stands behind the units


def is_form(text: str) -> bool:
    """Return whether a text is that of a form: it has the title of an item, or a line with two days and a place."""
    upper = text.upper()
    if re.search(_TITLE, upper):
        return True
    services = (_read_service(line) for line in re.split(_LINE_END, upper) if not re.search(_DELIMITERS, line))
    return any(service and (service.values.get("last_day") or not service.fault) for service in services)


def read_form(text: str, draft: Draft) -> None:
    """Add the claims of a text of one form or several, one behind the other."""
    draft.begin_own_claim()
    lines = re.split(_LINE_END, to_ascii(text).upper())
    services = [_read_service(line) for line in lines]
    reader = _Reader(draft, lines, services)
    for number, (line, service) in enumerate(zip(lines, services, strict=True), start=1):
        if line.strip():
            reader.read(number, line, service)
    reader.finish()


class _Reader:
    """Reads one line after the other.

    Each form begins with its diagnoses, or each with its service lines where the first and the last thing show it.
    """

    def __init__(self, draft: Draft, lines: Sequence[str], services: Sequence[Service | None]) -> None:
        self._draft = draft
        self._places: dict[int, str] = {}  # of the diagnoses of the claim, with their texts
        self._is_in_diagnoses = False  # whether the line in front has some
        self._has_lines = False  # the claim has service lines
        kinds = [
            "line" if service else "diagnosis"
            for line, service in zip(lines, services, strict=True)
            if service or _read_row(line) or re.search(_FIRST_DIAGNOSIS, line)
        ]
        self._begins_with_lines = kinds[:1] == ["line"] and kinds[-1:] == ["diagnosis"]
        self._last_service = max((number for number, service in enumerate(services, start=1) if service), default=0)
        self._is_titled = any(re.search(_TITLE, line) for line in lines)  # names and addresses are to be expected
        self._is_in_items = not self._is_titled

    def read(self, number: int, line: str, service: Service | None) -> None:
        """Read a line, or name what can't be read of it."""
        source = Source(f"line {number}", is_shown=False)
        if re.search(_TITLE, line) or re.match(_LATER_ITEM, line):
            self._is_in_items = False
        beside = None
        if not service and re.search(_DIAGNOSIS, line):
            line, beside = _split_beside(line)
        if service:
            self._read_service(service, source)
            if not self._read_diagnoses(number, service.rest) and _find_codes(service.rest):
                self._draft.refuse(source, "", _NO_LINE)
        elif self._read_diagnoses(number, line):
            self._is_in_diagnoses = True
            if beside:
                self._read_service(beside, source)
                self._is_in_diagnoses = False
            return
        elif self._is_in_items or not self._has_lines:
            self._read_other(line, source)
        self._is_in_diagnoses = False

    def _read_service(self, service: Service, source: Source) -> None:
        if self._begins_with_lines and self._places:
            self._begin_claim()
        self._has_lines = self._is_in_items = True
        if service.fault:
            self._draft.refuse(source, "", f"{service.fault}; {LEFT_OUT}")
            self._draft.note_day()
        else:
            self._draft.add_line(service.code, service.values, source)

    def _read_diagnoses(self, number: int, line: str) -> bool:
        """Add the diagnoses of a line; return whether it has some."""
        is_behind = self._has_lines and not self._is_in_diagnoses
        diagnoses = [*_list_diagnoses(line, max(self._places, default=0), is_new=is_behind)]
        if row := _read_row(line):  # behind the lines of a claim, one of the next claim if more lines follow
            if self._places and is_behind and number < self._last_service:
                self._begin_claim()
            first = max(self._places, default=0) + 1
            diagnoses = [(place, code, "") for place, code in enumerate(row, start=first)]
        for place, code, rest in diagnoses:
            if place == 1 and self._places:
                self._begin_claim()
            if place > MAX_DIAGNOSES:
                self._draft.refuse(Source(f"line {number}", is_shown=False), "", _TOO_MANY)
            elif self._places.setdefault(place, "") not in {"", code}:
                source = Source(f"line {number}, diagnosis {POINTER_LETTERS[place - 1]}", is_shown=False)
                self._draft.refuse(source, "", "the claim already has another one with this letter")
            elif not self._places[place]:
                self._places[place] = code
                _add_diagnosis(code, rest, f"line {number}", place, self._draft)
        return bool(diagnoses)

    def _read_other(self, line: str, source: Source) -> None:
        """Read a service line without its days, or a typed one; name a line that seems to have a code."""
        words = line.split()
        words = words[1:] if len(words) > 1 and re.fullmatch(_LINE_NUMBER, words[0]) else words
        service = _read_code(words, {}) or (_read_code(words[1:], {"place": words[0]}) if _is_place(words) else None)
        if service and not service.fault:
            self._has_lines = self._is_in_items = True
            self._draft.add_line(service.code, service.values, source)
            return
        if not self._is_in_items:
            return
        tokens = read_tokens([words])
        is_typed = bool(tokens) and tokens[0].is_only(CODE) and not any(token.reason for token in tokens)
        if is_typed and not (self._is_titled and len(words) == 1 and words[0].isdigit()):
            self._has_lines = True
            read_row([words], self._draft, source)
        elif _find_codes(line):
            self._draft.refuse(source, "", _NO_LINE)

    def _begin_claim(self) -> None:
        _lose_skipped(self._places, self._draft)
        self._draft.begin_own_claim()
        self._has_lines, self._places = False, {}

    def finish(self) -> None:
        """Name what the last claim lacks."""
        _lose_skipped(self._places, self._draft)


_NO_LINE = "seems to have a code, but is neither a service line (24A to 24G) nor a diagnosis with its letter"
_TOO_MANY = f"has more diagnoses than a claim has room for ({MAX_DIAGNOSES})"
_MAX_WORDS_OF_DIAGNOSES = 24  # of a line, in front of a service line beside them


def _split_beside(line: str) -> tuple[str, Service | None]:
    """Return the diagnoses of a line, and the service line beside them, None if there is none."""
    words = line.split()
    for place in range(1, min(len(words), _MAX_WORDS_OF_DIAGNOSES)):
        service = _read_service(" ".join(words[place:]))
        if service and service.values.get("last_day"):
            return " ".join(words[:place]), service
    return line, None


def _find_codes(line: str) -> bool:
    """Return whether a line has what may be a code or a diagnosis."""
    words = line.split()
    return any(_may_be_code(word, before) for before, word in zip(["", *words], words, strict=False))


def _may_be_code(word: str, before: str) -> bool:
    """Return whether a word may be a code or a diagnosis; five digits behind a state are a ZIP code."""
    word = word.strip("()[],;:")
    if re.fullmatch(r"\d{5}", word, re.ASCII) and re.fullmatch(r"[A-Z]{2}\.?,?", before):
        return False
    return parse_typed_code(word) is not None or ("." in word and parse_diagnosis(word) != "")


def _is_place(words: Sequence[str]) -> bool:
    return len(words) > 1 and re.fullmatch(_PLACE, words[0]) is not None


def _add_diagnosis(code: str, rest: str, line: str, place: int, draft: Draft) -> None:
    source = Source(f"{line}, diagnosis {POINTER_LETTERS[place - 1]}", is_shown=False)
    if code and not rest:
        draft.add_diagnosis(re.sub(r"\s", "", code), source, place)
    else:
        draft.lose_diagnosis("", source, "is not one ICD-10-CM code" if rest else "can't be read", place)


def _lose_skipped(places: Collection[int], draft: Draft) -> None:
    """Name the diagnoses in front of others that could not be found: a form has no empty place among them."""
    for place in range(1, max(places, default=0)):
        if place not in places:
            _add_diagnosis("", "", "item 21", place, draft)


def _list_diagnoses(line: str, last: int, *, is_new: bool) -> Iterator[tuple[int, str, str]]:
    """Yield the diagnoses of a line of item 21: place, code, and what stands behind it that makes it no code.

    Letters without a mark behind them go up from A; others are behind an A. Right behind service lines is an A, or a
    code with a dot: others are numbers of providers.
    """
    first_letter = re.search(_FIRST, line)
    for match in re.finditer(_DIAGNOSIS, line):
        letter, mark, code, rest = match.groups()
        place = POINTER_LETTERS.index(letter) + 1
        is_listed = last or (first_letter and first_letter.start() < match.start())
        is_next = place > last > 0 or (mark and is_listed)
        is_clear = not is_new or ("." in code and place > last)
        if place == 1 or (is_next and is_clear):
            last, is_new = place, False
            yield place, code, rest or ""


def _read_row(line: str) -> list[str]:
    """Return the diagnoses of a line that has up to four of them and nothing else, none if it is another line."""
    words = line.split()
    is_row = len(words) <= MAX_DIAGNOSES_A_ROW and all(re.fullmatch(LIKE_DIAGNOSIS, word, re.ASCII) for word in words)
    return words if is_row and any(map(parse_diagnosis, words)) else []


# --- service lines ---------------------------------------------------------------------------------------------------


def _read_service(line: str) -> Service | None:
    """Return the service of a line of item 24 in capitals, None if it has no day and place of service in front."""
    if not line[:60].lstrip()[:1].isdigit():
        return None
    words = line.split()
    first, words = _take_day(words[1:] if re.fullmatch(_LINE_NUMBER, words[0]) else words)
    last, words = _take_day(words)
    if not first or not words or not re.fullmatch(_PLACE, words[0]):
        return None
    values: dict[Slot, str] = {"first_day": first, "last_day": last, "place": words[0]}
    words = words[2:] if len(words) > 1 and words[1] in _EMERGENCY else words[1:]
    return _read_code(words, values) or Service("", values, "has no procedure code after its place of service")


def _read_code(words: Sequence[str], values: dict[Slot, str]) -> Service | None:
    """Return the service of the words from its code on, None if they do not begin with a code."""
    if not words or not CODE_PATTERN.fullmatch(words[0]):
        return None
    code, *words = words
    values = {**values}
    pointer = next((place for place in range(len(words)) if _is_pointer(words, place)), None)
    if pointer is None:
        charge = next((place for place, word in enumerate(words) if _is_clear_charge(word)), len(words))
        modifiers = words[:charge]
    else:
        charge, modifiers = pointer + 1, words[:pointer]
        values["pointers"] = words[pointer]
    amount, units = _split_charge(words[charge:])
    if not units or not all(map(MODIFIER_PATTERN.fullmatch, modifiers)):
        return Service(code, values, "modifiers, pointers, charge and units (24D to 24G) can't be told apart")
    rest = " ".join(words[charge + (2 if "." in words[charge] else 3) :])
    return Service(code, {**values, "modifiers": " ".join(modifiers), "charge": amount, "units": units}, rest=rest)


def _take_day(words: list[str]) -> tuple[str, list[str]]:
    """Return the day in front of the words, "" if there is none, and the words behind it."""
    if not words:
        return "", words
    if re.fullmatch(_DAY, words[0]):
        return words[0], words[1:]
    if match := re.fullmatch(_SHORT_DAY, words[0]):
        return "/".join(match.groups()), words[1:]
    if re.fullmatch(_DAY_PARTS, " ".join(words[:3])):
        return "/".join(words[:3]), words[3:]
    return "", words


def _is_pointer(words: Sequence[str], place: int) -> bool:
    """Return whether a word points to diagnoses: the charge is right behind it (24E, 24F)."""
    return (
        place + 1 < len(words)
        and re.fullmatch(_POINTERS, words[place]) is not None
        and re.fullmatch(_CHARGE, words[place + 1]) is not None
        and _split_charge(words[place + 1 : place + 4])[1] != ""
    )


def _is_clear_charge(word: str) -> bool:
    return re.fullmatch(_CHARGE, word) is not None and (len(word) >= MIN_CHARGE_DIGITS)


def _split_charge(words: Sequence[str]) -> tuple[str, str]:
    """Return the charge and the units at the beginning of the words: `450 00 1`, `450.00 1`; "" for what is unclear."""
    dollars, cents, units = (*words[:3], "", "", "")[:3]
    if not re.fullmatch(_CHARGE, dollars):
        return "", ""
    if "." in dollars:
        return dollars, cents if re.fullmatch(_UNITS, cents) else ""
    if re.fullmatch(_CENTS, cents) and re.fullmatch(_UNITS, units):
        return f"{dollars}.{cents}", units
    return "", ""
