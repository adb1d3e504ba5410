"""Entries side by side: what all say, what some say in similar words, what only one says."""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING

from cptref.codes import ParsedArguments, ParsedCode
from cptref.errors import UsageError
from cptref.lookup.lookup import explain_no_article, is_answered, show
from cptref.models.results import CompareAnswer, SectionComparison
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Iterator, Sequence

    from cptref.index.reader import IndexReader
    from cptref.models.entries import Entry

# Of 100. Among the lines of the bundled articles, pairs above this say the same in other words or about another part of
# the body; pairs below it share a word or two.
MIN_SIMILARITY = 70
# Of a section. This many lines are compared with each other in half a second; ten times as many would take a minute.
MAX_LINES_ALIGNED, MAX_CHARACTERS_ALIGNED = 400, 40_000

# The other sections of a published code repeat its figures, which are compared already, or are words to find it by.
COMPARED_SECTIONS_OF_CODES = frozenset({"related", "notes"})

Row = dict[int, str]  # the lines that stand beside each other, by the position of their entries


def compare(
    reader: IndexReader, arguments: ParsedArguments, sections: Collection[str], answered: Container[str] = ()
) -> CompareAnswer:
    """Return the entries of these codes, section by section. Raise UsageError for fewer than two codes.

    A code that is `answered` elsewhere is no miss, but for its sections: only an entry has any. A section that one
    entry lacks is what only the others say; a section that all of them lack is a miss of each.
    """
    shown = show(reader, arguments, (), answered)
    # An article has what is published of its code too.
    shown = shown._replace(entries=tuple({entry.code: entry for entry in shown.entries}.values()))
    codes = {parsed.code or parsed.diagnosis or parsed.input for parsed in arguments.codes}
    if len({*(entry.code for entry in shown.entries), *codes}) <= 1:
        raise UsageError("there are no two codes to compare", hint="name two or more")
    keys, named = sections or CATALOGUE, bool(sections)
    compared = tuple(_compare_sections(shown.entries, keys, named=named)) if len(shown.entries) > 1 else ()
    missing = [key for key in sections if all(section.key != key for section in compared)]
    compared_codes = {entry.code for entry in shown.entries}
    without_article = (
        explain_no_article(parsed)
        for parsed in arguments.codes
        if sections and is_answered(parsed, answered) and parsed.code not in compared_codes
    )
    again = ParsedArguments(tuple(ParsedCode(entry.code, entry.code) for entry in shown.entries), {})
    return CompareAnswer(
        dataset=shown.dataset,
        entries=shown.entries,
        sections=compared,
        misses=(*shown.misses, *without_article, *(show(reader, again, missing).misses if missing else ())),
        appended=shown.appended,
        contradictions=shown.contradictions,
        remarks=shown.remarks,
    )


def _compare_sections(entries: Sequence[Entry], keys: Iterable[str], *, named: bool) -> Iterator[SectionComparison]:
    for key in keys:
        columns = [
            [
                line
                for section in entry.sections
                if section.key == key and (named or entry.kind == "article" or key in COMPARED_SECTIONS_OF_CODES)
                for line in (section.intro, *section.points)
                if line
            ]
            for entry in entries
        ]
        if any(columns):
            yield _compare_section(key, columns)


def _compare_section(key: str, columns: Sequence[Sequence[str]]) -> SectionComparison:
    """Return one section of several entries, whose lines stand in one column an entry."""
    distinct = {line for column in columns for line in column}
    align = len(distinct) <= MAX_LINES_ALIGNED and sum(map(len, distinct)) <= MAX_CHARACTERS_ALIGNED
    shared: list[str] = []
    similar: list[tuple[str, ...]] = []
    only: list[list[str]] = [[] for _ in columns]
    for row in _align_lines(columns, align=align):
        position, line = next(iter(row.items()))
        if len(row) == 1:
            only[position].append(line)
        elif len(row) == len(columns) and set(row.values()) == {line}:
            shared.append(line)
        else:
            similar.append(tuple(row.get(position, "") for position in range(len(columns))))
    return SectionComparison(
        key=key, shared=tuple(shared), similar=tuple(similar), only=tuple(map(tuple, only)), aligned=align
    )


def _align_lines(columns: Sequence[Sequence[str]], *, align: bool) -> Iterator[Row]:
    """Yield each line of each entry, in a row with the lines of other entries that are equal or, aligned, similar.

    The rows are in the order of their first lines. The most similar lines are paired first, and all lines of a row are
    similar to each other.
    """
    rows: dict[str, Row] = {}
    for position, column in enumerate(columns):
        for line in column:
            rows.setdefault(line, {})[position] = line
    groups = {line: [line] for line in rows}
    scores = _score_similar_lines(rows) if align else {}
    for pair in sorted(scores, key=scores.__getitem__, reverse=True):
        first, second = (groups[line] for line in pair)
        if first is not second and all(
            candidate in scores or candidate[::-1] in scores for candidate in product(first, second)
        ):
            first += second
            groups |= dict.fromkeys(second, first)
    yielded: set[str] = set()
    for line, group in groups.items():
        if line not in yielded:
            yielded.update(group)
            yield {position: text for member in group for position, text in rows[member].items()}


def _score_similar_lines(rows: dict[str, Row]) -> dict[tuple[str, str], float]:
    """Return the pairs of lines of different entries that say nearly the same, each with its score, 0 to 100.

    The score is the mean of two scorers: the words that only one line has count against it in one, not in the other.
    """
    from rapidfuzz import fuzz, utils

    processed = {line: utils.default_process(line) for line in rows}
    scores: dict[tuple[str, str], float] = {}
    for line, other in combinations(rows, 2):
        if rows[line].keys().isdisjoint(rows[other]):
            texts = processed[line], processed[other]
            score = (fuzz.token_sort_ratio(*texts) + fuzz.token_set_ratio(*texts)) / 2
            if score >= MIN_SIMILARITY:
                scores[line, other] = score
    return scores
