"""Answers -> the compact objects that agents get: what the JSON has, less what an agent can do without.

The types say what each object has, and are what the schemas of the tools are made of. A value that is empty is left
out, and so is one that another key says; tests/render/test_compact.py lists each, with the reason.
"""

from collections.abc import Callable
from typing import Any, overload

from cptref.models.claims import ClaimAnswer
from cptref.models.codesets import SetsAnswer
from cptref.models.entries import ListAnswer, ShowAnswer
from cptref.models.fees import FeeAnswer
from cptref.models.hits import SearchAnswer, SymptomAnswer
from cptref.models.pairs import PairAnswer
from cptref.models.results import CompareAnswer, ModifiersAnswer
from cptref.render.compact.claims import ClaimObject, build_claim
from cptref.render.compact.comparison import CompareObject, build_compare
from cptref.render.compact.entries import (
    ListObject,
    ModifiersObject,
    ShowObject,
    build_list,
    build_modifiers,
    build_show,
)
from cptref.render.compact.fees import FeeObject, PairObject, build_fee, build_pair
from cptref.render.compact.hits import SearchObject, SymptomObject, build_search, build_symptom
from cptref.render.compact.limit import limit_bytes
from cptref.render.compact.objects import prune
from cptref.render.compact.sets import SetsObject, build_sets

__all__ = [
    "MAX_BYTES",
    "ClaimObject",
    "CompareObject",
    "FeeObject",
    "ListObject",
    "ModifiersObject",
    "PairObject",
    "SearchObject",
    "SetsObject",
    "ShowObject",
    "SymptomObject",
    "compact",
]

# Below 25,000 tokens of 2.5 bytes, where a client hands a model both the text and the structured form of a result.
MAX_BYTES = 30_000

# How each answer becomes an object, and how to ask for less.
_BUILDERS: dict[type, tuple[Callable[[Any], Any], str]] = {
    ShowAnswer: (build_show, "ask for fewer codes, or name sections"),
    CompareAnswer: (build_compare, "compare fewer codes, or name sections"),
    ModifiersAnswer: (build_modifiers, "name the modifiers or codes"),
    SearchAnswer: (build_search, "ask for fewer results, or name sections"),
    SymptomAnswer: (build_symptom, "ask for fewer results, or about fewer symptoms"),
    ListAnswer: (build_list, "look codes up, or search for them"),
    ClaimAnswer: (build_claim, "check fewer lines at once"),
    FeeAnswer: (build_fee, "ask for fewer codes or localities"),
    PairAnswer: (build_pair, "ask about one setting"),
    SetsAnswer: (build_sets, "remove sets that are not needed"),
}


@overload
def compact(answer: ShowAnswer, max_bytes: int | None = MAX_BYTES) -> ShowObject: ...
@overload
def compact(answer: CompareAnswer, max_bytes: int | None = MAX_BYTES) -> CompareObject: ...
@overload
def compact(answer: ModifiersAnswer, max_bytes: int | None = MAX_BYTES) -> ModifiersObject: ...
@overload
def compact(answer: SearchAnswer, max_bytes: int | None = MAX_BYTES) -> SearchObject: ...
@overload
def compact(answer: SymptomAnswer, max_bytes: int | None = MAX_BYTES) -> SymptomObject: ...
@overload
def compact(answer: ListAnswer, max_bytes: int | None = MAX_BYTES) -> ListObject: ...
@overload
def compact(answer: ClaimAnswer, max_bytes: int | None = MAX_BYTES) -> ClaimObject: ...
@overload
def compact(answer: FeeAnswer, max_bytes: int | None = MAX_BYTES) -> FeeObject: ...
@overload
def compact(answer: PairAnswer, max_bytes: int | None = MAX_BYTES) -> PairObject: ...
@overload
def compact(answer: SetsAnswer, max_bytes: int | None = MAX_BYTES) -> SetsObject: ...
def compact(answer: object, max_bytes: int | None = MAX_BYTES) -> Any:
    """Return the compact object of an answer, of at most this many bytes as JSON in UTF-8; None for no limit.

    What is too long is left out, and `left_out` says what that is and how to ask for it. Raise TypeError for an answer
    that has no compact object, and ValueError for a limit that is too small for any.
    """
    if type(answer) not in _BUILDERS:
        raise TypeError(f"{type(answer).__name__} has no compact object")
    build, advice = _BUILDERS[type(answer)]
    built = prune(build(answer))
    return built if max_bytes is None else limit_bytes(built, max_bytes, advice)
