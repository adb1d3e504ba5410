"""`-`: codes from standard input, through the installed command."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.terminal import shown

if TYPE_CHECKING:
    from tests.conftest import Outcome, Run, Spawn


def read_codes(done: Outcome) -> list[str]:
    """Return the codes of the entries in the JSON."""
    return [entry["code"] for entry in json.loads(done.out)["results"]]


@pytest.mark.parametrize(
    "text",
    [
        b"20976\n20920\n",
        b"20976\r\n20920",
        b"\xef\xbb\xbf20976\n20920\n",
        b"# the spine\n\n  20976   # as Dr. A has it\n\t\nCPT 20920\n",
        b"20976, 20920\n",
        b"20976\n#20971\n  # 20975\n20920 #\n",
        b"20976\r# 20971\r20920 # 20975\r",
        "20976\r\n20920\r\n".encode("utf-16"),
    ],
)
def test_lines_become_codes(command: str, spawn: Spawn, text: bytes) -> None:
    """In any spelling, several on a line; blank lines and comments are skipped, line ends and marks of any system."""
    assert read_codes(spawn(command, "show", "-", "-f", "json", stdin=text)) == ["20976", "20920"]


def test_lines_take_the_place_of_the_first_hyphen(command: str, spawn: Spawn) -> None:
    """A second one has nothing left to read."""
    done = spawn(command, "show", "20920", "-", "20975", "-", "-f", "json", stdin=b"20976\n20971\n")
    assert read_codes(done) == ["20920", "20976", "20971", "20975"]


@pytest.mark.parametrize("name", ["show", "export", "compare", "modifiers"])
def test_every_command_that_takes_codes_reads_them(command: str, spawn: Spawn, run: Run, name: str) -> None:
    """Each answers as if the codes had been typed."""
    assert spawn(command, name, "-", stdin=b"20976\n20920\n") == run(name, "20976", "20920")


def test_a_line_that_is_not_utf8_does_not_cost_the_others(command: str, spawn: Spawn, run: Run) -> None:
    """Its bytes are shown as escapes; exit 1, as for any bad code."""
    done = spawn(command, "show", "-", "-s", "cost", stdin=b"20976\n\xff\xfe\n")
    assert done.code == 1
    assert done.out == run("show", "20976", "-s", "cost").out
    assert done.err == (
        "cptref: \\xff\\xfe: does not look like a code; a code has five characters, like 20976, 0042T or G0260\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        b"LX*1~\nSV1*HC:20976:LT*150*UN*1***1~\nLX*2~\nSV1*HC:20920*150*UN*1~\n",
        b"zip,cpt,mod\r\n45202,20976,LT\r\n45202,20920,\r\n",
        b'{\n  "coding": [\n    {"system": "x/cpt", "code": "20976", "display": "a # b"},\n    {"code": "20920"}]}\n',
        b"MSH|^~\\&|A|B\rFT1|1|||20260304|||20976^a # b^CPT4\rFT1|2|||20260304|||20920^b^CPT4\r",
        b"Patient: Doe\n20976 mod LT   # as Dr. A has it\n\nCPT 20920 $150.00\n",
    ],
)
def test_messages_and_tables_of_other_systems_are_read_whole(command: str, spawn: Spawn, text: bytes) -> None:
    """Over several lines; the rest is counted in one line on standard error."""
    done = spawn(command, "show", "-", "-f", "json", stdin=text)
    assert (done.code, read_codes(done)) == (0, ["20976", "20920"])
    assert done.err.startswith("cptref: skipped ")
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("text", [b"", b"\n\n", b"# nothing\n#20976\n"])
def test_no_code_on_standard_input_is_wrong_usage(command: str, spawn: Spawn, text: bytes) -> None:
    """The message says what is skipped."""
    assert spawn(command, "show", "-", stdin=text) == (
        2,
        "",
        "cptref: no code on standard input; write one per line; blank lines and # comments are skipped\n",
    )


def test_a_terminal_is_refused(command: str) -> None:
    """Nothing is waited for; the message says what `-` does."""
    argv = [command, "show", "-", "--color", "never"]
    done = shown(argv, columns=120, streams=("stdin", "stdout", "stderr"))
    assert done.code == 2
    assert done.out == (
        "cptref: error: - reads codes from standard input, which is a terminal; name the codes, or pipe them in with "
        "| or <\n"
    )


@pytest.mark.parametrize(
    ("redirect", "message"),
    [
        ("<&-", "standard input is closed; name the codes, or pipe them in"),
        ("0>out", "standard input can't be read: Bad file descriptor; name the codes instead"),
    ],
)
def test_unreadable_standard_input_is_an_error(command: str, spawn: Spawn, redirect: str, message: str) -> None:
    """One line, exit 2."""
    assert spawn("/bin/sh", "-c", f"'{command}' show - {redirect}") == (2, "", f"cptref: {message}\n")


def test_endless_input_is_refused(command: str, spawn: Spawn) -> None:
    """After ten million bytes."""
    assert spawn("/bin/sh", "-c", f"yes 20976 | '{command}' show -") == (
        2,
        "",
        "cptref: standard input has more than 10,000,000 bytes; split the codes into parts\n",
    )


def test_standard_input_is_not_read_without_a_hyphen(command: str, spawn: Spawn, run: Run) -> None:
    """Whatever is there."""
    assert spawn(command, "show", "20976", stdin=b"20920\n") == run("show", "20976")
