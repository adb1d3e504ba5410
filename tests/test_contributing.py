"""What a contributor meets: the workflow, the hooks before a commit, and the guides say and run what there is."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import tomli
import yaml

if TYPE_CHECKING:
    from tests.conftest import Spawn

ROOT = Path(__file__).parents[1]
GITHUB = ROOT / ".github"
CI = ROOT / ".ci" / "run"
PROJECT = tomli.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

pytestmark = pytest.mark.skipif(not CI.exists(), reason="this is no checkout: an sdist has no CI")


@pytest.fixture(scope="module")
def workflow() -> dict[str, Any]:
    """Return the one workflow."""
    (path,) = (GITHUB / "workflows").iterdir()
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def hooks() -> list[dict[str, Any]]:
    """Return the hooks that run before a commit."""
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    return [hook for repo in config["repos"] for hook in repo["hooks"]]


def list_pythons() -> list[str]:
    """Return the versions of Python that the classifiers name, oldest first."""
    prefix = "Programming Language :: Python :: 3."
    return [f"3.{name.removeprefix(prefix)}" for name in PROJECT["classifiers"] if name.startswith(prefix)]


def test_every_python_of_the_classifiers_is_tried(workflow: dict[str, Any]) -> None:
    """By .ci/run here and on Linux; the oldest and the newest on other systems. The oldest is the one required."""
    pythons = list_pythons()
    (tried,) = re.findall(r"for version in (.*); do", CI.read_text(encoding="utf-8"))
    assert tried.split() == pythons
    (linux,) = (
        step["with"]["python-version"] for step in workflow["jobs"]["everything"]["steps"] if "python" in str(step)
    )
    assert linux.split() == pythons
    matrix = workflow["jobs"]["quick-start"]["strategy"]["matrix"]
    assert matrix["python"] == [pythons[0], pythons[-1]]
    assert {re.sub(r"-.*", "", system) for system in matrix["system"]} == {"macos", "windows"}
    assert PROJECT["requires-python"] == f">={pythons[0]}"


def test_the_workflow_can_read_and_nothing_else(workflow: dict[str, Any]) -> None:
    """No job has a right but to read, a secret, or more than 90 minutes; actions are named by their commits."""
    assert workflow["permissions"] == {}
    assert workflow["concurrency"]["cancel-in-progress"] is True
    for job in workflow["jobs"].values():
        assert job["permissions"] == {"contents": "read"}
        assert job["timeout-minutes"] <= 90
        for step in job["steps"]:
            assert re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", step.get("uses", f"actions/x@{'0' * 40}"))
            assert ("checkout" in str(step)) == (step.get("with") == {"persist-credentials": False})
    text = "".join(path.read_text(encoding="utf-8") for path in (GITHUB / "workflows").iterdir())
    assert "secrets" not in text
    assert len(re.findall(r"@[0-9a-f]{40} # v\d+\.\d+\.\d+$", text, re.MULTILINE)) == text.count("uses:")
    assert set(re.findall(r"\$\{\{ ([\w.]+) \}\}", text)) == {"github.ref", "matrix.system", "matrix.python"}
    assert not [line for line in text.splitlines() if "run:" in line and "${{" in line], "a shell would run its value"


def test_linux_runs_what_decides_here(workflow: dict[str, Any]) -> None:
    """The job on Linux runs .ci/run, which can be run."""
    runs = [step["run"] for step in workflow["jobs"]["everything"]["steps"] if "run" in step]
    assert runs == [".ci/run"]
    assert CI.stat().st_mode & stat.S_IXUSR


@pytest.mark.outside
@pytest.mark.parametrize(("system", "folder"), [("macOS", "bin"), ("Windows", "Scripts")])
def test_other_systems_run_the_quick_start(
    workflow: dict[str, Any], spawn: Spawn, tmp_path: Path, system: str, folder: str
) -> None:
    """The two lines of the README, in turn, with the name that the folder of programs has there; a failure stops."""
    (step,) = (step for step in workflow["jobs"]["quick-start"]["steps"] if "run" in step)
    assert step["shell"] == "bash"
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (tmp_path / "README.md").write_text(readme, encoding="utf-8")
    programs = tmp_path / ".venv" / folder
    programs.mkdir(parents=True)
    log = tmp_path / "log"
    for program in (tmp_path / "python3", programs / "pip", programs / "cptref", programs / "pytest"):
        program.write_text(f'#!/bin/sh\necho "{program.name} $*" >> {log}; [ ! -e fail ]\n', encoding="utf-8")
        program.chmod(0o755)
    bash = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"])  # as GitHub starts it
    env = {"RUNNER_OS": system, "PATH": f"{tmp_path}:/usr/bin:/bin"}
    done = spawn(*bash, env=env, cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    lines = ["python3 -m venv .venv", "pip install .", "cptref show 20976", "pip install .[test]", "pytest "]
    assert log.read_text(encoding="utf-8").splitlines() == lines
    assert [line.replace(f".venv/{folder}/", ".venv/bin/") for line in done.out.splitlines()] == [
        f"$ {line}" for line in re.findall(r"^```sh\n(.*?)\n```", readme, re.MULTILINE | re.DOTALL)[0].splitlines()
    ]
    log.unlink()
    (tmp_path / "fail").touch()
    assert spawn(*bash, env=env, cwd=tmp_path).code == 1
    assert log.read_text(encoding="utf-8").splitlines() == lines[:1]


def test_hooks_are_the_quick_checks_of_ci(hooks: list[dict[str, Any]]) -> None:
    """Formatter, linter and type checker, each from the environment, whose versions the extra `dev` pins."""
    assert [hook["entry"].removesuffix(" --force-exclude") for hook in hooks] == ["ruff format", "ruff check", "mypy"]
    assert {hook["language"] for hook in hooks} == {"system"}
    run_by_ci = set(re.findall(r"^\.venv/bin/((?:ruff|mypy).*)", CI.read_text(encoding="utf-8"), re.MULTILINE))
    assert run_by_ci == {"ruff format --check .", "ruff check .", "mypy"}
    pins = {re.split("==", name)[0] for name in PROJECT["optional-dependencies"]["dev"] if "==" in name}
    assert pins == {hook["entry"].split()[0] for hook in hooks}


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "SECURITY.md"])
def test_guides_name_what_there_is(name: str) -> None:
    """Every file, folder, extra and option of cptref that they name exists; they are short."""
    text = (GITHUB / name).read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 50
    for path in re.findall(r"`([\w.]+/[\w./]*|pyproject\.toml)`", text):
        assert (ROOT / path).exists(), path
    for extra in re.findall(r"'\.\[(\w+)\]'", text):
        assert extra in PROJECT["optional-dependencies"]
    done = subprocess.run([sys.executable, "-m", "cptref", "export", "-h"], capture_output=True, text=True, check=True)
    for option in re.findall(r"`(--[\w-]+)`", text):
        assert option in done.stdout


def test_git_converts_no_line_ends(spawn: Spawn) -> None:
    """A checkout on Windows has the same bytes: the data is fingerprinted, and tests compare files."""
    assert spawn("git", "check-attr", "text", "--", "README.md", cwd=ROOT).out == "README.md: text: unset\n"
