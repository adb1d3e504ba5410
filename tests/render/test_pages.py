"""Pages that people read: some of them whole, as snapshots (two in test_compare.py), and what holds of all of them."""

from __future__ import annotations

import csv
import json
import re
from html import unescape
from io import StringIO
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from tests.conftest import MakeFolder, Run

TERMINAL = ("-f", "terminal", "--color", "never", "--width", "80")
WHOLE_PAGES = {
    "show on a terminal": ("show", "20920", *TERMINAL),
    "show as text": ("show", "20976", "-f", "text"),
    "show of a published code": ("show", "64483-50", *TERMINAL),
    "show as markdown": ("show", "20976", "-f", "markdown"),
    "search": ("search", "leg", "weakness", "-n", "1", *TERMINAL),
    "search with scores": ("search", "SNRB", "-n", "2", "-v", *TERMINAL),
    "symptom": ("symptom", "numb feet", "stiffness", "chest pain", "-n", "2", *TERMINAL),
    "modifiers": ("modifiers", *TERMINAL),
    "modifiers of a code": ("modifiers", "20920-59-RT-LT", *TERMINAL),
    "list": ("list", *TERMINAL),
}
CODES = ("20920", "20962", "20971", "20975", "20976")


def read_text(text: str, form: str) -> str:
    """Return what a reader sees of a document, on one line."""
    if form == "csv":
        text = " ".join(cell for row in csv.reader(StringIO(text.lstrip("\ufeff"), newline="")) for cell in row)
    elif form == "html":
        text = unescape(re.sub(r"<[^>]+>", " ", text))
    return " ".join(re.sub(r"[\\│]", "", text).split())


@pytest.mark.parametrize("name", WHOLE_PAGES)
def test_a_whole_page(run: Run, snapshot: SnapshotAssertion, name: str) -> None:
    """Each kind of page, in the order and with the spaces that a person sees."""
    assert run(*WHOLE_PAGES[name]).out == snapshot


def test_text_is_wrapped_behind_its_indent(run: Run) -> None:
    """What belongs to a label or a bullet stays under it; without a width, a point is one line."""
    args = ("show", "20962", "-s", "cost", "-f", "text")
    wrapped = run(*args, "--width", "50").out
    assert wrapped.startswith(
        "20962  ! CONFLICT: published for another service;\n"
        "do not bill it for this one\n"
        "=================================================\n\n"
        "Library: bundled\n\n"
        "Cost and coverage\n"
        "  The cost depends on the location and the\n"
        "  insurance.\n"
    )
    assert "  - Most insurance plans cover it when it is\n    deemed medically necessary\n" in wrapped
    assert "  - Most insurance plans cover it when it is deemed medically necessary\n" in run(*args).out


def test_color_is_added_to_the_page_and_changes_no_word(run: Run) -> None:
    """Title, labels and headings are bold, an alarming verdict is red, the footer is dim."""
    args = ("show", "20976", "-s", "cost", "-f", "terminal", "--width", "80")
    styled = run(*args, "--color", "always").out
    for part in (
        "\x1b[1;31m20976  ✗ NOT LISTED: in no release checked; do not bill it\x1b[0m\n",
        "\x1b[1mLibrary\x1b[0m  bundled\n",
        "\x1b[1;36mCost and coverage\x1b[0m\n",
        "\x1b[2mDataset 2026.11.2",
    ):
        assert part in styled
    assert re.sub(r"\x1b\[[\d;]*m", "", styled) == run(*args, "--color", "never").out


def test_a_finding_that_is_no_alarm_is_yellow(make_folder: MakeFolder, run: Run) -> None:
    """Nobody has checked the entry, which is neither a conflict nor a code without a listing."""
    folder = make_folder({"20111": {}})
    styled = run("show", "20111", "-f", "terminal", "--color", "always", "-L", str(folder)).out
    assert styled.startswith("\x1b[1;33m20111  ? UNVERIFIED: Untitled\x1b[0m\n")
    assert "\x1b[1mChecked\x1b[0m  nobody has checked it against the published code set\n" in styled


def test_matches_are_underlined_where_there_are_styles(run: Run) -> None:
    """Without styles they stand between asterisks, as the whole page of the search has them."""
    styled = run("search", "leg", "weakness", "-n", "1", "-f", "terminal", "--color", "always").out
    assert "Muscle \x1b[1;4mweakness\x1b[0m of the \x1b[1;4mlegs\x1b[0m\n" in styled
    assert "*" not in styled


def test_documents_of_lists_have_a_title_a_head_and_a_footer(run: Run) -> None:
    """On a terminal there is no title, as examples of the README show."""
    markdown = run("list", "-f", "markdown").out.splitlines()
    assert markdown[:5] == [
        "# Codes in the library",
        "",
        "| Code | The article says | Check | Library |",
        "| --- | --- | --- | --- |",
        "| ! 20920 | Epidural or facet joint injection | conflict | bundled |",
    ]
    assert markdown[-3:-1] == ["---", ""]
    assert markdown[-1].startswith("Dataset 2026.11.2, ")
    assert run("sections", "-f", "markdown").out.startswith("# Sections\n\n| Name | Heading | Also |\n| --- |")


def test_the_sections_with_their_headings_and_other_names(run: Run) -> None:
    """The columns are aligned in a pipe too, and a head comes on a terminal."""
    lines = run("sections", "-f", "text").out.splitlines()
    assert len(lines) == 20
    assert lines[2] == "used-when      When it is used                   indications, when, uses"
    terminal = run("sections", "-f", "terminal").out.splitlines()
    assert [line.split() for line in terminal] == [["Name", "Heading", "Also"], *(line.split() for line in lines)]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("form", ["terminal", "text", "markdown", "html", "csv"])
def test_every_medium_says_the_same(run: Run, code: str, form: str) -> None:
    """Every fact of an entry is in every format, with the finding, the dataset's version and the notice."""
    answer = json.loads(run("show", code, "-f", "json").out)
    (entry,) = answer["results"]
    facts = [entry["title"], entry["summary"], entry["verification"]["finding"], "Not billing or medical advice."]
    facts += [*entry["verification"]["see_instead"], *entry["verification"]["checked_against"]]
    facts += [line for section in entry["sections"] for line in (section["intro"], *section["points"])]
    facts += [text for question in entry["faq"] for text in (question["question"], question["answer"])]
    facts += [f"{modifier['code']}: {modifier['meaning']}" for modifier in entry["modifiers"]]
    facts += [answer["dataset"]["version"]] if form != "csv" else []
    page = read_text(run("show", code, "-f", form, "--width", "200").out, form)
    assert not [fact for fact in facts if fact not in page]
    assert len(facts) > 90
