"""Whole pages, as they are printed in each medium."""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from tests.conftest import Run


@pytest.mark.parametrize("width", ["60", "80", "140"])
def test_an_entry_on_a_terminal(run: Run, snapshot: SnapshotAssertion, width: str) -> None:
    """Heading, finding, modifiers, cost, then the sections, at three widths and without colour."""
    done = run("show", "20920", "--format", "terminal", "--color", "never", "--width", width)
    assert max(map(len, done.out.splitlines())) <= int(width)
    assert done.out == snapshot


def test_an_entry_in_colour(run: Run, snapshot: SnapshotAssertion) -> None:
    """The same page with styles."""
    assert run("show", "20976", "-s", "cost", "-f", "terminal", "--color", "always", "--width", "80").out == snapshot


def test_an_entry_as_text(run: Run, snapshot: SnapshotAssertion) -> None:
    """One line a point, whatever its length."""
    assert run("show", "20976", "--format", "text").out == snapshot


def test_an_entry_as_wrapped_text(run: Run, snapshot: SnapshotAssertion) -> None:
    """Text is wrapped where a width is asked for."""
    done = run("show", "20962", "-s", "related", "-s", "cost", "--width", "50")
    assert max(map(len, done.out.splitlines())) <= 50
    assert done.out == snapshot


def test_an_entry_as_markdown(run: Run, snapshot: SnapshotAssertion) -> None:
    """Headings, lists, and the finding as a quotation."""
    assert run("show", "20976", "--format", "markdown").out == snapshot


def test_an_entry_as_json(run: Run, snapshot: SnapshotAssertion) -> None:
    """Every key of the contract."""
    assert run("show", "20976", "-s", "faq", "--format", "json").out == snapshot


def test_a_search_on_a_terminal(run: Run, snapshot: SnapshotAssertion) -> None:
    """Matched words are underlined, and stand between asterisks where there are no styles."""
    args = ("search", "leg", "weakness", "-n", "1", "--format", "terminal", "--width", "80")
    assert (run(*args, "--color", "always").out, run(*args, "--color", "never").out) == snapshot


def test_a_search_as_json(run: Run, snapshot: SnapshotAssertion) -> None:
    """How it was read, what was not known, and each match with its section, score, tier and places."""
    assert run("search", "numbnes", "tingling", "feet", "-n", "1", "--format", "json").out == snapshot


@pytest.mark.parametrize("form", ["terminal", "text", "markdown", "json"])
def test_the_lists(run: Run, snapshot: SnapshotAssertion, form: str) -> None:
    """The codes held, and the sections."""
    assert (run("list", "-f", form).out, run("sections", "-f", form).out) == snapshot


@pytest.mark.parametrize("code", ["20920", "20962", "20971", "20975", "20976"])
@pytest.mark.parametrize(
    ("command", "form"),
    [("show", "terminal"), *product(("show", "export"), ("text", "markdown", "json"))],
)
def test_every_medium_says_the_same(run: Run, command: str, code: str, form: str) -> None:
    """Every fact of an entry is in every format, and the finding, the dataset's version and the notice with it."""
    facts = json.loads(run("show", code, "-f", "json").out)
    entry = facts["results"][0]
    told = [entry["title"], entry["summary"], entry["verification"]["finding"]]
    told += [point for section in entry["sections"] for point in section["points"]]
    told += [section["intro"] for section in entry["sections"]]
    told += [text for one in entry["faq"] for text in (one["question"], one["answer"])]
    told += [*entry["verification"]["see_instead"], *entry["verification"]["checked_against"]]
    told += [f"{one['code']}: {one['meaning']}" for one in entry["modifiers"] if form != "json"]
    told += [facts["dataset"]["version"], "Not billing or medical advice."]
    out = run(command, code, "-f", form, "--width", "200").out.replace("\\", "").replace("│", "")
    said = " ".join(out.split())
    assert not [fact for fact in told if fact not in said]
    assert len(told) > 90


def test_the_same_question_has_the_same_bytes(run: Run) -> None:
    """An answer depends on the data and the options alone."""
    for args in (("show", "20976"), ("search", "pain"), ("show", "20976", "-f", "json"), ("list", "-f", "json")):
        assert run(*args) == run(*args)
