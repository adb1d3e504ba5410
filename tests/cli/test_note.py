"""`cptref note`: kept, shown, searched, exported only when asked for, and never lost."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from datetime import date
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cptref import Notes, paths
from cptref.atomic import temp_prefix
from cptref.dataset.notes import MAX_NOTE_CHARACTERS

if TYPE_CHECKING:
    from tests.conftest import MakeFolder, Run

TODAY = date.today().isoformat()  # noqa: DTZ011 - the coder's own day


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the file of the notes, which does not exist yet."""
    return tmp_path / "share" / "cptref" / "notes.toml"


def test_a_note_is_shown_with_its_entry(run: Run, file: Path) -> None:
    """In its summary and as its last section; the file is in the user's folder, and only its owner can read it."""
    done = run("note", "CPT 20976", "ask", "for the MRI")
    assert done == (0, "", f"cptref: saved note 1 on 20976 in {file}\n")
    assert run("note", "20976", "second").err == f"cptref: saved note 2 on 20976 in {file}\n"
    out = run("show", "20976").out
    assert "\nYour notes\n  - ask for the MRI\n  - second\n\nDataset " in out
    assert out.index("Questions and answers") < out.index("Your notes\n")
    assert "\nYour notes: ask for the MRI · second\n" in run("show", "20976", "--brief").out
    assert "Your notes" not in run("show", "20920").out
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert sorted(path.name for path in file.parent.iterdir()) == ["notes.lock", "notes.toml"]


def test_notes_are_listed_with_their_numbers(run: Run) -> None:
    """All of them, or those on one code, in every format."""
    assert run("note") == (0, "No notes yet: cptref note CODE TEXT adds one.\n", "")
    assert run("note", "20976") == (1, "", "cptref: no note on 20976; add one with cptref note 20976 TEXT\n")
    for code, text in (("20976", "b"), ("20920", "=1+1"), ("20976", "two\nlines")):
        run("note", code, text)
    assert run("note", "20976").out == (
        f"20976  Therapeutic injection into the spine\n  - 1. b ({TODAY})\n  - 2. two\n    lines ({TODAY})\n"
    )
    assert run("note").out.startswith(f"20920  Epidural or facet joint injection\n  - 1. =1+1 ({TODAY})\n\n20976  ")
    one, other = json.loads(run("note", "-f", "json").out)["results"]
    assert (one["code"], one["title"], one["held"]) == ("20920", "Epidural or facet joint injection", True)
    assert [note["text"] for note in other["notes"]] == ["b", "two\nlines"]
    assert other["notes"][1] == {"number": 2, "text": "two\nlines", "added": TODAY}
    rows = list(csv.DictReader(StringIO(run("note", "-f", "csv").out, newline="")))
    assert [(row["code"], row["number"], row["text"]) for row in rows] == [
        ("20920", "1", "'=1+1"),
        ("20976", "1", "b"),
        ("20976", "2", "two\nlines"),
    ]


def test_a_note_is_removed_by_its_number(run: Run) -> None:
    """The message repeats it; the others keep their order."""
    for text in ("one", "two", "three"):
        run("note", "20976", text)
    assert run("note", "20976", "--remove", "2") == (0, "", "cptref: removed note 2 on 20976: two\n")
    assert re.findall(r"\d\. (\w+)", run("note", "20976").out) == ["one", "three"]
    gone = "cptref: no note 3 on 20976; cptref note 20976 lists its notes\n"
    assert run("note", "20976", "--remove", "3") == (1, "", gone)
    assert run("note", "20920", "--remove", "1").code == 1


def test_notes_are_searched(run: Run) -> None:
    """Like every line of an entry, and in a section of their own."""
    assert run("search", "xylophone").code == 1
    run("note", "20976", "bring the xylophones along")
    done = run("search", "xylophone")
    assert done.code == 0
    assert "  ✗ 20976  Therapeutic injection into the spine  not listed  bundled\n" in done.out
    assert "  - Your notes: bring the *xylophones* along\n    ✗ 20976 not listed\n" in done.out
    assert run("search", "xylophone", "--in", "notes").code == 0
    assert run("search", "xylophone", "--in", "cost").code == 1
    run("note", "20976", "--remove", "1")
    assert run("search", "xylophone").code == 1


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json", "jsonl", "csv"])
def test_notes_are_exported_only_when_asked_for(run: Run, form: str) -> None:
    """With --notes they have their own heading, whatever the sections are; without it nothing mentions them."""
    run("note", "20976", "told in confidence")
    assert "confidence" in run("show", "20976", "-f", form).out
    assert "confidence" not in run("export", "20976", "-f", form).out
    assert "confidence" not in run("export", "20976", "-s", "cost", "-f", form).out
    for args in (["20976"], ["20976", "-s", "cost"], ["20976", "-s", "notes"]):
        out = run("export", *args, "--notes", "-f", form).out
        assert "told in confidence" in out
        assert "Your notes" in out
    run("export", "20976", "-o", "sheet", "--notes", "-f", form)
    assert "told in confidence" in Path("sheet").read_text(encoding="utf-8")
    refusal = "cptref: your notes are exported only with --notes\n"
    assert run("export", "20976", "-s", "notes") == (2, "", refusal)


def test_a_note_on_a_code_of_which_nothing_else_is_known(run: Run, file: Path) -> None:
    """It is shown, searched and compared all the same; the list has only codes of which more is known."""
    assert run("note", "99213", "ask for the zither") == (0, "", f"cptref: saved note 1 on 99213 in {file}\n")
    shown = run("show", "99213")
    assert (shown.code, shown.err) == (0, "")
    assert shown.out == (
        "99213  ? nothing but your notes\n"
        "===============================\n"
        "\n"
        "Your notes: ask for the zither\n"
        "Library: notes\n"
        "\n"
        "What the published code set says\n"
        "  - Nothing is known of this code but your notes.\n"
        "  - Finding of: notes\n"
        "\n"
        "Your notes\n"
        "  - ask for the zither\n"
        "\n"
        "Dataset 2026.11.2, released 2026-11-27. Not billing or medical advice. Check every code against the current "
        "code set.\n"
    )
    assert "99213  ? nothing but your notes\n  matches: ask for the zither\n" in run("search", "zither").out
    assert "99213" not in run("list").out.splitlines()
    assert run("note").out == f"99213  nothing but your notes\n  - 1. ask for the zither ({TODAY})\n"
    (noted,) = json.loads(run("note", "-f", "json").out)["results"]
    assert (noted["title"], noted["held"]) == ("", False)
    assert run("modifiers", "99213-25").code == 0
    assert run("compare", "99213", "64483").code == 0
    assert run("note", "99213", "--remove", "1").code == 0
    assert run("show", "99213").code == 1


def test_a_note_on_a_code_that_left_the_library_stays(run: Run, make_folder: MakeFolder) -> None:
    """The code is shown with nothing but the note then, which can be removed."""
    folder = str(make_folder({"20111": {}}))
    assert run("note", "20111", "mine", "-L", folder).code == 0
    assert "- mine" in run("show", "20111", "-L", folder).out
    assert run("show", "20111").out.startswith("20111  ? nothing but your notes\n")
    assert run("note", "20111", "--remove", "1").code == 0
    assert run("show", "20111").code == 1


def test_a_note_on_a_replaced_entry_says_what_stays(run: Run, make_folder: MakeFolder, file: Path) -> None:
    """The finding, which the entry can't change; nothing where the entry replaces none."""
    folder = make_folder({"20111": {}, "20920": {}, "64483": {}})
    stays = {
        "20111": "",
        "20920": (
            "cptref: 20920 replaces the text of the bundled entry; the finding stays: conflict, published for another "
            "service; do not bill it for this one\n"
        ),
        "64483": (
            "cptref: 64483 is shown beside the published code: transforaminal epidural injection, first level, low "
            "back or sacrum\n"
        ),
    }
    for code, line in stays.items():
        done = run("note", code, "mine", "-L", str(folder))
        assert done == (0, "", f"cptref: saved note 1 on {code} in {file}\n{line}")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["2O976", "x"], "2O976: does not look like a code; did you mean 20976?"),
        (["../x", "x"], "../x: does not look like a code; a code has five characters, like 20976, 0042T or G0260"),
        (["20976-50", "x"], "20976-50: a note is on one code, without modifiers; as in: 20976"),
        (["20976,20920", "x"], "20976,20920: a note is on one code, without modifiers; as in: 20976"),
        (["20976", " "], "the note is empty; write some text: cptref note 20976 'ask for the MRI'"),
        (["20976", "a\x1b[31m"], "the note has the control character \\x1b; leave it out"),
        (["20976", "x" * (MAX_NOTE_CHARACTERS + 1)], "the note has 10,001 characters; a note has at most 10,000"),
        (["20976", "x", "--remove", "1"], "a note is added or removed, not both; leave out the text or --remove"),
        (["--remove", "1"], "--remove needs a code; as in: cptref note 20976 --remove 1"),
    ],
)
def test_a_bad_note_is_refused(run: Run, file: Path, args: list[str], message: str) -> None:
    """One line, exit 2, and no file."""
    assert run("note", *args) == (2, "", f"cptref: {message}\n")
    assert not file.exists()


def test_a_broken_notes_file_is_never_replaced(run: Run, file: Path) -> None:
    """Answers leave it out and name it; adding and removing exit 3 and change nothing."""
    run("note", "20976", "mine")
    broken = file.read_text(encoding="utf-8") + "x = "
    file.write_text(broken, encoding="utf-8")
    done = run("show", "20976")
    assert done.code == 0
    assert done.err == f"cptref: {file}: is not valid TOML: Invalid value (at end of document); left out\n"
    for args in (["note", "20976", "more"], ["note", "20976", "--remove", "1"], ["note"]):
        assert run(*args).code == 3
    assert file.read_text(encoding="utf-8") == broken
    file.write_text("[[notes]]\ncode = 'x'\ntext = ''\nadded = '2026-01-01'\nwhy = 1\n", encoding="utf-8")
    assert run("check").code == 3
    assert run("note").err.replace(str(file), "F") == (
        "cptref: F: notes[0].why: unknown key\n"
        "cptref: F: notes[0].text: is empty\n"
        "cptref: F: notes[0].added: must be a date, not text\n"
        "cptref: F: notes[0].code: 'x' is not a code; a code has five characters, like 20976, 0042T or "
        "G0260\n"
        "cptref: your notes can't be read: 4 faults; fix each place listed\n"
    )


def test_the_notes_file_has_a_size_limit(run: Run, file: Path) -> None:
    """A note that would make it too large to be read is refused, and the others stay."""
    table = f"[[notes]]\ncode = '20976'\ntext = '{'x' * MAX_NOTE_CHARACTERS}'\nadded = 2026-01-01\n"
    file.parent.mkdir(parents=True)
    file.write_text(table * 104, encoding="utf-8")
    done = run("note", "20976", "y" * MAX_NOTE_CHARACTERS)
    assert done == (2, "", f"cptref: {file} would have more than 1,048,576 bytes; remove notes with --remove\n")
    assert len(Notes(file).all()) == 104


def test_parallel_processes_lose_no_note(file: Path, run: Run) -> None:
    """Eight at once add five notes each: all forty are there, and each number was given once."""
    code = (
        "import sys; from cptref import Notes; notes = Notes(sys.argv[1]);"
        "[print(notes.add('20976', f'{sys.argv[2]} {n}')) for n in range(5)]"
    )
    argv = [sys.executable, "-c", code, str(file)]
    processes = [subprocess.Popen([*argv, str(number)], stdout=subprocess.PIPE) for number in range(8)]
    numbers = [int(line) for process in processes for line in process.communicate(timeout=60)[0].split()]
    assert sorted(numbers) == list(range(1, 41))
    texts = [note.text for note in Notes(file).all()]
    assert sorted(texts) == sorted(f"{number} {n}" for number in range(8) for n in range(5))
    assert run("show", "20976").out.count("\n  - 7 ") == 5


def test_temporary_files_of_a_killed_process_are_deleted(run: Run, file: Path) -> None:
    """They may be about patients; those for other files stay."""
    run("note", "20976", "one")
    left, other = (
        file.with_name(f"{temp_prefix(file)}0.tmp"),
        file.with_name(f"{temp_prefix(file.with_name('20111.toml'))}0.tmp"),
    )
    left.write_text("half", encoding="utf-8")
    other.write_text("half", encoding="utf-8")
    run("note", "20976", "two")
    assert (left.exists(), other.exists()) == (False, True)
    assert [note.text for note in Notes(file).all()] == ["one", "two"]


def test_an_unwritable_folder_is_an_error(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line that says where, exit 2."""
    (tmp_path / "plain").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "plain"))
    done = run("note", "20976", "x")
    where = f"{tmp_path}/plain/cptref/notes.toml"
    assert done == (2, "", f"cptref: {where} can't be written: Not a directory; cptref paths shows where it is\n")


def test_a_linked_notes_file_stays_a_link(run: Run, file: Path, tmp_path: Path) -> None:
    """Its target gets the note."""
    file.parent.mkdir(parents=True)
    file.symlink_to(tmp_path / "mine.toml")
    run("note", "20976", "x")
    assert file.is_symlink()
    assert 'text = "x"' in (tmp_path / "mine.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("form", ["text", "json", "csv", "terminal"])
def test_paths_are_shown_without_a_home(run: Run, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    """Those that are known, and a line on what to set; a folder of the environment's own needs no home."""

    def find_no_home(path: str) -> str:
        return path  # as Python has it for a user without an entry in the list of users

    monkeypatch.setattr("os.path.expanduser", find_no_home)
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name)
    done = run("paths", "-f", form)
    assert (done.code, done.err) == (0, "cptref: your home folder is not known; set HOME\n")
    assert str(paths.data_dir()) in done.out
    assert done.out.count("not known") == (4 if form in {"text", "terminal"} else 0)
    monkeypatch.setenv("XDG_DATA_HOME", "/srv/data")
    assert "/srv/data/cptref/notes.toml" in run("paths", "-f", form).out
    monkeypatch.setenv("XDG_CACHE_HOME", "/srv/cache")
    assert run("paths", "-f", form).err == ""


def test_a_note_on_a_diagnosis_code(run: Run, file: Path) -> None:
    """Any spelling of the code will do; the note is shown with the code, listed, and removed."""
    assert run("note", "m54.16", "ask for the level") == (0, "", f"cptref: saved note 1 on M54.16 in {file}\n")
    shown = run("show", "M54.16")
    assert (shown.code, shown.err) == (0, "")
    assert shown.out.startswith("M54.16  ? nothing but your notes\n")
    assert "- ask for the level" in shown.out
    assert run("note", "M54.16").out.startswith("M54.16  nothing but your notes\n  - 1. ask for the level (")
    assert run("check").code == 0
    removed = "cptref: removed note 1 on M54.16: ask for the level\n"
    assert run("note", "M54.16", "--remove", "1") == (0, "", removed)
    assert run("show", "M54.16").code == 1
