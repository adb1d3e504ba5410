"""The Inspector's command line, which its authors and other people try a server with.

Its exit code after an error of a tool depends on its release, so that what it prints is read.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import COMMAND, needs_posix
from tests.mcp.test_server import CALLS

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    needs_posix,
    pytest.mark.outside,
    pytest.mark.slow("downloads the Inspector, and starts Node.js for each call"),
]

INSPECTOR = "@modelcontextprotocol/inspector@2"
_SECONDS = 240


class Inspector:
    """The Inspector, which the first call downloads into a folder."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self._env = {**env, "npm_config_cache": str(folder / "npm")}
        self._folder = folder

    def run(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """Run a command of npm."""
        return subprocess.run(
            argv, capture_output=True, text=True, timeout=_SECONDS, env=self._env, cwd=self._folder, check=False
        )

    def ask(self, method: str, *args: str) -> Any:  # noqa: ANN401 - any JSON
        """Return what it prints of an answer."""
        done = self.run("npx", "--yes", INSPECTOR, "--cli", COMMAND, "mcp", "--method", method, *args)
        assert done.stdout, done.stderr
        return json.loads(done.stdout)

    def call(self, tool: str, arguments: dict[str, Any]) -> Any:  # noqa: ANN401 - any JSON
        """Return the result of a tool."""
        pairs = [f"{key}={value if isinstance(value, str) else json.dumps(value)}" for key, value in arguments.items()]
        options = [word for pair in pairs for word in ("--tool-arg", pair)]
        return self.ask("tools/call", "--tool-name", tool, *options)


@pytest.fixture
def inspector(tmp_path: Path, home: Path) -> Inspector:
    """Return the Inspector, over a server with code sets. Skip where it can't be had."""
    if not shutil.which("npx"):
        pytest.skip("there is no npx here")
    inspector = Inspector(tmp_path, {**os.environ, "XDG_DATA_HOME": str(home)})
    try:
        done = inspector.run("npm", "view", INSPECTOR, "version", "--fetch-timeout=30000", "--fetch-retries=0")
    except subprocess.TimeoutExpired:
        pytest.skip("the npm registry does not answer")
    if done.returncode:
        pytest.skip(f"the npm registry can't be reached: {done.stderr[-200:]}")
    return inspector


def test_the_inspector_lists_calls_and_reads(inspector: Inspector) -> None:
    """Every tool, every kind of list, an entry as a resource, and an error."""
    tools = inspector.ask("tools/list")["tools"]
    assert {tool["name"] for tool in tools} == {tool for tool, _ in CALLS}
    for tool, arguments in CALLS:
        result = inspector.call(tool, arguments)
        assert json.loads(result["content"][0]["text"]) == result["structuredContent"]
        assert not result["isError"]
    result = inspector.call("lookup", {"code": "20975"})
    problem = "lookup has no argument 'code'; did you mean codes? it takes codes, sections, on"
    assert result == {"content": [{"type": "text", "text": problem}], "isError": True}

    uris = [resource["uri"] for resource in inspector.ask("resources/list")["resources"]]
    assert "cptref://entries/20975" in uris
    templates = inspector.ask("resources/templates/list")["resourceTemplates"]
    assert "cptref://entries/{code}" in [template["uriTemplate"] for template in templates]
    (content,) = inspector.ask("resources/read", "--uri", "cptref://entries/20975")["contents"]
    assert content["mimeType"] == "text/markdown"
    assert "20975" in content["text"]
