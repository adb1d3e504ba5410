"""The edits: one module each, with `check(claim, context)`, which yields what the edit says of a claim.

Every edit sees the whole claim, so that no order of lines changes a verdict. A new one needs its name in MODULES.
"""

from __future__ import annotations

# In the order in which results of one verdict are shown.
MODULES = (
    "codes",
    "findings",
    "diagnoses",
    "excludes",
    "modifiers",
    "units",
    "duplicates",
    "pairs",
    "add_ons",
    "global_periods",
    "places",
)
