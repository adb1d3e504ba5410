"""Modifiers of claim lines: known or not, by the indicators of the code, and against each other.

Sources: the record layout of the fee schedule (Medicare Claims Processing Manual, CPM, chapter 23, addendum) and the
sections that stand beside the cases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.claims.sets import DAY, fee_schedule, hcpcs, make_line
from tests.codesets.files import hcpcs_row
from tests.codesets.pfs_files import make_row, make_unpaid_row

if TYPE_CHECKING:
    from cptref.models.claims import ClaimAnswer, EditResult
    from tests.claims.conftest import AddSets, CheckClaim, CheckLines, RunClaim
    from tests.conftest import Run

CLAIMS_MANUAL = "Medicare Claims Processing Manual"
CODE = "20001"  # of the made-up fee schedule
FIELDS = {
    "bilateral": "BILAT SURG",
    "pctc": "PCTC IND",
    "multiple": "MULT PROC",
    "assistant": "ASST SURG",
    "cosurgeon": "CO- SURG",
    "team": "TEAM SURG",
    "global": "GLOB DAYS",
}


class Case(NamedTuple):
    """A field, a modifier, and the verdict on it by each value of the field."""

    field: str
    modifier: str
    ok: str = ""
    look: str = ""
    deny: str = ""


CASES = [
    # CPM chapter 12, section 40.7: 150% with 1, each side with 3; 0, 2 and 9 have no adjustment for both sides
    Case("bilateral", "50", ok="1 3", deny="0 2 9"),
    *(Case("bilateral", side, ok="1 3", look="0 2 9") for side in ("RT", "LT")),
    # The addendum's field PCTC IND: 26 and TC go with 1; 6 is interpreted with 26
    Case("pctc", "26", ok="1 6", deny="0 2 3 4 5 7 8 9"),
    Case("pctc", "TC", ok="1", deny="0 2 3 4 5 6 7 8 9"),
    # CPM chapter 12, section 40.6: 0 has no reduction, 9 does not apply
    Case("multiple", "51", ok="2 3 4 5 6 7", look="0 9"),
    # CPM chapter 12, section 20.4.3: 0 by documentation, 1 not by statute, 2 paid
    *(Case("assistant", name, ok="2", look="0", deny="1 9") for name in ("80", "81", "82", "AS")),
    # CPM chapter 12, section 40.8: 0 not paid, 1 by documentation, 2 paid
    Case("cosurgeon", "62", ok="2", look="1", deny="0 9"),
    Case("team", "66", ok="2", look="1", deny="0 9"),
    # NCCI Policy Manual, chapter 1, section E; CPM chapter 12, sections 30.6.6 and 40.2: these go on visits
    *(
        Case("global", name, ok="XXX", look="MMM YYY ZZZ", deny="000 010 090")
        for name in ("24", "25", "27", "57", "FS", "FT")
    ),
    # CPM chapter 12, section 40.2: the parts of a package of several days
    *(Case("global", name, ok="010 090", look="000 MMM YYY", deny="XXX ZZZ") for name in ("54", "55", "56")),
    # CPM chapter 12, sections 40.2 to 40.4: within the period of another operation
    *(Case("global", name, ok="000 010 090 MMM", look="XXX YYY ZZZ") for name in ("58", "78", "79")),
]
VALUES = [
    pytest.param(case.field, value, case.modifier, verdict, id=f"{case.modifier} {case.field} {value}")
    for case in CASES
    for verdict, values in (("ok", case.ok), ("look", case.look), ("deny likely", case.deny))
    for value in values.split()
]


def list_results(answer: ClaimAnswer) -> list[EditResult]:
    """Return what the edit on modifiers says."""
    return [result for result in answer.results if result.edit == "modifier"]


def find_result(answer: ClaimAnswer) -> EditResult:
    """Return the one result of the edit on modifiers."""
    (result,) = list_results(answer)
    return result


@pytest.mark.parametrize(("field", "value", "modifier", "verdict"), VALUES)
def test_the_indicator_of_the_code_decides(
    add_sets: AddSets, check_claim: CheckClaim, field: str, value: str, modifier: str, verdict: str
) -> None:
    """Each value of each field has its verdict, with the release that it is from."""
    add_sets(fee_schedule(make_row(CODE, **{FIELDS[field]: value})))
    result = find_result(check_claim(f"{CODE}-{modifier}"))
    assert (result.verdict, result.lines, result.code) == (verdict, (1,), CODE)
    assert result.says.startswith(f"{modifier} on {CODE}: ")
    assert result.rule == ("Fee schedule RVU26C", "pfs", "2026C", "")


@pytest.mark.parametrize(
    ("typed", "fields", "says", "remedy"),
    [
        (
            "50",
            {"BILAT SURG": "0"},
            (
                "50 on 20001: bilateral indicator 0: no 150% for both sides: at most 100% of one code is paid for "
                "them; 50 needs indicator 1 or 3"
            ),
            "20001 without 50",
        ),
        (
            "RT",
            {"BILAT SURG": "9"},
            "RT on 20001: bilateral indicator 9: the concept does not apply; some contractors deny RT then",
            "the contractor's word on RT with 20001",
        ),
        (
            "26",
            {"PCTC IND": "2"},
            (
                "26 on 20001: PC/TC indicator 2: the professional part alone; other codes stand for the technical part "
                "and for both; 26 needs indicator 1 or 6"
            ),
            "20001 without 26",
        ),
        ("80", {"ASST SURG": "1"}, "80 on 20001: assistant indicator 1: not paid, by law", ""),
        (
            "AS",
            {"ASST SURG": "0"},
            "AS on 20001: assistant indicator 0: paid only if the record shows the need",
            "documentation that shows why an assistant was needed, sent with the claim",
        ),
        (
            "25",
            {"GLOB DAYS": "000"},
            (
                "25 on 20001: global days 000: same-day global period: only the day itself; 25 goes on the code of a "
                "visit, not on that of a procedure"
            ),
            "25 on the line of the visit that it is about",
        ),
        (
            "54",
            {"GLOB DAYS": "ZZZ"},
            (
                "54 on 20001: global days ZZZ: add-on: the global period of its primary code applies; 54 needs care of "
                "several days that can be shared"
            ),
            "20001 without 54",
        ),
        ("62", {"CO- SURG": "7"}, "62 on 20001: co-surgeon indicator 7: not among the values that CMS describes", ""),
    ],
)
def test_the_rule_and_what_would_change_the_verdict_are_said(
    add_sets: AddSets, check_claim: CheckClaim, typed: str, fields: dict[str, str], says: str, remedy: str
) -> None:
    """One sentence has the indicator and its meaning; nothing is offered where nothing would help."""
    add_sets(fee_schedule(make_row(CODE, **fields)))
    result = find_result(check_claim(f"{CODE}-{typed}"))
    assert (result.says, result.remedy) == (says, remedy)


@pytest.mark.parametrize(
    ("on", "verdict"), [("2019-12-31", "ok"), ("2020-01-01", "look"), ("2026-08-01", "look"), ("2026-12-31", "look")]
)
def test_50_on_an_add_on_is_a_question_since_2020(
    add_sets: AddSets, check_claim: CheckClaim, on: str, verdict: str
) -> None:
    """CPT 2020 changed it, and Medicare's indicator stands beside it (CPT 2020, modifier 50)."""
    row = make_row(CODE, GLOB_DAYS="ZZZ")
    add_sets(fee_schedule(row), fee_schedule(row, release="2019A"))
    result = find_result(check_claim(f"{CODE}-50", on=on))
    assert result.verdict == verdict
    if on == "2026-08-01":
        assert result.says == (
            "50 on 20001: CPT reports an add-on for both sides twice, without 50, since 2020; Medicare's bilateral "
            "indicator is 1: 150% is paid for both sides, with modifier 50, with RT and LT, or with 2 units (Fee "
            "schedule RVU26C)"
        )


def test_50_on_an_add_on_without_the_adjustment_is_denied(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """Medicare's indicator is worse than CPT's question."""
    add_sets(fee_schedule(make_row(CODE, GLOB_DAYS="ZZZ", BILAT_SURG="0")))
    assert find_result(check_claim(f"{CODE}-50")).verdict == "deny likely"


@pytest.mark.parametrize(
    ("typed", "verdicts"),
    [
        ("76519-26-50", {"26": "ok", "50": "ok"}),  # each side of the professional part is paid
        ("76519-50", {"50": "deny likely"}),  # the whole is for both sides
        ("76519-TC-50", {"TC": "ok", "50": "deny likely"}),
        ("83020-26", {"26": "ok"}),  # a laboratory test whose interpretation alone is in the fee schedule
        ("83020-TC", {"TC": "unknown"}),
    ],
)
def test_the_row_of_the_part_that_is_billed_decides(
    add_sets: AddSets, check_claim: CheckClaim, typed: str, verdicts: dict[str, str]
) -> None:
    """Rows of 26 and TC have indicators of their own (RVU26C: 76519 and 83020)."""
    add_sets(
        fee_schedule(
            make_row("76519", PCTC_IND="1", BILAT_SURG="2"),
            make_row("76519", "26", PCTC_IND="1", BILAT_SURG="3"),
            make_row("76519", "TC", PCTC_IND="1", BILAT_SURG="2"),
            make_unpaid_row("83020", "X"),
            make_row("83020", "26", PCTC_IND="6", BILAT_SURG="0"),
        )
    )
    results = list_results(check_claim(typed))
    assert {
        modifier: each.verdict for modifier in verdicts for each in results if f"{modifier} " in each.says
    } == verdicts


@pytest.mark.parametrize("status", "EINX")
def test_indicators_of_codes_outside_the_fee_schedule_decide_nothing(
    add_sets: AddSets, check_claim: CheckClaim, status: str
) -> None:
    """Their 9 is no rule (CPM chapter 23, addendum: STATUS CODE)."""
    add_sets(fee_schedule(make_unpaid_row(CODE, status)))
    result = find_result(check_claim(f"{CODE}-50"))
    assert result.verdict == "unknown"
    assert result.says.startswith(f"{CODE} has status {status} (")
    assert result.says.endswith("so its indicators don't say whether 50 goes with 20001")
    assert find_result(check_claim(f"{CODE}-25")).verdict == "ok"


def test_53_has_values_of_its_own_or_the_contractor_decides(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """Some endoscopies have a row with 53 (CPM chapter 12, section 30.1)."""
    add_sets(fee_schedule(make_row("45378"), make_row("45378", "53"), make_row(CODE)))
    assert find_result(check_claim("45378-53")).verdict == "ok"
    result = find_result(check_claim(f"{CODE}-53"))
    assert (result.verdict, result.says, result.remedy) == (
        "look",
        "20001 has no values with 53; the contractor decides what a stopped service pays",
        "documentation that shows why and where it was stopped",
    )


@pytest.mark.parametrize(
    ("typed", "pair", "source"),
    [
        ("RT-LT", "RT and LT", "Medicare Claims Processing Manual, chapter 12, section 40.7"),
        ("LT-RT", "RT and LT", "Medicare Claims Processing Manual, chapter 12, section 40.7"),
        ("50-RT", "50 and RT", "Medicare Claims Processing Manual, chapter 12, section 40.7"),
        ("59-LT-50", "50 and LT", "Medicare Claims Processing Manual, chapter 12, section 40.7"),
        ("TC-26", "26 and TC", "Medicare Claims Processing Manual, chapter 23, addendum: PC/TC indicator"),
        ("GA-GZ", "GA and GZ", "CMS instructions on GA, GY and GZ"),
        ("JW-JZ", "JW and JZ", "Medicare Claims Processing Manual, chapter 17, section 40"),
        ("62-66", "62 and 66", "Medicare Claims Processing Manual, chapter 12, section 40.8"),
        # section 40.8: each of several surgeons bills the operation; an assistant is none of them (20.4.3)
        *(
            (f"{assistant}-{surgeon}", f"{surgeon} and {assistant}", f"{CLAIMS_MANUAL}, chapter 12, section 40.8")
            for surgeon in ("62", "66")
            for assistant in ("80", "81", "82", "AS")
        ),
        ("73-74", "73 and 74", "Medicare Claims Processing Manual, chapter 4, section 20.6.4"),
        ("76-77", "76 and 77", "CPT, appendix A: modifiers"),
        ("81-80", "80 and 81", "Medicare Claims Processing Manual, chapter 12, section 20.4.3"),
        ("80-82", "80 and 82", "Medicare Claims Processing Manual, chapter 12, section 20.4.3"),
        ("81-82", "81 and 82", "Medicare Claims Processing Manual, chapter 12, section 20.4.3"),
        ("59-XE", "59 and XE", "MLN Matters MM8863"),
        ("XU-59", "59 and XU", "MLN Matters MM8863"),
        ("GN-GP", "GN and GP", "Medicare Claims Processing Manual, chapter 5, section 10.6"),
        ("QZ-QX", "QX and QZ", "Medicare Claims Processing Manual, chapter 12, section 50"),
        ("AA-QK", "AA and QK", "Medicare Claims Processing Manual, chapter 12, section 50"),
    ],
)
def test_modifiers_that_contradict_each_other(check_claim: CheckClaim, typed: str, pair: str, source: str) -> None:
    """One line can't say both; no set is needed to know it."""
    (result,) = [each for each in list_results(check_claim(f"{CODE}-{typed}")) if each.verdict == "deny likely"]
    assert result.says.startswith(f"{pair} on one line: ")
    assert result.rule.source == source
    assert result.remedy == f"{CODE} with one of {pair}"


@pytest.mark.parametrize("assistant", ["80", "81", "82"])
def test_as_with_a_physicians_modifier_is_a_question(check_claim: CheckClaim, assistant: str) -> None:
    """AS is for assistants who are no physicians (CPM chapter 12, section 20.4.3), but some payers want both."""
    (result,) = [each for each in list_results(check_claim(f"{CODE}-AS-{assistant}")) if each.verdict == "look"]
    assert (result.says, result.remedy, result.rule.source) == (
        f"{assistant} and AS on one line: {assistant} is a physician's, AS a non-physician's",
        f"20001 with one of {assistant} and AS",
        f"{CLAIMS_MANUAL}, chapter 12, section 20.4.3",
    )


def test_a_line_has_room_for_four_modifiers(check_claim: CheckClaim, run: Run) -> None:
    """A fifth one is read and said to be too many (CMS-1500, item 24D; CPM chapter 26, section 10.4: 99)."""
    answer = check_claim(f"{CODE}-59-RT-51-22", f"{CODE}-59-RT-51-22-76")
    (result,) = [each for each in list_results(answer) if each.verdict == "deny likely"]
    assert (result.lines, result.says, result.remedy, result.rule.source) == (
        (2,),
        "20001-59-RT-51-22-76 has 5 modifiers; a line has room for four modifiers",
        "99 as one of the four, and all of them in item 19",
        f"{CLAIMS_MANUAL}, chapter 26, section 10.4: items 19 and 24D",
    )
    assert "has 5 modifiers" in run("claim", f"{CODE}-59-RT-51-22-76").out


@pytest.mark.parametrize(
    ("typed", "lines", "says", "remedy", "source"),
    [
        # CPM chapter 12, section 40.8: each of two surgeons, and of a team, bills with the modifier
        *(
            (
                f"20002 {CODE}-80 {CODE} {CODE}-{name}",
                (3, 4),
                (
                    f"20001 with {name} and without it on lines of one day: {name} says that {who} did it, and {each} "
                    f"bills it with {name}"
                ),
                f"{name} on every line of 20001 that {the} did together, and on no other",
                f"{CLAIMS_MANUAL}, chapter 12, section 40.8",
            )
            for name, who, each, the in (
                ("62", "two surgeons", "each of them", "the two surgeons"),
                ("66", "a team", "each surgeon of the team", "the team"),
            )
        ),
        # The addendum's field PCTC IND: the service without a modifier is both parts
        (
            f"{CODE}-TC {CODE}-26 {CODE}-59",
            (1, 2),
            (
                "20001 with 26 and with TC on lines of one day: both parts together are the whole service, which has "
                "neither modifier"
            ),
            "one line of 20001 without 26 and TC, if the same practitioner or group did both parts",
            f"{CLAIMS_MANUAL}, chapter 23, addendum: PC/TC indicator",
        ),
    ],
)
def test_lines_of_one_code_that_do_not_go_together(
    check_claim: CheckClaim, typed: str, lines: tuple[int, ...], says: str, remedy: str, source: str
) -> None:
    """A person has to decide whose lines they are; no set is needed to ask."""
    (result,) = [each for each in list_results(check_claim(*typed.split())) if each.verdict == "look"]
    assert (result.lines, result.says, result.remedy, result.rule.source) == (lines, says, remedy, source)


@pytest.mark.parametrize(
    "lines",
    [
        (f"{CODE}-62", f"{CODE}-62"),  # both surgeons on one claim
        (f"{CODE}-62", "20002"),
        (f"{CODE}-26", "20002-TC"),
        (f"{CODE}-26", f"{CODE}-26"),
        (f"{CODE}-62", f"{CODE}-80"),
        (CODE, f"{CODE}-80"),  # a surgeon and the assistant of the same group
    ],
)
def test_lines_that_go_together(check_claim: CheckClaim, lines: tuple[str, ...]) -> None:
    """Nothing is asked of what is billed as it should be."""
    assert "on lines of one day" not in "".join(each.says for each in list_results(check_claim(*lines)))


def test_lines_of_other_days_have_nothing_to_do_with_each_other(check_lines: CheckLines) -> None:
    """Two surgeons on one day do not make two of them on another."""
    answer = check_lines(make_line(f"{CODE}-62", day="2026-08-01"), make_line(CODE, day="2026-08-02"))
    assert {each.lines for each in list_results(answer)} == {(1,)}


@pytest.mark.parametrize("typed", ["24-25", "F1-F2", "GA-GX", "XE-XS", "59-RT", "26-76", "QK-QS", "GA-GY"])
def test_modifiers_that_go_together(check_claim: CheckClaim, typed: str) -> None:
    """What some claims have for good reason is no contradiction."""
    assert "deny likely" not in {result.verdict for result in list_results(check_claim(f"{CODE}-{typed}"))}


@pytest.mark.parametrize(
    ("typed", "verdict"), [(f"{CODE}-50", "ok"), (f"{CODE}-50x1", "ok"), (f"{CODE}-50x2", "deny likely")]
)
def test_50_is_one_unit(add_sets: AddSets, check_claim: CheckClaim, typed: str, verdict: str) -> None:
    """Both sides are one line with 50 and one unit (CPM chapter 12, section 40.7; MLN Matters SE1422)."""
    add_sets(fee_schedule(make_row(CODE)))
    first, *_ = list_results(check_claim(typed))
    assert first.verdict == verdict
    if verdict != "ok":
        assert first.says == "50 with 2 units: 50 stands for both sides as 1 unit on one line"
        assert first.remedy == "1 unit, if each side was treated once"


def test_a_modifier_twice(check_claim: CheckClaim) -> None:
    """It says no more than once, and is judged once."""
    assert [(each.verdict, each.says, each.remedy) for each in list_results(check_claim(f"{CODE}-76-76"))] == [
        ("look", "76 comes more than once on a line of 20001; once says the same", "76 once"),
        ("ok", "76: the same service again on the same day, by the same practitioner", ""),
    ]


@pytest.mark.parametrize(
    ("indicator", "verdict"), [("0", "look"), ("1", "ok"), ("2", "look"), ("3", "ok"), ("9", None)]
)
def test_both_sides_on_two_lines(
    add_sets: AddSets, check_claim: CheckClaim, indicator: str, verdict: str | None
) -> None:
    """RT and LT on lines of one day are paid as both sides are (CPM chapter 12, section 40.7)."""
    add_sets(fee_schedule(make_row(CODE, BILAT_SURG=indicator)))
    answer = check_claim(f"{CODE}-RT", f"{CODE}-LT")
    results = [each for each in list_results(answer) if each.lines == (1, 2)]
    assert [each.verdict for each in results] == ([verdict] if verdict else [])
    assert all(each.says.startswith("20001 with RT and with LT on lines of one day: ") for each in results)


@pytest.mark.parametrize(
    ("typed", "on"),
    [
        ((f"{CODE}-RT-LT", f"{CODE}-LT"), "2026-08-01"),  # the first line contradicts itself
        ((f"{CODE}-RT", f"{CODE}-RT"), "2026-08-01"),
        ((f"{CODE}-RT", "20002-LT"), "2026-08-01"),
        ((f"{CODE}-RT", f"{CODE}-LT"), "2020-01-01"),  # before every release
    ],
)
def test_lines_that_are_not_both_sides(
    add_sets: AddSets, check_claim: CheckClaim, typed: tuple[str, ...], on: str
) -> None:
    """Nothing is said of them together."""
    add_sets(fee_schedule(make_row(CODE), make_row("20002")))
    assert "on lines of one day" not in "".join(each.says for each in list_results(check_claim(*typed, on=on)))


@pytest.mark.parametrize(
    ("on", "verdict", "says"),
    [
        ("2026-08-31", "ok", "YA is valid on 2026-08-31 (2026-08-01 to 2026-08-31, its last day)"),
        ("2026-09-01", "deny likely", "YA was not valid on 2026-09-01: its last day was 2026-08-31"),
        ("2026-07-31", "deny likely", "YA was not valid on 2026-07-31: its first day is 2026-08-01"),
        ("2020-01-01", "deny likely", "YA was not valid on 2020-01-01: its first day is 2026-08-01"),
    ],
)
def test_a_modifier_of_the_hcpcs_file_has_days(
    add_sets: AddSets, check_claim: CheckClaim, on: str, verdict: str, says: str
) -> None:
    """Its first and its last day are days on which it can be used (HCPCS record layout: ADD DT and TERM DT)."""
    add_sets(hcpcs(hcpcs_row("YA", "Made-up modifier", ADD_DT="20260801", TERM_DT="20260831")))
    result = find_result(check_claim(f"{CODE}-YA", on=on))
    assert (result.verdict, result.says) == (verdict, says)
    by_dates = "by its dates in 2026Q3" if on == "2020-01-01" else ""
    assert result.rule == ("HCPCS Level II 2026Q3", "hcpcs", "2026Q3", by_dates)


def test_the_file_outranks_the_list_of_modifiers(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """A modifier that is known here is out of force when the file says so."""
    add_sets(hcpcs(hcpcs_row("KX", "Made-up modifier", TERM_DT="20260731")))
    result = find_result(check_claim(f"{CODE}-KX"))
    assert (result.verdict, result.says) == ("deny likely", f"KX was not valid on {DAY}: its last day was 2026-07-31")


def test_lines_alike_but_for_day_or_units_are_judged_alone(add_sets: AddSets, check_lines: CheckLines) -> None:
    """What holds of one of them is not said of the other."""
    add_sets(
        fee_schedule(make_row(CODE)), hcpcs(hcpcs_row("YA", "Made-up modifier", ADD_DT="20260801", TERM_DT="20260831"))
    )
    days = [make_line(f"{CODE}-YA", day=day) for day in ("2026-08-31", "2026-09-01")]
    answer = check_lines(*days, *(make_line(f"{CODE}-50", units) for units in "12123"))
    assert [(each.lines, each.says.partition(":")[0]) for each in list_results(answer) if each.verdict != "ok"] == [
        ((2,), "YA was not valid on 2026-09-01"),
        ((4, 6), "50 with 2 units"),
        ((7,), "50 with 3 units"),
    ]
    assert [each.lines for each in list_results(answer) if each.verdict == "ok"] == [(1,), (3, 5), (4, 6), (7,)]


def test_minutes_are_no_units_of_50(check_lines: CheckLines) -> None:
    """The units of a line of anesthesia are its time."""
    minutes = make_line(f"{CODE}-50", "75")._replace(unit="MJ")
    assert {each.verdict for each in list_results(check_lines(minutes))} == {"unknown"}


@pytest.mark.parametrize(
    ("modifier", "on", "verdict", "says"),
    [
        ("YB", "2026-08-01", "deny likely", "YB: not in HCPCS Level II 2026Q3"),
        ("YB", "2026-11-01", "unknown", "YB: not in HCPCS Level II 2026Q3; it may be newer or older"),
        ("YB", "2020-01-01", "unknown", "YB: not in HCPCS Level II 2026Q3; it may be newer or older"),
        ("65", "2026-08-01", "unknown", "65: not among the modifiers of CPT that are known here"),
        ("RT", "2026-08-01", "unknown", "the fee schedule says whether RT goes with 20001, and it is not loaded"),
        ("KX", "2026-08-01", "ok", "KX: the service meets the requirements of the medical policy"),
        ("33", "2026-08-01", "ok", "33: a preventive service, so that the patient pays no share where the law says so"),
        ("P3", "2026-08-01", "ok", "P3: a patient with a severe systemic disease under anesthesia"),
        ("E1", "2026-08-01", "ok", "E1: upper left eyelid"),
    ],
)
def test_a_modifier_that_the_hcpcs_file_lacks(
    add_sets: AddSets, check_claim: CheckClaim, modifier: str, on: str, verdict: str, says: str
) -> None:
    """Only a release in force can say that there is no such modifier; those of CPT are in no file."""
    add_sets(hcpcs())
    result = find_result(check_claim(f"{CODE}-{modifier}", on=on))
    assert (result.verdict, result.says) == (verdict, says)


def test_without_sets_what_they_decide_is_unknown(check_claim: CheckClaim, run: Run) -> None:
    """Modifiers that depend on the fee schedule are not judged, the others are; the command says what to load."""
    answer = check_claim(f"{CODE}-50", f"{CODE}-59", f"{CODE}-YA")
    assert [(each.lines, each.verdict) for each in sorted(list_results(answer), key=lambda each: each.lines)] == [
        ((1,), "unknown"),
        ((2,), "ok"),
        ((3,), "unknown"),
    ]
    assert "no fee schedule loaded" in run("claim", f"{CODE}-50").err


@pytest.mark.parametrize(
    ("on", "mark", "verdict", "says"),
    [
        ("2026-11-20", "as of RVU26C", "deny likely", "50 on 20001: "),
        ("2020-01-01", "unknown on 2020-01-01", "unknown", "no loaded fee schedule is old enough to say whether 50 "),
    ],
)
def test_a_release_of_another_time(
    add_sets: AddSets, check_claim: CheckClaim, on: str, mark: str, verdict: str, says: str
) -> None:
    """An older release answers and is named; none answers for a day before all."""
    add_sets(fee_schedule(make_row(CODE, BILAT_SURG="0")))
    result = find_result(check_claim(f"{CODE}-50", on=on))
    assert (result.verdict, result.rule.as_of) == (verdict, mark)
    assert result.says.startswith(says)


@pytest.mark.parametrize(
    ("on", "says"),
    [
        ("2026-08-01", "20002 is not in Fee schedule RVU26C, so nothing says whether 50 goes with 20002"),
        (
            "2026-11-20",
            "20002 is not in Fee schedule RVU26C; the code may be newer, so nothing says whether 50 goes with 20002",
        ),
    ],
)
def test_a_code_without_a_row(add_sets: AddSets, check_claim: CheckClaim, on: str, says: str) -> None:
    """That the code is missing is said of the code; its modifiers are not judged."""
    add_sets(fee_schedule(make_row(CODE)))
    result = find_result(check_claim("20002-50", on=on))
    assert (result.verdict, result.says) == ("unknown", says)


def test_lines_without_modifiers_are_left_alone(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """There is nothing to say of them."""
    add_sets(fee_schedule(make_row(CODE)))
    assert list_results(check_claim(CODE)) == []


def test_the_command_says_the_same(add_sets: AddSets, run_claim: RunClaim, run: Run) -> None:
    """JSON has every result; the exit code is 1 if any is not ok."""
    add_sets(fee_schedule(make_row(CODE, BILAT_SURG="0")))
    assert "20001 without 50" in str(run_claim(f"{CODE}-50", "--on", "2026-08-01")["results"])
    assert run("claim", f"{CODE}-50", "--on", "2026-08-01").code == 1


_TYPED = st.lists(
    st.builds(
        lambda modifiers: "-".join((CODE, *modifiers)),
        st.lists(st.sampled_from(["50", "RT", "LT", "26", "25", "59", "80", "76"]), max_size=3),
    ),
    min_size=1,
    max_size=6,
)


@given(typed=_TYPED, order=st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_no_verdict(
    add_sets: AddSets, check_claim: CheckClaim, typed: list[str], order: object
) -> None:
    """Each line gets what it would get in any other place."""
    add_sets(fee_schedule(make_row(CODE, BILAT_SURG="0")))
    shuffled = [*typed]
    order.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random

    def judge(lines: list[str]) -> list[tuple[str, str, str]]:
        answer = check_claim(*lines)
        return sorted(
            (lines[number - 1], result.verdict, result.says)
            for result in list_results(answer)
            for number in result.lines
        )

    assert judge(shuffled) == judge(typed)
