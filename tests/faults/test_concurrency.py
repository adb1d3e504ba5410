"""Many commands at once, two versions over one cache, and files that change while they are read."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count, cycle
from threading import Event
from time import sleep
from typing import TYPE_CHECKING

import pytest

from tests.conftest import make_article
from tests.faults.machine import CPTREF, SHOW, list_names, list_suffixes, needs_linux, serve

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Run, Spawn
    from tests.faults.machine import Server, SmallCheckout

    Figure = Callable[[str], None]

pytestmark = [pytest.mark.outside, needs_linux]

# Another release: its compiled files have another version and another schema.
OTHER_RELEASE = """
cptref.__version__ = "9.0.0"
import cptref.index.schema
cptref.index.schema.SCHEMA_VERSION = 99
"""


def test_many_processes_at_once(small: SmallCheckout, server: Server, cache: Path, report_figure: Figure) -> None:
    """Fifty that start with no cache all answer right, and leave one file."""
    server.start(*SHOW, env={"XDG_CACHE_HOME": cache.parent}, count=50)
    ended = server.wait()
    assert ended.done == [small.right] * 50
    assert list_names(cache) == small.cached_names
    report_figure(f"cold cache: 50 processes at once, all right within {ended.seconds:.1f} s, 1 compiled file")


def test_many_notes_at_once(server: Server, cache: Path, tmp_path: Path, report_figure: Figure) -> None:
    """Thirty that start with no cache and no folder of notes all succeed, and no note is lost."""
    env = {"XDG_CACHE_HOME": cache.parent, "XDG_DATA_HOME": tmp_path / "data"}
    server.start("note", "20976", "mine", env=env, count=30)
    ended = server.wait()
    assert {(done.code, done.out) for done in ended.done} == {(0, "")}
    numbers = {re.sub(r".*note (\d+) on 20976 .*\n", r"\1", done.err) for done in ended.done}
    assert numbers == {str(number) for number in range(1, 31)}
    assert server.ask("note", "20976", **env).out.count("mine") == 30
    assert list_suffixes(cache) == [".lock", ".sqlite"]
    report_figure(f"cold cache: 30 notes at once, all saved within {ended.seconds:.1f} s")


def test_two_versions_over_one_cache(small: SmallCheckout, server: Server, cache: Path, report_figure: Figure) -> None:
    """An upgrade and a downgrade in turns, and both at once, each answer right from a file of their own making."""
    env = {"XDG_CACHE_HOME": cache.parent}
    with ExitStack() as stack:
        other = stack.enter_context(serve(small.folder, small.env, patch=OTHER_RELEASE))
        for _ in range(5):
            for release, is_other in ((server, False), (other, True)):
                assert [release.ask(*args, **env) for args in (SHOW, SHOW)] == [small.right] * 2
                assert (b"cptref 9.0.0, schema 99" in (cache / small.file.name).read_bytes()) == is_other
        for _ in range(3):
            for release in (server, other):
                release.start(*SHOW, env=env, count=4)
            for release in (server, other):
                assert release.wait().done == [small.right] * 4
    assert list_names(cache) == small.cached_names
    report_figure("two versions over one cache: 20 commands in turns, 24 at the same time: 0 wrong answers")


def write_in_place(path: Path, text: str) -> None:
    """Empty and fill the file."""
    path.write_text(text, encoding="utf-8")


def write_in_pieces(path: Path, text: str) -> None:
    """Let half of the file be read for a while."""
    with path.open("w", encoding="utf-8") as file:
        file.write(text[: len(text) // 2])
        file.flush()
        sleep(0.001)
        file.write(text[len(text) // 2 :])


def replace(path: Path, text: str) -> None:
    """Give its name to another file."""
    other = path.with_suffix(".new")
    other.write_text(text, encoding="utf-8")
    other.replace(path)


def take_away(path: Path, text: str) -> None:
    """Take the file away for a while."""
    path.unlink()
    sleep(0.001)
    path.write_text(text, encoding="utf-8")


def test_a_file_that_changes_while_it_is_read(
    small: SmallCheckout, spawn: Spawn, ask: Run, cache: Path, tmp_path: Path, report_figure: Figure
) -> None:
    """Commands answer from what they found or leave it out, and afterwards from what was last written."""
    folder = tmp_path / "own"
    folder.mkdir()
    path = folder / "20976.toml"
    text = make_article("20976", {})
    args = ("--library", str(folder), *SHOW, "-s", "overview", "-f", "json")
    path.write_text(text, encoding="utf-8")
    template = ask(*args)
    assert (template.code, template.err) == (0, "")
    without = spawn(*CPTREF, *args[2:], env=small.env, cwd=small.folder)
    enough = Event()

    def keep_writing() -> int:
        for number, write in zip(count(), cycle((write_in_place, write_in_pieces, replace, take_away))):
            write(path, text.replace("Untitled", f"{number:08}").replace("Unsaid", f"{number:06}"))
            if enough.is_set():
                return number
            sleep(0.002)  # the file is whole for about as long as it is not
        raise AssertionError

    left_out = 0
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(keep_writing)
        try:
            answers = [ask(*args) for _ in range(30)]
        finally:
            enough.set()
        last = writing.result()
    for done in answers:
        assert done.code == 0
        if done.out == without.out:
            left_out += 1
        else:
            number = re.search(r"\d{8}", done.out)
            assert number
            assert done.out == template.out.replace("Untitled", number[0]).replace("Unsaid", number[0][2:])
        assert re.fullmatch(rf"(cptref: {re.escape(str(folder))}(/20976\.toml)?: .+; left out.*\n)?", done.err)
    last_text = template.out.replace("Untitled", f"{last:08}").replace("Unsaid", f"{last:06}")
    assert ask(*args) == (0, last_text, "")
    assert list_suffixes(cache) == [".lock", ".sqlite"]
    report_figure(f"a file written {last + 1} times while 30 commands ran: {left_out} left it out, 0 wrong answers")
