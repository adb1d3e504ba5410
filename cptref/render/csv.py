"""An answer as CSV (RFC 4180), for spreadsheets: one fact per row, with its code in the first column or in the head.

Text, codes included, is in quotes and numbers are not: a spreadsheet that is told to keep quoted cells as text keeps
`00100` as it is. A cell that it would evaluate as a formula gets an apostrophe in front (OWASP, "CSV Injection").
"""

from __future__ import annotations

import csv
from functools import singledispatch
from io import StringIO
from typing import TYPE_CHECKING

from cptref.models.article import COST_ORIGIN
from cptref.models.codesets import AddAnswer, ChangesAnswer, RemoveAnswer, SetCodesAnswer, SetsAnswer
from cptref.models.entries import ListAnswer, ShowAnswer, group_by_code
from cptref.models.hits import SearchAnswer, SymptomAnswer
from cptref.models.results import (
    CheckAnswer,
    CompareAnswer,
    ModifiersAnswer,
    NotesAnswer,
    PathsAnswer,
    SectionComparison,
    SectionsAnswer,
)
from cptref.render.listings import compare_listings, head_listing, list_facts, summarize_listing
from cptref.render.set_hits import describe_hit
from cptref.sanitize import escape_unsafe
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from cptref.models.entries import AppendedModifier, Entry
    from cptref.models.hits import SetHits
    from cptref.models.results import Answer

    Row = tuple[str | int | float | Decimal, ...]
    Detail = tuple[str, str, str, str]  # section, heading, kind, text

# By name: other answers do without importing these types.
_CLAIMS = frozenset(f"cptref.models.{name}" for name in ("claims", "fees", "pairs"))

# The characters that begin a formula in one spreadsheet or another, full-width forms too; spreadsheets skip white space
# before them. A tab and a carriage return begin one too, but they are visible escapes by then.
_FORMULA_STARTS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def render(answer: Answer) -> str:
    """Return a head and its rows, or "" if there are no rows; with a byte order mark if Excel needs one for UTF-8."""
    head, *rows = build_rows(answer)
    if not rows:
        return ""
    text = StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerows([_escape_cell(cell) for cell in row] for row in (head, *rows))
    return text.getvalue() if text.getvalue().isascii() else f"\ufeff{text.getvalue()}"


@singledispatch
def build_rows(answer: Answer) -> Iterator[Row]:
    """Yield the head of an answer, then its rows. Raise TypeError for a type of answer that has no rows."""
    if type(answer).__module__ in _CLAIMS:
        from cptref.render import claims_csv

        return claims_csv.build_rows(answer)
    raise TypeError(f"{type(answer).__name__} has no rows")


def _escape_cell(cell: str | float | Decimal) -> str | float | Decimal:
    if not isinstance(cell, str):
        return cell
    text = escape_unsafe(cell)
    return f"'{text}" if text.lstrip().startswith(_FORMULA_STARTS) else text


@build_rows.register(ShowAnswer)
def _build_show_rows(answer: ShowAnswer) -> Iterator[Row]:
    yield "code", "title", "verification", "library", "section", "heading", "kind", "text", "notice"
    appended = group_by_code(answer.appended)
    for entry in answer.entries:
        about = (entry.code, entry.title, entry.verification.status, entry.library)
        own = (*_list_appended(appended.get(entry.code, ())), *_list_contradictions(answer, entry.code))
        for detail in (*_list_verification(entry), *own, *(() if answer.brief else _list_lines(entry))):
            yield *about, *detail, answer.dataset.notices.advice
        yield from _list_code_sets(answer, entry.code, about)
    with_entry = {entry.code for entry in answer.entries}
    for listing in answer.listings:
        if listing.code not in with_entry:
            yield from _list_code_sets(answer, listing.code, (listing.code, listing.title, "", ""))
    notices = dict.fromkeys((each.heading, each.notice) for listing in answer.listings for each in listing.listings)
    for heading, notice in notices:
        if notice:
            yield *("",) * 4, "code-sets", heading, "notice", notice, answer.dataset.notices.advice


def _list_code_sets(answer: ShowAnswer, code: str, about: Row) -> Iterator[Row]:
    """Yield what the loaded code sets say about a code, one row for each value of a fact."""
    listing = next((listing for listing in answer.listings if listing.code == code), None)
    if listing is None:
        return
    advice = answer.dataset.notices.advice
    if listing.check:
        yield *about, "code-sets", "Check", "differs" if listing.differs else "agrees", listing.check, advice
    if answer.brief:
        for each in listing.listings:
            yield *about, "code-sets", head_listing(each), "summary", summarize_listing(each), advice
        return
    for each in listing.listings:
        for name, values in list_facts(each):
            yield from ((*about, "code-sets", head_listing(each), name, value, advice) for value in values)


def _list_verification(entry: Entry) -> Iterator[Detail]:
    verification = entry.verification
    yield "verification", "Check", "finding", verification.finding
    yield from (("verification", "Check", "see instead", code) for code in verification.see_instead)
    yield from (("verification", "Check", "checked against", release) for release in verification.checked_against)
    if entry.bundled_verification:
        yield "verification", "Check", "bundled finding", entry.bundled_verification.finding
    if entry.replaces:
        yield "verification", "Check", "replaces", entry.replaces
    if entry.source:
        yield "source", "Source", "page", entry.source.words


def _list_appended(appended: Iterable[AppendedModifier]) -> Iterator[Detail]:
    for modifier in appended:
        heading = f"Modifier {modifier.code}"
        yield "modifiers", heading, "meaning", modifier.meaning or "not in the library"
        if modifier.listed is not None:
            yield "modifiers", heading, "listed", "yes" if modifier.listed else "no"
        yield "modifiers", heading, "verdict", modifier.verdict
        yield "modifiers", heading, "assessment", modifier.assessment


def _list_contradictions(answer: ShowAnswer | CompareAnswer | ModifiersAnswer, code: str) -> Iterator[Detail]:
    for on, modifiers, problem in answer.contradictions:
        if on == code:
            yield "modifiers", f"Modifier {' with '.join(modifiers)}", "contradiction", problem


def _list_lines(entry: Entry) -> Iterator[Detail]:
    for section in entry.sections:
        heading = CATALOGUE[section.key].heading
        if section.intro:
            yield section.key, heading, "intro", section.intro
        yield from ((section.key, heading, "point", point) for point in section.points)


@build_rows.register(SearchAnswer)
def _build_search_rows(answer: SearchAnswer) -> Iterator[Row]:
    yield (
        *("code", "title", "verification", "library", "score", "tier", "missing"),
        *("section", "heading", "kind", "line score", "line tier", "text", "notice"),
    )
    notice = answer.dataset.notices.advice
    kinds = [("match", hit) for hit in answer.hits]
    if partial := answer.partial:
        kinds.append(("closest, not a match", partial._replace(matches=partial.matches[:1])))
    for kind, hit in kinds:
        score = round(hit.score, 2)
        about = (hit.code, hit.title, hit.verification, hit.library, score, hit.tier, "; ".join(hit.missing))
        for match in hit.matches:
            place = (match.section, CATALOGUE[match.section].heading, kind)
            yield *about, *place, round(match.score, 2), match.tier, match.text, notice
    for silence in answer.silent:
        place = (silence.section, CATALOGUE[silence.section].heading, "not mentioned")
        yield from ((code, *("",) * 6, *place, "", "", silence.subject, notice) for code in silence.codes)
    yield from (row for group in answer.sets for row in _list_set_rows(group))


def _list_set_rows(group: SetHits) -> Iterator[Row]:
    """Yield the codes of a set in the columns of a search: its release is where entries have their library."""
    for hit in group.hits:
        about = (hit.code, hit.title, describe_hit(hit), group.heading, round(hit.score, 2), hit.tier)
        place = ("; ".join(hit.missing), group.set, group.heading, hit.kind, "", "")
        yield *about, *place, hit.text, group.notice


@build_rows.register(SymptomAnswer)
def _build_symptom_rows(answer: SymptomAnswer) -> Iterator[Row]:
    yield (
        *("code", "title", "verification", "library", "covered", "of", "score", "symptom"),
        *("section", "heading", "line score", "line tier", "text", "missing", "notice"),
    )
    for fit in answer.hits:
        about = (fit.code, fit.title, fit.verification, fit.library, fit.covered, fit.of, round(fit.score, 2))
        for symptom, evidence in zip(answer.symptoms, fit.evidence, strict=True):
            line: Row = ("",) * 6
            if evidence:
                place = (evidence.section, CATALOGUE[evidence.section].heading)
                line = (*place, round(evidence.score, 2), evidence.tier, evidence.text, "; ".join(evidence.missing))
            yield *about, symptom.query, *line, answer.dataset.notices.advice
    for symptom, group in zip(answer.symptoms, answer.diagnoses, strict=False):
        if group:
            for hit in group.hits:
                where = (hit.code, hit.title, describe_hit(hit), group.heading, "", "")
                what = (round(hit.score, 2), symptom.query, group.set, hit.kind, round(hit.score, 2), hit.tier)
                yield *where, *what, hit.text, "; ".join(hit.missing), group.notice


@build_rows.register(CompareAnswer)
def _build_compare_rows(answer: CompareAnswer) -> Iterator[Row]:
    yield "section", "heading", "kind", *answer.codes, "notice"
    rows: list[Row] = []
    if answer.entries:
        rows += _compare_facts(answer.entries)
    for code, appended in group_by_code(answer.appended).items():
        is_own = [entry.code == code for entry in answer.entries]
        details = (*_list_appended(appended), *_list_contradictions(answer, code)) if any(is_own) else ()
        rows += ((*place, *(text if own else "" for own in is_own)) for *place, text in details)
    for section in answer.sections:
        rows += _compare_lines(section, answer.entries)
    without_entry = ("",) * (len(answer.codes) - len(answer.entries))
    rows = [(*row, *without_entry) for row in rows]
    for heading, table in compare_listings(answer.codes, answer.listings):
        for name, cells in table.items():
            rows.append(("code-sets", heading, name, *("; ".join(values) for values in cells)))
    notices = dict.fromkeys(each.notice for listing in answer.listings for each in listing.listings if each.notice)
    rows += (("code-sets", "", "notice", notice, *("",) * (len(answer.codes) - 1)) for notice in notices)
    yield from ((*row, answer.dataset.notices.advice) for row in rows)


def _compare_facts(entries: Sequence[Entry]) -> Iterator[Row]:
    verifications = [entry.verification for entry in entries]
    yield "overview", CATALOGUE["overview"].heading, "title", *(entry.title for entry in entries)
    yield "billing", CATALOGUE["billing"].heading, "category", *(entry.category for entry in entries)
    yield "library", "Library", "library", *(entry.library for entry in entries)
    yield "verification", "Check", "status", *(each.status for each in verifications)
    yield "verification", "Check", "finding", *(each.finding for each in verifications)
    yield "verification", "Check", "see instead", *(", ".join(each.see_instead) for each in verifications)
    yield "verification", "Check", "checked against", *(", ".join(each.checked_against) for each in verifications)


def _compare_lines(section: SectionComparison, entries: Sequence[Entry]) -> Iterator[Row]:
    """Yield the lines of a section: those of all entries, similar ones, and those of one entry, in its column."""
    place = (section.key, CATALOGUE[section.key].heading)
    if section.key == "cost":
        yield *place, f"low, {COST_ORIGIN}", *("" if entry.cost.low is None else entry.cost.low for entry in entries)
        yield *place, f"high, {COST_ORIGIN}", *("" if entry.cost.high is None else entry.cost.high for entry in entries)
    yield from ((*place, "shared", *(line,) * len(entries)) for line in section.shared)
    yield from ((*place, "similar", *row) for row in section.similar)
    for index, lines in enumerate(section.only):
        after = len(section.only) - index - 1
        yield from ((*place, "only", *("",) * index, line, *("",) * after) for line in lines)


@build_rows.register(ModifiersAnswer)
def _build_modifiers_rows(answer: ModifiersAnswer) -> Iterator[Row]:
    yield "code", "title", "verification", "library", "section", "heading", "kind", "text", "notice"
    rows: list[Row] = []
    no_code = ("", "", "", "")
    for modifier in answer.modifiers:
        heading = f"Modifier {modifier.code}"
        rows.append((*no_code, "modifiers", heading, "set", modifier.set))
        rows.append((*no_code, "modifiers", heading, "meaning", modifier.meaning))
        rows.append((*no_code, "modifiers", heading, "about", modifier.about))
        answers = "yes" if modifier.answers_pair_edit else "no"
        rows.append((*no_code, "modifiers", heading, "can answer a pair edit", answers))
    for indicator in answer.indicators:
        heading = f"Bilateral indicator {indicator.indicator}"
        rows.append((*no_code, "modifiers", heading, "set", "CMS"))
        rows.append((*no_code, "modifiers", heading, "meaning", indicator.meaning))
    appended = group_by_code(answer.appended)
    with_entry = {entry.code for entry in answer.entries}
    for listing in answer.listings:
        if listing.listings and listing.code not in with_entry:
            details = (*_list_appended(appended.get(listing.code, ())), *_list_contradictions(answer, listing.code))
            rows += ((listing.code, listing.title, "", "", *detail) for detail in details)
    for entry in answer.entries:
        about = (entry.code, entry.title, entry.verification.status, entry.library)
        own = appended.get(entry.code, ())
        details = (*_list_verification(entry), *_list_appended(own), *_list_contradictions(answer, entry.code))
        rows += ((*about, *detail) for detail in details)
    yield from ((*row, answer.dataset.notices.advice) for row in rows)


@build_rows.register(ListAnswer)
def _build_list_rows(answer: ListAnswer) -> Iterator[Row]:
    yield "code", "title", "category", "verification", "library", "kind", "replaces", "notice"
    for item in answer.entries:
        about = (item.code, item.title, item.category, item.verification, item.library, item.kind, item.replaces)
        yield *about, answer.dataset.notices.advice


@build_rows.register(SectionsAnswer)
def _build_sections_rows(answer: SectionsAnswer) -> Iterator[Row]:
    yield "name", "heading", "also"
    yield from ((kind.key, kind.heading, ", ".join(kind.aliases)) for kind in answer.kinds)


@build_rows.register(PathsAnswer)
def _build_paths_rows(answer: PathsAnswer) -> Iterator[Row]:
    yield "what", "where"
    yield from (("data", answer.data), ("library", answer.library), ("notes", answer.notes))
    yield from (("codesets", answer.codesets), ("cache", answer.cache))
    yield from (("also from", folder) for folder in answer.libraries)


@build_rows.register(NotesAnswer)
def _build_notes_rows(answer: NotesAnswer) -> Iterator[Row]:
    yield "code", "title", "number", "added", "text", "notice"
    for noted in answer.codes:
        for number, note in enumerate(noted.notes, 1):
            yield noted.code, noted.title, number, str(note.added), note.text, answer.dataset.notices.advice


@build_rows.register(CheckAnswer)
def _build_check_rows(answer: CheckAnswer) -> Iterator[Row]:
    yield "kind", "file", "place", "problem"
    for path in answer.checked:
        other_files = ", ".join(path.other_files) or "no other file"
        yield "checked", path.path, "", f"{path.articles} articles; {other_files}"
    yield from (("fault", *fault) for fault in answer.faults)
    yield from (("warning", *warning) for warning in answer.warnings)


@build_rows.register(AddAnswer)
def _build_add_rows(answer: AddAnswer) -> Iterator[Row]:
    yield "file", "state", "set", "release", "part", "rows", "effective from", "effective to", "said", "reason"
    for file in answer.files:
        days = (str(file.effective_from or ""), str(file.effective_to or ""))
        said = "; ".join(filter(None, (file.said, *file.warnings)))
        yield file.file, file.state, file.set, file.release, file.part, file.rows, *days, said, file.reason


@build_rows.register(SetsAnswer)
def _build_sets_rows(answer: SetsAnswer) -> Iterator[Row]:
    yield (
        *("name", "set", "release", "part", "effective from", "effective to", "rows", "refused", "source", "added"),
        *("sha256", "due", "notice"),
    )
    for loaded in answer.sets:
        release = loaded.release
        days = (str(release.effective_from), str(release.effective_to))
        rows = (release.rows, "; ".join(release.refused), release.source, str(release.added), release.sha256)
        yield release.name, release.set, release.release, release.part, *days, *rows, loaded.due, release.notice


@build_rows.register(RemoveAnswer)
def _build_remove_rows(answer: RemoveAnswer) -> Iterator[Row]:
    yield "name", "stores"
    yield from answer.removed


@build_rows.register(ChangesAnswer)
def _build_changes_rows(answer: ChangesAnswer) -> Iterator[Row]:
    yield "kind", "code", "modifier", "text", "field", f"in {answer.old}", f"in {answer.new}", "notice"
    notice = "\n".join(answer.notices)
    for change in answer.changes:
        for field in change.fields or (("", "", ""),):
            yield change.kind, change.code, change.sub, change.text, *field, notice


@build_rows.register(SetCodesAnswer)
def _build_set_codes_rows(answer: SetCodesAnswer) -> Iterator[Row]:
    yield "code", "title", "state", "set", "release", "notice"
    for code in answer.codes:
        yield code.code, code.title, code.state, answer.set, answer.release, answer.notice
