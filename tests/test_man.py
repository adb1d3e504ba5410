"""The manual page: made from the help, complete, and shown by `man` as it is meant."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cptref.cli.loader import COMMAND_MODULES
from tests import man

if TYPE_CHECKING:
    from tests.conftest import Outcome, Run, Spawn

PACKAGE = man.PAGE.parents[1]
# Set by shells and systems, for completion and for the way to the clipboard.
NOT_FOR_USERS = {
    *("_CPTREF_COMPLETE", "COMP_WORDS", "COMP_CWORD"),
    *("WAYLAND_DISPLAY", "DISPLAY", "SSH_CONNECTION", "TMUX", "STY"),
}

needs_man = pytest.mark.skipif(shutil.which("mandb") is None, reason="there is no man-db here")
needs_groff = pytest.mark.skipif(shutil.which("groff") is None, reason="there is no groff here")


@pytest.fixture(scope="module")
def page() -> str:
    """Return the source of the page."""
    return man.PAGE.read_text(encoding="ascii")


def read_sections(text: str) -> dict[str, str]:
    """Return the sections of a page as `man` shows it, by their headings, each on one line."""
    parts = re.split(r"^([A-Z][A-Z ]+)\n", text, flags=re.MULTILINE)
    return {heading: " ".join(body.split()) for heading, body in zip(parts[1::2], parts[2::2], strict=True)}


@pytest.fixture
def show_page(spawn: Spawn) -> Run:
    """Return what shows the page with `man` in a terminal of so many columns; warnings come on standard error."""

    def go(*columns: str) -> Outcome:
        env = {"MANWIDTH": columns[0], "MANROFFSEQ": "", "MANPAGER": "cat"}
        return spawn("man", "--warnings=w", "-l", str(man.PAGE), env=env)

    return go


def test_the_committed_page_is_current(page: str) -> None:
    """It is what `python -m tests.man` writes."""
    assert page == man.make_page()


@needs_man
@pytest.mark.outside
def test_it_has_what_a_reader_looks_for(show_page: Run, run: Run) -> None:
    """The sections of a manual page, in the usual order, with the words of `cptref --help` and `cptref --version`."""
    sections = read_sections(show_page("80").out)
    assert list(sections) == [
        *("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "COMMANDS", "SECTIONS", "EXAMPLES", "EXIT STATUS"),
        *("ENVIRONMENT", "FILES", "NOTES", "BUGS", "SEE ALSO"),
    ]
    assert sections["NAME"] == "cptref - look up medical procedure codes offline"
    usage, *_ = page_help = run("--help").out.splitlines()
    assert sections["SYNOPSIS"] == usage.removeprefix("Usage: ")
    help_text = " ".join(" ".join(page_help).split())
    for heading in ("SECTIONS", "EXAMPLES", "BUGS"):
        assert sections[heading] in help_text
    listed = ", ".join(re.findall(r"\d+ .*?(?= \d+ |$)", sections["EXIT STATUS"]))
    assert f"Exit codes: {listed}." in help_text
    *_, trademark, advice = run("--version").out.splitlines()
    assert sections["NOTES"] == f"{trademark} {advice}"


@needs_man
@pytest.mark.outside
def test_every_command_has_its_options_and_examples(show_page: Run, run: Run) -> None:
    """All that `cptref COMMAND --help` says of one command stands under a heading with its usage."""
    commands = re.split(r"^   (?=cptref )", show_page("140").out, flags=re.MULTILINE)[1:]
    assert [command.split()[1] for command in commands] == list(COMMAND_MODULES)
    for name, command in zip(COMMAND_MODULES, commands, strict=True):
        own, examples = run(name, "--help").out.split("\n  -h, --help")
        examples = examples.split("Examples:")[1].split("\n\n")[0]
        said = re.sub(r"^(Usage|Arguments|Options):|[{}]", "", own + examples, flags=re.MULTILINE)
        # Only white space differs: the help is broken into lines at hyphens too.
        assert "".join(command.split()).startswith("".join(said.split())), name


def test_the_page_says_which_environment_variables_count(page: str) -> None:
    """Each that the code reads is explained, if it is for users to set; and the folders of the XDG specification."""
    code = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    read = set(re.findall(r"environ(?:\.get\(|\[)[\"']([A-Z_]+)", code)) - NOT_FOR_USERS
    explained = set(re.findall(r"\w+", " ".join(man.ENVIRONMENT)))
    assert explained - read == {"LINES", "XDG_DATA_HOME", "XDG_CACHE_HOME"}  # read by Python and platformdirs
    assert read <= explained
    assert all(f".B {names}\n" in page for names in man.ENVIRONMENT)


@pytest.mark.skipif(sys.platform != "linux", reason="the page names the places on Linux")
def test_the_files_are_those_of_the_command_paths(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without variables of the environment, `cptref paths` names the same places."""
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name)
    lines = dict(line.split(maxsplit=1) for line in run("paths").out.splitlines())
    home = str(Path.home())
    assert {name: path for name, (path, _) in man.FILES.items()} == {
        name: path.replace(home, "~") for name, path in lines.items() if name != "data"
    }


@needs_man
@pytest.mark.outside
@pytest.mark.parametrize("columns", ["60", "80", "140"])
def test_man_shows_it_without_warnings(show_page: Run, columns: str) -> None:
    """In terminals of any width: in ASCII, so that each option can be pasted; only examples are wider than 60."""
    done = show_page(columns)
    assert (done.code, done.err) == (0, "")
    assert done.out.isascii()
    assert not re.search(r"[a-z]-$", done.out, re.MULTILINE), "a word is divided at the end of a line"
    wide = [line for line in done.out.splitlines() if len(line) > int(columns)]
    assert all(line.startswith("       cptref ") for line in wide)
    assert columns == "60" or not wide


@needs_groff
@pytest.mark.outside
@pytest.mark.parametrize("columns", ["60", "80", "140"])
def test_groff_has_nothing_against_it(spawn: Spawn, columns: str) -> None:
    """With all of its warnings on."""
    done = spawn("groff", "-man", "-Tutf8", "-ww", f"-rLL={columns}n", str(man.PAGE))
    assert (done.code, done.err) == (0, "")


def test_no_character_of_the_text_is_read_as_markup(page: str) -> None:
    """Lines that begin with a dot or an apostrophe are macros of ours; minus signs and quotation marks have names."""
    text = [line for line in page.splitlines() if not re.match(r"\.[A-Z]", line)]
    assert [line for line in text if line.startswith((".", "'"))] == [".nr HY 0", ".nh", ".ad l"]
    assert not re.search(r"(?<!\\)-|[\"'`^~]", "".join(text))
    assert man.escape(".B 'x' \"-y\" \\fB`~^\u2717") == r"\&.B \(aqx\(aq \(dq\-y\(dq \efB\(ga\(ti\(ha\[u2717]"
