"""Layers of TOML files -> what a library holds, and every fault of every file.

The first layer is the bundled dataset, which must be whole. Of the others, a broken file is left out and the rest read.
"""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from cptref.dataset import rules, schema
from cptref.dataset.fingerprint import read_bounded
from cptref.dataset.layers import NOTES_NAME, TABLE_NAMES, iter_toml_files
from cptref.dataset.vocabulary import VocabularyChecker, normalize_term
from cptref.errors import DatasetError, Fault
from cptref.models.article import Article, BilateralIndicator, Dataset, Modifier, ModifierTable, Note, NoteBook
from cptref.models.vocabulary import Concept, Vocabulary
from cptref.sanitize import single_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from cptref.dataset.layers import Layer
    from cptref.dataset.schema import Check, Problem, SerializedFile

    ProgressCallback = Callable[[int, int], None]  # how many articles are done, of how many

Value = TypeVar("Value")

# Of a file: who has mended so many looks again, and a list of a hundred thousand wrong items would fill the memory.
MAX_FAULTS_PER_FILE = 100


def ignore_progress(_done: int, _total: int) -> None:
    """For when nobody looks on."""


class LoadedArticle(NamedTuple):
    """An article that was read: the number of its layer, its file, what it says, and that as JSON."""

    layer: int
    path: str
    article: Article
    written: str


class DatasetLoader:
    """Layers as they are read: tables, notes and vocabulary at once, articles one by one.

    `dataset` is None where its file is broken. `faults` has each fault with the number of its layer (notes are of no
    layer, -1) and the path of its file, `warnings` what `doubts` wants to say besides, with the path; `read` has the
    paths that could be opened.
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        notes: Path | None = None,
        doubts: Callable[[dict[str, Any], set[str] | None], Iterable[Problem]] | None = None,
    ) -> None:
        self.dataset: Dataset | None = None
        self.notes: tuple[Note, ...] = ()
        self.faults: list[tuple[int, str, Fault]] = []
        self.warnings: list[tuple[str, Fault]] = []
        self.read: list[str] = []
        self._doubts = doubts
        self._checked = schema.type_checker(Article)
        self._modifiers: dict[str, Modifier] = {}
        self._indicators: dict[int, BilateralIndicator] = {}
        self._known: set[str] | None = set()  # codes of modifiers; None where a table of them could not be read
        self._concepts: dict[str, Concept] = {}
        self._plain: list[str] = []
        self._terms = VocabularyChecker()
        self._places: dict[str, list[tuple[int, str]]] = {}  # the files of each code, the first layer first
        for number, layer in enumerate(layers):
            self._layer(number, layer)
        if notes and os.path.exists(notes):  # noqa: PTH110 - Path raises for a name that is too long
            self.file(str(notes), -1)

    @property
    def modifiers(self) -> ModifierTable:
        """The modifiers of all layers, and the meaning of bilateral indicators."""
        return ModifierTable(
            modifiers=tuple(self._modifiers.values()), bilateral_indicators=tuple(self._indicators.values())
        )

    @property
    def vocabulary(self) -> Vocabulary:
        """The vocabularies of all layers as one."""
        return Vocabulary(concepts=tuple(self._concepts.values()), plain=" ".join(self._plain))

    @property
    def codes(self) -> list[str]:
        """What article files are named after, in order."""
        return sorted(self._places)

    def articles(self, codes: Sequence[str], watch: ProgressCallback = ignore_progress) -> Iterator[LoadedArticle]:
        """The articles of these codes, each from the last layer that has a sound file for it.

        Those before it are read all the same, for their faults.
        """
        for done, code in enumerate(codes):
            watch(done, len(codes))
            held: LoadedArticle | None = None
            for number, path in self._places[code]:
                if found := self.article(path, number):
                    if held and held.layer == number:
                        self._fault(number, path, ("code", f"{code} stands in {held.path} too"))
                    else:
                        held = found
            if held:
                yield held
        watch(len(codes), len(codes))

    def result(self) -> tuple[Dataset, dict[Fault, str]]:
        """Which dataset it is, and the faults of what was left out with the paths of their files, in order of file.

        Raises DatasetError where the first layer has any.
        """
        faults = sorted(self.faults, key=lambda fault: fault[2].file)
        broken = tuple(fault for number, _, fault in faults if number == 0)
        if broken or self.dataset is None:
            raise DatasetError(broken)
        return self.dataset, {fault: path for _, path, fault in faults}

    def file(self, path: str, number: int) -> bool:
        """Read one file, which is what its name says; False where it has faults."""
        kinds: dict[str, Callable[[str, int], object]] = {
            "dataset.toml": self._dataset,
            "modifiers.toml": self._table,
            "vocabulary.toml": self._vocabulary,
            NOTES_NAME: self._notes,
        }
        return bool(kinds.get(os.path.basename(path), self.article)(path, number))  # noqa: PTH119 - a name, all day long

    def article(self, path: str, number: int) -> LoadedArticle | None:
        """Read one article."""
        plain = self._parsed(path, number)
        if plain is None:
            return None
        stem = os.path.basename(path).removesuffix(".toml")  # noqa: PTH119 - the same

        def broken(written: SerializedFile) -> Iterator[Problem]:
            yield from rules.check_article(plain, written, stem)
            if number == 0:
                yield from rules.check_bundled(plain, self._known)

        if self._doubts:
            self.warnings += ((path, one) for one in self._kept(path, self._doubts(plain, self._known)))
        found = self._value(self._checked, path, number, plain, broken)
        return found and LoadedArticle(number, path, *found)

    def _layer(self, number: int, layer: Layer) -> None:
        self._listable(number, layer.folder)
        self._listable(number, layer.folder / "articles")
        tables = {name: str(layer.folder / name) for name in TABLE_NAMES} if number == 0 else {}
        for entry in iter_toml_files(layer):
            if entry.name in TABLE_NAMES and os.path.dirname(entry.path) == str(layer.folder):  # noqa: PTH120 - as it was given
                tables[entry.name] = entry.path
            else:
                self._places.setdefault(entry.name.removesuffix(".toml"), []).append((number, entry.path))
        for _, path in sorted(tables.items()):
            self.file(path, number)
        if number == 0 and not self._places:
            self._fault(number, str(layer.folder / "articles"), ("", "holds no article"))

    def _listable(self, number: int, folder: Path) -> None:
        try:
            os.scandir(folder).close()
        except FileNotFoundError:
            pass  # articles may stand in the folder above; what a whole dataset needs is asked for elsewhere
        except OSError as error:
            self._fault(number, str(folder), ("", f"can't be read: {error.strerror}"))

    def _dataset(self, path: str, number: int) -> bool:
        plain = self._parsed(path, number)
        if plain is None:
            return False
        found = self._value(schema.type_checker(Dataset), path, number, plain, partial(rules.check_dataset, plain))
        if found and self.dataset is None:
            self.dataset = found[0]
        return bool(found)

    def _table(self, path: str, number: int) -> bool:
        """A table of modifiers. The codes of a broken one are known all the same."""
        plain = self._parsed(path, number)
        if plain is None:
            self._known = None
            return False
        if self._known is not None:
            self._known |= rules.list_modifier_codes(plain)
        found = self._value(
            schema.type_checker(ModifierTable), path, number, plain, partial(rules.check_modifiers, plain)
        )
        if found:
            self._modifiers |= {one.code: one for one in found[0].modifiers}
            self._indicators |= {one.indicator: one for one in found[0].bilateral_indicators}
        return bool(found)

    def _vocabulary(self, path: str, number: int) -> bool:
        """A vocabulary, which must not contradict one read before."""
        plain = self._parsed(path, number)
        if plain is None:
            return False
        terms = self._terms.copy()
        found = self._value(schema.type_checker(Vocabulary), path, number, plain, partial(terms.check, path, plain))
        if found:
            self._terms = terms
            self._plain.append(found[0].plain)
            for concept in found[0].concepts:
                name = normalize_term(concept.name)
                self._concepts[name] = (
                    _merge_concepts(self._concepts[name], concept) if name in self._concepts else concept
                )
        return bool(found)

    def _notes(self, path: str, number: int) -> bool:
        plain = self._parsed(path, number)
        if plain is None:
            return False
        found = self._value(schema.type_checker(NoteBook), path, number, plain, partial(rules.check_notes, plain))
        if found:
            self.notes += found[0].notes
        return bool(found)

    def _parsed(self, path: str, number: int) -> dict[str, Any] | None:
        import tomli

        try:
            data = read_bounded(path)
            self.read.append(path)
            plain = tomli.loads(data.decode())
        except UnicodeDecodeError as error:
            problem = f"isn't UTF-8 at byte {error.start}"
        except OSError as error:  # with a number it is the system's
            problem = f"can't be read: {error.strerror}" if error.errno else str(error)
        except RecursionError:
            problem = schema.NESTED_TOO_DEEP
        except ValueError as error:  # TOMLDecodeError, or a number of more digits than Python takes
            problem = f"isn't TOML: {error}"
        else:
            return plain
        self._fault(number, path, ("", problem))
        return None

    def _value(
        self,
        check: Check[Value],
        path: str,
        number: int,
        plain: dict[str, Any],
        broken: Callable[[SerializedFile], Iterable[Problem]],
    ) -> tuple[Value, str] | None:
        """The value of a parsed file, and the file as JSON; None where it has faults, which are noted."""
        value: Value | None = None
        try:
            written = schema.serialize(plain)
            value, problems = check(plain, written)
            if ("", schema.NESTED_TOO_DEEP) not in problems:
                problems += broken(written)
        except RecursionError:
            problems = [("", schema.NESTED_TOO_DEEP)]
        except ValueError as error:  # a number that TOML may write in hexadecimal, and Python not in decimal digits
            problems = [("", f"has a number that is too large: {error}")]
        if problems or value is None:
            self._fault(number, path, *problems)
            return None
        return value, written.json

    def _fault(self, number: int, path: str, *problems: Problem) -> None:
        self.faults += ((number, path, fault) for fault in self._kept(path, problems))

    @staticmethod
    def _kept(path: str, problems: Iterable[Problem]) -> list[Fault]:
        found = [*problems]
        more = len(found) - MAX_FAULTS_PER_FILE
        shown = [*found[:MAX_FAULTS_PER_FILE], ("", f"has {more:,} more")] if more > 0 else found
        return [Fault(single_line(path), single_line(place), single_line(problem)) for place, problem in shown]


def _merge_concepts(one: Concept, more: Concept) -> Concept:
    """A concept with what a later vocabulary says of it."""
    return Concept(
        name=one.name,
        synonyms=one.synonyms + more.synonyms,
        abbreviations=one.abbreviations + more.abbreviations,
        variants=one.variants + more.variants,
        narrower=one.narrower + more.narrower,
        parts=one.parts + more.parts,
    )
