"""Check that no term of a vocabulary contradicts another, in one file or in several.

A name or a synonym stands for one concept, because all its terms mean the same. An abbreviation may stand for several.
A term that is narrower than a concept is not also broader. A later file may add to a concept by repeating its name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple
from unicodedata import normalize

from cptref.dataset import rules
from cptref.dataset.schema import Problem, SerializedFile, ValuePath, format_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LIST_FIELDS = ("synonyms", "variants", "abbreviations", "narrower")
_EXCLUSIVE_FIELDS = ("name", "synonyms", "variants")  # a term in these stands for one concept only
_AFFIX = re.compile("-[a-z]{3,}|[a-z]{3,}-")


class _TermPlace(NamedTuple):
    file: str
    place: str
    concept: str


class VocabularyChecker:
    """The terms of every vocabulary checked so far."""

    def __init__(self) -> None:
        self._term_places: dict[str, _TermPlace] = {}
        self._narrower_terms: dict[str, set[str]] = {}  # by the name of the broader concept

    def copy(self) -> VocabularyChecker:
        """Return a checker with the same terms, for a vocabulary that is left out if it turns out to be broken."""
        copy = VocabularyChecker()
        copy._term_places = dict(self._term_places)
        copy._narrower_terms = {name: set(terms) for name, terms in self._narrower_terms.items()}
        return copy

    def check(self, path: str, document: Mapping[str, Any], serialized: SerializedFile) -> Iterator[Problem]:
        """Report everything wrong with a parsed vocabulary, and remember its terms."""
        yield from rules.check_text(document, serialized)
        concepts = [
            (index, table)
            for index, table in rules.iter_tables(document, "concepts")
            if isinstance(table.get("name"), str)
        ]
        names: set[str] = set()
        for index, concept in concepts:
            name = normalize_term(concept["name"])
            if name in names:
                yield format_path(("concepts", index, "name")), f"the concept {concept['name']!r} appears twice"
            names.add(name)
            yield from self._check_concept(path, index, concept, name)
        circles = self._find_circles()
        for index, concept in concepts:
            yield from self._check_narrower(index, concept, circles)
        if isinstance(document.get("plain"), str):
            for word in document["plain"].split():
                if not word.isalpha():
                    yield "plain", f"{word!r} is not a word"

    def _check_concept(self, path: str, index: int, concept: Mapping[str, Any], name: str) -> Iterator[Problem]:
        places: dict[str, str] = {}
        for field, within, text in _iter_terms(concept):
            place, term = format_path(("concepts", index, *within)), normalize_term(text)
            if not term:
                if text.strip():  # blank text is reported already
                    yield place, f"{text!r} has no word in it"
                continue
            if field == "variants" and not (_is_word(text, term) and _is_word(concept["name"], name)):
                yield place, f"{text!r} is not another form of {concept['name']!r}: both must be one word"
            if term in places:
                yield place, f"{text!r} is already at {places[term]}"
            places.setdefault(term, place)
            if field in _EXCLUSIVE_FIELDS:
                other = self._term_places.setdefault(term, _TermPlace(path, place, name))
                if other.concept != name:
                    file = "" if other.file == path else f" in {other.file}"
                    yield place, f"{text!r} means {other.concept!r} at {other.place}{file}; a term means one thing"
        for part_index, text in rules.iter_strings(concept, "parts"):
            if not _AFFIX.fullmatch(text):
                place = format_path(("concepts", index, "parts", part_index))
                yield place, f"{text!r} must be the beginning of a word, like nephr-, or the end of one, like -ectomy"
        for _, text in rules.iter_strings(concept, "narrower"):
            self._narrower_terms.setdefault(name, set()).add(normalize_term(text))

    def _check_narrower(self, index: int, concept: Mapping[str, Any], circles: Mapping[str, str]) -> Iterator[Problem]:
        broad = self._resolve_concept(concept["name"])
        for term_index, text in rules.iter_strings(concept, "narrower"):
            narrow = self._resolve_concept(text)
            if circles.get(broad, broad) == circles.get(narrow, narrow):
                place = format_path(("concepts", index, "narrower", term_index))
                yield place, f"{text!r} is both narrower and broader than {concept['name']!r}"

    def _resolve_concept(self, text: str) -> str:
        """Return the name of the concept that a term stands for, or the term itself if it stands for none."""
        term = normalize_term(text)
        return self._term_places[term].concept if term in self._term_places else term

    def _find_circles(self) -> dict[str, str]:
        """Return one concept of the circle that each concept is in: each is narrower and broader than all of them.

        This is Kosaraju's algorithm, which takes linear time: a chain of 19,000 concepts must not take minutes.
        """
        kinds = {name: [self._resolve_concept(term) for term in terms] for name, terms in self._narrower_terms.items()}
        broader: dict[str, list[str]] = {}
        for name, of_name in kinds.items():
            for kind in of_name:
                broader.setdefault(kind, []).append(name)
        left: list[str] = []  # concepts in the order in which the search leaves them for good
        entered: set[str] = set()
        pending = [(name, False) for name in kinds]
        while pending:
            name, leaving = pending.pop()
            if leaving:
                left.append(name)
            elif name not in entered:
                entered.add(name)
                pending += [(name, True), *((kind, False) for kind in kinds.get(name, ()))]
        circles: dict[str, str] = {}
        for first in reversed(left):
            reached = [first]
            while reached:
                name = reached.pop()
                if name not in circles:
                    circles[name] = first
                    reached += broader.get(name, ())
        return circles


def normalize_term(text: str) -> str:
    """Return a term in the form in which terms are compared: case, width, hyphens and repeated spaces don't count."""
    return " ".join(re.sub(r"[\W_]+", " ", normalize("NFKC", text).casefold()).split())


def _iter_terms(concept: Mapping[str, Any]) -> Iterator[tuple[str, ValuePath, str]]:
    """Yield every term of a concept with its field and its path within the concept."""
    yield "name", ("name",), concept["name"]
    for field in _LIST_FIELDS:
        yield from ((field, (field, index), text) for index, text in rules.iter_strings(concept, field))


def _is_word(text: str, term: str) -> bool:
    """Return whether a text, of which `term` is the normal form, is one word; the sign U+339C for mm is not."""
    return " " not in term and re.search(r"[^\W_]", text) is not None
