"""An answer as lines for fzf and other pickers: code, verdict in words, title and matching line, between tabs."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, NamedTuple

from cptref.models.claims import ClaimAnswer
from cptref.models.entries import ListAnswer, ShowAnswer, group_by_code
from cptref.models.hits import SearchAnswer, SymptomAnswer
from cptref.models.results import CodesStarting, CompareAnswer
from cptref.render.listings import STATE_LOOKS, summarize_listing
from cptref.render.parts import LOOKS, get_look, name_verdict
from cptref.render.set_hits import describe_hit
from cptref.render.verdicts import VERDICT_LOOKS
from cptref.sanitize import escape_unsafe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cptref.models.hits import SetHits
    from cptref.models.results import Answer
    from cptref.render.blocks import Tone

Cells = tuple[str, str, str, str]

# The page of all results, by the type of answer.
_WHOLE_PAGES = {
    "ShowAnswer": "all of these codes",
    "CompareAnswer": "side by side",
    "ClaimAnswer": "the whole claim",
    "SearchAnswer": "how they match",
    "SymptomAnswer": "how they fit",
}
_SIGNS: dict[str, tuple[str, Tone]] = {look.word: (look.sign, look.tone) for look in LOOKS.values()}
_SIGNS |= {verdict: (look.sign, look.tone) for verdict, look in VERDICT_LOOKS.items()}


class Row(NamedTuple):
    """A result on a screen: its code, "" for the page of all of them, the sign of its verdict, and its title.

    `label` is the code with the modifiers that were typed with it.
    """

    code: str
    title: str
    sign: str = ""
    tone: Tone = ""
    label: str = ""


def list_rows(answer: Answer | CodesStarting, limit: int) -> tuple[Row, ...]:
    """Return the first results of an answer, each code once, but each line of a claim; before them, that of all."""
    rows: dict[str | int, Row] = {}
    for number, (label, (code, verdict, title, _)) in enumerate(
        zip(_iter_labels(answer), build_cells(answer), strict=True)
    ):
        row = _build_row(code, verdict, title, label)
        rows.setdefault(number if isinstance(answer, ClaimAnswer) else code, row)
    whole = _WHOLE_PAGES.get(type(answer).__name__)
    is_single = isinstance(answer, ShowAnswer) and len(rows) == 1
    return (*((Row("", whole),) if whole and rows and not is_single else ()), *rows.values())[:limit]


def _build_row(code: str, verdict: str, title: str, label: str) -> Row:
    """Return a result with the sign of its verdict, and in front of its title what keeps its code from being billed."""
    for part in verdict.split(", "):
        if part in _SIGNS:
            return Row(code, title, *_SIGNS[part], label)
        says = part.replace("not-", "not ")
        for look in STATE_LOOKS.values():
            if says and (says.startswith(look.word) or look.word.startswith(says)):
                return Row(code, f"{says}: {title}", look.sign, look.tone, label)
    return Row(code, title, label=label)


def _iter_labels(answer: Answer | CodesStarting) -> Iterator[str]:
    """Yield the code of each of the cells with its modifiers: `64483-50`."""
    if isinstance(answer, ClaimAnswer):
        yield from (line.line.label for line in answer.lines)
        yield from (diagnosis.diagnosis.code for diagnosis in answer.diagnoses)
        return
    typed = group_by_code(item for item in getattr(answer, "appended", ()) if item.input)
    for code, *_ in build_cells(answer):
        yield "-".join((code, *(item.code for item in typed.get(code, ()))))


def choose_row(answer: Answer | CodesStarting, rows: Sequence[Row], label: str = "") -> int | None:
    """Return the number of the row with this label, else of the row to show first; None for the list of all codes."""
    numbers = {row.label: number for number, row in reversed([*enumerate(rows)]) if row.code}
    if label in numbers or not rows or isinstance(answer, ListAnswer):
        return numbers.get(label)
    return int(isinstance(answer, (SearchAnswer, SymptomAnswer)) and len(rows) > 1)


def render(answer: Answer) -> str:
    """Return one line for each entry, of four cells without tabs and line breaks; there is no head."""
    lines = ("\t".join(escape_unsafe(" ".join(cell.split())) for cell in cells) for cells in build_cells(answer))
    return "".join(f"{line}\n" for line in lines)


@singledispatch
def build_cells(answer: Answer | CodesStarting) -> Iterator[Cells]:
    """Yield the cells of each entry. Raise TypeError for a type of answer that has no entries to pick from."""
    raise TypeError(f"{type(answer).__name__} has no lines")


@build_cells.register(ShowAnswer)
@build_cells.register(CompareAnswer)
def _build_show_cells(answer: ShowAnswer | CompareAnswer) -> Iterator[Cells]:
    for entry in answer.entries:
        yield entry.code, get_look(entry).word, entry.title, entry.summary
    with_entry = {entry.code for entry in answer.entries}
    for listing in answer.listings:
        if listing.listings and listing.code not in with_entry:
            summaries = (f"{each.heading}: {summarize_listing(each)}" for each in listing.listings)
            yield listing.code, listing.listings[0].state, listing.title, " · ".join(summaries)


@build_cells.register(SearchAnswer)
def _build_search_cells(answer: SearchAnswer) -> Iterator[Cells]:
    for hit in answer.hits:
        yield hit.code, name_verdict(hit), hit.title, hit.matches[0].text
    yield from _iter_set_cells(answer.sets)


@build_cells.register(SymptomAnswer)
def _build_symptom_cells(answer: SymptomAnswer) -> Iterator[Cells]:
    for fit in answer.hits:
        texts = dict.fromkeys(evidence.text for evidence in fit.evidence if evidence)
        yield fit.code, name_verdict(fit), fit.title, " · ".join(texts)
    if not answer.hits:  # no article covers a symptom, but a published code does
        yield from ((code.code, LOOKS["verified"].word, code.description, "") for code in answer.codes)
    yield from _iter_set_cells(filter(None, answer.diagnoses))


def _iter_set_cells(groups: Iterable[SetHits]) -> Iterator[Cells]:
    for group in groups:
        for hit in group.hits:
            yield hit.code, ", ".join(filter(None, (group.heading, describe_hit(hit)))), hit.title, hit.text


@build_cells.register(ClaimAnswer)
def _build_claim_cells(answer: ClaimAnswer) -> Iterator[Cells]:
    for line in answer.lines:
        yield line.line.code, line.verdict, line.title, line.line.input
    for diagnosis in answer.diagnoses:
        yield diagnosis.diagnosis.code, diagnosis.verdict, diagnosis.title, diagnosis.diagnosis.input


@build_cells.register(CodesStarting)
def _build_starting_cells(answer: CodesStarting) -> Iterator[Cells]:
    yield from _build_list_cells(answer)
    yield from ((code.code, code.says or code.state, code.title, "") for code in answer.codes)


@build_cells.register(ListAnswer)
def _build_list_cells(answer: ListAnswer | CodesStarting) -> Iterator[Cells]:
    for item in answer.entries:
        other_names = item.published.ask if item.published else ()
        yield item.code, name_verdict(item), item.title, " · ".join(other_names)
