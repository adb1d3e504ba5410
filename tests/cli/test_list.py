"""`cptref list`: every code in a pipe, and the verdicts of articles before published codes on a terminal."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.conftest import make_article

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Run

ARTICLES = ["20920", "20962", "20971", "20975", "20976"]
TERMINAL = ("-f", "terminal", "--color", "never")


def test_a_pipe_gets_one_code_a_line(run: Run) -> None:
    """All of them in order, those of articles and published ones, and nothing else."""
    done = run("list")
    assert (done.code, done.err) == (0, "")
    codes = done.out.splitlines()
    assert codes == sorted(set(codes))
    assert set(ARTICLES) <= set(codes)
    assert {"62320", "64483", "64484", "77003", "0213T", "G0260"} <= set(codes)
    assert all(re.fullmatch(r"[0-9A-Z]{5}", code) for code in codes)
    assert done.out == run("list", "--color", "always").out


def test_the_kind_of_each_code_is_in_json(run: Run) -> None:
    """`article` with what it says, `code` with what is published of it; as many as a pipe has lines."""
    answer = json.loads(run("list", "-f", "json").out)
    items = answer["results"]
    assert [item["code"] for item in items] == run("list").out.splitlines()
    assert len(items) == answer["total"]
    assert [item["code"] for item in items if item["kind"] == "article"] == ARTICLES
    for item in items:
        assert (item["published"] is not None) == (item["kind"] == "code")


@pytest.mark.parametrize("limit", [1, 12, 20, 54])
def test_a_limit_cuts_every_format_alike(run: Run, limit: int) -> None:
    """The first codes in order; a table without a row has no head either."""
    args = ("list", "-n", str(limit))
    done = run(*args)
    assert done.out.splitlines() == run("list").out.splitlines()[:limit]
    assert done.err == f"cptref: the first {limit} of 55 codes; --limit shows more\n"
    page = run(*args, *TERMINAL, "--width", "80").out
    assert set(re.findall(r"\b[0-9A-Z]{5}\b", page)) >= set(done.out.splitlines())
    assert ("The article says" in page) == (limit > 16)
    assert len(json.loads(run(*args, "-f", "json").out)["results"]) == limit


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120, 160])
def test_no_code_is_cut_at_any_width(run: Run, width: int) -> None:
    """Columns wrap at words, or stand one below the other; each name of a family is there."""
    page = run("list", *TERMINAL, "--width", str(width)).out
    assert max(map(len, page.splitlines())) <= width
    assert set(re.findall(r"\b[0-9A-Z]{5}\b", page)) >= set(run("list").out.splitlines())
    assert {"Transforaminal", "Fluoroscopic", "destruction"} <= set(page.split())


def test_many_codes_of_which_the_same_is_said(run: Run, tmp_path: Path) -> None:
    """They share a row of a terminal, and none of them is cut."""
    folder = tmp_path / "own"
    folder.mkdir()
    codes = [f"{30_000 + number}" for number in range(40)]
    for code in codes:
        (folder / f"{code}.toml").write_text(make_article(code, {}), encoding="utf-8")
    for width in ("60", "80"):
        page = run("list", *TERMINAL, "--width", width, "-L", str(folder)).out
        assert set(codes) <= set(page.split())
        assert page.count("Untitled") == 1


def test_the_verdicts_come_first_on_a_terminal(run: Run) -> None:
    """Sign, codes, what the article says, word; then published codes by family and region, add-ons with a plus sign."""
    lines = run("list", *TERMINAL, "--width", "120").out.splitlines()
    assert lines[:8] == [
        "Code           The article says                      Check       Library",
        "! 20920        Epidural or facet joint injection     conflict    bundled",
        "! 20962        Facet or sacroiliac joint injection   conflict    bundled",
        "✗ 20971 20976  Therapeutic injection into the spine  not listed  bundled",
        "! 20975        Therapeutic injection into the spine  conflict    bundled",
        "",
        "Published codes              neck, chest           low back, sacrum",
        "Facet joint with ultrasound  0213T +0214T +0215T   0216T +0217T +0218T",
    ]
    assert "Transforaminal epidural      64479 +64480          64483 +64484" in lines
    assert "Interlaminar epidural        62320, imaging 62321  62322, imaging 62323" in lines
