"""Test how typed codes and modifiers are parsed."""

from __future__ import annotations

import pytest

from cptref.codes import ParsedCode, explain_invalid, is_code, parse_codes, parse_modifiers


@pytest.mark.parametrize("code", ["20976", "0001F", "0042T", "0001U", "0004M", "G0260", "J1030"])
def test_parses_codes_of_every_category(code: str) -> None:
    """Accept CPT categories I, II and III, PLA and MAAA codes, and HCPCS Level II."""
    assert parse_codes(code.lower()) == (ParsedCode(code.lower(), code),)


@pytest.mark.parametrize("text", ["2097", "209766", "0042X", "W0260", "g0260", "20976 ", ""])
def test_is_code_rejects_other_spellings(text: str) -> None:
    """Accept only the one canonical spelling of a code."""
    assert not is_code(text)


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
def test_parses_modifiers_without_a_code(typed: str, modifiers: tuple[str, ...]) -> None:
    """Return modifiers only if the whole argument is modifiers."""
    assert parse_modifiers(typed) == modifiers


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("2O976", "does not look like a code; did you mean 20976?"),
        ("\u00b20976", "does not look like a code; a code has five characters, like 20976, 0042T or G0260"),
        ("G026O", "does not look like a code; did you mean G0260?"),
        ("2097", "does not look like a code; a code has five characters, like 20976, 0042T or G0260"),
        ("20976-5", "modifier '5' must have two characters, like 50 or RT"),
        ("2O976-50", "does not look like a code; did you mean 20976-50?"),
        ("50", "looks like a modifier, not like a code; a modifier goes right behind its code: 20976-50"),
        ("20976-20978", "a hyphen goes before a modifier, not a code; separate codes with a comma: 20976, 20978"),
        ("", "contains no code; a code has five characters, like 20976, 0042T or G0260"),
        ("-", "contains no code; a code has five characters, like 20976, 0042T or G0260"),
    ],
)
def test_explains_what_is_wrong_with_typed_codes(typed: str, problem: str) -> None:
    """Name the problem and what to write instead; never correct digits silently."""
    assert [parsed.problem for parsed in parse_codes(typed)] == [problem]


@pytest.mark.parametrize(
    ("text", "explanation"),
    [
        ("home", "is not a code; a code has five characters, like 20976, 0042T or G0260"),
        ("2O976-50", "is not a code; did you mean 20976-50?"),
        ("50", "is not a code; a modifier goes right behind its code: 20976-50"),
        ("20976-5", "must be written 20976"),
        ("20976-20975", "is more than one code"),
    ],
)
def test_explains_why_a_text_is_not_one_code(text: str, explanation: str) -> None:
    """Return an explanation that reads well behind the quoted text."""
    assert explain_invalid(text) == explanation
