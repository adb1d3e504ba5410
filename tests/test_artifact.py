"""What is released: wheel and sdist, file by file, and a wheel that answers without the checkout."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from cptref import __version__

pytestmark = [
    pytest.mark.outside,
    pytest.mark.slow("builds the wheel and the sdist and installs them, with the `dev` extra"),
]

ROOT = Path(__file__).parents[1]
WORD_LICENSE = "data/words/LICENSE"  # which has to be in every copy of the words of WordNet


def list_tracked(*folders: str) -> set[str]:
    """Return the files under these folders that git tracks."""
    done = subprocess.run(["git", "ls-files", *folders], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
    return set(done.stdout.split())


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build wheel and sdist, the wheel from the sdist, and return their folder."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "build", "--outdir", folder, ROOT], capture_output=True, check=True)
    return folder


def test_wheel_has_exactly_the_package_and_the_data(dist: Path) -> None:
    """It has every tracked file of cptref/ and data/, the metadata, and nothing else."""
    with zipfile.ZipFile(dist / f"cptref-{__version__}-py3-none-any.whl") as wheel:
        names = set(wheel.namelist())
    about = {f"cptref-{__version__}.dist-info/{name}" for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt")}
    about |= {f"cptref-{__version__}.dist-info/licenses/{name}" for name in ("LICENSE", WORD_LICENSE)}
    assert names == list_tracked("cptref") | {f"cptref/{name}" for name in list_tracked("data")} | about


def test_sdist_has_exactly_what_building_and_testing_need(dist: Path) -> None:
    """It has package, data, tests, README, LICENSE, pyproject.toml, and what hatchling adds."""
    with tarfile.open(dist / f"cptref-{__version__}.tar.gz") as sdist:
        names = {member.name.split("/", 1)[1] for member in sdist.getmembers() if member.isfile()}
    wanted = list_tracked("cptref", "data", "tests", "README.md", "LICENSE", "pyproject.toml")
    assert names == wanted | {"PKG-INFO", ".gitignore"}


def test_the_license_of_the_words_is_where_the_words_are(dist: Path) -> None:
    """Wheel and sdist have it whole, in the folder of the word lists."""
    text = (ROOT / WORD_LICENSE).read_bytes()
    assert b"WordNet 3.0 Copyright 2006 by Princeton University." in text
    with zipfile.ZipFile(dist / f"cptref-{__version__}-py3-none-any.whl") as wheel:
        assert wheel.read(f"cptref/{WORD_LICENSE}") == text
    with tarfile.open(dist / f"cptref-{__version__}.tar.gz") as sdist:
        member = sdist.extractfile(f"cptref-{__version__}/{WORD_LICENSE}")
        assert member is not None
        assert member.read() == text


def test_wheel_answers_without_the_checkout(dist: Path, tmp_path: Path) -> None:
    """Installed in a new environment, away from the checkout, it shows a code."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    scripts = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    subprocess.run([scripts / "pip", "install", "--quiet", *dist.glob("*.whl")], capture_output=True, check=True)
    done = subprocess.run([scripts / "cptref", "show", "20976"], cwd=tmp_path, capture_output=True, check=True)
    assert done.stdout.startswith("20976  \u2717 NOT LISTED: ".encode())
    where = subprocess.run([scripts / "cptref", "paths"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert f"data      {tmp_path}/venv/" in where.stdout


def test_top_level_has_nothing_else() -> None:
    """The top level holds what the project's description names, and dot-files."""
    top = {name.split("/")[0] for name in list_tracked()}
    assert {name for name in top if not name.startswith(".")} == {
        "LICENSE",
        "README.md",
        "cptref",
        "data",
        "pyproject.toml",
        "tests",
    }
