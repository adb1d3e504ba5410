"""Who may import whom (the house flows one way), and what a start may load."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import cptref

PACKAGE = Path(cptref.__file__).parent
HEAVY = {
    *("rich", "rapidfuzz", "tomli", "tomli_w", "pydantic", "sqlite3", "platformdirs", "typer", "markdown_it"),
    "filelock",
}

# For each room: the rooms it may load, and the libraries it may load when it is imported.
GROUND = {
    *("errors", "models", "sections", "codes", "sanitize", "paths", "fuzzy", "analysis"),
    "atomic",
}
ALLOWED: dict[str, tuple[set[str], set[str]]] = {
    **dict.fromkeys(GROUND, (GROUND, set())),
    "dataset": (GROUND | {"dataset"}, set()),
    "importer": (GROUND | {"dataset", "importer"}, set()),
    "index": (GROUND | {"index"}, {"sqlite3"}),
    "lookup": (GROUND | {"index", "lookup"}, {"sqlite3"}),
    "search": (GROUND | {"index", "lookup", "search"}, {"sqlite3"}),
    "build": (GROUND | {"dataset", "index"}, {"sqlite3"}),
    "library": (GROUND | {"dataset", "index", "lookup", "search", "build"}, {"sqlite3"}),
    "render": (GROUND | {"render"}, set()),
    "render.terminal": (GROUND | {"render"}, {"rich"}),
    "cli": (GROUND | {"render", "cli"}, {"typer"}),
    "__main__": (set(), set()),
    "": (set(), set()),
}


def modules() -> list[str]:
    """Every module of the package."""
    found = (path.relative_to(PACKAGE).with_suffix("") for path in PACKAGE.rglob("*.py"))
    return sorted(".".join(path.parts).removesuffix("__init__").rstrip(".") for path in found)


def loaded(statement: str) -> set[str]:
    """What a fresh interpreter has loaded after a statement."""
    code = f"{statement}\nimport sys; print(); print(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def rooms(names: set[str]) -> set[str]:
    """The rooms these modules stand in."""
    return {name.split(".")[1] for name in names if name.startswith("cptref.")}


@pytest.mark.parametrize("module", modules())
def test_a_module_loads_only_what_its_room_may(module: str) -> None:
    """Nothing downstream is known upstream, and no heavy library comes along before it is used."""
    others, libraries = ALLOWED.get(module) or ALLOWED[module.split(".", maxsplit=1)[0]]
    names = loaded(f"import cptref.{module}" if module else "import cptref")
    assert rooms(names) - {module} <= others
    assert names & HEAVY <= libraries


@pytest.mark.parametrize(
    ("args", "libraries"),
    [
        (["--help"], {"typer"}),
        (["sections"], {"typer"}),
        (["show", "20976"], {"typer", "sqlite3", "platformdirs"}),
        (["search", "tingling"], {"typer", "sqlite3", "platformdirs"}),
        (["search", "tinglng"], {"typer", "sqlite3", "platformdirs", "rapidfuzz"}),
        (["symptom", "tingling", "weak legs"], {"typer", "sqlite3", "platformdirs"}),
        (["list", "-f", "json"], {"typer", "sqlite3", "platformdirs"}),
        (["show", "20976-50", "-f", "csv"], {"typer", "sqlite3", "platformdirs"}),
        (["show", "20976", "-f", "html"], {"typer", "sqlite3", "platformdirs", "markdown_it"}),
        (["modifiers"], {"typer", "sqlite3", "platformdirs"}),
        (["compare", "20920", "20962"], {"typer", "sqlite3", "platformdirs", "rapidfuzz"}),
        (["show", "20976", "-f", "terminal"], {"typer", "sqlite3", "platformdirs", "rich"}),
    ],
)
def test_an_answer_loads_only_what_it_uses(args: list[str], libraries: set[str]) -> None:
    """Rich is for terminals, RapidFuzz for what is misspelt; tomli and pydantic only for files that changed."""
    loaded("import cptref.cli; cptref.cli.main(['list'])")  # compiled by now
    assert loaded(f"import cptref.cli; cptref.cli.main({args!r})") & HEAVY == libraries


def test_reading_files_loads_the_checkers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a cold cache the files are parsed by tomli and checked by pydantic."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert {"tomli", "pydantic"} <= loaded("import cptref.cli; cptref.cli.main(['list'])")


@pytest.mark.parametrize("path", sorted((PACKAGE / "cli").glob("*.py")), ids=lambda path: path.name)
def test_commands_use_the_public_api(path: Path) -> None:
    """A command asks `open_library` from the package; dataset/ and query/ are no business of its own."""
    imported = {
        node.module
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
    }
    rooms_used = {name.split(".")[1] for name in imported if name and name.startswith("cptref.")}
    assert rooms_used <= GROUND | {"render", "cli", "library"}  # of library, the type alone


def test_every_module_has_a_room() -> None:
    """A new room says here whom it may import."""
    assert {module.split(".", maxsplit=1)[0] for module in modules()} <= set(ALLOWED)
