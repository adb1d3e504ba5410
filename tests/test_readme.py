"""README.md is the documentation: everything in it runs, and says what the tool says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cogapp import Cog  # type: ignore[import-untyped]  # it has no types

from cptref.cli.loader import COMMAND_MODULES
from cptref.codes import is_code
from tests import readme

if TYPE_CHECKING:
    from tests.conftest import Run

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
QUICK_START = """\
python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/cptref show 20976
.venv/bin/pip install '.[test]' && .venv/bin/pytest
"""


def find_blocks(language: str, text: str = README) -> list[str]:
    """Return the code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def test_examples_and_tables_are_what_the_tool_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    """`cog` runs every example, makes every table, and finds nothing to change."""
    monkeypatch.chdir(ROOT)
    assert Cog().main(["cog", "--check", "-I", str(ROOT), "README.md"]) == 0


def test_no_example_is_typed() -> None:
    """Outside of generated text there are no commands but the quick start's, which .ci/run runs in a clean clone."""
    typed = re.sub(r"<!-- \[\[\[cog .*?\[\[\[end\]\]\] -->", "", README, flags=re.DOTALL)
    assert find_blocks("console", typed) == []
    assert find_blocks("sh") == [QUICK_START]
    assert README.index(QUICK_START) > README.index("\n## Quick start\n")


def test_it_is_short() -> None:
    """A reader gets through it: 420 lines, generated ones included."""
    assert len(README.splitlines()) <= 420


def test_every_command_has_a_summary_and_an_example() -> None:
    """The table names every command with the first line of its help, and an example shows each."""
    table = dict(re.findall(r"^\| `([a-z]+)` \| (\S.*) \|$", README, re.MULTILINE))
    examples = " ".join(find_blocks("console"))
    for name in COMMAND_MODULES:
        assert table[name].endswith(".")
        assert readme.PICTURE_COMMAND.startswith(f"cptref {name} ") or f"$ cptref {name}" in examples


def test_the_python_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """The example of the Python API prints an entry, hits of a search and codes that fit symptoms."""
    (code,) = find_blocks("python")
    exec(code, {})  # noqa: S102 - it is the README's own
    assert capsys.readouterr().out.splitlines() == [
        "20976 not-listed 1000 3000",
        "20920 0.98971 Tingling or numbness in the extremities",
        "20971 0.98971 Tingling or numbness in the extremities",
        "20975 0.98971 Tingling or numbness in the extremities",
        "['20971', '20975', '20976', '20920']",
    ]


def collect_keys(value: object) -> set[str]:
    """Return every key of a JSON value, but for codes."""
    if isinstance(value, list):
        return set().union(*map(collect_keys, value))
    if isinstance(value, dict):
        return {key for key in value if not is_code(key)}.union(*map(collect_keys, value.values()))
    return set()


@pytest.mark.parametrize(
    "args",
    [
        ("show", "20920-50", "20976", "99213-25"),
        ("search", "tinglng feet"),
        ("symptom", "numb feet", "jaw pain"),
        ("compare", "20920-50", "20976"),
        ("modifiers",),
        ("modifiers", "20920"),
        ("list",),
        ("sections",),
        ("check",),
        ("paths",),
    ],
    ids=" ".join,
)
def test_every_key_of_the_json_is_documented(run: Run, args: tuple[str, ...]) -> None:
    """What a command says in JSON is named where the README describes that command, or an object that it refers to."""
    text = README.split("### JSON")[1].split("\n## ")[0]
    about, block = text.split("```text\n")[:2]
    shapes = dict(re.findall(r"^(\w+) +(\S.*(?:\n +.*)*)", block.split("```")[0], re.MULTILINE))
    objects = "".join(shape for name, shape in shapes.items() if name.isupper())
    documented = set(re.findall(r"\w+", about + shapes[args[0]] + objects))
    assert collect_keys(json.loads(run(*args, "-f", "json").out)) <= documented


def test_the_picture_is_what_the_command_draws() -> None:
    """`python -m tests.readme picture` would change nothing, and the README shows the picture."""
    assert readme.PICTURE.read_text(encoding="utf-8") == readme.draw_picture()
    assert f'<img src="{readme.PICTURE.relative_to(ROOT).as_posix()}"' in README


def test_the_picture_fetches_nothing() -> None:
    """It has no script, no link and no font, and every URL in it is a fragment of its own."""
    picture = readme.PICTURE.read_text(encoding="utf-8")
    assert not re.search(r"<script|<image|<foreignObject|<!|href|@import|@font-face", picture)
    assert set(re.findall(r"\w+://[^\"]+", picture)) == {"http://www.w3.org/2000/svg"}
    assert all(target.startswith("#cptref-") for target in re.findall(r"url\((.*?)\)", picture))


def test_what_has_to_be_said_is_said() -> None:
    """The conflict with the code set comes first, then no billing advice and no AMA, all before the first command."""
    before = " ".join(README.split("## Quick start")[0].split())
    places = [
        before.index(needed)
        for needed in (
            "The published code set gives 20920, 20962 and 20975 to other services and does not list 20971 and 20976",
            "Not billing or medical advice.",
            "CPT is a registered trademark of the American Medical Association. This project is not connected with it",
        )
    ]
    assert places == sorted(places)
