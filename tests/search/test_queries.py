"""The cases of tests/queries.toml: what coders type, and what must come first, be present, or be absent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import tomli

if TYPE_CHECKING:
    from cptref import Library

CASES = tomli.loads((Path(__file__).parents[1] / "queries.toml").read_text(encoding="utf-8"))["cases"]
KEYS = {"kind", "query", "symptoms", "first", "present", "absent", "line", "section", "missing", "nothing"}
KINDS = {"exact", "lay", "abbreviation", "typo", "clinical", "several", "question", "negative"}


class Outcome(NamedTuple):
    """The codes of an answer, the best first, the (section, line) pairs that it shows, and its unmatched words."""

    codes: list[str]
    lines: set[tuple[str, str]]
    unmatched: set[str]


def answer_case(library: Library, case: dict[str, Any]) -> Outcome:
    """Put several symptoms to `symptom`, and a query to `search`."""
    if "symptoms" in case:
        fits = library.symptom(case["symptoms"])
        lines = {(evidence.section, evidence.text) for hit in fits.hits for evidence in hit.evidence if evidence}
        unmatched = {word for symptom in fits.symptoms for text in symptom.unmatched for word in text.split()}
        return Outcome([hit.code for hit in fits.hits], lines, unmatched)
    answer = library.search(case["query"])
    lines = {(match.section, match.text) for hit in answer.hits for match in hit.matches}
    unmatched = {word for text in answer.unmatched for word in text.split()}
    return Outcome([hit.code for hit in answer.hits], lines, unmatched)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['kind']}: {case.get('query') or case['symptoms']}")
def test_the_answer_is_what_the_case_expects(library: Library, case: dict[str, Any]) -> None:
    """A case names what comes first, what is present, what is absent, a line, and words that nothing matches."""
    outcome = answer_case(library, case)
    if case.get("nothing"):
        assert outcome.codes == []
        return
    if "first" in case:
        assert outcome.codes[0] in case["first"]
    assert set(case.get("present", ())) <= set(outcome.codes)
    assert not set(case.get("absent", ())) & set(outcome.codes)
    assert "line" not in case or (case["section"], case["line"]) in outcome.lines
    assert set(case.get("missing", ())) <= outcome.unmatched


def test_there_are_enough_cases_of_every_kind() -> None:
    """There are at least 150 cases, at least ten of every kind, and no two ask the same."""
    assert {key for case in CASES for key in case} <= KEYS
    kinds = [case["kind"] for case in CASES]
    assert len(CASES) >= 150
    assert set(kinds) == KINDS
    assert min(kinds.count(kind) for kind in KINDS) >= 10
    questions = [str(case.get("query") or case["symptoms"]) for case in CASES]
    assert len(set(questions)) == len(questions)
