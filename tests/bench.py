"""`python -m tests.bench`: how long whole processes take, as ratios, and how that grows with the library.

`python -m tests.bench processes` and `python -m tests.bench scale` measure the one or the other alone.
Every process runs once to warm up and then 15 times, in turns with the others, so that a machine that is busy for a
while is busy for all of them. What is printed is the median. `scale` makes folders of 5, 500 and 10,000 articles
(tests/scale.py) and needs a few minutes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from contextlib import suppress
from functools import partial
from pathlib import Path
from shutil import rmtree
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import TYPE_CHECKING, NamedTuple

from tests.scale import QUESTIONS, folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

RUNS = 15
SIZES = (5, 500, 10_000)
BRUTE = 8  # questions put to the brute-force scorer, which takes a second for each

_COMMAND = str(Path(sysconfig.get_path("scripts")) / "cptref")
_BASE = "python -c 'import typer'"


_COMPLETING = {"_CPTREF_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "cptref show 2"}


class Case(NamedTuple):
    """What is run, with which variables besides, the ratio to the base that it has to reach.

    `helped` where it may start a second process, whose memory counts too.
    """

    argv: list[str]
    reach: float | None = None
    env: Mapping[str, str] = {}
    helped: bool = False


CASES = {
    _BASE: Case([sys.executable, "-c", "import typer"]),
    "show 20976, in a pipe": Case([_COMMAND, "show", "20976"], 1.35),
    "show 20976, for a terminal": Case([_COMMAND, "show", "20976", "--format", "terminal", "--color", "always"], 1.8),
    "search tingling legs": Case([_COMMAND, "search", "tingling", "legs"], 1.6),
    "search tinglng legs (misspelt)": Case([_COMMAND, "search", "tinglng", "legs"], 1.6),
    "--help": Case([_COMMAND, "--help"], 1.3),
    "completion of a code, in zsh": Case([_COMMAND], 1.4, env=_COMPLETING),
}


def run(case: Case) -> tuple[float, float]:
    """How long one process takes from start to end, and the most memory it held, in MiB."""
    # Compiled modules are kept, as an installer keeps them, whatever the environment says.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = perf_counter()
    with subprocess.Popen(
        case.argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**env, **case.env}
    ) as one:
        family = peak(one.pid) if case.helped else 0.0
        _, status, used = os.wait4(one.pid, 0)
        one.returncode = os.waitstatus_to_exitcode(status)
    took = perf_counter() - start
    if one.returncode not in {0, 1}:  # 1: nothing found
        raise SystemExit(f"{case.argv} exited {one.returncode}")
    return took, family or used.ru_maxrss / 1024


def peak(pid: int) -> float:
    """The most memory that a process and those it started held at one time, in MiB, looked at every 20 ms.

    What they share counts once (PSS, of proc(5)).
    """
    most = 0.0
    with suppress(OSError):  # it has ended
        while children := Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split() or [str(pid)]:
            held = 0
            for one in {str(pid), *children}:
                rollup = Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii")
                held += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
            most = max(most, held / 1024)
            sleep(0.02)
    return most


def taken(cases: Mapping[str, Case]) -> dict[str, float]:
    """The median of the times of each, run in turns."""
    times: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(RUNS + 1):
        for name, case in cases.items():
            took, _ = run(case)
            if number:
                times[name].append(took)
    return {name: median(of_case) for name, of_case in times.items()}


def processes() -> None:
    """Whole processes over the bundled library, beside importing Typer."""
    times = taken(CASES)
    say(f"{'case':32} {'median ms':>9} {'ratio':>6} {'reach':>6}")
    for name, case in CASES.items():
        say(f"{name:32} {times[name] * 1000:9.1f} {times[name] / times[_BASE]:6.2f} {case.reach or '':>6}")


def scale() -> None:
    """Folders of several sizes: compiling, whole processes, questions in one process, memory."""
    with TemporaryDirectory() as temporary:
        root = Path(temporary)
        homes = {}
        for size in SIZES:
            folder(root / str(size) / "own", size)
            homes[size] = {"CPTREF_LIBRARY": str(root / str(size) / "own"), "XDG_CACHE_HOME": str(root / str(size))}
        head = ("articles", "compile s", "articles/s", "reach", "file MiB", "compile MiB", "reach", "question MiB")
        say("".join(f"{name:>13}" for name in head))
        for size, env in homes.items():
            took, _ = run(Case([_COMMAND, "list"], env=env))
            rmtree(root / str(size) / "cptref")
            _, most = run(Case([_COMMAND, "list"], env=env, helped=True))
            searches = (Case([_COMMAND, "search", one], env=env) for one in QUESTIONS)
            asked = max(held for _, held in map(run, searches))
            mebibytes = sum(file.stat().st_size for file in (root / str(size) / "cptref").iterdir()) / 2**20
            speed, memory = (2000, 300) if size == SIZES[-1] else ("", "")
            figures = (
                f"{took:13.2f}{size / took:13.0f}{speed:>13}{mebibytes:13.1f}{most:13.0f}{memory:>13}{asked:13.0f}"
            )
            say(f"{size:13}{figures}")
        _processes_at(homes)
        _questions_at(homes)


def _processes_at(homes: Mapping[int, Mapping[str, str]]) -> None:
    argv = {"show": ["show", "20976"], "search": ["search", "tingling", "legs"]}
    cases = {
        f"{name} at {size}": Case([_COMMAND, *args], env=env)
        for name, args in argv.items()
        for size, env in homes.items()
    }
    times = taken(cases)
    say(f"\n{'process':20} {'median ms':>9} {'to 5':>6} {'reach':>6}")
    for name, reach in (("show", 1.3), ("search", 2)):
        for size in homes:
            took = times[f"{name} at {size}"]
            ratio = took / times[f"{name} at {SIZES[0]}"]
            say(f"{name:>8} at {size:8} {took * 1000:9.1f} {ratio:6.2f} {reach if size == SIZES[-1] else '':>6}")


def _questions_at(homes: Mapping[int, Mapping[str, str]]) -> None:
    say(f"\n{'articles':>8} {'p50 ms':>7} {'p95 ms':>7} {'WRatio p50 ms':>13} {'times faster':>12} {'reach':>6}")
    for size, env in homes.items():
        half, most, brute = map(float, measured(env).split())
        faster, reach = brute / most, 30 if size == SIZES[-1] else ""
        say(f"{size:8} {half:7.1f} {most:7.1f} {brute:13.1f} {faster:12.1f} {reach:>6}")


def measured(env: Mapping[str, str]) -> str:
    """What `questions` prints in a process of its own, over this folder."""
    argv = [sys.executable, "-c", "from tests.bench import questions; questions()"]
    root = Path(__file__).parents[1]
    done = subprocess.run(argv, capture_output=True, text=True, env={**os.environ, **env}, check=True, cwd=root)
    return done.stdout


def questions() -> None:
    """With the folder of CPTREF_LIBRARY: p50 and p95 of a question, and the p50 of WRatio over all lines, in ms."""
    from rapidfuzz import fuzz, process

    from cptref import open_library

    with open_library(os.environ["CPTREF_LIBRARY"]) as library:
        library.search("warm up")
        times = [timed(partial(library.search, one)) for one in QUESTIONS for _ in range(3)]
        entries = [library.get(one.code) for one in library.list().entries]
    lines = [
        text.casefold()
        for entry in entries
        if entry
        for section in entry.sections
        for text in (section.intro, *section.points)
        if text
    ]
    extract = partial(process.extract, choices=lines, scorer=fuzz.WRatio, limit=10)
    brute = [timed(partial(extract, one.casefold())) for one in QUESTIONS[:BRUTE]]
    say(f"{median(times)} {quantiles(times, n=20)[-1]} {median(brute)}")


def timed(question: Callable[[], object]) -> float:
    """How long a question takes, in milliseconds."""
    start = perf_counter()
    question()
    return (perf_counter() - start) * 1000


def say(line: str) -> None:
    """One line of the table, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asked = sys.argv[1:] or ["processes", "scale"]
    for part in (processes, scale):
        if part.__name__ in asked:
            part()
