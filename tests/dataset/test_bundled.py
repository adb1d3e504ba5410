"""Test the five entries that come with cptref."""

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
    """Return the bundled entries by code."""
    with open_library() as library:
        listed = (library.get(item.code) for item in library.list().entries)
        return {entry.code: entry for entry in listed if entry}


def test_entries_have_every_point_of_the_sources(entries: dict[str, Entry]) -> None:
    """Have as many points in each section as the source, and an intro."""
    keys = list(CATALOGUE)[1:13]
    for code, counts in POINTS.items():
        sections = {section.key: section for section in entries[code].sections}
        assert [len(sections[key].points) for key in keys] == counts, code
        assert all(sections[key].intro for key in keys), code


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
def test_entries_have_billing_and_cost_of_the_sources(
    entries: dict[str, Entry], code: str, category: str, low: int, high: int, notes: int
) -> None:
    """Have the category, modifiers and cost of the article."""
    entry = entries[code]
    assert (entry.category, [modifier.code for modifier in entry.modifiers]) == (category, ["50", "RT", "LT"])
    assert (entry.cost.low, entry.cost.high, len(entry.cost.notes)) == (low, high, notes)


def test_only_20976_has_questions(entries: dict[str, Entry]) -> None:
    """Have five questions, and a section for them, in 20976 only."""
    assert {code: len(entry.faq) for code, entry in entries.items() if entry.faq} == {"20976": 5}
    assert [code for code, entry in entries.items() if entry.sections[-1].key == "faq"] == ["20976"]


def test_entries_keep_their_differences(entries: dict[str, Entry]) -> None:
    """Keep what differs: 20975 has no imaging, 20962 has 24 hours, only 20975 has months."""

    def join_points(code: str, key: str) -> str:
        return " ".join(next(section.points for section in entries[code].sections if section.key == key)).lower()

    assert {code for code in entries if "fluoroscopy" in join_points(code, "procedure")} == set(entries) - {"20975"}
    assert {code for code in entries if "ultrasound" in join_points(code, "procedure")} == {"20971", "20976"}
    assert {code for code in entries if "24-48 hours" in join_points(code, "recovery")} == set(entries) - {"20962"}
    assert {code for code in entries if "24 hours" in join_points(code, "recovery")} == {"20962"}
    assert {code for code in entries if "one month and three months" in join_points(code, "follow-up")} == {"20975"}


def test_entries_share_the_words_of_shared_facts(entries: dict[str, Entry]) -> None:
    """Use the same words for what several articles say, so that compare can align it."""
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
def test_entries_have_their_verification(entries: dict[str, Entry], code: str, status: str, instead: set[str]) -> None:
    """Have the status of each code, the releases checked, and the codes to see instead."""
    verification = entries[code].verification
    assert verification.status == status
    assert instead <= set(verification.see_instead)
    assert len(verification.checked_against) == 7
    assert ("bilateral indicator 0" in verification.finding) == (status == "conflict")
    assert ("90-day global period" in verification.finding) == (code in {"20920", "20962"})
    assert "deleted in" not in verification.finding


def test_entries_explain_related_codes_and_references(entries: dict[str, Entry]) -> None:
    """Explain every code to see instead among the related codes; name the releases in the references."""
    for entry in entries.values():
        texts = {section.key: " ".join(section.points) for section in entry.sections}
        assert all(code in texts["related"] for code in entry.verification.see_instead)
        assert all(release in texts["references"] for release in ("RVU22A", "RVU22B", "RVU25D", "RVU26C", "MUE"))


def test_schema_file_is_current() -> None:
    """Compare the file with the output of `python -m cptref.dataset.schema`."""
    assert (FOLDER / "article.schema.json").read_text(encoding="utf-8") == article_json_schema()


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_articles_name_and_fit_their_schema(path: Path) -> None:
    """Name the schema in the first line of each article, and fit it."""
    text = path.read_text(encoding="utf-8")
    assert text.startswith("#:schema ../article.schema.json\n")
    assert (path.parent / "../article.schema.json").is_file()
    jsonschema.validate(tomli.loads(text), json.loads(article_json_schema()))


def test_schema_refuses_what_loading_refuses() -> None:
    """Refuse an unknown key, an unknown section and an invalid code in an editor too."""
    article = tomli.loads(ARTICLES[0].read_text(encoding="utf-8"))
    for broken in (article | {"colour": "red"}, article | {"code": "2O920"}, article | {"sections": [{"key": "x"}]}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, json.loads(article_json_schema()))
