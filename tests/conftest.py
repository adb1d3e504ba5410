"""What tests share: ways in through the front door, each with an environment of its own."""

from __future__ import annotations

import compileall
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import hypothesis
import hypothesis.database
import pytest

from cptref.cli import main
from cptref.dataset import loader
from cptref.sections import CATALOGUE
from tests.processes import adopt_orphans, end_children, guard, list_children

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_FIGURE = "figure"
_SLOW = "slow"

ROOT = Path(__file__).parents[1]
# What is said of a procedure code without an answer where no code set is loaded.
NO_FEE_SCHEDULE = "no fee schedule loaded: download the RVU zip of the quarter from CMS and run cptref add rvu26d.zip"
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

SHELLS = {"/bin/sh", "sh", "bash", "zsh", "fish"}
COMMAND = str(Path(sysconfig.get_path("scripts")) / "cptref")

IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
needs_posix = pytest.mark.skipif(os.name != "posix", reason="signals, permissions, pipes and devices are POSIX's")
needs_dev_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add `--all`, `--few` and `--long`."""
    if not pluginmanager.hasplugin("xdist"):  # `-p no:xdist`: what pyproject.toml asks of it has no effect
        for name in ("--numprocesses", "--dist"):
            parser.addoption(name)
    parser.addoption("--all", action="store_true", help="run the slow tests too, as .ci/run does")
    parser.addoption("--few", action="store_true", help="20 examples a property instead of 200")
    parser.addoption("--long", action="store_true", help="10,000 examples a property instead of 200")


def pytest_configure(config: pytest.Config) -> None:
    """Set how many examples a property is tried with, and let interrupts reach the commands that are tested.

    No test asserts how long something takes: the machine may be busy.
    """
    adopt_orphans()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell has it for jobs in the background
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # What failed is tried first the next time, where it can be kept.
    kept = hypothesis.database.DirectoryBasedExampleDatabase(ROOT / ".hypothesis" / "examples")
    database = kept if os.access(ROOT, os.W_OK) else None
    slow = [hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.function_scoped_fixture]
    for name, examples in (("few", 20), ("short", 200), ("long", 10_000)):
        hypothesis.settings.register_profile(
            name,
            max_examples=examples,
            deadline=None,
            suppress_health_check=slow,
            print_blob=True,
            database=database,
        )
    few = "few" if config.getoption("--few") else "short"
    hypothesis.settings.load_profile("long" if config.getoption("--long") else few)


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Return 0 where single files or tests are named: workers would take longer to start than such a run takes."""
    return 0 if all("::" in name or name.endswith(".py") for name in config.args) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip slow tests without `--all`, each with its reason."""
    if not config.getoption("--all"):
        for item in items:
            if marker := item.get_closest_marker("slow"):
                item.add_marker(pytest.mark.skip(reason=f"{_SLOW}: {marker.args[0]}"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests measured, and how many were left out."""
    reports = [
        report
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport)
    ]
    if figures := [
        line
        for report in reports
        if report.when == "teardown"
        for name, line in report.user_properties
        if name == _FIGURE
    ]:
        terminalreporter.section("figures")
        for line in figures:
            terminalreporter.write_line(str(line))
    if left_out := sum(report.skipped and _SLOW in report.longreprtext for report in reports):
        terminalreporter.section("left out")
        terminalreporter.write_line(
            f"{left_out} slow tests, each named below with its reason; `pytest --all` and .ci/run run them"
        )


class Outcome(NamedTuple):
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str


class Run(Protocol):
    """Runs the command in this process."""

    def __call__(self, *args: str) -> Outcome:
        """Run it with these arguments."""
        ...


class MakeFolder(Protocol):
    """Makes a dataset folder."""

    def __call__(self, articles: Mapping[str, Mapping[str, Sequence[str]]], vocabulary: str = "") -> Path:
        """Make it of the points of sections of codes, and the text of a vocabulary."""
        ...


class Spawn(Protocol):
    """Starts a process and waits for its end."""

    def __call__(
        self, *argv: str, env: Mapping[str, str] | None = None, cwd: Path | None = None, stdin: bytes | None = None
    ) -> Outcome:
        """Start it, with these variables besides the test's own, and this on its standard input."""
        ...


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one cache for all tests that have nothing to do with caches."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session", autouse=True)
def end_processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """End every process of this run when it ends, killed or not."""
    with guard(tmp_path_factory.getbasetemp()):
        yield


@pytest.fixture
def tmp_path(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Path]:
    """Return a folder of the test's own, which has the same name for every test as long as the test runs.

    So the user's folders have the same names too, and the bundled library is compiled once in place of for every test.
    No process that the test has started is left when the folder goes.
    """
    earlier = list_children()
    folder = tmp_path_factory.getbasetemp() / "test"
    folder.mkdir()
    yield folder
    end_children(lambda pid: pid not in earlier)
    os.chdir(tmp_path_factory.getbasetemp())  # Windows renames no folder that a process is in
    folder.rename(tmp_path_factory.mktemp(re.sub(r"\W", "_", request.node.name)[:30]) / "test")


@pytest.fixture(autouse=True)
def isolate_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, shared_cache: Path) -> None:
    """Set an environment that says nothing of the machine that the tests run on, and an empty working folder."""
    for name in (
        *("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TERM", "COLORTERM", "CPTREF_LIBRARY"),
        *("PYTHONIOENCODING", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE"),
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(shared_cache))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.setenv("LANG", "C.UTF-8")
    if os.name == "nt":
        monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
        monkeypatch.setenv("WIN_PD_OVERRIDE_LOCAL_APPDATA", str(tmp_path / "share"))  # of platformdirs
        monkeypatch.setenv("PYTHONUTF8", "1")
    monkeypatch.setenv("CPTREF_PAGER", "")  # nobody sits here to leave one
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


@pytest.fixture
def report_figure(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Print a line at the end of the run: what was tried, how often, and what came of it."""
    # Properties of a test come back from the worker that ran it.
    return lambda line: request.node.user_properties.append((_FIGURE, line))


@pytest.fixture
def make_folder(tmp_path: Path) -> MakeFolder:
    """Return what makes a dataset folder of a test's own."""
    folder = tmp_path / "made"

    def go(articles: Mapping[str, Mapping[str, Sequence[str]]], vocabulary: str = "") -> Path:
        folder.mkdir(exist_ok=True)
        for code, points in articles.items():
            (folder / f"{code}.toml").write_text(make_article(code, points), encoding="utf-8")
        if vocabulary:
            (folder / "vocabulary.toml").write_text(vocabulary, encoding="utf-8")
        return folder

    return go


def make_article(code: str, points: Mapping[str, Sequence[str]]) -> str:
    """Return a dataset file with these points in these sections, and nothing else that a search would find."""
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
    """Return what runs the command in this process."""

    def go(*args: str) -> Outcome:
        capsys.readouterr()
        code = main(args)
        return Outcome(code, *capsys.readouterr())

    return go


@pytest.fixture(scope="session")
def command() -> str:
    """Return the path of the installed command."""
    return COMMAND


@pytest.fixture
def spawn() -> Spawn:
    """Return what starts a program in the test's environment and waits for its end."""

    def go(
        *argv: str, env: Mapping[str, str] | None = None, cwd: Path | None = None, stdin: bytes | None = None
    ) -> Outcome:
        if argv[0] in SHELLS and (os.name != "posix" or shutil.which(argv[0]) is None):
            # The bash that Windows finds first is that of a Linux within it.
            pytest.skip(f"{argv[0]} is not here")
        variables = {**os.environ, **(env or {})}
        done = subprocess.run(argv, capture_output=True, env=variables, cwd=cwd, input=stdin, timeout=300, check=False)
        return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())

    return go


def make_pipe(path: Path) -> None:
    """Make a pipe with a name, where there are such pipes."""
    os.mkfifo(path)


def copy_writable(source: Path, target: Path) -> None:
    """Copy a folder of the project, which may be for reading only, so that a test can change it."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (target, *target.rglob("*")):
        path.chmod(path.stat().st_mode | stat.S_IWUSR)


def make_claim_sets() -> dict[str, bytes | str]:
    """Return files of the sets that examples on claims, fees and pairs ask for, by name."""
    from tests.claims.sets import fee_schedule, pair_edits, practice_indices  # noqa: PLC0415 - few tests need them
    from tests.codesets.files import ptp_row  # noqa: PLC0415 - the same
    from tests.codesets.locality_files import make_zip5, zip_line  # noqa: PLC0415 - the same
    from tests.codesets.pfs_files import make_row  # noqa: PLC0415 - the same

    pairs = [ptp_row("20552", "64483"), ptp_row("64483", "62323", "20160101")]
    return {
        **fee_schedule(*map(make_row, ("62323", "64483", "64493", "64494"))),
        **practice_indices({}),
        **pair_edits(*pairs, release="2026Q2"),
        **pair_edits(*pairs, setting="hospital", release="2026Q2"),
        "zip5.txt": make_zip5(zip_line("33101", "09102-04", quarter="20264")),
    }


@pytest.fixture
def example_files(tmp_path: Path) -> None:
    """Make what examples of the help name, in the working folder; two releases of a code set are loaded."""
    from cptref.codesets.add import add_files  # noqa: PLC0415 - few tests need them
    from tests.codesets.files import as_zip, hcpcs_row, hcpcs_text, ptp_row, ptp_text  # noqa: PLC0415 - few tests need them

    Path("downloads").mkdir()
    for name, added in (("hcpcs.txt", "20261001"), ("downloads/hcpcs.txt", "20260701")):
        rows = [hcpcs_row("J0001", f"Made-up drug of {added}"), hcpcs_row("J0002", "Another", ADD_DT=added)]
        Path(name).write_text(hcpcs_text(rows), encoding="utf-8")
    Path("rvu26d.zip").write_bytes(as_zip({"hcpcs.txt": Path("hcpcs.txt").read_bytes()}))
    edits = ptp_text(ptp_row("64483", "J0001", "20260701"))
    Path("ccipra-v322r0-f1.zip").write_bytes(as_zip({"ccipra-v322r0-f1.txt": edits}))
    Path("my-codes.txt").write_text("J0001\nJ0002\n", encoding="utf-8")
    Path("sets").mkdir()
    for name, content in make_claim_sets().items():
        (Path("sets") / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    for file in add_files(["hcpcs.txt", "downloads", "sets"], tmp_path / "share" / "cptref" / "codesets"):
        assert file.state == "added", file
    Path("claim.837").write_text("HI*ABK:M5416~SV1*HC:64483:50*450*UN*1***1~DTP*472*D8*20261120~", encoding="utf-8")
    Path("lines.csv").write_text("code,modifiers,units\n64483,50,1\n64493,,1\n", encoding="utf-8")
    Path("page.txt").write_text(PAGE, encoding="utf-8")
    Path("my-library").mkdir()
    Path("my-library/20222.toml").write_text(make_article("20222", {}), encoding="utf-8")


@pytest.fixture(scope="session")
def clean_checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a checkout of the package and its data that no test changes, with its modules compiled."""
    folder = tmp_path_factory.mktemp("clean") / "checkout"
    for name in ("cptref", "data"):
        copy_writable(ROOT / name, folder / name)
    compileall.compile_dir(folder, quiet=1)
    return folder


@pytest.fixture
def checkout(clean_checkout: Path, tmp_path: Path) -> Path:
    """Return a checkout to be broken; `python -m cptref` in it answers from it."""
    return shutil.copytree(clean_checkout, tmp_path / "checkout")


@pytest.fixture
def run_in_checkout(checkout: Path, spawn: Spawn, tmp_path: Path) -> Run:
    """Return what runs the command from the checkout, with a cache of its own."""

    def go(*args: str) -> Outcome:
        env = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
        return spawn(sys.executable, "-m", "cptref", *args, env=env, cwd=checkout)

    return go


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows by one item whenever sources are read."""
    times: list[int] = []
    real = loader.DatasetLoader

    def count(*sources: Any) -> loader.DatasetLoader:  # noqa: ANN401 - whatever is read
        times.append(1)
        return real(*sources)

    monkeypatch.setattr(loader, "DatasetLoader", count)
    return times
