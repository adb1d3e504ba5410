"""What an index and the stores of code sets know about words, together."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from cptref.stems import stem_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cptref.codesets.store import StoreReader
    from cptref.index.reader import IndexReader


class TitleWords:
    """Answers what a Lexicon asks an IndexReader. The words that lines have are those of the stores.

    Terms, abbreviations and everyday words are those of the index. A word that only stores have gets the stem that the
    index gives to words of its root, so that it is a form of the same term.
    """

    def __init__(self, reader: IndexReader, stores: Sequence[StoreReader]) -> None:
        self._reader = reader
        self._stores = stores
        self.find_stem = lru_cache(maxsize=None)(self._find_stem)
        self.has_posting = lru_cache(maxsize=None)(self._has_posting)
        self.list_terms = reader.list_terms
        self.list_terms_of = reader.list_terms_of
        self.list_affixes = reader.list_affixes
        self.is_common_stem = reader.is_common_stem
        self.is_common_word = reader.is_common_word
        self.find_stems_of_root = reader.find_stems_of_root

    def _find_stem(self, word: str) -> str | None:
        """Return the stem of a word of the index or of a store, None for any other word."""
        stem = self._reader.find_stem(word)
        return stem or (self._choose_stem(*stem_words([word])) if self.has_posting(word) else None)

    def _choose_stem(self, root: str) -> str:
        """Return the stem of the words with a root that the index does not have."""
        return next((stem for stem, _ in self._reader.find_stems_of_root(root)), root)

    def _has_posting(self, word: str) -> bool:
        """Return whether any line contains exactly this word."""
        return any(store.has_word(word) for store in self._stores)

    def has_any_word(self, *words: str) -> bool:
        """Return whether a line or the vocabulary has one of these words."""
        return self._reader.has_any_word(*words) or any(store.has_word(*words) for store in self._stores)

    def list_forms(self, stem: str) -> tuple[str, ...]:
        """Return the words of the lines that have this stem."""
        roots = {stem, *self._reader.list_roots(stem)}
        words = self._collect(lambda store: [word for word, _ in store.list_words_of_roots(roots)])
        return tuple(word for word in words if self.find_stem(word) == stem)

    def list_words_starting(self, letters: str) -> tuple[str, ...]:
        """Return the words of the lines that begin with these letters."""
        return self._collect(lambda store: store.list_words_starting(letters))

    def list_words_ending(self, letters: str) -> tuple[str, ...]:
        """Return the words of the lines that end with these letters."""
        return self._collect(lambda store: store.list_words_ending(letters))

    def list_indexed_words(self) -> tuple[str, ...]:
        """Return every word of the lines, in order."""
        return self.list_words_starting("")

    def list_correction_candidates(
        self, first_letter: str, shortest: int, longest: int, *, everyday: bool
    ) -> tuple[str, ...]:
        """Return the words from `shortest` to `longest` letters that a misspelt word may be corrected to."""
        known = self._reader.list_correction_candidates(first_letter, shortest, longest, everyday=everyday)
        words = (word for word in self.list_words_starting(first_letter) if shortest <= len(word) <= longest)
        return tuple(dict.fromkeys((*known, *words)))

    def _collect(self, list_words: Callable[[StoreReader], Iterable[str]]) -> tuple[str, ...]:
        return tuple(sorted({word for store in self._stores for word in list_words(store)}))
