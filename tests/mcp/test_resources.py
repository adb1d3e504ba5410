"""Entries and sections as resources of `cptref mcp`, with completions, read by the SDK's own client."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from cptref.sections import CATALOGUE
from tests.conftest import make_article
from tests.mcp.agent import connect

if TYPE_CHECKING:
    from pathlib import Path

    from tests.mcp.agent import Agent

ENTRY, SECTION = "cptref://entries/{code}", "cptref://entries/{code}/{section}"
NOTICE = "Not billing or medical advice. Check every code against the current code set."


def test_pages_then_entries_are_listed(agent: Agent) -> None:
    """The list has three pages, and each entry with its title; templates stand for the rest."""
    listed = agent.wait(agent.client.list_resources).resources
    assert [resource.uri for resource in listed[:3]] == ["cptref://entries", "cptref://sections", "cptref://code-sets"]
    titles = {resource.uri: resource.title for resource in listed[3:]}
    assert titles["cptref://entries/20976"] == "20976 Therapeutic injection into the spine"
    assert titles["cptref://entries/20222"] == "20222 Untitled"
    templates = agent.wait(agent.client.list_resource_templates).resource_templates
    assert [template.uri_template for template in templates] == [ENTRY, SECTION]
    assert all(each.description and each.mime_type == "text/markdown" for each in (*listed[:3], *templates))


def test_an_entry_begins_with_its_finding_and_the_notice(agent: Agent) -> None:
    """The page of an entry is that of `cptref show -f markdown`, with the notice behind its title."""
    title, notice, *_ = agent.read("cptref://entries/20976").split("\n\n")
    assert title == "# 20976 ✗ NOT LISTED: in no release checked; do not bill it"
    assert notice.startswith("Dataset ")
    assert notice.endswith(NOTICE)
    page = agent.read("cptref://entries/20222")
    assert "- Bring the made-up form" in page
    assert page.count(NOTICE) == 1


def test_a_code_of_a_code_set_has_a_page(agent: Agent) -> None:
    """A code that only a loaded set has is read in the same way."""
    assert agent.read("cptref://entries/J0001").startswith("# J0001 Made-up drug for numb toes\n")


@pytest.mark.parametrize("name", ["preparation", "before", "prep"])
def test_a_section_comes_with_the_finding(agent: Agent, name: str) -> None:
    """A section is named as anywhere; before it stand the notice, and what was found of the code."""
    page = agent.read(f"cptref://entries/20222/{name}")
    headings = [line for line in page.splitlines() if line.startswith("#")]
    assert headings[1:] == ["## What the published code set says", "## Preparation"]
    assert page.index(NOTICE) < page.index(headings[1])
    assert page.endswith("- Bring the made-up form\n")


@pytest.mark.parametrize(
    ("uri", "problem"),
    [
        ("cptref://entries/20977", "close codes, which are different procedures: 20971, 20975, 20976"),
        ("cptref://entries/2O976", "2O976: does not look like a code; did you mean 20976?"),
        ("cptref://entries/20977/recovery", "20977: looks like a code, but is not in the library"),
        ("cptref://entries/20976/recvery", "did you mean recovery"),
        ("cptref://entries/20976/re", "section 're' could be recovery or related or references"),
        ("cptref://entries/64483/recovery", "64483: its entry has no section 'Recovery and aftercare'; it has "),
        ("cptref://entries/J0001/recovery", "J0001: "),
        ("cptref://nothing", "Unknown resource: cptref://nothing"),
        ("cptref://entries/%20", "the code is blank; send one, such as cptref://entries/20976"),
        ("cptref://entries/%20/recovery", "the code is blank; send one, such as cptref://entries/20976"),
        ("cptref://" + "x" * 5000, "Unknown resource: cptref://" + "x" * 110 + "\u2026"),
        ("cptref://entries/" + "x" * 5000, "\u2026"),
    ],
)
def test_what_is_not_there_says_what_is_near(agent: Agent, uri: str, problem: str) -> None:
    """An unknown code, section or page is an error of the request, on one line."""
    message = agent.miss(uri)
    assert problem in message
    assert len(message) < 300
    assert "\n" not in message


def test_a_long_entry_is_cut(tmp_path: Path, shared_cache: Path) -> None:
    """It says how much is here, and how to read more; the finding comes first."""
    points = {"preparation": [f"Bring form {number} of the made-up forms" for number in range(3000)]}
    library, env = tmp_path / "library", {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(shared_cache)}
    library.mkdir()
    (library / "20222.toml").write_text(make_article("20222", points), encoding="utf-8")
    with connect(tmp_path / "errors", "-L", str(library), env=env) as agent:
        for uri, advice in (
            ("cptref://entries/20222", "cptref://entries/20222/SECTION reads one section"),
            ("cptref://entries/20222/preparation", "search finds single lines of it"),
        ):
            page = agent.read(uri)
            assert 29_000 < len(page.encode()) <= 30_000
            assert "\n## " in page
            *_, line, blank, end = page.splitlines()
            assert line.endswith(" of the made-up forms")
            assert blank == ""
            assert re.fullmatch(rf"\(The first 30,000 of 1\d\d,\d{{3}} bytes are here; {advice}\.\)", end)


def test_lists_can_be_read(agent: Agent) -> None:
    """The codes, the sections with their other names and the loaded sets are pages of their own."""
    assert "20920" in agent.read("cptref://entries")
    assert "| preparation | Preparation | before |" in agent.read("cptref://sections")
    page = agent.read("cptref://code-sets")
    assert "| hcpcs-2026Q3 | HCPCS Level II 2026Q3 |" in page
    assert "- no ICD-10-CM loaded: " in page


@pytest.mark.parametrize(
    ("letters", "codes"),
    [
        ("2097", ["20971", "20975", "20976"]),
        ("j000", ["J0001", "J0002"]),
        ("2022", ["20222"]),
        ("xyz", []),
    ],
)
def test_codes_are_completed(agent: Agent, letters: str, codes: list[str]) -> None:
    """Codes of the library and of the loaded sets that begin so are offered, in either case."""
    completion = agent.complete(ENTRY, "code", letters)
    assert (completion.values, completion.total, completion.has_more) == (codes, len(codes), False)


def test_sections_are_completed(agent: Agent) -> None:
    """With a code, the sections of its entry are offered; without one, all."""
    assert agent.complete(SECTION, "section", "re").values == ["recovery", "related", "references"]
    assert agent.complete(SECTION, "section", "").values == [*CATALOGUE]
    of_entry = agent.complete(SECTION, "section", "", code="64483").values
    assert "billing" in of_entry
    assert "recovery" not in of_entry
    assert agent.complete(SECTION, "section", "r", code="64483").values == ["related"]
    assert agent.complete(SECTION, "other", "r").values == []


@pytest.fixture
def large_library(tmp_path: Path) -> Path:
    """Return a folder of 150 entries."""
    folder = tmp_path / "many"
    folder.mkdir()
    for code in range(30000, 30150):
        (folder / f"{code}.toml").write_text(make_article(str(code), {}), encoding="utf-8")
    return folder


def list_entries(agent: Agent) -> list[str]:
    """Return the entries of the list of resources."""
    listed = agent.wait(agent.client.list_resources).resources
    return [resource.uri for resource in listed if resource.uri.startswith("cptref://entries/")]


def test_lists_have_a_limit(tmp_path: Path, large_library: Path) -> None:
    """100 entries are listed, and as many completions offered; each says how many there are."""
    with connect(tmp_path / "errors", "-L", str(large_library)) as agent:
        assert len(list_entries(agent)) == 100
        first = agent.wait(agent.client.list_resources).resources[0]
        assert first.description == "The first 100 codes of the library; any can be read"
        page = agent.read("cptref://entries")
        assert f"{NOTICE}\n\n- the first 100 of 205 codes; cptref://entries/{{code}} reads any\n\n|" in page
        completion = agent.complete(ENTRY, "code", "30")
        assert (len(completion.values), completion.total, completion.has_more) == (100, 150, True)


def test_what_is_added_is_listed_at_once(tmp_path: Path, large_library: Path) -> None:
    """The list, a page and a completion show the library as it is when they are asked for."""
    with connect(tmp_path / "errors", "-L", str(large_library)) as agent:
        assert "cptref://entries/19999" not in list_entries(agent)
        (large_library / "19999.toml").write_text(make_article("19999", {}), encoding="utf-8")
        assert "cptref://entries/19999" in list_entries(agent)
        assert agent.read("cptref://entries/19999").startswith("# 19999")
        assert agent.complete(ENTRY, "code", "1999").values == ["19999"]
