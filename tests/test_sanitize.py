"""Test which characters may reach a terminal."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from cptref.sanitize import escape_unsafe, single_line


def test_escapes_unsafe_characters() -> None:
    """Escape control sequences, C1 controls, bidirectional overrides and lone surrogates."""
    assert escape_unsafe("a\x1b[31mb\x9bc\u202ed\ud800\ufeff\t\nü") == ("a\\x1b[31mb\\x9bc\\u202ed\\ud800\\ufeff\\t\nü")


def test_single_line_escapes_line_breaks() -> None:
    """Escape line breaks, so that an error which repeats the input stays one line."""
    assert single_line("20\n976") == "20\\n976"


@given(st.text(st.characters()))
def test_escapes_every_unsafe_character_of_any_text(text: str) -> None:
    """Leave no control, line separator or bidirectional control, and nothing that can't be encoded."""
    shown = escape_unsafe(text)
    assert not [c for c in shown if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} and c != "\n"]
    assert not [c for c in shown if unicodedata.bidirectional(c) in {"LRE", "RLE", "LRO", "RLO", "PDF"}]
    assert not [c for c in shown if unicodedata.bidirectional(c) in {"LRI", "RLI", "FSI", "PDI"}]
    shown.encode()
