"""The README is the documentation: everything in it runs, and says what the tool says."""

from __future__ import annotations

import inspect
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import cptref
from cptref.cli.loader import COMMAND_MODULES
from cptref.codes import is_code
from cptref.library import Library

if TYPE_CHECKING:
    import pytest

    from tests.conftest import Run, Spawn

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_examples_and_help_are_what_the_tool_prints(spawn: Spawn) -> None:
    """Every example and every command's help is generated; `cog` finds nothing to change."""
    done = spawn(sys.executable, "-m", "cogapp", "--check", "-I", str(ROOT), "README.md", cwd=ROOT)
    assert done == (0, "Checking README.md\n", "")


def test_every_command_is_documented() -> None:
    """The help of the tool and of each command stands under its name."""
    assert re.findall(r"^### `(.*)`$", README, re.MULTILINE) == [
        "cptref",
        *(f"cptref {name}" for name in COMMAND_MODULES),
    ]


def test_the_quick_start_is_two_commands() -> None:
    """Word for word; .ci/run takes them from there and runs them in a clean clone."""
    start = README.split("## Quick start")[1]
    assert re.search(r"```sh\n(.*?)```", start, re.DOTALL)[1].splitlines() == [  # type: ignore[index]
        "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/cptref show 20976",
        ".venv/bin/pip install '.[test]' && .venv/bin/pytest",
    ]


def test_the_python_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """The example of the Python API prints the entry and the hits."""
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(code, {})  # noqa: S102 - it is the README's own
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "20976 not-listed 1000 3000"
    assert "20920 0.98971 Tingling or numbness in the extremities" in out
    assert "cost 2 lines in both" in out
    assert "59 False the verification says nothing about it" in out


def test_every_call_is_in_the_table() -> None:
    """The README names the public methods with their parameters, and the types that they answer with."""
    table = README.split("## Python")[1].split("## Commands")[0]
    for name, method in vars(Library).items():
        if name.startswith("_") or name == "close":
            continue
        if isinstance(method, property):
            assert f"| `library.{name}` |" in table
            continue
        parameters = list(inspect.signature(method).parameters.values())[1:]
        named = ", ".join(one.name if one.default is one.empty else f"{one.name}={one.default!r}" for one in parameters)
        assert f"| `library.{name}({named})` |" in table
    assert all(f"`{name}`" in table for name in cptref.__all__ if name.endswith("Answer"))


def keys(plain: object) -> set[str]:
    """Every key of a JSON value, but for codes."""
    if isinstance(plain, list):
        return set().union(*map(keys, plain))
    if isinstance(plain, dict):
        return {key for key in plain if not is_code(key)}.union(*map(keys, plain.values()))
    return set()


def test_every_key_of_the_json_is_documented(run: Run) -> None:
    """What a command says in JSON is named in the README."""
    documented = README.split("The JSON of each command")[1].split("## Terminal")[0]
    told: set[str] = set()
    for args in (
        ["show", "20920-50", "20976", "99213-25"],
        ["search", "tinglng feet"],
        ["symptom", "numb feet", "jaw pain"],
        ["compare", "20920-50", "20976"],
        ["modifiers"],
        ["modifiers", "20920"],
        ["list"],
        ["sections"],
        ["paths"],
    ):
        told |= keys(json.loads(run(*args, "-f", "json").out))
    assert not told - set(re.findall(r"[a-z_]+", documented))


def test_what_has_to_be_said_is_said() -> None:
    """Not billing advice, not the AMA's, and the conflict with the code set, all of it before the first command."""
    before = " ".join(README.split("## Quick start")[0].split())
    for needed in (
        "Not billing or medical advice.",
        "CPT is a registered trademark of the American Medical Association. This project is not connected with it",
        "The published code set gives 20920, 20962 and 20975 to other services and does not list 20971 and 20976",
    ):
        assert needed in before
