"""The small code sets that tests of claims load."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.claims import sets
from tests.codesets.files import hcpcs_row, icd_diag
from tests.codesets.pfs_files import make_row

if TYPE_CHECKING:
    from tests.claims.conftest import AddSets, CheckClaim, RunClaim
    from tests.conftest import Run


def test_all_are_in_force_on_the_day(add_sets: AddSets, check_claim: CheckClaim, run_claim: RunClaim, run: Run) -> None:
    """Each is recognized for what it is, and none is read as of another day."""
    add_sets(
        sets.fee_schedule(make_row("64999")),
        sets.hcpcs(hcpcs_row("J0001", "Made-up drug")),
        sets.icd10cm(icd_diag("A00", "Made-up illness")),
        sets.unit_limits([("64999", "1", "2")]),
        sets.unit_limits([("64999", "1", "2")], "Outpatient Hospital Services"),
        sets.add_ons(("1", "64998", "64999")),
    )
    days = {
        release["set"]: (release["effective_from"], release["effective_to"])
        for release in json.loads(run("sets", "-f", "json").out)["results"]
    }
    for name in ("pfs", "hcpcs", "mue-practitioner", "mue-hospital", "aoc"):
        assert days[name] == ("2026-07-01", "2026-09-30")
    assert days["icd10cm"] == ("2027-10-01", "2028-09-30")
    answer = check_claim("64999", "A00")
    assert [checked.line.code for checked in answer.lines] == ["64999"]
    assert run_claim("64999", "A00", "--on", sets.DAY)["on"] == sets.DAY
