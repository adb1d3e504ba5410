"""Help, version, global options, and wrong usage."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from cptref import __version__
from cptref.cli.commands import HOMES

if TYPE_CHECKING:
    from tests.conftest import Run, Spawn


def test_the_command_alone_is_its_help(run: Run) -> None:
    """At most one screen, with examples; exit 0."""
    done = run()
    assert done == run("--help") == run("-h")
    assert done.code == 0
    assert done.err == ""
    assert len(done.out.splitlines()) <= 40
    assert all(name in done.out for name in HOMES)


@pytest.mark.parametrize("name", HOMES)
def test_every_command_has_help(run: Run, name: str) -> None:
    """A one-line summary, its options and examples, on standard output, within 80 columns."""
    done = run(name, "-h")
    assert (done.code, done.err) == (0, "")
    assert run(name, "--help") == done
    assert max(map(len, done.out.splitlines())) <= 80
    assert f"\n  Examples:\n    cptref {name}" in done.out


@pytest.mark.parametrize("name", ["", *HOMES])
def test_every_example_runs(run: Run, spawn: Spawn, command: str, name: str) -> None:
    """What the help shows can be pasted."""
    page = run(name, "-h").out if name else run().out
    examples = [re.split(r"  {2,}", line.strip())[0] for line in re.findall(r"^ {4}(cptref .*)", page, re.MULTILINE)]
    assert examples
    for example in examples:
        done = spawn("/bin/sh", "-c", example.replace("cptref", command, 1))
        assert (example, done.code) == (example, 0)


def test_the_version(run: Run) -> None:
    """The versions of tool and dataset, and what has to be said of the trademark."""
    done = run("--version")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        f"cptref {__version__}\n"
        "dataset 2026.11.1, released 2026-11-21\n"
        "CPT is a registered trademark of the American Medical Association. This project is not connected with it, "
        "and holds no CPT descriptors.\n"
        "Not billing or medical advice. Check every code against the current code set.\n"
    )


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["shwo"], "No such command 'shwo'. Did you mean 'show'? (see cptref --help)"),
        (["show"], "Missing argument 'CODE...' (see cptref show --help)"),
        (
            ["show", "20976", "--sectoin", "x"],
            "No such option: --sectoin (Possible options: --section) (see cptref show --help)",
        ),
        (
            ["show", "20976", "--width", "9"],
            "Invalid value for '--width': 9 is not between 20 and 1000 (see cptref show --help)",
        ),
        (
            ["search", "pain", "-n", "0"],
            "Invalid value for '--limit' / '-n': 0 is not between 1 and 10000 (see cptref search --help)",
        ),
        (
            ["list", "-f", "xml"],
            (
                "Invalid value for '--format' / '-f': 'xml' is not one of 'terminal', 'text', 'markdown', 'json' "
                "(see cptref list --help)"
            ),
        ),
    ],
)
def test_wrong_usage_is_one_line(run: Run, args: list[str], message: str) -> None:
    """What was wrong, what may have been meant, where to look; exit 2."""
    done = run(*args)
    assert (done.code, done.out) == (2, "")
    assert done.err == f"cptref: {message}\n"


def test_global_options_stand_on_either_side(run: Run) -> None:
    """`--color` before the command or after it; after it wins."""
    page = ["show", "20976", "-f", "terminal"]
    assert "\x1b[" in run("--color", "always", *page).out
    assert run(*page, "--color", "always") == run("--color", "always", *page)
    assert "\x1b[" not in run("--color", "always", *page, "--color", "never").out


def test_debug_shows_where(run: Run) -> None:
    """A traceback and then the line, with --debug; the line alone without."""
    plain, debug = run("search", "..."), run("--debug", "search", "...")
    assert debug.code == plain.code == 2
    assert debug.err.startswith("Traceback (most recent call last):")
    assert debug.err.endswith(plain.err)
    assert run("search", "...", "--debug").err.startswith("Traceback")


def test_where_things_live(run: Run, tmp_path: object, shared_cache: object) -> None:
    """`paths` names the folders, and the files in them."""
    lines = dict(line.split(maxsplit=1) for line in run("paths").out.splitlines())
    assert list(lines) == ["data", "library", "notes", "cache"]
    assert lines["cache"] == f"{shared_cache}/cptref"
    assert lines["library"] == f"{tmp_path}/share/cptref"
    assert lines["notes"] == f"{tmp_path}/share/cptref/notes.toml"
