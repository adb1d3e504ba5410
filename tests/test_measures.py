"""What measures the search measures what it says: on a few rows, and on a small library of its making."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from cptref import open_library
from tests import evaluate, scale

if TYPE_CHECKING:
    from pathlib import Path

TARGETS = ["tingling of the hand", "numbness of the hand", "herniated disc"]


def test_search_ranks_targets() -> None:
    """Those that fit, best first; where nothing does, what it suggests is followed."""
    with closing(evaluate.build_target_index(TARGETS)) as reader:
        answers, followed = evaluate.make_search_rankers(reader)
        assert list(answers("pins and needles in the hand")) == [0]
        assert list(answers("HNP")) == [2]
        assert list(answers("dsc")) == []
        assert list(followed("dsc")) == [2]
        assert list(followed("...")) == []


def test_figures_are_those_of_the_ranks() -> None:
    """One first, one second, one not found: a third, two thirds, and half of a half more.

    By scores of which the second target's is always higher, another one is first.
    """
    ranks = {"a": [0, 1], "b": [0, 1], "c": [1]}
    cases = [("a", 0), ("b", 1), ("c", 0)]
    first, five, mrr, by_trigrams, speed = evaluate.measure_ranker(ranks.__getitem__, cases, lambda _: [0.1, 0.2])
    assert (first, five, mrr, by_trigrams) == pytest.approx((1 / 3, 2 / 3, 1.5 / 3, 1 / 3))
    assert speed > 0


def test_made_up_library_is_valid_and_always_the_same(tmp_path: Path) -> None:
    """As many articles as asked for, each accepted by the reader, and the same every time."""
    articles = dict(scale.make_articles(3))
    assert articles == dict(scale.make_articles(3))
    for code, text in articles.items():
        (tmp_path / f"{code}.toml").write_text(text, encoding="utf-8")
    with open_library(tmp_path) as library:
        entries = [library.get(code) for code in ("20976", "20977", "20978")]
    assert [entry.library for entry in entries if entry] == [str(tmp_path)] * 3
    assert all(sum(1 + len(section.points) for section in entry.sections) >= 40 for entry in entries if entry)
