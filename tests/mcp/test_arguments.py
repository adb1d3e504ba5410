"""What the server says of a call that it can't answer: one line, with what is wrong and what to send instead."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tests.conftest import needs_posix
from tests.mcp.wire import call, serving

if TYPE_CHECKING:
    from tests.mcp.wire import Wire

pytestmark = needs_posix

MAX_ERROR_CHARACTERS = 360  # the longest has the names of all sections
LONG = "x" * 100_000
CALLS: list[tuple[str, object, str]] = [
    ("lookup", {}, "codes is missing; send text or a list, each item text"),
    ("lookup", {"codes": True}, "codes must be text or a list, each item text"),
    ("lookup", {"codes": [["20975"]]}, "codes must be text or a list, each item text"),
    ("lookup", {"codes": "20975", "on": {}}, "on must be text"),
    ("lookup", {"codes": "20975", "on": "yesterday"}, "'yesterday' is not a day; write it as in 2026-11-20"),
    ("lookup", {"codes": "20975", "on": LONG}, f"'{'x' * 118}…; write it as in 2026-11-20"),
    (
        "lookup",
        {"codes": "20975", "section": "billing"},
        "lookup has no argument 'section'; did you mean sections? it takes codes, sections, on",
    ),
    ("lookup", {"codes": "20975", LONG: 1}, f"lookup has no argument '{'x' * 40}'; it takes codes, sections, on"),
    ("lookup", {"\x1b[1m\n": 1}, r"lookup has no argument '\x1b[1m\n'; it takes codes, sections, on"),
    ("code_sets", {"codes": "20975"}, "code_sets has no argument 'codes'; it takes on"),
    ("search", {"query": "legs", "limit": "ten"}, "limit must be a whole number"),
    ("search", {"query": "legs", "limit": 1.5}, "limit must be a whole number"),
    ("search", {"query": "legs", "limit": 0}, "a limit of 0 is too small; it takes 1 or more"),
    (
        "lookup",
        {"codes": [LONG, LONG, LONG]},
        "the arguments have 300,023 characters; send lookup at most 300,000 at a time",
    ),
    ("search", {"query": "legs", "billable": LONG}, "billable must be true or false"),
    ("check_claim", {"lines": "20975", "setting": LONG}, "setting must be one of practitioner, hospital"),
    ("compare", {"codes": "20975"}, "there are no two codes to compare; name two or more"),
]
CRASH = """
from cptref.__main__ import run
from cptref.library import Library

def crash(*_):
    raise RuntimeError("secret")

Library.compare = crash
run()
"""


def fail(server: Wire, tool: str, arguments: object) -> str:
    """Return the text of an error."""
    result = server.ask(call(1, tool, arguments))["result"]
    (content,) = result["content"]
    assert set(result) == {"content", "isError"}
    assert result["isError"] is True
    return str(content["text"])


def test_an_error_is_one_line_with_what_to_send() -> None:
    """It names the argument, and cuts what was sent; nothing of pydantic or the SDK is in it."""
    nested: object = "20975"
    for _ in range(150):
        nested = [nested]
    with serving() as server:
        assert [fail(server, tool, arguments) for tool, arguments, _ in CALLS] == [text for *_, text in CALLS]
        assert fail(server, "lookup", {"codes": nested}) == "codes must be text or a list, each item text"
        for sections in ("nope", LONG, ["billing", LONG]):
            text = fail(server, "lookup", {"codes": "20975", "sections": sections})
            assert text.startswith("no section '")
            assert text.endswith(", references, faq, notes")
            assert len(text) < MAX_ERROR_CHARACTERS
        assert "structuredContent" in server.ask(call(1, "lookup", {"codes": "20975"}))["result"]
        assert server.end() == (0, "", "")


def test_a_fault_of_ours_says_nothing_of_the_question() -> None:
    """The agent learns that other arguments may work, the log learns nothing, and the server goes on."""
    with serving(argv=(sys.executable, "-c", CRASH)) as server:
        text = fail(server, "compare", {"codes": "20975 20976"})
        assert text == "compare failed by a fault of cptref (RuntimeError); try other arguments"
        assert "structuredContent" in server.ask(call(1, "lookup", {"codes": "20975"}))["result"]
        assert server.end() == (0, "", "")
