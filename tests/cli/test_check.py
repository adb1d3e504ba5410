"""`cptref check`: every fault of every file, what wants a look, and what was checked."""

from __future__ import annotations

import csv
import json
import re
from io import StringIO
from typing import TYPE_CHECKING

from cptref import paths
from tests.conftest import make_article

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.conftest import MakeFolder, Run

BUNDLED = str(paths.data_dir())


def test_what_comes_with_cptref_is_sound(run: Run) -> None:
    """Without a path all that is answered from is checked: the bundled dataset has no fault and no warning."""
    done = run("check")
    read = f"{BUNDLED}: 5 articles, codes.toml, dataset.toml, modifiers.toml, vocabulary.toml"
    assert done == (0, f"Checked\n  - {read}\n\nNo faults\n\nNo warnings\n", "")
    assert run("check", BUNDLED) == done


def test_every_layer_is_checked(
    run: Run, make_folder: MakeFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The user's folder with the notes, those of CPTREF_LIBRARY and of --library, each by itself."""
    own, other = tmp_path / "share" / "cptref", tmp_path / "other"
    own.mkdir(parents=True)
    other.mkdir()
    (own / "20222.toml").write_text(make_article("20222", {}), encoding="utf-8")
    (other / "20333.toml").write_text(make_article("20333", {}), encoding="utf-8")
    (other / "modifiers.toml").write_text("modifiers = []\n", encoding="utf-8")
    folder = make_folder({"20111": {}, "20112": {}})
    monkeypatch.setenv("CPTREF_LIBRARY", str(other))
    run("note", "20976", "mine")
    told = json.loads(run("check", "-L", str(folder), "-f", "json").out)
    assert [(one["path"], one["articles"], one["other_files"]) for one in told["checked"]] == [
        (BUNDLED, 5, ["codes.toml", "dataset.toml", "modifiers.toml", "vocabulary.toml"]),
        (str(own), 1, ["notes.toml"]),
        (str(other), 1, ["modifiers.toml"]),
        (str(folder), 2, []),
    ]
    assert told["faults"] == []


def test_keys_that_share_a_control_character_are_one_fault(run: Run, tmp_path: Path) -> None:
    """The place and the character are the same, so saying it twice would count two faults."""
    text = make_article("20111", {})
    (tmp_path / "20111.toml").write_text('"a\\u001b" = 1\n"b\\u001b" = 1\n' + text, encoding="utf-8")
    done = run("check", str(tmp_path))
    assert done.code == 3
    assert done.out.count("a key has the control character \\x1b\n") == 1


def test_faults_and_warnings_of_a_folder(run: Run, tmp_path: Path) -> None:
    """All at once, with file and place, in order of file; exit 3."""
    sound = make_article(
        "20111", {"symptoms": ["A knee that hurts a lot", "A knee, that hurt a lot", "24 hours of it"]}
    )
    sound = sound.replace("modifiers = []", "modifiers = ['ZZ', 'RT']").replace("key = 'tests'\npoints = []", "")
    (tmp_path / "20111.toml").write_text(sound.replace("[[sections]]\n\n", ""), encoding="utf-8")
    (tmp_path / "20222.toml").write_text("code = '20222'\ntitle = ''\nmodifiers = ['abc']\n", encoding="utf-8")
    (tmp_path / "20333.toml").write_text("code = ", encoding="utf-8")
    (tmp_path / "vocabulary.toml").write_text("[[concepts]]\nname = 'glim'\nkind = 'x'\n", encoding="utf-8")
    done = run("check", str(tmp_path))
    assert (done.code, done.err) == (3, "")
    told, faults = done.out.replace(f"{tmp_path}/", "").split("\n\n", maxsplit=1)
    assert told == f"Checked\n  - {tmp_path}: 3 articles, vocabulary.toml"
    faults, warnings = faults.split("\n\n")
    assert faults.splitlines() == [
        "5 faults",
        "  - 20222.toml: category: is missing",
        "  - 20222.toml: title: is empty",
        "  - 20222.toml: modifiers[0]: 'abc' must be two digits or capital letters",
        "  - 20333.toml: is not valid TOML: Invalid value (at end of document)",
        "  - vocabulary.toml: concepts[0].kind: unknown key",
    ]
    lines = warnings.splitlines()
    assert lines[:3] == [
        "17 warnings",
        "  - 20111.toml: verification.status: nobody has checked this entry against the published code set",
        "  - 20111.toml: modifiers[0]: modifier 'ZZ' is not in modifiers.toml",
    ]
    assert "  - 20111.toml: sections[0]: the section used-when is empty" in lines
    near = "  - 20111.toml: sections[1].points[1]: is nearly the same as points[0]: A knee, that hurt a lot"
    assert [line for line in lines if "points[" in line] == [near]
    assert "  - 20222.toml: verification: is missing, so the entry is shown as unverified" in lines


def test_points_that_differ_in_a_number_are_not_alike(run: Run, make_folder: MakeFolder) -> None:
    """24 hours and 48 hours say two things; the same line twice says one, whatever its case and signs."""
    points = ["Rest for 24 hours at home", "Rest for 48 hours at home", "Put ice on it", "put ice on it!"]
    folder = make_folder({"20111": {"recovery": points}})
    told = json.loads(run("check", str(folder), "-f", "json").out)
    alike = [one for one in told["warnings"] if "points" in one["place"]]
    assert alike == [
        {
            "file": f"{folder}/20111.toml",
            "place": "sections[6].points[3]",
            "problem": "is nearly the same as points[2]: put ice on it!",
        }
    ]


def test_a_single_file(run: Run, make_folder: MakeFolder) -> None:
    """As what its name says: an article, a table, a vocabulary or notes."""
    folder = make_folder({"20111": {}}, "[[concepts]]\nname = 'glim'\n")
    (folder / "notes.toml").write_text("[[notes]]\ncode = '20111'\ntext = 'x'\nadded = 2026-01-01\n", encoding="utf-8")
    for name, told in (
        ("20111.toml", "1 article"),
        ("vocabulary.toml", "0 articles, vocabulary.toml"),
        ("notes.toml", "0 articles, notes.toml"),
    ):
        done = run("check", str(folder / name))
        assert (done.code, done.out.splitlines()[1]) == (0, f"  - {folder / name}: {told}")
    (folder / "notes.toml").write_text("[[notes]]\ncode = 'x'\ntext = 'x'\nadded = 2026-01-01\n", encoding="utf-8")
    assert run("check", str(folder / "notes.toml")).code == run("check", str(folder)).code == 3


def test_where_nothing_could_be_read(run: Run, tmp_path: Path) -> None:
    """Exit 2; where something could, what is not there is a fault like any other."""
    (tmp_path / "empty").mkdir()
    gone, empty = str(tmp_path / "gone.toml"), str(tmp_path / "empty")
    hint = "name a file or a folder"
    assert run("check", gone) == (2, "", f"cptref: {gone}: can't be read: No such file or directory; {hint}\n")
    assert run("check", empty) == (2, "", f"cptref: {empty}: contains no dataset file; {hint}\n")
    done = run("check", gone, BUNDLED)
    assert done.code == 3
    assert f"1 fault\n  - {gone}: can't be read: No such file or directory\n" in done.out


def test_an_empty_folder_of_the_users(run: Run, tmp_path: Path) -> None:
    """Is no fault."""
    (tmp_path / "share" / "cptref").mkdir(parents=True)
    done = run("check")
    assert done.code == 0
    assert f"  - {tmp_path}/share/cptref: 0 articles\n" in done.out


def test_a_file_is_checked_with_what_stands_beside_it(run: Run, make_folder: MakeFolder) -> None:
    """Modifiers of its folder are known."""
    folder = make_folder({"20111": {}})
    path = folder / "20111.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("modifiers = []", "modifiers = ['U1']"), encoding="utf-8")
    unknown = "modifiers[0]: modifier 'U1' is not in modifiers.toml"
    assert unknown in run("check", str(path)).out
    table = "[[modifiers]]\ncode = 'U1'\nset = 'unknown'\nmeaning = 'x'\n"
    (folder / "modifiers.toml").write_text(table, encoding="utf-8")
    assert unknown not in run("check", str(path)).out


def test_a_note_may_be_on_any_code(run: Run, tmp_path: Path) -> None:
    """Whether anything else is known of it or not, so no code of a note is a fault or wants a look."""
    notes = "[[notes]]\ncode = '99213'\ntext = 'x'\nadded = 2026-01-01\n"
    (tmp_path / "notes.toml").write_text(notes, encoding="utf-8")
    for path in (tmp_path, tmp_path / "notes.toml"):
        done = run("check", str(path))
        assert (done.code, done.err) == (0, "")
        assert done.out.endswith("\n\nNo faults\n\nNo warnings\n")


def test_an_entry_that_replaces_a_bundled_one_wants_a_look(run: Run, make_folder: MakeFolder) -> None:
    """With what stays: the finding on a code, or the figures of a published code; however the file is named."""
    folder = make_folder({"20111": {}, "20920": {}, "20976": {}, "64483": {}})
    lines = {
        "20920": "code: replaces the text of the bundled entry on 20920, not its finding: conflict",
        "20976": "code: replaces the text of the bundled entry on 20976, not its finding: not-listed",
        "64483": "code: is shown beside the bundled entry on the published code 64483",
    }
    whole = run("check", str(folder))
    assert whole.code == 0
    assert re.findall(r"(\d{5})\.toml: (code: .+)", whole.out) == [*lines.items()]
    for code, line in lines.items():
        out = run("check", str(folder / f"{code}.toml")).out
        assert re.findall(r"toml: (code: .+)", out) == [line]
        assert line in run("check", "-L", str(folder)).out


def test_a_bundled_file_is_held_to_more(run_in_checkout: Run, checkout: Path) -> None:
    """By itself, with its folder, and with all: what stops every command is a fault however it is asked for."""
    path = checkout / "data" / "articles" / "20976.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"^summary .*\n", "", text, flags=re.MULTILINE), encoding="utf-8")
    assert run_in_checkout("show", "20975").code == 3
    for args in ([str(path)], ["data/articles/20976.toml"], ["data/articles"], ["data"], []):
        done = run_in_checkout("check", *args)
        assert (args, done.code) == (args, 3)
        assert f"1 fault\n  - {path}: summary: is missing\n" in done.out


def test_check_as_csv(run: Run, make_folder: MakeFolder) -> None:
    """A row for what was checked, for each fault and for each warning."""
    folder = make_folder({"20111": {}})
    (folder / "20222.toml").write_text("=", encoding="utf-8")
    rows = list(csv.DictReader(StringIO(run("check", str(folder), "-f", "csv").out, newline="")))
    assert rows[0] == {"kind": "checked", "file": str(folder), "place": "", "problem": "2 articles; no other file"}
    assert [row["kind"] for row in rows[1:3]] == ["fault", "warning"]
