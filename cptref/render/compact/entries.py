"""Entries, the list of them, and modifiers as compact objects."""

from typing import Annotated

from typing_extensions import NotRequired, TypedDict

from cptref.models.article import ModifierTopic, Status
from cptref.models.entries import BUNDLED, EntryKind, ListAnswer, ShowAnswer
from cptref.models.results import ModifiersAnswer
from cptref.render.compact.entry import (
    EntryObject,
    Library,
    MissObject,
    Statuses,
    build_entry,
    build_whole_entry,
    explain_statuses,
    finish_entries,
    list_misses,
)
from cptref.render.compact.listings import list_not_loaded, list_notices, name_day
from cptref.render.compact.objects import (
    DatasetObject,
    LeftOut,
    Notices,
    NotLoaded,
    Says,
    build_dataset,
    differing,
    optional,
)


class ShowObject(TypedDict):
    """Codes as they were asked for. Keys that would be empty are left out."""

    dataset: DatasetObject
    on: NotRequired[Annotated[str, Says("the day on which the code sets were asked")]]
    results: list[EntryObject]
    not_found: NotRequired[list[MissObject]]
    remarks: NotRequired[list[str]]
    not_loaded: NotRequired[NotLoaded]
    notices: NotRequired[Notices]
    left_out: NotRequired[LeftOut]


class ListItemObject(TypedDict):
    """A code of the library."""

    kind: EntryKind
    code: str
    title: NotRequired[str]
    category: NotRequired[str]
    verification: Status
    bundled_verification: NotRequired[Status]
    library: NotRequired[Library]
    replaces: NotRequired[str]


class ListObject(TypedDict):
    """The codes of the library, in order."""

    dataset: DatasetObject
    total: int
    results: list[ListItemObject]
    statuses: NotRequired[Statuses]
    left_out: NotRequired[LeftOut]


class ModifierObject(TypedDict):
    """A modifier and its meaning."""

    code: str
    set: str
    meaning: NotRequired[str]
    about: ModifierTopic
    bilateral: NotRequired[Annotated[bool, Says("true: it names one side or both")]]
    answers_pair_edit: NotRequired[Annotated[bool, Says("true: it may let two services of one day be paid (NCCI)")]]


class IndicatorObject(TypedDict):
    """A bilateral indicator of Medicare."""

    bilateral_indicator: int
    meaning: str


class ModifiersObject(ShowObject):
    """Codes and modifiers as they were asked for. Keys that would be empty are left out."""

    modifiers: NotRequired[list[ModifierObject]]
    bilateral_indicators: NotRequired[list[IndicatorObject]]


def build_show(answer: ShowAnswer) -> ShowObject:
    """Return the object of entries."""
    listings = {listing.code: listing for listing in answer.listings}
    results = (build_whole_entry(entry, listings.get(entry.code), brief=answer.brief) for entry in answer.entries)
    return {
        "dataset": build_dataset(answer.dataset),
        "on": name_day(answer),
        "results": finish_entries(results, answer),
        "not_found": list_misses(answer),
        "remarks": [*answer.remarks],
        "not_loaded": list_not_loaded(answer),
        "notices": list_notices(answer),
    }


def build_list(answer: ListAnswer) -> ListObject:
    """Return the object of a list of codes."""
    return {
        "dataset": build_dataset(answer.dataset),
        "total": answer.total,
        "results": [
            {
                "kind": item.kind,
                "code": item.code,
                "title": item.title,
                "category": item.category,
                "verification": item.verification,
                "bundled_verification": optional(item.bundled_verification),
                "library": differing(item.library, BUNDLED),
                "replaces": item.replaces,
            }
            for item in answer.entries
        ],
        "statuses": explain_statuses(
            status for item in answer.entries for status in (item.verification, item.bundled_verification)
        ),
        "left_out": _explain_limit(len(answer.entries), answer.total),
    }


def _explain_limit(kept: int, total: int) -> str:
    """Return how much of a list a limit has left, "" if all is there."""
    return f"{kept:,} of {total:,} codes within the limit; raise the limit, or search for them" if kept < total else ""


def build_modifiers(answer: ModifiersAnswer) -> ModifiersObject:
    """Return the object of modifiers."""
    listings = {listing.code: listing for listing in answer.listings}
    entries = (build_entry(entry, listings.get(entry.code)) for entry in answer.entries)
    return {
        "dataset": build_dataset(answer.dataset),
        "on": name_day(answer),
        "modifiers": [
            {
                "code": modifier.code,
                "set": modifier.set,
                "meaning": modifier.meaning,
                "about": modifier.about,
                "bilateral": optional(modifier.bilateral or None),
                "answers_pair_edit": optional(modifier.answers_pair_edit or None),
            }
            for modifier in answer.modifiers
        ],
        "bilateral_indicators": [
            {"bilateral_indicator": indicator.indicator, "meaning": indicator.meaning}
            for indicator in answer.indicators
        ],
        "results": finish_entries(entries, answer),
        "not_found": list_misses(answer),
        "remarks": [*answer.remarks],
        "not_loaded": list_not_loaded(answer),
        "notices": list_notices(answer),
    }
