"""Which lines of a claim are those of another practitioner than the one who operated.

Source: Medicare Claims Processing Manual, chapter 12, sections 20.4.3 (assistants) and 40.8 (two surgeons, teams).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

ASSISTANTS = frozenset({"80", "81", "82", "AS"})
_ROLES = {**dict.fromkeys(ASSISTANTS, "an assistant"), "62": "two surgeons", "66": "a team"}


def find_role(modifiers: Collection[str]) -> str:
    """Return whose line it is by its modifiers: `an assistant`, "" for the practitioner who operated."""
    return next((role for modifier, role in _ROLES.items() if modifier in modifiers), "")
