"""Claim lines as rows of a table, with or without a header, in any order of columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cptref.claims.readers.draft import LEFT_OUT, Draft, Source, shorten
from cptref.claims.readers.positions import has_columns, may_be_value, read_positions
from cptref.claims.readers.typed import read_row
from cptref.claims.readers.values import Slot, UnreadableError, parse_pointers
from cptref.claims.readers.words import parse_typed_code
from cptref.codes.layouts import find_delimiter, split_fields
from cptref.codes.shapes import CODE_PATTERN, to_ascii
from cptref.codes.values import split_names
from cptref.models.claims import MAX_POINTERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_LINE_END = re.compile(r"\r\n|[\r\n\v\f\x85\u2028\u2029]")
_COMMENT = "#"
_BLANKS = "  "  # between columns of a text; an empty cell can't be seen
_OTHER = "other"  # a column that edits don't look at
_EMPTY = "-"  # an empty column of a diagnosis, which pointers count
# What the words of a column's name announce; the first that fits counts.
_COLUMNS = {
    _OTHER: "description desc descriptor name title provider patient dob birth birthdate sex gender npi taxonomy paid "
    "allowed copay coinsurance deductible balance payment adjustment adjusted expected contractual due rvu work ndc "
    "revenue rev type status payer insurance group member subscriber policy ssn phone address city state zip "
    "comment comments note notes remark remarks reason denial authorization auth referral tos emg epsdt posted posting "
    "facility entry entered received submitted created admit admission discharge onset check price each per",
    "pointers": "pointer pointers ptr ptrs pntr dxptr diagptr dxpointer diagpointer",
    "diagnoses": "dx dxs dxcode diag diags diagcode diagnosis diagnoses icd icdcode",
    "minutes": "minutes mins",
    "place": "pos poscode place placeofservice",
    "modifiers": "mod mods modif modifier modifiers md",
    "units": "units unit uos qty qnty quantity unitsofservice",
    "charge": "charge charges charged amount amt fee fees billed total",
    "last_day": "to thru through end until dosto dosend enddate todate",
    "first_day": "date dates dos dosfrom dosstart from fromdate start startdate begin day servicedate dateofservice "
    "svcdate",
    "code": "cpt cptcode cpts hcpcs hcpcscode hcpc proc proccode procedure procedurecode px code service svc",
    "claim": "claim control encounter icn invoice visit",
}
_SLOT_OF_WORD = {word: slot for slot, words in _COLUMNS.items() for word in words.split()}
_LINE = "line"
# Of a column that numbers rows or people, if nothing else in its name says what it has.
_COUNTERS = split_names("line ln no nr num nbr number seq sequence row index item record id account acct mrn chart age")
_SHORT_MODIFIER = re.compile(r"\s*m[ _.-]?\d\s*", re.IGNORECASE)  # `M1`
_CONTROL = frozenset({"control", "claim"})  # `Patient control number` tells claims apart
_SPARE = frozenset({"charge", "claim"})  # slots whose second column no edit needs
_AGAIN = "="  # in front of the slot of a second column
_RENAME = "name the column Code, Modifier, Units or Date if it is one, or delete it"
_MAX_NAMES = 8  # of columns in a remark
_SEVERAL = frozenset({"modifiers", "diagnoses", "pointers"})  # slots that may have several columns


class Header(NamedTuple):
    """What separates the cells of a table, and what each column has; "" where its name does not say."""

    delimiter: str
    slots: Sequence[str]
    names: Sequence[str]


def read_table(text: str, draft: Draft) -> None:
    """Add the claim lines of a text of several lines. Lines that begin with # are comments."""
    draft.begin_claim()
    header: Header | None = None
    claims: dict[str, int] = {}
    lines = _LINE_END.split(to_ascii(text))
    rows = _read_rows(lines)
    for number, line in enumerate(lines, start=1):
        if not line.strip(" \t,;|"):
            continue
        source = Source(f"line {number}")
        if named := _read_header(line):
            header = named
            _remark_unused(header, draft)
        elif line.lstrip().startswith(_COMMENT):
            continue
        elif header and (cells := _split_cells(line, header)):
            _read_cells(cells, header, draft, source, claims)
        elif number in rows:
            read_values(rows[number], draft, source)
        else:
            read_row(_split_words(line.strip(" ")), draft, source)


def _read_rows(lines: Iterable[str]) -> dict[int, dict[str, str]]:
    """Return by their numbers what the rows in front of a header have, if their columns stand in the order of a claim.

    A row shows that they don't if it is clear by itself, and has another order.
    """
    rows: dict[int, dict[str, str]] = {}
    for number, line in enumerate(lines, start=1):
        if _read_header(line):
            break
        if line.lstrip().startswith(_COMMENT) or not has_columns(line):
            continue
        if values := read_positions(line):
            rows[number] = values
            continue
        draft = Draft()
        read_row(_split_words(line.strip(" ")), draft, Source("row"))
        parsed = draft.finish()
        if len(parsed.lines) == 1 and not parsed.unread:
            return {}
    return rows


def _split_words(line: str) -> list[list[str]]:
    """Return the fields of a line without a header, each with its words; an empty field is an empty word."""
    return [field.split() or [""] for field in split_fields(line, find_delimiter(line))]


# --- with a header ---------------------------------------------------------------------------------------------------


def _read_header(line: str) -> Header | None:
    """Return the columns that a line names, None unless one of them is the code."""
    if CODE_PATTERN.search(line.upper()):
        return None
    delimiter = find_delimiter(line.strip(" "))
    names = split_fields(line.strip(" "), delimiter)
    slots = [_find_slot(name) for name in names]
    if "code" not in slots or (len(slots) > 1 and sum(map(bool, slots)) == 1):
        return None
    known: set[str] = set()
    for place, slot in enumerate(slots):
        if slot in known:
            slots[place] = _OTHER if slot in _SPARE else f"{_AGAIN}{slot}"
        elif slot not in {_OTHER, *_SEVERAL}:
            known.add(slot)
    if not names[0].strip():  # the rows of a spreadsheet may be numbered
        slots[0] = _OTHER
    return Header(delimiter, slots, [name.strip() for name in names])


def _find_slot(name: str) -> str:
    """Return what the column of a name has, "" if the name does not say."""
    words = {word.casefold() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)}
    if _LINE in words:  # `Claim line` numbers the lines of a claim
        words -= _CONTROL
    if _CONTROL & words and not words & {"date", "charge", "amount", "total", "status", "type"}:
        return "claim"
    slots = {_SLOT_OF_WORD[word] for word in words if word in _SLOT_OF_WORD}
    if not slots and _SHORT_MODIFIER.fullmatch(name):
        return "modifiers"
    is_counter = words & _COUNTERS or name.strip() == "#"
    return next((slot for slot in _COLUMNS if slot in slots), _OTHER if is_counter else "")


def _is_unused(slot: str) -> bool:
    return not slot or slot.startswith(_AGAIN)


def _remark_unused(header: Header, draft: Draft) -> None:
    unused = [shorten(name) for name, slot in zip(header.names, header.slots, strict=True) if _is_unused(slot) and name]
    if unused:
        draft.remark(f"columns not read: {', '.join(unused[:_MAX_NAMES])}{', ...' if len(unused) > _MAX_NAMES else ''}")


def _split_cells(line: str, header: Header) -> list[str]:
    """Return the cells of a row, none if they can't be told which columns they are in."""
    cells = split_fields(line if header.delimiter == "\t" else line.strip(" "), header.delimiter)
    if header.delimiter == _BLANKS and len(cells) != len(header.slots):
        return []
    return cells


def _read_cells(cells: Sequence[str], header: Header, draft: Draft, source: Source, claims: dict[str, int]) -> None:
    """Add the line of a row, to the claim whose number the row has."""
    if any(cell.strip() for cell in cells[len(header.slots) :]):
        count = f"{len(cells)} cells, more than the {len(header.slots)} columns of its header"
        draft.refuse(source._replace(is_shown=False), "", f"the row has {count}; put quotes around cells with commas")
        return
    texts: dict[str, list[str]] = {}
    empty = {"diagnoses": _EMPTY} if header.slots.count("diagnoses") > 1 else {}
    for slot, cell in zip(header.slots, cells, strict=False):
        text = cell.strip() or empty.get(slot, "")
        if slot != _OTHER and not _is_unused(slot) and text:
            texts.setdefault(slot, []).append(text)
    values = {slot: " ".join(parts) for slot, parts in texts.items()}
    for slot, name, cell in zip(header.slots, header.names, cells, strict=False):
        text = cell.strip()
        if _is_unused(slot) and text and text != values.get(slot.removeprefix(_AGAIN)) and may_be_value(text):
            column = f"column {shorten(name)}" if name else "a column without a name"
            draft.refuse(source, text, f"is in {column}, which is not read; {_RENAME}")
    if "claim" in header.slots:
        name = values.pop("claim", "")
        if name not in claims:  # the first one has what stands in front of the table
            claims[name] = draft.begin_own_claim() if claims else draft.claim
        draft.claim = claims[name]
    read_values(values, draft, source)


def read_values(values: Mapping[str, str], draft: Draft, source: Source) -> None:
    """Add the line and the diagnoses of a row. Its pointers are to its own diagnoses, where it has some."""
    words = re.split(r"[\s,;:|/]+", values.get("diagnoses", ""))
    places = [draft.point_to(word, source) if word != _EMPTY else 0 for word in words if word]
    texts: dict[Slot, str] = {slot: values[slot] for slot in _VALUE_SLOTS if slot in values}
    pointers = _point_to(texts, places, draft, source)
    match = _CODE_CELL.fullmatch(values.get("code", "").strip(" '=#").upper())
    typed = parse_typed_code(match[1]) if match else None
    if not match or not typed:
        if "code" in values:
            draft.refuse(source, values["code"], "is not one procedure code, like 64483 or J1010")
        elif any(slot != "diagnoses" for slot in values):
            draft.refuse(source._replace(is_shown=False), "", "the row has no code")
        return
    if typed.units and "units" in texts:
        draft.refuse(source, f"{values['code']} {texts['units']}", f"the row says its units twice; {LEFT_OUT}")
        return
    modifiers = " ".join((*typed.modifiers, match[2], texts.get("modifiers", ""))).strip()
    units: dict[Slot, str] = {"units": typed.units} if typed.units else {}
    draft.add_line(typed.code, {**texts, **units, "modifiers": modifiers}, source, pointers=pointers)


# `64483`, `CPT 64483`, `64483.0` of a spreadsheet, `64483-50`, `64483 50 RT`
_CODE_CELL = re.compile(r"\s*(?:(?:CPT4?|HCPCS|HC)\W{1,3})?(\w[^\s.]*)(?:\.0+)?((?:\s+[0-9A-Z]{2})*)\s*", re.ASCII)
_VALUE_SLOTS: tuple[Slot, ...] = (
    "modifiers",
    "units",
    "minutes",
    "charge",
    "first_day",
    "last_day",
    "pointers",
    "place",
)


def _point_to(texts: dict[Slot, str], places: Sequence[int], draft: Draft, source: Source) -> Sequence[int]:
    """Return the places of the diagnoses of a row that its pointers, taken out of the texts, point to.

    A row without pointers points to its diagnoses, unless these are more than a line has room for. An empty column of
    a diagnosis counts.
    """
    own = [place for place in places if place]
    if not texts.get("pointers"):
        return own if len(own) <= MAX_POINTERS else ()
    if not own:
        return ()
    try:
        numbers = parse_pointers(texts["pointers"])
    except UnreadableError:
        return ()
    if any(number <= len(places) and not places[number - 1] for number in numbers):
        draft.refuse(source, texts.pop("pointers"), "points to a diagnosis column that is empty in the row")
        return ()
    del texts["pointers"]
    return [places[number - 1] if number <= len(places) else number for number in numbers]
