"""`cptref claim`: its arguments, exit codes and messages, and that nothing of a claim is kept."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cptref import open_library
from cptref.claims.localities import HINT
from cptref.errors import UsageError
from cptref.models.claims import VERDICTS
from cptref.render.compact import compact
from tests.claims.sets import DAY, fee_schedule, hcpcs, make_line, practice_indices, unit_limits
from tests.cli.test_completion import list_offers
from tests.codesets.files import hcpcs_row
from tests.codesets.locality_files import make_zip5, zip_line
from tests.codesets.pfs_files import make_row
from tests.terminal import terminal

if TYPE_CHECKING:
    from tests.claims.conftest import AddSets, CheckClaim, CheckLines, RunClaim
    from tests.conftest import Run, Spawn

NATIONAL = "amounts are national; --locality or --zip gives local ones"
IN_AN_OFFICE = "no place of service is given, so amounts are those of an office; --pos gives another place"
HOSPITAL = "did you mean hospital? the choices are practitioner, hospital"
FEES = fee_schedule(make_row("10001"), make_row("10002"))
LIMITS = unit_limits([("10001", "1", "2"), ("10002", "3", "3")])


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            ["10001", "--pos", "77"],
            "'77' is not a place of service; 11 is an office, 22 a hospital and 24 a surgery center",
        ),
        (
            ["10001", "--pos", "x"],
            "'x' is not a place of service; 11 is an office, 22 a hospital and 24 a surgery center",
        ),
        (["10001", "--on", "x"], "'x' is not a day; write it as in 2026-11-20"),
        (["10001", "--zip", "123"], "'123' is not a ZIP code; write it as in 33101"),
        (["10001", "--zip", ""], "'' is not a ZIP code; write it as in 33101"),
        (["10001", "--locality", ""], f"the locality is empty; {HINT}; cptref list --set gpci shows all"),
        (["10001", "--zip", "33101", "--locality", "FL-04"], "--locality and --zip exclude each other; leave one out"),
        (
            ["10001", "--setting", "hospitl"],
            f"Invalid value for '--setting': 'hospitl' is not a choice; {HOSPITAL} (see cptref claim --help)",
        ),
        ([], "Missing argument 'LINES...' (see cptref claim --help)"),
    ],
)
def test_wrong_usage_exits_2(run: Run, args: list[str], message: str) -> None:
    """With one line that says what to write; nothing is answered."""
    assert run("claim", *args) == (2, "", f"cptref: {message}\n")


@pytest.mark.parametrize("is_absolute", [True, False])
def test_a_folder_is_no_claim(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_absolute: bool) -> None:  # noqa: FBT001 - of the parameters
    """It exits 2 with one line; but what is a code stays one, whatever folders there are."""
    monkeypatch.chdir(tmp_path)
    for name in ("folder", "64483"):
        (tmp_path / name).mkdir()
    typed = str(tmp_path / "folder") if is_absolute else "folder"
    done = run("claim", typed)
    assert (done.code, done.out) == (2, "")
    assert done.err == f"cptref: {typed} can't be read: Is a directory; name a file of claim lines\n"
    assert run("claim", "64483").out.startswith("? ")


@pytest.mark.parametrize("setting", ["foo", "", "Hospital", None])
def test_python_refuses_what_is_no_setting(setting: Any) -> None:  # noqa: ANN401 - also what no type checker lets pass
    """With the two that there are."""
    message = f"{setting!r} is not a setting; the choices are practitioner, hospital"
    with open_library() as library:
        with pytest.raises(UsageError) as raised:
            library.claim("64483", setting=setting)
        assert str(raised.value) == message
        if setting is not None:
            with pytest.raises(UsageError) as raised:
                library.pair("64483", "20552", setting=setting)
            assert str(raised.value) == message


def test_python_refuses_an_empty_locality() -> None:
    """As the command does, whatever is loaded."""
    with open_library() as library:
        for ask in (library.claim, library.fee):
            with pytest.raises(UsageError, match="the locality is empty; "):
                ask("64483", locality="")


def test_a_claim_of_which_nothing_could_be_read(run: Run) -> None:
    """Is said and exits 1; standard error has what could not be read, as every command does."""
    done = run("claim", "sixty", "-f", "text")
    assert (done.code, done.err) == (1, "cptref: sixty: is not a code, a diagnosis, or a value of a claim line\n")
    assert done.out.startswith("? Nothing could be read\n")


def test_messages_name_only_the_first_of_what_could_not_be_read(spawn: Spawn, command: str) -> None:
    """A file that is no claim does not flood the terminal."""
    done = spawn(command, "claim", "-", "-f", "jsonl", stdin=b"xyzzy\n" * 30)
    *named, more = done.err.splitlines()
    assert (done.code, len(named), named[0].partition(": is ")[0]) == (1, 20, "cptref: line 1: xyzzy")
    assert more == "cptref: 10 more parts could not be read; -f json has all"


def test_a_claim_of_standard_input(spawn: Spawn, command: str) -> None:
    """`-` reads it, with the options of the command line for what the lines don't say."""
    done = spawn(command, "claim", "-", "--on", DAY, "--pos", "11", "-f", "json", stdin=b"10001-50\n10002 x3\n")
    lines = json.loads(done.out)["lines"]
    assert [(line["code"], line["units"], line["from"], line["place"]) for line in lines] == [
        ("10001", "1", DAY, "11"),
        ("10002", "3", DAY, "11"),
    ]


@pytest.mark.parametrize("typed", ["1", "01", " 01 "])
def test_a_place_has_two_digits(run_claim: RunClaim, typed: str) -> None:
    """Also if it is typed as a number."""
    assert run_claim("10001", "--pos", typed)["lines"][0]["place"] == "01"


def test_results_come_worst_first_then_by_line(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """Whatever edit they are of; each line and diagnosis has the worst of its results."""
    add_sets(FEES, LIMITS)
    answer = check_claim("10002", "10001x2", "10003", "10001x2", "M54.16")
    order = [(VERDICTS.index(result.verdict), result.lines[:1] or (99,)) for result in answer.results]
    assert order == sorted(order)
    worst: dict[int, int] = {}
    for result in answer.results:
        for number in result.lines:
            worst[number] = min(worst.get(number, 9), VERDICTS.index(result.verdict))
    assert [VERDICTS.index(line.verdict) for line in answer.lines] == [worst[line.line.number] for line in answer.lines]
    assert [diagnosis.verdict for diagnosis in answer.diagnoses] == ["unknown"]


def test_results_know_their_claim(add_sets: AddSets, check_lines: CheckLines) -> None:
    """Also those of edits that look at lines alone; a page has each under its claim."""
    add_sets(FEES, LIMITS)
    answer = check_lines(make_line("10001", "2"), make_line("10001", "2", claim=2))
    claims = {line.line.number: line.line.claim for line in answer.lines}
    assert {claims[number] for result in answer.results for number in result.lines} == {1, 2}
    assert all(result.claim == claims[number] for result in answer.results for number in result.lines)


def test_lines_have_the_short_texts_of_loaded_files(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """HCPCS codes that of HCPCS; a code that no file has has none, and no set is missed for it."""
    add_sets(FEES, hcpcs(hcpcs_row("J0001", "Made-up drug")))
    answer = check_claim("10001", "J0001", "10009")
    assert [line.title for line in answer.lines] == ["Made-up text of 10001", "Made-up drug", ""]


def test_the_total_and_what_is_left_if_denials_come(add_sets: AddSets, check_claim: CheckClaim) -> None:
    """The sum of the amounts; without lines that would likely be denied, what is left is ranked anew."""
    add_sets(FEES, LIMITS)
    answer = check_claim("10001", "10001-59", "10002", "10009", place="11")
    amounts = {line.line.number: line.amount.amount for line in answer.lines if line.amount}
    assert [line.verdict == "deny likely" for line in answer.lines] == [True, True, False, True]
    assert answer.total == sum((amount for amount in amounts.values() if amount), Decimal())
    assert (str(amounts[3]), str(answer.total_without_denied)) == ("132.43", "264.87")
    assert answer.without_amount == 1


def test_nothing_is_left_of_a_claim_that_is_denied_as_a_whole(add_sets: AddSets, run: Run) -> None:
    """Every format says so, since the total alone would promise it; a claim without an amount has neither."""
    add_sets(FEES, LIMITS)
    argv = ["claim", "10001x9", "--on", DAY, "-f"]
    assert "• nothing without the lines that would likely be denied" in run(*argv, "terminal").out
    assert json.loads(run(*argv, "json").out)["total_without_denied"] == "0.00"
    assert '"without the lines that would likely be denied"' in run(*argv, "csv").out
    with open_library() as library:
        assert compact(library.claim("10001x9", on=DAY))["total_without_denied"] == "0.00"
        unpriced = library.claim("10009", on=DAY)
        assert (unpriced.lines[0].verdict, unpriced.total_without_denied) == ("deny likely", None)


@pytest.mark.parametrize(
    ("args", "remarks"),
    [
        (["10001"], [NATIONAL, IN_AN_OFFICE]),
        (["10001", "--pos", "11"], [NATIONAL]),
        (["10009"], []),
        (["10001", "--setting", "hospital"], []),
    ],
)
def test_remarks_say_what_amounts_rest_on(
    add_sets: AddSets, run_claim: RunClaim, args: list[str], remarks: list[str]
) -> None:
    """Where nobody said the locality or the place; not if there is no amount."""
    add_sets(FEES)
    assert run_claim(*args, "--on", DAY)["remarks"] == remarks


def test_a_zip_code_of_which_the_file_is_older_is_remarked(add_sets: AddSets, run_claim: RunClaim) -> None:
    """The answer names the locality, and says by which file the ZIP code is in it."""
    add_sets(
        FEES, practice_indices({}), {"zip5.txt": make_zip5(zip_line("33101", "09102-04", quarter="20254")).decode()}
    )
    answer = run_claim("10001", "--zip", "33101", "--pos", "11", "--on", DAY)
    assert answer["locality"]["key"] == "09102-04"
    assert [remark.partition("; GPCI")[0] for remark in answer["remarks"]] == [
        f"ZIP code 33101 is in 09102-04 by ZIP code localities 2025Q4 (the newest loaded before {DAY})"
    ]


def test_a_missing_set_is_named_once(run: Run) -> None:
    """However many lines need it; on standard error too where the page goes elsewhere."""
    done = run("claim", "10001", "10002", "M54.16", "M54.17", "-f", "json")
    missing = json.loads(done.out)["not_loaded"]
    assert len(missing) == len({*missing}) > 1
    assert [line for line in done.err.splitlines() if line.startswith("cptref: no ")] == [
        f"cptref: {text}" for text in missing
    ]


@pytest.mark.outside
def test_a_terminal_says_once_what_is_missing(command: str) -> None:
    """The page has it, so no message repeats it."""
    with terminal([command, "--no-pager", "claim", "10001"], columns=200, rows=200) as session:
        shown = session.end()
    assert (shown.code, shown.out.count("no fee schedule loaded")) == (1, 1)


def test_exit_code_0_needs_every_verdict_ok(monkeypatch: pytest.MonkeyPatch, check_lines: CheckLines) -> None:
    """A line that no edit looked at is not ok, nor is a claim of nothing."""
    monkeypatch.setattr("cptref.claims.check.MODULES", ())
    assert not check_lines(make_line("10001")).is_clean
    assert not check_lines().is_clean


@pytest.mark.outside
def test_completion_offers_codes_settings_and_places(spawn: Spawn, command: str) -> None:
    """As other commands do; places have their names beside them."""
    assert list_offers(spawn, command, "cptref claim 2097") == ["20971", "20975", "20976"]
    assert list_offers(spawn, command, "cptref claim 20976-x") == ["20976-xE", "20976-xS", "20976-xP", "20976-xU"]
    assert list_offers(spawn, command, "cptref claim --setting h") == ["hospital"]
    assert list_offers(spawn, command, "cptref claim --pos 2") == ["20", "21", "22", "23", "24", "25", "26", "27"]


CANARIES = ("7777.77", "CANARYPATIENT", "CANARYMEMBER", "27447", "S06.0X9A")
CLAIM_837 = (
    "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260801*1200*^*00501*000000001*0*P*:~"
    "GS*HC*S*R*20260801*1200*1*X*005010X222A1~ST*837*0001*005010X222A1~"
    "NM1*IL*1*CANARYPATIENT*JOHN****MI*CANARYMEMBER~CLM*CANARYPATIENT*7777.77***11:B:1~HI*ABK:S060X9A~"
    "LX*1~SV1*HC:27447*7777.77*UN*1***1~DTP*472*D8*20260801~SE*9*0001~"
)


@pytest.mark.parametrize("ending", ["20260801~SE", "2026~SE"], ids=["whole", "broken"])
@pytest.mark.parametrize("form", ["text", "json"])
def test_nothing_of_a_claim_is_kept(
    add_sets: AddSets, spawn: Spawn, command: str, tmp_path: Path, form: str, ending: str
) -> None:
    """No file has a code, a charge or a name of a claim, and no answer, message or traceback names a patient."""
    add_sets(FEES, LIMITS)
    text = CLAIM_837.replace("20260801~SE", ending)
    (tmp_path / "claim.837").write_text(text, encoding="utf-8")
    home = {name: str(tmp_path / name) for name in ("HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "TMPDIR")}
    for folder in home.values():
        Path(folder).mkdir(exist_ok=True)
    done = spawn(command, "--debug", "claim", str(tmp_path / "claim.837"), "--zip", "33101", env=home)
    assert done.code == 2  # no localities are loaded
    assert "Traceback" in done.err
    shown = spawn(command, "--debug", "claim", str(tmp_path / "claim.837"), "-f", form, env=home)
    assert not re.search("CANARY|JOHN", done.err + shown.out + shown.err)
    assert "27447" in shown.out or ending == "2026~SE"
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "claim.837"]
    assert kept
    for path in kept:
        content = path.read_bytes()
        assert [canary for canary in CANARIES[:3] if canary.encode() in content] == [], path
        if "downloads" not in path.parts and path.suffix != ".db":
            assert [canary for canary in CANARIES if canary.encode() in content] == [], path
