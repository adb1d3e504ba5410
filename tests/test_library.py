"""The compiled library is a cache: made when it has to be, and never able to stop an answer."""

from __future__ import annotations

import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from cptref import open_library

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Run, Spawn


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a cache folder that isn't there yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "cptref"


def answer_in_full() -> bool:
    """Return whether a library opened now answers in full."""
    with open_library() as library:
        entry = library.get("20976")
        return bool(
            entry
            and len(entry.sections) == 19
            and {"20920", "20962", "20971", "20975", "20976", "64483"} <= {item.code for item in library.list().entries}
            and {"20971", "20976"} <= {hit.code for hit in library.search("ultrasound").hits}
        )


def find_file(cache: Path) -> Path:
    """Return the only file of the cache."""
    (file,) = cache.glob("*.sqlite")
    assert {path.suffix for path in cache.iterdir()} <= {".sqlite", ".lock"}  # and nothing half made
    return file


def test_it_is_compiled_once(cache: Path, compilations: list[int]) -> None:
    """The first question compiles, the next ones don't; the folder is for its owner alone."""
    assert answer_in_full()
    assert answer_in_full()
    assert len(compilations) == 1
    assert cache.stat().st_mode & 0o777 == 0o700
    assert find_file(cache).suffix == ".sqlite"


def test_a_changed_source_is_compiled_anew(cache: Path, run_in_checkout: Run, checkout: Path) -> None:
    """What is answered is what the files say now, even if a file kept its size."""
    path = checkout / "data/articles/20976.toml"
    assert "Category: Surgery\n" in run_in_checkout("show", "20976", "-s", "billing").out
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('category = "Surgery"', 'category = "Sorcery"'), encoding="utf-8")
    assert "Category: Sorcery\n" in run_in_checkout("show", "20976", "-s", "billing").out
    path.unlink()
    codes = run_in_checkout("list").out.split()
    assert "20976" not in codes
    assert {"20920", "20962", "20971", "20975", "64483"} <= {*codes}
    assert find_file(cache).is_file()


@pytest.mark.parametrize(
    ("letters", "others"),
    [
        (b"24-48 hours", b"04-08 hours"),
        (b'"code": "20976", "title"', b'"code": "20976"; "title"'),
        (b"ultrasound to guide", b"ultras\xffund to guide"),
        (b"2026-11-21", b"1999-11-21"),
        (b"20976Therapeutic", b"20976Unheard-of!"),
    ],
)
def test_letters_that_have_become_others(cache: Path, compilations: list[int], letters: bytes, others: bytes) -> None:
    """What SQLite can't notice, the checksum of a row does: no altered word is ever answered."""

    def ask() -> list[object]:
        with open_library() as library:
            answers = [library.show([entry.code for entry in library.list().entries]), library.list(), library.dataset]
            return [*answers, *(library.search(words) for words in ("24-48 hours", "ultrasound", "therapeutic"))]

    right = ask()
    whole = find_file(cache).read_bytes()
    assert letters in whole
    find_file(cache).write_bytes(whole.replace(letters, others))
    assert ask() == right
    assert len(compilations) == 2


def test_a_cache_that_can_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the cache folder is a file, the library is held in memory too."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert answer_in_full()


@pytest.mark.skipif(os.name == "nt", reason="permissions of folders are otherwise there")
def test_where_no_cache_folder_may_be_made(cache: Path, spawn: Spawn) -> None:
    """The library is held in memory, and answers all the same."""
    cache.parent.mkdir(mode=0o500)
    unprivileged = [] if os.geteuid() else ["setpriv", "--bounding-set=-all"]  # the superuser may write anywhere
    if unprivileged and not shutil.which("setpriv"):
        pytest.skip("nothing is forbidden to the superuser")
    done = spawn(*unprivileged, sys.executable, "-m", "cptref", "show", "20976", "-s", "cost")
    assert (done.code, done.err) == (0, "")
    assert "$1,000 to $3,000" in done.out
    assert not cache.exists()


def test_many_threads_may_ask(cache: Path, compilations: list[int]) -> None:
    """A library isn't bound to the thread that opened it, and threads don't get in each other's way."""
    with open_library() as library, ThreadPoolExecutor(8) as pool:
        assert {entry.code for entry in pool.map(library.get, ["20976"] * 400) if entry} == {"20976"}
        assert len({answer.total for answer in pool.map(library.search, ["ultrasound"] * 100)}) == 1
    assert len(compilations) == 1
    assert find_file(cache).suffix == ".sqlite"
