"""A query in somebody's own words -> the things it asks for, each with every way in which a line may speak of it.

Phrases come before words, words before their parts, and spelling last. What the vocabulary knows as one thing is asked
for as one thing: `chest pain` is not answered with pain.
"""

from __future__ import annotations

import re
from itertools import islice, product, zip_longest
from typing import TYPE_CHECKING, NamedTuple

from cptref import codes
from cptref.analysis import STOP_WORDS, content_words, fold, hyphenated, term_words, tokenize
from cptref.codes import is_code
from cptref.search import scoring

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cptref.models.results import Tier
    from cptref.search.lexicon import Lexicon, VocabularyTerm

MAX_PHRASE_WORDS = 6  # telling words in a phrase of the vocabulary
MIN_COMPOUND_LETTERS = 4  # letters of two words that are one: `x ray`, but not `l LE`
MAX_CANDIDATES = 8  # of one phrase: a few slips of spelling in it, each with a few ways out

_QUOTES = '"\u201c\u201d\uff02'
_QUOTED = re.compile(f"[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}]")
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))  # soft hyphens and the like, often pasted
_PIECE = re.compile(r"(?:[^\s,;]|(?<=\d),(?=\d{3}\b))+")  # between blanks, commas and semicolons; 1,000 is one
_BREAKS = frozenset(".,;:!?()")  # what ends a phrase
_DOTTED = re.compile(r"(?:[^\W\d_]\.){2,}[^\W\d_]?")  # N.P.O.
_ANNOUNCED = {"cpt", "hcpcs", "code"}  # what may stand before a code


class Expansion(NamedTuple):
    """One way of speaking of a thing: a line has one word of each group.

    `text` is what the query was read as, "" for the query's own words; `steps` are how far it goes beyond what the
    tier says. `literal` is what has to stand in the line as it is, where the query has it in quotes.
    """

    tier: Tier
    text: str
    groups: tuple[tuple[str, ...], ...]
    steps: int = 0
    literal: str = ""

    @property
    def worth(self) -> float:
        """What a line counts that speaks in this way."""
        return scoring.TIER_WEIGHTS[self.tier] - scoring.HOP_PENALTY * self.steps


class Clause(NamedTuple):
    """One thing a query asks for: its words as typed, the ways of speaking of it, and what it means to the vocabulary.

    `senses` are all the meanings of an abbreviation, whether or not the library speaks of them; `plain` where it is a
    word of everyday language. Two things of one `key` are the same.
    """

    typed: str
    ways: tuple[Expansion, ...]
    key: object
    concepts: frozenset[int] = frozenset()
    senses: tuple[str, ...] = ()
    plain: bool = False


class Candidate(NamedTuple):
    """What a word may be: so loosely, this text, these stems."""

    tier: Tier
    text: str
    stems: tuple[str, ...]


class _Token(NamedTuple):
    """A word of the query, at [start, end); `words` as they are compared, none where nothing has them as they are."""

    start: int
    end: int
    words: tuple[str, ...]
    readings: tuple[Candidate, ...]


def parse_query(lexicon: Lexicon, query: str) -> tuple[Clause, ...]:
    """The things a query asks for, in order, each once, in all the ways in which it was said."""
    once: dict[object, Clause] = {}
    for number, segment in enumerate(_QUOTED.split(query.translate(_UNSEEN))):
        for thing in _parse_quoted(lexicon, segment) if number % 2 else _QueryParser(lexicon, segment).things():
            before = once.get(thing.key)
            once[thing.key] = before._replace(ways=before.ways + thing.ways) if before else thing
    return tuple(once.values())


def _parse_quoted(lexicon: Lexicon, text: str) -> Iterator[Clause]:
    """What stands in quotes; nothing where it is made of passing words, by which no line can be told from another."""
    groups = tuple((word,) for word in term_words(text))
    if groups and (content_words(text) or all(lexicon.held(word) for (word,) in groups)):
        literal = text if len(tokenize(text)) > 1 else ""
        yield Clause(f'"{text}"', (Expansion("exact", "", groups, literal=literal),), key=text)


class _QueryParser:
    """Reads one text."""

    def __init__(self, lexicon: Lexicon, text: str) -> None:
        self._known = lexicon
        self._text = text

    def things(self) -> Iterator[Clause]:
        """The longest phrases the vocabulary knows, from left to right, and the words between them."""
        tokens = self._tokens()
        start = 0
        while start < len(tokens):
            for end in range(self._reach(tokens, start), start, -1):
                window = tokens[start:end]
                terms = self._terms(window)
                if terms or len(window) == 1:
                    yield self._thing(window, terms)
                    start = end
                    break

    def _reach(self, tokens: Sequence[_Token], start: int) -> int:
        """Where the longest phrase that may begin here ends: no phrase goes on behind a comma or a full stop."""
        end = start + 1
        last = min(start + MAX_PHRASE_WORDS, len(tokens))
        while end < last and _BREAKS.isdisjoint(self._between(tokens[end - 1], tokens[end])):
            end += 1
        return end

    def _between(self, one: _Token, other: _Token) -> str:
        return self._text[one.end : other.start]

    def _tokens(self) -> list[_Token]:
        tokens: list[_Token] = []
        pieces = [(piece.start(), piece[0]) for piece in _PIECE.finditer(self._text)]
        for (at, typed), (_, following) in zip_longest(pieces, pieces[1:], fillvalue=(0, "")):
            if _DOTTED.fullmatch(typed):
                tokens.append(self._token(at, at + len(typed), fold(typed.replace(".", ""))))
            elif code := codes.parse_codes(typed)[0].code:
                tokens.append(_Token(at, at + len(typed), (code.casefold(),), ()))
            elif typed.casefold().strip(":#\u00ae") not in _ANNOUNCED or not codes.parse_codes(following)[0].code:
                tokens += self._words(at, typed)
        return self._closed_up(tokens)

    def _words(self, at: int, typed: str) -> list[_Token]:
        """The words of a piece; those joined by hyphens as one, where they are known as one or look like one."""
        whole = [one for one in hyphenated(typed) if self._known.whole(one.word) or self._known.roots(one.word)]
        parts = (one for one in tokenize(typed) if not any(one.start in range(*place) for _, *place in whole))
        found = [self._token(at + one.start, at + one.end, one.word) for one in parts if self._tells(one.word, typed)]
        return sorted([*found, *(self._compound(at + one.start, at + one.end, one.word) for one in whole)])

    def _tells(self, word: str, typed: str) -> bool:
        """Whether a word says what something is. `us` doesn't; `US` does, where not everything is in capitals."""
        if word not in STOP_WORDS:
            return True
        shouted = self._text.isupper() and len(self._text.split()) > 1
        if not typed.isupper() or shouted or len(word) == 1:
            return False
        stem = self._known.stem(word)
        return stem is not None and any(term.kind == "abbreviation" for term in self._known.terms((stem,)))

    def _token(self, start: int, end: int, word: str) -> _Token:
        """A word with its stem; failing that, as two words written as one; failing that, respelled."""
        if stem := self._known.stem(word):
            return _Token(start, end, (word,), (Candidate("inflected", word, (stem,)),))
        if pair := self._known.split(word):
            stems = tuple(filter(None, map(self._known.stem, pair)))
            return _Token(start, end, (), (Candidate("inflected", " ".join(pair), stems),))
        if self._known.parts(word) or self._known.taken_apart(word):
            return _Token(start, end, (word,), ())
        near = ((other, self._known.stem(other)) for other in self._known.respelled(word))
        return _Token(start, end, (word,), tuple(Candidate("spelling", other, (stem,)) for other, stem in near if stem))

    def _compound(self, start: int, end: int, word: str) -> _Token:
        """Words that are known as one word too: as that, and as what they are."""
        own = tuple(one.word for one in tokenize(self._text[start:end]) if one.word not in STOP_WORDS)
        stems = tuple(filter(None, map(self._known.stem, own)))
        whole = Candidate("inflected", word, (self._known.stem(word) or word,))
        apart = (Candidate("inflected", " ".join(own), stems),) if stems and len(stems) == len(own) else ()
        return _Token(start, end, own if own and self._known.whole(word) else (word,), (whole, *apart))

    def _closed_up(self, tokens: list[_Token]) -> list[_Token]:
        """Neighbours that are known as one word too (`non union`: nonunion), each pair as one token."""
        closed: list[_Token] = []
        for token in tokens:
            if closed and len(closed[-1].words) == len(token.words) == 1 and self._between(closed[-1], token) == " ":
                word = closed[-1].words[0] + token.words[0]
                if len(word) >= MIN_COMPOUND_LETTERS and not word.isdecimal() and self._known.whole(word):
                    closed[-1] = self._compound(closed[-1].start, token.end, word)
                    continue
            closed.append(token)
        return closed

    def _terms(self, window: Sequence[_Token]) -> list[tuple[Tier, str, VocabularyTerm]]:
        """The terms of the vocabulary that a window of the query may be: how loosely, read as what."""
        found: list[tuple[Tier, str, VocabularyTerm]] = []
        for readings in self._combined(window):
            terms = self._known.terms([stem for reading in readings for stem in reading.stems])
            full = [term for term in terms if term.kind != "abbreviation"]
            shouted = self._text[window[0].start : window[0].end].isupper()
            if shouted or len(window) > 1 or not (full or self._held(readings)):
                full = self._meant(terms, window)
            tier, text = (
                loosest_tier(reading.tier for reading in readings),
                " ".join(reading.text for reading in readings),
            )
            found += ((tier, text, term) for term in full)
        return found

    def _meant(self, terms: Sequence[VocabularyTerm], window: Sequence[_Token]) -> list[VocabularyTerm]:
        """The terms without abbreviations that only share a stem with what was typed: CRPS is no plural of CRP."""
        typed = {word for token in window for word in token.words}
        exact = [term for term in terms if term.kind == "abbreviation" and typed == {*term_words(term.text)}]
        return [term for term in terms if term.kind != "abbreviation" or term in exact or not exact]

    @staticmethod
    def _combined(window: Sequence[_Token]) -> Iterator[tuple[Candidate, ...]]:
        return islice(product(*(token.readings for token in window)), MAX_CANDIDATES)

    def _held(self, readings: Sequence[Candidate]) -> bool:
        return all(self._known.forms(stem) for reading in readings for stem in reading.stems)

    def _thing(self, window: Sequence[_Token], known: list[tuple[Tier, str, VocabularyTerm]]) -> Clause:
        typed = self._text[window[0].start : window[-1].end]
        ways: list[Expansion] = []
        if all(token.words for token in window):
            ways.append(Expansion("exact", "", tuple((word,) for token in window for word in token.words)))
        for readings in self._combined(window):
            tier, text = loosest_tier(one.tier for one in readings), " ".join(one.text for one in readings)
            stems = [stem for reading in readings for stem in reading.stems]
            if tier == "spelling":
                ways.append(Expansion(tier, text, tuple((word,) for word in text.split())))
            if tier == "inflected" and len(stems) == 1:
                ways += (
                    Expansion(tier, form, ((form,),))
                    for form in self._known.forms(stems[0])
                    if (form,) != window[0].words
                )
            else:
                ways += self._way(tier, text, stems, steps=tier == "spelling")
        senses: dict[str, None] = {}
        for tier, _, meant in known:
            short = meant.kind == "abbreviation"
            for term in self._known.terms_of(meant.concept):
                if short and term.kind == "name" and term.concept == meant.concept:
                    senses[term.text] = None
                if term.kind == "part":
                    ways += self._compounds(loosest_tier((tier, "part")), term.text)
                elif term.stems != meant.stems:
                    kind: Tier = "abbreviation" if short or term.kind == "abbreviation" else "synonym"
                    steps = (term.concept != meant.concept) + (tier == "spelling")
                    ways += self._way(loosest_tier((tier, kind)), term.text, term.stems, steps)
        if len(window) == 1:
            ways += self._parts(window[0], named=bool(known))
        concepts = frozenset(term.concept for *_, term in known)
        stems_of_all = frozenset(stem for token in window for reading in token.readings for stem in reading.stems)
        return Clause(
            typed=typed,
            ways=tuple(dict.fromkeys(ways)),
            key=concepts or stems_of_all or typed,
            concepts=concepts,
            senses=tuple(senses),
            plain=len(window) == 1 and self._plain(window[0]),
        )

    def _plain(self, token: _Token) -> bool:
        """Whether it is a word of everyday language, or a small number that no line has.

        In capitals only the very word is: US is no form of use.
        """
        if any(word.isdecimal() and not is_code(word) and not self._known.held(word) for word in token.words):
            return True
        shouted = self._text[token.start : token.end].isupper()
        known = self._known.plain_itself if shouted else self._known.plain
        return any(map(known, token.words))

    def _parts(self, token: _Token, *, named: bool) -> Iterator[Expansion]:
        """What a word has parts in common with. What the vocabulary has a name for is not taken apart."""
        for word in token.words if len(token.words) == 1 and not self._plain(token) else ():
            respelled = any(reading.tier == "spelling" for reading in token.readings)
            roots = () if respelled else self._known.roots(word)
            if named:  # pancreatitis shares a root with pancreas, and is another thing
                roots = tuple(other for other in roots if not self._named(other))
            yield from (Expansion("part", other, ((other,),)) for other in (*self._known.parts(word), *roots))
            if not named:
                yield from self._apart(word)
        short = self._text[token.start : token.end]
        if short.isupper() and not token.readings:
            yield Expansion("abbreviation", "", ((short,),))

    def _named(self, word: str) -> bool:
        """Whether the vocabulary has this word."""
        stem = self._known.stem(word)
        return stem is not None and bool(self._known.terms((stem,)))

    def _compounds(self, tier: Tier, part: str) -> Iterator[Expansion]:
        """The words of the library that are made with a combining form."""
        if found := self._known.compounds(part):
            yield Expansion(tier, part, (found,))

    def _apart(self, word: str) -> Iterator[Expansion]:
        """What a compound is made of, said in words: nephrectomy as the removal of a kidney."""
        if groups := self._known.taken_apart(word):
            yield Expansion("part", " ".join(group[0] for group in groups), groups)

    def _way(self, tier: Tier, text: str, stems: Sequence[str], steps: int) -> Iterator[Expansion]:
        """The way of a term, if the library has all its words."""
        groups = tuple(self._known.forms(stem) for stem in dict.fromkeys(stems))
        if groups and all(groups):
            yield Expansion(tier, text, groups, steps)


def loosest_tier(tiers: Iterator[Tier] | tuple[Tier, ...]) -> Tier:
    """The tier that is worth least."""
    return min(tiers, key=scoring.TIER_WEIGHTS.__getitem__)
