"""Pair edits on claims: which code is denied on which days, and which modifiers on which line answer an edit.

Sources: NCCI Policy Manual (NCCI), chapter 1, section E; CMS change request 11168; the layout of the files.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.claims.sets import DAY, fee_schedule, make_line, pair_edits
from tests.codesets.files import ptp_row
from tests.codesets.pfs_files import make_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from cptref.models.claims import ClaimAnswer, EditResult
    from tests.claims.conftest import AddSets, CheckClaim, CheckLines

# 20552 is paid and 64483 denied, unless a modifier helps; beside 62323, none does. A visit is denied beside 64483.
EDITS = (
    ptp_row("20552", "64483", "20170101", rationale="Misuse of column two"),
    ptp_row("64483", "20552", "20100101", "20161231"),
    ptp_row("62323", "64483", "20150101", indicator="0", rationale="Mutually exclusive"),
    ptp_row("64483", "99213", "20100101"),
    ptp_row("64483", "80048", "20100101"),
    ptp_row("64483", "0001U", "20100101"),
    ptp_row("20552", "J1010", "20260801", "20260930"),
    ptp_row("20552", "20610", "20100101", "20100101", "9"),
)
PAIR = 'pair 20552/64483, indicator 1, since 2017-01-01: "Misuse of column two"'
IN_PERIOD = "would pass the edit; check that it fits: it is for an operation in the global period of another one"
SEPARATE = (
    "a modifier such as 59, XE, XP, XS or XU on 64483, or one for another side, eyelid, finger, toe or artery, "
    "if the documentation shows that the two were separate"
)


def list_pairs(answer: ClaimAnswer) -> list[EditResult]:
    """Return what pair edits say."""
    return [result for result in answer.results if result.edit == "pair"]


def judge(answer: ClaimAnswer) -> dict[str, str]:
    """Return the worst verdict of pair edits on each line, by its text."""
    verdicts: dict[str, str] = {}
    for result in list_pairs(answer):
        for number in result.lines:
            verdicts.setdefault(answer.lines[number - 1].line.label, result.verdict)
    return verdicts


class Case(NamedTuple):
    """Lines of one day, and the verdict on each that is not ok."""

    lines: str
    expected: dict[str, str]


CASES = {
    # NCCI, section A: column 2 is denied, whichever line comes first
    "column 2 is denied": Case("20552 64483", {"64483": "deny likely"}),
    "in either order of lines": Case("64483 20552", {"64483": "deny likely"}),
    "no pair": Case("20552 62323", {}),
    "one code alone": Case("64483 64483", {}),
    # NCCI, section E: indicator 0 no modifier, 1 a modifier, 9 no edit
    "indicator 0": Case("62323 64483", {"64483": "deny likely"}),
    "indicator 0 with a modifier": Case("62323 64483-59", {"64483-59": "deny likely"}),
    "indicator 9": Case("20552 20610", {}),
    **{f"{name} on column 2": Case(f"20552 64483-{name}", {}) for name in ("59", "XS", "LT")},
    # NCCI, section E.1: 91 and 58, 78, 79 are on the list, but they are for tests and for global periods
    **{
        f"{name} on column 2": Case(f"20552 64483-{name}", {f"64483-{name}": "look"})
        for name in ("91", "58", "78", "79")
    },
    **{f"{name} on column 1": Case(f"20552-{name} 64483", {"64483": "look"}) for name in ("91", "58", "78", "79")},
    "91 on a test": Case("64483 80048-91", {}),
    "91 on a test by its U code": Case("64483 0001U-91", {}),
    "91 beside a test": Case("64483-91 80048", {"80048": "look"}),
    "79 and 59": Case("20552 64483-79-59", {}),
    "79 and a side": Case("20552 64483-79-RT", {}),
    "79 and the same side": Case("20552-RT 64483-79-RT", {"64483-79-RT": "look"}),
    "79 and the other side": Case("20552-LT 64483-79-RT", {}),
    # NCCI, section E.1: an eyelid, finger, toe or artery must be where the service was done, which no file says
    **{
        f"{name} on column 2": Case(f"20552 64483-{name}", {f"64483-{name}": "look"})
        for name in ("E1", "F1", "FA", "T9", "TA", "RI")
    },
    "a finger on column 1": Case("20552-F1 64483", {"64483": "look"}),
    "two fingers": Case("20552-F1 64483-F2", {}),
    "two eyelids": Case("20552-E1 64483-E3", {}),
    "two arteries": Case("20552-LD 64483-RC", {}),
    "a finger and a toe": Case("20552-F1 64483-T1", {"64483-T1": "look"}),
    "two fingers and one of them": Case("20552-F1-F2 64483-F2", {"64483-F2": "look"}),
    "the same side, other fingers": Case("20552-RT-F5 64483-RT-F6", {}),
    # NCCI, section E.1: on a visit 24, 25 and 57, for hospitals 27; these on no other code
    **{
        f"{name} on a visit": Case(f"64483 99213-{name}", {f"99213-{name}": "deny likely"})
        for name in ("59", "XE", "XP", "XS", "XU", "58", "91", "LT", "F1", "27")
    },
    **{f"{name} on a visit": Case(f"64483 99213-{name}", {}) for name in ("24", "25", "57")},
    **{
        f"{name} on a procedure": Case(f"20552 64483-{name}", {f"64483-{name}": "deny likely"})
        for name in ("24", "25", "57", "27")
    },
    "25 on column 1": Case("64483-25 99213", {"99213": "deny likely"}),
    "59 beside a visit": Case("64483-59 99213", {}),
    # Change request 11168: on either of the two lines
    "a modifier on column 1": Case("20552-XS 64483", {}),
    "a modifier on both": Case("20552-59 64483-59", {}),
    **{
        f"{name} answers no edit": Case(f"20552 64483-{name}", {f"64483-{name}": "deny likely"})
        for name in ("50", "51", "22", "KX", "76")
    },
    # NCCI, section E: the two must be at different places of the body
    "the same side": Case("20552-RT 64483-RT", {"64483-RT": "look"}),
    "the same finger": Case("20552-F1 64483-F1", {"64483-F1": "look"}),
    "the other side": Case("20552-LT 64483-RT", {}),
    "the same side and 59": Case("20552-RT 64483-RT-59", {}),
    # Each line is judged by its own modifiers; one without on column 1 denies all without on column 2
    "two lines of column 2": Case("20552 64483-59 64483", {"64483": "deny likely"}),
    "two lines of column 1": Case("20552 20552-59 64483", {"64483": "deny likely"}),
    "two lines of column 1 with modifiers": Case("20552-XS 20552-59 64483", {}),
    "two lines of column 1, one at the same place": Case("20552-LT 20552-RT 64483-RT", {"64483-RT": "look"}),
    "a visit": Case("64483 99213", {"99213": "deny likely"}),
    "a line that is in two pairs": Case("20552 62323 64483-59", {"64483-59": "deny likely"}),
}


@pytest.mark.parametrize("name", CASES)
def test_verdicts_of_one_day(name: str, add_sets: AddSets, check_claim: CheckClaim) -> None:
    """Judge each line by its code, the codes beside it, and the modifiers of both."""
    add_sets(pair_edits(*EDITS))
    case = CASES[name]
    verdicts = judge(check_claim(*case.lines.split()))
    assert {label: verdict for label, verdict in verdicts.items() if verdict != "ok"} == case.expected
    assert verdicts.keys() == ({*case.lines.split()} if name != "one code alone" else set())


@pytest.mark.parametrize(
    ("lines", "verdict", "says", "remedy"),
    [
        (
            "20552 64483",
            "deny likely",
            f"64483 is not paid on the same day as 20552, unless a modifier says that they were separate ({PAIR})",
            SEPARATE,
        ),
        (
            "62323 64483-59",
            "deny likely",
            (
                "64483 is not paid on the same day as 62323, and no modifier changes that "
                '(pair 62323/64483, indicator 0, since 2015-01-01: "Mutually exclusive")'
            ),
            "",
        ),
        (
            "20552 64483-XS",
            "ok",
            f"XS on 64483 lets 64483 be paid beside 20552, if the documentation shows that they were separate ({PAIR})",
            "",
        ),
        (
            "20552-59 64483",
            "ok",
            f"59 on 20552 lets 64483 be paid beside 20552, if the documentation shows that they were separate ({PAIR})",
            "",
        ),
        (
            "20552-RT 64483-RT",
            "look",
            f"20552 and 64483 both have RT, which does not tell them apart ({PAIR})",
            SEPARATE,
        ),
        (
            "64483 99213",
            "deny likely",
            (
                "99213 is not paid on the same day as 64483, unless a modifier says that they were separate "
                '(pair 64483/99213, indicator 1, since 2010-01-01: "A made-up rationale")'
            ),
            "a modifier such as 25 on 99213, if the documentation shows a visit of its own",
        ),
        (
            "64483 80048",
            "deny likely",
            (
                "80048 is not paid on the same day as 64483, unless a modifier says that they were separate "
                '(pair 64483/80048, indicator 1, since 2010-01-01: "A made-up rationale")'
            ),
            (
                "a modifier such as 59 or 91 (or XE, XP, XS, XU) on 80048, if the documentation shows that it was "
                "another test"
            ),
        ),
    ],
)
def test_what_a_result_says(
    lines: str, verdict: str, says: str, remedy: str, add_sets: AddSets, check_claim: CheckClaim
) -> None:
    """Name both codes, the edit with its first day and rationale, the modifiers, and the file."""
    add_sets(pair_edits(*EDITS))
    answer = check_claim(*lines.split())
    (result,) = (result for result in list_pairs(answer) if result.code)
    assert (result.verdict, result.says, result.remedy) == (verdict, says, remedy)
    assert (result.lines, result.beside, str(result.day)) == ((2,), (1,), DAY)
    assert result.rule == ("Practitioner pair edits 2026Q3", "ptp-practitioner", "2026Q3", "")


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("20552 64483-E1", "E1 on 64483 would pass the edit; check that it names where the service was done"),
        ("20552-F1 64483", "F1 on 20552 would pass the edit; check that it names where the service was done"),
        ("20552-F1-F2 64483-F2", "20552 and 64483 both have F2, which does not tell them apart"),
        (
            "20552 64483-91",
            "91 on 64483 would pass the edit; check that it fits: it is for a laboratory test that was done again",
        ),
        ("20552 64483-79", f"79 on 64483 {IN_PERIOD}"),
        ("20552-58 64483", f"58 on 20552 {IN_PERIOD}"),
        ("20552-RT 64483-RT-78", f"78 on 64483 {IN_PERIOD}"),
    ],
)
def test_what_is_said_of_a_modifier_that_may_not_fit(
    lines: str, says: str, add_sets: AddSets, check_claim: CheckClaim
) -> None:
    """Say which modifier would pass the edit, and on which code (NCCI, section E.1)."""
    add_sets(pair_edits(*EDITS))
    (result,) = (result for result in list_pairs(check_claim(*lines.split())) if result.code)
    assert (result.verdict, result.says) == ("look", f"{says} ({PAIR})")


@pytest.mark.parametrize(("global_days", "verdict"), [("000", "look"), ("010", "ok"), ("090", "ok"), ("XXX", "look")])
@pytest.mark.parametrize("name", ["58", "78", "79"])
def test_an_operation_in_the_global_period_of_the_other_code(
    name: str, global_days: str, verdict: str, add_sets: AddSets, check_claim: CheckClaim
) -> None:
    """These modifiers fit beside an operation with days after it (CMS IOM 100-04, chapter 12, 40.1 and 40.2)."""
    rows = (make_row("20552", GLOB_DAYS=global_days), make_row("64483", GLOB_DAYS="000"))
    add_sets(pair_edits(*EDITS), fee_schedule(*rows))
    assert judge(check_claim("20552", f"64483-{name}"))[f"64483-{name}"] == verdict
    assert judge(check_claim(f"20552-{name}", "64483"))["64483"] == "look"


def test_many_places_on_the_body_are_looked_at(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """Don't compare every line with every other: where column 1 has very many places, a person has to decide."""
    add_sets(pair_edits(*EDITS))
    toes = [f"T{number}" for number in range(1, 10)]
    several = [f"20552-{'-'.join(three)}-LT" for three in combinations(toes, 3)]
    assert judge(check_claim(*several[:50], "64483-RT"))["64483-RT"] == "ok"
    assert judge(check_claim(*several, "64483-RT"))["64483-RT"] == "look"


def test_27_counts_for_hospitals(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """A second visit of the day in the hospital has 27 (NCCI, section E.1)."""
    add_sets(pair_edits(*EDITS, setting="hospital"))
    assert judge(check_claim("64483", "99213-27", setting="hospital"))["99213-27"] == "ok"


@pytest.mark.parametrize(("day", "verdict"), [("2019-06-30", "deny likely"), ("2019-07-01", "ok")])
@pytest.mark.parametrize("name", ["59", "XE", "XP", "XS", "XU"])
def test_59_on_column_1_counts_since_2019_07_01(
    name: str, day: str, verdict: str, add_sets: AddSets, check_claim: CheckClaim
) -> None:
    """Before that day, 59 counts on column 2 alone, and other modifiers on either (change request 11168)."""
    add_sets(pair_edits(*EDITS))
    assert judge(check_claim(f"20552-{name}", "64483", on=day))["64483"] == verdict
    assert judge(check_claim("20552", f"64483-{name}", on=day))[f"64483-{name}"] == "ok"
    assert judge(check_claim("20552-79", "64483", on=day))["64483"] == "look"
    assert judge(check_claim(f"20552-79-{name}", "64483", on=day))["64483"] == ("ok" if verdict == "ok" else "look")


@pytest.mark.parametrize(
    ("global_days", "remedy"),
    [
        ("000", "25 on 99213, if the documentation shows a visit of its own"),
        ("010", "25 on 99213, if the documentation shows a visit of its own"),
        ("090", "57 on 99213, if the documentation shows that the operation was decided at the visit"),
    ],
)
def test_what_helps_a_visit_depends_on_the_operation(
    global_days: str, remedy: str, add_sets: AddSets, check_claim: CheckClaim
) -> None:
    """57 is for the visit at which an operation with 90 days was decided (CMS IOM 100-04, chapter 12, 30.6.6)."""
    add_sets(pair_edits(*EDITS), fee_schedule(make_row("64483", GLOB_DAYS=global_days), make_row("99213")))
    (result,) = (result for result in list_pairs(check_claim("64483", "99213")) if result.code)
    assert result.remedy == f"a modifier such as {remedy}"


def test_indicator_0_decides_over_periods_that_overlap(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """Tell of both, and suggest no modifier (NCCI, section E: indicator 0 means that none helps)."""
    rows = (
        ptp_row("20552", "64483", "20170101"),
        ptp_row("20552", "64483", "20170101", "20271231", indicator="0"),
    )
    add_sets(pair_edits(*rows))
    for label in ("64483", "64483-59"):
        results = [result for result in list_pairs(check_claim("20552", label)) if result.code]
        assert judge(check_claim("20552", label))[label] == "deny likely"
        assert ["indicator 0" in result.says for result in results].count(True) == 1
        assert [result.remedy for result in results] == ["", ""]


def test_one_result_says_that_there_is_no_edit(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """Say it once for all codes of a day, not once for each pair of them."""
    add_sets(pair_edits(*EDITS))
    (clean,) = list_pairs(check_claim("20552", "62323", "20610", "20611"))
    assert (clean.verdict, clean.says, clean.lines) == (
        "ok",
        "no pair edit among the 4 codes of the day",
        (1, 2, 3, 4),
    )
    _, rest = list_pairs(check_claim("20552", "64483", "20610"))
    assert (rest.says, rest.lines) == ("no pair edit denies these lines beside the other codes of the day", (1, 3))


# The first and the last day of an edit are in force (the layout: every last day ends a quarter). J1010 is denied from
# 2026-08-01 to 2026-09-30, and a pair is one on each day that two lines share.
SPANS = {
    "the day before the first": ("2026-07-31", "2026-07-31", "2026-07-31", "2026-07-31", ""),
    "the first day": ("2026-08-01", "2026-08-01", "2026-08-01", "2026-08-01", "2026-08-01"),
    "the last day": ("2026-09-30", "2026-09-30", "2026-09-30", "2026-09-30", "2026-09-30"),
    "the day after the last": ("2026-10-01", "2026-10-01", "2026-10-01", "2026-10-01", ""),
    "days of their own": ("2026-08-10", "2026-08-10", "2026-08-11", "2026-08-11", ""),
    "a span around the other": ("2026-08-01", "2026-08-31", "2026-08-11", "2026-08-11", "2026-08-11"),
    "spans that share one day": ("2026-08-01", "2026-08-11", "2026-08-11", "2026-08-31", "2026-08-11"),
    "spans one after the other": ("2026-08-01", "2026-08-10", "2026-08-11", "2026-08-31", ""),
    "days shared before it begins": ("2026-07-01", "2026-07-31", "2026-07-15", "2026-08-15", ""),
    "days shared when it begins": ("2026-07-01", "2026-08-01", "2026-07-15", "2026-08-15", "2026-08-01"),
}


@pytest.mark.parametrize("name", SPANS)
def test_days_that_lines_share(name: str, add_sets: AddSets, check_lines: CheckLines) -> None:
    """Deny column 2 if a day of the edit is one of both lines, and name the first."""
    add_sets(pair_edits(*EDITS))
    first, first_end, second, second_end, day = SPANS[name]
    answer = check_lines(
        make_line("20552", day=first, last_day=first_end), make_line("J1010", day=second, last_day=second_end)
    )
    denied = [result for result in list_pairs(answer) if result.verdict == "deny likely"]
    assert [str(result.day) for result in denied] == ([day] if day else [])


def test_the_order_of_a_pair_on_its_day(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """Deny 20552 beside 64483 until 2016-12-31, and the other way around since then, by the dates of a later file."""
    add_sets(pair_edits(*EDITS))
    codes = {}
    for day in ("2009-12-31", "2010-01-01", "2016-12-31", "2017-01-01"):
        results = list_pairs(check_claim("20552", "64483", on=day))
        codes[day] = [result.code for result in results if result.verdict == "deny likely"]
        assert results[0].rule.as_of == "by its dates in 2026Q3"
    assert codes == {
        "2009-12-31": [],
        "2010-01-01": ["20552"],
        "2016-12-31": ["20552"],
        "2017-01-01": ["64483"],
    }


def test_the_release_of_the_day_answers(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """Read each day in the release in force on it, and say where an older one had to do."""
    add_sets(
        pair_edits(ptp_row("20552", "64483", "20200101"), release="2026Q2"),
        pair_edits(ptp_row("20552", "64483", "20200101", "20260331"), release="2026Q3"),
    )
    results = {day: list_pairs(check_claim("20552", "64483", on=day))[0] for day in ("2026-06-30", "2026-10-01")}
    assert [(result.verdict, result.rule.release, result.rule.as_of) for result in results.values()] == [
        ("deny likely", "2026Q2", ""),
        ("ok", "2026Q3", "as of 2026Q3"),
    ]


@pytest.mark.parametrize("setting", ["practitioner", "hospital"])
def test_each_setting_has_its_own_edits(setting: str, add_sets: AddSets, check_claim: CheckClaim) -> None:
    """Look at the edits of the setting alone, even where the other one has an edit."""
    add_sets(
        pair_edits(ptp_row("20552", "64483"), setting="practitioner"),
        pair_edits(ptp_row("62323", "64483"), setting="hospital"),
    )
    (result, _) = list_pairs(check_claim("20552", "62323", "64483", setting=setting))
    assert (result.rule.set, result.beside) == (f"ptp-{setting}", (1,) if setting == "practitioner" else (2,))


def test_edits_of_the_other_setting_do_not_do(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """Say once that a hospital claim is unknown where the practitioner's edits are loaded."""
    add_sets(pair_edits(*EDITS))
    answer = check_claim("20552", "62323", "64483", setting="hospital")
    (result,) = list_pairs(answer)
    assert (result.verdict, result.says, result.lines) == (
        "unknown",
        "codes of one day may exclude each other: no hospital pair edits loaded",
        (1, 2, 3),
    )
    assert any(text.startswith("no hospital pair edits loaded: download") for text in answer.not_loaded)


def test_one_code_a_day_needs_no_edits(check_lines: CheckLines) -> None:
    """Ask for no file where no day has two codes."""
    answer = check_lines(make_line("20552", day="2026-08-01"), make_line("64483", day="2026-08-02"))
    assert list_pairs(answer) == []
    assert not any("pair edits" in text for text in answer.not_loaded)


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        (("f1", "f2", "f4"), "what is not paid beside V0003 is not loaded: it is in file f3"),
        (("f1", "f4"), "what is not paid beside V0003 is not loaded: it is in file f2 or f3"),
        (("f1",), "what is not paid beside V0003 is not loaded: it is in file f2, f3 or f4"),
    ],
)
def test_a_part_that_is_not_loaded(
    parts: tuple[str, ...], says: str, add_sets: AddSets, check_claim: CheckClaim
) -> None:
    """Say which file has what a code excludes, so that the other lines are unknown; what is loaded answers still."""
    add_sets(pair_edits(*EDITS, parts=parts))
    results = list_pairs(check_claim("20552", "64483", "V0003"))
    assert [(result.verdict, result.code) for result in results] == [
        ("deny likely", "64483"),
        ("unknown", "V0003"),
        ("ok", ""),
    ]
    assert (results[1].says, results[1].lines, results[1].beside, results[2].lines) == (says, (1, 2), (3,), (3,))


def test_codes_of_parts_that_are_not_loaded(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """Name all codes of the same files in one result, which is about every line, theirs too."""
    add_sets(pair_edits(*EDITS, parts=("f1", "f4")))
    (result,) = list_pairs(check_claim("20552", "V0002", "V0003"))
    assert (result.says, result.lines, result.beside) == (
        "what is not paid beside V0002, V0003 is not loaded: it is in file f2 or f3",
        (1, 2, 3),
        (2, 3),
    )


def test_edits_that_were_left_out(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """Know nothing of days before the year that edits were kept from, but for edits that are still in force."""
    add_sets(pair_edits(*EDITS, ptp_row("62323", "20610", "20100101", "20181231")), args=("--since", "2019"))
    results = list_pairs(check_claim("62323", "20610", "64483", on="2018-12-31"))
    assert [(result.verdict, result.says.partition(" (")[0], result.lines) for result in results] == [
        ("deny likely", "64483 is not paid on the same day as 62323, and no modifier changes that", (3,)),
        ("unknown", "edits that ended before 2019-01-01 are not loaded", (1, 2)),
    ]
    assert [result.verdict for result in list_pairs(check_claim("62323", "20610", on="2019-01-01"))] == ["ok"]


def test_a_code_in_many_pairs(add_sets: AddSets, check_claim: CheckClaim, report_figure: Callable[[str], None]) -> None:
    """Tell of ten pairs of a code one by one and sum up the others, so that results grow with the lines."""
    codes = [f"{number:05}" for number in range(11000, 11025)]
    add_sets(pair_edits(*(ptp_row(code, "64483", indicator="0") for code in codes)))
    results = list_pairs(check_claim(*codes, "64483"))
    assert [result.verdict for result in results] == [*["deny likely"] * 11, "ok"]
    assert results[10].says == (
        "15 more codes of the day with which 64483 is a pair: 11010, 11011, 11012, 11013, 11014, 11015, 11016, 11017, "
        "11018, 11019 and 5 more"
    )
    report_figure(f"pair edits: {len(codes)} pairs of one code in {len(results)} results")


def test_many_lines_of_a_pair_name_a_few_of_column_1(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """Give all lines of column 2 one result, beside ten lines of column 1."""
    add_sets(pair_edits(*EDITS))
    result, _ = list_pairs(check_claim(*["20552", "64483"] * 100))
    assert (len(result.lines), len(result.beside)) == (100, 10)
