"""Test how claims come in: arguments, files and standard input, through the front door."""

from __future__ import annotations

import json
import random
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cptref import open_library
from cptref.claims.readers import read_claims
from cptref.cli.stdin import MAX_STDIN_BYTES
from cptref.days import parse_day
from cptref.models.claims import ClaimLine
from tests.claims.layouts import CANARY, describe, describe_line, write_fhir, write_form, write_x12
from tests.conftest import COMMAND

if TYPE_CHECKING:
    from tests.conftest import Run, Spawn

FORMATS = ("terminal", "text", "markdown", "html", "json", "jsonl", "csv")
LINES = "code,units\n64483-50,1\nJ1010,40\n"


def make_half_dated() -> dict[str, Any]:
    """Return a claim of FHIR with two lines, one of which has a day."""
    items = [{"productOrService": {"coding": [{"code": code}]}} for code in ("64483", "20552")]
    return {"resourceType": "Claim", "item": [items[0] | {"servicedDate": "2026-07-15"}, items[1]]}


def list_lines(out: str) -> list[str]:
    """Return the lines of `cptref claim -f json`, each with its units."""
    answer: dict[str, Any] = json.loads(out)
    return [f"{line['input']} x{line['units']}" for line in answer["lines"]]


def test_arguments_are_one_claim() -> None:
    """Read typed arguments as one claim, whether its parts are one argument or several."""
    apart = read_claims(["64483-50", "64494", "x2", "M54.16"])
    assert describe(apart) == (["64483-50", "64494 x2"], ["A M54.16"], [])
    assert describe(read_claims(["64483-50 64494 x2", "M54.16"])) == describe(apart)


def test_typed_lines_belong_to_the_text_beside_them() -> None:
    """Add what is typed beside a table to its claim, and begin a claim at the next text."""
    parsed = read_claims(["M54.16", LINES, "64494x2", "code\n20610"])
    assert describe(parsed) == (["64483-50", "J1010 x40", "64494 x2", "20610 #2"], ["A M54.16"], [])
    assert [line.number for line in parsed.lines] == [1, 2, 3, 4]


def test_shows_typed_words_and_no_raw_segment() -> None:
    """Show a line as it was typed, and one of a system by its code and modifiers."""
    texts = ["64494 x2 pos 11", "SV1*HC:64483:50*450*UN*2~", LINES]
    assert [line.input for line in read_claims(texts).lines] == ["64494 x2 pos 11", "64483-50", "64483-50", "J1010"]


def test_reads_files_and_standard_input(run: Run, spawn: Spawn) -> None:
    """Read the same claim from a file and from standard input, with Windows line ends and a byte order mark too."""
    Path("claims.csv").write_text(LINES, encoding="utf-8")
    Path("windows").write_bytes(LINES.replace("\n", "\r\n").encode("utf-8-sig"))
    expected = ["64483-50 x1", "J1010 x40"]
    assert list_lines(run("claim", "claims.csv", "-f", "json").out) == expected
    assert list_lines(run("claim", "windows", "-f", "json").out) == expected
    for data in (LINES.encode(), LINES.encode("utf-16")):
        assert list_lines(spawn(COMMAND, "claim", "-", "-f", "json", stdin=data).out) == expected


def test_a_code_is_no_file(run: Run) -> None:
    """Read a code as a code though a file has its name."""
    Path("64494").write_text(LINES, encoding="utf-8")
    assert list_lines(run("claim", "64494", "-f", "json").out) == ["64494 x1"]
    Path("64494.csv").write_text(LINES, encoding="utf-8")
    assert list_lines(run("claim", "64494.csv", "-f", "json").out) == ["64483-50 x1", "J1010 x40"]


def test_a_long_argument_is_no_file(run: Run) -> None:
    """Read more than a file's name may have as what it is."""
    assert len(list_lines(run("claim", "M54.16 " + "64483-50 " * 1_000, "-f", "json").out)) == 1_000


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("gone.csv", None, "gone.csv can't be read: No such file or directory; name a file of claim lines"),
        ("book.xlsx", b"PK\x03\x04rest", "book.xlsx is a workbook or a zip; save the sheet as CSV and name that file"),
        ("empty.txt", b" \n", "empty.txt is empty; name a file of claim lines"),
        (
            "long.837",
            b"x" * (MAX_STDIN_BYTES + 1),
            "long.837 has more than 10,000,000 bytes; split the claims into parts",
        ),
    ],
)
def test_refuses_files(run: Run, name: str, data: bytes | None, message: str) -> None:
    """Say in one line what is wrong with a file, and what to try."""
    if data is not None:
        Path(name).write_bytes(data)
    assert run("claim", name) == (2, "", f"cptref: {message}\n")


def test_names_what_is_unread_with_its_line(run: Run) -> None:
    """Name what can't be read on standard error, and exit with 1."""
    Path("claims.csv").write_text("code,units\n64483,1O\n64484,1\n", encoding="utf-8")
    outcome = run("claim", "claims.csv")
    units = "units must be a number above 0 and up to 999,999, like 2 or 0.5"
    assert outcome.code == 1
    assert f"cptref: line 2: 64483 1O: {units}; the line is left out\n" in outcome.err


def test_library_reads_a_text_or_several() -> None:
    """Take one text or several in Python."""
    with open_library() as library:
        one, several = library.claim("64483-50 64494x2"), library.claim(["64483-50", "64494x2"])
    assert [row.line for row in one.lines] == [row.line for row in several.lines]


UNDATED = "has no date of service, and other lines have one; give it one, or a day for all lines; the line is left out"
HALF_DATED = (
    (["64483 2026-07-15", "20552"], "20552"),
    (["20552 64483 7/15/2026 ptr:A"], "20552"),  # a date belongs to the code in front of it
    (["code,date\n64483,2026-07-15\n20552,\n"], "line 3: 20552"),
    (["64483,,1,100,2026-07-15\n20552,,1,90,\n"], "line 2: 20552"),
    (["SV1*HC:64483*450*UN*1~DTP*472*D8*20260715~SV1*HC:20552*90*UN*1~"], "SV1, segment 3: 20552"),
    ([json.dumps(make_half_dated())], "item 2: 20552"),
    (["07 15 26 07 15 26 11 64483 A 450 00 1\n20552 A 90 00 1"], "line 2: 20552"),
    (["07 15 26 07 15 26 11 64483 A 450 00 1\n20552x1"], "line 2: 20552"),
)


@pytest.mark.parametrize(("texts", "source"), HALF_DATED)
def test_a_line_without_a_day_beside_dated_ones_is_left_out(texts: list[str], source: str) -> None:
    """Date no line today where another line of its claim has a day; `on` dates it."""
    with open_library() as library:
        answer = library.claim(texts)
        dated = library.claim(texts, on="2026-07-15")
    assert [(line.line.number, line.line.code, line.day) for line in answer.lines] == [(1, "64483", date(2026, 7, 15))]
    assert UNDATED in {unread.reason for unread in answer.unread if unread.input == source}
    assert sorted(line.line.code for line in dated.lines) == ["20552", "64483"]
    assert {line.day for line in dated.lines} == {date(2026, 7, 15)}


def test_lines_without_any_day_are_of_today() -> None:
    """Date the lines of a claim today where none has a day, whatever another claim has; an unreadable day is one."""
    row = "claim,code,units,date\n1,64483,1,2026-07-15\n2,20552,1,\n"
    today = parse_day(None)
    with open_library() as library:
        assert [line.day for line in library.claim(["64483 20552"]).lines] == [today, today]
        assert [line.day for line in library.claim(row).lines] == [date(2026, 7, 15), today]
        assert not library.claim("code,date\n64483,2026-02-30\n20552,\n").lines


def make_lines(day: date) -> list[ClaimLine]:
    """Return two lines."""
    return [
        ClaimLine(1, "", "64483", ("50",), Decimal(1), "UN", Decimal("450.00"), day, pointers=(1,), place="11"),
        ClaimLine(2, "", "J1010", (), Decimal(40), "UN", Decimal("80.00"), day, pointers=(1, 2), place="11"),
    ]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("write", [write_x12, write_fhir, write_form])
def test_nothing_of_a_patient_is_shown(run: Run, form: str, write: Any) -> None:  # noqa: ANN401 - one of three writers
    """Show no name, number or birth date of a patient, neither of a whole claim nor of one with every value broken."""
    text = write(make_lines(date(2026, 11, 20)), ["M54.16", "M47.816"])
    assert CANARY in text
    chance = random.Random(1)  # noqa: S311 - the same damage every time
    broken = [
        text[: len(text) * 2 // 3],
        text.replace("64483", CANARY).replace("M54", CANARY),
        text.replace("11", CANARY),
    ]
    broken.append("".join(CANARY if chance.random() < 0.02 else letter for letter in text))
    for number, claim in enumerate([text, *broken]):
        path = Path(f"claim{number}.txt")
        path.write_text(claim, encoding="utf-8")
        outcome = run("claim", str(path), "-f", form)
        for private in (CANARY, CANARY[:5], "JANE", "1943"):
            assert private not in outcome.out + outcome.err


@pytest.mark.skipif(sys.platform != "linux", reason="memory is told by Linux's /proc")
def test_reads_ten_thousand_lines_in_little_memory(spawn: Spawn, tmp_path: Path) -> None:
    """Read 10,000 lines of each layout within 300 MiB, numbered over all of them."""
    lines = [line._replace(number=number) for number in range(5_000) for line in make_lines(date(2026, 11, 20))]
    for number, write in enumerate([write_x12, write_fhir, write_form]):
        path = tmp_path / f"claim{number}"
        path.write_text(write(lines, ["M54.16", "M47.816"]), encoding="utf-8")
        script = (
            "import re, sys; from pathlib import Path; from cptref.claims.readers import read_claims\n"
            "parsed = read_claims([Path(sys.argv[1]).read_text()])\n"
            "print(len(parsed.lines), parsed.lines[-1].number, len(parsed.unread))\n"
            # getrusage would tell that of the process that started it, if it is more.
            r"print(re.search(r'VmHWM:\s+(\d+)', Path('/proc/self/status').read_text())[1])"
        )
        counts, memory, *_ = spawn(sys.executable, "-c", script, str(path)).out.splitlines()
        assert counts == "10000 10000 0"
        assert int(memory) < 300 * 1024  # KiB, as Linux counts


def test_describes_lines() -> None:
    """Keep the spelling of lines that the tests of readers compare."""
    (line,) = read_claims(["64483-50 x2 $450 2026-11-20 2026-11-21 ptr:A pos:11"]).lines
    assert describe_line(line) == "64483-50 x2 $450.00 2026-11-20..2026-11-21 >A @11"
