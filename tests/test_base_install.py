"""An install without extras: the packages are those that it had before, and every other command works unchanged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cptref.cli.loader import COMMAND_MODULES
from cptref.cli.session import EXTRAS
from cptref.paths import data_dir
from tests.cli.test_extras import PACKAGES, explain
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Spawn

pytestmark = [
    pytest.mark.outside,
    pytest.mark.slow("installs the package into a new environment"),
]

ASKED_FOR = {
    *("filelock", "platformdirs", "pydantic", "pystemmer", "rapidfuzz", "rich", "tomli", "tomli-w", "typer"),
}
THEIR_OWN = {
    *("annotated-doc", "shellingham"),  # of Typer
    *("annotated-types", "pydantic-core", "typing-extensions", "typing-inspection"),  # of pydantic
    *("markdown-it-py", "mdurl", "pygments"),  # of Rich
    *(("colorama",) if os.name == "nt" else ()),  # of Typer, on Windows alone
}
TOOLS = {"pip", "setuptools", "wheel"}  # of the environment


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the package alone into a new environment; return the folder of its programs."""
    folder = tmp_path_factory.mktemp("base") / "venv"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run([scripts / "pip", "install", "--quiet", ROOT], capture_output=True, check=True)
    return scripts


def test_it_has_the_packages_that_it_had(spawn: Spawn, scripts: Path) -> None:
    """A new dependency, by way of others too, is a decision: it is added here."""
    listed = json.loads(spawn(str(scripts / "pip"), "list", "--format", "json", "--disable-pip-version-check").out)
    names = {package["name"].lower().replace("_", "-") for package in listed}
    assert names - TOOLS == {"cptref", *ASKED_FOR, *THEIR_OWN}


@pytest.mark.parametrize(
    "line",
    [
        "--help",
        "--version",
        "show 20976",
        "search tingling legs",
        "search tinglng",
        "symptom tingling",
        "compare 20920 20962",
        "list",
        "modifiers",
        "sections",
        "claim 64483-50",
        "fee 64483",
        "pair 64483 62323",
        "check",
        "sets",
        "export 20976 -o -",
        "mcp --help",
        "browse --help",
    ],
)
def test_a_command_says_the_same_without_extras(spawn: Spawn, command: str, scripts: Path, line: str) -> None:
    """Byte for byte what it says where everything is installed, but for the folder of the data."""
    folder = data_dir()
    (installed,) = scripts.parent.rglob("cptref/data")
    done = spawn(str(scripts / "cptref"), *line.split())
    there = spawn(command, *line.split())
    assert (done.code, done.out.replace(str(installed), str(folder)), done.err) == there


@pytest.mark.parametrize("name", EXTRAS)
def test_the_others_say_what_to_install(spawn: Spawn, scripts: Path, name: str) -> None:
    """Exit 2 and one line."""
    assert name in COMMAND_MODULES
    done = spawn(str(scripts / "cptref"), name, stdin=b"")
    assert done == explain(name, f"{PACKAGES[name]}, which is not installed")


def test_every_command_is_completed(spawn: Spawn, scripts: Path) -> None:
    """The two that need an extra are offered too."""
    env = {"_CPTREF_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "cptref "}
    offered = spawn(str(scripts / "cptref"), env=env).out
    assert [name for name in COMMAND_MODULES if f'"{name}"' not in offered] == []
