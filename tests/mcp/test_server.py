"""How the server runs: what starts and ends it, what it says besides, what it costs, and what it leaves alone."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING

import pytest

from tests.codesets.files import hcpcs_row, hcpcs_text
from tests.conftest import COMMAND, Outcome, needs_dev_full, needs_posix
from tests.mcp.wire import ERAS, call, encode, greet, request, serving
from tests.terminal import terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.codesets.conftest import WriteAndAdd
    from tests.conftest import MakeFolder, Spawn
    from tests.mcp.wire import Era, Message, Wire

pytestmark = [needs_posix, pytest.mark.outside]

WAITING = "cptref: waiting for an agent's messages, which are lines of JSON; Ctrl-C ends it\n"
# Runs the command after a change; each says on standard error when it comes to what a test waits for.
RUN = "\nfrom cptref.__main__ import run\nrun()"
SLOW_ANSWERS = (
    """
import sys, time
from pathlib import Path
from cptref.library import Library

show = Library.show

def wait_and_show(library, codes, *args, **options):
    if "20975" in codes:
        print("begun", file=sys.stderr, flush=True)
        while not Path("go-on").exists():
            time.sleep(0.01)
    return show(library, codes, *args, **options)

Library.show = wait_and_show
"""
    + RUN
)
MAX_GROWTH_KIB = 4_096
CALLS: list[tuple[str, Message]] = [
    ("lookup", {"codes": "20975, J0001", "on": "2026-11-20"}),
    ("search", {"query": "tingling legs"}),
    ("symptoms", {"symptoms": ["tingling", "weak legs"]}),
    ("compare", {"codes": ["20975", "20976"]}),
    ("check_claim", {"lines": "20552 64483-50 M54.16", "on": "2026-11-20"}),
    ("fee", {"codes": "64483", "locality": "FL-04", "on": "2026-11-20"}),
    ("code_sets", {}),
]
# Says on standard error what reaches beyond the process, and what is traced.
WATCHED = (
    """
import os, sys
import filelock  # which writes, when it is imported, to see whether links work
from opentelemetry import trace

class Provider(trace.TracerProvider):
    def get_tracer(self, *_, **__):
        return Tracer()

class Tracer(trace.NoOpTracer):
    def start_span(self, name, *_, **__):
        print("traced", name, file=sys.stderr)
        return super().start_span(name)

    def start_as_current_span(self, name, *_, **__):
        print("traced", name, file=sys.stderr)
        return super().start_as_current_span(name)

trace.set_tracer_provider(Provider())
EVENTS = {"socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto", "subprocess.Popen", "os.system"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT

def watch(event, args):
    if event in EVENTS:
        print(event, args, file=sys.stderr)
    if event == "open" and args[2] & WRITING and not str(args[0]).startswith(os.environ["CACHE"]):
        print(event, args, file=sys.stderr)

sys.addaudithook(watch)
"""
    + RUN
)
NO_LOOP_SIGNALS = (
    """
from asyncio.unix_events import SelectorEventLoop

def refuse(*_):
    raise NotImplementedError

SelectorEventLoop.add_signal_handler = refuse
"""
    + RUN
)


# --- how it ends -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)])
def test_a_signal_ends_it_while_it_waits(number: signal.Signals, code: int) -> None:
    """It ends with the exit code that shells know, and says nothing."""
    with serving() as server:
        assert server.end_by(number) == Outcome(code, "", "")


def test_ctrl_c_ends_it_in_the_middle_of_a_call() -> None:
    """The thread that looks for the answer is not waited for."""
    with serving(argv=(sys.executable, "-c", SLOW_ANSWERS)) as server:
        server.send(call(1, "lookup", {"codes": "20975"}))
        assert server.process.stderr
        assert server.process.stderr.readline() == b"begun\n"
        assert server.end_by(signal.SIGINT) == Outcome(130, "", "")


def test_ctrl_c_ends_it_where_loops_take_no_signals() -> None:
    """Windows has no signals that a loop could wait for."""
    with serving(argv=(sys.executable, "-c", NO_LOOP_SIGNALS)) as server:
        while server.process.poll() is None:  # elsewhere than on Windows, a signal between two looks wakes no loop
            server.process.send_signal(signal.SIGINT)
            sleep(0.05)
        assert server.end() == Outcome(130, "", "")


@pytest.mark.parametrize(("key", "code", "echo"), [("\x03", 130, "^C"), ("\x04", 0, "")])
def test_in_a_terminal_it_says_what_it_waits_for(key: str, code: int, echo: str) -> None:
    """Who starts it by hand learns why nothing happens; Ctrl-C and Ctrl-D end it."""
    with terminal([COMMAND, "mcp"], columns=100, env={"NO_COLOR": "1"}) as program:
        program.until("ends it")
        for message in greet():
            program.press(encode([message]).decode())
        program.until('"protocolVersion":"2025-06-18","serverInfo"')
        program.press(key)
        shown = program.end()
    assert shown.code == code
    assert shown.out.startswith(WAITING)
    assert shown.out.rpartition("\n")[2].replace("^D\b\b", "") == echo


@pytest.mark.parametrize("era", ERAS)
def test_the_end_of_the_input_waits_for_the_answers(spawn: Spawn, era: Era) -> None:
    r"""So `printf '%s\n' LINES | cptref mcp` answers every line."""
    messages = [*greet(era), *(call(number, "lookup", {"codes": "20975"}, era) for number in range(1, 6))]
    done = spawn(COMMAND, "mcp", stdin=encode(messages))
    assert (done.code, done.err) == (0, "")
    assert sorted(line.split(",")[1] for line in done.out.splitlines()) == [f'"id":{number}' for number in range(6)]


@pytest.mark.parametrize("lines", [b"", b"\n", encode(greet()[1:]), encode(greet())[:-20]])
def test_the_end_of_the_input_ends_it(spawn: Spawn, lines: bytes) -> None:
    """That nothing came before, or only the beginning of a line, is no fault."""
    done = spawn(COMMAND, "mcp", stdin=lines)
    assert (done.code, done.err) == (0, "")


def test_a_closed_output_ends_it() -> None:
    """There is nobody left to answer, whether standard input is closed too or not."""
    with serving() as server:
        assert server.process.stdout
        server.process.stdout.close()
        server.send(request(1, "tools/list"))
        assert server.process.wait(60) == 0
        assert server.process.stderr
        assert server.process.stderr.read() == b""


@needs_dev_full
def test_a_full_disk_is_said(spawn: Spawn) -> None:
    """What else keeps an answer from being written ends it with one line."""
    done = spawn("sh", "-c", f"{COMMAND} mcp > /dev/full", stdin=encode(greet()))
    assert done == Outcome(2, "", "cptref: failed: No space left on device; --debug shows where\n")


@pytest.mark.parametrize(("closed", "name"), [("<&-", "input"), (">&-", "output")])
def test_a_stream_that_is_closed_from_the_start_is_said(spawn: Spawn, closed: str, name: str) -> None:
    """Nobody could be answered."""
    hint = "let an agent start cptref mcp, or run it in a terminal"
    done = spawn("sh", "-c", f"{COMMAND} mcp {closed}")
    assert done == Outcome(2, "", f"cptref: standard {name} is closed; {hint}\n")


# --- many calls ------------------------------------------------------------------------------------------------------


def test_calls_at_once_get_their_own_answers() -> None:
    """More than there are threads for them, which wait for each other."""
    codes = ["20975", "20976", "20920", "20962"]
    with serving() as server:
        server.send(*(call(number, "lookup", {"codes": codes[number % 4]}) for number in range(1, 201)))
        for number in range(1, 201):
            results = server.receive(number)["result"]["structuredContent"]["results"]
            assert [result["code"] for result in results] == [codes[number % 4]]
        assert server.end() == Outcome(0, "", "")


def test_a_canceled_call_gets_no_answer() -> None:
    """The server answers others meanwhile, and ends when the thread that is at it has ended."""
    with serving(argv=(sys.executable, "-c", SLOW_ANSWERS)) as server:
        server.send(call(1, "lookup", {"codes": "20975"}))
        assert server.process.stderr
        assert server.process.stderr.readline() == b"begun\n"
        server.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}})
        assert "result" in server.ask(call(2, "lookup", {"codes": "20976"}))
        assert server.process.stdin
        server.process.stdin.close()
        Path("go-on").touch()
        assert server.process.wait(60) == 0
        assert server.process.stdout
        assert server.process.stdout.read() == server.process.stderr.read() == b""


@pytest.mark.slow("10,000 calls")
@pytest.mark.skipif(sys.platform != "linux", reason="memory is told by Linux's /proc")
def test_calls_leave_nothing_in_memory(report_figure: Callable[[str], None]) -> None:
    """A server runs for weeks."""
    kinds = [(tool, arguments) for tool, arguments in CALLS for _ in range(2)]
    kinds += [("lookup", {"codes": "nonsense"}), ("lookup", {}), ("search", {"query": "tinglng", "limit": 0})]
    with serving() as server:

        def make_calls(first: int, last: int) -> int:
            for number in range(first, last):
                server.ask(call(number, *kinds[number % len(kinds)]))
            status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
            return int(status.partition("VmRSS:")[2].split()[0])

        before, after = make_calls(1, 2_000), make_calls(2_000, 10_001)
        report_figure(f"10,000 calls: {before:,} KiB after 2,000, {after:,} KiB at the end")
        assert after - before < MAX_GROWTH_KIB
        assert server.end() == Outcome(0, "", "")


# --- a library that changes ------------------------------------------------------------------------------------------


def ask(server: Wire, tool: str, arguments: Message) -> Message:
    """Return the object that a tool answers with."""
    result: Message = server.ask(call(1, tool, arguments))["result"]["structuredContent"]
    return result


def test_what_changes_is_in_the_next_answer(spawn: Spawn, make_folder: MakeFolder, write_and_add: WriteAndAdd) -> None:
    """An edited article, a new one, a note from another terminal, a code set: each is there without a restart."""
    folder = make_folder({"20222": {"preparation": ["Bring the form"]}})
    with serving("-L", str(folder)) as server:

        def says(words: str, tool: str, arguments: Message) -> bool:
            return words in json.dumps(ask(server, tool, arguments))

        assert says("Bring the form", "lookup", {"codes": "20222"})
        make_folder({"20222": {"preparation": ["Bring the card"]}, "20223": {"recovery": ["Rest"]}})
        assert says("Bring the card", "lookup", {"codes": "20222"})
        assert says("Rest", "lookup", {"codes": "20223"})
        assert spawn(COMMAND, "note", "20222", "Ask for the report").code == 0
        assert says("Ask for the report", "lookup", {"codes": "20222", "sections": "notes"})
        assert not says("Made-up drug", "search", {"query": "made-up drug"})
        write_and_add({"hcpcs.txt": hcpcs_text([hcpcs_row("J0001", "Made-up drug")])})
        assert says("Made-up drug", "search", {"query": "made-up drug"})
        assert says("Made-up drug", "lookup", {"codes": "J0001"})
        assert server.end() == Outcome(0, "", "")


def test_a_broken_file_is_in_the_answers_until_it_is_mended(make_folder: MakeFolder) -> None:
    """An agent would take an entry for missing that the user has written. The other entries are answered."""
    folder = make_folder({"20222": {"preparation": ["Bring the form"]}, "20223": {}})
    good = (folder / "20222.toml").read_text(encoding="utf-8")
    with serving("-L", str(folder)) as server:
        assert "faults" not in ask(server, "lookup", {"codes": "20222"})
        (folder / "20222.toml").write_text(good.replace("title = 'Untitled'", ""), encoding="utf-8")
        answer = ask(server, "lookup", {"codes": "20222 20223"})
        assert [entry["code"] for entry in answer["results"]] == ["20223"]
        assert answer["faults"] == [f"{folder / '20222.toml'}: title: is missing"]
        (folder / "20222.toml").write_text(good, encoding="utf-8")
        assert "faults" not in ask(server, "lookup", {"codes": "20222"})
        assert server.end() == Outcome(0, "", "")


def test_a_damaged_code_set_is_in_the_answers_alone(write_and_add: WriteAndAdd, tmp_path: Path) -> None:
    """The terminal on standard error may be that of an agent, and the end of the input is a good end."""
    write_and_add({"hcpcs.txt": hcpcs_text([hcpcs_row("J0001", "Made-up drug")])})
    (store,) = tmp_path.glob("share/cptref/codesets/*.sqlite")
    store.write_bytes(b"damaged")
    with serving() as server:
        for tool, arguments in (("lookup", {"codes": "J0001"}), ("search", {"query": "drug"})):
            (fault,) = ask(server, tool, arguments)["faults"]
            assert store.name in fault
        sets = ask(server, "code_sets", {})
        assert (sets["damaged"], "faults" in sets) == ([fault], False)
        assert server.end() == Outcome(0, "", "")


def test_compiling_shows_no_progress(make_folder: MakeFolder, tmp_path: Path) -> None:
    """The terminal on standard error may be that of an agent, which draws there itself."""
    folder = make_folder({f"3{number:04}": {"recovery": ["Rest"]} for number in range(150)})
    env = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "NO_COLOR": "1"}
    with terminal([COMMAND, "-L", str(folder), "mcp"], env=env, columns=100) as program:
        program.until("ends it")
        for message in [*greet(), call(1, "search", {"query": "rest", "limit": 1})]:
            program.press(encode([message]).decode())
        program.until('"isError":false')
        program.press("\x04")
        assert "compiling" not in program.end().out


# --- what it leaves alone --------------------------------------------------------------------------------------------


def test_nothing_is_sent_logged_or_written(home: Path, shared_cache: Path) -> None:
    """No socket is opened, no program is started, no file but the compiled ones is written, and no tracer is told.

    Whoever has OpenTelemetry set up for other programs does not send what is asked here.
    """
    env = {"XDG_DATA_HOME": str(home), "CACHE": str(shared_cache)}
    env["PYTHONDONTWRITEBYTECODE"] = "1"
    env |= dict.fromkeys(("OTEL_EXPORTER_OTLP_ENDPOINT", "http_proxy", "https_proxy"), "http://127.0.0.1:9")
    with serving(argv=(sys.executable, "-c", WATCHED), env=env) as server:
        for number, (tool, arguments) in enumerate(CALLS, 1):
            assert "structuredContent" in server.ask(call(number, tool, arguments))["result"], tool
        tools = server.ask(request(0, "tools/list"))["result"]["tools"]
        assert {tool["name"] for tool in tools} == {tool for tool, _ in CALLS}
        server.ask(call(0, "lookup", {"code": "20975"}))
        server.ask(request(0, "resources/list"))
        server.send(b"no message\n")
        assert server.end().err == ""
