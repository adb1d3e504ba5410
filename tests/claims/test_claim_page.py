"""What a biller sees of a claim: the worst verdict first, lines in a table, then the reasons."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from cptref.models.claims import ADVICE, LineAmount, Unread
from cptref.render import render
from cptref.render.claim_words import name_numbers
from tests.claims.answers import ON, RULE, make_answer, make_checked_line, make_result
from tests.claims.sets import DAY, add_ons, fee_schedule, hcpcs, unit_limits
from tests.codesets.files import hcpcs_row
from tests.codesets.pfs_files import make_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from syrupy.assertion import SnapshotAssertion

    from cptref.models.claims import ClaimAnswer, EditResult
    from tests.claims.conftest import AddSets
    from tests.conftest import Run


def render_text(answer: ClaimAnswer, width: int | None = None) -> list[str]:
    """Return the lines of the page as plain text."""
    return render(answer, "text", width).splitlines()


def find_part(lines: Sequence[str], heading: str) -> list[str]:
    """Return the lines of a part of the page, without the blanks around them."""
    start = lines.index(heading) + 1
    return [line.strip() for line in lines[start : lines.index("", start)]]


@pytest.mark.parametrize("width", [60, 80, 140])
def test_a_whole_claim(run: Run, add_sets: AddSets, snapshot: SnapshotAssertion, width: int) -> None:
    """Lines that are fine and that are not, a set that is missing, and a word that is none, on three terminals."""
    add_sets(
        fee_schedule(
            make_row("64483"),
            make_row("64494", GLOB_DAYS="ZZZ", MULT_PROC="0"),
            make_row("20552", BILAT_SURG="0", STATUS_CODE="C"),
        ),
        hcpcs(hcpcs_row("J1010", "Made-up drug", ADD_DT="20240401")),
        unit_limits([("64483", "1", "2"), ("64494", "1", "2"), ("J1010", "160", "3")]),
        add_ons(("1", "64494", "64493")),
    )
    lines = ("64483-50", "64494x2", "J1010x40", "20552", "M54.16", "sixty")
    options = ("--on", DAY, "--pos", "11", "-f", "terminal", "--color", "never", "--width", str(width))
    assert run("claim", *lines, *options).out == snapshot


@pytest.mark.parametrize(
    ("results", "diagnoses", "title"),
    [
        ([make_result("deny likely", 1), make_result("ok", 2)], (), "✗ 1 of 2 lines would likely be denied"),
        ([make_result("deny likely", 1, 2)], (), "✗ 2 of 2 lines would likely be denied"),
        (
            [make_result("deny likely", 1), make_result("deny likely", code="A00.0"), make_result("ok", 2)],
            ("A00.0", "A00.1"),
            "✗ 1 of 2 lines and 1 of 2 diagnoses would likely be denied; 1 diagnosis can't be judged",
        ),
        (
            [make_result("ok", 1, 2), make_result("look", code="A00.0", others=("A00.1",))],
            ("A00.0", "A00.1"),
            "! 2 of 2 diagnoses need a look",
        ),
        (
            [make_result("look", 1), make_result("unknown", 2)],
            (),
            "! 1 of 2 lines needs a look; 1 line can't be judged",
        ),
        ([make_result("unknown", 1), make_result("ok", 2)], (), "? 1 of 2 lines can't be judged"),
        ([make_result("ok", 1)], (), "? 1 of 2 lines can't be judged"),
        ([make_result("ok", 1, 2)], (), "✓ No problems found on 2 lines"),
        (
            [make_result("ok", 1, 2), make_result("ok", code="A00.0")],
            ("A00.0",),
            "✓ No problems found on 2 lines and 1 diagnosis",
        ),
    ],
)
def test_the_title_counts_every_verdict(results: list[EditResult], diagnoses: tuple[str, ...], title: str) -> None:
    """The worst first, with its sign, in words, and how much has it; a line that no edit looked at is unknown."""
    answer = make_answer([make_checked_line(1), make_checked_line(2)], results, diagnoses)
    assert render_text(answer)[0] == title


def test_what_could_not_be_read_is_in_the_title_of_a_clean_claim() -> None:
    """Nobody may take the rest for the whole claim; nothing at all is said as such."""
    unread = [Unread("x", "is no line"), Unread("y", "is no line")]
    answer = make_answer([make_checked_line(1)], [make_result("ok", 1)], unread=unread)
    page = render_text(answer)
    assert page[0] == "? 2 parts of the input could not be read; no problems found on 1 line"
    assert find_part(page, "Could not be read") == ["- x: is no line", "- y: is no line"]
    assert render_text(make_answer([], [], unread=unread))[0] == "? Nothing could be read"
    looked_at = make_answer([make_checked_line(1)], [make_result("look", 1)], unread=unread[:1])
    assert render_text(looked_at)[0] == "! 1 of 1 line needs a look; 1 part of the input could not be read"


def test_a_page_names_only_the_first_of_what_could_not_be_read() -> None:
    """A file that is no claim at all does not bury the rest."""
    unread = [Unread(f"word{number}", "is no line") for number in range(1000)]
    part = find_part(render_text(make_answer([make_checked_line(1)], [], unread=unread)), "Could not be read")
    assert (len(part), part[0], part[-1]) == (21, "- word0: is no line", "- 980 more; -f json has all")


def test_lines_come_worst_first_and_say_what_they_are_about() -> None:
    """The edits for lines with a finding, the text of the code for the others; only columns with something to tell."""
    lines = [make_checked_line(number, f"1000{number}") for number in (1, 2, 3, 4)]
    results = [
        make_result("ok", 1),
        make_result("deny likely", 3, edit="pair"),
        make_result("deny likely", 3, edit="units"),
        make_result("look", 3, edit="modifier"),
        make_result("look", 2, edit="modifier"),
        make_result("unknown", 4, edit="add-on"),
    ]
    assert find_part(render_text(make_answer(lines, results)), "Lines") == [
        "Verdict        Line  Code   About",
        "✗ deny likely  3     10003  pair edit, units a day",
        "! look         2     10002  modifier",
        "? unknown      4     10004  add-on",
        "✓ ok           1     10001  Made-up text of 10001",
    ]


def test_days_places_and_amounts_have_columns_where_lines_differ() -> None:
    """What is the same for all stands once above the table."""
    later = ON + timedelta(days=2)
    lines = [
        make_checked_line(1, amount="1281.64", place="11", modifiers=("50",)),
        make_checked_line(2, amount="none", place="22", first_day=later, last_day=later, units=Decimal("2.50")),
    ]
    page = render_text(make_answer(lines, [make_result("ok", 1, 2)]))
    assert page[3] == "2026-08-01 to 2026-08-03 · practitioner edits · national amounts"
    assert find_part(page, "Lines") == [
        "Verdict  Line  Code       Day         Place  Amount     About",
        "✓ ok     1     10001-50   2026-08-01  11     $1,281.64  Made-up text of 10001",
        "✓ ok     2     10001x2.5  2026-08-03  22          none  Made-up text of 10001",
    ]
    same = make_answer([make_checked_line(1, place="11"), make_checked_line(2, place="11")], [])
    assert render_text(same)[3] == "2026-08-01 · practitioner edits · place of service 11"


def test_older_releases_stand_beside_the_verdict() -> None:
    """Of lines and of diagnoses, if any of them has one."""
    answer = make_answer([make_checked_line(1), make_checked_line(2)], [make_result("ok", 1, 2)], ["A00.0", "A00.1"])
    line, diagnosis = answer.lines[0], answer.diagnoses[1]
    page = render_text(
        answer._replace(
            lines=(line._replace(as_of=("RVU26C", "2026Q2")), answer.lines[1]),
            diagnoses=(answer.diagnoses[0], diagnosis._replace(as_of=("FY2026",))),
        )
    )
    assert find_part(page, "Lines") == [
        "Verdict  As of           Line  Code   About",
        "✓ ok     RVU26C, 2026Q2  1     10001  Made-up text of 10001",
        "✓ ok                     2     10001  Made-up text of 10001",
    ]
    assert find_part(page, "Diagnoses") == [
        "Verdict    As of   Pointer  Code   Text",
        "? unknown          A        A00.0  Made-up text of A00.0",
        "? unknown  FY2026  B        A00.1  Made-up text of A00.1",
    ]


def test_an_older_release_is_said_where_it_had_to_do(add_sets: AddSets, run: Run) -> None:
    """Beside the verdict of each line, with its rule, and in the list of what was looked at."""
    add_sets(fee_schedule(make_row("20000")), unit_limits([("20000", "1", "2")], release="2026Q2"))
    answer = json.loads(run("claim", "20000x2", "--on", DAY, "-f", "json").out)
    assert [line["as_of"] for line in answer["lines"]] == [["2026Q2"]]
    older = "Practitioner MUE 2026Q2, which is older than the date of service"
    assert answer["sources"] == ["Fee schedule RVU26C", older]
    page = run("claim", "20000x2", "--on", DAY, "-f", "text").out.splitlines()
    assert find_part(page, "Lines")[1].startswith("✗ deny likely  2026Q2  1     20000x2")
    assert f"    Rule: {older}" in page
    (row,) = [
        row
        for row in csv.DictReader(StringIO(run("claim", "20000x2", "--on", DAY, "-f", "csv").out))
        if row["edit"] == "units"
    ]
    assert (row["older releases"], row["needs documentation"]) == ("2026Q2", "")


def test_a_future_date_is_said(run: Run) -> None:
    """No release can be known to be in force on it."""
    remarks = json.loads(run("claim", "20000", "--on", "2130-01-01", "-f", "json").out)["remarks"]
    assert "the date of service 2130-01-01 is in the future" in remarks
    past = json.loads(run("claim", "20000", "--on", "2020-01-01", "-f", "json").out)["remarks"]
    assert not [remark for remark in past if "future" in remark]


def test_what_the_documentation_has_to_show_is_shown(add_sets: AddSets, run: Run) -> None:
    """An `ok` that a modifier brought stands under its line without --verbose, and does not change the exit code."""
    add_sets(fee_schedule(make_row("20000", GLOB_DAYS="000", MULT_PROC="0"), make_row("99213", GLOB_DAYS="XXX")))
    args = ("claim", "20000", "99213-25", "--on", DAY, "--pos", "11")
    page = run(*args, "-f", "text").out.splitlines()
    start = page.index("✓ Line 2: 99213-25")
    assert page[start + 2].startswith("  - ✓ Global period: 25 on 99213 says that the visit was a service of its own")
    assert page[start + 2].endswith("if the documentation shows that (beside line 1)")
    results = json.loads(run(*args, "-f", "json").out)["results"]
    assert [(result["edit"], result["verdict"]) for result in results if result["needs_documentation"]] == [
        ("global", "ok")
    ]


def test_minutes_of_anesthesia_are_no_units() -> None:
    """They are named as what they are."""
    line = make_checked_line(1, "00640", unit="MJ", units=Decimal(45))
    assert find_part(render_text(make_answer([line], [make_result("ok", 1)])), "Lines")[1] == (
        "✓ ok     1     00640 45 min  Made-up text of 00640"
    )


def test_reasons_are_grouped_by_line() -> None:
    """Each with the edit, the rule in one sentence, what would change it, and set and release."""
    results = [
        make_result("deny likely", 2, says="Too many", remedy="fewer", code="10002"),
        make_result("look", 2, says="Odd", edit="modifier", code="10002")._replace(
            beside=(1,), rule=RULE._replace(as_of="as of 2026Q2")
        ),
        make_result("look", says="Both at once", edit="excludes", code="A00.0", others=("A00.1",)),
        make_result("ok", 1, edit="place"),
        make_result("ok", 1),
    ]
    lines = [make_checked_line(1), make_checked_line(2, "10002")]
    page = render_text(make_answer(lines, results, ["A00.0", "A00.1"]))
    start = page.index("Reasons")
    assert page[start : start + 17] == [
        "Reasons",
        "",
        "✗ Line 2: 10002",
        "  deny likely · Made-up text of 10002",
        "  - ✗ Units a day: Too many",
        "    What would change it: fewer",
        "    Rule: Made-up edits 2026Q3",
        "  - ! Modifier: Odd (beside line 1)",
        "    Rule: Made-up edits 2026Q3, which is older than the date of service",
        "",
        "! Diagnoses A (A00.0) and B (A00.1)",
        "  look · Made-up text of A00.0; Made-up text of A00.1",
        "  - ! Excludes1: Both at once",
        "    Rule: Made-up edits 2026Q3",
        "",
        "✓ 1 edit found no problem",
        "  place of service (-v shows what they say)",
    ]


def test_what_is_fine_is_shown_if_asked_for() -> None:
    """With --verbose, and how each amount comes about."""
    line = make_checked_line(1)._replace(amount=LineAmount(Decimal("95.86"), "", ("$191.72 office", "half of it")))
    answer = make_answer([line], [make_result("ok", 1, says="1 unit of at most 1")])
    page = render_text(answer._replace(verbose=True))
    assert "  - ✓ Units a day: 1 unit of at most 1" in page
    assert find_part(page, "What Medicare allows") == [
        "- $95.86 for 1 line, before deductible and coinsurance",
        "- Line 1: $191.72 office; half of it",
    ]
    assert not [row for row in page if "found no problem" in row]
    assert not [row for row in render_text(answer) if "1 unit of at most 1" in row or "half of it" in row]


def test_what_is_said_of_many_lines_stands_once() -> None:
    """A missing set makes every line unknown, in sentences that differ by the code alone; denials keep their codes."""
    lines = [make_checked_line(number, f"1000{number}") for number in (1, 2, 3, 4, 5)]
    results = [
        *(
            make_result("unknown", number, code=f"1000{number}", says=f"no limit of 1000{number} is loaded")
            for number in (1, 2, 3, 5)
        ),
        make_result("unknown", code="A00.0", says="A00.0 is not known", edit="diagnosis"),
        make_result("unknown", code="A00.1", says="A00.1 is not known", edit="diagnosis"),
        make_result("deny likely", 4, code="10004", says="10004 is not in it", edit="code"),
        make_result("deny likely", 5, code="10005", says="10005 is not in it", edit="code"),
    ]
    page = render_text(make_answer(lines, results, ["A00.0", "A00.1"]))
    reasons = [row.strip() for row in page[page.index("Reasons") :] if row.startswith(("✗", "?", "  - "))]
    assert reasons == [
        "✗ Line 4: 10004",
        "- ✗ Valid code: 10004 is not in it",
        "✗ Line 5: 10005",
        "- ✗ Valid code: 10005 is not in it",
        "? Lines 1 to 3 and 5: 10001, 10002, 10003 and 10005",
        "- ? Units a day: no limit of each code is loaded",
        "? Diagnoses A (A00.0) and B (A00.1)",
        "- ? Diagnosis: each code is not known",
    ]


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ([3], "line 3"),
        ([4, 3], "lines 3 and 4"),
        ([1, 5, 6, 7, 9], "lines 1, 5 to 7 and 9"),
        ([1, 2, 3], "lines 1 to 3"),
        (range(1, 40, 2), "lines 1, 3, 5, 7, 9, 11 and 14 more"),
    ],
)
def test_lines_are_named_by_ranges(numbers: Sequence[int], words: str) -> None:
    """As few words as possible, in order."""
    assert name_numbers(numbers) == words


def test_the_total_says_what_it_leaves_out() -> None:
    """Lines without an amount, deductible and coinsurance; and what is left if denials come."""
    lines = [make_checked_line(1, amount="1000.10"), make_checked_line(2, amount="0.20")]
    lines += [make_checked_line(3, amount="none"), make_checked_line(4, amount="none"), make_checked_line(5)]
    answer = make_answer(lines, [make_result("deny likely", 1), make_result("ok", 2, 3, 4, 5)])
    assert find_part(render_text(answer), "What Medicare allows") == [
        "- $1,000.30 for 2 of 5 lines, before deductible and coinsurance",
        "- $0.20 without the lines that would likely be denied",
        "- No amount for lines 3 and 4: priced by the contractor",
        "- No amount for line 5: not priced",
    ]
    denied = make_answer(lines[:1], [make_result("deny likely", 1)])
    assert find_part(render_text(denied), "What Medicare allows")[1] == (
        "- nothing without the lines that would likely be denied"
    )
    assert "What Medicare allows" not in render_text(make_answer([make_checked_line(1)], []))


def test_each_claim_stands_under_its_own_title() -> None:
    """The worst of all comes first; lines keep their numbers."""
    lines = [make_checked_line(1), make_checked_line(2, claim=2), make_checked_line(3, claim=3)]
    results = [
        make_result("ok", 1),
        make_result("deny likely", 2, claim=2),
        make_result("unknown", 3, claim=3),
    ]
    page = render_text(make_answer(lines, results))
    titles = [title for title, rule in pairwise(page) if rule and not rule.strip("=")]
    assert titles == [
        "✗ 1 of 3 lines on 3 claims would likely be denied; 1 line can't be judged",
        "Claim 1: ✓ No problems found on 1 line",
        "Claim 2: ✗ 1 of 1 line would likely be denied",
        "Claim 3: ? 1 of 1 line can't be judged",
        "All claims",
    ]
    assert page.index("✗ Line 2: 10001") < page.index("Claim 3: ? 1 of 1 line can't be judged")
    assert page[-1] == ADVICE


@pytest.mark.parametrize("form", ["text", "terminal"])
@pytest.mark.parametrize("width", [40, 60, 80, 140])
def test_a_long_claim_stays_within_its_width(run: Run, monkeypatch: pytest.MonkeyPatch, form: str, width: int) -> None:
    """50 lines with long sentences and 12 diagnoses: no line is longer than the terminal is wide."""
    lines = [
        make_checked_line(number, f"{10000 + number}", amount="99.99", modifiers=("50", "59"))
        for number in range(1, 51)
    ]
    results = [
        make_result(
            "deny likely", number, code=f"{10000 + number}", says=f"{number} times too many " * 9, remedy="none " * 30
        )
        for number in range(1, 51)
    ]
    answer = make_answer(lines, results, [f"A{number}.1" for number in range(10, 22)])
    monkeypatch.setattr("cptref.claims.check.check_claims", lambda *_: answer)
    page = run("claim", "10001", "-f", form, "--color", "never", "--width", str(width)).out.splitlines()
    assert max(map(len, page)) <= width
    assert len([row for row in page if row.startswith("✗ Line ")]) == 50


def test_notices_of_files_come_last() -> None:
    """Behind the advice, word for word, each once, without the blank lines that they have."""
    answer = make_answer([make_checked_line(1)], [])._replace(notices=("Some rights reserved.\n \n\nOthers, too.",))
    assert render_text(answer)[-5:] == [
        ADVICE,
        "",
        "Notices of the files",
        "  Some rights reserved.",
        "  Others, too.",
    ]


def test_color_is_never_alone(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each verdict has its sign and its word, in color and without."""
    lines = [make_checked_line(number) for number in (1, 2, 3, 4)]
    results = [
        make_result("deny likely", 1),
        make_result("look", 2),
        make_result("unknown", 3),
        make_result("ok", 4),
    ]
    monkeypatch.setattr("cptref.claims.check.check_claims", lambda *_: make_answer(lines, results))
    page = run("claim", "10001", "-f", "terminal", "--color", "always").out
    assert "\x1b[1;31m✗ Line 1: 10001\x1b[0m\n  deny likely" in page
    assert "\x1b[1;33m! Line 2: 10001\x1b[0m\n  look" in page
    assert "\x1b[1;33m? Line 3: 10001\x1b[0m\n  unknown" in page
    for cell in ("✗ deny likely", "! look", "? unknown", "✓ ok"):
        assert f"  {cell}" in page


@pytest.mark.parametrize("form", ["markdown", "html", "text"])
def test_every_page_has_the_same_content(form: str) -> None:
    """Nothing that a sentence holds is read as markup."""
    result = make_result("deny likely", 1, says="<b>2</b> *units* | 1", remedy="[x](y)")
    page = render(make_answer([make_checked_line(1)], [result]), form)  # type: ignore[arg-type]
    escaped = {
        "markdown": ("\\<b\\>2\\</b\\> \\*units\\* \\| 1", "\\[x\\](y)"),
        "html": ("&lt;b&gt;2&lt;/b&gt; *units* | 1", "[x](y)"),
        "text": ("<b>2</b> *units* | 1", "[x](y)"),
    }
    assert all(text in page for text in (*escaped[form], "Line 1: 10001", "Made-up edits 2026Q3", "✗ deny likely"))
    assert ADVICE in page
