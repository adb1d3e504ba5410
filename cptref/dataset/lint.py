"""Find what is not a fault of an article and still needs review: the warnings of `cptref check`."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING, Any

from cptref.dataset import rules
from cptref.dataset.schema import Problem, format_path
from cptref.models.article import select_verification

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cptref.dataset.loader import LoadedArticle, LoadedCode

# Of 100. In the bundled articles, the most similar lines of one section that say different things reach 86.
MIN_SIMILARITY = 90
# Points of a section that are compared with each other in a tenth of a second; of more, only equal ones are found.
MAX_POINTS_COMPARED = 400


def lint_article(document: dict[str, Any], modifiers: set[str] | None, *, has_finding: bool) -> Iterator[Problem]:
    """Report a missing verification, unknown modifiers, empty sections, and points that are nearly the same.

    `modifiers` are the known ones, None if their table could not be read. An article on a code that `has_finding` needs
    no verification.
    """
    if "verification" not in document:
        if not has_finding:
            yield "verification", "is missing, so the entry is shown as unverified"
    elif isinstance(document["verification"], dict) and document["verification"].get("status") == "unverified":
        yield "verification.status", "nobody has checked this entry against the published code set"
    yield from rules.find_unknown_modifiers(document, modifiers)
    for section_index, section in rules.iter_tables(document, "sections"):
        points = dict(rules.iter_strings(section, "points"))
        if not points and not section.get("intro"):
            yield format_path(("sections", section_index)), f"the section {section.get('key')} is empty"
        for first, duplicate in _find_near_duplicates(points):
            problem = f"is nearly the same as points[{first}]: {points[duplicate]}"
            yield format_path(("sections", section_index, "points", duplicate)), problem


def explain_replacement(loaded: LoadedArticle, codes: Mapping[str, LoadedCode]) -> str:
    """Return which bundled entry an article replaces, and what its finding is; "" if it replaces none."""
    code, finding = loaded.article.code, loaded.finding
    if finding is None:
        is_published = code in codes and codes[code].layer_index == 0
        return f"is shown beside the bundled entry on the published code {code}" if is_published else ""
    holds = select_verification(loaded.article.verification, finding)
    if holds is finding:
        own = loaded.article.verification.status in {"verified", "conflict"} and loaded.article.verification != finding
        needs = "; its own one needs checked_against and checked_on" if own else ""
        return f"replaces the text of the bundled entry on {code}, not its finding: {finding.status}{needs}"
    return f"is shown with its own verification and the finding of the bundled entry on {code}: {finding.status}"


def _find_near_duplicates(points: dict[int, str]) -> Iterator[tuple[int, int]]:
    """Yield the indexes of two points that are nearly the same; points with different numbers never are."""
    from rapidfuzz import fuzz, utils

    indexes: dict[str, int] = {}  # of the first point with a text
    for index, point in points.items():
        text = utils.default_process(point)
        if indexes.setdefault(text, index) != index:
            yield indexes[text], index
    if len(indexes) > MAX_POINTS_COMPARED:
        return
    for (text, first), (other_text, other) in combinations(indexes.items(), 2):
        similar = fuzz.token_sort_ratio(text, other_text, score_cutoff=MIN_SIMILARITY)
        if similar and re.findall(r"\d+", text) == re.findall(r"\d+", other_text):
            yield first, other
