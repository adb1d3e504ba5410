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

from cptref.index.schema import checksum
from tests.faults.machine import SHOW, list_names, needs_linux, needs_root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import Run
    from tests.faults.machine import SmallCheckout

    Ask = Callable[[str], str]
    Harm = Callable[["Cached", Path], None]

pytestmark = [pytest.mark.outside, needs_linux]

# Holds a library open, and answers a line with a line: what show, list and search say of it.
HOLDER = """
import sys
import cptref
with cptref.open_library(notes=sys.argv[1]) as library:
    print("open", flush=True)
    for line in sys.stdin:
        print([library.show("20976"), library.list(), library.search(line.strip())], flush=True)
"""


class Cached(NamedTuple):
    """Where the first command will look, and a file that is dear to somebody; none of the others is there yet."""

    folder: Path
    file: Path
    lock: Path
    precious: Path
    small: SmallCheckout


def forge(cached: Cached, path: Path) -> None:
    """Make a compiled file that says something else, with the right checksums."""
    shutil.copy(cached.small.file, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        for code, body, library, _ in connection.execute("SELECT * FROM body").fetchall():
            row = (code, body.replace("spine", "SPINE"), library)
            connection.execute("UPDATE body SET body = ?, seal = ? WHERE code = ?", (row[1], checksum(row), code))


def overwrite(_: Cached, path: Path) -> None:
    """Overwrite all of it with garbage."""
    path.write_bytes(b"\xaa" * path.stat().st_size)


def truncate(_: Cached, path: Path) -> None:
    """Leave only its first page."""
    os.truncate(path, 4096)


def replace_by_another_database(_: Cached, path: Path) -> None:
    """Replace it by a database with other tables."""
    other = path.with_name("other")
    with closing(sqlite3.connect(other)) as connection, connection:
        connection.execute("CREATE TABLE source (fingerprint)")
    other.replace(path)


def replace_by_other_sources(cached: Cached, path: Path) -> None:
    """Replace it by a compiled file of other sources."""
    other = path.with_name("other")
    forge(cached, other)
    with closing(sqlite3.connect(other)) as connection, connection:
        connection.execute("UPDATE meta SET made_from = 'another', seal = ?", (checksum(("another",)),))
    other.replace(path)


def remove_folder(_: Cached, path: Path) -> None:
    """Remove the cache."""
    shutil.rmtree(path.parent)


@pytest.fixture
def cached(small: SmallCheckout, cache: Path, tmp_path: Path) -> Cached:
    """Return the paths of the cache; its folder is there."""
    cache.mkdir(mode=0o700, parents=True)
    precious = tmp_path / "precious"
    precious.write_text("precious", encoding="utf-8")
    file = cache / small.file.name
    return Cached(cache, file, file.with_suffix(".lock"), precious, small)


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


@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize(
    "harm", [remove_folder, truncate, overwrite, replace_by_another_database, replace_by_other_sources]
)
def test_a_cache_that_is_harmed_in_use(
    small: SmallCheckout, right_answers: dict[str, str], cached: Cached, ask: Run, harm: Harm, *, asked: bool
) -> None:
    """A library that is open goes on answering right, asked before or not, and so does a command that starts then."""
    with hold_open(small, cached.folder) as ask_holder:
        assert not asked or ask_holder("ultrasound") == right_answers["ultrasound"]
        harm(cached, cached.file)
        assert {words: ask_holder(words) for words in right_answers} == right_answers
        if cached.file.exists():  # made anew, or of no interest to who has the old one open
            harm(cached, cached.file)
        assert ask(*SHOW) == small.right
        assert {words: ask_holder(words) for words in right_answers} == right_answers
    assert list_names(cached.folder) == small.cached_names


def test_a_cache_that_is_deleted_all_the_time(
    small: SmallCheckout, ask: Run, cache: Path, figure: Callable[[str], None]
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
    figure(f"cache deleted {deleting.result()} times while 20 commands ran: 0 wrong answers")


def plant_link(cached: Cached, path: Path) -> None:
    """Make a link to a file that is dear to somebody."""
    path.symlink_to(cached.precious)


def plant_link_to_nowhere(cached: Cached, path: Path) -> None:
    """Make a link to a file that isn't there, and must not come to be."""
    path.symlink_to(cached.precious.with_name("nowhere"))


def plant_second_name(cached: Cached, path: Path) -> None:
    """Give a file that is dear to somebody another name."""
    path.hardlink_to(cached.precious)


def plant_pipe(_: Cached, path: Path) -> None:
    """Make a pipe that nobody writes to or reads from."""
    os.mkfifo(path)


def plant_folder(cached: Cached, path: Path) -> None:
    """Make a folder with something in it."""
    path.mkdir()
    (path / "precious").write_bytes(cached.precious.read_bytes())


def plant_device(_: Cached, path: Path) -> None:
    """Make a link to a device that never ends."""
    path.symlink_to("/dev/zero")


def plant_other_tables(cached: Cached, path: Path) -> None:
    """Make a file that says it was made from these very sources, and has other tables."""
    shutil.copy(cached.small.file, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE body")
        connection.execute("CREATE TABLE body (fingerprint)")


def plant_file_of_another_user(cached: Cached, path: Path) -> None:
    """Make a compiled file that says something else, and isn't the user's."""
    forge(cached, path)
    os.chown(path, 65534, 65534)


@pytest.mark.parametrize(
    "plant",
    [
        plant_link,
        plant_link_to_nowhere,
        plant_second_name,
        plant_pipe,
        plant_folder,
        plant_device,
        plant_other_tables,
        pytest.param(plant_file_of_another_user, marks=needs_root),
    ],
)
def test_what_is_planted_as_the_compiled_file(small: SmallCheckout, cached: Cached, ask: Run, plant: Harm) -> None:
    """It is not believed, not followed and not waited for, and the file is made all the same."""
    plant(cached, cached.file)
    assert [ask(*SHOW), ask(*SHOW)] == [small.right] * 2
    assert list_names(cached.folder) == small.cached_names
    assert cached.precious.read_text(encoding="utf-8") == "precious"
    assert not cached.precious.with_name("nowhere").exists()
    if plant is plant_folder:  # which is left to its owner
        assert (cached.file / "precious").read_text(encoding="utf-8") == "precious"
    else:
        assert stat.S_ISREG(cached.file.lstat().st_mode)
        assert cached.file.lstat().st_uid == os.geteuid()


def test_a_compiled_file_of_ones_own_is_believed(cached: Cached, ask: Run) -> None:
    """Where it is made from these sources, so that the tests with such a file of others try something."""
    forge(cached, cached.file)
    assert "Therapeutic injection into the SPINE" in ask(*SHOW).out


@pytest.mark.parametrize(
    "plant", [plant_link, plant_link_to_nowhere, plant_second_name, plant_pipe, plant_folder, plant_device]
)
def test_what_is_planted_as_the_lock(small: SmallCheckout, cached: Cached, ask: Run, plant: Harm) -> None:
    """It is not followed and not waited for, and the file is made all the same."""
    plant(cached, cached.lock)
    assert [ask(*SHOW), ask(*SHOW)] == [small.right] * 2
    assert list_names(cached.folder) == small.cached_names
    assert cached.precious.read_text(encoding="utf-8") == "precious"
    assert not cached.precious.with_name("nowhere").exists()


def test_a_cache_folder_that_is_a_link(small: SmallCheckout, cached: Cached, ask: Run, tmp_path: Path) -> None:
    """Nothing is written where it points to, and nothing there is believed."""
    other = tmp_path / "other"
    cached.folder.rename(other)
    cached.folder.symlink_to(other)
    assert ask(*SHOW) == small.right
    assert list_names(other) == []
    forge(cached, cached.file)
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
    forge(cached, cached.file)
    os.chown(cached.folder, 65534, 65534)
    assert ask(*SHOW) == small.right
    cached.file.unlink()
    assert ask(*SHOW) == small.right
    assert list_names(cached.folder) == []
