"""What is taller than the terminal goes through a pager: in real terminals, with the real less."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.terminal import shown, terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Spawn

pytestmark = pytest.mark.outside

LAST = "current code set"  # stands in the last line of every page

needs_less = pytest.mark.skipif(shutil.which("less") is None, reason="less is not installed")


@pytest.fixture(autouse=True)
def no_pager_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has said which pager."""
    for name in ("CPTREF_PAGER", "PAGER", "LESS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def pager(tmp_path: Path) -> str:
    """A pager that says what it is and passes on what it gets."""
    path = tmp_path / "my pager"
    path.write_text('#!/bin/sh\necho "PAGER $*"\ncat\n', encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@needs_less
def test_less_is_the_pager(command: str) -> None:
    """It shows the first screen and waits; q leaves it, and what was shown stays; exit 0, nothing else said."""
    with terminal([command, "show", "20976"], rows=10) as one:
        one.until("NOT LISTED")
        first = one.said.decode()
        assert LAST not in first
        one.press("q")
        done = one.end()
    assert done.code == 0
    assert "Traceback" not in done.out
    assert "\x1b[?1049h" not in done.out  # no other screen


@needs_less
def test_less_to_the_end(command: str) -> None:
    """G goes to the end, with colours and bullets as they are."""
    with terminal([command, "show", "20976"], rows=10) as one:
        one.until("NOT LISTED")
        one.press("G")
        assert LAST in one.until(LAST)
        one.press("q")
        done = one.end()
    assert done.code == 0
    assert "•" in done.out
    assert "<E2>" not in done.out


def test_an_interrupt_in_the_pager(command: str, tmp_path: Path) -> None:
    """Ctrl-C is the pager's: the command goes on waiting for it, and ends as if nothing had happened."""
    path = tmp_path / "pager"
    path.write_text(
        "#!/bin/sh\ntrap 'echo INTERRUPTED' INT\ncat > /dev/null\necho READY\nuntil read key; do :; done < /dev/tty\n",
        encoding="utf-8",
    )
    path.chmod(0o755)
    with terminal([command, "show", "20976"], rows=10, env={"PAGER": str(path)}) as one:
        one.until("READY")
        one.press("\x03")
        one.until("INTERRUPTED")
        one.press("\n")
        done = one.end()
    assert done.code == 0
    assert "Traceback" not in done.out


@needs_less
def test_no_history_of_what_is_searched_for(command: str, tmp_path: Path) -> None:
    """What is typed into less may be about a patient, and less would keep it in a file."""
    (tmp_path / "home").mkdir()
    with terminal([command, "show", "20976"], rows=10) as one:
        one.until("NOT LISTED")
        one.press("/Numbness of Jane Doe\r")
        one.press("q")
        one.press("q")
        one.end()
    kept = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    assert not [path for path in kept if "less" in path.name]


def test_what_fits_needs_no_pager(command: str, pager: str) -> None:
    """The answer is printed where the terminal is tall enough."""
    args = [command, "show", "20976", "-s", "cost"]
    assert "PAGER" in shown(args, rows=10, env={"PAGER": f"'{pager}'"}).out
    assert "PAGER" not in shown(args, rows=60, env={"PAGER": f"'{pager}'"}).out


def test_long_lines_count_as_the_rows_they_take(command: str, pager: str) -> None:
    """One line of JSON Lines is taller than a terminal."""
    args = [command, "show", "20976", "-f", "jsonl"]
    assert "PAGER" in shown(args, rows=24, env={"PAGER": f"'{pager}'"}).out


@pytest.mark.parametrize(
    ("env", "used"),
    [
        ({"PAGER": "{} two"}, "PAGER two"),
        ({"CPTREF_PAGER": "{} ours", "PAGER": "{} theirs"}, "PAGER ours"),
        ({"CPTREF_PAGER": "", "PAGER": "{} theirs"}, ""),
        ({"PAGER": ""}, ""),
        ({"PAGER": "/nowhere/less"}, ""),
        ({"PAGER": "{} 'unclosed"}, ""),
        ({"PAGER": "{}", "TERM": "dumb"}, ""),
    ],
)
def test_which_pager(command: str, pager: str, env: dict[str, str], used: str) -> None:
    """CPTREF_PAGER, then PAGER; an empty one is none, and one that can't be started doesn't cost the answer."""
    env = {name: value.format(f"'{pager}'") for name, value in env.items()}
    done = shown([command, "show", "20976"], env=env, rows=9)
    assert done.code == 0
    assert (used or "20976  Therapeutic") in done.out
    assert ("PAGER" in done.out) == bool(used)
    assert LAST in done.out


def test_a_pager_that_fails(command: str) -> None:
    """It is said that it did, and how to do without; the exit code is the answer's."""
    done = shown([command, "show", "20976"], rows=9, env={"PAGER": "exit 3"})
    said = "cptref: the pager ended with exit code 3; --no-pager prints the answer without it\n"
    assert done == (0, said)


@needs_less
@pytest.mark.parametrize("less", ["-i", "-PHello", "FX", "+G"])
def test_less_as_the_user_likes_it(command: str, less: str) -> None:
    """What LESS says is kept, and colours are shown as such."""
    with terminal([command, "show", "20976"], rows=10, env={"PAGER": "less", "LESS": less}) as one:
        one.until("NOT LISTED" if less != "+G" else LAST)
        one.press("q")
        said = one.end().out
    assert "ESC[" not in said
    assert "\x1b[1m" in said or less == "+G"


def test_no_pager_if_told_so(command: str, pager: str) -> None:
    """With `--no-pager`, on either side of the command; and never in a pipe."""
    for args in (["--no-pager", "show", "20976"], ["show", "20976", "--no-pager"]):
        assert "PAGER" not in shown([command, *args], rows=9, env={"PAGER": f"'{pager}'"}).out


def test_no_pager_in_a_pipe(command: str, spawn: Spawn, pager: str) -> None:
    """Whatever the height."""
    assert "PAGER" not in spawn(command, "show", "20976", env={"PAGER": f"'{pager}'", "TERM": "xterm"}).out


def test_a_pager_that_is_left_early(command: str) -> None:
    """It takes a line and ends: no error, and the exit code is the answer's."""
    done = shown([command, "show", "20976", "99213"], rows=9, env={"PAGER": "head -n 1"})
    assert (done.code, done.out.count("\n")) == (1, 2)
    assert done.out.endswith(
        "cptref: 99213: looks like a code, but is not in the library; cptref list shows every code\n"
    )


def test_every_answer_may_be_paged(command: str, pager: str) -> None:
    """An export to a terminal too."""
    for args in (["export", "20976"], ["compare", "20920", "20976"], ["search", "pain"], ["modifiers"]):
        assert "PAGER" in shown([command, *args], rows=9, env={"PAGER": f"'{pager}'"}).out


def test_the_pager_gets_what_the_terminal_would(command: str) -> None:
    """The bytes are the same, with colours."""
    direct = shown([command, "--no-pager", "show", "20976"], rows=9)
    assert shown([command, "show", "20976"], rows=9, env={"PAGER": shutil.which("cat") or os.devnull}) == direct
