"""What a patient reports in one text becomes complaints, each matched by itself."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from cptref.errors import UsageError

if TYPE_CHECKING:
    from cptref import Library

THREE = ["LBP", "numb feet", "weak legs"]


def read_queries(library: Library, *texts: str) -> list[str]:
    """Return the complaints of an answer."""
    return [symptom.query for symptom in library.symptom(texts).symptoms]


@pytest.mark.parametrize(
    "text",
    [
        "LBP, numb feet; weak legs",
        "LBP,numb feet,weak legs",
        "LBP, numb feet, and weak legs",
        "LBP; ; numb feet;weak legs",
        "LBP\nnumb feet\n\nweak legs\n",
        "LBP\r\nnumb feet\u2028weak legs\x85",
        "1) LBP 2) numb feet 3) weak legs",
        "(1) LBP (2) numb feet (3) weak legs",
        "1. LBP 2. numb feet 3. weak legs",
        "1. LBP\n2. numb feet\n3. weak legs",
        "#1 LBP #2 numb feet #3 weak legs",
        "#1: LBP\n#2: numb feet\n#3: weak legs",
        "a) LBP b) numb feet (c) weak legs",
        "\u2022 LBP \u2022 numb feet\n\u2022 weak legs",
        "- LBP\n- numb feet\n- weak legs",
        "LBP；numb feet，weak legs",
        "LBP, numb feet, weak legs, LBP,",
    ],
)
def test_a_text_is_split(library: Library, text: str) -> None:
    """At commas, semicolons, line ends and list numbers; each complaint once, and a string is one text."""
    assert read_queries(library, text) == THREE
    assert [symptom.query for symptom in library.symptom(text).symptoms] == THREE


@pytest.mark.parametrize(
    ("text", "complaints"),
    [
        ('"numb, cold feet", LBP', ['"numb, cold feet"', "LBP"]),
        ("\u201cnumb, cold feet\u201d; LBP", ["\u201cnumb, cold feet\u201d", "LBP"]),
        ('5\'2", weak legs, 6"', ["5'2\"", "weak legs", '6"']),
        ("leg pain after 1,000 steps, LBP", ["leg pain after 1,000 steps", "LBP"]),
        ("L4, L5 radiculopathy, LBP", ["L4, L5 radiculopathy", "LBP"]),
        ("L4-5, L5-S1 stenosis, LBP", ["L4-5, L5-S1 stenosis", "LBP"]),
        ("back pain since March 3, 2024, numb feet", ["back pain since March 3, 2024", "numb feet"]),
        ("LBP (dull, constant), numb feet", ["LBP (dull, constant)", "numb feet"]),
        ("pain rated 8. Numb feet", ["pain rated 8. Numb feet"]),
        ("leg pain, as Dr. Smith says", ["leg pain", "as Dr. Smith says"]),
        ("Pt has leg pain. Numb feet. Weak legs!", ["Pt has leg pain", "Numb feet", "Weak legs!"]),
        ("'numb, cold feet', LBP", ["'numb, cold feet'", "LBP"]),
        ("L4/5, L5/S1 stenosis, LBP", ["L4/5, L5/S1 stenosis", "LBP"]),
        ("L4-L5, L5-S1 stenosis", ["L4-L5, L5-S1 stenosis"]),
        ("back pain 8/10, numb feet", ["back pain 8/10", "numb feet"]),
        ("can't feel my feet, LBP", ["can't feel my feet", "LBP"]),
        ("pins and needles", ["pins and needles"]),
    ],
)
def test_what_belongs_together_is_not_split(library: Library, text: str, complaints: list[str]) -> None:
    """Quotes, brackets, amounts, dates and levels."""
    assert read_queries(library, text) == complaints


@pytest.mark.parametrize(
    ("text", "complaints"),
    [
        ("LBP, x 6 wks, numb feet", ["LBP, x 6 wks", "numb feet"]),
        ("LBP, 2 years, worse at night", ["LBP, 2 years, worse at night"]),
        ("leg pain, R, 8/10; LBP, severe", ["leg pain, R, 8/10", "LBP, severe"]),
        ("leg pain, left, since March, numb feet", ["leg pain, left, since March", "numb feet"]),
        ("neck pain, radiating to the arm, L4-5, LBP", ["neck pain, radiating to the arm, L4-5", "LBP"]),
        ("burning pain, in the legs, which is worse at night", ["burning pain, in the legs, which is worse at night"]),
    ],
)
def test_what_qualifies_a_complaint_stays_with_it(library: Library, text: str, complaints: list[str]) -> None:
    """Side, time and degree are no complaints."""
    assert read_queries(library, text) == complaints


@pytest.mark.parametrize(
    ("text", "complaints"),
    [
        ("denies numbness, tingling, or weakness; LBP", ["denies numbness, tingling, or weakness", "LBP"]),
        ("LBP, no numbness, tingling, or weakness", ["LBP", "no numbness, tingling, or weakness"]),
        ("LBP, no numbness, leg pain", ["LBP", "no numbness", "leg pain"]),
        ("Pt denies numbness, tingling\nLBP", ["Pt denies numbness, tingling", "LBP"]),
        ("LBP without numbness, tingling, or weakness", ["LBP without numbness, tingling, or weakness"]),
        ("LBP w/o radiation, numb feet, weak legs", ["LBP w/o radiation", "numb feet", "weak legs"]),
        ("no numbness, but leg pain, weak legs", ["no numbness", "leg pain", "weak legs"]),
        ("no better, numb feet", ["no better", "numb feet"]),
    ],
)
def test_a_list_of_what_is_denied_is_not_taken_apart(library: Library, text: str, complaints: list[str]) -> None:
    """Its later parts would be read as complaints."""
    assert read_queries(library, text) == complaints


@pytest.mark.parametrize(
    ("texts", "complaints"),
    [
        (["no", "numbness"], ["no numbness"]),
        (["numbness:", "none"], ["numbness: none"]),
        (["denies", "leg", "pain"], ["denies leg pain"]),
        (["LBP", "no", "numbness"], ["LBP no numbness"]),
        (["LBP", "no numbness"], ["LBP", "no numbness"]),
        (["LBP", "numbness"], ["LBP", "numbness"]),
    ],
)
def test_a_denial_is_not_parted_from_its_words(library: Library, texts: list[str], complaints: list[str]) -> None:
    """Where somebody forgot the quotes."""
    assert read_queries(library, *texts) == complaints


@pytest.mark.parametrize("text", ["", ",", "...", ";\n"])
def test_a_text_without_a_word_is_refused(library: Library, text: str) -> None:
    """As ever."""
    with pytest.raises(UsageError, match=r"^a symptom has no word in it; "):
        library.symptom(text)


def test_too_many_complaints_are_refused(library: Library) -> None:
    """They would take as long as so many searches."""
    with pytest.raises(UsageError, match=r"^201 symptoms are too many; give up to 200$"):
        library.symptom(",".join(f"word{number} here" for number in range(201)))


@pytest.mark.parametrize(
    "part", [*'",;( #1\n.-', "1)", "no,", ' "', "1,", "L4,", "or,", "and ", "the ", "1. ", "no or,", "' ", "a. A", "(a"]
)
def test_a_long_text_takes_no_longer_than_its_length(library: Library, part: str) -> None:
    """128 KiB of one thing; the splitter goes over it once."""
    with suppress(UsageError):
        library.symptom(part * (131_072 // len(part)))
