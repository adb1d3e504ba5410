"""What every command keeps to: streams, exit codes, widths, colors, bytes and files.

Sources: clig.dev, no-color.org, force-color.org, the XDG base-directory specification, the tldr client specification,
Python's note on SIGPIPE, the exit codes of grep. What they ask of one command or stream is tested with it: help,
version and wrong usage in test_help.py; pipes, terminals, locales, full disks and interrupts in test_streams.py; `-`
in test_stdin.py; files in test_export.py; shells in test_completion.py; CSV in render/test_formats.py.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

from cptref.render import Format
from tests.conftest import IS_ROOT, needs_posix
from tests.terminal import shown

if TYPE_CHECKING:
    from tests.conftest import MakeFolder, Run, Spawn

pytestmark = pytest.mark.outside

COMMANDS = [
    "show 20976",
    "search tingling",
    "symptom tingling",
    "export 20976",
    "compare 20976 20920",
    "modifiers 20976",
    "list",
    "sections",
    "check",
    "note",
    "paths",
]


def list_words(text: str) -> set[str]:
    """Return the words of a page, without what is drawn around them."""
    return set(re.findall(r"[\w$]+", text))


@pytest.mark.parametrize("line", COMMANDS)
def test_success_is_plain_text_on_standard_output(run: Run, line: str) -> None:
    """Exit 0, nothing on standard error; no escape, no box, and no wrapping at 80 columns."""
    code, out, err = run(*line.split())
    assert (code, err, bool(out)) == (0, "", True)
    assert not re.search(r"[\x1b\u2500-\u259f•…]", out)
    assert "..." not in out.replace("....", "")  # bars are drawn with dots
    if line not in {"list", "sections", "paths", "check", "note"}:
        assert max(map(len, out.splitlines())) > 100


@pytest.mark.parametrize("form", ["terminal", "text"])
@pytest.mark.parametrize("line", COMMANDS)
def test_any_width_is_kept_to(run: Run, line: str, form: str) -> None:
    """No line is longer, nothing is cut and no word is lost; but narrow tables fold words, and paths may be long."""
    pages = {}
    for width in (40, 60, 140, 200):
        page = run(*line.split(), "-f", form if "export" not in line else "text", "--width", str(width)).out
        assert max(map(len, page.splitlines())) <= width or line == "paths"
        assert "…" not in page
        pages[width] = list_words(page)
    assert pages[60] == pages[140] == pages[200] or line in {"check", "paths"}


@pytest.mark.parametrize("line", [line for line in COMMANDS if line not in {"list", "check", "note", "paths"}])
def test_terminal_has_every_word_of_a_pipe(run: Run, command: str, line: str) -> None:
    """A real terminal, 200 columns wide."""
    page = shown([command, "--color", "never", *line.split()], columns=200).out
    assert list_words(run(*line.split()).out) <= list_words(page)


def test_only_tables_are_wider_than_text(command: str, make_folder: MakeFolder) -> None:
    """On a wide terminal each row of a table is one line, where it fits; text keeps to the 100 columns of a reader."""
    folder = make_folder({"20111": {}})
    path = folder / "20111.toml"
    title = " ".join(["word"] * 22)
    path.write_text(path.read_text(encoding="utf-8").replace("Untitled", title), encoding="utf-8")

    def show(line: str, columns: int) -> list[str]:
        argv = [command, "--color", "never", "-L", str(folder), *line.split()]
        return shown(argv, columns=columns).out.splitlines()

    for line, cell in (("list", title), ("modifiers", "some Medicare contractors deny 50, RT or LT")):
        assert any(cell in text and len(text) > 100 for text in show(line, 300))
        assert max(map(len, show(line, 60))) <= 60
    assert 90 < max(map(len, show("show 20976", 300))) <= 100


def test_same_data_same_bytes(run: Run, spawn: Spawn, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every format, in another process, whatever the locale and the seed of hashes."""
    commands = ("show 20976", "search tingling", "compare 20976 20920")
    lines = [[*line.split(), "-f", form, "--width", "80"] for line, form in product(commands, get_args(Format))]
    monkeypatch.setenv("LANG", "C")
    code = f"from cptref.cli import main\nfor line in {lines!r}: main(line)"
    processes = [spawn(sys.executable, "-c", code, env={"PYTHONHASHSEED": seed}) for seed in ("1", "7")]
    assert processes[0] == processes[1] == (0, "".join(run(*line).out for line in lines), "")


@needs_posix
def test_an_interrupt_while_standard_input_is_read(command: str) -> None:
    """Ctrl-C: 130, and not a word."""
    read, write = os.pipe()
    process = subprocess.Popen([command, "show", "-"], stdin=read, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    os.write(write, b"20976\n")
    while not waits_for_a_pipe(process.pid):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert (*process.communicate(timeout=30), process.returncode) == (b"", b"", 130)
    os.close(read)
    os.close(write)


def waits_for_a_pipe(pid: int) -> bool:
    """Return whether a process waits for its pipe; True where the system doesn't say."""
    try:
        return "pipe" in Path(f"/proc/{pid}/wchan").read_text(encoding="utf-8")
    except OSError:
        return True


@pytest.mark.skipif(not shutil.which("unshare") or not IS_ROOT, reason="the network can't be taken away here")
def test_no_network_is_needed(command: str, run: Run, spawn: Spawn) -> None:
    """Nothing is looked up."""
    assert spawn("unshare", "--net", command, "show", "20976") == run("show", "20976")


def test_reading_writes_nothing_but_the_cache(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the home folder, and nothing in the working folder; relative XDG folders are ignored."""
    monkeypatch.setenv("HOME", str(tmp_path / "fresh"))
    for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, "relative")
    for line in COMMANDS:
        assert run(*line.split()).code == 0
    files = {path.relative_to(tmp_path / "fresh") for path in (tmp_path / "fresh").rglob("*") if path.is_file()}
    assert {str(path.parent) for path in files} == {".cache/cptref"}
    assert not list(Path().iterdir())
