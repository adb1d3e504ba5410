"""Claims as X12 sends them, 837P (005010X222A1) and 837I (005010X223A2): a whole interchange, or some segments.

Only the elements named here are read: a patient's names, numbers and days are in others. What is unread is named by
its segment and place alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cptref.claims.readers.draft import LEFT_OUT, Draft, Source
from cptref.claims.readers.values import (
    Slot,
    UnreadableError,
    join_pointers,
    parse_period,
)
from cptref.codes.layouts import X12_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_INSTITUTIONAL = "the 837 is institutional (837I): its lines with HCPCS codes are read, revenue codes are not"
_PROCEDURES = "HC"  # SV101-1, SV202-2: HCPCS, of which CPT is a part
_DIAGNOSES = frozenset({"ABK", "ABF", "ABN"})  # HI: principal, other, external cause; ABJ and APR repeat one of them
_OLD_DIAGNOSES = frozenset({"BK", "BF", "BN"})  # ICD-9-CM
# HI has these too: diagnoses of admission, procedures, occurrences, values, conditions, groups (005010X222A1, X223A2).
_NO_DIAGNOSES = frozenset(
    ["ABJ", "APR", "BJ", "PR", "BBR", "BBQ", "BR", "BQ", "CAH", "BO", "BP", "BH", "BI", "BE", "BG", "DR", "TC"]
)
_ENVELOPE = frozenset({"ISA", "IEA"})
_REMITTANCE = frozenset({"CLP", "SVC"})
_SERVICE_DAY = "472"  # DTP01
MAX_SENT_MODIFIERS = 4  # SV101-3 to SV101-6; a description is behind them
_UNITS: dict[str, Slot] = {"UN": "units", "MJ": "minutes", "": "units"}
_INTERCHANGE = re.compile(r"(?:\A|(?<=[^A-Za-z0-9]))(?=ISA[^\w\s])", re.ASCII)
_ISA_ELEMENTS = 16


class Segment(NamedTuple):
    """A segment: its name, its elements, and its place in the text, from 1."""

    name: str
    elements: Sequence[str]
    place: int
    component: str  # what separates the components of an element, "" if the text does not say

    def element(self, number: int) -> str:
        """Return an element by its number, "" if the segment ends before it."""
        return self.elements[number - 1].strip() if number <= len(self.elements) else ""

    def components(self, number: int) -> list[str]:
        """Return the components of an element. Pasted segments separate them by whatever stands there first."""
        text = self.element(number)
        separator = self.component or next(iter(re.findall(r"[^\w\s.,$-]", text)), ":")
        return [component.strip() for component in text.split(separator)]

    @property
    def source(self) -> Source:
        """Its name and place; what it has is not shown."""
        return Source(f"{self.name}, segment {self.place}", is_shown=False)


def read_x12(text: str, draft: Draft) -> None:
    """Add the claims of a text of X12 segments."""
    reader = _Reader(draft)
    for segment in _iter_segments(text):
        reader.read(segment)
    reader.finish()


# --- segments --------------------------------------------------------------------------------------------------------


def _iter_segments(text: str) -> Iterator[Segment]:
    """Yield the segments of all interchanges, each with its own separators."""
    place = 0
    for part in _INTERCHANGE.split(text):
        element, component, segments = _split_interchange(part) or _split_pasted(part)
        for segment in segments:
            name, *elements = re.sub(r"[\r\n]+", "", segment).strip().split(element)
            if name or elements:
                place += 1
                yield Segment(name.strip().upper(), elements, place, component)


def _split_interchange(text: str) -> tuple[str, str, list[str]] | None:
    """Return what separates elements and components by the first segment, and the segments; None without one."""
    if not text.startswith("ISA"):
        return None
    element = text[3]
    *elements, rest = text.split(element, _ISA_ELEMENTS)
    if len(elements) != _ISA_ELEMENTS or len(rest) < 2 or rest[0].isalnum():  # noqa: PLR2004 - both separators
        return None
    return element, rest[0], text.split(rest[1])


def _split_pasted(text: str) -> tuple[str, str, list[str]]:
    """Return the segments of a pasted text: a tilde ends one, or a line does in front of the name of the next."""
    element = "|" if re.search(rf"(?i)(?m:^|~)[ \t]*(?:{_NAMES})\|", text) else "*"
    end = rf"(?i)~|(?<![\r\n])[\r\n]+(?=[ \t]*(?:{_NAMES}){re.escape(element)})"
    return element, "", re.split(end, text)


_NAMES = "|".join(sorted(X12_NAMES))


# --- claims ----------------------------------------------------------------------------------------------------------


class _Reader:
    """Reads one segment after the other; a line is added once its days are known."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._place = ""  # of the claim
        self._days: dict[Slot, str] = {}  # of the claim, for lines without days of their own
        self._line: tuple[str, dict[Slot, str], Source] | None = None
        self._is_claim = True  # False in a transaction that is not an 837
        self._interchange: Source | None = None  # that has no end so far
        self._is_in_lines = False  # what stands in front of the first line is of the claim

    def read(self, segment: Segment) -> None:
        """Read a segment, or name what can't be read."""
        if segment.name == "ST":
            self.finish_line()
            self._is_claim = segment.element(1) == "837"
            if not self._is_claim:
                self._draft.refuse(segment.source, "", "is a transaction other than a claim (837)")
        elif segment.name in _REMITTANCE:
            self._draft.refuse(segment.source, "", "belongs to a remittance (835), not to a claim")
        elif segment.name in _READERS and (self._is_claim or segment.name in _ENVELOPE):
            _READERS[segment.name](self, segment)
        elif segment.name not in X12_NAMES:
            self._draft.refuse(Source(f"segment {segment.place}", is_shown=False), "", "is not a segment of an 837")

    def read_claim(self, segment: Segment) -> None:
        """Begin a claim: CLM05 has its place of service, or its type of bill if it is institutional."""
        self.finish_line()
        self._draft.begin_own_claim()
        place, qualifier, *_ = (*segment.components(5), "", "")
        self._place, self._days, self._is_in_lines = "", {}, False
        if qualifier == "A":
            self._draft.remark(_INSTITUTIONAL)
        else:
            self._place = place

    def read_diagnoses(self, segment: Segment) -> None:
        """Add the diagnoses of HI."""
        for number in range(1, len(segment.elements) + 1):
            qualifier, code, *_ = (*segment.components(number), "", "")
            source = Source(f"{segment.source.place}, diagnosis {number}", is_shown=False)
            if qualifier.upper() in _DIAGNOSES:
                self._draft.add_diagnosis(code, source)
            elif qualifier.upper() in _OLD_DIAGNOSES:
                self._draft.lose_diagnosis("", source, "is an ICD-9-CM code")
            elif qualifier and qualifier.upper() not in _NO_DIAGNOSES:
                self._draft.lose_diagnosis("", source, "has no qualifier ABK or ABF")

    def read_professional(self, segment: Segment) -> None:
        """Begin the line of SV1."""
        pointers = join_pointers(segment.components(7))
        self._begin(segment, 1, 3, {"charge": segment.element(2), "place": segment.element(5), "pointers": pointers})

    def read_institutional(self, segment: Segment) -> None:
        """Begin the line of SV2, if it has a HCPCS code."""
        self._draft.remark(_INSTITUTIONAL)
        self.finish_line()
        self._is_in_lines = True
        if segment.element(2):
            self._begin(segment, 2, 4, {"charge": segment.element(3)})
        else:
            self._draft.refuse(segment.source, "", "has only a revenue code, which the edits do not check")

    def _begin(self, segment: Segment, procedure: int, measure: int, values: dict[Slot, str]) -> None:
        """Begin a line with the elements of its procedure, and of its unit with the number of units behind it."""
        self.finish_line()
        self._is_in_lines = True
        qualifier, code, *modifiers = (*segment.components(procedure), "")
        unit = _UNITS.get(segment.element(measure).upper())
        if qualifier.upper() != _PROCEDURES:
            self._draft.refuse(segment.source, "", "has no CPT or HCPCS code (qualifier HC)")
        elif not segment.element(measure + 1):
            self._draft.refuse(segment.source, "", f"has no units; {LEFT_OUT}")
        elif unit is None:
            self._draft.refuse(segment.source, "", f"its unit is neither UN (units) nor MJ (minutes); {LEFT_OUT}")
        else:
            values |= {
                unit: segment.element(measure + 1),
                "modifiers": " ".join(filter(None, modifiers[:MAX_SENT_MODIFIERS])),
            }
            self._line = (code, values, segment.source)

    def read_dental(self, segment: Segment) -> None:
        """Refuse the line of SV3."""
        self.finish_line()
        self._is_in_lines = True
        self._draft.refuse(segment.source, "", "is a dental line; no loaded set has its edits")

    def read_days(self, segment: Segment) -> None:
        """Read the days of a service, of its line or, in front of the lines, of the claim."""
        if segment.element(1) != _SERVICE_DAY:
            return
        days: dict[Slot, str] = {"first_day": segment.element(3)}
        if not self._is_in_lines:
            self._days = days  # where they can't be read, lines without days of their own can't be judged either
        elif self._line:
            self._line[1].update(days)
        try:
            parse_period(segment.element(3))
        except UnreadableError as error:
            left_out = LEFT_OUT if self._is_in_lines else "lines without a date of their own are left out"
            self._draft.refuse(segment.source, "", f"{error}; {left_out}")
            self._line = None

    def read_interchange(self, segment: Segment) -> None:
        """Begin or end an interchange."""
        self.finish_line()
        self._is_claim = True
        if segment.name == "ISA":
            self._refuse_cut_off()
        self._interchange = segment.source if segment.name == "ISA" else None

    def finish(self) -> None:
        """Add the last line; an interchange without an end may lack lines."""
        self.finish_line()
        self._refuse_cut_off()

    def _refuse_cut_off(self) -> None:
        if self._interchange:
            self._draft.refuse(self._interchange, "", "the interchange is cut off: it has no IEA at its end")

    def finish_line(self) -> None:
        """Add the present line."""
        if self._line:
            code, values, source = self._line
            place = values.get("place") or self._place
            self._draft.add_line(code, {**self._days, **values, "place": place}, source)
        self._line = None


_READERS: dict[str, Callable[[_Reader, Segment], None]] = {
    "ISA": _Reader.read_interchange,
    "IEA": _Reader.read_interchange,
    "CLM": _Reader.read_claim,
    "HI": _Reader.read_diagnoses,
    "SV1": _Reader.read_professional,
    "SV2": _Reader.read_institutional,
    "SV3": _Reader.read_dental,
    "DTP": _Reader.read_days,
}
