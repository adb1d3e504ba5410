"""Disks that are full or read-only, and a home that nobody knows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.conftest import PAGE, Outcome, make_article
from tests.faults.machine import CPTREF, FULL, NAMESPACE, SHOW, Server, list_names, needs_linux, needs_mounts

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Spawn
    from tests.faults.machine import SmallCheckout

pytestmark = [pytest.mark.outside, needs_linux, needs_mounts]


def test_a_cache_on_a_full_disk(
    small: SmallCheckout, mounting_server: Server, disk: Path, report_figure: Callable[[str], None]
) -> None:
    """Wherever the disk fills while the file is made, answers are right, and nothing half made stays."""
    size = small.file.stat().st_size
    rooms = [f"nr_inodes={number}" for number in (1, 2, 3, 4)]  # of which the disk's own folder takes one
    rooms += [f"size={size * part // 16 or 1}" for part in (0, 1, 4, 8, 12, 15, 16, 32)]
    stored = 0
    for room in rooms:
        mounting_server.run_shell(f"mount -t tmpfs -o {room} tmpfs {disk}")
        for _ in range(2):
            assert mounting_server.ask(*SHOW, XDG_CACHE_HOME=disk) == small.right, room
        left = mounting_server.run_shell(f"find {disk} -type f -name '*.*'").split()
        assert {Path(path).name for path in left} <= {*small.cached_names}, room
        stored += len(left) == 2
        mounting_server.run_shell(f"umount {disk}")
    assert 0 < stored < len(rooms)
    report_figure(f"full disk: {len(rooms)} disks for the cache, {stored} with room for the file: 0 wrong answers")


def test_an_export_to_a_full_disk(mounting_server: Server, disk: Path, tmp_path: Path) -> None:
    """It is said on one line; no half of a file stays, the file that was there does, and so do those made before."""
    mounting_server.run_shell(f"mount -t tmpfs -o size=8k tmpfs {disk} && echo mine > {disk}/20976.txt")
    for name, force in (("new.txt", ()), ("20976.txt", ("--force",))):
        message = f"cptref: {disk}/{name} can't be written: {FULL}; try another place\n"
        assert mounting_server.ask("export", "20976", "-o", f"{disk}/{name}", *force) == (2, "", message)
    assert mounting_server.run_shell(f"cd {disk} && ls -A && cat 20976.txt") == "20976.txt\nmine\n"
    (tmp_path / "roomy").mkdir()
    assert mounting_server.ask("export", "20975", "-o", str(tmp_path / "roomy")).code == 0
    whole = (tmp_path / "roomy/20975.txt").read_text(encoding="utf-8")
    mounting_server.run_shell(f"umount {disk} && mount -t tmpfs -o size={len(whole.encode()) + 4096} tmpfs {disk}")
    message = f"cptref: wrote {disk}/20975.txt\ncptref: {disk}/20976.txt can't be written: {FULL}; try another place\n"
    assert mounting_server.ask("export", "20975", "20976", "-o", str(disk)) == (2, "", message)
    assert mounting_server.run_shell(f"cd {disk} && ls -A && cat 20975.txt") == f"20975.txt\n{whole}"


class Home(NamedTuple):
    """A home on a disk of its own."""

    server: Server
    folder: Path
    page: Path

    @property
    def own(self) -> Path:
        """The user's own folder there."""
        return self.folder / ".local/share/cptref"

    def ask(self, *args: str) -> Outcome:
        """Run one command."""
        return self.server.ask(*args, HOME=self.folder, XDG_CACHE_HOME="", XDG_DATA_HOME="")

    def fill(self) -> str:
        """Keep a note and import a page; return what the folder holds then."""
        assert self.ask("note", "20976", "first").code == 0
        assert self.ask("import", str(self.page)).code == 0
        return self.read()

    def read(self) -> str:
        """Return what the user's own folder holds: names and contents."""
        return self.server.run_shell(f"cd {self.own} && ls -A && cat *")

    def assert_refused(self, reason: str, note: str, imported: str) -> None:
        """Assert that nothing can be noted or imported, and that each says so on one line."""
        noted = (2, "", f"cptref: {self.own}/notes.toml can't be written: {reason}; {note}\n")
        assert self.ask("note", "20976", "second") == noted
        assert self.ask("import", str(self.page), "--force") == (2, "", f"cptref: {imported}\n")


@pytest.fixture
def home(mounting_server: Server, disk: Path, tmp_path: Path) -> Home:
    """Return a home, and a page to be imported there."""
    (tmp_path / "page.txt").write_text(PAGE, encoding="utf-8")
    return Home(mounting_server, disk, tmp_path / "page.txt")


def test_a_home_on_a_full_disk(home: Home, small: SmallCheckout) -> None:
    """What can't be noted or imported is said on one line, and what was kept before stays as it was."""
    home.server.run_shell(f"mount -t tmpfs -o size=64k tmpfs {home.folder}")
    before = home.fill()
    right = home.ask(*SHOW)
    home.server.run_shell(f"cat /dev/zero > {home.folder}/fill 2> /dev/null || true")
    no_file = f"{home.own}/20111.toml can't be written: {FULL}; try another place"
    home.assert_refused(FULL, "try another place", no_file)
    assert home.ask("note", "20976", "--remove", "1").code == 2
    assert home.read() == before
    assert home.ask(*SHOW) == right
    assert right.out != small.right.out
    assert "\nYour notes\n  - first\n" in right.out
    home.server.run_shell(f"umount {home.folder} && mount -t tmpfs -o nr_inodes=1 tmpfs {home.folder}")
    no_folder = f"{home.own} can't be created: {FULL}; name another folder with -o"
    home.assert_refused(FULL, "cptref paths shows where it is", no_folder)
    assert home.ask(*SHOW) == small.right


def test_a_read_only_home(home: Home, small: SmallCheckout, tmp_path: Path) -> None:
    """Answers are right, from the cache there and without; nothing can be noted or imported, which is said."""
    reason = "Read-only file system"
    home.server.run_shell(f"mount -t tmpfs -o ro tmpfs {home.folder}")
    assert home.ask(*SHOW) == small.right
    no_folder = f"{home.own} can't be created: {reason}; name another folder with -o"
    home.assert_refused(reason, "cptref paths shows where it is", no_folder)
    home.server.run_shell(f"mount -o remount,rw {home.folder}")
    before = home.fill()
    right = home.ask(*SHOW)
    assert "\nYour notes\n  - first\n" in right.out
    home.server.run_shell(f"mount -o remount,ro {home.folder}")
    no_file = f"{home.own}/20111.toml can't be written: {reason}; try another place"
    home.assert_refused(reason, "cptref paths shows where it is", no_file)
    assert home.read() == before
    assert home.ask(*SHOW) == right
    (tmp_path / "20222.toml").write_text(
        make_article("20222", {}), encoding="utf-8"
    )  # so what is in the cache won't do
    assert home.ask("--library", str(tmp_path), *SHOW) == right


def test_a_home_that_nobody_knows(small: SmallCheckout, spawn: Spawn, tmp_path: Path) -> None:
    """Without HOME and without users, answers are right, notes are refused, and the working folder stays empty."""
    hidden = "for file in passwd nsswitch.conf; do ! [ -e /etc/$file ] || mount --bind /dev/null /etc/$file; done"
    command = 'exec env -u HOME -u XDG_CACHE_HOME -u XDG_DATA_HOME PYTHONPATH="$FOLDER" "$@"'

    def ask(*args: str) -> Outcome:
        argv = (*NAMESPACE, "/bin/sh", "-euc", f"{hidden}; {command}", "sh", *CPTREF, *args)
        return spawn(*argv, env={"FOLDER": str(small.folder)})

    assert ask(*SHOW) == small.right
    message = "cptref: your home folder is not known; set HOME\n"
    assert ask("note", "20976", "x") == (2, "", message)
    names = ("library", "notes", "codesets", "cache")
    paths = f"data      {small.folder}/data\n{''.join(f'{name:8}  not known' + chr(10) for name in names)}"
    assert ask("paths") == (0, paths, message)
    assert list_names(tmp_path / "work") == []
