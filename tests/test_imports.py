"""Who may import whom, where SQL may be, and which libraries a start may load.

Import statements are read, not run: what a module imports when it is imported itself, and what its functions import
when they are called. Imports for type checkers alone don't count.
"""

from __future__ import annotations

import ast
import re
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

import cptref
from cptref.cli.loader import COMMAND_MODULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Spawn

PACKAGE = Path(cptref.__file__).parent


class Room(NamedTuple):
    """What the modules of a room may import: rooms, libraries when they are imported, libraries within functions."""

    rooms: frozenset[str]
    libraries: frozenset[str] = frozenset()
    lazy_libraries: frozenset[str] = frozenset()


def make_room(*rooms: str, libraries: str = "", lazily: str = "") -> Room:
    """Return a room that may import these rooms besides the ground floor; "" is the package itself."""
    return Room(frozenset({*GROUND, *rooms}), frozenset(libraries.split()), frozenset(lazily.split()))


GROUND = (
    "analysis",
    "atomic",
    "checksums",
    "clipboard",
    "codes",
    "columns",
    "days",
    "errors",
    "folding",
    "fuzzy",
    "indicators",
    "models",
    "money",
    "paths",
    "sanitize",
    "sections",
    "stems",
)
ROOMS = {
    **dict.fromkeys(GROUND, make_room(lazily="rapidfuzz platformdirs filelock Stemmer")),
    "checksums": make_room(libraries="sqlite3"),
    "codesets": make_room("codesets", libraries="sqlite3"),
    "dataset": make_room("dataset", lazily="tomli tomli_w pydantic pydantic_core rapidfuzz"),
    "importer": make_room("dataset", "importer", lazily="tomli tomli_w pydantic"),
    "index": make_room("index", "", libraries="sqlite3"),
    "lookup": make_room("codesets", "index", "lookup", libraries="sqlite3", lazily="rapidfuzz"),
    "claims": make_room("claims", "codesets", "lookup", "index", libraries="sqlite3"),
    "search": make_room("codesets", "index", "lookup", "search", libraries="sqlite3", lazily="rapidfuzz"),
    "build": make_room("dataset", "index", libraries="sqlite3"),
    "library": make_room(
        "dataset", "index", "lookup", "search", "build", "codesets", "claims", "", libraries="sqlite3"
    ),
    "render": make_room("render", lazily="tomli_w"),
    "render.terminal": make_room("render", libraries="rich"),
    **{
        f"render.compact{module}": make_room("render", libraries="typing_extensions")
        for module in (
            *("", ".claims", ".comparison", ".entries", ".entry", ".fees"),
            *(".hits", ".limit", ".listings", ".objects", ".sets"),
        )
    },
    "mcp": make_room(
        "render", "library", "mcp", "", libraries="mcp mcp_types pydantic pydantic_core anyio typing_extensions"
    ),
    "browse": make_room("render", "library", "browse", "", libraries="textual rich"),
    "cli": make_room(
        "render", "library", "cli", "claims", "codesets", "mcp", "browse", "", libraries="typer", lazily="rich"
    ),
    "__main__": make_room("cli"),
    "": Room(frozenset()),
}
SQL = re.compile(r"\b(SELECT|INSERT|CREATE TABLE|PRAGMA)\b")


@cache
def list_modules() -> tuple[str, ...]:
    """Return every module of the package, as `index.reader`; the package itself is ""."""
    paths = (path.relative_to(PACKAGE).with_suffix("") for path in PACKAGE.rglob("*.py"))
    return tuple(sorted(".".join(path.parts).removesuffix("__init__").rstrip(".") for path in paths))


@cache
def parse(module: str) -> ast.Module:
    """Return the syntax tree of a module."""
    path = PACKAGE.joinpath(*module.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return ast.parse(path.read_text(encoding="utf-8"))


def name_room(module: str) -> str:
    """Return the first part of a module's name."""
    return module.split(".", maxsplit=1)[0]


class Imports(NamedTuple):
    """What a module imports: modules of the package, and the roots of libraries."""

    modules: frozenset[str]
    libraries: frozenset[str]


def iter_nodes(node: ast.AST, *, within: bool) -> Iterator[ast.AST]:
    """Yield the nodes that run when the module is imported, or those `within` functions; none for type checkers."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            if within:
                yield from ast.walk(child)
        else:
            yield child
            yield from iter_nodes(child, within=within)


@cache
def read_imports(module: str, *, lazy: bool = False) -> Imports:
    """Return what a module imports when it is imported, or what its functions import (`lazy`)."""
    top = set(iter_nodes(parse(module), within=False))
    nodes = set(iter_nodes(parse(module), within=True)) - top if lazy else top
    names = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"cptref.{module} has a relative import"
            submodules = {f"{node.module}.{alias.name}" for alias in node.names}
            names |= {
                name if name.removeprefix("cptref.") in list_modules() else str(node.module) for name in submodules
            }
    own = {name for name in names if name_room(name) == "cptref"}
    others = {name_room(name) for name in names - own}
    standard = sys.stdlib_module_names - {"sqlite3"}  # which takes as long to load as a library
    return Imports(
        frozenset(name.removeprefix("cptref").removeprefix(".") for name in own), frozenset(others - standard)
    )


@cache
def load(module: str) -> frozenset[str]:
    """Return the modules that are loaded once this one is imported."""
    loaded: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in loaded:
            loaded.add(name)
            waiting += [*read_imports(name).modules, name.rpartition(".")[0]]
    return frozenset(loaded)


@pytest.mark.parametrize("module", list_modules())
def test_module_imports_only_what_its_room_may(module: str) -> None:
    """What is upstream knows nothing of what is downstream, and no library is loaded before it is used."""
    room = ROOMS.get(module) or ROOMS[name_room(module)]
    imported = read_imports(module).modules | read_imports(module, lazy=True).modules
    assert {name_room(name) for name in imported} - {name_room(module)} <= room.rooms
    assert frozenset().union(*(read_imports(name).libraries for name in load(module))) <= room.libraries
    assert read_imports(module, lazy=True).libraries <= room.libraries | room.lazy_libraries


def test_every_module_has_a_room() -> None:
    """A new room says in ROOMS whom it may import."""
    assert {name_room(module) for module in list_modules()} <= set(ROOMS)


def test_no_import_circle() -> None:
    """No module imports itself by way of others, within functions neither."""
    visited: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join(
            f"cptref.{name}".rstrip(".") for name in (*path[path.index(module) :], module)
        )
        if module not in visited:
            for name in sorted(read_imports(module).modules | read_imports(module, lazy=True).modules):
                visit(name, (*path, module))
            visited.add(module)

    for module in list_modules():
        visit(module, ())


def test_only_the_databases_know_sql() -> None:
    """Elsewhere no function takes a connection, and no string has SQL in it."""
    faults = []
    for module in list_modules():
        if name_room(module) == "index" or module == "codesets.store":
            continue
        nodes = [*ast.walk(parse(module))]
        docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
        for node in nodes:
            match node:
                case ast.arg(arg=name, annotation=ast.AST() as annotation):
                    if "sqlite3.Connection" in ast.unparse(annotation):
                        faults.append(f"cptref.{module}, line {node.lineno}: takes a connection, {name}")
                case ast.Constant(value=str() as text) if id(node) not in docstrings and SQL.search(text):
                    faults.append(f"cptref.{module}, line {node.lineno}: has SQL, {text!r}")
    assert faults == []


# --- what a process loads --------------------------------------------------------------------------------------------

MODULES = """
import sys
import cptref.cli
cptref.cli.main(sys.argv[1:])
print(*sys.modules, file=sys.stderr)
"""
LIBRARIES = {
    *("rich", "rapidfuzz", "tomli", "tomli_w", "pydantic", "sqlite3", "platformdirs", "typer", "markdown_it"),
    *("filelock", "Stemmer"),
}


def list_loaded(spawn: Spawn, line: str) -> set[str]:
    """Return the libraries that a fresh interpreter has loaded after a command line."""
    return LIBRARIES & set(spawn(sys.executable, "-c", MODULES, *line.split()).err.split())


def test_an_answer_loads_only_what_it_uses(spawn: Spawn) -> None:
    """Rich is for terminals, RapidFuzz for what is misspelled; tomli and pydantic only for files that changed."""
    reading = {"typer", "sqlite3", "platformdirs"}
    wanted = {
        "--help": {"typer"},
        "sections": {"typer"},
        "list": reading,
        "show 20976": reading,
        "search tingling": reading,
        "search tinglng": reading | {"rapidfuzz", "Stemmer"},
        "symptom tingling weak": reading,
        "list -f json": reading,
        "show 20976-50 -f csv": reading,
        "show 20976 -f html": reading,
        "modifiers": reading,
        "compare 20920 20962": reading | {"rapidfuzz"},
        "show 20976 -f terminal": reading | {"rich"},
    }
    list_loaded(spawn, "list")  # compiled by now
    assert {line: list_loaded(spawn, line) for line in wanted} == wanted


def test_reading_files_loads_the_checkers(spawn: Spawn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a cold cache the files are parsed by tomli and checked by pydantic."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert {"tomli", "pydantic"} <= list_loaded(spawn, "list")


EXTRAS = {
    *(
        "mcp",
        "mcp_types",
        "anyio",
        "starlette",
        "uvicorn",
        "httpx2",
        "pydantic_settings",
        "jsonschema",
        "opentelemetry",
    ),
    *("textual", "cptref.mcp", "cptref.browse"),
}


def list_lines() -> list[str]:
    """Return a command line for each command that needs no extra, and the help of those that need one."""
    lines = {
        "show": "20976 J0001 M54.16",
        "search": "tinglng legs",
        "symptom": "tingling",
        "export": "20976 -o new.txt",
        "compare": "20920 20962",
        "modifiers": "20976",
        "claim": "64483-50",
        "fee": "64483 --locality FL-04",
        "pair": "64483 62323",
        "add": "hcpcs.txt sets",
        "remove": "hcpcs-2026Q3",
        "changes": "hcpcs",
        "import": "page.txt -o .",
        "note": "20976 Read-twice",
        "browse": "--help",
        "mcp": "--help",
    }
    return [*(f"{name} {lines.get(name, '')}" for name in COMMAND_MODULES), "--help", "--version", "20976", ""]


ONE_AFTER_THE_OTHER = """
import sys
import cptref.cli
for line in sys.argv[1:]:
    cptref.cli.main(line.split())
    print(line, *sys.modules, sep=chr(0), file=sys.__stderr__)
"""


@pytest.mark.usefixtures("example_files")
def test_no_other_command_loads_an_extra(spawn: Spawn) -> None:
    """Neither the libraries of the two extras nor the rooms that use them, whatever is asked."""
    lines = list_lines()
    done = spawn(sys.executable, "-c", ONE_AFTER_THE_OTHER, *lines)
    loaded = {
        line: set(modules) for line, *modules in (text.split("\0") for text in done.err.split("\n") if "\0" in text)
    }
    assert [*loaded] == lines
    assert {line: EXTRAS & modules for line, modules in loaded.items() if EXTRAS & modules} == {}


@pytest.mark.parametrize("words", ["", "mcp --", "show 2"])
def test_completion_loads_no_extra(spawn: Spawn, words: str) -> None:
    """Tab is pressed while one types: nothing is slower than it has to be."""
    env = {"_CPTREF_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": f"cptref {words}"}
    loaded = set(spawn(sys.executable, "-c", MODULES, env=env).err.split())
    assert "cptref.cli.completion" in loaded
    assert EXTRAS & loaded == set()
