"""Long patterns are compiled only for texts with one of their cues, which nothing that they match is without."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cptref.search import denials, qualifiers, questions
from cptref.search.patterns import CuedPattern, split_pieces

MAX_EXAMPLES = 200  # for each of some forty patterns, which have few branches


def list_patterns() -> list[CuedPattern]:
    """Return every pattern with cues of the three modules, also those within tables."""
    values = [value for module in (denials, qualifiers, questions) for value in vars(module).values()]
    tables = [value.values() for value in values if isinstance(value, dict)]
    topics = [[topic.pattern for topic in value] for value in values if isinstance(value, tuple)]
    items = [*values, *(item for table in (*tables, *topics) for item in table)]
    return [item for item in items if isinstance(item, CuedPattern) and item.cues]


@pytest.mark.parametrize("pattern", list_patterns(), ids=lambda pattern: " ".join(pattern.pattern.split())[:40])
@settings(max_examples=min(settings().max_examples, MAX_EXAMPLES))
@given(data=st.data())
def test_what_a_pattern_matches_has_one_of_its_cues(pattern: CuedPattern, data: st.DataObject) -> None:
    """A word that is added to a pattern is added to its cues."""
    compiled = re.compile(pattern.pattern, re.IGNORECASE | re.VERBOSE)
    text = data.draw(st.from_regex(compiled, alphabet=st.characters(codec="ascii")))
    assert pattern.may_match(split_pieces(text))
