"""`cptref check`: every fault of every file, what wants a look, and what was checked."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cptref import paths
from cptref.dataset.fingerprint import read_bounded
from tests.conftest import make_article

if TYPE_CHECKING:
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


def test_many_paths(run: Run, make_folder: MakeFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is reported on in the order named, and counted once; what all are checked with is read once."""
    folder = make_folder({str(code): {} for code in range(20111, 20121)}, "[[concepts]]\nname = 'glim'\n")
    for number in range(10):
        (tmp_path / f"own{number}").mkdir()
        (folder / f"{20111 + number}.toml").rename(tmp_path / f"own{number}" / f"{20111 + number}.toml")
    again = make_folder({str(code): {} for code in range(20131, 20141)})
    (again / "20140.toml").write_text("=", encoding="utf-8")
    named = [*sorted(map(str, tmp_path.glob("own*"))), *sorted(map(str, again.glob("*.toml"))), BUNDLED]
    read: Counter[str] = Counter()

    def count(path: str) -> bytes:
        read[Path(path).name] += 1
        return read_bounded(path)

    monkeypatch.setattr("cptref.dataset.loader.read_bounded", count)
    done = run("check", *reversed(named), str(again / "20131.toml"), f"{again}/../made/20132.toml")
    checked = re.findall(r"^  - (/.*?): (\d+) article", done.out, re.MULTILINE)
    assert [path for path, _ in checked] == [*reversed(named), f"{again}/../made/20132.toml"]
    assert {count for path, count in checked if path != BUNDLED} == {"0", "1"}
    assert done.out.count(f"{again}/20140.toml: is not valid TOML") == 1
    assert max(read.values()) == 4  # vocabularies: the bundled one alone and with others, and that of two spellings
    assert done.code == 3


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


CURLY = [
    ("title = \u201cKnee\u201d", 2, "\u201c"),
    ("title = \u2018Knee\u2019", 2, "\u2018"),
    ('title = "Knee\u201d', 2, "\u201d"),
    ('title = \u201cKnee"', 2, "\u201c"),
    ("title = 'Knee\u2019", 2, "\u2019"),
    ("\u201ctitle\u201d = 'Knee'", 2, "\u201c"),
    ("title = 'Knee'\nmodifiers = ['RT', \u201cLT\u201d]", 3, "\u201c"),
    ("title = 'Knee'\nmodifiers = [\n  'RT',\n  \u201cLT\u201d,\n]", 5, "\u201c"),
    ("title = \u00abKnee\u00bb", 2, "\u00ab"),
    ("title = \u201eKnee\u201c", 2, "\u201e"),
    ("title = `Knee`", 2, "`"),
    ("title = \u00b4Knee\u00b4", 2, "\u00b4"),
    ("title = \uff02Knee\uff02", 2, "\uff02"),
    ("title = \u2033Knee\u2033", 2, "\u2033"),
    ("# it\u2019s \u201cfine\u201d\ntitle = \u201cKnee\u201d", 3, "\u201c"),
    ("summary = 'it\u2019s \u201cfine\u201d'\ntitle = \u201cKnee\u201d", 3, "\u201c"),
    ('summary = """\nit\u2019s\n"""\ntitle = \u201cKnee\u201d', 5, "\u201c"),
    ('summary = """it is\u201d\u201d\u201d', 2, "\u201d"),
    ("summary = \u201c\u201c\u201cit is\u201d\u201d\u201d", 2, "\u201c"),
]


@pytest.mark.parametrize(("text", "line", "quote"), CURLY)
def test_a_curly_quote_is_named(run: Run, tmp_path: Path, text: str, line: int, quote: str) -> None:
    """As word processors type it, where TOML takes a straight one alone; wherever it is, and whatever is in strings."""
    path = tmp_path / "20111.toml"
    path.write_text(f"code = '20111'\n{text}\n", encoding="utf-8")
    done = run("list", "-L", str(tmp_path))
    hint = f"line {line} has the curly quote {quote}: type a straight one"
    told = re.sub(r"TOML: .+\);", "TOML: ...;", done.err)
    assert told == f"cptref: {path}: is not valid TOML: ...; {hint}; left out\n"


@pytest.mark.parametrize(
    ("text", "character"),
    [
        ("title\u00a0= 'Knee'", "U+00A0 (no-break space)"),
        ("title \uff1d 'Knee'", "U+FF1D (fullwidth equals sign)"),
        ("\u200btitle = 'Knee'", "U+200B (zero width space)"),
        ("cost = {low = \u20131, high = 2}", "U+2013 (en dash)"),
    ],
)
def test_a_character_outside_quotes_is_named(run: Run, tmp_path: Path, text: str, character: str) -> None:
    """One that looks like another, or like none."""
    path = tmp_path / "20111.toml"
    path.write_text(f"code = '20111'\n{text}\n", encoding="utf-8")
    assert f"; line 2 has the character {character} outside quotes; left out\n" in run("list", "-L", str(tmp_path)).err


@pytest.mark.parametrize("text", ["title = 'it\u2019s", "title = ", "title = 'x' 'y'", 'title = "it is'])
def test_other_faults_are_not_blamed_on_quotes(run: Run, tmp_path: Path, text: str) -> None:
    """Only a string that no straight quote ends may be meant to end with a curly one."""
    (tmp_path / "20111.toml").write_text(f"summary = '\u201cfine\u201d'\n{text}\n", encoding="utf-8")
    assert ("curly" in run("list", "-L", str(tmp_path)).err) == ("\u2019" in text)


@pytest.mark.parametrize("piece", ["\u201c", '"', "'", '"""', "\\", "# ", '"\\', "a\n", "`"])
def test_a_file_of_one_character_is_refused_at_once(run: Run, tmp_path: Path, piece: str) -> None:
    """In time that grows with its size."""
    (tmp_path / "20111.toml").write_text(piece * (2**17 // len(piece)), encoding="utf-8")
    assert run("list", "-L", str(tmp_path)).code == 0


def test_a_byte_order_mark_is_no_fault(run: Run, make_folder: MakeFolder) -> None:
    """Notepad and others put one before UTF-8."""
    path = make_folder({"20111": {"symptoms": ["fine"]}}) / "20111.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert run("show", "20111", "-L", str(path.parent))[::2] == (0, "")


def test_equal_warnings_are_counted(run: Run, make_folder: MakeFolder) -> None:
    """One line for the same place in several files, and for a file that is named twice; JSON has each file."""
    folder = make_folder({"20111": {}, "20222": {}, "20333": {}})
    lines = run("check", str(folder), str(folder)).out.splitlines()
    status = "verification.status: nobody has checked this entry against the published code set"
    assert [line for line in lines if status in line] == [f"  - {folder}/20111.toml and 2 more: {status}"]
    warnings = json.loads(run("check", str(folder), str(folder), "-f", "json").out)["warnings"]
    assert f"{len(warnings)} warnings" in lines
    assert [warning["file"] for warning in warnings if warning["place"] == "verification.status"] == [
        f"{folder}/{code}.toml" for code in ("20111", "20222", "20333")
    ]
