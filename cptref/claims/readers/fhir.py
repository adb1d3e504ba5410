"""Claims as FHIR has them (R4, R5): Claim and ExplanationOfBenefit, alone, in a Bundle, or one a line (NDJSON).

Only the elements named here are read: a patient, a subscriber and identifiers are in others. What is unread is named
by its place alone.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from cptref.claims.readers.draft import LEFT_OUT, Draft, Source
from cptref.claims.readers.values import (
    Slot,
    UnreadableError,
    join_pointers,
    parse_amount,
    parse_units,
)
from cptref.codes.values import CODE, DIAGNOSIS, PLACE, find_kind_of_system

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Object = Mapping[str, Any]

_CLAIMS = frozenset({"Claim", "ExplanationOfBenefit"})
_MINUTES = frozenset({"min", "minute", "minutes", "mj"})  # UCUM; X12
_MEASURES = frozenset({"mg", "g", "kg", "ug", "mcg", "ml", "l"})  # UCUM; how much a unit is depends on the code
_DAY = len("2026-11-20")  # behind it in a dateTime is the time


def read_fhir(text: str, draft: Draft) -> None:
    """Add the claims of a text of JSON."""
    try:
        resources = [resource for value in _iter_values(text) for resource in _iter_resources(value)]
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 0)
        draft.refuse(
            Source(f"JSON, line {line}" if line else "JSON", is_shown=False),
            "",
            "can't be read; paste a whole FHIR Claim",
        )
        return
    claims = [resource for resource in resources if _text(resource.get("resourceType")) in _CLAIMS]
    if not claims:
        draft.refuse(Source("JSON", is_shown=False), "", "has no FHIR Claim")
    for number, claim in enumerate(claims, start=1):
        draft.begin_own_claim()
        _Reader(draft, f"claim {number}, " if len(claims) > 1 else "").read(claim)


def _iter_values(text: str) -> Iterator[Any]:
    """Yield the values of a text of JSON, one after the other. Numbers stay texts. Raise ValueError."""
    decoder = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
    text = text.strip(" \t\r\n\ufeff")
    end = 0
    while end < len(text):
        value, end = decoder.raw_decode(text, end)
        yield value
        while end < len(text) and (text[end].isspace() or text[end] == ","):
            end += 1


def _iter_resources(value: Any) -> Iterator[Object]:  # noqa: ANN401 - what JSON holds
    """Yield the resources of a value: itself, those of a list, or those of a Bundle."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += reversed(value)
        elif isinstance(value, dict) and value.get("resourceType") == "Bundle":
            waiting += [entry.get("resource") for entry in reversed(_list(value, "entry"))]
        elif isinstance(value, dict):
            yield value


class _Reader:
    """Reads one claim."""

    def __init__(self, draft: Draft, prefix: str) -> None:
        self._draft = draft
        self._prefix = prefix

    def read(self, claim: Object) -> None:
        """Add the diagnoses and the lines of a claim."""
        for number, diagnosis in enumerate(_list(claim, "diagnosis"), start=1):
            source = self._name("diagnosis", number)
            code = _find_code(_get(diagnosis, "diagnosisCodeableConcept"), DIAGNOSIS)
            sequence = _text(diagnosis.get("sequence"))
            place = int(sequence) if sequence.isascii() and sequence.isdigit() and len(sequence) < 4 else 0  # noqa: PLR2004
            if code:
                self._draft.add_diagnosis(code, source, place)
            else:
                self._draft.lose_diagnosis("", source, "has no ICD-10-CM code of its own", place)
        period = _get(claim, "billablePeriod")
        start, end = _text(period.get("start"))[:_DAY], _text(period.get("end"))[:_DAY]
        day = start if start == end else ""  # else the claim does not say which of the days
        for number, item in enumerate(_list(claim, "item"), start=1):
            self._read_item(item, day, self._name("item", number))

    def _name(self, element: str, number: int) -> Source:
        return Source(f"{self._prefix}{element} {number}", is_shown=False)

    def _read_item(self, item: Object, day: str, source: Source) -> None:
        """Add the line of an item."""
        if _list(item, "detail"):
            self._draft.refuse(source, "", "has detail lines, which are not read; paste them as lines")
        code = _find_code(_get(item, "productOrService"), CODE)
        if not code:
            reason = (
                "has only a revenue code, which the edits do not check"
                if item.get("revenue")
                else "has no CPT or HCPCS code"
            )
            self._draft.refuse(source, "", reason)
            return
        quantity, period = _get(item, "quantity"), _get(item, "servicedPeriod")
        unit = _text(quantity.get("code") or quantity.get("unit")).casefold()
        if unit in _MEASURES:
            self._draft.refuse(source, "", f"its quantity is a weight or a volume, not units; {LEFT_OUT}")
            return
        values: dict[Slot, str] = {
            "minutes" if unit in _MINUTES else "units": _text(quantity.get("value")),
            "modifiers": " ".join(_find_code(concept, "") or "?" for concept in _list(item, "modifier")),
            "first_day": _text(item.get("servicedDate") or period.get("start") or day)[:_DAY],
            "last_day": _text(period.get("end"))[:_DAY],
            "charge": _find_charge(item, quantity),
            "pointers": join_pointers(map(_text, _items(item.get("diagnosisSequence")))),
            "place": self._find_place(_get(item, "locationCodeableConcept"), source),
        }
        self._draft.add_line(code, values, source)

    def _find_place(self, concept: Object, source: Source) -> str:
        """Return the place of service of a line: of its own system, or of another one that has its two digits."""
        place = _find_code(concept, PLACE) or _find_code(concept, "")
        if place and not re.fullmatch(r"\d\d", place, re.ASCII):
            self._draft.refuse(source, "", "the location is not a place of service")
            return ""
        return place


# --- elements --------------------------------------------------------------------------------------------------------


def _get(value: Object, key: str) -> Object:
    """Return an element that is an object, an empty one without it."""
    element = value.get(key)
    return element if isinstance(element, dict) else {}


def _list(value: Object, key: str) -> Sequence[Object]:
    """Return the objects of an element that is a list."""
    return [item for item in _items(value.get(key)) if isinstance(item, dict)]


def _items(value: Any) -> Sequence[Any]:  # noqa: ANN401 - what JSON holds
    return value if isinstance(value, list) else ()


def _text(value: Any) -> str:  # noqa: ANN401 - what JSON holds
    return value.strip() if isinstance(value, str) else ""


def _find_code(concept: Object, kind: str) -> str:
    """Return the code of a CodeableConcept: of a system of the kind, or else of a coding that names no system."""
    codings = [(_text(coding.get("system")), _text(coding.get("code"))) for coding in _list(concept, "coding")]
    named = [code for system, code in codings if code and system and (not kind or find_kind_of_system(system) == kind)]
    return next(iter([*named, *(code for system, code in codings if code and not system)]), "")


def _find_charge(item: Object, quantity: Object) -> str:
    """Return the charge of an item: its net amount, or its price times its quantity."""
    if net := _text(_get(item, "net").get("value")):
        return net
    price = _text(_get(item, "unitPrice").get("value"))
    try:
        return str(parse_amount(price) * parse_units(_text(quantity.get("value")) or "1")) if price else ""
    except UnreadableError:
        return price
