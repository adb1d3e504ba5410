"""`cptref mcp` as an agent starts it: a process, lines of JSON to it, and lines of JSON back."""

from __future__ import annotations

import json
import os
import select
import subprocess
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal

from tests.conftest import COMMAND, Outcome

if TYPE_CHECKING:
    import signal
    from collections.abc import Iterator, Mapping, Sequence

Message = dict[str, Any]
Era = Literal["2025-06-18", "2026-07-28"]
ERAS: tuple[Era, ...] = ("2025-06-18", "2026-07-28")
ENVELOPE = {  # of each request since 2026-07-28, which has no handshake
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}
_SECONDS = 120


def request(identifier: object, method: str, params: Message | None = None, era: Era = "2025-06-18") -> Message:
    """Return a request."""
    meta = {"_meta": ENVELOPE} if era == "2026-07-28" else {}
    return {"jsonrpc": "2.0", "id": identifier, "method": method, "params": {**(params or {}), **meta}}


def call(identifier: object, tool: str, arguments: object, era: Era = "2025-06-18") -> Message:
    """Return a request that calls a tool."""
    return request(identifier, "tools/call", {"name": tool, "arguments": arguments}, era)


def greet(era: Era = "2025-06-18") -> list[Message]:
    """Return what a client of a version begins with; the answer has the identifier 0."""
    if era == "2026-07-28":
        return [request(0, "server/discover", era=era)]
    client = {"name": "test", "version": "1"}
    params = {"protocolVersion": era, "capabilities": {}, "clientInfo": client}
    return [request(0, "initialize", params), {"jsonrpc": "2.0", "method": "notifications/initialized"}]


def encode(messages: Sequence[Message | bytes]) -> bytes:
    """Return messages as lines; bytes are lines already."""
    return b"".join(m if isinstance(m, bytes) else json.dumps(m).encode() + b"\n" for m in messages)


class Wire:
    """A server that runs."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self._read = b""
        self._answers: dict[object, Message] = {}

    def send(self, *messages: Message | bytes) -> None:
        """Write messages, and lines as they are."""
        assert self.process.stdin
        self.process.stdin.write(encode(messages))
        self.process.stdin.flush()

    def receive(self, identifier: object) -> Message:
        """Return the answer to the request of this identifier, which may come after others."""
        deadline = monotonic() + _SECONDS
        while identifier not in self._answers:
            line, end, rest = self._read.partition(b"\n")
            if end:
                self._read = rest
                answer = json.loads(line)
                assert answer["jsonrpc"] == "2.0"
                assert answer["id"] not in self._answers, "two answers to one request"
                self._answers[answer["id"]] = answer
            else:
                self._read += self._wait(deadline)
        return self._answers.pop(identifier)

    def ask(self, message: Message) -> Message:
        """Send a request and return its answer."""
        self.send(message)
        return self.receive(message["id"])

    def end_by(self, number: signal.Signals) -> Outcome:
        """Send a signal and return what came after. Raise TimeoutExpired unless that ends the process."""
        self.process.send_signal(number)
        self.process.wait(_SECONDS)
        return self.end()

    def end(self) -> Outcome:
        """Close standard input unless the process has ended; return what has not been received, and how it ended."""
        out, err = self.process.communicate(timeout=_SECONDS)
        return Outcome(self.process.returncode, (self._read + out).decode(), err.decode())

    def _wait(self, deadline: float) -> bytes:
        assert self.process.stdout
        ready, _, _ = select.select([self.process.stdout], [], [], max(deadline - monotonic(), 0))
        piece = os.read(self.process.stdout.fileno(), 1 << 20) if ready else b""
        if not piece:
            raise TimeoutError(f"no answer came, only {self._read[:1000]!r}")
        return piece


@contextmanager
def serving(
    *args: str, era: Era | None = "2025-06-18", env: Mapping[str, str] | None = None, argv: Sequence[str] = (COMMAND,)
) -> Iterator[Wire]:
    """Start a server with these arguments before `mcp`, greeted in the way of a version if there is one."""
    process = subprocess.Popen(
        [*argv, *args, "mcp"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **(env or {})},
    )
    with process:
        try:
            wire = Wire(process)
            if era:
                wire.send(*greet(era))
                wire.receive(0)
            yield wire
        finally:
            process.kill()
