"""A query in somebody's own words -> clauses, each with every way in which a line may mention it.

Phrases come before words. What the vocabulary knows as one concept is one clause: `chest pain` is not answered with
pain.
"""

from __future__ import annotations

import re
from itertools import islice, product
from typing import TYPE_CHECKING, NamedTuple

from cptref.analysis import content_words, is_number, term_words, tokenize
from cptref.codes import is_code
from cptref.search import scoring
from cptref.search.clauses import Clause, Expansion, Query
from cptref.search.denials import split_denials
from cptref.search.qualifiers import find_qualifiers
from cptref.search.query_tokens import QueryTokenizer
from cptref.search.questions import route_question
from cptref.search.word_lists import is_everyday, is_thing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cptref.index.reader import VocabularyTerm
    from cptref.models.hits import Tier
    from cptref.search.clauses import Importance
    from cptref.search.lexicon import Lexicon
    from cptref.search.qualifiers import Qualifier
    from cptref.search.query_tokens import Candidate, QueryToken
    from cptref.search.questions import Route

MAX_PHRASE_WORDS = 6  # content words in a phrase of the vocabulary
MAX_CANDIDATES = 8  # of one phrase: a few misspelled words in it, each with a few corrections

_QUOTES = '"\u201c\u201d\uff02'
_QUOTED = re.compile(f"[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}]")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))  # soft hyphens and the like, often pasted
_PHRASE_ENDS = frozenset(".,;:!?()")
_TIME_UNIT = re.compile(r"\s*(?:min|minute|hr|hour|day|wk|week|mo|month|yr|year)s?\b", re.IGNORECASE)
_SEPARATOR = re.compile(r"(?<=\w)\s?[,;]\s")  # between what is asked for one by one
_MATCHING_QUALIFIERS = {"amount", "level"}  # a line may have what is typed
_MATCHING_WORDS = {"degree", "side"}  # a line may have it if it is a word of MIN_QUALIFIER_LETTERS
MIN_QUALIFIER_LETTERS = 4  # RT and LT are modifiers in a line


class _Reading(NamedTuple):
    """A term of the vocabulary that a phrase may be: this loosely, read as this text."""

    tier: Tier
    text: str
    term: VocabularyTerm


def parse_query(lexicon: Lexicon, text: str) -> Query:
    """Return a text as a query: its clauses in order, each once, with the expansions of every way it was typed in."""
    text, denied = split_denials(text.translate(_INVISIBLE))
    route = None if _QUOTED.search(text) else route_question(text)
    clauses: dict[object, Clause] = {}
    for clause in _parse_segments(lexicon, text) if route is None else _parse_question(lexicon, route):
        earlier = clauses.get(clause.key)
        if earlier:
            clauses[clause.key] = earlier._replace(expansions=earlier.expansions + clause.expansions)
        else:
            clauses[clause.key] = clause
    if route and not route.words and _names_nothing(clause for clause in clauses.values() if not clause.in_section):
        route = route._replace(sections=route.sections[:1])
    return Query(tuple(clauses.values()), denied, route, is_list=_SEPARATOR.search(text) is not None)


def _parse_segments(lexicon: Lexicon, text: str) -> Iterator[Clause]:
    """Yield the clauses of a text, of which every other segment is in quotes."""
    for number, segment in enumerate(_QUOTED.split(text)):
        yield from _parse_quoted(lexicon, segment) if number % 2 else _TextParser(lexicon, segment).parse()


def _parse_question(lexicon: Lexicon, route: Route) -> Iterator[Clause]:
    """Yield what a question is about, and what else it names; if it names nothing, whole sections."""
    clauses = list(_TextParser(lexicon, route.text).parse())
    if route.words or _names_nothing(clauses):
        expansions = tuple(_expand_topic(lexicon, route)) if route.words else (Expansion("exact", "", ()),)
        yield Clause(route.typed, expansions, key=route.typed, in_section=True)
    yield from clauses


def _names_nothing(clauses: Iterable[Clause]) -> bool:
    return all(clause.is_code or clause.importance == "qualifier" for clause in clauses)


def _expand_topic(lexicon: Lexicon, route: Route) -> Iterator[Expansion]:
    """Yield the words that a question asks for, typed or not."""
    typed = content_words(route.typed)
    stems = {*map(lexicon.find_stem, typed)}
    for hops, words in enumerate(map(content_words, route.words)):
        tier: Tier = "synonym"
        if not set(words).isdisjoint(typed):
            tier = "exact"
        elif len(words) == 1:
            tier = "inflected" if lexicon.find_stem(words[0]) in stems else tier
        yield Expansion(tier, " ".join(words), tuple((word,) for word in words), hops)


def _parse_quoted(lexicon: Lexicon, text: str) -> Iterator[Clause]:
    """Yield the clause of a quoted text; none for stop words only, which do not tell one line from another."""
    alternatives = tuple((word,) for word in term_words(text))
    if alternatives and (content_words(text) or all(lexicon.has_line_with(word) for (word,) in alternatives)):
        literal = text if len(tokenize(text)) > 1 else ""
        yield Clause(f'"{text}"', (Expansion("exact", "", alternatives, literal=literal),), key=text)


class _TextParser:
    """Parses a text without quotes."""

    def __init__(self, lexicon: Lexicon, text: str) -> None:
        self._lexicon = lexicon
        self._text = text

    def parse(self) -> Iterator[Clause]:
        """Yield the longest phrases that the vocabulary knows, from left to right, and the words between them."""
        qualifiers = [*find_qualifiers(self._text)]
        covered = [range(qualifier.start, qualifier.end) for qualifier in qualifiers]
        tokens = [
            token
            for token in QueryTokenizer(self._lexicon, self._text).tokenize()
            if not any(token.start in span for span in covered)
        ]
        clauses = [*self._parse_tokens(tokens), *map(self._make_qualifier, qualifiers)]
        yield from (clause for _, clause in sorted(clauses, key=lambda item: item[0]))

    def _parse_tokens(self, tokens: Sequence[QueryToken]) -> Iterator[tuple[int, Clause]]:
        start = 0
        while start < len(tokens):
            for end in range(self._find_phrase_end(tokens, start), start, -1):
                window = tokens[start:end]
                readings = self._read_terms(window)
                if readings or len(window) == 1:
                    yield window[0].start, self._make_clause(window, readings)
                    start = end
                    break

    def _make_qualifier(self, qualifier: Qualifier) -> tuple[int, Clause]:
        """Return a qualifier as a clause, with where it begins. Times, people and the like match nothing."""
        typed = self._text[qualifier.start : qualifier.end].strip()
        words = tuple((word,) for word in content_words(typed))
        is_word = typed.isalpha() and len(typed) >= MIN_QUALIFIER_LETTERS
        may_match = qualifier.kind in _MATCHING_QUALIFIERS or (qualifier.kind in _MATCHING_WORDS and is_word)
        expansions = [Expansion("exact", "", words)] if words and may_match else []
        for region in qualifier.regions:
            stems = tuple(filter(None, map(self._lexicon.find_stem, term_words(region))))
            expansions += self._expand_stems("synonym", region, stems, hops=0)
        level = qualifier.kind == "level"
        clause = Clause(typed, tuple(expansions), key=(qualifier.kind, typed), importance="qualifier", is_level=level)
        return qualifier.start, clause

    def _find_phrase_end(self, tokens: Sequence[QueryToken], start: int) -> int:
        """Return where the longest phrase ends that may begin here: at the latest at a comma, full stop or bracket."""
        end = start + 1
        last = min(start + MAX_PHRASE_WORDS, len(tokens))
        while end < last and _PHRASE_ENDS.isdisjoint(self._text_between(tokens[end - 1], tokens[end])):
            end += 1
        return end

    def _text_between(self, token: QueryToken, following: QueryToken) -> str:
        return self._text[token.end : following.start]

    # Tokens -> terms of the vocabulary

    def _read_terms(self, window: Sequence[QueryToken]) -> list[_Reading]:
        """Return the terms of the vocabulary that a window of the query may be."""
        readings: list[_Reading] = []
        for candidates in _combine_candidates(window):
            terms = self._lexicon.list_terms(_list_stems(candidates))
            selected = [term for term in terms if term.kind != "abbreviation"]
            capitals = self._text[window[0].start : window[0].end].isupper()
            if capitals or len(window) > 1 or not (selected or self._has_forms(candidates)):
                selected = _drop_false_abbreviations(terms, window, self._text[window[0].start : window[-1].end])
            tier, text = _combine_tier(candidates), _combine_text(candidates)
            readings += (_Reading(tier, text, term) for term in selected)
        return readings

    def _has_forms(self, candidates: Sequence[Candidate]) -> bool:
        return self._lexicon.has_forms(_list_stems(candidates))

    # Tokens and terms -> a clause with its expansions

    def _make_clause(self, window: Sequence[QueryToken], readings: Sequence[_Reading]) -> Clause:
        expansions = [*self._expand_words(window), *self._expand_terms(readings)]
        if window[0].is_beginning:
            expansions = [*self._expand_beginning(window[0])]
        elif len(window) == 1:
            expansions += self._expand_parts(window[0], is_term=bool(readings))
        typed = " ".join(self._text[window[0].start : window[-1].end].split())
        concepts = frozenset(reading.term.concept for reading in readings)
        stems = frozenset(stem for token in window for stem in _list_stems(token.candidates))
        return Clause(
            typed=typed,
            expansions=tuple(dict.fromkeys(expansions)),
            key=concepts or stems or typed,
            concepts=concepts,
            senses=self._list_senses(readings),
            importance="subject" if len(window) > 1 else self._judge_importance(window[0], is_term=bool(readings)),
            is_code=len(window) == 1 and any(is_code(word.upper()) for word in window[0].words),
            parts=tuple(self._expand_single_words(window)),
            size=len(window),
            is_respelled=any(candidate.tier == "spelling" for token in window for candidate in token.candidates),
        )

    def _expand_single_words(self, window: Sequence[QueryToken]) -> Iterator[Expansion]:
        """Yield the forms of each content word of a phrase, which a question may ask for by itself."""
        for token in window if len(window) > 1 else ():
            for stem in _list_stems(token.candidates):
                yield from self._expand_stems("part", self._text[token.start : token.end], (stem,), hops=0)

    def _judge_importance(self, token: QueryToken, *, is_term: bool) -> Importance:
        word = self._text[token.start : token.end].casefold()
        if self._is_common(token):
            if not is_thing(word):
                return "word"
            return "topic" if is_term else "thing"
        if is_term or is_code(word.upper()) or any(map(self._lexicon.list_forms, _list_stems(token.candidates))):
            return "subject"
        if is_everyday(word):
            return "word"
        return "subject" if self._lexicon.is_real(word) else "unknown"

    def _expand_words(self, window: Sequence[QueryToken]) -> Iterator[Expansion]:
        """Yield the words as typed, in their other forms, and corrected."""
        if all(token.words for token in window):
            yield Expansion("exact", "", tuple((word,) for token in window for word in token.words))
        for hops, candidates in enumerate(_combine_candidates(window)):
            tier, text, stems = _combine_tier(candidates), _combine_text(candidates), _list_stems(candidates)
            if tier == "spelling":  # the likeliest first
                yield Expansion(tier, text, tuple((word,) for word in text.split()), hops)
            if tier == "inflected" and len(stems) == 1:
                for form in self._lexicon.list_forms(stems[0]):
                    if (form,) != window[0].words:
                        yield Expansion(tier, form, ((form,),))
            else:
                yield from self._expand_stems(tier, text, stems, hops + 1 if tier == "spelling" else 0)

    def _expand_terms(self, readings: Sequence[_Reading]) -> Iterator[Expansion]:
        """Yield the other terms of each concept: synonyms, abbreviations, kinds, compounds of its combining forms."""
        for tier, _, read_term in readings:
            for term in self._lexicon.list_terms_of(read_term.concept):
                if term.kind == "part":
                    yield from self._expand_affix(scoring.select_loosest((tier, "part")), term.text)
                elif term.stems != read_term.stems:
                    kind: Tier = "abbreviation" if "abbreviation" in {read_term.kind, term.kind} else "synonym"
                    hops = (term.concept != read_term.concept) + (tier == "spelling")
                    yield from self._expand_stems(scoring.select_loosest((tier, kind)), term.text, term.stems, hops)

    def _expand_parts(self, token: QueryToken, *, is_term: bool) -> Iterator[Expansion]:
        """Yield the words that a word shares parts with. A term of the vocabulary is not decomposed."""
        lexicon = self._lexicon
        for word in token.words if len(token.words) == 1 and not self._is_common(token) else ():
            corrected = any(candidate.tier == "spelling" for candidate in token.candidates)
            roots = () if corrected else lexicon.same_root(word)
            if is_term:  # pancreatitis shares a root with pancreas, and is another concept
                roots = tuple(other for other in roots if not lexicon.is_term(other))
            yield from (Expansion("part", other, ((other,),)) for other in (*lexicon.compounds_of(word), *roots))
            if not is_term and (pieces := lexicon.decompose(word)):
                yield Expansion("part", " ".join(piece[0] for piece in pieces), pieces)
        typed = self._text[token.start : token.end]
        if not token.candidates and (typed.isupper() or (typed.isalpha() and not lexicon.is_real(typed.casefold()))):
            yield Expansion("abbreviation", "", ((typed.upper(),),))

    def _expand_beginning(self, token: QueryToken) -> Iterator[Expansion]:
        """Yield the indexed words that begin with the last word of a query."""
        for word in token.words:
            yield from (Expansion("beginning", other, ((other,),)) for other in self._lexicon.list_words_starting(word))

    def _expand_affix(self, tier: Tier, affix: str) -> Iterator[Expansion]:
        """Yield the words of the library that are made with a combining form."""
        if words := self._lexicon.with_affix(affix):
            yield Expansion(tier, affix, (words,))

    def _expand_stems(self, tier: Tier, text: str, stems: Sequence[str], hops: int) -> Iterator[Expansion]:
        """Yield the expansion of a term if the library has all its words."""
        alternatives = tuple(map(self._lexicon.list_forms, dict.fromkeys(stems)))
        if alternatives and all(alternatives):
            yield Expansion(tier, text, alternatives, hops)

    def _list_senses(self, readings: Sequence[_Reading]) -> tuple[str, ...]:
        """Return the names of the concepts that an abbreviation may stand for."""
        return tuple(
            dict.fromkeys(
                term.text
                for reading in readings
                if reading.term.kind == "abbreviation"
                for term in self._lexicon.list_terms_of(reading.term.concept)
                if term.kind == "name" and term.concept == reading.term.concept
            )
        )

    def _is_common(self, token: QueryToken) -> bool:
        """Return whether it is a word of everyday language, a small number that no line has, or a count of weeks.

        In capitals only exactly this word is: US is not a form of use.
        """
        lexicon = self._lexicon
        numbers = [word for word in token.words if is_number(word) and not is_code(word)]
        if numbers and _TIME_UNIT.match(self._text, token.end):  # `for 3 weeks` does not ask for lines with a 3
            return True
        if not all(map(lexicon.has_line_with, numbers)):
            return True
        capitals = self._text[token.start : token.end].isupper()
        return any(map(lexicon.is_common_itself if capitals else lexicon.is_common, token.words))


def _combine_candidates(window: Sequence[QueryToken]) -> Iterator[tuple[Candidate, ...]]:
    return islice(product(*(token.candidates for token in window)), MAX_CANDIDATES)


def _combine_tier(candidates: Sequence[Candidate]) -> Tier:
    return scoring.select_loosest(candidate.tier for candidate in candidates)


def _combine_text(candidates: Sequence[Candidate]) -> str:
    return " ".join(candidate.text for candidate in candidates)


def _list_stems(candidates: Sequence[Candidate]) -> list[str]:
    return [stem for candidate in candidates for stem in candidate.stems]


def _drop_false_abbreviations(
    terms: Sequence[VocabularyTerm], window: Sequence[QueryToken], typed: str
) -> list[VocabularyTerm]:
    """Return the terms without abbreviations that only share a stem with what was typed: CRPS is no plural of CRP."""
    words = {word for token in window for word in token.words}
    singular = words if typed.endswith("S") else {word.removesuffix("s") for word in words}
    return [term for term in terms if term.kind != "abbreviation" or {*term_words(term.text)} in (words, singular)]
