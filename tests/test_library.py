"""The compiled library is a cache: made when it has to be, and never able to stop an answer."""

from __future__ import annotations

import os
import pwd
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cptref import build, open_library
from cptref.dataset import loader
from cptref.dataset.layers import bundled_layer
from cptref.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Run


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder that isn't there yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "cptref"


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A list that grows by one whenever sources are read."""
    times: list[int] = []
    real = loader.DatasetLoader

    def counted(*sources: Any) -> loader.DatasetLoader:  # noqa: ANN401 - whatever is read
        times.append(1)
        return real(*sources)

    monkeypatch.setattr(build, "DatasetLoader", counted)
    return times


def answers() -> bool:
    """Whether a library opened now answers in full."""
    with open_library() as library:
        entry = library.get("20976")
        return bool(
            entry
            and len(entry.sections) == 18
            and len(library.list().entries) == 5
            and library.search("ultrasound").total == 2
        )


def file_in(cache: Path) -> Path:
    """The one file of the cache."""
    (found,) = cache.glob("*.sqlite")
    assert {one.suffix for one in cache.iterdir()} <= {".sqlite", ".lock"}  # and nothing half made
    return found


def test_it_is_compiled_once(cache: Path, compiled: list[int]) -> None:
    """The first question compiles, the next ones don't; the folder is for its owner alone."""
    assert answers()
    assert answers()
    assert len(compiled) == 1
    assert cache.stat().st_mode & 0o777 == 0o700
    assert file_in(cache).suffix == ".sqlite"


def test_a_changed_source_is_compiled_anew(cache: Path, in_checkout: Run, checkout: Path) -> None:
    """What is answered is what the files say now, even if a file kept its size."""
    path = checkout / "data/articles/20976.toml"
    assert "Category: Surgery\n" in in_checkout("show", "20976", "-s", "billing").out
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('category = "Surgery"', 'category = "Sorcery"'), encoding="utf-8")
    assert "Category: Sorcery\n" in in_checkout("show", "20976", "-s", "billing").out
    path.unlink()
    assert in_checkout("list").out.split() == ["20920", "20962", "20971", "20975"]
    assert file_in(cache).is_file()


def test_another_version_compiles_anew(cache: Path, in_checkout: Run, checkout: Path) -> None:
    """An upgrade and a downgrade over one cache both answer, each from its own compilation."""
    home = checkout / "cptref/__init__.py"
    text = home.read_text(encoding="utf-8")

    def made_from() -> str:
        assert in_checkout("list").code == 0
        with closing(sqlite3.connect(file_in(cache))) as connection:
            (made_from,) = connection.execute("SELECT made_from FROM meta").fetchone()
        return str(made_from)

    now = made_from()
    home.write_text(text.replace('__version__ = "', '__version__ = "9.'), encoding="utf-8")
    assert made_from() == now.replace("cptref ", "cptref 9.")
    home.write_text(text, encoding="utf-8")
    assert made_from() == now


def emptied(path: Path) -> None:
    """Nothing is left of it."""
    path.write_bytes(b"")


def cut(path: Path) -> None:
    """Only its first half is left."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def scribbled(path: Path) -> None:
    """Its first page is whole, so that it opens, and all the others are not."""
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xaa" * (len(whole) - 4096))


def of_another_kind(path: Path) -> None:
    """It is a database of somebody else's."""
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE source (fingerprint)")


def a_text(path: Path) -> None:
    """It is no database."""
    path.write_text("hello", encoding="utf-8")


@pytest.mark.parametrize("damage", [emptied, cut, scribbled, of_another_kind, a_text, Path.unlink])
def test_a_damaged_cache_is_made_again(cache: Path, compiled: list[int], damage: Callable[[Path], None]) -> None:
    """Whatever happened to the file, the answer is right, and the file is whole again."""
    assert answers()
    damage(file_in(cache))
    assert answers()
    assert answers()
    assert len(compiled) == 2


@pytest.mark.parametrize(
    ("letters", "others"),
    [
        (b"24-48 hours", b"04-08 hours"),
        (b'"code": "20976", "title"', b'"code": "20976"; "title"'),
        (b"ultrasound into", b"ultras\xffund into"),
        (b"2026-11-21", b"1999-11-21"),
        (b"20976Therapeutic", b"20976Unheard-of!"),
    ],
)
def test_letters_that_have_become_others(cache: Path, compiled: list[int], letters: bytes, others: bytes) -> None:
    """What SQLite can't notice, the seal of a row does: no altered word is ever answered."""

    def said() -> list[object]:
        with open_library() as library:
            asked = [library.show([one.code for one in library.list().entries]), library.list(), library.dataset]
            return [*asked, *(library.search(words) for words in ("24-48 hours", "ultrasound", "therapeutic"))]

    right = said()
    whole = file_in(cache).read_bytes()
    assert letters in whole
    file_in(cache).write_bytes(whole.replace(letters, others))
    assert said() == right
    assert len(compiled) == 2


def test_damage_that_shows_only_in_a_question(cache: Path, compiled: list[int]) -> None:
    """A file that opens well but is damaged further in is compiled anew, and the question is put again."""
    assert answers()
    path = file_in(cache)
    with open_library() as library:
        whole = path.read_bytes()
        with path.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xaa" * (len(whole) - 4096))
        assert [hit.code for hit in library.search("ultrasound").hits] == ["20971", "20976"]
        assert library.get("20976")
    assert len(compiled) == 2


def test_a_cache_that_can_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the cache folder is a file, the library is held in memory and answers all the same."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert answers()


def test_a_user_without_a_home(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody knows the home folder, nothing is written to the working folder instead."""

    def unknown(_: int) -> None:
        raise KeyError

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    assert answers()
    assert run("paths") == (2, "", "cptref: your home folder is not known; set HOME\n")
    assert not list((tmp_path / "work").iterdir())


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser may write to a read-only folder")
def test_a_folder_without_permission(cache: Path) -> None:
    """A read-only cache folder is left as it is."""
    cache.mkdir(mode=0o500, parents=True)
    assert answers()
    assert not list(cache.iterdir())


def test_a_full_disk(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the file can't be made, nothing half-made stays in the folder."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert answers()
    assert [one.suffix for one in cache.iterdir()] == [".lock"]


def test_many_processes_on_a_cold_cache(cache: Path) -> None:
    """Processes that all start with no cache all answer right, and leave one file."""
    argv = [sys.executable, "-m", "cptref", "show", "20976", "-s", "cost"]
    started = [subprocess.Popen(argv, stdout=subprocess.PIPE) for _ in range(8)]
    said = {process.communicate()[0] for process in started}
    assert {process.returncode for process in started} == {0}
    assert len(said) == 1
    assert b"$1,000 to $3,000" in said.pop()
    assert file_in(cache).suffix == ".sqlite"


def test_a_folder_laid_over_the_bundled_data(tmp_path: Path) -> None:
    """Its entries replace those of the same code, and say which library they are from."""
    (tmp_path / "own").mkdir()
    text = (bundled_layer().folder / "articles/20976.toml").read_text(encoding="utf-8")
    for code in ("20976", "64483"):
        (tmp_path / f"own/{code}.toml").write_text(
            text.replace('code = "20976"', f'code = "{code}"').replace("Therapeutic injection", "My own"),
            encoding="utf-8",
        )
    with open_library([tmp_path / "own"]) as library:
        listed = {one.code: (one.title, one.library) for one in library.list().entries}
    assert list(listed) == ["20920", "20962", "20971", "20975", "20976", "64483"]
    assert listed["20975"] == ("Therapeutic injection into the spine", "bundled")
    assert listed["20976"] == listed["64483"] == ("My own into the spine", str(tmp_path / "own"))
    assert answers()


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    """A folder that isn't there, or is a file, is an error that names it; one folder may be given without a list."""
    with pytest.raises(FileError, match=r"/nowhere is not a folder; name a folder of dataset files$"):
        open_library(str(tmp_path / "nowhere"))
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(FileError, match=r"/file is not a folder; name a folder of dataset files$"):
        open_library([tmp_path / "file"])
    with open_library(tmp_path) as library:
        assert len(library.list().entries) == 5


def test_a_library_that_was_closed(cache: Path, compiled: list[int]) -> None:
    """It stays closed, and nothing is compiled for it."""
    with open_library() as library:
        pass
    with pytest.raises(sqlite3.ProgrammingError, match=r"^Cannot operate on a closed database\.$"):
        library.get("20976")
    assert len(compiled) == 1
    assert file_in(cache).suffix == ".sqlite"


def test_many_threads_may_ask(cache: Path, compiled: list[int]) -> None:
    """A library isn't bound to the thread that opened it, and threads don't get in each other's way."""
    with open_library() as library, ThreadPoolExecutor(8) as pool:
        assert {entry.code for entry in pool.map(library.get, ["20976"] * 400) if entry} == {"20976"}
        assert {answer.total for answer in pool.map(library.search, ["ultrasound"] * 100)} == {2}
    assert len(compiled) == 1
    assert file_in(cache).suffix == ".sqlite"
