"""`cptref pair`: what holds on a day, every period in either order, each setting by itself."""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from cptref import open_library
from cptref.models.claims import ADVICE
from tests.claims.sets import DAY, fee_schedule, pair_edits
from tests.codesets.files import PTP_NOTICE, ptp_row
from tests.codesets.pfs_files import make_row

if TYPE_CHECKING:
    from tests.claims.conftest import AddSets
    from tests.codesets.conftest import RealFile
    from tests.conftest import Run

EDITS = (
    ptp_row("20552", "64483", "20170101", rationale="Misuse of column two"),
    ptp_row("64483", "20552", "20130401", "20161231", rationale="More extensive"),
    ptp_row("62323", "64483", "20150101", indicator="0", rationale="Mutually exclusive"),
    ptp_row("20552", "J1010", "20260901", "20260930"),
    ptp_row("20552", "20610", "20100101", "20100101", "9"),
)
SEPARATE = (
    "a modifier such as 59, XE, XP, XS or XU on {}, or one for another side, eyelid, finger, toe or artery, "
    "if the documentation shows that the two were separate"
)
MODIFIERS = """\
Modifiers that may let both be paid
Sides                             LT RT
Separate services                 59 XE XP XS XU
Repeated tests                    91
On a visit                        24 25 27 57
In a global period                58 78 79
Eyelids, fingers, toes, arteries  E1 E2 E3 E4 F1 F2 F3 F4 F5 F6 F7 F8 F9 FA LC LD LM RC RI T1 T2 T3 T4 T5 T6 T7 T8 T9 TA
"""
NOTICES = f"{ADVICE}\n\nNotices of the files\n  {PTP_NOTICE}\n"
PAGE = f"""\
✗ Practitioner, {DAY}: 64483 is not paid on the same day as 20552, unless a modifier says that they were separate
  deny likely; what would change it: {SEPARATE.format("64483")}

Practitioner pair edits 2026Q3
Order changed  64483/20552 until 2016-12-31, 20552/64483 since 2017-01-01
  20552/64483  since 2017-01-01          indicator 1  Misuse of column two
  64483/20552  2013-04-01 to 2016-12-31  indicator 1  More extensive

{MODIFIERS}
{NOTICES}"""


@pytest.mark.parametrize("codes", [("20552", "64483"), ("64483", "cpt:20552")])
def test_the_page_of_a_pair(codes: tuple[str, str], add_sets: AddSets, run: Run) -> None:
    """Say first what holds, whichever code comes first, then every period, the newest first."""
    add_sets(pair_edits(*EDITS))
    assert run("pair", *codes, "--on", DAY) == (0, PAGE, "")


@pytest.mark.parametrize(
    ("args", "says", "verdict"),
    [
        (
            "64483 20552 --on 2016-12-31",
            "20552 is not paid on the same day as 64483, unless a modifier says that they were separate",
            f"deny likely (by its dates in 2026Q3); what would change it: {SEPARATE.format('20552')}",
        ),
        (
            "64483 20552 --on 2017-01-01",
            "64483 is not paid on the same day as 20552, unless a modifier says that they were separate",
            f"deny likely (by its dates in 2026Q3); what would change it: {SEPARATE.format('64483')}",
        ),
        (
            "64483-XS 20552",
            "XS on 64483 lets 64483 be paid beside 20552, if the documentation shows that they were separate",
            "ok",
        ),
        (
            "64483 20552-59",
            "59 on 20552 lets 64483 be paid beside 20552, if the documentation shows that they were separate",
            "ok",
        ),
        (
            "64483-RT 20552-RT",
            "20552 and 64483 both have RT, which does not tell them apart",
            f"look; what would change it: {SEPARATE.format('64483')}",
        ),
        (
            "64483-59 62323",
            "64483 is not paid on the same day as 62323, and no modifier changes that",
            "deny likely",
        ),
        ("20552 J1010", "no pair edit of 20552 and J1010 is in force: one begins on 2026-09-01", "ok"),
        (
            "20552 J1010 --on 2026-10-01",
            "no pair edit of 20552 and J1010 is in force: one ended on 2026-09-30",
            "ok (as of 2026Q3)",
        ),
        (
            "20552 64483 --on 2013-03-31",
            "no pair edit of 20552 and 64483 is in force: one begins on 2017-01-01; one begins on 2013-04-01",
            "ok (by its dates in 2026Q3)",
        ),
        ("20552 20610", "no pair edit of 20552 and 20610 is in force: one never was", "ok"),
        ("20610 20611", "20610 and 20611 are no pair in 2026Q3, so no pair edit denies either", "ok"),
    ],
)
def test_what_holds_on_the_day(args: str, says: str, verdict: str, add_sets: AddSets, run: Run) -> None:
    """Judge by the dates, the first and the last one included, by the order, and by the modifiers typed."""
    add_sets(pair_edits(*EDITS))
    words = args.split() if "--on" in args else [*args.split(), "--on", DAY]
    outcome = run("pair", *words)
    sign = {"deny": "✗", "look": "!"}.get(verdict[:4], "✓")
    assert outcome.out.splitlines()[:2] == [f"{sign} Practitioner, {words[-1]}: {says}", f"  {verdict}"]
    assert (outcome.code, outcome.err) == (0, "")


def test_the_lines_that_modifiers_count_on(add_sets: AddSets, run: Run) -> None:
    """59 on a visit answers nothing, and before 2019-07-01 nothing on column 1 (change request 11168)."""
    add_sets(pair_edits(ptp_row("64483", "99213", "20100101"), *EDITS))
    for args, sign in {
        "64483 99213-59": "✗",
        "64483 99213-25": "✓",
        "64483-59 99213": "✓",
        "64483-59 99213 --on 2019-06-30": "✗",
        "20552 64483-E1": "!",
        "20552-F1 64483-F2": "✓",
    }.items():
        assert run("pair", *args.split()).out[0] == sign


def test_periods_that_overlap(add_sets: AddSets, run: Run) -> None:
    """Indicator 0 decides (NCCI Policy Manual, chapter 1, E); every period of a file is listed."""
    rows = (
        ptp_row("99306", "99316", "20000101", indicator="0"),
        ptp_row("99306", "99316", "20000101", "20301231"),
        ptp_row("99316", "99306", "20000101", "20291231"),
    )
    add_sets(pair_edits(*rows))
    (ruling,) = json.loads(run("pair", "99306", "99316-25", "--on", DAY, "-f", "json").out)["results"]
    assert (ruling["verdict"], ruling["remedy"], len(ruling["periods"])) == ("deny likely", "", 3)
    assert ruling["says"] == (
        "99316 is not paid on the same day as 99306, and no modifier changes that; indicator 0 decides over "
        'pair 99306/99316, indicator 1, since 2000-01-01 until 2030-12-31: "A made-up rationale"; '
        'pair 99316/99306, indicator 1, since 2000-01-01 until 2029-12-31: "A made-up rationale"'
    )


def test_no_modifiers_are_listed_where_indicator_0_decides(add_sets: AddSets, run: Run) -> None:
    """Don't offer on one page what its first line rules out; another day, or another setting, may take a modifier."""
    rows = (
        ptp_row("99306", "99316", "20000101", "20101231", indicator="0"),
        ptp_row("99306", "99316", "20000101"),
    )
    add_sets(pair_edits(*rows))
    for day, is_listed in {"2005-01-01": False, "2010-12-31": False, "2011-01-01": True}.items():
        out = run("pair", "99306", "99316", "--on", day).out
        assert ("no modifier changes that" in out, "Modifiers that may" in out) == (not is_listed, is_listed)
        answer = json.loads(run("pair", "99306", "99316", "--on", day, "-f", "json").out)
        assert bool(answer["ptp_modifiers"]) == is_listed
    add_sets(pair_edits(ptp_row("99306", "99316", "20000101"), setting="hospital"))
    assert "Modifiers that may" in run("pair", "99306", "99316", "--on", "2005-01-01").out


def test_a_code_in_no_release(add_sets: AddSets, run: Run) -> None:
    """Know nothing of a code that no loaded release has; one that the edits or the fee schedule have is known."""
    add_sets(pair_edits(*EDITS), fee_schedule(make_row("64483")))
    outcome = run("pair", "64483", "99999", "--on", DAY)
    assert outcome.out.startswith(
        f"? Practitioner, {DAY}: 99999 is in no loaded release of codes\n  unknown\n",
    )
    assert outcome.code == 1
    assert run("pair", "64483", "J1010", "--on", DAY).code == 0


def test_no_pair_in_any_release(add_sets: AddSets, run: Run) -> None:
    """Name the releases that were looked at, and no modifiers."""
    add_sets(pair_edits(*EDITS), pair_edits(release="2026Q2"))
    assert run("pair", "20610", "20611", "--on", DAY) == (
        0,
        (
            f"✓ Practitioner, {DAY}: 20610 and 20611 are no pair in 2026Q3, so no pair edit denies either\n  ok\n\n"
            "Practitioner pair edits 2026Q3\nLooked at  Practitioner pair edits 2026Q3\n"
            f"           Practitioner pair edits 2026Q2\n\n{NOTICES}"
        ),
        "",
    )


def test_periods_of_several_releases(add_sets: AddSets, run: Run) -> None:
    """Judge the day by its own release; show each period once, as the newest release has it."""
    add_sets(
        pair_edits(ptp_row("20552", "64483", "20200101"), ptp_row("64483", "20552", "20100101", "20191231")),
        pair_edits(ptp_row("20552", "64483", "20200101"), release="2026Q2"),
        pair_edits(ptp_row("20552", "64483", "20200101", "20260930"), release="2026Q4"),
    )
    (ruling,) = json.loads(run("pair", "20552", "64483", "--on", "2026-06-30", "-f", "json").out)["results"]
    assert (ruling["verdict"], ruling["rule"]["release"], ruling["rule"]["as_of"]) == ("deny likely", "2026Q2", "")
    assert [(period["column_1"], period["last_day"], period["release"]) for period in ruling["periods"]] == [
        ("20552", "2026-09-30", "2026Q4"),
        ("64483", "2019-12-31", "2026Q3"),
    ]
    later = run("pair", "20552", "64483", "--on", "2026-10-01").out
    assert "no pair edit of 20552 and 64483 is in force: one ended on 2026-09-30" in later
    assert "20552/64483  2020-01-01 to 2026-09-30  indicator 1  2026Q4  A made-up rationale" in later


def test_settings_stand_apart(add_sets: AddSets, run: Run) -> None:
    """Give each setting that is loaded an answer of its own, or only the one that is asked for."""
    add_sets(
        pair_edits(ptp_row("20552", "64483", "20170101")),
        pair_edits(ptp_row("64483", "20552", "20180101", indicator="0"), setting="hospital"),
    )
    practitioner = f"✗ Practitioner, {DAY}: 64483 is not paid on the same day as 20552, unless a modifier"
    hospital = f"✗ Hospital, {DAY}: 20552 is not paid on the same day as 64483, and no modifier changes that"
    both = run("pair", "20552", "64483", "--on", DAY).out
    assert [line for line in both.splitlines() if line.startswith("✗")] == [
        f"{practitioner} says that they were separate",
        hospital,
    ]
    headings = ["Practitioner pair edits 2026Q3", "Hospital pair edits 2026Q3"]
    assert [line for line in both.splitlines() if line in headings] == headings
    alone = run("pair", "20552", "64483", "--on", DAY, "--setting", "hospital").out
    assert alone.startswith(hospital)
    assert "Practitioner" not in alone
    assert "Modifiers that may" not in alone


def test_what_is_not_loaded(add_sets: AddSets, run: Run) -> None:
    """Answer nothing, say what to load and exit 1 where no edits of the setting are loaded."""
    get = "download the {} PTP zips from CMS and run cptref add on them"
    practitioner = f"cptref: no practitioner pair edits loaded: {get.format('practitioner')}\n"
    hospital = f"cptref: no hospital pair edits loaded: {get.format('hospital')}\n"
    assert run("pair", "20552", "64483") == (1, "", practitioner + hospital)
    add_sets(pair_edits(*EDITS))
    assert run("pair", "20552", "64483", "--setting", "hospital") == (1, "", hospital)
    assert run("pair", "20552", "64483", "--setting", "practitioner").code == 0


@pytest.mark.parametrize(
    ("codes", "says"),
    [
        (("V0003", "64483"), "what is not paid beside V0003 is not loaded: it is in file f3"),
        (("20552", "64483"), ""),
        (("V0003", "20552"), "what is not paid beside V0003 is not loaded: it is in file f3"),
    ],
)
def test_a_part_that_is_not_loaded(codes: tuple[str, str], says: str, add_sets: AddSets, run: Run) -> None:
    """Exit 1 where the part with the pair is missing; an edit that is loaded answers all the same."""
    add_sets(pair_edits(*EDITS, parts=("f1", "f2", "f4")))
    outcome = run("pair", *codes, "--on", DAY)
    assert outcome.code == bool(says)
    assert outcome.out.startswith(f"? Practitioner, {DAY}: {says}\n  unknown\n") == bool(says)


def test_days_before_the_years_that_are_kept(add_sets: AddSets, run: Run) -> None:
    """Know an old day only where an edit of it is still in force."""
    add_sets(pair_edits(*EDITS), args=("--since", "2019"))
    outcome = run("pair", "20552", "64483", "--on", "2016-12-31")
    assert outcome.out.startswith(
        "? Practitioner, 2016-12-31: edits that ended before 2019-01-01 are not loaded\n  unknown"
    )
    assert outcome.code == 1
    assert run("pair", "62323", "64483", "--on", "2016-12-31").code == 0


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        (
            ("20552", "20552-59"),
            "20552 twice: a pair has two codes; cptref show 20552 says how many units a day are expected",
        ),
        (("M54.16", "64483"), "M54.16: is a diagnosis; pair edits are about two procedure codes"),
        (("64483-64495", "20552"), "64483-64495: is more than one code; write it as in cptref pair 20552 64483"),
        (("20552 20553", "64483"), "20552 20553: is more than one code; write it as in cptref pair 20552 64483"),
        (("2O552", "64483"), "2O552: does not look like a code; did you mean 20552?"),
    ],
)
def test_what_is_no_pair(codes: tuple[str, str], message: str, run: Run) -> None:
    """Refuse what is not two procedure codes, in one line."""
    assert run("pair", *codes) == (2, "", f"cptref: {message}\n")


def test_json(add_sets: AddSets, run: Run) -> None:
    """Give programs every value, with days and indicators by themselves."""
    add_sets(pair_edits(*EDITS))
    answer = json.loads(run("pair", "20552", "64483-XS", "--on", DAY, "-f", "json").out)
    (ruling,) = answer.pop("results")
    modifiers = answer.pop("ptp_modifiers")
    assert answer == {
        "schema_version": 2,
        "codes": ["20552", "64483-XS"],
        "on": DAY,
        "not_loaded": [],
        "notices": [PTP_NOTICE],
        "findings": [],
        "is_known": True,
        "advice": ADVICE,
    }
    assert {"59", "RT", "E1", "F9", "25", "91"} <= {*modifiers}
    assert ruling == {
        "codes": ["20552", "64483-XS"],
        "on": DAY,
        "advice": ADVICE,
        "setting": "practitioner",
        "rule": {
            "source": "Practitioner pair edits 2026Q3",
            "set": "ptp-practitioner",
            "release": "2026Q3",
            "as_of": "",
        },
        "verdict": "ok",
        "says": "XS on 64483 lets 64483 be paid beside 20552, if the documentation shows that they were separate",
        "remedy": "",
        "periods": [
            {
                "column_1": "20552",
                "column_2": "64483",
                "first_day": "2017-01-01",
                "last_day": None,
                "indicator": 1,
                "rationale": "Misuse of column two",
                "release": "2026Q3",
            },
            {
                "column_1": "64483",
                "column_2": "20552",
                "first_day": "2013-04-01",
                "last_day": "2016-12-31",
                "indicator": 1,
                "rationale": "More extensive",
                "release": "2026Q3",
            },
        ],
        "changed": "64483/20552 until 2016-12-31, 20552/64483 since 2017-01-01",
        "looked_at": ["Practitioner pair edits 2026Q3"],
    }


def test_csv_has_a_row_a_period(add_sets: AddSets, run: Run) -> None:
    """Say in each row whether it is in force and what holds on the day; a setting without a period has a row too."""
    add_sets(pair_edits(*EDITS), pair_edits(setting="hospital"))
    rows = [*csv.DictReader(StringIO(run("pair", "20552", "64483", "--on", DAY, "-f", "csv").out))]
    names = ("setting", "column 1", "first day", "last day", "indicator", "release", "in force", "verdict", "notice")
    assert [tuple(row[name] for name in names) for row in rows[:-1]] == [
        ("practitioner", "20552", "2017-01-01", "", "1", "2026Q3", "yes", "deny likely", PTP_NOTICE),
        ("practitioner", "64483", "2013-04-01", "2016-12-31", "1", "2026Q3", "no", "deny likely", PTP_NOTICE),
        ("hospital", "20552", "", "", "", "2026Q3", "no", "ok", PTP_NOTICE),
    ]
    helpful = json.loads(run("pair", "20552", "64483", "--on", DAY, "-f", "json").out)["ptp_modifiers"]
    assert "59" in helpful
    assert (rows[-1]["verdict"], rows[-1]["says"].split()) == ("modifiers", helpful)


def test_csv_says_what_is_not_loaded(run: Run) -> None:
    """A row names each set, as JSON does."""
    rows = [*csv.DictReader(StringIO(run("pair", "20552", "64483", "--on", DAY, "-f", "csv").out))]
    not_loaded = json.loads(run("pair", "20552", "64483", "--on", DAY, "-f", "json").out)["not_loaded"]
    assert not_loaded
    assert [row["says"] for row in rows if row["verdict"] == "not loaded"] == not_loaded


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_documents(form: str, add_sets: AddSets, run: Run) -> None:
    """Head the document with the codes and the day, and end it with what it is not."""
    add_sets(pair_edits(*EDITS))
    page = run("pair", "20552", "64483", "--on", DAY, "-f", form).out
    title = {"markdown": f"# 20552 and 64483 on {DAY}\n", "html": f"<h1>20552 and 64483 on {DAY}</h1>"}[form]
    assert title in page
    assert (
        page.index("Misuse of column two") < page.index("More extensive") < page.rindex(ADVICE) < page.index(PTP_NOTICE)
    )


def test_a_rationale_with_markup_and_escapes(add_sets: AddSets, run: Run) -> None:
    """Quote the text of a file as it is, and let it steer nothing."""
    add_sets(pair_edits(ptp_row("20552", "64483", rationale="[red]<b>*x*=1+1")))
    assert "indicator 1  [red]<b>*x*=1+1\n" in run("pair", "20552", "64483").out
    assert "[red]&lt;b&gt;*x*=1+1" in run("pair", "20552", "64483", "-f", "html").out


def test_the_python_interface(add_sets: AddSets) -> None:
    """Return values with dates."""
    add_sets(pair_edits(*EDITS))
    with open_library() as library:
        answer = library.pair("20552", "64483", on=DAY)
    (ruling,) = answer.rulings
    assert [(edit.column_2, edit.is_in_force(answer.on), edit.setting) for edit in ruling.periods] == [
        ("64483", True, "practitioner"),
        ("20552", False, "practitioner"),
    ]
    assert answer.is_known


def test_pairs_of_the_real_files(real_file: RealFile, run: Run) -> None:
    """Know that 64483/20552 ended with 2016 and what came then, and that 64483 is column 2 of 62323 (CMS, 2024Q3).

    The first days in this copy are not those of CMS.
    """
    files = [str(real_file(f"ccipra-2024q3-f{part}.zip")) for part in range(1, 5)]
    assert run("add", *files).code == 0
    (ruling,) = json.loads(run("pair", "64483", "20552", "--on", "2024-08-01", "-f", "json").out)["results"]
    assert [(period["column_1"], period["last_day"], period["indicator"]) for period in ruling["periods"]] == [
        ("20552", None, 1),
        ("64483", "2016-12-31", 1),
    ]
    assert ruling["verdict"] == "deny likely"
    assert ruling["says"].startswith("64483 is not paid on the same day as 20552, unless")
    (ruling,) = json.loads(run("pair", "64483", "62323", "-f", "json").out)["results"]
    assert [(period["column_1"], period["indicator"]) for period in ruling["periods"]] == [("62323", 1)]
