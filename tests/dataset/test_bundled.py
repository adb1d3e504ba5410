"""The five entries that come with cptref."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import jsonschema
import pytest
import tomli

from cptref import open_library
from cptref.dataset.layers import bundled_layer
from cptref.dataset.schema import article_json_schema
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from pathlib import Path

    from cptref.models.results import Entry

FOLDER = bundled_layer().folder
ARTICLES = sorted((FOLDER / "articles").glob("*.toml"))

# Points of each section in each source article, in the order of the catalogue from used-when to education.
POINTS = {
    "20920": [4, 4, 5, 4, 6, 4, 4, 4, 4, 4, 4, 4],
    "20962": [4, 4, 4, 4, 6, 4, 4, 4, 3, 4, 4, 4],
    "20971": [5, 5, 5, 5, 6, 5, 5, 5, 5, 5, 5, 5],
    "20975": [4, 4, 4, 4, 6, 4, 4, 4, 3, 4, 4, 4],
    "20976": [5, 5, 5, 5, 6, 5, 5, 5, 4, 5, 5, 5],
}


@pytest.fixture
def entries() -> dict[str, Entry]:
    """The bundled entries by code."""
    with open_library() as library:
        found = (library.get(one.code) for one in library.list().entries)
        return {entry.code: entry for entry in found if entry}


def test_every_point_of_every_article_is_there(entries: dict[str, Entry]) -> None:
    """As many points a section as the source has, and an introduction to each."""
    told = list(CATALOGUE)[1:13]
    for code, counts in POINTS.items():
        held = {section.key: section for section in entries[code].sections}
        assert [len(held[key].points) for key in told] == counts, code
        assert all(held[key].intro for key in told), code


@pytest.mark.parametrize(
    ("code", "category", "low", "high", "notes"),
    [
        ("20920", "Surgical Procedures", 1000, 3000, 2),
        ("20962", "Surgical Procedures", 300, 1500, 2),
        ("20971", "Surgery", 500, 2000, 4),
        ("20975", "Surgery", 1000, 3000, 2),
        ("20976", "Surgery", 1000, 3000, 3),
    ],
)
def test_billing_and_cost(entries: dict[str, Entry], code: str, category: str, low: int, high: int, notes: int) -> None:
    """Category, modifiers and cost are the article's."""
    entry = entries[code]
    assert (entry.category, [one.code for one in entry.modifiers]) == (category, ["50", "RT", "LT"])
    assert (entry.cost.low, entry.cost.high, len(entry.cost.notes)) == (low, high, notes)


def test_only_20976_has_questions(entries: dict[str, Entry]) -> None:
    """Five questions with their answers, and a section for them where there are any."""
    assert {code: len(entry.faq) for code, entry in entries.items() if entry.faq} == {"20976": 5}
    assert [code for code, entry in entries.items() if entry.sections[-1].key == "faq"] == ["20976"]


def test_differences_between_siblings_are_kept(entries: dict[str, Entry]) -> None:
    """20975 names no imaging; 20962 says 24 hours; 20975 alone names months."""

    def said(code: str, key: str) -> str:
        return " ".join(next(section.points for section in entries[code].sections if section.key == key)).lower()

    assert {code for code in entries if "fluoroscopy" in said(code, "procedure")} == set(entries) - {"20975"}
    assert {code for code in entries if "ultrasound" in said(code, "procedure")} == {"20971", "20976"}
    assert {code for code in entries if "24-48 hours" in said(code, "recovery")} == set(entries) - {"20962"}
    assert {code for code in entries if "24 hours" in said(code, "recovery")} == {"20962"}
    assert {code for code in entries if "one month and three months" in said(code, "follow-up")} == {"20975"}


def test_the_same_fact_has_the_same_words(entries: dict[str, Entry]) -> None:
    """What several articles say alike can be lined up word for word."""
    points = Counter(point for entry in entries.values() for section in entry.sections for point in section.points)
    shared = {
        "Degenerative disc disease": 5,
        "The skin at the injection site is cleaned and sterilized": 5,
        "Rest for the remainder of that day": 5,
        "Put ice on the injection site to bring down swelling": 5,
        "Infection of the injection site": 5,
        "Physical therapy to strengthen the muscles of the back": 5,
        "No strenuous activities for 24-48 hours at least": 4,
        "Tingling or numbness in the extremities": 4,
        "Acupuncture, to relieve pain": 4,
        "Radicular pain set off by a herniated disc": 3,
        "Nerve damage or nerve irritation": 2,
        "Cost on average: $1,000 to $3,000": 3,
    }
    assert {point: points[point] for point in shared} == shared


@pytest.mark.parametrize(
    ("code", "status", "instead"),
    [
        ("20920", "conflict", {"62320", "62327", "64490", "64495"}),
        ("20962", "conflict", {"64490", "64495", "27096", "G0260", "64451"}),
        ("20971", "not-listed", {"62320", "64479", "64484", "64495"}),
        ("20975", "conflict", {"62320", "64479", "64484", "64495"}),
        ("20976", "not-listed", {"62320", "64479", "64484", "64495"}),
    ],
)
def test_what_the_check_found(entries: dict[str, Entry], code: str, status: str, instead: set[str]) -> None:
    """Each entry says how it stands to the code set, what it was checked against, and where to look instead."""
    check = entries[code].verification
    assert check.status == status
    assert instead <= set(check.see_instead)
    assert len(check.checked_against) == 7
    assert ("bilateral indicator 0" in check.finding) == (status == "conflict")
    assert ("90-day global period" in check.finding) == (code in {"20920", "20962"})
    assert "deleted in" not in check.finding


def test_related_codes_and_references_are_filled(entries: dict[str, Entry]) -> None:
    """Every code to see instead is explained among the related codes; the references name the releases."""
    for entry in entries.values():
        held = {section.key: " ".join(section.points) for section in entry.sections}
        assert all(code in held["related"] for code in entry.verification.see_instead)
        assert all(release in held["references"] for release in ("RVU22A", "RVU22B", "RVU25D", "RVU26C", "MUE"))


def test_the_schema_is_current() -> None:
    """`python -m cptref.dataset.schema` makes the file that is there."""
    assert (FOLDER / "article.schema.json").read_text(encoding="utf-8") == article_json_schema()


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_an_editor_finds_the_schema_and_no_fault(path: Path) -> None:
    """Each article names its schema in the first line, and fits it."""
    text = path.read_text(encoding="utf-8")
    assert text.startswith("#:schema ../article.schema.json\n")
    assert (path.parent / "../article.schema.json").is_file()
    jsonschema.validate(tomli.loads(text), json.loads(article_json_schema()))


def test_the_schema_refuses_what_reading_refuses() -> None:
    """An unknown key, an unknown section and a code of the wrong shape are underlined in an editor too."""
    article = tomli.loads(ARTICLES[0].read_text(encoding="utf-8"))
    for broken in (article | {"colour": "red"}, article | {"code": "2O920"}, article | {"sections": [{"key": "x"}]}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, json.loads(article_json_schema()))
