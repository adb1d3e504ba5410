"""Searching the titles and terms of code sets beside the articles."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.codesets.conftest import RealFile
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
