"""Parts of pages: an entry with its finding, modifiers and sections; a search hit with its lines; the footer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.render.blocks import (
    Block,
    Callout,
    Facts,
    Footer,
    Heading,
    Line,
    Paragraph,
    Points,
    Run,
    Title,
)
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cptref.models.article import Dataset, Status
    from cptref.models.results import AppendedModifier, Complaint, Entry, Evidence, Fit, Hit, Match

# A status as lists name it.
STATUS_LABELS: dict[Status, str] = {
    "verified": "verified",
    "conflict": "conflict",
    "not-listed": "not listed",
    "unverified": "unverified",
}
# The headline above a finding.
_STATUS_HEADLINES: dict[Status, str] = {
    "verified": "VERIFIED: agrees with the published code set",
    "conflict": "CONFLICT: the published code set gives this code to another service",
    "not-listed": "NOT LISTED: the published code set, as far as checked, has no such code",
    "unverified": "UNVERIFIED: not checked against the published code set",
}


def build_entry(entry: Entry, appended: Iterable[AppendedModifier], *, whole: bool) -> Iterator[Block]:
    """Yield an entry: its title, finding and facts, then its sections. A `whole` entry has modifiers and cost too."""
    yield build_title(entry)
    yield build_callout(entry)
    facts = [describe_modifier(modifier) for modifier in appended]
    if whole:
        modifiers = tuple(f"{modifier.code}: {modifier.meaning}" for modifier in entry.modifiers)
        facts += (("Modifiers", modifiers), ("Average cost", (entry.cost.range,) if entry.cost.range else ()))
    yield Facts((*((name, values) for name, values in facts if values), *list_origin(entry)))
    for section in entry.sections:
        yield Heading(CATALOGUE[section.key].heading)
        if section.intro:
            yield Paragraph((Run(section.intro),))
        if section.points:
            yield Points(tuple((Run(point),) for point in section.points))


def build_title(entry: Entry) -> Title:
    """Return the title of an entry: code, title, category and status."""
    status = STATUS_LABELS[entry.verification.status]
    return Title(f"{entry.code}  {entry.title} ({entry.category}, {status})")


def build_callout(entry: Entry, label: str = "") -> Callout:
    """Return the finding on an entry, with `label` before its headline."""
    verification = entry.verification
    facts = (("See instead", verification.see_instead), ("Checked against", verification.checked_against))
    return Callout(
        label=f"{label}{_STATUS_HEADLINES[verification.status]}",
        text=verification.finding,
        facts=tuple((name, ", ".join(values)) for name, values in facts if values),
        alarm=verification.status in {"conflict", "not-listed"},
    )


def list_origin(entry: Entry) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the library that an entry is from, and the page that it was imported from."""
    yield "Library", (entry.library,)
    if entry.source:
        yield "Source", (entry.source.words,)


def describe_modifier(modifier: AppendedModifier, label: str = "Modifier") -> tuple[str, tuple[str, ...]]:
    """Return a modifier on a code, and its meaning, whether the entry lists it, and its assessment."""
    unknown = "not in the library, so its meaning is unknown; cptref modifiers lists the known ones"
    listed = "the entry lists it" if modifier.listed else "the entry does not list it"
    return f"{label} {modifier.code}", (modifier.meaning or unknown, listed, modifier.assessment)


def build_hit(hit: Hit) -> Iterator[Block]:
    """Yield an entry that a search found: its code, title and score, then its best lines."""
    missing = f", does not mention: {', '.join(hit.missing)}" if hit.missing else ""
    about = f"{STATUS_LABELS[hit.verification]}, {hit.library}, score {hit.score}{missing}"
    yield Heading(f"{hit.code}  {hit.title} ({about})")
    more = hit.total - len(hit.matches)
    rest = ((Run(f"and {more} more {'line' if more == 1 else 'lines'}"),),) if more else ()
    yield Points((*(_format_match(match) for match in hit.matches), *rest))


def build_fit(fit: Fit, symptoms: Iterable[Complaint]) -> Iterator[Block]:
    """Yield an entry that fits what a patient reports: its code, title and score, then a line for each symptom."""
    about = f"{STATUS_LABELS[fit.verification]}, {fit.library}, covers {fit.covered} of {fit.of}, score {fit.score}"
    yield Heading(f"{fit.code}  {fit.title} ({about})")
    pairs = zip(symptoms, fit.evidence, strict=True)
    yield Points(tuple((Run(f"{symptom.query}: "), *_format_evidence(evidence)) for symptom, evidence in pairs))


def _format_evidence(evidence: Evidence | None) -> Line:
    if evidence is None:
        return (Run("not covered"),)
    missing = f" (does not mention: {', '.join(evidence.missing)})" if evidence.missing else ""
    return tuple(run for run in (*_format_match(evidence), Run(missing)) if run.text)


def _format_match(match: Match | Evidence) -> Line:
    tier = "" if match.tier == "exact" else f" ({match.tier})"
    runs = [Run(CATALOGUE[match.section].heading, marked=not match.marks), Run(f"{tier}: ")]
    end = 0
    for start, stop in _join_adjacent_marks(match):
        runs += (Run(match.text[end:start]), Run(match.text[start:stop], marked=True))
        end = stop
    return tuple(run for run in (*runs, Run(match.text[end:])) if run.text)


def _join_adjacent_marks(match: Match | Evidence) -> list[tuple[int, int]]:
    """Return the marks of a line, with those of words next to each other joined."""
    joined: list[tuple[int, int]] = []
    for start, stop in match.marks:
        if joined and match.text[joined[-1][1] : start].isspace():
            joined.append((joined.pop()[0], stop))
        else:
            joined.append((start, stop))
    return joined


def build_footer(dataset: Dataset) -> Footer:
    """Return the footer of every page about codes: the dataset's version, and that it is no advice."""
    return Footer(f"Dataset {dataset.version}, released {dataset.released}. {dataset.notices.advice}")
