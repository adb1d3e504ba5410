"""`-f lines`: one entry a line for fzf and other pickers."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from cptref import open_library
from cptref.render import render

if TYPE_CHECKING:
    from tests.conftest import MakeFolder, Run, Spawn

WORDS = {"conflict": "conflict", "not-listed": "not listed", "verified": "verified", "unverified": "unverified"}


def read_cells(text: str) -> list[list[str]]:
    """Return the cells of each line."""
    return [line.split("\t") for line in text.splitlines()]


def test_a_hit_is_a_line(run: Run) -> None:
    """Its code, its verdict in words, its title and its best line, in the order of the JSON; no head."""
    done = run("search", "leg pain", "-f", "lines")
    hits = json.loads(run("search", "leg pain", "-f", "json").out)["results"]
    assert read_cells(done.out) == [
        [hit["code"], WORDS[hit["verification"]], hit["title"], hit["matches"][0]["text"]] for hit in hits
    ]
    assert read_cells(done.out)[0] == [
        "20962",
        "conflict",
        "Facet or sacroiliac joint injection",
        "Pain radiating down into the legs",
    ]


def test_a_code_that_fits_symptoms_is_a_line(run: Run) -> None:
    """With each line that covers a symptom, once."""
    cells = read_cells(run("symptom", "numb feet, pins and needles; leg pain", "-n", "1", "-f", "lines").out)
    assert cells == [
        [
            "20971",
            "not listed",
            "Therapeutic injection into the spine",
            "Tingling or numbness in the extremities · Pain radiating down into the legs",
        ]
    ]


def test_codes_that_fit_stand_in_where_no_article_does(run: Run, make_folder: MakeFolder) -> None:
    """What the page shows as published codes."""
    folder = make_folder({})
    (folder / "codes.toml").write_text(
        "[[codes]]\ncode = '20205'\nfamily = 'Muscle biopsy'\nservice = 'taking a piece of muscle'\n"
        "release = 'none'\ncomplaints = ['xylophone arm']\n",
        encoding="utf-8",
    )
    done = run("symptom", "xylophone arm", "-f", "lines", "-L", str(folder))
    assert (done.code, done.out) == (0, "20205\tverified\ttaking a piece of muscle\t\n")


def test_the_list_of_codes(run: Run) -> None:
    """The code, verdict and title of each, and what people call it: every code once, as in a pipe."""
    cells = read_cells(run("list", "-f", "lines").out)
    assert [code for code, *_ in cells] == run("list").out.splitlines()
    assert ["20976", "not listed", "Therapeutic injection into the spine", ""] in cells
    (names,) = (names for code, _, _, names in cells if code == "64493")
    assert "lumbar medial branch block" in names.split(" · ")


def test_codes_asked_for(run: Run) -> None:
    """With their summaries; a miss is said as ever, exit 1."""
    done = run("show", "20976", "20977", "64483", "-f", "lines")
    assert done.code == 1
    assert done.err.startswith("cptref: 20977: looks like a code, but is not in the library; ")
    summaries = [entry["summary"] for entry in json.loads(run("show", "20976", "64483", "-f", "json").out)["results"]]
    assert [(code, verdict, summary) for code, verdict, _, summary in read_cells(done.out)] == [
        ("20976", "not listed", summaries[0]),
        ("64483", "verified", summaries[1]),
    ]


def test_no_cell_has_a_tab_or_a_line_break() -> None:
    """Whatever a value has, though no dataset may; other control characters become visible escapes."""
    with open_library() as library:
        answer = library.show("20976")
    entry = answer.entries[0]._replace(
        title="Knee\tthat\nclicks", summary=" \r\n\x85so \x1b[31m\u2028at\u202enight\x1e"
    )
    assert render(answer._replace(entries=(entry,)), "lines") == (
        "20976\tnot listed\tKnee that clicks\tso \\x1b[31m at\\u202enight\n"
    )


@pytest.mark.parametrize("command", [["compare", "20920", "20962"], ["modifiers"], ["export", "20976"], ["paths"]])
def test_what_is_no_list_of_entries_has_no_lines(run: Run, command: list[str]) -> None:
    """The format is refused like any other word, exit 2."""
    done = run(*command, "-f", "lines")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("cptref: Invalid value for '--format' / '-f': 'lines' is not a choice; ")


def test_nothing_found_is_no_line(run: Run) -> None:
    """Exit 1, and the reason on standard error."""
    assert run("search", "xyzzyx", "-f", "lines")[:2] == (1, "")
    assert run("symptom", "xyzzyx", "-f", "lines")[:2] == (1, "")


@pytest.mark.skipif(not shutil.which("fzf"), reason="fzf is not installed")
@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("list -f lines | fzf --filter '64493 lumbar medial' -d '\t' --with-nth=1..4", "64493"),
        ("list -f lines | fzf --filter 'verified ^64483' --nth=1,2", "64483"),
        ("search -f lines tingling legs | fzf --filter '!conflict 20971' -d '\t'", "20971"),
    ],
)
def test_fzf_picks_a_line(command: str, spawn: Spawn, line: str, code: str) -> None:
    """As the README's recipe has it, with `--filter` in place of keys."""
    done = spawn("/bin/sh", "-c", f"'{command}' {line} | cut -f 1 | head -n 1", env={"FZF_DEFAULT_OPTS": ""})
    assert done.out == f"{code}\n"
