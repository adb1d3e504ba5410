"""`cptref export -f toml`: an entry as a dataset file, which loses nothing when a folder holds it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import tomli
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from cptref import open_library
from cptref.dataset.lint import lint_article
from cptref.dataset.loader import DatasetLoader
from cptref.index.entries import EntrySource, build_entry
from cptref.models.entries import ShowAnswer
from cptref.render import toml
from cptref.sanitize import escape_unsafe
from tests.conftest import PAGE
from tests.render.test_untrusted import HOSTILE, build_answer
from tests.test_properties import ARTICLE, CODE, DATASET

if TYPE_CHECKING:
    from cptref.models.entries import Entry
    from tests.conftest import Run

TODAY = date.today()  # noqa: DTZ011 - the day here
CODES = ("20920", "20962", "20971", "20975", "20976")
FINDINGS = {
    **dict.fromkeys(("20920", "20962", "20975"), "conflict"),
    **dict.fromkeys(("20971", "20976"), "not-listed"),
}
REPLACES = "replaces the text of the bundled entry on"
ONE_ENTRY = "cptref: a dataset file holds one entry; name a folder with -o to get a file for each code\n"
NO_NOTES = "cptref: a dataset file can't hold your notes; they are in notes.toml; cptref paths shows where\n"


def get_entry(code: str, *folders: str) -> Entry:
    """Return the entry of a code from a library of these folders, without the names of datasets."""
    with open_library(folders) as library:
        entry = library.get(code)
    assert entry
    return entry._replace(library="", replaces="", verified_by="")


def list_problems(run: Run, path: str) -> set[str]:
    """Return the problems that `check` warns of in a file or folder, which has no fault."""
    done = run("check", path, "-f", "json")
    assert (done.code, done.err) == (0, "")
    return {warning["problem"] for warning in json.loads(done.out)["warnings"]}


def export(run: Run, code: str, *args: str) -> dict[str, Any]:
    """Export an entry to standard output, and return it as TOML is read."""
    done = run("export", code, "-f", "toml", *args)
    assert (done.code, done.err) == (0, "")
    return tomli.loads(done.out)


def export_again(run: Run, folder: str, code: str) -> Entry:
    """Export the entry of a folder to another, which `check` finds no worse; return the entry of that one."""
    Path("exported").mkdir()
    assert run("export", code, "-f", "toml", "-o", "exported", "-L", folder).code == 0
    assert list_problems(run, "exported") <= list_problems(run, folder)
    return get_entry(code, "exported")


def test_the_bundled_entries_come_back(run: Run) -> None:
    """Each is the same entry in a folder of one's own, of which `check` says only what it replaces."""
    Path("mine").mkdir()
    done = run("export", *CODES, "-f", "toml", "-o", "mine")
    assert done == (0, "", "".join(f"cptref: wrote mine/{code}.toml\n" for code in CODES))
    assert list_problems(run, "mine") == {f"{REPLACES} {code}, not its finding: {FINDINGS[code]}" for code in CODES}
    with open_library("mine") as library:
        libraries = {entry.code: (entry.library, entry.replaces) for entry in library.list().entries}
    assert {libraries[code] for code in CODES} == {(str(Path("mine").absolute()), "bundled")}
    for code in CODES:
        assert get_entry(code, "mine") == get_entry(code)


def test_an_imported_page_keeps_its_source(run: Run) -> None:
    """Whatever sections are asked for."""
    Path("page.txt").write_text(PAGE, encoding="utf-8")
    assert run("import", "page.txt").code == 0
    assert export(run, "20111", "-s", "symptoms")["source"] == {"file": "page.txt", "imported": TODAY}


def test_odd_text_comes_back(run: Run) -> None:
    """Quotes, backslashes, line breaks and markup; one amount, which is 0; an indicator of 0; no empty value."""
    odd = 'say "it"\\ don\'t \'\'\'now\'\'\' """or""" \\u0041\n\n  # [bold]x[/bold] \u00e9\U0001f9b4\n[[faq]]'
    article = {
        "code": "20111",
        "title": odd.replace("\n", " "),
        "category": "[x]",
        "summary": odd,
        "modifiers": ["U1", "50"],
        "verification": {"status": "verified", "finding": odd, "bilateral_indicator": 0},
        "cost": {"low": 0, "high": 0, "notes": [odd]},
        "sections": [{"key": "symptoms", "points": [odd, "plain"]}, {"key": "tests", "intro": odd}, {"key": "causes"}],
        "faq": [{"question": odd, "answer": odd}],
    }
    Path("odd").mkdir()
    Path("odd/20111.toml").write_text(tomli_w.dumps(article), encoding="utf-8")
    entry = get_entry("20111", "odd")
    assert entry.summary == odd
    assert export_again(run, "odd", "20111") == entry
    article["cost"] = {"low": 0, "high": 0, "currency": "USD", "notes": [odd]}
    article["sections"] = [{"key": "symptoms", "points": [odd, "plain"]}, {"key": "tests", "intro": odd}]
    assert export(run, "20111", "-L", "odd") == article


def test_what_an_entry_lacks_stays_out(run: Run) -> None:
    """A file with nothing but code, title and category; `check` warns of the same missing verification."""
    article = {"code": "20111", "title": "Untitled", "category": "None"}
    Path("bare").mkdir()
    Path("bare/20111.toml").write_text(tomli_w.dumps(article), encoding="utf-8")
    assert export_again(run, "bare", "20111") == get_entry("20111", "bare")
    assert list_problems(run, "exported") == {"is missing, so the entry is shown as unverified"}
    assert export(run, "20111", "-L", "bare") == article


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("overview", ["summary"]),
        ("billing", ["modifiers"]),
        ("cost", ["cost"]),
        ("faq", ["faq"]),
        ("recovery", ["sections"]),
        ("recovery,summary,modifiers", ["summary", "modifiers", "sections"]),
    ],
)
def test_only_the_sections_asked_for(run: Run, name: str, fields: list[str]) -> None:
    """The file has these, and always code, title, category and verification; it passes the check."""
    table = export(run, "20976", "-s", name)
    whole = export(run, "20976")
    assert {*table} == {"code", "title", "category", "verification", *fields}
    assert [section["key"] for section in table.get("sections", ())] == ["recovery"] * ("sections" in fields)
    assert all(table[field] == whole[field] for field in table if field != "sections")
    run("export", "20976", "-s", name, "-f", "toml", "-o", "20976.toml")
    assert list_problems(run, "20976.toml") == {f"{REPLACES} 20976, not its finding: not-listed"}


def test_what_is_about_the_coder_is_not_in_the_file(run: Run) -> None:
    """Neither notes nor modifiers typed with the code, of which an unknown one is reported."""
    plain = run("export", "20976", "-f", "toml")
    with open_library() as library:
        dataset = library.dataset
    start = f"# Dataset {dataset.version}, released {dataset.released}. {dataset.notices.advice}\n\n"
    assert plain.out.startswith(start)
    assert run("note", "20976", "mine alone").code == 0
    assert run("export", "20976-50", "20976", "-f", "toml") == plain
    assert run("export", "20976-50-ZZ", "-f", "toml") == (
        1,
        plain.out,
        "cptref: 20976-50-ZZ: modifier ZZ is not in the library; cptref modifiers shows every modifier\n",
    )


def test_what_the_format_refuses(run: Run) -> None:
    """Several entries without a folder, and notes."""
    for args in ([], ["-o", "-"], ["-o", "both.toml"]):
        assert run("export", "20976", "20920", "-f", "toml", *args) == (2, "", ONE_ENTRY)
    for args in (["--notes"], ["-s", "notes"], ["-s", "notes", "--notes"]):
        assert run("export", "20976", "-f", "toml", *args) == (2, "", NO_NOTES)
    assert not [*Path().iterdir()]


def test_a_missing_code_does_not_cost_the_entry(run: Run) -> None:
    """The entry is written, the miss is reported, and the exit code is 1."""
    done = run("export", "20976", "99213", "-f", "toml")
    assert (done.code, done.out) == (1, run("export", "20976", "-f", "toml").out)
    assert done.err == "cptref: 99213: looks like a code, but is not in the library; cptref list shows every code\n"


def test_another_name_than_the_code_is_remarked_on(run: Run) -> None:
    """A folder of entries needs CODE.toml, which the notice says."""
    assert run("export", "20976", "-f", "toml", "-o", "20976.toml").err == "cptref: wrote 20976.toml\n"
    done = run("export", "20976", "-f", "toml", "-o", "sheet.toml")
    assert done == (0, "", "cptref: wrote sheet.toml; name it 20976.toml in a folder of entries\n")


@pytest.mark.parametrize("command", ["show", "search", "symptom", "compare", "modifiers", "list", "sections", "check"])
def test_other_commands_do_not_take_it(run: Run, command: str) -> None:
    """TOML is for export alone."""
    done = run(command, *(["20976"] if command not in {"list", "sections"} else []), "-f", "toml")
    assert (done.code, done.out) == (2, "")
    assert "the choices are terminal, text, markdown, html, json, jsonl, csv" in " ".join(done.err.split())
    assert "toml," not in done.err


@given(ARTICLE)
def test_any_article_comes_back(tmp_path: Path, article: dict[str, Any]) -> None:
    """Exporting and loading lose nothing of an entry, whatever it is made of, and add no warning."""
    loader = DatasetLoader((), linter=lint_article)
    path = tmp_path / f"{CODE}.toml"

    def load(text: str) -> tuple[Entry, set[str]]:
        path.write_text(text, encoding="utf-8")
        loader.warnings.clear()
        loaded = loader.load_article(str(path), 1)
        assert loaded, loader.faults
        entry = build_entry(EntrySource("article", loaded.article, ""), loader.modifiers)
        return entry, {warning.problem for _, warning in loader.warnings}

    entry, problems = load(tomli_w.dumps(article))
    exported = toml.render(ShowAnswer(dataset=DATASET, sections=(), entries=(entry,), misses=()))
    entry_again, problems_again = load(exported)
    assert entry_again == entry
    assert problems_again <= problems
    assert escape_unsafe(exported) == exported


@given(st.text(min_size=1) | st.just(HOSTILE))
def test_any_text_reads_back_from_toml(text: str) -> None:
    """What other formats show as an escape is one of TOML's here, so that a parser gets the text."""
    written = toml.render(build_answer(text))
    table = tomli.loads(written)
    assert (table["title"], table["verification"]["finding"], table["faq"][0]["answer"]) == (text, text, text)
    assert (table["sections"][0]["points"], table["cost"]["notes"]) == ([text, text], [text])
    assert escape_unsafe(written) == written
