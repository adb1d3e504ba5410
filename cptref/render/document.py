"""What an answer has to say, as blocks in order: the one source of content for every medium that people read."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

from cptref.models.results import (
    AppendedModifier,
    CheckAnswer,
    CompareAnswer,
    Entry,
    Evidence,
    Fit,
    Hit,
    ListAnswer,
    Match,
    ModifiersAnswer,
    NotesAnswer,
    PathsAnswer,
    SearchAnswer,
    SectionComparison,
    SectionsAnswer,
    ShowAnswer,
    SymptomAnswer,
    group_by_code,
)
from cptref.render.blocks import (
    Block,
    Callout,
    Columns,
    Document,
    Facts,
    Footer,
    Heading,
    Line,
    Paragraph,
    Points,
    RangeBars,
    Run,
    Table,
    Title,
)
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cptref.models.article import Dataset, Status
    from cptref.models.results import Answer

# What a status is called in a list, and the headline over the finding of the check.
_STATUS: dict[Status, tuple[str, str]] = {
    "verified": ("verified", "VERIFIED: agrees with the published code set"),
    "conflict": ("conflict", "CONFLICT: the published code set gives this code to another service"),
    "not-listed": ("not listed", "NOT LISTED: the published code set, as far as checked, has no such code"),
    "unverified": ("unverified", "UNVERIFIED: not checked against the published code set"),
}


@singledispatch
def build_document(answer: Answer) -> Document:
    """Return the page of an answer. Raise TypeError for a type of answer that has no page."""
    raise TypeError(f"{type(answer).__name__} has no page")


@build_document.register(ShowAnswer)
def _build_show_page(answer: ShowAnswer) -> Document:
    if not answer.entries:
        return ()
    typed = group_by_code(answer.appended)
    whole = not answer.sections
    entries = (block for one in answer.entries for block in _entry(one, typed.get(one.code, ()), whole=whole))
    return (*entries, _footer(answer.dataset))


@build_document.register(SearchAnswer)
def _build_search_page(answer: SearchAnswer) -> Document:
    if not answer.hits:
        return ()
    hits = (block for hit in answer.hits for block in _hit(hit))
    return (Title(f"Search: {answer.query}"), *hits, _footer(answer.dataset))


@build_document.register(SymptomAnswer)
def _build_symptom_page(answer: SymptomAnswer) -> Document:
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


@build_document.register(ListAnswer)
def _build_list_page(answer: ListAnswer) -> Document:
    rows = tuple(
        (one.code, one.title, one.category, _STATUS[one.verification][0], one.library) for one in answer.entries
    )
    table = Table(("Code", "Title", "Category", "Check", "Library"), rows, bare=True)
    return (Title("Codes held", quiet=True), table, _footer(answer.dataset)._replace(quiet=True))


@build_document.register(SectionsAnswer)
def _build_sections_page(answer: SectionsAnswer) -> Document:
    rows = tuple((kind.key, kind.heading, ", ".join(kind.aliases)) for kind in answer.kinds)
    return (Title("Sections", quiet=True), Table(("Name", "Heading", "Also"), rows))


@build_document.register(PathsAnswer)
def _build_paths_page(answer: PathsAnswer) -> Document:
    rows = [("data", answer.data), ("library", answer.library), ("notes", answer.notes), ("cache", answer.cache)]
    rows += (("also from", folder) for folder in answer.libraries)
    return (Title("Where things are", quiet=True), Table(("What", "Where"), tuple(rows)))


@build_document.register(NotesAnswer)
def _build_notes_page(answer: NotesAnswer) -> Document:
    blocks: list[Block] = [Title("Your notes", quiet=True)]
    for noted in answer.codes:
        held = noted.title or "not held (any more), so these notes are shown here alone"
        notes = (f"{number}. {note.text} ({note.added})" for number, note in enumerate(noted.notes, 1))
        blocks += (Heading(f"{noted.code}  {held}"), Points(tuple((Run(text),) for text in notes)))
    if not answer.codes:
        blocks.append(Paragraph((Run("No notes yet: cptref note CODE TEXT adds one."),)))
    return (*blocks, _footer(answer.dataset)._replace(quiet=True))


@build_document.register(CheckAnswer)
def _build_check_page(answer: CheckAnswer) -> Document:
    articles = ("1 article" if one.articles == 1 else f"{one.articles:,} articles" for one in answer.checked)
    read = (
        f"{one.path}: {', '.join((count, *one.others))}" for one, count in zip(answer.checked, articles, strict=True)
    )
    blocks: list[Block] = [Title("Check", quiet=True), Heading("Checked"), Points(tuple((Run(text),) for text in read))]
    for name, found in (("fault", answer.faults), ("warning", answer.warnings)):
        blocks.append(Heading(f"{len(found) or 'No'} {name}{'' if len(found) == 1 else 's'}"))
        if found:
            blocks.append(Points(tuple((Run(str(one)),) for one in found)))
    return tuple(blocks)


@build_document.register(ModifiersAnswer)
def _build_modifiers_page(answer: ModifiersAnswer) -> Document:
    blocks: list[Block] = []
    if answer.whole or answer.modifiers:
        rows = tuple((one.code, one.set, one.meaning) for one in answer.modifiers)
        blocks += (Title("Modifiers", quiet=True), Table(("Modifier", "Set", "Meaning"), rows))
    if answer.indicators:
        rule = "How Medicare pays a code for both sides: a payment rule, not a ban."
        numbered = tuple((str(one.indicator), one.meaning) for one in answer.indicators)
        blocks += (Heading("Bilateral indicator"), Paragraph((Run(rule),)), Table(("Indicator", "Meaning"), numbered))
    appended = group_by_code(answer.appended)
    for entry in answer.entries:
        own = tuple(_describe_modifier(one) for one in appended.get(entry.code, ()))
        told = own or (("Modifiers", ("the entry lists none",)),)
        blocks += (_make_title(entry), _make_callout(entry), Facts((*told, *_origin(entry))))
    return (*blocks, _footer(answer.dataset)) if blocks else ()


@build_document.register(CompareAnswer)
def _build_compare_page(answer: CompareAnswer) -> Document:
    if not answer.entries:
        return ()
    codes = tuple(entry.code for entry in answer.entries)
    about = tuple(
        (one.code, one.title, one.category, _STATUS[one.verification.status][0], one.library) for one in answer.entries
    )
    findings = (_make_callout(entry, label=f"{entry.code}  ") for entry in answer.entries)
    typed = tuple(
        _describe_modifier(one, label=f"{one.on} with modifier") for one in answer.appended if one.on in codes
    )
    sections = (block for section in answer.sections for block in _compared(section, answer))
    return (
        Title(f"Compared: {', '.join(codes)}"),
        Table(("Code", "Title", "Category", "Check", "Library"), about),
        *findings,
        *((Facts(typed),) if typed else ()),
        *sections,
        _footer(answer.dataset),
    )


def _compared(section: SectionComparison, answer: CompareAnswer) -> Iterator[Block]:
    codes = tuple(entry.code for entry in answer.entries)
    yield Heading(CATALOGUE[section.key].heading)
    if section.key == "cost":
        known = [(one.code, one.cost) for one in answer.entries if one.cost.range]
        rows = tuple((code, cost.low or 0, cost.high or 0, cost.range) for code, cost in known)
        most = max((high for _, _, high, _ in rows), default=0)
        if rows:
            yield RangeBars(f"Cost on average, on a scale from $0 to ${most:,}:", rows, most)
    if not section.lined_up:
        yield Paragraph((Run("Too many lines to line up those that are worded alike: only equal ones are found."),))
    if section.shared:
        yield Paragraph((Run("All:" if codes[2:] else "Both:"),))
        yield Points(tuple((Run(line),) for line in section.shared))
    if section.similar:
        rows_of = tuple(tuple((line,) if line else () for line in row) for row in section.similar)
        yield Columns("Worded alike", codes, rows_of, lined_up=True)
    if any(section.only):
        yield Columns("Only", codes, (section.only,), lined_up=False)


def _entry(entry: Entry, typed: Iterable[AppendedModifier], *, whole: bool) -> Iterator[Block]:
    yield _make_title(entry)
    yield _make_callout(entry)
    facts = [_describe_modifier(one) for one in typed]
    if whole:
        modifiers = tuple(f"{modifier.code}: {modifier.meaning}" for modifier in entry.modifiers)
        facts += (("Modifiers", modifiers), ("Average cost", (entry.cost.range,) if entry.cost.range else ()))
    yield Facts((*((name, values) for name, values in facts if values), *_origin(entry)))
    for section in entry.sections:
        yield Heading(CATALOGUE[section.key].heading)
        if section.intro:
            yield Paragraph((Run(section.intro),))
        if section.points:
            yield Points(tuple((Run(point),) for point in section.points))


def _origin(entry: Entry) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The library that an entry is from, and the page it was imported from."""
    yield "Library", (entry.library,)
    if entry.source:
        yield "Source", (entry.source.words,)


def _make_title(entry: Entry) -> Title:
    return Title(f"{entry.code}  {entry.title} ({entry.category}, {_STATUS[entry.verification.status][0]})")


def _describe_modifier(one: AppendedModifier, label: str = "Modifier") -> tuple[str, tuple[str, ...]]:
    meaning = one.meaning or "not held, so its meaning is not known here; cptref modifiers shows those that are"
    listed = "the entry lists it" if one.listed else "the entry does not list it"
    return f"{label} {one.code}", (meaning, listed, one.check)


def _make_callout(entry: Entry, label: str = "") -> Callout:
    check = entry.verification
    facts = (("See instead", check.see_instead), ("Checked against", check.checked_against))
    return Callout(
        label=f"{label}{_STATUS[check.status][1]}",
        text=check.finding,
        facts=tuple((name, ", ".join(values)) for name, values in facts if values),
        alarm=check.status in {"conflict", "not-listed"},
    )


def _hit(hit: Hit) -> Iterator[Block]:
    without = f", nothing of: {', '.join(hit.missing)}" if hit.missing else ""
    yield Heading(
        f"{hit.code}  {hit.title} ({_STATUS[hit.verification][0]}, {hit.library}, score {hit.score}{without})"
    )
    more = hit.total - len(hit.matches)
    rest = ((Run(f"and {more} more {'line' if more == 1 else 'lines'}"),),) if more else ()
    yield Points((*(_match(match) for match in hit.matches), *rest))


def _fit(fit: Fit, answer: SymptomAnswer) -> Iterator[Block]:
    covers = f"covers {fit.covered} of {fit.of}, score {fit.score}"
    yield Heading(f"{fit.code}  {fit.title} ({_STATUS[fit.verification][0]}, {fit.library}, {covers})")
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
