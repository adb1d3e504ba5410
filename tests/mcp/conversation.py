"""The conversation that README.md shows, and what replays it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.mcp.agent import Agent

# A line of the assistant that is a call has the arguments of a tool; the lines of cptref below it are parts of its
# result. Indented lines go on.
CONVERSATION = """\
coder      We injected a nerve root of the lower back on both sides. Do we bill 20976 or 64483?
assistant  lookup {"codes": ["20976-50", "64483-50"], "on": "2026-08-20"}
cptref     results.0.verification.headline = "in no release checked; do not bill it"
cptref     results.1.verification.headline = "agrees with the published code set"
cptref     results.1.appended.0.verdict = "fits"
assistant  check_claim {"lines": "64483-50", "place": "11", "on": "2026-08-20"}
cptref     verdicts = {"ok": 1}
cptref     total = "397.30"
cptref     sources.0 = "Fee schedule RVU26C"
assistant  64483-50. No release of the published code set has 20976, so don't bill it, whatever the article on it
           says. No loaded edit speaks against 64483-50 on August 20. In an office, Medicare allows $397.30
           (RVU26C, national), before deductible and coinsurance. This is not billing advice.
"""
_CALL = re.compile(r"assistant  (\w+) (\{.*\})")
_PART = re.compile(r"cptref     (\S+) = (.*)")


def replay(conversation: str, agent: Agent) -> list[str]:
    """Return a conversation with the calls made anew, line by line, and what the parts of the results are now."""
    replayed: list[str] = []
    result: Any = None
    for line in conversation.splitlines():
        if call := _CALL.fullmatch(line):
            result = agent.ask(call[1], **json.loads(call[2]))
        if part := _PART.fullmatch(line):
            replayed.append(f"cptref     {part[1]} = {json.dumps(find_part(result, part[1]), ensure_ascii=False)}")
        else:
            replayed.append(line)
    return replayed


def find_part(value: Any, path: str) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Return what stands at a path of keys and places: `results.0.code`."""
    for name in path.split("."):
        value = value[int(name)] if name.isdecimal() else value[name]
    return value
