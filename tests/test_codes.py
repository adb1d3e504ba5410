"""What a coder types for a code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cptref.codes import ParsedCode, is_code, parse_codes, parse_modifiers


@pytest.mark.parametrize(
    "typed",
    [
        "20976",
        " 20976\n",
        "CPT 20976",
        "cpt20976",
        "CPT® 20976",
        "cpt:20976",
        "CPT code 20976",
        "#20976",
        "(20976).",
        "２０９７６",
        "\u201c20976\u201d",
        "CPT™ 20976*",
    ],
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    """Prefixes, signs, white space, punctuation and full-width digits are read through."""
    assert [one.code for one in parse_codes(typed)] == ["20976"]


@pytest.mark.parametrize("code", ["20976", "0001F", "0042T", "0001U", "0004M", "G0260", "J1030"])
def test_every_shape_of_code_is_code_shaped(code: str) -> None:
    """CPT categories I, II and III, PLA and MAAA codes, HCPCS Level II."""
    assert parse_codes(code.lower()) == (ParsedCode(code.lower(), code),)


@pytest.mark.parametrize("text", ["2097", "209766", "0042X", "W0260", "g0260", "20976 ", ""])
def test_what_is_no_code(text: str) -> None:
    """A code has one canonical spelling."""
    assert not is_code(text)


def test_modifiers_are_told_apart_from_the_code() -> None:
    """Modifiers follow the code behind hyphens, whichever dash a word processor made of them."""
    assert parse_codes("20976-RT-59") == (ParsedCode("20976-RT-59", "20976", ("RT", "59")),)
    assert parse_codes("20976\u201350") == (ParsedCode("20976\u201350", "20976", ("50",)),)
    assert [(one.code, one.modifiers) for one in parse_codes("20976 - 50 -RT, 20920")] == [
        ("20976", ("50", "RT")),
        ("20920", ()),
    ]


@pytest.mark.parametrize(
    ("typed", "modifiers"),
    [
        ("50", ("50",)),
        ("-rt", ("RT",)),
        ("modifier 59", ("59",)),
        ("Modifiers 50, lt; XE", ("50", "LT", "XE")),
        ("２６", ("26",)),
        ("mod", ()),
        ("5", ()),
        ("50 20976", ()),
        ("20976-50", ()),
        ("", ()),
    ],
)
def test_modifiers_by_themselves(typed: str, modifiers: tuple[str, ...]) -> None:
    """All of an argument is modifiers, or none of it."""
    assert parse_modifiers(typed) == modifiers


def test_several_codes_in_one_argument() -> None:
    """Commas and white space part codes."""
    assert [one.code for one in parse_codes("20976, CPT 20975;20971 20920")] == ["20976", "20975", "20971", "20920"]
    assert [one.code for one in parse_codes("20976，CPT® 20975\u300020971")] == ["20976", "20975", "20971"]


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("2O976", "not shaped like a code; did you mean 20976?"),
        ("\u00b20976", "not shaped like a code; a code has five characters, like 20976, 0042T or G0260"),
        ("20g76", "not shaped like a code; a code has five characters, like 20976, 0042T or G0260"),
        ("G026O", "not shaped like a code; did you mean G0260?"),
        ("2097", "not shaped like a code; a code has five characters, like 20976, 0042T or G0260"),
        ("20976-5", "modifier '5' must have two characters, like 50 or RT"),
        ("2O976-50", "not shaped like a code; did you mean 20976-50?"),
        ("50", "not shaped like a code but like a modifier, which goes behind one: 20976-50"),
        ("20976-20978", "a hyphen stands before a modifier; name each code: 20976, 20978"),
        ("", "no code in it; a code has five characters, like 20976, 0042T or G0260"),
        ("-", "no code in it; a code has five characters, like 20976, 0042T or G0260"),
    ],
)
def test_what_can_not_be_read_says_why(typed: str, problem: str) -> None:
    """Digits are never corrected, only asked about."""
    assert [one.problem for one in parse_codes(typed)] == [problem]


@given(st.text())
def test_any_text_is_read_as_codes_or_problems(text: str) -> None:
    """Each value is a code in its canonical spelling or a problem, and there is always at least one."""
    found = parse_codes(text)
    assert found
    assert all(is_code(one.code) or one.problem for one in found)
