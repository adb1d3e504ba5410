"""The cases of tests/queries.toml: what coders type, and what must come first, be there, or be absent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import tomli

from cptref import open_library

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cptref import Library

CASES = tomli.loads((Path(__file__).parents[1] / "queries.toml").read_text(encoding="utf-8"))["cases"]
KEYS = {"kind", "query", "symptoms", "first", "present", "absent", "line", "section", "missing", "nothing"}
KINDS = {"exact", "lay", "abbreviation", "typo", "clinical", "several", "question", "negative"}


class Found(NamedTuple):
    """What a question found: codes, best first; the lines shown, with their sections; what nothing speaks of."""

    codes: list[str]
    lines: set[tuple[str, str]]
    unmatched: set[str]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The bundled library, compiled once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        with open_library() as opened:
            yield opened


def ask(library: Library, case: dict[str, Any]) -> Found:
    """Put the case's question: several symptoms to `symptom`, everything else to `search`."""
    if "symptoms" in case:
        fits = library.symptom(case["symptoms"])
        lines = {(one.section, one.text) for hit in fits.hits for one in hit.evidence if one}
        missed = {word for complaint in fits.symptoms for text in complaint.unmatched for word in text.split()}
        return Found([hit.code for hit in fits.hits], lines, missed)
    answer = library.search(case["query"])
    lines = {(match.section, match.text) for hit in answer.hits for match in hit.matches}
    missed = {word for text in answer.unmatched for word in text.split()}
    return Found([hit.code for hit in answer.hits], lines, missed)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['kind']}: {case.get('query') or case['symptoms']}")
def test_a_query_finds_what_it_should(library: Library, case: dict[str, Any]) -> None:
    """What must come first does, what must be there is, what must be absent is."""
    found = ask(library, case)
    if case.get("nothing"):
        assert found.codes == []
        return
    if "first" in case:
        assert found.codes[0] in case["first"]
    assert set(case.get("present", ())) <= set(found.codes)
    assert not set(case.get("absent", ())) & set(found.codes)
    assert "line" not in case or (case["section"], case["line"]) in found.lines
    assert set(case.get("missing", ())) <= found.unmatched


def test_there_are_enough_cases_of_every_kind() -> None:
    """At least 150 in all, of every kind at least ten, and none twice."""
    assert {key for case in CASES for key in case} <= KEYS
    kinds = [case["kind"] for case in CASES]
    assert len(CASES) >= 150
    assert set(kinds) == KINDS
    assert min(kinds.count(kind) for kind in KINDS) >= 10
    asked = [str(case.get("query") or case["symptoms"]) for case in CASES]
    assert len(set(asked)) == len(asked)
