"""What holds of any claim: no order of lines changes a verdict, a line never helps another, verdicts last for days."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cptref.models.claims import VERDICTS
from tests.claims.sets import add_ons, fee_schedule, make_line, pair_edits, unit_limits
from tests.codesets.files import ptp_row
from tests.codesets.pfs_files import make_row

if TYPE_CHECKING:
    from cptref.models.claims import ClaimAnswer, ClaimLine, EditResult, Verdict
    from tests.claims.conftest import AddSets, CheckLines

# Codes with each kind of global days, in pairs with each indicator, with a primary code, with limits of units.
GLOBAL_DAYS = {
    "20000": "000",
    "20010": "010",
    "20011": "010",
    "20090": "090",
    "20099": "YYY",
    "20098": "ZZZ",
    "99213": "XXX",
}
CODES = (*GLOBAL_DAYS, "0001T")
FIRST_DAY = date(2026, 7, 20)  # of the days that lines have
EDITS = (
    ptp_row("20000", "20010", "20260725", "20260805"),
    ptp_row("20010", "20000", "20260806"),
    ptp_row("20090", "20010", indicator="0"),
    ptp_row("20000", "99213"),
    ptp_row("20090", "99213"),
    ptp_row("20090", "20000", "20200101", "20200101", "9"),
    ptp_row("20099", "20098", "20260801", "20260801", "0"),
)
PERIODS = {
    f"3{number:04}": (FIRST_DAY + timedelta(days=begin), FIRST_DAY + timedelta(days=end))
    for number, (begin, end) in enumerate([(0, 0), (1, 12), (5, 5), (-30, 8), (3, 60), (14, 14), (-60, -1), (40, 41)])
}
MODIFIERS = ("", "", "59", "XS", "RT", "LT", "24", "25", "57", "58", "79", "54", "50", "80")


@pytest.fixture
def sets(add_sets: AddSets) -> None:
    """Load sets that the codes are in."""
    add_sets(
        fee_schedule(*(make_row(code, GLOB_DAYS=days) for code, days in GLOBAL_DAYS.items())),
        add_ons(("1", "20098", "20010"), ("1", "20098", "20090"), ("2", "0001T", "CCCCC")),
        pair_edits(
            *EDITS,
            *(
                ptp_row("30999", code, first.strftime("%Y%m%d"), last.strftime("%Y%m%d"))
                for code, (first, last) in PERIODS.items()
            ),
        ),
        unit_limits([("20000", "1", "1"), ("20010", "2", "2"), ("20090", "1", "3")]),
    )


@st.composite
def claim_lines(draw: st.DrawFn) -> ClaimLine:
    """Return a line of one to three days with up to two modifiers."""
    labels = [draw(st.sampled_from(CODES)), *filter(None, draw(st.sets(st.sampled_from(MODIFIERS), max_size=2)))]
    first = FIRST_DAY + timedelta(days=draw(st.integers(0, 20)))
    last = first + timedelta(days=draw(st.sampled_from((0, 0, 1, 2))))
    return make_line("-".join(labels), draw(st.sampled_from("112")), str(first), str(last))


def judge(answer: ClaimAnswer) -> dict[tuple[int, str], Verdict]:
    """Return the worst verdict of each edit on each line, by number."""
    verdicts: dict[tuple[int, str], list[Verdict]] = defaultdict(list)
    for result in answer.results:
        for number in result.lines:
            verdicts[number, result.edit].append(result.verdict)
    return {key: min(found, key=VERDICTS.index) for key, found in verdicts.items()}


def list_texts(answer: ClaimAnswer, number: int) -> list[str]:
    """Return what the edits of several lines say of a line."""
    results = (each for each in answer.results if number in each.lines and each.edit in {"pair", "add-on", "global"})
    return sorted(f"{each.edit} {each.verdict} {each.code} {each.day} {each.says}" for each in results)


@pytest.mark.usefixtures("sets")
def test_no_order_of_lines_changes_a_verdict(check_lines: CheckLines) -> None:
    """Say the same of each line wherever it stands."""

    @given(
        st.lists(claim_lines(), min_size=1, max_size=8).flatmap(
            lambda lines: st.tuples(st.just(lines), st.permutations(range(len(lines))))
        )
    )
    def check(case: tuple[list[ClaimLine], list[int]]) -> None:
        lines, order = case
        before, after = check_lines(*lines), check_lines(*(lines[place] for place in order))
        places = {place + 1: number for number, place in enumerate(order, 1)}
        moved = {(places[number], edit): verdict for (number, edit), verdict in judge(before).items()}
        assert judge(after) == moved
        for number, place in places.items():
            assert list_texts(before, number) == list_texts(after, place)

    check()


@pytest.mark.usefixtures("sets")
def test_a_line_never_helps_another(check_lines: CheckLines) -> None:
    """A further line leaves denied what was denied, but for an add-on code whose primary code it is."""

    @given(st.lists(claim_lines(), min_size=1, max_size=6), claim_lines())
    def check(lines: list[ClaimLine], further: ClaimLine) -> None:
        before, after = judge(check_lines(*lines)), judge(check_lines(*lines, further))
        for (number, edit), verdict in before.items():
            if verdict == "deny likely" and edit != "add-on":
                assert after[number, edit] == "deny likely"

    check()


def list_runs(verdicts: dict[date, str]) -> list[tuple[str, date, date]]:
    """Return the runs of days with the same verdict."""
    runs: list[tuple[str, date, date]] = []
    for day in sorted(verdicts):
        if runs and runs[-1][0] == verdicts[day]:
            runs[-1] = (*runs[-1][:2], day)
        else:
            runs.append((verdicts[day], day, day))
    return runs


def judge_days(results: list[EditResult], numbers: dict[int, date]) -> dict[date, str]:
    """Return the worst verdict of each day, whose line has a number."""
    verdicts: dict[date, str] = {}
    for result in results:  # the worst first
        for number in result.lines:
            if number in numbers:
                verdicts.setdefault(numbers[number], result.verdict)
    return verdicts


@pytest.mark.usefixtures("sets")
def test_an_edit_of_one_period_denies_its_days(check_lines: CheckLines) -> None:
    """Walking the days, a pair is denied from the first to the last day of its edit, and on no other."""
    days = [FIRST_DAY + timedelta(days=number) for number in range(-70, 70)]

    @given(st.sampled_from(sorted(PERIODS)))
    def check(code: str) -> None:
        lines = [make_line(label, day=str(day)) for day in days for label in ("30999", code)]
        answer = check_lines(*lines)
        numbers = {place * 2 + 2: day for place, day in enumerate(days)}
        runs = list_runs(judge_days([result for result in answer.results if result.edit == "pair"], numbers))
        first, last = PERIODS[code]
        assert [run[1:] for run in runs if run[0] == "deny likely"] == [(first, last)]
        assert len(runs) == 3

    check()


@pytest.mark.usefixtures("sets")
def test_a_global_period_is_a_run_of_days(check_lines: CheckLines) -> None:
    """Walking the days, visits around procedures of one kind are included from one day to another, and on no other."""
    widths = {"20000": (0, 0), "20010": (0, 10), "20090": (-1, 90)}
    days = [FIRST_DAY + timedelta(days=number) for number in range(-10, 130)]

    @given(st.sampled_from(sorted(widths)), st.integers(0, 20))
    def check(code: str, shift: int) -> None:
        day = FIRST_DAY + timedelta(days=shift)
        answer = check_lines(make_line(code, day=str(day)), *(make_line("99213", day=str(day)) for day in days))
        numbers = {place + 2: day for place, day in enumerate(days)}
        runs = list_runs(judge_days([result for result in answer.results if result.edit == "global"], numbers))
        first, last = (day + timedelta(days=number) for number in widths[code])
        assert [run[1:] for run in runs if run[0] == "deny likely"] == [(first, last)]

    check()
