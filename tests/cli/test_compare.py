"""`cptref compare`: pages and JSON."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from tests.conftest import MakeFolder, Run


@pytest.mark.parametrize("width", ["60", "140"])
def test_two_codes_on_a_terminal(run: Run, snapshot: SnapshotAssertion, width: str) -> None:
    """Side by side where there is room for both, within the width."""
    args = ("-s", "causes", "-s", "cost", "-f", "terminal", "--color", "never", "--width", width)
    done = run("compare", "20920", "20962", *args)
    assert max(map(len, done.out.splitlines())) <= int(width)
    assert done.out == snapshot


@pytest.mark.parametrize("width", [40, 60, 80, 100, 140, 200])
@pytest.mark.parametrize("codes", [["20920", "20962"], ["20920", "20962", "20971", "20975", "20976"]])
def test_nothing_is_lost_at_any_width(run: Run, codes: list[str], width: int) -> None:
    """Every word of every line is there, whatever the width, and nothing is cut or wider than the terminal."""
    out = run("compare", *codes, "-f", "terminal", "--color", "never", "--width", str(width)).out
    assert max(map(len, out.splitlines())) <= width
    assert "…" not in out
    told = json.loads(run("compare", *codes, "-f", "json").out)
    for section in told["sections"]:
        lines = [*section["shared"], *(line for row in section["similar"] for line in row.values())]
        lines += [line for only in section["only"].values() for line in only]
        assert set(" ".join(lines).split()) <= set(out.split())


def test_side_by_side_or_stacked(run: Run) -> None:
    """Five codes stand side by side on a wide terminal, and one below the other on a narrow one."""
    args = ("compare", "20920", "20962", "20971", "20975", "20976", "-s", "causes", "-f", "terminal")
    heads = "  Only:\n  20920" + "".join(f" +{code}" for code in ("20962", "20971", "20975", "20976"))
    wide, narrow = run(*args, "--width", "180").out, run(*args, "--width", "80").out
    assert re.search(heads, wide)
    assert not re.search(heads, narrow)
    assert "  Only 20920:\n" in narrow


def test_text_says_who_says_what(run: Run) -> None:
    """In a pipe: what one says, what they say in other words, and at the end what both say; never wrapped."""
    out = run("compare", "20920", "20962", "-s", "causes").out
    assert (
        "\nCauses and risk factors\n"
        "  Only 20920:\n"
        "  - Discs that are herniated or bulging\n"
        "  - Spinal stenosis\n"
        "  - Previous surgery on the spine\n"
        "  Only 20962:\n"
        "  - Spinal osteoarthritis\n"
        "  - Earlier spinal injuries or trauma\n"
        "  Worded alike:\n"
        "  - 20920: Changes in the spine that come with age\n"
        "    20962: Changes in the structure of the spine that come with age\n"
        "\n"
        "The same for both\n"
    ) in out
    assert (
        "  Causes and risk factors:\n"
        "  - Knowing the cause of the pain helps treat it.\n"
        "  - Degenerative disc disease\n"
        "\n"
        "Dataset "
    ) in out


def test_a_finding_takes_two_lines(run: Run) -> None:
    """The verdict, and what it rests on; of three kinds of codes, one after the other."""
    lines = run("compare", "20920", "20976", "64483").out.splitlines()
    assert lines[3:11] == [
        "20920  ! CONFLICT: published for another service; do not bill it for this one",
        (
            "  Published for: strip of thigh fascia taken for a graft; The article uses it for: Epidural or facet "
            "joint injection (Surgical Procedures); Library: bundled"
        ),
        "",
        "20976  ✗ NOT LISTED: in no release checked; do not bill it",
        "  The article uses it for: Therapeutic injection into the spine (Surgery); Library: bundled",
        "",
        "64483  ✓ transforaminal epidural injection, first level, low back or sacrum",
        "  Figures: imaging included · same day (000) · both sides 150% (1) · 1 a day; Library: bundled",
    ]


def test_differences_come_before_what_all_share(run: Run) -> None:
    """Figures that differ are beside each other, then sections; what is the same for all comes last."""
    out = run("compare", "64483", "64493").out
    (service,) = [line for line in out.splitlines() if line.startswith("Service")]
    assert service.index("transforaminal epidural injection") < service.index("facet joint injection")
    parts = (
        "Library: bundled",
        "Service  ",
        "Related codes\n  Only 64493:\n",
        "  Worded alike:\n",
        "The same for both\n",
    )
    places = [out.index(part) for part in parts]
    assert places == sorted(places)
    assert (
        "The same for both\n"
        "  Figures:\n"
        "  - Region: low back, sacrum\n"
        "  - Imaging: imaging included\n"
        "  - Level: first level\n"
        "  - Status: A\n"
        "  - Global days: 000 (same day)\n"
        "  - Bilateral indicator: 1 (both sides 150%)\n"
    ) in out
    whole = run("compare", "20920", "20962", "20971").out
    assert max(whole.rindex("  Only "), whole.rindex("  Worded alike:")) < whole.index("The same for all\n")


@pytest.mark.parametrize("width", [40, 60, 80, 160])
def test_no_word_of_a_figure_is_cut(run: Run, width: int) -> None:
    """The values of figures wrap at words, or stand one below the other; their names are always there."""
    codes = ("compare", "62322", "64483", "20600")
    out = run(*codes, "-f", "terminal", "--color", "never", "--width", str(width)).out
    assert max(map(len, out.splitlines())) <= width
    assert set(re.findall(r"\w+", run(*codes).out)) <= set(re.findall(r"\w+", out))


def test_the_conflict_of_each_code_comes_first(run: Run) -> None:
    """Before any section, for each code by name."""
    for form in ("text", "markdown", "html", "terminal"):
        out = run("compare", "20920", "20976", "-f", form).out
        first = out.index("Overview")
        assert 0 < out.index("20920 ! CONFLICT" if form == "markdown" else "20920  ! CONFLICT") < first
        assert 0 < out.index("20976 ✗ NOT LISTED" if form == "markdown" else "20976  ✗ NOT LISTED") < first


def test_costs_that_make_trouble(make_folder: MakeFolder, run: Run) -> None:
    """A cost of nothing, one amount, and amounts of a hundred digits still have bars."""
    folder = make_folder({"20111": {}, "20222": {}, "20333": {}})
    for code, low, high in (("20111", 0, 0), ("20222", 5, 5), ("20333", 0, 10**100)):
        path = folder / f"{code}.toml"
        path.write_text(path.read_text(encoding="utf-8").replace("low = 1, high = 2", f"low = {low}, high = {high}"))
    out = run("compare", "20111", "20222", "-s", "cost", "-L", str(folder)).out
    assert f"20111  #{'.' * 39}  $0\n" in out
    assert f"20222  {'.' * 39}#  $5\n" in out
    assert run("compare", "20111", "20333", "-s", "cost", "-L", str(folder), "--width", "40").code == 0
    html = run("compare", "20111", "20222", "-s", "cost", "-L", str(folder), "-f", "html").out
    assert re.findall(r'<rect x="(.+?)%" width="(.+?)%"', html) == [("0.00", "1.00"), ("99.00", "1.00")]
    assert run("compare", "20111", "20333", "-s", "cost", "-L", str(folder), "-f", "html").code == 0


def test_bars_of_markdown_share_a_start(run: Run) -> None:
    """They are cells of one table, each as wide as the scale, beside the amounts as text."""
    out = run("compare", "20920", "20962", "-s", "cost", "-f", "markdown").out
    assert (
        "scale from $0 to $3,000:\n"
        "\n"
        "| Code | Bar | Range |\n"
        "| --- | --- | --- |\n"
        "| 20920 | `░░░░░░██████████████` | $1,000 to $3,000 |\n"
        "| 20962 | `░░████████░░░░░░░░░░` | $300 to $1,500 |\n"
    ) in out


def test_the_json(run: Run) -> None:
    """Codes, sections with what is shared and what one alone says, and the costs; modifiers typed with a code."""
    told = json.loads(run("compare", "20920-50", "20962", "-s", "causes", "-f", "json").out)
    assert told["codes"] == ["20920", "20962"]
    assert [entry["verification"]["status"] for entry in told["entries"]] == ["conflict", "conflict"]
    (causes,) = told["sections"]
    assert (causes["key"], causes["shared"][1]) == ("causes", "Degenerative disc disease")
    assert causes["similar"] == [
        {
            "20920": "Changes in the spine that come with age",
            "20962": "Changes in the structure of the spine that come with age",
        }
    ]
    assert causes["only"]["20962"] == ["Spinal osteoarthritis", "Earlier spinal injuries or trauma"]
    assert told["cost"] == {
        "currency": "USD",
        "low": 300,
        "high": 3000,
        "ranges": {"20920": {"low": 1000, "high": 3000}, "20962": {"low": 300, "high": 1500}},
    }
    assert [(one["code"], one["listed"]) for one in told["entries"][0]["appended"]] == [("50", True)]
    assert told["not_found"] == []


def test_what_is_not_found(run: Run) -> None:
    """The others are compared, exit 1; of one that is left alone there is its check to show."""
    done = run("compare", "20920", "99213", "20962", "-s", "causes")
    assert (done.code, done.out) == (1, run("compare", "20920", "20962", "-s", "causes").out)
    assert done.err == "cptref: 99213: looks like a code, but is not in the library; cptref list shows every code\n"
    alone = run("compare", "20920", "99213")
    assert alone.out.startswith("Compared: 20920\n")
    assert "CONFLICT" in alone.out
    assert "Overview" not in alone.out
    assert alone.err.startswith("cptref: only 20920 is known; there is nothing to compare it with\n")
    assert run("compare", "20920") == (2, "", "cptref: there are no two codes to compare; name two or more\n")
