"""What an answer has to say, as blocks in order: the one source of content for every medium that people read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cptref.model import (
    Dataset,
    Entry,
    Evidence,
    Fit,
    Hit,
    ListAnswer,
    Match,
    PathsAnswer,
    SearchAnswer,
    SectionsAnswer,
    ShowAnswer,
    Status,
    SymptomAnswer,
)
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Answer = ShowAnswer | SearchAnswer | SymptomAnswer | ListAnswer | SectionsAnswer | PathsAnswer


class Run(NamedTuple):
    """A piece of a line; `marked` where it is what was searched for."""

    text: str
    marked: bool = False


Line = tuple[Run, ...]


class Title(NamedTuple):
    """The heading of a page, or of an entry on it."""

    text: str


class Heading(NamedTuple):
    """The heading of a part; what follows belongs to it."""

    text: str


class Callout(NamedTuple):
    """What no one may miss: a label, what it means, and facts about it. `alarm` is how a terminal colours it."""

    label: str
    text: str
    facts: tuple[tuple[str, str], ...]
    alarm: bool


class Facts(NamedTuple):
    """Names with their values, one or more of each."""

    rows: tuple[tuple[str, tuple[str, ...]], ...]


class Paragraph(NamedTuple):
    """Running text."""

    line: Line


class Points(NamedTuple):
    """A bulleted list."""

    items: tuple[Line, ...]


class Table(NamedTuple):
    """Rows under a head.

    Where `bare`, plain text has the first column only, so that a pipe gets one key a line. Where `crossed`, the head is
    as much a key as the first column, so that plain text has it too.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    bare: bool = False
    crossed: bool = False


class Footer(NamedTuple):
    """What stands under the whole page."""

    text: str


Block = Title | Heading | Callout | Facts | Paragraph | Points | Table | Footer
Page = tuple[Block, ...]


class Placed(NamedTuple):
    """A block on a page that has no markup: after a blank line or not, indented under a heading or not."""

    block: Block
    apart: bool
    inside: bool


def placed(page: Page) -> Iterator[Placed]:
    """The blocks with their places: what follows a heading stands under it, up to the next title."""
    inside = False
    for number, block in enumerate(page):
        body = isinstance(block, (Paragraph, Points, Table))
        yield Placed(block, apart=number > 0 and not body, inside=inside and body)
        inside = (inside or isinstance(block, Heading)) and not isinstance(block, Title)


# What a status is called in a list, and the headline over the finding of the check.
_STATUS: dict[Status, tuple[str, str]] = {
    "verified": ("verified", "VERIFIED: agrees with the published code set"),
    "conflict": ("conflict", "CONFLICT: the published code set gives this code to another service"),
    "not-listed": ("not listed", "NOT LISTED: the published code set, as far as checked, has no such code"),
    "unverified": ("unverified", "UNVERIFIED: not checked against the published code set"),
}


def page(answer: Answer) -> Page:
    """The page of an answer."""
    return _PAGES[type(answer)](answer)


def _show(answer: ShowAnswer) -> Page:
    if not answer.entries:
        return ()
    whole = not answer.sections
    return (*(block for entry in answer.entries for block in _entry(entry, whole=whole)), _footer(answer.dataset))


def _search(answer: SearchAnswer) -> Page:
    if not answer.hits:
        return ()
    hits = (block for hit in answer.hits for block in _hit(hit))
    return (Title(f"Search: {answer.query}"), *hits, _footer(answer.dataset))


def _symptom(answer: SymptomAnswer) -> Page:
    if not answer.hits:
        return ()
    rows = tuple(
        (complaint.query, *(_cell(hit.evidence[number]) for hit in answer.hits))
        for number, complaint in enumerate(answer.symptoms)
    )
    table = Table(("Symptom", *(hit.code for hit in answer.hits)), rows, crossed=True)
    fits = (block for hit in answer.hits for block in _fit(hit, answer))
    title = Title(f"Symptoms: {'; '.join(complaint.query for complaint in answer.symptoms)}")
    return (title, table, *fits, _footer(answer.dataset))


def _cell(evidence: Evidence | None) -> str:
    return "-" if evidence is None else f"{evidence.score:.3f}"


def _list(answer: ListAnswer) -> Page:
    rows = tuple(
        (one.code, one.title, one.category, _STATUS[one.verification][0], one.library) for one in answer.entries
    )
    return (Table(("Code", "Title", "Category", "Check", "Library"), rows, bare=True),)


def _sections(answer: SectionsAnswer) -> Page:
    rows = tuple((kind.key, kind.heading, ", ".join(kind.aliases)) for kind in answer.kinds)
    return (Table(("Name", "Heading", "Also"), rows),)


def _paths(answer: PathsAnswer) -> Page:
    rows = (("data", answer.data), ("library", answer.library), ("notes", answer.notes), ("cache", answer.cache))
    return (Table(("What", "Where"), rows),)


_PAGES: dict[type, Callable[..., Page]] = {
    ShowAnswer: _show,
    SearchAnswer: _search,
    SymptomAnswer: _symptom,
    ListAnswer: _list,
    SectionsAnswer: _sections,
    PathsAnswer: _paths,
}


def _entry(entry: Entry, *, whole: bool) -> Iterator[Block]:
    yield Title(f"{entry.code}  {entry.title} ({entry.category}, {_STATUS[entry.verification.status][0]})")
    yield _finding(entry)
    if whole:
        modifiers = tuple(f"{modifier.code}: {modifier.meaning}" for modifier in entry.modifiers)
        facts = (("Modifiers", modifiers), ("Average cost", (entry.cost.range,)))
        yield Facts(tuple((name, values) for name, values in facts if values))
    for section in entry.sections:
        yield Heading(CATALOGUE[section.key].heading)
        if section.intro:
            yield Paragraph((Run(section.intro),))
        if section.points:
            yield Points(tuple((Run(point),) for point in section.points))


def _finding(entry: Entry) -> Callout:
    check = entry.verification
    facts = (("See instead", check.see_instead), ("Checked against", check.checked_against))
    return Callout(
        label=_STATUS[check.status][1],
        text=check.finding,
        facts=tuple((name, ", ".join(values)) for name, values in facts if values),
        alarm=check.status in {"conflict", "not-listed"},
    )


def _hit(hit: Hit) -> Iterator[Block]:
    without = f", nothing of: {', '.join(hit.missing)}" if hit.missing else ""
    yield Heading(f"{hit.code}  {hit.title} ({_STATUS[hit.verification][0]}, score {hit.score}{without})")
    more = hit.total - len(hit.matches)
    rest = ((Run(f"and {more} more {'line' if more == 1 else 'lines'}"),),) if more else ()
    yield Points((*(_match(match) for match in hit.matches), *rest))


def _fit(fit: Fit, answer: SymptomAnswer) -> Iterator[Block]:
    covers = f"covers {fit.covered} of {fit.of}, score {fit.score}"
    yield Heading(f"{fit.code}  {fit.title} ({_STATUS[fit.verification][0]}, {covers})")
    pairs = zip(answer.symptoms, fit.evidence, strict=True)
    yield Points(tuple((Run(f"{complaint.query}: "), *_evidence(evidence)) for complaint, evidence in pairs))


def _evidence(evidence: Evidence | None) -> Line:
    if evidence is None:
        return (Run("not covered"),)
    without = f" (nothing of: {', '.join(evidence.missing)})" if evidence.missing else ""
    return tuple(run for run in (*_match(evidence), Run(without)) if run.text)


def _match(match: Match | Evidence) -> Line:
    tier = "" if match.tier == "exact" else f" ({match.tier})"
    runs = [Run(CATALOGUE[match.section].heading, marked=not match.marks), Run(f"{tier}: ")]
    end = 0
    for start, stop in _joined(match):
        runs += (Run(match.text[end:start]), Run(match.text[start:stop], marked=True))
        end = stop
    return tuple(run for run in (*runs, Run(match.text[end:])) if run.text)


def _joined(match: Match | Evidence) -> list[tuple[int, int]]:
    """The marks of a line, those of neighbouring words as one."""
    joined: list[tuple[int, int]] = []
    for start, stop in match.marks:
        if joined and match.text[joined[-1][1] : start].isspace():
            start, _ = joined.pop()  # noqa: PLW2901 - the earlier mark goes on to here
        joined.append((start, stop))
    return joined


def _footer(dataset: Dataset) -> Footer:
    return Footer(f"Dataset {dataset.version}, released {dataset.released}. {dataset.notices.advice}")
