"""A run of tests leaves nothing behind that writes into its folders or spins, even if it is killed."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from time import monotonic, sleep
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from tests.processes import names_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.outside,
    pytest.mark.skipif(sys.platform != "linux", reason="what runs is told by Linux's /proc"),
]

# Each starts a process in a session of its own, whose parent ends and which a closed terminal doesn't end.
BACKGROUND = """
import subprocess, time

JOB = '''trap "" HUP TERM; echo $$ > ../job; while :; do echo still > ../written; done'''

def start(tmp_path):
    subprocess.run(["sh", "-c", 'setsid sh -c "$1" < /dev/null > /dev/null 2>&1 &', "sh", JOB], check=True)
    while not (tmp_path / "written").exists():
        time.sleep(0.01)

def test_leaves_a_job(tmp_path):
    start(tmp_path)

def test_finds_its_folder_empty(tmp_path):
    assert [path.name for path in tmp_path.iterdir()] == ["work"]
    time.sleep(0.1)
    assert [path.name for path in tmp_path.iterdir()] == ["work"]

def test_hangs(tmp_path):
    start(tmp_path)
    time.sleep(300)
"""


@contextmanager
def start_run(folder: Path, name: str) -> Iterator[subprocess.Popen[str]]:
    """Start a run of one of these tests with the project's own settings, whose temporary folder is `base`."""
    (folder / "test_background.py").write_text(BACKGROUND, encoding="utf-8")
    argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", "-p", "tests.conftest"]
    argv += ["-o", "addopts=", f"--rootdir={folder}", f"--basetemp={folder / 'base'}", "-k", name]
    with subprocess.Popen([*argv, str(folder)], stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_job_ends_before_the_folder_of_its_test_goes(tmp_path: Path) -> None:
    """Nothing is written into it, nor into that of the next test, which has the same name."""
    with start_run(tmp_path, "leaves or finds") as process:
        out, _ = process.communicate(timeout=60)
    assert "2 passed" in out


def test_a_killed_run_leaves_no_process(tmp_path: Path) -> None:
    """What a test was running ends with the run."""
    job = tmp_path / "base" / "test" / "job"
    deadline = monotonic() + 60
    with start_run(tmp_path, "hangs") as process:
        while not (job.exists() and job.read_text(encoding="utf-8").strip()):
            assert monotonic() < deadline
            sleep(0.01)
        process.kill()
    pid = int(job.read_text(encoding="utf-8"))
    while names_folder(pid, str(tmp_path / "base")):
        assert monotonic() < deadline
        sleep(0.01)
