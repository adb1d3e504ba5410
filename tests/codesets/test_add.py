"""`cptref add`: what each file is, what is stored, what is refused, and what that leaves alone."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.codesets.files import as_csv, as_xlsx, as_zip, hcpcs_row, hcpcs_table, hcpcs_text
from tests.conftest import needs_posix

if TYPE_CHECKING:
    from tests.codesets.conftest import WriteAndAdd
    from tests.conftest import Run

ROWS = [hcpcs_row("J0001", "Made-up drug"), hcpcs_row("J0002", "Another", ADD_DT="20260701")]
TEXT = hcpcs_text(ROWS)
LATER = hcpcs_text([*ROWS, hcpcs_row("J0003", "A third", ADD_DT="20261001")])
STORED = "HCPCS Level II 2026Q3, 2 rows, in force 2026-07-01 to 2026-09-30"
READABLE = "RVU, HCPCS, ICD-10-CM, MUE, add-on, pair edit and ZIP code files of CMS, and descriptor files of the AMA"


@pytest.fixture
def stores(tmp_path: Path) -> Path:
    """Return the folder of stores."""
    return tmp_path / "share" / "cptref" / "codesets"


def snapshot(stores: Path) -> dict[str, tuple[bytes, int, int]]:
    """Return the bytes of each store, when it was written, and which file it is."""
    return {
        path.name: (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino) for path in stores.glob("*.sqlite")
    }


def test_a_file_is_said_on_one_line(run: Run) -> None:
    """State, set, release, rows and days; exit 0, and again when it is there already."""
    Path("anweb.txt").write_text(TEXT)
    assert run("add", "anweb.txt") == (0, f"- anweb.txt: added: {STORED}\n", "")
    assert run("add", "anweb.txt") == (0, f"- anweb.txt: already there: {STORED}\n", "")


def test_zips_and_folders_are_walked(run: Run) -> None:
    """A zip in a zip in a folder is read, and 200 other files take one line."""
    Path("downloads/deep/er").mkdir(parents=True)
    inner = as_zip({"read me.pdf": "%PDF-1.4", "anweb.txt": TEXT})
    Path("downloads/deep/er/outer.zip").write_bytes(as_zip({"2026/inner.zip": inner}))
    for number in range(200):
        Path(f"downloads/{number:03}.doc").write_text("nothing of use")
    done = run("add", "downloads")
    name = "downloads/deep/er/outer.zip: 2026/inner.zip: anweb.txt"
    assert done == (
        0,
        f"- {name}: added: {STORED}\nNot needed: 201 files: 000.doc, 001.doc, 002.doc and 198 more\n",
        "",
    )


def test_one_form_of_a_table_is_read(run: Run) -> None:
    """That is csv before text before workbook."""
    table = hcpcs_table(ROWS)
    forms: dict[str, str | bytes] = {"anweb.xlsx": as_xlsx(table), "anweb.txt": TEXT, "anweb.csv": as_csv(table)}
    Path("a.zip").write_bytes(as_zip(forms))
    others = "Not read, another form of the same table: 2 files: anweb.txt, anweb.xlsx"
    assert run("add", "a.zip").out == f"- a.zip: anweb.csv: added: {STORED}\n{others}\n"


def test_a_dry_run_stores_nothing(run: Run, stores: Path) -> None:
    """Not even a folder."""
    Path("anweb.txt").write_text(TEXT)
    assert run("add", "anweb.txt", "--dry-run") == (0, f"- anweb.txt: would add: {STORED}\n", "")
    assert not stores.parent.exists()


def test_nothing_to_add(run: Run, stores: Path) -> None:
    """Exit 1, and what cptref reads."""
    Path("a.txt").write_text("nothing of use")
    Path("empty.csv").touch()
    done = run("add", "a.txt", "empty.csv")
    error = f"cptref: nothing to add in a.txt, empty.csv; cptref reads {READABLE}\n"
    assert done == (1, "Not needed: 2 files: a.txt, empty.csv\n", error)
    assert not stores.exists()


def test_a_refused_file_costs_no_other(run: Run, stores: Path) -> None:
    """The good one is stored, the bad one is named with its line, nothing of it is stored; exit 2."""
    Path("anweb.txt").write_text(TEXT)
    Path("bad.txt").write_text(LATER.replace("J0003", "j0003"))
    done = run("add", "bad.txt", "anweb.txt")
    assert (done.code, done.out) == (2, f"- anweb.txt: added: {STORED}\n")
    assert done.err.startswith("cptref: bad.txt: ")
    assert "line 3" in done.err
    assert done.err.count("\n") == 1
    assert [*snapshot(stores)] == ["hcpcs-2026Q3.sqlite"]


def test_what_cannot_be_read_is_said(run: Run) -> None:
    """A missing file and a name with an escape sequence, each on one line; exit 2."""
    reason = "can't be read: No such file or directory; check its name and who may read it"
    assert run("add", "gone.zip", "a\x1b[31m") == (2, "", f"cptref: gone.zip: {reason}\ncptref: a\\x1b[31m: {reason}\n")


def test_adding_again_leaves_every_store_as_it_is(run: Run, stores: Path) -> None:
    """Bytes, time and file; the same bytes come of it where the store was removed."""
    Path("anweb.txt").write_text(TEXT)
    Path("later.txt").write_text(LATER)
    run("add", "anweb.txt")
    before = snapshot(stores)
    run("add", "anweb.txt", "later.txt")
    after = snapshot(stores)
    assert after.pop("hcpcs-2026Q4.sqlite")
    assert after == before
    run("remove", "hcpcs-2026Q3")
    run("add", "anweb.txt")
    assert snapshot(stores)["hcpcs-2026Q3.sqlite"][0] == before["hcpcs-2026Q3.sqlite"][0]


def test_another_file_of_a_release_replaces_it(run: Run) -> None:
    """The newest file of a release is the one that answers."""
    Path("anweb.txt").write_text(TEXT)
    run("add", "anweb.txt")
    Path("anweb.txt").write_text(TEXT.replace("Another", "Revised"))
    assert run("add", "anweb.txt").out == f"- anweb.txt: added: {STORED}\n"
    assert "Revised" in run("list", "--set", "hcpcs", "J0002", "-f", "csv").out


def test_a_damaged_store_is_replaced(run: Run, stores: Path) -> None:
    """The same file mends it, wherever it is damaged."""
    Path("anweb.txt").write_text(TEXT)
    run("add", "anweb.txt")
    (path,) = stores.glob("*.sqlite")
    whole = path.read_bytes()
    for place in (0, 21, whole.index(b"Another"), len(whole) - 9):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert run("add", "anweb.txt").code == 0
        assert path.read_bytes() == whole


def test_programs_get_json_and_csv(write_and_add: WriteAndAdd) -> None:
    """Every file with its state, and what would have been printed about it."""
    done = write_and_add({"anweb.txt": TEXT, "b.doc": "x"}, "-f", "json")
    answer = json.loads(done.out)
    first, second = answer["results"]
    assert answer["dry_run"] is False
    assert (first["state"], first["set"], first["release"], first["rows"]) == ("added", "hcpcs", "2026Q3", 2)
    assert (first["effective_from"], first["effective_to"]) == ("2026-07-01", "2026-09-30")
    assert (second["state"], second["set"]) == ("not needed", "")
    rows = write_and_add({}, "-f", "csv").out.splitlines()
    assert [row.split(",")[1] for row in rows] == ['"state"', '"already there"', '"not needed"']


def test_a_release_contradicted_by_the_file_is_said(run: Run) -> None:
    """What the release was derived from is on a line of its own."""
    Path("anweb.txt").write_text(TEXT)
    out = run("add", "anweb.txt", "--release", "2026Q4").out
    assert out.startswith(f"- anweb.txt: added: {STORED}\n  ")
    assert "so it is 2026Q3, not 2026Q4" in out


def test_a_file_named_twice_is_read_once(run: Run) -> None:
    """By itself, by its folder and by a link."""
    Path("folder").mkdir()
    Path("folder/anweb.txt").write_text(TEXT)
    Path("link.txt").symlink_to("folder/anweb.txt")
    assert run("add", "folder", "folder/anweb.txt", "link.txt").out == f"- folder/anweb.txt: added: {STORED}\n"


def test_links_to_folders_are_not_followed(run: Run) -> None:
    """A folder that links to itself ends, and one that links elsewhere stays within itself."""
    Path("folder").mkdir()
    Path("elsewhere").mkdir()
    Path("elsewhere/anweb.txt").write_text(TEXT)
    Path("folder/again").symlink_to(Path("folder").absolute())
    Path("folder/there").symlink_to(Path("elsewhere").absolute())
    assert run("add", "folder").code == 1


@needs_posix
def test_pipes_and_devices_are_not_waited_for(run: Run) -> None:
    """Named, each is an error; in a folder, it is left out."""
    Path("folder").mkdir()
    os.mkfifo("folder/pipe")
    reason = "can't be read: it is not a file; check its name and who may read it"
    assert run("add", "folder/pipe", "/dev/zero") == (
        2,
        "",
        f"cptref: folder/pipe: {reason}\ncptref: /dev/zero: {reason}\n",
    )
    assert run("add", "folder").code == 1
