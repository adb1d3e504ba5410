"""Places of service of claims: whether they are any, and whether a service is done there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.claims import sets
from tests.claims.sets import make_line
from tests.codesets.pfs_files import make_row, make_unpaid_row

if TYPE_CHECKING:
    from tests.claims.conftest import AddSets, CheckClaim, CheckLines

FEES = sets.fee_schedule(
    make_row("64999"),
    make_row("27999") | {"NON-FAC NA INDICATOR": "NA"},
    make_row("70999", FACILITY_NA_INDICATOR="NA", PCTC_IND="1"),
    make_row("70999", "26", PCTC_IND="1"),
    make_row("70999", "TC", FACILITY_NA_INDICATOR="NA", PCTC_IND="1"),
    make_unpaid_row("70998", "C") | {"FACILITY NA INDICATOR": "NA"},
)
ELSEWHERE = "the place where the service was done, if it was another one"
# A line, its place, the verdict, what is said, what would change it.
CASES = [
    ("64999", "11", "ok", "nothing speaks against 64999 in place 11 (office)", ""),
    # Place of Service Code Set: 29 is not assigned.
    ("64999", "29", "deny likely", "29 is not a place of service", "the place where the service was done"),
    # Record layout of the Relative Value Files: NA in the column of the setting.
    (
        *("27999", "11", "look"),
        *("27999 is rarely or never done outside a facility (NA), and this is place 11 (office)", ELSEWHERE),
    ),
    ("27999", "22", "ok", "nothing speaks against 27999 in place 22 (outpatient hospital, on campus)", ""),
    # Claims Processing Manual, chapter 26, section 10.5: 10 is not paid as a facility, and 02 is.
    (
        *("27999", "10", "look"),
        "27999 is rarely or never done outside a facility (NA), and this is place 10 (telehealth, the patient at home)",
        ELSEWHERE,
    ),
    ("27999", "02", "ok", "nothing speaks against 27999 in place 02 (telehealth, the patient not at home)", ""),
    (
        *("70999", "24", "look"),
        "70999 is rarely or never done in a facility (NA), and this is place 24 (surgery center)",
        f"{ELSEWHERE}; or a modifier such as 26, if the documentation shows the professional part alone",
    ),
    ("70999-26", "24", "ok", "nothing speaks against 70999 in place 24 (surgery center)", ""),
    (
        *("70999-TC", "24", "look"),
        *("70999 is rarely or never done in a facility (NA), and this is place 24 (surgery center)", ELSEWHERE),
    ),
    ("70999", "11", "ok", "nothing speaks against 70999 in place 11 (office)", ""),
    # NA stands with the amounts of a row, and the contractor sets this one.
    ("70998", "24", "ok", "nothing speaks against 70998 in place 24 (surgery center)", ""),
    # The fee schedule does not have it.
    ("E0001", "12", "ok", "nothing speaks against E0001 in place 12 (home)", ""),
]


@pytest.mark.parametrize(
    ("label", "place", "verdict", "says", "remedy"), CASES, ids=[f"{case[0]} in {case[1]}" for case in CASES]
)
def test_a_service_is_done_in_its_place(
    label: str, place: str, verdict: str, says: str, remedy: str, add_sets: AddSets, check_lines: CheckLines
) -> None:
    """NA on the side of the place is looked at, by the row of the modifier."""
    add_sets(FEES)
    answer = check_lines(make_line(label, place=place), make_line(label, place=place), make_line(label))
    (result,) = [result for result in answer.results if result.edit == "place"]
    assert (result.verdict, result.says, result.remedy, result.lines) == (verdict, says, remedy, (1, 2))


def test_the_place_of_the_claim_holds_for_lines_without_one(add_sets: AddSets, check_lines: CheckLines) -> None:
    """It is the one of `--pos`; a line keeps its own."""
    add_sets(FEES)
    answer = check_lines(make_line("27999"), make_line("27999", place="22"), place="11")
    verdicts = {result.lines: result.verdict for result in answer.results if result.edit == "place"}
    assert verdicts == {(1,): "look", (2,): "ok"}


def test_hospitals_are_paid_by_other_rules(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """NA is about practitioners."""
    add_sets(FEES)
    answer = check_claim("27999", place="11", setting="hospital")
    (result,) = [result for result in answer.results if result.edit == "place"]
    assert (result.verdict, result.says) == ("ok", "place 11 (office) is a place of service")


@pytest.mark.parametrize(
    ("is_loaded", "reason"),
    [
        (False, "unknown: no fee schedule is loaded"),
        (True, "unknown on 2018-01-01: the oldest loaded release is RVU26C"),
    ],
)
def test_without_a_fee_schedule_of_the_day_it_is_unknown(
    is_loaded: bool,  # noqa: FBT001 - a column of the table
    reason: str,
    add_sets: AddSets,
    check_lines: CheckLines,
) -> None:
    """A place that is none is told without it."""
    if is_loaded:
        add_sets(FEES)
    answer = check_lines(make_line("27999", place="11"), on="2018-01-01")
    (result,) = [result for result in answer.results if result.edit == "place"]
    assert (result.verdict, result.says) == ("unknown", f"whether 27999 is done in place 11 (office) is {reason}")
    answer = check_lines(make_line("27999", place="00"), on="2018-01-01")
    assert [result.verdict for result in answer.results if result.edit == "place"] == ["deny likely"]
