"""An agent: the SDK's own client, with `cptref mcp` as a process at the other end of standard input and output."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import mcp_types as types
import pytest
from anyio.from_thread import start_blocking_portal
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.shared.exceptions import MCPError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from anyio.from_thread import BlockingPortal

Object = dict[str, Any]


def text_of(result: types.CallToolResult) -> str:
    """Return the text of a result, which is all that it has beside the object."""
    (content,) = result.content
    assert isinstance(content, types.TextContent)
    return content.text


class Agent:
    """A client that is connected; each method waits for the answer."""

    def __init__(self, client: Client, portal: BlockingPortal) -> None:
        self.client = client
        self._portal = portal

    def wait(self, ask: Callable[..., Any], *args: Any) -> Any:  # noqa: ANN401 - whatever a method of the client returns
        """Call a method of the client."""
        return self._portal.call(ask, *args)

    def call(self, tool: str, **arguments: object) -> types.CallToolResult:
        """Call a tool."""
        result = self.wait(self.client.call_tool, tool, arguments)
        assert isinstance(result, types.CallToolResult)
        return result

    def ask(self, tool: str, **arguments: object) -> Object:
        """Return the object that a tool answers with, which its text is, too."""
        result = self.call(tool, **arguments)
        text = text_of(result)
        assert not result.is_error, text
        structured = result.structured_content
        assert isinstance(structured, dict)
        assert json.loads(text) == structured
        return structured

    def fail(self, tool: str, **arguments: object) -> str:
        """Return the error of a tool."""
        result = self.call(tool, **arguments)
        assert result.is_error
        return text_of(result)

    def read(self, uri: str) -> str:
        """Return the page of a resource, which is Markdown."""
        result = self.wait(self.client.read_resource, uri)
        (content,) = result.contents
        assert content.mime_type == "text/markdown"
        return str(content.text)

    def miss(self, uri: str) -> str:
        """Return why there is no resource of a name."""
        with pytest.raises(MCPError) as caught:
            self.read(uri)
        assert caught.value.error.code == types.INVALID_PARAMS
        return caught.value.error.message

    def complete(self, template: str, argument: str, letters: str, **context: str) -> types.Completion:
        """Return what completes an argument of a template."""
        reference = types.ResourceTemplateReference(uri=template)
        typed = {"name": argument, "value": letters}
        result = self.wait(self.client.complete, reference, typed, context or None)
        assert isinstance(result, types.CompleteResult)
        return result.completion


@contextmanager
def connect(errors: Path, *args: str, env: Mapping[str, str] | None = None) -> Iterator[Agent]:
    """Start `cptref mcp` with global options in this environment; what it prints to standard error is in a file."""
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "cptref", *args, "mcp"], env={**os.environ, **(env or {})}
    )
    with errors.open("w", encoding="utf-8") as errlog, start_blocking_portal() as portal:
        connection = portal.wrap_async_context_manager(Client(stdio_client(command, errlog=errlog)))
        client = connection.__enter__()
        try:
            yield Agent(client, portal)
        finally:  # a failed test is not told as a failure of the client's tasks
            connection.__exit__(None, None, None)
