"""kill -9, two at once, full disks and read-only folders while code sets are added: a release is whole or not there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.codesets.pfs_files import make_csv, make_row
from tests.faults.machine import FULL, list_names, needs_linux, needs_mounts, spread_points

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.faults.machine import Server

pytestmark = [pytest.mark.outside, needs_linux]

STORES = ["pfs-2025D+32.3465.sqlite", "pfs-2026C+33.4009.sqlite"]
FILES = {"july.csv": ("2026C", "33.4009"), "october.csv": ("2025D", "32.3465")}


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    """Return a folder with two files of the fee schedule, of 2,000 codes each."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    rows = [make_row(str(code)) for code in range(10_000, 12_000)]
    for name, (release, factor) in FILES.items():
        (folder / name).write_text(make_csv(release, *rows, factor=factor), encoding="ascii")
    return folder


def read_stores(folder: Path) -> dict[str, bytes]:
    """Return the stores in a folder of code sets, with their bytes but for the day on which they were added."""
    return {path.name: path.read_bytes() for path in folder.glob("*.sqlite")}


def test_killed_while_adding(
    server: Server, downloads: Path, tmp_path: Path, report_figure: Callable[[str], None]
) -> None:
    """Wherever `add` is killed, each release is there whole or not at all, and the next one leaves nothing else."""
    env = {"XDG_DATA_HOME": tmp_path / "whole"}
    server.start("add", str(downloads), env=env)
    ended = server.wait()
    assert [done.code for done in ended.done] == [0]
    right = read_stores(tmp_path / "whole/cptref/codesets")
    assert sorted(right) == STORES
    kills = 0
    for number, point in enumerate(1.1 * point for point in spread_points(20)):
        env = {"XDG_DATA_HOME": tmp_path / str(number)}
        folder = tmp_path / str(number) / "cptref/codesets"
        server.start("add", str(downloads), env=env, kill=point * ended.seconds)
        ((code, _, _),) = server.wait().done
        kills += code == -9
        stores = read_stores(folder)
        assert stores.items() <= right.items()
        done = server.ask("sets", "-f", "json", "--on", "2026-08-03", **env)
        assert (done.code, done.err) == (0, "")
        assert {f"{each['name']}+{each['part']}.sqlite" for each in json.loads(done.out)["results"]} == stores.keys()
        assert server.ask("add", str(downloads), **env).code == 0
        assert read_stores(folder) == right
        assert list_names(folder) == ["codesets.lock", *STORES]
    assert kills
    report_figure(f"kill -9: {kills} of 20 commands that add two releases: 0 releases cut, nothing half made left")


def test_two_adds_at_once(server: Server, downloads: Path, tmp_path: Path) -> None:
    """They wait for each other, and both succeed."""
    env = {"XDG_DATA_HOME": tmp_path / "own"}
    server.start("add", str(downloads), env=env, count=4)
    assert [(done.code, done.err) for done in server.wait().done] == [(0, "")] * 4
    assert list_names(tmp_path / "own/cptref/codesets") == ["codesets.lock", *STORES]


@needs_mounts
def test_a_full_disk(mounting_server: Server, downloads: Path, disk: Path) -> None:
    """A release that has no room is refused on one line; nothing half made stays, and what was there answers."""
    mounting_server.run_shell(f"mount -t tmpfs -o size=40k tmpfs {disk}")
    done = mounting_server.ask("add", str(downloads / "july.csv"), XDG_DATA_HOME=disk)
    store = f"{disk}/cptref/codesets/pfs-2026C+33.4009.sqlite"
    lines = done.err.splitlines()
    assert (done.code, len(lines)) == (2, 1)
    assert lines[0].startswith(f"cptref: {downloads}/july.csv: {store} can't be written: ")
    assert lines[0].endswith("; free some space or try another place")
    assert FULL in lines[0] or "full" in lines[0]
    left = mounting_server.run_shell(f"find {disk} -type f").split()
    assert [name for name in left if not name.endswith(".lock")] == []


@needs_mounts
def test_a_read_only_folder(mounting_server: Server, downloads: Path, disk: Path) -> None:
    """What is loaded answers from a read-only disk; adding to it is refused on one line for each file."""
    mounting_server.run_shell(f"mount -t tmpfs -o size=8m tmpfs {disk}")
    assert mounting_server.ask("add", str(downloads / "july.csv"), XDG_DATA_HOME=disk).code == 0
    mounting_server.run_shell(f"mount -o remount,ro {disk}")
    done = mounting_server.ask("add", str(downloads), XDG_DATA_HOME=disk)
    store = f"{disk}/cptref/codesets/pfs-2025D+32.3465.sqlite"
    reason = f"{store} can't be written: Read-only file system; free some space or try another place"
    assert (done.code, done.err) == (2, f"cptref: {downloads}/october.csv: {reason}\n")
    done = mounting_server.ask("show", "10000", "--on", "2026-08-03", "-f", "json", XDG_DATA_HOME=disk)
    assert (done.code, done.err) == (0, "")
