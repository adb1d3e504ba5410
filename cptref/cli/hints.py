"""What to try next, with the command or the option for it: the library names none, since it has other callers too."""

from __future__ import annotations

import re
from typing import Any, NamedTuple, TypeVar, cast

Answer = TypeVar("Answer")


class _Hint(NamedTuple):
    """Words of the library, and those of the command line. A text without `mark`, the cheap test, is as it is."""

    mark: str
    pattern: str
    command: str


_HINTS = (
    _Hint("the RVU zip", r"(the RVU zip of the quarter from CMS and) add it", r"\1 run cptref add rvu26d.zip"),
    _Hint("from CMS and add", r"from CMS and add (it|them)", r"from CMS and run cptref add on \1"),
    _Hint("add icd10cm (", r"add icd10cm \(", "run cptref add icd10cm ("),
    _Hint("add the descriptor", r"add the descriptor files", "run cptref add on the descriptor files"),
    _Hint("add its file", r"add its file again", "run cptref add on its file again"),
    _Hint("tingling legs", r"as in tingling legs$", "as in: cptref search tingling legs"),
    _Hint("'weak legs'", r"as in 'numb feet', 'weak legs'$", "as in: cptref symptom 'numb feet' 'weak legs'"),
    _Hint("FL-04 or Miami", r"FL-04 or Miami$", "FL-04 or Miami; cptref list --set gpci shows all"),
    _Hint("20552 and 64483", r"as in 20552 and 64483$", "as in cptref pair 20552 64483"),
    _Hint("units a day", r"what is known of (\S+) says how many units", r"cptref show \1 says how many units"),
    _Hint("are national", r"a locality or a ZIP code gives local ones$", "--locality or --zip gives local ones"),
    _Hint("of an office", r"give the place if it is another$", "--pos gives another place"),
    _Hint("date of service", r"give it one, or a day for all lines;", "give it one, or --on;"),
    _Hint("copy fewer codes", r"copy fewer codes$", "--limit makes them fewer"),
    _Hint("which begin", r"^and (\d+) more, which begin with (\S+)$", r"and \1 more: cptref list --set icd10cm \2"),
    _Hint(
        "not in the library",
        r"^((?:looks like a code, but is|read as \S+, which looks like a code but is) not in the library.*)",
        r"\1; cptref list shows every code",
    ),
    _Hint(
        "no code from",
        r"^(no code from \S+ to \S+ is in the library(?:, nor in .*)?)$",
        r"\1; cptref list shows every code",
    ),
    _Hint("without sections", r"ask without sections$", "leave out -s"),
    _Hint(
        "looks like a modifier",
        r"^(looks like a modifier, but is not in the library)",
        r"\1; cptref modifiers shows every modifier",
    ),
)
# Fields of an answer whose texts may have such words.
_FIELDS = ("misses", "listings", "not_loaded", "sets", "damaged", "remarks", "unread")


def name_commands(text: str) -> str:
    """Return a text of the library with the commands for what it says to try."""
    for hint in _HINTS:
        if hint.mark in text:
            text = re.sub(hint.pattern, hint.command, text)
    return text


def add_commands(answer: Answer) -> Answer:
    """Return an answer whose texts name the commands for what they say to try."""
    fields: dict[str, Any] = {name: getattr(answer, name) for name in _FIELDS if getattr(answer, name, ())}
    return cast("Answer", cast("Any", answer)._replace(**{name: _walk(value) for name, value in fields.items()}))


def _walk(value: Any) -> Any:  # noqa: ANN401 - whatever answers are made of
    if isinstance(value, str):
        return name_commands(value)
    if isinstance(value, dict):
        return {key: _walk(item) for key, item in value.items()}
    if isinstance(value, tuple):
        items = [*map(_walk, value)]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    return value
