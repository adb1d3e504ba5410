"""Medicare localities: what a coder types for one -> its indices.

Sources: the GPCI file of the year has the localities (Addendum E of the fee schedule rule), and the ZIP code to carrier
locality file which of them a ZIP code is in. Where its plus-four flag is set, the last four digits decide, which it
does not have.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from cptref.claims.context import cite
from cptref.codesets.localities import DOUBTS, label_locality
from cptref.codesets.releases import CODE_SETS
from cptref.errors import UsageError
from cptref.models.fees import Locality

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from cptref.codesets.catalog import Catalog, Selection
    from cptref.codesets.store import Record
    from cptref.models.verdicts import Rule

MAX_NAMED = 5  # localities in an error: one line
MAX_TYPED = 200  # characters of a name; the longest has 84
MIN_LETTERS = 3  # of the beginning of a word in a name
_ZIP_CODE = re.compile(r"([0-9]{5})(?:[- ]?[0-9]{4})?", re.ASCII)
_KEY = re.compile(r"([0-9]{5})[-/ ]*([0-9]{2})", re.ASCII)
_SHORT = re.compile(r"([A-Z]{2})[-/ ]*([0-9]{1,2})", re.ASCII)
_TITLE = re.compile(r"\(([A-Z]{2}-[0-9]{2})\)", re.ASCII)  # at the end of Locality.title
_REST = ("rest", "of")  # before the name of a state: what its other localities leave
_WORD = re.compile(r"[^\W_]+")
_SPELLINGS = {"ft": "fort", "saint": "st", "county": "cnty", "counties": "cntys", "poughkeepsie": "poughkpsie"}
_CAPITALS = frozenset({"DC", "MD", "VA", "NJ", "NYC", "N"})
EMPTY = "the locality is empty"
HINT = "name it as in 09102-04, FL-04 or Miami"


def find_locality(catalog: Catalog, typed: str, on: date) -> Locality:
    """Return the locality that is meant on a day: `09102-04`, `FL-04`, `Miami` or the ZIP code `33101`.

    Raise UsageError where no locality, or more than one, is meant, and where the set that knows it is not loaded.
    """
    shown = " ".join(typed.split())[:MAX_TYPED]
    text = shown.upper()
    if not text:
        raise UsageError(EMPTY, hint=HINT)
    selection = _require(catalog, "gpci", shown, on)
    records = sorted(selection.stores[0].iter_records(), key=label_locality)
    remark = zip_code = ""
    if match := _ZIP_CODE.fullmatch(text):
        zip_code = match[1]
        code, remark = _find_zip_code(catalog, zip_code, records, on)
        candidates = [record for record in records if record.code == code]
        if not candidates:
            raise UsageError(f"{remark}, which {selection.heading} does not have", hint=HINT)
    elif not (candidates := _find_candidates(text, records)):
        candidates, remark = _find_whole_state(text, records)
    if len(candidates) > 1:
        raise UsageError(f"{shown} may be {_name_some(candidates)}", hint="name one of them")
    if not candidates:
        raise UsageError(f"{shown}: no locality of {selection.heading}", hint=_suggest(text, records))
    doubts = selection.stores[0].details.get(DOUBTS, "")
    remarks = (remark, f"{selection.heading}: {doubts}" if doubts else "")
    return _make_locality(candidates[0], cite(selection), "; ".join(filter(None, remarks)), zip_code)


def _require(catalog: Catalog, name: str, typed: str, on: date) -> Selection:
    """Return the release of a set that answers for a day. Raise UsageError if none is loaded."""
    selection = catalog.select(name, on)
    if selection is None:
        raise UsageError(f"{typed}: no {CODE_SETS[name].title} loaded", hint=CODE_SETS[name].get)
    return selection


def _find_zip_code(catalog: Catalog, code: str, records: Iterable[Record], on: date) -> tuple[str, str]:
    """Return contractor and number of the locality of a ZIP code, and what is to be said of it."""
    selection = _require(catalog, "zip", f"ZIP code {code}", on)
    mark = selection.as_of if selection.is_unknown else selection.as_of.partition(", ")[2]
    source = f"{selection.heading}{f' ({mark})' if mark else ''}"
    record = next(iter(selection.stores[0].list_records(code)), None)
    if record is None:
        if localities := [record for record in records if record.code.startswith(f"{code}-")]:
            raise UsageError(f"{code} is the contractor of {_name_some(localities, 'and')}", hint="name one of them")
        raise UsageError(f"ZIP code {code} is not in {source}", hint="check it, or name the locality, as in FL-04")
    fields = selection.stores[0].name_fields(record)
    locality = f"{fields['contractor']}-{fields['locality']}"
    doubt = "; it may be in another one by its last four digits" if fields["plus_four"] == "1" else ""
    return locality, f"ZIP code {code} is in {locality} by {source}{doubt}"


def _find_candidates(text: str, records: Sequence[Record]) -> list[Record]:
    """Return the localities that a text may mean: one, several, or none."""
    if match := _KEY.fullmatch(text):
        return [record for record in records if record.code == f"{match[1]}-{match[2]}"]
    if match := _SHORT.fullmatch(text) or _SHORT.fullmatch("".join(_TITLE.findall(text)[-1:])):
        return [record for record in records if label_locality(record) == f"{match[1]}-{match[2].zfill(2)}"]
    if of_state := _list_state(text, records):
        return of_state
    *words, state = _split(text) or [""]
    of_state = _list_state(state, records)
    return _match_names(words, of_state) or _match_names([*words, state], records)


def _find_whole_state(text: str, records: Sequence[Record]) -> tuple[list[Record], str]:
    """Return the locality of a place in a state that has one locality, and that it is so: `Birmingham, AL`."""
    *place, state = _split(text) or [""]
    localities = _list_state(state, records)
    if not place or len(localities) != 1:
        return [], ""
    return localities, f"{state.upper()} has one locality, {localities[0].code}"


def _list_state(state: str, records: Iterable[Record]) -> list[Record]:
    """Return the localities of a state, those of other states that reach into it too: DC + MD/VA Suburbs."""
    state = state.upper()
    codes = {record.fields[0] for record in records}
    if state not in codes:
        return []
    return [record for record in records if state in {record.fields[0], *re.split("[ /]", record.fields[1])}]


def _match_names(words: Sequence[str], records: Sequence[Record]) -> list[Record]:
    """Return the localities of this name; else those whose names have these words; else words that begin so.

    The name of a state is that of all its localities: `New York` is not Rest of New York.
    """
    if not any(words):
        return []
    names = [(record, _split(record.fields[1])) for record in records]
    ways: tuple[Callable[[Sequence[str]], bool], ...] = (
        lambda name: [*name] == [*words],
        lambda name: {*words} <= {*name},
        lambda name: all(any(own.startswith(word) and len(word) >= MIN_LETTERS for own in name) for word in words),
    )
    for is_meant in ways:
        if candidates := [record for record, name in names if is_meant(name)]:
            rest = [record for record in candidates if _split(record.fields[1]) == [*_REST, *words]]
            return _list_state(rest[0].fields[0], records) if rest else candidates
    return []


def _split(text: str) -> list[str]:
    words = (match[0].casefold() for match in _WORD.finditer(text))
    return [_SPELLINGS.get(word, word) for word in words]


def _suggest(text: str, records: Sequence[Record]) -> str:
    """Return what may have been meant by a text that is no locality."""
    if match := _KEY.fullmatch(text):
        near = [record for record in records if record.code.startswith(match[1])]
    elif match := _SHORT.fullmatch(text):
        near = [record for record in records if record.fields[0] == match[1]]
    elif near := _list_state(text.rsplit(maxsplit=1)[-1], records):
        return f"its state has {_name_some(near, 'and')}; a ZIP code tells which"
    else:
        from cptref.fuzzy import closest

        codes = {record.code: record for record in records}
        names = {record.fields[1].casefold(): record for record in records}
        names |= {word: record for record in records for word in _split(record.fields[1])}
        near = [codes[code] for code in closest(text, codes, edits=1)] if text[0].isdecimal() else []
        near += [names[name] for name in closest(text.casefold(), names, edits=min(2, len(text) // MIN_LETTERS))]
    return f"did you mean {_name_some(dict.fromkeys(near))}?" if near else HINT


def _name_some(records: Iterable[Record], joint: str = "or") -> str:
    names = [f"{write_name(record.fields[1])} ({label_locality(record)})" for record in records]
    if (more := len(names) - MAX_NAMED) > 0:
        names = [*names[:MAX_NAMED], f"{more} more"]
    return f" {joint} ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _make_locality(record: Record, rule: Rule, remark: str, zip_code: str) -> Locality:
    contractor, _, number = record.code.partition("-")
    state, name, *indices = record.fields
    work, practice, malpractice = map(Decimal, indices)
    return Locality(contractor, number, state, write_name(name), work, practice, malpractice, rule, remark, zip_code)


def write_name(name: str) -> str:
    """Return a name of a locality, which CMS writes in capitals, as people write it: `Rest of Florida`."""
    words = re.split(r"([^\W\d_]+)", name)
    cased = (word if word in _CAPITALS else word.lower() if word == "OF" else word.capitalize() for word in words)
    return "".join(cased)
