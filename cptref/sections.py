"""The catalogue of sections: the only place that knows their order, headings and aliases."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cptref.errors import UsageError
from cptref.fuzzy import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable


class SectionKind(NamedTuple):
    """A kind of section: the key scripts use, the heading people read, other names it goes by.

    `derived` sections have fields of their own in a dataset file, or stand in another file, as notes do.
    """

    key: str
    heading: str
    aliases: tuple[str, ...] = ()
    derived: bool = False


CATALOGUE = {
    kind.key: kind
    for kind in (
        SectionKind("overview", "Overview", ("summary", "description"), derived=True),
        SectionKind("used-when", "When it is used", ("indications", "when", "uses")),
        SectionKind("symptoms", "Symptoms", ("signs", "complaints")),
        SectionKind("causes", "Causes and risk factors", ("risk-factors",)),
        SectionKind("tests", "Tests beforehand", ("diagnostics", "diagnosis", "imaging")),
        SectionKind("procedure", "Procedure", ("steps", "technique")),
        SectionKind("preparation", "Preparation", ("before",)),
        SectionKind("recovery", "Recovery and aftercare", ("aftercare", "after")),
        SectionKind("complications", "Possible complications", ("risks", "side-effects")),
        SectionKind("follow-up", "Follow-up", ("followup", "monitoring")),
        SectionKind("alternatives", "Alternatives", ("other-treatments", "treatments")),
        SectionKind("home-care", "Home care", ("homecare", "self-care")),
        SectionKind("education", "Education and prevention", ("prevention",)),
        SectionKind("billing", "Billing", ("modifiers", "coding", "category"), derived=True),
        SectionKind("cost", "Cost and coverage", ("price", "insurance", "coverage"), derived=True),
        SectionKind("related", "Related codes", ("related-codes", "see-also", "codes")),
        SectionKind("references", "References", ("sources",)),
        SectionKind("faq", "Questions and answers", ("questions", "answers"), derived=True),
        SectionKind("notes", "Your notes", ("note", "remarks"), derived=True),
    )
}


def match_names(name: str) -> tuple[str, ...]:
    """The keys of the sections a typed name may mean, in order: one if it is clear, none if it fits nothing.

    A key or an alias fits whole; failing that, the beginning of a key; failing that, the beginning of an alias.
    """
    wanted = "-".join(name.casefold().replace("_", " ").replace("-", " ").split())
    kinds = CATALOGUE.values()
    if not wanted:
        return ()
    return (
        tuple(kind.key for kind in kinds if wanted == kind.key or wanted in kind.aliases)
        or tuple(kind.key for kind in kinds if kind.key.startswith(wanted))
        or tuple(kind.key for kind in kinds if any(alias.startswith(wanted) for alias in kind.aliases))
    )


def list_names() -> tuple[str, ...]:
    """Every name a section goes by: keys, then aliases."""
    return (*CATALOGUE, *(alias for kind in CATALOGUE.values() for alias in kind.aliases))


def parse_section_names(typed: str | Iterable[str]) -> tuple[str, ...]:
    """The sections meant by these names, some of which may be several with commas between them, in catalogue order.

    Raises UsageError for a name that fits none or several.
    """
    given = [typed] if isinstance(typed, str) else typed
    meant = {_parse_section_name(name.strip()) for several in given for name in several.split(",")}
    return tuple(key for key in CATALOGUE if key in meant)


def _parse_section_name(name: str) -> str:
    found = match_names(name)
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"section {name!r} could be {' or '.join(found)}", hint="type more of the name")
    meant = did_you_mean(name, list_names(), edits=min(2, len(name) // 3))
    raise UsageError(f"no section {name!r}", hint=f"{meant}the sections are {', '.join(CATALOGUE)}")
