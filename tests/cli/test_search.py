"""The pages of `cptref search` and `cptref symptom`: what is said once, what has a verdict, and where codes are."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Run

SCORE = r"(?<!\d)[01]\.\d+"
TERMINAL = ("-f", "terminal", "--color", "never", "--width", "80")


def test_a_line_of_several_entries_stands_once(run: Run) -> None:
    """With their codes below it, each behind the sign of its verdict and before its word."""
    out = run("search", "tingling", "legs", *TERMINAL).out
    assert out.startswith(
        "Search: tingling legs\n"
        "\n"
        "Articles\n"
        "  Code           The article says                      Check       Library\n"
        "  ! 20920        Epidural or facet joint injection     conflict    bundled\n"
        "  ✗ 20971 20976  Therapeutic injection into the spine  not listed  bundled\n"
        "  ! 20975        Therapeutic injection into the spine  conflict    bundled\n"
        "\n"
        "  • Symptoms: *Tingling* or numbness in the *extremities*\n"
        "    ! 20920 20975 conflict  ✗ 20971 20976 not listed\n"
        "\n"
        "Codes for it             low back, sacrum\n"
        "Interlaminar epidural    62322, imaging 62323\n"
        "Transforaminal epidural  64483\n"
        "\n"
        "Dataset "
    )


def test_a_line_of_a_symptom_stands_once(run: Run) -> None:
    """Under the symptom that it covers, with the codes that have it; and which codes do not cover the symptom."""
    out = run("symptom", "tingling legs", "low back pain", *TERMINAL).out
    assert out.startswith("Symptoms: tingling legs; low back pain\n\nCode ")
    assert (
        "\n\ntingling legs\n"
        "  • Symptoms: *Tingling* or numbness in the *extremities*\n"
        "    ✗ 20971 20976 not listed  ! 20975 20920 conflict\n"
        "  not covered: 20962\n"
        "\n"
        "low back pain\n"
    ) in out
    lines = re.findall(r"^  • .+", out, re.MULTILINE)
    assert len(lines) == len(set(lines)) == 4
    assert "\n\nCodes for it  " in out


@pytest.mark.parametrize("command", [["search", "leg pain"], ["symptom", "leg pain", "tingling legs"]])
def test_scores_are_shown_with_verbose_only(run: Run, command: list[str]) -> None:
    """Of two digits, with the tier of each line said once; JSON always has both."""
    for form in ("text", "terminal", "markdown"):
        plain, verbose = (run(*command, *extra, "-f", form).out for extra in ([], ["-v"]))
        assert re.findall(SCORE, plain) == []
        assert not re.search(r"\b(?:exact|inflected|synonym|Score)\b", plain)
        scores = re.findall(SCORE, verbose)
        assert scores
        assert all(re.fullmatch(r"[01]\.\d\d", score) for score in scores)
        assert re.search(r"\((?:exact|inflected|synonym), [01]\.\d\d\)", verbose)
    hit = json.loads(run(*command, "-f", "json").out)["results"][0]
    assert hit["score"] == round(hit["score"], 2) > 0
    for line in hit.get("matches") or hit["evidence"]:
        assert line["tier"]
        assert line["score"] == round(line["score"], 2)


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("MBB", ["64490", "64493"]),
        ("medial branch block", ["64490", "64493"]),
        ("SNRB", ["64479", "64483"]),
        ("caudal epidural", ["62322", "62323"]),
        ("facet injection neck with ultrasound", ["0213T"]),
    ],
)
def test_published_codes_come_first_where_they_are_asked_for(run: Run, query: str, codes: list[str]) -> None:
    """Before any article, each with its sign and its figures, and the line that matches if its title does not."""
    out = run("search", query).out
    titles = re.findall(r"^([0-9A-Z]{5})  ✓ ", out, re.MULTILINE)
    assert sorted(titles[: len(codes)]) == codes
    assert out.index("Published codes\n\n") < out.find("\nArticles\n") % 10**9
    first = titles[0]
    assert re.search(rf"^{first}  ✓ .+\n  .+ · 1 a day\n(?:  matches: .+\n)?\n", out, re.MULTILINE)


@pytest.mark.parametrize(
    ("query", "code", "finding"),
    [
        ("fascia graft", "20920", "strip of fascia"),
        ("bone stimulator", "20975", "bone stimulator"),
        ("90-day global", "20920", "90-day global period"),
        ("bilateral indicator 0", "20962", "Bilateral indicator 0"),
    ],
)
def test_findings_are_searched(run: Run, query: str, code: str, finding: str) -> None:
    """The codes whose findings say it are found, with the line that says it."""
    answer = json.loads(run("search", query, "-f", "json").out)
    hit = next(hit for hit in answer["results"] if hit["code"] == code)
    lines = [match["text"] for match in hit["matches"] if match["section"] == "verification"]
    assert any(finding in line for line in lines)


@pytest.mark.parametrize("command", [["search", "tingling legs"], ["symptom", "tingling legs"]])
def test_a_pipe_has_what_a_terminal_has(run: Run, command: list[str]) -> None:
    """The same words, but for the heads of tables of entries."""
    text = run(*command, "-f", "text").out
    terminal = run(*command, "-f", "terminal", "--color", "never", "--width", "300").out
    heads = {"Code", "The", "article", "says", "Check", "Library", "Symptoms"}
    assert set(re.findall(r"\w+", text)) - heads == set(re.findall(r"\w+", terminal)) - heads


def test_the_verdict_has_a_color_too(run: Run) -> None:
    """Beside its sign and its word, in the title of a published code."""
    out = run("search", "SNRB", "-f", "terminal", "--color", "always", "--width", "80").out
    assert "\x1b[1;32m64483  ✓ transforaminal epidural injection, first level, low back or sacrum\x1b[0m\n" in out
