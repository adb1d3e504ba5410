"""What differs on Windows and macOS, by stand-ins: names that Python lacks there, calls that fail as they do there.

The sources are Python's documentation (os, signal, subprocess), SQLite's (sqlite.org/uri.html) and Microsoft's (console
modes, naming files, MoveFileEx).
"""

from __future__ import annotations

import ctypes
import errno
import io
import os
import shutil
import signal
import stat
import sys
import time
from pathlib import Path, PurePosixPath, PureWindowsPath
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import filelock
import pytest

import cptref
from cptref.checksums import make_uri
from cptref.cli import main, pager, windows
from cptref.codes import parse_codes
from cptref.codesets.store import StoreReader
from cptref.dataset import fingerprint
from tests.codesets.files import hcpcs_row, hcpcs_text
from tests.conftest import ROOT, needs_posix

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import MakeFolder, Run, Spawn

POSIX_NAMES = (
    *("O_NOCTTY", "O_NONBLOCK", "chown", "fork", "geteuid", "getuid", "killpg", "mkfifo", "setsid", "ttyname"),
    *("getpgid", "mknod", "setuid", "posix_spawn", "uname"),
)
POSIX_SIGNALS = ("SIGHUP", "SIGKILL", "SIGPIPE", "SIGQUIT", "SIGSTOP", "SIGTSTP", "SIGWINCH", "alarm", "pthread_kill")
POSIX_MODULES = ("curses", "fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty")

DENIED = "Access is denied; close what has it open, such as cptref mcp or cptref browse, and try again"

needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files are listed by Linux's /proc")


class WindowsOs:
    """Python's `os` under the name that it has on Windows, for one module: pathlib would break under that name."""

    name = "nt"

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - of any type
        return getattr(os, name)


@pytest.fixture
def windows_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return what lets a module of cptref believe that it runs on Windows."""
    return lambda module: monkeypatch.setattr(f"cptref.{module}.os", WindowsOs())


@pytest.fixture
def without_posix(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away the names of `os` and `signal` that Windows lacks; locks of filelock work without them."""
    monkeypatch.setattr(filelock, "FileLock", filelock.SoftFileLock)
    for name in POSIX_NAMES:
        monkeypatch.delattr(os, name, raising=False)
    for name in POSIX_SIGNALS:
        monkeypatch.delattr(signal, name, raising=False)


@pytest.fixture
def windows_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse to replace, rename or remove a file that this process has open, and one for reading only."""

    def require_closed(*paths: str | os.PathLike[str]) -> None:
        is_open = {os.path.realpath(link) for link in Path("/proc/self/fd").iterdir()}
        for path in map(os.path.realpath, paths):
            is_there = os.path.exists(path)  # noqa: PTH110
            if path in is_open or (is_there and not os.stat(path).st_mode & stat.S_IWUSR):  # noqa: PTH116
                error = PermissionError(errno.EACCES, "Access is denied")
                error.winerror = 5  # type: ignore[attr-defined]  # which Windows has
                raise error

    replace, unlink = os.replace, os.unlink

    def replace_closed(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> None:
        require_closed(source, target)
        replace(source, target)

    def unlink_closed(path: str | os.PathLike[str], *, missing_ok: bool = False) -> None:
        require_closed(path)
        try:
            unlink(path)
        except FileNotFoundError:
            if not missing_ok:
                raise

    monkeypatch.setattr(os, "replace", replace_closed)
    monkeypatch.setattr(os, "unlink", unlink_closed)
    monkeypatch.setattr(Path, "replace", replace_closed)
    monkeypatch.setattr(Path, "unlink", unlink_closed)


def write_set(*codes: str) -> None:
    """Write a file of HCPCS with these codes."""
    rows = [hcpcs_row(code, f"Made-up thing {code}", ADD_DT="20261001") for code in codes]
    Path("hcpcs.txt").write_text(hcpcs_text(rows), encoding="utf-8")


# --- Python without POSIX


@pytest.mark.usefixtures("without_posix")
@pytest.mark.parametrize(
    "line",
    [
        "show 20976",
        "search tingling",
        "symptom tingling weak",
        "list",
        "check",
        "note 20976 Read-twice",
        "export 20976 -o new.txt",
        "add hcpcs.txt",
        "sets",
        "claim 64483-50",
        "paths",
    ],
)
def test_a_command_needs_no_name_that_windows_lacks(run: Run, line: str) -> None:
    """It answers without a word of an error, on a cold cache too."""
    write_set("J0001")
    done = run(*line.split())
    assert done.code in {0, 1}
    assert "Error" not in done.err
    assert "failed" not in done.err


@pytest.mark.usefixtures("without_posix")
def test_the_library_is_compiled_without_posix(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whose a file of the cache is can't be asked there: the folder is in the user's profile."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert run("list").code == 0
    assert len([*(tmp_path / "cache" / "cptref").glob("library-*.sqlite")]) == 1


@pytest.mark.usefixtures("without_posix")
def test_a_terminal_without_a_device_is_no_clipboard(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over SSH into Windows there is neither clip.exe nor /dev/tty."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("SSH_CONNECTION", "somewhere")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("cptref.clipboard._iter_terminals", lambda: iter(["no such device"]))
    done = run("list", "--copy")
    assert (done.code, done.err) == (
        2,
        "cptref: nothing was copied: there is no clipboard and no terminal here; install wl-copy or xclip\n",
    )


@needs_posix
def test_what_hangs_is_ended_without_process_groups(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A tool of the clipboard that takes nothing is ended after a while."""
    monkeypatch.delattr(os, "killpg")
    tool = tmp_path / "pbcopy"
    tool.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(60)\n", encoding="utf-8")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    monkeypatch.setattr("cptref.clipboard.TIMEOUT_S", 0.1)
    hint = "install wl-copy or xclip, or use a terminal with a clipboard"
    done = run("list", "--copy")
    assert (done.code, done.err) == (2, f"cptref: nothing was copied: there is no clipboard here; {hint}\n")


@needs_posix
def test_an_interrupt_is_sent_again_by_what_windows_has(spawn: Spawn) -> None:
    """`os.kill` ends the process there, whatever the signal is."""
    script = """
import os, signal, sys, time, weakref
import cptref.cli
from cptref.__main__ import run

class Thing: pass

def interrupt(_):
    raise KeyboardInterrupt

kill = os.kill
def main():
    os.name, os.kill = "nt", None
    signal.raise_signal = lambda number: kill(os.getpid(), number)  # which does not wake a sleep on POSIX
    thing = Thing()
    reference = weakref.ref(thing, interrupt)
    del thing
    time.sleep(30)

cptref.cli.main = main
run()
"""
    assert spawn(sys.executable, "-c", script) == (130, "", "")


# --- files that are open


@needs_proc
@pytest.mark.usefixtures("windows_files")
def test_a_changed_library_replaces_the_compiled_one(
    run: Run, make_folder: MakeFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The process closes its own file first: otherwise every later start would compile again."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = make_folder({"20111": {"symptoms": ["First"]}})
    assert run("-L", str(folder), "show", "20111", "-s", "symptoms", "-f", "csv").out.count("First") == 1
    (compiled,) = (tmp_path / "cache" / "cptref").glob("library-*.sqlite")
    before = compiled.stat()
    make_folder({"20111": {"symptoms": ["Second", "Third"]}})
    assert run("-L", str(folder), "show", "20111", "-s", "symptoms", "-f", "csv").out.count("Second") == 1
    assert compiled.stat().st_ino != before.st_ino


@needs_proc
@pytest.mark.usefixtures("windows_files")
def test_a_library_that_another_process_has_open_is_compiled_in_memory(
    run: Run, make_folder: MakeFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The answer is right, and nothing is left behind."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = make_folder({"20111": {"symptoms": ["First"]}})
    with cptref.open_library([folder]) as library:
        assert library.get("20111")
        make_folder({"20111": {"symptoms": ["Second", "Third"]}})
        done = run("-L", str(folder), "show", "20111", "-s", "symptoms", "-f", "csv")
        assert (done.code, done.out.count("Second"), done.err) == (0, 1, run("show", "20976").err)
    assert not [*(tmp_path / "cache" / "cptref").glob(".cptref-*")]


@needs_proc
@pytest.mark.usefixtures("windows_files")
def test_no_command_is_in_its_own_way(run: Run) -> None:
    """Adding over a release and removing it close what they have read."""
    write_set("J0001")
    assert run("add", "hcpcs.txt").code == 0
    write_set("J0001", "J0002")
    assert run("add", "hcpcs.txt").code == 0
    assert "J0002" in run("show", "J0002").out
    assert run("remove", "hcpcs-2026Q4").code == 0


@needs_proc
@pytest.mark.usefixtures("windows_files")
def test_a_release_that_another_process_has_open_stays(run: Run, tmp_path: Path) -> None:
    """The message says what to close; the release is as it was, and nothing is left behind."""
    write_set("J0001")
    assert run("add", "hcpcs.txt").code == 0
    folder = tmp_path / "share" / "cptref" / "codesets"
    store = folder / "hcpcs-2026Q4.sqlite"
    data = store.read_bytes()
    reader = StoreReader(store)
    write_set("J0001", "J0002")
    assert f"hcpcs.txt: {store} can't be written: {DENIED}" in run("add", "hcpcs.txt").err
    assert run("remove", "hcpcs-2026Q4") == (2, "", f"cptref: {folder} can't be changed: {DENIED}\n")
    reader.close()
    assert store.read_bytes() == data
    assert not [*folder.glob(".cptref-*")]


@needs_proc
@pytest.mark.usefixtures("windows_files")
@pytest.mark.parametrize("is_open", [True, False], ids=["open", "for reading only"])
def test_a_file_that_can_not_be_replaced_is_an_error(
    run: Run, windows_in: Callable[[str], None], *, is_open: bool
) -> None:
    """Nothing is left behind: what is for reading only could not be removed either."""
    windows_in("atomic")
    path = Path("mine.txt")
    path.write_text("mine", encoding="utf-8")
    if not is_open:
        path.chmod(0o444)
    with path.open(encoding="utf-8"):
        done = run("export", "20976", "-o", "mine.txt", "--force")
    assert done == (2, "", f"cptref: mine.txt can't be written: {DENIED}\n")
    assert [(file.name, file.read_text(encoding="utf-8")) for file in Path().iterdir()] == [("mine.txt", "mine")]


# --- names


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        (PureWindowsPath(r"C:\Users\A B\x.sqlite"), "file:///C:/Users/A%20B/x.sqlite"),
        (PureWindowsPath(r"C:\50%\a#b\x.sqlite"), "file:///C:/50%25/a%23b/x.sqlite"),
        (PureWindowsPath(r"\\host\a\x.sqlite"), "file:////host/a/x.sqlite"),
        (PurePosixPath("/home/a?b/x.sqlite"), "file:///home/a%3Fb/x.sqlite"),
    ],
)
def test_a_path_is_a_uri_as_sqlite_reads_it(path: PureWindowsPath | PurePosixPath, uri: str) -> None:
    """A drive follows an empty host; the host of a share is a part of the path, since SQLite refuses any host."""
    assert make_uri(path) == uri


@pytest.mark.parametrize("name", ["CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in "19")])
def test_no_code_is_a_name_that_windows_reserves(name: str) -> None:
    """A file is named after a code: `20976.txt`."""
    assert not any(parsed.code or parsed.diagnosis for parsed in parse_codes(name))


@needs_posix
def test_a_backslash_ends_the_name_of_a_folder_on_windows(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a slash does everywhere."""
    stand_in = WindowsOs()
    stand_in.sep = "\\"  # type: ignore[attr-defined]
    monkeypatch.setattr("cptref.cli.commands.export.os", stand_in)
    assert run("export", "20976", "-o", "new\\").err.startswith("cptref: new\\/20976.txt can't be written: ")


# --- times


def test_a_file_edited_just_now_is_waited_for_by_its_mtime(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows ctime is the time of creation, which an edit does not change."""
    waited: list[float] = []
    now = time.time_ns()
    monkeypatch.setattr(fingerprint, "fingerprints", lambda *_: {b"a file": f"1 {now} {now - 10**12} 0"})
    monkeypatch.setattr(fingerprint, "sleep", waited.append)
    fingerprint.wait_for_stable_fingerprints((), "")
    assert len(waited) == 1


# --- streams


@pytest.mark.parametrize("args", ["list", "show 20976", "show 20976 -f json", "show 20976 -f csv", "--help"])
def test_an_answer_has_the_line_ends_and_letters_of_files_everywhere(
    run: Run, monkeypatch: pytest.MonkeyPatch, args: str
) -> None:
    r"""Python would write `\r\n` and Windows-1252 into a pipe of Windows."""
    wanted = run(*args.split()).out
    stdout = io.TextIOWrapper(io.BytesIO(), encoding="cp1252", newline="\r\n")
    monkeypatch.setattr(sys, "stdout", stdout)
    assert main(args.split()) == 0
    assert stdout.buffer.getvalue().decode() == wanted


@pytest.mark.parametrize("is_windows", [True, False])
def test_windows_has_another_error_for_a_closed_pipe(
    run: Run, windows_in: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, *, is_windows: bool
) -> None:
    """EINVAL is quiet there, as a broken pipe is everywhere."""

    def fail(*_: object) -> None:
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr("cptref.cli.output.write_whole", fail)
    if is_windows:
        windows_in("cli.streams")
    message = "cptref: standard output can't be written: Invalid argument; free some space or write elsewhere\n"
    assert run("list") == ((0, "", "") if is_windows else (2, "", message))


class Console(io.StringIO):
    """A stream on a console."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number

    def fileno(self) -> int:
        """Return the number of its file."""
        return self._number

    def isatty(self) -> bool:
        """Return that it is a console."""
        return True


def test_the_console_of_windows_interprets_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked to, stream by stream; what is no console is left alone, as a terminal of Cygwin is."""
    modes = {101: 3}  # by handle; 102 is no console

    def get_mode(console: ctypes.c_void_p, mode: Any) -> bool:  # noqa: ANN401 - a private type of ctypes
        mode._obj.value = modes.get(console.value or 0, 0)  # noqa: SLF001
        return console.value in modes

    def set_mode(console: ctypes.c_void_p, mode: int) -> None:
        modes[console.value or 0] = mode

    kernel32 = SimpleNamespace(GetConsoleMode=get_mode, SetConsoleMode=set_mode)
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(kernel32=kernel32), raising=False)
    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(get_osfhandle=lambda number: number + 100))
    monkeypatch.setattr(sys, "stdout", Console(1))
    monkeypatch.setattr(sys, "stderr", Console(2))
    windows.interpret_escapes()
    assert modes == {101: 7}
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setattr(sys, "stderr", None)
    modes[101] = 3
    windows.interpret_escapes()
    assert modes == {101: 3}


@needs_posix
def test_a_pager_that_is_not_there_is_noticed_on_windows(
    windows_in: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Its shell has no exit code of its own for that. Backslashes and quotes in the name of a program are kept."""
    windows_in("cli.pager")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("LINES", "5")
    run_lines: list[str] = []

    def record(line: str, _: bytes) -> bool:
        run_lines.append(line)
        return True

    monkeypatch.setattr(pager, "_run_pager", record)
    program = tmp_path / "a pager"
    shutil.copy(sys.executable, program)
    for line in (r"C:\nowhere\less.exe -R", '"C:\\no where\\less.exe" -R', f'"{program}" -R'):
        monkeypatch.setenv("CPTREF_PAGER", line)
        assert pager.show_in_pager(b"line\n" * 9) == (str(program) in line)
    assert run_lines == [f'"{program}" -R']


# --- these tests


@pytest.mark.outside
@pytest.mark.slow("imports every test module in a process of its own")
def test_the_tests_run_without_posix(spawn: Spawn, tmp_path: Path) -> None:
    """What can't run elsewhere is skipped there: nothing fails while modules are imported, and one of them passes."""
    script = f"""
import os, signal, sys
import filelock, mcp.client, platformdirs, textual.app  # which have branches of their own
import pytest

class WithoutPosix:
    @pytest.hookimpl(tryfirst=True)
    def pytest_load_initial_conftests(self):
        sys.modules.update(dict.fromkeys({POSIX_MODULES!r}))
        for module, names in ((os, {POSIX_NAMES!r}), (signal, {POSIX_SIGNALS!r})):
            for name in names:
                vars(module).pop(name, None)

argv = ["-q", "-p", "no:xdist", "-p", "no:cacheprovider", "-o", "addopts=", "--import-mode=importlib", "-W", "ignore"]
sys.exit(pytest.main([*argv, "--basetemp={tmp_path / "base"}", *sys.argv[1:]], [WithoutPosix()]))
"""
    for args in (["--collect-only", "tests"], ["tests/test_sections.py"]):
        done = spawn(sys.executable, "-c", script, *args, cwd=ROOT)
        assert (done.code, done.err) == (0, ""), done.out[-2000:]
