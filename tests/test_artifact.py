"""What is released: wheel and sdist, file by file, and a wheel that answers without the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_bytes
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cptref import __version__

if TYPE_CHECKING:
    from tests.conftest import Spawn

pytestmark = [
    pytest.mark.outside,
    pytest.mark.slow("builds the wheel and the sdist and installs them, with the `dev` extra"),
]

ROOT = Path(__file__).parents[1]
SCRIPTS = "Scripts" if sys.platform == "win32" else "bin"
EXTRAS = ("browse", "icd10", "mcp")  # those for users
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
    """It has every tracked file of cptref/ and data/, the manual page where `man` looks, the metadata, and no more."""
    with zipfile.ZipFile(dist / f"cptref-{__version__}-py3-none-any.whl") as wheel:
        names = set(wheel.namelist())
    about = {f"cptref-{__version__}.dist-info/{name}" for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt")}
    about |= {f"cptref-{__version__}.dist-info/licenses/{name}" for name in ("LICENSE", WORD_LICENSE)}
    package = list_tracked("cptref") - {"cptref/cli/cptref.1"} | {f"cptref/{name}" for name in list_tracked("data")}
    assert names == package | about | {f"cptref-{__version__}.data/data/share/man/man1/cptref.1"}


def test_sdist_has_exactly_what_building_and_testing_need(dist: Path) -> None:
    """It has package, data, tests, README, LICENSE, pyproject.toml, and what hatchling adds."""
    with tarfile.open(dist / f"cptref-{__version__}.tar.gz") as sdist:
        names = {member.name.split("/", 1)[1] for member in sdist.getmembers() if member.isfile()}
    wanted = list_tracked("cptref", "data", "tests", "README.md", "LICENSE", "pyproject.toml")
    assert names == wanted | {"PKG-INFO", ".gitignore"}


def test_the_same_source_makes_the_same_bytes(dist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wheel and sdist are equal wherever, whenever and by whomever they are built, without git and beside caches.

    The wheel of `dist` comes from the sdist, the other one straight from the copy.
    """
    copy = tmp_path / "another folder"
    for name in list_tracked():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, copy / name)
        (copy / name).chmod(0o600)
        os.utime(copy / name, (1_000_000_000, 1_000_000_000))
    for left in ("cptref/__pycache__/app.pyc", "tests/__pycache__/x.pyc", ".mypy_cache/x", "cptref.egg-info/PKG-INFO"):
        (copy / left).parent.mkdir(parents=True, exist_ok=True)
        (copy / left).touch()
    for name, value in (("LC_ALL", "C"), ("TZ", "Asia/Kolkata"), ("PYTHONHASHSEED", "1"), ("LOGNAME", "somebody")):
        monkeypatch.setenv(name, value)
    build = (sys.executable, "-m", "build", "--outdir", tmp_path / "dist", "--sdist", "--wheel", copy)
    subprocess.run(build, capture_output=True, check=True, umask=0o077)
    assert {path.name: path.read_bytes() for path in (tmp_path / "dist").iterdir()} == {
        path.name: path.read_bytes() for path in dist.iterdir()
    }


def test_metadata_names_extras_and_requirements(dist: Path) -> None:
    """Without extras exactly these packages are installed; `mcp`, `browse` and `icd10` add one each."""
    with zipfile.ZipFile(dist / f"cptref-{__version__}-py3-none-any.whl") as wheel:
        metadata = message_from_bytes(wheel.read(f"cptref-{__version__}.dist-info/METADATA"))
    needed = metadata.get_all("Requires-Dist", [])
    assert sorted(line for line in needed if "extra ==" not in line) == [
        "filelock<5,>=3.20.1",
        "platformdirs<5,>=4.12",
        "pydantic<3,>=2.10",
        "pystemmer<4,>=3",
        "rapidfuzz<4,>=3",
        "rich<16,>=14",
        "tomli-w<2,>=1.1",
        "tomli<3,>=2.1",
        "typer<0.29,>=0.26",
    ]
    extras = {name: [line.split("; ")[0] for line in needed if f"extra == '{name}'" in line] for name in EXTRAS}
    assert extras == {
        "browse": ["textual<9,>=8.2"],
        "icd10": ["simple-icd-10-cm<2,>=1.5"],
        "mcp": ["mcp<3,>=2.3"],
    }
    assert sorted(metadata.get_all("Provides-Extra", [])) == sorted((*EXTRAS, "bench", "dev", "test"))


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


@pytest.fixture(scope="module")
def venv(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel in a new environment, away from the checkout, and return the environment."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = folder / SCRIPTS / "pip"
    subprocess.run([pip, "install", "--quiet", *dist.glob("*.whl")], capture_output=True, check=True)
    return folder


def test_wheel_answers_without_the_checkout(venv: Path, spawn: Spawn) -> None:
    """It shows a code, from the data that it brings."""
    command = str(venv / SCRIPTS / "cptref")
    assert spawn(command, "show", "20976").out.startswith("20976  \u2717 NOT LISTED: ")
    assert f"data      {venv}{os.sep}" in spawn(command, "paths").out


@pytest.mark.skipif(shutil.which("mandb") is None, reason="there is no man-db here")
def test_man_finds_the_page_of_an_installed_wheel(venv: Path, spawn: Spawn) -> None:
    """In the manual pages of the environment, which `man` looks through where the environment is active."""
    page = venv / "share" / "man" / "man1" / "cptref.1"
    assert page.read_bytes() == (ROOT / "cptref" / "cli" / "cptref.1").read_bytes()
    active = {"PATH": f"{venv / SCRIPTS}{os.pathsep}{os.environ['PATH']}"}
    assert spawn("man", "-w", "cptref", env=active) == (0, f"{page}\n", "")
    assert spawn("man", "-M", str(venv / "share" / "man"), "cptref").out.startswith("CPTREF(1) ")


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
