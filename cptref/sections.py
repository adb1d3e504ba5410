"""The catalogue of sections, which alone defines their order, headings and aliases."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cptref.errors import UsageError
from cptref.fuzzy import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable


class SectionKind(NamedTuple):
    """A kind of section: the key that scripts use, the heading that people read, its aliases.

    A `derived` section is made of other fields of a dataset file, or comes from another file, like notes.
    """

    key: str
    heading: str
    aliases: tuple[str, ...] = ()
    derived: bool = False


CATALOGUE = {
    kind.key: kind
    for kind in (
        SectionKind("overview", "Overview", ("summary", "description"), derived=True),
        SectionKind("verification", "What the published code set says", ("finding", "verdict", "check"), derived=True),
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


# The sections of a dataset file: those without a field of their own, and billing, which adds to its fields.
STORED_SECTIONS = tuple(key for key, kind in CATALOGUE.items() if not kind.derived or key == "billing")


def match_names(name: str) -> tuple[str, ...]:
    """Return the keys of the sections that a typed name may mean, in catalogue order.

    A whole key or alias wins over the beginning of a key, and that over the beginning of an alias. One key means that
    the name is clear, none that it is unknown.
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
    """Return every name of every section: keys, then aliases."""
    return (*CATALOGUE, *(alias for kind in CATALOGUE.values() for alias in kind.aliases))


def parse_section_names(typed: str | Iterable[str]) -> tuple[str, ...]:
    """Return the keys of the named sections in catalogue order; one argument may hold several names between commas.

    Raise UsageError for a name that is unknown or ambiguous.
    """
    arguments = [typed] if isinstance(typed, str) else typed
    keys = {_parse_section_name(name.strip()) for argument in arguments for name in argument.split(",")}
    return tuple(key for key in CATALOGUE if key in keys)


def _parse_section_name(name: str) -> str:
    keys = match_names(name)
    if len(keys) == 1:
        return keys[0]
    if keys:
        raise UsageError(f"section {name!r} could be {' or '.join(keys)}", hint="type more of the name")
    suggestion = did_you_mean(name, list_names(), edits=min(2, len(name) // 3))
    raise UsageError(f"no section {name!r}", hint=f"{suggestion}the sections are {', '.join(CATALOGUE)}")
