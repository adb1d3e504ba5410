"""Lines of JSON <-> the messages that the SDK's server takes and gives.

The SDK has a transport of its own. It drops the calls in flight when its input ends, leaves a line that it can't read
without an answer, and its reading thread keeps the process alive (python-sdk#3551).
"""

from __future__ import annotations

import re
from asyncio import get_running_loop
from contextlib import suppress
from math import inf
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from anyio import CapacityLimiter, create_memory_object_stream, create_task_group, to_thread
from mcp.shared.message import SessionMessage
from mcp_types import (
    INVALID_REQUEST,
    PARSE_ERROR,
    ErrorData,
    JSONRPCError,
    JSONRPCNotification,
    JSONRPCRequest,
    jsonrpc_message_adapter,
)
from pydantic import ValidationError
from pydantic_core import from_json

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import BinaryIO

    from mcp_types import JSONRPCMessage

    Serve = Callable[[Any, Any], Awaitable[None]]  # takes the stream of messages to read, and that of those to write


class _End(NamedTuple):
    """The end of the input, with the error that ended it, if one did."""

    error: OSError | None = None


class Transport:
    """One client: lines come from `stdin`, and `write` sends a line to it."""

    def __init__(self, stdin: BinaryIO, write: Callable[[bytes], None]) -> None:
        self._stdin = stdin
        self._write = write
        self._lines_in, self._lines = create_memory_object_stream[bytes | _End](inf)
        self._messages_in, self._messages = create_memory_object_stream[SessionMessage | Exception]()
        self._answers_in, self._answers = create_memory_object_stream[SessionMessage]()
        self._unanswered: set[str] = set()  # identifiers of requests
        self._ended = False
        self._error: OSError | None = None

    async def run(self, serve: Serve) -> None:
        """Let a server answer every message until the input ends and all of it is answered.

        Raise OSError if a stream can't be read or written.
        """
        # Nobody can end a thread that waits for input; a daemon is not waited for.
        Thread(target=self._read_lines, args=[get_running_loop().call_soon_threadsafe], daemon=True).start()
        async with create_task_group() as group:
            group.start_soon(self._receive)
            group.start_soon(self._send, group.cancel_scope.cancel)
            await serve(self._messages, self._answers_in)
        if self._error:
            raise self._error

    def _read_lines(self, call_in_loop: Callable[..., object]) -> None:
        """Pass on each line, in a thread of its own."""
        end = _End()
        with suppress(RuntimeError):  # the loop has ended, as when the output broke
            try:
                for line in iter(self._stdin.readline, b""):
                    call_in_loop(self._lines_in.send_nowait, line)
            except OSError as error:
                end = _End(error)
            call_in_loop(self._lines_in.send_nowait, end)

    async def _receive(self) -> None:
        """Pass on each message, and answer each line that is no message."""
        async with self._answers_in.clone() as answers:
            async for line in self._lines:
                if isinstance(line, _End):
                    self._error = line.error
                    break
                if not line.strip():
                    continue
                message = _parse(line)
                if isinstance(message, JSONRPCError):
                    await answers.send(SessionMessage(message))
                    continue
                if isinstance(message, JSONRPCRequest):
                    self._unanswered.add(str(message.id))
                elif isinstance(message, JSONRPCNotification) and message.method == "notifications/cancelled":
                    self._unanswered.discard(str((message.params or {}).get("requestId")))  # nobody waits for it now
                await self._messages_in.send(SessionMessage(message))
        self._ended = True
        self._close_if_done()

    async def _send(self, cancel: Callable[[], None]) -> None:
        """Write each answer in turn."""
        limiter = CapacityLimiter(1)  # apart from the threads of the tools, of which many may wait
        async with self._answers:
            async for answer in self._answers:
                line = answer.message.model_dump_json(by_alias=True, exclude_unset=True)
                try:
                    await to_thread.run_sync(self._write, f"{line}\n".encode(), limiter=limiter)
                except OSError as error:
                    self._error = error
                    cancel()
                self._unanswered.discard(str(getattr(answer.message, "id", "")))
                self._close_if_done()

    def _close_if_done(self) -> None:
        """Let the server end, which cancels what is in flight."""
        if self._ended and not self._unanswered:
            self._messages_in.close()


def _parse(line: bytes) -> JSONRPCMessage:
    """Return the message of a line, or the error that answers a line that is no message."""
    text = line.decode("utf-8-sig", errors="replace")  # some shells begin with the mark
    try:
        value = _read(text)
    except ValueError:
        problem = "the line is no JSON that can be read"
        tip = "send one message a line, in UTF-8, not nested deeply and without numbers of thousands of digits"
        return _refuse(PARSE_ERROR, f"{problem}; {tip}", _find_identifier(text))
    with suppress(ValidationError):
        message = jsonrpc_message_adapter.validate_python(value, by_name=False)
        if not (isinstance(message, JSONRPCNotification) and "id" in value):  # an identifier that is not allowed
            return message
    identifier = value.get("id") if isinstance(value, dict) else None
    return _refuse(INVALID_REQUEST, "the line is no message of JSON-RPC 2.0; send one object a line", identifier)


def _read(text: str) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Return the value of JSON. Raise ValueError if it is none, is nested too deeply or has too long a number."""
    try:
        return from_json(text)
    except ValueError:
        # Half of a pair of surrogates is no character, and stands for one that was lost, as bytes do that are no UTF-8.
        mended = _SURROGATES.sub(lambda match: r"\ufffd" if match[1] else match[0], text)
        if mended == text:
            raise
        return from_json(mended)


def _find_identifier(text: str) -> object:
    """Return the identifier in a line that can't be read as a whole, None if it has none: a client waits for it."""
    depth = 0
    name = last = ""
    for piece in _PIECES.findall(text):
        if piece in "[{":
            depth += 1
        elif piece in "]}":
            depth -= 1
        elif depth == 1 and piece == ":":
            name = last
        elif depth == 1 and name == '"id"':
            with suppress(ValueError):
                return _read(piece)
            return None
        last = piece
    return None


# An escape, or in group 1 half of a pair of surrogates; a pair comes first.
_SURROGATES = re.compile(r"\\u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w|\\(?:(u[dD][89a-fA-F]\w\w)|.)")
# A string that doesn't end goes to the end of the line, so that each character is read once.
_PIECES = re.compile(r'"(?:[^"\\]|\\.)*"?|[][{}:]|[^][{}:,"\s]+')


def _refuse(code: int, message: str, identifier: object) -> JSONRPCError:
    """Return an error, with the identifier of the request if that is one."""
    if type(identifier) not in {int, str}:
        identifier = None
    return JSONRPCError(
        jsonrpc="2.0", id=cast("int | str | None", identifier), error=ErrorData(code=code, message=message)
    )
