"""Stores that are damaged, foreign or no files at all: one line says so, and every other set still answers."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cptref import open_library
from cptref.checksums import checksum
from tests.codesets.files import hcpcs_row, hcpcs_text
from tests.codesets.pfs_files import make_csv, make_row
from tests.conftest import make_pipe, needs_posix

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Run, Spawn

AGAIN = "run cptref add on its file again"
ROWS = [hcpcs_row(f"J{number:04}", f"Made-up drug {number}", ADD_DT="20260701") for number in range(1, 200)]


def rewrite(path: Path, statement: str, *values: object) -> None:
    """Run SQL on a store."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement, values)


def flip(path: Path, place: int) -> None:
    """Change one byte."""
    data = bytearray(path.read_bytes())
    data[place] ^= 0x41
    path.write_bytes(data)


def replace(path: Path, make: Callable[[Path], object]) -> None:
    """Put something else in the place of a store."""
    path.unlink()
    make(path)


def set_schema(path: Path, version: str) -> None:
    """Give a store the schema of another version."""
    row = (version, checksum(("schema", version)))
    rewrite(path, "UPDATE meta SET value = ?, checksum = ? WHERE key = 'schema'", *row)


NO_DATABASE = "file is not a database"
PIPES = [pytest.param("a pipe", marks=needs_posix)]
DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "its first byte": (lambda path: flip(path, 0), NO_DATABASE),
    "a letter of a row": (
        lambda path: flip(path, path.read_bytes().index(b"Made-up drug 7\x1f")),
        "a row of the database is damaged",
    ),
    "cut off": (lambda path: os.truncate(path, 9000), "database disk image is malformed"),
    "empty": (lambda path: os.truncate(path, 0), "no such table: meta"),
    "no table": (lambda path: rewrite(path, "DROP TABLE record"), "no such table: record"),
    "another version": (lambda path: set_schema(path, "99"), "it is of another version of cptref"),
    "another program": (
        lambda path: replace(path, lambda path: rewrite(path, "CREATE TABLE t (a)")),
        "no such table: meta",
    ),
    "text": (lambda path: path.write_text("nothing of use" * 99), NO_DATABASE),
    "a folder": (lambda path: replace(path, Path.mkdir), "it is not a file"),
    "a pipe": (lambda path: replace(path, make_pipe), "it is not a file"),
    "a link to nowhere": (lambda path: replace(path, lambda path: path.symlink_to("gone")), "it is not a file"),
}
HARMS = [*(name for name in DAMAGES if name != "a pipe"), *PIPES]


@pytest.fixture
def stores(run: Run, tmp_path: Path) -> Path:
    """Add a fee schedule and HCPCS; return the folder of stores."""
    Path("pfs.csv").write_text(make_csv("2026D", make_row("64483"), make_row("J0007")))
    Path("hcpcs.txt").write_text(hcpcs_text(ROWS))
    assert run("add", "pfs.csv", "hcpcs.txt").code == 0
    return tmp_path / "share" / "cptref" / "codesets"


@pytest.mark.parametrize("damage", HARMS)
def test_a_damaged_store_costs_one_line(run: Run, stores: Path, damage: str) -> None:
    """What it is and what to do, after the answer of the other sets; exit 2. Adding its file again mends it."""
    whole = run("show", "J0007", "--on", "2026-11-01")
    assert "HCPCS Level II 2026Q3" in whole.out
    path = stores / "hcpcs-2026Q3.sqlite"
    harm, reason = DAMAGES[damage]
    harm(path)
    done = run("show", "J0007", "--on", "2026-11-01")
    assert (done.code, done.err) == (2, f"cptref: {path}: can't be read: {reason}; {AGAIN}; left out\n")
    assert "Made-up text of J0007" in done.out
    assert "HCPCS" not in done.out
    if damage == "a folder":
        path.rmdir()
    assert run("add", "hcpcs.txt").code == 0
    assert run("show", "J0007", "--on", "2026-11-01") == whole


@pytest.mark.parametrize("damage", ["its first byte", "a folder", *PIPES])
def test_every_command_answers_beside_a_damaged_store(run: Run, stores: Path, damage: str) -> None:
    """From the sets that are whole, with one line each; what needs the damaged one says so and no more."""
    path = stores / "hcpcs-2026Q3.sqlite"
    harm, reason = DAMAGES[damage]
    harm(path)
    why = f"{path}: can't be read: {reason}; {AGAIN}"
    left_out = f"cptref: {why}; left out\n"
    listed = run("list", "--set", "pfs", "-f", "csv")
    assert (listed.code, listed.err) == (0, "")
    assert run("list", "--set", "hcpcs") == (2, "", f"cptref: {why}\n")
    sets = run("sets", "--on", "2026-10-05", "-f", "json")
    assert (sets.code, sets.err) == (2, f"cptref: {why}\n")
    assert [row["set"] for row in json.loads(sets.out)["results"]] == ["pfs"]
    compared = run("compare", "64483", "J0007", "--on", "2026-11-01")
    assert (compared.code, compared.err) == (2, left_out)
    assert run("search", "epidural").code in {0, 2}
    if damage != "a folder":
        assert run("remove", "hcpcs-2026Q3").code == 0
        assert not path.exists()


def test_an_open_library_lists_what_it_came_upon(stores: Path) -> None:
    """A row that is damaged shows only when it is read: from then on, the list of sets says so."""
    path = stores / "hcpcs-2026Q3.sqlite"
    DAMAGES["a letter of a row"][0](path)
    with open_library() as library:
        assert [loaded.release.set for loaded in library.sets().sets] == ["pfs", "hcpcs"]
        assert library.code("J0007", on="2026-11-01").title == "Made-up text of J0007"
        answer = library.sets()
    assert [loaded.release.set for loaded in answer.sets] == ["pfs"]
    assert answer.damaged == (f"{path}: can't be read: a row of the database is damaged; add its file again",)


def test_an_older_release_answers_for_a_damaged_one(run: Run, stores: Path) -> None:
    """As of its own time, which is said, in the list of codes too."""
    later = [*ROWS, hcpcs_row("J0900", "Made-up newcomer", ADD_DT="20261001")]
    Path("later.txt").write_text(hcpcs_text(later))
    run("add", "later.txt")
    path = stores / "hcpcs-2026Q4.sqlite"
    os.truncate(path, 5000)
    done = run("list", "--set", "hcpcs", "J000", "--on", "2026-11-01", "-f", "csv")
    assert done.code == 2
    assert done.out.count("Made-up drug") == 9
    assert done.err.splitlines() == [
        f"cptref: {path}: can't be read: database disk image is malformed; {AGAIN}; left out",
        "cptref: HCPCS Level II 2026Q3: as of 2026Q3, the newest loaded before 2026-11-01",
    ]
    changes = run("changes", "hcpcs")
    why = f"cptref: {path}: can't be read: database disk image is malformed; {AGAIN}\n"
    assert changes == (2, "", why)


def test_completion_is_silent_about_a_damaged_store(stores: Path, spawn: Spawn, command: str) -> None:
    """The codes of the other sets are offered, and the shell gets no word of the damage."""
    (stores / "hcpcs-2026Q3.sqlite").write_bytes(b"nothing of use")
    line = "cptref show J00"
    env = {"_CPTREF_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": "2"}
    assert spawn(command, env=env) == (0, "J0007\n", "")


@pytest.mark.outside
def test_no_byte_of_a_store_breaks_an_answer(run: Run, stores: Path) -> None:
    """Whichever byte is another one, the answer is right, or one line says that the store is damaged."""
    path = stores / "hcpcs-2026Q3.sqlite"
    data = path.read_bytes()
    right = run("show", "J0007", "-f", "json")
    assert right.code == 0
    errors = 0
    for place in range(0, len(data), len(data) // 150):
        path.write_bytes(data)
        flip(path, place)
        done = run("show", "J0007", "-f", "json")
        if done != right:
            errors += 1
            assert (done.code, done.err.count("\n")) == (2, 1), place
            assert done.err.endswith(f"; {AGAIN}; left out\n")
    assert errors
