"""What is wrong with the arguments of a call, in one line that says what to send."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cptref.errors import UsageError
from cptref.fuzzy import did_you_mean
from cptref.sanitize import single_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MAX_PROBLEM_CHARACTERS = 120  # it may have in it what the caller sent; what to try has not, and stays whole
MAX_ARGUMENT_CHARACTERS = 300_000  # a claim of 10,000 lines; nonsense of this size is answered in seconds
MAX_NAME_CHARACTERS = 40  # of an unknown argument

Schema = dict[str, Any]  # of JSON, as tools/list has it


def explain_unknown(tool: str, names: Iterable[str], known: Iterable[str]) -> str:
    """Return what to do about the first argument that a tool does not have, "" if it has all."""
    for name in names:
        if name not in known:
            suggestion = did_you_mean(name, known, edits=min(2, len(name) // 3))
            shown = single_line(name[:MAX_NAME_CHARACTERS])[:MAX_NAME_CHARACTERS]
            return f"{tool} has no argument '{shown}'; {suggestion}it takes {', '.join(known)}"
    return ""


def require_text(**arguments: str | Sequence[str]) -> None:
    """Raise UsageError for the first argument that is blank."""
    for name, value in arguments.items():
        if not any(text.strip() for text in ([value] if isinstance(value, str) else value)):
            raise UsageError(f"{name} is blank", hint=f"send {_EXAMPLES[name]}")


def explain_size(tool: str, arguments: Mapping[str, Any]) -> str:
    """Return what to do about arguments that are too long to be answered soon, "" if they are not."""
    size = len(json.dumps(arguments, ensure_ascii=False))
    if size <= MAX_ARGUMENT_CHARACTERS:
        return ""
    return f"the arguments have {size:,} characters; send {tool} at most {MAX_ARGUMENT_CHARACTERS:,} at a time"


def explain_invalid(error: Mapping[str, Any], parameters: Schema) -> str:
    """Return what to send instead of what a pydantic error is about; `parameters` is the schema of the arguments."""
    name = str(error["loc"][0])
    expected = _describe(parameters["properties"][name], parameters.get("$defs", {}))
    return f"{name} is missing; send {expected}" if error["type"] == "missing" else f"{name} must be {expected}"


def shorten(problem: str, hint: str = "") -> str:
    """Return a problem and what to try on one line, with the end of the problem cut off if it is long."""
    before = single_line(problem)
    if len(before) > MAX_PROBLEM_CHARACTERS:
        before = f"{before[: MAX_PROBLEM_CHARACTERS - 1]}…"
    return f"{before}; {single_line(hint)}" if hint else before


def _describe(schema: Schema, definitions: Schema) -> str:
    """Return in words which values a schema allows; null is left out, since leaving the argument out says the same."""
    if reference := schema.get("$ref"):
        return _describe(definitions[reference.rpartition("/")[2]], definitions)
    if values := schema.get("enum"):
        return f"one of {', '.join(map(str, values))}"
    if choices := schema.get("anyOf"):
        return " or ".join(_describe(choice, definitions) for choice in choices if choice.get("type") != "null")
    if items := schema.get("items"):
        return f"a list, each item {_describe(items, definitions)}"
    limits = [f"{words} {schema[key]:,}" for key, words in _LIMITS.items() if key in schema]
    return " ".join([_NOUNS.get(schema.get("type", ""), "a value"), *limits])


_EXAMPLES = {
    "codes": "codes, such as 20976 or 64483-50",
    "query": "words, such as medial branch block",
    "symptoms": "complaints, such as numb feet",
    "lines": "claim lines, such as 64483-50 or J1010x40",
}
_NOUNS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
}
_LIMITS = {"minimum": "from", "maximum": "to", "minLength": "of at least", "maxLength": "of at most"}
