"""The catalogue of sections: the only place that knows their order, headings and aliases."""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
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
        Kind("overview", "Overview", ("summary", "description"), derived=True),
        Kind("used-when", "When it is used", ("indications", "when", "uses")),
        Kind("symptoms", "Symptoms", ("signs", "complaints")),
        Kind("causes", "Causes and risk factors", ("risk-factors",)),
        Kind("tests", "Tests beforehand", ("diagnostics", "diagnosis", "imaging")),
        Kind("procedure", "Procedure", ("steps", "technique")),
        Kind("preparation", "Preparation", ("before",)),
        Kind("recovery", "Recovery and aftercare", ("aftercare", "after")),
        Kind("complications", "Possible complications", ("risks", "side-effects")),
        Kind("follow-up", "Follow-up", ("followup", "monitoring")),
        Kind("alternatives", "Alternatives", ("other-treatments", "treatments")),
        Kind("home-care", "Home care", ("homecare", "self-care")),
        Kind("education", "Education and prevention", ("prevention",)),
        Kind("billing", "Billing", ("modifiers", "coding", "category"), derived=True),
        Kind("cost", "Cost and coverage", ("price", "insurance", "coverage"), derived=True),
        Kind("related", "Related codes", ("related-codes", "see-also", "codes")),
        Kind("references", "References", ("sources",)),
        Kind("faq", "Questions and answers", ("questions", "answers"), derived=True),
        Kind("notes", "Your notes", ("note", "remarks"), derived=True),
    )
}


def matching(name: str) -> tuple[str, ...]:
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


def names() -> tuple[str, ...]:
    """Every name a section goes by: keys, then aliases."""
    return (*CATALOGUE, *(alias for kind in CATALOGUE.values() for alias in kind.aliases))
