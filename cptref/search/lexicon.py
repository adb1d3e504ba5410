"""What words may mean: the library's own words in all their forms, and the terms of the vocabulary."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from cptref.analysis import STOP_WORDS, normalize_spelling
from cptref.codes import is_code
from cptref.fuzzy import closest
from cptref.index.schema import verified

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection

LAST = "\U0010ffff"  # sorts behind every other letter
PART = 5  # letters: a shorter piece of a word is chance
REST = 3  # letters: what is added to a word to make a compound, and not a form of it
LINK = 2  # letters at most between two combining forms: nephr-o-tomy
ROOT = 0.55  # of the longer word: the common beginning of two words with one root
LONG = 40  # letters: nothing longer is taken apart or respelled, for no word is so long
NEAR = 5  # words suggested for one
ALIKE = 0.5  # the share of letters that must stay for a word to be suggested


class VocabularyTerm(NamedTuple):
    """A term of a concept, of the kind name, synonym, abbreviation or part.

    `stems` are those of its words, in order of the alphabet; a part, like `-ectomy`, has none.
    """

    concept: int
    kind: str
    text: str
    stems: tuple[str, ...]


class Lexicon:
    """What a compiled library knows of words. It remembers what it was asked: make one for each question."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._rows = connection.execute
        self.stem = lru_cache(maxsize=None)(self._stem)
        self.forms = lru_cache(maxsize=None)(self._forms)
        self._all_parts: list[tuple[str, int]] | None = None
        self._held: list[str] | None = None

    def _stem(self, word: str) -> str | None:
        """The stem of a word that is known as it is or in another form, None for any other."""
        if row := self._rows("SELECT stem FROM word WHERE word = ?", (word,)).fetchone():
            return str(row[0])
        forms = self._rows(
            "SELECT stem, plain FROM word JOIN word_stem ON word_stem.rowid = id WHERE word_stem MATCH ?",
            (f'"{normalize_spelling(word)}"',),
        )
        # A slip may have the stem of some word by chance: what is neither held, nor a term, nor plain has none.
        return next((stem for stem, plain in forms if plain or self.forms(stem) or self.terms((stem,))), None)

    def _forms(self, stem: str) -> tuple[str, ...]:
        """The words of the library that have this stem."""
        rows = self._rows("SELECT word FROM word WHERE stem = ? AND held ORDER BY word", (stem,))
        return tuple(word for (word,) in rows)

    def whole(self, word: str) -> bool:
        """Whether two words make one that is known, in the singular or the plural."""
        rows = self._rows("SELECT 1 FROM word WHERE word IN (?, ?, ?)", (word, f"{word}s", word.removesuffix("s")))
        return rows.fetchone() is not None

    def plain(self, word: str) -> bool:
        """Whether this is a form of a word of everyday language, which says little of what is asked for."""
        rows = self._rows("SELECT 1 FROM word WHERE plain AND stem = ?", (self.stem(word),))
        return rows.fetchone() is not None

    def plain_itself(self, word: str) -> bool:
        """Whether this very word is one of everyday language."""
        return self._rows("SELECT 1 FROM word WHERE plain AND word = ?", (word,)).fetchone() is not None

    def real(self, word: str) -> bool:
        """Whether a word is known for what it is, and not only as an abbreviation of something; codes are."""
        stem = self.stem(word)
        return (
            word in STOP_WORDS
            or is_code(word.upper())
            or (
                stem is not None
                and (self.plain(word) or any(one.kind != "abbreviation" for one in self.terms((stem,))))
            )
        )

    def terms(self, stems: Collection[str]) -> tuple[VocabularyTerm, ...]:
        """The terms that are made of just these words, in whatever order."""
        key = " ".join(sorted(set(stems)))
        return tuple(map(_term, self._rows("SELECT * FROM term WHERE stems = ?", (key,))))

    def terms_of(self, concept: int) -> tuple[VocabularyTerm, ...]:
        """Every term by which a concept may be spoken of: its own, its kinds', those of what it is a kind of.

        Up it goes one step only, since what is said of all disorders is not said of this one. Its own terms come first,
        and names before others.
        """
        rows = self._rows(
            """
            WITH RECURSIVE
                down (id) AS (VALUES (:concept) UNION SELECT narrow FROM narrower JOIN down ON broad = id),
                up (id) AS (SELECT broad FROM narrower WHERE narrow = :concept)
            SELECT * FROM term WHERE concept IN (SELECT id FROM down UNION SELECT id FROM up)
            ORDER BY concept <> :concept, kind <> 'name', rowid
            """,
            {"concept": concept},
        )
        return tuple(map(_term, rows))

    def held(self, word: str) -> bool:
        """Whether a line of the library has this word as it is."""
        return self._rows("SELECT 1 FROM posting WHERE word = ?", (word,)).fetchone() is not None

    def split(self, word: str) -> tuple[str, str] | None:
        """Two words that were written as one, of which the library has forms: `nonunion`, where it says non-union."""
        if not word.isalpha() or len(word) > LONG:
            return None
        for place in range(3, len(word) - 2):
            pair = word[:place], word[place:]
            if STOP_WORDS.isdisjoint(pair) and all(self.forms(self.stem(one) or "") for one in pair):
                return pair
        return None

    def parts(self, word: str) -> tuple[str, ...]:
        """The words of the library that begin or end with a word, or with which it does: polyneuropathy, neuropathy."""
        return tuple(other for other in self._akin(word) if _within(*sorted((word, other), key=len)))

    def roots(self, word: str) -> tuple[str, ...]:
        """The words of the library that share more than half with a word from the beginning on: abdomen, abdominal.

        An ending that the stemmer knows doesn't count: testing shares nothing with testis but test.
        """
        bare = self.stem(word) or word
        return tuple(
            other
            for other in self._akin(word)
            if _common(bare, other) >= max(PART, ROOT * len(word), ROOT * len(other))
        )

    def _akin(self, word: str) -> list[str]:
        """The words of the library that begin as a word does, or end with it."""
        if not PART <= len(word) <= LONG or not word.isalpha():
            return []
        alike = (*self._beginning(word[:PART]), *self._ending(word))
        return [other for other in dict.fromkeys(alike) if other != word and len(other) >= PART and other.isalpha()]

    def _beginning(self, letters: str) -> tuple[str, ...]:
        rows = self._rows("SELECT word FROM word WHERE held AND word BETWEEN ? AND ?", (letters, letters + LAST))
        return tuple(word for (word,) in rows)

    def _ending(self, letters: str) -> tuple[str, ...]:
        back = letters[::-1]
        rows = self._rows("SELECT word FROM word WHERE held AND backwards BETWEEN ? AND ?", (back, back + LAST))
        return tuple(word for (word,) in rows)

    def compounds(self, part: str) -> tuple[str, ...]:
        """The words of the library that begin or end with a combining form: those in `-ectomy`, those in `nephr-`."""
        found = self._ending(part[1:]) if part[0] == "-" else self._beginning(part[:-1])
        return tuple(word for word in found if len(word) >= len(part) - 1 + REST and word.isalpha())

    def taken_apart(self, word: str) -> tuple[tuple[str, ...], ...]:
        """The words of the library for each of the two pieces of a compound: kidney and removal for nephrectomy.

        It begins with a combining form, and ends with another or with a word that is known: immunosuppressant. There is
        nothing where it doesn't, or where the library has no word for a piece.
        """
        if not PART <= len(word) <= LONG or not word.isalpha():
            return ()
        ends: dict[str, tuple[str, ...]] = {}
        for part, concept in self._parts():
            if part[0] == "-" and word.endswith(part[1:]):
                ends[part[1:]] = ends.get(part[1:], ()) + self._named(concept)
        for part, concept in self._parts():
            if word.startswith(part[:-1]):
                for start in range(len(part) - 1, min(len(part) + LINK, len(word))):
                    rest = word[start:]
                    found = (self._named(concept), ends.get(rest) or self._rest(rest))
                    if all(found):
                        return found
        return ()

    def _parts(self) -> list[tuple[str, int]]:
        if self._all_parts is None:
            self._all_parts = list(self._rows("SELECT text, concept FROM term WHERE kind = 'part'"))
        return self._all_parts

    def _named(self, concept: int) -> tuple[str, ...]:
        """The words of the library that name a concept, each alone."""
        terms = [term for term in self.terms_of(concept) if len(term.stems) == 1]
        return tuple(form for term in terms for form in self.forms(term.stems[0]))

    def _rest(self, word: str) -> tuple[str, ...]:
        stem = self.stem(word) if len(word) >= PART else None
        return self.forms(stem) if stem else ()

    def respelled(self, word: str) -> tuple[str, ...]:
        """The nearest words: one edit away from five letters on, two from seven on; digits are never respelled.

        A word of up to six letters keeps its first letter, and isn't made shorter: `train` is no slip of `strain`. A
        longer one may change it by one edit.
        """
        if not 5 <= len(word) <= LONG or not word.isalpha():  # noqa: PLR2004 - said above
            return ()
        edits = 1 if len(word) < 7 else 2  # noqa: PLR2004 - the same
        shortest = len(word) - (edits if edits > 1 else 0)
        for first in (word[0], "")[:edits]:  # most slips leave the first letter as it is
            rows = self._rows(
                """
                SELECT word FROM word
                WHERE (held OR NOT plain) AND word BETWEEN ? AND ? AND length(word) BETWEEN ? AND ?
                """,
                (first, first + LAST, shortest, len(word) + edits),
            )
            known = [other for (other,) in rows if other.isalpha() and other not in STOP_WORDS]
            if near := closest(word, known, edits=1) or closest(word, known, edits=edits if first else 1):
                return near
        return ()

    def alike(self, word: str) -> tuple[str, ...]:
        """The words of the library that are the fewest edits away from a word: to suggest, never to answer with."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        if self._held is None:
            self._held = [other for (other,) in self._rows("SELECT word FROM word WHERE held ORDER BY word")]
        near = process.extract(word, self._held, scorer=OSA.normalized_similarity, limit=NEAR, score_cutoff=ALIKE)
        return tuple(other for other, *_ in near)


def _common(word: str, other: str) -> int:
    """How many letters two words have in common from the beginning on."""
    pairs = enumerate(zip(word, other, strict=False))
    return next((place for place, (one, two) in pairs if one != two), min(len(word), len(other)))


def _within(short: str, long: str) -> bool:
    """Whether the longer word is a compound of the shorter one, and not a form of it."""
    return len(long) - len(short) >= REST and (long.endswith(short) or long.startswith(short))


def _term(row: tuple[Any, ...]) -> VocabularyTerm:
    stems, concept, kind, text = verified(row)
    return VocabularyTerm(concept, kind, text, tuple(stems.split()))
