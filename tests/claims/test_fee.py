"""`cptref fee`: amounts by place, setting and factor, what follows from them, and what is said where there is none."""

from __future__ import annotations

import csv
import json
import re
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest

from cptref.cli.loader import _repeat_option
from cptref.models.claims import ADVICE
from tests.claims.sets import DAY, fee_schedule, practice_indices
from tests.codesets.locality_files import make_zip5, zip_line
from tests.codesets.pfs_files import NOTICE, make_csv, make_row, make_unpaid_row

if TYPE_CHECKING:
    from tests.claims.conftest import AddSets
    from tests.conftest import Run

IN_2026C = ("--on", DAY)
NOT_LOADED = "no fee schedule loaded: download the RVU zip of the quarter from CMS and run cptref add rvu26d.zip"
KNOWN_FACTOR = (
    "factor 33.5675 (qualifying APM) is the one CMS published for 2026; its file, with the same RVUs, is not loaded"
)
INDICES = practice_indices({"FL-04": ("1.010", "1.020", "1.500"), "IL-16": ("1.090", "1.250", "0.500")})
NOTICES = "".join(f"  {line}\n" for line in NOTICE.splitlines())
EMPTY = "the locality is empty; name it as in 09102-04, FL-04 or Miami; cptref list --set gpci shows all"


def read_json(run: Run, *args: str) -> dict[str, Any]:
    """Return the object of `cptref fee ... -f json` on DAY."""
    answer: dict[str, Any] = json.loads(run("fee", *args, *IN_2026C, "-f", "json").out)
    return answer


def test_a_page(run: Run, add_sets: AddSets) -> None:
    """Both settings and factors, what follows from the fee, why a modifier is not paid, the notice, the advice."""
    add_sets(fee_schedule(make_row("64483")))
    done = run("fee", "64483", *IN_2026C)
    assert (done.code, done.err) == (0, f"cptref: {KNOWN_FACTOR}\n")
    assert (
        done.out
        == f"""\
64483  Made-up text of 64483
============================

Fee schedule RVU26C

                                     National office  National facility
Fee, factor 33.4009                  $264.87          $99.53
Fee, qualifying APM, factor 33.5675  $266.19          $100.03
Both sides (50, 150%)                $397.30          $149.30
Nonparticipating (95%)               $251.63          $94.56
Limiting charge (109.25%)            $289.37          $108.74

Limiting charge (109.25%)  the most that those who do not participate may charge: 115% of 95%
Assistant (80)             assistant indicator 1: not paid, by law
Co-surgeon, each (62)      co-surgeon indicator 0: not paid
Team (66)                  team indicator 0: not paid
RVU                        work 1.85, practice expense 5.91 office / 0.96 facility, malpractice 0.17
Several procedures         2: beside other procedures, the highest is paid in full and each further one at half

Notices of the files
{NOTICES}
{ADVICE}
"""
    )


def test_several_codes_are_ranked(run: Run, add_sets: AddSets) -> None:
    """Add-ons are paid in full, the second procedure at half; the page says how, and the sum."""
    smaller = {"WORK RVU": "0.85", "NON-FACILITY TOTAL": "6.93", "FACILITY TOTAL": "1.98"}
    add_sets(fee_schedule(make_row("64483"), make_row("64493") | smaller, make_row("64494", MULT_PROC="0") | smaller))
    page = run("fee", "64493", "64483-50", "64494", *IN_2026C).out
    start = page.index("Together on one day")
    assert (
        page[start : page.index("\n\nNotices")]
        == """\
Together on one day

          National office  National facility
64493     $115.73 (50%)    $33.07 (50%)
64483-50  $397.30 (100%)   $149.30 (100%)
64494     $231.47          $66.13
Together  $744.50          $248.50

  How each comes about, National:
  - 64493: $231.47 office, second procedure 50%
  - 64493: $66.13 facility, second procedure 50%
  - 64483-50: $264.87 office, both sides 150%, first procedure 100%
  - 64483-50: $99.53 facility, both sides 150%, first procedure 100%"""
    )


@pytest.mark.parametrize(
    ("typed", "label", "office", "how"),
    [
        (["64483x2"], "64483 x2", "397.30", "$264.87 office, both sides 150%"),
        (["64002x2"], "64002 x2", "529.74", "$264.87 office, 2 units"),
        (["64002*3"], "64002 x3", "794.61", "$264.87 office, 3 units"),
        (["64002 X 3"], "64002 x3", "794.61", "$264.87 office, 3 units"),
        (["64002", "x2"], "64002 x2", "529.74", "$264.87 office, 2 units"),
        (["97001x3"], "97001 x3", "597.21", "$264.87 office, further units: practice expense 50%, 3 units"),
    ],
)
def test_units_count(run: Run, add_sets: AddSets, typed: list[str], label: str, office: str, how: str) -> None:
    """Two units are both sides where the bilateral indicator says so; further ones of therapy have half the expense."""
    rows = (make_row("64483"), make_row("64002", BILAT_SURG="0"), make_row("97001", MULT_PROC="5", BILAT_SURG="0"))
    add_sets(fee_schedule(*rows))
    done = run("fee", *typed, *IN_2026C)
    assert (done.code, done.err) == (0, f"cptref: {KNOWN_FACTOR}\n")
    assert re.search(rf"^{label} +\${office}", done.out, re.MULTILINE), done.out
    assert f"  - {label[:5]}: {how}\n" in done.out
    (ranked,) = read_json(run, *typed)["ranking"]
    assert (ranked["kind"], ranked["code"], ranked["amounts"][0]["amount"]) == ("ranking", label, office)


def test_units_between_codes_are_those_of_the_code_in_front(run: Run, add_sets: AddSets) -> None:
    """Check one argument with several codes, and JSON Lines, which has the ranking behind the fees."""
    add_sets(fee_schedule(make_row("64002", BILAT_SURG="0", MULT_PROC="0"), make_row("64003", MULT_PROC="0")))
    done = run("fee", "64003, 64002x2; 64003-50", *IN_2026C, "-f", "jsonl")
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert [line["input"] for line in lines[:3]] == ["64003", "64002x2", "64003-50"]
    ranked = [(line["kind"], line["code"], line["amounts"][0]["amount"]) for line in lines[3:]]
    assert ranked == [
        ("ranking", "64003", "264.87"),
        ("ranking", "64002 x2", "529.74"),
        ("ranking", "64003-50", "397.30"),
    ]


@pytest.mark.parametrize(
    ("typed", "code", "says"),
    [
        ("(64483) x2", 1, "1 unit count: not used; type x2 right behind a code"),
        ("64483x0", 1, "1 unit count: not used; type x2 right behind a code"),
        ("64483 x2\n64483 x3", 1, "2 unit counts: not used; type x2 right behind a code"),
        ("64483 $450.00", 0, "skipped 1 other value: 1 amount"),
        ("64483-50x2", 0, "64483-50x2: 50 stands for both sides as 1 unit on one line, so 1 unit is priced"),
    ],
)
def test_nothing_typed_is_dropped_in_silence(run: Run, add_sets: AddSets, typed: str, code: int, says: str) -> None:
    """Units that can't be used are a miss, exit 1; what else stands beside codes is named."""
    add_sets(fee_schedule(make_row("64483")))
    done = run("fee", typed, *IN_2026C)
    assert (done.code, f"cptref: {says}" in done.err.splitlines()) == (code, True), done.err


def test_formula(run: Run, add_sets: AddSets) -> None:
    """The formula has its numbers, with the shares of modifiers."""
    add_sets(fee_schedule(make_row("64483")))
    page = run("fee", "64483-50", "--formula", "--qpp", *IN_2026C).out
    start = page.index("Formula")
    assert (
        page[start : page.index("\n\nNotices")]
        == """\
Formula
  - National, office: (1.85 + 5.91 + 0.17) x 33.5675 = 266.190275, both sides 150%, rounded $399.29
  - National, facility: (1.85 + 0.96 + 0.17) x 33.5675 = 100.03115, both sides 150%, rounded $150.05"""
    )


def test_both_factors_are_those_of_the_files(run: Run, add_sets: AddSets) -> None:
    """With both files loaded nothing has to be said; a year with one factor has one."""
    add_sets(
        fee_schedule(make_row("64483")),
        {"qpp.csv": make_csv("2026C", make_row("64483"), factor="33.5675")},
        {"2025.csv": make_csv("2025D", make_row("64483"), factor="32.3465")},
    )
    done = run("fee", "64483", *IN_2026C)
    assert (done.code, done.err) == (0, "")
    assert "qualifying APM, factor 33.5675  $266.19" in done.out
    earlier = run("fee", "64483", "--on", "2025-11-20", "--qpp")
    remark = "Fee schedule RVU25D has no conversion factor of its own for qualifying APM participants"
    assert earlier.err == f"cptref: {remark}\n"
    assert "Fee, factor 32.3465        $256.51" in earlier.out


def test_an_older_release_is_named_beside_every_amount(run: Run, add_sets: AddSets) -> None:
    """Check the page and the JSON."""
    add_sets(fee_schedule(make_row("64483")))
    lines = run("fee", "64483", "--on", "2027-02-01").out.splitlines()
    assert all("(as of RVU26C)" in line for line in lines if "$" in line)
    results = json.loads(run("fee", "64483", "--on", "2027-02-01", "-f", "json").out)["results"]
    assert {amount["as_of"] for amount in results[0]["amounts"]} == {"as of RVU26C"}


UNPAID = {
    "C": "C: the Medicare contractor sets the price",
    "E": "E: not paid under the physician fee schedule; other Medicare rules apply",
    "J": "J: anesthesia, paid by base units and time; the fee schedule file has no base units",
    "N": "N: not covered by Medicare",
    "X": "X: outside the physician fee schedule by law",
    "R": "R: the file has no RVUs for it, so the Medicare contractor sets the price",
}


@pytest.mark.parametrize("status", UNPAID)
def test_a_status_stands_in_words_in_place_of_an_amount(run: Run, add_sets: AddSets, status: str) -> None:
    """A code that the fee schedule has and does not pay is answered: exit 0."""
    add_sets(fee_schedule(make_unpaid_row("00001", status)))
    done = run("fee", "00001", *IN_2026C)
    assert (done.code, "$" in done.out) == (0, False)
    assert f"Fee schedule RVU26C\nNo amount: {UNPAID[status]}\n" in done.out


def test_na_stands_in_place_of_an_amount(run: Run, add_sets: AddSets) -> None:
    """A service that is rarely done in an office has no amount there, and the file's number is not shown."""
    add_sets(fee_schedule(make_row("27447", NON_FAC_NA_INDICATOR="NA") | {"NON-FAC NA INDICATOR": "NA"}))
    done = run("fee", "27447", *IN_2026C)
    assert "Fee, factor 33.4009                  NA               $99.53\n" in done.out
    assert "No amount                  NA: rarely or never done outside a facility\n" in done.out
    assert "NA office / 0.96 facility" in done.out
    assert "264.87" not in done.out


def test_parts_and_the_cap(run: Run, add_sets: AddSets) -> None:
    """The rows of 26 and TC are shown, and what a hospital gets is the most for the technical part."""
    cap = {"NON-FACILITY PE USED FOR OPPS PAYMENT AMOUNT": "4.91", "MP USED FOR OPPS PAYMENT AMOUNT": "0.17"}
    technical = {"WORK RVU": "0.00", "NON-FACILITY TOTAL": "6.08", "FACILITY TOTAL": "1.13"}
    professional = {"NON-FAC PE RVU": "0.96", "NON-FACILITY TOTAL": "2.98"}
    rows = (make_row("70001", PCTC_IND="1"), make_row("70001", "26"), make_row("70001", "TC"))
    add_sets(fee_schedule(rows[0] | cap, rows[1] | professional, rows[2] | technical | cap))
    page = run("fee", "70001", *IN_2026C).out
    assert "Fee, factor 33.4009                  $231.47          $67.47\n" in page
    assert "Professional part (26)               $99.53           $99.53\n" in page
    assert "Technical part (TC)                  $169.68          $5.68\n" in page
    says = "the technical part is paid at most as in a hospital, which lowers the amount: national"
    assert f"OPPS cap                   {says}\n" in page
    amount = read_json(run, "70001")["results"][0]["amounts"][0]
    assert amount["capped"] == ["office", "facility"]


_NO_150 = "no 150% for both sides: at most 100% of one code is paid for them"
_INCLUDED = "the RVUs are for both sides already, and 100% is paid for them"


@pytest.mark.parametrize(
    ("code", "value", "lines"),
    [
        ("64001", "1", ["Both sides (50, 150%)                $397.30          $149.30"]),
        (
            "64001",
            "3",
            [
                "Both sides (50, 200%)                $529.74          $199.07",
                "Both sides (50, 200%)      each side is paid in full",
            ],
        ),
        (
            "64001",
            "2",
            [
                "Both sides (included)                $264.87          $99.53",
                f"Both sides (included)      {_INCLUDED}",
            ],
        ),
        ("64001", "0", [f"Both sides                 {_NO_150}"]),
        ("64001", "9", []),
        ("99214", "0", []),  # a visit has no sides
    ],
)
def test_both_sides_are_shown_where_they_mean_something(
    run: Run, add_sets: AddSets, code: str, value: str, lines: list[str]
) -> None:
    """By the bilateral indicator: 50 is named only where it goes with the code."""
    add_sets(fee_schedule(make_row(code, BILAT_SURG=value)))
    page = run("fee", code, *IN_2026C).out
    assert [line for line in page.splitlines() if line.startswith("Both sides")] == lines


@pytest.mark.parametrize(
    ("typed", "changes", "says"),
    [
        ("64001-50", {"BILAT_SURG": "0"}, f"50 on 64001: bilateral indicator 0: {_NO_150}; 50 needs indicator 1 or 3"),
        (
            "64001-50",
            {"BILAT_SURG": "2"},
            f"50 on 64001: bilateral indicator 2: {_INCLUDED}; 50 needs indicator 1 or 3",
        ),
        ("64001-50", {"BILAT_SURG": "1"}, ""),
        ("64001", {"BILAT_SURG": "0"}, ""),
    ],
)
def test_a_modifier_that_claims_are_denied_for_is_named(
    run: Run, add_sets: AddSets, typed: str, changes: dict[str, str], says: str
) -> None:
    """Beside the amount stands what `cptref claim` says of the modifier, word for word."""
    add_sets(fee_schedule(make_row("64001", **changes)))
    facts = {fact["name"]: fact["values"] for fact in read_json(run, typed)["results"][0]["facts"]}
    assert facts.get("Claim edit", []) == ([f"deny likely: {says}"] if says else [])
    results = json.loads(run("claim", typed, *IN_2026C, "-f", "json").out)["results"]
    denied = [
        result["says"] for result in results if (result["edit"], result["verdict"]) == ("modifier", "deny likely")
    ]
    assert denied == ([says] if says else [])


def test_further_units_of_therapy_have_half_the_practice_expense(run: Run, add_sets: AddSets) -> None:
    """The amount that CMS publishes beside the fee: (1.85 + 5.91 / 2 + 0.17) x 33.4009."""
    add_sets(fee_schedule(make_row("97001", MULT_PROC="5")))
    assert (
        "Further unit of the day (practice expense 50%)  $166.17          $83.50\n"
        in run("fee", "97001", *IN_2026C).out
    )


def test_a_base_endoscopy_is_included_in_its_family(run: Run, add_sets: AddSets) -> None:
    """The page says what was taken off, and JSON has every place, factor and setting."""
    base = {"WORK RVU": "0.85", "NON-FACILITY TOTAL": "6.93", "FACILITY TOTAL": "1.98", "BILAT SURG": "0"}
    rows = (make_row("45380", MULT_PROC="3", ENDO_BASE="45378"), make_row("45378") | base)
    add_sets(fee_schedule(*rows, make_row("45385", MULT_PROC="3", ENDO_BASE="45378")))
    page = run("fee", "45378", "45380", "45385", *IN_2026C).out
    assert "45378     $0.00 (included)          $0.00 (included)\n" in page
    assert "45385     $33.40 (100%, less base)  $33.40 (100%, less base)\n" in page
    assert "  - 45385: $264.87 office, less $231.47 of its base endoscopy 45378\n" in page
    ranked = read_json(run, "45378", "45380", "45385")["ranking"][2]
    basis = [(amount["factor"], amount["setting"], amount["amount"]) for amount in ranked["amounts"]]
    assert basis == [
        ("33.4009", "office", "33.40"),
        ("33.4009", "facility", "33.40"),
        ("33.5675", "office", "33.57"),
        ("33.5675", "facility", "33.57"),
    ]


def test_misses(run: Run, add_sets: AddSets) -> None:
    """What has no answer is named with the reason, the others are answered: exit 1."""
    add_sets(fee_schedule(make_row("64483")), {"2025.csv": make_csv("2025D", make_row("64999"), factor="32.3465")})
    done = run("fee", "64483", "64999", "99999", "M54.16", "6448", "64483-64484", *IN_2026C)
    assert done.code == 1
    assert done.out.startswith("64483  Made-up text")
    assert done.err.splitlines() == [
        f"cptref: {KNOWN_FACTOR}",
        "cptref: 64999: in RVU25D, not in Fee schedule RVU26C",
        "cptref: 99999: not in Fee schedule RVU26C",
        "cptref: M54.16: a diagnosis, which has no fee",
        "cptref: 6448: does not look like a code; a code has five characters, like 20976, 0042T or G0260",
        "cptref: 64483-64484: a range of codes; type each code",
    ]


def test_the_absence_from_an_older_release_proves_nothing(run: Run, add_sets: AddSets) -> None:
    """A newer release may have a code that an older one lacks; before all releases nothing is known."""
    add_sets(fee_schedule(make_row("64483")))
    later, earlier = run("fee", "64999", "--on", "2027-02-01"), run("fee", "64483", "--on", "2020-01-01")
    as_of = "as of RVU26C, the newest loaded before 2027-02-01"
    assert (later.code, later.out) == (1, "")
    assert f"cptref: 64999: not in Fee schedule RVU26C, {as_of}; a newer release may have it\n" in later.err
    assert (earlier.code, earlier.out) == (1, "")
    assert "cptref: 64483: unknown on 2020-01-01: the oldest loaded release is RVU26C\n" in earlier.err


def test_nothing_loaded(run: Run) -> None:
    """What to load is said: exit 1."""
    done = run("fee", "64483")
    assert (done.code, done.out) == (1, "")
    assert done.err == f"cptref: {NOT_LOADED}\ncptref: 64483: no fee schedule is loaded\n"


def test_without_indices_amounts_are_national(run: Run, add_sets: AddSets) -> None:
    """Without GPCI the national amounts are shown, and what to load: exit 1."""
    add_sets(fee_schedule(make_row("64483")))
    done = run("fee", "64483", "--locality", "FL-04", *IN_2026C)
    assert done.code == 1
    assert "$264.87" in done.out
    assert done.err.splitlines()[1:] == [
        "cptref: no GPCI loaded: download the RVU zip of the quarter from CMS and run cptref add rvu26d.zip",
        "cptref: FL-04: no GPCI is loaded, so amounts are national alone",
    ]


def test_places_side_by_side(run: Run, add_sets: AddSets) -> None:
    """Bars on one scale with the percent above the national amount, for all localities behind --compare."""
    add_sets(fee_schedule(make_row("64483")), INDICES)
    done = run("fee", "64483", "--compare", "FL-04", "IL-16", "--qpp", *IN_2026C)
    assert done.code == 0
    assert (
        done.out[: done.out.index("\n\n      ") + 1]
        == """\
64483  Made-up text of 64483
============================

Fee schedule RVU26C
Places  Miami (FL-04)
        Chicago (IL-16)

Office, by place
  Factor 33.5675, and percent above national; scale from $0 to $318.52:
  National  ##################################......  $266.19
  FL-04     ###################################.....  $273.63  +2.8%
  IL-16     ########################################  $318.52  +19.7%

Facility, by place
  Factor 33.5675, and percent above national; scale from $0 to $110.82:
  National  #####################################...  $100.03
  FL-04     ######################################..  $104.15  +4.1%
  IL-16     ########################################  $110.82  +10.8%
"""
    )


def test_every_place_says_how_several_come_about(run: Run, add_sets: AddSets) -> None:
    """Each locality has a paragraph of its own, and the nation none beside them."""
    add_sets(fee_schedule(make_row("64483"), make_row("64493")), INDICES)
    page = run("fee", "64483", "64493", "--compare", "FL-04", "IL-16", *IN_2026C).out
    assert re.findall("How each comes about, (.*):", page) == ["FL-04", "IL-16"]
    assert "  - 64493: $316.94 office, second procedure 50%\n" in page


def test_a_locality_has_its_formula_and_its_difference(run: Run, add_sets: AddSets) -> None:
    """Check JSON and CSV: the indices, the difference from the national amount as a number."""
    add_sets(fee_schedule(make_row("64483")), INDICES)
    answer = read_json(run, "64483", "--locality", "09102-04", "--qpp")
    locality = answer["localities"][0]
    indices = (locality["work"], locality["practice"], locality["malpractice"], locality["rule"]["source"])
    assert (locality["key"], indices) == ("09102-04", ("1.010", "1.020", "1.500", "GPCI 2026"))
    amount = answer["results"][0]["amounts"][1]
    assert (amount["office_percent_above_national"], amount["facility_percent_above_national"]) == ("2.8", "4.1")
    words = "(1.85 x 1.010 + 5.91 x 1.020 + 0.17 x 1.500) x 33.5675 = 273.63218975, rounded $273.63"
    assert amount["formulas"][0] == f"office: {words}"
    rows = [*csv.DictReader(StringIO(run("fee", "64483", "--locality", "FL-04", *IN_2026C, "-f", "csv").out))]
    local = [row for row in rows if row["place"] == "09102-04" and row["name"] == "Fee"]
    assert [row["percent above national"] for row in local] == ["2.8", "4.1", "2.8", "4.1"]


def test_a_place_that_is_none(run: Run, add_sets: AddSets) -> None:
    """A locality that is none is a usage error, with what to type; one of an unknown year leaves national amounts."""
    add_sets(fee_schedule(make_row("64483")), {"2025.csv": make_csv("2025D", make_row("64483"))}, INDICES)
    done = run("fee", "64483", "--locality", "FL-77", *IN_2026C)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("cptref: FL-77: no locality of GPCI 2026; ")
    earlier = run("fee", "64483", "--locality", "FL-04", "--on", "2025-11-01")
    assert (earlier.code, "National office  National facility\n" in earlier.out) == (1, True)
    assert earlier.err == "cptref: FL-04: indices are unknown on 2025-11-01: the oldest loaded release is 2026\n"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--locality", ""], EMPTY),
        (["--compare", ""], EMPTY),
        (["--compare", "FL-04", ""], EMPTY),
        (["--zip", ""], "'' is not a ZIP code; write it as in 33101"),
        (["--zip", "", "--locality", ""], "--locality and --zip exclude each other; leave one out"),
    ],
)
@pytest.mark.parametrize("is_loaded", [True, False])
def test_an_empty_place_is_wrong_usage(
    run: Run,
    add_sets: AddSets,
    args: list[str],
    message: str,
    is_loaded: bool,  # noqa: FBT001 - of the parameters
) -> None:
    """It isn't the nation: a script may have lost what it meant."""
    if is_loaded:
        add_sets(fee_schedule(make_row("64483")), INDICES)
    assert run("fee", "64483", *args, *IN_2026C) == (2, "", f"cptref: {message}\n")


def test_a_code_behind_compare_is_no_locality(run: Run, add_sets: AddSets) -> None:
    """It is refused, with where to put it; one that is a ZIP code too is named, and other numbers may be ZIP codes."""
    code_first = "64493 is a code of the fee schedule, not a locality; put codes in front of --compare"
    add_sets(fee_schedule(make_row("64483"), make_row("64493"), make_row("33101")))
    assert run("fee", "64483", "--compare", "FL-04", "64493", *IN_2026C) == (2, "", f"cptref: {code_first}\n")
    add_sets(INDICES, {"zip.txt": make_zip5(zip_line("33101", "09102-04", quarter="20263")).decode()})
    assert run("fee", "64483", "--compare", "FL-04", "64493", *IN_2026C) == (2, "", f"cptref: {code_first}\n")
    done = run("fee", "64483", "--compare", "33101", "IL-16", *IN_2026C)
    assert (done.code, "Miami" in done.out) == (0, True)
    both = "33101 is a code of the fee schedule too, and is taken for a ZIP code; put codes in front of --compare"
    assert f"cptref: {both}\n" in done.err
    done = run("fee", "64483", "--compare", "33109", *IN_2026C)
    assert done.err == (
        "cptref: ZIP code 33109 is not in ZIP code localities 2026Q3; check it, or name the locality, as in FL-04\n"
    )


def test_json_and_csv_have_exact_amounts(run: Run, add_sets: AddSets) -> None:
    """Amounts are text of two decimals in JSON, and numbers without quotes in CSV."""
    add_sets(fee_schedule(make_row("64483")))
    answer = read_json(run, "64483")
    result = answer["results"][0]
    assert [(amount["office"], amount["facility"]) for amount in result["amounts"]] == [
        ("264.87", "99.53"),
        ("266.19", "100.03"),
    ]
    assert result["rule"] == {"source": "Fee schedule RVU26C", "set": "pfs", "release": "2026C", "as_of": ""}
    assert (result["fields"]["work"], answer["advice"], result["advice"]) == ("1.85", ADVICE, ADVICE)
    text = run("fee", "64483", *IN_2026C, "-f", "csv").out
    assert '"Both sides (50, 150%)","national","33.4009","no","office",397.30,' in text
    rows = [*csv.DictReader(StringIO(text))]
    assert {row["advice"] for row in rows} == {ADVICE}
    assert rows[0]["formula"] == "(1.85 + 5.91 + 0.17) x 33.4009 = 264.869137, rounded $264.87"


def test_csv_has_what_is_no_amount(run: Run, add_sets: AddSets) -> None:
    """Codes without an answer, localities, and remarks; older indices stand beside their amounts."""
    add_sets(fee_schedule(make_row("64483")), practice_indices({"FL-04": ("1.010", "1.020", "1.500")}, 2025))
    rows = [*csv.DictReader(StringIO(run("fee", "64483", "99999", "--locality", "FL-04", *IN_2026C, "-f", "csv").out))]
    assert {(row["place"], row["as of"]) for row in rows if row["name"] == "Fee"} == {
        ("national", ""),
        ("09102-04", "as of 2025"),
    }
    assert [(row["code"], row["name"], row["place"], row["says"]) for row in rows[-4:-1]] == [
        ("99999", "Not found", "", "not in Fee schedule RVU26C"),
        ("", "Locality", "09102-04", "Miami (FL-04)"),
        ("", "Remark", "", KNOWN_FACTOR),
    ]
    assert {row["advice"] for row in rows} == {ADVICE}


def test_csv_says_that_nothing_is_loaded(run: Run) -> None:
    """And which codes have no answer for it."""
    rows = [*csv.DictReader(StringIO(run("fee", "64483", *IN_2026C, "-f", "csv").out))]
    assert [(row["code"], row["name"], row["says"]) for row in rows] == [
        ("64483", "Not found", "no fee schedule is loaded"),
        ("", "Not loaded", NOT_LOADED),
    ]


@pytest.mark.parametrize("form", ["text", "markdown", "html", "terminal"])
def test_every_page_ends_with_the_advice(run: Run, add_sets: AddSets, form: str) -> None:
    """The last words of a page are that it is no advice, and what is not held."""
    add_sets(fee_schedule(make_row("64483")))
    page = run("fee", "64483", *IN_2026C, "-f", form, "--width", "1000" if form in {"text", "terminal"} else "80").out
    page = re.sub("<[^>]*>", "", page) if form == "html" else page
    assert page.strip().strip("*_").endswith(ADVICE)


@pytest.mark.parametrize(
    ("typed", "parsed"),
    [
        ("64483 --compare FL-04 CA-05", "64483 --compare FL-04 --compare CA-05"),
        ("64483 --compare FL-04 CA-05 -f json", "64483 --compare FL-04 --compare CA-05 -f json"),
        ("--compare=FL-04 CA-05 --qpp 64483", "--compare=FL-04 --compare CA-05 --qpp 64483"),
        ("64483 --compare FL-04 -- CA-05", "64483 --compare FL-04 -- CA-05"),
        ("64483 --compare", "64483 --compare"),
        ("64483 --locality FL-04", "64483 --locality FL-04"),
    ],
)
def test_arguments_behind_compare_are_localities(typed: str, parsed: str) -> None:
    """All arguments up to the next option belong to it."""
    assert [*_repeat_option(typed.split(), "--compare")] == parsed.split()


def test_what_speaks_against_a_code_of_an_article_comes_first(run: Run, add_sets: AddSets) -> None:
    """Whoever read the article prices another service; an amount alone would say that all is well."""
    add_sets(fee_schedule(make_row("20975"), make_row("64483")))
    says = (
        'the article on 20975 describes "Therapeutic injection into the spine"; the published code is '
        '"bone stimulator that an operation puts in place"'
    )
    remedy = "look at 62320, 62321, 62322, 62323, 62324, 62325 and 12 more, if the documentation describes one of them"
    for command in (["fee", "64483", "20975x2"], ["pair", "64483", "20975"]):
        answer = json.loads(run(*command, "--on", DAY, "-f", "json").out)
        assert answer["findings"] == [{"code": "20975", "says": says, "remedy": remedy}]
    assert run("fee", "64483", "20975", "--on", DAY).out.startswith(f"! {says}\n  {remedy}\n\n64483  ")
    rows = csv.DictReader(StringIO(run("fee", "20975", "--on", DAY, "-f", "csv").out))
    assert [row["says"] for row in rows if row["name"] == "Finding"] == [says]
    assert read_json(run, "64483")["findings"] == []


def test_a_code_that_is_in_no_release_has_its_finding_too(run: Run, add_sets: AddSets) -> None:
    """There is no amount, and the next guess must not be another code of the article."""
    add_sets(fee_schedule(make_row("64483")))
    (finding,) = read_json(run, "20976", "64483")["findings"]
    title = "Therapeutic injection into the spine"
    assert finding["says"] == f'20976 is not a published code; the article on it describes "{title}"'


def test_a_modifier_that_is_unknown_is_said_to_be(run: Run, add_sets: AddSets) -> None:
    """It changes no amount, and it is no modifier that is known: one without effect goes without saying."""
    add_sets(fee_schedule(make_row("64483")))
    done = run("fee", "64483-LT-XX-XX", *IN_2026C)
    unknown = "cptref: 64483-LT-XX-XX: modifier XX is not known here; the amount is that without it\n"
    assert (done.code, done.err) == (0, f"{unknown}cptref: {KNOWN_FACTOR}\n")
    assert run("fee", "64483-LT", *IN_2026C).err == f"cptref: {KNOWN_FACTOR}\n"


def test_until_when_releases_are_in_force_is_said_once(run: Run, add_sets: AddSets) -> None:
    """Of the fee schedule and of the indices, however many codes and places rest on them."""
    add_sets(fee_schedule(make_row("64483"), make_row("64493")), INDICES)
    fees = "cptref: Fee schedule RVU26C is in force until 2026-09-30; nothing newer is loaded for {}"
    indices = "cptref: GPCI 2026 is in force until 2026-12-31; nothing newer is loaded for 2027-01-05"
    expected = {
        "2026-09-30": [],
        "2026-11-28": [fees.format("2026-11-28")],
        "2027-01-05": [fees.format("2027-01-05"), indices],
    }
    lines = {day: run("fee", "64483", "64493", "--locality", "FL-04", "--on", day).err.splitlines() for day in expected}
    assert {day: [line for line in lines[day] if "in force" in line] for day in lines} == expected
