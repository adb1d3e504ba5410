"""What may reach a terminal."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from cptref.sanitize import escape_unsafe, single_line


def test_controls_become_visible_escapes() -> None:
    """Escape sequences, C1 controls, bidirectional overrides and lone surrogates are shown and not obeyed."""
    assert escape_unsafe("a\x1b[31mb\x9bc\u202ed\ud800\ufeff\t\nü") == ("a\\x1b[31mb\\x9bc\\u202ed\\ud800\\ufeff\\t\nü")


def test_an_error_is_one_line() -> None:
    """A line break in what was typed doesn't break the line that repeats it."""
    assert single_line("20\n976") == "20\\n976"


@given(st.text(st.characters()))
def test_no_control_character_is_left(text: str) -> None:
    """Whatever comes in, no control, separator of lines or bidirectional control goes out, and it can be encoded."""
    shown = escape_unsafe(text)
    assert not [c for c in shown if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} and c != "\n"]
    assert not [c for c in shown if unicodedata.bidirectional(c) in {"LRE", "RLE", "LRO", "RLO", "PDF"}]
    assert not [c for c in shown if unicodedata.bidirectional(c) in {"LRI", "RLI", "FSI", "PDI"}]
    shown.encode()
