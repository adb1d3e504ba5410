"""What was read of claims so far: one place where lines are numbered and where faults are named."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cptref.claims.readers.values import (
    MAX_MODIFIERS,
    Slot,
    UnreadableError,
    find_diagnosis,
    parse_amount,
    parse_modifiers,
    parse_period,
    parse_place,
    parse_pointers,
    parse_units,
    read_code,
)
from cptref.models.claims import NO_DAY, ClaimDiagnosis, ClaimLine, ParsedClaim, Unread
from cptref.sanitize import single_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

MAX_INPUT_CHARACTERS = 60  # of something unread in a message
LEFT_OUT = "the line is left out"
_UNDATED = f"has no date of service, and other lines have one; give it one, or a day for all lines; {LEFT_OUT}"
_UNITS: dict[Slot, str] = {"minutes": "MJ", "units": "UN"}
_DAYS: tuple[Slot, ...] = ("first_day", "last_day")
# What a line is read without where it can't be read: no edit of a line depends on it.
_PARSERS_OF_SPARE: dict[Slot, Callable[[str], Any]] = {"charge": parse_amount, "pointers": parse_pointers}


class Source(NamedTuple):
    """Where a value stands, and whether it may be shown: values of other systems may be a patient's."""

    place: str = ""  # "line 3", "SV1, segment 12"; "" where the value says it all
    is_shown: bool = True

    def name(self, value: str) -> str:
        """Return how a message names a value: by its text, by its place, or by both."""
        if not self.is_shown:
            return self.place
        return f"{self.place}: {shorten(value)}" if self.place else shorten(value)


def shorten(text: str) -> str:
    """Return a text short enough for a message, with what may not reach a terminal escaped."""
    text = text.strip()
    return single_line(text if len(text) <= MAX_INPUT_CHARACTERS else f"{text[:MAX_INPUT_CHARACTERS]}...")


class Draft:
    """Lines, diagnoses, and what could not be read.

    What is added belongs to the present claim. A line whose units, days, place or modifiers can't be read is left out,
    since edits would judge it by values that nobody wrote; one whose charge or pointers can't be read is not.
    """

    def __init__(self) -> None:
        self.claim = 1
        self._lines: list[ClaimLine] = []
        self._sources: list[Source] = []  # of the lines
        self._dated_claims: set[int] = set()  # that have a line with a day, read or not
        self._diagnoses: dict[int, dict[int, ClaimDiagnosis]] = {}  # of each claim, by place
        self._places: dict[tuple[int, str], int] = {}  # the first place of a code on a claim, or of an unread text
        self._lost: set[tuple[int, int]] = set()  # claims and places whose diagnosis can't be read
        self._last_places: dict[int, int] = {}  # of each claim, the last place that has a diagnosis
        self._unread: list[Unread] = []
        self._remarks: dict[str, None] = {}
        self._last_claim = 1
        self.defaults: dict[Slot, str] = {}  # days and place of lines that have none of their own
        self._claims_with_lines: set[int] = set()

    def finish(self, *, needs_days: bool = False) -> ParsedClaim:
        """Return what was read; nothing at all is named too, so that nobody takes it for a clean claim.

        Where lines need days, one without a day is named and left out if another one of its claim has a day.
        """
        if needs_days:
            self._leave_out_undated()
        if not (self._lines or self._diagnoses or self._unread):
            self._unread.append(Unread("the input", "has no claim line; write one as in 64483-50 or J1010x40"))
        diagnoses = (diagnosis for claim in sorted(self._diagnoses) for diagnosis in self._diagnoses[claim].values())
        if (count := len(self._claims_with_lines)) > 1:
            self.remark(
                f"{count} claims, each checked by itself; services of one patient on other claims are not compared"
            )
        return ParsedClaim(
            tuple(self._lines), tuple(diagnoses), tuple(self._unread), tuple(self._remarks), frozenset(self._lost)
        )

    def _leave_out_undated(self) -> None:
        lines: list[ClaimLine] = []
        for line, source in zip(self._lines, self._sources, strict=True):
            if line.first_day == NO_DAY and line.claim in self._dated_claims:
                self._unread.append(Unread(source._replace(is_shown=True).name(line.code), _UNDATED))
            else:
                lines.append(line._replace(number=len(lines) + 1))
        self._lines = lines

    def begin_claim(self) -> None:
        """Begin another claim, unless the last one has no line so far: diagnoses in front of lines are theirs."""
        if self._last_claim in self._claims_with_lines:
            self.begin_own_claim()
        self.claim = self._last_claim

    def begin_own_claim(self) -> int:
        """Begin a claim that has nothing of those before it, and return its number."""
        if self._lines or self._diagnoses or self._unread:
            self._last_claim += 1
        self.claim = self._last_claim
        return self.claim

    def refuse(self, source: Source, value: str, reason: str) -> None:
        """Name something that can't be read."""
        self._unread.append(Unread(source.name(value), reason))

    def note_day(self) -> None:
        """Note that a line of the claim has a day, though the line itself can't be read."""
        self._dated_claims.add(self.claim)

    def remark(self, text: str) -> None:
        """Note something that whoever reads the answer has to know, once."""
        self._remarks[text] = None

    def add_diagnosis(self, text: str, source: Source, number: int = 0) -> int:
        """Add a diagnosis written with or without its dot, at a place or else behind the others; return its place.

        One that can't be read keeps its place, so that pointers go on pointing to the others. Return 0 if another
        diagnosis has the place.
        """
        code = find_diagnosis(text)
        if not code:
            return self.lose_diagnosis(text, source, "does not look like an ICD-10-CM code, like M54.16", number)
        number = self._take_place(number)
        diagnoses = self._diagnoses.setdefault(self.claim, {})
        if number in diagnoses:
            self.refuse(source, text, f"the claim already has a diagnosis {number}")
            return 0
        diagnoses[number] = ClaimDiagnosis(number, shorten(text) if source.is_shown else code, code, self.claim)
        self._places.setdefault((self.claim, code), number)
        return number

    def lose_diagnosis(self, text: str, source: Source, reason: str, number: int = 0) -> int:
        """Name a diagnosis that can't be read, keep its place for it, and return the place."""
        self.refuse(source, text, reason)
        number = self._take_place(number or (self._places.get((self.claim, text), 0) if text else 0))
        self._lost.add((self.claim, number))
        self._places.setdefault((self.claim, text), number)
        return number

    def _take_place(self, number: int) -> int:
        """Return a place that a diagnosis has, or else the place behind all diagnoses of the claim."""
        last = self._last_places.get(self.claim, 0)
        self._last_places[self.claim] = max(last, number or last + 1)
        return number or last + 1

    def point_to(self, text: str, source: Source) -> int:
        """Return the place of a diagnosis on the claim, which is added if the claim does not have it."""
        return self._places.get((self.claim, find_diagnosis(text)), 0) or self.add_diagnosis(text, source)

    def add_line(
        self,
        code: str,
        values: Mapping[Slot, str],
        source: Source,
        *,
        typed: str = "",
        pointers: Sequence[int] = (),
    ) -> bool:
        """Add a line of the texts of its values; return whether it could be read.

        `pointers` hold where the values have none. The line shows `typed`, or else its code with its modifiers.
        """
        try:
            code = read_code(code)
        except UnreadableError as error:
            self.refuse(source, code, str(error))
            return False
        values = self._complete(values)
        if not values.keys().isdisjoint(_DAYS):
            self.note_day()
        try:
            fields = _parse_essentials(code, values)
        except _FieldError as error:
            self.refuse(source, typed or error.value, f"{error}; {LEFT_OUT}")
            return False
        modifiers = fields["modifiers"]
        for modifier in modifiers[MAX_MODIFIERS:]:
            self.refuse(source, f"{code}-{modifier}", f"more than {MAX_MODIFIERS} modifiers are not read")
        fields |= {"modifiers": modifiers[:MAX_MODIFIERS], "pointers": tuple(pointers)}
        for slot, parse in _PARSERS_OF_SPARE.items():
            if value := values.get(slot, "").strip():
                try:
                    fields[slot] = parse(value)
                except UnreadableError as error:
                    self.refuse(source, value, str(error))
        line = ClaimLine(len(self._lines) + 1, "", code, claim=self.claim, **fields)
        self._lines.append(line._replace(input=shorten(typed) or line.label))
        self._sources.append(source)
        self._claims_with_lines.add(self.claim)
        return True

    def _complete(self, values: Mapping[Slot, str]) -> Mapping[Slot, str]:
        """Return the values of a line, with the defaults of those that it does not have."""
        own = {slot: value for slot, value in values.items() if value.strip()}
        has_days = not own.keys().isdisjoint(_DAYS)
        return {**{slot: value for slot, value in self.defaults.items() if not (has_days and slot in _DAYS)}, **own}


class _FieldError(ValueError):
    """A value without which a line can't be judged is unreadable."""

    def __init__(self, value: str, reason: str) -> None:
        super().__init__(reason)
        self.value = value


def _parse_essentials(code: str, values: Mapping[Slot, str]) -> dict[str, Any]:
    """Return the values by which edits judge a line. Raise _FieldError."""
    fields: dict[str, Any] = {"modifiers": ()}
    value = ""
    try:
        if value := values.get("modifiers", "").strip():
            fields["modifiers"] = parse_modifiers(value)
        for slot, unit in _UNITS.items():
            if value := values.get(slot, "").strip():
                fields |= {"units": parse_units(value), "unit": unit}
        days = [day for slot in _DAYS if (day := values.get(slot, "").strip())]
        if value := " - ".join(days):
            fields |= parse_period(*days)._asdict()
        if value := values.get("place", "").strip():
            fields["place"] = parse_place(value)
    except UnreadableError as error:
        raise _FieldError(f"{code} {value}", str(error)) from error
    return fields
