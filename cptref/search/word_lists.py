"""Real words, of everyday language and of medicine: none of them is a misspelling of another."""

from __future__ import annotations

from functools import cache

from cptref import paths

_THINGS = ("nouns.txt", "clinical.txt")
_OTHER = ("other.txt",)
_ENDINGS = ("s", "es", "ed", "d", "ing", "ly")  # of forms that the lists do not have


def is_word(word: str) -> bool:
    """Return whether a word in lower case is a real one, in its basic form or in another."""
    return _has_any(word, _THINGS + _OTHER)


def is_thing(word: str) -> bool:
    """Return whether a word is mostly a noun, or one of medicine."""
    return _has_any(word, _THINGS)


def is_everyday(word: str) -> bool:
    """Return whether a word is mostly a verb, an adjective or an adverb."""
    return _has_any(word, _OTHER) and not _has_exactly(word, _THINGS)


def _has_any(word: str, lists: tuple[str, ...]) -> bool:
    forms = [word, *(word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending))]
    return any(_has_exactly(form, lists) for form in forms)


def _has_exactly(word: str, lists: tuple[str, ...]) -> bool:
    return any(f"\n{word}\n".encode() in _read(name) for name in lists)


@cache
def _read(name: str) -> bytes:
    return (paths.data_dir() / "words" / name).read_bytes()
