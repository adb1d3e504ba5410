"""Codes of claims: in force on their days, paid by Medicare or not, and what the library found about its articles."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cptref.codesets.catalog import Catalog
from cptref.indicators import STATUSES
from cptref.paths import codesets_dir
from tests.claims import sets
from tests.claims.sets import DAY, make_line
from tests.codesets.files import hcpcs_row, icd_diag
from tests.codesets.pfs_files import make_row, make_unpaid_row

if TYPE_CHECKING:
    from cptref.models.claims import ClaimAnswer, EditResult
    from tests.claims.conftest import AddSets, CheckClaim, CheckLines
    from tests.codesets.conftest import RealFile
    from tests.conftest import Run

AFTER = "2026-11-20"  # behind every release of the small sets
DRUGS = sets.hcpcs(
    hcpcs_row("J0001", "Made-up drug, 40 mg", TERM_DT="20260731"),
    hcpcs_row("J0002", "Made-up drug, per 1 mg"),
    hcpcs_row("J0003", "Other thing", ADD_DT="20260701"),
    hcpcs_row("J0004", "Thing that nobody covers", COV="M"),
    hcpcs_row("J0005", "Former thing", TERM_DT="20260630", XREF1="J0002"),
    hcpcs_row("C0001", "Hospital thing"),
)
FEES = sets.fee_schedule(make_row("64999"), make_row("G0001"), make_row("D0001"), make_unpaid_row("J0002", "E"))


def find(answer: ClaimAnswer, edit: str, code: str) -> EditResult:
    """Return the only result of an edit about a code."""
    (result,) = [result for result in answer.results if (result.edit, result.code) == (edit, code)]
    return result


# A code, a day, its verdict, what is said of it, what would change it, the release, and of which time it is.
PRESENCE = [
    # HCPCS record layout: TERM DT is the last day on which the code may be used, ADD DT the first one.
    (
        "J0001",
        "2026-07-31",
        "ok",
        "J0001 is valid on 2026-07-31 (2010-01-01 to 2026-07-31, its last day)",
        "",
        "2026Q3",
        "",
    ),
    (
        *("J0001", "2026-08-01", "deny likely", "J0001 was not valid on 2026-08-01: its last day was 2026-07-31"),
        "look at J0002 Made-up drug, per 1 mg; found by words, not named by the file; check the dose",
        *("2026Q3", ""),
    ),
    (
        *("J0003", "2026-06-30", "deny likely", "J0003 was not valid on 2026-06-30: its first day is 2026-07-01", ""),
        *("2026Q3", "by its dates in 2026Q3"),
    ),
    ("J0003", "2026-07-01", "ok", "J0003 is valid on 2026-07-01 (since 2026-07-01)", "", "2026Q3", ""),
    (
        *("J0005", DAY, "deny likely", f"J0005 was not valid on {DAY}: its last day was 2026-06-30"),
        *("the file names J0002 Made-up drug, per 1 mg", "2026Q3", ""),
    ),
    # A day before every release: HCPCS codes have days, others don't.
    (
        "J0002",
        "2011-01-01",
        "ok",
        "J0002 is valid on 2011-01-01 (since 2010-01-01)",
        "",
        "2026Q3",
        "by its dates in 2026Q3",
    ),
    (
        *("64999", "2011-01-01", "unknown"),
        "whether 64999 is valid is unknown on 2011-01-01: the oldest loaded release is RVU26C",
        "",
        *("2026C", "unknown on 2011-01-01"),
    ),
    # Presence in the release of the day; never "deleted".
    ("64999", DAY, "ok", "64999 is in Fee schedule RVU26C", "", "2026C", ""),
    ("64998", DAY, "deny likely", "64998 is not in Fee schedule RVU26C", "", "2026C", ""),
    ("G0001", DAY, "ok", "G0001 is in Fee schedule RVU26C", "", "2026C", ""),
    ("G0002", DAY, "deny likely", "G0002 is not in HCPCS Level II 2026Q3", "", "2026Q3", ""),
    ("D0001", DAY, "ok", "D0001 is in Fee schedule RVU26C", "", "2026C", ""),
    ("D0002", DAY, "deny likely", "D0002 is not in Fee schedule RVU26C", "", "2026C", ""),
    # The fee schedule has no laboratory codes like 0001U.
    (
        *("0001U", DAY, "unknown", "0001U is not in Fee schedule RVU26C, which does not have all codes of this kind"),
        *("", "2026C", ""),
    ),
    # A release that is too old does not know what came since.
    ("64999", AFTER, "ok", "64999 is in Fee schedule RVU26C", "", "2026C", "as of RVU26C"),
    (
        *("64998", AFTER, "unknown", "64998 is not in Fee schedule RVU26C (the code may be newer than that release)"),
        *("", "2026C", "as of RVU26C"),
    ),
    (
        *("G0002", AFTER, "unknown", "G0002 is not in HCPCS Level II 2026Q3 (the code may be newer than that release)"),
        *("", "2026Q3", "as of 2026Q3"),
    ),
    # A code of the shape of two sets.
    (
        *("A0000", DAY, "deny likely", "A0000 is not in HCPCS Level II 2026Q3"),
        *("the diagnosis A00.00, if that is meant, with its dot", "2026Q3", ""),
    ),
]


@pytest.mark.parametrize(
    ("code", "day", "verdict", "says", "remedy", "release", "as_of"),
    PRESENCE,
    ids=[f"{case[0]} on {case[1]}" for case in PRESENCE],
)
def test_a_code_is_in_force_on_its_day(
    code: str,
    day: str,
    verdict: str,
    says: str,
    remedy: str,
    release: str,
    as_of: str,
    add_sets: AddSets,
    check_claim: CheckClaim,
) -> None:
    """HCPCS by the days of the code, both included; other sets by what a release has."""
    add_sets(FEES, DRUGS, sets.icd10cm(icd_diag("A00", "x", icd_diag("A00.00", "y"))))
    result = find(check_claim(code, on=day, setting="hospital"), "code", code)
    assert (result.verdict, result.says, result.remedy) == (verdict, says, remedy)
    assert (result.rule.release, result.rule.as_of, str(result.day)) == (release, as_of, day)


def test_a_code_that_another_release_has_is_not_called_deleted(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """Presence tells only that a code is in a release, or not."""
    add_sets(FEES, sets.fee_schedule(make_row("64999"), make_row("64997"), release="2026A"))
    result = find(check_claim("64997"), "code", "64997")
    assert (result.verdict, result.says) == ("deny likely", "64997 is in RVU26A, not in RVU26C")


def test_an_old_file_of_drugs_does_not_outweigh_a_newer_fee_schedule(
    add_sets: AddSets, check_claim: CheckClaim
) -> None:
    """A drug that the old file has may have ended since; equipment is in no fee schedule, so that this says nothing."""
    rows = [hcpcs_row(code, f"Made-up thing {code}") for code in ("J0001", "J0002", "E0001")]
    add_sets(FEES, sets.hcpcs(*rows, release="2026Q1"))
    answer = check_claim("J0001 J0002 E0001")
    assert find(answer, "code", "J0002").verdict == "ok"  # the fee schedule has it too
    drug, chair = find(answer, "code", "J0001"), find(answer, "code", "E0001")
    assert (drug.verdict, drug.says) == (
        "unknown",
        "J0001 was valid in 2026Q1, but is not in Fee schedule RVU26C, which is newer",
    )
    assert (chair.verdict, chair.says, chair.rule.as_of) == (
        *("ok", f"E0001 is valid on {DAY} (since 2010-01-01)", "as of 2026Q1"),
    )


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("64999", "whether 64999 is valid is unknown: no fee schedule is loaded"),
        ("J0001", "whether J0001 is valid is unknown: no HCPCS Level II is loaded"),
        ("D0001", "whether D0001 is valid is unknown: no fee schedule is loaded"),
    ],
)
def test_without_the_set_a_code_is_unknown(code: str, says: str, check_claim: CheckClaim) -> None:
    """One sentence says what is missing; nothing is said of payment."""
    results = [result for result in check_claim(code).results if result.edit in {"code", "status"}]
    assert [(result.verdict, result.says) for result in results] == [("unknown", says)]


def test_the_worst_day_of_a_line_counts(add_sets: AddSets, check_lines: CheckLines) -> None:
    """A line from July 31 to August 1 has a day on which the drug has ended; lines of one code and day are together."""
    add_sets(FEES, DRUGS)
    answer = check_lines(
        make_line("J0001", day="2026-07-30", last_day="2026-07-31"),
        make_line("J0001", day="2026-07-31", last_day="2026-08-01"),
        make_line("J0001", day="2026-07-30", last_day="2026-07-31"),
        setting="hospital",
    )
    presences = [result for result in answer.results if result.edit == "code"]
    assert [(result.verdict, result.lines, str(result.day)) for result in presences] == [
        ("deny likely", (2,), "2026-08-01"),
        ("ok", (1, 3), "2026-07-30"),
    ]


# Attachment A of the record layout of the Relative Value Files: each status, its verdict, what would change it.
VERDICTS = {
    **dict.fromkeys("ACEJLMQTX", ("ok", "")),
    **dict.fromkeys("BDFH", ("deny likely", "")),
    **dict.fromkeys("GI", ("deny likely", "the code that Medicare has for it, which the file does not name")),
    "N": ("deny likely", "another payer than Medicare"),
    "P": ("look", "no physician's service of the day that it came with"),
    "R": ("look", "documentation that meets the coverage rules"),
}


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_says_whether_medicare_pays(status: str, add_sets: AddSets, check_claim: CheckClaim) -> None:
    """Every status has words and a verdict, and the sentence says that it is Medicare's."""
    add_sets(sets.fee_schedule(make_row("64999", STATUS_CODE=status)))
    result = find(check_claim("64999"), "status", "64999")
    assert (result.verdict, result.remedy) == VERDICTS[status]
    assert result.says == f"64999 has Medicare status {status}: {STATUSES[status]}"
    assert (result.rule.source, result.lines) == ("Fee schedule RVU26C", (1,))


def test_the_row_of_a_modifier_has_a_status_of_its_own(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """26, TC and 53 have rows; other modifiers take that of the whole service."""
    add_sets(
        sets.fee_schedule(
            make_row("70999", STATUS_CODE="N"), make_row("70999", "26"), make_row("70999", "TC", STATUS_CODE="C")
        )
    )
    verdicts = {}
    for typed in ("70999", "70999-59", "70999-26", "70999-TC"):
        result = find(check_claim(typed), "status", "70999")
        verdicts[typed] = (result.verdict, result.says[:33])
    assert verdicts == {
        "70999": ("deny likely", "70999 has Medicare status N: not "),
        "70999-59": ("deny likely", "70999 has Medicare status N: not "),
        "70999-26": ("ok", "70999 has Medicare status A: Medi"),
        "70999-TC": ("ok", "70999 has Medicare status C: the "),
    }


def test_hospital_payment_is_not_told_by_a_physicians_status(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """The fee schedule then tells only that the code is there."""
    add_sets(sets.fee_schedule(make_row("64999", STATUS_CODE="N")))
    answer = check_claim("64999", setting="hospital")
    assert find(answer, "code", "64999").says == "64999 is in Fee schedule RVU26C"
    assert {result.edit for result in answer.results}.isdisjoint({"status"})


def test_a_code_may_be_paid_only_alone(add_sets: AddSets, check_lines: CheckLines) -> None:
    """Status T: beside a paid line of one of its days it is looked at; on another day, or beside unpaid lines, not."""
    rows = [make_row("96998", STATUS_CODE="T"), make_row("64999"), make_unpaid_row("64998", "B")]
    add_sets(sets.fee_schedule(*rows))
    alone = make_line("96998", day="2026-08-03", last_day="2026-08-04")
    same = make_line("64999", day="2026-08-04")
    before, after = make_line("64999", day="2026-08-02"), make_line("64999", day="2026-08-05")
    around = make_line("64999", day="2026-07-01", last_day="2026-09-01")
    until, unpaid = make_line("64999", day="2026-08-01", last_day="2026-08-03"), make_line("64998", day="2026-08-03")
    for others, verdict, beside in (
        ((before, same, after), "look", (3,)),
        ((around, after, before), "look", (2,)),
        ((before, until), "look", (3,)),
        ((before, after, unpaid), "ok", ()),
        ((), "ok", ()),
    ):
        result = find(check_lines(alone, *others), "status", "96998")
        assert (result.verdict, result.beside, result.lines) == (verdict, beside, (1,))
    result = find(check_lines(alone, same), "status", "96998")
    assert result.says == (
        "96998 has Medicare status T: paid only if nothing else is paid on that day, and 64999 is paid"
    )
    assert result.remedy == "no 64999 on the day: the two are not paid together"


def test_a_status_of_two_releases_counts_by_the_worse_one(add_sets: AddSets, check_lines: CheckLines) -> None:
    """Paid only alone until September, and bundled from October on."""
    add_sets(
        sets.fee_schedule(make_row("96998", STATUS_CODE="T")),
        sets.fee_schedule(make_row("96998", STATUS_CODE="B"), release="2026D"),
    )
    line = make_line("96998", day="2026-09-30", last_day="2026-10-01")
    result = find(check_lines(line), "status", "96998")
    assert (result.verdict, result.rule.release, str(result.day)) == ("deny likely", "2026D", "2026-10-01")


@pytest.mark.parametrize(
    ("code", "verdict", "says"),
    [
        # HCPCS record layout, field COV: M is not covered.
        ("J0004", "deny likely", "J0004 has coverage M: not covered by Medicare"),
        ("C0001", "ok", "C0001 is not in Fee schedule RVU26C: if Medicare pays it, then by other rules"),
    ],
)
def test_coverage_is_told_by_the_file_of_the_code(
    code: str, verdict: str, says: str, add_sets: AddSets, check_claim: CheckClaim
) -> None:
    """A code that is not in the fee schedule may be paid by other rules of Medicare."""
    add_sets(FEES, DRUGS)
    result = find(check_claim(code), "status", code)
    assert (result.verdict, result.says) == (verdict, says)


def test_payment_is_unknown_without_the_fee_schedule(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """HCPCS alone tells that the code is in force."""
    add_sets(DRUGS)
    answer = check_claim("J0002")
    status = find(answer, "status", "J0002")
    assert find(answer, "code", "J0002").verdict == "ok"
    assert (status.verdict, status.says) == (
        "unknown",
        "whether Medicare pays J0002 is unknown: no fee schedule is loaded",
    )


# What the library found about its articles (field `verification` of each, bundled)


@pytest.mark.parametrize(
    ("code", "verdict", "says", "codes"),
    [
        (
            *("20976", "deny likely"),
            '20976 is not a published code; the article on it describes "Therapeutic injection into the spine"',
            "62320, 62321, 62322, 62323, 62324, 62325 and 12 more",
        ),
        (
            *("20975", "look"),
            (
                'the article on 20975 describes "Therapeutic injection into the spine"; the published code is "bone '
                'stimulator that an operation puts in place"'
            ),
            "62320, 62321, 62322, 62323, 62324, 62325 and 12 more",
        ),
        (
            *("20920", "look"),
            (
                'the article on 20920 describes "Epidural or facet joint injection"; the published code is "strip of '
                'thigh fascia taken for a graft"'
            ),
            "62320, 62321, 62322, 62323, 62324, 62325 and 8 more",
        ),
        (
            *("20962", "look"),
            (
                'the article on 20962 describes "Facet or sacroiliac joint injection"; the published code is "bone '
                'graft moved with its blood vessels"'
            ),
            "64490, 64491, 64492, 64493, 64494, 64495 and 3 more",
        ),
    ],
)
def test_findings_on_articles_are_said(code: str, verdict: str, says: str, codes: str, check_claim: CheckClaim) -> None:
    """No set has to be loaded; the releases checked are named, and other codes are to be looked at only."""
    result = find(check_claim(f"{code} {code}-50"), "finding", code)
    assert (result.verdict, result.says, result.lines) == (verdict, says, (1, 2))
    assert result.remedy == f"look at {codes}, if the documentation describes one of them"
    assert result.rule.source == "Library, checked against CMS RVU26C (July 2026) and 6 more"


def test_a_code_that_is_published_later_outdates_the_finding(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """The loaded release of the day knows more than the finding."""
    add_sets(sets.fee_schedule(make_row("20976")))
    result = find(check_claim("20976"), "finding", "20976")
    assert (result.verdict, result.says) == (
        "look",
        "20976 was not published when the article was checked, and is in Fee schedule RVU26C",
    )


def test_a_code_without_an_article_has_no_finding(check_claim: CheckClaim) -> None:
    """64483 is a published code of the library, and 64999 is none."""
    assert "finding" not in {result.edit for result in check_claim("64483 64999").results}


# All together


@given(st.permutations(range(5)))
def test_no_order_of_lines_changes_a_verdict(add_sets: AddSets, check_lines: CheckLines, order: list[int]) -> None:
    """The line that is paid only alone is looked at wherever it stands."""
    add_sets(sets.fee_schedule(make_row("96998", STATUS_CODE="T"), make_row("64999"), make_unpaid_row("64998", "B")))
    lines = [
        make_line("96998", day="2026-08-03"),
        make_line("64999", day="2026-08-01", last_day="2026-08-05"),
        make_line("64998", day="2026-08-03"),
        make_line("20975", day="2026-08-03"),
        make_line("64997", day="2026-08-03"),
    ]
    answer = check_lines(*(lines[place] for place in order))
    verdicts = {checked.line.code: checked.verdict for checked in answer.lines}
    statuses = {result.code: result.verdict for result in answer.results if result.edit == "status"}
    assert statuses == {"96998": "look", "64999": "ok", "64998": "deny likely"}
    assert (verdicts["20975"], verdicts["64997"]) == ("deny likely", "deny likely")


@given(st.dates(date(2009, 1, 1), date(2030, 12, 31)))
def test_verdicts_over_days_are_intervals(add_sets: AddSets, check_claim: CheckClaim, day: date) -> None:
    """A HCPCS code is in force from one day to another, both included; a CPT code where a release has it."""
    add_sets(FEES, DRUGS)
    answer = check_claim("J0001 64999", on=day.isoformat(), setting="hospital")
    is_in_force = date(2010, 1, 1) <= day <= date(2026, 7, 31)
    assert find(answer, "code", "J0001").verdict == ("ok" if is_in_force else "deny likely")
    assert find(answer, "code", "64999").verdict == ("unknown" if day < date(2026, 7, 1) else "ok")


# Real files of CMS


def test_real_files_say_what_coders_know(real_file: RealFile, run: Run, check_claim: CheckClaim) -> None:
    """20976 is in no fee schedule; a drug of an old file that a newer fee schedule lacks is not called in force."""
    assert run("add", str(real_file("rvu26c.zip")), str(real_file("anweb_2020_10.xlsx"))).code == 0
    answer = check_claim("64483 20976 J1030 E0100 99072 D0120")
    codes = {result.code: (result.verdict, result.says) for result in answer.results if result.edit == "code"}
    assert codes == {
        **{code: ("ok", f"{code} is in Fee schedule RVU26C") for code in ("64483", "99072", "D0120")},
        "20976": ("deny likely", "20976 is not in Fee schedule RVU26C"),
        "J1030": (
            "unknown",
            "J1030 was valid in 2020Q4, but is not in Fee schedule RVU26C, which is newer",
        ),
        "E0100": ("ok", f"E0100 is valid on {DAY} (since 1986-01-01)"),
    }
    statuses = {result.code: result.verdict for result in answer.results if result.edit == "status"}
    assert statuses == {"64483": "ok", "99072": "deny likely", "D0120": "look", "E0100": "ok"}


def test_every_status_of_the_real_file_has_a_verdict(real_file: RealFile, run: Run) -> None:
    """Each of its 12 statuses is described, and the kinds of codes that it has are those that it is asked for."""
    assert run("add", str(real_file("rvu26c.zip"))).code == 0
    with closing(Catalog(codesets_dir())) as catalog:
        store, *_ = catalog.open_release("pfs", "2026C")
        records = [*store.iter_records()]
        place = store.columns.index("status")
    assert {record.fields[place] for record in records} == {*"ABCEIJMNPRTX"}
    codes = {record.code for record in records}
    assert {code[0] for code in codes if code[0].isalpha()} == {*"ADGHJMPQRSTV"}
    assert {code[-1] for code in codes if code[0].isdigit() and code[-1].isalpha()} == {*"FT"}
