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
def unset_pager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the variables that name a pager."""
    for name in ("CPTREF_PAGER", "PAGER", "LESS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def pager(tmp_path: Path) -> str:
    """Write a pager that prints PAGER, its arguments and what it gets."""
    path = tmp_path / "my pager"
    path.write_text('#!/bin/sh\necho "PAGER $*"\ncat\n', encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@needs_less
def test_less_shows_the_first_screen_and_waits(command: str) -> None:
    """G goes to the end, with colors and bullets as they are; q leaves, and the page stays on the screen; exit 0."""
    with terminal([command, "show", "20976"], rows=10) as screen:
        screen.until("NOT LISTED")
        assert LAST not in screen.said.decode()
        screen.press("G")
        screen.until(LAST)
        screen.press("q")
        done = screen.end()
    assert done.code == 0
    assert "•" in done.out
    assert "<E2>" not in done.out
    assert "Traceback" not in done.out
    assert "\x1b[?1049h" not in done.out  # the escape for another screen


def test_an_interrupt_goes_to_the_pager(command: str, tmp_path: Path) -> None:
    """The command goes on waiting for the pager, and ends as if nothing had happened."""
    path = tmp_path / "pager"
    # A shell that waits in `read` may run its trap only after the next key, so this one is interrupted in a loop.
    path.write_text(
        "#!/bin/sh\n"
        "trap 'done=1; echo INTERRUPTED' INT\n"
        "cat > /dev/null\n"
        "echo READY\n"
        "until [ $done ]; do sleep 0.05; done\n"
        "read key < /dev/tty\n",
        encoding="utf-8",
    )
    path.chmod(0o755)
    with terminal([command, "show", "20976"], rows=10, env={"PAGER": str(path)}) as screen:
        screen.until("READY")
        screen.press("\x03")
        screen.until("INTERRUPTED")
        screen.press("\n")
        done = screen.end()
    assert done.code == 0
    assert "Traceback" not in done.out


@needs_less
def test_less_keeps_no_history(command: str, tmp_path: Path) -> None:
    """What is typed into less may be about a patient, and less would keep it in a file."""
    (tmp_path / "home").mkdir()
    with terminal([command, "show", "20976"], rows=10) as screen:
        screen.until("NOT LISTED")
        screen.press("/Numbness of Jane Doe\r")
        screen.press("q")
        screen.press("q")
        screen.end()
    files = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    assert not [path for path in files if "less" in path.name]


@pytest.mark.parametrize(
    ("line", "rows", "paged"),
    [
        ("show 20976 -s cost", 10, True),
        ("show 20976 -s cost", 60, False),  # so it fits
        ("show 20976 -f jsonl", 24, True),  # one line, which counts as several rows
        ("export 20976", 9, True),
        ("compare 20920 20976", 9, True),
        ("search pain", 9, True),
        ("modifiers", 9, True),
        ("--no-pager show 20976", 9, False),
        ("show 20976 --no-pager", 9, False),
    ],
)
def test_what_is_taller_than_the_terminal_is_paged(command: str, pager: str, line: str, rows: int, paged: bool) -> None:  # noqa: FBT001 - a column
    """Any answer, unless --no-pager stands on either side of the command."""
    page = shown([command, *line.split()], rows=rows, env={"PAGER": f"'{pager}'"}).out
    assert ("PAGER" in page) == paged


def test_a_pipe_is_not_paged(command: str, spawn: Spawn, pager: str) -> None:
    """A terminal's name changes nothing."""
    assert "PAGER" not in spawn(command, "show", "20976", env={"PAGER": f"'{pager}'", "TERM": "xterm"}).out


@pytest.mark.parametrize(
    ("env", "expected"),
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
def test_the_environment_chooses_the_pager(command: str, pager: str, env: dict[str, str], expected: str) -> None:
    """CPTREF_PAGER, then PAGER; an empty one means none, and one that can't be started doesn't cost the answer."""
    env = {name: value.format(f"'{pager}'") for name, value in env.items()}
    done = shown([command, "show", "20976"], env=env, rows=9)
    assert done.code == 0
    assert (expected or "20976  Therapeutic") in done.out
    assert ("PAGER" in done.out) == bool(expected)
    assert LAST in done.out


def test_a_failing_pager_is_reported(command: str) -> None:
    """With the way to do without; the exit code is that of the answer."""
    done = shown([command, "show", "20976"], rows=9, env={"PAGER": "exit 3"})
    message = "cptref: the pager ended with exit code 3; --no-pager prints the answer without it\n"
    assert done == (0, message)


@needs_less
@pytest.mark.parametrize("less", ["-i", "-PHello", "FX", "+G"])
def test_less_keeps_the_options_of_the_user(command: str, less: str) -> None:
    """Those of LESS; colors are shown as such."""
    with terminal([command, "show", "20976"], rows=10, env={"PAGER": "less", "LESS": less}) as screen:
        screen.until("NOT LISTED" if less != "+G" else LAST)
        screen.press("q")
        page = screen.end().out
    assert "ESC[" not in page
    assert "\x1b[1m" in page or less == "+G"


def test_leaving_the_pager_early_is_no_error(command: str) -> None:
    """The exit code is that of the answer."""
    done = shown([command, "show", "20976", "99213"], rows=9, env={"PAGER": "head -n 1"})
    assert (done.code, done.out.count("\n")) == (1, 2)
    assert done.out.endswith(
        "cptref: 99213: looks like a code, but is not in the library; cptref list shows every code\n"
    )


def test_the_pager_gets_the_bytes_of_the_terminal(command: str) -> None:
    """With colors."""
    direct = shown([command, "--no-pager", "show", "20976"], rows=9)
    assert shown([command, "show", "20976"], rows=9, env={"PAGER": shutil.which("cat") or os.devnull}) == direct
