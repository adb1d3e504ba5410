"""What ICD-10-CM says about a code: whether it is billed, the codes around it, and every note that applies to it.

Notes stand at a code or above it, up to the chapter. Each is shown with where it stands, and quoted as in the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cptref.codesets.icd10cm import (
    CHAPTER,
    NOTES,
    SECTION,
    Diagnosis,
    complete_code,
    get_code,
    iter_above,
    iter_codes,
)
from cptref.codesets.releases import short_release
from cptref.codesets.store import choose_store
from cptref.lookup.listings import make_listing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from cptref.codesets.catalog import Catalog, Selection
    from cptref.codesets.store import StoreReader
    from cptref.models.codesets import Fact, Listing, ListingState

MAX_CODES = 20  # listed below or beside a code: a screenful
# What the kinds of notes are called, in the order in which they are shown.
_NOTE_NAMES = {
    "includes": "Includes",
    "inclusion": "Inclusion terms",
    "excludes1": "Excludes1",
    "excludes2": "Excludes2",
    "code_first": "Code first",
    "use_additional": "Use additional",
    "code_also": "Code also",
    "notes": "Notes",
    "seventh_note": "7th character note",
}


class _Place(NamedTuple):
    """A code, section or chapter at which notes stand, with its fields."""

    key: str
    fields: Mapping[str, str]


class _Child(NamedTuple):
    """A code right below another one, and the billable codes that it stands for: itself, or those below it."""

    code: Diagnosis
    billable: list[Diagnosis]


def describe(catalog: Catalog, selection: Selection, code: str, on: date) -> Listing:
    """Return what the release says about a code, spelled with its dot.

    Of a code that it does not have, say which loaded releases have it, and what is near it.
    """
    release = short_release("fiscal", selection.release)
    diagnosis = get_code(selection.stores, code)
    others = dict(_iter_other_releases(catalog, selection.release, code))
    children = _list_children(selection, code)
    facts: list[Fact] = []
    fields = {"releases": ", ".join(([release] if diagnosis else []) + [*others])}
    state: ListingState = "not-listed"
    if diagnosis:
        state = "listed" if diagnosis.billable else "header"
        says = f"billable in {release}" if diagnosis.billable else f"not billable in {release}"
        short = _find_short(selection, code)
        places = [*_iter_places(choose_store(selection.stores), code)]
        facts += [("Short text", (short,))] if short != diagnosis.title else []
        facts += _list_below(diagnosis, children)
        facts += _list_notes(code, places)
        if choose_store(selection.stores).name.part != "tabular":  # else their absence looks as if there were none
            facts += [("Notes", (f"unknown: add the tabular list of {release}, which has them",))]
        facts += _list_siblings(selection, diagnosis, places)
        facts += [("Other releases", tuple(f"{name}: {_name_state(each)}" for name, each in others.items()))]
        fields |= _list_fields(diagnosis, short, places)
    elif children:  # a codes file has no headers
        state, says = "header", f"not billable in {release}"
        facts += _list_below(Diagnosis(code, "", billable=False), children)
    else:
        says = f"in {', '.join(others)}, not in {release}" if others else f"not in {release}"
        near, suggested = _list_near(selection, code)
        if suggested:
            says += f"; did you mean {suggested}?"
        elif near:
            says += f"; the nearest above it is {near[0][1][0].partition(':')[0]}"
        facts += near
        fields["suggested"] = suggested
    if state == "header":
        says += f": {_explain_header(code, children)}"
    if selection.is_unknown:
        state, says = "unknown", f"unknown on {on}; {says}"
    title = diagnosis.title if diagnosis else ""
    shown = tuple((name, values) for name, values in facts if any(values))
    return make_listing(selection, code, state=state, says=says, title=title, facts=shown, fields=fields)


def _iter_other_releases(catalog: Catalog, release: str, code: str) -> Iterator[tuple[str, Diagnosis]]:
    for other in catalog.list_releases("icd10cm"):
        if other != release and (diagnosis := get_code(catalog.open_release("icd10cm", other), code)):
            yield short_release("fiscal", other), diagnosis


def _name_state(diagnosis: Diagnosis) -> str:
    return "billable" if diagnosis.billable else "not billable"


def _find_short(selection: Selection, code: str) -> str:
    """Return the short text of a code, which the order file of a release has; "" where it is not loaded."""
    for store in selection.stores:
        if store.name.part == "order":
            return next((store.name_fields(record)["short"] for record in store.list_records(code)), "")
    return ""


def _iter_places(store: StoreReader, code: str) -> Iterator[_Place]:
    """Yield a code and what is above it, the chapter last."""
    fields: Mapping[str, str] = {}
    for record in (*store.list_records(code), *iter_above(store, code)):
        fields = store.name_fields(record)
        yield _Place(record.code, fields)
    while parent := fields.get("parent", ""):
        fields = next(map(store.name_fields, store.list_records(parent)), {})
        if fields:
            yield _Place(parent, fields)


# The codes around it


def _list_children(selection: Selection, code: str) -> list[_Child]:
    """Return the codes right below a code: each is followed by those below itself, which begin with it."""
    children: list[_Child] = []
    for each in iter_codes(selection.stores, code):
        if each.code == code:
            continue
        if not children or not each.code.startswith(children[-1].code.code):
            children.append(_Child(each, []))
        if each.billable:
            children[-1].billable.append(each)
    return children


def _needs_character(code: str, children: Sequence[_Child]) -> bool:
    """Return whether a code lacks its 7th character, and nothing else."""
    return bool(children) and all(complete_code(code, child.code.code[-1]) == child.code.code for child in children)


def _explain_header(code: str, children: Sequence[_Child]) -> str:
    if _needs_character(code, children):
        return "its 7th character is missing"
    count = sum(len(child.billable) for child in children)
    return f"{count:,} billable code{'s' if count != 1 else ''} below it"


def _list_below(diagnosis: Diagnosis, children: Sequence[_Child]) -> Iterator[Fact]:
    """Yield the codes to bill in place of a header; if they don't fit on a screen, the codes right below it."""
    if _needs_character(diagnosis.code, children):
        yield "7th characters", tuple(_describe_child(child, diagnosis.title) for child in children)
        return
    billable = [code for child in children for code in child.billable]
    if len(billable) <= MAX_CODES:
        yield "Billable codes", tuple(f"{code.code}: {code.title}" for code in billable)
    else:
        yield "Codes below", tuple(_cut(map(_describe_child, children), diagnosis.code))


def _list_siblings(selection: Selection, diagnosis: Diagnosis, places: Sequence[_Place]) -> Iterator[Fact]:
    """Yield the other codes that are right below the same code."""
    above = next((place for place in places if place.key != diagnosis.code), None)
    if above is None or above.key.startswith((CHAPTER, SECTION)):
        return
    children = _list_children(selection, above.key)
    needs_character = _needs_character(above.key, children)
    values = [
        _describe_child(child, above.fields["title"] if needs_character else "")
        for child in children
        if child.code.code != diagnosis.code
    ]
    yield "Other 7th characters" if needs_character else "Siblings", tuple(_cut(values, above.key))


def _describe_child(child: _Child, shared: str = "") -> str:
    """Return a code with its text, without the text that it shares with the code above it."""
    text = child.code.title.removeprefix(f"{shared}, ")
    below = "" if child.code.billable else f" ({len(child.billable):,} billable below)"
    return f"{child.code.code}: {text}{below}"


def _cut(lines: Iterable[str], code: str) -> list[str]:
    values = [*lines]
    if len(values) <= MAX_CODES:
        return values
    return [*values[:MAX_CODES], f"and {len(values) - MAX_CODES} more, which begin with {code}"]


def _list_near(selection: Selection, code: str) -> tuple[list[Fact], str]:
    """Return what is near a code that is not there, and the code that it may be, "" if there is none.

    A 7th character without the X in the places before it is put right; digits are never guessed.
    """
    suggested = complete_code(code[:-1].rstrip("X"), code[-1])
    if suggested == code or not get_code(selection.stores, suggested):
        suggested = ""
    record = next(iter_above(choose_store(selection.stores), code), None)
    nearest = get_code(selection.stores, record.code) if record else None
    if nearest is None:
        return [], suggested
    children = _list_children(selection, nearest.code)
    says = "billable" if nearest.billable else f"not billable: {_explain_header(nearest.code, children)}"
    above = f"{nearest.code}: {nearest.title} ({says})"
    return [("Nearest above", (above,)), *_list_below(nearest, children)], suggested


# Notes


def _list_notes(code: str, places: Sequence[_Place]) -> Iterator[Fact]:
    """Yield the path from the chapter down, and the notes of every kind, each with where it stands."""
    yield "Path", tuple(f"{key}: {fields['title']}" for key, fields in reversed(places) if key != code)
    for kind, name in _NOTE_NAMES.items():
        yield (
            name,
            tuple(
                note if key == code else f"{key}: {note}"
                for key, fields in places
                for note in fields.get(kind, "").split("\n")
                if note
            ),
        )


def _list_fields(diagnosis: Diagnosis, short: str, places: Sequence[_Place]) -> dict[str, str]:
    """Return the fields as in the file: notes by kind, of what is above the code behind its name."""
    above = [place for place in places if place.key != diagnosis.code]
    fields = {
        "billable": "1" if diagnosis.billable else "0",
        "short": short,
        "long": diagnosis.title,
        "character": diagnosis.character,
        "parent": above[0].key if above else "",
        "chapter": next((place.key for place in above if place.key.startswith(CHAPTER)), "").removeprefix(CHAPTER),
    }
    for key, place_fields in places:
        of = "" if key == diagnosis.code else f"{key} "
        fields |= {f"{of}{kind}": text for kind in NOTES if (text := place_fields.get(kind, ""))}
    return fields
