"""Answers to questions in words as compact objects."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

from typing_extensions import NotRequired, TypedDict

from cptref.indicators import summarize_figures
from cptref.models.article import Status
from cptref.models.entries import BUNDLED, EntryKind
from cptref.models.hits import Complaint, Fit, Hit, SearchAnswer, SetHit, SetHits, SymptomAnswer, Term, Tier
from cptref.render.compact.entry import Descriptions, Library, Statuses, describe_codes, explain_statuses
from cptref.render.compact.objects import (
    AsOf,
    DatasetObject,
    LeftOut,
    Notices,
    Says,
    build_dataset,
    differing,
    list_distinct,
    optional,
)

Score = Annotated[float, Says("the share of the query that it covers, 0 to 1")]
LoosestTier = Annotated[Tier, Says("its loosest match")]
Missing = Annotated[list[str], Says("words of the query that it does not mention")]
MAX_MATCHES = 3  # lines of an entry: enough to tell why it matches; the entry has all of them
Denied = Annotated[list[str], Says("what the query denies: it matches nothing")]
Unmatched = Annotated[list[str], Says("words that nothing mentions")]
OnlyDenies = Annotated[bool, Says("true: it only denies, so there is nothing to look for")]
Total = Annotated[int, Says("how many there are; the limit takes the best of them")]
# Keys that are words of Python.
TermObject = TypedDict("TermObject", {"from": str, "to": list[str], "tier": Tier})


class MatchObject(TypedDict):
    """A line that matches the query."""

    section: str
    text: str
    score: Score
    tier: NotRequired[Annotated[Tier, Says("its loosest match, if it is not that of the result")]]


class HitObject(TypedDict):
    """An entry that matches the query, with its best lines."""

    kind: EntryKind
    code: str
    title: NotRequired[str]
    figures: NotRequired[Annotated[str, Says("of a published code: global period, both sides, units a day")]]
    library: NotRequired[Library]
    verification: Status
    bundled_verification: NotRequired[Status]
    score: Score
    tier: LoosestTier
    missing: NotRequired[Missing]
    matches: NotRequired[list[MatchObject]]
    total: NotRequired[Annotated[int, Says("how many of its lines match, if it is more than are here")]]


class SetHitObject(TypedDict):
    """A code of a code set, and the line by which it matches."""

    code: str
    title: NotRequired[str]
    text: NotRequired[Annotated[str, Says("the line that matches, if it is not the title")]]
    kind: NotRequired[Annotated[Literal["inclusion", "index"], Says("where that line is from, if it is no title")]]
    score: Score
    tier: LoosestTier
    missing: NotRequired[Missing]
    billable: NotRequired[Annotated[bool, Says("false: a category; a code below it is billed")]]
    note: NotRequired[str]


class SetHitsObject(TypedDict):
    """The best codes of one code set."""

    set: str
    release: str
    heading: str
    as_of: NotRequired[AsOf]
    total: Total
    hits: list[SetHitObject]


class SilenceObject(TypedDict):
    """What the question asks about, and a section that should answer it and does not mention it."""

    section: str
    subject: str
    codes: Annotated[list[str], Says("the first of the articles of which this is true")]
    total: int


class SearchObject(TypedDict):
    """Entries and codes that match a query. Keys that would be empty are left out."""

    dataset: DatasetObject
    on: NotRequired[Annotated[str, Says("the day on which the code sets were asked")]]
    query: str
    understood: NotRequired[Annotated[list[TermObject], Says("words that were read as others")]]
    unmatched: NotRequired[Unmatched]
    denied: NotRequired[Denied]
    only_denies: NotRequired[OnlyDenies]
    silent: NotRequired[list[SilenceObject]]
    suggestions: NotRequired[Annotated[list[str], Says("words close to those typed: offered, never chosen")]]
    total: Total
    says: NotRequired[Annotated[str, Says("that nothing matches")]]
    results: list[HitObject]
    statuses: NotRequired[Statuses]
    partial: NotRequired[Annotated[HitObject, Says("no result: the entry that comes closest")]]
    codes: NotRequired[Annotated[Descriptions, Says("published codes to see instead of those of the articles")]]
    sets: NotRequired[list[SetHitsObject]]
    notices: NotRequired[Notices]
    left_out: NotRequired[LeftOut]


class ComplaintObject(TypedDict):
    """A symptom as it was reported and read, with the diagnoses for it."""

    query: str
    understood: NotRequired[list[TermObject]]
    unmatched: NotRequired[Unmatched]
    denied: NotRequired[Denied]
    only_denies: NotRequired[OnlyDenies]
    covered: Annotated[bool, Says("whether any entry covers it")]
    diagnoses: NotRequired[SetHitsObject]


class EvidenceObject(TypedDict):
    """The line of an entry that covers a symptom best."""

    symptom: str
    section: str
    text: str
    score: Score
    tier: LoosestTier
    missing: NotRequired[Missing]


class FitObject(TypedDict):
    """An entry that fits symptoms, with the line for each that it covers."""

    kind: EntryKind
    code: str
    title: NotRequired[str]
    library: NotRequired[Library]
    verification: Status
    bundled_verification: NotRequired[Status]
    covered: int
    of: int
    score: Score
    evidence: NotRequired[list[EvidenceObject]]


class SymptomObject(TypedDict):
    """Entries that fit what a patient reports, those that cover most first. Keys that would be empty are left out."""

    dataset: DatasetObject
    on: NotRequired[Annotated[str, Says("the day on which the code sets were asked")]]
    symptoms: list[ComplaintObject]
    total: Total
    results: list[FitObject]
    statuses: NotRequired[Statuses]
    codes: NotRequired[Annotated[Descriptions, Says("published codes to see instead of those of the articles")]]
    notices: NotRequired[Notices]
    left_out: NotRequired[LeftOut]


def build_search(answer: SearchAnswer) -> SearchObject:
    """Return the object of a search."""
    hits = (*answer.hits, *((answer.partial,) if answer.partial else ()))
    return {
        "dataset": build_dataset(answer.dataset),
        "on": answer.on.isoformat() if answer.on else "",
        "query": answer.query,
        "understood": _list_terms(answer.understood),
        "unmatched": _split_words(answer.unmatched),
        "denied": [*answer.denied],
        "only_denies": optional(answer.only_denies or None),
        "silent": [
            {
                "section": silence.section,
                "subject": silence.subject,
                "codes": [*silence.codes],
                "total": silence.total,
            }
            for silence in answer.silent
        ],
        "suggestions": [*answer.suggestions],
        "total": answer.total,
        "says": _explain_none(answer),
        "results": [*map(_build_hit, answer.hits)],
        "statuses": _explain_statuses(hits),
        "partial": optional(answer.partial and _build_hit(answer.partial)),
        "codes": describe_codes(answer.codes),
        "sets": [*map(_build_group, answer.sets)],
        "notices": list_distinct(group.notice for group in answer.sets),
        "left_out": _explain_limit(len(answer.hits), answer.total, answer.sets),
    }


def _explain_none(answer: SearchAnswer) -> str:
    """Return that nothing matches the query, "" if something does."""
    if answer.hits or answer.sets or answer.only_denies:
        return ""
    return f"no match{'; partial comes closest' if answer.partial else ''}"


def _explain_limit(kept: int, total: int, groups: Iterable[SetHits]) -> str:
    """Return how much of what matches a limit has left, and how to get at the rest, "" if all is there."""
    counts = [(kept, total, "entries")]
    counts += [(len(group.hits), group.total, f"codes of {group.heading}") for group in groups]
    clauses = [f"{here:,} of {of:,} {what}" for here, of, what in counts if here < of]
    advice = "narrow by more words, sets or billable, or raise the limit"
    return f"{', '.join(dict.fromkeys(clauses))} within the limit; {advice}" if clauses else ""


def _build_hit(hit: Hit) -> HitObject:
    return {
        "kind": hit.kind,
        "code": hit.code,
        "title": hit.title,
        "figures": summarize_figures(hit.published) if hit.published else "",
        "library": differing(hit.library, BUNDLED),
        "verification": hit.verification,
        "bundled_verification": optional(hit.bundled_verification),
        "score": round(hit.score, 2),
        "tier": hit.tier,
        "missing": [*hit.missing],
        "matches": [
            {
                "section": match.section,
                "text": match.text,
                "score": round(match.score, 2),
                "tier": optional(None if match.tier == hit.tier else match.tier),
            }
            for match in hit.matches[:MAX_MATCHES]
        ],
        "total": optional(hit.total if hit.total > MAX_MATCHES else None),
    }


def _build_group(group: SetHits) -> SetHitsObject:
    return {
        "set": group.set,
        "release": group.release,
        "heading": group.heading,
        "as_of": group.as_of,
        "total": group.total,
        "hits": [*map(_build_set_hit, group.hits)],
    }


def _build_set_hit(hit: SetHit) -> SetHitObject:
    return {
        "code": hit.code,
        "title": hit.title,
        "text": differing(hit.text, hit.title),
        "kind": optional(None if hit.kind == "title" else hit.kind),
        "score": round(hit.score, 2),
        "tier": hit.tier,
        "missing": [*hit.missing],
        "billable": optional(hit.billable),
        "note": hit.note,
    }


def build_symptom(answer: SymptomAnswer) -> SymptomObject:
    """Return the object of a search by symptoms."""
    diagnoses: Sequence[SetHits | None] = answer.diagnoses or (None,) * len(answer.symptoms)
    return {
        "dataset": build_dataset(answer.dataset),
        "on": answer.on.isoformat() if answer.on else "",
        "symptoms": [
            _build_complaint(symptom, group) for symptom, group in zip(answer.symptoms, diagnoses, strict=True)
        ],
        "total": answer.total,
        "results": [*map(_build_fit, answer.hits)],
        "statuses": _explain_statuses(answer.hits),
        "codes": describe_codes(answer.codes),
        "notices": list_distinct(group.notice for group in answer.diagnoses if group),
        "left_out": _explain_limit(len(answer.hits), answer.total, filter(None, answer.diagnoses)),
    }


def _build_complaint(symptom: Complaint, group: SetHits | None) -> ComplaintObject:
    return {
        "query": symptom.query,
        "understood": _list_terms(symptom.understood),
        "unmatched": _split_words(symptom.unmatched),
        "denied": [*symptom.denied],
        "only_denies": optional(symptom.only_denies or None),
        "covered": symptom.covered,
        "diagnoses": optional(group and _build_group(group)),
    }


def _build_fit(fit: Fit) -> FitObject:
    return {
        "kind": fit.kind,
        "code": fit.code,
        "title": fit.title,
        "library": differing(fit.library, BUNDLED),
        "verification": fit.verification,
        "bundled_verification": optional(fit.bundled_verification),
        "covered": fit.covered,
        "of": fit.of,
        "score": round(fit.score, 2),
        "evidence": [
            {
                "symptom": evidence.symptom,
                "section": evidence.section,
                "text": evidence.text,
                "score": round(evidence.score, 2),
                "tier": evidence.tier,
                "missing": [*evidence.missing],
            }
            for evidence in fit.evidence
            if evidence
        ],
    }


def _explain_statuses(items: Iterable[Hit | Fit]) -> dict[Status, str]:
    return explain_statuses(status for item in items for status in (item.verification, item.bundled_verification))


def _list_terms(terms: Iterable[Term]) -> list[TermObject]:
    return [{"from": term.typed, "to": [*term.read_as], "tier": term.tier} for term in terms]


def _split_words(texts: Iterable[str]) -> list[str]:
    """Return the words of texts, of which some are quoted phrases."""
    return [word for text in texts for word in text.strip('"').split()]
