"""Load layers of TOML files: the values of a library, and every fault of every file.

The first layer is the bundled dataset, which must be whole. In the other layers a broken file is left out, and the rest
is loaded.
"""

from __future__ import annotations

import os
from contextlib import suppress
from copy import copy
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from cptref.dataset import rules, schema, toml
from cptref.dataset.fingerprint import read_bounded
from cptref.dataset.layers import (
    ENDING,
    NOTES_NAME,
    TABLE_NAMES,
    canonical_name,
    explain_error,
    iter_skipped,
    scan_layer,
)
from cptref.dataset.vocabulary import VocabularyChecker, normalize_term
from cptref.errors import DatasetError, Fault
from cptref.models.article import Article, BilateralIndicator, Dataset, Modifier, ModifierTable, Verification
from cptref.models.codes import CodeTable, PublishedCode
from cptref.models.notes import Note, NoteBook
from cptref.models.vocabulary import Concept, Vocabulary
from cptref.paths import is_absent
from cptref.sanitize import single_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from cptref.dataset.layers import Layer
    from cptref.dataset.schema import Problem, SerializedFile, TypeChecker

    ProgressCallback = Callable[[int, int], None]  # how many articles are done, and how many there are

    class Linter(Protocol):
        """Yields what is not a fault of an article and still needs review: see lint.py."""

        def __call__(
            self, document: dict[str, Any], modifiers: set[str] | None, *, has_finding: bool
        ) -> Iterable[Problem]:
            """Yield the place of each and what it is."""
            ...


Value = TypeVar("Value")

# Stop reporting after this many faults per file: a list of a hundred thousand wrong items would fill the memory.
MAX_FAULTS_PER_FILE = 100
NOTES_LAYER = -1  # the layer index of notes, which belong to no layer


def ignore_progress(_done: int, _total: int) -> None:
    """Do nothing with the progress."""


class LoadedArticle(NamedTuple):
    """An article with the index of its layer, its file, and the file as JSON.

    `finding` is the verification of the bundled article that it replaces, None if it replaces none.
    """

    layer_index: int
    path: str
    article: Article
    json: str
    finding: Verification | None = None


class LoadedCode(NamedTuple):
    """A published code with the index of the layer that its figures are from."""

    layer_index: int
    published: PublishedCode


class DatasetLoader:
    """Layers of files while they are loaded: tables, notes and vocabulary at once, articles one by one.

    `dataset` is None if its file is broken. `faults` has each fault with the index of its layer and the path of its
    file, `warnings` what `linter` reports besides, with the path. `opened_paths` are the files that could be read,
    `errors` the paths that the system did not let us look into.
    """

    def __init__(self, layers: Sequence[Layer], notes: Path | None = None, linter: Linter | None = None) -> None:
        self.dataset: Dataset | None = None
        self.notes: tuple[Note, ...] = ()
        self.faults: list[tuple[int, str, Fault]] = []
        self.warnings: list[tuple[str, Fault]] = []
        self.opened_paths: list[str] = []
        self.errors: dict[str, OSError] = {}
        self._linter = linter
        self._check_article_types = schema.type_checker(Article)
        self._modifiers: dict[str, Modifier] = {}
        self._bundled_modifiers: set[str] = set()
        self._indicators: dict[int, BilateralIndicator] = {}
        self._known_modifiers: set[str] | None = set()  # codes; None if a table of modifiers could not be read
        self._published: dict[str, LoadedCode] = {}
        self._concepts: dict[str, Concept] = {}
        self._plain_words: list[str] = []
        self._vocabulary_checker = VocabularyChecker()
        self._article_paths: dict[str, tuple[tuple[int, str], ...]] = {}  # of each code: layer index and path, in order
        self._layer_count = 0
        self.add_layers(layers, notes)

    def copy(self) -> DatasetLoader:
        """Return a loader that has loaded the same, to add layers to."""
        loader = copy(self)
        for name, value in vars(self).items():
            if isinstance(value, (dict, list, set)):
                setattr(loader, name, copy(value))
        return loader

    @property
    def modifiers(self) -> ModifierTable:
        """The modifiers of all layers, and the meanings of the bilateral indicators."""
        return ModifierTable(
            modifiers=tuple(self._modifiers.values()), bilateral_indicators=tuple(self._indicators.values())
        )

    @property
    def published_codes(self) -> dict[str, LoadedCode]:
        """The published codes of all layers, in order: a bundled one stays, else the last layer that has it counts."""
        return dict(sorted(self._published.items()))

    @property
    def vocabulary(self) -> Vocabulary:
        """The vocabularies of all layers as one."""
        return Vocabulary(concepts=tuple(self._concepts.values()), plain=" ".join(self._plain_words))

    @property
    def codes(self) -> list[str]:
        """The names of all article files without `.toml`, in order."""
        return sorted(self._article_paths)

    @property
    def codes_of_last_layer(self) -> list[str]:
        """The names of the article files of the last layer without `.toml`, in order."""
        last = self._layer_count - 1
        return sorted(code for code, paths in self._article_paths.items() if paths[-1][0] == last)

    def iter_articles(
        self, codes: Sequence[str], progress: ProgressCallback = ignore_progress
    ) -> Iterator[LoadedArticle]:
        """Yield the articles of these codes, each from the last layer that has a file without faults for it.

        Load those of earlier layers too, for their faults.
        """
        for done, code in enumerate(codes):
            progress(done, len(codes))
            topmost: LoadedArticle | None = None
            finding: Verification | None = None
            for layer_index, path in self._article_paths[code]:
                if article := self.load_article(path, layer_index):
                    if topmost and topmost.layer_index == layer_index:
                        self._add_faults(layer_index, path, ("code", f"{code} is already in {topmost.path}"))
                    else:
                        topmost = article._replace(finding=finding)
                if topmost and layer_index == 0:
                    finding = topmost.article.verification
            if topmost:
                yield topmost
        progress(len(codes), len(codes))

    def result(self) -> tuple[Dataset, dict[Fault, str]]:
        """Return the description of the dataset, and each fault of the files left out with the path of its file.

        Faults are in order of file. Raise DatasetError if the first layer has any.
        """
        faults = sorted(self.faults, key=lambda fault: fault[2].file)
        bundled_faults = tuple(fault for layer_index, _, fault in faults if layer_index == 0)
        if bundled_faults or self.dataset is None:
            raise DatasetError(bundled_faults)
        return self.dataset, {fault: path for _, path, fault in faults}

    def load_finding(self, code: str) -> Verification | None:
        """Return the verification of the article that the first layer has on a code, None if it has none."""
        for layer_index, path in self._article_paths.get(code, ()):
            if layer_index == 0 and (loaded := self.load_article(path, layer_index)):
                return loaded.article.verification
        return None

    def load_file(self, path: str, layer_index: int) -> bool:
        """Load one file, whose name says what it is; return False if it has faults."""
        loaders: dict[str, Callable[[str, int], object]] = {
            "codes.toml": self._load_codes,
            "dataset.toml": self._load_dataset,
            "modifiers.toml": self._load_modifiers,
            "vocabulary.toml": self._load_vocabulary,
            NOTES_NAME: self._load_notes,
        }
        name = canonical_name(os.path.basename(path))  # noqa: PTH119 - quicker, and thousands of them
        return bool(loaders.get(name, self.load_article)(path, layer_index))

    def load_article(self, path: str, layer_index: int) -> LoadedArticle | None:
        """Load one article; return None if it has faults."""
        document = self._parse(path, layer_index)
        if document is None:
            return None
        stem = canonical_name(os.path.basename(path)).removesuffix(ENDING)  # noqa: PTH119 - the same

        def check_rules(serialized: SerializedFile) -> Iterator[Problem]:
            yield from rules.check_article(document, serialized, stem)
            if layer_index == 0:
                yield from rules.check_bundled(document, self._known_modifiers)

        if self._linter:
            has_finding = layer_index > 0 and self._has_bundled_article(stem)
            with suppress(RecursionError):  # what is nested too deeply is a fault below
                warnings = _make_faults(path, self._linter(document, self._known_modifiers, has_finding=has_finding))
                self.warnings += ((path, warning) for warning in warnings)
        checked = self._check(self._check_article_types, path, layer_index, document, check_rules)
        return checked and LoadedArticle(layer_index, path, *checked)

    def _has_bundled_article(self, code: str) -> bool:
        """Return whether the first layer has an article on a code, and with it a finding that holds for the code."""
        return any(layer_index == 0 for layer_index, _ in self._article_paths.get(code, ()))

    def _is_listed(self, path: str) -> bool:
        """Return whether an article file of a layer was there when its folder was listed."""
        code = canonical_name(os.path.basename(path)).removesuffix(ENDING)  # noqa: PTH119 - as above
        return any(path == listed for _, listed in self._article_paths.get(code, ()))

    def add_layers(self, layers: Sequence[Layer], notes: Path | None = None) -> None:
        """Load further layers over these, and notes."""
        own_folder = notes and notes.parent
        for layer in layers:
            may_be_empty = layer.folder == own_folder or os.path.isfile(layer.folder / NOTES_NAME)  # noqa: PTH113
            self._load_layer(self._layer_count, layer, may_be_empty=may_be_empty)
            self._layer_count += 1
        if notes and str(own_folder) not in self.errors and not _is_new(str(notes)):
            self.load_file(str(notes), NOTES_LAYER)

    def _load_layer(self, layer_index: int, layer: Layer, *, may_be_empty: bool) -> None:
        listing = scan_layer(layer)
        self.errors |= listing.errors
        for path, problem in listing.problems.items():
            self._add_faults(layer_index, path, ("", problem))
        for path, reason in iter_skipped(listing) if self._linter else ():
            self.warn(path, "", reason)
        top = str(layer.folder)
        # The bundled tables must exist.
        tables = {name: os.path.join(top, name) for name in TABLE_NAMES} if layer_index == 0 else {}  # noqa: PTH118
        for file in listing.files:
            name = canonical_name(file.name)
            if name not in TABLE_NAMES:
                code = name.removesuffix(ENDING)
                self._article_paths[code] = (*self._article_paths.get(code, ()), (layer_index, file.path))
            elif os.path.dirname(file.path) != top:  # noqa: PTH120 - unchanged
                self._add_faults(layer_index, file.path, ("", f"is not read here; {name} belongs in {top}"))
            elif layer_index and name in tables:
                self._add_faults(layer_index, file.path, ("", f"is not read; {name} is already in {tables[name]}"))
            else:
                tables[name] = file.path
        for _, path in sorted(tables.items()):
            self.load_file(path, layer_index)
        if layer_index == 0:
            if not self._article_paths:
                articles_folder = os.path.join(top, "articles")  # noqa: PTH118
                self._add_faults(layer_index, articles_folder, ("", "contains no article"))
        elif not (listing.files or listing.problems or may_be_empty):
            self._add_faults(
                layer_index, top, ("", f"contains no dataset file; an entry is a file such as 20976{ENDING}")
            )

    def _load_dataset(self, path: str, layer_index: int) -> bool:
        document = self._parse(path, layer_index)
        if document is None:
            return False
        check_rules = partial(rules.check_dataset, document)
        checked = self._check(schema.type_checker(Dataset), path, layer_index, document, check_rules)
        if checked and self.dataset is None:
            self.dataset = checked[0]
        return bool(checked)

    def _load_codes(self, path: str, layer_index: int) -> bool:
        document = self._parse(path, layer_index)
        if document is None:
            return False
        check_rules = partial(rules.check_codes, document, bundled=layer_index == 0)
        checked = self._check(schema.type_checker(CodeTable), path, layer_index, document, check_rules)
        for index, published in enumerate(checked[0].codes if checked else ()):
            code, place = published.code, f"codes[{index}].code"
            bundled = self._published.get(code)
            if layer_index > 0 and self._has_bundled_article(code):
                self.warn(path, place, f"{code} has a bundled finding, which stays, so this is left out")
            elif layer_index > 0 and bundled and bundled.layer_index == 0:
                self.warn(
                    path, place, f"{code} is a bundled code: its ask and complaints are added, the rest is left out"
                )
                self._published[code] = bundled._replace(published=_add_words(bundled.published, published))
            else:
                self._published[code] = LoadedCode(layer_index, published)
        return bool(checked)

    def _load_modifiers(self, path: str, layer_index: int) -> bool:
        """Load a table of modifiers; the codes of a broken one are known all the same."""
        document = self._parse(path, layer_index)
        if document is None:
            self._known_modifiers = None
            return False
        if self._known_modifiers is not None:
            self._known_modifiers |= rules.list_modifier_codes(document)
        check_rules = partial(rules.check_modifiers, document)
        checked = self._check(schema.type_checker(ModifierTable), path, layer_index, document, check_rules)
        if checked:
            table, _ = checked
            for index, modifier in enumerate(table.modifiers):
                if modifier.code in self._bundled_modifiers:
                    place = f"modifiers[{index}].code"
                    self.warn(path, place, f"{modifier.code} is a bundled modifier, which stays, so this is left out")
                else:
                    self._modifiers[modifier.code] = modifier
            if layer_index == 0:
                self._bundled_modifiers = set(self._modifiers)
            for index, indicator in enumerate(table.bilateral_indicators):
                if self._indicators.setdefault(indicator.indicator, indicator) != indicator:
                    place = f"bilateral_indicators[{index}].meaning"
                    self.warn(path, place, f"the bundled meaning of {indicator.indicator} stays, so this is left out")
        return bool(checked)

    def _load_vocabulary(self, path: str, layer_index: int) -> bool:
        """Load a vocabulary, which must not contradict one loaded before."""
        document = self._parse(path, layer_index)
        if document is None:
            return False
        checker = self._vocabulary_checker.copy()
        check_rules = partial(checker.check, path, document)
        checked = self._check(schema.type_checker(Vocabulary), path, layer_index, document, check_rules)
        if checked:
            vocabulary, _ = checked
            self._vocabulary_checker = checker
            self._plain_words.append(vocabulary.plain)
            for concept in vocabulary.concepts:
                name = normalize_term(concept.name)
                known = self._concepts.get(name)
                self._concepts[name] = _merge_concepts(known, concept) if known else concept
        return bool(checked)

    def _load_notes(self, path: str, layer_index: int) -> bool:
        document = self._parse(path, layer_index)
        if document is None:
            return False
        check_rules = partial(rules.check_notes, document)
        checked = self._check(schema.type_checker(NoteBook), path, layer_index, document, check_rules)
        if checked:
            self.notes += checked[0].notes
        return bool(checked)

    def _parse(self, path: str, layer_index: int) -> dict[str, Any] | None:
        """Return the parsed file, or None after adding the fault that prevents it."""
        try:
            data = read_bounded(path)
            self.opened_paths.append(path)
            document = toml.parse(data)
        except OSError as error:  # one without a number is from read_bounded
            problem = str(error)
            is_gone = isinstance(error, FileNotFoundError) and not os.path.islink(path)  # noqa: PTH114 - any length
            if self._is_listed(path) and is_gone:  # deleted just now, even if it is back again
                problem = "disappeared before it was read"
            elif error.errno:
                problem = explain_error(error)
                self.errors[path] = error
        except RecursionError:
            problem = schema.NESTED_TOO_DEEPLY
        except ValueError as error:
            problem = str(error)
        else:
            return document
        self._add_faults(layer_index, path, ("", problem))
        return None

    def _check(
        self,
        check_types: TypeChecker[Value],
        path: str,
        layer_index: int,
        document: dict[str, Any],
        check_rules: Callable[[SerializedFile], Iterable[Problem]],
    ) -> tuple[Value, str] | None:
        """Return the value of a parsed file, and the file as JSON, or None after adding its faults."""
        value: Value | None = None
        try:
            serialized = schema.serialize(document)
            value, type_problems = check_types(document, serialized)
            faults = _make_faults(path, _iter_problems(type_problems, check_rules(serialized)))
        except RecursionError:
            faults = _make_faults(path, [("", schema.NESTED_TOO_DEEPLY)])
        except ValueError as error:  # a number that TOML writes in hexadecimal and Python can't write in decimal
            faults = _make_faults(path, [("", f"has a number that is too large: {error}")])
        if faults or value is None:
            self.faults += ((layer_index, path, fault) for fault in faults)
            return None
        return value, serialized.json

    def warn(self, path: str, place: str, problem: str) -> None:
        """Add a warning about a place in a file."""
        self.warnings.append((path, Fault(single_line(path), place, problem)))

    def _add_faults(self, layer_index: int, path: str, *problems: Problem) -> None:
        self.faults += ((layer_index, path, fault) for fault in _make_faults(path, problems))


def _is_new(path: str) -> bool:
    """Return whether a file does not exist yet: also where a link leads to a folder that could hold it."""
    target_folder = os.path.dirname(os.path.realpath(path))  # noqa: PTH120 - any length will do
    return is_absent(path) or (is_absent(os.path.realpath(path)) and os.path.isdir(target_folder))  # noqa: PTH112


def _iter_problems(of_types: Iterable[Problem], of_rules: Iterable[Problem]) -> Iterator[Problem]:
    """Yield the problems of a file's types, then those of its rules, unless it is too deep to be looked into."""
    for problem in of_types:
        yield problem
        if problem == ("", schema.NESTED_TOO_DEEPLY):
            return
    yield from of_rules


def _make_faults(path: str, problems: Iterable[Problem]) -> list[Fault]:
    """Return the faults of a file that are reported, each once; the last may say how many are not."""
    problems = iter(problems)
    reported = [*islice(problems, MAX_FAULTS_PER_FILE)]
    if omitted := sum(1 for _ in problems):
        reported.append(("", f"{omitted:,} more are not listed"))
    faults = (Fault(single_line(path), single_line(place), single_line(problem)) for place, problem in reported)
    return [*dict.fromkeys(faults)]


def _add_words(published: PublishedCode, addition: PublishedCode) -> PublishedCode:
    """Return a published code with the words by which a later file finds it too."""
    return published._replace(
        ask=tuple(dict.fromkeys((*published.ask, *addition.ask))),
        complaints=tuple(dict.fromkeys((*published.complaints, *addition.complaints))),
    )


def _merge_concepts(concept: Concept, addition: Concept) -> Concept:
    """Return a concept with the terms that a later vocabulary adds."""
    return Concept(
        name=concept.name,
        synonyms=concept.synonyms + addition.synonyms,
        abbreviations=concept.abbreviations + addition.abbreviations,
        variants=concept.variants + addition.variants,
        narrower=concept.narrower + addition.narrower,
        parts=concept.parts + addition.parts,
    )
