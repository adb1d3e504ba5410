"""Units of claim lines against the MUE, and lines that come twice.

Sources: NCCI Policy Manual (NCCI), chapter 1, section V; Medicare Claims Processing Manual (CPM).
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cptref.claims.roles import find_role
from tests.claims.sets import fee_schedule, make_line, unit_limits
from tests.codesets.pfs_files import make_row

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    from cptref.models.claims import ClaimAnswer, ClaimLine, EditResult
    from tests.claims.conftest import AddSets, CheckClaim, CheckLines
    from tests.codesets.conftest import RealFile
    from tests.conftest import Run

# Units and adjudication indicator of made-up limits.
LIMITS = [
    ("20001", "1", "1"),
    ("20002", "1", "2"),
    ("20003", "4", "3"),
    ("20004", "0", "2"),
    ("20005", "0", "3"),
    ("20006", "0", "1"),
    ("J0001", "160", "3"),
    ("A0425", "250", "1"),
]
LINE = "MUE 1: each claim line is compared with the limit"
POLICY = "MUE 2: an absolute limit by policy for all lines of the day"
CLINICAL = "MUE 3: a clinical limit for all lines of the day; more needs an appeal"
WHY = 'rationale "Made-up reason"'
OWN_LINE = "a line of its own with a modifier such as 59 or 76 for what is above it, if the documentation shows why"
APPEAL = "an appeal with documentation that shows why more was needed"
DONE_AGAIN = "says that it was done again, if the documentation shows it"
SPREAD = ", with those of a line of several days divided by them"
BOTH_SIDES = "one line with 50 and 1 unit, if both sides were treated (MLN Matters SE1422)"
RELEASE = ("Practitioner MUE 2026Q3", "mue-practitioner", "2026Q3", "")


def list_results(answer: ClaimAnswer, edit: str = "units") -> list[EditResult]:
    """Return what an edit says, in order of lines."""
    return sorted((result for result in answer.results if result.edit == edit), key=lambda result: result.lines)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        # NCCI: with indicator 1, each line alone is compared
        ("20001", [("ok", (1,), f"1 unit of 20001 on a line; at most 1 ({LINE}; {WHY})", "")]),
        ("20001x2", [("deny likely", (1,), f"2 units of 20001 on a line; at most 1 ({LINE}; {WHY})", OWN_LINE)]),
        ("20001 20001-59", [("ok", (1, 2), f"1 unit of 20001 on a line; at most 1 ({LINE}; {WHY})", "")]),
        (
            "20001 20001-59x2",
            [
                ("ok", (1,), f"1 unit of 20001 on a line; at most 1 ({LINE}; {WHY})", ""),
                ("deny likely", (2,), f"2 units of 20001 on a line; at most 1 ({LINE}; {WHY})", OWN_LINE),
            ],
        ),
        # NCCI: with 2, all lines of the day are summed, and no appeal helps
        ("20002-59", [("ok", (1,), f"1 unit of 20002 on the day; at most 1 ({POLICY}; {WHY})", "")]),
        ("20002x2", [("deny likely", (1,), f"2 units of 20002 on the day; at most 1 ({POLICY}; {WHY})", "")]),
        (
            "20002 20003 20002-59",
            [
                ("deny likely", (1, 3), f"2 units of 20002 on the day; at most 1 ({POLICY}; {WHY})", ""),
                ("ok", (2,), f"1 unit of 20003 on the day; at most 4 ({CLINICAL}; {WHY})", ""),
            ],
        ),
        # NCCI: with 3 they are summed too, and more may be paid on appeal
        ("20003x2 20003-76x2", [("ok", (1, 2), f"4 units of 20003 on the day; at most 4 ({CLINICAL}; {WHY})", "")]),
        (
            "20003x2 20003-76x3",
            [("deny likely", (1, 2), f"5 units of 20003 on the day; at most 4 ({CLINICAL}; {WHY})", APPEAL)],
        ),
        # A drug by its units: 40 of 160 are within, 200 are not
        ("J0001x40", [("ok", (1,), f"40 units of J0001 on the day; at most 160 ({CLINICAL}; {WHY})", "")]),
        ("J0001x160", [("ok", (1,), f"160 units of J0001 on the day; at most 160 ({CLINICAL}; {WHY})", "")]),
        (
            "J0001x200",
            [("deny likely", (1,), f"200 units of J0001 on the day; at most 160 ({CLINICAL}; {WHY})", APPEAL)],
        ),
        # A limit of 0 is said as what it is
        *(
            (
                code,
                [
                    (
                        "deny likely",
                        (1,),
                        f"1 unit of {code} {where}; 0 units a day: not expected at all in this setting ({kind}; {WHY})",
                        remedy,
                    )
                ],
            )
            for code, where, kind, remedy in (
                ("20004", "on the day", POLICY, ""),
                ("20005", "on the day", CLINICAL, APPEAL),
                ("20006", "on a line", LINE, ""),
            )
        ),
    ],
)
def test_units_are_compared_as_the_adjudication_indicator_says(
    add_sets: AddSets, check_claim: CheckClaim, typed: str, expected: list[tuple[str, tuple[int, ...], str, str]]
) -> None:
    """The figure, the kind of limit and the rationale are those of the file; the remedy follows from the kind."""
    add_sets(unit_limits(LIMITS))
    results = list_results(check_claim(typed))
    assert [(each.verdict, each.lines, each.says, each.remedy) for each in results] == expected
    assert {each.rule for each in results} == {RELEASE}


def test_a_part_of_a_unit_is_a_question(add_sets: AddSets, check_lines: CheckLines) -> None:
    """Units are whole (CPM chapter 26, section 10.4, item 24G); a part of one of a drug counts as one (chapter 17)."""
    add_sets(unit_limits(LIMITS))
    results = list_results(check_lines(make_line("J0001", "0.5")))
    assert [(each.verdict, each.says, each.remedy) for each in results] == [
        ("look", "J0001 has 0.5 units; units are whole, and for a drug a part of one counts as one", "whole units"),
        ("ok", f"0.5 units of J0001 on the day; at most 160 ({CLINICAL}; {WHY})", ""),
    ]


def test_days_and_minutes_of_a_claim_file(add_sets: AddSets, run: Run, tmp_path: Path) -> None:
    """A claim in X12 has lines of several days, and minutes (837P: SV103 and DTP*472)."""
    add_sets(unit_limits(LIMITS))
    claim = tmp_path / "claim.837"
    claim.write_text(
        "SV1*HC:J0001*100*UN*482***1~DTP*472*RD8*20260801-20260803~SV1*HC:20002:AA*900*MJ*75***1~DTP*472*D8*20260801~",
        encoding="utf-8",
    )
    outcome = run("claim", str(claim), "-v")
    assert outcome.code == 1
    assert f"161 units of J0001 on the day{SPREAD}; at most 160" in outcome.out
    assert "20002-AA: 75 minutes of anesthesia, which no limit of units is compared with" in outcome.out


def test_miles_have_tenths(add_sets: AddSets, check_lines: CheckLines) -> None:
    """Ambulance mileage is reported so (CPM chapter 15, section 20.2)."""
    add_sets(unit_limits(LIMITS))
    (result,) = list_results(check_lines(make_line("A0425", "200.5")))
    assert result.says == f"200.5 units of A0425 on a line; at most 250 ({LINE}; {WHY})"


def test_minutes_of_anesthesia_are_no_units(add_sets: AddSets, check_lines: CheckLines) -> None:
    """They are not compared with a limit (CPM chapter 12, section 50)."""
    add_sets(unit_limits(LIMITS))
    (result,) = list_results(check_lines(make_line("20002-AA", "75")._replace(unit="MJ")))
    assert (result.verdict, result.says) == (
        "ok",
        "20002-AA: 75 minutes of anesthesia, which no limit of units is compared with",
    )


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # NCCI: the units of a line of several days are divided by them and rounded
        ([("J0001", "480", "01", "03")], [("ok", (1,), f"160 units of J0001 on the day{SPREAD}; at most 160")]),
        ([("J0001", "482", "01", "03")], [("deny likely", (1,), f"161 units of J0001 on the day{SPREAD}")]),
        ([("20001", "3", "01", "02")], [("deny likely", (1,), f"2 units of 20001 on a line{SPREAD}; at most 1")]),
        ([("20001", "4", "01", "03")], [("ok", (1,), f"1 unit of 20001 on a line{SPREAD}; at most 1")]),
        # each day is compared: the other lines count only on the days that they share
        (
            [("20002", "3", "01", "03"), ("20002", "1", "03", "03"), ("20002", "1", "04", "04")],
            [
                ("deny likely", (1, 2), f"2 units of 20002 on the day{SPREAD}; at most 1"),
                ("ok", (3,), "1 unit of 20002 on the day; at most 1"),
            ],
        ),
        ([("20002", "1", "01", "01"), ("20002", "1", "02", "02")], [("ok", (1,), "1 unit"), ("ok", (2,), "1 unit")]),
    ],
)
def test_lines_of_several_days(
    add_sets: AddSets,
    check_lines: CheckLines,
    lines: list[tuple[str, str, str, str]],
    expected: list[tuple[str, tuple[int, ...], str]],
) -> None:
    """A day is over where its units are, whatever the other days have."""
    add_sets(unit_limits(LIMITS))
    days = [make_line(code, units, f"2026-08-{first}", f"2026-08-{last}") for code, units, first, last in lines]
    results = list_results(check_lines(*days))
    assert [(each.verdict, each.lines) for each in results] == [(verdict, numbers) for verdict, numbers, _ in expected]
    for result, (_, _, says) in zip(results, expected, strict=True):
        assert result.says.startswith(says)


NO_LIMIT = "no MUE in the file; some limits are confidential, so this is not 'no limit'"


@pytest.mark.parametrize(
    ("code", "on", "verdict", "says", "mark"),
    [
        ("20009", "2026-09-30", "ok", f"20009: {NO_LIMIT}", ""),
        (
            *("20009", "2026-10-01", "unknown"),
            "20009 has no limit in Practitioner MUE 2026Q3; a newer release may have one",
            "as of 2026Q3",
        ),
        (
            *("20002", "2026-06-30", "unknown"),
            "no loaded practitioner MUE is old enough to say how many units of 20002 a day may have",
            "unknown on 2026-06-30",
        ),
        ("20002", "2026-10-01", "ok", f"1 unit of 20002 on the day; at most 1 ({POLICY}; {WHY})", "as of 2026Q3"),
    ],
)
def test_a_code_or_a_day_that_the_release_does_not_answer_for(
    add_sets: AddSets, check_claim: CheckClaim, code: str, on: str, verdict: str, says: str, mark: str
) -> None:
    """Some limits are confidential; a newer release may have one; no release answers for a day before all."""
    add_sets(unit_limits(LIMITS))
    (result,) = list_results(check_claim(code, on=on))
    assert (result.verdict, result.says, result.rule.as_of) == (verdict, says, mark)


def test_without_a_limit_loaded_each_code_is_unknown(check_claim: CheckClaim, run: Run) -> None:
    """Once for a code, with all its lines; the command says what to load."""
    results = list_results(check_claim("20001", "20002", "20001-59"))
    assert [(each.verdict, each.lines, each.says) for each in results] == [
        ("unknown", (1, 3), "no practitioner MUE is loaded, so nothing says how many units of 20001 a day may have"),
        ("unknown", (2,), "no practitioner MUE is loaded, so nothing says how many units of 20002 a day may have"),
    ]
    assert "no practitioner MUE loaded" in run("claim", "20001").err


def test_each_setting_has_its_own_limits(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """Those of hospitals are never those of practitioners; those of suppliers are only named."""
    add_sets(
        unit_limits([("20002", "1", "2")]),
        unit_limits([("20002", "3", "2")], "Outpatient Hospital Services"),
        unit_limits([("E0001", "7", "3")], "DME Supplier Services"),
    )
    verdicts = {}
    for setting in ("practitioner", "hospital"):
        (result,) = list_results(check_claim("20002x2", setting=setting))
        verdicts[result.rule.source] = result.verdict
    assert verdicts == {"Practitioner MUE 2026Q3": "deny likely", "Hospital MUE 2026Q3": "ok"}
    (result,) = list_results(check_claim("E0001x9"))
    assert (result.verdict, result.says) == ("ok", f"E0001: {NO_LIMIT}; for equipment suppliers it is 7 a day")


@pytest.mark.parametrize(
    ("typed", "bilateral", "remedy"),
    [
        ("20002-RT 20002-LT", "1", BOTH_SIDES),
        ("20002-RT 20002-LT", "0", ""),
        ("20002-RT 20002-RT", "1", ""),
        ("20002x2", "1", ""),
        ("20001-RTx2 20001-LTx2", "1", OWN_LINE),
        ("20003-RTx3 20003-LTx3", "1", f"{BOTH_SIDES}; or {APPEAL}"),
    ],
)
def test_both_sides_on_two_lines_are_over_a_limit_of_one(
    add_sets: AddSets, check_claim: CheckClaim, typed: str, bilateral: str, remedy: str
) -> None:
    """Medicare wants them on one line with 50, where the code has the 150% (MLN Matters SE1422)."""
    rows = [make_row(code, BILAT_SURG=bilateral) for code in ("20001", "20002", "20003")]
    add_sets(unit_limits(LIMITS), fee_schedule(*rows))
    (result,) = list_results(check_claim(typed))
    assert (result.verdict, result.remedy) == ("deny likely", remedy)


_CODES = ("20001", "20002", "20003", "J0001")
_DAYS = st.integers(min_value=0, max_value=9)
_LINES = st.lists(
    st.builds(
        lambda code, units, first, days: make_line(
            code, str(units), str(date(2026, 8, 1) + timedelta(first)), str(date(2026, 8, 1) + timedelta(first + days))
        ),
        st.sampled_from(_CODES),
        st.integers(min_value=1, max_value=200),
        _DAYS,
        _DAYS,
    ),
    min_size=1,
    max_size=8,
)


def judge_by_day(lines: list[ClaimLine]) -> list[str]:
    """Return the verdict on the units of each line, computed day by day."""
    limits = {code: (int(units), indicator) for code, units, indicator in LIMITS}

    def daily(line: ClaimLine) -> Decimal:
        return (line.units / ((line.last_day - line.first_day).days + 1)).quantize(Decimal(1), ROUND_HALF_UP)

    def is_over(line: ClaimLine) -> bool:
        units, indicator = limits[line.code]
        if indicator == "1":
            return daily(line) > units
        same = [other for other in lines if other.code == line.code]
        days = (line.first_day + timedelta(day) for day in range((line.last_day - line.first_day).days + 1))
        return any(
            sum(daily(other) for other in same if other.first_day <= day <= other.last_day) > units for day in days
        )

    return ["deny likely" if is_over(line) else "ok" for line in lines]


@given(lines=_LINES, random=st.randoms(use_true_random=False))
def test_every_day_of_every_line_counts(
    add_sets: AddSets, check_lines: CheckLines, lines: list[ClaimLine], random: Random
) -> None:
    """Verdicts are those of a count day by day, in any order of lines, and more lines never help one."""
    add_sets(unit_limits(LIMITS))

    def judge(these: list[ClaimLine]) -> list[str]:
        results = list_results(check_lines(*these))
        by_line = {number: result.verdict for result in results for number in result.lines}
        return [by_line[number] for number in range(1, len(these) + 1)]

    verdicts = judge(lines)
    assert verdicts == judge_by_day(lines)
    order = random.sample(range(len(lines)), len(lines))
    assert judge([lines[place] for place in order]) == [verdicts[place] for place in order]
    for fewer, more in zip(judge(lines[:-1]) if lines[1:] else [], verdicts, strict=False):
        assert (fewer, more) != ("deny likely", "ok")


def test_the_last_day_of_all_is_a_day(add_sets: AddSets, check_lines: CheckLines) -> None:
    """Neither the first nor the last date is too far, and a span that ends before it begins is its first day."""
    add_sets(unit_limits(LIMITS))
    lines = [make_line("20002", "9", "0001-01-02", "9999-12-31"), make_line("20003", "9", "2026-08-05", "2026-08-01")]
    assert [(each.verdict, each.lines) for each in list_results(check_lines(*lines))] == [
        ("unknown", (1,)),
        ("deny likely", (2,)),
    ]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        # CPM chapter 1, section 120: a line that is exactly like another is denied
        ("20009 20009", [("look", (1, 2), "20009 comes twice on the same day; payers deny a line that is exactly")]),
        ("20009-RT-59 20009-59-RT", [("look", (1, 2), "20009-RT-59 comes twice on the same day; payers deny")]),
        ("20009 20009 20009", [("look", (1, 2, 3), "20009 comes 3 times on the same day; payers deny a line")]),
        # modifiers tell the lines apart
        ("20009 20009-76", [("ok", (1, 2), "the lines of 20009 on the day differ in their modifiers")]),
        ("J0001x3 J0001-JWx2", [("ok", (1, 2), "the lines of J0001 on the day differ in their modifiers")]),
        ("20009-RT 20009-LT", [("ok", (1, 2), "the lines of 20009 on the day differ in their modifiers")]),
        # CPT, appendix A: 76, 77 and 91 say that it was done again
        ("20009-76 20009-76", [("ok", (1, 2), f"20009-76 comes twice on the same day; 76 {DONE_AGAIN}")]),
        ("20009-77 20009-77", [("ok", (1, 2), f"20009-77 comes twice on the same day; 77 {DONE_AGAIN}")]),
        ("20009-91 20009-91", [("ok", (1, 2), f"20009-91 comes twice on the same day; 91 {DONE_AGAIN}")]),
        ("20009-59 20009-59", [("look", (1, 2), "20009-59 comes twice on the same day; payers deny a line")]),
        ("20009 20009 20009-76", [("look", (1, 2), "20009 comes twice on the same day; payers deny")]),
        ("20009 20008", []),
    ],
)
def test_lines_that_come_twice(
    check_claim: CheckClaim, typed: str, expected: list[tuple[str, tuple[int, ...], str]]
) -> None:
    """The same code and modifiers, in any order, are a question; what tells lines apart is no duplicate."""
    results = list_results(check_claim(typed), "duplicate")
    assert [(each.verdict, each.lines) for each in results] == [(verdict, numbers) for verdict, numbers, _ in expected]
    for result, (verdict, _, says) in zip(results, expected, strict=True):
        assert result.says.startswith(says)
        remedy = "a modifier such as 76, 77 or 91 (tests), if the documentation shows that it was done again"
        assert result.remedy == (remedy if verdict == "look" else "")
        assert result.rule.source == "Medicare Claims Processing Manual, chapter 1, section 120"


def test_lines_that_differ_in_units_or_charge(check_lines: CheckLines) -> None:
    """They are not exactly alike, and still a question; a line without a charge may be like one that has one."""

    def judge(*lines: ClaimLine) -> list[tuple[tuple[int, ...], str]]:
        results = list_results(check_lines(*lines), "duplicate")
        assert {each.verdict for each in results} == {"look"}
        return [(each.lines, each.says.partition("; ")[0]) for each in results]

    one, more = make_line("20009"), make_line("20009", "12")
    cheap, dear = (one._replace(charge=Decimal(charge)) for charge in (100, 200))
    differ = "20009 has the same modifiers on {} lines of the day, which differ in units or charge"
    assert judge(one, more) == [((1, 2), differ.format(2))]
    assert judge(cheap, dear) == [((1, 2), differ.format(2))]
    assert judge(cheap, one) == judge(cheap, cheap) == [((1, 2), "20009 comes twice on the same day")]
    assert judge(one, more, one) == [((1, 2, 3), differ.format(3)), ((1, 3), "20009 comes twice on the same day")]
    result, *_ = list_results(check_lines(one, more), "duplicate")
    again = "a modifier such as 76, 77 or 91 (tests), if the documentation shows that it was done again"
    assert result.remedy == f"one line with all units, or {again}"


@pytest.mark.parametrize(
    ("typed", "verdicts"),
    [
        # CPM chapter 23, addendum: PC/TC indicator
        ("20002-26 20002-TC", ["ok", "ok"]),
        ("20003-26x4 20003-TCx4", ["ok", "ok"]),
        ("20002-26 20002-26 20002-TC", ["deny likely", "deny likely", "ok"]),
        ("20002-26 20002-TC 20002-TC", ["ok", "deny likely", "deny likely"]),
        ("20002 20002-26", ["deny likely", "deny likely"]),
        ("20002 20002-TC", ["deny likely", "deny likely"]),
        ("20002 20002-26 20002-TC", ["deny likely", "deny likely", "deny likely"]),
        ("20002-26-TC 20002", ["deny likely", "deny likely"]),
        ("20002-26-TC 20002-26 20002-TC", ["deny likely", "deny likely", "deny likely"]),
        # CPM chapter 12, sections 40.2 and 40.4: practitioners may share the package
        ("20002-54 20002-55", ["ok", "ok"]),
        ("20002-56 20002-54 20002-55", ["ok", "ok", "ok"]),
        ("20002-54-55 20002-56", ["ok", "ok"]),
        ("20002-54-55 20002-55", ["deny likely", "deny likely"]),
        ("20002-55 20002-54 20002-55", ["deny likely", "ok", "deny likely"]),
        ("20002 20002-55", ["deny likely", "deny likely"]),
        ("20002-54 20002-55-80", ["ok", "ok"]),
    ],
)
def test_the_parts_of_a_service_are_one_service(
    add_sets: AddSets, check_claim: CheckClaim, typed: str, verdicts: list[str]
) -> None:
    """Each part counts with the whole service, but not with another part; two lines of one part are too many."""
    add_sets(unit_limits(LIMITS))
    results = list_results(check_claim(*typed.split()))
    assert [
        "deny likely" if any(number in each.lines for each in results if each.verdict != "ok") else "ok"
        for number in range(1, len(typed.split()) + 1)
    ] == verdicts
    assert len({each.lines for each in results}) == len(results)


@pytest.mark.parametrize("name", ["80", "81", "82", "AS", "62", "66"])
def test_lines_of_other_practitioners_are_summed_apart(name: str, add_sets: AddSets, check_claim: CheckClaim) -> None:
    """A limit is that of one practitioner (NCCI, section V); an assistant is another one (CPM 12, 20.4.3 and 40.8)."""
    add_sets(unit_limits(LIMITS))
    answer = check_claim("20002", f"20002-{name}")
    assert [(each.verdict, each.lines) for each in list_results(answer)] == [("ok", (1,)), ("ok", (2,))]
    who = {"62": "two surgeons", "66": "a team"}.get(name, "an assistant")
    assert list_results(answer)[1].says.startswith(f"1 unit of 20002 on the day by {who}; at most 1")
    answer = check_claim("20002", f"20002-{name}x2")
    assert [(each.verdict, each.lines) for each in list_results(answer)] == [("ok", (1,)), ("deny likely", (2,))]


def test_lines_of_other_days_or_claims_are_no_duplicates(check_lines: CheckLines) -> None:
    """Each claim and each day is looked at alone."""
    first = make_line("20009", day="2026-08-01")
    others = [
        make_line("20009", day="2026-08-02"),
        first._replace(claim=2),
        make_line("20009", "1", "2026-08-01", "2026-08-01"),
        make_line("20009", "1", "2026-08-01", "2026-08-03"),
    ]
    results = list_results(check_lines(first, *others), "duplicate")
    assert [(each.verdict, each.lines, each.claim) for each in results] == [("look", (1, 4), 1)]


def test_real_limits(real_file: RealFile, run: Run, check_claim: CheckClaim) -> None:
    """In the practitioner file of April 2026, 40 units of J1010 are within its 160, and J1030 has no limit."""
    name = "MCR_MUE_PractitionerServices_Eff_04-01-2026.csv"
    assert run("add", str(real_file(name))).code == 0
    results = list_results(check_claim("J1010x40", "J1030", "64483x2", on="2026-05-01"))
    assert [(each.verdict, each.lines) for each in results] == [("ok", (1,)), ("ok", (2,)), ("deny likely", (3,))]
    (result,) = list_results(check_claim("J1010x200", on="2026-05-01"))
    assert (result.verdict, result.remedy) == ("deny likely", APPEAL)


@pytest.mark.parametrize("modifiers", [("62", "80"), ("80", "62"), ("RT", "AS", "66")])
def test_no_order_of_modifiers_changes_whose_line_it_is(modifiers: tuple[str, ...]) -> None:
    """Return one role for modifiers that contradict each other, in whatever order they come."""
    assert find_role(modifiers) == "an assistant"
