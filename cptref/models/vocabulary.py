"""The values of data/vocabulary.toml, apart from article.py because answering questions does not need them."""

from functools import partial
from typing import NamedTuple

from cptref.models.article import FIELD_TYPES, build_value


class Concept(NamedTuple):
    """One thing with several names, in data/vocabulary.toml.

    `name` is its plain name. `synonyms` mean the same. `abbreviations` may also stand for other concepts. `variants`
    are spellings and forms of a one-word name (feet, disk) that no rule covers. `narrower` are kinds of it: a search
    for the concept also finds its kinds and the other way round, but two kinds are not the same thing. `parts` stand
    for it in compounds: `nephr-` at the beginning of a word, `-ectomy` at the end.
    """

    name: str
    synonyms: tuple[str, ...] = ()
    abbreviations: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


class Vocabulary(NamedTuple):
    """data/vocabulary.toml: concepts, and words of everyday language (`plain`, separated by blanks).

    A plain word is a real word, so it is never a spelling mistake, and it says little about the topic of a query.
    """

    concepts: tuple[Concept, ...] = ()
    plain: str = ""


FIELD_TYPES[Vocabulary] = {"concepts": partial(build_value, Concept)}
