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
    from collections.abc import Callable, Mapping, Sequence

FIGURES = pytest.StashKey[list[str]]()

ROOT = Path(__file__).parents[1]
# An article page as somebody saved it from a browser.
PAGE = """\
site-logo
Overview of CPT Code 20111: Knee puncture

CPT Code 20111 stands for a puncture of the knee.

When CPT Code 20111 is Used?

It helps in two cases.

  \u2022 A swollen knee that hurts.
  \u2022 Fluid that has to be tested.

Symptoms Indicating This Procedure

Patients report the following.

  \u2022 A knee that can't be bent.
hero-image
Learn morePreparation for the Procedure

Little has to be prepared.

  \u2022 Name every medication.

Billing and Coding Information

CPT Code: 20111

Category: Surgery

Common Modifiers:

  \u2022 RT - Right side
  \u2022 LT - Left side

Average Cost and Insurance Coverage

  \u2022 Average cost ranges from $200 to $900.

\u00a9 Copyright of somebody
"""

COMMAND = str(Path(sysconfig.get_path("scripts")) / "cptref")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest --long`, and `pytest --few` for a second Python."""
    parser.addoption("--long", action="store_true", help="10,000 examples a property instead of 200, and long tests")
    parser.addoption("--few", action="store_true", help="20 examples a property")


def pytest_configure(config: pytest.Config) -> None:
    """How many examples a property is tried with. Tests never assert by timing: a machine that runs CI may be busy."""
    slow = [hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.function_scoped_fixture]
    for name, examples in (("few", 20), ("short", 200), ("long", 10_000)):
        hypothesis.settings.register_profile(
            name, max_examples=examples, deadline=None, suppress_health_check=slow, print_blob=True
        )
    few = "few" if config.getoption("--few") else "short"
    hypothesis.settings.load_profile("long" if config.getoption("--long") else few)
    config.stash[FIGURES] = []


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes minutes is left to `pytest --long`."""
    if not config.getoption("--long"):
        for item in items:
            if "long" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="takes minutes: --long"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """What tests measured."""
    if figures := config.stash[FIGURES]:
        terminalreporter.section("figures")
        for line in figures:
            terminalreporter.write_line(line)


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
def figure(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Keeps a line for the end of the run: what was tried, how often, what came of it."""
    return request.config.stash[FIGURES].append


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
def named() -> None:
    """The page and the folder that examples of the help name, in the working folder."""
    Path("page.txt").write_text(PAGE, encoding="utf-8")
    Path("my-library").mkdir()
    Path("my-library/20222.toml").write_text(article("20222", {}), encoding="utf-8")


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
