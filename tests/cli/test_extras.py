"""The two commands that need more than the base install, where that is missing, of another release, or broken."""

from __future__ import annotations

import importlib.metadata
import re
from typing import TYPE_CHECKING

import pytest
import tomli

from cptref.cli.loader import COMMAND_MODULES
from cptref.cli.session import EXTRAS
from tests.conftest import COMMAND, ROOT, Outcome

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Run, Spawn

PACKAGES = {"mcp": "mcp", "browse": "textual"}
RELEASES = {"mcp": "mcp 2.3 or a later 2", "browse": "textual 8.2 or a later 8"}


def explain(command: str, reason: str) -> Outcome:
    """Return what a command says that lacks its library."""
    name = f'"cptref[{command}]"'
    ways = f"pip install {name}, pipx install --force {name} or uv tool install {name}"
    line = f"cptref: cptref {command} needs the package {reason}; install it the way you installed cptref: {ways}\n"
    return Outcome(2, "", line)


def fake_package(folder: Path, name: str, release: str, content: str = "") -> dict[str, str]:
    """Write a package of this release; return the variables with which Python finds it first."""
    (folder / name).mkdir(parents=True)
    (folder / name / "__init__.py").write_text(content, encoding="utf-8")
    metadata = folder / f"{name}-{release}.dist-info"
    metadata.mkdir()
    text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {release}\n"
    (metadata / "METADATA").write_text(text, encoding="utf-8")
    return {"PYTHONPATH": str(folder)}


@pytest.mark.parametrize("command", EXTRAS)
def test_without_its_library_a_command_says_what_to_install(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """One line for those who have pip, pipx or uv, in quotes that every shell takes away."""

    def find_nothing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", find_nothing)
    assert run(command) == explain(command, f"{PACKAGES[command]}, which is not installed")


@pytest.mark.parametrize(
    ("command", "release"),
    [
        ("mcp", "1.9.4"),
        ("mcp", "2.2.9"),
        ("mcp", "3.0.0rc1"),
        ("browse", "0.89.1"),
        ("browse", "8.1.0"),
        ("browse", "9.0"),
    ],
)
def test_a_library_of_another_release_is_named(spawn: Spawn, tmp_path: Path, command: str, release: str) -> None:
    """It is not tried: it would fail somewhere inside."""
    env = fake_package(tmp_path / "fake", PACKAGES[command], release, "raise SystemExit('imported')")
    done = spawn(COMMAND, command, env=env, stdin=b"")
    assert done == explain(command, f"{RELEASES[command]}, and {release} is installed")


@pytest.mark.parametrize("command", EXTRAS)
def test_a_broken_library_is_one_line(spawn: Spawn, tmp_path: Path, command: str) -> None:
    """What it can't import is named, as where a package of its own was removed."""
    package = PACKAGES[command]
    env = fake_package(tmp_path / "fake", package, ".".join(map(str, EXTRAS[command].release)), "import gone")
    done = spawn(COMMAND, command, env=env, stdin=b"")
    assert done == explain(command, f"{package}, which can't be imported: No module named 'gone'")


@pytest.mark.parametrize("command", EXTRAS)
def test_the_releases_are_those_of_the_extra(command: str) -> None:
    """pyproject.toml installs what the command accepts."""
    project = tomli.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    major, minor = EXTRAS[command].release
    needed = f"{PACKAGES[command]}>={major}.{minor},<{major + 1}"
    assert project["optional-dependencies"][command] == [needed]


@pytest.mark.parametrize("line", ["--help", "mcp --help", "browse --help", "", "show 20976"])
def test_help_needs_no_library(spawn: Spawn, tmp_path: Path, line: str) -> None:
    """Whatever is installed, a library that ends the process on import changes nothing."""
    for package in PACKAGES.values():
        env = fake_package(tmp_path / "fake", package, "1.0", "raise SystemExit(9)")
    assert spawn(COMMAND, *line.split(), env=env) == spawn(COMMAND, *line.split())


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_completion_lists_the_commands_without_their_libraries(spawn: Spawn, tmp_path: Path, shell: str) -> None:
    """All commands are offered, installed or not: one learns of them by their names."""
    for package in PACKAGES.values():
        env = fake_package(tmp_path / "fake", package, "1.0", "raise SystemExit(9)")
    env |= {
        "_CPTREF_COMPLETE": f"complete_{shell}",
        "_TYPER_COMPLETE_ARGS": "cptref ",
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    offered = spawn(COMMAND, env=env).out
    assert {name for name in COMMAND_MODULES if re.search(rf"\b{name}\b", offered)} == {*COMMAND_MODULES}
