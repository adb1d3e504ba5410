"""`cptref export`: a whole file or none."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import needs_dev_full

if TYPE_CHECKING:
    from tests.conftest import Run, Spawn


def here() -> list[str]:
    """Return the names in the working folder."""
    return sorted(path.name for path in Path().iterdir())


@pytest.mark.parametrize("line", ["20976 -s symptoms", "20976-59", "99213 -f json"])
def test_standard_output_is_the_default(run: Run, line: str) -> None:
    """Without a file, or with `-`, standard output gets the document as `show` prints it, with modifiers and misses."""
    assert run("export", *line.split()) == run("export", *line.split(), "-o", "-") == run("show", *line.split())


def test_one_line_says_what_was_written(run: Run) -> None:
    """The line goes to standard error; the file is what standard output would have got."""
    done = run("export", "20976", "20920", "-o", "both.txt")
    assert done == (0, "", "cptref: wrote both.txt\n")
    assert Path("both.txt").read_text(encoding="utf-8") == run("show", "20976", "20920").out
    assert here() == ["both.txt"]
    assert stat.S_IMODE(Path("both.txt").stat().st_mode) == 0o666 & ~_umask()


def _umask() -> int:
    now = os.umask(0)
    os.umask(now)
    return now


def test_a_file_has_nothing_of_the_others(run: Run) -> None:
    """Modifiers typed with a code are in the file of that code alone."""
    run("export", "20976-50", "20920-59", "-f", "json", "-o", ".")
    for code, modifier in (("20976", "50"), ("20920", "59")):
        (entry,) = json.loads(Path(f"{code}.json").read_bytes())["results"]
        appended = [(one["input"], one["on"], one["code"], one["set"], one["listed"]) for one in entry["appended"]]
        assert appended == [(f"{code}-{modifier}", code, modifier, "CPT", modifier == "50")]


def test_no_file_is_written_over(run: Run) -> None:
    """What is there stays, exit 2; with --force it is replaced. One file that is there stops the whole export."""
    Path("20976.txt").write_text("mine", encoding="utf-8")
    done = run("export", "20976", "-o", "20976.txt")
    assert done == (2, "", "cptref: 20976.txt already exists; use --force to overwrite it, or choose another name\n")
    assert run("export", "20920", "20976", "-o", ".").code == 2
    Path("20920.txt").write_text("mine", encoding="utf-8")
    assert run("export", "20920", "20976", "-o", ".").err == (
        "cptref: 20920.txt, 20976.txt already exist; use --force to overwrite them, or choose another name\n"
    )
    Path("20920.txt").unlink()
    assert here() == ["20976.txt"]
    assert Path("20976.txt").read_text(encoding="utf-8") == "mine"
    assert run("export", "20976", "-o", "20976.txt", "--force").code == 0
    assert Path("20976.txt").read_text(encoding="utf-8").startswith("20976  Therapeutic injection")
    assert here() == ["20976.txt"]


def test_a_link_is_not_written_through_unasked(run: Run) -> None:
    """A link counts as a file that is there, even one that points nowhere; with --force its target is written."""
    Path("link").symlink_to("target")
    assert run("export", "20976", "-o", "link").code == 2
    assert not Path("target").exists()
    assert run("export", "20976", "-o", "link", "--force").code == 0
    assert Path("link").is_symlink()
    assert Path("target").is_file()


def test_no_folder_is_made(run: Run) -> None:
    """A folder that isn't there is an error that says so."""
    for output in ("away/20976.txt", "away/"):
        done = run("export", "20976", "-o", output)
        assert done == (
            2,
            "",
            "cptref: away/20976.txt can't be written: No such file or directory; create the folder first\n",
        )
    assert here() == []


def test_a_file_made_in_the_meantime_is_kept(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look and the writing somebody else may make the file: theirs stays."""
    real = os.fsync

    def meanwhile(handle: int) -> None:
        Path("20976.txt").write_text("theirs", encoding="utf-8")
        real(handle)

    monkeypatch.setattr(os, "fsync", meanwhile)
    assert run("export", "20976", "-o", "20976.txt").code == 2
    assert Path("20976.txt").read_text(encoding="utf-8") == "theirs"
    assert here() == ["20976.txt"]


def test_a_disk_that_is_full(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing half-written is left, and what was there stays as it was."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    Path("20976.txt").write_text("mine", encoding="utf-8")
    monkeypatch.setattr(os, "fsync", full)
    done = run("export", "20976", "-o", "20976.txt", "--force")
    assert done == (2, "", "cptref: 20976.txt can't be written: No space left on device; try another place\n")
    assert here() == ["20976.txt"]
    assert Path("20976.txt").read_text(encoding="utf-8") == "mine"


def test_where_links_can_not_be_made(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some file systems have no hard links; the file is written there too."""

    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    assert run("export", "20976", "-o", "20976.txt").code == 0
    assert here() == ["20976.txt"]


def test_a_private_file_stays_private(run: Run) -> None:
    """What is written over keeps its permissions."""
    Path("private").touch(mode=0o600)
    assert run("export", "20976", "-o", "private", "--force").code == 0
    assert stat.S_IMODE(Path("private").stat().st_mode) == 0o600


def test_names_that_make_trouble(run: Run) -> None:
    """No name, a link to itself, a name that is too long, a name that is nearly too long, a folder as a file."""
    done = run("export", "20976", "-o", "")
    assert done == (2, "", "cptref: -o needs the name of a file or a folder; - is standard output\n")
    Path("loop").symlink_to("loop")
    assert run("export", "20976", "-o", "loop", "--force").err.startswith("cptref: loop can't be written: ")
    assert run("export", "20976", "-o", "x" * 300).err.endswith(
        "can't be written: File name too long; try another place\n"
    )
    assert run("export", "20976", "-o", "x" * 250).code == 0
    Path("20976.txt").mkdir()
    assert run("export", "20976", "-o", ".", "--force").err == (
        "cptref: 20976.txt can't be written: Is a directory; try another place\n"
    )
    assert here() == ["20976.txt", "loop", "x" * 250]


@needs_dev_full
def test_devices_and_pipes_are_written_to_and_stay(command: str, spawn: Spawn) -> None:
    """They need no --force, are not replaced, and what they say is passed on."""
    plain = spawn(command, "export", "20976").out
    for flag in ("", " --force"):
        said = spawn("/bin/sh", "-c", f"{command} export 20976 -o /dev/stdout{flag} | cat")
        assert said == (0, plain, "cptref: wrote /dev/stdout\n")
    assert spawn(command, "export", "20976", "-o", "/dev/null").code == 0
    done = spawn(command, "export", "20976", "-o", "/dev/full", "--force")
    assert done == (2, "", "cptref: /dev/full can't be written: No space left on device; try another place\n")
    assert Path("/dev/null").is_char_device()
    assert Path("/dev/full").is_char_device()


def test_what_is_missing_is_told(run: Run) -> None:
    """What was found is written, the rest is named, exit 1; nothing found writes nothing."""
    done = run("export", "99213", "20976", "-o", ".")
    assert (done.code, here()) == (1, ["20976.txt"])
    assert "cptref: 99213: looks like a code, but is not in the library" in done.err
    assert run("export", "99213", "-o", "none.txt").code == 1
    assert here() == ["20976.txt"]
