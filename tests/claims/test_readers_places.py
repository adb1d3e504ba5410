"""Test that a diagnosis that can't be read keeps its place: no pointer shifts to another diagnosis."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from cptref.claims.readers import read_claims
from tests.claims.layouts import CPT, ICD, describe, make_coding
from tests.claims.reasons import ICD_CODE, TEXT, Case

if TYPE_CHECKING:
    from tests.claims.conftest import CheckClaim

SERVICE = "07 15 26 07 15 26 11 64483 50 AB 900 00 1"
SENT = "64483-50 $450.00 >AB"
ON_FORM = "64483-50 $900.00 2026-07-15..2026-07-15 >AB @11"
FHIR = json.dumps(
    {
        "resourceType": "Claim",
        "diagnosis": [
            {"sequence": 1, "diagnosisReference": {"reference": "Condition/1"}},
            {"sequence": 2, "diagnosisCodeableConcept": make_coding(ICD, "M51.16")},
        ],
        "item": [{"productOrService": make_coding(CPT, "64483"), "diagnosisSequence": [1, 2]}],
    }
)
# A claim whose first diagnosis can't be read and whose second one is M51.16, its line, and what is said of the first.
CASES: list[tuple[str, str, str]] = [
    ("HI*ABK:M5416X99*ABF:M5116~SV1*HC:64483:50*450*UN*1***1:2~", SENT, f"HI, segment 1, diagnosis 1: {ICD_CODE}"),
    ("HI*ABK*ABF:M5116~SV1*HC:64483:50*450*UN*1***1:2~", SENT, f"HI, segment 1, diagnosis 1: {ICD_CODE}"),
    (
        "HI*BK:7244*ABF:M5116~SV1*HC:64483:50*450*UN*1***1:2~",
        SENT,
        "HI, segment 1, diagnosis 1: is an ICD-9-CM code",
    ),
    (
        "HI*XX:M5416*ABF:M5116~SV1*HC:64483:50*450*UN*1***1:2~",
        SENT,
        "HI, segment 1, diagnosis 1: has no qualifier ABK or ABF",
    ),
    (f"21. A. M5416X99 B. M51.16\n{SERVICE}", ON_FORM, f"line 1, diagnosis A: {ICD_CODE}"),
    (f"21. A. MS4.16 B. M51.16\n{SERVICE}", ON_FORM, "item 21, diagnosis A: can't be read"),
    (f"A. M54 16 B. M51.16\n{SERVICE}", ON_FORM, "line 1, diagnosis A: is not one ICD-10-CM code"),
    (f"M5416X99 M5116\n{SERVICE}", ON_FORM, f"line 1, diagnosis A: {ICD_CODE}"),
    (FHIR, "64483 >AB", "diagnosis 1: has no ICD-10-CM code of its own"),
    ("64483 ptr:AB M54.16666 M51.16", "64483 >AB", f"M54.16666: {TEXT}"),
    ("64483 ptr:AB dx 54.16 M51.16", "64483 >AB", f"dx 54.16: {ICD_CODE}"),
    (
        "64483 ptr:AB M5416 M51.16",
        "64483 >AB",
        "M5416: may be a diagnosis or a service; write M54.16 if the diagnosis is meant",
    ),
    ("code,icd1,icd2\n64483,M54X16X9,M51.16", "64483 >AB", f"line 2: M54X16X9: {ICD_CODE}"),
    ("code,ptr,icd1,icd2\n64483,B:A,M54X16X9,M51.16", "64483 >BA", f"line 2: M54X16X9: {ICD_CODE}"),
    ("code,dx\n64483,M54X16X9 M51.16", "64483 >AB", f"line 2: M54X16X9: {ICD_CODE}"),
]


@pytest.mark.parametrize(("text", "line", "unread"), CASES)
def test_unread_diagnosis_keeps_its_place(text: str, line: str, unread: str) -> None:
    """Keep the places of the diagnoses behind one that can't be read, and say that its place has one."""
    parsed = read_claims([text])
    assert describe(parsed) == ([line], ["B M51.16"], [unread])
    assert parsed.lost == {(1, 1)}


def test_unread_diagnosis_of_several_rows_has_one_place() -> None:
    """Give the same text of several rows one place, and name it for each row."""
    parsed = read_claims(["code,dx\n64483,M54X16X9\n64484,M54X16X9\n64493,M51.16"])
    unread = [f"line {number}: M54X16X9: {ICD_CODE}" for number in (2, 3)]
    assert describe(parsed) == (["64483 >A", "64484 >A", "64493 >B"], ["B M51.16"], unread)


def test_empty_column_of_a_diagnosis_counts() -> None:
    """Count columns of diagnoses, not the diagnoses in them, and name a pointer to an empty one."""
    parsed = read_claims(["code,ptr,dx1,dx2\n64483,B,,M51.16\n64484,A,,M51.16"])
    unread = ["line 3: A: points to a diagnosis column that is empty in the row"]
    assert describe(parsed) == (["64483 >A", "64484"], ["A M51.16"], unread)


def test_number_of_a_member_is_no_diagnosis() -> None:
    """Read no member number as a diagnosis, neither in front of item 21 nor behind the service lines."""
    head, tail = "1a. INSURED'S I.D. H1234567", "33. D. H1234567 E: K1234"
    parsed = read_claims([f"{head}\nA. M54.16 B. M51.16\n{SERVICE}\n{tail}"])
    assert describe(parsed) == ([ON_FORM], ["A M54.16", "B M51.16"], [])


def test_label_of_diagnoses_holds_for_diagnoses_alone() -> None:
    """Read other values behind labeled diagnoses as what they are."""
    parsed = read_claims(["64483 dx M54.16666 M5116 450.00 2026-07-01 pos 11"])
    unread = [f"dx M54.16666: {ICD_CODE}"]
    assert describe(parsed) == (["64483 $450.00 2026-07-01 @11"], ["B M51.16"], unread)


def test_form_may_list_diagnoses_by_column() -> None:
    """Read letters with a mark in any order."""
    parsed = read_claims([f"A. M54.16 C. M17.11\nB. M51.16 D. I10\n{SERVICE}"])
    assert sorted(describe(parsed)[1]) == ["A M54.16", "B M51.16", "C M17.11", "D I10"]
    assert parsed.unread == ()


@pytest.mark.parametrize(
    ("pointers", "says"),
    [
        ("1:2", "64483 points to diagnosis A, which could not be read"),
        ("2", "each pointer of 64483 points to a diagnosis of the claim"),
        ("3", "64483 points to diagnosis C, which the claim does not have"),
    ],
)
def test_says_that_a_pointer_is_to_an_unread_diagnosis(check_claim: CheckClaim, pointers: str, says: str) -> None:
    """Say of a pointer to a diagnosis that could not be read that it is one, not that the claim does not have it."""
    answer = check_claim(f"HI*ABK:M5416X99*ABF:M5116~SV1*HC:64483*450*UN*1***{pointers}~")
    verdict = {"1:2": "look", "2": "ok", "3": "deny likely"}[pointers]
    results = [(result.verdict, result.says) for result in answer.results if "point" in result.says]
    assert results == [(verdict, says)]


S1 = "07 15 26 07 15 26 11 64483 RT AB 450 00 1"
S2 = "07 15 26 07 15 26 11 20552 A 90 00 1"
ON_1 = "64483-RT $450.00 2026-07-15..2026-07-15 >AB @11"
ON_2 = "20552 $90.00 2026-07-15..2026-07-15 >A @11"
BOTH = ["A M54.16", "B M51.16"]
NO_LINE = "seems to have a code, but is neither a service line (24A to 24G) nor a diagnosis with its letter"
TITLE = "HEALTH INSURANCE CLAIM FORM"
BESIDE: list[Case] = [
    # diagnoses below the lines, between them, and beside them
    (f"{S1}\nA. M54.16 B. M54 C. M51.16", [ON_1], ["A M54.16", "B M54", "C M51.16"], []),
    (f"{S1}\nA. M54.16\nB. M51.16", [ON_1], BOTH, []),
    (f"{S1}\nM54.16\nM51.16", [ON_1], BOTH, []),
    (f"{S1}\nM54.16 M51.16\n{S2}", [ON_1, ON_2], BOTH, []),
    (f"A. M54.16\n{S1}\nB. M51.16", [ON_1], BOTH, []),
    (f"M54.16\n{S1}\nM51.16", [ON_1], BOTH, []),
    (f"{S1}  A. M54.16 B. M51.16", [ON_1], BOTH, []),
    (f"{S1}  A. M54.16\n{S2} B. M51.16", [ON_1, ON_2], BOTH, []),
    (f"{TITLE}\nA. M54.16 B. M51.16  {S1}", [ON_1], BOTH, []),
    # one form behind the other, each with its diagnoses above its lines, or below them
    (f"M54.16\n{S2}\nM51.16\n{S2}", [ON_2, f"{ON_2} #2"], ["A M54.16", "A M51.16 #2"], []),
    (f"{S2}\nA. M54.16\n{S2}\nA. M51.16", [ON_2, f"{ON_2} #2"], ["A M54.16", "A M51.16 #2"], []),
    # lines without days, and typed ones
    (f"{S2}\n   64483 RT AB 450 00 1", [ON_2, "64483-RT $450.00 >AB"], [], []),
    (f"{S2}\n2 22 64483 RT AB 450 00 1", [ON_2, "64483-RT $450.00 >AB @22"], [], []),
    (f"{S2}\nJ1010x400\n99213-25\n20610", [ON_2, "J1010 x400", "99213-25", "20610"], [], []),
    (f"64483-50\n{S2}", ["64483-50", ON_2], [], []),
    (f"{TITLE}\n64483 RT AB 450 00 1\n{S2}", ["64483-RT $450.00 >AB", ON_2], [], []),
    # what is not clear
    (f"{S2} 64483", [ON_2], [], [f"line 1: {NO_LINE}"]),
    (f"{S2}\noffice visit 99213\nM54.16 64483", [ON_2], [], [f"line 2: {NO_LINE}", f"line 3: {NO_LINE}"]),
    (f"{S2}\n64493 40 mg", [ON_2], [], [f"line 2: {NO_LINE}"]),
    (f"{TITLE}\n{S2}\n20610", [ON_2], [], [f"line 3: {NO_LINE}"]),  # or a number of an account
    (
        f"A. M54.16\n{S2}\nB. M51.16\nB. M54.12",
        [ON_2],
        BOTH,
        ["line 4, diagnosis B: the claim already has another one with this letter"],
    ),
    (
        f"{S2}\n" + "\n".join(f"M47.81{digit} M54.{digit}" for digit in range(7)),
        [ON_2],
        [f"{'ABCDEFGHIJKL'[place]} {'M47.81' if place % 2 == 0 else 'M54.'}{place // 2}" for place in range(12)],
        ["line 8: has more diagnoses than a claim has room for (12)"] * 2,
    ),
    # numbers and addresses of other items
    (
        (
            f"{TITLE}\nDOE 12345\n12345 (216) 5551234\n{S2} NPI 1234567893\n"
            "25. 12-3456789 26. 12345 28. 450 00\n12345 450 00 100 00\na. 1234567893 b. G2A12"
        ),
        [ON_2],
        [],
        [],
    ),
    (f"{S2}\nCLEVELAND OH 44101\nx\n", [ON_2], [], []),
]


@pytest.mark.parametrize(("text", "lines", "diagnoses", "unread"), BESIDE)
def test_form_loses_nothing_beside_its_lines(
    text: str, lines: list[str], diagnoses: list[str], unread: list[str]
) -> None:
    """Read what stands between, behind and beside the service lines of a form where it is clear, and name the rest."""
    assert describe(read_claims([text])) == (lines, diagnoses, unread)


FORM = """\
HEALTH INSURANCE CLAIM FORM
1. MEDICARE X  1a. INSURED'S I.D. NUMBER 1ABCDE5FG73
2. PATIENT'S NAME DOE, JANE  3. PATIENT'S BIRTH DATE 05 01 1943 F X
5. PATIENT'S ADDRESS 12345 MAIN ST
CLEVELAND OH 44101 (216) 5551234
11. INSURED'S POLICY GROUP OR FECA NUMBER NONE
12. SIGNED SOF DATE 07 15 2026
17. DK DR SMITH 17b. NPI 1234567893
21. DIAGNOSIS OR NATURE OF ILLNESS OR INJURY ICD Ind. 0
A. M54.16 B. M51.16 C. D.
E. F. G. H.
22. RESUBMISSION CODE 23. PRIOR AUTHORIZATION NUMBER 12345
24. A. DATE(S) OF SERVICE B. C. D. PROCEDURES E. F. G. H. I. J.
N400026064871 UN10
07 15 26 07 15 26 11 64483 RT AB 450 00 1 NPI 1234567893
ZZ 207Q00000X
07 15 26 07 15 26 11 J1010 A 80 00 40 NPI 1234567893
25. FEDERAL TAX I.D. NUMBER 26. PATIENT'S ACCOUNT NO. 27. ACCEPT 28. TOTAL
12-3456789 X 77120 X YES 530 00 0 00
31. SIGNATURE 32. SERVICE FACILITY 33. BILLING PROVIDER
ACME CLINIC
1 MAIN ST
CLEVELAND OH 44101-1234
a. 1234567893 b. G2A1234
"""


@pytest.mark.parametrize("is_labeled", [True, False])
def test_whole_form_names_nothing(*, is_labeled: bool) -> None:
    """Read the items of a claim from a whole form, and take no other number or address of it for a code."""
    lines = [line for line in FORM.splitlines() if is_labeled or not re.match(r"\d+[ab]?\. [A-Z(]", line)]
    services = ["64483-RT $450.00 2026-07-15..2026-07-15 >AB @11", "J1010 x40 $80.00 2026-07-15..2026-07-15 >A @11"]
    assert describe(read_claims(["\n".join(lines)])) == (services, BOTH, [])
