"""kill -9, wherever it strikes: answers stay right, and nothing is lost."""

from __future__ import annotations

import json
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.faults.machine import SHOW, list_names, needs_linux, serve, spread_points

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.faults.machine import Server, SmallCheckout

pytestmark = [pytest.mark.outside, needs_linux]


def get_inode(path: Path) -> int:
    """Return the number by which a file that was replaced is known, 0 where there is none."""
    return path.stat().st_ino if path.exists() else 0


def strike(small: SmallCheckout, server: Server, cache: Path, points: Sequence[float]) -> tuple[int, int, float]:
    """Kill a compilation at each of these points, from its start, 0, to its end, 1; after each, see that all is well.

    Of every two compilations one has no file to start with and one has a file of sources that have changed. Return how
    many were killed before the file was stored and how many after, and the most seconds to a kill.
    """
    env = {"XDG_CACHE_HOME": cache.parent}
    file = cache / small.file.name
    cache.parent.mkdir()
    stale = shutil.copy(small.file, cache.parent / "stale")
    with closing(sqlite3.connect(stale)) as connection, connection:
        connection.execute("UPDATE source SET fingerprint = ''")
    server.start(*SHOW, env=env)
    length = server.wait().seconds
    before = after = 0
    longest = 0.0
    for number, point in enumerate(points):
        if number % 2:
            shutil.copy(stale, file)
        else:
            file.unlink()
        inode = get_inode(file)
        server.start(*SHOW, env=env, kill=point * length)
        assert [done.code for done in server.wait().done] == [-9]
        longest = max(longest, point * length)
        stored = get_inode(file) != inode
        after += stored
        before += not stored
        server.start(*SHOW, env=env)
        ended = server.wait()
        assert ended.done == [small.right]
        assert list_names(cache) == small.cached_names
        if not stored:  # so this one has compiled, at the pace of the machine as it is now
            length = ended.seconds
    return before, after, longest


@pytest.mark.slow("kills 200 compilations, one after the other")
def test_killed_at_any_moment(
    small: SmallCheckout, server: Server, tmp_path: Path, report_figure: Callable[[str], None]
) -> None:
    """Wherever a compilation is killed, the next command answers right, and nothing half made stays."""
    points = [1.1 * point for point in spread_points(200)]
    with serve(small.folder, small.env) as other, ThreadPoolExecutor(2) as pool:
        caches = [tmp_path / name / "cptref" for name in ("first", "second")]
        befores, afters, longest = zip(
            *pool.map(partial(strike, small), (server, other), caches, (points[::2], points[1::2])), strict=True
        )
    assert sum(befores) + sum(afters) == 200
    assert sum(befores)
    assert sum(afters)
    report_figure(
        f"kill -9: 200 compilations killed after 0 to {max(longest) * 1000:.0f} ms, {sum(befores)} before the file was "
        f"stored and {sum(afters)} after: 0 wrong answers"
    )


def test_killed_while_noting(server: Server, tmp_path: Path, report_figure: Callable[[str], None]) -> None:
    """The notes are those of before or have the new one, whole, and can be added to."""
    env = {"XDG_CACHE_HOME": tmp_path / "cache", "XDG_DATA_HOME": tmp_path / "own"}
    notes: list[str] = []

    def read_notes() -> list[str]:
        done = server.ask("note", "20976", "-f", "json", **env)
        assert (done.code, done.err) == (0, "")
        return [note["text"] for note in json.loads(done.out)["results"][0]["notes"]]

    kills = added = 0
    for number, point in enumerate(1.2 * point for point in spread_points(10)):
        server.start("note", "20976", f"asked {number}", env=env)
        ended = server.wait()
        assert [done.code for done in ended.done] == [0]
        notes.append(f"asked {number}")
        assert read_notes() == notes
        server.start("note", "20976", f"killed {number}", env=env, kill=point * ended.seconds)
        ((code, _, _),) = server.wait().done
        assert code in {-9, 0}
        kills += code == -9
        now = read_notes()
        assert now in (notes, [*notes, f"killed {number}"])
        added += now != notes
        notes = now
    assert kills
    report_figure(f"kill -9: {kills} of 10 commands that add a note, {added} of 10 had added it: 0 notes lost or cut")
