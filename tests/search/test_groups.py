"""Articles and published codes are two groups of an answer, and the codes for what was asked come with both."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cptref import open_library

if TYPE_CHECKING:
    from cptref import Library
    from tests.conftest import MakeFolder, Run

LOW_BACK = ("low back", "sacrum")


def get_json(run: Run, *args: str) -> dict[str, Any]:
    """Return an answer in JSON."""
    answer: dict[str, Any] = json.loads(run(*args, "-f", "json").out)
    return answer


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("SNRB", {"64479", "64483"}),
        ("selective nerve root block", {"64479", "64483"}),
        ("MBB", {"64490", "64493"}),
        ("medial branch block", {"64490", "64493"}),
        ("TFESI", {"64479", "64483"}),
        ("caudal epidural", {"62322", "62323"}),
        ("facet injection neck with ultrasound", {"0213T"}),
        ("blood patch", {"62273"}),
        ("RFA", {"64633", "64635", "64625"}),
        ("trigger point injection", {"20552", "20553"}),
        ("64483", {"64483"}),
    ],
)
def test_published_codes_come_first_for_what_they_are_asked_for(library: Library, query: str, first: set[str]) -> None:
    """The words by which people ask for a service lead to its codes, the right ones first."""
    answer = library.search(query)
    assert {hit.code for hit in answer.hits[: len(first)]} == first
    assert {hit.kind for hit in answer.hits[: len(first)]} == {"code"}
    assert all(hit.published and hit.verification == "verified" for hit in answer.hits if hit.kind == "code")


@pytest.mark.parametrize(
    "query",
    [
        *("epidural injection", "back pain", "facet joint injection", "sciatica", "low back pain", "leg pain"),
        *("how much does the facet injection cost", "for 3 weeks low back pain", "20976"),
    ],
)
def test_articles_come_first_for_what_patients_have(library: Library, query: str) -> None:
    """An article says more of a complaint or of a common injection than a code does."""
    assert library.search(query).hits[0].kind == "article"


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("fascia graft", {"20920"}),
        ("bone stimulator", {"20975"}),
        ("90-day global", {"20920", "20962"}),
        ("bilateral indicator 0", {"20920", "20962", "20975"}),
        ("no evidence that it was ever assigned", {"20976"}),
    ],
)
def test_a_finding_is_searched(library: Library, query: str, codes: set[str]) -> None:
    """The articles whose findings say it come first."""
    answer = library.search(query)
    first = answer.hits[: len(codes)]
    assert {hit.code for hit in first} == codes
    for hit in first:
        assert (hit.kind, hit.matches[0].section) == ("article", "verification")


@pytest.mark.parametrize("query", ["fascia graft", "bone stimulator"])
def test_no_code_is_offered_for_what_the_code_is_published_for(library: Library, query: str) -> None:
    """The codes to see instead are for what the article describes, which was not asked for."""
    assert library.search(query).codes == ()


def test_the_groups_are_not_mixed(run: Run) -> None:
    """Each group is in order of score; the limit holds for each, and JSON names the group of every hit."""
    for query in ("epidural", "injection", "caudal epidural"):
        answer = get_json(run, "search", query, "-n", "3")
        kinds = [result["kind"] for result in answer["results"]]
        assert kinds in (["article"] * 3 + ["code"] * 3, ["code"] * 3 + ["article"] * 3, ["code"] * 3)
        for kind in {*kinds}:
            scores = [result["score"] for result in answer["results"] if result["kind"] == kind]
            assert scores == sorted(scores, reverse=True)
            assert all(score == round(score, 2) for score in scores)
        assert all(bool(result["published"]) == (result["kind"] == "code") for result in answer["results"])


def test_codes_of_the_region_go_with_symptoms(run: Run) -> None:
    """Legs are the low back; JSON has the codes in full, and a search and a symptom have them alike."""
    search = get_json(run, "search", "tingling legs")
    symptom = get_json(run, "symptom", "tingling legs")
    for answer in (search, symptom):
        assert {result.get("kind", "article") for result in answer["results"]} == {"article"}
        codes = {code["code"]: code for code in answer["codes"]}
        assert codes.keys() >= {"64483", "62322", "62323"}
        assert {code["region"] for code in codes.values()} <= {"low back, sacrum", "sacrum", "low back", "sacroiliac"}
        assert codes["64483"].keys() >= {"code", "family", "service", "release", "region", "bilateral", "mue"}


def test_all_codes_to_see_go_with_a_symptom_without_a_region(run: Run) -> None:
    """Nothing is left out where the symptom says nothing of a part of the body."""
    regions = {code["region"] for code in get_json(run, "symptom", "stiffness")["codes"]}
    assert len(regions) > 1


def test_codes_are_not_offered_where_codes_are_found(library: Library) -> None:
    """A search that finds published codes needs no others."""
    answer = library.search("facet joint injection")
    assert {hit.kind for hit in answer.hits} == {"article", "code"}
    assert answer.codes == ()


def test_an_own_article_without_codes_to_see_offers_none(make_folder: MakeFolder) -> None:
    """There is nothing to be seen instead of a code that nobody found wrong."""
    with open_library(make_folder({"20111": {"symptoms": ["A wubbel"]}})) as library:
        answer = library.search("wubbel")
        assert ([hit.code for hit in answer.hits], answer.codes) == (["20111"], ())
        assert library.symptom("wubbel").codes == ()


def test_any_code_with_a_note_has_an_entry(run: Run) -> None:
    """A code of which nothing else is known is shown, found by its note, judged and exported; and never listed."""
    assert run("show", "99999").code == 1
    assert run("note", "99999", "ask", "for", "the", "giraffe", "letter").code == 0
    (entry,) = get_json(run, "show", "99999-50")["results"]
    assert (entry["kind"], entry["library"], entry["notes"]) == ("code", "notes", ["ask for the giraffe letter"])
    assert (entry["verification"]["status"], entry["published"]) == ("unverified", None)
    assert [modifier["verdict"] for modifier in entry["appended"]] == ["not judged"]
    (hit,) = get_json(run, "search", "giraffe letter")["results"]
    assert (hit["code"], hit["kind"], hit["matches"][0]["section"]) == ("99999", "code", "notes")
    assert get_json(run, "search", "99999")["results"][0]["code"] == "99999"
    assert "99999" not in run("list").out.split()
    assert run("compare", "99999", "20976").code == 0
    assert run("export", "99999", "--notes").code == 0
    done = run("export", "99999", "-f", "toml")
    no_notes = "a dataset file can't hold your notes; they are in notes.toml; cptref paths shows where"
    assert done == (2, "", f"cptref: {no_notes}\n")
    assert run("note", "99999", "--remove", "1").code == 0
    assert run("show", "99999").code == 1


@pytest.mark.parametrize("code", ["0001F", "0042T", "0001U", "G0260", "64483", "20920", "99213"])
def test_a_note_on_a_code_of_any_shape(run: Run, code: str) -> None:
    """Category I, II and III, PLA and HCPCS, whether anything is known of it or not."""
    before = run("show", code).code
    assert run("note", code, "mine").code == 0
    (entry,) = get_json(run, "show", code)["results"]
    assert entry["notes"] == ["mine"]
    assert (entry["library"] == "notes") == (before == 1)
    assert run("check").code == 0
