"""A library is never trusted: whatever lies in a folder of the user's, it harms nothing and the rest answers.

What is refused is named on standard error and left out; `check` names every fault and exits 3. Cases that one folder
can have are tried in one folder. What is large is tried in a process that has a gigabyte and a minute.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from datetime import date
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import pytest
import tomli_w

from cptref.dataset.fingerprint import MAX_FILE_BYTES
from cptref.dataset.loader import MAX_FAULTS_PER_FILE
from cptref.errors import Fault
from cptref.models.results import CheckAnswer, CheckedPath
from cptref.render import DocumentFormat, Format, render
from cptref.sanitize import UNSAFE_PATTERN, single_line
from tests.conftest import COMMAND, Outcome, make_article

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tests.conftest import Run, Spawn

pytestmark = [
    pytest.mark.outside,
    pytest.mark.skipif(sys.platform != "linux", reason="names of any bytes, devices and limits are Linux's"),
]

FORMS = get_args(Format)
CODE = "20111"
SOUND = make_article("20222", {"symptoms": ["a glimmering"]})
BUNDLED = ["20920", "20962", "20971", "20975", "20976"]
A_CODE = "a code has five characters, like 20976, 0042T or G0260"
MAX_NAMED = 5  # files on standard error; the others are counted
FORMULA = tuple("=+-@\t\r\uff1d\uff0b\uff0d\uff20")


def make_toml(code: str = CODE, **values: Any) -> bytes:  # noqa: ANN401 - whatever TOML holds
    """Return an article that has these values."""
    return tomli_w.dumps({"code": code, "title": "Title", "category": "Category", **values}).encode()


def make_points(*texts: str) -> list[dict[str, Any]]:
    """Return the sections of an article with these points."""
    return [{"key": "symptoms", "points": [*texts]}]


def iter_strings(value: Any) -> Iterator[str]:  # noqa: ANN401 - whatever JSON holds
    """Yield every string in an answer as JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from iter_strings(item)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with one sound article, which is answered whatever lies beside it."""
    folder = tmp_path / "library"
    folder.mkdir()
    (folder / "20222.toml").write_text(SOUND, encoding="utf-8")
    return folder


def assert_harmless(done: Outcome) -> Outcome:
    """Assert that no character of an answer steers a terminal, and that nothing broke; return it."""
    for stream in (done.out.removeprefix("\ufeff").replace("\r\n", "\n"), done.err):
        assert not re.search(UNSAFE_PATTERN, stream)
        assert "Traceback" not in stream
        assert "failed:" not in stream
    return done


def name_libraries(folders: Iterable[Path]) -> list[str]:
    """Return the options that name these folders."""
    return [f"--library={folder}" for folder in folders]


def list_left_out(run: Run, *folders: Path) -> list[str]:
    """Return what is said to be left out, while every command answers from the rest; without the folder's name."""
    messages = set()
    for args, wanted in (
        (["list"], "\n".join(BUNDLED)),
        (["list"], "20222\n"),
        (["show", "20222"], "  - a glimmering\n"),
        (["show", "20976"], "Tingling or numbness in the extremities"),
        (["search", "glimmering"], "  - Symptoms: a *glimmering*\n"),
    ):
        done = assert_harmless(run(*args, *name_libraries(folders)))
        assert done.code == 0
        assert wanted in done.out
        messages.add(done.err)
    (message,) = messages
    return [line.removeprefix("cptref: ") for line in shorten(message, folders).splitlines()]


def list_faults(run: Run, *folders: Path) -> list[str]:
    """Return every fault of folders that have some; without the folder's name. They are harmless in every format."""
    done = assert_harmless(run("check", *map(str, folders), "-f", "json"))
    assert (done.code, done.err) == (3, "")
    told = json.loads(done.out)
    answer = CheckAnswer(
        checked=tuple(CheckedPath(**path) for path in told["checked"]),
        faults=tuple(Fault(**fault) for fault in told["faults"]),
        warnings=tuple(Fault(**fault) for fault in told["warnings"]),
    )
    for form in get_args(DocumentFormat):
        assert_harmless(done._replace(out=render(answer, form)))
    return [shorten(str(fault), folders) for fault in answer.faults]


def shorten(text: str, folders: Iterable[Path]) -> str:
    """Return a text without the name of the only folder, or with the last part of each folder's name."""
    folders = [*folders]
    for folder in folders:
        text = text.replace(single_line(f"{folder}/"), single_line(f"{folder.name}/") if folders[1:] else "")
    return text


def assert_left_out(run: Run, faults: Mapping[str, Sequence[str]], *folders: Path) -> None:
    """Assert that files of these names are left out for these faults, and nothing else is."""
    lines = [
        f"{name}: {first}; left out"
        + (f", with {len(more)} more {'fault' if len(more) == 1 else 'faults'}" if more else "")
        for name, (first, *more) in faults.items()
    ]
    left_out = list_left_out(run, *folders)
    assert set(left_out[:MAX_NAMED]) <= set(lines)
    if count := len(lines) - MAX_NAMED:
        assert count < 0 or left_out.pop().startswith(f"{count} more file")
    assert len(left_out) == min(len(lines), MAX_NAMED)
    wanted = [f"{name}: {fault}" for name in faults for fault in faults[name]]
    assert sorted(list_faults(run, *folders)) == sorted(wanted)


def lay_out(folder: Path, cases: Iterable[tuple[bytes, list[str]]]) -> dict[str, list[str]]:
    """Write each case under a code of its own, in place of 20111, and return the faults of each file."""
    faults = {}
    for number, (data, of_case) in enumerate(cases, start=30_000):
        code = str(number)
        for old, new in ((CODE, code), (widen(CODE), widen(code))):
            data = data.replace(old.encode(), new.encode())  # noqa: PLW2901 - step by step
            of_case = [fault.replace(old, new) for fault in of_case]  # noqa: PLW2901 - the same
        (folder / f"{code}.toml").write_bytes(data)
        faults[f"{code}.toml"] = of_case
    return faults


def widen(code: str) -> str:
    """Return a code in full-width digits."""
    return "".join(chr(ord(digit) + 0xFEE0) for digit in code)


def shorten_id(case: object) -> str:
    """Return what a case is called."""
    return str(case)[:50]


# --- text that is refused --------------------------------------------------------------------------------------------


REFUSED_TEXTS: list[tuple[bytes, list[str]]] = [
    (make_toml(title="a\x1b[31mb"), [r"title: has the control character \x1b"]),
    (make_toml(title="a\x9b31mb"), [r"title: has the control character \x9b"]),
    (make_toml(title="a\x00b"), [r"title: has the control character \x00"]),
    (make_toml(title="a\u202eb"), [r"title: has the control character \u202e"]),
    (make_toml(title="\t=1+1"), [r"title: has the control character \t"]),
    (make_toml(title="\r=1+1"), [r"title: has the control character \r"]),
    (make_toml(title="a\nb"), ["title: must be one line"]),
    (make_toml(sections=make_points("a", "b\x1b]8;;file:///\x07c")), [
        r"sections[0].points[1]: has the control character \x07",
        r"sections[0].points[1]: has the control character \x1b",
    ]),
    (make_toml(sections=make_points("a\u2066b")), [r"sections[0].points[0]: has the control character \u2066"]),
    (make_toml(sections=make_points("\t+1")), [r"sections[0].points[0]: has the control character \t"]),
    (make_toml(sections=make_points("\U000e0041")), [r"sections[0].points[0]: has the control character \U000e0041"]),
    (make_toml() + rb'"\u001b[31m" = 1', [r"\x1b[31m: unknown key", r"a key has the control character \x1b"]),
    (make_toml(source={"file": "\u202e", "imported": "\x1b"}), [
        "source.imported: Input should be a valid date in the format YYYY-MM-DD, input is too short",
        r"source.file: has the control character \u202e",
        r"source.imported: has the control character \x1b",
        "source.imported: must be a date, not text",
    ]),
    (make_toml().replace(b"Title", b"a\x1b"), ["is not valid TOML: Illegal character '\\x1b' (at line 2, column 11)"]),
    (make_toml().replace(b"Title", b"a\0b"), ["is not valid TOML: Illegal character '\\x00' (at line 2, column 11)"]),
    (make_toml() + b"\0", ["is not valid TOML: Invalid statement (at line 4, column 1)"]),
    (make_toml().replace(b"Title", "a\u202eb".encode()), [r"title: has the control character \u202e"]),
    (make_toml().replace(b"Title", b"caf\xe9"), ["is not valid UTF-8 at byte 27"]),
    (make_toml().decode().encode("utf-16"), ["is not valid UTF-8 at byte 0"]),
    (make_toml().decode().encode("utf-16-le"), [
        "is not valid TOML: Expected '=' after a key in a key/value pair (at line 1, column 2)",
    ]),
    (make_toml().decode().encode("utf-8-sig"), ["is not valid TOML: Invalid statement (at line 1, column 1)"]),
    (b"\xff" * 100, ["is not valid UTF-8 at byte 0"]),
    (b"", ["code: is missing", "title: is missing", "category: is missing"]),
]  # fmt: skip


def test_text_that_is_refused(run: Run, folder: Path) -> None:
    """Escape sequences, overrides, tabs, another encoding, NUL: each file is left out, and its faults are harmless."""
    assert_left_out(run, lay_out(folder, REFUSED_TEXTS), folder)


REFUSED_CODES = [
    ("../../etc/passwd", [f"code: '../../etc/passwd' is not a code; {A_CODE}"]),
    ("..", [f"code: '..' is not a code; {A_CODE}"]),
    ("", ["code: is empty", f"code: '' is not a code; {A_CODE}"]),
    ("20111\n", ["code: '20111\\n' must be written 20111"]),
    ("20111/", ["code: '20111/' must be written 20111"]),
    ("\uff12\uff10\uff11\uff11\uff11", ["code: '\uff12\uff10\uff11\uff11\uff11' must be written 20111"]),
    ("g0260", ["code: 'g0260' must be written G0260"]),
    ("CPT 20111", ["code: 'CPT 20111' must be written 20111"]),
    ("20111-50", ["code: '20111-50' must be written 20111"]),
    ("20111, 20112", ["code: '20111, 20112' is more than one code"]),
    ("20976", ["code: 20976 is in a file named 20111.toml; a file is named after its code"]),
    ("\u202e20111", [
        r"code: has the control character \u202e",
        r"code: '\u202e20111' must be written 20111",
    ]),
]  # fmt: skip


def test_codes_that_are_refused(run: Run, folder: Path) -> None:
    """A code has one spelling and is in the file of its name: it can't name another entry, or another place."""
    faults = lay_out(folder, ((make_toml(code), faults) for code, faults in REFUSED_CODES))
    assert_left_out(run, faults, folder)


NAMES = [
    b"\xff.toml",
    b"a\nb.toml",
    b"20111\n.toml",
    b"20111 .toml",
    b"\x1b[31m.toml",
    b"\x1b]0;title\x07.toml",
    "\u202etxt.lmot.toml".encode(),
    "\u810a\u690e.toml".encode(),
    "\uff12\uff10\uff11\uff11\uff11.toml".encode(),
    "\u0642\u062f\u0645.toml".encode(),
    b"[bold]x[.toml",
    b"=cmd|' C calc'!A0.toml",
    b"<img src=x onerror=alert(1)>.toml",
    b"-rf.toml",
    b"notes.toml.toml",
    b"modifiers .toml",
]


def test_names_of_files(run: Run, folder: Path) -> None:
    """A file of any name is named on one line, with what isn't text or steers a terminal as a visible escape."""
    faults = {}
    for code, name in enumerate(NAMES, start=30_000):
        with open(os.fsencode(folder) + b"/" + name, "wb") as file:  # noqa: PTH123 - a name that is no text
            file.write(make_toml(str(code)))
        line = single_line(os.fsdecode(name))
        stem = line.removesuffix(".toml")
        faults[line] = [f"code: {code} is in a file named {stem}.toml; a file is named after its code"]
    assert_left_out(run, faults, folder)


def test_names_of_folders(run: Run, folder: Path) -> None:
    """A folder of any name is a library; answers name it, harmlessly, and what is broken in it, until it is mended."""
    names = [
        *(b"\xff\xfe", b"a\nb", b"\x1b[31m", "\u202eyrarbil".encode(), "\u810a\u690e".encode()),
        *(b"[bold]x[", b"=1+1", b"<script>alert(1)<", b" ", b"-L"),
    ]
    folders = [folder.parent / os.fsdecode(name) for name in names]
    codes = [str(code) for code in range(30_000, 30_000 + len(folders))]
    for path, code in zip(folders, codes, strict=True):
        path.mkdir()
        (path / f"{code}.toml").write_bytes(make_toml(code))
        (path / f"{CODE}.toml").write_bytes(b"=")
    broken = "is not valid TOML: Invalid statement (at line 1, column 1)"
    faults = {f"{single_line(path.name)}/{CODE}.toml": [broken] for path in folders}
    assert_left_out(run, faults, folder, *folders)
    options = name_libraries([folder, *folders])
    for args in (["show", *codes], ["list"], ["compare", *codes], ["modifiers", *codes], ["paths"]):
        for form in FORMS:
            done = assert_harmless(run("--color", "never", *args, *options, "-f", form))
            assert done.code == 0
            if form == "json":
                strings = {*iter_strings(json.loads(done.out))}
                assert all({single_line(str(path)), str(path)} & strings for path in folders)
    for path in folders:
        (path / f"{CODE}.toml").write_bytes(make_toml())
    for code in codes:
        assert run("show", code, *options)[::2] == (0, "")


# --- text that is shown ----------------------------------------------------------------------------------------------

TAGS = {
    *("html", "head", "meta", "title", "link", "style", "body", "main", "h1", "h2", "p", "ul", "li", "blockquote"),
    *("strong", "hr", "div", "table", "thead", "tbody", "tr", "th", "td", "code", "br"),
}


class Tags(HTMLParser):
    """The tags of a document and the attributes that do something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.active: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what this is."""
        self.tags.add(tag)
        self.active += [
            (name, value)
            for name, value in attrs
            if name.startswith("on") or name in {"href", "src", "style", "srcset"}
        ]


# What else a formula may begin with, render/test_formats.py has.
@pytest.mark.parametrize(
    "text",
    [
        "[bold red]glimmer[/bold red] [/] [link=file:///etc/passwd]x[/link] %s %n {0} ${HOME} $(id) `id`",
        "<script>alert(1)</script> glimmer <img src=x onerror=alert(1)> &lt; &#60; \\x1b[31m \\u202e",
        "[glimmer](javascript:alert(1)) ![x](http://x) <http://x> # *a* `b` | c",
        "=cmd|' /C calc'!A0 glimmer",
        '","=1+1 glimmer',
        "'=1+1 glimmer",
        "\u05d0\u05d1\u05d2 glimmer \u0642\u062f\u0645 \u810a\u690e e\u0301\u0336 \U0001f469\u200d\u2695",
    ],
)
def test_text_that_is_shown(run: Run, folder: Path, text: str) -> None:
    """Markup, HTML, formulas and letters of any script are text, in every answer and every format."""
    section = {"intro": text, "points": [text, f"{text} two"]}
    (folder / f"{CODE}.toml").write_bytes(
        make_toml(
            title=text,
            category=text,
            summary=text,
            modifiers=["50", "ZZ"],
            verification={"status": "conflict", "finding": text, "checked_against": [text], "see_instead": ["20976"]},
            cost={"low": 1, "high": 2, "intro": text, "notes": [text]},
            sections=[{"key": key, **section} for key in ("used-when", "symptoms", "causes", "recovery")],
            faq=[{"question": text, "answer": text}],
            source={"file": text, "imported": date(2026, 1, 1)},
        )
    )
    table = {"modifiers": [{"code": code, "set": "unknown", "meaning": text} for code in ("50", "ZZ")]}
    (folder / "modifiers.toml").write_text(tomli_w.dumps(table), encoding="utf-8")
    assert run("check", str(folder)).code == 0
    for command, *args in (
        ["show", f"{CODE}-ZZ"],
        ["export", CODE],
        ["search", "glimmer"],
        ["search", text],
        ["symptom", "glimmer", text],
        ["compare", f"{CODE}-50", "20222", "20976"],
        ["modifiers", CODE],
        ["modifiers"],
        ["list"],
    ):
        for form in FORMS[command == "export" :]:  # the first is for terminals
            # Behind --, since a text may begin as an option does.
            done = assert_harmless(run("--color", "never", command, "-L", str(folder), "-f", form, "--", *args))
            assert done.code == 0
            if (command, form) != ("list", "text"):  # which has codes alone
                assert_text(text, done.out, form)


def assert_text(text: str, out: str, form: str) -> None:
    """Assert that a text stands in an answer of this format, and is nothing but text there."""
    if form == "text":
        assert text in out
    elif form == "html":
        page = Tags(out)
        assert page.tags <= TAGS
        assert page.active == [("href", "data:,")]
    elif form in {"json", "jsonl"}:
        answers = [json.loads(line) for line in ([out] if form == "json" else out.splitlines())]
        assert any(text in string for string in iter_strings(answers))
    elif form == "csv":
        rows = [*csv.reader(StringIO(out.removeprefix("\ufeff"), newline=""), strict=True)]
        cells = [cell for row in rows for cell in row]
        assert not [cell for cell in cells if cell.lstrip().startswith(FORMULA)]
        assert any(cell.endswith(text) for cell in cells)


def test_a_word_without_end(run: Run, folder: Path) -> None:
    """SQLite's stemmer cuts a word of more than 32 KiB, in the middle of a character if need be."""
    words = {"30000": "\u6f22" * 11_000, "30001": "x" * 40_000, "30002": "e\u0301" * 20_000, "30003": "\ufdfa" * 11_000}
    for code, word in words.items():
        data = make_toml(code, title=word, sections=make_points(word))
        (folder / f"{code}.toml").write_bytes(data)
    assert list_left_out(run, folder) == []
    entries = json.loads(run("show", *words, "-L", str(folder), "-f", "json").out)["results"]
    assert {entry["code"]: entry["title"] for entry in entries} == words


# --- what is no file -------------------------------------------------------------------------------------------------


def make_socket(path: Path) -> None:
    """Make a socket that nobody answers at, by its name alone: the whole path may be too long for one."""
    os.chdir(path.parent)
    with socket.socket(socket.AF_UNIX) as unanswered:
        unanswered.bind(path.name)


NO_FILES: list[tuple[Callable[[Path], None], str]] = [
    (lambda path: path.symlink_to(path.name), "can't be read: Too many levels of symbolic links"),
    (lambda path: path.symlink_to("gone"), "can't be read: No such file or directory"),
    (lambda path: path.symlink_to("/proc/self/mem"), "can't be read: Input/output error"),
    (lambda path: path.symlink_to("/dev/zero"), "is not a file"),
    (lambda path: path.symlink_to("/dev/full"), "is not a file"),
    (lambda path: path.symlink_to("/dev/stdin"), "is not a file"),
    (lambda path: path.symlink_to("."), "is not a file"),
    (Path.mkdir, "is not a file"),
    (os.mkfifo, "is not a file"),
    (make_socket, "is not a file"),
]


def test_what_is_no_file(run: Run, folder: Path) -> None:
    """Links that lead nowhere, devices, pipes, sockets and folders are left out; none is waited for."""
    faults = {}
    for code, (make, fault) in enumerate(NO_FILES, start=30_000):
        make(folder / f"{code}.toml")
        faults[f"{code}.toml"] = [fault]
    assert_left_out(run, faults, folder)


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (lambda path: path.symlink_to(path.name), "can't be read: Too many levels of symbolic links"),
        (lambda path: path.symlink_to("/dev/zero"), "can't be read: Not a directory"),
        (os.mkfifo, "can't be read: Not a directory"),
        (Path.touch, "can't be read: Not a directory"),
    ],
    ids=["loop", "zero", "pipe", "file"],
)
def test_a_folder_of_articles_that_is_none(run: Run, folder: Path, make: Callable[[Path], None], fault: str) -> None:
    """It is named like a file, and articles beside it are answered from."""
    make(folder / "articles")
    assert_left_out(run, {"articles": [fault]}, folder)


def test_a_folder_within_itself(run: Run, folder: Path) -> None:
    """What stands in it twice is answered from the first place, and nothing goes round in circles."""
    (folder / "articles").symlink_to(".")
    assert_left_out(run, {"articles/20222.toml": ["code: 20222 is already in 20222.toml"]}, folder)


def test_a_library_that_is_none(run: Run, tmp_path: Path) -> None:
    """One line, exit 2."""
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "zero").symlink_to("/dev/zero")
    (tmp_path / "file").touch()
    for name in ("loop", "zero", "file"):
        path = tmp_path / name
        assert run("list", "-L", str(path)) == (
            2,
            "",
            f"cptref: {path} is not a folder; name a folder of dataset files\n",
        )


def test_a_link_to_a_sound_file(run: Run, folder: Path, tmp_path: Path) -> None:
    """Who links to articles elsewhere is answered from them."""
    (tmp_path / "elsewhere").write_bytes(make_toml())
    (folder / f"{CODE}.toml").symlink_to("../elsewhere")
    assert list_left_out(run, folder) == []
    assert run("show", CODE, "-L", str(folder)).code == 0


def spawn_unprivileged(spawn: Spawn, *args: str) -> Outcome:
    """Run the command as a user to whom permissions apply: the superuser may read anything."""
    before = [] if os.geteuid() else ["setpriv", "--bounding-set=-all"]
    return spawn(*before, COMMAND, *args)


needs_permissions = pytest.mark.skipif(
    os.geteuid() == 0 and shutil.which("setpriv") is None, reason="nothing is forbidden to the superuser"
)


@needs_permissions
def test_a_file_without_permission(spawn: Spawn, folder: Path) -> None:
    """What may not be read is named and left out."""
    (folder / f"{CODE}.toml").write_bytes(make_toml())
    (folder / f"{CODE}.toml").chmod(0)
    said = f"{folder}/{CODE}.toml: can't be read: Permission denied"
    for args in (["list"], ["show", "20222"], ["search", "glimmering"]):
        done = assert_harmless(spawn_unprivileged(spawn, *args, "-L", str(folder)))
        assert (done.code, done.err) == (0, f"cptref: {said}; left out\n")
        assert "20222" in done.out
    done = assert_harmless(spawn_unprivileged(spawn, "check", str(folder)))
    assert (done.code, done.err) == (3, "")
    assert f"\n1 fault\n  - {said}\n" in done.out


@needs_permissions
@pytest.mark.parametrize("own", [False, True])
def test_a_folder_without_permission(spawn: Spawn, tmp_path: Path, folder: Path, own: bool) -> None:  # noqa: FBT001
    """The user's own folder is no worse than any other: what is bundled is answered all the same."""
    args: tuple[str, ...] = ("-L", str(folder))
    if own:
        (tmp_path / "share").mkdir()
        folder, args = folder.rename(tmp_path / "share" / "cptref"), ()
    folder.chmod(0)
    faults = [f"{path}: can't be read: Permission denied" for path in (folder, folder / "articles")]
    try:
        for command in (["list"], ["show", "20976"], ["search", "tingling"]):
            done = assert_harmless(spawn_unprivileged(spawn, *command, *args))
            assert (done.code, done.err) == (0, "".join(f"cptref: {fault}; left out\n" for fault in faults))
            assert "20976" in done.out
        done = assert_harmless(spawn_unprivileged(spawn, "check", *args))
        assert (done.code, done.err) == (3, "")
        assert "\n2 faults\n" + "".join(f"  - {fault}\n" for fault in faults) in done.out
        done = assert_harmless(spawn_unprivileged(spawn, "check", str(folder)))
        assert done == (2, "", f"cptref: {'; '.join(faults)}; name a file or a folder\n")
    finally:
        folder.chmod(0o700)


@pytest.mark.parametrize("name", [".", "./", "../library", "../library//", "../library/."])
def test_a_folder_by_any_name(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A table of modifiers is one, from wherever the folder is looked at."""
    (folder / "modifiers.toml").write_text("modifiers = []\n", encoding="utf-8")
    monkeypatch.chdir(folder)
    done = run("check", name, "-f", "json")
    assert json.loads(done.out)["faults"] == []
    assert done.code == 0


# --- nesting, sizes and counts ---------------------------------------------------------------------------------------


NESTED: list[Callable[[int], str]] = [
    lambda n: "a = " + "[" * n + "]" * n,
    lambda n: "a = " + "[" * n,
    lambda n: "a = " + "{a=" * n + "1" + "}" * n,
    lambda n: "a = " + "[{a=" * (n // 2) + "1" + "}]" * (n // 2),
    lambda n: ".".join("a" * n) + " = 1",
    lambda n: f"[{'.'.join('a' * n)}]\nb = 1",
    lambda n: f"[[{'.'.join('a' * n)}]]\nb = 1",
    lambda n: f"a = {{{'.'.join('a' * n)} = 1}}",
    lambda n: f"sections = [{{key.{'.'.join('a' * n)} = 1}}]",
]


def test_nesting(run: Run, folder: Path) -> None:
    """However deep it is, and in whatever way, it is a fault of that file."""
    texts = [nest(depth) for depth in (5_000, 170_000) for nest in NESTED]
    assert max(map(len, texts)) <= MAX_FILE_BYTES
    assert_left_out(run, lay_out(folder, ((text.encode(), ["is nested too deeply"]) for text in texts)), folder)


def pad(size: int) -> bytes:
    """Return a sound article of this many bytes."""
    data = make_toml(sections=make_points("at the limit"))
    return data + b"#" * (size - len(data))


def test_the_largest_file(run: Run, folder: Path) -> None:
    """A file of 1 MiB is read."""
    (folder / f"{CODE}.toml").write_bytes(pad(MAX_FILE_BYTES))
    assert list_left_out(run, folder) == []
    assert "  - at the limit\n" in run("show", CODE, "-L", str(folder)).out


def test_what_is_too_large(run: Run, folder: Path) -> None:
    """A byte more, a string of ten megabytes, a million points, a terabyte of nothing: none of it is read."""
    large = [
        pad(MAX_FILE_BYTES + 1),
        make_toml(title="x" * 10_000_000),
        make_toml(sections=make_points("x" * 10_000_000)),
        make_toml() + b"[[sections]]\nkey = 'symptoms'\npoints = [" + b"'x'," * 1_000_000 + b"]\n",
    ]
    fault = ["has more than 1,048,576 bytes"]
    faults = lay_out(folder, ((data, fault) for data in large))
    with (folder / f"{CODE}.toml").open("wb") as file:
        file.truncate(2**40)
    assert_left_out(run, faults | {f"{CODE}.toml": fault}, folder)


# --- tables ----------------------------------------------------------------------------------------------------------


BROKEN_TABLES = [
    ("modifiers.toml", "modifiers = ", ["is not valid TOML: Invalid value (at end of document)"]),
    ("modifiers.toml", "", ["modifiers: is missing"]),
    (
        "modifiers.toml",
        '[[modifiers]]\ncode = "../.."\nset = "CPT"\nmeaning = "\\u001b[2J"\n',
        [
            r"modifiers[0].meaning: has the control character \x1b",
            "modifiers[0].code: '../..' must be two digits or capital letters",
        ],
    ),
    (
        "vocabulary.toml",
        "[[concepts]",
        ["is not valid TOML: Expected ']]' at the end of an array declaration (at line 1, column 11)"],
    ),
    (
        "vocabulary.toml",
        '[[concepts]]\nname = "a\\u202eb"\nsynonyms = ["\\u001b", "..."]\n',
        [
            r"concepts[0].name: has the control character \u202e",
            r"concepts[0].synonyms[0]: has the control character \x1b",
            r"concepts[0].synonyms[0]: '\x1b' has no word in it",
            "concepts[0].synonyms[1]: '...' has no word in it",
        ],
    ),
    (
        "vocabulary.toml",
        '[[concepts]]\nname = "one"\nvariants = ["\u339c"]\n',  # the sign for mm, which is no letter
        ["concepts[0].variants[0]: '\u339c' is not another form of 'one': both must be one word"],
    ),
    (
        "dataset.toml",
        "version",
        ["is not valid TOML: Expected '=' after a key in a key/value pair (at end of document)"],
    ),
    (
        "dataset.toml",
        "",
        [f"{key}: is missing" for key in ("version", "released", "licence", "sources", "notices")],
    ),
]


def test_tables_that_are_broken(run: Run, folder: Path) -> None:
    """They are left out like any other file, or a pipe; those that come with cptref are answered from."""
    folders, faults = [folder], {}
    for number, (name, text, of_case) in enumerate(BROKEN_TABLES):
        path = folder.parent / str(number)
        path.mkdir()
        (path / name).write_text(text, encoding="utf-8")
        folders.append(path)
        faults[f"{number}/{name}"] = of_case
    for name in ("modifiers.toml", "vocabulary.toml", "dataset.toml"):
        os.mkfifo(folder / name)
        faults[f"library/{name}"] = ["is not a file"]
    assert_left_out(run, faults, *folders)
    options = name_libraries(folders)
    assert run("modifiers", "50", *options).out == run("modifiers", "50").out
    assert run("search", "tinglng", *options).out == run("search", "tinglng").out


def test_notices_are_those_of_cptref(run: Run, folder: Path) -> None:
    """No folder takes the advice away, or says that it is another dataset."""
    table = {
        "version": "9",
        "released": date(2030, 1, 1),
        "licence": "mine",
        "sources": ["me"],
        "notices": {"trademark": "none", "advice": "Bill it, it is fine."},
    }
    (folder / "dataset.toml").write_text(tomli_w.dumps(table), encoding="utf-8")
    assert list_left_out(run, folder) == []
    for form in FORMS:
        done = run("show", "20222", "-f", form, "--width", "200", "-L", str(folder))
        assert "Not billing or medical advice." in done.out
        assert "Bill it" not in done.out


NOTES = {
    "sound": ("[[notes]]\ncode = '20222'\ntext = 'a whisper'\nadded = 2026-01-01\n", ""),
    "cut": ("[[notes]", "is not valid TOML: Expected ']]' at the end of an array declaration (at line 1, column 8)"),
    "control": (
        '[[notes]]\ncode = "20222"\ntext = "\\u001b[2J"\nadded = 2026-01-01\n',
        r"notes[0].text: has the control character \x1b",
    ),
    "path": (
        '[[notes]]\ncode = "../20222"\ntext = "a whisper"\nadded = 2026-01-01\n',
        "notes[0].code: '../20222' must be written 20222",
    ),
}


def test_notes_of_others(run: Run, folder: Path) -> None:
    """Notes are the coder's own: what a folder from elsewhere has is answered nowhere, and checked all the same."""
    folders = [folder]
    for name, (text, _) in NOTES.items():
        folders.append(folder.parent / name)
        folders[-1].mkdir()
        (folders[-1] / "notes.toml").write_text(text, encoding="utf-8")
    options = name_libraries(folders)
    assert list_left_out(run, *folders) == []
    assert "whisper" not in run("show", "20222", *options).out
    assert run("search", "whisper", *options).code == 1
    assert run("note", *options) == run("note")
    assert sorted(list_faults(run, *folders)) == sorted(
        f"{name}/notes.toml: {fault}" for name, (_, fault) in NOTES.items() if fault
    )


@pytest.mark.parametrize(
    "make",
    [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("/dev/zero"), lambda path: path.symlink_to("/dev/full")],
    ids=["pipe", "folder", "zero", "full"],
)
def test_notes_that_are_no_file(run: Run, tmp_path: Path, make: Callable[[Path], None]) -> None:
    """They are left out of answers, neither read nor written."""
    file = tmp_path / "share" / "cptref" / "notes.toml"
    file.parent.mkdir(parents=True)
    make(file)
    said = f"cptref: {file}: is not a file"
    for args in (["list"], ["show", "20976"], ["search", "tingling"]):
        assert assert_harmless(run(*args))[::2] == (0, f"{said}; left out\n")
    broken = f"{said}\ncptref: your notes can't be read: 1 fault; fix each place listed\n"
    assert run("note") == run("note", "20976") == run("note", "20976", "--remove", "1") == (3, "", broken)
    assert run("note", "20976", "mine") == (3, "", f"{said}; left out\n{broken}")


# --- codes and paths -------------------------------------------------------------------------------------------------


def list_files(folder: Path) -> set[str]:
    """Return every file but those of the cache."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if "cache" not in path.parts}


@pytest.mark.parametrize(
    "code", ["../../etc/passwd", "20976/../../20976", "..", ".", "/etc/passwd", "a/20976", "20976\\..\\x", "20976/x"]
)
def test_a_code_leads_nowhere(run: Run, tmp_path: Path, code: str) -> None:
    """With a slash in it, it is refused wherever one may stand, and nothing is written."""
    out = tmp_path / "out"
    out.mkdir()
    before = list_files(tmp_path)
    for args, exit_code in (
        (["show", code], 1),
        (["compare", code, "20976"], 1),
        (["modifiers", code], 1),
        (["export", code, "-o", f"{out}"], 1),
        (["export", code, "-o", f"{out}/"], 1),
        (["export", code, "-o", f"{out}/", "--force", "-f", "json"], 1),
        (["note", code, "mine"], 2),
        (["note", code], 2),
        (["note", code, "--remove", "1"], 2),
    ):
        done = assert_harmless(run(*args))
        assert done.code == exit_code
        assert f"{code}: " in done.err
    assert list_files(tmp_path) == before


@pytest.mark.parametrize("typed", ["../20976", "./20976", "/20976", "20976/", "../../20976/..", "..\\20976\\.."])
def test_what_stands_around_a_code_leads_nowhere(run: Run, tmp_path: Path, typed: str) -> None:
    """It is read through like any punctuation: the file is named after the code alone, within the folder."""
    out = tmp_path / "out"
    out.mkdir()
    before = list_files(tmp_path)
    assert run("export", typed, "-o", str(out)) == (0, "", f"cptref: wrote {out}/20976.txt\n")
    assert list_files(tmp_path) - before == {"out/20976.txt"}
    assert run("note", typed, "mine").code == 0
    assert list_files(tmp_path) - before == {
        "out/20976.txt",
        *("share", "share/cptref", "share/cptref/notes.toml", "share/cptref/notes.lock"),
    }


# --- bounds ----------------------------------------------------------------------------------------------------------

slow = pytest.mark.slow("files of a megabyte of the worst, in a process with a gigabyte and a minute")
# A process of its own sets the bounds and measures: what is measured of a child of this one is this one's memory too.
WITHIN = """
import json, resource, subprocess, sys
resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
with open("out", "wb") as out, open("err", "wb") as err:
    code = subprocess.call(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=out, stderr=err, timeout=180)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([code, used.ru_maxrss // 1024, used.ru_utime + used.ru_stime]))
"""


class BoundedRun(NamedTuple):
    """What a command printed that had a gigabyte and a minute, and what it took of them: MiB and seconds."""

    code: int
    out: str
    err: str
    memory: int
    time: float

    def __str__(self) -> str:
        return f"{self.time:.1f} s, {self.memory} MiB"


class Bounded:
    """Run the installed command within bounds, on a cache of its own, and keep the most that was taken."""

    def __init__(self, folder: Path, library: Path) -> None:
        self._folder = folder
        self._library = library
        self._env = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
        self.most: dict[str, BoundedRun] = {}

    def __call__(self, *args: str) -> BoundedRun:
        """Run it; what waits for something is ended after a while."""
        argv = [sys.executable, "-c", WITHIN, COMMAND, "--color", "never", f"--library={self._library}", *args]
        done = subprocess.run(argv, cwd=self._folder, env=self._env, stdout=subprocess.PIPE, check=True)
        code, memory, time = json.loads(done.stdout)
        out, err = ((self._folder / name).read_bytes().decode() for name in ("out", "err"))
        ended = BoundedRun(code, out, err, memory, time)
        if args[0] not in self.most or time > self.most[args[0]].time:
            self.most[args[0]] = ended
        assert_harmless(Outcome(code, out, err))
        return ended


@pytest.fixture
def bounded(
    tmp_path: Path, folder: Path, report_figure: Callable[[str], None], request: pytest.FixtureRequest
) -> Iterator[Bounded]:
    """Return what runs the command on the folder, within bounds."""
    (tmp_path / "bounded").mkdir()
    bounded = Bounded(tmp_path / "bounded", folder)
    yield bounded
    took = "; ".join(f"{command} {most}" for command, most in bounded.most.items())
    report_figure(f"{request.node.name}: {took}")


@slow
def test_the_most_points(bounded: Bounded, folder: Path) -> None:
    """As many points of one letter as a file has room for are shown in all formats, searched, compared and exported."""
    head, end = make_toml() + b"[[sections]]\nkey = 'symptoms'\npoints = [", b"]\n"
    count = (MAX_FILE_BYTES - len(head) - len(end)) // 4
    assert count > 200_000
    (folder / f"{CODE}.toml").write_bytes(head + b"'x'," * count + end)
    done = bounded("check", str(folder))
    assert done.code == 0
    assert "points[1]: is nearly the same as points[0]: x\n" in done.out
    assert f": {count - MAX_FAULTS_PER_FILE:,} more are not listed\n" in done.out  # the first is that nobody checked it
    assert bounded("list").out.split() == [CODE, "20222", *BUNDLED]
    assert bounded("show", CODE).out.count("  - x\n") == count
    assert f"  - and {count - 5} more lines\n" in bounded("search", "x").out
    assert "covers 1 of 1" in bounded("symptom", "x").out
    for form in FORMS:
        assert bounded("show", CODE, "-f", form).code == 0
    for form in ("text", "json"):
        assert bounded("compare", CODE, "20222", "20976", "-f", form).code == 0
        assert bounded("export", CODE, "-f", form, "-o", str(folder.parent / f"sheet.{form}")).code == 0
    sheet = json.loads((folder.parent / "sheet.json").read_text(encoding="utf-8"))
    assert [len(section["points"]) for section in sheet["results"][0]["sections"] if section["key"] == "symptoms"] == [
        count
    ]


@slow
@pytest.mark.parametrize(
    ("name", "before", "item", "first", "each"),
    [
        (f"{CODE}.toml", make_toml() + b"modifiers = [", b"1,", "modifiers[0]: must be text, not a number", 1),
        (
            f"{CODE}.toml",
            make_toml() + b"[[sections]]\nkey = 'causes'\npoints = [",
            b"'',",
            "sections[0].points[0]: is empty",
            1,
        ),
        (f"{CODE}.toml", make_toml() + b"sections = [", b"{},", "sections[0].key: is missing", 1),
        (f"{CODE}.toml", make_toml() + b"faq = [", b"{},", "faq[0].question: is missing", 2),
        ("modifiers.toml", b"modifiers = [", b"{},", "modifiers[0].code: is missing", 3),
        ("vocabulary.toml", b"concepts = [", b"{},", "concepts[0].name: is missing", 1),
        (
            "vocabulary.toml",
            b"concepts = [{name = 'one', synonyms = [",
            b"'.',",
            "concepts[0].synonyms[0]: '.' has no word in it",
            1,
        ),
    ],
    ids=shorten_id,
)
def test_the_most_faults(
    bounded: Bounded, folder: Path, name: str, before: bytes, item: bytes, first: str, each: int
) -> None:
    """A hundred thousand items of the wrong type: a hundred faults and a count."""
    end = b"]}]\n" if b"{name" in before else b"]\n"
    count = 100_000  # of three faults each, three times as many take more than a gigabyte
    (folder / name).write_bytes(before + item * count + end)
    done = bounded("list")
    assert (done.code, done.out.split()) == (0, ["20222", *BUNDLED])
    assert done.err == f"cptref: {folder}/{name}: {first}; left out, with {MAX_FAULTS_PER_FILE} more faults\n"
    done = bounded("check", str(folder), "-f", "json")
    faults = json.loads(done.out)["faults"]
    assert (done.code, len(faults)) == (3, MAX_FAULTS_PER_FILE + 1)
    assert faults[-1] == {
        "file": f"{folder}/{name}",
        "place": "",
        "problem": f"{count * each - MAX_FAULTS_PER_FILE:,} more are not listed",
    }


@slow
@pytest.mark.parametrize("letter", ["x", " ", "*", "x\\n", "\u6f22", "\ufdfa", "a-", "1,", "e\u0301"], ids=ascii)
def test_the_longest_text(bounded: Bounded, folder: Path, letter: str) -> None:
    """A text of a megabyte is held, searched and rendered, whatever it is made of."""
    text = letter * ((MAX_FILE_BYTES - 200) // len(letter.encode()))
    said = f'code = "{CODE}"\ntitle = "Title"\ncategory = "Category"\nsummary = "a{text}b"\n'
    (folder / f"{CODE}.toml").write_text(said, encoding="utf-8")
    assert bounded("check", str(folder)).code == 0
    assert bounded("list").code == 0
    assert bounded("search", "glimmering").code == 0
    for form in FORMS:
        assert bounded("show", CODE, "-f", form).code == 0
    for form in ("text", "terminal"):
        assert bounded("show", CODE, "-f", form, "--width", "20").code == 0


@slow
def test_the_longest_code(bounded: Bounded, folder: Path) -> None:
    """A code of a megabyte of signs is refused like any other that is none."""
    (folder / f"{CODE}.toml").write_bytes(make_toml(code="a" + "." * (MAX_FILE_BYTES - 200) + "b"))
    done = bounded("list")
    assert done.code == 0
    assert done.err.endswith(f"' is not a code; {A_CODE}; left out\n")
    assert bounded("check", str(folder)).code == 3


@slow
@pytest.mark.parametrize("sign", [".", "-", " ", "x", "1,", "a-", '"', "\u2019s", "CPT", "e\u0301"], ids=ascii)
def test_the_longest_argument(bounded: Bounded, sign: str) -> None:
    """What is typed is read in time that grows with its length; Linux takes 128 KiB of an argument."""
    typed = f"a{sign * (130_000 // len(sign.encode()))}b"
    for command in ("show", "modifiers", "compare", "search", "symptom", "note"):
        assert bounded(command, typed).code in {0, 1, 2}  # a blank alone leaves a question


@slow
@pytest.mark.parametrize(
    "concepts",
    [
        lambda: [{"name": f"a{n:x}q", "narrower": [f"a{n + 1:x}q"]} for n in range(19_000)],
        lambda: [{"name": f"a{n:x}q", "synonyms": [f"b{n:x}q"]} for n in range(19_000)],
        lambda: [{"name": "glimmering", "narrower": [f"a{n:x}q" for n in range(90_000)]}],
        lambda: [{"name": "glimmering", "synonyms": [f"a{n:x}q" for n in range(90_000)]}],
        lambda: [{"name": "glimmering", "abbreviations": [f"A{n:X}Q" for n in range(90_000)]}],
        lambda: [{"name": " ".join(f"a{n:x}q" for n in range(120_000))}],
    ],
    ids=["chain", "pairs", "kinds", "synonyms", "abbreviations", "words"],
)
def test_the_largest_vocabulary(bounded: Bounded, folder: Path, concepts: Callable[[], list[dict[str, Any]]]) -> None:
    """A vocabulary of a megabyte is read, checked, and asked."""
    text = tomli_w.dumps({"concepts": concepts()}, indent=0)
    assert MAX_FILE_BYTES * 0.7 < len(text) <= MAX_FILE_BYTES
    (folder / "vocabulary.toml").write_text(text, encoding="utf-8")
    assert bounded("check", str(folder)).code == 0
    assert bounded("list").out.split() == ["20222", *BUNDLED]
    for query in ("glimmering", "a5q glimmering", "pain in the a5q", "A5Q"):
        assert bounded("search", query).code in {0, 1}
    assert bounded("symptom", "glimmering", "a5q").code in {0, 1}
