"""Folders of entries laid over the bundled ones, and what a terminal sees while a large one is compiled."""

from __future__ import annotations

import json
import os
import re
import shutil
from errno import EIO, ESTALE
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

from cptref import paths
from tests.conftest import make_article
from tests.terminal import shown, terminal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Run

LARGE_LIBRARY = 150  # articles, enough for the notice


def make_folder(path: Path, *codes: str, point: str = "fine") -> Path:
    """Make a folder with these entries, each with one symptom."""
    path.mkdir(parents=True)
    for code in codes:
        (path / f"{code}.toml").write_text(make_article(code, {"symptoms": [point]}), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that no test changes, so that it is compiled once."""
    path = tmp_path_factory.mktemp("libraries") / "own"
    return make_folder(path, "20111", point="Persistent pain in the lower back")


def map_libraries(run: Run, *args: str) -> dict[str, str]:
    """Return the library of each code of an article."""
    done = run("list", "-f", "json", *args)
    assert (done.code, done.err) == (0, "")
    entries = json.loads(done.out)["results"]
    return {entry["code"]: entry["library"] for entry in entries if entry["kind"] == "article"}


def test_later_folders_replace_entries_of_earlier_ones(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In this order: the user's folder, those of CPTREF_LIBRARY, those of --library."""
    own = make_folder(tmp_path / "share" / "cptref", "20111", "20222", "20333", "20976")
    first = make_folder(tmp_path / "first", "20222", "20333")
    second = make_folder(tmp_path / "second", "20333")
    third = make_folder(tmp_path / "third", "20920")
    monkeypatch.setenv("CPTREF_LIBRARY", f"{first}{os.pathsep}{os.pathsep}{second}")
    libraries = map_libraries(run, "-L", str(third), "--library", str(second))
    assert libraries == {
        "20111": str(own),
        "20222": str(first),
        "20333": str(second),
        "20920": str(third),
        "20962": "bundled",
        "20971": "bundled",
        "20975": "bundled",
        "20976": str(own),
    }


def test_folders_before_the_command_come_first(run: Run, tmp_path: Path) -> None:
    """--library stands on either side."""
    one = make_folder(tmp_path / "one", "20111", point="from one")
    two = make_folder(tmp_path / "two", "20111", point="from two")
    assert "from two" in run("-L", str(one), "show", "20111", "-L", str(two)).out
    assert "from one" in run("-L", str(two), "show", "20111", "-L", str(one)).out


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
def test_every_command_names_the_library_of_an_entry(run: Run, folder: Path, args: list[str], form: str) -> None:
    """In every format, also for bundled entries. (A list in plain text is codes only.)"""
    if (args[0], form) in {("export", "terminal"), ("list", "text")}:
        return
    done = run(*args, "-L", str(folder), "-f", form, "--width", "400")
    assert done.code == 0
    text = done.out.replace("\\", "")  # of Markdown, which escapes what could be markup
    assert text.count(str(folder)) >= 1
    assert text.count("bundled") >= 1


def test_an_own_entry_replaces_the_text_and_not_the_finding(run: Run, tmp_path: Path) -> None:
    """Show, list, compare and modifiers say what it replaces, and their verdict is that of the bundled finding."""
    here = ("-L", str(make_folder(tmp_path / "own", "20920", "20976")))
    shown = run("show", "20920", "--brief", *here).out
    assert shown.startswith("20920  ! CONFLICT: published for another service; do not bill it for this one\n")
    origin = f"{tmp_path}/own; replaces the bundled entry; the finding stays the bundled one"
    assert f"\nLibrary: {origin}\n" in shown
    assert f"Library: {origin}\n" in run("compare", "20920", "20962", *here).out
    assert "\n50 ✗ conflicts:\n  - bilateral indicator 0: " in run("modifiers", "20920-50", *here).out
    listed = run("list", "-f", "terminal", "--color", "never", "--width", "300", *here).out
    for sign, code, word in (("!", "20920", "conflict"), ("✗", "20976", "not listed")):
        line = f"{sign} {code} +Untitled +{word} +{re.escape(str(tmp_path))}/own, replaces the bundled entry"
        assert re.search(f"^{line}$", listed, re.MULTILINE)
    items = {item["code"]: item for item in json.loads(run("list", "-f", "json", *here).out)["results"]}
    assert [(items[code]["replaces"], items[code]["verification"]) for code in ("20920", "20962")] == [
        ("bundled", "conflict"),
        ("", "conflict"),
    ]


def test_an_entry_with_a_finding_of_its_own_is_shown_with_both(run: Run, tmp_path: Path) -> None:
    """If it says what it was checked against and when; the bundled finding follows, and modifiers are judged by it."""
    folder = make_folder(tmp_path / "own", "20920")
    path = folder / "20920.toml"
    own = "status = 'verified', finding = 'ours', checked_against = ['our files'], checked_on = 2026-11-01"
    text = re.sub(
        r"^verification = .*$", f"verification = {{{own}}}", path.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    path.write_text(text, encoding="utf-8")
    here = ("-L", str(folder))
    shown = run("show", "20920", "--brief", *here).out
    assert shown.startswith(f"20920  ✓ VERIFIED by {folder}: Untitled\n")
    bundled = "The bundled dataset: ! CONFLICT, published for another service; do not bill it for this one\n"
    assert f"\n{bundled}  In the published code set, 20920 stands for " in shown
    assert bundled in run("show", "20920", "-s", "symptoms", *here).out
    modifiers = run("modifiers", "20920-50", *here).out
    assert bundled in modifiers
    assert "\n50 ✗ conflicts:\n" in modifiers


def test_a_folder_may_add_modifiers(run: Run, tmp_path: Path) -> None:
    """They add to the bundled ones; broken ones are left out, like a broken vocabulary, and the rest stays."""
    folder = make_folder(tmp_path / "own", "20111")
    text = (folder / "20111.toml").read_text(encoding="utf-8")
    (folder / "20111.toml").write_text(text.replace("modifiers = []", "modifiers = ['U1', 'RT']"), encoding="utf-8")
    here = ("-L", str(folder))
    unknown = "Modifier U1: not in any table of modifiers, so its meaning is not known here\n"
    assert unknown in run("show", "20111", *here).out
    table = "[[modifiers]]\ncode = 'U1'\nset = 'HCPCS Level II'\nmeaning = 'what the state says'\n"
    (folder / "modifiers.toml").write_text(table, encoding="utf-8")
    assert "Modifier U1: what the state says\n" in run("show", "20111", *here).out
    assert "what the state says" in run("modifiers", "U1", *here).out
    (folder / "modifiers.toml").write_text("[[modifiers]]\ncode = 'U1'\n", encoding="utf-8")
    (folder / "vocabulary.toml").write_text("[[concepts]]\nname = 'glim'\nsynonyms = ['edema']\n", encoding="utf-8")
    done = run("show", "20111", *here)
    assert done.code == 0
    assert unknown in done.out
    assert re.sub(r"\[\d\d+\]", "[N]", done.err) == (
        f"cptref: {folder}/modifiers.toml: modifiers[0].set: is missing; left out, with 1 more fault\n"
        f"cptref: {folder}/vocabulary.toml: concepts[0].synonyms[0]: 'edema' means 'swelling' at "
        f"concepts[N].synonyms[0] in {paths.data_dir()}/vocabulary.toml; a term means one thing; left out\n"
    )


def test_a_fixed_file_counts_at_once(run: Run, tmp_path: Path) -> None:
    """Also in the look-up of another code: a broken file, an `articles` that is no folder, a dangling link."""
    folder = make_folder(tmp_path / "own \u200bx", "20111", "20222")
    here = ("-L", str(folder))
    whole = (folder / "20111.toml").read_text(encoding="utf-8")

    def report(*args: str) -> str:
        return run(*args, *here).err

    for args in (["show", "20222"], ["list"]):
        (folder / "20111.toml").write_text("=", encoding="utf-8")
        assert "20111.toml: is not valid TOML: " in report(*args)
        (folder / "20111.toml").write_text(whole, encoding="utf-8")
        assert report(*args) == ""
        (folder / "articles").write_text("", encoding="utf-8")
        assert "/articles: can't be read: Not a directory; left out\n" in report("list")
        assert "/articles: can't be read: Not a directory; left out\n" in report(*args)
        (folder / "articles").unlink()
        assert report(*args) == ""
        (folder / "20333.toml").symlink_to("nowhere")
        assert "20333.toml: can't be read: No such file or directory; left out\n" in report("list")
        (folder / "20333.toml").unlink()
        assert report(*args) == ""
        assert run("search", "fine", *here).err == ""


def test_close_codes_are_those_that_exist_now(run: Run, tmp_path: Path) -> None:
    """Also next to a code whose own file is left out."""
    folder = make_folder(tmp_path / "own", "30111")
    (folder / "30111.toml").write_text("=", encoding="utf-8")
    assert "30112" not in run("show", "30111", "-L", str(folder)).err
    (folder / "30112.toml").write_text(make_article("30112", {}), encoding="utf-8")
    assert "close codes, which are different procedures: 30112" in run("show", "30111", "-L", str(folder)).err


def test_a_folder_named_twice_counts_once(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the last place where it is named."""
    one = make_folder(tmp_path / "one", "20111", point="from one")
    two = make_folder(tmp_path / "two", "20111", point="from two")
    monkeypatch.setenv("CPTREF_LIBRARY", str(one))
    assert "from one" in run("show", "20111", "-L", str(two), "-L", str(one)).out
    (one / "20111.toml").write_text("=", encoding="utf-8")
    assert run("list", "-L", str(one)).err.endswith("(at line 1, column 1); left out\n")


def write_article(path: Path, code: str = "") -> Path:
    """Write an article, on the code of its name unless told otherwise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(make_article(code or path.name[:5], {"symptoms": ["fine"]}), encoding="utf-8")
    return path


NESTED = [
    *("20111.toml", "spine/20112.toml", "spine/neck/upper/20113.toml", "articles/20114.toml"),
    *("articles/spine/20115.toml", "articles/spine/neck/20116.toml", "with blank/20117.toml", "ü/20118.toml"),
    *("20119.TOML", "spine/20120.Toml", "articles/20121.tOmL", "my.toml.files/deep/20122.toml"),
]


def test_entries_in_folders_below_are_read(run: Run, tmp_path: Path) -> None:
    """However deep, and with the ending in capitals; also what is in a folder that a link leads to."""
    folder = tmp_path / "own"
    for name in NESTED:
        write_article(folder / name)
    write_article(tmp_path / "elsewhere" / "20130.toml")
    (folder / "linked").symlink_to(tmp_path / "elsewhere")
    assert {*map_libraries(run, "-L", str(folder))} >= {*(f"{number}" for number in range(20111, 20123)), "20130"}
    for code in ("20111", "20116", "20120", "20130"):
        assert run("show", code, "-L", str(folder))[::2] == (0, "")
    assert "Checked\n  - " + f"{folder}: 13 articles\n" in run("check", str(folder)).out
    assert run("check", str(folder / "articles" / "spine" / "20115.toml")).code == 0


def test_a_change_in_a_folder_below_counts_at_once(run: Run, tmp_path: Path) -> None:
    """Also in the look-up of one code: a file that is new, changed, gone, renamed, or gone with its folder."""
    folder = tmp_path / "own"
    here = ("-L", str(folder))
    path = write_article(folder / "a" / "b" / "20111.toml")
    assert "fine" in run("show", "20111", *here).out
    path.write_text(make_article("20111", {"symptoms": ["finer"]}), encoding="utf-8")
    assert "finer" in run("show", "20111", *here).out
    path = path.rename(path.with_name("20111.TOML"))
    assert "finer" in run("show", "20111", *here).out
    path.unlink()
    assert run("show", "20111", *here).code == 1
    write_article(folder / "c" / "20111.toml")
    assert run("show", "20111", *here).code == 0
    shutil.rmtree(folder / "c")
    assert run("show", "20111", *here).code == 1
    write_article(folder / "20976.TOML")
    assert "fine" in run("show", "20976", *here).out
    (folder / "20976.TOML").unlink()
    assert "fine\n" not in run("show", "20976", *here).out


def test_two_files_on_one_code(run: Run, tmp_path: Path) -> None:
    """The first counts, the other is named; so it is with two spellings of one table."""
    folder = tmp_path / "own"
    first, second = write_article(folder / "a" / "20111.toml"), write_article(folder / "b" / "20111.toml")
    table, other_table = folder / "Modifiers.TOML", folder / "modifiers.toml"
    for path in (table, other_table):
        path.write_text("modifiers = []\n", encoding="utf-8")
    assert run("list", "-L", str(folder)).err == (
        f"cptref: {second}: code: 20111 is already in {first}; left out\n"
        f"cptref: {other_table}: is not read; modifiers.toml is already in {table}; left out\n"
    )


def test_files_with_names_that_are_not_read(run: Run, tmp_path: Path) -> None:
    """What an editor names wrong is left out by name; what is kept out on purpose is a warning of check alone."""
    folder = tmp_path / "own"
    for name in ("20111.toml", "20112.toml.txt", "20113.TOML.TXT", "20114.toml.bak", "20115.toml~", ".20116.toml"):
        write_article(folder / name)
    write_article(folder / ".drafts" / "20117.toml")
    (folder / ".git").mkdir()
    (folder / "page.txt").touch()
    (folder / "spine").mkdir()
    (folder / "spine" / "vocabulary.toml").write_text("", encoding="utf-8")
    lines = [
        f"{folder}/20112.toml.txt: is not read, because its name ends in .txt; rename it to 20112.toml",
        f"{folder}/20113.TOML.TXT: is not read, because its name ends in .txt; rename it to 20113.TOML",
        f"{folder}/spine/vocabulary.toml: is not read here; vocabulary.toml belongs in {folder}",
    ]
    left_out = "".join(f"cptref: {line}; left out\n" for line in lines)
    for args in (["list"], ["show", "20111"], ["search", "fine"]):
        assert run(*args, "-L", str(folder))[::2] == (0, left_out)
    out = run("check", str(folder)).out
    assert "3 faults\n" + "".join(f"  - {line}\n" for line in lines) in out
    assert f"  - {folder}/.20116.toml and 1 more: is hidden, so it is not read\n" in out
    assert f"  - {folder}/20114.toml.bak and 1 more: does not end in .toml, so it is not read\n" in out


def test_a_folder_without_a_dataset_file(run: Run, tmp_path: Path) -> None:
    """It is named, with what an entry is; the user's own folder may be empty."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "20976.txt").touch()
    (tmp_path / "share" / "cptref").mkdir(parents=True)
    message = f"cptref: {folder}: contains no dataset file; an entry is a file such as 20976.toml; left out\n"
    for args in (["list"], ["show", "20976"], ["search", "tingling"]):
        assert run(*args, "-L", str(folder))[::2] == (0, message)
        assert run(*args)[::2] == (0, "")
    write_article(folder / "20111.toml")
    assert run("list", "-L", str(folder))[::2] == (0, "")


def test_too_many_folders(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a home folder that was named by mistake: the first ones are read, and the rest is said to be left out."""
    monkeypatch.setattr("cptref.dataset.layers.MAX_FOLDERS", 5)
    folder = tmp_path / "own"
    for number in range(20111, 20119):
        write_article(folder / str(number) / f"{number}.toml")
    done = run("list", "-L", str(folder))
    assert done.err == f"cptref: {folder}: has more than 5 folders, and the rest are not read; left out\n"
    assert "20114" in done.out
    assert "20115" not in done.out


def test_links_that_lead_nowhere(run: Run, tmp_path: Path) -> None:
    """A folder on a disk that is not there is named, and so is a link to itself."""
    folder = write_article(tmp_path / "own" / "20111.toml").parent
    make_dangling_link(folder / "away")
    make_loop(folder / "loop")
    done = run("list", "-L", str(folder))
    assert done.code == 2
    assert done.err == (
        f"cptref: {folder}/away: can't be read: No such file or directory; left out\n"
        f"cptref: {folder}/loop: can't be read: Too many levels of symbolic links; left out\n"
    )
    assert "20111" in done.out


@pytest.mark.parametrize("number", [ESTALE, EIO])
@pytest.mark.parametrize("function", ["os.scandir", "cptref.dataset.loader.read_bounded"])
def test_a_failure_of_the_disk_is_not_remembered(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, function: str
) -> None:
    """What could not be read is said, with exit code 2, and read again the next time, though nothing has changed."""
    folder = tmp_path / "own"
    path = write_article(folder / "spine" / "20111.toml")
    write_article(folder / "20222.toml")
    failing = str(path.parent if function == "os.scandir" else path)
    module, _, name = function.rpartition(".")
    work = getattr(import_module(module), name)

    def fail(path: str) -> object:
        if path == failing:
            raise OSError(number, os.strerror(number))
        return work(path)

    here = ("-L", str(folder))
    message = f"cptref: {failing}: can't be read: {os.strerror(number)}; left out\n"
    for last in (["list"], ["show", "20222"]):
        path.touch()
        with monkeypatch.context() as patch:
            patch.setattr(function, fail)
            for args in (["list"], ["show", "20222"], ["search", "fine"]):
                done = run(*args, *here)
                assert (done.code, done.err) == (2, message)
                assert "20222" in done.out
            assert run("check", *here).code == 3
        assert run(*last, *here)[::2] == (0, "")
        assert run("show", "20111", *here)[::2] == (0, "")


def make_loop(path: Path) -> Path:
    """Make a link to itself."""
    path.symlink_to(path.name)
    return path


def make_file(path: Path) -> Path:
    """Make a file where a folder is expected."""
    path.write_text("", encoding="utf-8")
    return path


def make_dangling_link(path: Path) -> Path:
    """Make a link to a disk that is not there."""
    path.symlink_to(path.parent / "unmounted" / "disk")
    return path


OBSTACLES = {
    "too long": (lambda path: path.with_name("a" * 300), "File name too long"),
    "loop": (make_loop, "Too many levels of symbolic links"),
    "file": (make_file, "Not a directory"),
    "dangling link": (make_dangling_link, "No such file or directory"),
}


@pytest.mark.parametrize(("make", "reason"), OBSTACLES.values(), ids=OBSTACLES)
def test_an_own_folder_that_cannot_be_looked_into(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], Path], reason: str
) -> None:
    """Every command says so: what is bundled is answered, and notes are not said to be missing."""
    home = make(tmp_path / "obstacle")
    monkeypatch.setenv("XDG_DATA_HOME", str(home))
    own = f"{home}/cptref"
    left_out = f"cptref: {own}: can't be read: {reason}; left out\n"
    for args in (["list"], ["show", "20976"], ["search", "tingling"], ["symptom", "tingling"], ["modifiers", "20976"]):
        done = run(*args)
        assert (done.code, done.err) == (2, left_out)
        assert "20976" in done.out
    done = run("check")
    assert (done.code, done.err) == (3, "")
    assert f"1 fault\n  - {own}: can't be read: {reason}\n" in done.out
    refusal = f"cptref: {own}/notes.toml can't be read: {reason}; cptref paths shows where it is\n"
    for args in ([], ["20976"]):
        assert run("note", *args) == (2, "", refusal)
    for args in (["20976", "--remove", "1"], ["20976", "mine"]):
        assert run("note", *args)[:2] == (2, "")
    other = f"{home}/other"
    is_missing = reason.startswith("No")
    problem = f"{other} is not a folder" if is_missing else f"{other}: can't be read: {reason}"
    assert run("list", "-L", other) == (2, "", f"cptref: {problem}; name a folder of dataset files\n")


def test_five_broken_files_are_named_and_the_rest_counted(run: Run, tmp_path: Path) -> None:
    """With the command that lists them all."""
    folder = make_folder(tmp_path / "own", *(f"{30_000 + number}" for number in range(8)))
    for path in folder.iterdir():
        path.write_text("=", encoding="utf-8")
    done = run("list", "-L", str(folder))
    assert (done.code, done.err.count(": is not valid TOML: ")) == (0, 5)
    assert done.err.endswith("cptref: 3 more files were left out; cptref check lists every fault\n")


def test_the_notes_file_is_not_an_article(run: Run, tmp_path: Path) -> None:
    """It is in the folder of the user's own entries."""
    own = make_folder(tmp_path / "share" / "cptref", "20111")
    (own / "notes.toml").write_text("[[notes]]\ncode = '20111'\ntext = 'mine'\nadded = 2026-01-01\n", encoding="utf-8")
    assert "20111" in map_libraries(run)


def test_a_tilde_is_the_home_folder(run: Run, tmp_path: Path) -> None:
    """Shells leave it as it is in `--library=~/own`."""
    make_folder(tmp_path / "home" / "own", "20111")
    assert "20111" in map_libraries(run, "--library=~/own")


def test_a_missing_folder_is_an_error(run: Run, tmp_path: Path) -> None:
    """One line and exit 2; so is an empty name, and one that is too long."""
    done = run("list", "-L", str(tmp_path / "nowhere"))
    assert done == (2, "", f"cptref: {tmp_path}/nowhere is not a folder; name a folder of dataset files\n")
    for name in ("list", "check"):
        assert run(name, "-L", "") == (2, "", "cptref: '' is not a folder; name a folder of dataset files\n")
    too_long = "x: can't be read: File name too long; name a folder of dataset files\n"
    assert run("list", "-L", "x" * 5000).err.endswith(too_long)


@pytest.fixture
def large_library(tmp_path: Path) -> Path:
    """Make a library that is large enough for the notice, and has not been compiled."""
    return make_folder(tmp_path / "many", *(f"{30_000 + number}" for number in range(LARGE_LIBRARY)))


@pytest.fixture
def cold_cache(tmp_path: Path) -> dict[str, str]:
    """Return an environment with an empty cache."""
    return {"XDG_CACHE_HOME": str(tmp_path / "cold")}


def test_compiling_shows_a_notice_and_a_bar(command: str, large_library: Path, cold_cache: dict[str, str]) -> None:
    """On a terminal, and only while it compiles; the cursor is visible again afterwards."""
    args = [command, "-L", str(large_library), "list"]
    done = shown(args, env=cold_cache, streams=("stderr",))
    assert done.code == 0
    assert "\x1b[2mcptref:\x1b[0m compiling 155 articles; this runs again only after one of them changes\n" in done.out
    _, bar = done.out.split("changes\n")
    assert "compiling " in bar
    assert done.out.rfind("\x1b[?25h") > done.out.rfind("\x1b[?25l") > 0
    assert shown(args, env=cold_cache, streams=("stderr",)).out == ""


def test_color_never_shows_no_bar(command: str, large_library: Path, cold_cache: dict[str, str]) -> None:
    """The notice stays; a bar needs escapes."""
    done = shown([command, "--color", "never", "-L", str(large_library), "list"], env=cold_cache, streams=("stderr",))
    assert done.out == "cptref: compiling 155 articles; this runs again only after one of them changes\n"


def test_a_pipe_gets_no_notice(
    run: Run, large_library: Path, cold_cache: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor a bar."""
    monkeypatch.setenv("XDG_CACHE_HOME", cold_cache["XDG_CACHE_HOME"])
    assert len(map_libraries(run, "-L", str(large_library))) == LARGE_LIBRARY + 5


def test_a_small_library_compiles_silently(command: str, cold_cache: dict[str, str]) -> None:
    """Five entries are compiled before anyone could read a line."""
    assert shown([command, "list"], env=cold_cache, streams=("stderr",)).out == ""


@pytest.mark.parametrize("wanted", ["changes", "%", "\x1b[?25l"])
def test_an_interrupt_while_compiling_is_quiet(
    command: str, large_library: Path, cold_cache: dict[str, str], wanted: str
) -> None:
    """Ctrl-C: 130, no traceback, a visible cursor, and the next command answers."""
    with terminal([command, "-L", str(large_library), "list"], env=cold_cache) as screen:
        screen.until(wanted)
        screen.press("\x03")
        done = screen.end()
    assert "Traceback" not in done.out
    assert done.out.rfind("\x1b[?25h") >= done.out.rfind("\x1b[?25l")
    again = shown([command, "-L", str(large_library), "list"], env=cold_cache)
    assert again.code == 0
    assert "30149" in again.out


def test_each_set_of_folders_has_its_own_cache(run: Run, tmp_path: Path) -> None:
    """Two sets of folders don't take turns in the cache."""
    one, two = make_folder(tmp_path / "one", "20111"), make_folder(tmp_path / "two", "20222")
    assert "20111" in map_libraries(run, "-L", str(one))
    assert "20222" in map_libraries(run, "-L", str(two))
    shutil.rmtree(two)
    assert set(map_libraries(run)) == {"20920", "20962", "20971", "20975", "20976"}
