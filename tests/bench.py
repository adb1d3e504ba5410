"""`python -m tests.bench`: how long whole processes take, as ratios to importing Typer in the same environment.

Every case runs once to warm up and then 15 times, in turns with the others, so that a machine that is busy for a while
is busy for all of them. What is printed is the median.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from statistics import median
from time import perf_counter

RUNS = 15

_COMMAND = str(Path(sysconfig.get_path("scripts")) / "cptref")
_BASE = "python -c 'import typer'"

# What is run, and the ratio it has to reach.
CASES: dict[str, tuple[list[str], float | None]] = {
    _BASE: ([sys.executable, "-c", "import typer"], None),
    "show 20976, in a pipe": ([_COMMAND, "show", "20976"], 1.35),
    "show 20976, for a terminal": ([_COMMAND, "show", "20976", "--format", "terminal", "--color", "always"], 1.8),
    "search tingling legs": ([_COMMAND, "search", "tingling", "legs"], 1.6),
    "search tinglng legs (misspelt)": ([_COMMAND, "search", "tinglng", "legs"], 1.6),
    "--help": ([_COMMAND, "--help"], 1.3),
}


def seconds(argv: list[str]) -> float:
    """How long one process takes from start to end."""
    # Compiled modules are kept, as an installer keeps them, whatever the environment says.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = perf_counter()
    subprocess.run(argv, capture_output=True, env=env, check=True)
    return perf_counter() - start


def main() -> None:
    """Measure, and print a table."""
    taken: dict[str, list[float]] = {name: [] for name in CASES}
    for number in range(RUNS + 1):
        for name, (argv, _) in CASES.items():
            took = seconds(argv)
            if number:
                taken[name].append(took)
    base = median(taken[_BASE])
    lines = [f"{'case':32} {'median ms':>9} {'ratio':>6} {'reach':>6}"]
    for name, (_, reach) in CASES.items():
        middle = median(taken[name])
        lines.append(f"{name:32} {middle * 1000:9.1f} {middle / base:6.2f} {reach or '':>6}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
