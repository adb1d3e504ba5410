"""`--copy`: codes on the clipboard, by a tool of the system or by the terminal."""

from __future__ import annotations

import os
import re
import shlex
import sys
from base64 import b64decode
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from cptref import clipboard
from tests.terminal import terminal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.conftest import Outcome, Run, Spawn

pytestmark = pytest.mark.outside

# Tools that run as on a machine of which nothing is known.
NOWHERE = dict.fromkeys(("WAYLAND_DISPLAY", "DISPLAY", "TMUX", "STY", "SSH_CONNECTION"), "")
NAMED = "20920 (conflict), 20962 (conflict)"


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """Return a folder for tools of a test's own, in front of nothing but the system's shell."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in ("sh", "cat", "sleep", "setsid", "env"):
        path = next(path for path in (Path("/bin") / name, Path("/usr/bin") / name) if path.exists())
        (folder / name).symlink_to(path)
    return folder


def make_tool(folder: Path, name: str, script: str = "") -> Path:
    """Make a tool that writes its arguments and its standard input to a file, or runs a script; return the file."""
    taken = folder / f"{name}.taken"
    path = folder / name
    path.write_text(
        f"#!/bin/sh\n{script or f'{{ echo {chr(34)}$*{chr(34)}; cat; }} > {shlex.quote(str(taken))}'}\n",
        encoding="utf-8",
    )
    path.chmod(0o755)
    return taken


def copy(spawn: Spawn, command: str, tools: Path, *args: str, env: Mapping[str, str] | None = None) -> Outcome:
    """Return the outcome of a command that copies, without a terminal."""
    variables = {**NOWHERE, "PATH": str(tools), **(env or {})}
    return spawn("setsid", "--wait", sys.executable, command, *args, "--copy", env=variables)


@pytest.mark.parametrize(
    ("name", "variable", "arguments"),
    [
        ("wl-copy", "WAYLAND_DISPLAY", "--type text/plain"),
        ("xclip", "DISPLAY", "-selection clipboard -in"),
        ("xsel", "DISPLAY", "--clipboard --input"),
        ("tmux", "TMUX", "load-buffer -w -"),
        ("pbcopy", "", ""),
        ("clip.exe", "", ""),
    ],
)
def test_a_tool_gets_one_code_a_line(
    command: str, spawn: Spawn, tools: Path, name: str, variable: str, arguments: str
) -> None:
    """The tool that can work here, with the codes of the answer, which is printed as ever; one notice names them."""
    taken = make_tool(tools, name)
    env = {variable: ":0"} if variable else {}
    done = copy(spawn, command, tools, "show", "20920-50", "20962", "20920", "-f", "lines", env=env)
    assert (done.code, done.err) == (0, f"cptref: copied with {name}: {NAMED}\n")
    assert taken.read_text(encoding="utf-8") == f"{arguments}\n20920\n20962"
    assert re.findall(r"^\w+", done.out, re.MULTILINE) == ["20920", "20962"]


@pytest.mark.parametrize(
    ("args", "codes"),
    [
        (["search", "tingling legs"], ["20920", "20971", "20975", "20976"]),
        (["symptom", "tingling legs", "low back pain", "-n", "2"], ["20971", "20975"]),
        (["list", "-n", "3"], ["0213T", "0214T", "0215T"]),
        (["show", "64483"], ["64483"]),
        (["64483"], ["64483"]),
    ],
)
def test_every_list_of_codes_is_copied(
    command: str, spawn: Spawn, tools: Path, args: list[str], codes: list[str]
) -> None:
    """In the order of the answer, whatever its format."""
    taken = make_tool(tools, "pbcopy")
    for form in ("text", "json"):
        assert copy(spawn, command, tools, *args, "-f", form).code == 0
        assert taken.read_text(encoding="utf-8").split() == codes
        taken.unlink()


def test_many_codes_are_counted(command: str, spawn: Spawn, tools: Path) -> None:
    """All are copied, the first five named."""
    taken = make_tool(tools, "pbcopy")
    done = copy(spawn, command, tools, "list")
    assert taken.read_text(encoding="utf-8").split() == done.out.split()
    assert re.fullmatch(r"cptref: copied with pbcopy: (?:\w{5} \(verified\)(?:, )?){5} and 50 more\n", done.err)


def test_nothing_found_leaves_the_clipboard_alone(command: str, spawn: Spawn, tools: Path) -> None:
    """No tool runs, and nothing is said of it."""
    taken = make_tool(tools, "pbcopy")
    for args in (["search", "xyzzyx"], ["symptom", "xyzzyx"], ["show", "99213"]):
        done = copy(spawn, command, tools, *args)
        assert done.code == 1
        assert "cop" not in done.err
        assert not taken.exists()


@pytest.mark.parametrize("script", ["exit 1", "exec 0<&-; exit 1", "sleep 600", "sleep 600 & sleep 600"])
def test_a_tool_that_fails_or_hangs_is_passed_over(command: str, spawn: Spawn, tools: Path, script: str) -> None:
    """After three seconds, with all that it started; the next one gets the codes."""
    marker = f"6{os.getpid()}"
    make_tool(tools, "xclip", script.replace("600", marker))
    taken = make_tool(tools, "xsel")
    began = monotonic()
    done = copy(spawn, command, tools, "show", "64483", "-b", env={"DISPLAY": ":0"})
    assert (done.code, done.err) == (0, "cptref: copied with xsel: 64483 (verified)\n")
    assert taken.read_text(encoding="utf-8").endswith("\n64483")
    assert monotonic() - began < 60
    commands = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline")] if Path("/proc").exists() else []
    assert not [line for line in commands if line == f"sleep\0{marker}\0".encode()]


def test_a_tool_that_stays_does_not_hold_the_answer(command: str, spawn: Spawn, tools: Path) -> None:
    """As xclip does, to serve the clipboard: it has none of our streams, so a pipe ends when the command does."""
    make_tool(tools, "xclip", "cat > /dev/null\nsleep 20 &")
    began = monotonic()
    assert copy(spawn, command, tools, "show", "64483", "-b", env={"DISPLAY": ":0"}).code == 0
    assert monotonic() - began < 15


def test_no_clipboard_is_an_error(command: str, spawn: Spawn, tools: Path) -> None:
    """The answer is printed all the same; one line says why nothing was copied, exit 2."""
    make_tool(tools, "xclip")  # which has no display here
    done = copy(spawn, command, tools, "list", env={"TERM": "xterm-256color"})
    assert done.code == 2
    assert len(done.out.splitlines()) == 55
    assert done.err == (
        "cptref: nothing was copied: there is no clipboard and no terminal here; install wl-copy or xclip\n"
    )


@pytest.mark.parametrize("term", ["dumb", "linux", ""])
def test_a_terminal_without_a_clipboard_gets_no_sequence(command: str, tools: Path, term: str) -> None:
    """One line says so, exit 2."""
    argv = [command, "show", "64483", "-b", "--copy", "--color", "never"]
    with terminal(argv, columns=160, rows=100, env={**NOWHERE, "PATH": str(tools), "TERM": term}) as program:
        done = program.end()
    assert done.code == 2
    assert "\x1b" not in done.out
    assert done.out.endswith(
        "cptref: error: nothing was copied: there is no clipboard here; install wl-copy or xclip, or use a terminal "
        "with a clipboard\n"
    )


def find_copied(text: str) -> list[str]:
    """Return what each OSC 52 sequence of a text puts on the clipboard."""
    return [b64decode(data).decode() for data in re.findall("\x1b\\]52;c;([A-Za-z0-9+/=]*)\x07", text)]


@pytest.mark.parametrize("streams", [("stdin", "stdout", "stderr"), ("stdin",), ("stderr",)])
def test_a_terminal_is_asked_to_copy(command: str, tools: Path, streams: tuple[str, ...]) -> None:
    """By OSC 52, in a pipe too, where the answer has no escapes: to the terminal itself, or where messages go."""
    argv = [command, "show", "20920", "20962", "-f", "lines", "--copy", "--color", "never"]
    env = {**NOWHERE, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "WAYLAND_DISPLAY": ""}
    with terminal(argv, columns=160, rows=100, env=env, streams=streams) as program:
        done = program.end()
    assert done.code == 0
    assert find_copied(done.out) == ["20920\n20962"]
    notice = f"cptref: copied by the terminal, if it allows that (OSC 52): {NAMED}\n"
    assert done.out.endswith(notice) == ("stderr" in streams)


def test_another_computer_is_asked_by_its_terminal(command: str, tools: Path) -> None:
    """Over SSH, a tool of the computer at the other end would fill a clipboard that nobody sees."""
    taken = make_tool(tools, "pbcopy")
    env = {**NOWHERE, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}
    with terminal([command, "show", "64483", "-f", "lines", "--copy"], rows=100, env=env) as program:
        assert find_copied(program.end().out) == ["64483"]
    assert not taken.exists()


def test_multiplexers_pass_the_sequence_on(command: str, tools: Path) -> None:
    """Wrapped as tmux has it where its own command fails; as GNU screen has it, which drops long ones, in parts."""
    make_tool(tools, "tmux", "exit 1")
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    argv = [command, "list", "-f", "lines", "--copy", "--color", "never", "--no-pager"]
    for variable in ("TMUX", "STY"):
        with terminal(argv, rows=1000, env={**NOWHERE, "PATH": path, variable: "/tmp/x,1,0"}) as program:  # noqa: S108
            out = program.end().out
        if variable == "TMUX":
            (wrapped,) = re.findall("\x1bPtmux;(.*)\x1b\\\\", out, re.DOTALL)
            sequence = wrapped.replace("\x1b\x1b", "\x1b")
        else:
            parts = re.findall("\x1bP(.*?)\x1b\\\\", out, re.DOTALL)
            assert len(parts) > 1
            assert max(map(len, parts)) <= 256
            sequence = "".join(parts)
        (copied,) = find_copied(sequence)
        assert len(copied.split()) == 55


def test_too_many_codes_for_a_terminal(run: Run, tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes 74,994 bytes, here 300; nothing is cut off and nothing copied, exit 2."""
    assert clipboard.MAX_OSC52_BYTES == 74_994
    monkeypatch.setattr(clipboard, "MAX_OSC52_BYTES", 300)
    for name, value in {**NOWHERE, "PATH": str(tools), "TERM": "xterm"}.items():
        monkeypatch.setenv(name, value)
    done = run("list", "--copy")
    assert (done.code, len(done.out.split())) == (2, 55)
    assert done.err == (
        "cptref: nothing was copied: a terminal takes 300 bytes, these codes have 329; --limit makes them fewer\n"
    )


def test_a_stopped_terminal_is_not_waited_for(command: str, tools: Path) -> None:
    """Ctrl-S stops it for as long as one likes; after three seconds nothing was copied, exit 2."""
    argv = ["sh", "-c", f"read go; '{command}' show 64483 -f lines --copy"]
    with terminal(
        argv, env={**NOWHERE, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}, streams=("stdin",)
    ) as program:
        program.press("\x13")
        program.press("\n")
        done = program.end()
    assert done.code == 2
    assert find_copied(done.out) == []
