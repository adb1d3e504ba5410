"""Every type of answer has a rendering of its own in each of the three places that make one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast, get_args

import pytest

from cptref.models import results
from cptref.render import csv, json
from cptref.render.document import build_document

if TYPE_CHECKING:
    from collections.abc import Iterable

ANSWERS = [value for name, value in vars(results).items() if name.endswith("Answer") and isinstance(value, type)]


class UnknownAnswer(NamedTuple):
    """An answer that nothing renders."""


def test_the_union_names_every_answer() -> None:
    """`Answer` is what the renderers take, so a class that it leaves out would be rendered unchecked."""
    assert {*get_args(results.Answer)} == {*ANSWERS}
    assert len(ANSWERS) == 10


@pytest.mark.parametrize("render", [build_document, json.build_object, csv.build_rows], ids=["page", "json", "csv"])
def test_every_answer_has_a_rendering_of_its_own(render: object) -> None:
    """None falls back on the one that refuses, which a new type of answer does."""
    registry = cast("Iterable[type]", getattr(render, "registry"))  # noqa: B009 - mypy's view of it has none
    assert {*registry} == {object, *ANSWERS}


def test_an_answer_without_a_rendering_is_an_error() -> None:
    """It names the type, wherever it is asked for."""
    answer = cast("results.Answer", UnknownAnswer())
    with pytest.raises(TypeError, match=r"^UnknownAnswer has no page$"):
        build_document(answer)
    with pytest.raises(TypeError, match=r"^UnknownAnswer has no JSON$"):
        json.build_object(answer)
    with pytest.raises(TypeError, match=r"^UnknownAnswer has no rows$"):
        csv.build_rows(answer)
