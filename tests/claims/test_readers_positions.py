"""Test rows without a header: columns in the order of a claim, and numbers right behind a code."""

from __future__ import annotations

import time

import pytest

from cptref.claims.readers import read_claims
from tests.claims.layouts import describe
from tests.claims.reasons import DAY, ICD_CODE, OUT, Case, unclear

NO_UNITS = "is neither a modifier nor a number of units, so the line is left out; write x2 for units"
MODIFIER, UNITS, PLACE = "for a modifier", "for units", "for a place of service"


def hint(code: str, word: str, *kinds: str) -> str:
    """Return why a number with several meanings is not read."""
    forms = {MODIFIER: f"{code}-{word}", UNITS: f"x{word}", PLACE: f"pos:{word}"}
    return f"{word}: {unclear(*(f'{forms[kind]} {kind}' for kind in kinds))}"


# One line, which reads the same when it is typed and when it is the only row of a text.
LINES: list[Case] = [
    ("20610,59,1,450.00,2026-07-01,,21", ["20610-59 $450.00 2026-07-01 @21"], [], []),
    ("20610,59,1,1,2026-07-01", ["20610-59 $1.00 2026-07-01"], [], []),
    ("20610\t59\t2\t1\t07/01/2026\tAB\t11", ["20610-59 x2 $1.00 2026-07-01 >AB @11"], [], []),
    ("20610|59|2|1|20260701|2:1|11", ["20610-59 x2 $1.00 2026-07-01 >BA @11"], [], []),
    ("20610;59;;;;12:1;2", ["20610-59 >LA @02"], [], []),
    ("20610,59,1,1,2026-07-01,21,11", ["20610-59 $1.00 2026-07-01 >BA @11"], [], []),
    ("20610,59,1,1,2026-07-01,A,,", ["20610-59 $1.00 2026-07-01 >A"], [], []),
    ("20610,59,1,1,2026-07-01,M54.16,21", ["20610-59 $1.00 2026-07-01 >A @21"], ["A M54.16"], []),
    ("64483,F1,100,100.00", ["64483-F1 x100 $100.00"], [], []),  # no comma of an amount
    ("64483,RT 50,100,100.00", ["64483-RT-50 x100 $100.00"], [], []),
    ("64483,50", ["64483-50"], [], []),
    ("64483\t50", ["64483-50"], [], []),
    ("64483,PT", ["64483-PT"], [], []),  # among words it may be one
    ("64483,2", ["64483 x2"], [], []),
    ("64483,,40", ["64483 x40"], [], []),
    ("J1010,,40", ["J1010 x40"], [], []),
    ("64483,80,200", ["64483-80 x200"], [], []),
    ("64483-50,59,2", ["64483-50-59 x2"], [], []),
    ("64483x2,50", ["64483-50 x2"], [], []),
    ("64483,50,450.00", ["64483-50 $450.00"], [], []),  # cents are of a charge
    ("64483,50,1.00,450.00", ["64483-50 $450.00"], [], []),
    ("64483.0,50.0,1.0,450.0", ["64483-50 $450.00"], [], []),
    ('64483,"50,RT",1,"1,450.00"', ["64483-50-RT $1450.00"], [], []),
    ("64483,2026-07-01,450.00", ["64483 $450.00 2026-07-01"], [], []),  # another order, which is clear
    ("64483,50 59,100,100.00,2026-07-01,A,11", ["64483-50-59 x100 $100.00 2026-07-01 >A @11"], [], []),
    ("64483,50 59 RT XS,100,100.00", ["64483-50-59-RT-XS x100 $100.00"], [], []),
    ("64483,50 RT,1,1450.00", ["64483-50-RT $1450.00"], [], []),
    ("64483,RT $1,450.00", ["64483-RT $1450.00"], [], []),
    ("64483 12,450.00", ["64483 $12450.00"], [], []),
    ("64483 59,100,100.00", ["64483-59 x100 $100.00"], [], []),  # and no millions
    ("64483 $1,234,567.00", ["64483 $1234567.00"], [], []),
]
# One line that may mean several things.
UNCLEAR: list[Case] = [
    ("J1010,40", [], [], [hint("J1010", "40", UNITS, PLACE)]),
    ("99213,11", [], [], [hint("99213", "11", UNITS, PLACE)]),
    (
        "20610,59,1,450.00,2026-07-01,21",
        [],
        [],
        [f"21: {unclear('ptr:21 for pointers', 'pos:21 for a place of service')}"],
    ),
    ("64483,50,1O,450.00,2026-07-01,A,11", [], [], [f"1O: {NO_UNITS}"]),
    ("20610,59,1,1,2026-13-01", [], [], [f"20610 2026-13-01: {DAY}{OUT}"]),
    ("20610,,1,1,,M54.16666,21", ["20610 $1.00 >A @21"], [], [f"M54.16666: {ICD_CODE}"]),
]
# A number right behind a code, between blanks: a modifier where nothing else can be meant.
BLANKS: list[Case] = [
    ("64483 50", ["64483-50"], [], []),
    ("64483 50 99214 25 M54.16", ["64483-50", "99214-25"], ["A M54.16"], []),
    ("20610 59 2", ["20610-59 x2"], [], []),
    ("72148 26", ["72148-26"], [], []),
    ("64483 22", [], [], [hint("64483", "22", MODIFIER, UNITS, PLACE)]),
    ("99214 24", [], [], [hint("99214", "24", MODIFIER, UNITS, PLACE)]),
    ("99214 50", [], [], [hint("99214", "50", MODIFIER, UNITS, PLACE)]),
    ("95004 80", [], [], [hint("95004", "80", MODIFIER, UNITS, PLACE)]),
    ("15101 50", [], [], [hint("15101", "50", MODIFIER, UNITS, PLACE)]),
    ("97153 32", [], [], [hint("97153", "32", MODIFIER, UNITS, PLACE)]),
    ("J1010 50", [], [], [hint("J1010", "50", MODIFIER, UNITS, PLACE)]),
]
TABLES: list[Case] = [
    (
        "27130,RT,1,1000,2026-07-01,,21\n99213,79,1,100,2026-08-21,,11",
        ["27130-RT $1000.00 2026-07-01 @21", "99213-79 $100.00 2026-08-21 @11"],
        [],
        [],
    ),
    (  # a row that can't be read says nothing of the order
        "64483,50\nJ1010,40\n20610,59,1O,4.00,2026-07-01,,11\n20610,59,1,1,2026-07-01",
        ["64483-50", "20610-59 $1.00 2026-07-01"],
        [],
        [f"line 2: {hint('J1010', '40', UNITS, PLACE)}", f"line 3: 1O: {NO_UNITS}"],
    ),
    ("64483,50\n64494,2", ["64483-50", "64494 x2"], [], []),
    (  # the second column has units
        "95004,80\n64494,2",
        ["64494 x2"],
        [],
        [f"line 1: {hint('95004', '80', MODIFIER, UNITS, PLACE)}"],
    ),
    ("64484\t\t\t2\n64483\t50\tRT\t1\t$1,450.00", ["64484 x2", "64483-50-RT $1450.00"], [], []),  # two of modifiers
    (
        "POS: 22\nDx: M54.16, I10\n64483,50,1,450.00\n20610,,,,,,11",
        ["64483-50 $450.00 @22", "20610 @11"],
        ["A M54.16", "B I10"],
        [],
    ),
]


@pytest.mark.parametrize(("text", "lines", "diagnoses", "unread"), [*LINES, *UNCLEAR, *BLANKS])
def test_reads_a_line_by_position(text: str, lines: list[str], diagnoses: list[str], unread: list[str]) -> None:
    """Read each value as that of its column, or else where it can mean one thing only."""
    assert describe(read_claims([text])) == (lines, diagnoses, unread)
    rows = read_claims([f"# a comment\n{text}\n"])
    assert describe(rows) == (lines, diagnoses, [f"line 2: {reason}" for reason in unread])


@pytest.mark.parametrize(("text", "lines", "diagnoses", "unread"), TABLES)
def test_reads_tables_by_position(text: str, lines: list[str], diagnoses: list[str], unread: list[str]) -> None:
    """Read rows by position, unless a row shows that the table has another order."""
    assert describe(read_claims([text])) == (lines, diagnoses, unread)


def test_typed_rows_are_one_claim() -> None:
    """Read arguments with columns and others as one claim, in their order."""
    parsed = read_claims(["M54.16", "64483,50,1,450.00,2026-07-01,A,11", "64494,59", "20610", "x2", "J1010,,40"])
    lines = ["64483-50 $450.00 2026-07-01 >A @11", "64494-59", "20610 x2", "J1010 x40"]
    assert describe(parsed) == (lines, ["A M54.16"], [])


def test_a_blank_may_be_between_arguments() -> None:
    """Read a code and its modifier the same in one argument and in two."""
    assert describe(read_claims(["64483", "50"])) == describe(read_claims(["64483 50"])) == (["64483-50"], [], [])


def test_many_rows_take_time_by_their_number() -> None:
    """Read twice as many rows in about twice the time, in order or in another one that is never clear."""
    for row in ("20610,59,1,1,2026-07-01,,21\n", "J1010,40,11,2026-07-01\n"):
        times = []
        for count in (1_500, 6_000):
            start = time.process_time()
            read_claims([row * count])
            times.append(time.process_time() - start)
        assert times[1] < 10 * times[0]


@pytest.mark.parametrize(("name", "cell"), [("code", "64483"), ("dx", "M54.16"), ("dx", "")])
def test_many_columns_take_time_by_their_number(name: str, cell: str) -> None:
    """Read eight times as many columns of one name in about eight times the time, filled or empty."""
    times = []
    for count in (4_000, 32_000):
        start = time.process_time()
        parsed = read_claims([f"code{f',{name}' * count}\n64483{f',{cell}' * count}\n"])
        times.append(time.process_time() - start)
        assert [line.code for line in parsed.lines] == ["64483"]
    assert times[1] < 20 * times[0]
