"""Layers of TOML files -> what a library holds, or every fault of every file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from cptref.characters import one_line
from cptref.dataset import rules, shape
from cptref.dataset.files import Layer, sources
from cptref.errors import DatasetError, Fault
from cptref.model import Article, Dataset, Modifier, Stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cptref.dataset.shape import Check

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class _ModifierTable(Stored):
    """data/modifiers.toml."""

    modifiers: tuple[Modifier, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What the layers hold together: which dataset, its modifiers, its articles with the layer each is from."""

    dataset: Dataset
    modifiers: tuple[Modifier, ...]
    articles: tuple[tuple[str, Article], ...]


def read(layers: Iterable[Layer]) -> Contents:
    """Read every file of the layers, the first of which must be complete; a later layer's entry replaces an earlier.

    Raises DatasetError with every fault of every file.
    """
    reader = _Reader()
    dataset: Dataset | None = None
    modifiers: dict[str, Modifier] | None = {}
    articles: dict[str, tuple[str, Article]] = {}
    for number, layer in enumerate(layers):
        files = {Path(entry.path).relative_to(layer.folder).as_posix(): Path(entry.path) for entry in sources(layer)}
        about, table = files.pop("dataset.toml", None), files.pop("modifiers.toml", None)
        if number == 0:
            dataset = reader.dataset(about or layer.folder / "dataset.toml")
            table = table or layer.folder / "modifiers.toml"
        if table:
            modifiers = reader.modifiers(table, modifiers)
        for article in reader.articles(files.values(), modifiers):
            articles[article.code] = (layer.name, article)
    if reader.faults or dataset is None or modifiers is None:
        raise DatasetError(tuple(sorted(reader.faults)))
    return Contents(
        dataset=dataset,
        modifiers=tuple(modifiers.values()),
        articles=tuple(articles[code] for code in sorted(articles)),
    )


class _Reader:
    """Reads files one by one and keeps their faults."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._article = shape.checker(Article)

    def dataset(self, path: Path) -> Dataset | None:
        plain = self._parsed(path)
        return None if plain is None else self._value(shape.checker(Dataset), path, plain, rules.text(plain))

    def modifiers(self, path: Path, earlier: dict[str, Modifier] | None) -> dict[str, Modifier] | None:
        """The modifiers known with this table, by code; None where a table could not be read."""
        plain = self._parsed(path)
        check = shape.checker(_ModifierTable)
        table = None if plain is None else self._value(check, path, plain, rules.modifiers(plain))
        if table is None or earlier is None:
            return None
        return earlier | {modifier.code: modifier for modifier in table.modifiers}

    def articles(self, paths: Iterable[Path], modifiers: dict[str, Modifier] | None) -> Iterator[Article]:
        homes: dict[object, Path] = {}
        for path in paths:
            plain = self._parsed(path)
            if plain is None:
                continue
            code = plain.get("code")
            if isinstance(code, str) and homes.setdefault(code, path) is not path:
                self._fault(path, "code", f"{code} stands in {homes[code]} too")
            article = self._value(self._article, path, plain, rules.article(plain, path.stem, modifiers))
            if article is not None:
                yield article

    def _parsed(self, path: Path) -> dict[str, Any] | None:
        import tomli

        try:
            plain = tomli.loads(path.read_bytes().decode())
        except OSError as error:
            self._fault(path, "", f"can't be read: {error.strerror or error}")
        except UnicodeDecodeError as error:
            self._fault(path, "", f"isn't UTF-8 at byte {error.start}")
        except tomli.TOMLDecodeError as error:
            self._fault(path, "", f"isn't TOML: {error}")
        else:
            return plain
        return None

    def _value(
        self, check: Check[Value], path: Path, plain: dict[str, Any], broken: Iterable[shape.Problem]
    ) -> Value | None:
        value, problems = check(plain)
        for place, problem in (*problems, *broken):
            self._fault(path, place, problem)
            value = None
        return value

    def _fault(self, path: Path, place: str, problem: str) -> None:
        self.faults.append(Fault(one_line(str(path)), one_line(place), one_line(problem)))
