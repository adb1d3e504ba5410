"""The cases of tests/queries.toml: what coders type, and what must come first, be present, or be absent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import tomli

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cptref import Library
    from cptref.models.hits import Complaint, SearchAnswer, Tier

CASES = tomli.loads((Path(__file__).parents[1] / "queries.toml").read_text(encoding="utf-8"))["cases"]
KEYS = {
    *("kind", "query", "symptoms", "first", "present", "absent", "line", "section", "first_line"),
    *("silent", "denied", "missing", "tier", "nothing"),
}
KINDS = {
    *("exact", "lay", "abbreviation", "typo", "clinical", "several", "question", "negative"),
    *("denial", "qualifier", "word", "message", "beginning"),
}


class Outcome(NamedTuple):
    """What a case is compared with.

    `codes` are those of the answer, the best first; `lines` the (section, line) pairs that it shows, those of the first
    hit first; `unmatched` the words that nothing matches; `denied` what was left out as denied; `silent` the
    (code, section) pairs that say nothing on a question; `tiers` how words were read as others.
    """

    codes: list[str]
    lines: list[tuple[str, str]]
    unmatched: set[str]
    denied: list[str]
    silent: set[tuple[str, str]]
    tiers: set[Tier]


def answer_case(library: Library, case: dict[str, Any]) -> Outcome:
    """Put several symptoms to `symptom`, and a query to `search`."""
    if "symptoms" in case:
        fits = library.symptom(case["symptoms"])
        readings: Sequence[Complaint | SearchAnswer] = fits.symptoms
        codes = [hit.code for hit in fits.hits]
        lines = [(evidence.section, evidence.text) for hit in fits.hits for evidence in hit.evidence if evidence]
        silent = set()
    else:
        answer = library.search(case["query"])
        readings = [answer]
        codes = [hit.code for hit in answer.hits]
        lines = [(match.section, match.text) for hit in answer.hits for match in hit.matches]
        silent = {(code, silence.section) for silence in answer.silent for code in silence.codes}
    unmatched = {word for reading in readings for text in reading.unmatched for word in text.split()}
    denied = [thing for reading in readings for thing in reading.denied]
    tiers = {term.tier for reading in readings for term in reading.understood}
    return Outcome(codes, lines, unmatched, denied, silent, tiers)


def name_case(case: dict[str, Any]) -> str:
    """Return the kind of a case and the beginning of what it asks."""
    return f"{case['kind']}: {str(case.get('query') or case['symptoms'])[:60]}"


@pytest.mark.parametrize("case", CASES, ids=name_case)
def test_the_answer_is_what_the_case_expects(library: Library, case: dict[str, Any]) -> None:
    """A case names what comes first, is present or absent, a line, what is denied or not said, and how it is read.

    A case names the beginning of a line, or its section alone; `first_line` says that the answer begins with it.
    """
    outcome = answer_case(library, case)
    assert outcome.denied == case.get("denied", outcome.denied)
    assert {(code, case["section"]) for code in case.get("silent", ())} <= outcome.silent
    if case.get("nothing"):
        assert outcome.codes == []
        return
    assert "first" not in case or set(outcome.codes[:1]) & set(case["first"])
    assert set(case.get("present", ())) <= set(outcome.codes)
    assert not set(case.get("absent", ())) & set(outcome.codes)
    if "line" in case or "first_line" in case:
        lines = outcome.lines[:1] if "first_line" in case else outcome.lines
        assert any(section == case["section"] and text.startswith(case.get("line", "")) for section, text in lines)
    assert set(case.get("missing", ())) <= outcome.unmatched
    assert "tier" not in case or case["tier"] in outcome.tiers


def test_there_are_enough_cases_of_every_kind() -> None:
    """There are at least 330 cases, at least ten of every kind, and no two ask the same."""
    assert {key for case in CASES for key in case} <= KEYS
    kinds = [case["kind"] for case in CASES]
    assert len(CASES) >= 330
    assert set(kinds) == KINDS
    assert min(kinds.count(kind) for kind in KINDS) >= 10
    questions = [str(case.get("query") or case["symptoms"]) for case in CASES]
    assert len(set(questions)) == len(questions)
