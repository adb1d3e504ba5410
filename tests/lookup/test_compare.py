"""Entries side by side, through the Python API."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from cptref import open_library
from cptref.errors import UsageError
from cptref.render import render

if TYPE_CHECKING:
    from cptref.models.results import CompareAnswer, Entry, SectionComparison
    from tests.conftest import Made

CODES = ("20920", "20962", "20971", "20975", "20976")


def lines(entry: Entry, key: str) -> list[str]:
    """The lines of a section of an entry, in order."""
    return [line for one in entry.sections if one.key == key for line in (one.intro, *one.points) if line]


def section(answer: CompareAnswer, key: str) -> SectionComparison:
    """One section of the comparison."""
    return next(one for one in answer.sections if one.key == key)


@pytest.mark.parametrize("codes", [*combinations(CODES, 2), *combinations(CODES, 3), CODES])
def test_every_line_is_said_once(codes: tuple[str, ...]) -> None:
    """Each line of each entry stands in one place: said by all, lined up with others, or alone."""
    with open_library() as library:
        answer = library.compare(codes)
    assert [entry.code for entry in answer.entries] == list(codes)
    for one in answer.sections:
        for number, entry in enumerate(answer.entries):
            told = [*one.shared, *(row[number] for row in one.similar if row[number]), *one.only[number]]
            assert sorted(told) == sorted(lines(entry, one.key))
        assert all(sum(map(bool, row)) > 1 for row in one.similar)
        assert not [row for row in one.similar if len(set(row)) == 1]
    keys = {held.key for entry in answer.entries for held in entry.sections}
    assert {one.key for one in answer.sections} == keys


def test_what_all_say_and_what_one_says() -> None:
    """The causes of 20920 and 20962: one in common, two in other words, the others each on their own."""
    with open_library() as library:
        causes = section(library.compare(["20920", "20962"]), "causes")
    assert causes.shared == ("Knowing the cause of the pain helps treat it.", "Degenerative disc disease")
    assert causes.similar == (
        ("Changes in the spine that come with age", "Changes in the structure of the spine that come with age"),
    )
    assert causes.only == (
        ("Discs that are herniated or bulging", "Spinal stenosis", "Previous surgery on the spine"),
        ("Spinal osteoarthritis", "Earlier spinal injuries or trauma"),
    )


def test_lines_that_differ_in_a_figure_are_lined_up_and_both_shown() -> None:
    """24 hours and 24-48 hours are nearly the same words, and not the same."""
    with open_library() as library:
        recovery = section(library.compare(["20962", "20976"]), "recovery")
    assert ("No strenuous activities for 24 hours at least", "No strenuous activities for 24-48 hours at least") in (
        recovery.similar
    )


def test_the_nearest_find_each_other(made: Made) -> None:
    """Where a line is near to two others, it is lined up with the nearer one."""
    folder = made(
        {
            "20111": {"symptoms": ["pain in the left leg at night"]},
            "20222": {"symptoms": ["pain in the right leg at night", "pain in the left leg by night"]},
        }
    )
    with open_library(folder) as library:
        symptoms = section(library.compare(["20111", "20222"]), "symptoms")
    assert symptoms.similar == (("pain in the left leg at night", "pain in the left leg by night"),)
    assert symptoms.only == ((), ("pain in the right leg at night",))


def test_sides_are_not_the_same(made: Made) -> None:
    """Left and right are lined up where nothing is nearer, and never said to be shared."""
    folder = made({"20111": {"symptoms": ["pain in the left leg"]}, "20222": {"symptoms": ["pain in the right leg"]}})
    with open_library(folder) as library:
        symptoms = section(library.compare(["20111", "20222"]), "symptoms")
    assert (symptoms.shared, symptoms.similar) == ((), (("pain in the left leg", "pain in the right leg"),))


def test_a_section_that_one_entry_lacks() -> None:
    """What the other says in it is said by that one alone."""
    with open_library() as library:
        faq = section(library.compare(["20920", "20976"]), "faq")
    assert (faq.shared, faq.similar, len(faq.only[0]), len(faq.only[1]) > 3) == ((), (), 0, True)


def test_a_section_that_one_entry_lacks_asked_for(made: Made) -> None:
    """It is no miss, since the other has something to say; where all lack it, it is a miss of each."""
    folder = made({"20111": {"symptoms": ["pain"]}, "20222": {}})
    with open_library(folder) as library:
        one = library.compare(["20111", "20222"], ["symptoms"])
        none = library.compare(["20111", "20222"], ["symptoms", "causes"])
    assert (one.misses, section(one, "symptoms").only) == ((), (("pain",), ()))
    assert [(miss.code, miss.reason) for miss in none.misses] == [("20111", "no-section"), ("20222", "no-section")]
    assert [compared.key for compared in none.sections] == ["symptoms"]


@pytest.mark.parametrize(("count", "length"), [(3000, 1), (200, 500)])
def test_a_section_that_is_too_long(made: Made, count: int, length: int) -> None:
    """Equal lines are found all the same; what is nearly so is left as it is, and that is said."""
    points = [f"line number {number} {'x' * length}" for number in range(count)]
    folder = made({"20111": {"symptoms": points}, "20222": {"symptoms": [*points[:-1], f"{points[-1]} more"]}})
    with open_library(folder) as library:
        answer = library.compare(["20111", "20222"])
    symptoms = section(answer, "symptoms")
    assert len(symptoms.shared) == count - 1
    assert symptoms.only == ((points[-1],), (f"{points[-1]} more",))
    assert not symptoms.aligned
    assert section(answer, "billing").aligned
    assert "Too many lines to align similar ones: only identical lines are matched." in render(answer, "text")


def test_one_code_is_no_comparison() -> None:
    """Two codes or more; the same one twice is one, and so is one that lacks a section."""
    with open_library() as library:
        for codes, sections in (
            ("20976", ()),
            (["20976", "CPT 20976"], ()),
            (["CPT 20920"], ["cost", "faq"]),
            ([], ()),
        ):
            with pytest.raises(UsageError, match=r"^there are no two codes to compare; name two or more$"):
                library.compare(codes, sections)


def test_what_is_not_found_is_left_out() -> None:
    """The others are compared, and the miss is told; with one left there is nothing to compare it with."""
    with open_library() as library:
        three = library.compare(["20976", "99213", "20920"])
        one = library.compare(["20976", "99213"])
    assert [entry.code for entry in three.entries] == ["20976", "20920"]
    assert [miss.code for miss in three.misses] == [miss.code for miss in one.misses] == ["99213"]
    assert one.sections == ()
