"""Layers of TOML files -> what a library holds, or every fault of every file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from cptref.characters import one_line
from cptref.concepts import Concept, Vocabulary
from cptref.dataset import rules, shape
from cptref.dataset.files import Layer, sources
from cptref.dataset.terms import Terms, key
from cptref.errors import DatasetError, Fault
from cptref.model import (
    Article,
    BilateralIndicator,
    Dataset,
    Modifier,
    ModifierTable,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from cptref.dataset.shape import Check

    Watch = Callable[[str, int, int], None]  # what is being done, how many articles are done, of how many

Value = TypeVar("Value")

_DEEP = "is nested too deep"
_WHOLE = ("dataset.toml", "modifiers.toml", "vocabulary.toml")  # what a dataset needs besides articles


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What the layers hold together: which dataset, its modifiers and vocabulary, its articles with their layers."""

    dataset: Dataset
    modifiers: ModifierTable
    vocabulary: Vocabulary
    articles: tuple[tuple[str, Article], ...]


def unwatched(_doing: str, _done: int, _total: int) -> None:
    """For when nobody looks on."""


def read(layers: Iterable[Layer], watch: Watch = unwatched) -> Contents:
    """Read every file of the layers, the first of which must be complete; a later layer's entry replaces an earlier.

    `watch` is told how far it has come in each layer. Raises DatasetError with every fault of every file.
    """
    reader = _Reader()
    dataset: Dataset | None = None
    modifiers: dict[str, Modifier] = {}
    indicators: dict[int, BilateralIndicator] = {}
    concepts: dict[str, Concept] = {}
    plain: list[str] = []
    articles: dict[str, tuple[str, Article]] = {}
    for number, layer in enumerate(layers):
        files = reader.files(layer, complete=number == 0)
        about, table, terms = (files.pop(f"{name}.toml", None) for name in ("dataset", "modifiers", "vocabulary"))
        if number == 0 and about:
            dataset = reader.dataset(about)
        if table and (known := reader.modifiers(table)):
            modifiers |= {one.code: one for one in known.modifiers}
            indicators |= {one.indicator: one for one in known.bilateral_indicators}
        if terms and (found := reader.vocabulary(terms)):
            for concept in found.concepts:
                name = key(concept.name)
                concepts[name] = _both(concepts[name], concept) if name in concepts else concept
            plain.append(found.plain)
        for article in reader.articles(files.values(), watch):
            articles[article.code] = (layer.name, article)
    if reader.faults or dataset is None:
        raise DatasetError(tuple(sorted(reader.faults, key=lambda fault: fault.file)))
    return Contents(
        dataset=dataset,
        modifiers=ModifierTable(modifiers=tuple(modifiers.values()), bilateral_indicators=tuple(indicators.values())),
        vocabulary=Vocabulary(concepts=tuple(concepts.values()), plain=" ".join(plain)),
        articles=tuple(articles[code] for code in sorted(articles)),
    )


def _both(one: Concept, more: Concept) -> Concept:
    """A concept with what a later vocabulary says of it."""
    return Concept(
        name=one.name,
        synonyms=one.synonyms + more.synonyms,
        abbreviations=one.abbreviations + more.abbreviations,
        variants=one.variants + more.variants,
        narrower=one.narrower + more.narrower,
        parts=one.parts + more.parts,
    )


class _Reader:
    """Reads files one by one and keeps their faults."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._article = shape.checker(Article)
        self._terms = Terms()
        self._known: set[str] | None = set()  # codes of modifiers; None where a table of them could not be read

    def files(self, layer: Layer, *, complete: bool) -> dict[str, Path]:
        """The files of a layer by name; a folder that can't be listed is a fault, and so is what a whole one lacks."""
        found = {Path(entry.path).relative_to(layer.folder).as_posix(): Path(entry.path) for entry in sources(layer)}
        self._listable(layer.folder)
        self._listable(layer.folder / "articles")
        if complete:
            found = {name: layer.folder / name for name in _WHOLE} | found
            if not any(name.startswith("articles/") for name in found):
                self._fault(layer.folder / "articles", "", "holds no article")
        return found

    def _listable(self, folder: Path) -> None:
        try:
            os.scandir(folder).close()
        except FileNotFoundError:
            pass  # articles may stand in the folder above; what a whole dataset needs is asked for elsewhere
        except OSError as error:
            self._fault(folder, "", f"can't be read: {error.strerror}")

    def dataset(self, path: Path) -> Dataset | None:
        plain = self._parsed(path)
        return None if plain is None else self._value(shape.checker(Dataset), path, plain, rules.dataset(plain))

    def modifiers(self, path: Path) -> ModifierTable | None:
        """A table of modifiers. The codes of one with faults are known all the same."""
        plain = self._parsed(path)
        if plain is None:
            self._known = None
            return None
        if self._known is not None:
            self._known |= rules.modifier_codes(plain)
        return self._value(shape.checker(ModifierTable), path, plain, rules.modifiers(plain))

    def vocabulary(self, path: Path) -> Vocabulary | None:
        """A vocabulary, which must not contradict one read before."""
        plain = self._parsed(path)
        if plain is None:
            return None
        return self._value(shape.checker(Vocabulary), path, plain, self._terms.check(path, plain))

    def articles(self, paths: Collection[Path], watch: Watch) -> Iterator[Article]:
        homes: dict[object, Path] = {}
        for done, path in enumerate(paths):
            watch("reading", done, len(paths))
            plain = self._parsed(path)
            if plain is None:
                continue
            code = plain.get("code")
            if isinstance(code, str) and homes.setdefault(code, path) is not path:
                self._fault(path, "code", f"{code} stands in {homes[code]} too")
            article = self._value(self._article, path, plain, rules.article(plain, path.stem, self._known))
            if article is not None:
                yield article
        watch("reading", len(paths), len(paths))

    def _parsed(self, path: Path) -> dict[str, Any] | None:
        import tomli

        try:
            if path.exists() and not path.is_file():  # a pipe or a device would never end
                self._fault(path, "", "isn't a file")
                return None
            plain = tomli.loads(path.read_bytes().decode())
        except OSError as error:
            self._fault(path, "", f"can't be read: {error.strerror or error}")
        except UnicodeDecodeError as error:
            self._fault(path, "", f"isn't UTF-8 at byte {error.start}")
        except RecursionError:
            self._fault(path, "", _DEEP)
        except ValueError as error:  # TOMLDecodeError, or a number of more digits than Python takes
            self._fault(path, "", f"isn't TOML: {error}")
        else:
            return plain
        return None

    def _value(
        self, check: Check[Value], path: Path, plain: dict[str, Any], broken: Iterable[shape.Problem]
    ) -> Value | None:
        try:
            value, problems = check(plain)
            problems += broken
        except RecursionError:
            value, problems = None, [("", _DEEP)]
        except ValueError as error:  # a number that TOML may write in hexadecimal, and Python not in decimal digits
            value, problems = None, [("", f"has a number that is too large: {error}")]
        for place, problem in problems:
            self._fault(path, place, problem)
        return None if problems else value

    def _fault(self, path: Path, place: str, problem: str) -> None:
        self.faults.append(Fault(one_line(str(path)), one_line(place), one_line(problem)))
