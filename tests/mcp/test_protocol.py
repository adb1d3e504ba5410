"""What the server answers to lines, in the words of two versions of the protocol: one with a handshake, one without."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cptref import __version__
from cptref.mcp.tools import INSTRUCTIONS
from tests.conftest import COMMAND, needs_posix
from tests.mcp.wire import ENVELOPE, ERAS, call, encode, greet, request, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Spawn
    from tests.mcp.wire import Era, Message, Wire

pytestmark = [needs_posix, pytest.mark.outside]

NO_JSON_MESSAGE = (
    "the line is no JSON that can be read; "
    "send one message a line, in UTF-8, not nested deeply and without numbers of thousands of digits"
)
NO_JSON = {"code": -32700, "message": NO_JSON_MESSAGE}
NO_MESSAGE = {"code": -32600, "message": "the line is no message of JSON-RPC 2.0; send one object a line"}
INVALID = {"code": -32602, "message": "Invalid request parameters", "data": ""}


@pytest.fixture(params=ERAS)
def era(request: pytest.FixtureRequest) -> Era:
    """Return a version of the protocol."""
    version: Era = request.param
    return version


@pytest.fixture
def server(era: Era) -> Iterator[Wire]:
    """Return a server that has been greeted."""
    with serving(era=era) as wire:
        yield wire


def strip(result: Message) -> Message:
    """Return a result without what 2026-07-28 adds to each."""
    return {key: value for key, value in result.items() if key not in {"_meta", "resultType", "ttlMs", "cacheScope"}}


def test_the_server_says_what_it_is(spawn: Spawn) -> None:
    """Name, version, and what it offers, in the way of either version."""
    offers = {
        "resources": {"listChanged": False, "subscribe": False},
        "tools": {"listChanged": False},
    }
    identity = {"name": "cptref", "version": __version__}
    old, new = (json.loads(spawn(COMMAND, "mcp", stdin=encode(greet(era))).out)["result"] for era in ERAS)
    assert {**old, "capabilities": {**offers, **old["capabilities"]}} == {
        "protocolVersion": "2025-06-18",
        "capabilities": {**old["capabilities"], **offers},
        "serverInfo": identity,
        "instructions": INSTRUCTIONS,
    }
    assert new["instructions"] == INSTRUCTIONS
    assert new["supportedVersions"] == ["2026-07-28"]
    assert new["_meta"] == {"io.modelcontextprotocol/serverInfo": identity}


def test_an_unknown_version_is_met_with_one_that_is_known(spawn: Spawn) -> None:
    """A handshake offers the latest version that has one; without a handshake the versions are in the error."""
    hello = request(0, "initialize", {**greet()[0]["params"], "protocolVersion": "1999-01-01"})
    assert json.loads(spawn(COMMAND, "mcp", stdin=encode([hello])).out)["result"]["protocolVersion"] == "2025-11-25"
    meta = {**ENVELOPE, "io.modelcontextprotocol/protocolVersion": "2099-01-01"}
    done = spawn(COMMAND, "mcp", stdin=encode([request(0, "tools/list", {"_meta": meta})]))
    error = json.loads(done.out)["error"]
    assert (error["code"], error["data"]) == (-32022, {"supported": ["2026-07-28"], "requested": "2099-01-01"})


def test_lines_in_turn(server: Wire, era: Era) -> None:
    """A client that lists, calls and errs gets one answer to each request, and can go on after each."""
    listed = server.ask(request(1, "tools/list", era=era))["result"]["tools"]
    assert {tool["name"]: tool["inputSchema"]["additionalProperties"] for tool in listed}["lookup"] is False

    result = strip(server.ask(call("two", "lookup", {"codes": "20975"}, era))["result"])
    assert set(result) == {"content", "structuredContent", "isError"} - (
        {"isError"} if "isError" not in result else set()
    )
    assert json.loads(result["content"][0]["text"]) == result["structuredContent"]

    result = strip(server.ask(call(3, "lookup", {}, era))["result"])
    assert result["isError"] is True
    assert result["content"][0]["text"].startswith("codes is missing; send ")

    names = ", ".join(tool["name"] for tool in listed)
    error = {"code": -32602, "message": f"no tool has this name; the tools are {names}"}
    assert server.ask(call(4, "look", {}, era))["error"] == error

    error = {"code": -32601, "message": "Method not found", "data": "tools/guess"}
    assert server.ask(request(5, "tools/guess", era=era))["error"] == error

    malformed: list[Message] = [{}, {"name": 1}, {"name": "lookup", "arguments": ["20975"]}]
    for number, params in enumerate(malformed, 6):
        assert server.ask(request(number, "tools/call", params, era))["error"] == INVALID
    assert server.end() == (0, "", "")


def test_half_of_a_pair_of_surrogates_is_a_character_that_was_lost(server: Wire, era: Era) -> None:
    """As are bytes that are no UTF-8. Pairs, and backslashes in front of what looks like one, stay."""
    line = encode([call(1, "search", {"query": "HERE"}, era)])
    for number, sent, read in (
        (1, b"\\ud83d", "\ufffd"),
        (2, b"\xff", "\ufffd"),
        (3, b"\\ud83d\\ude00\\udfff", "\U0001f600\ufffd"),
    ):
        server.send(line.replace(b'"id": 1', b'"id": %d' % number).replace(b"HERE", b"knee \\\\ud83d " + sent))
        query = server.receive(number)["result"]["structuredContent"]["query"]
        assert query == f"knee \\ud83d {read}"


REFUSED: list[tuple[bytes, object, Message]] = [
    (b"hello", None, NO_JSON),
    (b"{", None, NO_JSON),
    (b"\x00", None, NO_JSON),
    (b"[" * 100_000, None, NO_JSON),
    (b'{"jsonrpc":"2.0","id":5,"method":', 5, NO_JSON),
    (b'{"params":{"id":4,"a":%s},"id":"a\\"b","jsonrpc":"2.0"}' % (b"[" * 300 + b"]" * 300), 'a"b', NO_JSON),
    (b'{"params":{"id":4,"a":"id\\"","b":%s},"id":-9,"jsonrpc":"2.0"}' % (b"9" * 5000), -9, NO_JSON),
    (b'{"jsonrpc":"2.0","id":%s}' % (b"9" * 5000), None, NO_JSON),
    (b'{"id":1.5,"x":', None, NO_JSON),
    (b'"a\\' * 300_000, None, NO_JSON),
    (b"[]", None, NO_MESSAGE),
    (b'[{"jsonrpc":"2.0","id":1,"method":"tools/list"}]', None, NO_MESSAGE),  # batches are gone since 2025-06-18
    (b"null", None, NO_MESSAGE),
    (b'{"jsonrpc":"1.0","id":1,"method":"tools/list"}', 1, NO_MESSAGE),
    (b'{"jsonrpc":"2.0","id":"x"}', "x", NO_MESSAGE),
    (b'{"jsonrpc":"2.0","id":1,"method":"tools/list","params":[]}', 1, NO_MESSAGE),
    (b'{"jsonrpc":"2.0","id":null,"method":"tools/list"}', None, NO_MESSAGE),
    (b'{"jsonrpc":"2.0","id":1.5,"method":"tools/list"}', None, NO_MESSAGE),
    (b'{"jsonrpc":"2.0","id":true,"method":"tools/list"}', None, NO_MESSAGE),
    (b'{"jsonrpc":"2.0","id":{},"method":"tools/list"}', None, NO_MESSAGE),
]


def test_a_line_that_is_no_message_is_refused(server: Wire, era: Era) -> None:
    """The answer has the identifier of the request if it has a good one, and the next line is answered.

    So it has if the line is no JSON, is nested too deeply or has too long a number: a client waits for the answer.
    """
    for line, identifier, error in REFUSED:
        server.send(line + b"\n")
        assert server.receive(identifier) == {"jsonrpc": "2.0", "id": identifier, "error": error}, line[:80]
    assert "result" in server.ask(request(1, "tools/list", era=era))
    assert server.end() == (0, "", "")


def test_lines_of_every_shape_are_answered(server: Wire, era: Era) -> None:
    """Blank lines, line ends of Windows, a byte order mark, bytes that are not UTF-8, long lines and identifiers."""
    line = encode([call(1, "lookup", {"codes": "20975"}, era)])
    answer = server.ask(call(1, "lookup", {"codes": "20975"}, era))
    for shape in (b"\n \n\t\n" + line, line.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + line, b" " * 10_000_000 + line):
        server.send(shape)
        assert server.receive(1) == answer
    server.send(line.replace(b"20975", b"20975 \xff"))
    assert server.receive(1)["result"]["structuredContent"]["results"][0]["code"] == "20975"
    for identifier in ("", "a b", "\u00e9\u6f22", "x" * 100_000, 0, -1, 2**53, 10**30):
        assert "result" in server.ask(request(identifier, "tools/list", era=era))
    long = server.ask(call(2, "lookup", {"codes": "20975" + " " * 10_000_000}, era))
    says = "the arguments have 10,000,018 characters; send lookup at most 300,000 at a time"
    assert (long["result"]["content"][0]["text"], long["result"]["isError"]) == (says, True)
    assert server.end() == (0, "", "")


def test_a_request_before_the_handshake_is_refused(spawn: Spawn) -> None:
    """A client of 2025-06-18 has to say so first."""
    done = spawn(COMMAND, "mcp", stdin=encode([request(1, "tools/list")]))
    assert json.loads(done.out) == {"jsonrpc": "2.0", "id": 1, "error": INVALID}


def test_what_needs_no_answer_gets_none(server: Wire, era: Era) -> None:
    """Notifications of any kind, and answers to what was never asked."""
    notes = ("notifications/roots/list_changed", "notifications/guess", "notifications/cancelled")
    lines: list[Message | bytes] = [{"jsonrpc": "2.0", "method": method} for method in notes]
    lines += [
        {"jsonrpc": "2.0", "id": 9, "result": {}},
        {"jsonrpc": "2.0", "id": 9, "error": {"code": 1, "message": ""}},
    ]
    server.send(*lines)
    assert "result" in server.ask(request(1, "tools/list", era=era))
    assert server.end() == (0, "", "")
