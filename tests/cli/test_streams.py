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


needs_dev_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")


def print_on_terminal(argv: list[str], columns: int, env: dict[str, str]) -> str:
    """Return what a process prints on a terminal of this width."""
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


def test_color_always_gives_a_pipe_the_page_of_a_terminal(command: str, spawn: Spawn) -> None:
    """With colors, for `less -R`."""
    done = spawn(command, "show", "20976", "--color", "always")
    assert done == spawn(command, "show", "20976", "--color", "always", "--format", "terminal")
    assert "\x1b[1m" in done.out


def test_list_in_a_pipe_is_one_code_per_line(command: str, spawn: Spawn) -> None:
    """So that it can be piped on; also without a home folder."""
    for argv in ((command, "list"), ("env", "-u", "HOME", command, "list")):
        assert spawn(*argv) == (0, "20920\n20962\n20971\n20975\n20976\n", "")


@pytest.mark.parametrize("columns", [60, 80, 140])
def test_a_terminal_gets_a_page(command: str, columns: int) -> None:
    """Styled, wrapped to the terminal, with everything that a pipe gets."""
    page = print_on_terminal([command, "show", "20976"], columns, {"TERM": "xterm-256color"})
    assert "\x1b[1m" in page
    assert "•" in page
    plain = print_on_terminal([command, "--color", "never", "show", "20976"], columns, {"TERM": "xterm-256color"})
    assert "\x1b" not in plain
    assert max(map(len, plain.splitlines())) <= min(columns, 100)
    assert "Take prescribed pain medications as directed" in " ".join(plain.split())


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_color_and_dumb_terminals_get_no_color(command: str, env: dict[str, str]) -> None:
    """NO_COLOR removes colors, TERM=dumb every escape."""
    page = print_on_terminal([command, "show", "20976", "-s", "cost"], 80, {"TERM": "xterm-256color"} | env)
    assert not [code for code in ("\x1b[31m", "\x1b[1;31m", "\x1b[1;36m") if code in page]
    assert ("\x1b" in page) == ("NO_COLOR" in env)


def test_an_ascii_terminal_gets_ascii(command: str) -> None:
    """Boxes and bullets are drawn with what there is."""
    page = print_on_terminal([command, "show", "20976"], 80, {"TERM": "xterm", "PYTHONIOENCODING": "ascii"})
    assert page.isascii()
    assert "- Muscle weakness of the legs" in page


def test_json_is_never_styled(command: str, spawn: Spawn) -> None:
    """Whatever the color settings say."""
    plain = spawn(command, "show", "20976", "-f", "json")
    assert spawn(command, "--color", "always", "show", "20976", "-f", "json", env={"FORCE_COLOR": "1"}) == plain


@pytest.mark.parametrize("args", ["--help", "show -h", "show 20976", "--version", "--show-completion"])
def test_a_reader_that_leaves_is_no_error(command: str, spawn: Spawn, args: str) -> None:
    """`cptref show ... | head -1` prints nothing on standard error, and exits 0; Typer's --show-completion exits 1."""
    code = 1 if "completion" in args else 0
    for reader in ("head -1 > /dev/null", "true"):
        done = spawn("bash", "-c", f"{command} {args} | {reader}; exit ${{PIPESTATUS[0]}}")
        assert (done.code in {0, code}, done.out, done.err) == (True, "", "")


@needs_dev_full
@pytest.mark.parametrize("args", ["show 20976", "show 20976 -f terminal", "--help", "--version", "export 20976"])
def test_a_full_disk_is_one_line(command: str, spawn: Spawn, args: str) -> None:
    """Exit 2."""
    assert spawn("/bin/sh", "-c", f"{command} {args} > /dev/full") == (
        2,
        "",
        "cptref: standard output can't be written: No space left on device; free some space or write elsewhere\n",
    )


@needs_dev_full
def test_a_full_disk_is_one_line_for_what_typer_prints(command: str, spawn: Spawn) -> None:
    """Exit 2, and Python finds nothing in the buffer at its end."""
    done = spawn("bash", "-c", f"{command} --show-completion > /dev/full; exit $?")
    assert done == (2, "", "cptref: failed: No space left on device; --debug shows where\n")


@needs_dev_full
@pytest.mark.parametrize("args", ["show 99213", "--debug show 99213"])
def test_standard_error_that_fails_keeps_the_exit_code(command: str, spawn: Spawn, args: str) -> None:
    """There is nobody to tell."""
    for redirect in ("2>/dev/full", "2>&-"):
        assert spawn("/bin/sh", "-c", f"{command} {args} {redirect}") == (1, "", "")
        assert spawn("/bin/sh", "-c", f"{command} --debug search ... {redirect}") == (2, "", "")


@pytest.mark.parametrize(
    "args", ["show 20976", "show 20976 -f terminal", "--help", "show -h", "--version", "export 20976"]
)
def test_closed_standard_output_is_an_error(command: str, spawn: Spawn, args: str) -> None:
    """Exit 2, and a way to get the answer all the same."""
    message = "cptref: standard output is closed; write to a file with cptref export -o FILE\n"
    assert spawn("/bin/sh", "-c", f"{command} {args} >&-") == (2, "", message)


@pytest.mark.parametrize("env", [{"LANG": "C"}, {"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "POSIX"}])
def test_a_pipe_gets_the_same_in_any_locale(command: str, spawn: Spawn, env: dict[str, str]) -> None:
    """Always UTF-8."""
    assert spawn(command, "show", "20976", env=env) == spawn(command, "show", "20976")


@pytest.mark.parametrize("columns", ["0", "-1", "", "wide", "1"])
def test_impossible_columns_are_ignored(command: str, spawn: Spawn, columns: str) -> None:
    """The page is as narrow as can be read, or as the terminal is."""
    done = spawn(command, "show", "20976", "-f", "terminal", env={"COLUMNS": columns})
    assert (done.code, done.err) == (0, "")
    assert "weakness" in done.out
    assert len(done.out.splitlines()) < 600


INTERRUPTED_IMPORT = """
import cptref.cli
from cptref.__main__ import run

def main():
    raise KeyboardInterrupt

cptref.cli.main = main
run()
"""
# Before Python 3.12, an interrupt in `__set_name__` comes as the cause of a RuntimeError.
INTERRUPTED_CLASS = """
import cptref.cli
from cptref.__main__ import run

def main():
    raise RuntimeError from KeyboardInterrupt()

cptref.cli.main = main
run()
"""
INTERRUPTED_CLASS_OF_A_COMMAND = """
import sys
import cptref.library
from cptref.__main__ import run

def show(*_):
    raise RuntimeError from KeyboardInterrupt()

cptref.library.Library.show = show
sys.argv = ["cptref", "show", "20976"]
run()
"""
# Imports have weak references with callbacks, where Python can't raise: it would print a traceback and go on.
INTERRUPTED_CALLBACK = """
import sys, time, weakref
import cptref.library
from cptref.__main__ import run

class Thing: pass

def interrupt(_):
    raise KeyboardInterrupt

def show(*_):
    thing = Thing()
    reference = weakref.ref(thing, interrupt)
    del thing
    time.sleep(30)

cptref.library.Library.show = show
sys.argv = ["cptref", "show", "20976"]
run()
"""


@pytest.mark.parametrize(
    "script", [INTERRUPTED_IMPORT, INTERRUPTED_CLASS, INTERRUPTED_CLASS_OF_A_COMMAND, INTERRUPTED_CALLBACK]
)
def test_an_interrupt_is_quiet_wherever_it_comes(spawn: Spawn, script: str) -> None:
    """Exit 130 and no traceback."""
    assert spawn(sys.executable, "-c", script) == (130, "", "")


def test_an_interrupt_at_the_end_changes_nothing(spawn: Spawn) -> None:
    """While Python ends, the answer is printed already; a traceback would follow it."""
    script = """
import atexit, os, signal, sys
from cptref.__main__ import run

atexit.register(os.kill, os.getpid(), signal.SIGINT)
sys.argv = ["cptref", "list"]
run()
"""
    assert spawn(sys.executable, "-c", script) == (0, "20920\n20962\n20971\n20975\n20976\n", "")


def test_an_interrupt_ends_a_command_that_waits() -> None:
    """Ctrl-C: 130 and no traceback."""
    argv = [sys.executable, "-c", WAITING_COMMAND]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "asked\n"
    process.send_signal(signal.SIGINT)
    assert process.communicate() == ("", "")
    assert process.returncode == 130


WAITING_COMMAND = """
import sys, time
import cptref.library
from cptref.__main__ import run

def show(*_):
    print("asked", flush=True)
    time.sleep(30)

cptref.library.Library.show = show
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
