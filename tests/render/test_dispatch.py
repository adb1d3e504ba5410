"""Every type of answer has a rendering of its own in each of the three places that make one."""

from __future__ import annotations

import ast
from datetime import date
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, NamedTuple, cast, get_args

import pytest

from cptref import models
from cptref.models import results
from cptref.models.claims import ClaimAnswer
from cptref.models.fees import FeeAnswer
from cptref.models.pairs import PairAnswer
from cptref.render import DocumentFormat, claims_csv, claims_json, csv, json, lines, render
from cptref.render.document import PAGE_MODULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cptref.models.results import Answer

ANSWERS = {
    value
    for module in iter_modules(models.__path__)
    for name, value in vars(import_module(f"cptref.models.{module.name}")).items()
    if name.endswith("Answer") and isinstance(value, type)
}


class UnknownAnswer(NamedTuple):
    """An answer that nothing renders."""


def test_the_union_names_every_answer() -> None:
    """`Answer` is what the renderers take, so a class that it leaves out would be rendered unchecked.

    It is there for mypy alone, as importing every class takes time, so it is read from the file.
    """
    tree = ast.parse(Path(results.__file__).read_text(encoding="utf-8"))
    (union,) = (
        ast.unparse(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "Answer"
    )
    assert sorted(union.split(" | ")) == sorted(answer.__name__ for answer in ANSWERS)
    assert len(ANSWERS) == 18


def test_every_answer_has_a_page() -> None:
    """A module of pages builds it."""
    assert {*PAGE_MODULES} == {answer.__name__ for answer in ANSWERS}
    for module in {*PAGE_MODULES.values()}:
        assert callable(import_module(f"cptref.render.pages.{module}").build_page)


@pytest.mark.parametrize(
    ("renders", "rendering"),
    [
        ((json.build_object, claims_json.build_object), "JSON"),
        ((csv.build_rows, claims_csv.build_rows), "rows"),
    ],
)
def test_every_answer_has_a_rendering_of_its_own(renders: Iterable[Callable[[object], object]], rendering: str) -> None:
    """None falls back on the one that refuses, which a new type of answer does, by its name.

    Those about claims have modules of their own, which the others hand them to.
    """
    registered: list[type] = []
    for build in renders:
        registry = cast("Iterable[type]", getattr(build, "registry"))  # noqa: B009 - mypy's view of it has none
        registered += [answer for answer in registry if answer is not object]
        with pytest.raises(TypeError, match=f"^UnknownAnswer has no {rendering}$"):
            build(UnknownAnswer())
    assert sorted(map(str, registered)) == sorted(map(str, ANSWERS))


@pytest.mark.parametrize(
    "answer",
    [
        ClaimAnswer((), (), (), (), date(2026, 8, 1), "practitioner"),
        FeeAnswer(date(2026, 8, 1), ()),
        PairAnswer(("20552", "64483"), date(2026, 8, 1), ()),
    ],
    ids=lambda answer: type(answer).__name__,
)
@pytest.mark.parametrize("form", [*get_args(DocumentFormat)])
def test_answers_about_claims_find_their_rendering_in_every_format(answer: Answer, form: DocumentFormat) -> None:
    """They are told by the names of their modules, so that other answers do without importing them."""
    assert isinstance(render(answer, form), str)


def test_answers_to_pick_from_have_lines() -> None:
    """Those that list entries; the others refuse, by their names."""
    registry = cast("Iterable[type]", getattr(lines.build_cells, "registry"))  # noqa: B009 - mypy's view of it has none
    of_codes = "ClaimAnswer CodesStarting CompareAnswer ListAnswer SearchAnswer ShowAnswer SymptomAnswer"
    assert sorted(answer.__name__ for answer in registry) == [*of_codes.split(), "object"]
    with pytest.raises(TypeError, match=r"^UnknownAnswer has no lines$"):
        lines.build_cells(UnknownAnswer())  # type: ignore[arg-type]
