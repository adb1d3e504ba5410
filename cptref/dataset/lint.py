"""What is no fault of an article, and still wants a look: the warnings of `cptref check`."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING, Any

from cptref.dataset import rules
from cptref.dataset.schema import Problem, format_path

if TYPE_CHECKING:
    from collections.abc import Iterator

# Of 100. Of the lines of the bundled articles, the nearest in one section that say different things reach 86.
MIN_SIMILARITY = 90
MAX_POINTS_COMPARED = (
    400  # points of a section that are held against each other in a tenth of a second; of more, only equal ones
)


def lint_article(plain: dict[str, Any], modifiers: set[str] | None) -> Iterator[Problem]:
    """Nobody checked it, a modifier that no table has, an empty section, points that say nearly the same.

    `modifiers` are those known, None where their table could not be read.
    """
    if "verification" not in plain:
        yield "verification", "is missing, so the entry is shown as unverified"
    elif isinstance(plain["verification"], dict) and plain["verification"].get("status") == "unverified":
        yield "verification.status", "nobody has checked this entry against the published code set"
    yield from rules.find_unknown_modifiers(plain, modifiers)
    for number, section in rules.iter_tables(plain, "sections"):
        points = dict(rules.iter_strings(section, "points"))
        if not points and not section.get("intro"):
            yield format_path(("sections", number)), f"the section {section.get('key')} is empty"
        for one, other in _find_near_duplicates(points):
            problem = f"says nearly the same as points[{one}]: {points[other]}"
            yield format_path(("sections", number, "points", other)), problem


def _find_near_duplicates(points: dict[int, str]) -> Iterator[tuple[int, int]]:
    """The places of points that say nearly the same as one before; what differs in a number says another thing."""
    from rapidfuzz import fuzz, utils

    first: dict[str, int] = {}
    for at, point in points.items():
        text = utils.default_process(point)
        if first.setdefault(text, at) != at:
            yield first[text], at
    for (text, one), (more, other) in combinations(first.items(), 2) if len(first) <= MAX_POINTS_COMPARED else ():
        if fuzz.token_sort_ratio(text, more, score_cutoff=MIN_SIMILARITY) and re.findall(r"\d+", text) == re.findall(
            r"\d+", more
        ):
            yield one, other
