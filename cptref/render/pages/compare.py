"""The page of a comparison: what differs before what all entries share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.indicators import list_figures
from cptref.models.article import COST_ORIGIN
from cptref.models.entries import NOTES, group_by_code
from cptref.render.blocks import Columns, Facts, Heading, Paragraph, Points, RangeBars, Run, Table, Title
from cptref.render.listings import ComparedFacts, build_check, build_notices, compare_listings, list_notices
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

MAX_CELL = 80  # characters of a fact in a table: a longer one stands in columns that are wrapped


def build_page(answer: CompareAnswer) -> Document:
    """Return the blocks of the page."""
    codes = answer.codes
    if not codes:
        return ()
    listed = {listing.code for listing in answer.listings if listing.listings}
    known = [entry for entry in answer.entries if entry.library != NOTES or entry.code not in listed]
    signs = {entry.code: f" {get_look(entry).sign} {get_look(entry).word}" for entry in known}
    verdicts = (f"{code}{signs.get(code, '')}" for code in codes)
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
    releases = dict(compare_listings(codes, answer.listings)) if answer.listings else {}
    differing = (block for section in answer.sections for block in _build_differences(section, answer))
    return (
        Title(f"Compared: {', '.join(codes)}", running=f"Compared: {', '.join(verdicts)}"),
        *(finding for entry in known for finding in (build_finding(entry), *build_bundled_finding(entry))),
        *((Facts(facts),) if facts else ()),
        *_build_differing_figures(figures, tuple(entry.code for entry in answer.entries)),
        *(check for listing in answer.listings for check in build_check(listing, listing.code)),
        *(block for heading, facts in releases.items() for block in _build_differing_facts(heading, facts, codes)),
        *differing,
        *_build_shared(answer, figures, releases),
        *build_notices(list_notices(answer.listings)),
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


def _build_differing_facts(heading: str, facts: ComparedFacts, codes: tuple[str, ...]) -> Iterator[Block]:
    """Yield the facts of a release that are not the same for all codes: short ones in a table, others in columns."""
    differing = {name: cells for name, cells in facts.items() if len(set(cells)) > 1}
    if not differing:
        return
    yield Heading(heading)
    short = {
        name: cells for name, cells in differing.items() if max(len("".join(values)) for values in cells) <= MAX_CELL
    }
    if short:
        rows = tuple((name, *("; ".join(values) or "-" for values in cells)) for name, cells in short.items())
        yield Table(("", *codes), rows, column_keys=True)
    yield from (Columns(name, codes, (cells,), aligned=False) for name, cells in differing.items() if name not in short)


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


def _build_shared(
    answer: CompareAnswer, figures: dict[str, tuple[str, ...]], releases: dict[str, ComparedFacts]
) -> Iterator[Block]:
    """Yield what is the same for all: figures, facts of releases, then what the entries say, section by section."""
    sections = [section for section in answer.sections if section.shared]
    shared = [f"{name}: {value}" for name, (value, *others) in figures.items() if {*others} == {value}]
    alike = {
        heading: [f"{name}: {'; '.join(values)}" for name, (values, *others) in facts.items() if {*others} == {values}]
        for heading, facts in releases.items()
    }
    if sections or shared or any(alike.values()):
        yield Heading("The same for all" if answer.codes[2:] else "The same for both")
    if shared:
        yield Paragraph((Run("Figures:"),))
        yield Points(tuple((Run(line),) for line in shared))
    for heading, lines in alike.items():
        if lines:
            yield Paragraph((Run(f"{heading}:"),))
            yield Points(tuple((Run(line),) for line in lines))
    for section in sections:
        yield Paragraph((Run(f"{CATALOGUE[section.key].heading}:"),))
        yield Points(tuple((Run(line),) for line in section.shared))
