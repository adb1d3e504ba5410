"""`cptref browse` on a real terminal: what the shell gets, what is pasted and clicked, and how the terminal is left."""

from __future__ import annotations

import os
import re
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from tests.terminal import Terminal, terminal

if TYPE_CHECKING:
    from tests.conftest import Spawn

pytestmark = pytest.mark.outside
SHOW_CURSOR, MAIN_SCREEN, NO_MOUSE, NO_PASTE = "\x1b[?25h", "\x1b[?1049l", "\x1b[?1003l", "\x1b[?2004l"
PICK = 'code=$("$0" browse); echo "picked [$code], exit $?"'


def open_picker(screen: Terminal) -> None:
    """Wait for the first page."""
    screen.until("Type and see")


@pytest.mark.parametrize("columns", [60, 80, 140])
def test_a_shell_gets_the_code(command: str, columns: int) -> None:
    """Standard output has the code alone; the screen is as wide as the terminal, although that is a pipe."""
    with terminal(["sh", "-c", PICK, command], columns=columns) as screen:
        open_picker(screen)
        screen.press("20976")
        border = "│" if columns >= 100 else "─" * columns  # beside the page, or above it
        assert border in screen.until("NOT LISTED")
        screen.press("\r")
        end = screen.end()
    assert end.out.endswith("picked [20976], exit 0\n")
    for sequence in (SHOW_CURSOR, MAIN_SCREEN, NO_MOUSE, NO_PASTE):
        assert sequence in end.out


@pytest.mark.parametrize(("keys", "code"), [("\x1b", 1), ("\x11", 1), ("\x03", 130)])
def test_the_other_ends(command: str, keys: str, code: int) -> None:
    """Escape and Ctrl-Q end with 1, Ctrl-C with 130, and nothing is printed; the terminal is as it was."""
    with terminal(["sh", "-c", PICK, command]) as screen:
        open_picker(screen)
        screen.press(keys)
        end = screen.end()
    assert end.out.endswith(f"picked [], exit {code}\n")
    assert MAIN_SCREEN in end.out


def test_a_signal_restores_the_terminal(command: str) -> None:
    """A killed screen leaves the terminal as it was."""
    with terminal([sys.executable, "-c", _KILL, command]) as screen:
        end = screen.end()
    assert MAIN_SCREEN in end.out
    assert end.out.endswith(f"ended {128 + signal.SIGTERM}\n")


_KILL = """
import subprocess, sys, time
process = subprocess.Popen([sys.argv[1], "browse"])
time.sleep(4)
process.terminate()
print("ended", process.wait())
"""


def test_a_stopped_screen_is_drawn_anew(command: str) -> None:
    """After Ctrl-Z and `fg` everything is there again."""
    with terminal([command, "browse"]) as screen:
        open_picker(screen)
        screen.press("\x1a")
        screen.until(MAIN_SCREEN)
        os.waitpid(screen.process.pid, os.WUNTRACED)
        screen.said = b""
        screen.process.send_signal(signal.SIGCONT)
        open_picker(screen)
        screen.until("Help")


@pytest.mark.parametrize("args", [("--color", "never", "browse"), ("browse", "--color", "never")])
def test_no_color_on_demand(command: str, args: tuple[str, ...]) -> None:
    """The global option holds for the screen, wherever it stands."""
    with terminal([command, *args]) as screen:
        open_picker(screen)
        screen.press("20976")
        shown = screen.until("NOT LISTED")
    assert not re.search(r"\x1b\[(?:\d+;)*(?:3[0-7]|4[0-7]|9\d|38|48)(?:;\d+)*m", shown)


def test_paste_and_mouse(command: str) -> None:
    """A bracketed paste keeps its lines, and a click on a result chooses it."""
    with terminal(["sh", "-c", PICK, command]) as screen:
        open_picker(screen)
        screen.press("\x1b[200~20976\r20975\x1b[201~")
        screen.until("all of these codes")
        screen.press("\x1b[<0;8;5M\x1b[<0;8;5m")
        screen.until("CONFLICT")
        screen.press("\r")
        end = screen.end()
    assert end.out.endswith("picked [20975], exit 0\n")


def test_a_crash_is_one_line() -> None:
    """No page of Textual's, and the terminal is as it was."""
    program = (
        "import sys; from cptref.library import Library\n"
        "def fail(*_, **__): raise ZeroDivisionError('of a test')\n"
        "Library.search = fail\n"
        "from cptref.cli import main\n"
        "sys.exit(main(['browse']))"
    )
    with terminal([sys.executable, "-c", program]) as screen:
        open_picker(screen)
        screen.press("t")
        end = screen.end()
    _, _, said = end.out.rpartition("\x1b[?1004l")
    assert "of a test" in said
    assert "Traceback" not in end.out
    assert said.count("\n") == 1
    assert end.code == 2


def test_no_terminal_is_one_line(command: str, spawn: Spawn) -> None:
    """Nothing to type on ends with 2."""
    outcome = spawn(command, "browse", stdin=b"")
    says = "needs a terminal for standard input and standard error; to print an answer: cptref search WORDS, or "
    assert outcome == (2, "", f"cptref: cptref browse {says}cptref CODE\n")


def test_a_closed_output_is_one_line(command: str) -> None:
    """Nobody picks a code that can't be printed then."""
    with terminal(["sh", "-c", '"$0" browse >&-; echo "exit $?"', command], env={"NO_COLOR": "1"}) as screen:
        end = screen.end()
    says = "cptref: error: standard output is closed; cptref browse prints the code there; leave it open"
    assert " ".join(end.out.split()) == f"{says} exit 2"


def test_a_dumb_terminal_is_one_line(command: str) -> None:
    """No garbage where nothing can be placed."""
    with terminal([command, "browse"], env={"TERM": "dumb"}) as screen:
        end = screen.end()
    assert end.code == 2
    says = "needs a terminal that can place text, and TERM says this one can't; to print an answer: cptref search"
    assert " ".join(end.out.split()) == f"cptref: error: cptref browse {says} WORDS, or cptref CODE"
