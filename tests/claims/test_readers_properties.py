"""Test readers of claims with input that nobody thought of."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cptref.claims.readers import read_claims
from cptref.models.claims import NO_DAY, ClaimLine
from cptref.sanitize import single_line
from tests.claims.layouts import (
    CANARY,
    make_fhir,
    write_bare_rows,
    write_columns,
    write_fhir,
    write_form,
    write_table,
    write_typed,
    write_x12,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CODES = st.sampled_from(["64483", "64484", "99214", "J1010", "G0260", "0042T", "0001F", "00630"])
MODIFIERS = st.lists(st.sampled_from(["50", "RT", "LT", "59", "XS", "25", "F1", "QZ"]), max_size=4, unique=True)
DIAGNOSES = st.lists(st.sampled_from(["M54.16", "M47.816", "I10", "S39.92XA", "G89.29"]), max_size=2, unique=True)
UNITS = st.one_of(st.integers(1, 999).map(Decimal), st.integers(1, 99).map(lambda units: Decimal(units) / 2))
CHARGES = st.integers(100, 999_999).map(lambda cents: (Decimal(cents) / 100).quantize(Decimal("0.01")))
PIECES = st.sampled_from(
    [
        *("ISA*", "~", "\n", "\t", ":", "SV1*HC:", "HI*ABK:M5416", "CLM*", "DTP*472*D8*", "ST*835", "MSH|"),
        *("64483", "-50", "x2", "|", ",", ";", "11", "20", "26", "A.", "M54.16", "450 00", "1O", "$", "#", "-", "4"),
        *("code,units\n", "{", "[", "}", "]", '"', '{"resourceType":"Claim","item":[', "\x00", "\x1b[31m", "\ud800"),
    ]
)


@st.composite
def draw_lines(draw: st.DrawFn) -> list[ClaimLine]:
    """Draw the lines of a claim."""
    return [
        ClaimLine(
            number,
            "",
            draw(CODES),
            tuple(draw(MODIFIERS)),
            draw(UNITS),
            "UN",
            draw(CHARGES),
            draw(st.dates(date(1970, 1, 1), date(2069, 12, 31))),
            NO_DAY,
            tuple(draw(st.lists(st.integers(1, 9), min_size=1, max_size=4, unique=True))),
            draw(st.sampled_from(["11", "22", "02"])),
        )
        for number in range(1, draw(st.integers(1, 4)) + 1)
    ]


@pytest.mark.parametrize(
    "write", [write_typed, write_table, write_bare_rows, write_columns, write_form, write_x12, write_fhir]
)
@given(lines=draw_lines(), diagnoses=DIAGNOSES)
def test_every_layout_reads_back_to_its_values(
    write: Callable[[Sequence[ClaimLine], Sequence[str]], str], lines: list[ClaimLine], diagnoses: list[str]
) -> None:
    """Read the same values from every layout that they are written in."""
    if write is write_table:  # the pointers of a row are to the diagnoses that it has
        lines = [line._replace(pointers=tuple(sorted(line.pointers))) for line in lines]
    parsed = read_claims([write(lines, diagnoses)])
    assert parsed.unread == ()
    assert [diagnosis.code for diagnosis in parsed.diagnoses] == diagnoses
    assert [line._replace(input="", last_day=NO_DAY) for line in parsed.lines] == lines


@given(
    lines=draw_lines(),
    element=st.sampled_from("*|^!"),
    component=st.sampled_from(":>\\"),
    end=st.sampled_from(["~", "'", "\n", "~\n", "\r\n"]),
)
def test_interchange_says_its_own_separators(lines: list[ClaimLine], element: str, component: str, end: str) -> None:
    """Read an interchange by the separators that it says, whatever they are."""
    text = write_x12(lines, ["M54.16"]).replace("^|", "{|")  # the repetition separator is none of them
    text = text.replace("^", "{").replace("*", element).replace(":", component).replace("~", end)
    assert read_claims([text]) == read_claims([write_x12(lines, ["M54.16"])])


@given(text=st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join), st.lists(PIECES).map(" ".join)))
def test_no_text_is_too_strange(text: str) -> None:
    """Read or name something of every text, with no escape sequence in it, and never fail."""
    parsed = read_claims([text])
    assert parsed.lines or parsed.diagnoses or parsed.unread
    assert [line.number for line in parsed.lines] == list(range(1, len(parsed.lines) + 1))
    for unread in parsed.unread:
        assert unread == (single_line(unread.input), single_line(unread.reason))


@given(data=st.binary())
def test_no_bytes_are_too_strange(data: bytes) -> None:
    """Read or name something of all bytes, as standard input decodes them."""
    parsed = read_claims([data.decode("utf-8", "backslashreplace")])
    assert parsed.lines or parsed.diagnoses or parsed.unread


@given(lines=draw_lines(), place=st.integers(0, 10_000), piece=PIECES)
def test_nothing_of_a_patient_is_read(lines: list[ClaimLine], place: int, piece: str) -> None:
    """Read no name or number of a patient from an 837, FHIR or a form, wherever it is damaged."""
    for text in (write_x12(lines, ["M54.16"]), write_form(lines, ["M54.16"])):
        damaged = text[: place % len(text)] + piece + text[place % len(text) :]
        assert CANARY not in repr(read_claims([damaged]))
    claim = make_fhir(lines, ["M54.16"])
    key = [*claim][place % len(claim)]
    assert CANARY not in repr(read_claims([json.dumps({**claim, key: [piece, CANARY, {"value": CANARY}]})]))
