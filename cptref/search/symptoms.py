"""What a patient reports -> the codes that fit, by how many symptoms they cover, with the line that covers each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cptref.analysis import tokenize
from cptref.errors import UsageError
from cptref.models.hits import Complaint, Evidence, Fit, SymptomAnswer
from cptref.search import scoring
from cptref.search.highlight import explain_query, highlight
from cptref.search.matcher import match_query, read_query
from cptref.search.search import find_codes_to_see

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cptref.index.reader import IndexReader
    from cptref.models.codes import PublishedCode
    from cptref.search.clauses import Query
    from cptref.search.highlight import HighlightedLine
    from cptref.search.matcher import QueryMatches

# Where symptoms are looked for, and what a line there counts. A cause is not yet a symptom.
SECTION_WEIGHTS = {"symptoms": 1.0, "used-when": 1.0, "causes": 0.8}

_HINT = "give one or more, as in 'numb feet', 'weak legs'"


class BestLine(NamedTuple):
    """The line of an entry that covers a symptom best, and its score, 0 to 1."""

    score: float
    line: int


class MatchedSymptom(NamedTuple):
    """A symptom as it was reported, what matches it, and the best line of each entry that covers it.

    `complaints` is what matches it among the complaints of published codes, `codes` are those that cover it.
    """

    query: str
    parsed: Query
    matches: QueryMatches
    best: dict[int, BestLine]
    complaints: QueryMatches
    codes: tuple[str, ...]


def match_symptoms(reader: IndexReader, symptoms: Sequence[str], limit: int) -> SymptomAnswer:
    """Return the best `limit` entries for what a patient reports, those that cover most symptoms first.

    Raise UsageError without a symptom, and for a symptom without a word or with too many.
    """
    if not symptoms:
        raise UsageError("no symptom given", hint=_HINT)
    if not all(map(tokenize, symptoms)):
        raise UsageError("a symptom has no word in it", hint=_HINT)
    matched = [_match_symptom(reader, symptom) for symptom in symptoms]
    asked = [symptom for symptom in matched if symptom.parsed.asks_for_anything]
    ranks = {
        entry: (-sum(entry in symptom.best for symptom in asked), -_mean_score(entry, asked), entry)
        for entry in set[int]().union(*(symptom.best for symptom in asked))
    }
    ranked = sorted(ranks, key=ranks.__getitem__)
    evidence = {entry: [_find_evidence(reader, symptom, entry) for symptom in matched] for entry in ranked[:limit]}
    hits = tuple(_make_fit(reader, entry, matched, lines) for entry, lines in evidence.items())
    return SymptomAnswer(
        dataset=reader.read_dataset(),
        symptoms=tuple(
            Complaint(
                query=symptom.query,
                understood=explain_query(
                    symptom.matches, (line for lines in evidence.values() if (line := lines[position]))
                ),
                unmatched=tuple(typed for typed in symptom.matches.unmatched if typed in symptom.complaints.unmatched),
                covered=bool(symptom.best or symptom.codes),
                denied=symptom.parsed.denied,
                only_denies=not symptom.parsed.asks_for_anything,
            )
            for position, symptom in enumerate(matched)
        ),
        total=len(ranked),
        hits=hits,
        codes=_find_codes(reader, asked, [hit.code for hit in hits]) if asked else (),
    )


def _find_codes(
    reader: IndexReader, matched: Sequence[MatchedSymptom], codes: Sequence[str]
) -> tuple[PublishedCode, ...]:
    """Return the published codes whose complaints cover all symptoms, else those to see instead of these codes."""
    if all(symptom.codes for symptom in matched) or not codes:
        return reader.list_published(tuple(dict.fromkeys(code for symptom in matched for code in symptom.codes)))
    of_symptoms = [match_query(reader, symptom.parsed, kind="code") for symptom in matched]
    return find_codes_to_see(reader, codes, of_symptoms)


def _match_symptom(reader: IndexReader, query: str) -> MatchedSymptom:
    """Return what matches a symptom, nothing if it only denies. Only points count: an intro is not a symptom."""
    parsed = read_query(reader, query)
    matches = match_query(reader, parsed, SECTION_WEIGHTS, points_only=True)
    complaints = match_query(reader, parsed, ("used-when",), kind="code")
    best: dict[int, BestLine] = {}
    if not parsed.asks_for_anything:
        return MatchedSymptom(query, parsed, matches, best, complaints, ())
    for line, coverage in sorted(matches.line_coverages().items()):
        if not scoring.covers_symptom(coverage):
            continue
        entry = matches.line_entries[line]
        score = scoring.score(coverage * SECTION_WEIGHTS[reader.read_section(line)], matches.query_share(line))
        if entry not in best or score > best[entry].score:
            best[entry] = BestLine(score, line)
    covering = [line for line, coverage in complaints.line_coverages().items() if scoring.covers_symptom(coverage)]
    codes = tuple(dict.fromkeys(reader.read_item(complaints.line_entries[line]).code for line in sorted(covering)))
    return MatchedSymptom(query, parsed, matches, best, complaints, codes)


def _mean_score(entry: int, matched: Sequence[MatchedSymptom]) -> float:
    """Return the mean score of an entry's best lines; a symptom that it does not cover counts nothing."""
    scores = [symptom.best[entry].score for symptom in matched if entry in symptom.best]
    return round(sum(scores) / len(matched), 5)


def _find_evidence(reader: IndexReader, symptom: MatchedSymptom, entry: int) -> HighlightedLine | None:
    return highlight(reader, symptom.matches, symptom.best[entry].line) if entry in symptom.best else None


def _make_fit(
    reader: IndexReader, entry: int, matched: Sequence[MatchedSymptom], lines: Sequence[HighlightedLine | None]
) -> Fit:
    item = reader.read_item(entry)
    asked = [symptom for symptom in matched if symptom.parsed.asks_for_anything]
    evidence = tuple(
        line and _make_evidence(symptom, symptom.best[entry], line)
        for symptom, line in zip(matched, lines, strict=True)
    )
    return Fit(
        kind=item.kind,
        code=item.code,
        title=item.title,
        library=item.library,
        verification=item.verification,
        covered=sum(line is not None for line in lines),
        of=len(asked),
        score=_mean_score(entry, asked),
        evidence=evidence,
        bundled_verification=item.bundled_verification,
    )


def _make_evidence(symptom: MatchedSymptom, best: BestLine, line: HighlightedLine) -> Evidence:
    return Evidence(
        symptom=symptom.query,
        section=line.match.section,
        text=line.match.text,
        tier=line.match.tier,
        score=best.score,
        missing=symptom.matches.missing_in_line(best.line),
        marks=line.match.marks,
    )
