"""Folders of entries laid over the bundled ones, and what a terminal sees while a large one is compiled."""

from __future__ import annotations

import json
import os
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from cptref import paths
from tests.conftest import article
from tests.terminal import shown, terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Run

MANY = 150  # articles, which are enough for the notice


def folder_of(path: Path, *codes: str, point: str = "fine") -> Path:
    """A folder with these entries, each with one symptom."""
    path.mkdir(parents=True)
    for code in codes:
        (path / f"{code}.toml").write_text(article(code, {"symptoms": [point]}), encoding="utf-8")
    return path


def libraries(run: Run, *args: str) -> dict[str, str]:
    """Which library each code is from."""
    done = run("list", "-f", "json", *args)
    assert (done.code, done.err) == (0, "")
    return {one["code"]: one["library"] for one in json.loads(done.out)["results"]}


def test_folders_are_laid_over_in_order(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's folder, those of CPTREF_LIBRARY, those of --library: a later entry replaces an earlier one."""
    own = folder_of(tmp_path / "share" / "cptref", "20111", "20222", "20333", "20976")
    first = folder_of(tmp_path / "first", "20222", "20333")
    second = folder_of(tmp_path / "second", "20333")
    third = folder_of(tmp_path / "third", "20920")
    monkeypatch.setenv("CPTREF_LIBRARY", f"{first}{os.pathsep}{os.pathsep}{second}")
    found = libraries(run, "-L", str(third), "--library", str(second))
    assert found == {
        "20111": str(own),
        "20222": str(first),
        "20333": str(second),
        "20920": str(third),
        "20962": "bundled",
        "20971": "bundled",
        "20975": "bundled",
        "20976": str(own),
    }


def test_on_either_side_of_the_command(run: Run, tmp_path: Path) -> None:
    """Folders named before the command come before those named after it."""
    one = folder_of(tmp_path / "one", "20111", point="from one")
    two = folder_of(tmp_path / "two", "20111", point="from two")
    assert "from two" in run("-L", str(one), "show", "20111", "-L", str(two)).out
    assert "from one" in run("-L", str(two), "show", "20111", "-L", str(one)).out


@pytest.mark.parametrize(
    "args",
    [
        ["show", "20111"],
        ["search", "unheard of"],
        ["symptom", "unheard of"],
        ["export", "20111"],
        ["compare", "20111", "20976"],
        ["modifiers", "20111"],
        ["list"],
    ],
)
def test_every_command_answers_from_them(run: Run, tmp_path: Path, args: list[str]) -> None:
    """As from the bundled entries."""
    folder = folder_of(tmp_path / "own", "20111", point="unheard of")
    done = run(*args, "-L", str(folder))
    assert (done.code, done.err) == (0, "")
    assert "20111" in done.out


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json", "csv", "terminal"])
@pytest.mark.parametrize(
    "args",
    [
        ["show", "20111", "20920"],
        ["show", "20111", "20920", "-s", "symptoms"],
        ["export", "20111", "20920"],
        ["search", "persistent pain in the lower back"],
        ["symptom", "persistent pain in the lower back"],
        ["compare", "20111", "20920"],
        ["modifiers", "20111", "20920"],
        ["list"],
    ],
)
def test_each_entry_says_which_library_it_is_from(run: Run, tmp_path: Path, args: list[str], form: str) -> None:
    """Everywhere it is shown, in every format: the bundled ones too. (Plain text of a list is codes alone.)"""
    folder = folder_of(tmp_path / "own", "20111", point="Persistent pain in the lower back")
    if (args[0], form) in {("export", "terminal"), ("list", "text")}:
        return
    done = run(*args, "-L", str(folder), "-f", form, "--width", "400")
    assert done.code == 0
    said = done.out.replace("\\", "")  # of Markdown, which escapes what could be markup
    assert said.count(str(folder)) >= 1
    assert said.count("bundled") >= 1


def test_a_folder_may_bring_words_and_modifiers(run: Run, tmp_path: Path) -> None:
    """A vocabulary and a table of modifiers add to the bundled ones; where they are broken, they alone are left out."""
    folder = folder_of(tmp_path / "own", "20111", point="a glimmering knee")
    text = (folder / "20111.toml").read_text(encoding="utf-8")
    (folder / "20111.toml").write_text(text.replace("modifiers = []", "modifiers = ['U1', 'RT']"), encoding="utf-8")
    here = ("-L", str(folder))
    unknown = "Modifier U1: not in any table of modifiers, so its meaning is not known here\n"
    assert unknown in run("show", "20111", *here).out
    assert run("search", "xyzzy", *here).code == 1
    (folder / "vocabulary.toml").write_text(
        "[[concepts]]\nname = 'glimmering'\nsynonyms = ['xyzzy']\n", encoding="utf-8"
    )
    (folder / "modifiers.toml").write_text(
        "[[modifiers]]\ncode = 'U1'\nset = 'HCPCS Level II'\nmeaning = 'what the state says'\n", encoding="utf-8"
    )
    assert "*glimmering*" in run("search", "xyzzy", *here).out
    assert "Modifier U1: what the state says\n" in run("show", "20111", *here).out
    assert "what the state says" in run("modifiers", "U1", *here).out
    (folder / "vocabulary.toml").write_text(
        "[[concepts]]\nname = 'glimmering'\nsynonyms = ['edema']\n", encoding="utf-8"
    )
    (folder / "modifiers.toml").write_text("[[modifiers]]\ncode = 'U1'\n", encoding="utf-8")
    done = run("show", "20111", *here)
    assert done.code == 0
    assert unknown in done.out
    assert re.sub(r"\[\d\d+\]", "[N]", done.err) == (
        f"cptref: {folder}/modifiers.toml: modifiers[0].set: is missing; left out, with 1 more fault\n"
        f"cptref: {folder}/vocabulary.toml: concepts[0].synonyms[0]: 'edema' means 'swelling' at "
        f"concepts[N].synonyms[0] in {paths.data_dir()}/vocabulary.toml; a term means one thing; left out\n"
    )
    assert run("search", "xyzzy", *here).code == 1


def test_local_codes_that_are_none_are_refused(run: Run, tmp_path: Path) -> None:
    """With a hint; and so is a code in a file of another name, and one that stands twice in a folder."""
    folder = folder_of(tmp_path / "own", "20111", "20222")
    (folder / "LOC1.toml").write_text(article("LOC1", {}), encoding="utf-8")
    (folder / "2O976.toml").write_text(article("2O976", {}), encoding="utf-8")
    (folder / "g0260.toml").write_text(article("g0260", {}), encoding="utf-8")
    (folder / "20222.toml").write_text(article("20333", {}), encoding="utf-8")
    (folder / "articles").mkdir()
    (folder / "articles" / "20111.toml").write_text(article("20111", {}), encoding="utf-8")
    done = run("check", str(folder))
    assert done.code == 3
    assert [line for line in done.out.replace(f"{folder}/", "").splitlines() if ": code:" in line] == [
        "  - 20222.toml: code: 20333 is in a file named 20222.toml; a file is named after its code",
        "  - 2O976.toml: code: '2O976' is not a code; did you mean 20976?",
        "  - LOC1.toml: code: 'LOC1' is not a code; a code has five characters, like 20976, 0042T or G0260",
        "  - articles/20111.toml: code: 20111 is already in 20111.toml",
        "  - g0260.toml: code: 'g0260' must be written G0260",
    ]
    done = run("list", "-L", str(folder))
    assert (done.code, done.out.split()[0]) == (0, "20111")
    assert done.err.count("\n") == 5


def test_what_was_mended_is_noticed(run: Run, tmp_path: Path) -> None:
    """By a look-up of another code too: a folder that couldn't be listed, a link, a file with a name of odd letters."""
    folder = folder_of(tmp_path / "own \u200bx", "20111", "20222")
    here = ("-L", str(folder))
    whole = (folder / "20111.toml").read_text(encoding="utf-8")

    def told(*args: str) -> str:
        return run(*args, *here).err

    for args in (["show", "20222"], ["list"]):
        (folder / "20111.toml").write_text("=", encoding="utf-8")
        assert "20111.toml: is not valid TOML: " in told(*args)
        (folder / "20111.toml").write_text(whole, encoding="utf-8")
        assert told(*args) == ""
        (folder / "articles").write_text("", encoding="utf-8")
        assert "/articles: can't be read: Not a directory; left out\n" in told("list")
        assert "/articles: can't be read: Not a directory; left out\n" in told(*args)
        (folder / "articles").unlink()
        assert told(*args) == ""
        (folder / "20333.toml").symlink_to("nowhere")
        assert "20333.toml: can't be read: No such file or directory; left out\n" in told("list")
        (folder / "20333.toml").unlink()
        assert told(*args) == ""
        assert run("search", "fine", *here).err == ""


def test_what_is_near_is_what_is_there_now(run: Run, tmp_path: Path) -> None:
    """Also for a code whose own file is left out."""
    folder = folder_of(tmp_path / "own", "64483")
    (folder / "64483.toml").write_text("=", encoding="utf-8")
    assert "64484" not in run("show", "64483", "-L", str(folder)).err
    (folder / "64484.toml").write_text(article("64484", {}), encoding="utf-8")
    assert "held and close, but different procedures: 64484" in run("show", "64483", "-L", str(folder)).err


def test_a_folder_that_is_named_twice(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts once, where it is named last."""
    one = folder_of(tmp_path / "one", "20111", point="from one")
    two = folder_of(tmp_path / "two", "20111", point="from two")
    monkeypatch.setenv("CPTREF_LIBRARY", str(one))
    assert "from one" in run("show", "20111", "-L", str(two), "-L", str(one)).out
    (one / "20111.toml").write_text("=", encoding="utf-8")
    assert run("list", "-L", str(one)).err.endswith("(at line 1, column 1); left out\n")


def test_a_data_folder_with_an_impossible_name(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Holds nothing, and keeps nobody from an answer."""
    monkeypatch.setenv("XDG_DATA_HOME", f"/{'a' * 300}")
    assert run("show", "20976")[::2] == (0, "")


def test_many_broken_files(run: Run, tmp_path: Path) -> None:
    """The first few are named, the others counted."""
    folder = folder_of(tmp_path / "own", *(f"{30_000 + number}" for number in range(8)))
    for path in folder.iterdir():
        path.write_text("=", encoding="utf-8")
    done = run("list", "-L", str(folder))
    assert (done.code, done.err.count(": is not valid TOML: ")) == (0, 5)
    assert done.err.endswith("cptref: 3 more files are left out; cptref check names every fault\n")


def test_notes_are_no_article(run: Run, tmp_path: Path) -> None:
    """The user's notes live in the same folder."""
    own = folder_of(tmp_path / "share" / "cptref", "20111")
    (own / "notes.toml").write_text("[[notes]]\ncode = '20111'\ntext = 'mine'\nadded = 2026-01-01\n", encoding="utf-8")
    assert "20111" in libraries(run)


def test_a_home_in_the_name(run: Run, tmp_path: Path) -> None:
    """The ~ that a shell left as it was."""
    folder_of(tmp_path / "home" / "own", "20111")
    assert "20111" in libraries(run, "--library=~/own")


def test_what_is_no_folder(run: Run, tmp_path: Path) -> None:
    """One line and exit 2: a name that isn't there, none at all."""
    done = run("list", "-L", str(tmp_path / "nowhere"))
    assert done == (2, "", f"cptref: {tmp_path}/nowhere is not a folder; name a folder of dataset files\n")
    assert run("list", "-L", "") == (2, "", "cptref: '' is not a folder; name a folder of dataset files\n")
    assert run("list", "-L", "x" * 5000).err.endswith("x is not a folder; name a folder of dataset files\n")


def test_a_broken_file_is_named(run: Run, tmp_path: Path) -> None:
    """With its path and what is wrong; it is left out, and the rest answers, until it is mended."""
    folder = folder_of(tmp_path / "own", "20111", "20222")
    whole = (folder / "20111.toml").read_text(encoding="utf-8")
    (folder / "20111.toml").write_text("broken", encoding="utf-8")
    said = (
        f"cptref: {folder}/20111.toml: is not valid TOML: Expected '=' after a key in a key/value pair "
        "(at end of document); left out\n"
    )
    for args in (["list"], ["show", "20222"], ["show", "20976"], ["search", "fine"], ["modifiers"]):
        assert run(*args, "-L", str(folder))[::2] == (0, said)  # each time
    assert run("list", "-L", str(folder)).out.split() == ["20222", "20920", "20962", "20971", "20975", "20976"]
    assert run("show", "20111", "-L", str(folder)).code == 1
    assert run("check", "-L", str(folder)).code == 3
    (folder / "20111.toml").write_text(whole, encoding="utf-8")
    assert run("show", "20222", "-L", str(folder))[::2] == (0, "")
    assert run("check", "-L", str(folder)).code == 0


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A library that is large enough to be told of, and has not been compiled."""
    return folder_of(tmp_path / "many", *(f"{30_000 + number}" for number in range(MANY)))


@pytest.fixture
def cold(tmp_path: Path) -> dict[str, str]:
    """An environment with an empty cache."""
    return {"XDG_CACHE_HOME": str(tmp_path / "cold")}


def test_a_notice_and_a_bar(command: str, many: Path, cold: dict[str, str]) -> None:
    """On a terminal, while it is compiled, and only then; the cursor is there again afterwards."""
    args = [command, "-L", str(many), "list"]
    done = shown(args, env=cold, streams=("stderr",))
    assert done.code == 0
    assert "cptref: compiling 155 articles, which is done again only when one of them changes\n" in done.out
    _, bar = done.out.split("changes\n")
    assert "compiling " in bar
    assert done.out.rfind("\x1b[?25h") > done.out.rfind("\x1b[?25l") > 0
    assert shown(args, env=cold, streams=("stderr",)).out == ""


def test_no_bar_without_escapes(command: str, many: Path, cold: dict[str, str]) -> None:
    """`--color never` leaves the line alone."""
    done = shown([command, "--color", "never", "-L", str(many), "list"], env=cold, streams=("stderr",))
    assert done.out == "cptref: compiling 155 articles, which is done again only when one of them changes\n"


def test_nothing_where_it_is_no_terminal(
    run: Run, many: Path, cold: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script sees neither."""
    monkeypatch.setenv("XDG_CACHE_HOME", cold["XDG_CACHE_HOME"])
    assert len(libraries(run, "-L", str(many))) == MANY + 5


def test_nothing_for_a_small_library(command: str, cold: dict[str, str]) -> None:
    """Five entries are compiled before anyone has read a line."""
    assert shown([command, "list"], env=cold, streams=("stderr",)).out == ""


@pytest.mark.parametrize("wanted", ["changes", "%", "\x1b[?25l"])
def test_an_interrupt_while_it_compiles(command: str, many: Path, cold: dict[str, str], wanted: str) -> None:
    """Ctrl-C: 130, no traceback, the cursor is there, and the next command answers."""
    with terminal([command, "-L", str(many), "list"], env=cold) as one:
        one.until(wanted)
        one.press("\x03")
        done = one.end()
    assert "Traceback" not in done.out
    assert done.out.rfind("\x1b[?25h") >= done.out.rfind("\x1b[?25l")
    again = shown([command, "-L", str(many), "list"], env=cold)
    assert again.code == 0
    assert "30149" in again.out


def test_what_is_compiled_is_kept_apart(run: Run, tmp_path: Path) -> None:
    """Two sets of folders don't take turns in the cache."""
    one, two = folder_of(tmp_path / "one", "20111"), folder_of(tmp_path / "two", "20222")
    assert "20111" in libraries(run, "-L", str(one))
    assert "20222" in libraries(run, "-L", str(two))
    shutil.rmtree(two)
    assert set(libraries(run)) == {"20920", "20962", "20971", "20975", "20976"}
