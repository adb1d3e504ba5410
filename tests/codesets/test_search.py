"""Searching the titles and terms of code sets beside the articles."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cptref import open_library
from tests.codesets.pfs_files import make_csv, make_row

if TYPE_CHECKING:
    from tests.codesets.conftest import RealFile, WriteAndAdd
    from tests.conftest import Run

TABULAR = "april-1-2026-code-tables-tabular.zip"
HCPCS = "anweb_2020_10.xlsx"
ON = ("--on", "2026-09-01")


@pytest.fixture
def real_sets(run: Run, real_file: RealFile) -> None:
    """Load ICD-10-CM FY2026 and HCPCS 2020Q4."""
    assert run("add", str(real_file(TABULAR)), str(real_file(HCPCS))).code == 0


def test_a_set_that_is_not_loaded_is_refused_with_how_to_get_it(run: Run) -> None:
    """A search of a set without any release says what to download."""
    done = run("search", "wheelchair", "--set", "hcpcs")
    assert done.code == 2
    assert done.err.startswith("cptref: no HCPCS Level II loaded; download the Alpha-Numeric HCPCS zip from CMS")


def test_total_counts_every_code_that_matches(run: Run, write_and_add: WriteAndAdd) -> None:
    """It is the same for every limit, which takes the best of them; more than are ranked can be asked for."""
    codes = [f"64{number}" for number in range(300, 700)]
    write_and_add({"pfs.csv": make_csv("2026C", *map(make_row, codes))})
    with open_library() as library:
        groups = [library.search("made-up text", sets="pfs", limit=limit, on="2026-08-01").sets for limit in (10, 1000)]
        assert [(group.total, len(group.hits)) for (group,) in groups] == [(400, 10), (400, 400)]
        ((few,), (many,)) = groups
        assert many.hits[:10] == few.hits
        assert sorted(hit.code for hit in many.hits) == codes
        (denied,) = library.search("made-up text, no 64400", sets="pfs", on="2026-08-01").sets
        assert denied.total == 399
    assert "\n  and 390 more codes\n" in run("search", "made-up text", "--set", "pfs", "--on", "2026-08-01").out


@pytest.mark.usefixtures("real_sets")
def test_billable_codes_are_not_more_than_all() -> None:
    """What narrows a search narrows its total, which no limit changes."""
    with open_library() as library:
        for query in ("fracture", "pain", "lumbar radiculopathy"):
            totals = [
                library.search(query, sets="icd10cm", billable=billable, limit=limit, on="2026-09-01").sets[0].total
                for billable in (True, False)
                for limit in (1, 3000)
            ]
            assert totals[0] == totals[1] <= totals[2] == totals[3]


@pytest.mark.usefixtures("real_sets")
def test_words_of_coders_find_the_codes_that_they_mean(run: Run) -> None:
    """Lay words, abbreviations, sides and stages lead to the code, and what is denied is left out."""
    expected = {
        "lumbar radiculopathy": "M54.16",
        "dm2 with neuropathy": "E11.40",
        "htn": "I10",
        "copd exacerbation": "J44.1",
        "afib": "I48.91",
        "uti": "N39.0",
        "ckd 3": "N18.30",
        "migraine without aura": "G43.0",
        "denies chest pain, has cough": "R05",
        "ketorolac": "J1885",
        "steroid injection methylprednisolone": "J1030",
        "wheelchair": "K0001",
    }
    first = {}
    for query, code in expected.items():
        name = "hcpcs" if len(code) == 5 and "." not in code else "icd10"
        answer = json.loads(run("search", query, "--set", name, *ON, "-f", "json").out)
        first[query] = answer["sets"][0]["hits"][0]["code"]
    assert first == expected


@pytest.mark.usefixtures("real_sets")
def test_what_fits_badly_finds_nothing(run: Run) -> None:
    """A disc jockey is no disc."""
    done = run("search", "disc", "jockey", "--set", "icd10", *ON)
    assert (done.code, done.out) == (1, "")


@pytest.mark.usefixtures("real_sets")
def test_billable_spells_out_what_is_below_a_header(run: Run) -> None:
    """A header gives way to its billable codes, with their 7th characters."""
    answer = json.loads(
        run("search", "fx distal radius right", "--set", "icd10", "--billable", "-n", "50", *ON, "-f", "json").out
    )
    hits = answer["sets"][0]["hits"]
    assert all(hit["billable"] for hit in hits)
    assert "S52.501A" in [hit["code"] for hit in hits]


@pytest.mark.usefixtures("real_sets")
def test_a_symptom_has_its_diagnoses(run: Run) -> None:
    """The diagnoses for a complaint are a part of their own, without what is denied."""
    done = run("symptom", "denies chest pain, has cough", *ON, "-f", "json")
    (group,) = json.loads(done.out)["diagnoses"]
    codes = [hit["code"] for hit in group["hits"]]
    assert codes[:2] == ["R05", "R05.9"]
    assert not any(code.startswith("R07") for code in codes)


@pytest.mark.usefixtures("real_sets")
def test_a_code_that_ended_comes_last_and_says_when(run: Run) -> None:
    """Codes of HCPCS that are not in force on the day are marked."""
    answer = json.loads(run("search", "morphine epidural", "--set", "hcpcs", "-n", "50", *ON, "-f", "json").out)
    notes = [hit["note"] for hit in answer["sets"][0]["hits"]]
    assert notes == sorted(notes, key=bool)
    assert "ended 2014-12-31" in notes
