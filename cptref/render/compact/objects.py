"""What compact objects have in common: how their types are written, and the values that several of them have.

The types are dictionaries of which pydantic makes JSON Schemas, in which descriptions stand. For that it reads
annotations when the program runs, and below Python 3.12 wants the TypedDict of typing_extensions, which comes with it.
So these modules have no `from __future__ import annotations`.
"""

from collections.abc import Iterable
from typing import Annotated, Any, TypeVar, cast

from typing_extensions import NotRequired, TypedDict

from cptref.models.article import Dataset
from cptref.models.verdicts import Finding, Rule, Unread

Value = TypeVar("Value")

MAX_ALONE = 5  # misses with the same message that are told one by one

# Keys that are there when they are empty too: the answer itself, and what was asked.
_ALWAYS_THERE = frozenset({"results", "lines", "query", "input", "verdicts"})


class Says:
    """What a field means, for the schema: pydantic asks the annotation, and is not imported for it."""

    def __init__(self, words: str) -> None:
        self.words = words

    def __get_pydantic_json_schema__(self, schema: Any, make: Any) -> dict[str, Any]:  # noqa: ANN401
        """Return the schema of a field with its description."""
        return {**make(schema), "description": self.words}


LeftOut = Annotated[str, Says("what is not here, by the limit or for its length, and how to get at it")]
AsOf = Annotated[str, Says("there if another release than that of the day had to do, and says which")]
NotLoaded = Annotated[list[str], Says("code sets that could have answered, and how to get them")]
Notices = Annotated[list[str], Says("the legal notices of the code set files that the answer rests on")]


class DatasetObject(TypedDict):
    """The dataset of the library, with the notice that goes with every answer."""

    version: str
    released: Annotated[str, Says("YYYY-MM-DD")]
    notice: str


class UnreadObject(TypedDict):
    """Something of the input that could not be read, and why; nothing is guessed."""

    input: NotRequired[str]
    inputs: NotRequired[Annotated[list[str], Says("of which all this holds, instead of input")]]
    message: str


class FindingObject(TypedDict):
    """Why a code does not stand for what the article on it describes."""

    code: str
    says: str
    remedy: NotRequired[Annotated[str, Says("which codes to look at")]]


class RuleObject(TypedDict):
    """What a result rests on: a release of a code set, or a rule that no file has."""

    source: str
    set: NotRequired[str]
    release: NotRequired[str]
    as_of: NotRequired[AsOf]


def prune(value: Value) -> Value:
    """Return a value without the keys that are empty: "", None, and lists and dictionaries of nothing."""
    return cast("Value", _prune(value))


def _prune(value: Any) -> Any:  # noqa: ANN401 - whatever JSON can hold
    if isinstance(value, dict):
        pruned = {key: _prune(item) for key, item in value.items()}
        return {
            key: item
            for key, item in pruned.items()
            if item is not None and (item not in ("", [], {}) or key in _ALWAYS_THERE)
        }
    if isinstance(value, (list, tuple)):
        return [*map(_prune, value)]
    return value


def optional(value: Value | None) -> Value:
    """Return a value that is left out if it is None."""
    return cast("Value", value)


def differing(text: str, other: str) -> str:
    """Return a text, "" if it is the same as another one that stands beside it."""
    return "" if text == other else text


def build_dataset(dataset: Dataset) -> DatasetObject:
    """Return the dataset of an answer."""
    return {
        "version": dataset.version,
        "released": dataset.released.isoformat(),
        "notice": dataset.notices.advice,
    }


def build_rule(rule: Rule) -> RuleObject:
    """Return what a result rests on."""
    return {"source": rule.source, "set": rule.set, "release": rule.release, "as_of": rule.as_of}


def list_findings(findings: Iterable[Finding]) -> list[FindingObject]:
    """Return why codes do not stand for what their articles describe."""
    return [{"code": finding.code, "says": finding.says, "remedy": finding.remedy} for finding in findings]


def list_unread(items: Iterable[Unread]) -> list[UnreadObject]:
    """Return what could not be read; much with the same reason together, or it would take the room of answers."""
    groups: dict[str, list[str]] = {}
    for item in items:
        groups.setdefault(item.reason, []).append(item.input)
    objects: list[UnreadObject] = []
    for reason, inputs in groups.items():
        if len(inputs) > MAX_ALONE:
            objects.append({"inputs": inputs, "message": reason})
        else:
            objects += [{"input": each, "message": reason} for each in inputs]
    return objects


def list_distinct(texts: Iterable[str]) -> list[str]:
    """Return texts, each once and no empty one."""
    return [*dict.fromkeys(filter(None, texts))]
