"""What must hold of a vocabulary: no term contradicts another, in one file or in several.

A name or a synonym stands for one concept, since all its terms mean the same; an abbreviation may stand for several;
what is narrower than a concept isn't also broader. A later file may say more of a concept by giving its name again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple
from unicodedata import normalize

from cptref.dataset import rules
from cptref.dataset.schema import Problem, SerializedFile, format_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LIST_FIELDS = ("synonyms", "variants", "abbreviations", "narrower")
_AFFIX = re.compile("-[a-z]{3,}|[a-z]{3,}-")
_EXCLUSIVE_FIELDS = ("name", "synonyms", "variants")  # the kinds of which a term stands for one concept alone


class _TermPlace(NamedTuple):
    path: str
    place: str
    concept: str


class VocabularyChecker:
    """The terms of every vocabulary read so far."""

    def __init__(self) -> None:
        self._means: dict[str, _TermPlace] = {}
        self._narrower: dict[str, set[str]] = {}

    def copy(self) -> VocabularyChecker:
        """The same terms, for a vocabulary that may turn out to be broken and so is left out."""
        other = VocabularyChecker()
        other._means = dict(self._means)
        other._narrower = {name: set(kinds) for name, kinds in self._narrower.items()}
        return other

    def check(self, path: str, plain: Mapping[str, Any], written: SerializedFile) -> Iterator[Problem]:
        """Everything wrong with a vocabulary, as it was parsed."""
        yield from rules.check_text(plain, written)
        names: set[str] = set()
        listed = [
            (number, item) for number, item in rules.iter_tables(plain, "concepts") if isinstance(item.get("name"), str)
        ]
        for number, item in listed:
            name = normalize_term(item["name"])
            if name in names:
                yield format_path(("concepts", number, "name")), f"the concept {item['name']!r} stands here twice"
            names.add(name)
            yield from self._concept(path, number, item, name)
        for number, item in listed:
            for at, text in rules.iter_strings(item, "narrower"):
                if self._concept_of(item["name"]) in self._kinds(self._concept_of(text)):
                    problem = f"{text!r} is narrower than {item['name']!r}, and broader too"
                    yield format_path(("concepts", number, "narrower", at)), problem
        if isinstance(plain.get("plain"), str):
            for word in plain["plain"].split():
                if not word.isalpha():
                    yield "plain", f"{word!r} isn't a word"

    def _concept(self, path: str, number: int, item: Mapping[str, Any], name: str) -> Iterator[Problem]:
        seen: dict[str, str] = {}
        terms: list[tuple[str, tuple[int | str, ...], str]] = [("name", ("name",), item["name"])]
        terms += ((kind, (kind, at), text) for kind in _LIST_FIELDS for at, text in rules.iter_strings(item, kind))
        for kind, within, text in terms:
            here, term = format_path(("concepts", number, *within)), normalize_term(text)
            if not term:
                if text.strip():  # what is blank has been named
                    yield here, f"{text!r} has no word in it"
                continue
            worded = all(re.search(r"[^\W_]", one) for one in (text, item["name"]))  # the sign for mm is no letter
            if kind == "variants" and (" " in term + name or not worded):
                yield here, f"{text!r} isn't another form of {item['name']!r}: both must be one word"
            if term in seen:
                yield here, f"{text!r} stands at {seen[term]} too"
            seen.setdefault(term, here)
            if kind in _EXCLUSIVE_FIELDS:
                other = self._means.setdefault(term, _TermPlace(path, here, name))
                if other.concept != name:
                    file = "" if other.path == path else f" of {other.path}"
                    yield here, f"{text!r} means {other.concept!r} at {other.place}{file}; a term means one thing"
        for at, text in rules.iter_strings(item, "parts"):
            if not _AFFIX.fullmatch(text):
                here = format_path(("concepts", number, "parts", at))
                yield here, f"{text!r} must be the beginning of a word, as in nephr-, or its end, as in -ectomy"
        for _, text in rules.iter_strings(item, "narrower"):
            self._narrower.setdefault(name, set()).add(normalize_term(text))

    def _concept_of(self, text: str) -> str:
        """The name of the concept that a term stands for; the term itself where there is none."""
        term = normalize_term(text)
        return self._means[term].concept if term in self._means else term

    def _kinds(self, broad: str) -> set[str]:
        """A concept, its kinds, theirs, and so on."""
        found: set[str] = set()
        left = [broad]
        while left:
            concept = left.pop()
            if concept not in found:
                found.add(concept)
                left += map(self._concept_of, self._narrower.get(concept, ()))
        return found


def normalize_term(text: str) -> str:
    """A term as it is compared: without regard to case and width, hyphens, and spaces more than one."""
    return " ".join(re.sub(r"[\W_]+", " ", normalize("NFKC", text).casefold()).split())
