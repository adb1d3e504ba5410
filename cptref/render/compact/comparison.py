"""Entries side by side as compact objects."""

from collections.abc import Sequence
from typing import Annotated

from typing_extensions import NotRequired, TypedDict

from cptref.models.results import CompareAnswer, SectionComparison
from cptref.render.compact.entries import ShowObject
from cptref.render.compact.entry import EntryObject, build_cost, build_entry, finish_entries, list_misses
from cptref.render.compact.listings import list_not_loaded, list_notices, name_day
from cptref.render.compact.objects import Says, build_dataset, optional


class SectionObject(TypedDict):
    """One section of several entries, each of their lines once; findings are with the entries."""

    key: str
    shared: NotRequired[Annotated[list[str], Says("lines that all of them have word for word")]]
    similar: NotRequired[Annotated[list[dict[str, str]], Says("lines that say nearly the same, by code")]]
    only: NotRequired[Annotated[dict[str, list[str]], Says("lines that no other has, by code")]]
    aligned: NotRequired[Annotated[bool, Says("false: too many lines to look for similar ones")]]


class CompareObject(ShowObject):
    """Codes side by side. Keys that would be empty are left out."""

    sections: NotRequired[list[SectionObject]]


def build_compare(answer: CompareAnswer) -> CompareObject:
    """Return the object of entries side by side."""
    listings = {listing.code: listing for listing in answer.listings}
    entries: list[EntryObject] = [
        {**build_entry(entry, listings.get(entry.code)), "cost": optional(build_cost(entry.cost))}
        for entry in answer.entries
    ]
    codes = [entry.code for entry in answer.entries]
    findings = {"", *(entry.verification.finding for entry in answer.entries)}
    sections = [_build_section(section, codes, findings) for section in answer.sections]
    return {
        "dataset": build_dataset(answer.dataset),
        "on": name_day(answer),
        "results": finish_entries(entries, answer),
        "sections": [section for section in sections if len(section) > 1],
        "not_found": list_misses(answer),
        "remarks": [*answer.remarks],
        "not_loaded": list_not_loaded(answer),
        "notices": list_notices(answer),
    }


def _build_section(section: SectionComparison, codes: Sequence[str], findings: set[str]) -> SectionObject:
    """Return a section without the findings of the entries."""
    said = findings if section.key == "verification" else {""}
    return {
        "key": section.key,
        "shared": [line for line in section.shared if line not in said],
        "similar": [
            {code: line for code, line in zip(codes, row, strict=True) if line}
            for row in section.similar
            if not said.issuperset(row)
        ],
        "only": {
            code: [line for line in lines if line not in said] for code, lines in zip(codes, section.only, strict=True)
        },
        "aligned": optional(None if section.aligned else False),
    }
