"""Entries side by side, through the Python API. tests/cli/test_compare.py has the pages and the JSON."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from cptref import open_library
from cptref.errors import UsageError
from cptref.render import render

if TYPE_CHECKING:
    from collections.abc import Collection

    from cptref.models.entries import Entry
    from cptref.models.results import CompareAnswer, SectionComparison
    from tests.conftest import MakeFolder

CODES = ("20920", "20962", "20971", "20975", "20976")


def list_lines(entry: Entry, key: str) -> list[str]:
    """Return the lines of a section of an entry, in order."""
    return [
        line for section in entry.sections if section.key == key for line in (section.intro, *section.points) if line
    ]


def get_section(answer: CompareAnswer, key: str) -> SectionComparison:
    """Return one section of the comparison."""
    return next(section for section in answer.sections if section.key == key)


@pytest.mark.parametrize("codes", [*combinations(CODES, 2), *combinations(CODES, 3), CODES])
def test_every_line_appears_once(codes: tuple[str, ...]) -> None:
    """Each line of each entry is shared by all, in a row with similar lines, or of one entry only."""
    with open_library() as library:
        answer = library.compare(codes)
    assert [entry.code for entry in answer.entries] == list(codes)
    for section in answer.sections:
        for column, entry in enumerate(answer.entries):
            similar = [row[column] for row in section.similar if row[column]]
            assert sorted([*section.shared, *similar, *section.only[column]]) == sorted(list_lines(entry, section.key))
        assert all(sum(map(bool, row)) > 1 for row in section.similar)
        assert not [row for row in section.similar if len(set(row)) == 1]
    keys = {section.key for entry in answer.entries for section in entry.sections}
    assert {section.key for section in answer.sections} == keys


def test_lines_that_differ_in_a_figure_are_similar_and_not_shared() -> None:
    """24 hours and 24-48 hours are nearly the same words, and not the same claim."""
    with open_library() as library:
        recovery = get_section(library.compare(["20962", "20976"]), "recovery")
    assert ("No strenuous activities for 24 hours at least", "No strenuous activities for 24-48 hours at least") in (
        recovery.similar
    )


def test_the_most_similar_lines_are_paired(make_folder: MakeFolder) -> None:
    """A line that is similar to two others is paired with the more similar one."""
    folder = make_folder(
        {
            "20111": {"symptoms": ["pain in the left leg at night"]},
            "20222": {"symptoms": ["pain in the right leg at night", "pain in the left leg by night"]},
        }
    )
    with open_library(folder) as library:
        symptoms = get_section(library.compare(["20111", "20222"]), "symptoms")
    assert symptoms.similar == (("pain in the left leg at night", "pain in the left leg by night"),)
    assert symptoms.only == ((), ("pain in the right leg at night",))


def test_left_and_right_are_similar_and_not_shared(make_folder: MakeFolder) -> None:
    """Lines for the two sides are paired where no other line is more similar."""
    folder = make_folder(
        {"20111": {"symptoms": ["pain in the left leg"]}, "20222": {"symptoms": ["pain in the right leg"]}}
    )
    with open_library(folder) as library:
        symptoms = get_section(library.compare(["20111", "20222"]), "symptoms")
    assert (symptoms.shared, symptoms.similar) == ((), (("pain in the left leg", "pain in the right leg"),))


def test_a_section_of_one_entry_is_only_what_that_entry_says(make_folder: MakeFolder) -> None:
    """It is not a miss of the other entry if asked for; a section that both lack is a miss of each."""
    folder = make_folder({"20111": {"symptoms": ["pain"]}, "20222": {}})
    with open_library(folder) as library:
        every_section = library.compare(["20111", "20222"])
        symptoms = library.compare(["20111", "20222"], ["symptoms"])
        causes_too = library.compare(["20111", "20222"], ["symptoms", "causes"])
    for answer in (every_section, symptoms):
        section = get_section(answer, "symptoms")
        assert (answer.misses, section.shared, section.similar, section.only) == ((), (), (), (("pain",), ()))
    assert [(miss.code, miss.reason) for miss in causes_too.misses] == [
        ("20111", "no-section"),
        ("20222", "no-section"),
    ]
    assert [section.key for section in causes_too.sections] == ["symptoms"]


@pytest.mark.parametrize(("count", "length"), [(3000, 1), (200, 500)])
def test_only_equal_lines_are_matched_in_a_section_that_is_too_long(
    make_folder: MakeFolder, count: int, length: int
) -> None:
    """The answer and its text say that similar lines were not looked for."""
    points = [f"line number {number} {'x' * length}" for number in range(count)]
    folder = make_folder({"20111": {"symptoms": points}, "20222": {"symptoms": [*points[:-1], f"{points[-1]} more"]}})
    with open_library(folder) as library:
        answer = library.compare(["20111", "20222"])
    symptoms = get_section(answer, "symptoms")
    assert len(symptoms.shared) == count - 1
    assert symptoms.only == ((points[-1],), (f"{points[-1]} more",))
    assert not symptoms.aligned
    assert get_section(answer, "billing").aligned
    assert "Too many lines to align similar ones: only identical lines are matched." in render(answer, "text")


@pytest.mark.parametrize(
    ("codes", "sections"),
    [
        ("20976", ()),
        (["20976", "CPT 20976"], ()),  # the same code twice
        (["CPT 20920"], ["cost", "faq"]),  # it lacks a section
        ([], ()),
    ],
)
def test_fewer_than_two_codes_are_refused(codes: str | Collection[str], sections: Collection[str]) -> None:
    """One code is not a comparison, however often it is named."""
    with (
        open_library() as library,
        pytest.raises(UsageError, match=r"^there are no two codes to compare; name two or more$"),
    ):
        library.compare(codes, sections)
