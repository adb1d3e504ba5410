"""Count what the import of a page joins, splits, replaces or drops, and say so."""

from __future__ import annotations

from typing import Literal

Kind = Literal[
    "wrapped",
    "broken",
    "lone-bullet",
    "several-bullets",
    "page-number",
    "running-head",
    "columns",
    "invisible",
    "unreadable",
    "script",
    "style",
    "menu",
    "embedded",
    "unclosed",
]
_PHRASES: dict[Kind, str] = {
    "wrapped": "joined {} wrapped line{s}",
    "broken": "joined {} broken word{s}",
    "lone-bullet": "joined {} bullet{s} to the next line",
    "several-bullets": "split {} line{s} with several bullets",
    "page-number": "dropped {} page number{s}",
    "running-head": "dropped {} running head{s}",
    "columns": "left out {} line{s} in two columns, which would be mixed up",
    "invisible": "dropped {} invisible character{s}",
    "unreadable": "replaced {} unreadable character{s}",
    "script": "dropped {} script{s}",
    "style": "dropped {} style sheet{s}",
    "menu": "dropped {} menu{s}",
    "embedded": "dropped {} embedded object{s}",
    "unclosed": "left out what is behind {} tag{s} without an end",
}
MAX_EXAMPLES = 5


class Changes:
    """What was changed in a page: how many of each kind, and what became of words or lines that are worth naming."""

    def __init__(self) -> None:
        self._counts: dict[Kind, int] = {}
        self._examples: dict[Kind, dict[str, None]] = {}

    def add(self, kind: Kind, count: int = 1, example: str = "") -> None:
        """Count changes of a kind."""
        if count:
            self._counts[kind] = self._counts.get(kind, 0) + count
        if example:
            self._examples.setdefault(kind, {})[example] = None

    def describe(self) -> tuple[str, ...]:
        """Return a phrase for each kind, with examples in brackets: `joined 2 broken words (follow-up)`."""
        return tuple(
            phrase.format(f"{self._counts[kind]:,}", s="" if self._counts[kind] == 1 else "s")
            + self._list_examples(kind)
            for kind, phrase in _PHRASES.items()
            if kind in self._counts
        )

    def _list_examples(self, kind: Kind) -> str:
        examples = list(self._examples.get(kind, ()))
        more = ["..."] if len(examples) > MAX_EXAMPLES else []
        return f" ({', '.join([*examples[:MAX_EXAMPLES], *more])})" if examples else ""
