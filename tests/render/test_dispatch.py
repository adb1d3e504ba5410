"""Every type of answer has a rendering of its own in each of the three places that make one."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, cast, get_args

import pytest

from cptref.models import entries, results
from cptref.render import csv, json, lines
from cptref.render.document import PAGE_MODULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ANSWERS = {
    value
    for module in (entries, results)
    for name, value in vars(module).items()
    if name.endswith("Answer") and isinstance(value, type)
}


class UnknownAnswer(NamedTuple):
    """An answer that nothing renders."""


def test_the_union_names_every_answer() -> None:
    """`Answer` is what the renderers take, so a class that it leaves out would be rendered unchecked."""
    assert {*get_args(results.Answer)} == ANSWERS
    assert len(ANSWERS) == 15


def test_every_answer_has_a_page() -> None:
    """A module of pages builds it."""
    assert {*PAGE_MODULES} == {answer.__name__ for answer in ANSWERS}
    for module in {*PAGE_MODULES.values()}:
        assert callable(import_module(f"cptref.render.pages.{module}").build_page)


@pytest.mark.parametrize(("render", "rendering"), [(json.build_object, "JSON"), (csv.build_rows, "rows")])
def test_every_answer_has_a_rendering_of_its_own(render: Callable[[object], object], rendering: str) -> None:
    """None falls back on the one that refuses, which a new type of answer does, by its name."""
    registry = cast("Iterable[type]", getattr(render, "registry"))  # noqa: B009 - mypy's view of it has none
    assert {*registry} == {object, *ANSWERS}
    with pytest.raises(TypeError, match=f"^UnknownAnswer has no {rendering}$"):
        render(UnknownAnswer())


def test_answers_to_pick_from_have_lines() -> None:
    """Those that list entries; the others refuse, by their names."""
    picked = {
        answer for answer in ANSWERS if answer.__name__ in {"ShowAnswer", "ListAnswer", "SearchAnswer", "SymptomAnswer"}
    }
    registry = cast("Iterable[type]", getattr(lines.build_cells, "registry"))  # noqa: B009 - mypy's view of it has none
    assert {*registry} == {object, *picked}
    with pytest.raises(TypeError, match=r"^UnknownAnswer has no lines$"):
        lines.build_cells(UnknownAnswer())  # type: ignore[arg-type]
