"""Clocks that are wrong and file times that tell nothing: what is answered is what files say now."""

from __future__ import annotations

import json
import os
import shutil
from datetime import datetime, timezone
from itertools import cycle
from time import sleep, time
from typing import TYPE_CHECKING

import pytest

from tests.conftest import make_article
from tests.faults.machine import CPTREF, list_suffixes, needs_linux, needs_mounts

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Run, Spawn
    from tests.faults.machine import Server, SmallCheckout

pytestmark = [pytest.mark.outside, needs_linux]


@pytest.mark.skipif(not shutil.which("faketime"), reason="faketime is not installed")
def test_a_clock_that_goes_backwards(small: SmallCheckout, spawn: Spawn, cache: Path, tmp_path: Path) -> None:
    """Whatever the clock and the times of files say, what is answered is what the files say now."""
    folder = tmp_path / "own"
    folder.mkdir()
    path = folder / "20222.toml"
    # Files keep the times that they have: faketime would move those too, as no clock does.
    env = {"XDG_CACHE_HOME": str(cache.parent), "NO_FAKE_STAT": "1", "PYTHONPATH": str(small.folder)}
    was = datetime(2020, 1, 1, tzinfo=timezone.utc).timestamp()
    years = cycle((2001, 2099))
    for number, moved in enumerate((0, 0, -86400, 86400 * 365 * 90)):
        path.write_text(make_article("20222", {}).replace("Untitled", f"Title {number}"), encoding="utf-8")
        os.utime(path, (was + moved, was + moved))
        for _ in range(2):
            year = next(years)
            argv = ("faketime", f"{year}-03-01 12:00:00", *CPTREF, "--library", str(folder), "list", "-f", "json")
            done = spawn(*argv, env=env)
            assert (done.code, done.err) == (0, "")
            titles = {entry["code"]: entry["title"] for entry in json.loads(done.out)["results"]}
            assert titles["20222"] == f"Title {number}"
    assert list_suffixes(cache) == [".lock", ".sqlite"]


def test_a_folder_that_takes_the_place_of_another(ask: Run, tmp_path: Path) -> None:
    """What is answered is what is in it, even if its files have the sizes and the times of those before."""
    folder = tmp_path / "own"
    text = make_article("20222", {})

    def read_state(path: Path) -> tuple[int, int, int]:
        state = path.stat()
        return state.st_size, state.st_mtime_ns, state.st_ctime_ns

    for number in range(100):  # until both are written within one tick of the clock that stamps files
        first, second = (tmp_path / f"{name} {number}" for name in ("first", "second"))
        first.mkdir()
        second.mkdir()
        for path, title in ((first, "Title 1"), (second, "Title 2")):
            # Nobody looks at the file in between: Linux 6.13 and later would give it a finer time then.
            handle = os.open(path / "20222.toml", os.O_WRONLY | os.O_CREAT)
            os.write(handle, text.replace("Untitled", title).encode())
            os.close(handle)
        if read_state(first / "20222.toml") == read_state(second / "20222.toml"):
            break
    first.rename(folder)
    assert "Title 1" in ask("--library", str(folder), "show", "20222", "-f", "json").out
    folder.rename(tmp_path / "before")
    second.rename(folder)
    assert "Title 2" in ask("--library", str(folder), "show", "20222", "-f", "json").out


@needs_mounts
@pytest.mark.skipif(not shutil.which("mkfs.ext2"), reason="mkfs.ext2 is not installed")
def test_a_disk_that_knows_whole_seconds_alone(
    mounting_server: Server, disk: Path, cache: Path, tmp_path: Path
) -> None:
    """What is answered is what a file says now, even if it was changed twice within a second and kept its size.

    A file beside it was changed when the clock was ahead.
    """
    files = tmp_path / "files"
    files.mkdir()
    (files / "20333.toml").write_text(make_article("20333", {}), encoding="utf-8")
    image = tmp_path / "image"
    # With inodes of 128 bytes there is no room for fractions of a second, as on many a stick and older disks.
    mounting_server.run_shell(f"truncate -s 1M {image} && mkfs.ext2 -q -I 128 -d {files} {image} 2> /dev/null")
    mounting_server.run_shell(f"debugfs -w -R 'set_inode_field /20333.toml ctime 203701010000' {image} 2> /dev/null")
    mounting_server.run_shell(f"mount -o loop {image} {disk}")
    sleep(1 - time() % 1)  # so that both changes come within one second
    for title in ("Title 1", "Title 2"):
        (tmp_path / "20222.toml").write_text(make_article("20222", {}).replace("Untitled", title), encoding="utf-8")
        mounting_server.run_shell(f"cat {tmp_path}/20222.toml > {disk}/20222.toml")
        done = mounting_server.ask("--library", str(disk), "show", "20222", "-f", "json", XDG_CACHE_HOME=cache.parent)
        assert json.loads(done.out)["results"][0]["title"] == title
