"""Pipes, terminals, and streams that fail: through the installed command."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.terminal import shown

if TYPE_CHECKING:
    from tests.conftest import Spawn


def on_terminal(argv: list[str], columns: int, env: dict[str, str]) -> str:
    """What a process prints on a terminal of so many columns."""
    done = shown(argv, columns=columns, env=env)
    assert done.code == 0
    return done.out


def test_a_pipe_gets_plain_text(command: str, spawn: Spawn) -> None:
    """No escape byte, no box, no bullet, no wrapping; nothing on standard error."""
    done = spawn(command, "show", "20976")
    assert (done.code, done.err) == (0, "")
    assert done.out.isascii()
    assert "\x1b" not in done.out
    assert max(map(len, done.out.splitlines())) > 200


def test_a_pipe_gets_colours_if_it_asks(command: str, spawn: Spawn) -> None:
    """`--color always` keeps the page of a terminal, for `less -R`."""
    said = spawn(command, "show", "20976", "--color", "always")
    assert said == spawn(command, "show", "20976", "--color", "always", "--format", "terminal")
    assert "\x1b[1m" in said.out


def test_a_list_in_a_pipe_is_one_code_a_line(command: str, spawn: Spawn) -> None:
    """So that it can be piped on."""
    assert spawn(command, "list").out == "20920\n20962\n20971\n20975\n20976\n"


@pytest.mark.parametrize("columns", [60, 80, 140])
def test_a_terminal_gets_a_page(command: str, columns: int) -> None:
    """Styled, wrapped to the terminal, with everything that a pipe gets."""
    said = on_terminal([command, "show", "20976"], columns, {"TERM": "xterm-256color"})
    assert "\x1b[1m" in said
    assert "•" in said
    plain = on_terminal([command, "--color", "never", "show", "20976"], columns, {"TERM": "xterm-256color"})
    assert "\x1b" not in plain
    assert max(map(len, plain.splitlines())) <= min(columns, 100)
    assert "Take prescribed pain medications as directed" in " ".join(plain.split())


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_without_colour(command: str, env: dict[str, str]) -> None:
    """NO_COLOR leaves no colour, TERM=dumb no escape at all."""
    said = on_terminal([command, "show", "20976", "-s", "cost"], 80, {"TERM": "xterm-256color"} | env)
    assert not [code for code in ("\x1b[31m", "\x1b[1;31m", "\x1b[1;36m") if code in said]
    assert ("\x1b" in said) == ("NO_COLOR" in env)


def test_a_terminal_that_knows_only_ascii(command: str) -> None:
    """Boxes and bullets are drawn with what there is."""
    said = on_terminal([command, "show", "20976"], 80, {"TERM": "xterm", "PYTHONIOENCODING": "ascii"})
    assert said.isascii()
    assert "- Muscle weakness of the legs" in said


def test_json_is_never_styled(command: str, spawn: Spawn) -> None:
    """Whatever the colour settings say."""
    plain = spawn(command, "show", "20976", "-f", "json")
    assert spawn(command, "--color", "always", "show", "20976", "-f", "json", env={"FORCE_COLOR": "1"}) == plain


def test_a_reader_that_leaves_is_no_error(command: str, spawn: Spawn) -> None:
    """`cptref show ... | head -1` says nothing on standard error."""
    for _ in range(5):
        assert spawn("/bin/sh", "-c", f"{command} show 20976 20920 20962 | head -1").err == ""
        assert spawn("/bin/sh", "-c", f"{command} --help | true").err == ""
        for args in ("--help", "show -h", "show 20976", "--version"):
            done = spawn("bash", "-c", f"{command} {args} | true; exit ${{PIPESTATUS[0]}}")
            assert (args, done) == (args, (0, "", ""))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("args", ["show 20976", "show 20976 -f terminal", "--help", "--version", "export 20976"])
def test_a_full_disk_is_a_sentence(command: str, spawn: Spawn, args: str) -> None:
    """Exit 2 and one line."""
    assert spawn("/bin/sh", "-c", f"{command} {args} > /dev/full") == (
        2,
        "",
        "cptref: standard output can't be written: No space left on device; free some space or write elsewhere\n",
    )


def test_streams_that_are_closed(command: str, spawn: Spawn) -> None:
    """A closed standard output is an error, a closed standard error is not."""
    for args in ("show 20976", "show 20976 -f terminal", "--help", "show -h", "--version", "export 20976"):
        done = spawn("/bin/sh", "-c", f"{command} {args} >&-")
        assert (done.code, done.err) == (
            2,
            "cptref: standard output is closed; write to a file with cptref export -o FILE\n",
        )
    assert spawn("/bin/sh", "-c", f"{command} show 99213 2>&-") == (1, "", "")


@pytest.mark.parametrize("env", [{"LANG": "C"}, {"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "POSIX"}])
def test_any_locale(command: str, spawn: Spawn, env: dict[str, str]) -> None:
    """What a pipe gets doesn't depend on the locale."""
    assert spawn(command, "show", "20976", env=env) == spawn(command, "show", "20976")


def test_no_home(command: str, spawn: Spawn) -> None:
    """Without HOME it answers all the same."""
    assert spawn("env", "-u", "HOME", command, "list").out.split() == ["20920", "20962", "20971", "20975", "20976"]


@pytest.mark.parametrize("columns", ["0", "-1", "", "wide", "1"])
def test_columns_that_nobody_has(command: str, spawn: Spawn, columns: str) -> None:
    """The page is there, whatever COLUMNS says, and no narrower than can be read."""
    done = spawn(command, "show", "20976", "-f", "terminal", env={"COLUMNS": columns})
    assert (done.code, done.err) == (0, "")
    assert "weakness" in done.out
    assert len(done.out.splitlines()) < 600


def test_an_interrupt_while_it_loads(spawn: Spawn) -> None:
    """Ctrl-C before the command is made is as quiet as later: 130 and no traceback."""
    code = """
import cptref.cli
from cptref.__main__ import run

def interrupted():
    raise KeyboardInterrupt

cptref.cli.main = interrupted
run()
"""
    assert spawn(sys.executable, "-c", code) == (130, "", "")


def test_an_interrupt_while_it_works() -> None:
    """Ctrl-C ends a command that runs: 130 and no traceback."""
    process = subprocess.Popen([sys.executable, "-c", SLOW], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "asked\n"
    process.send_signal(signal.SIGINT)
    assert process.communicate() == ("", "")
    assert process.returncode == 130


SLOW = """
import time
from cptref.__main__ import run
import cptref.library, sys

def slow(*_):
    print("asked", flush=True)
    time.sleep(30)

cptref.library.Library.show = slow
sys.argv = ["cptref", "show", "20976"]
run()
"""


def test_an_interrupt_where_python_can_not_raise_it(spawn: Spawn) -> None:
    """In the callback of a weak reference, as imports have them, Python would print a traceback and go on."""
    assert spawn(sys.executable, "-c", LOST) == (130, "", "")


LOST = """
import time, weakref
from cptref.__main__ import run
import cptref.library, sys

class Thing: pass

def interrupted(_):
    raise KeyboardInterrupt

def slow(*_):
    thing = Thing()
    kept = weakref.ref(thing, interrupted)
    del thing
    time.sleep(30)

cptref.library.Library.show = slow
sys.argv = ["cptref", "show", "20976"]
run()
"""


def test_relative_xdg_folders_are_ignored(command: str, spawn: Spawn, tmp_path: Path) -> None:
    """The specification says so; nothing is written where the command happens to be run."""
    assert spawn(command, "list", env={"XDG_CACHE_HOME": "here", "HOME": str(tmp_path)}).code == 0
    assert not list(Path().iterdir())


def test_python_m_is_the_command(command: str, spawn: Spawn) -> None:
    """`python -m cptref` does the same."""
    assert spawn(sys.executable, "-m", "cptref", "list") == spawn(command, "list")
