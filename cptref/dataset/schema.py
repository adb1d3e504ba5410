"""Check that a parsed file has the right types: all faults at once, each with its place.

pydantic does the checking, over models made from the named tuples of models/. Importing it takes longer than answering
a question, so it is imported only after files have changed.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    NamedTuple,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from cptref.codes import CODE_PATTERN, MODIFIER_PATTERN
from cptref.models.article import Article, as_table, build_value
from cptref.sections import STORED_SECTIONS

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

Value = TypeVar("Value")
ValuePath = tuple[int | str, ...]  # the keys and indexes that lead to a value
Problem = tuple[str, str]  # the place as text, and what is wrong there

_BARE_KEY = re.compile(r"[\w-]+", re.ASCII)
NESTED_TOO_DEEPLY = "is nested too deeply"
_EXPECTED_TYPES = {
    "string_type": "text",
    "int_type": "a whole number",
    "tuple_type": "a list",
    "model_type": "a table",
    "date_type": "a date",
}
_ACTUAL_TYPES = {
    bool: "true or false",
    int: "a number",
    float: "a number with a fraction",
    str: "text",
    list: "a list",
    dict: "a table",
}


class SerializedFile(NamedTuple):
    """A parsed file as JSON, in which dates and times are text, and the number of these."""

    json: str
    dates: int


TypeChecker = Callable[[Mapping[str, Any], SerializedFile], tuple[Value | None, Iterable[Problem]]]


def serialize(document: Mapping[str, Any]) -> SerializedFile:
    """Return a parsed file as JSON. Raise RecursionError or ValueError if Python can't write it."""
    dates: list[str] = []

    def format_date(value: object) -> str:
        dates.append(str(value))
        return dates[-1]

    return SerializedFile(json.dumps(document, default=format_date, ensure_ascii=False), len(dates))


def format_path(path: Sequence[int | str]) -> str:
    """Return a path into a file as text, with quotes where TOML needs them: `sections[3].points[0]`, `"a b"[0]`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{_format_key(step)}" for step in path)
    return "".join(steps).removeprefix(".")


def _format_key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else json.dumps(key, ensure_ascii=False)


def type_checker(kind: type[Value]) -> TypeChecker[Value]:
    """Return a function that turns a parsed file into a value of this kind, or into all faults of its types.

    The function takes the file as JSON too: only there does pydantic's strict mode accept lists for tuples.
    """
    from pydantic import ValidationError

    model: type[BaseModel] = _make_model(kind)  # type: ignore[arg-type]  # a type is hashable

    def check_types(document: Mapping[str, Any], serialized: SerializedFile) -> tuple[Value | None, Iterable[Problem]]:
        try:
            model.model_validate_json(serialized.json)
        except ValidationError as error:
            return None, _iter_problems(error, document)
        return build_value(kind, document), ()

    return check_types


@cache
def _make_model(kind: type[Any]) -> type[BaseModel]:
    """Return a pydantic model with the fields of a named tuple. An unknown key is a fault, so is a wrong type."""
    from pydantic import ConfigDict, create_model

    defaults = kind._field_defaults
    fields: dict[str, Any] = {
        name: (_convert_hint(hint), as_table(defaults[name]) if name in defaults else ...)
        for name, hint in get_type_hints(kind).items()
    }
    config = ConfigDict(extra="forbid", strict=True)
    return create_model(kind.__name__, __config__=config, __doc__=kind.__doc__, **fields)


def _convert_hint(hint: Any) -> Any:  # noqa: ANN401 - whatever an annotation may be
    """Return an annotation with models in place of named tuples."""
    if hasattr(hint, "_field_defaults"):
        return _make_model(hint)
    arguments, origin = get_args(hint), get_origin(hint)
    if origin is Literal and isinstance(arguments[0], int):
        from pydantic import BeforeValidator

        return Annotated[hint, BeforeValidator(_require_whole_number)]
    if not arguments or origin is Literal:
        return hint
    converted = tuple(map(_convert_hint, arguments))
    return Union[converted] if origin in {Union, UnionType} else origin[converted]  # noqa: UP007 - of a tuple


def _require_whole_number(value: object) -> object:
    """Return a whole number, and raise for anything equal to one: `true` and `1.0` are 1 to pydantic's literals."""
    from pydantic_core import PydanticKnownError

    if type(value) is not int:
        raise PydanticKnownError("int_type")
    return value


def _iter_problems(error: ValidationError, document: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield each fault of types. They are read one by one: a million of them at once fill the memory."""
    text, start = error.json(include_url=False, include_input=False), len("[")
    decoder = json.JSONDecoder()
    for _ in range(error.error_count()):
        fault, end = decoder.raw_decode(text, start)
        start = end + len(",")
        yield format_path(fault["loc"]), _explain_fault(fault["type"], fault, value_at(document, fault["loc"]))


def value_at(document: Any, path: Sequence[int | str]) -> object:  # noqa: ANN401 - whatever TOML holds
    """Return the value at a path, or the deepest table or list on the way if there is none."""
    with suppress(KeyError, IndexError, TypeError):
        for step in path:
            document = document[step]
    return document


def article_json_schema() -> str:
    """Return the schema of an article file as JSON text that ends in a newline."""
    schema = _make_model(Article).model_json_schema()
    definitions = schema["$defs"]
    definitions["Section"]["properties"]["key"]["enum"] = list(STORED_SECTIONS)
    code = {"type": "string", "pattern": f"^({CODE_PATTERN.pattern})$".replace(r"\d", "[0-9]")}
    schema["properties"]["code"] |= code
    schema["properties"]["modifiers"]["items"] = {"type": "string", "pattern": f"^{MODIFIER_PATTERN.pattern}$"}
    definitions["Verification"]["properties"]["see_instead"]["items"] = code
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(head | schema, indent=2, ensure_ascii=False) + "\n"


def _explain_fault(kind: str, fault: Any, value: object) -> str:  # noqa: ANN401 - pydantic's own mapping
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return "unknown key"
    if kind == "json_invalid":  # the only way in which JSON made from TOML can be invalid
        return NESTED_TOO_DEEPLY
    if kind == "literal_error":
        return f"must be {fault['ctx']['expected']}"
    if kind in _EXPECTED_TYPES:
        return f"must be {_EXPECTED_TYPES[kind]}, not {_ACTUAL_TYPES.get(type(value), 'a date or a time')}"
    return str(fault["msg"])


if __name__ == "__main__":
    sys.stdout.write(article_json_schema())
