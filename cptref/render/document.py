"""The page of each answer as blocks, in order: the one source of content for every medium that people read."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

from cptref.models.results import (
    CheckAnswer,
    CompareAnswer,
    ListAnswer,
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
    Columns,
    Document,
    Facts,
    Heading,
    Paragraph,
    Points,
    RangeBars,
    Run,
    Table,
    Title,
)
from cptref.render.parts import (
    STATUS_LABELS,
    build_callout,
    build_entry,
    build_fit,
    build_footer,
    build_hit,
    build_title,
    describe_modifier,
    list_origin,
)
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cptref.models.results import Answer, Evidence


@singledispatch
def build_document(answer: Answer) -> Document:
    """Return the page of an answer. Raise TypeError for a type of answer that has no page."""
    raise TypeError(f"{type(answer).__name__} has no page")


@build_document.register(ShowAnswer)
def _build_show_page(answer: ShowAnswer) -> Document:
    if not answer.entries:
        return ()
    appended = group_by_code(answer.appended)
    blocks: list[Block] = []
    for entry in answer.entries:
        blocks += build_entry(entry, appended.get(entry.code, ()), whole=not answer.sections)
    return (*blocks, build_footer(answer.dataset))


@build_document.register(SearchAnswer)
def _build_search_page(answer: SearchAnswer) -> Document:
    if not answer.hits:
        return ()
    hits = (block for hit in answer.hits for block in build_hit(hit))
    return (Title(f"Search: {answer.query}"), *hits, build_footer(answer.dataset))


@build_document.register(SymptomAnswer)
def _build_symptom_page(answer: SymptomAnswer) -> Document:
    if not answer.hits:
        return ()
    rows = tuple(
        (symptom.query, *(_format_score(hit.evidence[index]) for hit in answer.hits))
        for index, symptom in enumerate(answer.symptoms)
    )
    table = Table(("Symptom", *(hit.code for hit in answer.hits)), rows, column_keys=True)
    fits = (block for hit in answer.hits for block in build_fit(hit, answer.symptoms))
    title = Title(f"Symptoms: {'; '.join(symptom.query for symptom in answer.symptoms)}")
    return (title, table, *fits, build_footer(answer.dataset))


def _format_score(evidence: Evidence | None) -> str:
    return "-" if evidence is None else f"{evidence.score:.3f}"


@build_document.register(CompareAnswer)
def _build_compare_page(answer: CompareAnswer) -> Document:
    if not answer.entries:
        return ()
    codes = tuple(entry.code for entry in answer.entries)
    about = tuple(
        (entry.code, entry.title, entry.category, STATUS_LABELS[entry.verification.status], entry.library)
        for entry in answer.entries
    )
    findings = (build_callout(entry, label=f"{entry.code}  ") for entry in answer.entries)
    appended = tuple(
        describe_modifier(modifier, label=f"{modifier.on} with modifier")
        for modifier in answer.appended
        if modifier.on in codes
    )
    sections = (block for section in answer.sections for block in _build_comparison(section, answer))
    return (
        Title(f"Compared: {', '.join(codes)}"),
        Table(("Code", "Title", "Category", "Check", "Library"), about),
        *findings,
        *((Facts(appended),) if appended else ()),
        *sections,
        build_footer(answer.dataset),
    )


def _build_comparison(section: SectionComparison, answer: CompareAnswer) -> Iterator[Block]:
    codes = tuple(entry.code for entry in answer.entries)
    yield Heading(CATALOGUE[section.key].heading)
    if section.key == "cost":
        costs = [(entry.code, entry.cost) for entry in answer.entries if entry.cost.range]
        rows = tuple((code, cost.low or 0, cost.high or 0, cost.range) for code, cost in costs)
        maximum = max((high for _, _, high, _ in rows), default=0)
        if rows:
            yield RangeBars(f"Cost on average, on a scale from $0 to ${maximum:,}:", rows, maximum)
    if not section.aligned:
        yield Paragraph((Run("Too many lines to align similar ones: only identical lines are matched."),))
    if section.shared:
        yield Paragraph((Run("All:" if codes[2:] else "Both:"),))
        yield Points(tuple((Run(line),) for line in section.shared))
    if section.similar:
        similar = tuple(tuple((line,) if line else () for line in row) for row in section.similar)
        yield Columns("Worded alike", codes, similar, aligned=True)
    if any(section.only):
        yield Columns("Only", codes, (section.only,), aligned=False)


@build_document.register(ModifiersAnswer)
def _build_modifiers_page(answer: ModifiersAnswer) -> Document:
    blocks: list[Block] = []
    if answer.whole or answer.modifiers:
        rows = tuple((modifier.code, modifier.set, modifier.meaning) for modifier in answer.modifiers)
        blocks += (Title("Modifiers", document_only=True), Table(("Modifier", "Set", "Meaning"), rows))
    if answer.indicators:
        rule = "How Medicare pays a code for both sides: a payment rule, not a ban."
        meanings = tuple((str(indicator.indicator), indicator.meaning) for indicator in answer.indicators)
        blocks += (Heading("Bilateral indicator"), Paragraph((Run(rule),)), Table(("Indicator", "Meaning"), meanings))
    appended = group_by_code(answer.appended)
    for entry in answer.entries:
        own = tuple(describe_modifier(modifier) for modifier in appended.get(entry.code, ()))
        facts = own or (("Modifiers", ("the entry lists none",)),)
        blocks += (build_title(entry), build_callout(entry), Facts((*facts, *list_origin(entry))))
    return (*blocks, build_footer(answer.dataset)) if blocks else ()


@build_document.register(ListAnswer)
def _build_list_page(answer: ListAnswer) -> Document:
    rows = tuple(
        (item.code, item.title, item.category, STATUS_LABELS[item.verification], item.library)
        for item in answer.entries
    )
    table = Table(("Code", "Title", "Category", "Check", "Library"), rows, keys_only=True)
    footer = build_footer(answer.dataset)._replace(document_only=True)
    return (Title("Codes in the library", document_only=True), table, footer)


@build_document.register(SectionsAnswer)
def _build_sections_page(answer: SectionsAnswer) -> Document:
    rows = tuple((kind.key, kind.heading, ", ".join(kind.aliases)) for kind in answer.kinds)
    return (Title("Sections", document_only=True), Table(("Name", "Heading", "Also"), rows))


@build_document.register(PathsAnswer)
def _build_paths_page(answer: PathsAnswer) -> Document:
    rows = [("data", answer.data), ("library", answer.library), ("notes", answer.notes), ("cache", answer.cache)]
    rows += (("also from", folder) for folder in answer.libraries)
    return (Title("Where things are", document_only=True), Table(("What", "Where"), tuple(rows)))


@build_document.register(NotesAnswer)
def _build_notes_page(answer: NotesAnswer) -> Document:
    blocks: list[Block] = [Title("Your notes", document_only=True)]
    for noted in answer.codes:
        title = noted.title or "not in the library, so its notes appear only here"
        notes = (f"{number}. {note.text} ({note.added})" for number, note in enumerate(noted.notes, 1))
        blocks += (Heading(f"{noted.code}  {title}"), Points(tuple((Run(text),) for text in notes)))
    if not answer.codes:
        blocks.append(Paragraph((Run("No notes yet: cptref note CODE TEXT adds one."),)))
    return (*blocks, build_footer(answer.dataset)._replace(document_only=True))


@build_document.register(CheckAnswer)
def _build_check_page(answer: CheckAnswer) -> Document:
    blocks: list[Block] = [Title("Check", document_only=True), Heading("Checked")]
    checked: list[str] = []
    for path in answer.checked:
        articles = "1 article" if path.articles == 1 else f"{path.articles:,} articles"
        checked.append(f"{path.path}: {', '.join((articles, *path.other_files))}")
    blocks.append(Points(tuple((Run(text),) for text in checked)))
    for name, faults in (("fault", answer.faults), ("warning", answer.warnings)):
        blocks.append(Heading(f"{len(faults) or 'No'} {name}{'' if len(faults) == 1 else 's'}"))
        if faults:
            blocks.append(Points(tuple((Run(str(fault)),) for fault in faults)))
    return tuple(blocks)
