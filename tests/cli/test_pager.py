"""What is taller than the terminal goes through a pager: in real terminals, with the real less."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.conftest import NO_FEE_SCHEDULE
from tests.terminal import shown, terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import MakeFolder, Run, Spawn

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


@needs_less
def test_less_says_how_to_leave_it_and_where_one_is(command: str) -> None:
    """In its prompt, on a narrow terminal too."""
    lines = shown([command, "--no-pager", "show", "20976"], columns=60).out.count("\n")
    with terminal([command, "show", "20976"], rows=10, columns=60) as screen:
        screen.until(f"q leaves, space goes on, / searches, line 9 of {lines}")
        screen.press(" ")
        screen.until(f"line 18 of {lines}")
        screen.press("G")
        screen.until(f"line {lines} of {lines}")
        screen.press("q")
        assert screen.end().code == 0


@needs_less
@pytest.mark.parametrize(
    ("env", "prompt"),
    [
        ({"LESS": "-PHello"}, "Hello"),
        ({"LESS": "FX-PHello$-i"}, "Hello"),
        ({"LESS": "-M"}, "lines 1-9"),
        ({"PAGER": "less -PHello"}, "Hello"),
        ({"LESS": "-n"}, "q leaves, space goes on, / searches\x1b[27m"),
    ],
)
def test_less_keeps_the_prompt_of_the_user(command: str, env: dict[str, str], prompt: str) -> None:
    """That of LESS or of the pager's own command line; without line numbers, the prompt has none."""
    with terminal([command, "show", "20976"], rows=10, env=env) as screen:
        screen.until(prompt)
        screen.press("q")
        assert ("leaves" in screen.end().out) == ("leaves" in prompt)


@needs_less
def test_messages_come_after_the_page(command: str, make_folder: MakeFolder) -> None:
    """When less has been left: a file that was left out, a code that was not found."""
    folder = make_folder({"20111": {}})
    (folder / "20111.toml").write_text("=", encoding="utf-8")
    argv = [command, "show", "20976", "99213", "-L", str(folder)]
    with terminal(argv, rows=10, columns=200, env={"TERM": "xterm"}) as screen:
        screen.until("q leaves")
        assert "20111" not in screen.said.decode()
        screen.press("q")
        done = screen.end()
    assert done.code == 1
    *_, first, second, third, rest = done.out.split("\x1b>")[-1].split("\n")
    assert first.startswith(f"\x1b[2mcptref:\x1b[0m {folder}/20111.toml: is not valid TOML: ")
    assert second.startswith("\x1b[31mcptref: error:\x1b[0m 99213: looks like a code, but is not in the library; ")
    assert (third, rest) == (f"\x1b[2mcptref:\x1b[0m {NO_FEE_SCHEDULE}", "")


@pytest.mark.parametrize(
    ("line", "messages"),
    [
        ("show 20976 99213", 3),
        ("export 20976 99213", 3),
        ("compare 20920 20976 99213", 3),
        ("search tingling xylophone", 3),
        ("symptom tingling xylophone", 3),
        ("modifiers 20976 99213", 3),
        ("list -n 2", 2),
        ("note 20976", 1),
    ],
)
def test_every_command_is_silent_while_the_page_is_shown(
    run: Run, command: str, make_folder: MakeFolder, tmp_path: Path, line: str, messages: int
) -> None:
    """What it has to say comes after the pager has ended."""
    run("note", "20976", "mine")
    folder = make_folder({"20111": {}})
    (folder / "20111.toml").write_text("=", encoding="utf-8")
    path = tmp_path / "pager"
    path.write_text("#!/bin/sh\ncat\nsleep 0.2\necho LEFT\n", encoding="utf-8")
    path.chmod(0o755)
    page, said = shown([command, *line.split(), "-L", str(folder)], rows=2, env={"PAGER": f"'{path}'"}).out.split(
        "LEFT\n"
    )
    assert "cptref:" not in page
    assert "left out" in " ".join(said.split())
    assert said.count("cptref:") == messages


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
    with terminal([command, "show", "20976"], rows=10, env={"PAGER": f"'{path}'"}) as screen:
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
        *((f"show 20976 -f {form}", 9, True) for form in ("text", "markdown", "html", "json", "csv")),
        ("list -f csv", 9, True),
        ("sections", 9, True),
        ("check -f json", 9, True),
        ("--help", 9, True),
        ("show --help", 9, True),
        ("help show", 9, True),
        ("--no-pager --help", 9, False),
        ("show --no-pager --help", 9, False),
        ("--no-pager show 20976", 9, False),
        ("show 20976 --no-pager", 9, False),
    ],
)
def test_what_is_taller_than_the_terminal_is_paged(command: str, pager: str, line: str, rows: int, paged: bool) -> None:  # noqa: FBT001 - a column
    """Any answer, unless --no-pager stands on either side of the command."""
    page = shown([command, *line.split()], rows=rows, env={"PAGER": f"'{pager}'"}).out
    assert page.startswith("PAGER") == paged


@pytest.mark.parametrize(
    ("letter", "paged"), [("x", False), ("\u75db", True), ("e\u0301", False), ("\U0001f48a", True)]
)
def test_rows_of_wide_letters_are_counted(
    command: str,
    pager: str,
    make_folder: MakeFolder,
    letter: str,
    paged: bool,  # noqa: FBT001 - a column
) -> None:
    """A line of sixty takes one row of a terminal, or two."""
    path = make_folder({"20111": {"symptoms": ["A line"] * 9}}) / "20111.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("A line", letter * 60), encoding="utf-8")
    argv = [command, "show", "20111", "-s", "symptoms", "-f", "text", "-L", str(path.parent)]
    page = shown(argv, rows=22, columns=72, env={"PAGER": f"'{pager}'"}).out
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
    assert (expected or "NOT LISTED") in done.out
    assert ("PAGER" in done.out) == bool(expected)
    assert LAST in done.out


def test_a_failing_pager_is_reported(command: str) -> None:
    """With the way to do without; the exit code is that of the answer."""
    done = shown([command, "show", "20976"], rows=9, env={"PAGER": "exit 3"})
    message = (
        "\x1b[2mcptref:\x1b[0m the pager ended with exit code 3; --no-pager prints the answer without\n        it\n"
    )
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
    assert (done.code, done.out.count("\n")) == (1, 5)
    assert done.out.endswith(
        "\x1b[31mcptref: error:\x1b[0m 99213: looks like a code, but is not in the library; cptref list\n"
        "        shows every code\n"
        "\x1b[2mcptref:\x1b[0m no fee schedule loaded: download the RVU zip of the quarter from CMS and\n"
        "        run cptref add rvu26d.zip\n"
    )


def test_the_pager_gets_the_bytes_of_the_terminal(command: str) -> None:
    """With colors."""
    direct = shown([command, "--no-pager", "show", "20976"], rows=9)
    assert shown([command, "show", "20976"], rows=9, env={"PAGER": shutil.which("cat") or os.devnull}) == direct
