"""Compiled files that are harmed in use, planted by others, or tampered with: no answer rests on them."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from threading import Event
from time import sleep
from typing import TYPE_CHECKING, NamedTuple

import pytest

from cptref.checksums import checksum
from tests.faults.machine import SHOW, list_names, needs_linux, needs_root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import Run
    from tests.faults.machine import SmallCheckout

    Ask = Callable[[str], str]

pytestmark = [pytest.mark.outside, needs_linux]

# Holds a library open, and answers a line with a line: what show, list and search say of it.
HOLDER = """
import os, sys
import cptref
# The folders of the command, whose compiled file this is to share.
with cptref.open_library(os.path.dirname(sys.argv[1]), notes=sys.argv[1]) as library:
    print("open", flush=True)
    for line in sys.stdin:
        print([library.show("20976"), library.list(), library.search(line.strip())], flush=True)
"""


class Cached(NamedTuple):
    """Where the first command will look, and what may be put there; only `precious` and `shelf` are there yet."""

    folder: Path
    file: Path
    lock: Path
    precious: Path  # a file that is dear to somebody
    shelf: Path  # compiled files: see there

    def run_shell(self, line: str, target: Path) -> None:
        """Run a line of shell that does something to TARGET, in whose path may be blanks."""
        env = {"TARGET": str(target), "PRECIOUS": str(self.precious), "SHELF": str(self.shelf)}
        subprocess.run(["/bin/sh", "-euc", f"IFS=; {line}"], env={**os.environ, **env}, check=True)


@pytest.fixture(scope="session")
def shelf(small: SmallCheckout, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make compiled files: `forged` says something else, `sources` is of other sources, `tables` has other tables.

    Their checksums are right. `database` is somebody else's.
    """
    folder = tmp_path_factory.mktemp("shelf")
    for name in ("forged", "sources", "tables"):
        shutil.copy(small.file, folder / name)
    with closing(sqlite3.connect(folder / "forged")) as connection, connection:
        for code, body, *rest, _ in connection.execute("SELECT * FROM body").fetchall():
            row = (code, body.replace("spine", "SPINE"), *rest)
            connection.execute("UPDATE body SET body = ?, checksum = ? WHERE code = ?", (row[1], checksum(row), code))
    with closing(sqlite3.connect(folder / "sources")) as connection, connection:
        _, *rest, _ = connection.execute("SELECT * FROM meta").fetchone()
        sum_of_row = checksum(("another", *rest))
        connection.execute("UPDATE meta SET provenance = 'another', checksum = ?", (sum_of_row,))
    with closing(sqlite3.connect(folder / "tables")) as connection, connection:
        connection.executescript("DROP TABLE body; CREATE TABLE body (fingerprint)")
    with closing(sqlite3.connect(folder / "database")) as connection, connection:
        connection.execute("CREATE TABLE source (fingerprint)")
    return folder


@pytest.fixture
def cached(small: SmallCheckout, cache: Path, shelf: Path, tmp_path: Path) -> Cached:
    """Return the paths of the cache; its folder is there."""
    cache.mkdir(mode=0o700, parents=True)
    precious = tmp_path / "precious"
    precious.write_text("precious", encoding="utf-8")
    file = cache / small.file.name
    return Cached(cache, file, file.with_suffix(".lock"), precious, shelf)


@contextmanager
def hold_open(small: SmallCheckout, cache: Path) -> Iterator[Ask]:
    """Start a process that holds a library open and says what it answers about words and much else."""
    argv = [sys.executable, "-c", HOLDER, f"{small.env['XDG_DATA_HOME']}/cptref/notes.toml"]
    env = small.env | {"XDG_CACHE_HOME": str(cache.parent)}
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env, cwd=small.folder
    ) as holder:
        requests, replies = holder.stdin, holder.stdout
        assert requests
        assert replies

        def ask(words: str) -> str:
            requests.write(f"{words}\n")
            requests.flush()
            return replies.readline()

        assert replies.readline() == "open\n"
        yield ask


@pytest.fixture(scope="module")
def right_answers(small: SmallCheckout) -> dict[str, str]:
    """Return what such a process says undisturbed."""
    with hold_open(small, small.file.parent) as ask:
        return {words: ask(words) for words in ("ultrasound", "steroid")}


REPLACE = "cp $SHELF/{} $TARGET.new && mv $TARGET.new $TARGET"
HARMS = {
    "folder removed": "rm -r $(dirname $TARGET)",
    "file removed": "rm $TARGET",
    "emptied": ": > $TARGET",
    "cut": "truncate -s 4096 $TARGET",
    "garbage": "head -c $(stat -c %s $TARGET) /dev/zero | tr '\\0' '\\252' | dd of=$TARGET conv=notrunc status=none",
    "garbage behind the first page": "head -c 30000 /dev/zero | dd of=$TARGET bs=4096 seek=1 conv=notrunc status=none",
    "a text": "echo hello > $TARGET",
    **{f"another file: {name}": REPLACE.format(name) for name in ("database", "sources", "tables")},
}


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
def test_a_cache_that_is_harmed_in_use(
    small: SmallCheckout, right_answers: dict[str, str], cached: Cached, ask: Run, harm: str
) -> None:
    """Libraries that are open go on answering right, asked before or not, and so does a command that starts then."""
    with hold_open(small, cached.folder) as ask_first, hold_open(small, cached.folder) as ask_second:
        assert ask_first("ultrasound") == right_answers["ultrasound"]
        for _ in range(2):
            if cached.file.exists():  # made anew, or of no interest to who has the old one open
                cached.run_shell(harm, cached.file)
            for ask_holder in (ask_first, ask_second):
                assert {words: ask_holder(words) for words in right_answers} == right_answers
        if cached.file.exists():
            cached.run_shell(harm, cached.file)
        assert ask(*SHOW) == small.right
    assert list_names(cached.folder) == small.cached_names


def test_a_cache_that_is_deleted_all_the_time(
    small: SmallCheckout, ask: Run, cache: Path, report_figure: Callable[[str], None]
) -> None:
    """Whenever the folder goes, answers are right."""
    enough = Event()

    def delete() -> int:
        times = 0
        while not enough.is_set():
            times += cache.exists()
            shutil.rmtree(cache, ignore_errors=True)
            sleep(0.005)
        return times

    with ThreadPoolExecutor(1) as pool:
        deleting = pool.submit(delete)
        try:
            answers = [ask(*SHOW) for _ in range(20)]
        finally:
            enough.set()
    assert answers == [small.right] * 20
    assert ask(*SHOW) == small.right
    assert list_names(cache) == small.cached_names
    report_figure(f"cache deleted {deleting.result()} times while 20 commands ran: 0 wrong answers")


PLANTS = {
    "link": "ln -s $PRECIOUS $TARGET",
    "link to what must not come to be": "ln -s $PRECIOUS.nowhere $TARGET",
    "second name": "ln $PRECIOUS $TARGET",
    "pipe": "mkfifo $TARGET",
    "folder": "mkdir $TARGET && cp $PRECIOUS $TARGET/precious",
    "device": "ln -s /dev/zero $TARGET",
    "compiled file of another user": "cp $SHELF/forged $TARGET && chown 65534:65534 $TARGET",
}


@pytest.mark.parametrize("target", ["file", "lock"])
@pytest.mark.parametrize(
    "plant",
    [pytest.param(line, id=name, marks=needs_root if "chown" in line else ()) for name, line in PLANTS.items()],
)
def test_what_is_planted_in_the_cache(small: SmallCheckout, cached: Cached, ask: Run, plant: str, target: str) -> None:
    """It is not believed, not followed and not waited for, and the compiled file is made all the same."""
    path: Path = getattr(cached, target)
    cached.run_shell(plant, path)
    assert [ask(*SHOW), ask(*SHOW)] == [small.right] * 2
    assert list_names(cached.folder) == small.cached_names
    assert cached.precious.read_text(encoding="utf-8") == "precious"
    assert not cached.precious.with_name("precious.nowhere").exists()
    if path.is_dir():  # which is left to its owner
        assert (path / "precious").read_text(encoding="utf-8") == "precious"
    elif target == "file":
        assert stat.S_ISREG(path.lstat().st_mode)
        assert path.lstat().st_uid == os.geteuid()


def test_a_compiled_file_of_ones_own_is_believed(cached: Cached, ask: Run) -> None:
    """Where it is made from these sources, so that the tests with such a file of others try something."""
    shutil.copy(cached.shelf / "forged", cached.file)
    assert "Therapeutic injection into the SPINE" in ask(*SHOW).out


def test_a_cache_folder_that_is_a_link(small: SmallCheckout, cached: Cached, ask: Run, tmp_path: Path) -> None:
    """Nothing is written where it points to, and nothing there is believed."""
    other = tmp_path / "other"
    cached.folder.rename(other)
    cached.folder.symlink_to(other)
    assert ask(*SHOW) == small.right
    assert list_names(other) == []
    shutil.copy(cached.shelf / "forged", cached.file)
    before = (other / cached.file.name).read_bytes()
    assert ask(*SHOW) == small.right
    assert list_names(other) == [cached.file.name]
    assert (other / cached.file.name).read_bytes() == before


def test_a_cache_folder_that_everybody_may_write_to(small: SmallCheckout, cached: Cached, ask: Run) -> None:
    """It becomes its owner's alone before anything is written."""
    cached.folder.chmod(0o777)
    assert ask(*SHOW) == small.right
    assert list_names(cached.folder) == small.cached_names
    assert cached.folder.stat().st_mode & 0o777 == 0o700


@needs_root
def test_a_cache_folder_of_another_user(small: SmallCheckout, cached: Cached, ask: Run) -> None:
    """Nothing is written there, and nothing there is believed."""
    shutil.copy(cached.shelf / "forged", cached.file)
    os.chown(cached.folder, 65534, 65534)
    assert ask(*SHOW) == small.right
    cached.file.unlink()
    assert ask(*SHOW) == small.right
    assert list_names(cached.folder) == []
