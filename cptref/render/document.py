"""The page of each answer as blocks, in order: the one source of content for every medium that people read."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

from cptref.indicators import list_figures
from cptref.models.article import COST_ORIGIN
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
    build_bundled_finding,
    build_code_hit,
    build_code_table,
    build_entry,
    build_finding,
    build_footer,
    build_lines,
    build_title,
    describe_contradiction,
    describe_modifiers,
    get_look,
    group_items,
    list_origin,
)
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cptref.models.article import Modifier
    from cptref.models.results import Answer, Fit, Hit, ListItem
    from cptref.render.parts import Item


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
        contradictions = [item for item in answer.contradictions if item.on == entry.code]
        own = appended.get(entry.code, ())
        blocks += build_entry(entry, own, contradictions, whole=not answer.sections, brief=answer.brief)
    return (*blocks, build_footer(answer.dataset))


@build_document.register(SearchAnswer)
def _build_search_page(answer: SearchAnswer) -> Document:
    if not answer.hits:
        return ()
    groups = [_build_article_hits(answer), _build_code_hits(answer)]
    if answer.hits[0].kind == "code":
        groups.reverse()
    table = build_code_table(answer.codes, "Codes for it")
    hits = (block for group in groups for block in group)
    return (Title(f"Search: {answer.query}"), *hits, *((table,) if table else ()), build_footer(answer.dataset))


def _build_article_hits(answer: SearchAnswer) -> Iterator[Block]:
    """Yield the articles that match, those of which the same is said on one line; then their lines, each once."""
    hits = [hit for hit in answer.hits if hit.kind == "article"]
    if not hits:
        return

    def describe(hit: Hit) -> tuple[str, ...]:
        missing = f"; does not mention: {', '.join(hit.missing)}" if hit.missing else ""
        score = (f"{hit.score:.2f}",) if answer.verbose else ()
        return (f"{hit.title}{missing}", get_look(hit).word, *score, hit.library)

    yield Heading("Articles")
    scores = ("Score",) if answer.verbose else ()
    yield Table(("Code", "The article says", "Check", *scores, "Library"), _group_rows(hits, describe))
    yield build_lines(((hit, match) for hit in hits for match in hit.matches), verbose=answer.verbose)
    if more := sum(hit.total - len(hit.matches) for hit in hits):
        yield Paragraph((Run(f"and {more} more {'line' if more == 1 else 'lines'}"),))


def _build_code_hits(answer: SearchAnswer) -> Iterator[Block]:
    hits = [hit for hit in answer.hits if hit.kind == "code"]
    if hits:
        yield Heading("Published codes")
        yield from (build_code_hit(hit, verbose=answer.verbose) for hit in hits)


def _group_rows(items: Iterable[Item], describe: Callable[[Item], tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    return tuple((codes, *said) for codes, said in group_items(items, describe))


@build_document.register(SymptomAnswer)
def _build_symptom_page(answer: SymptomAnswer) -> Document:
    if not answer.hits:
        return ()

    def describe(fit: Fit) -> tuple[str, ...]:
        score = (f"{fit.score:.2f}",) if answer.verbose else ()
        return (fit.title, get_look(fit).word, f"covers {fit.covered} of {fit.of}", *score, fit.library)

    scores = ("Score",) if answer.verbose else ()
    head = ("Code", "The article says", "Check", "Symptoms", *scores, "Library")
    blocks: list[Block] = [Table(head, _group_rows(answer.hits, describe))]
    for index, symptom in enumerate(answer.symptoms):
        pairs = [(fit, evidence) for fit in answer.hits if (evidence := fit.evidence[index])]
        lacking = [fit.code for fit in answer.hits if not fit.evidence[index]]
        blocks += [Heading(symptom.query), build_lines(pairs, verbose=answer.verbose)]
        if lacking:
            blocks.append(Paragraph((Run(f"not covered: {' '.join(lacking)}"),)))
    if table := build_code_table(answer.codes, "Codes for it"):
        blocks.append(table)
    title = Title(f"Symptoms: {'; '.join(symptom.query for symptom in answer.symptoms)}")
    return (title, *blocks, build_footer(answer.dataset))


@build_document.register(CompareAnswer)
def _build_compare_page(answer: CompareAnswer) -> Document:
    if not answer.entries:
        return ()
    codes = tuple(entry.code for entry in answer.entries)
    appended = tuple(
        fact
        for code, modifiers in group_by_code(answer.appended).items()
        if code in codes
        for fact in describe_modifiers(modifiers, label=f"{code} with ")
    )
    contradictions = tuple(map(describe_contradiction, answer.contradictions))
    facts = (*appended, *contradictions)
    differing = (block for section in answer.sections for block in _build_differences(section, answer))
    return (
        Title(f"Compared: {', '.join(codes)}"),
        *map(build_finding, answer.entries),
        *((Facts(facts),) if facts else ()),
        *_compare_figures(answer),
        *differing,
        *_build_shared(answer),
        build_footer(answer.dataset),
    )


def _compare_figures(answer: CompareAnswer) -> Iterator[Table]:
    """Yield what codes.toml says of the codes side by side, what differs before what is the same."""
    if not any(entry.published for entry in answer.entries):
        return
    columns = [dict(list_figures(entry.published)) if entry.published else {} for entry in answer.entries]
    names = dict.fromkeys(name for column in columns for name in column)
    rows = [(name, *(column.get(name, "-") for column in columns)) for name in names]
    rows.sort(key=lambda row: len(set(row[1:])) == 1)
    yield Table(("", *(entry.code for entry in answer.entries)), tuple(rows), column_keys=True)


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


def _build_shared(answer: CompareAnswer) -> Iterator[Block]:
    """Yield what all entries say, section by section."""
    sections = [section for section in answer.sections if section.shared]
    if sections:
        yield Heading("All say" if answer.entries[2:] else "Both say")
    for section in sections:
        yield Paragraph((Run(f"{CATALOGUE[section.key].heading}:"),))
        yield Points(tuple((Run(line),) for line in section.shared))


@build_document.register(ModifiersAnswer)
def _build_modifiers_page(answer: ModifiersAnswer) -> Document:
    blocks: list[Block] = []
    if answer.whole or answer.modifiers:
        rows = tuple(
            (modifier.code, modifier.set, modifier.about, _format_meaning(modifier)) for modifier in answer.modifiers
        )
        blocks += (Title("Modifiers", document_only=True), Table(("Modifier", "Set", "About", "Meaning"), rows))
    if answer.indicators:
        rule = "How Medicare pays a code for both sides: a payment rule, not a ban."
        meanings = tuple((str(indicator.indicator), indicator.meaning) for indicator in answer.indicators)
        blocks += (Heading("Bilateral indicator"), Paragraph((Run(rule),)), Table(("Indicator", "Meaning"), meanings))
    appended = group_by_code(answer.appended)
    for entry in answer.entries:
        typed = [modifier for modifier in appended.get(entry.code, ()) if modifier.input]
        others = [modifier for modifier in appended.get(entry.code, ()) if not modifier.input]
        own = (*describe_modifiers(typed), *describe_modifiers(others))
        contradictions = tuple(describe_contradiction(item) for item in answer.contradictions if item.on == entry.code)
        facts = (*own, *contradictions) or (("Modifiers", ("the entry lists none",)),)
        blocks += (build_title(entry), Facts((*facts, *list_origin(entry))), *build_bundled_finding(entry))
    return (*blocks, build_footer(answer.dataset)) if blocks else ()


def _format_meaning(modifier: Modifier) -> str:
    return f"{modifier.meaning}{'; can answer a pair edit' if modifier.answers_pair_edit else ''}"


@build_document.register(ListAnswer)
def _build_list_page(answer: ListAnswer) -> Document:
    def describe(item: ListItem) -> tuple[str, ...]:
        replaces = ", replaces the bundled entry" if item.replaces else ""
        return (item.title, get_look(item).word, f"{item.library}{replaces}")

    articles = [item for item in answer.entries if item.kind == "article"]
    keys = tuple(item.code for item in answer.entries)
    rows = _group_rows(articles, describe)
    table = build_code_table((item.published for item in answer.entries if item.published), "Published codes")
    return (
        Title("Codes in the library", document_only=True),
        Table(("Code", "The article says", "Check", "Library"), rows, keys=keys),
        *((table._replace(keys=()),) if table else ()),
        build_footer(answer.dataset)._replace(document_only=True),
    )


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
