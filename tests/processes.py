"""What a test starts ends before its folder goes: jobs of a shell write into it, a pager may spin for ever."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h

# Standard input is a pipe that closes when the run ends in whatever way, kill -9 included. What the run has started is
# known by its environment then: the home folder of each test is below the folder of the run. A process may have forked
# between two looks, hence the loop.
_GUARD = """
read -r _
for _ in 1 2 3 4 5 6 7 8 9; do
    pids=$(grep -lsF -- "$1/" /proc/[0-9]*/environ | cut -d / -f 3)
    [ "$pids" ] || exit 0
    kill -KILL $pids 2> /dev/null
    sleep 0.1
done
"""


def adopt_orphans() -> None:
    """Make this process the parent of every process below it whose own parent ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def list_children() -> set[int]:
    """Return the processes whose parent this one is; none where the system doesn't say."""
    children: set[int] = set()
    for path in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):  # a thread that has ended, or a kernel without these files
            children.update(map(int, path.read_text(encoding="ascii").split()))
    return children


def end_children(is_meant: Callable[[int], bool]) -> None:
    """Kill the children that are meant, wait for their end, and do the same with what they leave behind."""
    while pids := [pid for pid in list_children() if is_meant(pid)]:
        for pid in pids:
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def names_folder(pid: int, folder: str) -> bool:
    """Return whether the environment of a process names this folder or one below it."""
    with suppress(OSError):
        return os.fsencode(f"{folder}/") in Path(f"/proc/{pid}/environ").read_bytes()
    return False


@contextmanager
def guard(folder: Path) -> Iterator[None]:
    """End all children at the end; if this process is killed before, end all processes that name this folder.

    Windows tells nothing of children, and has no shell for the latter.
    """
    if os.name != "posix":
        yield
        return
    argv = ["/bin/sh", "-c", _GUARD, "guard", str(folder)]
    env = {"PATH": os.defpath}
    with subprocess.Popen(argv, stdin=subprocess.PIPE, env=env, cwd="/", start_new_session=True) as process:
        yield
        end_children(lambda pid: pid != process.pid)
