"""An answer -> what a screen shows of it: its page, or that of the keys, and a line below and one above."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cptref.render.blocks import Points, Run, Title
from cptref.render.document import PAGE_MODULES, build_document
from cptref.render.pages import keys
from cptref.render.remarks import list_releases, list_remarks

if TYPE_CHECKING:
    from datetime import date

    from cptref.models.article import Dataset
    from cptref.render.blocks import Document


def join_remarks(answer: Any, *, as_symptoms: bool) -> str:  # noqa: ANN401 - the same
    """Return all remarks on one line, first of all that what is typed is read as symptoms."""
    return " · ".join((*((keys.AS_SYMPTOMS,) if as_symptoms else ()), *list_remarks(answer)))


def has_own_page(answer: Any) -> bool:  # noqa: ANN401 - any answer, or None
    """Return whether a page of an answer is shown; the list of all codes has the page of the keys beside it."""
    return type(answer).__name__ in PAGE_MODULES.keys() - {"ListAnswer"}


def build_screen(answer: Any) -> Document:  # noqa: ANN401 - any answer, or None
    """Return the page of an answer, that of its remarks if there is nothing to show, or that of the keys."""
    if not has_own_page(answer):
        return keys.build_page()
    points = tuple((Run(remark),) for remark in list_remarks(answer))
    return build_document(answer) or (Title("Nothing found"), *((Points(points),) if points else ()))


def describe_sources(answer: Any, dataset: Dataset, day: date) -> str:  # noqa: ANN401 - the same
    """Return the day asked about, the dataset, and the releases that an answer rests on, on one line."""
    return " · ".join((str(day), f"dataset {dataset.version} of {dataset.released}", *list_releases(answer)))
