"""What every command keeps to: streams, exit codes, widths, colors, bytes and files.

Sources: clig.dev, no-color.org, force-color.org, the XDG base-directory specification, the tldr client specification,
Python's note on SIGPIPE, the exit codes of grep. What they ask of one command or stream is tested with it: help,
version and wrong usage in test_help.py; pipes, terminals, locales and interrupts in test_streams.py; `-` in
test_stdin.py; files in test_export.py; shells in test_completion.py; CSV in render/test_formats.py.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cptref.cli.loader import COMMAND_MODULES
from tests.terminal import shown

if TYPE_CHECKING:
    from tests.conftest import Run, Spawn

pytestmark = pytest.mark.outside

COMMANDS = {
    "show": ["show", "20976"],
    "search": ["search", "tingling"],
    "symptom": ["symptom", "tingling"],
    "export": ["export", "20976"],
    "compare": ["compare", "20976", "20920"],
    "modifiers": ["modifiers", "20976"],
    "list": ["list"],
    "sections": ["sections"],
    "check": ["check"],
    "note": ["note"],
    "paths": ["paths"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_success_is_plain_text_on_standard_output(run: Run, name: str) -> None:
    """Exit 0, nothing on standard error; no escape, no box, and no wrapping at 80 columns."""
    code, out, err = run(*COMMANDS[name])
    assert (code, err, bool(out)) == (0, "", True)
    assert not re.search(r"[\x1b\u2500-\u259f•…]", out)
    assert "..." not in out.replace("....", "")  # bars are drawn with dots
    if name not in {"list", "sections", "paths", "check", "note"}:
        assert max(map(len, out.splitlines())) > 100


@pytest.mark.parametrize("name", ["show", "export", "modifiers", "compare", "search", "symptom"])
def test_nothing_found_is_exit_code_1(run: Run, name: str) -> None:
    """Nothing goes to standard output."""
    code, out, err = run(name, *(["xyzzyx"] if name in {"search", "symptom"} else ["99213", "99214"]))
    assert (code, out) == (1, "")
    assert err.startswith("cptref: ")


@pytest.mark.parametrize("name", COMMAND_MODULES)
def test_help_has_a_summary_and_no_names_of_types(run: Run, name: str) -> None:
    """The summary is one line, and whole in the list of commands."""
    page = run(name, "-h").out
    assert page == run(name, "20976", "-h").out
    summary = page.splitlines()[2].strip()
    assert re.fullmatch(r"[A-Z].*\.", summary)
    assert re.search(rf"^  {name} +{re.escape(summary)}$", run("--help").out, re.MULTILINE)
    # PATH... and TEXT... are the contract's own words for what check and note take.
    types = re.compile(r"\b(TEXT|INTEGER|BOOLEAN|PATH|<[a-z]+>|\[default: None\])(?!\.\.\.)")
    assert not types.search(page + run("--help").out)


@pytest.mark.parametrize(("name", "width"), [*product(COMMANDS, (40, 200))])
def test_any_width_is_kept_to(run: Run, name: str, width: int) -> None:
    """40 and 200 columns reflow, on a terminal and as text; nothing is cut."""
    for args in [["--width"]] if name == "export" else [["-f", "terminal", "--width"], ["-f", "text", "--width"]]:
        out = run(*COMMANDS[name], *args, str(width)).out
        assert max(map(len, out.splitlines())) <= width or name == "paths"  # a path can't be folded
        assert "…" not in out


@pytest.mark.parametrize("name", ["show", "search", "symptom", "export", "compare", "modifiers", "sections"])
def test_terminal_has_every_word_of_a_pipe(run: Run, command: str, name: str) -> None:
    """A real terminal, 200 columns wide."""
    page = shown([command, "--color", "never", *COMMANDS[name]], columns=200).out
    assert not set(re.findall(r"[\w$]+", run(*COMMANDS[name]).out)) - set(re.findall(r"[\w$]+", page))


def test_color_settings(command: str, spawn: Spawn) -> None:
    """An empty NO_COLOR or FORCE_COLOR is none; `--color never` and TERM=dumb beat FORCE_COLOR, on any page."""
    show = [command, "show", "20976"]
    assert re.search(r"\x1b\[[\d;]*3[0-7]", shown(show, env={"NO_COLOR": ""}).out)
    assert "\x1b[1m" in spawn(*show, env={"FORCE_COLOR": "1"}).out
    assert "\x1b" not in spawn(*show, env={"FORCE_COLOR": ""}).out
    assert "\x1b" not in spawn(*show, env={"FORCE_COLOR": "1", "TERM": "dumb"}).out
    assert "\x1b" not in spawn(*show, "-f", "terminal", "--color", "never", env={"FORCE_COLOR": "1"}).out
    paged = {"PAGER": "less", "CPTREF_PAGER": "less"}
    assert "\x1b" not in shown([*show, "--color", "never"], rows=10, env=paged).out
    assert "\x1b" not in shown(show, rows=10, env={"TERM": "dumb"}).out


def test_lists_and_json_ignore_colors(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """One code a line, and JSON that parses, with colors forced and refused at once."""
    plain = run("list"), run("show", "20976", "-f", "json")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert plain == (run("list"), run("show", "20976", "-f", "json"))
    assert plain == (run("--color", "always", "list"), run("--color", "always", "show", "20976", "-f", "json"))
    monkeypatch.setenv("NO_COLOR", "1")
    assert json.loads(run("show", "20976", "-f", "json").out)["results"][0]["code"] == "20976"


def test_no_meaning_by_color_alone(run: Run) -> None:
    """The conflict is a word, what matched stands between asterisks, and bars have their amounts."""
    assert "CONFLICT: " in run("--color", "never", "show", "20920", "-f", "terminal").out
    assert "*Tingling*" in run("--color", "never", "search", "tingling", "-f", "terminal").out
    assert "$1,000 to $3,000" in run("compare", "20920", "20962", "-s", "cost", "-f", "terminal").out


def test_json_says_what_it_answers_from(run: Run) -> None:
    """Its version, the dataset's, and the query."""
    answer = json.loads(run("search", "tinglng", "-f", "json").out)
    assert (answer["schema_version"], answer["dataset"]["version"], answer["query"]) == (2, "2026.11.1", "tinglng")


def test_same_data_same_bytes(run: Run, spawn: Spawn, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every format, in another process, whatever the locale and the seed of hashes."""
    lines = [
        [*COMMANDS[name], "-f", form, "--width", "80"]
        for name, form in product(
            ("show", "search", "compare"), ("terminal", "text", "markdown", "html", "json", "jsonl", "csv")
        )
    ]
    monkeypatch.setenv("LANG", "C")
    code = f"from cptref.cli import main\nfor line in {lines!r}: main(line)"
    processes = [spawn(sys.executable, "-c", code, env={"PYTHONHASHSEED": seed}) for seed in ("1", "7")]
    assert processes[0] == processes[1] == (0, "".join(run(*line).out for line in lines), "")


def test_codes_as_they_come(run: Run) -> None:
    """A line end, prefixes, signs, full-width digits and quotes are read through."""
    for typed in ("20976\n", "CPT 20976", "cpt:20976", "#20976", "２０９７６", "(20976)", "“20976”"):
        assert run("show", typed) == run("show", "20976")


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


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_is_a_sentence_of_every_command(command: str, spawn: Spawn) -> None:
    """Exit 2. (test_streams.py has show, export and help.)"""
    for name in COMMANDS.keys() - {"show", "export"}:
        code, out, err = spawn("/bin/sh", "-c", f"{command} {' '.join(COMMANDS[name])} > /dev/full")
        assert (name, code, out) == (name, 2, "")
        assert re.fullmatch("cptref: standard output can't be written: No space left on device; .*\n", err)


@pytest.mark.skipif(not shutil.which("unshare") or os.geteuid() != 0, reason="the network can't be taken away here")
def test_no_network_is_needed(command: str, run: Run, spawn: Spawn) -> None:
    """Nothing is looked up."""
    assert spawn("unshare", "--net", command, "show", "20976") == run("show", "20976")


def test_reading_writes_nothing_but_the_cache(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the home folder, and nothing in the working folder; relative XDG folders are ignored."""
    monkeypatch.setenv("HOME", str(tmp_path / "fresh"))
    for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, "relative")
    for args in COMMANDS.values():
        assert run(*args).code == 0
    files = {path.relative_to(tmp_path / "fresh") for path in (tmp_path / "fresh").rglob("*") if path.is_file()}
    assert {str(path.parent) for path in files} == {".cache/cptref"}
    assert not list(Path().iterdir())
