"""The formats that programs and spreadsheets read, and that each says what the others do."""

from __future__ import annotations

import csv
import json
from io import StringIO
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cptref.render import render
from cptref.sanitize import escape_unsafe
from tests.render.test_untrusted import HOSTILE, answer

if TYPE_CHECKING:
    from tests.conftest import Made, Run

ANSWERS = {
    "show": ["show", "20920-50", "20976", "-s", "cost"],
    "search": ["search", "numb feet", "-n", "2"],
    "symptom": ["symptom", "numb feet", "jaw pain", "-n", "2"],
    "export": ["export", "20976", "-s", "recovery"],
    "compare": ["compare", "20920", "20962", "20976", "-s", "causes", "-s", "cost"],
    "modifiers": ["modifiers"],
    "modifiers of a code": ["modifiers", "20920-59"],
    "list": ["list"],
    "sections": ["sections"],
    "paths": ["paths"],
}
# The keys of the lists that JSON Lines has the objects of, where they are not `results`.
RESULT_LISTS = {
    "compare": ["entries", "sections"],
    "modifiers": ["modifiers", "bilateral_indicators", "entries"],
}
FORMATS = ("text", "markdown", "html", "json", "jsonl", "csv")
ADVICE = "Not billing or medical advice."


def rows(text: str) -> list[dict[str, str]]:
    """The rows of a CSV file, by the names of its head."""
    return list(csv.DictReader(StringIO(text, newline="")))


@pytest.mark.parametrize(("name", "form"), [*product(ANSWERS, FORMATS)])
def test_every_answer_in_every_format(run: Run, name: str, form: str) -> None:
    """Each command answers in each format, in bytes that depend on the data and the options alone."""
    done = run(*ANSWERS[name], "-f", form)
    assert done.code == (1 if "jaw pain" in ANSWERS[name] else 0)
    assert done.out
    assert "\x1b" not in done.out
    assert done == run(*ANSWERS[name], "-f", form, "--color", "always")


@pytest.mark.parametrize("form", ["text", "markdown", "html", "csv", "json"])
@pytest.mark.parametrize("name", [name for name in ANSWERS if name not in {"sections", "paths"}])
def test_what_leaves_the_tool_says_what_it_is_not(run: Run, name: str, form: str) -> None:
    """The notice is in every document, and the conflict wherever an entry is."""
    out = run(*ANSWERS[name], "-f", form).out
    assert (ADVICE in out) == ((name, form) != ("list", "text"))  # one code a line, and nothing else
    if name != "modifiers" and (name, form) != ("list", "text"):
        assert "conflict" in out.casefold() or "not-listed" in out or "not listed" in out.casefold()


@pytest.mark.parametrize("name", ANSWERS)
def test_a_line_of_json_is_a_result(run: Run, name: str) -> None:
    """JSON Lines has the results of the JSON, one a line with the notice; of `compare` the entries and the sections."""
    whole = json.loads(run(*ANSWERS[name], "-f", "json").out)
    lines = [json.loads(line) for line in run(*ANSWERS[name], "-f", "jsonl").out.splitlines()]
    whole.pop("schema_version")
    lists = [whole[key] for key in RESULT_LISTS.get(name.partition(" ")[0], ["results"]) if key in whole]
    assert lines == [result for results in lists or [[whole]] for result in results]
    assert name in {"sections", "paths"} or all(line["notice"].startswith(ADVICE) for line in lines)


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json", "jsonl", "csv", "terminal"])
@pytest.mark.parametrize("command", ["show", "compare", "modifiers"])
def test_typed_modifiers_are_in_every_format(run: Run, command: str, form: str) -> None:
    """What they mean and what the check says of them, with the finding on the code and what it was checked against."""
    out = run(command, "20920-59", "20976", "-f", form, "--width", "900").out
    for needed in ("a distinct service, when no other modifier fits better", "the verification says nothing about it"):
        assert needed in out
    for needed in ("20920 stands for taking a strip of fascia", "CMS RVU26C", "62320"):
        assert needed in out.replace("\\", "")


def test_the_csv_of_an_entry(run: Run) -> None:
    """One line of the entry a row, the finding first, its code in quotes on every row; lines end as RFC 4180 has it."""
    done = run("show", "20976", "-s", "recovery", "-f", "csv")
    assert done.out.count("\r\n") == len(done.out.splitlines())
    assert done.out.splitlines()[1].startswith('"20976","Therapeutic injection into the spine","not-listed",')
    told = rows(done.out)
    assert {row["code"] for row in told} == {"20976"}
    assert told[0]["kind"] == "finding"
    assert [row["text"] for row in told if row["kind"] == "see instead"][:2] == ["62320", "62321"]
    recovery = [row["text"] for row in told if (row["section"], row["kind"]) == ("recovery", "point")]
    entry = json.loads(run("show", "20976", "-s", "recovery", "-f", "json").out)["results"][0]
    assert recovery == entry["sections"][0]["points"]
    assert all(row["notice"].startswith(ADVICE) for row in told)


def test_the_csv_of_a_comparison(run: Run) -> None:
    """A column for each code; what all say stands in all of them, what one says in its own."""
    told = rows(run("compare", "20920", "20962", "-f", "csv").out)
    plain = json.loads(run("compare", "20920", "20962", "-f", "json").out)
    assert [(row["20920"], row["20962"]) for row in told if row["kind"] == "low"] == [("1000", "300")]
    for section in plain["sections"]:
        own = [row for row in told if row["section"] == section["key"]]
        assert [row["20920"] for row in own if row["kind"] == "shared"] == section["shared"]
        assert [(row["20920"], row["20962"]) for row in own if row["kind"] == "similar"] == [
            (row["20920"], row["20962"]) for row in section["similar"]
        ]
        assert [row["20962"] for row in own if row["kind"] == "only" and row["20962"]] == section["only"].get(
            "20962", []
        )


def test_the_csv_of_a_search(run: Run) -> None:
    """A line that matched a row, with the numbers unquoted so that they can be sorted by."""
    out = run("search", "numb feet", "-n", "1", "-f", "csv").out
    hit = json.loads(run("search", "numb feet", "-n", "1", "-f", "json").out)["results"][0]
    assert [row["text"] for row in rows(out)] == [match["text"] for match in hit["matches"]]
    assert f',{hit["score"]},"{hit["tier"]}",' in out


def test_the_csv_of_symptoms(run: Run) -> None:
    """A code and a symptom a row, empty where the code doesn't cover it."""
    told = rows(run("symptom", "numb feet", "jaw pain", "-n", "1", "-f", "csv").out)
    assert [(row["symptom"], bool(row["text"])) for row in told] == [("numb feet", True), ("jaw pain", False)]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\uff1d", " =", "\n@"])
def test_no_cell_is_a_formula(made: Made, run: Run, begin: str) -> None:
    """What a spreadsheet would evaluate has an apostrophe in front; what it reads back otherwise is the text."""
    evil = f"{begin}HYPERLINK(1)"
    folder = made({"20111": {"symptoms": [evil, "fine"]}})
    out = run("show", "20111", "-s", "symptoms", "-f", "csv", "-L", str(folder)).out.lstrip("\ufeff")
    told = [row["text"] for row in rows(out) if row["kind"] == "point"]
    assert told == [f"'{evil}", "fine"]


def test_a_line_break_in_a_cell(made: Made, run: Run) -> None:
    """It stands in quotes, and reads back."""
    folder = made({"20111": {"symptoms": ['two\nlines, "quoted"']}})
    told = rows(run("show", "20111", "-s", "symptoms", "-f", "csv", "-L", str(folder)).out)
    assert [row["text"] for row in told if row["kind"] == "point"] == ['two\nlines, "quoted"']


def test_a_code_with_leading_zeros(made: Made, run: Run) -> None:
    """It is text in the file: in quotes, with its zeros."""
    folder = made({"00100": {"symptoms": ["fine"]}})
    assert '\r\n"00100","Untitled","None","unverified",' in run("list", "-f", "csv", "-L", str(folder)).out


def test_a_mark_for_excel_only_where_it_is_needed(made: Made, run: Run) -> None:
    """Excel takes UTF-8 for another encoding unless it is marked; plain ASCII needs no mark."""
    folder = made({"20111": {"symptoms": ["Ménière"]}})
    assert run("show", "20111", "-f", "csv", "-L", str(folder)).out.startswith('\ufeff"code"')
    assert run("show", "20976", "-f", "csv").out.startswith('"code"')


@given(st.text())
def test_any_text_reads_back_from_csv(text: str) -> None:
    """Every cell is the text, made visible and harmless."""
    told = rows(render(answer(text), "csv").lstrip("\ufeff"))
    finding = next(row for row in told if row["kind"] == "finding")
    shown = escape_unsafe(text)
    assert finding["text"] in {shown, f"'{shown}"}
    assert finding["text"].lstrip()[:1] not in {"=", "+", "-", "@"}


def test_hostile_text_is_visible_in_csv() -> None:
    """No control character reaches a terminal by way of a file."""
    said = render(answer(HOSTILE), "csv")
    assert not {"\x1b", "\x9b", "\u202e"} & set(said)
    assert "\\x1b[31mred" in said


def test_nothing_found_is_nothing(run: Run) -> None:
    """In a format without misses, nothing found writes nothing, not even a head; JSON has the misses."""
    for form in ("text", "markdown", "html", "jsonl", "csv"):
        done = run("show", "99213", "-f", form)
        assert (done.code, done.out) == (1, "")
        assert done.err.startswith("cptref: 99213: looks like a code, but is not in the library")
        assert run("compare", "99213", "99214", "-f", form).out == ""
    missed = run("compare", "99213", "99214-25", "-f", "json")
    assert missed.code == 1
    one, other = json.loads(missed.out)["not_found"]
    assert (one["code"], other["code"]) == ("99213", "99214")
    assert [modifier["code"] for modifier in other["appended"]] == ["25"]


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_to_a_folder_in_every_format(run: Run, form: str) -> None:
    """One file an entry, named after its code with the ending of the format."""
    ending = {"text": "txt", "markdown": "md"}.get(form, form)
    assert run("export", "20976", "20920", "-f", form, "-o", ".").code == 0
    assert sorted(path.name for path in Path().iterdir()) == [f"20920.{ending}", f"20976.{ending}"]
    with Path(f"20976.{ending}").open(encoding="utf-8", newline="") as file:
        assert file.read() == run("export", "20976", "-f", form).out
