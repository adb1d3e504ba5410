"""`-`: codes from standard input, through the installed command."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.conftest import Done
from tests.terminal import shown

if TYPE_CHECKING:
    from tests.conftest import Run, Spawn


def piped(command: str, text: bytes, *args: str) -> Done:
    """What the command says when this is piped into it."""
    done = subprocess.run([command, *args], input=text, capture_output=True, timeout=60, check=False)
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def codes(done: Done) -> list[str]:
    """The codes of the entries in the JSON."""
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
        "20976\r\n20920\r\n".encode("utf-16"),
    ],
)
def test_codes_a_line(command: str, text: bytes) -> None:
    """In any spelling, several on a line; blank lines and comments are skipped, line ends and marks of any system."""
    assert codes(piped(command, text, "show", "-", "-f", "json")) == ["20976", "20920"]


def test_beside_other_codes(command: str) -> None:
    """In the place of the first `-`; a second one has nothing left to read."""
    done = piped(command, b"20976\n20971\n", "show", "20920", "-", "20975", "-", "-f", "json")
    assert codes(done) == ["20920", "20976", "20971", "20975"]


@pytest.mark.parametrize("name", ["show", "export", "compare", "modifiers"])
def test_every_command_that_takes_codes(command: str, run: Run, name: str) -> None:
    """They answer as if the codes had been typed."""
    assert piped(command, b"20976\n20920\n", name, "-") == run(name, "20976", "20920")


def test_a_bad_line_does_not_cost_the_others(command: str) -> None:
    """Not a code, not UTF-8, a code nobody holds: each is named, the others are shown, exit 1."""
    done = piped(command, b"2O976\n\xff\xfe\n99213-25\n20976\n", "show", "-", "-s", "cost")
    assert done.code == 1
    assert done.out.startswith("20976  Therapeutic injection")
    assert done.err == (
        "cptref: 2O976: does not look like a code; did you mean 20976?\n"
        "cptref: \\xff\\xfe: does not look like a code; a code has five characters, like 20976, 0042T or G0260\n"
        "cptref: 99213-25: read as 99213, shaped like a code, but not held; cptref list shows every code that is held\n"
        "cptref: 99213-25: modifier 25: a separate evaluation visit on the same day; goes on the visit's code, not on "
        "the procedure's\n"
    )


@pytest.mark.parametrize("text", [b"", b"\n\n", b"# nothing\n#20976\n"])
def test_nothing_on_it(command: str, text: bytes) -> None:
    """Exit 2, and what is skipped is said."""
    assert piped(command, text, "show", "-") == (
        2,
        "",
        "cptref: no code on standard input; one a line; blank lines and # comments are skipped\n",
    )


def test_a_terminal_is_not_waited_for(command: str) -> None:
    """It says what `-` is for, and ends."""
    done = shown([command, "show", "-"], streams=("stdin", "stdout", "stderr"))
    assert done.code == 2
    assert done.out == (
        "cptref: - reads codes from standard input, which is a terminal; name the codes, or pipe them in with | or <\n"
    )


@pytest.mark.parametrize(
    ("redirect", "message"),
    [
        ("<&-", "standard input is closed; name the codes, or pipe them in"),
        ("0>out", "standard input can't be read: Bad file descriptor; name the codes instead"),
    ],
)
def test_it_can_not_be_read(command: str, spawn: Spawn, redirect: str, message: str) -> None:
    """One line, exit 2."""
    assert spawn("/bin/sh", "-c", f"{command} show - {redirect}") == (2, "", f"cptref: {message}\n")


def test_what_never_ends(command: str, spawn: Spawn) -> None:
    """Ten million bytes are enough; more is no list of codes."""
    assert spawn("/bin/sh", "-c", f"yes 20976 | {command} show -") == (
        2,
        "",
        "cptref: standard input has more than 10,000,000 bytes; give it codes, in several parts\n",
    )


def test_nothing_is_read_unasked(command: str, run: Run) -> None:
    """Without a `-`, standard input is left alone."""
    assert piped(command, b"20920\n", "show", "20976") == run("show", "20976")
