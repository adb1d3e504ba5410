"""A matching line -> what is shown of it: the matched words, the tier, and the expansions that it used."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cptref.analysis import analyze, tokenize
from cptref.models.hits import Match, Term
from cptref.search import scoring

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cptref.index.reader import IndexReader
    from cptref.models.hits import Tier
    from cptref.search.clauses import Expansion
    from cptref.search.matcher import QueryMatches

UsedExpansions = tuple[frozenset["Expansion"], ...]  # of each clause of a query


class HighlightedLine(NamedTuple):
    """A line with its matched words, and the expansions of each clause by which it matches."""

    match: Match
    used: UsedExpansions


def highlight(reader: IndexReader, matches: QueryMatches, line: int) -> HighlightedLine:
    """Return a matching line with the offsets of its matched words."""
    text = reader.read_line(line)
    offsets: dict[str, list[tuple[int, int]]] = {}
    for token in (token for tokens in analyze(text) for token in tokens):
        offsets.setdefault(token.text, []).append((token.start, token.end))
    scores = [of_clause.lines.get(line, 0.0) for of_clause in matches.clauses]
    marks: set[tuple[int, int]] = set()
    used: list[frozenset[Expansion]] = []
    for score, of_clause in zip(scores, matches.clauses, strict=True):
        expansions = [expansion for expansion in of_clause.expansions if expansion.weight == score]
        expansions = [expansion for expansion in expansions if _has_alternatives(offsets, expansion)]
        used.append(frozenset(expansions))
        for expansion in expansions:
            if expansion.literal:
                marks.update(_iter_literal_matches(text, expansion.literal))
            else:
                words = (word for group in expansion.alternatives for word in group)
                marks.update(mark for word in words for mark in offsets.get(word, ()))
    match = Match(
        section=reader.read_section(line),
        text=text,
        score=round(matches.line_coverages([line])[line], 3),
        tier=scoring.select_tier(min(filter(None, scores))),
        terms=tuple(of_clause.clause.typed for of_clause, score in zip(matches.clauses, scores, strict=True) if score),
        marks=_merge_marks(marks),
    )
    return HighlightedLine(match, tuple(used))


def explain_query(matches: QueryMatches, lines: Iterable[HighlightedLine]) -> tuple[Term, ...]:
    """Return how each clause was read where that is not what was typed, as the lines shown match it, by tier.

    An abbreviation is read in all its senses, whatever is shown.
    """
    used = [line.used for line in lines]
    terms: dict[tuple[str, Tier], dict[str, None]] = {}
    for position, (clause, *_) in enumerate(matches.clauses):
        if clause.senses:
            terms[clause.typed, "abbreviation"] = dict.fromkeys(clause.senses)
        shown: frozenset[Expansion] = frozenset().union(*(expansions[position] for expansions in used))
        for expansion in _order_expansions(clause.expansions, shown):
            if not clause.in_section and expansion.text and expansion.tier not in {"exact", "abbreviation"}:
                terms.setdefault((clause.typed, expansion.tier), {})[expansion.text] = None
    return tuple(Term(typed=typed, read_as=tuple(read_as), tier=tier) for (typed, tier), read_as in terms.items())


def _order_expansions(expansions: Sequence[Expansion], shown: frozenset[Expansion]) -> list[Expansion]:
    """Return the shown expansions, what counts most first; of several with the same words only the first."""
    distinct = {expansion.alternatives: expansion for expansion in reversed(expansions) if expansion in shown}
    return sorted(distinct.values(), key=lambda expansion: (-expansion.weight, expansions.index(expansion)))


def _has_alternatives(offsets: dict[str, list[tuple[int, int]]], expansion: Expansion) -> bool:
    return all(any(word in offsets for word in group) for group in expansion.alternatives)


def _merge_marks(marks: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return the marks in order; a hyphenated word and a part of it are one mark."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(marks):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _iter_literal_matches(text: str, literal: str) -> Iterator[tuple[int, int]]:
    """Yield the [start, end) offsets at which the words of a literal stand side by side in a text."""
    tokens = tokenize(text)
    words = [token.text for token in tokenize(literal)]
    for start in range(len(tokens) - len(words) + 1):
        run = tokens[start : start + len(words)]
        if [token.text for token in run] == words:
            yield run[0].start, run[-1].end
