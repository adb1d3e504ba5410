"""`cptref import`: article pages become dataset files that pass the check."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import COMMAND, PAGE, needs_posix

if TYPE_CHECKING:
    from tests.conftest import Run, Spawn

TODAY = date.today()  # noqa: DTZ011 - the day here
UNPLACED = (
    "cptref: page.txt:1: not placed: site-logo\n"
    "cptref: page.txt:18: not placed: hero-image\n"
    "cptref: page.txt:19: not placed: Learn more\n"
    "cptref: page.txt:40: not placed: © Copyright of somebody\n"
)


@pytest.fixture
def page() -> Path:
    """Write a page into the working folder."""
    Path("page.txt").write_text(PAGE, encoding="utf-8")
    return Path("page.txt")


@pytest.fixture
def user_library(tmp_path: Path) -> Path:
    """Return the folder of the user's own library, which does not exist yet."""
    return tmp_path / "share" / "cptref"


@pytest.mark.usefixtures("page")
def test_a_page_becomes_an_entry_of_the_users_library(run: Run, user_library: Path) -> None:
    """Lines without a place are listed with their numbers; every command has the entry, and check accepts it."""
    done = run("import", "page.txt")
    assert done == (0, "", f"cptref: wrote {user_library}/20111.toml: 3 sections, 4 points, 0 questions\n{UNPLACED}")
    assert user_library.stat().st_mode & 0o777 == 0o700
    assert run("show", "20111").out.startswith(
        "20111  ? UNVERIFIED: Knee puncture\n"
        "==================================\n"
        "\n"
        "Checked: nobody has checked it against the published code set\n"
        "\n"
        "Before: Name every medication.\n"
        "Money: $200 to $900, according to the article, no source, no year\n"
        f"Library: {user_library}\n"
        f"Source: page.txt, imported {TODAY}\n"
        "\n"
        "Overview\n"
        "  CPT Code 20111 stands for a puncture of the knee.\n"
        "\n"
        "What the published code set says\n"
        f"  - Nobody has checked this entry against the published code set. Imported from page.txt on {TODAY}.\n"
        f"  - Finding of: {user_library}\n"
        "\n"
        "When it is used\n"
        "  It helps in two cases.\n"
        "  - A swollen knee that hurts.\n"
    )
    assert "20111" in run("search", "swollen knee").out
    checked = run("check")
    assert checked.code == 0
    assert "is empty" not in checked.out


REPLACES = "replaces the text of the bundled entry; the finding stays: "


@pytest.mark.parametrize(
    ("code", "stays", "title"),
    [
        (
            "20920",
            f"{REPLACES}conflict, published for another service; do not bill it for this one",
            "! CONFLICT: ",
        ),
        (
            "20976",
            f"{REPLACES}not listed, in no release checked; do not bill it",
            "✗ NOT LISTED: ",
        ),
        (
            "64483",
            "is shown beside the published code: transforaminal epidural injection, first level, low back or sacrum",
            "✓ transforaminal epidural injection, first level, low back or sacrum",
        ),
    ],
)
def test_a_page_on_a_bundled_code_replaces_its_text(
    run: Run, user_library: Path, code: str, stays: str, title: str
) -> None:
    """Import says so, and what stays; the finding, the figures and the verdicts on modifiers are what they were."""
    verdicts = json.loads(run("modifiers", f"{code}-50", "-f", "json").out)["entries"][0]["modifiers"][0]
    Path("page.txt").write_text(PAGE.replace("20111", code), encoding="utf-8")
    for _ in range(2):  # over the bundled entry, then over the one imported before
        done = run("import", "page.txt", "--force")
        assert done.code == 0
        assert done.err.endswith(f"\ncptref: {code} {stays}\n")
    shown = run("show", code).out
    assert shown.startswith(f"{code}  {title}")
    assert "Knee puncture" in shown
    kept = "" if code == "64483" else "; replaces the bundled entry; the finding stays the bundled one"
    assert f"\nLibrary: {user_library}{kept}\n" in shown
    again = json.loads(run("modifiers", f"{code}-50", "-f", "json").out)["entries"][0]["modifiers"][0]
    assert (again["verdict"], again["assessment"]) == (verdicts["verdict"], verdicts["assessment"])


@pytest.mark.usefixtures("page")
def test_an_existing_file_is_replaced_with_force_only(run: Run, user_library: Path) -> None:
    """In the folder and in its `articles`."""
    assert run("import", "page.txt").code == 0
    path = user_library / "20111.toml"
    path.write_text("mine", encoding="utf-8")
    refusal = f"cptref: {path} already exists; use --force to overwrite it, or choose another name\n"
    # What is there is broken, and named as such, before the import says that it won't touch it.
    assert run("import", "page.txt").err.endswith(refusal)
    assert run("import", "page.txt").code == 2
    assert path.read_text(encoding="utf-8") == "mine"
    assert run("import", "page.txt", "--force").code == 0
    assert path.read_text(encoding="utf-8").startswith('code = "20111"')
    (user_library / "articles").mkdir()
    path.rename(user_library / "articles" / "20111.toml")
    assert run("import", "page.txt").code == 2
    assert run("import", "page.txt", "--force").err.startswith(f"cptref: wrote {user_library}/articles/20111.toml: ")
    assert not path.exists()


def test_a_page_that_is_no_article_does_not_stop_the_others(run: Run, page: Path) -> None:
    """Each refused page is named; exit 2."""
    Path("list.txt").write_text("milk\neggs\n", encoding="utf-8")
    Path("again.txt").write_text(PAGE, encoding="utf-8")
    done = run("import", "list.txt", str(page), "again.txt", "gone.txt", "-o", ".")
    assert (done.code, done.out) == (2, "")
    lines = done.err.splitlines()
    assert lines[0].startswith("cptref: list.txt has no code in it; ")
    assert lines[1] == "cptref: gone.txt: can't be read: No such file or directory; name a page saved as text or HTML"
    assert lines[2] == "cptref: again.txt: page.txt is also about 20111; import one of them"
    assert lines[3] == "cptref: wrote 20111.toml: 3 sections, 4 points, 0 questions"
    assert Path("20111.toml").is_file()


@pytest.mark.usefixtures("page")
def test_a_missing_folder_is_refused(run: Run) -> None:
    """It is not created, and the page is not written elsewhere; so is a folder in place of a page."""
    assert run("import", "page.txt", "-o", "away") == (2, "", "cptref: away is not a folder; create it first\n")
    assert run("import", "page.txt", "-o", "") == (2, "", "cptref: '' is not a folder; create it first\n")
    assert run("import", ".", "-o", ".") == (2, "", "cptref: .: is not a file; name a page saved as text or HTML\n")


def test_a_large_page_is_refused(run: Run) -> None:
    """Before it is parsed."""
    Path("page.txt").write_text(PAGE + " " * 2**20, encoding="utf-8")
    done = run("import", "page.txt")
    assert done == (2, "", "cptref: page.txt: has more than 1,048,576 bytes; name a page saved as text or HTML\n")


def test_a_large_document_is_named(run: Run) -> None:
    """Its size does not matter, since it can't be read anyway."""
    Path("page.pdf").write_bytes(b"%PDF-1.7\n" + b"\x00" * 2**21)
    assert run("import", "page.pdf") == (
        2,
        "",
        "cptref: page.pdf is a PDF; turn it into text first: pdftotext page.pdf page.txt\n",
    )


@pytest.mark.usefixtures("page")
def test_says_what_it_joins_and_drops(run: Run, page: Path) -> None:
    """In one line a page, before the lines that have no place."""
    text = PAGE.replace("knee that hurts.\n", "knee that hurts\n3\nor has turned red over-\nnight.\n")
    page.write_text(text, encoding="utf-8")
    assert run("import", "page.txt", "-o", ".").err.splitlines()[1] == (
        "cptref: page.txt: joined 2 wrapped lines, joined 1 broken word (overnight), dropped 1 page number"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-16"])
def test_reads_a_page_from_standard_input(spawn: Spawn, encoding: str) -> None:
    """In any encoding; lines without a place and the source name it."""
    done = spawn(COMMAND, "import", "-", "-o", ".", stdin=PAGE.encode(encoding))
    assert done == (
        0,
        "",
        "cptref: wrote 20111.toml: 3 sections, 4 points, 0 questions\n"
        + UNPLACED.replace("page.txt", "standard input"),
    )
    assert 'file = "standard input"' in Path("20111.toml").read_text(encoding="utf-8")


@needs_posix
@pytest.mark.parametrize("way", ["/dev/stdin", "pipe"])
def test_reads_a_page_from_a_pipe(spawn: Spawn, way: str) -> None:
    """Read a named pipe, and standard input by its name, to the end."""
    if way == "pipe":
        os.mkfifo("pipe")
        Path("page.txt").write_text(PAGE, encoding="utf-8")
        done = spawn("sh", "-c", 'cat page.txt > pipe & "$0" import pipe -o .', COMMAND)
    else:
        done = spawn("sh", "-c", 'cat | "$0" import /dev/stdin -o .', COMMAND, stdin=PAGE.encode())
    assert (done.code, done.err.splitlines()[0]) == (0, "cptref: wrote 20111.toml: 3 sections, 4 points, 0 questions")


@needs_posix
def test_standard_input_is_bounded_and_has_one_page(run: Run, spawn: Spawn) -> None:
    """Refuse a closed, an empty and an endless one, and a second `-`."""
    assert run("import", "-", "-") == (2, "", "cptref: - is named more than once; standard input has one page\n")
    closed = spawn("sh", "-c", '"$0" import - <&-', COMMAND)
    assert closed == (2, "", "cptref: standard input is closed; name a page, or pipe it in\n")
    assert spawn(COMMAND, "import", "-", stdin=b"").err.startswith("cptref: standard input has no code in it; ")
    endless = spawn("sh", "-c", '"$0" import - < /dev/zero', COMMAND)
    assert endless.err.startswith("cptref: standard input is larger than 1 MiB; ")
    assert spawn(COMMAND, "import", "/dev/zero").err == (
        "cptref: /dev/zero: has more than 1,048,576 bytes; name a page saved as text or HTML\n"
    )
