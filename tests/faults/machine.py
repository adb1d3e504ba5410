"""A process that forks for each command, so that hundreds of them can be killed, mounted under or run at once."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.conftest import IS_ROOT, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CPTREF = (sys.executable, "-m", "cptref")
SHOW = ("show", "20976")
NAMESPACE = ("unshare", "--mount")  # in which a mount is seen by nobody else, and ends with the last process
FULL = "No space left on device"

needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="mounts and pipes of a chosen size are Linux's")
needs_root = pytest.mark.skipif(not IS_ROOT, reason="only the superuser gives files away")


def can_mount() -> bool:
    """Return whether this user may mount."""
    argv = [*NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return bool(shutil.which(argv[0])) and not subprocess.run(argv, capture_output=True, check=False).returncode


needs_mounts = pytest.mark.skipif(not can_mount(), reason="nothing may be mounted here")

# Nearly all the time of a command goes to imports. This process has them behind it and forks for each command, which
# then goes through the front door. Nothing is waited for forever: a command that hangs is ended by its alarm.
SERVER = """
import fcntl, importlib, json, os, pkgutil, signal, subprocess, sys, time
import cptref
exec(sys.argv[1])
for module in pkgutil.walk_packages(cptref.__path__, "cptref."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
from cptref.__main__ import run
with cptref.open_library() as library:  # which imports all the rest
    library.show("20976")

def start(name, args, env, kill):
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
    sys.exit(run())

for line in sys.stdin:
    folder, shell, args, env, count, kill = json.loads(line)
    if shell:
        process = subprocess.run(shell, shell=True, capture_output=True, text=True)
        print(json.dumps([process.returncode, process.stdout, process.stderr]), flush=True)
        continue
    began = time.perf_counter()
    children = [start(f"{folder}/{number}", args, env, kill) for number in range(count)]
    if kill is not None:
        time.sleep(kill)
        for child in children:
            os.kill(child, signal.SIGKILL)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    print(json.dumps([codes, time.perf_counter() - began]), flush=True)
"""


class Ended(NamedTuple):
    """Commands that have ended: what each printed, and how long they took together."""

    done: list[Outcome]
    seconds: float


class Server:
    """A process that forks for each command."""

    def __init__(self, process: subprocess.Popen[str], folder: str) -> None:
        self._process = process
        self._folder = folder

    def start(
        self, *args: str, env: Mapping[str, str | Path] | None = None, count: int = 1, kill: float | None = None
    ) -> None:
        """Start a command `count` times, to be killed after this many seconds."""
        given = {name: str(value) for name, value in (env or {}).items()}
        self._request(self._folder, "", args, given, count, kill)

    def wait(self) -> Ended:
        """Return what came of the commands that were started last."""
        codes, seconds = self._read_reply()
        texts = [
            [Path(self._folder, f"{number}.{stream}").read_text(encoding="utf-8") for stream in (1, 2)]
            for number in range(len(codes))
        ]
        return Ended([Outcome(code, *both) for code, both in zip(codes, texts, strict=True)], seconds)

    def ask(self, *args: str, **env: str | Path) -> Outcome:
        """Run one command."""
        self.start(*args, env=env)
        (done,) = self.wait().done
        return done

    def run_shell(self, line: str) -> str:
        """Return what a line of shell prints that is run where commands are."""
        self._request(self._folder, line, [], {}, 0, None)
        code, out, err = self._read_reply()
        assert (code, err) == (0, ""), line
        return str(out)

    def _request(self, *request: object) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()

    def _read_reply(self) -> Any:  # noqa: ANN401 - what was written in JSON
        assert self._process.stdout
        return json.loads(self._process.stdout.readline())


@contextmanager
def serve(checkout: Path, env: Mapping[str, str], *prefix: str, patch: str = "") -> Iterator[Server]:
    """Start a server of the package in a checkout.

    `prefix` is put before its command, to start it elsewhere; `patch` runs before any module of the package is
    imported.
    """
    argv = [*prefix, sys.executable, "-c", SERVER, patch]
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


class SmallCheckout(NamedTuple):
    """A checkout that is compiled quickly: two articles, and next to no vocabulary."""

    folder: Path
    env: dict[str, str]
    file: Path  # what an undisturbed command compiled there
    right: Outcome  # what it answered

    @property
    def cached_names(self) -> list[str]:
        """What is in a cache folder once the checkout is compiled: nothing half made."""
        return [self.file.with_suffix(".lock").name, self.file.name]


def list_names(folder: Path) -> list[str]:
    """Return what is in a folder."""
    return sorted(path.name for path in folder.iterdir())


def list_suffixes(folder: Path) -> list[str]:
    """Return the suffixes of what is in a folder."""
    return [Path(name).suffix for name in list_names(folder)]


def spread_points(count: int) -> list[float]:
    """Return numbers from 0 to 1 by chance, but everywhere, in no order; the same every time."""
    chance = random.Random(20976)  # noqa: S311 - nothing secret
    points = [(number + chance.random()) / count for number in range(count)]
    chance.shuffle(points)
    return points
