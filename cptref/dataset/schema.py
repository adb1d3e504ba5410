"""Is a parsed file of the right shape? Every fault at once, each with its place.

pydantic does the checking, over the standard dataclasses of model.py. It takes longer to import than a question
takes to answer, so it is imported only when files have changed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

from cptref.codes import CODE_PATTERN, MODIFIER_PATTERN
from cptref.models.article import Article
from cptref.sections import CATALOGUE

Value = TypeVar("Value")
ValuePath = tuple[int | str, ...]  # the steps to a value
Problem = tuple[str, str]  # the place in words, what is wrong there

NESTED_TOO_DEEP = "is nested too deep"
_TYPE_NAMES = {
    "string_type": "text",
    "int_type": "a whole number",
    "tuple_type": "a list",
    "dataclass_type": "a table",
    "dataclass_exact_type": "a table",
    "date_type": "a date",
}
_VALUE_NAMES = {
    bool: "true or false",
    int: "a number",
    float: "a number with a fraction",
    str: "text",
    list: "a list",
    dict: "a table",
}


class SerializedFile(NamedTuple):
    """A parsed file as JSON, in which dates and times are text; so many of them."""

    json: str
    dates: int


Check = Callable[[Mapping[str, Any], SerializedFile], tuple[Value | None, list[Problem]]]


def serialize(plain: Mapping[str, Any]) -> SerializedFile:
    """A parsed file as JSON. Raises RecursionError or ValueError where Python can't write it."""
    dates: list[str] = []

    def text(value: object) -> str:
        dates.append(str(value))
        return dates[-1]

    return SerializedFile(json.dumps(plain, default=text, ensure_ascii=False), len(dates))


def format_path(location: ValuePath) -> str:
    """A path into a file, as in `sections[3].points[0]`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in location).lstrip(".")


def type_checker(kind: type[Value]) -> Check[Value]:
    """A function from a parsed file to a value of this kind, or to every way in which it isn't one.

    It goes through JSON because pydantic's strict mode takes lists for tuples and tables for dataclasses only there.
    """
    from pydantic import TypeAdapter, ValidationError

    adapter = TypeAdapter(kind)

    def check(plain: Mapping[str, Any], written: SerializedFile) -> tuple[Value | None, list[Problem]]:
        try:
            return adapter.validate_json(written.json), []
        except ValidationError as error:
            return None, [
                (format_path(fault["loc"]), _describe_fault(fault["type"], fault, value_at(plain, fault["loc"])))
                for fault in error.errors(include_url=False, include_input=False)
            ]

    return check


def _describe_fault(type_: str, fault: Any, given: object) -> str:  # noqa: ANN401 - pydantic's own mapping
    if type_ == "missing":
        return "is missing"
    if type_ == "unexpected_keyword_argument":
        return "unknown key"
    if type_ == "json_invalid":  # the one thing that JSON made from TOML can be
        return NESTED_TOO_DEEP
    if type_ == "literal_error":
        return f"must be {fault['ctx']['expected']}"
    if type_ in _TYPE_NAMES:
        return f"must be {_TYPE_NAMES[type_]}, not {_VALUE_NAMES.get(type(given), 'a date or a time')}"
    return str(fault["msg"])


def value_at(plain: Any, location: ValuePath) -> object:  # noqa: ANN401 - whatever TOML holds
    """What stands at a place; what the deepest table or list on the way there is, where nothing does."""
    with suppress(KeyError, IndexError, TypeError):
        for step in location:
            plain = plain[step]
    return plain


def article_json_schema() -> str:
    """The schema as JSON text, ending in a newline."""
    from pydantic import TypeAdapter

    made: dict[str, Any] = TypeAdapter(Article).json_schema()
    parts = made["$defs"]
    parts["Section"]["properties"]["key"]["enum"] = [key for key, kind in CATALOGUE.items() if not kind.derived]
    code = {"type": "string", "pattern": f"^({CODE_PATTERN.pattern})$".replace(r"\d", "[0-9]")}
    made["properties"]["code"] |= code
    made["properties"]["modifiers"]["items"] = {"type": "string", "pattern": f"^{MODIFIER_PATTERN.pattern}$"}
    parts["Verification"]["properties"]["see_instead"]["items"] = code
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(head | made, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(article_json_schema())
