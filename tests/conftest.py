"""What tests share: ways in by the front door, each with an environment of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

import hypothesis
import pytest

from cptref.cli import main
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Tests never assert by timing, and a machine that runs CI may be busy.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

ROOT = Path(__file__).parents[1]
COMMAND = str(Path(sysconfig.get_path("scripts")) / "cptref")


class Done(NamedTuple):
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str


class Run(Protocol):
    """Runs the command in this process."""

    def __call__(self, *args: str) -> Done:
        """Run it with these arguments."""
        ...


class Made(Protocol):
    """Makes a dataset folder."""

    def __call__(self, articles: Mapping[str, Mapping[str, Sequence[str]]], vocabulary: str = "") -> Path:
        """Make it of the points of sections of codes, and the text of a vocabulary."""
        ...


class Spawn(Protocol):
    """Starts a process and waits for its end."""

    def __call__(self, *argv: str, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Done:
        """Start it, with these variables besides the test's own."""
        ...


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all tests that have nothing to do with caches."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, shared_cache: Path) -> None:
    """An environment that says nothing of the machine the tests run on; the working folder is empty."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TERM", "COLORTERM", "PYTHONIOENCODING", "PYTHONPATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(shared_cache))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.delenv("CPTREF_LIBRARY", raising=False)
    monkeypatch.setenv("CPTREF_PAGER", "")  # nobody sits here to leave one
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Makes a dataset folder of a test's own."""
    folder = tmp_path / "made"

    def go(articles: Mapping[str, Mapping[str, Sequence[str]]], vocabulary: str = "") -> Path:
        folder.mkdir(exist_ok=True)
        for code, points in articles.items():
            (folder / f"{code}.toml").write_text(article(code, points), encoding="utf-8")
        if vocabulary:
            (folder / "vocabulary.toml").write_text(vocabulary, encoding="utf-8")
        return folder

    return go


def article(code: str, points: Mapping[str, Sequence[str]]) -> str:
    """A dataset file with these points in these sections, and nothing else that a search would find."""
    keys = [kind.key for kind in CATALOGUE.values() if not kind.derived]
    sections = "".join(
        f"[[sections]]\nkey = '{key}'\npoints = {json.dumps(list(points.get(key, ())))}\n" for key in keys
    )
    return (
        f"code = '{code}'\ntitle = 'Untitled'\ncategory = 'None'\nsummary = 'Unsaid'\nmodifiers = []\n"
        f"verification = {{status = 'unverified', finding = 'none'}}\ncost = {{low = 1, high = 2}}\n{sections}"
    )


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """The command, in this process."""

    def go(*args: str) -> Done:
        capsys.readouterr()
        code = main(args)
        return Done(code, *capsys.readouterr())

    return go


@pytest.fixture(scope="session")
def command() -> str:
    """The installed command."""
    return COMMAND


@pytest.fixture
def spawn() -> Spawn:
    """Any program, with the test's environment."""

    def go(*argv: str, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Done:
        done = subprocess.run(
            argv, capture_output=True, env={**os.environ, **(env or {})}, cwd=cwd, timeout=60, check=False
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    return go


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A plain checkout of the package and its data, to be broken; `python -m cptref` in it answers from it."""
    folder = tmp_path / "checkout"
    shutil.copytree(ROOT / "cptref", folder / "cptref", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "data", folder / "data")
    return folder


@pytest.fixture
def in_checkout(checkout: Path, spawn: Spawn, tmp_path: Path) -> Run:
    """The command, run from the checkout with a cache of its own."""

    def go(*args: str) -> Done:
        env = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
        return spawn(sys.executable, "-m", "cptref", *args, env=env, cwd=checkout)

    return go
