"""An answer as JSON, for programs: the keys of the command line's contract, in UTF-8, never styled."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cptref.characters import UNSAFE
from cptref.model import ListAnswer, PathsAnswer, SearchAnswer, SectionsAnswer, ShowAnswer, SymptomAnswer
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Callable

    from cptref.model import Dataset, Entry, Term
    from cptref.render.page import Answer

SCHEMA_VERSION = 1


def as_json(answer: Answer) -> str:
    """One JSON object and a newline. Unsafe characters stand as JSON escapes, so that none steers a terminal."""
    plain = {"schema_version": SCHEMA_VERSION} | _PLAIN[type(answer)](answer)
    text = json.dumps(plain, default=asdict, ensure_ascii=False, indent=2)
    return re.sub(UNSAFE, lambda found: _escape(found[0]), text) + "\n"


def _escape(character: str) -> str:
    """A character as JSON escapes it, in one unit of UTF-16 or two."""
    return "".join(f"\\u{unit}" for unit in character.encode("utf-16-be", "surrogatepass").hex(" ", 2).split())


def _show(answer: ShowAnswer) -> dict[str, Any]:
    return {
        "dataset": _dataset(answer.dataset),
        "results": [entry._asdict() | {"sections": _sections_of(entry)} for entry in answer.entries],
        "not_found": [miss._asdict() for miss in answer.misses],
    }


def _search(answer: SearchAnswer) -> dict[str, Any]:
    return {
        "dataset": _dataset(answer.dataset),
        "query": answer.query,
        "understood": _understood(answer.understood),
        "unmatched": _words(answer.unmatched),
        "total": answer.total,
        "suggestions": answer.suggestions,
        "results": [hit._asdict() | {"matches": [one._asdict() for one in hit.matches]} for hit in answer.hits],
    }


def _symptom(answer: SymptomAnswer) -> dict[str, Any]:
    return {
        "dataset": _dataset(answer.dataset),
        "symptoms": [
            complaint._asdict()
            | {"understood": _understood(complaint.understood), "unmatched": _words(complaint.unmatched)}
            for complaint in answer.symptoms
        ],
        "total": answer.total,
        "results": [
            hit._asdict() | {"evidence": [one and one._asdict() for one in hit.evidence]} for hit in answer.hits
        ],
    }


def _words(texts: tuple[str, ...]) -> list[str]:
    return [word for text in texts for word in text.strip('"').split()]


def _understood(terms: tuple[Term, ...]) -> list[dict[str, Any]]:
    return [{"from": term.typed, "to": term.read_as, "tier": term.tier} for term in terms]


def _list(answer: ListAnswer) -> dict[str, Any]:
    return {"dataset": _dataset(answer.dataset), "results": [entry._asdict() for entry in answer.entries]}


def _sections(answer: SectionsAnswer) -> dict[str, Any]:
    return {"results": [{"key": kind.key, "heading": kind.heading, "aliases": kind.aliases} for kind in answer.kinds]}


def _paths(answer: PathsAnswer) -> dict[str, Any]:
    return answer._asdict()


_PLAIN: dict[type, Callable[..., dict[str, Any]]] = {
    ShowAnswer: _show,
    SearchAnswer: _search,
    SymptomAnswer: _symptom,
    ListAnswer: _list,
    SectionsAnswer: _sections,
    PathsAnswer: _paths,
}


def _dataset(dataset: Dataset) -> dict[str, str]:
    return {
        "version": dataset.version,
        "released": dataset.released.isoformat(),
        "notice": dataset.notices.advice,
    }


def _sections_of(entry: Entry) -> list[dict[str, Any]]:
    return [
        {"key": one.key, "heading": CATALOGUE[one.key].heading, "intro": one.intro, "points": one.points}
        for one in entry.sections
    ]
