"""The code sets that are loaded as compact objects."""

from typing import Annotated

from typing_extensions import NotRequired, TypedDict

from cptref.models.codesets import LoadedSet, SetsAnswer
from cptref.models.verdicts import ADVICE
from cptref.render.compact.objects import LeftOut, Says


class LoadedSetObject(TypedDict):
    """A release that is loaded."""

    set: str
    release: str
    heading: Annotated[str, Says("set and release in words")]
    part: NotRequired[str]
    effective_from: str
    effective_to: str
    content: str
    refused: NotRequired[Annotated[list[str], Says("rows of the file that were left out, and why")]]
    doubts: NotRequired[str]
    due: NotRequired[Annotated[str, Says("a newer release is due, and how to get it")]]


class SetsObject(TypedDict):
    """The releases that are loaded, which of them are out of date on a day, and which sets are missing."""

    on: str
    sets: NotRequired[list[LoadedSetObject]]
    damaged: NotRequired[Annotated[list[str], Says("stores that can't be read")]]
    not_loaded: NotRequired[Annotated[list[str], Says("code sets that are not loaded, and how to get them")]]
    advice: str
    left_out: NotRequired[LeftOut]


def build_sets(answer: SetsAnswer) -> SetsObject:
    """Return the object of the loaded sets."""
    return {
        "on": answer.on.isoformat(),
        "sets": [*map(_build_loaded, answer.sets)],
        "damaged": [*answer.damaged],
        "not_loaded": [*answer.not_loaded],
        "advice": ADVICE,
    }


def _build_loaded(loaded: LoadedSet) -> LoadedSetObject:
    release = loaded.release
    return {
        "set": release.set,
        "release": release.release,
        "heading": loaded.heading,
        "part": loaded.part,
        "effective_from": release.effective_from.isoformat(),
        "effective_to": release.effective_to.isoformat(),
        "content": release.counts,
        "refused": [*release.refused],
        "doubts": release.details.get("doubts", ""),
        "due": loaded.due,
    }
