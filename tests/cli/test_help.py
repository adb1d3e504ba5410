"""Help, version, global options, and wrong usage."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cptref import __version__
from cptref.cli.loader import COMMAND_MODULES
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from tests.conftest import Run, Spawn


EXIT_CODES = (
    "Exit codes: 0 answered, 1 some or all of it not found, 2 wrong usage, or a file or stream that can't be read or "
    "written, 3 a broken dataset file, 130 interrupted."
)
FOOTER = (
    "Exit codes: 0 answered, 1 not found, 2 usage or file error, 3 broken dataset. "
    "Global options (--library, --color, --no-pager, --debug): cptref --help"
)


def find_examples(page: str) -> list[str]:
    """Return the commands that a page of help shows, without the remarks beside them."""
    lines = re.findall(r"^ +((?:echo .* )?cptref [^ ].*)", page, re.MULTILINE)
    return [re.split(r"  {2,}", line)[0] for line in lines if "Usage:" not in line]


def test_no_arguments_print_one_screen(run: Run) -> None:
    """At most 24 lines of 80 columns: examples, the commands, where to find more; exit 0."""
    done = run()
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert len(find_examples(done.out)) >= 2
    assert all(name in done.out for name in COMMAND_MODULES)
    assert "More: cptref --help" in done.out


def test_help_names_commands_sections_global_options_and_exit_codes(run: Run) -> None:
    """Within 80 columns, with the notice and where to report problems; `-h` does the same."""
    done = run("--help")
    assert done == run("-h")
    assert (done.code, done.err) == (0, "")
    assert max(map(len, done.out.splitlines())) <= 80
    text = " ".join(done.out.split())
    names = {*COMMAND_MODULES, *CATALOGUE, "--library", "--no-pager", "--color", "--debug"}
    assert names <= set(re.findall(r"[\w-]+", text))
    assert EXIT_CODES in text
    assert "Not billing or medical advice" in text
    assert "Report problems where you got cptref; leave out anything about patients." in text


@pytest.mark.parametrize("name", COMMAND_MODULES)
def test_command_help_has_its_own_options_and_examples(run: Run, name: str) -> None:
    """Within 80 columns, with the summary of `cptref --help`, which alone lists global options; no names of types."""
    done = run(name, "-h")
    assert (done.code, done.err) == (0, "")
    assert run(name, "--help") == done
    assert run(name, "--no-pager", "-h") == done
    assert max(map(len, done.out.splitlines())) <= 80
    assert f"\n  Examples:\n    cptref {name}" in done.out
    text = " ".join(done.out.split())
    assert text.endswith(FOOTER)
    assert "--library" not in text.removesuffix(FOOTER)
    assert (f"Sections: {' '.join(CATALOGUE)}." in text) == ("--section" in text or "--in SECTION" in text)
    assert run(name, "20976", "-h") == done
    summary, page = done.out.splitlines()[2].strip(), run("--help").out
    assert re.fullmatch(r"[A-Z].*\.", summary)
    assert re.search(rf"^  {name} +{re.escape(summary)}$", page, re.MULTILINE)
    # PATH... and TEXT... are the contract's own words for what check and note take.
    types = re.compile(r"\b(TEXT|INTEGER|BOOLEAN|PATH|<[a-z]+>|\[default: None\])(?!\.\.\.)")
    assert not types.search(done.out + page)


@pytest.mark.outside
@pytest.mark.usefixtures("example_files")
@pytest.mark.parametrize("name", ["", *COMMAND_MODULES])
def test_every_example_runs(run: Run, spawn: Spawn, command: str, name: str) -> None:
    """What the help shows can be pasted; a claim may have something against it, and a full screen needs a terminal."""
    examples = find_examples(run(name, "-h").out if name else run().out + run("-h").out)
    assert examples
    path = {"PATH": f"{Path(command).parent}{os.pathsep}{os.environ['PATH']}"}
    for example in dict.fromkeys(examples):
        done = spawn("/bin/sh", "-c", example, env=path)
        assert done.code in {"claim": (0, 1), "browse": (1, 2)}.get(name, (0,)), (example, done.err)


def test_the_command_help_prints_what_the_option_prints(run: Run) -> None:
    """`help` is `--help`, and `help COMMAND` is `COMMAND --help`; exit 0."""
    assert run("help") == run("--help")
    for name in COMMAND_MODULES:
        assert run("help", name) == run(name, "--help")
    assert run("help", "list", "-h") == run("help", "help")


def test_version_names_tool_dataset_and_trademark(run: Run) -> None:
    """Both versions, the trademark notice, and that this is no advice; `-V` does the same."""
    done = run("--version")
    assert done == run("-V")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        f"cptref {__version__}\n"
        "dataset 2026.11.2, released 2026-11-27\n"
        "CPT is a registered trademark of the American Medical Association. This project is not connected with it, "
        "and holds no CPT descriptors.\n"
        "Not billing or medical advice. Check every code against the current code set.\n"
    )


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["shwo"], "no command 'shwo'; did you mean show? (see cptref --help)"),
        (["help", "shwo"], "no command 'shwo'; did you mean show? (see cptref --help)"),
        (["help", "20976-50"], "no command '20976-50'; to look up a code: cptref 20976-50 (see cptref --help)"),
        (
            ["help", "tingling"],
            "no command 'tingling'; to search for words: cptref search tingling (see cptref --help)",
        ),
        (["help", "show", "list"], "Got unexpected extra argument(s) (list) (see cptref help --help)"),
        (["CPT", "20976-RT"], "no command 'CPT'; to look up a code: cptref 20976-RT (see cptref --help)"),
        (["L5-S1", "pain"], "no command 'L5-S1'; to search for words: cptref search L5-S1 pain (see cptref --help)"),
        (["-s", "cost", "list"], "No such option: -s (see cptref --help)"),
        (["--jsn", "20976"], "No such option: --jsn (Possible options: --on) (see cptref show --help)"),
        (
            ["tingling", "legs"],
            "no command 'tingling'; to search for words: cptref search tingling legs (see cptref --help)",
        ),
        (
            ["show", "20976", "-50"],
            "No such option: -5; type a modifier right after its code: 20976-50 (see cptref show --help)",
        ),
        (
            ["it's", "x;"],
            "no command \"it's\"; to search for words: cptref search 'it'\"'\"'s' 'x;' (see cptref --help)",
        ),
        (["--colr", "never"], "No such option: --colr (Possible options: --color) (see cptref --help)"),
        (
            ["--color", "nevr", "list"],
            (
                "Invalid value for '--color': 'nevr' is not a choice; did you mean never? the choices are auto, "
                "always, never (see cptref --help)"
            ),
        ),
        (["show"], "Missing argument 'CODE...' (see cptref show --help)"),
        (
            ["show", "20976", "--sectoin", "x"],
            "No such option: --sectoin (Possible options: --on, --section) (see cptref show --help)",
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
                "Invalid value for '--format' / '-f': 'xml' is not a choice; did you mean html? the choices are "
                "terminal, text, markdown, html, json, jsonl, csv, lines (see cptref list --help)"
            ),
        ),
    ],
)
def test_wrong_usage_is_one_line(run: Run, args: list[str], message: str) -> None:
    """What was wrong, what may have been meant, where to look; exit 2."""
    done = run(*args)
    assert (done.code, done.out) == (2, "")
    assert done.err == f"cptref: {message}\n"


@pytest.mark.parametrize(
    "args",
    [
        ["20976"],
        ["20976-50", "64483", "-s", "cost"],
        ["CPT® 20976, 20975", "-f", "json"],
        ["20976", "-h"],
        ["20976", "-s", "nowhere"],
        ["-s", "cost", "-f", "csv", "20976"],
        ["--section=cost", "20976"],
        ["2O976"],  # the letter O
        ["2097"],
        ["20976-5"],
        ["G026O"],
        ["-"],
        ["-s", "cost", "-"],
    ],
)
def test_a_code_in_place_of_a_command_is_shown(run: Run, args: list[str]) -> None:
    """With options before and after it; one that is mistyped gets the message of `show`, and `-` reads codes."""
    assert run(*args) == run("show", *args)
    assert run("--color", "always", *args) == run("show", *args, "--color", "always")


def test_a_color_set_before_an_unknown_command_counts(run: Run) -> None:
    """The message has the color asked for."""
    message = "no command 'shwo'; did you mean show? (see cptref --help)\n"
    assert run("--color", "always", "shwo").err == f"\x1b[31mcptref:\x1b[0m {message}"


def test_global_options_stand_on_either_side(run: Run) -> None:
    """`--color` before the command or after it; after it wins."""
    page = ["show", "20976", "-f", "terminal"]
    assert "\x1b[" in run("--color", "always", *page).out
    assert run(*page, "--color", "always") == run("--color", "always", *page)
    assert "\x1b[" not in run("--color", "always", *page, "--color", "never").out


def test_debug_prints_a_traceback_before_the_error(run: Run) -> None:
    """On either side of the command; without --debug there is the line only."""
    plain, debug = run("search", "..."), run("--debug", "search", "...")
    assert debug.code == plain.code == 2
    assert debug.err.startswith("Traceback (most recent call last):")
    assert debug.err.endswith(plain.err)
    assert run("search", "...", "--debug").err.startswith("Traceback")


def test_paths_names_folders_and_files(run: Run, tmp_path: object, shared_cache: object) -> None:
    """Data, library, notes, code sets and cache, one per line."""
    lines = dict(line.split(maxsplit=1) for line in run("paths").out.splitlines())
    assert list(lines) == ["data", "library", "notes", "codesets", "cache"]
    assert lines["cache"] == f"{shared_cache}/cptref"
    assert lines["library"] == f"{tmp_path}/share/cptref"
    assert lines["notes"] == f"{tmp_path}/share/cptref/notes.toml"
    assert lines["codesets"] == f"{tmp_path}/share/cptref/codesets"
