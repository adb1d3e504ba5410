"""`cptref export`: a whole file or none, in the format of its name; handouts for patients."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import tomli

from tests.conftest import needs_dev_full, needs_posix

if TYPE_CHECKING:
    from tests.conftest import MakeFolder, Run, Spawn


def here() -> list[str]:
    """Return the names in the working folder."""
    return sorted(path.name for path in Path().iterdir())


@pytest.mark.parametrize("line", ["20976 -s symptoms", "20976-59", "99213 -f json"])
def test_standard_output_is_the_default(run: Run, line: str) -> None:
    """Without a file, or with `-`, standard output gets the document as `show` prints it, with modifiers and misses."""
    assert run("export", *line.split()) == run("export", *line.split(), "-o", "-") == run("show", *line.split())


@needs_posix
def test_one_line_says_what_was_written(run: Run) -> None:
    """The line goes to standard error; the file is what standard output would have got."""
    done = run("export", "20976", "20920", "-o", "both.txt")
    assert done == (0, "", "cptref: wrote both.txt\n")
    assert Path("both.txt").read_text(encoding="utf-8") == run("show", "20976", "20920").out
    assert here() == ["both.txt"]
    assert stat.S_IMODE(Path("both.txt").stat().st_mode) == 0o666 & ~_umask()


def _umask() -> int:
    now = os.umask(0)
    os.umask(now)
    return now


def test_a_file_has_nothing_of_the_others(run: Run) -> None:
    """Modifiers typed with a code are in the file of that code alone."""
    run("export", "20976-50", "20920-59", "-f", "json", "-o", ".")
    for code, modifier in (("20976", "50"), ("20920", "59")):
        (entry,) = json.loads(Path(f"{code}.json").read_bytes())["results"]
        appended = [(one["input"], one["on"], one["code"], one["set"], one["listed"]) for one in entry["appended"]]
        assert appended == [(f"{code}-{modifier}", code, modifier, "CPT", modifier == "50")]


def test_no_file_is_written_over(run: Run) -> None:
    """What is there stays, exit 2; with --force it is replaced. One file that is there stops the whole export."""
    Path("20976.txt").write_text("mine", encoding="utf-8")
    done = run("export", "20976", "-o", "20976.txt")
    assert done == (2, "", "cptref: 20976.txt already exists; use --force to overwrite it, or choose another name\n")
    assert run("export", "20920", "20976", "-o", ".").code == 2
    Path("20920.txt").write_text("mine", encoding="utf-8")
    assert run("export", "20920", "20976", "-o", ".").err == (
        "cptref: 20920.txt, 20976.txt already exist; use --force to overwrite them, or choose another name\n"
    )
    Path("20920.txt").unlink()
    assert here() == ["20976.txt"]
    assert Path("20976.txt").read_text(encoding="utf-8") == "mine"
    assert run("export", "20976", "-o", "20976.txt", "--force").code == 0
    assert Path("20976.txt").read_text(encoding="utf-8").startswith("20976  ")
    assert here() == ["20976.txt"]


def test_a_link_is_not_written_through_unasked(run: Run) -> None:
    """A link counts as a file that is there, even one that points nowhere; with --force its target is written."""
    Path("link").symlink_to("target")
    assert run("export", "20976", "-o", "link").code == 2
    assert not Path("target").exists()
    assert run("export", "20976", "-o", "link", "--force").code == 0
    assert Path("link").is_symlink()
    assert Path("target").is_file()


def test_no_folder_is_made(run: Run) -> None:
    """A folder that isn't there is an error that says so."""
    for output in ("away/20976.txt", "away/"):
        done = run("export", "20976", "-o", output)
        assert done == (
            2,
            "",
            "cptref: away/20976.txt can't be written: No such file or directory; create the folder first\n",
        )
    assert here() == []


def test_a_file_made_in_the_meantime_is_kept(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look and the writing somebody else may make the file: theirs stays."""
    real = os.fsync

    def meanwhile(handle: int) -> None:
        Path("20976.txt").write_text("theirs", encoding="utf-8")
        real(handle)

    monkeypatch.setattr(os, "fsync", meanwhile)
    assert run("export", "20976", "-o", "20976.txt").code == 2
    assert Path("20976.txt").read_text(encoding="utf-8") == "theirs"
    assert here() == ["20976.txt"]


def test_a_disk_that_is_full(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing half-written is left, and what was there stays as it was."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    Path("20976.txt").write_text("mine", encoding="utf-8")
    monkeypatch.setattr(os, "fsync", full)
    done = run("export", "20976", "-o", "20976.txt", "--force")
    assert done == (2, "", "cptref: 20976.txt can't be written: No space left on device; try another place\n")
    assert here() == ["20976.txt"]
    assert Path("20976.txt").read_text(encoding="utf-8") == "mine"


def test_where_links_can_not_be_made(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some file systems have no hard links; the file is written there too."""

    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    assert run("export", "20976", "-o", "20976.txt").code == 0
    assert here() == ["20976.txt"]


def test_a_private_file_stays_private(run: Run) -> None:
    """What is written over keeps its permissions."""
    Path("private").touch(mode=0o600)
    assert run("export", "20976", "-o", "private", "--force").code == 0
    assert stat.S_IMODE(Path("private").stat().st_mode) == 0o600


def test_names_that_make_trouble(run: Run) -> None:
    """No name, a link to itself, a name that is too long, a name that is nearly too long, a folder as a file."""
    done = run("export", "20976", "-o", "")
    assert done == (2, "", "cptref: -o needs the name of a file or a folder; - is standard output\n")
    Path("loop").symlink_to("loop")
    assert run("export", "20976", "-o", "loop", "--force").err.startswith("cptref: loop can't be written: ")
    assert run("export", "20976", "-o", "x" * 300).err.endswith(
        "can't be written: File name too long; try another place\n"
    )
    assert run("export", "20976", "-o", "x" * 250).code == 0
    Path("20976.txt").mkdir()
    assert run("export", "20976", "-o", ".", "--force").err == (
        "cptref: 20976.txt can't be written: Is a directory; try another place\n"
    )
    assert here() == ["20976.txt", "loop", "x" * 250]


@needs_posix
@needs_dev_full
def test_devices_and_pipes_are_written_to_and_stay(command: str, spawn: Spawn) -> None:
    """They need no --force, are not replaced, and what they say is passed on."""
    plain = spawn(command, "export", "20976").out
    for flag in ("", " --force"):
        said = spawn("/bin/sh", "-c", f"'{command}' export 20976 -o /dev/stdout{flag} | cat")
        assert said == (0, plain, "cptref: wrote /dev/stdout\n")
    assert spawn(command, "export", "20976", "-o", "/dev/null").code == 0
    done = spawn(command, "export", "20976", "-o", "/dev/full", "--force")
    assert done == (2, "", "cptref: /dev/full can't be written: No space left on device; try another place\n")
    assert Path("/dev/null").is_char_device()
    assert Path("/dev/full").is_char_device()


def test_what_is_missing_is_told(run: Run) -> None:
    """What was found is written, the rest is named, exit 1; nothing found writes nothing."""
    done = run("export", "99213", "20976", "-o", ".")
    assert (done.code, here()) == (1, ["20976.txt"])
    assert "cptref: 99213: looks like a code, but is not in the library" in done.err
    assert run("export", "99213", "-o", "none.txt").code == 1
    assert here() == ["20976.txt"]


# --- the format ------------------------------------------------------------------------------------------------------

ENDINGS = ".txt, .md, .html, .json, .jsonl, .csv, .toml"


@pytest.mark.parametrize(
    ("name", "form"),
    [
        *(("a.txt", "text"), ("a.text", "text"), ("a.md", "markdown"), ("a.markdown", "markdown"), ("a.html", "html")),
        *(("A.HTM", "html"), ("a.json", "json"), ("a.b.JSONL", "jsonl"), ("a.Csv", "csv"), ("20976.toml", "toml")),
        *(("a", "text"), (".html", "text"), ("a.", "text"), ("20976-2026.11", "text"), ("for Dr. Smith", "text")),
    ],
)
def test_the_ending_names_the_format(run: Run, name: str, form: str) -> None:
    """In any case; a hidden file, a number and more than one word after a dot are no endings, and mean text."""
    assert run("export", "20976", "-o", name) == (0, "", f"cptref: wrote {name}\n")
    with Path(name).open(encoding="utf-8", newline="") as file:
        assert file.read() == run("export", "20976", "-f", form).out


@pytest.mark.parametrize("name", ["sheet.pdf", "sheet.DOCX", "a.md.bak"])
def test_an_ending_that_nothing_writes(run: Run, name: str) -> None:
    """It is an error that names the endings there are; nothing is written."""
    ending = Path(name).suffix.lower()
    message = f"cptref: {name}: no format has the ending {ending}; the endings are {ENDINGS}\n"
    assert run("export", "20976", "-o", name) == (2, "", message)
    assert here() == []


@pytest.mark.parametrize("name", ["sheet.md", "sheet.pdf"])
def test_a_format_asked_for_wins_over_the_ending(run: Run, name: str) -> None:
    """The line about the file says so, since its name does not."""
    assert run("export", "20976", "-f", "html", "-o", name) == (0, "", f"cptref: wrote {name} as html, as -f says\n")
    assert Path(name).read_text(encoding="utf-8") == run("export", "20976", "-f", "html").out
    assert run("export", "20976", "-f", "toml", "-o", name, "--force").err == (
        f"cptref: wrote {name} as toml, as -f says; name it 20976.toml in a folder of entries\n"
    )


def test_a_folder_has_no_ending(run: Run) -> None:
    """Whatever its name, a folder gets text unless -f says otherwise."""
    Path("sheets.pdf").mkdir()
    assert run("export", "20976", "-o", "sheets.pdf") == (0, "", "cptref: wrote sheets.pdf/20976.txt\n")


def test_no_file_is_for_a_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Export has no format for terminals, and forced color changes no byte of a file."""
    assert run("export", "20976", "-f", "terminal", "-o", "x.txt") == (
        2,
        "",
        (
            "cptref: Invalid value for '--format' / '-f': 'terminal' is not a choice; the choices are text, markdown, "
            "html, json, jsonl, csv, toml (see cptref export --help)\n"
        ),
    )
    assert here() == []
    plain = run("export", "20976").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    for args in ([], ["--for", "patient"]):
        assert run("--color", "always", "export", "20976", *args, "-o", "x.txt", "--force").code == 0
        assert "\x1b" not in Path("x.txt").read_text(encoding="utf-8")
        assert (Path("x.txt").read_text(encoding="utf-8") == plain) == (not args)


# --- handouts --------------------------------------------------------------------------------------------------------

SECTIONS = ("-s", "preparation", "-s", "recovery", "-s", "home-care")
HANDOUT = """\
Facet or sacroiliac joint injection
===================================

Clinic: Riverside Spine Clinic
Date: 12/1/26

Before the procedure
  What patients should do beforehand.
  - Tell the doctor about any medications, blood thinners in particular
  - Nothing to eat or drink for a few hours beforehand
  - Arrange transportation home afterward if sedation is used; ask the doctor before driving yourself
  - Wear comfortable clothes to the appointment

After the procedure
  Care afterward matters for a good recovery.
  - Rest for the remainder of that day
  - Put ice on the injection site to bring down swelling
  - No strenuous activities for 24 hours at least
  - A follow-up with the doctor, who checks pain relief and side effects

At home
  Small steps at home that help recovery.
  - Drink enough to stay hydrated, and eat a balanced diet, once the doctor allows it
  - Gentle stretching, as advised
  - Heat therapy to relax the muscles, if recommended
  - A pain diary to keep track of symptoms and relief

Call at once for:
  Infection of the injection site
  Bleeding or bruises
  Nerve damage or nerve irritation
  A temporary increase of pain after the injection
  Phone: 555-0100

For staff: 20962, conflict. Dataset {version}. Not billing or medical advice.
"""


def test_a_handout_for_a_patient(run: Run) -> None:
    """A plain title, what to do, what to call for, and one line for staff; the same with its own sections named."""
    letterhead = ("--clinic", "Riverside Spine Clinic", "--phone", "555-0100", "--date", "12/1/26")
    handout = HANDOUT.format(version=read_version(run))
    assert run("export", "20962-50", "--for", "patient", *letterhead) == (0, handout, "")
    assert run("export", "20962", "--for", "patient", *SECTIONS, *letterhead).out == handout


def read_version(run: Run) -> str:
    """Return the version of the dataset."""
    return run("--version").out.splitlines()[1].split()[1].rstrip(",")


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
@pytest.mark.parametrize("code", ["20920", "20962", "20971", "20975", "20976"])
def test_nothing_for_coders_is_on_a_handout(run: Run, code: str, form: str) -> None:
    """With every section that a handout can have: no verdict, code, modifier or price, but on the line for staff."""
    allowed = "tests,procedure,preparation,recovery,complications,follow-up,home-care,education"
    sections = f"{allowed},faq" if code == "20976" else allowed
    done = run("export", code, "--for", "patient", "-s", sections, "-f", form)
    assert (done.code, done.err) == (0, "")
    text = re.sub(r"<style>.*?</style>|<[^>]+>", "", done.out, flags=re.DOTALL)
    before, after = text.split("For staff: ")
    status = "not listed" if code in {"20971", "20976"} else "conflict"
    assert after.strip() == f"{code}, {status}. Dataset {read_version(run)}. Not billing or medical advice."
    words = r"\d{5}|CPT|conflict|listed|verified|modifier|article|advice|\$|insurance|you have|you may|bundled"
    assert not re.search(words, before, re.IGNORECASE)
    assert "Call at once for:" in before


def test_several_handouts(run: Run) -> None:
    """In one file each is a page; in a folder each has a file."""
    done = run("export", "20920", "20976", "--for", "patient", "-o", "both.html")
    assert done == (0, "", "cptref: wrote both.html\n")
    both = Path("both.html").read_text(encoding="utf-8")
    assert (both.count("<article>"), both.count("<h1>"), both.count("For staff: ")) == (2, 2, 2)
    done = run("export", "20920", "20976", "--for", "patient", "-f", "html", "-o", ".")
    assert done == (0, "", "cptref: wrote 20920.html\ncptref: wrote 20976.html\n")
    assert (
        Path("20976.html").read_text(encoding="utf-8") == run("export", "20976", "--for", "patient", "-f", "html").out
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "--for pateint",
            (
                "Invalid value for '--for': 'pateint' is not a choice; did you mean patient? the choices are "
                "patient (see cptref export --help)"
            ),
        ),
        ("--clinic Riverside", "--clinic is for a handout; add --for patient"),
        ("--phone 555-0100 -f json", "--phone is for a handout; add --for patient"),
        ("--date 2026-12-01", "--date is for a handout; add --for patient"),
        ("--for patient -f json", "a handout can't be json; it can be text, markdown, html"),
        ("--for patient -o sheet.toml", "a handout can't be toml; it can be text, markdown, html"),
        ("--for patient --notes", "your notes are not for patients; leave --notes out"),
        ("--for patient -s notes", "notes is not for patients; a handout can have {allowed}"),
        (
            "--for patient -s billing -s recovery -s cost",
            "billing, cost are not for patients; a handout can have {allowed}",
        ),
        (
            "--for patient -s related,references",
            "related, references are not for patients; a handout can have {allowed}",
        ),
        ("--for patient -s overview", "overview is not for patients; a handout can have {allowed}"),
        ("--for patient -s symptoms", "symptoms is not for patients; a handout can have {allowed}"),
    ],
)
def test_what_a_handout_can_not_be(run: Run, line: str, message: str) -> None:
    """One line, exit 2."""
    allowed = "tests, procedure, preparation, recovery, complications, follow-up, home-care, education, faq"
    assert run("export", "20976", *line.split()) == (2, "", f"cptref: {message.format(allowed=allowed)}\n")
    assert here() == []


def test_an_entry_that_is_no_handout(run: Run, make_folder: MakeFolder) -> None:
    """One without the sections asked for is missed, exit 1, warning signs or not; the others are written."""
    folder = str(make_folder({"20111": {"tests": ["An MRI"], "complications": ["Fever"]}, "20222": {}}))
    nothing = "its entry has nothing for a handout: no preparation, recovery, home-care"
    done = run("export", "20111", "20222", "--for", "patient", "-L", folder)
    assert done == (1, "", f"cptref: 20111: {nothing}\ncptref: 20222: {nothing}\n")
    done = run("export", "20222", "20976", "--for", "patient", "-o", ".", "-L", folder)
    assert done == (1, "", f"cptref: wrote 20976.txt\ncptref: 20222: {nothing}\n")
    done = run("export", "20111", "--for", "patient", "-s", "tests", "--phone", "555-0100", "-L", folder)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Untitled\n========\n\nTests before the procedure\n  - An MRI\n\nCall at once for:\n")


def test_a_handout_without_warning_signs(run: Run, make_folder: MakeFolder) -> None:
    """The phone number goes to the top, and what is missing is said."""
    folder = str(make_folder({"20111": {"recovery": ["Rest"]}}))
    done = run("export", "20111", "--for", "patient", "-s", "recovery", "--phone", "555-0100", "-L", folder)
    assert done.code == 1
    assert done.out.startswith("Untitled\n========\n\nPhone: 555-0100\n\nAfter the procedure\n  - Rest\n\nFor staff: ")
    assert done.err.startswith("cptref: 20111: its entry has no section 'Possible complications'; ")


@pytest.mark.parametrize("line", ["See 20111", "CPT codes", "It costs $ 200", "The article says so"])
def test_a_line_for_coders_stops_the_handout(run: Run, make_folder: MakeFolder, line: str) -> None:
    """It is named, and nothing is written, of the other entries neither."""
    folder = str(make_folder({"20111": {"recovery": ["Rest", line]}}))
    done = run("export", "20976", "20111", "--for", "patient", "-o", ".", "-L", folder)
    assert done == (
        2,
        "",
        (
            f"cptref: 20111: not for patients, because it mentions a code, a price or an article: {line!r}; change the "
            "line in the entry, or leave its section out\n"
        ),
    )
    assert here() == []


def test_published_codes_are_exported_as_one_table(run: Run, tmp_path: Path) -> None:
    """As dataset files, published codes go into codes.toml and articles into files of their own; all read back."""
    folder = tmp_path / "kept"
    folder.mkdir()
    done = run("export", "64483", "20976", "64493", "-f", "toml", "-o", str(folder))
    assert (done.code, done.out) == (0, "")
    assert sorted(path.name for path in folder.iterdir()) == ["20976.toml", "codes.toml"]
    codes = [code["code"] for code in tomli.loads((folder / "codes.toml").read_text(encoding="utf-8"))["codes"]]
    assert codes == ["64483", "64493"]
    assert run("check", str(folder)).code == 0
    kept = json.loads(run("show", "64483", "-f", "json", "-L", str(folder)).out)["results"][0]
    assert kept["published"] == json.loads(run("show", "64483", "-f", "json").out)["results"][0]["published"]
    done = run("export", "64483", "64493", "-f", "toml", "-o", str(tmp_path / "two.toml"))
    assert done.err == f"cptref: wrote {tmp_path / 'two.toml'}; name it codes.toml in a folder of entries\n"
