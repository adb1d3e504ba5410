"""Test the names of sections."""

from __future__ import annotations

import pytest

from cptref.sections import CATALOGUE, list_names, match_names


def test_sections_keep_their_order() -> None:
    """Keep the order of the sections."""
    assert " ".join(CATALOGUE) == (
        "overview verification used-when symptoms causes tests procedure preparation recovery complications follow-up "
        "alternatives home-care education billing cost related references faq notes"
    )


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("symptoms", ["symptoms"]),
        ("Symptoms ", ["symptoms"]),
        ("sym", ["symptoms"]),
        ("home care", ["home-care"]),
        ("HOME_CARE", ["home-care"]),
        ("indications", ["used-when"]),
        ("risks", ["complications"]),
        ("risk-factors", ["causes"]),
        ("aftercare", ["recovery"]),
        ("prevention", ["education"]),
        ("modifiers", ["billing"]),
        ("questions", ["faq"]),
        ("pre", ["preparation"]),
        ("pri", ["cost"]),
        ("re", ["recovery", "related", "references"]),
        ("zebra", []),
        ("", []),
    ],
)
def test_matches_names_to_sections(typed: str, keys: list[str]) -> None:
    """Match a key, an alias, or the beginning of either, keys before aliases."""
    assert list(match_names(typed)) == keys


def test_no_name_matches_two_sections() -> None:
    """Give every key and alias to one section only."""
    assert len(list_names()) == len(set(list_names()))
    assert all(len(match_names(name)) == 1 for name in list_names())
