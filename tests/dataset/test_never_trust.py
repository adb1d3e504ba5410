"""A library is never trusted: whatever lies in a folder of the user's, it harms nothing and the rest answers.

What is refused is named on standard error and left out; `check` names every fault and exits 3.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest
import tomli_w

from cptref import check
from cptref.dataset.fingerprint import MAX_FILE_BYTES
from cptref.dataset.loader import MAX_FAULTS_PER_FILE
from cptref.render import DocumentFormat, Format, render, toml
from cptref.sanitize import UNSAFE_PATTERN, single_line
from tests.conftest import COMMAND, IS_ROOT, Outcome, make_article, make_pipe
from tests.render.test_untrusted import build_answer
from tests.test_properties import read_rows

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


def make_toml(code: str = CODE, **values: Any) -> bytes:  # noqa: ANN401 - whatever TOML holds
    """Return an article that has these values."""
    return tomli_w.dumps({"code": code, "title": "Title", "category": "Category", **values}).encode()


def make_points(*texts: str) -> list[dict[str, Any]]:
    """Return the sections of an article with these points."""
    return [{"key": "symptoms", "points": [*texts]}]


def list_strings(text: str) -> list[str]:
    """Return every string in JSON or JSON Lines."""
    return [json.loads(literal) for literal in re.findall(r'"(?:[^"\\]|\\.)*"', text)]


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
        assert done.code == (2 if ": can't be read: " in done.err else 0)
        assert wanted in done.out
        messages.add(done.err)
    (message,) = messages
    return [line.removeprefix("cptref: ") for line in shorten(message, folders).splitlines()]


def list_faults(run: Run, *folders: Path) -> list[str]:
    """Return every fault of folders that have some; without the folder's name. They are harmless in every format."""
    done = assert_harmless(run("check", *map(str, folders), "-f", "json"))
    assert (done.code, done.err) == (3, "")
    answer = check(folders)
    assert done.out == render(answer, "json")
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


def lay_out(folder: Path, cases: Iterable[tuple[bytes, Sequence[str]]]) -> dict[str, list[str]]:
    """Write each case under a code of its own, in place of 20111, and return the faults of each file."""
    faults = {}
    for number, (data, case_faults) in enumerate(cases, start=30_000):
        code = str(number)
        (folder / f"{code}.toml").write_bytes(data.replace(CODE.encode(), code.encode()))
        faults[f"{code}.toml"] = [fault.replace(CODE, code) for fault in case_faults]
    return faults


def shorten_id(case: object) -> str:
    """Return what a case is called."""
    return str(case)[:50]


# --- text that is refused --------------------------------------------------------------------------------------------


CONTROLS = [r"\x00", r"\x07", r"\t", r"\r", r"\x1b", r"\x9b", r"\u202e", r"\u2066", r"\U000e0041"]
REFUSED_TEXTS: list[tuple[bytes, list[str]]] = [
    (make_toml(sections=make_points("a", "".join(CONTROLS).encode().decode("unicode_escape"))), [
        f"sections[0].points[1]: has the control character {control}" for control in CONTROLS
    ]),
    (make_toml(title="a\nb"), ["title: must be one line"]),
    (make_toml() + rb'"\u001b[31m" = 1', [r'"\u001b[31m": unknown key', r"a key has the control character \x1b"]),
    (make_toml(source={"file": "\u202e", "imported": "\x1b"}), [
        "source.imported: Input should be a valid date in the format YYYY-MM-DD, input is too short",
        r"source.file: has the control character \u202e",
        r"source.imported: has the control character \x1b",
        "source.imported: must be a date, not text",
    ]),
    (make_toml().replace(b"Title", b"a\x1b"), ["is not valid TOML: Illegal character '\\x1b' (at line 2, column 11)"]),
    (make_toml() + b"\0", ["is not valid TOML: Invalid statement (at line 4, column 1)"]),
    (make_toml().replace(b"Title", b"caf\xe9"), ["is not valid UTF-8 at byte 27"]),
    (make_toml().decode().encode("utf-16"), ["is UTF-16 text; save it as UTF-8"]),
    (make_toml().decode().encode("utf-16-le"), ["is UTF-16 text; save it as UTF-8"]),
    (b"\xef\xbb\xbf" + make_toml().replace(b"Title", b"caf\xe9"), ["is not valid UTF-8 at byte 30"]),
    (b"", ["code: is missing", "title: is missing", "category: is missing"]),
]  # fmt: skip


def test_text_that_is_refused(run: Run, folder: Path) -> None:
    """Escape sequences, overrides, tabs, another encoding, NUL: each file is left out, and its faults are harmless."""
    assert_left_out(run, lay_out(folder, REFUSED_TEXTS), folder)


REFUSED_CODES = [
    ("../../etc/passwd", [f"code: '../../etc/passwd' is not a code; {A_CODE}"]),
    ("", ["code: is empty", f"code: '' is not a code; {A_CODE}"]),
    ("20111\n", ["code: '20111\\n' must be written 20111"]),
    ("20111/", ["code: '20111/' must be written 20111"]),
    ("\uff12\uff10\uff19\uff17\uff16", ["code: '\uff12\uff10\uff19\uff17\uff16' must be written 20976"]),
    ("CPT 20111", ["code: 'CPT 20111' must be written 20111"]),
    ("20111-50", ["code: '20111-50' must be written 20111"]),
    ("20111, 20112", ["code: '20111, 20112' is more than one code"]),
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
    b"20111 .toml",
    b"\x1b]0;title\x07.toml",
    "\u202etxt.lmot.toml".encode(),
    "\uff12\uff10\uff11\uff11\uff11.toml".encode(),
    "\u0642\u062f\u0645.toml".encode(),
    b"[bold]x[.toml",
    b"=cmd|' C calc'!A0.toml",
    b"<img src=x onerror=alert(1)>.toml",
    b"-rf.toml",
    b"notes.toml.toml",
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
    """A folder of any name is a library; answers name it, harmlessly, and what is broken in it, until it is fixed."""
    names = [
        b"\xff\xfe",
        b"a\nb",
        b"\x1b[31m",
        "\u202eyrarbil".encode(),
        b"[bold]x[",
        b"<script>alert(1)<",
        b" ",
        b"-L",
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
                strings = list_strings(done.out)
                assert all({single_line(str(path)), str(path)} & {*strings} for path in folders)
    for path in folders:
        (path / f"{CODE}.toml").write_bytes(make_toml())
    for code in codes:
        assert run("show", code, *options)[::2] == (0, "")


# --- text that is shown ----------------------------------------------------------------------------------------------

TAGS = {
    *("html", "head", "meta", "title", "link", "style", "body", "main", "article", "h1", "h2", "aside", "footer", "p"),
    *("ul", "li", "dl", "dt", "dd", "strong", "div", "table", "caption", "thead", "tbody", "tr", "th", "td", "br"),
    *("svg", "rect", "DOCTYPE"),
}


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
    (folder / "20976.toml").write_text(toml.render(build_answer(text)), encoding="utf-8")
    table = {"modifiers": [{"code": code, "set": "unknown", "meaning": text} for code in ("50", "ZZ")]}
    (folder / "modifiers.toml").write_text(tomli_w.dumps(table), encoding="utf-8")
    assert run("check", str(folder)).code == 0
    for command, *args in (
        ["show", "20976-ZZ"],
        ["export", "20976"],
        ["search", "glimmer"],
        ["search", text],
        ["symptom", "glimmer", text],
        ["compare", "20976-50", "20222", "20920"],
        ["modifiers", "20976"],
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
        assert {*re.findall(r"<!?(\w+)", out)} <= TAGS
        assert re.findall(r"<[^>]*\s((?:on\w+|href|src|srcset|style)=[^>]*)>", out) == ['href="data:,"']
    elif form in {"json", "jsonl"}:
        assert any(text in string for string in list_strings(out))
    elif form == "csv":
        assert any(cell.endswith(text) for row in read_rows(out) for cell in row.values())


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
    (lambda path: path.symlink_to("/dev/stdin"), "is not a file"),
    (Path.mkdir, "is not a file"),
    (make_pipe, "is not a file"),
    (make_socket, "is not a file"),
]


def test_what_is_no_file(run: Run, folder: Path) -> None:
    """Links that lead nowhere, devices, pipes, sockets and folders are left out; none is waited for."""
    faults = {}
    for code, (make, fault) in enumerate(NO_FILES, start=30_000):
        make(folder / f"{code}.toml")
        faults[f"{code}.toml"] = [fault]
    assert_left_out(run, faults, folder)


def test_a_folder_of_articles_that_is_none(run: Run, folder: Path) -> None:
    """It is named like a file, and articles beside it are answered from."""
    articles = folder / "articles"
    articles.symlink_to("articles")
    assert_left_out(run, {"articles": ["can't be read: Too many levels of symbolic links"]}, folder)
    articles.unlink()
    make_pipe(articles)
    assert_left_out(run, {"articles": ["can't be read: Not a directory"]}, folder)


def test_a_folder_within_itself(run: Run, folder: Path) -> None:
    """It is read once, and nothing goes round in circles."""
    (folder / "articles").symlink_to(".")
    (folder / "deep").mkdir()
    (folder / "deep" / "up").symlink_to("..")
    assert list_left_out(run, folder) == []
    out = run("check", str(folder)).out
    assert f"  - {folder}/articles and 1 more: is the same folder as {folder}, so it is not read again\n" in out


def test_a_library_that_is_none(run: Run, tmp_path: Path) -> None:
    """One line, exit 2."""
    for name, target in (("loop", "loop"), ("zero", "/dev/zero"), ("file", __file__)):
        path = tmp_path / name
        path.symlink_to(target)
        problem = ": can't be read: Too many levels of symbolic links" if name == "loop" else " is not a folder"
        refusal = f"cptref: {path}{problem}; name a folder of dataset files\n"
        assert run("list", "-L", str(path)) == (2, "", refusal)


def test_a_link_to_a_sound_file(run: Run, folder: Path, tmp_path: Path) -> None:
    """A link to an article elsewhere is answered from it."""
    (tmp_path / "elsewhere").write_bytes(make_toml())
    (folder / f"{CODE}.toml").symlink_to("../elsewhere")
    assert list_left_out(run, folder) == []
    assert run("show", CODE, "-L", str(folder)).code == 0


def spawn_unprivileged(spawn: Spawn, *args: str) -> Outcome:
    """Run the command as a user to whom permissions apply: the superuser may read anything."""
    before = ["setpriv", "--bounding-set=-all"] if IS_ROOT else []
    return spawn(*before, COMMAND, *args)


needs_permissions = pytest.mark.skipif(
    IS_ROOT and shutil.which("setpriv") is None, reason="nothing is forbidden to the superuser"
)


@needs_permissions
def test_a_file_without_permission(spawn: Spawn, folder: Path) -> None:
    """What may not be read is named and left out."""
    (folder / f"{CODE}.toml").write_bytes(make_toml())
    (folder / f"{CODE}.toml").chmod(0)
    fault = f"{folder}/{CODE}.toml: can't be read: Permission denied"
    for args in (["list"], ["show", "20222"], ["search", "glimmering"]):
        done = assert_harmless(spawn_unprivileged(spawn, *args, "-L", str(folder)))
        assert (done.code, done.err) == (2, f"cptref: {fault}; left out\n")
        assert "20222" in done.out
    done = assert_harmless(spawn_unprivileged(spawn, "check", str(folder)))
    assert (done.code, done.err) == (3, "")
    assert f"\n1 fault\n  - {fault}\n" in done.out


@needs_permissions
@pytest.mark.parametrize("own", [False, True])
def test_a_folder_without_permission(spawn: Spawn, tmp_path: Path, folder: Path, own: bool) -> None:  # noqa: FBT001
    """The user's own folder is no worse than any other: what is bundled is answered all the same."""
    args: tuple[str, ...] = ("-L", str(folder))
    if own:
        (tmp_path / "share").mkdir()
        folder, args = folder.rename(tmp_path / "share" / "cptref"), ()
    folder.chmod(0)
    fault = f"{folder}: can't be read: Permission denied"
    try:
        for command in (["list"], ["show", "20976"], ["search", "tingling"]):
            done = assert_harmless(spawn_unprivileged(spawn, *command, *args))
            assert (done.code, done.err) == (2, f"cptref: {fault}; left out\n")
            assert "20976" in done.out
        done = assert_harmless(spawn_unprivileged(spawn, "check", *args))
        assert (done.code, done.err) == (3, "")
        assert f"\n1 fault\n  - {fault}\n" in done.out
        done = assert_harmless(spawn_unprivileged(spawn, "check", str(folder)))
        assert done == (2, "", f"cptref: {fault}; name a file or a folder\n")
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
    texts += [NESTED[0](300), NESTED[4](950)]  # just too deep
    assert max(map(len, texts)) <= MAX_FILE_BYTES
    assert_left_out(run, lay_out(folder, ((text.encode(), ["is nested too deeply"]) for text in texts)), folder)


def test_a_check_survives_nesting(run: Run, folder: Path) -> None:
    """What is looked for in a file besides its faults does not stumble over its depth either."""
    (folder / f"{CODE}.toml").write_text(NESTED[8](985), encoding="utf-8")
    done = run("check", str(folder))
    assert (done.code, done.err) == (3, "")
    assert f"{CODE}.toml: is nested too deeply\n" in done.out


def test_sizes(run: Run, folder: Path) -> None:
    """A file of 1 MiB is read; with a byte more, or a terabyte of nothing, it is not."""
    sound = make_toml(sections=make_points("at the limit"))
    (folder / f"{CODE}.toml").write_bytes(sound.ljust(MAX_FILE_BYTES, b"#"))
    assert list_left_out(run, folder) == []
    assert "  - at the limit\n" in run("show", CODE, "-L", str(folder)).out
    (folder / "30000.toml").write_bytes(sound.ljust(MAX_FILE_BYTES + 1, b"#"))
    with (folder / "30001.toml").open("wb") as file:
        file.truncate(2**40)
    fault = ["has more than 1,048,576 bytes"]
    assert_left_out(run, {"30000.toml": fault, "30001.toml": fault}, folder)


# --- tables ----------------------------------------------------------------------------------------------------------


BROKEN_TABLES = [
    ("modifiers.toml", "modifiers = ", ["is not valid TOML: Invalid value (at end of document)"]),
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
        'released = "2026-11-21"',
        [
            *(f"{key}: is missing" for key in ("version", "license", "sources", "notices")),
            "released: must be a date, not text",
        ],
    ),
]


def test_tables_that_are_broken(run: Run, folder: Path) -> None:
    """They are left out like any other file, or a pipe; those that come with cptref are answered from."""
    folders, faults = [folder], {}
    for number, (name, text, table_faults) in enumerate(BROKEN_TABLES):
        path = folder.parent / str(number)
        path.mkdir()
        (path / name).write_text(text, encoding="utf-8")
        folders.append(path)
        faults[f"{number}/{name}"] = table_faults
    for name in ("modifiers.toml", "vocabulary.toml", "dataset.toml"):
        make_pipe(folder / name)
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
        "license": "mine",
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
    [make_pipe, Path.mkdir, lambda path: path.symlink_to("/dev/zero")],
    ids=["pipe", "folder", "zero"],
)
def test_notes_that_are_no_file(run: Run, tmp_path: Path, make: Callable[[Path], None]) -> None:
    """They are left out of answers, neither read nor written."""
    file = tmp_path / "share" / "cptref" / "notes.toml"
    file.parent.mkdir(parents=True)
    make(file)
    fault = f"cptref: {file}: is not a file"
    for args in (["list"], ["show", "20976"], ["search", "tingling"]):
        assert assert_harmless(run(*args))[::2] == (0, f"{fault}; left out\n")
    broken = f"{fault}\ncptref: your notes can't be read: 1 fault; fix each place listed\n"
    for args in ([], ["20976"], ["20976", "--remove", "1"], ["20976", "mine"]):
        assert run("note", *args) == (3, "", broken)


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


@pytest.fixture
def run_bounded(
    tmp_path: Path, folder: Path, report_figure: Callable[[str], None], request: pytest.FixtureRequest
) -> Iterator[Run]:
    """Return what runs the command on the folder within bounds; report the most that each command took of them."""
    home = tmp_path / "bounded"
    home.mkdir()
    env = {**os.environ, "XDG_CACHE_HOME": str(home / "cache")}
    most: dict[str, tuple[float, int]] = {}

    def go(*args: str) -> Outcome:
        argv = [sys.executable, "-c", WITHIN, COMMAND, "--color", "never", f"--library={folder}", *args]
        process = subprocess.run(argv, cwd=home, env=env, stdout=subprocess.PIPE, check=True)
        code, memory, seconds = json.loads(process.stdout)
        most[args[0]] = max(most.get(args[0], (0, 0)), (seconds, memory))
        return assert_harmless(Outcome(code, *((home / name).read_bytes().decode() for name in ("out", "err"))))

    yield go
    figures = "; ".join(f"{name} {seconds:.1f} s, {memory} MiB" for name, (seconds, memory) in most.items())
    report_figure(f"{request.node.name}: {figures}")


@slow
def test_the_most_points(run_bounded: Run, folder: Path) -> None:
    """As many points of one letter as a file has room for are shown in all formats, searched, compared and exported."""
    head, end = make_toml() + b"[[sections]]\nkey = 'symptoms'\npoints = [", b"]\n"
    count = (MAX_FILE_BYTES - len(head) - len(end)) // 4
    assert count > 200_000
    (folder / f"{CODE}.toml").write_bytes(head + b"'x'," * count + end)
    done = run_bounded("check", str(folder))
    assert done.code == 0
    assert "points[1]: is nearly the same as points[0]: x\n" in done.out
    assert f": {count - MAX_FAULTS_PER_FILE:,} more are not listed\n" in done.out  # the first is that nobody checked it
    assert {CODE, "20222", *BUNDLED} <= {*run_bounded("list").out.split()}
    assert run_bounded("show", CODE).out.count("  - x\n") == count
    (more,) = re.findall(r"^  and (\d+) more lines$", run_bounded("search", "x").out, re.MULTILINE)
    assert int(more) >= count - 5  # other entries have lines with X-rays
    assert "covers 1 of 1" in run_bounded("symptom", "x").out
    for form in FORMS:
        assert run_bounded("show", CODE, "-f", form).code == 0
    for form in ("text", "json"):
        assert run_bounded("compare", CODE, "20222", "20976", "-f", form).code == 0
        assert run_bounded("export", CODE, "-f", form, "-o", str(folder.parent / f"sheet.{form}")).code == 0
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
        (f"{CODE}.toml", make_toml() + b"faq = [", b"{},", "faq[0].question: is missing", 2),
        ("modifiers.toml", b"modifiers = [", b"{},", "modifiers[0].code: is missing", 3),
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
    run_bounded: Run, folder: Path, name: str, before: bytes, item: bytes, first: str, each: int
) -> None:
    """As many items of the wrong type as a file has room for: a hundred faults and a count."""
    end = b"]}]\n" if b"{name" in before else b"]\n"
    count = (MAX_FILE_BYTES - len(before) - len(end)) // len(item)
    (folder / name).write_bytes(before + item * count + end)
    done = run_bounded("list")
    assert (done.code, CODE in done.out) == (0, False)
    assert {"20222", *BUNDLED} <= {*done.out.split()}
    assert done.err == f"cptref: {folder}/{name}: {first}; left out, with {MAX_FAULTS_PER_FILE} more faults\n"
    done = run_bounded("check", str(folder), "-f", "json")
    faults = json.loads(done.out)["faults"]
    assert (done.code, len(faults)) == (3, MAX_FAULTS_PER_FILE + 1)
    assert faults[-1] == {
        "file": f"{folder}/{name}",
        "place": "",
        "problem": f"{count * each - MAX_FAULTS_PER_FILE:,} more are not listed",
    }


@slow
@pytest.mark.parametrize(
    "fields",
    [
        lambda _: "family='f'\n",
        lambda number: f"family='f'\nlevel='{number}'\n",
        lambda number: f"family='{number // 50}'\n",
        lambda number: f"family='f{number}'\nadd_on_to=['{'10000' if number else '99999'}']\n",
    ],
    ids=["one family", "levels of one family", "families of fifty", "add-ons"],
)
def test_the_largest_table_of_codes(run_bounded: Run, folder: Path, fields: Callable[[int], str]) -> None:
    """Codes that go with each other are named on each of them, except where that would be millions of lines."""
    tables = ""
    for number in range(10_000):
        table = f"[[codes]]\ncode='{10_000 + number}'\nservice='s'\nrelease='r'\n{fields(number)}"
        if len(tables) + len(table) > MAX_FILE_BYTES:
            break
        tables += table
    (folder / "codes.toml").write_text(tables, encoding="utf-8")
    assert run_bounded("check", str(folder)).code == 0
    assert "19999" in run_bounded("list").out
    assert run_bounded("show", "10000", "10001").code == 0


@slow
@pytest.mark.parametrize("letter", ["x", " ", "*", "x\\n", "\u6f22", "\ufdfa", "a-", "1,", "e\u0301"], ids=ascii)
def test_the_longest_text(run_bounded: Run, folder: Path, letter: str) -> None:
    """A text of a megabyte is held, searched and rendered, whatever it is made of."""
    text = letter * ((MAX_FILE_BYTES - 200) // len(letter.encode()))
    data = make_toml() + f'summary = "a{text}b"\n'.encode()
    (folder / f"{CODE}.toml").write_bytes(data)
    assert run_bounded("check", str(folder)).code == 0
    assert run_bounded("list").code == 0
    assert run_bounded("search", "glimmering").code == 0
    for form in FORMS:
        assert run_bounded("show", CODE, "-f", form).code == 0
    for form in ("text", "terminal"):
        assert run_bounded("show", CODE, "-f", form, "--width", "20").code == 0


@slow
def test_the_widest_terminal(run_bounded: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blanks that fill a column of a hundred thousand are looked at once."""
    monkeypatch.setenv("COLUMNS", "100000")
    assert run_bounded("compare", "20975", "20976", "-f", "terminal").code == 0


@slow
def test_the_longest_code(run_bounded: Run, folder: Path) -> None:
    """A code of a megabyte of signs is refused like any other that is none."""
    (folder / f"{CODE}.toml").write_bytes(make_toml(code="a" + "." * (MAX_FILE_BYTES - 200) + "b"))
    done = run_bounded("list")
    assert done.code == 0
    assert done.err.endswith(f"' is not a code; {A_CODE}; left out\n")
    assert run_bounded("check", str(folder)).code == 3


@slow
@pytest.mark.parametrize(
    "sign", [".", "-", " ", "x", "1,", "1/", "-50", "a-", '"', "\u2019s", "CPT", "e\u0301"], ids=ascii
)
def test_the_longest_argument(run_bounded: Run, sign: str) -> None:
    """What is typed is read in time that grows with its length; Linux takes 128 KiB of an argument."""
    typed = f"a{sign * (130_000 // len(sign.encode()))}b"
    for command in ("show", "modifiers", "compare", "search", "symptom", "note", "check", "import"):
        assert run_bounded(command, typed).code in {0, 1, 2}  # a blank alone leaves a question


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
def test_the_largest_vocabulary(run_bounded: Run, folder: Path, concepts: Callable[[], list[dict[str, Any]]]) -> None:
    """A vocabulary of a megabyte is read, checked, and asked."""
    text = tomli_w.dumps({"concepts": concepts()}, indent=0)
    assert MAX_FILE_BYTES * 0.7 < len(text) <= MAX_FILE_BYTES
    (folder / "vocabulary.toml").write_text(text, encoding="utf-8")
    assert run_bounded("check", str(folder)).code == 0
    assert {"20222", *BUNDLED} <= {*run_bounded("list").out.split()}
    for query in ("glimmering", "a5q glimmering", "pain in the a5q", "A5Q"):
        assert run_bounded("search", query).code in {0, 1}
    assert run_bounded("symptom", "glimmering", "a5q").code in {0, 1}
