"""Claims as people type and paste them, and as systems send them -> lines, diagnoses, and what can't be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cptref.claims.readers.draft import Draft, Source
from cptref.codes.shapes import to_ascii

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cptref.models.claims import ParsedClaim

    Reader = Callable[[str, Draft], None]

MIN_FORM_WORDS = 6  # of a service line of a form: two days, place, code, charge, units
_X12 = r"(?m:^|~)[ \t]*(?:ISA[^\w\s]|[A-Z][A-Z0-9]{1,2}\*|(?:SV[123]|CLM|HI)\|)"
_HL7 = r"(?m:^)[ \t]*(?:MSH|FHS|BHS|FT1|DG1|PR1)\|"


def read_claims(texts: Iterable[str], *, needs_days: bool = False) -> ParsedClaim:
    """Return the claims in texts, each in a layout of its own: typed lines, a table, a form, an 837, or FHIR.

    Typed lines that stand one after the other are one claim, and so are those in front of a text or behind it. Where
    lines need days, one without a day is unread if another line of its claim has a day.
    """
    draft = Draft()
    typed: list[str] = []
    for text in texts:
        if reader := _find_reader(text):
            _read_typed(typed, draft)
            typed = []
            reader(text, draft)
            draft.defaults = {}
        else:
            typed.append(text)
    _read_typed(typed, draft)
    return draft.finish(needs_days=needs_days)


def _find_reader(text: str) -> Reader | None:
    """Return what reads a text, by its content; None for one typed line."""
    if text.lstrip(" \t\r\n\ufeff").startswith(("{", "[")):
        from cptref.claims.readers.fhir import read_fhir

        return read_fhir
    if re.search(_X12, text, re.ASCII | re.IGNORECASE):
        from cptref.claims.readers.x12 import read_x12

        return read_x12
    if re.search(_HL7, text, re.ASCII | re.IGNORECASE):
        return _refuse_hl7
    is_line = not re.search(r"[\r\n]", text.strip())
    if is_line and len(text.split()) < MIN_FORM_WORDS:
        return None
    from cptref.claims.readers.cms1500 import is_form, read_form
    from cptref.claims.readers.tables import read_table

    if is_form(text):
        return read_form
    return None if is_line else read_table


def _read_typed(texts: list[str], draft: Draft) -> None:
    """Add what is typed: values between delimiters by their place, if they are in the order of a claim."""
    words: list[str] = []
    for text in texts:
        if not re.search(r"[,;|\t]", text):
            words.append(text)
            continue
        from cptref.claims.readers.positions import read_positions
        from cptref.claims.readers.tables import read_values

        if values := read_positions(to_ascii(text.strip(" \r\n\ufeff"))):
            _read_words(words, draft)
            words = []
            read_values(values, draft, Source())
        else:
            words.append(text)
    _read_words(words, draft)


def _read_words(texts: list[str], draft: Draft) -> None:
    if texts:
        from cptref.claims.readers.typed import read_row
        from cptref.claims.readers.words import split_typed

        read_row(split_typed(texts), draft, Source())


def _refuse_hl7(_text: str, draft: Draft) -> None:
    draft.refuse(Source("HL7 message", is_shown=False), "", "is not a claim; paste its 837, or its lines")
