"""The Python API."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest

import cptref
from cptref import open_library
from cptref.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import MakeFolder, Run, Spawn


ARTICLES = ["20920", "20962", "20971", "20975", "20976"]


def test_names_are_taken_as_people_type_them() -> None:
    """One code needs no list, and sections go by any of their names."""
    with open_library() as library:
        (entry,) = library.show("CPT 20976", ["risks", "prep"]).entries
        assert [section.key for section in entry.sections] == ["preparation", "complications"]
        assert library.search("blood", "prep").hits


def test_what_is_no_code_is_not_held() -> None:
    """Whatever it is made of; and no limit is too high. Articles and published codes are listed in order of code."""
    with open_library() as library:
        assert [library.get(text) for text in ("99999", "20976-50", "\udcff")] == [None] * 3
        entries = library.list(10**30).entries
        assert library.list().total == len(library.list().entries) == len(entries)
        assert [entry.code for entry in entries] == sorted(entry.code for entry in entries)
        assert [entry.code for entry in entries if entry.kind == "article"] == ARTICLES
        assert library.list(2).entries == entries[:2]
        for ask in (library.list, partial(library.search, "pain", ())):
            with pytest.raises(UsageError, match=r"^a limit of 0 is too small; it takes 1 or more$"):
                ask(0)


def test_how_far_it_has_come_is_told(make_folder: MakeFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each article as it is compiled, from none to all."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cold"))
    folder = make_folder({"20111": {}, "20222": {}})
    told: list[tuple[int, int]] = []
    for _ in range(2):  # the second time nothing is compiled
        with open_library(folder, progress=lambda *far: told.append(far)) as library:
            assert {"20111", "20222", *ARTICLES} <= {entry.code for entry in library.list().entries}
    assert told == [(done, 7) for done in range(8)]


def test_a_library_survives_a_broken_file(run_in_checkout: Run, checkout: Path, spawn: Spawn, tmp_path: Path) -> None:
    """One that stays open says what is wrong as often as it is asked, and answers again once it is mended."""
    path = checkout / "data" / "articles" / "20976.toml"
    code = (
        "import sys, pathlib; from cptref import open_library, DatasetError\n"
        "path = pathlib.Path(sys.argv[1]); text = path.read_text()\n"
        "open_library().close()\n"  # which compiles, so that the next one has still to look at the files
        "with open_library() as library:\n"
        "    path.write_text('=')\n"
        "    for _ in range(2):\n"
        "        try: library.list()\n"
        "        except DatasetError as error: print(len(error.faults))\n"
        "    path.write_text(text)\n"
        "    print(library.get('20976').code)\n"
    )
    assert run_in_checkout("list").code == 0
    env = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    assert spawn(sys.executable, "-c", code, str(path), env=env, cwd=checkout) == (0, "1\n1\n20976\n", "")


def test_a_public_name_that_is_not_there() -> None:
    """The package names its attributes and no others."""
    assert all(getattr(cptref, name) for name in cptref.__all__)
    with pytest.raises(AttributeError, match=r"^module 'cptref' has no attribute 'nothing'$"):
        _ = cptref.nothing
