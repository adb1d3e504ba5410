"""The values of data/vocabulary.toml. Questions are answered without them, so they stand apart from model.py."""

from __future__ import annotations

from dataclasses import dataclass

from cptref.models.article import Stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept(Stored):
    """One thing that goes by several names, in data/vocabulary.toml.

    `name` is what it is called in plain; `synonyms` mean the same; `abbreviations` may stand for other concepts too;
    `variants` are spellings and forms of a name of one word (feet, disk) that rules don't know; `narrower` are kinds
    of it: who looks for the one is served by the other, but two kinds are not the same; `parts` are what stands for it
    in compounds: `nephr-` at the beginning of a word, `-ectomy` at the end.
    """

    name: str
    synonyms: tuple[str, ...] = ()
    abbreviations: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary(Stored):
    """data/vocabulary.toml: concepts, and words of everyday language (`plain`, between blanks).

    A plain word is real, so it is no slip of spelling, and says little of what a query is about.
    """

    concepts: tuple[Concept, ...] = ()
    plain: str = ""
