"""Entries side by side: what all say, what some say in nearly the same words, what one alone says."""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING

from cptref.errors import UsageError
from cptref.lookup.lookup import show
from cptref.models.results import CompareAnswer, SectionComparison
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from cptref.models.results import Entry

# Of 100. Of the lines of the bundled articles, those above say the same in other words, or of another part of the body;
# those below share a word or two.
MIN_SIMILARITY = 70
# Of a section. So many lines are held against each other in half a second; ten times as many would take a minute.
MAX_LINES_ALIGNED, MAX_CHARACTERS_ALIGNED = 400, 40_000

Row = dict[int, str]  # which entry, by its place, has which line


def compare(connection: sqlite3.Connection, typed: Collection[str], sections: Collection[str]) -> CompareAnswer:
    """The entries of codes as typed, section by section. Raises UsageError where fewer than two codes are named.

    A section that one entry lacks is what only the others say; one that all of them lack is a miss of each.
    """
    found = show(connection, typed, ())
    if len({*(entry.code for entry in found.entries), *(miss.code or miss.input for miss in found.misses)}) <= 1:
        raise UsageError("there are no two codes to compare", hint="name two or more")
    compared = tuple(_compare_sections(found.entries, sections or CATALOGUE)) if len(found.entries) > 1 else ()
    absent = [key for key in sections if all(one.key != key for one in compared)]
    missed = show(connection, [entry.code for entry in found.entries], absent).misses if absent else ()
    return CompareAnswer(
        dataset=found.dataset,
        entries=found.entries,
        sections=compared,
        misses=(*found.misses, *missed),
        appended=found.appended,
    )


def _compare_sections(entries: Sequence[Entry], keys: Iterable[str]) -> Iterator[SectionComparison]:
    for key in keys:
        lines = [
            [line for one in entry.sections if one.key == key for line in (one.intro, *one.points) if line]
            for entry in entries
        ]
        if any(lines):
            yield _compare_section(key, lines)


def _compare_section(key: str, lines: Sequence[Sequence[str]]) -> SectionComparison:
    different = {line for own in lines for line in own}
    lined_up = len(different) <= MAX_LINES_ALIGNED and sum(map(len, different)) <= MAX_CHARACTERS_ALIGNED
    shared: list[str] = []
    similar: list[tuple[str, ...]] = []
    only: list[list[str]] = [[] for _ in lines]
    for row in _align_lines(lines, lined_up=lined_up):
        place, line = next(iter(row.items()))
        if len(row) == 1:
            only[place].append(line)
        elif len(row) == len(lines) and set(row.values()) == {line}:
            shared.append(line)
        else:
            similar.append(tuple(row.get(place, "") for place in range(len(lines))))
    return SectionComparison(
        key=key, shared=tuple(shared), similar=tuple(similar), only=tuple(map(tuple, only)), aligned=lined_up
    )


def _align_lines(lines: Sequence[Sequence[str]], *, lined_up: bool) -> Iterator[Row]:
    """Each line of each entry, in a row with those of other entries that say the same or, lined up, nearly so.

    The rows come in the order in which their first lines do. The nearest lines find each other first, and all lines of
    a row are near to each other.
    """
    same: dict[str, Row] = {}
    for place, own in enumerate(lines):
        for line in own:
            same.setdefault(line, {})[place] = line
    groups = {line: [line] for line in same}
    near = _score_similar_lines(same) if lined_up else {}
    for one, other in sorted(near, key=near.__getitem__, reverse=True):
        first, second = groups[one], groups[other]
        if first is not second and all(pair in near or pair[::-1] in near for pair in product(first, second)):
            first += second
            groups |= dict.fromkeys(second, first)
    told: set[str] = set()
    for line, group in groups.items():
        if line not in told:
            told.update(group)
            yield {place: text for member in group for place, text in same[member].items()}


def _score_similar_lines(same: dict[str, Row]) -> dict[tuple[str, str], float]:
    """Which lines of different entries say nearly the same, and how nearly, 0 to 100.

    The mean of two scorers: one counts what a line says besides against it, the other doesn't.
    """
    from rapidfuzz import fuzz, utils

    plain = {line: utils.default_process(line) for line in same}
    found: dict[tuple[str, str], float] = {}
    for one, other in combinations(same, 2):
        if same[one].keys().isdisjoint(same[other]):
            texts = plain[one], plain[other]
            score = (fuzz.token_sort_ratio(*texts) + fuzz.token_set_ratio(*texts)) / 2
            if score >= MIN_SIMILARITY:
                found[one, other] = score
    return found
