"""Diagnoses of claims: billable on the day, complete, once, in order, pointed to, and not excluding each other."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cptref.claims.rules.excludes import parse_references
from cptref.codesets.catalog import Catalog
from cptref.paths import codesets_dir
from tests.claims.sets import DAY_OF_2028, make_line
from tests.codesets.files import icd_diag, icd_order, icd_section, icd_tabular

if TYPE_CHECKING:
    from cptref.models.claims import ClaimAnswer, EditResult
    from tests.claims.conftest import AddSets, CheckClaim, CheckLines
    from tests.codesets.conftest import RealFile
    from tests.conftest import Run

OF_2029 = "2028-11-01"
SEVEN = ("A first visit", "D later visit", "S late effect")
BACK = icd_section(
    "M50-M54",
    icd_diag(
        "M51",
        "Slipped disc",
        icd_diag("M51.1", "Slipped disc with root", icd_diag("M51.16", "Slipped low disc with root")),
    )
    + icd_diag(
        "M54",
        "Ache",
        icd_diag(
            "M54.1",
            "Root ache",
            icd_diag("M54.16", "Low root ache") + icd_diag("M54.17", "Lower root ache"),
            excludes1=["root ache with a slipped disc (M51.1-)"],
        )
        + icd_diag("M54.4", "Ache in diseases classified elsewhere", codeFirst=["underlying disease"])
        + icd_diag("M54.9", "Ache of no kind"),
        excludes2=["ache of an infection (A00-B99)"],
    ),
)
BALLS = icd_section("W20-W49", icd_diag("W21", "Struck by a ball", icd_diag("W21.89", "Other ball"), seven=SEVEN))
FILES = {"tabular.xml": icd_tabular(BACK + BALLS, "2028")}


def find(answer: ClaimAnswer, edit: str, code: str = "") -> list[EditResult]:
    """Return the results of an edit, about a code if one is named."""
    return [result for result in answer.results if result.edit == edit and code in {"", result.code}]


# A code, its verdict, what is said of it, what would change it.
CASES = [
    # Guidelines I.B.2: a code is billed with all its characters.
    ("M54.16", "ok", "M54.16 is billable in FY2028", ""),
    (
        "M54.1",
        "deny likely",
        "M54.1 is not billable in FY2028: 2 billable codes below it",
        "a billable code that the documentation supports: M54.16: Low root ache; M54.17: Lower root ache",
    ),
    (
        "M54",
        "deny likely",
        "M54 is not billable in FY2028: 4 billable codes below it",
        (
            "a billable code that the documentation supports: M54.16: Low root ache; M54.17: Lower root ache; M54.4: "
            "Ache in diseases classified elsewhere; M54.9: Ache of no kind"
        ),
    ),
    # I.A.5: the 7th character is part of the code; I.A.4: X fills the places before it.
    (
        "W21.89",
        "deny likely",
        "W21.89 is not billable in FY2028: its 7th character is missing",
        (
            "the code with the 7th character that the documentation supports: W21.89XA: first visit; W21.89XD: later "
            "visit; W21.89XS: late effect"
        ),
    ),
    ("W21.89XD", "ok", "W21.89XD is billable in FY2028", ""),
    (
        "W21.89A",
        "deny likely",
        "W21.89A is not in FY2028; did you mean W21.89XA?",
        "W21.89XA, if the documentation says so",
    ),
    (
        "M54.18",
        "deny likely",
        "M54.18 is not in FY2028; the nearest above it is M54.1",
        "look at M54.1: Root ache (not billable: 2 billable codes below it)",
    ),
    ("Q99.9", "deny likely", "Q99.9 is not in FY2028", ""),
]


@pytest.mark.parametrize(("code", "verdict", "says", "remedy"), CASES, ids=[case[0] for case in CASES])
def test_a_code_is_billed_with_all_its_characters(
    code: str, verdict: str, says: str, remedy: str, add_sets: AddSets, check_claim: CheckClaim
) -> None:
    """The verdict rests on the release of the day, and names the codes to look at instead."""
    add_sets(FILES)
    answer = check_claim(code, on=DAY_OF_2028)
    (result,) = find(answer, "diagnosis")
    assert (result.verdict, result.says, result.remedy) == (verdict, says, remedy)
    assert (result.rule.source, result.rule.release, result.rule.as_of) == ("ICD-10-CM FY2028", "2028", "")
    assert (answer.diagnoses[0].verdict, str(result.day)) == (verdict, DAY_OF_2028)


def test_the_fiscal_year_of_the_day_decides(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """A heading of one year is billed in another; the year begins on October 1 and ends on September 30."""
    newer = icd_section("M50-M54", icd_diag("M54", "Ache", icd_diag("M54.16", "x", icd_diag("M54.161", "y"))))
    add_sets(FILES, {"newer.xml": icd_tabular(newer, "2029")})
    says = {
        "2027-09-30": (
            "unknown",
            "whether M54.16 is billable is unknown on 2027-09-30: the oldest loaded release is FY2028",
        ),
        "2027-10-01": ("ok", "M54.16 is billable in FY2028"),
        "2028-09-30": ("ok", "M54.16 is billable in FY2028"),
        "2028-10-01": ("deny likely", "M54.16 is not billable in FY2029: 1 billable code below it"),
    }
    for day, expected in says.items():
        (result,) = find(check_claim("M54.16", on=day), "diagnosis")
        assert (result.verdict, result.says) == expected
    (gone,) = find(check_claim("M54.17", on=OF_2029), "diagnosis")
    assert (gone.verdict, gone.says) == (
        "deny likely",
        "M54.17 is in FY2028, not in FY2029; the nearest above it is M54",
    )


def test_an_older_release_does_not_tell_what_is_missing(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """It still tells what is billed and what is a heading, and says of which year it is."""
    add_sets(FILES)
    verdicts = {}
    for code in ("M54.16", "M54.1", "M54.18"):
        (result,) = find(check_claim(code, on=OF_2029), "diagnosis")
        assert result.rule.as_of == "as of FY2028"
        verdicts[code] = (result.verdict, result.says)
    assert verdicts == {
        "M54.16": ("ok", "M54.16 is billable in FY2028"),
        "M54.1": ("deny likely", "M54.1 is not billable in FY2028: 2 billable codes below it"),
        "M54.18": (
            "unknown",
            "M54.18 is not in FY2028; the nearest above it is M54.1 (the code may be newer than that release)",
        ),
    }


def test_without_the_set_each_diagnosis_is_unknown(check_claim: CheckClaim) -> None:
    """Nothing passes in silence."""
    answer = check_claim("M54.16 M51.16")
    assert [(result.edit, result.verdict, result.says) for result in answer.results] == [
        ("diagnosis", "unknown", "whether M54.16 is billable is unknown: no ICD-10-CM is loaded"),
        ("diagnosis", "unknown", "whether M51.16 is billable is unknown: no ICD-10-CM is loaded"),
        ("excludes", "unknown", "whether diagnoses exclude each other is unknown: no ICD-10-CM is loaded"),
    ]
    assert [checked.verdict for checked in answer.diagnoses] == ["unknown", "unknown"]


def test_a_diagnosis_is_reported_once(add_sets: AddSets, check_lines: CheckLines) -> None:
    """Guidelines I.B.12."""
    add_sets(FILES)
    result = find(check_lines(diagnoses=["M54.16", "M54.9", "M54.16"], on=DAY_OF_2028), "diagnosis", "M54.16")[0]
    assert (result.verdict, result.says, result.rule.source) == (
        "look",
        "M54.16 comes more than once on the claim, and a diagnosis is reported once",
        "ICD-10-CM Official Guidelines, section I.B.12",
    )


def test_a_manifestation_is_not_first(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """Guidelines I.A.13: the disease that causes it comes before it; behind another diagnosis it is fine."""
    add_sets(FILES)
    first = find(check_claim("M54.4 M54.9", on=DAY_OF_2028), "diagnosis", "M54.4")[0]
    assert (first.verdict, first.says, first.remedy) == (
        "look",
        "M54.4 stands first, but is a manifestation: its cause comes before it",
        "the cause before it (Code first, underlying disease)",
    )
    second = check_claim("M54.9 M54.4", on=DAY_OF_2028)
    assert {result.verdict for result in find(second, "diagnosis")} == {"ok"}


@pytest.mark.parametrize(("setting", "limit"), [("practitioner", 12), ("hospital", 25)])
def test_a_claim_has_so_many_places(setting: str, limit: int, add_sets: AddSets, check_lines: CheckLines) -> None:
    """CMS-1500, item 21, has 12; an 837I has 25. What does not fit is named."""
    add_sets(FILES)
    codes = [f"A{number:02}" for number in range(limit + 2)]
    fits = check_lines(diagnoses=codes[:limit], on=DAY_OF_2028, setting=setting)
    assert not [result for result in find(fits, "diagnosis") if "places" in result.says]
    answer = check_lines(diagnoses=codes, on=DAY_OF_2028, setting=setting)
    (result,) = [result for result in find(answer, "diagnosis") if "places" in result.says]
    assert (result.verdict, result.code, result.others) == ("deny likely", codes[limit], (codes[limit + 1],))
    assert result.says == f"a claim has {limit} places for diagnoses, and this one has {limit + 2}"


# Excludes1


@pytest.mark.parametrize("order", ["M54.16 M51.16", "M51.16 M54.16"])
def test_diagnoses_that_exclude_each_other_are_looked_at(
    order: str, add_sets: AddSets, check_claim: CheckClaim
) -> None:
    """Guidelines I.A.12.a. One note is enough, whichever of the two comes first; it is quoted with where it stands."""
    add_sets(FILES)
    answer = check_claim(order, on=DAY_OF_2028)
    first, second = order.split()
    (result,) = find(answer, "excludes")
    assert (result.verdict, result.code, result.others) == ("look", first, (second,))
    assert result.says == (
        f'{first} and {second} exclude each other by Excludes1 at M54.1: "root ache with a slipped disc (M51.1-)"'
    )
    assert result.remedy == (
        "both may stand if the documentation shows two unrelated conditions; if it shows one, only the code for it"
    )
    assert [checked.verdict for checked in answer.diagnoses] == ["look", "look"]


@pytest.mark.parametrize("codes", ["M54.16 A01.0", "M54.9 M51.16", "M54.16 M54.17"])
def test_other_diagnoses_stand_together(codes: str, add_sets: AddSets, check_claim: CheckClaim) -> None:
    """An Excludes2 note lets both stand (I.A.12.b), and a note holds at and below where it stands only."""
    add_sets(FILES)
    (result,) = find(check_claim(codes, on=DAY_OF_2028), "excludes")
    assert (result.verdict, result.says) == ("ok", "no Excludes1 note at one of them names another one")


def test_notes_are_in_the_tabular_list_only(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """With the order file alone, it is unknown once for the claim."""
    rows = [("M54", "0", "Ache"), ("M5416", "1", "Low root ache"), ("M5417", "1", "Lower root ache")]
    rows.insert(1, ("M541", "0", "Root ache"))
    add_sets({"icd10cm_order_2028.txt": icd_order([*rows, ("M549", "1", "Ache of no kind")])})
    (result,) = find(check_claim("M54.16 M54.17 M54.9", on=DAY_OF_2028), "excludes")
    assert (result.verdict, result.says) == (
        "unknown",
        "whether diagnoses exclude each other is unknown: the tabular list of ICD-10-CM FY2028 has the notes, add it",
    )


# A note as in the tabular list (FY2026, words shortened), codes that it names, and codes that it does not name.
NOTES = [
    ("radiculopathy (M51.1-)", "M51.1 M51.16", "M51.26 M51"),
    ("cervical (M50.1)", "M50.1 M50.123", "M50.2"),
    ("fracture (S01.-)", "S01.00XA", "S02.00XA"),
    ("infections (A00-B99)", "A00 A50.1 B99.9", "C00.0"),
    ("falls (I63.3-I63.5-)", "I63.30 I63.412 I63.59", "I63.6 I63.29"),
    ("leukemia (C91.-, C92.-, C93.-)", "C91.00 C93.Z0", "C94.00"),
    ("embolism (I82.4-,I82.81-)", "I82.411 I82.811", "I82.89"),
    (
        "injuries in S06.1- to S06.6-, and S06.81-, code to injury",
        "S06.1X0A S06.3X0A S06.6X9A S06.811A",
        "S06.0X0A S06.7X0A",
    ),
    ("as classified in M75-M77", "M75.1 M76.0 M77.9", "M78"),
    ("skull (S02.- with 7th character B)", "S02.0XXB", "S02.0XXA S02.0XX"),
    ("mononucleosis (B27.- with fifth character 2)", "B27.02 B27.92", "B27.00 B27.0"),
    ("use (F10-F19 with 5th character .6)", "F10.96", "F10.10"),
    ("sleep (F11-F19 with fifth to sixth characters 51)", "F13.151", "F13.150"),
    ("neuritis in diabetes (E08-E13 with .44)", "E11.44", "E11.9"),
    ("angiopathy (E08-E13 with .51-.52)", "E10.51 E13.52", "E11.59"),
    ("ulcer (E08-E13 with .62-)", "E10.621", "E10.63"),
    ("after stroke (I69. with final characters -23)", "I69.023 I69.923", "I69.02"),
    ("fracture (S52.- with open fracture 7th character)", "S52.001B", "S62.001B"),
    ("dementia of gout (M1A.-, M10.-)", "M1A.00X0 M10.9", "M11"),
    ("anemia (G6PD) of a kind", "", "G60 G6P"),
    ("discitis - see spine by body region", "", "M46.40"),
]


@pytest.mark.parametrize(("note", "named", "others"), NOTES, ids=[case[0] for case in NOTES])
def test_codes_are_found_in_notes(note: str, named: str, others: str) -> None:
    """Ranges, codes with a dash, several codes, and what has to hold of a character."""
    codes = sorted([*named.split(), *others.split()])
    meant = {code for reference in parse_references(note) for code in reference.list_codes(codes)}
    assert meant == set(named.split())


def test_so_many_diagnoses_are_compared(add_sets: AddSets, check_lines: CheckLines) -> None:
    """The others are not passed in silence."""
    add_sets(FILES)
    codes = ["M54.16", *(f"A{place:02}" for place in range(99)), "M51.16", "B99"]
    (unknown, ok) = find(check_lines(diagnoses=codes, on=DAY_OF_2028), "excludes")
    assert (unknown.verdict, unknown.code, unknown.others) == ("unknown", "M51.16", ("B99",))
    assert unknown.says == "whether diagnoses exclude each other is unknown: only 100 are compared"
    assert (ok.verdict, len(ok.others)) == ("ok", 99)


# Pointers


@pytest.mark.parametrize(
    ("pointers", "verdict", "says"),
    [
        ((1, 2), "ok", "each pointer of 64999 points to a diagnosis of the claim"),
        ((1, 3), "deny likely", "64999 points to diagnosis C, which the claim does not have"),
        ((14, 12), "deny likely", "64999 points to diagnosis L, 14, which the claim does not have"),
    ],
)
def test_pointers_point_to_diagnoses(
    pointers: tuple[int, ...], verdict: str, says: str, add_sets: AddSets, check_lines: CheckLines
) -> None:
    """CMS-1500, item 24E: each letter is that of a diagnosis in item 21."""
    add_sets(FILES)
    lines = [make_line("64999", pointers=pointers), make_line("64999", pointers=pointers), make_line("64998")]
    answer = check_lines(*lines, diagnoses=["M54.9", "M54.17"], on=DAY_OF_2028)
    (result,) = [result for result in find(answer, "diagnosis") if result.lines]
    assert (result.verdict, result.says, result.lines) == (verdict, says, (1, 2))


def test_pointers_without_diagnoses_are_looked_at(check_lines: CheckLines) -> None:
    """A part of a claim may have been pasted."""
    (result,) = find(check_lines(make_line("64999", pointers=(1,))), "diagnosis")
    assert (result.verdict, result.says) == ("look", "64999 points to diagnoses, and none is given")


def test_the_lines_that_point_to_a_diagnosis_tell_its_day(add_sets: AddSets, check_lines: CheckLines) -> None:
    """A diagnosis that no line points to is looked up on all days of the claim: the worst counts."""
    add_sets(FILES)
    lines = [
        make_line("64999", day="2027-09-30", last_day="2027-10-01", pointers=(1,)),
        make_line("64998", day="2027-10-02", pointers=(2,)),
    ]
    answer = check_lines(*lines, diagnoses=["M54.9", "M54.17", "M54.16"])
    verdicts = {result.code: result.verdict for result in find(answer, "diagnosis") if not result.lines}
    assert verdicts == {"M54.9": "unknown", "M54.17": "ok", "M54.16": "unknown"}


# All together

CODES = ["M54.16", "M51.16", "W21.89", "M54.9", "Q99.9", "M54.16"]


@given(st.permutations(CODES))
def test_no_order_of_diagnoses_changes_a_verdict(add_sets: AddSets, check_lines: CheckLines, order: list[str]) -> None:
    """Of these, none is a manifestation, which alone has a place."""
    add_sets(FILES)
    verdicts = {
        frozenset([result.code, *result.others, result.verdict, result.edit])
        for result in check_lines(diagnoses=order, on=DAY_OF_2028).results
    }
    assert verdicts == {
        *(frozenset([code, "diagnosis", "ok"]) for code in ("M54.16", "M51.16", "M54.9")),
        *(frozenset([code, "diagnosis", "deny likely"]) for code in ("W21.89", "Q99.9")),
        frozenset(["M54.16", "diagnosis", "look"]),
        frozenset(["M54.16", "M51.16", "excludes", "look"]),
    }


@given(st.dates(date(2026, 1, 1), date(2029, 12, 31)))
def test_verdicts_over_days_are_intervals(add_sets: AddSets, check_lines: CheckLines, day: date) -> None:
    """Unknown before the first release, then what each year says, and the last year ever after."""
    newer = icd_section("M50-M54", icd_diag("M54", "Ache", icd_diag("M54.16", "x", icd_diag("M54.161", "y"))))
    add_sets(FILES, {"newer.xml": icd_tabular(newer, "2029")})
    (result,) = find(check_lines(diagnoses=["M54.16"], on=day.isoformat()), "diagnosis")
    expected = "unknown" if day < date(2027, 10, 1) else "ok" if day < date(2028, 10, 1) else "deny likely"
    assert result.verdict == expected


# The tabular list of NCHS, April 2026


@pytest.fixture
def tabular(real_file: RealFile, run: Run) -> None:
    """Load the real tabular list of FY2026."""
    assert run("add", str(real_file("april-1-2026-code-tables-tabular.zip"))).code == 0


def test_the_real_list_says_what_coders_know(tabular: None, check_claim: CheckClaim) -> None:  # noqa: ARG001 - loaded
    """Multiple sclerosis became a heading, W21.89A lacks its X, and disc disorders have their radiculopathy within."""
    answer = check_claim("M54.16 M51.16 G35 W21.89A S72.001 E11.9 G54.5", on="2026-04-01")
    says = {result.code: (result.verdict, result.says) for result in find(answer, "diagnosis")}
    assert says == {
        **{code: ("ok", f"{code} is billable in FY2026") for code in ("M54.16", "M51.16", "E11.9", "G54.5")},
        "G35": ("deny likely", "G35 is not billable in FY2026: 8 billable codes below it"),
        "W21.89A": ("deny likely", "W21.89A is not in FY2026; did you mean W21.89XA?"),
        "S72.001": ("deny likely", "S72.001 is not billable in FY2026: its 7th character is missing"),
    }
    pairs = {(result.code, *result.others) for result in find(answer, "excludes")}
    # E11.9 is not among "E08-E13 with .44", which a note at G54.5 names.
    assert pairs == {("M54.16", "M51.16"), ("M54.16", "G54.5"), ("M51.16", "G54.5")}


def test_every_code_of_the_real_notes_is_found(tabular: None) -> None:  # noqa: ARG001 - loaded
    """What looks like a code in one of its 5,407 Excludes1 notes is named by it."""
    with closing(Catalog(codesets_dir())) as catalog:
        (store,) = catalog.open_release("icd10cm", "2026")
        place = store.columns.index("excludes1")
        notes = [note for record in store.iter_records() for note in record.fields[place].split("\n") if note]
    assert len(notes) == 5407
    for note in notes:
        for code in re.findall(r"(?<![\w.])[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]+)?(?!\w)", note):
            assert any(reference.low <= code <= reference.high for reference in parse_references(note)), note
