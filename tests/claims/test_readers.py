"""Test what people type and paste as claim lines is read as: lines, diagnoses, and what can't be read."""

from __future__ import annotations

import pytest

from cptref.claims.readers import read_claims
from tests.claims.layouts import describe
from tests.claims.reasons import (
    AMONG,
    CHARGE,
    DAY,
    EMPTY,
    ICD_CODE,
    MODIFIER,
    OUT,
    POINTER,
    TEXT,
    UNITS,
    WORD,
    Case,
    unclear,
)

TYPED: list[Case] = [
    ("64483", ["64483"], [], []),
    ("64483-50", ["64483-50"], [], []),
    ("64483-50 64494x2 J1010x40 M54.16", ["64483-50", "64494 x2", "J1010 x40"], ["A M54.16"], []),
    ("M54.16, 64483-50; M47.816", ["64483-50"], ["A M54.16", "B M47.816"], []),
    ("64483-50,64494x2,M54.16", ["64483-50", "64494 x2"], ["A M54.16"], []),
    ("64483-50x1", ["64483-50"], [], []),
    ("64494 x2", ["64494 x2"], [], []),
    ("64494 x 2", ["64494 x2"], [], []),
    ("64494*2", ["64494 x2"], [], []),
    ("64494×2", ["64494 x2"], [], []),
    ("64494 2 units", ["64494 x2"], [], []),
    ("64494 2un", ["64494 x2"], [], []),
    ("64494 units: 2", ["64494 x2"], [], []),
    ("64494 qty 2", ["64494 x2"], [], []),
    ("64494 2", ["64494 x2"], [], []),
    ("j1010x0.5", ["J1010 x0.5"], [], []),
    ("J1010 .5", ["J1010 x0.5"], [], []),
    ("64483:50:RT", ["64483-50-RT"], [], []),
    ("64483-rt-59", ["64483-RT-59"], [], []),
    ("64483/LT/59", ["64483-LT-59"], [], []),
    ("64483 - RT", ["64483-RT"], [], []),
    ("64483 -50 -LT", ["64483-50-LT"], [], []),
    ("64483RT59x2", ["64483-RT-59 x2"], [], []),
    ("64483 RT XS", ["64483-RT-XS"], [], []),
    ("RT 64483", ["64483-RT"], [], []),
    ("64483 mod 50 mod LT", ["64483-50-LT"], [], []),
    ("99214-X2 99214X2", ["99214-X2", "99214 x2"], [], []),
    ("6448３－５０", ["64483-50"], [], []),
    ("CPT® 64483, cpt:64494x2 #20610", ["64483", "64494 x2", "20610"], [], []),
    ("0042T 0001F 0001U G0260", ["0042T", "0001F", "0001U", "G0260"], [], []),
    ("00630 95 minutes", ["00630 x95min"], [], []),
    ("64483 450.00 11/20/26 A,B 11", ["64483 $450.00 2026-11-20 >AB @11"], [], []),
    ("64483 $1,450.00 pos 22", ["64483 $1450.00 @22"], [], []),
    ("64483 11/20/2026-11/22/2026", ["64483 2026-11-20..2026-11-22"], [], []),
    ("64483 20261120 11222026", ["64483 2026-11-20..2026-11-22"], [], []),
    ("2026-11-20 64483 ptr:1:2", ["64483 2026-11-20 >AB"], [], []),
    ("64483 ABCD", ["64483 >ABCD"], [], []),
    ("I10 S39.92XA m54.16", [], ["A I10", "B S39.92XA", "C M54.16"], []),
    ("S3992XA M47816", [], ["A S39.92XA", "B M47.816"], []),
    ("64483 dx M5416, M47816", ["64483"], ["A M54.16", "B M47.816"], []),
    ("64483 dx S0211BA", ["64483"], ["A S02.11BA"], []),
    ("64483 dx:M5416", ["64483"], ["A M54.16"], []),
    ("64483 M54.16 64484 M54.16", ["64483", "64484"], ["A M54.16", "B M54.16"], []),
    # what has several meanings, or none
    ("M5416", [], [], ["M5416: may be a diagnosis or a service; write M54.16 if the diagnosis is meant"]),
    ("J1885", ["J1885"], [], []),
    ("M1003x1", ["M1003"], [], []),
    ("64483 50 1", ["64483-50"], [], []),
    ("J1010 40", [], [], [f"40: {unclear('x40 for units', 'pos:40 for a place of service')}"]),
    ("J1010 40 20.00", ["J1010 x40 $20.00"], [], []),
    ("J1010 x40 mg", ["J1010 x40"], [], [f"mg: {WORD}"]),
    ("J1010 40 mg", [], [], [f"40: {AMONG}", f"mg: {WORD}"]),
    ("64483 Nov 20 2026", [], [], [f"Nov: {TEXT}", f"20: {AMONG}", f"2026: {AMONG}"]),
    ("64483 11/20", ["64483"], [], [f"11/20: {TEXT}"]),
    ("64483x2units", ["64483 x2"], [], []),
    ("64483 450", [], [], [f"450: {unclear('x450 for units', '$450 for a charge')}"]),
    ("64483 $450 12", [], [], [f"12: {unclear('ptr:12 for pointers', 'pos:12 for a place of service')}"]),
    ("64483 x1O", [], [], [f"64483 x1O: {UNITS}{OUT}"]),
    ("64483x0", [], [], [f"64483x0: {UNITS}{OUT}"]),
    ("64483x-2", [], [], [f"64483x-2: {UNITS}{OUT}"]),
    ("64483x1000000", [], [], [f"64483x1000000: {UNITS}{OUT}"]),
    ("64483x1.2345", [], [], [f"64483x1.2345: {UNITS}{OUT}"]),
    ("64483x", [], [], [f"64483x: {UNITS}{OUT}"]),
    ("64483 x2 x3", [], [], [f"64483 x2 x3: the line says its units more than once{OUT}"]),
    ("64483 2026-02-30", [], [], [f"64483 2026-02-30: {DAY}{OUT}"]),
    ("64483 13/20/2026", [], [], [f"64483 13/20/2026: {DAY}{OUT}"]),
    (
        "64483 11/20/2026 11/19/2026",
        [],
        [],
        [f"64483 11/20/2026 11/19/2026: a service can't end before it starts; check both dates{OUT}"],
    ),
    ("64483-LT-59-XS-XU-GC", ["64483-LT-59-XS-XU-GC"], [], []),  # the modifier edit counts them
    ("64483" + "-LT" * 13, ["64483" + "-LT" * 12], [], ["64483-LT: more than 12 modifiers are not read"]),
    ("64483 pos 1A", [], [], [f"64483 pos 1A: a place of service has two digits, like 11 or 22{OUT}"]),
    ("64483 $4x", ["64483"], [], [f"$4X: {CHARGE}"]),
    ("64483 ptr M", ["64483"], [], [f"M: {POINTER}"]),
    ("64483 ABCDE", ["64483"], [], [f"ABCDE: {TEXT}"]),
    ("64483-5", [], [], ["64483-5: modifier '5' must have two characters, like 50 or RT"]),
    ("6448O-50", [], [], ["6448O-50: does not look like a code; did you mean 64480-50?"]),
    ("64483-64485", [], [], ["64483-64485: is a range of codes; write each code of the claim"]),
    ("64483 to 64485", [], [], ["64483-64485: is a range of codes; write each code of the claim"]),
    ("0278", [], [], ["0278: comes without a code; write it after its code, as in 64483-50"]),
    (
        "2026-11-20 64483 64484",
        ["64483", "64484"],
        [],
        ["2026-11-20: comes before several codes; write it after the code that it belongs to"],
    ),
    (
        "45380 PT",
        ["45380"],
        [],
        [f"PT: {WORD}"],
    ),
    ("64483 Doe\x1b[31m John", ["64483"], [], [f"Doe\\x1b[31m John: {TEXT}"]),
    ("", [], [], [EMPTY]),
    ("claim lines", [], [], [f"claim lines: {TEXT}"]),
    ("x" * 100, [], [], [f"{'x' * 60}...: {TEXT}"]),
]
ROWS: list[Case] = [
    (
        "64483,50,1,450.00,11/20/2026,A,11\n64494,,2,100.00,11/20/2026,AB,11",
        ["64483-50 $450.00 2026-11-20 >A @11", "64494 x2 $100.00 2026-11-20 >AB @11"],
        [],
        [],
    ),
    ("64483\t50\tRT\t1\t$1,450.00\n64484\t\t\t2", ["64483-50-RT $1450.00", "64484 x2"], [], []),
    ("64483|RT|1|450|2026-11-20|A:B|11\nJ1010|||", ["64483-RT $450.00 2026-11-20 >AB @11", "J1010"], [], []),
    ("64483;LT;2\n# 64484\n\nM54.16", ["64483-LT x2"], ["A M54.16"], []),
    ("* 64483\n\u2022 64484*2\n- 64493", ["64483", "64484 x2", "64493"], [], []),
    (
        "DOS: 11/20/2026 - 11/21/2026\nPOS: 22\nDx: M54.16, M5127\n64483\n64494 2026-11-22 pos 11\nDOS 11/23/26\n64493",
        ["64483 2026-11-20..2026-11-21 @22", "64494 2026-11-22 @11", "64493 2026-11-23 @22"],
        ["A M54.16", "B M51.27"],
        [],
    ),
    (
        "POS: 11\nclaim,code,pos\n1,64483,\n2,64484,\n2,64493,22",
        ["64483 @11", "64484 @11 #2", "64493 @22 #2"],
        [],
        [],
    ),
    (
        "11/20/2026\n64483",
        ["64483"],
        [],
        ["line 1: 11/20/2026: comes without a code; write it after its code, as in 64483-50"],
    ),
    ("64483-50 x2\n64494 M54.16", ["64483-50 x2", "64494 >A"], ["A M54.16"], []),
    (
        "11/20/2026,64483,RT\nDoe,John,64484,99213-25",
        ["64483-RT 2026-11-20", "64484", "99213-25"],
        [],
        [f"line 2: Doe John: {TEXT}"],
    ),
    (
        "64483,50,1,2 levels,450.00\n64484 2 levels",
        ["64483-50 $450.00"],
        [],
        [f"line 1: 2 levels: {TEXT}", f"line 2: 2: {AMONG}", f"line 2: levels: {TEXT}"],
    ),
    (
        "64483,RT,1,450.00,2026-11-20,12,11\n64483,RT,1,450.00,2026-11-20,12",
        ["64483-RT $450.00 2026-11-20 @11"],
        [],
        [
            "line 1: 12: may be one pointer or two; write L for diagnosis 12",
            f"line 2: 12: {unclear('ptr:12 for pointers', 'pos:12 for a place of service')}",
        ],
    ),
]
_NOT_READ = "which is not read; name the column Code, Modifier, Units or Date if it is one, or delete it"
HEADERS: list[Case] = [
    ("Procedure Code,M1,M2,Qty\n20552,,,1\n64483,59,RT,1", ["20552", "64483-59-RT"], [], []),
    *(
        (f"Code,{name},{other}\n64483,59,RT", ["64483-59-RT"], [], [])
        for name, other in [("Mod1", "Mod2"), ("MOD_1", "MOD_2"), ("Modifier 1", "Modifier 2"), ("m1", "M-2")]
    ),
    *((f"CPT,{name}\n64483,2", ["64483 x2"], [], []) for name in ("Qty", "QTY", "Unit", "UNITS", "# Units", "UOS")),
    *(
        (f"CPT,{name}\n64483,11/20/26", ["64483 2026-11-20"], [], [])
        for name in ("DOS", "DOS From", "From DOS", "Service Date", "SVC_DATE", "DATEOFSERVICE")
    ),
    ("CPT,DOS From,DOS To\n64483,11/20/26,11/21/26", ["64483 2026-11-20..2026-11-21"], [], []),
    *((f"CPT,{name}\n64483,22", ["64483 @22"], [], []) for name in ("POS", "Place of Service", "POS Code")),
    *(
        (f"CPT,{name}\n64483,M54.16", ["64483 >A"], ["A M54.16"], [])
        for name in ("Dx", "Dx1", "DX_1", "ICD", "ICD-10", "ICD10", "Diag", "Diagnosis Code")
    ),
    *((f"CPT,Dx,{name}\n64483,M54.16,A", ["64483 >A"], ["A M54.16"], []) for name in ("Diag ptr", "Dx Ptr", "DXPTR")),
    *((f"CPT,{name}\n64483,450", ["64483 $450.00"], [], []) for name in ("Amt", "Amount", "Billed Amt")),
    # a column whose name says nothing: what may be a code, a modifier, units or a day is named
    *(
        (f"CPT,Units,Foo\n64483,1,{value}", ["64483"], [], [f"line 2: {value}: is in column Foo, {_NOT_READ}"])
        for value in ("59", "RT", "2", "64494", "J1010", "2026-11-20", "64483-50")
    ),
    ("CPT,Units,Location\n64483,1,22", ["64483"], [], [f"line 2: 22: is in column Location, {_NOT_READ}"]),
    ("CPT,Units,\n64483,1,22", ["64483"], [], [f"line 2: 22: is in a column without a name, {_NOT_READ}"]),
    ("CPT,Units,Foo\n64483,1,\n64484,1,Main Office\n64493,1,1234567893", ["64483", "64484", "64493"], [], []),
    ("#,CPT,Units,Acct,Line No\n7,64483,1,12345,9\n8,64484,1,J1010,9", ["64483", "64484"], [], []),
    (",CPT,Units\n0,64483,1\n1,64484,1", ["64483", "64484"], [], []),
    (
        "CPT,DOS,Service Date\n64483,11/20/26,11/20/26\n64484,11/20/26,11/21/26",
        ["64483 2026-11-20", "64484 2026-11-20"],
        [],
        [f"line 3: 11/21/26: is in column Service Date, {_NOT_READ}"],
    ),
    (
        "Charge,POS,Units,Modifiers,CPT,DOS,Ptr\n$450.00,11,1,50,64483,20261120,A",
        ["64483-50 $450.00 2026-11-20 >A @11"],
        [],
        [],
    ),
    (
        "From\tTo\tHCPCS\tMod1\tMod2\tMod3\tMod4\n11/20/26\t11202026\t64483\t50\tRT\tXS\tGC",
        ["64483-50-RT-XS-GC 2026-11-20..2026-11-20"],
        [],
        [],
    ),
    (
        (
            "Claim #,Code,Units,Dx1,Dx2,Pointer\n"
            "7,64483,1,M5416,,A\n8,64483,1,M47816,M5416,1:2\n7,64484,2,M47.816,M54.16,B"
        ),
        ["64483 >A", "64483 >AB #2", "64484 x2 >A"],
        ["A M54.16", "B M47.816", "A M47.816 #2", "B M54.16 #2"],
        [],
    ),
    ("code,dx\n64483,S0211BA", ["64483 >A"], ["A S02.11BA"], []),  # without its dot no word is taken for it
    ('code;diagnoses\n64483;"M54.16, M47816"', ["64483 >AB"], ["A M54.16", "B M47.816"], []),
    ('code,mods,charge\n64483,"50,RT","1,450.00"\n64484.0,50.0,$5', ["64483-50-RT $1450.00", "64484-50 $5.00"], [], []),
    ("Code|Minutes\n00630|95", ["00630 x95min"], [], []),
    ("Patient Name,DOB,CPT,Qty\nDoe,05/01/1943,64483,2", ["64483 x2"], [], []),
    ("code\n'64483\nCPT 64484\n#64493", ["64483", "64484"], [], []),
    ("code\n64483-50x2\nM5416", ["64483-50 x2", "M5416"], [], []),
    ("POS,code\n2,64483\n11 - Office,64484", ["64483 @02", "64484 @11"], [], []),
    ("Claim Line,Code,Dates\n1,64483,20261120-20261122\n2,64484,", ["64483 2026-11-20..2026-11-22", "64484"], [], []),
    (
        "code,units\n64483,1O\n,2\n64483,1,9\n99,1\n64483x2,3\nJ1010,-4",
        [],
        [],
        [
            f"line 2: 64483 1O: {UNITS}{OUT}",
            "line 3: the row has no code",
            "line 4: the row has 3 cells, more than the 2 columns of its header; put quotes around cells with commas",
            "line 5: 99: is not one procedure code, like 64483 or J1010",
            f"line 6: 64483x2 3: the row says its units twice{OUT}",
            f"line 7: J1010 -4: {UNITS}{OUT}",
        ],
    ),
    (
        "code,mod,ptr,dx,charge\n64483,5,A,M54.16,1\n64484,,12,,x\n64484,,E,M54,5",
        ["64484", "64484 $5.00 >E"],
        ["A M54.16", "B M54"],
        [
            f"line 2: 64483 5: {MODIFIER}{OUT}",
            f"line 3: x: {CHARGE}",
            "line 3: 12: may be one pointer or two; write L for diagnosis 12",
        ],
    ),
    ("code,dx\n64483,M54.16666\n64484,", ["64483 >A", "64484"], [], [f"line 2: M54.16666: {ICD_CODE}"]),
    (
        "dx,code\n"
        + "".join(f"M47.81{digit},64483\n" for digit in range(1, 9))
        + "M54.1 M54.2 M54.3 M54.4 M54.5,64484",
        [*(f"64483 >{letter}" for letter in "ABCDEFGH"), "64484"],
        [
            *(f"{letter} M47.81{digit}" for digit, letter in enumerate("ABCDEFGH", start=1)),
            *("I M54.1", "J M54.2", "K M54.3", "L M54.4", "13 M54.5"),  # the diagnosis edit counts them
        ],
        [],
    ),
]


@pytest.mark.parametrize(("text", "lines", "diagnoses", "unread"), [*TYPED, *ROWS, *HEADERS])
def test_reads_claims(text: str, lines: list[str], diagnoses: list[str], unread: list[str]) -> None:
    """Read what has one meaning, and name the rest with the reason."""
    assert describe(read_claims([text])) == (lines, diagnoses, unread)
