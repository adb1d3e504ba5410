"""Forty checks of a good command, each through the installed command; their numbers are those of the functions.

Sources: clig.dev, no-color.org, force-color.org, the XDG base-directory specification, the tldr client specification,
Python's note on SIGPIPE, the exit codes of grep. A terminal is a real one.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import subprocess
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cptref import __version__
from cptref.cli.loader import COMMAND_MODULES
from cptref.sections import CATALOGUE
from tests.conftest import Done, article
from tests.terminal import shown, terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Spawn

    Command = Callable[..., Done]

pytestmark = pytest.mark.outside

HELD, ABSENT, COST = "20976", "99213", ("-s", "cost")
EXAMPLES = re.compile(r"^ +((?:echo .* )?cptref [^ ].*?)(?:  .*)?$", re.MULTILINE)
COMMANDS = {
    "show": ["show", HELD],
    "search": ["search", "tingling"],
    "symptom": ["symptom", "tingling"],
    "export": ["export", HELD],
    "compare": ["compare", HELD, "20920"],
    "modifiers": ["modifiers", HELD],
    "list": ["list"],
    "sections": ["sections"],
    "check": ["check"],
    "note": ["note"],
    "paths": ["paths"],
}


@pytest.fixture
def c(command: str, spawn: Spawn) -> Command:
    """The installed command; variables are named in capitals."""
    return lambda *args, **env: spawn(command, *args, env=env)


@pytest.fixture
def sh(command: str, spawn: Spawn) -> Command:
    """A line of the shell, in which `C` is the command."""
    return lambda line, **env: spawn("bash", "-c", re.sub(r"\bC\b", command, line), env=env)


def test_01_help_everywhere(c: Command) -> None:
    """On standard output, exit 0, wherever it stands."""
    for args in (
        ["-h"],
        ["--help"],
        ["search", "-h"],
        ["show", HELD, "-h"],
        ["show", "-h", HELD],
        *([n, "-h"] for n in COMMAND_MODULES),
    ):
        done = c(*args)
        assert (args, done.code, done.err) == (args, 0, "")
        assert done.out.startswith("Usage: cptref")


def test_02_the_command_alone(c: Command) -> None:
    """One screen, examples, and how to get more."""
    done = c()
    assert (done.code, done.err) == (0, "")
    assert len(done.out.splitlines()) <= 24
    assert len(EXAMPLES.findall(done.out)) >= 2
    assert "cptref --help says more" in done.out


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize("name", ["", *COMMAND_MODULES])
def test_03_examples_can_be_pasted(c: Command, sh: Command, command: str, name: str) -> None:
    """Every one of every help runs."""
    pages = [c(*([name, "-h"] if name else ["-h"])).out, *([] if name else [c().out])]
    examples = [line for page in pages for line in EXAMPLES.findall(page) if "COMMAND" not in line]
    assert len(examples) >= (1 if name else 4)
    for example in dict.fromkeys(examples):
        done = sh(example, PATH=f"{Path(command).parent}:{os.environ['PATH']}")
        assert (example, done.code) == (example, 0)


@pytest.mark.parametrize("name", COMMAND_MODULES)
def test_04_a_summary_and_examples(c: Command, name: str) -> None:
    """Of every command; the summary is one line, and whole in the list of commands."""
    page = c(name, "-h").out
    summary = page.splitlines()[2].strip()
    assert re.fullmatch(r"[A-Z].*\.", summary)
    assert f"\n  Examples:\n    {'echo' if name == 'none' else 'cptref'} {name}" in page
    assert re.search(rf"^  {name} +{re.escape(summary)}$", c("--help").out, re.MULTILINE)


def test_05_version(c: Command) -> None:
    """Of the tool and of the dataset, and the notice."""
    done = c("--version")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"cptref {__version__}\ndataset 2026.11.1, released 2026-11-21\n")
    assert "CPT is a registered trademark of the American Medical Association." in done.out


def test_06_where_to_report(c: Command) -> None:
    """And that this is no advice."""
    said = " ".join(c("--help").out.split())
    assert "Report problems where you got cptref" in said
    assert "Not billing or medical advice: check every code against the current code set." in said


@pytest.mark.parametrize("name", ["", *COMMAND_MODULES])
def test_07_help_is_narrow_and_quiet(c: Command, name: str) -> None:
    """80 columns, no names of types."""
    page = c(*([name] if name else []), "--help").out
    assert max(map(len, page.splitlines())) <= 80
    # PATH... and TEXT... are the contract's own words for what check and note take.
    assert not re.search(r"\b(TEXT|INTEGER|BOOLEAN|PATH|<[a-z]+>|\[default: None\])(?!\.\.\.)", page)


@pytest.mark.parametrize("name", COMMANDS)
def test_08_found(c: Command, name: str) -> None:
    """Exit 0."""
    done = c(*COMMANDS[name])
    assert (done.code, bool(done.out)) == (0, True)


@pytest.mark.parametrize("name", ["show", "export", "modifiers", "compare", "search", "symptom"])
def test_09_not_found(c: Command, name: str) -> None:
    """Exit 1, nothing on standard output."""
    args = [name, "xyzzyx"] if name in {"search", "symptom"} else [name, ABSENT, "99214"]
    done = c(*args)
    assert (done.code, done.out) == (1, "")
    assert done.err


def test_10_wrong_usage_and_broken_files(c: Command, tmp_path: Path) -> None:
    """Exit 2 for what was asked wrongly or can't be read or written, 3 for a broken dataset."""
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "20111.toml").write_text("code = ", encoding="utf-8")
    for args in (["shwo"], ["show"], ["show", HELD, "--bad"], ["show", HELD, "-f", "xml"], ["show", HELD, "-s", "zzz"]):
        assert c(*args).code == 2
    assert c("export", HELD, "-o", "away/x.txt").code == 2
    assert c("list", "-L", str(tmp_path / "nowhere")).code == 2
    assert c("list", "-L", str(tmp_path / "broken")).code == 0  # it is named and left out
    assert c("check", "-L", str(tmp_path / "broken")).code == c("check", str(tmp_path / "broken")).code == 3
    assert c("check", str(tmp_path / "nowhere")).code == 2


def test_11_exit_codes_are_stated(c: Command) -> None:
    """The same words in every help."""
    wanted = (
        "Exit codes: 0 answered, 1 some or all of it not found, 2 wrong usage or a file that can't be read or written, "
        "3 a broken dataset file."
    )
    for args in (["--help"], *([name, "--help"] for name in COMMAND_MODULES)):
        assert wanted in " ".join(c(*args).out.split())


@pytest.mark.parametrize("name", ["show", "export", "compare"])
def test_12_a_batch_with_one_bad_code(c: Command, name: str) -> None:
    """All good ones, exit 1."""
    done = c(name, HELD, "2O976", "20920", *COST)
    assert (done.code, done.out) == (1, c(name, HELD, "20920", *COST).out)
    assert done.err == "cptref: 2O976: does not look like a code; did you mean 20976?\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_13_streams_stand_by_themselves(sh: Command, c: Command, name: str) -> None:
    """Without standard error the answer is whole; without standard output success says nothing."""
    line = f"C {' '.join(COMMANDS[name])}"
    assert sh(f"{line} 2>/dev/null").out == c(*COMMANDS[name]).out
    assert sh(f"{line} >/dev/null") == (0, "", "")


def test_14_errors_on_standard_error(c: Command) -> None:
    """Never on standard output."""
    for args in (
        ["shwo"],
        ["show", ABSENT],
        ["show", HELD, "-s", "zzz"],
        ["search", "xyzzyx"],
        ["export", HELD, "-o", "a/b"],
    ):
        done = c(*args)
        assert (done.code > 0, done.out) == (True, "")
        assert done.err.startswith("cptref: ")


def test_15_notices_on_standard_error(c: Command) -> None:
    """How a query was read and what was cut; in JSON it is in fields."""
    done = c("search", "LBP", "-n", "1")
    assert done.err == (
        "cptref: reading LBP as low back pain (abbreviation)\ncptref: the best 1 of 3 entries; --limit shows more\n"
    ).replace("3", str(json.loads(c("search", "LBP", "-f", "json").out)["total"]))
    assert "reading" not in done.out
    told = json.loads(c("search", "LBP", "-n", "1", "-f", "json").out)
    assert told["understood"] == [{"from": "LBP", "to": ["low back pain"], "tier": "abbreviation"}]
    assert told["total"] > len(told["results"]) == 1


def test_16_writing_files(c: Command) -> None:
    """One line says what was written; `-` is standard output; nothing is written over unless told so."""
    assert c("export", HELD, "-o", "f") == (0, "", "cptref: wrote f\n")
    assert c("export", HELD, "-o", "-").out == Path("f").read_text(encoding="utf-8")
    assert c("export", "20920", "-o", "f").code == 2
    assert Path("f").read_text(encoding="utf-8") == c("export", HELD).out
    assert c("export", "20920", "-o", "f", "--force").code == 0


@pytest.mark.parametrize("name", COMMANDS)
def test_17_a_pipe_is_plain(c: Command, name: str) -> None:
    """No escape, no box, no wrapping at 80 columns."""
    out = c(*COMMANDS[name]).out
    assert not re.search(r"[\x1b\u2500-\u259f•]", out)
    if name not in {"list", "sections", "paths", "check", "note"}:
        assert max(map(len, out.splitlines())) > 100


@pytest.mark.parametrize("name", ["show", "search", "symptom", "export", "compare", "modifiers", "sections"])
def test_18_a_terminal_says_the_same(c: Command, command: str, name: str) -> None:
    """Every word that a pipe gets."""
    on_terminal = shown([command, "--color", "never", *COMMANDS[name]], columns=200).out
    words = set(re.findall(r"[\w$]+", c(*COMMANDS[name]).out))
    assert not words - set(re.findall(r"[\w$]+", on_terminal))


@pytest.mark.parametrize("name", COMMANDS)
def test_19_any_width(c: Command, name: str) -> None:
    """40 and 200 columns reflow; nothing is cut."""
    for width in ("40", "200"):
        for form in ("terminal", "text"):
            out = c(*COMMANDS[name], *([] if name == "export" else ["-f", form]), "--width", width).out
            assert max(map(len, out.splitlines())) <= int(width) or name == "paths"  # a path can't be folded
            assert "…" not in out
    assert "..." not in c(*COMMANDS[name]).out.replace("....", "")


def test_20_no_prompt(c: Command, command: str) -> None:
    """Nothing is asked; `-` on a terminal explains itself."""
    done = shown([command, "show", "-"], streams=("stdin", "stdout", "stderr"))
    assert done.code == 2
    assert "- reads codes from standard input, which is a terminal" in done.out
    assert c("show", HELD).code == 0


def test_21_no_color(command: str) -> None:
    """NO_COLOR removes colour; an empty one is none."""
    colour = re.compile(r"\x1b\[[\d;]*3[0-7]")
    args = [command, "show", HELD, *COST]
    assert not colour.search(shown(args, env={"NO_COLOR": "1"}).out)
    assert colour.search(shown(args, env={"NO_COLOR": ""}).out)


def test_22_color_never_and_always(c: Command, command: str) -> None:
    """`never` leaves no escape at all, bold neither, even where it would be paged; `always` keeps them in pipes."""
    plain = shown([command, "--color", "never", "show", HELD], rows=10, env={"PAGER": "less", "CPTREF_PAGER": "less"})
    assert "\x1b" not in plain.out
    assert "\x1b[1m" in c("--color", "always", "show", HELD).out
    assert "\x1b[1m" in c("show", HELD, FORCE_COLOR="1").out
    assert "\x1b" not in c("show", HELD, FORCE_COLOR="").out
    assert "\x1b" not in c("--color", "never", "show", HELD, FORCE_COLOR="1").out


def test_23_a_dumb_terminal(c: Command, command: str) -> None:
    """Is plain, whatever else is said of colour."""
    assert "\x1b" not in shown([command, "show", HELD], rows=10, env={"TERM": "dumb"}).out
    assert "\x1b" not in c("show", HELD, TERM="dumb", FORCE_COLOR="1").out


def test_24_json_whatever_the_colours(c: Command) -> None:
    """It parses, and is the same."""
    plain = c("show", HELD, "-f", "json")
    assert c("show", HELD, "-f", "json", NO_COLOR="1", FORCE_COLOR="1") == plain
    assert json.loads(plain.out)["results"][0]["code"] == HELD


def test_25_no_meaning_by_colour(c: Command) -> None:
    """The conflict is a word, what was matched stands between asterisks, and bars have their amounts."""
    assert "CONFLICT: " in c("--color", "never", "show", "20920", "-f", "terminal").out
    assert "*Tingling*" in c("--color", "never", "search", "tingling", "-f", "terminal").out
    assert "$1,000 to $3,000" in c("compare", "20920", "20962", *COST, "-f", "terminal").out


def test_26_json(c: Command) -> None:
    """Versions, query, score, tier, text; a miss is JSON too."""
    told = json.loads(c("search", "tinglng", "-f", "json").out)
    assert (told["schema_version"], told["dataset"]["version"], told["query"]) == (1, "2026.11.1", "tinglng")
    match = told["results"][0]["matches"][0]
    assert (match["tier"], match["text"]) == ("spelling", "Tingling or numbness in the extremities")
    assert 0 < match["score"] <= 1
    missed = c("show", ABSENT, "-f", "json")
    assert missed.code == 1
    assert json.loads(missed.out)["not_found"][0]["reason"] == "not-held"


def test_27_csv(c: Command, tmp_path: Path) -> None:
    """Codes as text, line breaks in quotes, formulas harmless."""
    points = ["=1+1", "+1", "-1", "@SUM(A1)", "two\nlines"]
    (tmp_path / "00100.toml").write_text(article("00100", {"symptoms": points}), encoding="utf-8")
    out = c("show", "00100", "-s", "symptoms", "-f", "csv", "-L", str(tmp_path)).out
    rows = list(csv.DictReader(StringIO(out, newline="")))
    assert [row["text"] for row in rows if row["kind"] == "point"] == ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "two\nlines"]
    assert out.count('"00100",') == len(rows)


def test_28_a_list_in_a_pipe(c: Command) -> None:
    """One code a line, with colours forced too."""
    codes = "20920\n20962\n20971\n20975\n20976\n"
    assert c("list") == c("list", FORCE_COLOR="1") == c("--color", "always", "list") == (0, codes, "")


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json", "jsonl", "csv"])
def test_29_same_data_same_bytes(c: Command, form: str) -> None:
    """Twice, and whatever the locale says."""
    for name in ("show", "search", "compare"):
        once = c(*COMMANDS[name], "-f", form)
        assert once == c(*COMMANDS[name], "-f", form) == c(*COMMANDS[name], "-f", form, LANG="C", PYTHONHASHSEED="7")


def test_30_an_unknown_code(c: Command) -> None:
    """What was understood, its shape, what is near as what it is, what to try."""
    assert c("show", "cpt 20977").err == (
        "cptref: cpt 20977: read as 20977, shaped like a code, but not held; held and close, but different procedures: "
        "20971, 20975, 20976; cptref list shows every code that is held\n"
    )


def test_31_an_unknown_name(c: Command) -> None:
    """The closest and the list, of sections and of an option's values."""
    assert c("show", HELD, "-s", "symtoms").err == (
        f"cptref: no section 'symtoms'; did you mean symptoms? the sections are {', '.join(CATALOGUE)}\n"
    )
    assert "'jsn' is none; did you mean json? there are terminal, text, markdown, html, json, jsonl, csv" in (
        c("show", HELD, "-f", "jsn").err
    )


def test_32_codes_as_they_come(c: Command) -> None:
    """Read through, or refused with a hint."""
    for typed in (f"{HELD}\n", f"CPT {HELD}", f"cpt:{HELD}", f"#{HELD}", "２０９７６", f"({HELD})", f"“{HELD}”"):
        assert c("show", typed, *COST) == c("show", HELD, *COST)
    assert "\nModifier 50:\n  - both sides in one session;" in c("show", f"CPT {HELD}-50").out
    assert c("show", "20976-5").err == "cptref: 20976-5: modifier '5' must have two characters, like 50 or RT\n"
    assert c("show", "2O976").err == "cptref: 2O976: does not look like a code; did you mean 20976?\n"


def test_33_no_traceback(c: Command, sh: Command, in_checkout: Command, checkout: Path) -> None:
    """Missing or broken files, a folder for a file, no home, input that isn't UTF-8: one line; --debug has more."""
    Path("20976.txt").mkdir()
    assert c("export", HELD, "-o", "20976.txt").err == "cptref: wrote 20976.txt/20976.txt\n"
    done = c("export", HELD, "-o", ".", "--force")
    assert done.err == "cptref: 20976.txt can't be written: Is a directory; try another place\n"
    assert sh("env -u HOME -u XDG_CACHE_HOME -u XDG_DATA_HOME C list").code == 0
    assert sh(r"printf '\xfd\xfc\n' | C show -").err.startswith(r"cptref: \xfd\xfc: does not look like a code")
    (checkout / "data" / "dataset.toml").unlink()
    done = in_checkout("list")
    assert (done.code, "Traceback" in done.err) == (3, False)
    assert done.err.splitlines()[0].endswith("data/dataset.toml: can't be read: No such file or directory")
    assert "Traceback" in in_checkout("--debug", "list").err


def test_34_hostile_text_is_shown(c: Command, tmp_path: Path) -> None:
    """Markup as it is written, escapes visibly: of data, and of arguments."""
    (tmp_path / "20111.toml").write_text(article("20111", {"symptoms": ["[bold]x[/x] [left]"]}), encoding="utf-8")
    for form in ("text", "terminal"):
        assert "[bold]x[/x] [left]" in c("show", "20111", "-f", form, "--color", "always", "-L", str(tmp_path)).out
    assert c("show", "[bold]\x1b[31m").err.startswith(r"cptref: [bold]\x1b[31m: does not look like a code; ")
    assert c("search", "[/xyzzyx]", "\x1b[31m").err.endswith(
        r"cptref: no entry fits '[/xyzzyx] \x1b[31m'; try fewer or other words, or cptref list" + "\n"
    )


def test_35_a_closed_pipe(sh: Command) -> None:
    """Nothing on standard error."""
    for name in ("show", "compare", "export"):
        assert sh(f"C {' '.join(COMMANDS[name])} -f html | head -n 1").err == ""


def test_36_an_interrupt(command: str) -> None:
    """130, and not a word."""
    read, write = os.pipe()
    process = subprocess.Popen([command, "show", "-"], stdin=read, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    os.write(write, b"20976\n")
    while not _waits(process.pid):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert (*process.communicate(timeout=30), process.returncode) == (b"", b"", 130)
    os.close(read)
    os.close(write)


def _waits(pid: int) -> bool:
    """Whether the process waits for its pipe."""
    try:
        return "pipe" in Path(f"/proc/{pid}/wchan").read_text(encoding="utf-8")
    except OSError:  # no such file system: then wait a little
        return True


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("name", COMMANDS)
def test_37_a_full_disk(sh: Command, name: str) -> None:
    """Exit 2, with a sentence."""
    assert sh(f"C {' '.join(COMMANDS[name])} > /dev/full") == (
        2,
        "",
        "cptref: standard output can't be written: No space left on device; free some space or write elsewhere\n",
    )


def test_38_surroundings(c: Command, sh: Command, command: str) -> None:
    """Other locales, another encoding, no network. (How quick it is, the benchmark says.)"""
    plain = c("show", HELD)
    assert c("show", HELD, LANG="C", LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0") == plain
    ascii_only = shown([command, "compare", HELD, "20920"], env={"PYTHONIOENCODING": "ascii"})
    assert (ascii_only.code, ascii_only.out.isascii()) == (0, True)
    if shutil.which("unshare") and os.geteuid() == 0:
        assert sh(f"unshare --net C show {HELD}") == plain


def test_39_files_where_they_belong(c: Command, tmp_path: Path) -> None:
    """Reading writes nothing but the cache; relative XDG folders are ignored; the option beats the environment."""
    home = tmp_path / "fresh"
    home.mkdir()
    env = {"HOME": str(home), "XDG_CACHE_HOME": "relative", "XDG_DATA_HOME": "relative"}
    for args in COMMANDS.values():
        assert c(*args, **env).code == 0
    written = {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()}
    assert {str(Path(path).parent) for path in written} == {".cache/cptref"}
    assert not list(Path().iterdir())
    assert "\x1b" not in c("show", HELD, "-f", "terminal", "--color", "never", FORCE_COLOR="1").out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_40_completion(c: Command, tmp_path: Path, shell: str) -> None:
    """Commands, codes with titles, sections, modifiers in four shells; silent on errors."""

    def offered(line: str, **env: str) -> str:
        words = {"COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
        typer = {"_TYPER_COMPLETE_ARGS": line, "_TYPER_COMPLETE_WORD_TO_COMPLETE": line.rsplit(" ", 1)[1]}
        done = c(_CPTREF_COMPLETE=f"complete_{shell}", _TYPER_COMPLETE_FISH_ACTION="get-args", **words, **typer, **env)
        assert done.err == ""
        return done.out

    assert "symptom" in offered("cptref sy")
    assert HELD in offered("cptref show 209")
    assert ("Therapeutic injection into the spine" in offered("cptref show 209")) == (shell != "bash")
    assert "home-care" in offered("cptref show 20976 -s ho")
    assert "20976-RT" in offered("cptref show 20976-R")
    (tmp_path / "20111.toml").write_text("broken", encoding="utf-8")
    assert HELD in offered("cptref show 209", CPTREF_LIBRARY=str(tmp_path))
    assert HELD not in offered("cptref show 209", CPTREF_LIBRARY=str(tmp_path / "nowhere"))


def test_on_a_terminal_it_is_a_page(command: str) -> None:
    """The checks above that speak of a terminal had a real one: it is told apart from a pipe."""
    with terminal([command, "list"], streams=("stdout", "stderr")) as one:
        assert "Title" in one.end().out
