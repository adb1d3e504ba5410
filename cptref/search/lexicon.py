"""What words may mean: the library's words in all their forms, and the terms of the vocabulary."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from cptref.analysis import STOP_WORDS, split_seam
from cptref.codes import is_code
from cptref.fuzzy import closest
from cptref.search.word_lists import is_word
from cptref.stems import is_unlike_others, stem_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cptref.index.reader import IndexReader
    from cptref.search.title_words import TitleWords

MIN_PART_LETTERS = 5  # a shorter piece that two words share is chance
MIN_REST_LETTERS = 3  # a word with fewer letters added is a form of it, not a compound
MAX_LINKING_LETTERS = 2  # between two combining forms: nephr-o-tomy
MIN_ROOT_SHARE = 0.55  # of the longer word: the common beginning of two words with one root
MAX_WORD_LETTERS = 40  # nothing longer is decomposed or corrected, since no word is this long
MIN_HALF_LETTERS = 3  # of two words written as one
MAX_EDITS = ((10, 4), (9, 3), (6, 2), (2, 1))  # of a word with at least so many letters; a shorter one may be anything
MIN_LETTERS_WITHOUT_VOWEL = 4  # a shorter word without a vowel is an abbreviation
MAX_CORRECTIONS = 3  # of one word
MAX_SUGGESTIONS = 5  # for one word
MIN_SUGGESTION_SIMILARITY = 0.5  # the share of letters that must stay for a word to be suggested

_VOWELS = frozenset("aeiouy")


class Lexicon:
    """What an index knows about words, or what is asked like one. It remembers its answers: make one for a query."""

    def __init__(self, reader: IndexReader | TitleWords) -> None:
        self._reader = reader
        self.find_stem = lru_cache(maxsize=None)(self._find_stem)
        self.list_forms = lru_cache(maxsize=None)(reader.list_forms)
        self.has_line_with = reader.has_posting
        self.list_terms = reader.list_terms
        self.list_words_starting = reader.list_words_starting
        self.list_terms_of = reader.list_terms_of
        self._list_affixes = lru_cache(maxsize=None)(reader.list_affixes)
        self._list_indexed_words = lru_cache(maxsize=None)(reader.list_indexed_words)

    def _find_stem(self, word: str) -> str | None:
        """Return the stem of a word that is known as it is or in another form, None for any other word."""
        if stem := self._reader.find_stem(word):
            return stem
        # A misspelled word may have some word's stem by chance. One that is not indexed, a term or common has none.
        (root,) = stem_words([word])
        candidates = self._reader.find_stems_of_root(root)
        return next((stem for stem, common in candidates if common or self._is_used(stem)), None)

    def _is_used(self, stem: str) -> bool:
        return bool(self.list_forms(stem) or self.list_terms((stem,)))

    def is_known_compound(self, word: str) -> bool:
        """Return whether two words make one that is known, in the singular or the plural."""
        return self._reader.has_any_word(word, f"{word}s", word.removesuffix("s"))

    def is_common(self, word: str) -> bool:
        """Return whether this is a form of a word of everyday language, which says little about the subject."""
        return self._reader.is_common_stem(self.find_stem(word))

    def is_common_itself(self, word: str) -> bool:
        """Return whether exactly this word is one of everyday language."""
        return self._reader.is_common_word(word)

    def is_known(self, word: str) -> bool:
        """Return whether a word is known as such, not only as an abbreviation of something; codes are."""
        stem = self.find_stem(word)
        return (
            word in STOP_WORDS
            or is_code(word.upper())
            or (
                stem is not None
                and (self.is_common(word) or any(term.kind != "abbreviation" for term in self.list_terms((stem,))))
            )
        )

    def is_real(self, word: str) -> bool:
        """Return whether a word is a real one, of the library, of everyday language or of medicine."""
        return self.is_known(word) or is_word(word)

    def is_beginning(self, word: str) -> bool:
        """Return whether indexed words begin with what is no word and no code itself."""
        is_whole = self._reader.find_stem(word) or is_code(word.upper()) or is_word(word)
        return word.isalnum() and not is_whole and bool(self.list_words_starting(word))

    def is_term(self, word: str) -> bool:
        """Return whether the vocabulary has this word as a term."""
        stem = self.find_stem(word)
        return stem is not None and bool(self.list_terms((stem,)))

    def split_compound(self, word: str) -> tuple[str, str] | None:
        """Return two indexed words that were written as one: `nonunion` where the library says non-union, `day3`."""
        if seam := split_seam(word):
            return seam if all(self.list_forms(self.find_stem(half) or "") for half in seam) else None
        return self._split(word, lambda half: half not in STOP_WORDS and self._is_indexed(half))

    def split_stop_word(self, word: str) -> tuple[str, str] | None:
        """Return an indexed word and a stop word that were written as one: `alot`. No real word is split."""
        if is_word(word):
            return None
        pair = self._split(word, lambda half: half in STOP_WORDS or self._is_indexed(half))
        return pair if pair and not STOP_WORDS.issuperset(pair) else None

    def _split(self, word: str, is_half: Callable[[str], bool]) -> tuple[str, str] | None:
        if not word.isalpha() or len(word) > MAX_WORD_LETTERS:
            return None
        pairs = ((word[:position], word[position:]) for position in range(1, len(word)))
        return next((pair for pair in pairs if all(map(is_half, pair))), None)

    def _is_indexed(self, word: str) -> bool:
        return len(word) >= MIN_HALF_LETTERS and bool(self.list_forms(self.find_stem(word) or ""))

    def compounds_of(self, word: str) -> tuple[str, ...]:
        """Return indexed words that begin or end with a word, or that it begins or ends with: polyneuropathy."""
        return tuple(other for other in self._list_akin(word) if self._is_compound(*sorted((word, other), key=len)))

    def _is_compound(self, short: str, long: str) -> bool:
        """Return whether the longer word is made of the shorter one and of a piece that is known: no stent persists."""
        rest = long.removeprefix(short) if long.startswith(short) else long.removesuffix(short)
        return len(long) > len(rest) >= MIN_REST_LETTERS and (self._is_affix(rest) or is_word(rest))

    def _is_affix(self, piece: str) -> bool:
        return any(affix.strip("-") == piece for affix, _ in self._list_affixes())

    def same_root(self, word: str) -> tuple[str, ...]:
        """Return the indexed words that share more than half of a word from the beginning on: abdomen, abdominal.

        An ending that the stemmer knows does not count: testing shares only test with testis. Everyday words are left
        out.
        """
        bare = self.find_stem(word) or word
        return tuple(
            other
            for other in self._list_akin(word)
            if _count_common_letters(bare, other)
            >= max(MIN_PART_LETTERS, MIN_ROOT_SHARE * len(word), MIN_ROOT_SHARE * len(other))
            and not self.is_common(other)
        )

    def _list_akin(self, word: str) -> list[str]:
        """Return the indexed words that begin as a word does, or end with it."""
        if not MIN_PART_LETTERS <= len(word) <= MAX_WORD_LETTERS or not word.isalpha() or is_unlike_others(word):
            return []
        akin = (*self._reader.list_words_starting(word[:MIN_PART_LETTERS]), *self._reader.list_words_ending(word))
        return [
            other
            for other in dict.fromkeys(akin)
            if other != word and len(other) >= MIN_PART_LETTERS and other.isalpha() and not is_unlike_others(other)
        ]

    def with_affix(self, affix: str) -> tuple[str, ...]:
        """Return the indexed words that begin or end with a combining form: `nephr-`, `-ectomy`."""
        reader = self._reader
        words = reader.list_words_ending(affix[1:]) if affix[0] == "-" else reader.list_words_starting(affix[:-1])
        return tuple(word for word in words if len(word) >= len(affix) - 1 + MIN_REST_LETTERS and word.isalpha())

    def decompose(self, word: str) -> tuple[tuple[str, ...], ...]:
        """Return the indexed words for each of the two pieces of a compound: kidney and removal for nephrectomy.

        A compound begins with a combining form and ends with another, or with a known word: immunosuppressant. Returns
        () for any other word, and where the library has no word for a piece.
        """
        if not MIN_PART_LETTERS <= len(word) <= MAX_WORD_LETTERS or not word.isalpha():
            return ()
        endings: dict[str, tuple[str, ...]] = {}
        for affix, concept in self._list_affixes():
            if affix[0] == "-" and word.endswith(affix[1:]):
                endings[affix[1:]] = endings.get(affix[1:], ()) + self._list_names(concept)
        for affix, concept in self._list_affixes():
            if word.startswith(affix[:-1]):
                for start in range(len(affix) - 1, min(len(affix) + MAX_LINKING_LETTERS, len(word))):
                    rest = word[start:]
                    pieces = (self._list_names(concept), endings.get(rest) or self._list_forms_of_rest(rest))
                    if all(pieces):
                        return pieces
        return ()

    def _list_names(self, concept: int) -> tuple[str, ...]:
        """Return the indexed words that each name a concept by themselves."""
        terms = [term for term in self.list_terms_of(concept) if len(term.stems) == 1]
        return tuple(form for term in terms for form in self.list_forms(term.stems[0]))

    def _list_forms_of_rest(self, word: str) -> tuple[str, ...]:
        stem = self.find_stem(word) if len(word) >= MIN_PART_LETTERS else None
        return self.list_forms(stem) if stem else ()

    def corrections(self, word: str) -> tuple[str, ...]:
        """Return the closest words, stop words too, the likeliest first: within as many edits as MAX_EDITS allows.

        A word keeps its first letter, unless that is its one edit. Digits and real words are never corrected, nor is
        what looks like an abbreviation, three letters without a vowel.
        """
        if is_word(word) or len(word) > MAX_WORD_LETTERS or not word.isalpha():
            return ()
        edits = next((edits for letters, edits in MAX_EDITS if len(word) >= letters), 0)
        if not edits or (len(word) < MIN_LETTERS_WITHOUT_VOWEL and not _VOWELS.intersection(word)):
            return ()
        alike = self._list_candidates(word[0], len(word) - edits, len(word) + edits)
        nearest = closest(word, alike.union(STOP_WORDS), edits=1, limit=None)
        if not any(map(self.has_line_with, nearest)):  # then the first letter may be the one edit
            nearest += closest(word, self._list_candidates("", len(word) - 1, len(word) + 1), edits=1, limit=None)
        nearest = nearest or closest(word, alike, edits=edits)
        if not nearest:
            alike = self._list_candidates(word[0], len(word) - edits, len(word) + edits, everyday=True)
            nearest = closest(word, alike, edits=edits)
        distinct = dict.fromkeys(nearest)
        return tuple(sorted(distinct, key=lambda other: not self.has_line_with(other))[:MAX_CORRECTIONS])

    def _list_candidates(self, letter: str, shortest: int, longest: int, *, everyday: bool = False) -> set[str]:
        words = self._reader.list_correction_candidates(letter, shortest, longest, everyday=everyday)
        return {*filter(str.isalpha, words)}

    def suggestions(self, word: str) -> tuple[str, ...]:
        """Return the indexed words that are the fewest edits away from a word: to suggest, never to answer with."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        nearest = process.extract(
            word,
            self._list_indexed_words(),
            scorer=OSA.normalized_similarity,
            limit=MAX_SUGGESTIONS,
            score_cutoff=MIN_SUGGESTION_SIMILARITY,
        )
        return tuple(other for other, *_ in nearest)

    def has_forms(self, stems: Iterable[str]) -> bool:
        """Return whether the library has a form of each stem."""
        return all(map(self.list_forms, stems))


def _count_common_letters(word: str, other: str) -> int:
    """Return how many letters two words share from the beginning on."""
    pairs = enumerate(zip(word, other, strict=False))
    return next(
        (index for index, (letter, other_letter) in pairs if letter != other_letter), min(len(word), len(other))
    )
