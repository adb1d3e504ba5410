"""Entries as compact objects, with what is published of their codes and the modifiers on them; and misses."""

from collections.abc import Iterable
from typing import Annotated, Literal

from typing_extensions import NotRequired, TypedDict

from cptref.indicators import summarize_figures
from cptref.models.article import Cost, Status, Verification
from cptref.models.codes import PublishedCode
from cptref.models.codesets import CodeListing
from cptref.models.entries import BUNDLED, AppendedModifier, Entry, Miss, MissReason, Verdict, group_by_code
from cptref.render.compact.listings import CodeAnswer, CodeSetsObject, build_code_sets
from cptref.render.compact.objects import MAX_ALONE, Says, differing, optional
from cptref.render.parts import LOOKS

Descriptions = Annotated[dict[str, str], Says("what each code is published for")]
Library = Annotated[str, Says("the dataset that it is from, if it is not the bundled one")]
Statuses = Annotated[dict[Status, str], Says("what each verification status among the results means")]


class VerificationObject(TypedDict):
    """The finding: what comparing the article with the published code set has shown."""

    status: Status
    headline: Annotated[str, Says("the status in words: whether the code may be billed for what the article describes")]
    finding: NotRequired[str]
    checked_against: NotRequired[list[str]]
    checked_on: NotRequired[str]
    see_instead: NotRequired[Annotated[list[str], Says("further codes to look at instead")]]
    bilateral_indicator: NotRequired[Annotated[int, Says("what it says itself; that of the code is what counts")]]
    by: NotRequired[Annotated[str, Says("the dataset whose finding it is, if it is not the bundled one")]]


class PublishedObject(TypedDict):
    """What the code is published for, whatever an article says."""

    description: NotRequired[str]
    remark: NotRequired[str]
    release: str
    figures: NotRequired[Annotated[str, Says("add-on, global period, both sides, units a day")]]


class CostObject(TypedDict):
    """The average cost according to the article, which names no source and no year."""

    low: int
    high: int
    currency: str


class AppendedObject(TypedDict):
    """A modifier on the code, and whether the two go together."""

    code: str
    input: NotRequired[Annotated[str, Says("as typed, if it was typed otherwise")]]
    set: NotRequired[str]
    meaning: NotRequired[str]
    listed: NotRequired[Annotated[bool, Says("whether the article names it")]]
    verdict: Verdict
    assessment: NotRequired[Annotated[str, Says("what the verdict rests on")]]


class ContradictionObject(TypedDict):
    """Modifiers typed on one code that do not go together."""

    modifiers: list[str]
    problem: str


class EntryObject(TypedDict):
    """A code: an article on it, what is published of it (code), or what code sets alone say of it (listing)."""

    kind: Literal["article", "code", "listing"]
    code: str
    title: NotRequired[str]
    verification: NotRequired[VerificationObject]
    bundled_verification: NotRequired[VerificationObject]
    category: NotRequired[str]
    library: NotRequired[Library]
    replaces: NotRequired[Annotated[str, Says("the dataset whose entry this one replaces")]]
    published: NotRequired[PublishedObject]
    see_instead: NotRequired[Descriptions]
    bilateral_indicator: NotRequired[Annotated[int, Says("how Medicare pays both sides: field BILAT SURG")]]
    summary: NotRequired[str]
    modifiers: NotRequired[Annotated[list[str], Says("those that the article names")]]
    appended: NotRequired[list[AppendedObject]]
    contradictions: NotRequired[list[ContradictionObject]]
    cost: NotRequired[CostObject]
    code_sets: NotRequired[CodeSetsObject]
    sections: NotRequired[Annotated[dict[str, list[str]], Says("lines by section; an introduction comes first")]]
    source: NotRequired[str]


class MissObject(TypedDict):
    """A code that gets no answer, and why."""

    input: NotRequired[str]
    inputs: NotRequired[Annotated[list[str], Says("of which all this holds, instead of input")]]
    code: NotRequired[Annotated[str, Says("what it was read as")]]
    reason: Annotated[
        MissReason,
        Says(
            "out-of-scope: of a set that is not read here; not-loaded: a set that may have it is missing; "
            "not-held: a code, but unknown here; no-section: known, without this section"
        ),
    ]
    message: str
    nearest: NotRequired[Annotated[list[str], Says("close codes: other procedures, offered and never chosen")]]
    appended: NotRequired[list[AppendedObject]]


def build_entry(entry: Entry, listing: CodeListing | None) -> EntryObject:
    """Return what holds of an entry in every answer that has one."""
    verification = build_verification(entry.verification, entry.verified_by, entry)
    bundled = entry.bundled_verification
    return {
        "kind": entry.kind,
        "code": entry.code,
        "title": entry.title,
        "verification": verification,
        "bundled_verification": optional(bundled and build_verification(bundled, BUNDLED, entry)),
        "category": entry.category,
        "library": differing(entry.library, BUNDLED),
        "replaces": entry.replaces,
        "published": optional(entry.published and _build_published(entry.published, entry.title)),
        "see_instead": describe_codes(entry.see_instead),
        "bilateral_indicator": optional(entry.bilateral_indicator),
        "code_sets": optional(listing and build_code_sets(listing, entry.title)),
    }


def build_whole_entry(entry: Entry, listing: CodeListing | None, *, brief: bool) -> EntryObject:
    """Return an entry with its sections, or without them, if it is to be `brief`."""
    sections = {} if brief else _list_sections(entry)
    return {
        **build_entry(entry, listing),
        "summary": entry.summary,
        "modifiers": [modifier.code for modifier in entry.modifiers],
        "cost": optional(None if "cost" in sections else build_cost(entry.cost)),
        "sections": sections,
        "source": entry.source.words if entry.source else "",
    }


def build_verification(verification: Verification, by: str, entry: Entry) -> VerificationObject:
    """Return a finding on the code of an entry."""
    described = {code.code for code in entry.see_instead}
    indicator = verification.bilateral_indicator
    return {
        "status": verification.status,
        "headline": LOOKS[verification.status].headline,
        "finding": verification.finding,
        "checked_against": [*verification.checked_against],
        "checked_on": verification.checked_on.isoformat() if verification.checked_on else "",
        "see_instead": [code for code in verification.see_instead if code not in described],
        "bilateral_indicator": optional(None if indicator == entry.bilateral_indicator else indicator),
        "by": differing(by, BUNDLED),
    }


def _build_published(published: PublishedCode, title: str) -> PublishedObject:
    return {
        "description": differing(published.description, title),
        "remark": published.remark,
        "release": published.release,
        "figures": summarize_figures(published),
    }


def build_cost(cost: Cost) -> CostObject | None:
    """Return the amounts of an article, None if it has none."""
    if cost.low is None or cost.high is None:
        return None
    return {"low": cost.low, "high": cost.high, "currency": cost.currency}


def _list_sections(entry: Entry) -> dict[str, list[str]]:
    """Return the lines of each section without those that are a field of their own: summary, finding, category."""
    said = {entry.summary, entry.verification.finding, f"Code: {entry.code}", f"Category: {entry.category}"}
    return {
        section.key: [
            line
            for line in (section.intro, *section.points)
            if line and not (section.key in {"overview", "verification", "billing"} and line in said)
        ]
        for section in entry.sections
    }


def describe_codes(codes: Iterable[PublishedCode]) -> dict[str, str]:
    """Return what codes are published for."""
    return {code.code: code.description for code in codes}


def finish_entries(results: Iterable[EntryObject], answer: CodeAnswer) -> list[EntryObject]:
    """Return the objects of entries, then of codes that code sets alone have, each with the modifiers on the code."""
    entries = [*results]
    with_entry = {entry["code"] for entry in entries}
    entries += [
        {
            "kind": "listing",
            "code": listing.code,
            "title": listing.title,
            "code_sets": build_code_sets(listing, listing.title),
        }
        for listing in answer.listings
        if listing.listings and listing.code not in with_entry
    ]
    appended = group_by_code(answer.appended)
    contradictions: dict[str, list[ContradictionObject]] = {}
    for each in answer.contradictions:
        contradictions.setdefault(each.on, []).append({"modifiers": [*each.modifiers], "problem": each.problem})
    for entry in entries:
        entry["appended"] = [*map(_build_appended, appended.get(entry["code"], ()))]
        entry["contradictions"] = contradictions.get(entry["code"], [])
    return entries


def _build_appended(modifier: AppendedModifier) -> AppendedObject:
    return {
        "code": modifier.code,
        "input": optional(differing(modifier.input, modifier.code) or None),
        "set": modifier.set,
        "meaning": modifier.meaning,
        "listed": optional(modifier.listed),
        "verdict": modifier.verdict,
        "assessment": modifier.assessment,
    }


def list_misses(answer: CodeAnswer) -> list[MissObject]:
    """Return the codes that get no answer, with the modifiers typed on them.

    Many with the same message, but for their close codes, are told together, or they would take the room of answers.
    """
    appended = group_by_code(answer.appended)
    groups: dict[tuple[str, ...], list[Miss]] = {}
    for miss in answer.misses:
        on_it = miss.input if miss.code in appended else ""
        groups.setdefault((miss.reason, _say_without_nearest(miss), on_it), []).append(miss)
    objects: list[MissObject] = []
    for (_, message, _), misses in groups.items():
        if len(misses) > MAX_ALONE:
            inputs = [miss.input for miss in misses]
            objects.append({"inputs": inputs, "reason": misses[0].reason, "message": message})
            continue
        objects += [
            {
                "input": miss.input,
                "code": miss.code,
                "reason": miss.reason,
                "message": miss.message,
                "nearest": [*miss.nearest],
                "appended": [*map(_build_appended, appended.get(miss.code, ()))],
            }
            for miss in misses
        ]
    return objects


def _say_without_nearest(miss: Miss) -> str:
    """Return a message without its end, where that names the close codes."""
    before, _, end = miss.message.rpartition("; ")
    return before if miss.nearest and end.endswith(", ".join(miss.nearest)) else miss.message


def explain_statuses(statuses: Iterable[Status | None]) -> dict[Status, str]:
    """Return what each verification status that occurs means."""
    return {status: LOOKS[status].headline for status in dict.fromkeys(statuses) if status}
