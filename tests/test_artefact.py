"""What is released: the wheel and the sdist, file by file, and a wheel that answers without the checkout."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from cptref import __version__

pytestmark = pytest.mark.artefact

ROOT = Path(__file__).parents[1]


def tracked(*folders: str) -> set[str]:
    """The files under these folders that git tracks."""
    done = subprocess.run(["git", "ls-files", *folders], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
    return set(done.stdout.split())


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of wheel and sdist, the wheel built from the sdist."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "build", "--outdir", folder, ROOT], capture_output=True, check=True)
    return folder


def test_the_wheel_holds_exactly_the_package_and_the_data(dist: Path) -> None:
    """Every tracked file of cptref/ and data/, the metadata, and nothing else."""
    with zipfile.ZipFile(dist / f"cptref-{__version__}-py3-none-any.whl") as wheel:
        names = set(wheel.namelist())
    about = {f"cptref-{__version__}.dist-info/{name}" for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt")}
    about.add(f"cptref-{__version__}.dist-info/licenses/LICENSE")
    assert names == tracked("cptref") | {f"cptref/{name}" for name in tracked("data")} | about


def test_the_sdist_holds_exactly_what_is_needed_to_build_and_test(dist: Path) -> None:
    """Package, data, tests, README, LICENSE, pyproject.toml, and what hatchling adds."""
    with tarfile.open(dist / f"cptref-{__version__}.tar.gz") as sdist:
        names = {member.name.split("/", 1)[1] for member in sdist.getmembers() if member.isfile()}
    wanted = tracked("cptref", "data", "tests", "README.md", "LICENSE", "pyproject.toml")
    assert names == wanted | {"PKG-INFO", ".gitignore"}


def test_the_wheel_answers_without_the_checkout(dist: Path, tmp_path: Path) -> None:
    """Installed in a new environment, away from the checkout, it shows a code."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    scripts = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    subprocess.run([scripts / "pip", "install", "--quiet", *dist.glob("*.whl")], capture_output=True, check=True)
    done = subprocess.run([scripts / "cptref", "show", "20976"], cwd=tmp_path, capture_output=True, check=True)
    assert done.stdout.startswith(b"20976  Therapeutic injection into the spine")
    where = subprocess.run([scripts / "cptref", "paths"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert f"data     {tmp_path}/venv/" in where.stdout


def test_nothing_else_stands_at_the_top() -> None:
    """The top level holds what the project's description names, and dot-files."""
    top = {name.split("/")[0] for name in tracked()}
    assert {name for name in top if not name.startswith(".")} == {
        "LICENSE",
        "README.md",
        "cptref",
        "data",
        "pyproject.toml",
        "tests",
    }
