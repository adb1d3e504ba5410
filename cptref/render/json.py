"""An answer as JSON or JSON Lines, for programs: the keys that the command line promises, in UTF-8, never styled."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import singledispatch
from itertools import islice
from typing import TYPE_CHECKING, Any

from cptref.models.article import as_table
from cptref.models.codesets import AddAnswer, ChangesAnswer, RemoveAnswer, SetCodesAnswer, SetsAnswer
from cptref.models.entries import ListAnswer, ShowAnswer, group_by_code
from cptref.models.hits import SearchAnswer, SymptomAnswer
from cptref.models.results import CheckAnswer, CompareAnswer, ModifiersAnswer, NotesAnswer, PathsAnswer, SectionsAnswer
from cptref.sanitize import UNSAFE_PATTERN
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cptref.models.article import Dataset
    from cptref.models.codesets import CodeListing
    from cptref.models.entries import AppendedModifier, Contradiction, Entry, Miss
    from cptref.models.hits import SetHits, Term
    from cptref.models.results import Answer

SCHEMA_VERSION = 2
ITEMS_A_PIECE = 100  # each call of json leaves objects that only a search for cycles would free

# The lists of an answer whose objects are the lines of JSON Lines, in this order.
_RESULT_LISTS = ("results", "modifiers", "bilateral_indicators", "entries", "sections", "ranking")

# By name: other answers do without importing these types.
_CLAIMS = frozenset(f"cptref.models.{name}" for name in ("claims", "fees", "pairs"))
Object = dict[str, Any]


def iter_json(answer: Answer) -> Iterator[str]:
    """Yield one JSON object and a newline in pieces, since that of a long claim would not fit into memory whole.

    JSON escapes stand for unsafe characters, so none steers a terminal.
    """
    before = "{\n  "
    for key, value in ({"schema_version": SCHEMA_VERSION} | build_object(answer)).items():
        yield f"{before}{_serialize(key)}: "
        if isinstance(value, Iterator):
            opening = "["
            while items := [*islice(value, ITEMS_A_PIECE)]:
                yield opening + _serialize(items, 2).removeprefix("[").removesuffix("\n  ]")
                opening = ","
            yield "[]" if opening == "[" else "\n  ]"
        else:
            yield _serialize(value, 2)
        before = ",\n  "
    yield "\n}\n"


def iter_json_lines(answer: Answer) -> Iterator[str]:
    """Yield one JSON object per line for each result; the whole answer on one line if it is no list of results."""
    whole = build_object(answer)
    lists = [whole[name] for name in _RESULT_LISTS if name in whole]
    for results in lists or [[whole]]:
        for result in results:
            yield f"{_serialize(result)}\n"


@singledispatch
def build_object(answer: Answer) -> Object:
    """Return the JSON object of an answer. Raise TypeError for a type of answer that has none."""
    if type(answer).__module__ in _CLAIMS:
        from cptref.render import claims_json

        return claims_json.build_object(answer)
    raise TypeError(f"{type(answer).__name__} has no JSON")


def _serialize(value: object, column: int | None = None) -> str:
    """Return a value on one line, or on several that are indented behind a column."""
    text = json.dumps(as_table(value), default=str, ensure_ascii=False, indent=None if column is None else 2)
    text = escape_json(text)
    return text.replace("\n", f"\n{' ' * column}") if column else text


def escape_json(text: str) -> str:
    """Return JSON with the escapes of JSON for unsafe characters, so that it means the same and steers no terminal."""
    return re.sub(UNSAFE_PATTERN, lambda match: _escape_character(match[0]), text)


def _escape_character(character: str) -> str:
    """Return a character as JSON escapes it, in one or two units of UTF-16."""
    return "".join(f"\\u{unit}" for unit in character.encode("utf-16-be", "surrogatepass").hex(" ", 2).split())


def _add_dataset(dataset: Dataset, **values: Any) -> Object:  # noqa: ANN401 - whatever JSON can hold
    """Return the dataset, then the values. Each result has the notice too, since a line of JSON Lines stands alone."""
    notice = dataset.notices.advice
    about = {"version": dataset.version, "released": dataset.released.isoformat(), "notice": notice}
    for name in values.keys() & {*_RESULT_LISTS}:
        values[name] = [result | {"notice": notice} for result in values[name]]
    return {"dataset": about, **values}


@build_object.register(ShowAnswer)
def _build_show_object(answer: ShowAnswer) -> Object:
    appended = group_by_code(answer.appended)
    listings = {listing.code: listing for listing in answer.listings}
    results: list[Object] = [
        {key: value for key, value in entry._asdict().items() if key != "billing"}
        | {
            "sections": [] if answer.brief else _list_sections(entry),
            "see_instead": [{"code": code.code, "description": code.description} for code in entry.see_instead],
            "appended": appended.get(entry.code, []),
            "contradictions": _list_contradictions(answer, entry.code),
            "code_sets": _build_code_sets(listings.get(entry.code)),
        }
        for entry in answer.entries
    ]
    results += [
        {
            "kind": "listing",
            "code": listing.code,
            "title": listing.title,
            "appended": appended.get(listing.code, []),
            "contradictions": _list_contradictions(answer, listing.code),
            "code_sets": _build_code_sets(listing),
        }
        for listing in _list_without_entry(answer)
    ]
    not_found = _list_misses(answer.misses, appended)
    return _add_dataset(answer.dataset, results=results, not_found=not_found, not_loaded=_list_not_loaded(answer))


def _list_without_entry(answer: ShowAnswer | ModifiersAnswer) -> list[CodeListing]:
    """Return the listings of codes of which the library has no entry."""
    with_entry = {entry.code for entry in answer.entries}
    return [listing for listing in answer.listings if listing.listings and listing.code not in with_entry]


def _list_not_loaded(answer: ShowAnswer | CompareAnswer | ModifiersAnswer) -> list[str]:
    """Return how to get each code set that could have answered."""
    return [*dict.fromkeys(text for listing in answer.listings for text in listing.not_loaded)]


def _build_code_sets(listing: CodeListing | None) -> Object | None:
    if listing is None:
        return None
    listings = [
        each._asdict() | {"facts": [{"name": name, "values": values} for name, values in each.facts]}
        for each in listing.listings
    ]
    return listing._asdict() | {"on": listing.on.isoformat(), "listings": listings}


def _list_sections(entry: Entry) -> list[Object]:
    return [
        {
            "key": section.key,
            "heading": CATALOGUE[section.key].heading,
            "intro": section.intro,
            "points": section.points,
        }
        for section in entry.sections
    ]


def _list_contradictions(answer: ShowAnswer | CompareAnswer | ModifiersAnswer, code: str) -> list[Contradiction]:
    return [contradiction for contradiction in answer.contradictions if contradiction.on == code]


def _list_misses(misses: Sequence[Miss], appended: Mapping[str, Sequence[AppendedModifier]]) -> list[Object]:
    return [miss._asdict() | {"appended": appended.get(miss.code, [])} for miss in misses]


@build_object.register(CompareAnswer)
def _build_compare_object(answer: CompareAnswer) -> Object:
    appended = group_by_code(answer.appended)
    codes = [entry.code for entry in answer.entries]
    ranges = {entry.code: {"low": entry.cost.low, "high": entry.cost.high} for entry in answer.entries}
    entries = [
        {
            "kind": entry.kind,
            "code": entry.code,
            "title": entry.title,
            "category": entry.category,
            "library": entry.library,
            "replaces": entry.replaces,
            "verification": entry.verification,
            "verified_by": entry.verified_by,
            "bundled_verification": entry.bundled_verification,
            "published": entry.published,
            "cost": ranges[entry.code],
            "appended": appended.get(entry.code, []),
            "contradictions": _list_contradictions(answer, entry.code),
        }
        for entry in answer.entries
    ]
    sections = [
        {
            "key": section.key,
            "heading": CATALOGUE[section.key].heading,
            "shared": section.shared,
            "similar": [{code: line for code, line in zip(codes, row, strict=True) if line} for row in section.similar],
            "only": {code: lines for code, lines in zip(codes, section.only, strict=True) if lines},
            "aligned": section.aligned,
        }
        for section in answer.sections
    ]
    cost = {
        "currency": answer.entries[0].cost.currency if answer.entries else "USD",
        "low": min((ends["low"] for ends in ranges.values() if ends["low"] is not None), default=None),
        "high": max((ends["high"] for ends in ranges.values() if ends["high"] is not None), default=None),
        "ranges": ranges,
    }
    return _add_dataset(
        answer.dataset,
        codes=answer.codes,
        entries=entries,
        sections=sections,
        cost=cost,
        code_sets={listing.code: _build_code_sets(listing) for listing in answer.listings if listing.listings},
        not_found=_list_misses(answer.misses, appended),
        not_loaded=_list_not_loaded(answer),
    )


@build_object.register(ModifiersAnswer)
def _build_modifiers_object(answer: ModifiersAnswer) -> Object:
    appended = group_by_code(answer.appended)
    indicators = [
        {"bilateral_indicator": indicator.indicator, "meaning": indicator.meaning} for indicator in answer.indicators
    ]
    entries = [
        {
            "kind": entry.kind,
            "code": entry.code,
            "title": entry.title,
            "library": entry.library,
            "replaces": entry.replaces,
            "verification": entry.verification,
            "verified_by": entry.verified_by,
            "bundled_verification": entry.bundled_verification,
            "published": entry.published,
            "modifiers": appended.get(entry.code, []),
            "contradictions": _list_contradictions(answer, entry.code),
        }
        for entry in answer.entries
    ]
    return _add_dataset(
        answer.dataset,
        modifiers=[modifier._asdict() for modifier in answer.modifiers],
        bilateral_indicators=indicators,
        entries=[*entries, *_list_modifiers_without_entry(answer)],
        not_found=_list_misses(answer.misses, appended),
        not_loaded=_list_not_loaded(answer),
    )


def _list_modifiers_without_entry(answer: ModifiersAnswer) -> list[Object]:
    appended = group_by_code(answer.appended)
    return [
        {
            "kind": "listing",
            "code": listing.code,
            "title": listing.title,
            "modifiers": appended.get(listing.code, []),
            "contradictions": _list_contradictions(answer, listing.code),
        }
        for listing in _list_without_entry(answer)
    ]


@build_object.register(SearchAnswer)
def _build_search_object(answer: SearchAnswer) -> Object:
    return _add_dataset(
        answer.dataset,
        query=answer.query,
        understood=_list_terms(answer.understood),
        unmatched=_split_words(answer.unmatched),
        denied=answer.denied,
        silent=[silence._asdict() for silence in answer.silent],
        total=answer.total,
        suggestions=answer.suggestions,
        results=[_round_scores(hit) for hit in answer.hits],
        partial=answer.partial and _round_scores(answer.partial) | {"notice": answer.dataset.notices.advice},
        codes=answer.codes,
        sets=[_build_group(group) for group in answer.sets],
    )


def _build_group(group: SetHits) -> Object:
    """Return the hits in a code set with their scores rounded to two digits."""
    return group._asdict() | {"hits": [hit._asdict() | {"score": round(hit.score, 2)} for hit in group.hits]}


@build_object.register(SymptomAnswer)
def _build_symptom_object(answer: SymptomAnswer) -> Object:
    symptoms = [
        {
            "query": symptom.query,
            "understood": _list_terms(symptom.understood),
            "unmatched": _split_words(symptom.unmatched),
            "covered": symptom.covered,
            "denied": symptom.denied,
        }
        for symptom in answer.symptoms
    ]
    results = [_round_scores(hit) for hit in answer.hits]
    diagnoses = [group and _build_group(group) for group in answer.diagnoses]
    return _add_dataset(
        answer.dataset, symptoms=symptoms, total=answer.total, results=results, codes=answer.codes, diagnoses=diagnoses
    )


def _round_scores(value: Any) -> Any:  # noqa: ANN401 - a hit and what is in it
    """Return a hit with its scores, and those of its lines, rounded to two digits: the rest only orders equal ones."""
    table = as_table(value)
    for line in (table, *table.get("matches", ()), *filter(None, table.get("evidence", ()))):
        line["score"] = round(line["score"], 2)
    return table


def _list_terms(terms: Sequence[Term]) -> list[Object]:
    return [{"from": term.typed, "to": term.read_as, "tier": term.tier} for term in terms]


def _split_words(texts: Sequence[str]) -> list[str]:
    """Return the words of texts, of which some are quoted phrases."""
    return [word for text in texts for word in text.strip('"').split()]


@build_object.register(ListAnswer)
def _build_list_object(answer: ListAnswer) -> Object:
    return _add_dataset(answer.dataset, total=answer.total, results=[item._asdict() for item in answer.entries])


@build_object.register(SectionsAnswer)
def _build_sections_object(answer: SectionsAnswer) -> Object:
    return {"results": [{"key": kind.key, "heading": kind.heading, "aliases": kind.aliases} for kind in answer.kinds]}


@build_object.register(PathsAnswer)
def _build_paths_object(answer: PathsAnswer) -> Object:
    return answer._asdict()


@build_object.register(NotesAnswer)
def _build_notes_object(answer: NotesAnswer) -> Object:
    results = [
        {
            "code": noted.code,
            "title": noted.title,
            "held": bool(noted.title),
            "notes": [
                {"number": number, "text": note.text, "added": note.added.isoformat()}
                for number, note in enumerate(noted.notes, 1)
            ],
        }
        for noted in answer.codes
    ]
    return _add_dataset(answer.dataset, results=results)


@build_object.register(CheckAnswer)
def _build_check_object(answer: CheckAnswer) -> Object:
    return {
        "checked": [path._asdict() for path in answer.checked],
        "faults": [fault._asdict() for fault in answer.faults],
        "warnings": [warning._asdict() for warning in answer.warnings],
    }


@build_object.register(AddAnswer)
def _build_add_object(answer: AddAnswer) -> Object:
    return {"dry_run": answer.dry_run, "results": [file._asdict() for file in answer.files]}


@build_object.register(SetsAnswer)
def _build_sets_object(answer: SetsAnswer) -> Object:
    results = [
        {"name": loaded.release.name, "heading": loaded.heading, "due": loaded.due} | loaded.release._asdict()
        for loaded in answer.sets
    ]
    return {"on": answer.on, "folder": answer.folder, "results": results, "damaged": answer.damaged}


@build_object.register(RemoveAnswer)
def _build_remove_object(answer: RemoveAnswer) -> Object:
    results = [{"name": name, "stores": stores} for name, stores in answer.removed]
    return {"results": results, "not_found": answer.unknown}


@build_object.register(ChangesAnswer)
def _build_changes_object(answer: ChangesAnswer) -> Object:
    results = [
        change._asdict() | {"fields": [{"name": name, "old": old, "new": new} for name, old, new in change.fields]}
        for change in answer.changes
    ]
    return {
        "set": answer.set,
        "old": answer.old,
        "new": answer.new,
        "counts": dict(answer.counts),
        "field_counts": dict(answer.field_counts),
        "summary": answer.summary,
        "results": results,
        "unchanged": answer.unchanged,
        "not_found": answer.unknown,
        "notices": answer.notices,
    }


@build_object.register(SetCodesAnswer)
def _build_set_codes_object(answer: SetCodesAnswer) -> Object:
    about = {name: value for name, value in answer._asdict().items() if name != "codes"}
    return about | {"results": [code._asdict() for code in answer.codes]}
