"""Global periods on claims: visits and procedures on the days that another procedure's payment includes.

Sources: Medicare Claims Processing Manual, chapter 12 (CPM 12), sections 30.6.6, 30.6.12, 40.1 and 40.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.claims.sets import fee_schedule, make_line, pair_edits
from tests.codesets.files import ptp_row
from tests.codesets.pfs_files import make_row

if TYPE_CHECKING:
    from cptref.models.claims import ClaimAnswer, EditResult
    from tests.claims.conftest import AddSets, CheckLines

# A procedure of each kind of global days, and a visit.
ROWS = {
    "20000": "000",
    "20010": "010",
    "20090": "090",
    "20099": "YYY",
    "59400": "MMM",
    "20098": "ZZZ",
    "20097": "XXX",
    "99213": "XXX",
    "99291": "XXX",
}
DAY = "2026-08-15"  # of the procedure


def add_rows(add_sets: AddSets) -> None:
    """Load a fee schedule with these codes."""
    add_sets(fee_schedule(*(make_row(code, GLOB_DAYS=days) for code, days in ROWS.items())))


def list_results(answer: ClaimAnswer) -> list[EditResult]:
    """Return what the edit says."""
    return [result for result in answer.results if result.edit == "global"]


def find_verdict(answer: ClaimAnswer, number: int = 2) -> str:
    """Return the verdict of the edit on a line."""
    return next((result.verdict for result in list_results(answer) if number in result.lines), "ok")


class Case(NamedTuple):
    """A procedure, a line of another day or the same one, and the verdict on that line."""

    procedure: str
    other: str
    day: str
    verdict: str


CASES = [
    # CPM 12, 40.1: 90 days after a 090, its day and the day before; the first and the last day count
    Case("20090", "99213", "2026-08-13", "ok"),  # -2
    Case("20090", "99213", "2026-08-14", "deny likely"),  # -1
    Case("20090", "99213", "2026-08-15", "deny likely"),  # 0
    Case("20090", "99213", "2026-08-16", "deny likely"),  # 1
    Case("20090", "99213", "2026-11-13", "deny likely"),  # 90
    Case("20090", "99213", "2026-11-14", "ok"),  # 91
    # CPM 12, 40.1: 10 days after a 010 and its day; not the day before
    Case("20010", "99213", "2026-08-14", "ok"),  # -1
    Case("20010", "99213", "2026-08-15", "deny likely"),  # 0
    Case("20010", "99213", "2026-08-25", "deny likely"),  # 10
    Case("20010", "99213", "2026-08-26", "ok"),  # 11
    # CPM 12, 40.1: the day of a 000 alone
    Case("20000", "99213", "2026-08-14", "ok"),
    Case("20000", "99213", "2026-08-15", "deny likely"),
    Case("20000", "99213", "2026-08-16", "ok"),
    # CPM 12, 30.6.6: 24 after it; 57 on the day of a 090 or the day before; 25 on the day
    Case("20090", "99213-24", "2026-08-16", "ok"),
    Case("20090", "99213-25", "2026-08-16", "deny likely"),
    Case("20090", "99213-57", "2026-08-16", "deny likely"),
    Case("20090", "99213-57", "2026-08-14", "ok"),
    Case("20090", "99213-25", "2026-08-14", "deny likely"),
    Case("20090", "99213-24", "2026-08-14", "deny likely"),
    Case("20090", "99213-57", "2026-08-15", "ok"),
    Case("20090", "99213-25", "2026-08-15", "ok"),
    Case("20010", "99213-25", "2026-08-15", "ok"),
    Case("20010", "99213-57", "2026-08-15", "deny likely"),
    Case("20000", "99213-25", "2026-08-15", "ok"),
    Case("20010", "99213-24", "2026-08-25", "ok"),
    # CPM 12, 30.6.12: critical care for something else
    Case("20090", "99291-FT", "2026-08-16", "ok"),
    Case("20090", "99291", "2026-08-16", "deny likely"),
    Case("20090", "99213-FT", "2026-08-16", "deny likely"),
    # CPM 12, 40.2: 58, 78 or 79 on a further procedure in the days after it
    *(
        Case("20090", other, "2026-08-16", "deny likely")
        for other in ("20000", "20010", "20090", "20090-76", "20090-59")
    ),
    *(Case("20090", f"20090-{name}", "2026-08-16", "ok") for name in ("58", "78", "79")),
    Case("20090", "20000", "2026-11-13", "deny likely"),
    Case("20090", "20000", "2026-11-14", "ok"),
    Case("20010", "20000", "2026-08-25", "deny likely"),
    Case("20010", "20000", "2026-08-26", "ok"),
    # Procedures of the same day are a matter of pair edits, and those of the day before are not included
    Case("20090", "20010", "2026-08-15", "ok"),
    Case("20090", "20000", "2026-08-14", "ok"),
    Case("20000", "20000", "2026-08-16", "ok"),
    # Field GLOB DAYS: XXX and ZZZ have no period and are in none
    Case("20090", "20097", "2026-08-16", "ok"),
    Case("20090", "20098", "2026-08-16", "ok"),
    Case("20097", "99213", "2026-08-16", "ok"),
    Case("20098", "99213", "2026-08-16", "ok"),
    # YYY: the contractor's; MMM: visits of maternity care are included
    Case("20099", "99213", "2026-08-16", "unknown"),
    Case("20099", "20000", "2026-08-16", "unknown"),
    Case("20099", "99213-24", "2026-08-16", "ok"),
    Case("59400", "99213", "2026-03-01", "look"),
    Case("59400", "99213-25", "2026-03-01", "ok"),
    Case("59400", "20000", "2026-08-16", "ok"),
    # CPM 12, 40.2: 54 leaves the care after it to another practitioner; 55 and 56 are not the operation
    Case("20090-54", "99213", "2026-08-16", "look"),
    Case("20090-54", "99213", "2026-08-15", "deny likely"),
    Case("20090-55", "99213", "2026-08-16", "ok"),
    Case("20090-56", "99213", "2026-08-16", "ok"),
    *(Case("20090", f"20090-{part}", day, "ok") for part in ("55", "56") for day in ("2026-08-15", "2026-08-16")),
    *(Case("20090-54", f"20090-{part}", day, "ok") for part in ("55", "56") for day in ("2026-08-15", "2026-08-16")),
    # CPM 12, 20.4.3: what an assistant is paid includes no visits
    *(Case(f"20090-{name}", "99213", "2026-08-16", "ok") for name in ("80", "81", "82", "AS")),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.procedure} and {case.other} on {case.day}")
def test_verdicts(case: Case, add_sets: AddSets, check_lines: CheckLines) -> None:
    """Judge a line by the days between it and a procedure, by what it is, and by its modifiers; in any order."""
    add_rows(add_sets)
    procedure, other = make_line(case.procedure, day=DAY), make_line(case.other, day=case.day)
    assert find_verdict(check_lines(procedure, other)) == case.verdict
    assert find_verdict(check_lines(other, procedure), 1) == case.verdict


OTHERS = "; or another specialty or group did it"
FURTHER = (
    "modifier 58, 78 or 79 on 20000, if the documentation shows that it was planned or went further (58), "
    f"it was a return to the operating room (78) or it was for something else (79){OTHERS}"
)
TEXTS = {
    ("20010", "99213", "2026-08-25"): (
        "99213 is a visit in the 10 days after 20010 of 2026-08-15, its global period (010)",
        f"modifier 24 on 99213, if the documentation shows that the visit was for something else{OTHERS}",
    ),
    ("20090", "99213", "2026-08-14"): (
        "99213 is a visit on the day before 20090 of 2026-08-15, in its global period (090)",
        f"modifier 57 on 99213, if the documentation shows that the operation was decided at the visit{OTHERS}",
    ),
    ("20090", "99213", "2026-08-15"): (
        "99213 is a visit on the day of 20090, whose global period includes visits (090)",
        f"modifier 57 on 99213, if the documentation shows that the operation was decided at the visit{OTHERS}",
    ),
    ("20000", "99213", "2026-08-15"): (
        "99213 is a visit on the day of 20000, whose global period includes visits (000)",
        f"modifier 25 on 99213, if the documentation shows that the visit was a service of its own{OTHERS}",
    ),
    ("20090", "20000", "2026-11-13"): (
        "20000 is a procedure in the 90 days after 20090 of 2026-08-15, its global period (090)",
        FURTHER,
    ),
    ("20090", "99213-24", "2026-08-16"): (
        (
            "24 on 99213 says that the visit was for something else, so the payment of 20090 of 2026-08-15 does not "
            "include it, if the documentation shows that"
        ),
        "",
    ),
    ("20099", "20000", "2026-08-16"): (
        "20000 is a procedure near 20099 of 2026-08-15, whose global period your Medicare contractor sets (YYY)",
        FURTHER,
    ),
    ("20090-54", "99213", "2026-08-16"): (
        (
            "99213 is a visit in the 90 days after 20090 of 2026-08-15, its global period (090), "
            "but 54 says that another practitioner has the care after it"
        ),
        f"modifier 24 on 99213, if the documentation shows that the visit was for something else{OTHERS}",
    ),
}


@pytest.mark.parametrize("lines", TEXTS, ids=" ".join)
def test_what_a_result_says(lines: tuple[str, str, str], add_sets: AddSets, check_lines: CheckLines) -> None:
    """Name the procedure with its day and global days, what would change the verdict, and the release."""
    add_rows(add_sets)
    procedure, other, day = lines
    answer = check_lines(make_line(procedure, day=DAY), make_line(other, day=day))
    result = next(result for result in list_results(answer) if 2 in result.lines)
    assert (result.says, result.remedy) == TEXTS[lines]
    assert (result.beside, str(result.day)) == ((1,), day)
    assert result.rule == ("Fee schedule RVU26C", "pfs", "2026C", "" if day < "2026-10-01" else result.rule.as_of)


def test_days_in_the_hospital_count_one_by_one(add_sets: AddSets, check_lines: CheckLines) -> None:
    """A visit of several days is included if one of them is."""
    add_rows(add_sets)
    procedure = make_line("20010", day=DAY)
    for first, last, verdict in (
        ("2026-08-25", "2026-08-28", "deny likely"),
        ("2026-08-26", "2026-08-28", "ok"),
        ("2026-08-01", "2026-08-14", "ok"),
        ("2026-08-01", "2026-08-16", "deny likely"),
    ):
        assert find_verdict(check_lines(procedure, make_line("99213", day=first, last_day=last))) == verdict


def test_the_worst_of_several_procedures_counts(add_sets: AddSets, check_lines: CheckLines) -> None:
    """A later procedure without a period, or one that leaves the care to others, does not hide an earlier one."""
    add_rows(add_sets)
    for later in ("20000", "20090-54", "20099"):
        lines = (make_line("20090", day="2026-08-01"), make_line(later, day=DAY), make_line("99213", day="2026-08-20"))
        result = next(result for result in list_results(check_lines(*lines)) if 3 in result.lines)
        assert (result.verdict, result.beside) == ("deny likely", (1,))


VISIT_REASONS = {"24": "the visit was for something else", "25": "the visit was a service of its own"}


@pytest.mark.parametrize(
    ("modifiers", "needed"),
    [("", {"25": "20000", "24": "20090"}), ("-24", {"25": "20000"}), ("-25", {"24": "20090"}), ("-24-25", {})],
)
def test_a_visit_may_need_two_modifiers(
    modifiers: str, needed: dict[str, str], add_sets: AddSets, check_lines: CheckLines
) -> None:
    """Say all that it needs at once: 25 for the procedure of its day, 24 for the operation before it (30.6.6).

    The pair edit of the day asks for nothing that the global edit does not ask for.
    """
    add_rows(add_sets)
    add_sets(pair_edits(ptp_row("20000", "99213")))
    lines = (
        make_line("20090", day="2026-07-02"),
        make_line(f"99213{modifiers}", day="2026-07-20"),
        make_line("20000", day="2026-07-20"),
    )
    for order in (lines, lines[::-1]):
        answer = check_lines(*order)
        own = next(checked.line.number for checked in answer.lines if checked.line.code == "99213")
        denied = [result for result in list_results(answer) if own in result.lines and result.verdict == "deny likely"]
        expected = []
        for name in needed:
            besides = [f"{other} for the global period of {code}" for other, code in needed.items() if other != name]
            remedy = f"modifier {name} on 99213, if the documentation shows that {VISIT_REASONS[name]}{OTHERS}"
            expected.append("; besides that, ".join([remedy, *besides]))
        assert sorted(result.remedy for result in denied) == sorted(expected)
        pairs = [result for result in answer.results if result.edit == "pair" and result.verdict == "deny likely"]
        assert [result.remedy.startswith("a modifier such as 25 on 99213") for result in pairs] == (
            [] if modifiers else [True]
        )


def test_other_claims_and_hospitals(add_sets: AddSets, check_lines: CheckLines) -> None:
    """The edit is about lines of one claim, and hospitals have no global periods (CPM 12, 40)."""
    add_rows(add_sets)
    lines = (make_line("20090", day=DAY), make_line("99213", day="2026-08-16"))
    assert list_results(check_lines(*lines, setting="hospital")) == []
    apart = check_lines(lines[0], lines[1]._replace(claim=2))
    assert [result for result in list_results(apart) if result.verdict != "ok"] == []


def test_without_a_fee_schedule(check_lines: CheckLines) -> None:
    """Say once that global periods are unknown where they could matter: with a visit, or on several days."""
    (result,) = list_results(check_lines(make_line("20090", day=DAY), make_line("20000", day="2026-08-16")))
    assert (result.verdict, result.says, result.lines, result.rule) == (
        "unknown",
        "lines may fall into the global periods of others: no fee schedule loaded",
        (1, 2),
        ("CMS IOM 100-04, chapter 12, section 40", "", "", ""),
    )
    assert len(list_results(check_lines(make_line("20090", day=DAY), make_line("99213", day=DAY)))) == 1
    assert list_results(check_lines(make_line("20090", day=DAY), make_line("20000", day=DAY))) == []


def test_a_day_before_every_release(add_sets: AddSets, check_lines: CheckLines) -> None:
    """Global days may have been others then, so that the verdict is unknown."""
    add_rows(add_sets)
    answer = check_lines(make_line("20090", day="2019-01-01"), make_line("99213", day="2019-01-02"))
    result = list_results(answer)[0]
    says = "99213 is a visit in the 90 days after 20090 of 2019-01-01, its global period (090)"
    assert (result.verdict, result.says) == ("unknown", f"{says}, if that was so on 2019-01-01")


@pytest.mark.parametrize(("first", "second"), [("0001-01-01", "0001-01-02"), ("9999-12-30", "9999-12-31")])
def test_the_ends_of_the_calendar(first: str, second: str, add_sets: AddSets, check_lines: CheckLines) -> None:
    """Days before the first and after the last one of the calendar are no error."""
    add_rows(add_sets)
    assert list_results(check_lines(make_line("20090", day=second), make_line("99213", day=first)))
