"""The Python API."""

from __future__ import annotations

import pytest

import cptref
from cptref import open_library
from cptref.errors import UsageError


def test_an_entry_is_a_value() -> None:
    """`get` gives the entry of a code, with its verification, cost and sections; None where it isn't held."""
    with open_library() as library:
        entry = library.get("20976")
        assert library.get("99999") is None
    assert entry is not None
    assert (entry.code, entry.library, entry.verification.status) == ("20976", "bundled", "not-listed")
    assert (entry.cost.low, entry.cost.high, entry.cost.currency) == (1000, 3000, "USD")
    assert [modifier.code for modifier in entry.modifiers] == ["50", "RT", "LT"]
    assert [section.key for section in entry.sections][:3] == ["overview", "used-when", "symptoms"]


def test_the_list_of_codes() -> None:
    """`list` gives every code held, in order, with what the check found."""
    with open_library() as library:
        listed = library.list().entries
    assert [(one.code, one.verification) for one in listed] == [
        ("20920", "conflict"),
        ("20962", "conflict"),
        ("20971", "not-listed"),
        ("20975", "conflict"),
        ("20976", "not-listed"),
    ]


def test_an_empty_search_is_an_error() -> None:
    """A query without a word can't be answered."""
    with open_library() as library, pytest.raises(UsageError, match=r"^nothing to search for; give a word"):
        library.search("...")


def test_names_are_taken_as_people_type_them() -> None:
    """One code needs no list; sections go by any of their names, and one that is none is an error."""
    with open_library() as library:
        (entry,) = library.show("CPT 20976", ["risks", "prep"]).entries
        assert [section.key for section in entry.sections] == ["preparation", "complications"]
        assert library.search("blood", "prep").hits
        for ask in (lambda: library.show(["20976"], ["nothing"]), lambda: library.search("pain", ["nothing"])):
            with pytest.raises(UsageError, match=r"^no section 'nothing'; the sections are overview, used-when, "):
                ask()
        with pytest.raises(UsageError, match=r"^a limit of 0 is too small; it takes 1 or more$"):
            library.search("pain", limit=0)


def test_a_public_name_that_is_not_there() -> None:
    """The package names its attributes and no others."""
    assert all(getattr(cptref, name) for name in cptref.__all__)
    with pytest.raises(AttributeError, match=r"^module 'cptref' has no attribute 'nothing'$"):
        _ = cptref.nothing
