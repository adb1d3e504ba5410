"""Which codes are visits (evaluation and management), to which other modifiers belong than to procedures."""

from __future__ import annotations

# The section of evaluation and management and the visits of eye doctors (CPT), and the hospital's visit (HCPCS).
_RANGES = (("92002", "92014"), ("99202", "99499"))
_OTHERS = frozenset({"G0463"})
CRITICAL_CARE = frozenset({"99291", "99292"})


def is_visit(code: str) -> bool:
    """Return whether a code is that of a visit."""
    return code in _OTHERS or (code.isdecimal() and any(first <= code <= last for first, last in _RANGES))
