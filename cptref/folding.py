"""Text -> text as it is compared: without regard to width, accents, ligatures and typographic marks."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# What Unicode does not take apart, and marks that are typed in several ways.
_FOLDS = {
    **dict(zip("\u00e6\u00c6\u0153\u0152\u00df\u1e9e", ("ae", "AE", "oe", "OE", "ss", "SS"), strict=True)),
    **dict(zip("\u00f8\u00d8\u0142\u0141\u0111\u0110\u0131", "oOlLdDi", strict=True)),
    **dict.fromkeys("\u2018\u2019\u02bc\u00b4", "'"),
    **dict.fromkeys("\u2010\u2011", "-"),
    **dict.fromkeys("\u2012\u2212", "\u2013"),
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", ""),  # soft hyphens and the like, often pasted
}
_ACCENTS = dict.fromkeys(range(0x300, 0x370))
_MICRO = "\u00b5\u03bc"


class FoldedText:
    """A text without regard to width, accents, ligatures and typographic marks, and where each character comes from."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts: Sequence[int] = range(len(text) + 1)
        if not text.isascii():
            pairs = zip(text, f"{text[1:]} ", strict=True)
            folds = ["mc" if _is_micro(letter, following) else _fold_character[letter] for letter, following in pairs]
            self.text = "".join(folds)
            self._starts = [start for start, fold in enumerate(folds) for _ in fold] + [len(text)]

    def find_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in the text of [start, end) in the folded text."""
        return self._starts[start], max(self._starts[end], self._starts[end - 1] + 1)


class _CharacterFolds(dict[str, str]):
    """What each character is compared as, still in upper or lower case. Greek letters go by their names."""

    def __missing__(self, character: str) -> str:
        self[character] = fold = self._fold(character)
        return fold

    @staticmethod
    def _fold(character: str) -> str:
        if character.isspace():
            return " "
        if not character.isalnum() and not "\uff01" <= character <= "\uff5e":  # full width
            return "" if ord(character) in _ACCENTS else character
        plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKD", character).translate(_ACCENTS))
        if "\u2044" in plain:
            return f" {plain.replace(chr(0x2044), '/')} "
        name = unicodedata.name(plain, "") if len(plain) == 1 else ""
        if name.startswith("GREEK") and "LETTER" in name:
            return f" {name.split()[-1].lower().replace('lamda', 'lambda')} "
        return plain


_fold_character = _CharacterFolds(_FOLDS)


def _is_micro(letter: str, following: str) -> bool:
    """Return whether a Greek letter stands before a unit, as that of a microgram."""
    return letter in _MICRO and following.isascii() and following.isalpha()


def fold(word: str) -> str:
    """Return a word as it is compared: without regard to case, width and accents."""
    return FoldedText(word).text.casefold().strip()
