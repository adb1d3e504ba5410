"""What a patient reports -> the codes that fit, by how many complaints they cover, and the lines that do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cptref.analysis import tokenize
from cptref.errors import UsageError
from cptref.index.reader import LineReader
from cptref.lookup.lookup import read_dataset
from cptref.models.results import Complaint, Evidence, Fit, SymptomAnswer
from cptref.search import scoring
from cptref.search.matcher import match_query
from cptref.search.search import explain_query, highlight, read_heading

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from cptref.search.matcher import QueryMatches

# Where complaints are spoken of, and what a line there counts. A cause is not yet a complaint.
SECTION_WEIGHTS = {"symptoms": 1.0, "used-when": 1.0, "causes": 0.8}

_HINT = "give one or more, as in: cptref symptom 'numb feet' 'weak legs'"

Best = dict[int, tuple[float, int]]  # the best line for a complaint of each entry that covers it, behind its score


def match_symptoms(connection: sqlite3.Connection, complaints: Sequence[str], limit: int) -> SymptomAnswer:
    """The best `limit` entries for what a patient reports, those that cover most complaints first.

    Raises UsageError where there is no complaint, no word in one, or more words than a question has.
    """
    if not complaints:
        raise UsageError("no symptom given", hint=_HINT)
    if not all(map(tokenize, complaints)):
        raise UsageError("a symptom has no word in it", hint=_HINT)
    # Points alone: what a section begins with is no complaint.
    lines = LineReader(connection, tuple(SECTION_WEIGHTS), points=True)
    asked = [match_query(connection, complaint, lines) for complaint in complaints]
    covering = [_find_covering(sought) for sought in asked]
    scores = {
        entry: (-sum(entry in best for best in covering), -_mean_score(entry, covering))
        for entry in set().union(*covering)
    }
    ranked = sorted(scores, key=lambda entry: (scores[entry], entry))
    hits = tuple(_make_fit(connection, entry, complaints, asked, covering) for entry in ranked[:limit])
    return SymptomAnswer(
        dataset=read_dataset(connection),
        symptoms=tuple(
            Complaint(query=query, understood=explain_query(sought), unmatched=sought.unmatched, covered=bool(best))
            for query, sought, best in zip(complaints, asked, covering, strict=True)
        ),
        total=len(ranked),
        hits=hits,
    )


def _find_covering(sought: QueryMatches) -> Best:
    """The entries with a line that covers a complaint, each with its best."""
    best: Best = {}
    for line, share in sorted(sought.shares(sought.found).items()):
        if round(share, 3) < scoring.MIN_SYMPTOM_COVERAGE:
            continue
        entry = sought.lines.entries[line]
        score = scoring.score(share * SECTION_WEIGHTS[sought.lines.section(line)], sought.fit(line))
        if score > best.get(entry, (0.0, 0))[0]:
            best[entry] = (score, line)
    return best


def _mean_score(entry: int, covering: Sequence[Best]) -> float:
    """The mean of the scores of an entry's best lines; a complaint that it doesn't cover counts nothing."""
    return round(sum(best[entry][0] for best in covering if entry in best) / len(covering), 5)


def _make_fit(
    connection: sqlite3.Connection,
    entry: int,
    complaints: Sequence[str],
    asked: Sequence[QueryMatches],
    covering: Sequence[Best],
) -> Fit:
    code, title, library, verification = read_heading(connection, entry)
    evidence: list[Evidence | None] = []
    for complaint, sought, best in zip(complaints, asked, covering, strict=True):
        if entry not in best:
            evidence.append(None)
            continue
        score, line = best[entry]
        found = highlight(line, sought)
        evidence.append(
            Evidence(
                symptom=complaint,
                section=found.section,
                text=found.text,
                tier=found.tier,
                score=score,
                missing=tuple(
                    one.typed for one, of_thing in zip(sought.things, sought.found, strict=True) if line not in of_thing
                ),
                marks=found.marks,
            )
        )
    return Fit(
        code=code,
        title=title,
        library=library,
        verification=verification,
        covered=sum(one is not None for one in evidence),
        of=len(complaints),
        score=_mean_score(entry, covering),
        evidence=tuple(evidence),
    )
