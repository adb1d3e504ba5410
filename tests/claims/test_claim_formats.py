"""A claim as JSON, JSON Lines and CSV: everything that is known of it, with exact numbers."""

from __future__ import annotations

import csv
import json
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import TYPE_CHECKING

from cptref.models.claims import ADVICE, LineAmount, Locality, Unread
from cptref.render import render
from tests.claims.answers import ON, RULE, make_answer, make_checked_line, make_result

if TYPE_CHECKING:
    from cptref.models.claims import ClaimAnswer

MIAMI = Locality("09102", "04", "FL", "Miami", Decimal("1.000"), Decimal("1.041"), Decimal("2.529"), RULE)


def make_small_answer() -> ClaimAnswer:
    """Return an answer with two lines, a diagnosis, a result of each kind, and something that could not be read."""
    line = make_checked_line(
        1,
        modifiers=("50", "59"),
        units=Decimal("0.50"),
        charge=Decimal(450),
        place="11",
        pointers=(1, 2),
        last_day=date(2026, 8, 3),
    )._replace(amount=LineAmount(Decimal("95.9"), "", ("$191.80 office", "half of it"), "as of RVU26C"))
    results = [
        make_result("deny likely", 1, says="Too many", remedy="fewer")._replace(
            beside=(2,), day=date(2026, 8, 2), rule=RULE._replace(as_of="as of 2026Q2")
        ),
        make_result("look", edit="excludes", code="A00.0", others=("A00.1",)),
    ]
    lines = [line, make_checked_line(2, "10002", amount="none")]
    answer = make_answer(lines, results, ["A00.0"], [Unread("=1+1", "is no line")])
    return answer._replace(
        locality=MIAMI, without_amount=1, remarks=("Remark.",), not_loaded=("No set.",), sources=("A set.",)
    )._replace(notices=("Some rights\nreserved.",))


def test_the_whole_object() -> None:
    """Amounts, charges and units are text, so that no program rounds them; days are ISO 8601."""
    rule = {"source": "Made-up edits 2026Q3", "set": "made-up", "release": "2026Q3", "as_of": ""}
    units = {
        "edit": "units",
        "verdict": "deny likely",
        "code": "10001",
        "says": "Too many",
        "rule": rule | {"as_of": "as of 2026Q2"},
        "lines": [1],
        "beside": [2],
        "remedy": "fewer",
        "day": "2026-08-02",
        "claim": 1,
        "others": [],
        "needs_documentation": False,
        "advice": ADVICE,
    }
    excludes = units | {
        "edit": "excludes",
        "verdict": "look",
        "code": "A00.0",
        "says": "A made-up sentence",
        "rule": rule,
        "lines": [],
        "beside": [],
        "remedy": "",
        "day": None,
        "others": ["A00.1"],
    }
    first = {
        "number": 1,
        "claim": 1,
        "input": "10001",
        "code": "10001",
        "title": "Made-up text of 10001",
        "modifiers": ["50", "59"],
        "units": "0.5",
        "unit": "UN",
        "charge": "450.00",
        "from": "2026-08-01",
        "through": "2026-08-03",
        "place": "11",
        "pointers": [1, 2],
        "verdict": "deny likely",
        "as_of": [],
        "amount": "95.90",
        "amount_says": "",
        "amount_as_of": "as of RVU26C",
        "steps": ["$191.80 office", "half of it"],
    }
    second = first | {
        "number": 2,
        "input": "10002",
        "code": "10002",
        "title": "Made-up text of 10002",
        "modifiers": [],
        "units": "1",
        "charge": None,
        "through": "2026-08-01",
        "place": "",
        "pointers": [],
        "verdict": "unknown",
        "amount": None,
        "amount_says": "priced by the contractor",
        "amount_as_of": "",
        "steps": [],
    }
    answer = make_small_answer()
    whole = json.loads(render(answer, "json"))
    assert whole == {
        "schema_version": 2,
        "on": "2026-08-01",
        "setting": "practitioner",
        "locality": {
            "key": "09102-04",
            "contractor": "09102",
            "number": "04",
            "state": "FL",
            "name": "Miami",
            "work": "1.000",
            "practice": "1.041",
            "malpractice": "2.529",
            "rule": rule,
            "remark": "",
            "zip_code": "",
        },
        "qualifying": False,
        "lines": [first, second],
        "diagnoses": [
            {
                "number": 1,
                "claim": 1,
                "input": "A00.0",
                "code": "A00.0",
                "title": "Made-up text of A00.0",
                "verdict": "look",
                "as_of": [],
            }
        ],
        "results": [units, excludes],
        "unread": [{"input": "=1+1", "message": "is no line"}],
        "total": "95.90",
        "total_without_denied": "0.00",
        "without_amount": 1,
        "remarks": ["Remark."],
        "not_loaded": ["No set."],
        "sources": ["A set."],
        "notices": ["Some rights\nreserved."],
        "advice": ADVICE,
    }
    assert [json.loads(line) for line in render(answer, "jsonl").splitlines()] == [units, excludes]
    assert render(answer._replace(verbose=True), "json") == render(answer, "json")


def test_the_whole_table() -> None:
    """A row for each line of a result; then lines without one, what could not be read, and what holds of them all."""
    answer = make_small_answer()
    head, *rows = csv.reader(StringIO(render(answer, "csv"), newline=""))
    empty = dict.fromkeys(head, "")
    line = {"claim": "1", "first day": ON.isoformat(), "last day": ON.isoformat(), "unit": "UN"}
    about = {"line": "1", "code": "10001", "modifiers": "50 59", "units": "0.50", "charge": "450", "pointers": "1 2"}
    rule = {"source": "Made-up edits 2026Q3", "set": "made-up", "release": "2026Q3"}
    read = [dict(zip(head, row, strict=True)) for row in rows]
    assert read[:4] == [
        empty
        | line
        | about
        | rule
        | {
            "day": "2026-08-02",
            "last day": "2026-08-03",
            "place": "11",
            "verdict": "deny likely",
            "edit": "units",
            "says": "Too many",
            "as of": "as of 2026Q2",
            "remedy": "fewer",
            "beside": "2",
            "amount": "95.9",
            "title": "Made-up text of 10001",
            "steps": "$191.80 office; half of it",
        },
        empty
        | rule
        | {
            "claim": "1",
            "code": "A00.0 A00.1",
            "verdict": "look",
            "edit": "excludes",
            "says": "A made-up sentence",
            "pointers": "1",
            "title": "Made-up text of A00.0",
        },
        empty
        | line
        | {
            "line": "2",
            "code": "10002",
            "units": "1",
            "day": ON.isoformat(),
            "verdict": "unknown",
            "amount says": "priced by the contractor",
            "title": "Made-up text of 10002",
        },
        empty | {"code": "'=1+1", "verdict": "unread", "says": "is no line"},
    ]
    assert read[4:] == [
        empty | {"edit": "setting", "says": "practitioner", "day": ON.isoformat()},
        empty | {"edit": "locality", "says": "09102-04 Miami (FL-04)"},
        empty | {"edit": "total", "says": "all lines", "amount": "95.9"},
        empty | {"edit": "total", "says": "without the lines that would likely be denied", "amount": "0"},
        empty | {"edit": "total", "says": "lines without an amount", "units": "1"},
        empty | {"edit": "remark", "says": "Remark."},
        empty | {"edit": "not loaded", "says": "No set."},
        empty | {"edit": "source", "says": "A set."},
        empty | {"edit": "notice", "says": "Some rights\nreserved."},
        empty | {"edit": "notice", "says": ADVICE},
    ]


def test_a_table_has_what_no_result_is_about() -> None:
    """Such as a diagnosis; and what is left of the total, and the factor."""
    answer = make_answer([make_checked_line(1, amount="10.00")], [make_result("ok", 1)], ["A00.0", "A00.1"])
    answer = answer._replace(qualifying=True, total_without_denied=Decimal("4.50"))
    rows = [*csv.DictReader(StringIO(render(answer, "csv"), newline=""))]
    assert [[row[key] for key in ("code", "verdict", "pointers", "edit", "says", "amount")] for row in rows[1:-1]] == [
        ["A00.0", "unknown", "1", "", "", ""],
        ["A00.1", "unknown", "2", "", "", ""],
        ["", "", "", "setting", "practitioner", ""],
        ["", "", "", "qualifying", "yes", ""],
        ["", "", "", "total", "all lines", "10.00"],
        ["", "", "", "total", "without the lines that would likely be denied", "4.50"],
    ]


def test_large_and_small_numbers_are_plain() -> None:
    """No exponent, and no zeros that nobody wrote."""
    line = make_checked_line(1, amount="0.3", units=Decimal("1E+3"), charge=Decimal("1E+5"))
    written = json.loads(render(make_answer([line], []), "json"))
    assert [written["lines"][0][key] for key in ("units", "charge", "amount")] == ["1000", "100000.00", "0.30"]
    row = next(csv.DictReader(StringIO(render(make_answer([line], []), "csv"), newline="")))
    assert [row[key] for key in ("units", "charge", "amount")] == ["1000", "100000", "0.3"]
