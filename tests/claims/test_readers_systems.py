"""Test what claims of systems are read as: X12, FHIR, the text of a form."""

from __future__ import annotations

import json

import pytest

from cptref.claims.readers import read_claims
from tests.claims.layouts import CPT, ICD, describe, make_coding
from tests.claims.reasons import CHARGE, CODE, DAY, EMPTY, FORM, ICD_CODE, MODIFIER, OUT, POINTER, UNITS, Case

X12: list[Case] = [
    (
        "SV1*HC:64483:50*450*UN*1***1~\nHI*ABK:M5416*ABF:G8929~\nDTP*472*D8*20261120~",
        ["64483-50 $450.00 2026-11-20 >A"],
        ["A M54.16", "B G89.29"],
        [],
    ),
    (
        "HI*ABK>M5416\nSV1*HC>64483>RT>59*450.5*UN*2*22**1>2\nDTP*472*RD8*20261120-20261121\nLX*2\nSV1*HC>00630*900*MJ*95",
        ["64483-RT-59 x2 $450.50 2026-11-20..2026-11-21 >AB @22", "00630 x95min $900.00"],
        ["A M54.16"],
        [],
    ),
    ("sv1*hc:64483:rt*450*un*1\nhi*abk:m5416", ["64483-RT $450.00"], ["A M54.16"], []),
    ("SV1|HC:64483|450|UN|1~SV1|HC:64484|1|UN|1", ["64483 $450.00", "64484 $1.00"], [], []),
    (
        "CLM*A1*100***11:B:1~HI*ABK:M5416~SV1*HC:64483*1*UN*1~CLM*A2*100***22:B:1~HI*ABK:M4726~SV1*HC:64484*1*UN*1*24~",
        ["64483 $1.00 @11", "64484 $1.00 @24 #2"],
        ["A M54.16", "A M47.26 #2"],
        [],
    ),
    (
        "DTP*472*D8*20261120~LX*1~SV1*HC:64483*1*UN*1~DTP*472*D8*20261121~LX*2~SV1*HC:64484*1*UN*1~",
        ["64483 $1.00 2026-11-21", "64484 $1.00 2026-11-20"],
        [],
        [],
    ),
    (
        "CLM*A*1***13:A:1~HI*ABK:M5416*APR:R52*ABN:W010XXA~SV2*0360*HC:64483:50*450*UN*1~SV2*0250**20*UN*1~",
        ["64483-50 $450.00"],
        ["A M54.16", "B W01.0XXA"],
        ["SV2, segment 4: has only a revenue code, which the edits do not check"],
    ),
    ("SV1*HC:64483:5*450*UN*1~", [], [], [f"SV1, segment 1: {MODIFIER}{OUT}"]),
    ("SV1*HC:64483*450~", [], [], [f"SV1, segment 1: has no units{OUT}"]),
    ("SV1*HC:64483*450*UN**11~", [], [], [f"SV1, segment 1: has no units{OUT}"]),
    ("SV1*HC:6448O*450*UN*1~", [], [], [f"SV1, segment 1: {CODE}"]),
    ("SV1*ER:64483*450*UN*1~", [], [], ["SV1, segment 1: has no CPT or HCPCS code (qualifier HC)"]),
    ("SV1*HC:64483*450*F2*1~", [], [], [f"SV1, segment 1: its unit is neither UN (units) nor MJ (minutes){OUT}"]),
    ("SV1*HC:64483*450*UN*0~", [], [], [f"SV1, segment 1: {UNITS}{OUT}"]),
    ("SV1*HC:64483*45O*UN*1***1:13~", ["64483"], [], [f"SV1, segment 1: {CHARGE}", f"SV1, segment 1: {POINTER}"]),
    ("SV1*HC:64483*45*UN*1***12~", ["64483 $45.00 >L"], [], []),
    (
        "SV1*HC:64483*1*UN*1~DTP*472*D8*20261131~SV1*HC:64484*1*UN*1~",
        ["64484 $1.00"],
        [],
        [f"DTP, segment 2: {DAY}{OUT}"],
    ),
    (
        "CLM*A*1***11:B:1~DTP*472*D8*20261131~SV1*HC:64483*1*UN*1~SV1*HC:64484*1*UN*1~DTP*472*D8*20261121~",
        ["64484 $1.00 2026-11-21 @11"],
        [],
        [f"DTP, segment 2: {DAY}; lines without a date of their own are left out", f"SV1, segment 3: {DAY}{OUT}"],
    ),
    ("SV3*AD:D1234*450~", [], [], ["SV3, segment 1: is a dental line; no loaded set has its edits"]),
    (
        "SV3*AD:D1234*450~DTP*472*D8*20261121~SV1*HC:64484*1*UN*1~",
        ["64484 $1.00"],
        [],
        ["SV3, segment 1: is a dental line; no loaded set has its edits"],
    ),
    (
        "HI*BK:72210*ABF:X~",
        [],
        [],
        [
            "HI, segment 1, diagnosis 1: is an ICD-9-CM code",
            f"HI, segment 1, diagnosis 2: {ICD_CODE}",
        ],
    ),
    ("Doe Jane\nSV1*HC:64483*1*UN*1~", ["64483 $1.00"], [], ["segment 1: is not a segment of an 837"]),
    (
        "ST*835*1~CLP*X*1~SVC*HC:64483*1*1~",
        [],
        [],
        [
            "ST, segment 1: is a transaction other than a claim (837)",
            "CLP, segment 2: belongs to a remittance (835), not to a claim",
            "SVC, segment 3: belongs to a remittance (835), not to a claim",
        ],
    ),
    ("NM1*IL*1*DOE*JANE~DMG*D8*19430501*F~", [], [], [EMPTY]),
]
FORMS: list[Case] = [
    (
        (
            "21. DIAGNOSIS OR NATURE OF ILLNESS OR INJURY   ICD Ind. 0\nA. M54.16   B. M47816  C. I10  D.\nE. |  F.\n"
            "24. A. DATE(S) OF SERVICE  B. PLACE C. EMG D. PROCEDURES E. POINTER F. $ CHARGES G. UNITS\n"
            "11 20 26 11 20 26 11   64483 50    A   450 00  1   NPI 1234567893\n"
            "11 20 26 11 21 26 22 Y 64484 50 GC   AB   1225 50  2"
        ),
        ["64483-50 $450.00 2026-11-20..2026-11-20 >A @11", "64484-50-GC x2 $1225.50 2026-11-20..2026-11-21 >AB @22"],
        ["A M54.16", "B M47.816", "C I10"],
        [],
    ),
    (
        "M5416  M47816\n112026 112026 11 64483 AB 450 00 1 1234567893\n11/20/2026 11 J1010 1 80.00 40",
        ["64483 $450.00 2026-11-20..2026-11-20 >AB @11", "J1010 x40 $80.00 2026-11-20 >A @11"],
        ["A M54.16", "B M47.816"],
        [],
    ),
    (
        "A. M54.16\n11 20 26 11 20 26 11 64483 A 450 00 1\nA. M47.26\n11 20 26 11 20 26 11 64484 A 75 00 1",
        ["64483 $450.00 2026-11-20..2026-11-20 >A @11", "64484 $75.00 2026-11-20..2026-11-20 >A @11 #2"],
        ["A M54.16", "A M47.26 #2"],
        [],
    ),
    ("1 11 20 26 11 20 26 11 64483 50 A 450 00 1", ["64483-50 $450.00 2026-11-20..2026-11-20 >A @11"], [], []),
    ("11 20 26 11 20 26 11 64483 50 A 450 00 1", ["64483-50 $450.00 2026-11-20..2026-11-20 >A @11"], [], []),
    (
        (
            "HEALTH INSURANCE CLAIM FORM\nDOE, JANE\nA. M54 16\n11 31 26 11 31 26 11 64483 A 450 00 1\n"
            "11 20 26 11 20 26 11 6448O A 450 00 1\n11 20 26 11 20 26 11 64483 A 45000 1\n"
            "11 20 26 11 20 26 11 64483 A 450 00"
        ),
        [],
        [],
        [
            "line 3, diagnosis A: is not one ICD-10-CM code",
            f"line 4: {DAY}{OUT}",
            f"line 5: has no procedure code after its place of service{OUT}",
            f"line 6: {FORM}{OUT}",
            f"line 7: {FORM}{OUT}",
        ],
    ),
]


def make_item(**more: object) -> dict[str, object]:
    """Return an item of a FHIR Claim."""
    return {"productOrService": make_coding(CPT, "64483"), **more}


def write_claim(*items: object, **more: object) -> str:
    """Return a FHIR Claim."""
    return json.dumps({"resourceType": "Claim", "item": items, **more})


FHIR: list[Case] = [
    (write_claim(make_item()), ["64483"], [], []),
    (
        write_claim(make_item(quantity={"value": 2}, unitPrice={"value": 225.25})),
        ["64483 x2 $450.50"],
        [],
        [],
    ),
    (
        write_claim(
            make_item(servicedPeriod={"start": "2026-11-20T08:00:00Z", "end": "2026-11-21"}, diagnosisSequence=[2]),
            diagnosis=[{"sequence": 2, "diagnosisCodeableConcept": make_coding(ICD, "M5416")}],
        ),
        ["64483 2026-11-20..2026-11-21 >B"],
        ["B M54.16"],
        [],
    ),
    (
        write_claim(make_item(), billablePeriod={"start": "2026-11-20", "end": "2026-11-20"}),
        ["64483 2026-11-20"],
        [],
        [],
    ),
    (write_claim(make_item(), billablePeriod={"start": "2026-11-20", "end": "2026-12-20"}), ["64483"], [], []),
    (write_claim(make_item(quantity={"value": 95, "code": "min"})), ["64483 x95min"], [], []),
    (write_claim(make_item(quantity={"value": 3, "unit": "Units"})), ["64483 x3"], [], []),
    (
        write_claim(make_item(quantity={"value": 40, "unit": "mg"}), make_item(quantity={"value": 2, "code": "mL"})),
        [],
        [],
        [f"item {number}: its quantity is a weight or a volume, not units{OUT}" for number in (1, 2)],
    ),
    (write_claim(make_item()) + "\n" + write_claim(make_item()), ["64483", "64483 #2"], [], []),
    (
        json.dumps(
            {"resourceType": "Bundle", "entry": [{"resource": json.loads(write_claim(make_item()))}] * 2 + [{}]}
        ),
        ["64483", "64483 #2"],
        [],
        [],
    ),
    (write_claim(make_item()).replace("Claim", "ExplanationOfBenefit"), ["64483"], [], []),
    (
        write_claim(
            make_item(productOrService=make_coding("http://snomed.info/sct", "64483")),
            {"revenue": make_coding("http://x", "0360")},
            make_item(detail=[{"sequence": 1}]),
            make_item(modifier=[{"text": "both sides"}]),
            make_item(quantity={"value": -1}),
            make_item(servicedDate="2026-11"),
            make_item(locationCodeableConcept=make_coding("http://x", "CSC")),
            diagnosis=[{"sequence": 1, "diagnosisReference": {"reference": "Condition/1"}}],
        ),
        ["64483", "64483"],
        [],
        [
            "diagnosis 1: has no ICD-10-CM code of its own",
            "item 1: has no CPT or HCPCS code",
            "item 2: has only a revenue code, which the edits do not check",
            "item 3: has detail lines, which are not read; paste them as lines",
            f"item 4: {MODIFIER}{OUT}",
            f"item 5: {UNITS}{OUT}",
            f"item 6: {DAY}{OUT}",
            "item 7: the location is not a place of service",
        ],
    ),
    ('{"resourceType": "Patient", "name": "Doe"}', [], [], ["JSON: has no FHIR Claim"]),
    ('{"resourceType": "Claim", "item": [', [], [], ["JSON, line 1: can't be read; paste a whole FHIR Claim"]),
    ("[" * 100_000, [], [], ["JSON: can't be read; paste a whole FHIR Claim"]),
    (write_claim(), [], [], [EMPTY]),
]
OTHER: list[Case] = [
    (
        "MSH|^~\\&|X\nPID|1||CANARY\nFT1|1|||20261120||CG|64483",
        [],
        [],
        ["HL7 message: is not a claim; paste its 837, or its lines"],
    ),
]


@pytest.mark.parametrize(("text", "lines", "diagnoses", "unread"), [*X12, *FORMS, *FHIR, *OTHER])
def test_reads_claims_of_systems(text: str, lines: list[str], diagnoses: list[str], unread: list[str]) -> None:
    """Read what has one meaning, and name the rest with the reason."""
    assert describe(read_claims([text])) == (lines, diagnoses, unread)


TWO_CLAIMS = "CLM*A1*1***11:B:1~SV1*HC:64483*1*UN*1~CLM*A2*1***11:B:1~SV1*HC:64484*1*UN*1~"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (TWO_CLAIMS, 2),
        (write_claim(make_item()) * 3, 3),
        ("claim,code\n1,64483\n2,64484", 2),
        (TWO_CLAIMS[:46], 0),
        (f"{TWO_CLAIMS[:46]}CLM*A2*1***11:B:1~", 0),
        ("64483", 0),
    ],
)
def test_says_that_claims_are_checked_apart(text: str, count: int) -> None:
    """Say of several claims with lines that services of one patient are not compared across them."""
    says = f"{count} claims, each checked by itself; services of one patient on other claims are not compared"
    assert read_claims([text]).remarks == ((says,) if count else ())
