"""Whatever happens to the machine, answers stay right: each fault is done for real, and the next command is tried.

Processes are killed, disks full or read-only, homes unknown, clocks wrong; caches are deleted in use or tampered with.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime, timezone
from functools import partial
from itertools import count, cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from time import sleep, time
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from cptref.index.schema import checksum
from tests.conftest import PAGE, ROOT, Done, article

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tests.conftest import Made, Run, Spawn

    Ask = Callable[[str], str]
    Figure = Callable[[str], None]
    Harm = Callable[["Cached", Path], None]

pytestmark = [
    pytest.mark.outside,
    pytest.mark.skipif(sys.platform != "linux", reason="mounts and pipes of a size of one's own are Linux's"),
]

CPTREF = (sys.executable, "-m", "cptref")
SHOW = ("show", "20976")
NAMESPACE = ("unshare", "--mount")  # in which a mount is seen by nobody else, and ends with the last process
FULL = "No space left on device"


def mounts() -> bool:
    """Whether this user may mount."""
    argv = [*NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return bool(shutil.which(argv[0])) and not subprocess.run(argv, capture_output=True, check=False).returncode


needs_mounts = pytest.mark.skipif(not mounts(), reason="nothing may be mounted here")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser gives files away")

# Nearly all the time of a command goes to imports. This process has them behind it and forks for each command, which
# then goes through the front door. Nothing is waited for forever: a command that hangs is ended by its alarm.
SERVER = """
import fcntl, importlib, json, os, pkgutil, select, signal, subprocess, sys, time
import cptref
for one in pkgutil.walk_packages(cptref.__path__, "cptref."):
    importlib.import_module(one.name)
from cptref.__main__ import run
with cptref.open_library() as library:  # which imports all the rest
    library.show("20976")

def started(name, args, env, kill):
    if child := os.fork():
        return child
    signal.alarm(30)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for stream in (1, 2):
        os.dup2(os.open(f"{name}.{stream}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
    if kill is not None:  # what it prints is read by nobody, so that it doesn't end before it is killed
        _, nowhere = os.pipe()
        fcntl.fcntl(nowhere, fcntl.F_SETPIPE_SZ, 4096)
        os.dup2(nowhere, 1)
    os.environ.update(env)
    sys.argv = ["cptref", *args]
    run()

for line in sys.stdin:
    folder, shell, args, env, many, kill = json.loads(line)
    if shell:
        done = subprocess.run(shell, shell=True, capture_output=True, text=True)
        print(json.dumps([done.returncode, done.stdout, done.stderr]), flush=True)
        continue
    alive, held = os.pipe()  # its end is held by each process of the command
    began = time.perf_counter()
    children = [started(f"{folder}/{number}", args, env, kill) for number in range(many)]
    os.close(held)
    if kill is not None:
        time.sleep(kill)
        for child in children:
            os.kill(child, signal.SIGKILL)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    took = time.perf_counter() - began
    outlived = not select.select([alive], [], [], 0)[0]
    stayed = not select.select([alive], [], [], 30)[0]
    os.close(alive)
    print(json.dumps([codes, took, outlived, stayed]), flush=True)
"""

# Holds a library open, and answers a line with a line: what show, list and search say of it.
HOLDER = """
import sys
import cptref
with cptref.open_library(notes=sys.argv[1]) as library:
    print("open", flush=True)
    for line in sys.stdin:
        print([library.show("20976"), library.list(), library.search(line.strip())], flush=True)
"""


class Ended(NamedTuple):
    """Commands that have ended: what each said, how long they took together, what they left behind."""

    done: list[Done]
    seconds: float
    outlived: bool  # whether another process of theirs was there when they had ended
    stayed: bool  # whether one was there half a minute later


class Server:
    """A process that forks for each command."""

    def __init__(self, process: subprocess.Popen[str], folder: str) -> None:
        self._process = process
        self._folder = folder

    def begin(
        self, *args: str, env: Mapping[str, str | Path] | None = None, many: int = 1, kill: float | None = None
    ) -> None:
        """Start so many of a command, to be killed after so many seconds."""
        given = {name: str(value) for name, value in (env or {}).items()}
        self._say(self._folder, "", args, given, many, kill)

    def end(self) -> Ended:
        """What came of those that were started last."""
        codes, *rest = self._heard()
        texts = [
            [Path(self._folder, f"{number}.{stream}").read_text(encoding="utf-8") for stream in (1, 2)]
            for number in range(len(codes))
        ]
        return Ended([Done(code, *both) for code, both in zip(codes, texts, strict=True)], *rest)

    def ask(self, *args: str, **env: str | Path) -> Done:
        """One command."""
        self.begin(*args, env=env)
        (done,) = self.end().done
        return done

    def shell(self, line: str) -> str:
        """What a line of shell prints that is run where commands are."""
        self._say(self._folder, line, [], {}, 0, None)
        code, out, err = self._heard()
        assert (code, err) == (0, ""), line
        return str(out)

    def _say(self, *request: object) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()

    def _heard(self) -> Any:  # noqa: ANN401 - what was written in JSON
        assert self._process.stdout
        return json.loads(self._process.stdout.readline())


class Small(NamedTuple):
    """A checkout that is compiled quickly: two articles, and next to no vocabulary."""

    folder: Path
    env: dict[str, str]
    file: Path  # what an undisturbed command compiled there
    right: Done  # what it answered


@contextmanager
def served(checkout: Path, env: Mapping[str, str], *prefix: str) -> Iterator[Server]:
    """A server of the package in a checkout; what stands before its command is there to start it elsewhere."""
    argv = [*prefix, sys.executable, "-c", SERVER]
    with (
        TemporaryDirectory() as folder,
        subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**env, "XDG_CACHE_HOME": folder},  # in which it has to compile, and so imports what that takes
            cwd=checkout,
        ) as process,
    ):
        yield Server(process, folder)


def curtailed(checkout: Path) -> None:
    """Leave two articles of a checkout, and next to nothing of its vocabulary."""
    for code in ("20920", "20962", "20971"):
        (checkout / f"data/articles/{code}.toml").unlink()
    (checkout / "data/vocabulary.toml").write_text('plain = "a"\n', encoding="utf-8")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """The checkout that all tests share, which no test changes."""
    home = tmp_path_factory.mktemp("small")
    folder = home / "checkout"
    shutil.copytree(ROOT / "cptref", folder / "cptref", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "data", folder / "data")
    curtailed(folder)
    places = {"HOME": home, "XDG_CACHE_HOME": home / "cache", "XDG_DATA_HOME": home / "share"}
    env = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"} | {name: str(path) for name, path in places.items()}
    done = subprocess.run([*CPTREF, *SHOW], capture_output=True, text=True, env=env, cwd=folder, check=True)
    (file,) = (home / "cache/cptref").glob("*.sqlite")
    assert not done.stderr
    return Small(folder, env, file, Done(0, done.stdout, ""))


@pytest.fixture(scope="module")
def server(small: Small) -> Iterator[Server]:
    """A server in the shared checkout."""
    with served(small.folder, small.env) as one:
        yield one


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache folder of the test's own, which isn't there yet."""
    return tmp_path / "cache" / "cptref"


@pytest.fixture
def ask(server: Server, cache: Path) -> Run:
    """The command, with that cache."""
    return lambda *args: server.ask(*args, XDG_CACHE_HOME=cache.parent)


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """A folder to mount a disk on."""
    (tmp_path / "disk").mkdir()
    return tmp_path / "disk"


@pytest.fixture(scope="module")
def apart(small: Small) -> Iterator[Server]:
    """A server that may mount what it likes."""
    with served(small.folder, small.env, *NAMESPACE) as one:
        yield one


def names(folder: Path) -> list[str]:
    """What is in a folder."""
    return sorted(path.name for path in folder.iterdir())


def kept(small: Small) -> list[str]:
    """What is in a cache folder once the small checkout is compiled: nothing half made."""
    return [small.file.with_suffix(".lock").name, small.file.name]


def identity(path: Path) -> int:
    """By which a file that was replaced is known."""
    return path.stat().st_ino if path.exists() else 0


def spread(many: int) -> list[float]:
    """So many numbers from 0 to 1 by chance, but everywhere, in no order; the same every time."""
    chance = random.Random(20976)  # noqa: S311 - nothing secret
    points = [(number + chance.random()) / many for number in range(many)]
    chance.shuffle(points)
    return points


def struck(small: Small, server: Server, cache: Path, points: Sequence[float]) -> tuple[int, int, float]:
    """Kill a compilation at each of these points, from its start, 0, to its end, 1; after each, see that all is well.

    Of every two compilations one has no file to start with and one has a file of sources that have changed. How many
    were killed before the file was stored and after it comes back, and the most seconds to a kill.
    """
    env = {"XDG_CACHE_HOME": cache.parent}
    file = cache / small.file.name
    cache.parent.mkdir()
    stale = shutil.copy(small.file, cache.parent / "stale")
    with closing(sqlite3.connect(stale)) as connection, connection:
        connection.execute("UPDATE source SET state = ''")
    server.begin(*SHOW, env=env)
    length = server.end().seconds
    before = after = 0
    longest = 0.0
    for number, point in enumerate(points):
        if number % 2:
            shutil.copy(stale, file)
        else:
            file.unlink()
        was = identity(file)
        server.begin(*SHOW, env=env, kill=point * length)
        assert [done.code for done in server.end().done] == [-9]
        longest = max(longest, point * length)
        stored = identity(file) != was
        after += stored
        before += not stored
        server.begin(*SHOW, env=env)
        next_one = server.end()
        assert next_one.done == [small.right]
        assert names(cache) == kept(small)
        if not stored:  # so this one has compiled, at the pace of the machine as it is now
            length = next_one.seconds
    return before, after, longest


def test_killed_at_any_moment(small: Small, server: Server, tmp_path: Path, figure: Figure) -> None:
    """Wherever kill -9 strikes a compilation, the next command answers right, and nothing half made stays."""
    points = [1.1 * point for point in spread(200)]
    with served(small.folder, small.env) as other, ThreadPoolExecutor(2) as pool:
        caches = [tmp_path / name / "cptref" for name in ("one", "other")]
        befores, afters, longest = zip(
            *pool.map(partial(struck, small), (server, other), caches, (points[::2], points[1::2])), strict=True
        )
    assert sum(befores) + sum(afters) == 200
    assert sum(befores)
    assert sum(afters)
    figure(
        f"kill -9: 200 compilations killed after 0 to {max(longest) * 1000:.0f} ms, {sum(befores)} before the file was "
        f"stored and {sum(afters)} after: 0 wrong answers"
    )


def test_killed_with_a_process_beside(server: Server, cache: Path, made: Made, figure: Figure) -> None:
    """Where two processes compile and the first is killed, the second ends too, and the next answer is right."""
    codes = [f"{30000 + number}" for number in range(500)]
    folder = made({code: {"symptoms": [f"This is {code}."]} for code in codes})
    args = ("--library", str(folder), *SHOW, codes[0], codes[-1])
    right = server.ask(*args, XDG_CACHE_HOME=cache.parent / "undisturbed")
    assert (right.code, right.err) == (0, "")
    assert f"This is {codes[-1]}." in right.out
    env = {"XDG_CACHE_HOME": cache.parent}
    server.begin(*args, env=env)
    length = server.end().seconds
    both = 0
    for point in spread(10):
        for path in cache.glob("*.sqlite"):
            path.unlink()
        server.begin(*args, env=env, kill=point * length)
        killed = server.end()
        both += killed.outlived
        assert not killed.stayed
        assert server.ask(*args, **env) == right
        assert [Path(name).suffix for name in names(cache)] == [".lock", ".sqlite"]
    assert both or len(os.sched_getaffinity(0)) == 1
    figure(f"kill -9: 10 compilations of 500 articles, {both} with a second process, which ended: 0 wrong answers")


def test_killed_while_noting(server: Server, tmp_path: Path, figure: Figure) -> None:
    """Wherever kill -9 strikes, the notes are those of before or have the new one, whole, and can be added to."""
    env = {"XDG_CACHE_HOME": tmp_path / "cache", "XDG_DATA_HOME": tmp_path / "own"}
    notes: list[str] = []

    def kept_now() -> list[str]:
        done = server.ask("note", "20976", "-f", "json", **env)
        assert (done.code, done.err) == (0, "")
        return [note["text"] for note in json.loads(done.out)["results"][0]["notes"]]

    kills = came = 0
    for number, point in enumerate(1.2 * point for point in spread(10)):
        server.begin("note", "20976", f"asked {number}", env=env)
        ended = server.end()
        assert [done.code for done in ended.done] == [0]
        notes.append(f"asked {number}")
        assert kept_now() == notes
        server.begin("note", "20976", f"killed {number}", env=env, kill=point * ended.seconds)
        ((code, _, _),) = server.end().done
        assert code in {-9, 0}
        kills += code == -9
        now = kept_now()
        assert now in (notes, [*notes, f"killed {number}"])
        came += now != notes
        notes = now
    assert kills
    figure(f"kill -9: {kills} of 10 commands that add a note, {came} of 10 had added it: 0 notes lost or cut")


@needs_mounts
def test_a_cache_on_a_full_disk(small: Small, apart: Server, disk: Path, figure: Figure) -> None:
    """Wherever the disk fills while the file is made, answers are right, and nothing half made stays."""
    size = small.file.stat().st_size
    rooms = [*(f"nr_inodes={number}" for number in (1, 2, 3, 4))]  # of which the disk's own folder takes one
    rooms += [f"size={size * part // 16 or 1}" for part in (0, 1, 4, 8, 12, 15, 16, 32)]
    stored = 0
    for room in rooms:
        apart.shell(f"mount -t tmpfs -o {room} tmpfs {disk}")
        for _ in range(2):
            assert apart.ask(*SHOW, XDG_CACHE_HOME=disk) == small.right, room
        left = apart.shell(f"find {disk} -type f -name '*.*'").split()
        assert {Path(path).name for path in left} <= {*kept(small)}, room
        stored += len(left) == 2
        apart.shell(f"umount {disk}")
    assert 0 < stored < len(rooms)
    figure(f"full disk: {len(rooms)} disks for the cache, {stored} with room for the file: 0 wrong answers")


@needs_mounts
def test_an_export_to_a_full_disk(apart: Server, disk: Path, tmp_path: Path) -> None:
    """It is said on one line; no half of a file stays, the file that was there does, and so do those made before."""
    apart.shell(f"mount -t tmpfs -o size=8k tmpfs {disk} && echo mine > {disk}/20976.txt")
    for name, force in (("new.txt", ()), ("20976.txt", ("--force",))):
        said = f"cptref: {disk}/{name} can't be written: {FULL}; try another place\n"
        assert apart.ask("export", "20976", "-o", f"{disk}/{name}", *force) == (2, "", said)
    assert apart.shell(f"cd {disk} && ls -A && cat 20976.txt") == "20976.txt\nmine\n"
    (tmp_path / "roomy").mkdir()
    assert apart.ask("export", "20975", "-o", str(tmp_path / "roomy")).code == 0
    whole = (tmp_path / "roomy/20975.txt").read_text(encoding="utf-8")
    apart.shell(f"umount {disk} && mount -t tmpfs -o size={len(whole.encode()) + 4096} tmpfs {disk}")
    said = f"cptref: wrote {disk}/20975.txt\ncptref: {disk}/20976.txt can't be written: {FULL}; try another place\n"
    assert apart.ask("export", "20975", "20976", "-o", str(disk)) == (2, "", said)
    assert apart.shell(f"cd {disk} && ls -A && cat 20975.txt") == f"20975.txt\n{whole}"


class Home(NamedTuple):
    """A home on a disk of its own."""

    server: Server
    folder: Path
    page: Path

    @property
    def own(self) -> Path:
        """The user's own folder there."""
        return self.folder / ".local/share/cptref"

    def ask(self, *args: str) -> Done:
        """One command."""
        return self.server.ask(*args, HOME=self.folder, XDG_CACHE_HOME="", XDG_DATA_HOME="")

    def used(self) -> str:
        """Keep a note and import a page; what the folder holds then comes back."""
        assert self.ask("note", "20976", "first").code == 0
        assert self.ask("import", str(self.page)).code == 0
        return self.held()

    def held(self) -> str:
        """What the user's own folder holds: names and contents."""
        return self.server.shell(f"cd {self.own} && ls -A && cat *")

    def refuses(self, reason: str, note: str, imported: str) -> None:
        """Nothing can be noted or imported: each says so on one line."""
        noted = (2, "", f"cptref: {self.own}/notes.toml can't be written: {reason}; {note}\n")
        assert self.ask("note", "20976", "second") == noted
        assert self.ask("import", str(self.page), "--force") == (2, "", f"cptref: {imported}\n")


@pytest.fixture
def home(apart: Server, disk: Path, tmp_path: Path) -> Home:
    """A home, and a page to be imported there."""
    (tmp_path / "page.txt").write_text(PAGE, encoding="utf-8")
    return Home(apart, disk, tmp_path / "page.txt")


@needs_mounts
def test_a_home_on_a_full_disk(home: Home, small: Small) -> None:
    """What can't be noted or imported is said on one line, and what was kept before stays as it was."""
    home.server.shell(f"mount -t tmpfs -o size=64k tmpfs {home.folder}")
    held = home.used()
    right = home.ask(*SHOW)
    home.server.shell(f"cat /dev/zero > {home.folder}/fill 2> /dev/null || true")
    written = f"{home.own}/20111.toml can't be written: {FULL}; try another place"
    home.refuses(FULL, "try another place", written)
    assert home.ask("note", "20976", "--remove", "1").code == 2
    assert home.held() == held
    assert home.ask(*SHOW) == right
    assert right.out != small.right.out
    assert "\nYour notes\n  - first\n" in right.out
    home.server.shell(f"umount {home.folder} && mount -t tmpfs -o nr_inodes=1 tmpfs {home.folder}")
    made = f"{home.own} can't be created: {FULL}; name another folder with -o"
    home.refuses(FULL, "cptref paths shows where it is", made)
    assert home.ask(*SHOW) == small.right


@needs_mounts
def test_a_read_only_home(home: Home, small: Small, tmp_path: Path) -> None:
    """Answers are right, from the cache there and without; nothing can be noted or imported, which is said."""
    reason = "Read-only file system"
    home.server.shell(f"mount -t tmpfs -o ro tmpfs {home.folder}")
    assert home.ask(*SHOW) == small.right
    made = f"{home.own} can't be created: {reason}; name another folder with -o"
    home.refuses(reason, "cptref paths shows where it is", made)
    home.server.shell(f"mount -o remount,rw {home.folder}")
    held = home.used()
    right = home.ask(*SHOW)
    assert "\nYour notes\n  - first\n" in right.out
    home.server.shell(f"mount -o remount,ro {home.folder}")
    written = f"{home.own}/20111.toml can't be written: {reason}; try another place"
    home.refuses(reason, "cptref paths shows where it is", written)
    assert home.held() == held
    assert home.ask(*SHOW) == right
    (tmp_path / "20222.toml").write_text(article("20222", {}), encoding="utf-8")  # so what is in the cache won't do
    assert home.ask("--library", str(tmp_path), *SHOW) == right


@needs_mounts
def test_a_home_that_nobody_knows(small: Small, spawn: Spawn, tmp_path: Path) -> None:
    """Without HOME and without users, answers are right, notes are refused, and the working folder stays empty."""
    hidden = "for file in passwd nsswitch.conf; do ! [ -e /etc/$file ] || mount --bind /dev/null /etc/$file; done"
    command = 'exec env -u HOME -u XDG_CACHE_HOME -u XDG_DATA_HOME PYTHONPATH="$FOLDER" "$@"'

    def ask(*args: str) -> Done:
        argv = (*NAMESPACE, "/bin/sh", "-euc", f"{hidden}; {command}", "sh", *CPTREF, *args)
        return spawn(*argv, env={"FOLDER": str(small.folder)})

    assert ask(*SHOW) == small.right
    assert ask("note", "20976", "x") == (2, "", "cptref: your home folder is not known; set HOME\n")
    assert names(tmp_path / "work") == []


class Cached(NamedTuple):
    """What may be planted where the first command will look: paths, none of which is there yet but `precious`."""

    folder: Path
    file: Path
    lock: Path
    precious: Path
    small: Small


def forged(cached: Cached, path: Path) -> None:
    """Make a compiled file that says something else, with the right seals."""
    shutil.copy(cached.small.file, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        for code, body, library, _ in connection.execute("SELECT * FROM body").fetchall():
            row = (code, body.replace("spine", "SPINE"), library)
            connection.execute("UPDATE body SET body = ?, seal = ? WHERE code = ?", (row[1], checksum(row), code))


def damaged_where_it_is(_: Cached, path: Path) -> None:
    """Garbage, all of it."""
    path.write_bytes(b"\xaa" * path.stat().st_size)


def cut_where_it_is(_: Cached, path: Path) -> None:
    """Only its first page is left."""
    os.truncate(path, 4096)


def of_somebody_else(_: Cached, path: Path) -> None:
    """A database with other tables."""
    other = path.with_name("other")
    with closing(sqlite3.connect(other)) as connection, connection:
        connection.execute("CREATE TABLE source (fingerprint)")
    other.replace(path)


def of_other_sources(cached: Cached, path: Path) -> None:
    """A compiled file of other sources."""
    other = path.with_name("other")
    forged(cached, other)
    with closing(sqlite3.connect(other)) as connection, connection:
        connection.execute("UPDATE meta SET made_from = 'another', seal = ?", (checksum(("another",)),))
    other.replace(path)


def folder_removed(_: Cached, path: Path) -> None:
    """The cache is gone."""
    shutil.rmtree(path.parent)


@pytest.fixture
def cached(small: Small, cache: Path, tmp_path: Path) -> Cached:
    """The paths of the cache; its folder is there."""
    cache.mkdir(mode=0o700, parents=True)
    precious = tmp_path / "precious"
    precious.write_text("precious", encoding="utf-8")
    file = cache / small.file.name
    return Cached(cache, file, file.with_suffix(".lock"), precious, small)


@contextmanager
def holding(small: Small, cache: Path) -> Iterator[Ask]:
    """A process that holds a library open: what it says of words that are searched for, and of much else."""
    argv = [sys.executable, "-c", HOLDER, f"{small.env['XDG_DATA_HOME']}/cptref/notes.toml"]
    env = small.env | {"XDG_CACHE_HOME": str(cache.parent)}
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env, cwd=small.folder
    ) as holder:
        words, said = holder.stdin, holder.stdout
        assert words
        assert said

        def ask(about: str) -> str:
            words.write(f"{about}\n")
            words.flush()
            return said.readline()

        assert said.readline() == "open\n"
        yield ask


@pytest.fixture(scope="module")
def heard(small: Small) -> dict[str, str]:
    """What such a process says undisturbed."""
    with holding(small, small.file.parent) as ask:
        return {words: ask(words) for words in ("ultrasound", "steroid")}


@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize(
    "harm", [folder_removed, cut_where_it_is, damaged_where_it_is, of_somebody_else, of_other_sources]
)
def test_a_cache_that_is_harmed_in_use(
    small: Small, heard: dict[str, str], cached: Cached, ask: Run, harm: Harm, *, asked: bool
) -> None:
    """A library that is open goes on answering right, asked before or not, and so does a command that starts then."""
    with holding(small, cached.folder) as held:
        assert not asked or held("ultrasound") == heard["ultrasound"]
        harm(cached, cached.file)
        assert {words: held(words) for words in heard} == heard
        if cached.file.exists():  # made anew, or of no interest to who has the old one open
            harm(cached, cached.file)
        assert ask(*SHOW) == small.right
        assert {words: held(words) for words in heard} == heard
    assert names(cached.folder) == kept(small)


def test_a_cache_that_is_deleted_all_the_time(small: Small, ask: Run, cache: Path, figure: Figure) -> None:
    """Whenever the folder goes, answers are right."""
    enough = Event()

    def deletes() -> int:
        times = 0
        while not enough.is_set():
            times += cache.exists()
            shutil.rmtree(cache, ignore_errors=True)
            sleep(0.005)
        return times

    with ThreadPoolExecutor(1) as pool:
        deleting = pool.submit(deletes)
        try:
            answers = [ask(*SHOW) for _ in range(20)]
        finally:
            enough.set()
    assert answers == [small.right] * 20
    assert ask(*SHOW) == small.right
    assert names(cache) == kept(small)
    figure(f"cache deleted {deleting.result()} times while 20 commands ran: 0 wrong answers")


def a_link(cached: Cached, path: Path) -> None:
    """A link to a file that is dear to somebody."""
    path.symlink_to(cached.precious)


def a_link_to_nowhere(cached: Cached, path: Path) -> None:
    """A link to a file that isn't there, and must not come to be."""
    path.symlink_to(cached.precious.with_name("nowhere"))


def a_second_name(cached: Cached, path: Path) -> None:
    """A file that is dear to somebody, by another name."""
    path.hardlink_to(cached.precious)


def a_pipe(_: Cached, path: Path) -> None:
    """A pipe that nobody writes to or reads from."""
    os.mkfifo(path)


def a_folder(cached: Cached, path: Path) -> None:
    """A folder with something in it."""
    path.mkdir()
    (path / "precious").write_bytes(cached.precious.read_bytes())


def a_device(_: Cached, path: Path) -> None:
    """A link to a device that never ends."""
    path.symlink_to("/dev/zero")


def with_other_tables(cached: Cached, path: Path) -> None:
    """A file that says it was made from these very sources, and has other tables."""
    shutil.copy(cached.small.file, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE body")
        connection.execute("CREATE TABLE body (fingerprint)")


def of_another_user(cached: Cached, path: Path) -> None:
    """A compiled file that says something else, and isn't the user's."""
    forged(cached, path)
    os.chown(path, 65534, 65534)


@pytest.mark.parametrize(
    "plant",
    [
        a_link,
        a_link_to_nowhere,
        a_second_name,
        a_pipe,
        a_folder,
        a_device,
        with_other_tables,
        pytest.param(of_another_user, marks=needs_root),
    ],
)
def test_what_is_planted_as_the_compiled_file(small: Small, cached: Cached, ask: Run, plant: Harm) -> None:
    """It is not believed, not followed and not waited for, and the file is made all the same."""
    plant(cached, cached.file)
    assert [ask(*SHOW), ask(*SHOW)] == [small.right] * 2
    assert names(cached.folder) == kept(small)
    assert cached.precious.read_text(encoding="utf-8") == "precious"
    assert not cached.precious.with_name("nowhere").exists()
    if plant is a_folder:  # which is left to its owner
        assert (cached.file / "precious").read_text(encoding="utf-8") == "precious"
    else:
        assert stat.S_ISREG(cached.file.lstat().st_mode)
        assert cached.file.lstat().st_uid == os.geteuid()


def test_a_compiled_file_of_ones_own_is_believed(cached: Cached, ask: Run) -> None:
    """Where it is made from these sources, so that the tests with such a file of others try something."""
    forged(cached, cached.file)
    assert "Therapeutic injection into the SPINE" in ask(*SHOW).out


@pytest.mark.parametrize("plant", [a_link, a_link_to_nowhere, a_second_name, a_pipe, a_folder, a_device])
def test_what_is_planted_as_the_lock(small: Small, cached: Cached, ask: Run, plant: Harm) -> None:
    """It is not followed and not waited for, and the file is made all the same."""
    plant(cached, cached.lock)
    assert [ask(*SHOW), ask(*SHOW)] == [small.right] * 2
    assert names(cached.folder) == kept(small)
    assert cached.precious.read_text(encoding="utf-8") == "precious"
    assert not cached.precious.with_name("nowhere").exists()


def test_a_cache_folder_that_is_a_link(small: Small, cached: Cached, ask: Run, tmp_path: Path) -> None:
    """Nothing is written where it points to, and nothing there is believed."""
    other = tmp_path / "other"
    cached.folder.rename(other)
    cached.folder.symlink_to(other)
    assert ask(*SHOW) == small.right
    assert names(other) == []
    forged(cached, cached.file)
    held = (other / cached.file.name).read_bytes()
    assert ask(*SHOW) == small.right
    assert names(other) == [cached.file.name]
    assert (other / cached.file.name).read_bytes() == held


def test_a_cache_folder_that_everybody_may_write_to(small: Small, cached: Cached, ask: Run) -> None:
    """It becomes its owner's alone before anything is written."""
    cached.folder.chmod(0o777)
    assert ask(*SHOW) == small.right
    assert names(cached.folder) == kept(small)
    assert cached.folder.stat().st_mode & 0o777 == 0o700


@needs_root
def test_a_cache_folder_of_another_user(small: Small, cached: Cached, ask: Run) -> None:
    """Nothing is written there, and nothing there is believed."""
    forged(cached, cached.file)
    os.chown(cached.folder, 65534, 65534)
    assert ask(*SHOW) == small.right
    cached.file.unlink()
    assert ask(*SHOW) == small.right
    assert names(cached.folder) == []


def test_many_processes_at_once(small: Small, server: Server, cache: Path, figure: Figure) -> None:
    """Fifty that start with no cache all answer right, and leave one file."""
    server.begin(*SHOW, env={"XDG_CACHE_HOME": cache.parent}, many=50)
    ended = server.end()
    assert ended.done == [small.right] * 50
    assert names(cache) == kept(small)
    figure(f"cold cache: 50 processes at once, all right within {ended.seconds:.1f} s, 1 compiled file")


def test_two_versions_over_one_cache(small: Small, checkout: Path, cache: Path, figure: Figure) -> None:
    """An upgrade and a downgrade in turns, and both at once, each answer right from tables of their own."""
    curtailed(checkout)

    def changed(name: str, old: str, new: str) -> None:
        path = checkout / "cptref" / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def tables() -> set[str]:
        (file,) = cache.glob("*.sqlite")
        with closing(sqlite3.connect(file)) as connection:
            return {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}

    env = {"XDG_CACHE_HOME": cache.parent}
    with ExitStack() as stack:
        older = stack.enter_context(served(checkout, small.env))
        older.shell(":")  # by now it has the code as it is
        changed("__init__.py", '__version__ = "', '__version__ = "9.')
        changed("index/schema.py", "\nSCHEMA_VERSION = ", "\nSCHEMA_VERSION = 9")
        changed("index/schema.py", "held INTEGER NOT NULL", "held INTEGER NOT NULL, more INTEGER NOT NULL DEFAULT 1")
        for name in ("schema", "writer", "reader"):
            changed(f"index/{name}.py", "line_column", "columns_of_lines")
        newer = stack.enter_context(served(checkout, small.env))
        for _ in range(5):
            for one, table in ((older, "line_column"), (newer, "columns_of_lines")):
                assert [one.ask(*args, **env) for args in (SHOW, SHOW)] == [small.right] * 2
                assert table in tables()
        for _ in range(3):
            for one in (older, newer):
                one.begin(*SHOW, env=env, many=4)
            for one in (older, newer):
                assert one.end().done == [small.right] * 4
    assert [Path(name).suffix for name in names(cache)] == [".lock", ".sqlite"]
    figure("two versions over one cache: 20 commands in turns, 24 at the same time: 0 wrong answers")


@pytest.mark.skipif(not shutil.which("faketime"), reason="faketime is not installed")
def test_a_clock_that_goes_backwards(small: Small, spawn: Spawn, cache: Path, tmp_path: Path) -> None:
    """Whatever the clock and the times of files say, what is answered is what the files say now."""
    folder = tmp_path / "own"
    folder.mkdir()
    path = folder / "20222.toml"
    # Files keep the times that they have: faketime would move those too, as no clock does.
    env = {"XDG_CACHE_HOME": str(cache.parent), "NO_FAKE_STAT": "1", "PYTHONPATH": str(small.folder)}
    was = datetime(2020, 1, 1, tzinfo=timezone.utc).timestamp()
    years = cycle((2001, 2099))
    for number, moved in enumerate((0, 0, -86400, 86400 * 365 * 90)):
        path.write_text(article("20222", {}).replace("Untitled", f"Title {number}"), encoding="utf-8")
        os.utime(path, (was + moved, was + moved))
        for _ in range(2):
            year = next(years)
            argv = ("faketime", f"{year}-03-01 12:00:00", *CPTREF, "--library", str(folder), "list", "-f", "json")
            done = spawn(*argv, env=env)
            assert (done.code, done.err) == (0, "")
            titles = {one["code"]: one["title"] for one in json.loads(done.out)["results"]}
            assert titles["20222"] == f"Title {number}"
    assert [Path(name).suffix for name in names(cache)] == [".lock", ".sqlite"]


def test_a_folder_that_takes_the_place_of_another(ask: Run, tmp_path: Path) -> None:
    """What is answered is what is in it, even if its files have the sizes and the times of those before."""
    folder = tmp_path / "own"
    text = article("20222", {})

    def state(path: Path) -> tuple[int, int, int]:
        found = path.stat()
        return found.st_size, found.st_mtime_ns, found.st_ctime_ns

    for number in range(100):  # until both are written within one tick of the clock that stamps files
        one, other = (tmp_path / f"{name} {number}" for name in ("one", "other"))
        one.mkdir()
        other.mkdir()
        for path, title in ((one, "Title 1"), (other, "Title 2")):
            # Nobody looks at the file in between: Linux 6.13 and later would give it a finer time then.
            handle = os.open(path / "20222.toml", os.O_WRONLY | os.O_CREAT)
            os.write(handle, text.replace("Untitled", title).encode())
            os.close(handle)
        if state(one / "20222.toml") == state(other / "20222.toml"):
            break
    one.rename(folder)
    assert ask("--library", str(folder), "show", "20222").out.startswith("20222  Title 1 ")
    folder.rename(tmp_path / "before")
    other.rename(folder)
    assert ask("--library", str(folder), "show", "20222").out.startswith("20222  Title 2 ")


@needs_mounts
@pytest.mark.skipif(not shutil.which("mkfs.ext2"), reason="mkfs.ext2 is not installed")
def test_a_disk_that_knows_whole_seconds_alone(apart: Server, disk: Path, cache: Path, tmp_path: Path) -> None:
    """What is answered is what a file says now, even if it was changed twice within a second and kept its size.

    A file beside it was changed when the clock was ahead.
    """
    files = tmp_path / "files"
    files.mkdir()
    (files / "20333.toml").write_text(article("20333", {}), encoding="utf-8")
    image = tmp_path / "image"
    # With inodes of 128 bytes there is no room for fractions of a second, as on many a stick and older disks.
    apart.shell(f"truncate -s 1M {image} && mkfs.ext2 -q -I 128 -d {files} {image} 2> /dev/null")
    apart.shell(f"debugfs -w -R 'set_inode_field /20333.toml ctime 203701010000' {image} 2> /dev/null")
    apart.shell(f"mount -o loop {image} {disk}")
    sleep(1 - time() % 1)  # so that both changes come within one second
    for title in ("Title 1", "Title 2"):
        (tmp_path / "20222.toml").write_text(article("20222", {}).replace("Untitled", title), encoding="utf-8")
        apart.shell(f"cat {tmp_path}/20222.toml > {disk}/20222.toml")
        done = apart.ask("--library", str(disk), "show", "20222", XDG_CACHE_HOME=cache.parent)
        assert done.out.startswith(f"20222  {title} ")


def written_in_place(path: Path, text: str) -> None:
    """The file is emptied and filled."""
    path.write_text(text, encoding="utf-8")


def written_in_pieces(path: Path, text: str) -> None:
    """Half of the file can be read for a while."""
    with path.open("w", encoding="utf-8") as file:
        file.write(text[: len(text) // 2])
        file.flush()
        sleep(0.001)
        file.write(text[len(text) // 2 :])


def replaced(path: Path, text: str) -> None:
    """Another file takes its name."""
    other = path.with_suffix(".new")
    other.write_text(text, encoding="utf-8")
    other.replace(path)


def taken_away(path: Path, text: str) -> None:
    """There is no file for a while."""
    path.unlink()
    sleep(0.001)
    path.write_text(text, encoding="utf-8")


def test_a_file_that_changes_while_it_is_read(
    small: Small, spawn: Spawn, ask: Run, cache: Path, tmp_path: Path, figure: Figure
) -> None:
    """Commands answer from what they found or leave it out, and afterwards from what was last written."""
    folder = tmp_path / "own"
    folder.mkdir()
    path = folder / "20976.toml"
    text = article("20976", {})
    args = ("--library", str(folder), *SHOW, "-s", "overview")
    path.write_text(text, encoding="utf-8")
    template = ask(*args)
    assert (template.code, template.err) == (0, "")
    without = spawn(*CPTREF, *SHOW, "-s", "overview", env=small.env, cwd=small.folder)
    enough = Event()

    def writes() -> int:
        for number, write in zip(count(), cycle((written_in_place, written_in_pieces, replaced, taken_away))):
            write(path, text.replace("Untitled", f"{number:08}").replace("Unsaid", f"{number:06}"))
            if enough.is_set():
                return number
            sleep(0.002)  # the file is whole for about as long as it is not
        raise AssertionError

    left_out = 0
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(writes)
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
            said = template.out.replace("Untitled", number[0]).replace("Unsaid", number[0][2:])
            assert done.out == said
        assert re.fullmatch(rf"(cptref: {re.escape(str(path))}: .+; left out.*\n)?", done.err)
    last_said = template.out.replace("Untitled", f"{last:08}").replace("Unsaid", f"{last:06}")
    assert ask(*args) == (0, last_said, "")
    assert [Path(name).suffix for name in names(cache)] == [".lock", ".sqlite"]
    figure(f"a file written {last + 1} times while 30 commands ran: {left_out} left it out, 0 wrong answers")
