"""A page -> a dataset file: what `cptref import` writes."""

from __future__ import annotations

import os
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from cptref.characters import one_line
from cptref.dataset import rules, shape
from cptref.dataset.files import content
from cptref.dataset.pages import read_page
from cptref.errors import FileError
from cptref.model import Article

if TYPE_CHECKING:
    from collections.abc import Collection

    from cptref.dataset.pages import Unplaced


class Imported(NamedTuple):
    """A page as a dataset file: its code, the text of the file, how much is in it, what of the page is not."""

    code: str
    toml: str
    sections: int
    points: int
    questions: int
    unplaced: tuple[Unplaced, ...]


def import_page(page: str | os.PathLike[str], modifiers: Collection[str] = ()) -> Imported:
    """Read an article page that was saved as text, and make a dataset file of it that passes the check.

    `modifiers` are those whose meaning is known, so that the page's own words for it needn't be kept. Raises FileError
    for a page that can't be read, or is no article.
    """
    import tomli_w

    path = os.fspath(page)
    name = one_line(os.path.basename(path))  # noqa: PTH119 - a name
    try:
        data = content(path)
    except OSError as error:
        reason = f"can't be read: {error.strerror}" if error.errno else str(error)
        raise FileError(f"{path}: {reason}", hint="name a page saved as text") from error
    read = read_page(data, name, date.today(), modifiers)  # noqa: DTZ011 - the day here
    written = shape.written(read.plain)
    article, problems = shape.checker(Article)(read.plain, written)
    problems += rules.article(read.plain, written, read.plain["code"])
    if article is None or problems:
        raise FileError(f"{path}: no entry can be made of it: {'; '.join(map(': '.join, problems))}")
    return Imported(
        code=article.code,
        toml=tomli_w.dumps(read.plain),
        sections=len(article.sections),
        points=sum(len(section.points) for section in article.sections),
        questions=len(article.faq),
        unplaced=read.unplaced,
    )
