"""Add-on codes on claims: whether a primary code is there, by the type of edit, the day, and what is loaded.

Sources: NCCI Policy Manual (NCCI), chapter 1, section R; the record layout of the fee schedule, field GLOB DAYS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.claims.sets import DAY, add_ons, fee_schedule, make_line
from tests.codesets.pfs_files import make_row

if TYPE_CHECKING:
    from cptref.models.claims import ClaimAnswer, EditResult
    from tests.claims.conftest import AddSets, CheckClaim, CheckLines
    from tests.codesets.conftest import RealFile
    from tests.conftest import Run

EDITS = (
    ("1", "64494", "64490"),
    ("1", "64494", "64493"),
    ("1", "64495", "64494"),
    ("2", "0001T", "CCCCC"),
    ("3", "0002T", "64483"),
    ("3", "0002T", "CCCCC"),
    ("1", "0003T", "64483", "2026213", "2026243"),  # 2026-08-01 to 2026-08-31
)
NONE_LISTED = "; none of the listed ones (64483) is on the claim"
OWN_LIST = "your Medicare contractor has its own list of the codes that {} may be added on to"


def list_results(answer: ClaimAnswer) -> list[EditResult]:
    """Return what the edit says."""
    return [result for result in answer.results if result.edit == "add-on"]


class Case(NamedTuple):
    """Lines of one day, and what the edit says of the first: verdict, text, remedy, and the lines beside it."""

    lines: str
    verdict: str
    says: str
    remedy: str = ""
    beside: tuple[int, ...] = ()


CASES = {
    # NCCI: type 1 has a list of primary codes, of which one must be on the claim
    "type 1 without": Case(
        "64494 64483",
        "deny likely",
        f"64494 is an add-on code (type 1), and none of its primary codes is on the claim for {DAY}",
        "a primary code on the same claim and day, if it was done: 64490, 64493",
    ),
    "type 1 with a primary": Case(
        "64494 64483 64493", "ok", "64494 is an add-on code, and its primary code 64493 is on the claim", "", (3,)
    ),
    "a primary that is an add-on itself": Case(
        "64495 64494", "ok", "64495 is an add-on code, and its primary code 64494 is on the claim", "", (2,)
    ),
    # NCCI: type 2 has no list, type 3 a list that contractors may add to
    "type 2": Case(
        "0001T 64483",
        "unknown",
        f"0001T is an add-on code of type 2: {OWN_LIST.format('0001T')}",
        f"your contractor's list has a code that is on the claim for {DAY}",
    ),
    "type 3 without": Case(
        "0002T 64493",
        "unknown",
        f"0002T is an add-on code of type 3: {OWN_LIST.format('0002T')}{NONE_LISTED}",
        f"your contractor's list has a code that is on the claim for {DAY}",
    ),
    "type 3 with a primary": Case(
        "0002T 64483", "ok", "0002T is an add-on code, and its primary code 64483 is on the claim", "", (2,)
    ),
    "no add-on": Case("64483 64493", "ok", "not an add-on code, so no primary code has to be on the claim"),
}


@pytest.mark.parametrize("name", CASES)
def test_an_add_on_and_its_primary(name: str, add_sets: AddSets, check_claim: CheckClaim) -> None:
    """Look for a listed primary code, and say what decides where there is none."""
    add_sets(add_ons(*EDITS))
    case = CASES[name]
    result = next(result for result in list_results(check_claim(*case.lines.split())) if 1 in result.lines)
    assert (result.verdict, result.says, result.remedy, result.beside) == case[1:]
    assert result.rule == ("Add-on code edits 2026Q3", "aoc", "2026Q3", "")


def test_many_primaries_are_counted(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """Name ten primary codes, and say how many more there are."""
    add_sets(add_ons(*(("1", "64494", f"{number}") for number in range(20001, 20014))))
    (result,) = list_results(check_claim("64494"))
    named = ", ".join(str(number) for number in range(20001, 20011))
    assert result.remedy == f"a primary code on the same claim and day, if it was done: {named} and 3 more"


@pytest.mark.parametrize(
    ("day", "last_day", "verdict"),
    [
        ("2026-08-01", "", "ok"),
        ("2026-08-02", "", "deny likely"),
        ("2026-07-31", "2026-08-01", "ok"),
        ("2026-07-30", "2026-07-31", "deny likely"),
    ],
)
def test_the_primary_is_on_the_same_day(
    day: str, last_day: str, verdict: str, add_sets: AddSets, check_lines: CheckLines
) -> None:
    """A primary code of another day does not count; one whose days include that of the add-on does (NCCI)."""
    add_sets(add_ons(*EDITS))
    answer = check_lines(make_line("64494", day="2026-08-01"), make_line("64493", day=day, last_day=last_day))
    assert list_results(answer)[0].verdict == verdict


def test_the_primary_is_on_the_same_claim(add_sets: AddSets, check_lines: CheckLines) -> None:
    """A primary code of another claim does not count (NCCI)."""
    add_sets(add_ons(*EDITS))
    denied, _ = list_results(check_lines(make_line("64494", claim=1), make_line("64493", claim=2)))
    assert (denied.verdict, denied.claim, denied.lines) == ("deny likely", 1, (1,))


def test_an_edit_holds_from_its_first_to_its_last_day(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """Ask for a primary code on the first and on the last day, and not on the days before and after."""
    add_sets(add_ons(*EDITS))
    days = ("2026-07-31", "2026-08-01", "2026-08-31", "2026-09-01")
    verdicts = [list_results(check_claim("0003T", on=day))[0].verdict for day in days]
    assert verdicts == ["ok", "deny likely", "deny likely", "ok"]


def test_a_day_before_the_oldest_file_is_judged_by_dates(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """Read pairs by their own dates in a later file, and say so."""
    add_sets(add_ons(*EDITS))
    (result,) = list_results(check_claim("64494", on="2020-01-01"))
    assert (result.verdict, result.rule.as_of) == ("deny likely", "by its dates in 2026Q3")


ZZZ = make_row("64494", GLOB_DAYS="ZZZ")


def test_no_edits_loaded(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """Say of an add-on code of the fee schedule that its primary codes are unknown, and nothing of other codes."""
    add_sets(fee_schedule(ZZZ, make_row("64483")))
    answer = check_claim("64494", "64483")
    (result,) = list_results(answer)
    assert (result.verdict, result.says, result.lines) == (
        "unknown",
        "64494 is an add-on code (global days ZZZ); its primary codes are not known: no add-on code edits loaded",
        (1,),
    )
    assert any(text.startswith("no add-on code edits loaded: ") for text in answer.not_loaded)
    other = check_claim("64483")
    assert list_results(other) == []
    assert not any("add-on" in text for text in other.not_loaded)


@pytest.mark.parametrize(
    ("day", "verdict", "rest", "remedy"),
    [
        (DAY, "look", "", "the service that it is added on to is on the same claim and day"),
        ("2026-11-01", "unknown", ", which is of another time", ""),
    ],
)
def test_an_add_on_of_the_fee_schedule_alone(
    day: str, verdict: str, rest: str, remedy: str, add_sets: AddSets, check_claim: CheckClaim
) -> None:
    """Have a person look where the edits of the day do not list an add-on code; older edits may lack a newer code."""
    add_sets(fee_schedule(ZZZ), add_ons(("1", "64495", "64494")))
    (result,) = list_results(check_claim("64494", on=day))
    says = (
        f"64494 is an add-on code by Fee schedule RVU26C (global days ZZZ), but not in Add-on code edits 2026Q3{rest}"
    )
    assert (result.verdict, result.says, result.remedy) == (verdict, says, remedy)


def test_add_ons_of_the_real_file(real_file: RealFile, run: Run, check_claim: CheckClaim) -> None:
    """Know the primary codes of facet joint and epidural injections (CMS, 2024Q3)."""
    assert run("add", str(real_file("AOC_V2024Q3-MCR.xlsx"))).code == 0
    results = {result.code: result for result in list_results(check_claim("64494", "64484", "64483", on="2024-08-01"))}
    assert {code: result.verdict for code, result in results.items()} == {
        "64494": "deny likely",
        "64484": "ok",
        "": "ok",
    }
    assert results["64494"].remedy.endswith("if it was done: 64490, 64493")
    assert results["64484"].beside == (3,)
