"""A library -> a server that answers an agent's questions from it."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
from typing import TYPE_CHECKING, Any

import anyio.to_thread
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError, UnexpectedToolError
from mcp.shared.exceptions import MCPError
from mcp_types import INTERNAL_ERROR, INVALID_PARAMS, CallToolResult, TextContent
from pydantic import ValidationError

from cptref import __version__
from cptref.errors import CptrefError, ExitCode
from cptref.mcp.arguments import explain_invalid, explain_size, explain_unknown, shorten
from cptref.mcp.resources import LibraryResources
from cptref.mcp.tools import INSTRUCTIONS, LibraryTools
from cptref.mcp.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import BinaryIO

    from mcp.server.lowlevel.helper_types import ReadResourceContents
    from mcp_types import InputRequiredResult, Resource

    from cptref.library import Library


class Server(MCPServer[None]):
    """A server that answers from a library, and each bad call with one line: what is wrong, and what to try."""

    def __init__(self, library: Library) -> None:
        tools = LibraryTools(library).list_tools()
        # Lists are made anew for each request, and no client is notified of changes, so nobody can subscribe to them.
        super().__init__(
            "cptref",
            version=__version__,
            instructions=INSTRUCTIONS,
            tools=tools,
            log_level="CRITICAL",
            subscriptions=False,
        )
        for method in ("prompts/list", "prompts/get"):  # there are none, so none are announced
            self._lowlevel_server._request_handlers.pop(method)  # noqa: SLF001 - the SDK has no other way
        self.middleware.clear()  # the SDK's own reports every call to OpenTelemetry where that is installed
        self._resources = LibraryResources(library)
        self._resources.add_to(self)

    async def list_resources(self) -> list[Resource]:
        """Return the pages, then the entries that the library has now."""
        return [*await super().list_resources(), *await anyio.to_thread.run_sync(self._resources.list_entries)]

    async def read_resource(
        self,
        uri: Any,  # noqa: ANN401 - text
        context: Any = None,  # noqa: ANN401 - only passed on
    ) -> Iterable[ReadResourceContents] | InputRequiredResult:
        """Read a page. Raise MCPError of one line if there is none: that of the SDK has the whole URI twice."""
        try:
            return await super().read_resource(uri, context)
        except ResourceError as error:
            code = INVALID_PARAMS if isinstance(error, ResourceNotFoundError) else INTERNAL_ERROR
            raise MCPError(code, str(error).replace(uri, shorten(uri)), {"uri": shorten(uri)}) from error

    async def call_tool(
        self,
        name: str,
        arguments: dict[str, Any],
        context: Any = None,  # noqa: ANN401 - only passed on
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool. Raise MCPError if none has this name: for the specification that is an error of protocol."""
        tool = self._tool_manager.get_tool(name)
        if tool is None:
            names = ", ".join(tool.name for tool in self._tool_manager.list_tools())
            raise MCPError(INVALID_PARAMS, f"no tool has this name; the tools are {names}")
        problem = explain_unknown(name, arguments, tool.parameters["properties"]) or explain_size(name, arguments)
        if not problem:
            try:
                return await super().call_tool(name, arguments, context)
            except ToolError as error:
                problem = _explain(name, error, tool.parameters)
        return CallToolResult(content=[TextContent(text=problem)], is_error=True)

    async def answer(self, transport: Transport) -> None:
        """Answer one client until its input ends. Raise OSError if a stream can't be read or written."""
        _end_on_interrupt()
        server = self._lowlevel_server
        options = server.create_initialization_options()
        await transport.run(lambda messages, answers: server.run(messages, answers, options))


def _end_on_interrupt() -> None:
    """Let Ctrl-C end the process at once.

    Threads that read and answer can't be interrupted, and there is nothing to tidy up: files are written atomically.
    """
    try:
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, os._exit, ExitCode.INTERRUPTED)
    except NotImplementedError:  # on Windows, where a handler of Python's own wakes the loop
        signal.signal(signal.SIGINT, lambda *_: os._exit(ExitCode.INTERRUPTED))


def _explain(tool: str, error: ToolError, schema: dict[str, Any]) -> str:
    """Return one line about an error, which for an unexpected error has nothing that the caller sent."""
    cause = error.__cause__
    if isinstance(cause, CptrefError):
        return shorten(cause.problem, cause.hint)
    if isinstance(cause, ValidationError) and not isinstance(error, UnexpectedToolError):  # of the arguments
        return explain_invalid(cause.errors(include_url=False, include_input=False)[0], schema)
    return f"{tool} failed by a fault of cptref ({type(cause).__name__}); try other arguments"


def serve(library: Library, stdin: BinaryIO, write: Callable[[bytes], None]) -> None:
    """Answer what comes from `stdin` by lines that go to `write`, until the input ends or Ctrl-C ends the process.

    Raise OSError if a stream can't be read or written.
    """
    gc.enable()  # the command line turns it off, for processes that end soon
    logging.disable()  # the SDK logs what was asked
    anyio.run(Server(library).answer, Transport(stdin, write))
