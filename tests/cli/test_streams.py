"""Pipes, terminals, and streams that fail: through the installed command."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from time import sleep
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from tests.cli.test_checks import COMMANDS
from tests.conftest import NO_FEE_SCHEDULE, needs_dev_full, needs_posix
from tests.terminal import shown

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import MakeFolder, Run, Spawn


def print_on_terminal(argv: list[str], columns: int, env: dict[str, str]) -> str:
    """Return what a process prints on a terminal of this width."""
    done = shown(argv, columns=columns, env=env)
    assert done.code == 0
    return done.out


def test_list_in_a_pipe_is_one_code_per_line(command: str, spawn: Spawn) -> None:
    """So that it can be piped on; also without a home folder, and where colors are forced."""
    lines = "".join(f"{item['code']}\n" for item in json.loads(spawn(command, "list", "-f", "json").out)["results"])
    for argv in ((command, "list"), ("env", "-u", "HOME", "FORCE_COLOR=1", command, "list", "--color", "always")):
        assert spawn(*argv) == (0, lines, "")


@pytest.mark.parametrize("columns", [60, 80, 140])
def test_a_terminal_gets_a_page(command: str, columns: int) -> None:
    """Styled, and wrapped to the terminal."""
    page = print_on_terminal([command, "show", "20976"], columns, {"TERM": "xterm-256color"})
    assert "\x1b[1m" in page
    assert "•" in page
    plain = print_on_terminal([command, "--color", "never", "show", "20976"], columns, {"TERM": "xterm-256color"})
    assert "\x1b" not in plain
    assert max(map(len, plain.splitlines())) <= min(columns, 100)


def test_color_settings(command: str, spawn: Spawn) -> None:
    """--color always gives a pipe the page of a terminal; --color never and TERM=dumb beat FORCE_COLOR, on any page.

    An empty NO_COLOR or FORCE_COLOR is none; NO_COLOR removes colors alone.
    """
    show = [command, "show", "20976"]
    color = re.compile(r"\x1b\[[\d;]*3[0-7]")
    assert spawn(*show, "--color", "always") == spawn(*show, "--color", "always", "-f", "terminal")
    assert "\x1b[1m" in spawn(*show, "--color", "always").out
    assert "\x1b[1m" in spawn(*show, env={"FORCE_COLOR": "1"}).out
    assert "\x1b" not in spawn(*show, env={"FORCE_COLOR": ""}).out
    assert "\x1b" not in spawn(*show, env={"FORCE_COLOR": "1", "TERM": "dumb"}).out
    assert "\x1b" not in spawn(*show, "-f", "terminal", "--color", "never", env={"FORCE_COLOR": "1"}).out
    assert color.search(shown(show, env={"NO_COLOR": ""}).out)
    bold = shown(show, env={"NO_COLOR": "1"}).out
    assert "\x1b" in bold
    assert not color.search(bold)
    assert "\x1b" not in shown(show, rows=10, env={"TERM": "dumb"}).out
    paged = {"PAGER": "less", "CPTREF_PAGER": "less"}
    assert "\x1b" not in shown([*show, "--color", "never"], rows=10, env=paged).out


MISSING = "99213: looks like a code, but is not in the library; cptref list shows every code"


def test_a_terminal_gets_messages_wrapped_at_words(command: str) -> None:
    """Under the text after the name of the command; an error has a word for it, which a notice has not."""

    def show(line: str, columns: int, **env: str) -> str:
        return shown([command, *line.split()], columns=columns, env={"NO_COLOR": "1", **env}, streams=("stderr",)).out

    assert show("show 99213 2O976", 60) == (
        "cptref: error: 99213: looks like a code, but is not in the\n"
        "        library; cptref list shows every code\n"
        "cptref: error: 2O976: does not look like a code; did you\n"
        "        mean 20976?\n"
        "cptref: no fee schedule loaded: download the RVU zip of the\n"
        "        quarter from CMS and run cptref add rvu26d.zip\n"
    )
    assert show("search LBP -n 50", 40) == "cptref: reading LBP as low back pain\n        (abbreviation)\n"
    folder = f"/nowhere/{'x' * 60}"
    assert show(f"list -L {folder}", 40) == (
        f"cptref: error:\n        {folder}\n        is not a folder; name a folder\n        of dataset files\n"
    )
    assert show("show 99213", 60, COLUMNS="200") == f"cptref: error: {MISSING}\ncptref: {NO_FEE_SCHEDULE}\n"
    assert show("show 99213", 0) == show("show 99213", 80) == show("show 99213", 60, COLUMNS="80")
    assert max(map(len, show("show 99213", 1).splitlines())) <= 20


def test_a_pipe_gets_each_message_on_one_line(command: str, spawn: Spawn) -> None:
    """With nothing but the name of the command before it, whatever the width of the terminal."""
    for env in ({"TERM": "xterm"}, {"COLUMNS": "40"}):
        assert spawn(command, "show", "99213", env=env) == (1, "", f"cptref: {MISSING}\ncptref: {NO_FEE_SCHEDULE}\n")
        done = spawn(command, "search", "LBP", "-n", "50", env=env)
        assert done.err == "cptref: reading LBP as low back pain (abbreviation)\n"


@pytest.mark.parametrize(
    ("args", "env", "terminal", "pipe"),
    [
        ([], {}, "styled", "plain"),
        ([], {"NO_COLOR": "1"}, "plain", "plain"),
        ([], {"NO_COLOR": ""}, "styled", "plain"),
        ([], {"TERM": "dumb"}, "plain", "plain"),
        ([], {"FORCE_COLOR": "1"}, "styled", "styled"),
        ([], {"FORCE_COLOR": ""}, "styled", "plain"),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, "plain", "plain"),
        ([], {"FORCE_COLOR": "1", "TERM": "dumb"}, "plain", "plain"),
        (["--color", "never"], {"FORCE_COLOR": "1"}, "plain", "plain"),
        (["--color", "always"], {"NO_COLOR": "1"}, "styled", "styled"),
    ],
)
def test_color_settings_of_messages(
    command: str, spawn: Spawn, args: list[str], env: dict[str, str], terminal: str, pipe: str
) -> None:
    """Those of the page: an error is red, a notice dim; a pipe gets escapes only if it asks for them."""
    argv = [command, "show", "99213-25", *args]
    error = "99213-25: read as 99213, which looks like a code but is not in the library; cptref list shows every code"
    notice = (
        "99213-25: modifier 25: a separate evaluation visit on the same day; goes on the visit's code, not on the "
        "procedure's"
    )
    red, dim = ("\x1b[31m{}\x1b[0m", "\x1b[2m{}\x1b[0m") if terminal == "styled" else ("{}", "{}")
    assert shown(argv, columns=200, env=env, streams=("stderr",)).out == (
        f"{red.format('cptref: error:')} {error}\n{dim.format('cptref:')} {notice}\n"
        f"{dim.format('cptref:')} {NO_FEE_SCHEDULE}\n"
    )
    red, dim = ("\x1b[31m{}\x1b[0m", "\x1b[2m{}\x1b[0m") if pipe == "styled" else ("{}", "{}")
    assert spawn(*argv, env={"TERM": "xterm", **env}).err == (
        f"{red.format('cptref:')} {error}\n{dim.format('cptref:')} {notice}\n"
        f"{dim.format('cptref:')} {NO_FEE_SCHEDULE}\n"
    )


def test_an_ascii_terminal_gets_ascii(command: str) -> None:
    """Boxes and bullets are drawn with what there is."""
    page = print_on_terminal([command, "show", "20976"], 80, {"TERM": "xterm", "PYTHONIOENCODING": "ascii"})
    assert page.isascii()
    assert "- Muscle weakness of the legs" in page


@pytest.mark.parametrize("args", ["--help", "show -h", "show 20976", "--version", "--show-completion"])
def test_a_reader_that_leaves_is_no_error(command: str, spawn: Spawn, args: str) -> None:
    """`cptref show ... | head -1` prints nothing on standard error, and exits 0; Typer's --show-completion exits 1."""
    code = 1 if "completion" in args else 0
    for reader in ("head -1 > /dev/null", "true"):
        done = spawn("bash", "-c", f"'{command}' {args} | {reader}; exit ${{PIPESTATUS[0]}}")
        assert (done.code in {0, code}, done.out, done.err) == (True, "", "")


@needs_dev_full
@pytest.mark.parametrize("args", [*COMMANDS, "show 20976 -f terminal", "--help", "--version"])
def test_a_full_disk_is_one_line(command: str, spawn: Spawn, args: str) -> None:
    """Exit 2."""
    assert spawn("/bin/sh", "-c", f"'{command}' {args} > /dev/full") == (
        2,
        "",
        "cptref: standard output can't be written: No space left on device; free some space or write elsewhere\n",
    )


@needs_dev_full
def test_a_full_disk_is_one_line_for_what_typer_prints(command: str, spawn: Spawn) -> None:
    """Exit 2, and Python finds nothing in the buffer at its end."""
    done = spawn("bash", "-c", f"'{command}' --show-completion > /dev/full; exit $?")
    assert done == (2, "", "cptref: failed: No space left on device; --debug shows where\n")


@needs_dev_full
@pytest.mark.parametrize("args", ["show 99213", "--debug show 99213"])
def test_standard_error_that_fails_keeps_the_exit_code(command: str, spawn: Spawn, args: str) -> None:
    """There is nobody to tell."""
    for redirect in ("2>/dev/full", "2>&-"):
        assert spawn("/bin/sh", "-c", f"'{command}' {args} {redirect}") == (1, "", "")
        assert spawn("/bin/sh", "-c", f"'{command}' --debug search ... {redirect}") == (2, "", "")


@pytest.mark.parametrize(
    "args", ["show 20976", "show 20976 -f terminal", "--help", "show -h", "--version", "export 20976"]
)
def test_closed_standard_output_is_an_error(command: str, spawn: Spawn, args: str) -> None:
    """Exit 2, and a way to get the answer all the same."""
    message = "cptref: standard output is closed; write to a file with cptref export -o FILE\n"
    assert spawn("/bin/sh", "-c", f"'{command}' {args} >&-") == (2, "", message)


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
    assert len(done.out.splitlines()) < 800


SHOW = "cptref.library.Library.show"
# What may stand in place of a function of cptref. Before Python 3.12, an interrupt in `__set_name__` comes as the cause
# of a RuntimeError. Imports have weak references with callbacks, where Python can't raise: it would print a traceback
# and go on.
INTERRUPTED = {
    "import": ("cptref.cli.main", "raise KeyboardInterrupt"),
    "class": ("cptref.cli.main", "raise RuntimeError from KeyboardInterrupt()"),
    "class of a command": (SHOW, "raise RuntimeError from KeyboardInterrupt()"),
    "callback": (SHOW, "thing = Thing(); reference = weakref.ref(thing, interrupt); del thing; time.sleep(30)"),
}


def make_script(name: str, body: str) -> str:
    """Return a script that runs `cptref show 20976` with another body for the function of this name."""
    return f"""
import sys, time, weakref
import cptref.cli, cptref.library
from cptref.__main__ import run

class Thing: pass

def interrupt(_):
    raise KeyboardInterrupt

def replacement(*_):
    {body}

{name} = replacement
sys.argv = ["cptref", "show", "20976"]
run()
"""


@needs_posix
@pytest.mark.parametrize(("name", "body"), INTERRUPTED.values(), ids=INTERRUPTED)
def test_an_interrupt_is_quiet_wherever_it_comes(spawn: Spawn, name: str, body: str) -> None:
    """Exit 130 and no traceback."""
    assert spawn(sys.executable, "-c", make_script(name, body)) == (130, "", "")


@needs_posix
def test_an_interrupt_at_the_end_changes_nothing(command: str, spawn: Spawn) -> None:
    """While Python ends, the answer is printed already; a traceback would follow it."""
    script = """
import atexit, os, signal, sys
from cptref.__main__ import run

atexit.register(os.kill, os.getpid(), signal.SIGINT)
sys.argv = ["cptref", "list"]
run()
"""
    assert spawn(sys.executable, "-c", script) == spawn(command, "list")


@needs_posix
def test_an_interrupt_ends_a_command_that_waits() -> None:
    """Ctrl-C: 130 and no traceback."""
    argv = [sys.executable, "-c", make_script(SHOW, 'print("asked", flush=True); time.sleep(30)')]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "asked\n"
    process.send_signal(signal.SIGINT)
    assert process.communicate() == ("", "")
    assert process.returncode == 130


def test_python_m_is_the_command(command: str, spawn: Spawn) -> None:
    """`python -m cptref` does the same."""
    assert spawn(sys.executable, "-m", "cptref", "list") == spawn(command, "list")


EXPORT = ("export", "20971", "20975", "20976")


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "args", ["export 20971 20975 20976", "show 20971 20975 20976 -f json", "list -f csv", "--help"]
)
def test_a_file_that_may_not_grow_is_an_error(
    spawn: Spawn, command: str, tmp_path: Path, args: str, unbuffered: str
) -> None:
    """A part of the answer is never a success: not on a full disk, nor where a file has a limit."""
    # Python writes the part of a compiled module that fits, and believes it afterwards.
    script = f"ulimit -f 1; PYTHONDONTWRITEBYTECODE=1 '{command}' {args} > '{tmp_path}/out'"
    assert spawn("bash", "-c", script, env={"PYTHONUNBUFFERED": unbuffered}) == (
        2,
        "",
        "cptref: standard output can't be written: File too large; free some space or write elsewhere\n",
    )


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_non_blocking_output_gets_everything(spawn: Spawn, command: str, unbuffered: str) -> None:
    """However slowly it is read."""
    whole = spawn(command, *EXPORT).out.encode()
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    env = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with subprocess.Popen([command, *EXPORT], stdout=writing, stderr=subprocess.PIPE, env=env) as process:
        os.close(writing)
        pieces = []
        with open(reading, "rb", buffering=0) as stream:  # noqa: PTH123 - no Path opens a descriptor
            sleep(0.5)  # until it has to wait
            while piece := stream.read(3000):
                pieces.append(piece)
                sleep(0.001)
        assert process.stderr
        assert (process.wait(), process.stderr.read(), b"".join(pieces)) == (0, b"", whole)


@pytest.mark.parametrize("args", [[], ["99213", "-f", "json"]])
def test_a_non_blocking_output_whose_reader_leaves(command: str, args: list[str]) -> None:
    """Is quiet."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with subprocess.Popen([command, *EXPORT, *args], stdout=writing, stderr=subprocess.PIPE) as process:
        os.close(writing)
        os.read(reading, 1)
        os.close(reading)
        assert process.stderr
        assert b"can't be written" not in process.stderr.read()


def test_a_non_blocking_standard_error_gets_every_message(command: str) -> None:
    """More of them than fit a pipe."""
    codes = [f"{number:05}x" for number in range(3000)]
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with subprocess.Popen([command, "show", *codes], stdout=subprocess.DEVNULL, stderr=writing) as process:
        os.close(writing)
        sleep(0.5)
        with open(reading, "rb") as stream:  # noqa: PTH123 - the same
            lines = stream.read().decode().splitlines()
        assert (process.wait(), len(lines)) == (1, len(codes))


@pytest.mark.parametrize("pause", [0, 0.3])
def test_a_non_blocking_input_is_waited_for(command: str, spawn: Spawn, pause: float) -> None:
    """In pieces, and in the middle of a code."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    argv = [command, "show", "-", "--brief"]
    with subprocess.Popen(argv, stdin=reading, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        os.close(reading)
        for piece in (b"209", b"76\n20975", b"\n"):
            sleep(pause)
            os.write(writing, piece)
        os.close(writing)
        out, err = process.communicate()
    assert (process.returncode, err) == (0, b"")
    assert out.decode() == spawn(command, "show", "20976", "20975", "--brief").out


WIDE = [
    "\u8170\u306e\u75db\u307f\u304c\u8db3\u306b\u5e83\u304c\u308a\u3001" * 6,  # Chinese characters and kana
    "\u5750\u9aa8 \u795e\u7d4c\u75db " * 12,
    "\ud5c8\ub9ac \ud1b5\uc99d " * 12,  # Hangul
    "\u1112\u1161\u11ab " * 30,  # Hangul in parts
    "e\u0301te\u0301 " * 30,  # accents that take no column
    "\U0001f489\U0001f48a " * 20,  # a syringe and a pill
    "\u26a0\ufe0f heat " * 15,  # a sign that a selector widens
    "\uff2c\uff22\uff30 " * 15,  # full-width letters
    "MRI \u691c\u67fb\uff08\u8170\u690e\uff09 " * 10,
    "x" * 90 + "\u75db" * 50,
]


@pytest.mark.parametrize("text", WIDE)
@pytest.mark.parametrize("columns", [20, 33, 80])
def test_wide_letters_are_measured_in_columns(run: Run, make_folder: MakeFolder, text: str, columns: int) -> None:
    """No line is wider than asked for, every line is filled, and nothing is lost."""
    path = make_folder({"20111": {"symptoms": ["A line"]}}) / "20111.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("A line", text), encoding="utf-8")
    out = run("show", "20111", "-s", "symptoms", "-L", str(path.parent), "--width", str(columns)).out
    lines = [line[4:] for line in out.split("Symptoms\n")[1].split("\n\n")[0].split("\n")]
    assert max(map(cell_len, lines)) <= columns - 4
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    if " " not in text:
        assert min(map(cell_len, lines[:-1])) >= columns - 7  # a comma may take the last letter along


def test_a_title_with_wide_letters_is_underlined_whole(run: Run, make_folder: MakeFolder) -> None:
    """By as many columns as it takes."""
    path = make_folder({"20111": {}}) / "20111.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("Untitled", "\u8170\u690e"), encoding="utf-8")
    heading, rule = run("show", "20111", "-L", str(path.parent)).out.splitlines()[:2]
    assert rule == "=" * cell_len(heading)
