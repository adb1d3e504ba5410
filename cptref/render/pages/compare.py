"""The page of a comparison: what differs before what all entries share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.indicators import list_figures
from cptref.models.article import COST_ORIGIN
from cptref.models.entries import group_by_code
from cptref.render.blocks import Columns, Facts, Heading, Paragraph, Points, RangeBars, Run, Table, Title
from cptref.render.parts import (
    build_bundled_finding,
    build_finding,
    build_footer,
    describe_contradiction,
    describe_modifiers,
    get_look,
)
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cptref.models.results import CompareAnswer, SectionComparison
    from cptref.render.blocks import Block, Document


def build_page(answer: CompareAnswer) -> Document:
    """Return the blocks of the page."""
    if not answer.entries:
        return ()
    codes = tuple(entry.code for entry in answer.entries)
    verdicts = (f"{entry.code} {get_look(entry).sign} {get_look(entry).word}" for entry in answer.entries)
    appended = tuple(
        fact
        for code, modifiers in group_by_code(answer.appended).items()
        if code in codes
        for fact in describe_modifiers(modifiers, label=f"{code} with ")
    )
    described = ((*describe_contradiction(item), item.on) for item in answer.contradictions)
    contradictions = tuple((f"{name} on {code}", values) for name, values, code in described)
    facts = (*appended, *contradictions)
    figures = _compare_figures(answer)
    differing = (block for section in answer.sections for block in _build_differences(section, answer))
    return (
        Title(f"Compared: {', '.join(codes)}", running=f"Compared: {', '.join(verdicts)}"),
        *(finding for entry in answer.entries for finding in (build_finding(entry), *build_bundled_finding(entry))),
        *((Facts(facts),) if facts else ()),
        *_build_differing_figures(figures, codes),
        *differing,
        *_build_shared(answer, figures),
        build_footer(answer.dataset),
    )


def _compare_figures(answer: CompareAnswer) -> dict[str, tuple[str, ...]]:
    """Return what codes.toml says of the codes: for each name of a figure, one value for each code."""
    columns = [dict(list_figures(entry.published)) if entry.published else {} for entry in answer.entries]
    names = dict.fromkeys(name for column in columns for name in column)
    return {name: tuple(column.get(name, "-") for column in columns) for name in names}


def _build_differing_figures(figures: dict[str, tuple[str, ...]], codes: tuple[str, ...]) -> Iterator[Table]:
    if rows := tuple((name, *values) for name, values in figures.items() if len(set(values)) > 1):
        yield Table(("", *codes), rows, column_keys=True)


def _build_differences(section: SectionComparison, answer: CompareAnswer) -> Iterator[Block]:
    """Yield what differs in a section; nothing if the entries say the same."""
    codes = tuple(entry.code for entry in answer.entries)
    if not section.similar and not any(section.only):
        return
    yield Heading(CATALOGUE[section.key].heading)
    if section.key == "cost":
        costs = [(entry.code, entry.cost) for entry in answer.entries if entry.cost.range]
        rows = tuple((code, cost.low or 0, cost.high or 0, cost.range) for code, cost in costs)
        maximum = max((high for _, _, high, _ in rows), default=0)
        if rows:
            yield RangeBars(f"Cost on average, {COST_ORIGIN}; scale from $0 to ${maximum:,}:", rows, maximum)
    if not section.aligned:
        yield Paragraph((Run("Too many lines to align similar ones: only identical lines are matched."),))
    if any(section.only):
        yield Columns("Only", codes, (section.only,), aligned=False)
    if section.similar:
        similar = tuple(tuple((line,) if line else () for line in row) for row in section.similar)
        yield Columns("Worded alike", codes, similar, aligned=True)


def _build_shared(answer: CompareAnswer, figures: dict[str, tuple[str, ...]]) -> Iterator[Block]:
    """Yield what is the same for all entries: their figures, then what they say, section by section."""
    sections = [section for section in answer.sections if section.shared]
    shared = [f"{name}: {value}" for name, (value, *others) in figures.items() if {*others} == {value}]
    if sections or shared:
        yield Heading("The same for all" if answer.entries[2:] else "The same for both")
    if shared:
        yield Paragraph((Run("Figures:"),))
        yield Points(tuple((Run(line),) for line in shared))
    for section in sections:
        yield Paragraph((Run(f"{CATALOGUE[section.key].heading}:"),))
        yield Points(tuple((Run(line),) for line in section.shared))
