"""How systems lay claims out -> records of fields, each with the kind of value that its place or its name announces.

X12 (005010X222, X223, X221), HL7 v2 (2.5), NCPDP telecommunication (D.0), JSON such as FHIR's, tables with or without a
header, and free text.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from cptref.codes.shapes import is_code
from cptref.codes.values import (
    AMOUNT,
    CODE,
    DATE,
    DIAGNOSIS,
    DIAGNOSIS_QUALIFIERS,
    LAYOUT,
    MODIFIER,
    NUMBER,
    OTHER,
    PLACE,
    PROCEDURE_SYSTEMS,
    UNITS,
    find_kind,
    find_kind_of_name,
    find_kind_of_system,
    split_names,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# The kinds of the elements of segments, by their place behind the name. All other elements are anything but codes.
_X12 = {
    "SV1": {1: CODE, 2: AMOUNT, 3: LAYOUT, 4: UNITS, 5: PLACE},
    "SV2": {1: NUMBER, 2: CODE, 3: AMOUNT, 4: LAYOUT, 5: UNITS},
    "SV3": {1: CODE, 2: AMOUNT, 3: PLACE, 6: UNITS},
    "SV5": {1: CODE, 2: LAYOUT, 3: UNITS, 4: AMOUNT, 5: AMOUNT},
    "SVC": {1: CODE, 2: AMOUNT, 3: AMOUNT, 4: NUMBER, 5: UNITS, 6: CODE, 7: UNITS},
    "SVD": {1: NUMBER, 2: AMOUNT, 3: CODE, 4: NUMBER, 5: UNITS},
}
_HL7: dict[str, dict[int, str]] = {
    "FT1": {4: DATE, 5: DATE, 7: CODE, 10: UNITS, 11: AMOUNT, 12: AMOUNT, 19: DIAGNOSIS, 25: CODE, 26: MODIFIER},
    "OBR": {4: CODE, 6: DATE, 7: DATE, 31: DIAGNOSIS, 44: CODE, 45: MODIFIER},
    "PR1": {3: CODE, 5: DATE, 16: MODIFIER},
    "DG1": {3: DIAGNOSIS, 5: DATE},
}
X12_NAMES = split_names(
    "ISA GS ST BHT NM1 N1 N2 N3 N4 PER HL PRV SBR PAT DMG CLM DTP DTM CL1 PWK CN1 AMT REF K3 NTE CR1 CR2 CR3 CRC HI "
    "HCP LX SV1 SV2 SV3 SV4 SV5 TOO PS1 CTP LIN SVD CAS MEA QTY FRM LQ OI MOA MIA SE GE IEA BPR TRN CUR RDM CLP SVC "
    "PLB TS3 TS2 INS COB EB III AAA MSG UM HSD TA1"
)
_HL7_NAMES = split_names(
    "MSH EVN PID PD1 PV1 PV2 NK1 IN1 IN2 IN3 GT1 DG1 PR1 FT1 OBR OBX ORC NTE AL1 RXA RXR RXE RXO SCH AIS AIG AIL AIP "
    "RGS TXA SPM BHS FHS BTS FTS MSA ERR ACC UB1 UB2 ROL DRG"
)
_NCPDP = {"D7": CODE, "ER": MODIFIER, "E7": UNITS, "D9": AMOUNT, "DO": DIAGNOSIS}

_LINE_END = r"[\r\n\v\f\x85\u2028\u2029]+"  # both are compiled when a paste is read
_SEGMENT = r"(?ia)\W*([A-Z][A-Z0-9]{1,2})([*|!])"
_NCPDP_SEPARATOR = re.compile(r"[\x1c-\x1e]")
_COMPONENT = re.compile(r"[:^&><\\|]")
_COLUMN_GAP = re.compile(r"\t| {2,}")
# Not behind a day, a decimal or modifiers: `2026-07-01,450.00`, `1.00,450.00` and `,50 59,100.00` are two values. A
# number of millions without a $ may be three: `64483 59,100,100.00`.
_THOUSANDS = re.compile(
    r"(?:(?<![\w,])|(?<=USD))(?<!\d[-./])(?:\$\d{1,3}(?:,\d{3})+"
    r"|(?<!,\w\w )(?<!,\w\w \w\w )(?<!,\w\w \w\w \w\w )\d{1,3},\d{3}(?=\.\d))(?![\d,])"
)
_SYSTEM_KEYS = ("system", "codeSystem", "codingSystem")


class Field(NamedTuple):
    """A field of a line, and the kind of its value ("" if the layout does not say)."""

    text: str
    kind: str = ""


class Record(NamedTuple):
    """The fields of one service or one line, and the line as typed."""

    line: str
    fields: Sequence[Field]


def iter_records(text: str) -> Iterator[Record]:
    """Yield the fields of a text, line by line or, in JSON, object by object. The line of such an object is ""."""
    stripped = text.lstrip(" \t\r\n\ufeff")
    if stripped.startswith(("{", "[")):
        with suppress(ValueError, RecursionError):  # no JSON after all, or a part of it
            yield from [Record("", fields) for fields in _read_json(stripped)]
            return
    header: _Header | None = None
    for line in _split_lines(text):
        if _NCPDP_SEPARATOR.search(line):
            parts = _NCPDP_SEPARATOR.split(line)
            yield Record(line, [Field(part[2:], _NCPDP.get(part[:2].upper(), OTHER)) for part in parts])
            continue
        delimiter = find_delimiter(line)
        names = split_fields(line, delimiter)
        if header and delimiter == header.delimiter:
            yield Record(line, [*map(Field, names, header.kinds), *map(Field, names[len(header.kinds) :])])
        elif segment := re.match(_SEGMENT, line):
            yield from _read_segments(line, segment)
        elif kinds := _read_header(names):
            header = _Header(delimiter, kinds)
        else:
            header = None
            yield Record(line, [Field(name) for name in names])


class _Header(NamedTuple):
    """The kinds of the columns of a table."""

    delimiter: str
    kinds: Sequence[str]


def _split_lines(text: str) -> Iterator[str]:
    return (line.strip(" ") for line in re.split(_LINE_END, text) if line.strip())


# --- segments --------------------------------------------------------------------------------------------------------


def _read_segments(line: str, first: re.Match[str]) -> Iterator[Record]:
    """Yield the segments of a line: those of X12 end in a tilde, which repeats a field in HL7."""
    name, delimiter = first[1].upper(), first[2]
    if name in _HL7_NAMES and delimiter == "|":
        yield Record(line, _read_hl7(name, line.split(delimiter)))
    elif name in X12_NAMES:
        for segment in line.split("~"):
            elements = segment.strip().split(delimiter)
            yield Record(line, [_read_element(elements[0].upper(), *item) for item in enumerate(elements)][1:])
    else:
        yield Record(line, [Field(name) for name in split_fields(line, find_delimiter(line))])


def _read_element(name: str, position: int, element: str) -> Field:
    """Return an element of X12. A qualifier in front of it says what it is, wherever it is: `HC:20975:LT`."""
    qualifier, *components = _COMPONENT.split(element, maxsplit=1)
    if components and qualifier.upper() in DIAGNOSIS_QUALIFIERS:
        return Field(element, DIAGNOSIS)
    if components and qualifier.upper() in PROCEDURE_SYSTEMS:
        return Field(element, CODE)
    return Field(element, _X12.get(name, {}).get(position, OTHER))


def _read_hl7(name: str, fields: Sequence[str]) -> list[Field]:
    """Return the fields of a segment of HL7. A code counts where it says that it is one, or else where codes belong.

    FT1-7 and OBR-4 may have the hospital's own number; they count if FT1-25 and OBR-44 are empty. Senders count fields
    wrong: where no field has a code by these rules, any field may.
    """
    kinds = _HL7.get(name, {})
    named = [place for place, text in enumerate(fields) if _names_procedures(text)]
    shaped = [place for place, text in enumerate(fields) if place > 1 and kinds and _begins_with_code(text)]
    codes = named or [place for place in shaped if kinds.get(place) == CODE][-1:] or shaped
    others = {place: kind for place, kind in kinds.items() if kind != CODE}
    kinds = others | dict.fromkeys(codes, CODE)
    return [
        Field(repetition, kinds.get(place, OTHER))
        for place, text in enumerate(fields[1:], start=1)
        for repetition in text.split("~")
    ]


def _begins_with_code(field: str) -> bool:
    return is_code(re.split(r"[\^&]", field.upper(), maxsplit=1)[0].strip())


def _names_procedures(field: str) -> bool:
    """Return whether the third or sixth component of a field names a set of procedure codes: `20975^text^CPT4`."""
    return not PROCEDURE_SYSTEMS.isdisjoint(re.split(r"[\^&]", field.upper())[2::3])


# --- lines -----------------------------------------------------------------------------------------------------------


def find_delimiter(line: str) -> str:
    """Return what separates the fields of a line: tab, bar, semicolon, comma, two blanks, or "" for one field."""
    return next((delimiter for delimiter in ("\t", "|", ";", ",", "  ") if delimiter in line), "")


def split_fields(line: str, delimiter: str) -> list[str]:
    """Return the fields of a line without quotes around them and without commas within amounts."""
    if not delimiter:
        return [line]
    if delimiter == "  ":
        return _COLUMN_GAP.split(line)
    if delimiter == ",":
        line = join_thousands(line)
    if '"' in line:
        import csv

        try:
            return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
        except csv.Error:  # a field of more than 128 KiB
            pass
    return line.split(delimiter)


def join_thousands(line: str) -> str:
    """Return a line without the commas within its amounts."""
    return _THOUSANDS.sub(lambda match: match[0].replace(",", ""), line)


def _read_header(names: Sequence[str]) -> list[str]:
    """Return the kinds of the columns that a line names, none unless it names at least two, and codes are one."""
    if any(re.search(r"\d{4}", name) or find_kind(name.upper()) for name in names):
        return []
    kinds = [find_kind_of_name(name) for name in names]
    return [kind or OTHER for kind in kinds] if CODE in kinds and sum(map(bool, kinds)) > 1 else []


# --- JSON ------------------------------------------------------------------------------------------------------------


def _read_json(text: str) -> list[list[Field]]:
    """Return the records of one or more JSON values, one after the other. Raise ValueError if they are none."""
    decoder = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
    records: list[list[Field]] = [[]]
    end = 0
    while end < len(text):
        value, end = decoder.raw_decode(text, end)
        records.append([])
        _collect_fields(value, "", records)
        while end < len(text) and (text[end].isspace() or text[end] == ","):
            end += 1
    return records


def _collect_fields(value: Any, kind: str, records: list[list[Field]]) -> None:  # noqa: ANN401 - what JSON holds
    """Add the fields of a JSON value to the last record. Each object of a list begins one, but for FHIR's codings."""
    match value:
        case dict():
            system = next((value[key] for key in _SYSTEM_KEYS if isinstance(value.get(key), str)), "")
            for key, item in value.items():
                inner = kind if key == "coding" else _find_kind_of_key(key, kind, system)
                items = item if isinstance(item, list) else [item]
                for each in items:
                    if each is not item and isinstance(each, dict) and inner in {"", CODE} and key != "coding":
                        records.append([])
                    _collect_fields(each, inner, records)
        case list():
            for item in value:
                if isinstance(item, dict):
                    records.append([])
                _collect_fields(item, kind, records)
        case str():
            records[-1].append(Field(value, kind))


def _find_kind_of_key(key: str, outer: str, system: str) -> str:
    """Return the kind of what a key has, by its name, what it is in, and the system of codes that stands beside it."""
    kind = find_kind_of_name(key)
    if kind not in {"", CODE}:
        return kind
    if outer not in {"", CODE}:
        return outer
    if kind and system:
        return find_kind_of_system(system)
    return kind or outer
