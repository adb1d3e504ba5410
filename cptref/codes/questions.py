"""Which question a text asks that is typed or pasted: about codes, beginnings of codes, a claim, symptoms, words."""

from __future__ import annotations

import re
from typing import Literal

from cptref.codes import parse_arguments
from cptref.codes.shapes import MIN_LETTERS, to_ascii
from cptref.codes.values import AMOUNT, DATE, DIAGNOSIS, NUMBER, PLACE, UNITS

Question = Literal["nothing", "beginning", "codes", "claim", "symptoms", "words"]

MAX_LETTERS = 8  # of a code: seven of ICD-10-CM, and its dot

_BEGINNING = re.compile(r"[A-Z]?\d[0-9A-Z]*(?:\.[0-9A-Z]*)?", re.ASCII)
_UNFINISHED_MODIFIER = re.compile(r"(?<=\w{5})-\w?\s*\Z")
_LIKE_A_CODE = re.compile(r"(?=(?:\w*\d){3})\w{5,7}", re.ASCII)
_CLAIM_KINDS = {AMOUNT, DATE, DIAGNOSIS, PLACE, UNITS}  # beside a code


def find_question(text: str) -> tuple[Question, str]:
    """Return what a text asks, as far as it is typed, and the text without a modifier of which half is missing.

    A `beginning` may be a whole code. A code beside a diagnosis, units, a charge, a date or a place is a `claim`, and
    so are several procedure codes of which one has a modifier, or a number in its line; bare codes, and a single one
    with its modifiers, are `codes`. Other words beside codes are skipped. Texts with commas, semicolons or line ends
    are `symptoms`.
    """
    text = _UNFINISHED_MODIFIER.sub("", text.strip())
    word = to_ascii(text).upper()
    if not text:
        return "nothing", ""
    if MIN_LETTERS <= len(word) <= MAX_LETTERS and _BEGINNING.fullmatch(word):
        return "beginning", word
    parsed = parse_arguments([text])
    procedures = [code for code in parsed.codes if code.code]
    diagnoses = [code for code in parsed.codes if code.diagnosis]
    if procedures and (diagnoses or _CLAIM_KINDS & parsed.skipped.keys()):
        return "claim", text
    has_numbers = "\n" in text and NUMBER in parsed.skipped  # units without a mark
    if len(procedures) > 1 and (has_numbers or any(code.modifiers or code.stray for code in parsed.codes)):
        return "claim", text
    if procedures or diagnoses or _LIKE_A_CODE.fullmatch(word):
        return "codes", text
    return "symptoms" if re.search(r"[,;\n]", text) else "words", text
