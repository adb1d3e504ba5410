"""An answer as JSON or JSON Lines, for programs: the keys of the command line's contract, in UTF-8, never styled."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import date
from functools import singledispatch
from typing import TYPE_CHECKING, Any

from cptref.models.results import (
    CheckAnswer,
    CompareAnswer,
    ListAnswer,
    ModifiersAnswer,
    NotesAnswer,
    PathsAnswer,
    SearchAnswer,
    SectionsAnswer,
    ShowAnswer,
    SymptomAnswer,
    group_by_code,
)
from cptref.sanitize import UNSAFE_PATTERN
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from cptref.models.article import Dataset
    from cptref.models.results import Answer, AppendedModifier, Entry, Miss, Term

SCHEMA_VERSION = 1


def as_json(answer: Answer) -> str:
    """One JSON object and a newline. Unsafe characters stand as JSON escapes, so that none steers a terminal."""
    return _dumped({"schema_version": SCHEMA_VERSION} | build_object(answer), indent=2)


def as_lines(answer: Answer) -> str:
    """One JSON object a line for each result; of `compare`, for each entry and then each section; of `paths`, one."""
    plain = build_object(answer)
    listed = [plain[name] for name in ("results", "entries", "sections") if name in plain]
    return "".join(_dumped(one) for results in listed or [[plain]] for one in results)


@singledispatch
def build_object(answer: Answer) -> dict[str, Any]:
    """Return the JSON object of an answer. Raise TypeError for a type of answer that has none."""
    raise TypeError(f"{type(answer).__name__} has no JSON")


def _dumped(plain: dict[str, Any], indent: int | None = None) -> str:
    text = json.dumps(plain, default=_plain, ensure_ascii=False, indent=indent)
    return re.sub(UNSAFE_PATTERN, lambda found: _escape(found[0]), text) + "\n"


def _plain(value: Any) -> Any:  # noqa: ANN401 - what an entry is made of
    return value.isoformat() if isinstance(value, date) else asdict(value)


def _escape(character: str) -> str:
    """A character as JSON escapes it, in one unit of UTF-16 or two."""
    return "".join(f"\\u{unit}" for unit in character.encode("utf-16-be", "surrogatepass").hex(" ", 2).split())


@build_object.register(ShowAnswer)
def _build_show_object(answer: ShowAnswer) -> dict[str, Any]:
    typed = group_by_code(answer.appended)
    results = [
        entry._asdict() | {"sections": _sections_of(entry), "appended": _appended(entry.code, typed)}
        for entry in answer.entries
    ]
    return _with(answer.dataset, results=results, not_found=_misses(answer.misses, typed))


@build_object.register(CompareAnswer)
def _build_compare_object(answer: CompareAnswer) -> dict[str, Any]:
    typed = group_by_code(answer.appended)
    codes = [entry.code for entry in answer.entries]
    ranges = {one.code: {"low": one.cost.low, "high": one.cost.high} for one in answer.entries}
    entries = [
        {
            "code": one.code,
            "title": one.title,
            "category": one.category,
            "library": one.library,
            "verification": one.verification,
            "cost": ranges[one.code],
            "appended": _appended(one.code, typed),
        }
        for one in answer.entries
    ]
    sections = [
        {
            "key": one.key,
            "heading": CATALOGUE[one.key].heading,
            "shared": one.shared,
            "similar": [{code: line for code, line in zip(codes, row, strict=True) if line} for row in one.similar],
            "only": {code: lines for code, lines in zip(codes, one.only, strict=True) if lines},
            "lined_up": one.lined_up,
        }
        for one in answer.sections
    ]
    cost = {
        "currency": answer.entries[0].cost.currency if answer.entries else "USD",
        "low": min((one["low"] for one in ranges.values() if one["low"] is not None), default=None),
        "high": max((one["high"] for one in ranges.values() if one["high"] is not None), default=None),
        "ranges": ranges,
    }
    compared = {"codes": codes, "entries": entries, "sections": sections, "cost": cost}
    return _with(answer.dataset, **compared, not_found=_misses(answer.misses, typed))


@build_object.register(ModifiersAnswer)
def _build_modifiers_object(answer: ModifiersAnswer) -> dict[str, Any]:
    typed = group_by_code(answer.appended)
    of_codes = [
        {
            "code": entry.code,
            "title": entry.title,
            "library": entry.library,
            "verification": entry.verification,
            "modifiers": _appended(entry.code, typed),
        }
        for entry in answer.entries
    ]
    indicators = [{"bilateral_indicator": one.indicator, "meaning": one.meaning} for one in answer.indicators]
    results = [*map(asdict, answer.modifiers), *indicators, *of_codes]
    return _with(answer.dataset, results=results, not_found=_misses(answer.misses, typed))


def _appended(code: str, typed: dict[str, list[AppendedModifier]]) -> list[dict[str, Any]]:
    return [one._asdict() for one in typed.get(code, ())]


def _misses(misses: tuple[Miss, ...], typed: dict[str, list[AppendedModifier]]) -> list[dict[str, Any]]:
    return [miss._asdict() | {"appended": _appended(miss.code, typed)} for miss in misses]


@build_object.register(SearchAnswer)
def _build_search_object(answer: SearchAnswer) -> dict[str, Any]:
    return _with(
        answer.dataset,
        query=answer.query,
        understood=_understood(answer.understood),
        unmatched=_words(answer.unmatched),
        total=answer.total,
        suggestions=answer.suggestions,
        results=[hit._asdict() | {"matches": [one._asdict() for one in hit.matches]} for hit in answer.hits],
    )


@build_object.register(SymptomAnswer)
def _build_symptom_object(answer: SymptomAnswer) -> dict[str, Any]:
    symptoms = [
        complaint._asdict()
        | {"understood": _understood(complaint.understood), "unmatched": _words(complaint.unmatched)}
        for complaint in answer.symptoms
    ]
    results = [hit._asdict() | {"evidence": [one and one._asdict() for one in hit.evidence]} for hit in answer.hits]
    return _with(answer.dataset, symptoms=symptoms, total=answer.total, results=results)


def _words(texts: tuple[str, ...]) -> list[str]:
    return [word for text in texts for word in text.strip('"').split()]


def _understood(terms: tuple[Term, ...]) -> list[dict[str, Any]]:
    return [{"from": term.typed, "to": term.read_as, "tier": term.tier} for term in terms]


@build_object.register(ListAnswer)
def _build_list_object(answer: ListAnswer) -> dict[str, Any]:
    return _with(answer.dataset, total=answer.total, results=[entry._asdict() for entry in answer.entries])


@build_object.register(SectionsAnswer)
def _build_sections_object(answer: SectionsAnswer) -> dict[str, Any]:
    return {"results": [{"key": kind.key, "heading": kind.heading, "aliases": kind.aliases} for kind in answer.kinds]}


@build_object.register(PathsAnswer)
def _build_paths_object(answer: PathsAnswer) -> dict[str, Any]:
    return answer._asdict()


@build_object.register(NotesAnswer)
def _build_notes_object(answer: NotesAnswer) -> dict[str, Any]:
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
    return _with(answer.dataset, results=results)


@build_object.register(CheckAnswer)
def _build_check_object(answer: CheckAnswer) -> dict[str, Any]:
    found = {"faults": answer.faults, "warnings": answer.warnings}
    return {"checked": [one._asdict() for one in answer.checked]} | {
        name: [fault._asdict() for fault in faults] for name, faults in found.items()
    }


def _with(dataset: Dataset, **answer: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever JSON can hold
    """The dataset, then the answer. Each result has the notice too, since a line of JSON Lines stands by itself."""
    notice = dataset.notices.advice
    about = {"version": dataset.version, "released": dataset.released.isoformat(), "notice": notice}
    for name in {"results", "entries", "sections"} & answer.keys():
        answer[name] = [one | {"notice": notice} for one in answer[name]]
    return {"dataset": about, **answer}


def _sections_of(entry: Entry) -> list[dict[str, Any]]:
    return [
        {"key": one.key, "heading": CATALOGUE[one.key].heading, "intro": one.intro, "points": one.points}
        for one in entry.sections
    ]
