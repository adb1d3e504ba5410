"""`python -m tests.bench`: how long whole processes take, as ratios, and how that grows with the library.

`python -m tests.bench processes`, `doors`, `scale`, `codesets` or `claims` measures one of the five alone.
Every process runs once to warm up and then 15 times, in turns with the others, so that a machine that is busy for a
while is busy for all of them. What is printed is the median. `scale` makes folders of 5, 500 and 10,000 articles
(tests/scale.py) and needs a few minutes. `codesets` and `claims` need real files, in the folder that
CPTREF_REAL_FILES names.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import TYPE_CHECKING, NamedTuple

from tests.codesets.conftest import REAL_FILES
from tests.scale import QUESTIONS, make_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

RUNS = 15
SIZES = (5, 500, 10_000)
BRUTE = 8  # questions put to the brute-force scorer, which takes a second for each
COMPILE_SPEED = 1300  # articles a second that compiling the largest folder has to reach
COMPILE_MEMORY_MIB = 300  # the most that it may take

_COMMAND = str(Path(sysconfig.get_path("scripts")) / "cptref")
_BASE = "python -c 'import typer'"


_COMPLETING = {"_CPTREF_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "cptref show 2"}


class Case(NamedTuple):
    """What is run, with which variables and input, and the ratio to the base that it has to reach."""

    argv: list[str]
    reach: float | None = None
    env: Mapping[str, str] = {}
    stdin: str = os.devnull  # the path of a file


CASES = {
    _BASE: Case([sys.executable, "-c", "import typer"]),
    "show 20976, in a pipe": Case([_COMMAND, "show", "20976"], 1.35),
    "show 20976, for a terminal": Case([_COMMAND, "show", "20976", "--format", "terminal", "--color", "always"], 1.8),
    "search tingling legs": Case([_COMMAND, "search", "tingling", "legs"], 1.6),
    "search tinglng legs (misspelt)": Case([_COMMAND, "search", "tinglng", "legs"], 1.6),
    "--help": Case([_COMMAND, "--help"], 1.3),
    "completion of a code, in zsh": Case([_COMMAND], 1.4, env=_COMPLETING),
}


MCP_REACH = 12  # the SDK alone takes most of it
KEY_REACH = 1.5
TYPED = "tingling legs"

# All sets that there are files of, added before these are measured.
SET_FILES = (
    "rvu26c.zip",
    "rvu25d.zip",
    "anweb_2020_10.xlsx",
    "april-1-2026-code-tables-tabular.zip",
    "MCR_MUE_PractitionerServices_Eff_04-01-2026.csv",
    "AOC_V2024Q3-MCR.xlsx",
)
_COMPLETING_DIAGNOSIS = {"_CPTREF_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "cptref show M54."}
SET_CASES = {
    _BASE: Case([sys.executable, "-c", "import typer"]),
    "show 64483, sets loaded": Case([_COMMAND, "show", "64483"], 1.5),
    "show M54.16": Case([_COMMAND, "show", "M54.16"], 1.5),
    "show J1030": Case([_COMMAND, "show", "J1030"], 1.5),
    "search lumbar radiculopathy": Case([_COMMAND, "search", "lumbar", "radiculopathy"], 1.9),
    "completion of M54., in zsh": Case([_COMMAND], 1.5, env=_COMPLETING_DIAGNOSIS),
}
# Adding a file, and only parsing it, in one process each: a file, what parses it.
PARSE_CSV = (
    "import csv,sys,zipfile\nfor _ in csv.reader(map(bytes.decode, zipfile.ZipFile(sys.argv[1]).open({name!r}))): pass"
)
PARSE_XML = """
import sys, zipfile
from xml.etree import ElementTree
archive = zipfile.ZipFile(sys.argv[1])
for name in {names!r}:
    for _, element in ElementTree.iterparse(archive.open(name)):
        if element.tag.endswith(("row", "diag")):
            element.clear()
"""
_SHEET = ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"]
ADDED_FILES = {
    "fee schedule (csv)": ("rvu26c.zip", PARSE_CSV.format(name="PPRRVU2026_Jul_nonQPP.csv")),
    "HCPCS (xlsx)": ("anweb_2020_10.xlsx", PARSE_XML.format(names=_SHEET)),
    "ICD-10-CM (tabular)": (
        "april-1-2026-code-tables-tabular.zip",
        PARSE_XML.format(names=["Table and Index/icd10cm_tabular_2026.xml"]),
    ),
}
ADDING_REACH = 3
ADDING_MEMORY_MIB = 300

# Claims, with the pair edits loaded too.
PAIR_FILES = tuple(f"ccipra-2024q3-f{number}.zip" for number in range(1, 5))
CLAIM_FILES = (*SET_FILES, *PAIR_FILES, "zip-code-carrier-locality.zip")
PARSE_PAIRS = """
import csv, io, sys, zipfile
for path in sys.argv[1:]:
    archive = zipfile.ZipFile(path)
    for _ in csv.reader(io.TextIOWrapper(archive.open(archive.namelist()[0]), "cp1252"), delimiter="\\t"):
        pass
"""
ADDING_PAIRS_REACH = 4
PAIRS_MEGABYTES = 40  # the most that the stores may have
CLAIM_DAY = "2026-08-03"
CLAIM_LINES = 50
CLAIM_SIZES = (2_500, 5_000, 10_000)  # lines from standard input, to see how time grows
CLAIM_MEMORY_MIB = 300
CLAIM_CASES = {
    _BASE: Case([sys.executable, "-c", "import typer"]),
    "pair 20552 64483": Case([_COMMAND, "pair", "20552", "64483"], 1.4),
    "fee 64483": Case([_COMMAND, "fee", "64483"], 1.5),
    "fee 64483 --zip 33101": Case([_COMMAND, "fee", "64483", "--zip", "33101"]),
    "claim 64483-50 64494 M54.16": Case([_COMMAND, "claim", "64483-50", "64494", "M54.16"]),
    "show 64483, these loaded": Case([_COMMAND, "show", "64483"], 1.5),
    "show M54.16, these loaded": Case([_COMMAND, "show", "M54.16"], 1.5),
}


class Usage(NamedTuple):
    """What one process takes: seconds from start to end, seconds of processors, the most memory it had, in MiB."""

    seconds: float
    cpu_s: float
    memory_mib: float


def run(case: Case) -> Usage:
    """Return what one process takes."""
    # Compiled modules are kept, as an installer keeps them, whatever the environment says.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = perf_counter()
    with (
        open(case.stdin, "rb") as stdin,  # noqa: PTH123 - it may be the null device
        subprocess.Popen(
            case.argv, stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**env, **case.env}
        ) as process,
    ):
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = perf_counter() - start
    if process.returncode not in {0, 1}:  # 1: nothing found
        raise SystemExit(f"{case.argv} exited {process.returncode}")
    return Usage(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def measure_times(cases: Mapping[str, Case]) -> dict[str, float]:
    """Return the median of the times of each case, run in turns, in seconds."""
    times: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(RUNS + 1):
        for name, case in cases.items():
            seconds = run(case).seconds
            if number:
                times[name].append(seconds)
    return {name: median(of_case) for name, of_case in times.items()}


def measure_processes() -> None:
    """Measure whole processes over the bundled library, beside importing Typer."""
    _say_ratios(CASES)


def _say_ratios(cases: Mapping[str, Case]) -> None:
    times = measure_times(cases)
    say(f"{'case':32} {'median ms':>9} {'ratio':>6} {'reach':>6}")
    for name, case in cases.items():
        say(f"{name:32} {times[name] * 1000:9.1f} {times[name] / times[_BASE]:6.2f} {case.reach or '':>6}")


def measure_doors() -> None:
    """Measure the first answer of `mcp`, and a key in `browse` beside the same question to the library."""
    from tests.mcp.wire import call, encode, greet

    with TemporaryDirectory() as temporary:
        lines = Path(temporary, "lines")
        lines.write_bytes(encode([*greet(), call(1, "lookup", {"codes": ["20976"]})]))
        _say_ratios({_BASE: CASES[_BASE], "mcp, first answer": Case([_COMMAND, "mcp"], MCP_REACH, stdin=str(lines))})
    key, idle, search = map(float, run_apart("time_keys", {}).split())
    say(f"{'browse':20} {'CPU ms':>9} {'ratio':>6} {'reach':>6}")
    for name, milliseconds, reach in (("search", search, ""), ("key", key - idle, KEY_REACH)):
        say(f"{name:20} {milliseconds:9.1f} {milliseconds / search:6.2f} {reach:>6}")


def time_keys() -> None:
    """Print the time of processors of a key that asks, of one that asks nothing, and of the same questions, in ms.

    Textual's Pilot waits between keys, so seconds on a clock would say little.
    """
    from asyncio import run as run_loop

    from cptref import open_library
    from cptref.browse.app import BrowseApp

    async def type_keys() -> None:
        with open_library() as library:
            texts = [TYPED[:end] for end in range(1, len(TYPED) + 1)]
            for text in texts:  # what is read once is kept
                library.search(text)
            start = process_time()
            for text in texts:
                library.search(text)
            searches = process_time() - start
            app = BrowseApp(library)
            async with app.run_test() as pilot:

                async def press(*keys: str) -> float:
                    start = process_time()
                    for key in keys:
                        await pilot.press(key)
                        await app.workers.wait_for_complete()
                        await pilot.pause()
                    return process_time() - start

                await press("home")
                idle = await press(*["home"] * len(TYPED))
                asking = await press(*("space" if letter == " " else letter for letter in TYPED))
            say(" ".join(str(seconds / len(TYPED) * 1000) for seconds in (asking, idle, searches)))

    run_loop(type_keys())


def measure_codesets() -> None:
    """Measure processes with every set loaded, and what adding a file takes beside only parsing it."""
    missing = [name for name in SET_FILES if not (REAL_FILES / name).exists()]
    if missing:
        say(f"no code sets measured: {REAL_FILES} has no {', '.join(missing)}")
        return
    with TemporaryDirectory() as temporary:
        home = {"XDG_DATA_HOME": temporary}
        run(Case([_COMMAND, "add", *(str(REAL_FILES / name) for name in SET_FILES)], env=home))
        _say_ratios({name: case._replace(env={**case.env, **home}) for name, case in SET_CASES.items()})
    say(f"\n{'adding':32} {'CPU s':>9} {'ratio':>6} {'reach':>6} {'MiB':>6} {'reach':>6}")
    for name, (file, parse) in ADDED_FILES.items():
        path = str(REAL_FILES / file)
        parsing, adding = [], []
        for _ in range(RUNS // 3):
            parsing.append(run(Case([sys.executable, "-c", parse, path])).cpu_s)
            with TemporaryDirectory() as temporary:
                adding.append(run(Case([_COMMAND, "add", path], env={"XDG_DATA_HOME": temporary})))
        cpu_s, memory = median(used.cpu_s for used in adding), max(used.memory_mib for used in adding)
        ratio = cpu_s / median(parsing)
        say(f"{name:32} {cpu_s:9.2f} {ratio:6.2f} {ADDING_REACH:6} {memory:6.0f} {ADDING_MEMORY_MIB:6}")


def measure_claims() -> None:
    """Measure pairs, fees and claims with every set loaded, and what adding all pair edits takes."""
    missing = [name for name in CLAIM_FILES if not (REAL_FILES / name).exists()]
    if missing:
        say(f"no claims measured: {REAL_FILES} has no {', '.join(missing)}")
        return
    pairs = [str(REAL_FILES / name) for name in PAIR_FILES]
    with TemporaryDirectory() as temporary:
        env = {"XDG_DATA_HOME": temporary}
        parsing = run(Case([sys.executable, "-c", PARSE_PAIRS, *pairs])).cpu_s
        adding = run(Case([_COMMAND, "add", *pairs], env=env))
        megabytes = sum(file.stat().st_size for file in Path(temporary, "cptref", "codesets").iterdir()) / 1e6
        say(
            f"adding pair edits: {adding.cpu_s:.1f} s of processors, {adding.cpu_s / parsing:.2f} of only parsing "
            f"(reach {ADDING_PAIRS_REACH}), {adding.memory_mib:.0f} MiB (reach {ADDING_MEMORY_MIB}), "
            f"{megabytes:.1f} MB (reach {PAIRS_MEGABYTES})"
        )
        run(
            Case(
                [_COMMAND, "add", *(str(REAL_FILES / name) for name in CLAIM_FILES if name not in PAIR_FILES)], env=env
            )
        )
        lines = _make_claim_lines(env)
        claim = Path(temporary, "claim.txt")
        claim.write_text("\n".join(lines[:: len(lines) // CLAIM_LINES][:CLAIM_LINES]), encoding="utf-8")
        argv = [_COMMAND, "claim", "-", "--on", CLAIM_DAY]
        cases = CLAIM_CASES | {f"claim of {CLAIM_LINES} lines": Case(argv, 2.0, stdin=str(claim))}
        _say_ratios({name: case._replace(env=env) for name, case in cases.items()})
        say(f"\n{'claim lines':>12} {'seconds':>9} {'ms a line':>10} {'MiB':>6} {'reach':>6}")
        for size in CLAIM_SIZES:
            claim.write_text("\n".join((lines * (size // len(lines) + 1))[:size]), encoding="utf-8")
            used = run(Case(argv, env=env, stdin=str(claim)))
            each = used.seconds / size * 1000
            say(f"{size:12,} {used.seconds:9.2f} {each:10.3f} {used.memory_mib:6.0f} {CLAIM_MEMORY_MIB:6}")


def _make_claim_lines(env: Mapping[str, str]) -> list[str]:
    """Return a line for every code of the loaded fee schedule, as it is in force on CLAIM_DAY."""
    argv = [_COMMAND, "list", "--set", "pfs", "--on", CLAIM_DAY]
    listed = subprocess.run(argv, env={**os.environ, **env}, capture_output=True, text=True, check=True)
    return [f"{code}\t1" for code in listed.stdout.split()]


def measure_scale() -> None:
    """Measure folders of several sizes: compiling, whole processes, questions in one process, memory."""
    with TemporaryDirectory() as temporary:
        root = Path(temporary)
        homes = {}
        for size in SIZES:
            make_folder(root / str(size) / "own", size)
            homes[size] = {"CPTREF_LIBRARY": str(root / str(size) / "own"), "XDG_CACHE_HOME": str(root / str(size))}
        head = ("articles", "compile s", "articles/s", "reach", "file MiB", "compile MiB", "reach", "question MiB")
        say("".join(f"{name:>13}" for name in head))
        for size, env in homes.items():
            seconds, _, compile_memory = run(Case([_COMMAND, "list"], env=env))
            searches = (Case([_COMMAND, "search", question], env=env) for question in QUESTIONS)
            question_memory = max(used.memory_mib for used in map(run, searches))
            mebibytes = sum(file.stat().st_size for file in (root / str(size) / "cptref").iterdir()) / 2**20
            speed, memory = (COMPILE_SPEED, COMPILE_MEMORY_MIB) if size == SIZES[-1] else ("", "")
            say(
                f"{size:13}{seconds:13.2f}{size / seconds:13.0f}{speed:>13}{mebibytes:13.1f}"
                f"{compile_memory:13.0f}{memory:>13}{question_memory:13.0f}"
            )
        _processes_at(homes)
        _questions_at(homes)


def _processes_at(homes: Mapping[int, Mapping[str, str]]) -> None:
    argv = {"show": ["show", "20976"], "search": ["search", "tingling", "legs"]}
    cases = {
        f"{name} at {size}": Case([_COMMAND, *args], env=env)
        for name, args in argv.items()
        for size, env in homes.items()
    }
    times = measure_times(cases)
    say(f"\n{'process':20} {'median ms':>9} {'to 5':>6} {'reach':>6}")
    for name, reach in (("show", 1.3), ("search", 2)):
        for size in homes:
            seconds = times[f"{name} at {size}"]
            ratio = seconds / times[f"{name} at {SIZES[0]}"]
            say(f"{name:>8} at {size:8} {seconds * 1000:9.1f} {ratio:6.2f} {reach if size == SIZES[-1] else '':>6}")


def _questions_at(homes: Mapping[int, Mapping[str, str]]) -> None:
    say(f"\n{'articles':>8} {'p50 ms':>7} {'p95 ms':>7} {'WRatio p50 ms':>13} {'times faster':>12} {'reach':>6}")
    for size, env in homes.items():
        half, most, brute = map(float, run_apart("time_questions", env).split())
        faster, reach = brute / most, 30 if size == SIZES[-1] else ""
        say(f"{size:8} {half:7.1f} {most:7.1f} {brute:13.1f} {faster:12.1f} {reach:>6}")


def run_apart(function: str, env: Mapping[str, str]) -> str:
    """Return what a function of this module prints in a process of its own, with these variables."""
    argv = [sys.executable, "-c", f"from tests.bench import {function}; {function}()"]
    root = Path(__file__).parents[1]
    process = subprocess.run(argv, capture_output=True, text=True, env={**os.environ, **env}, check=True, cwd=root)
    return process.stdout


def time_questions() -> None:
    """Print p50 and p95 of a question to the folder of CPTREF_LIBRARY, and p50 of WRatio over all its lines, in ms."""
    from rapidfuzz import fuzz, process

    from cptref import open_library

    with open_library(os.environ["CPTREF_LIBRARY"]) as library:
        library.search("warm up")
        times = [time(partial(library.search, question)) for question in QUESTIONS for _ in range(3)]
        entries = [library.get(entry.code) for entry in library.list().entries]
    lines = [
        text.casefold()
        for entry in entries
        if entry
        for section in entry.sections
        for text in (section.intro, *section.points)
        if text
    ]
    extract = partial(process.extract, choices=lines, scorer=fuzz.WRatio, limit=10)
    brute = [time(partial(extract, question.casefold())) for question in QUESTIONS[:BRUTE]]
    say(f"{median(times)} {quantiles(times, n=20)[-1]} {median(brute)}")


def time(question: Callable[[], object]) -> float:
    """Return how long a question takes, in milliseconds."""
    start = perf_counter()
    question()
    return (perf_counter() - start) * 1000


def say(line: str) -> None:
    """Print one line of the table, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    measures = {
        "processes": measure_processes,
        "doors": measure_doors,
        "codesets": measure_codesets,
        "claims": measure_claims,
        "scale": measure_scale,
    }
    names = sys.argv[1:] or [*measures]
    for name, measure in measures.items():
        if name in names:
            measure()
