"""cptref: an offline reference for medical procedure codes.

    from cptref import open_library

    with open_library() as library:
        entry = library.get("20976")
        answer = library.search("tingling in the legs")

CPT is a registered trademark of the American Medical Association. This project is not connected with it, and
holds no CPT descriptors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cptref.errors import CptrefError
    from cptref.library import Library, open_library
    from cptref.model import Entry, SearchAnswer

__version__ = "0.1.0"

__all__ = ["CptrefError", "Entry", "Library", "SearchAnswer", "__version__", "open_library"]

_HOMES = {
    "CptrefError": "cptref.errors",
    "Entry": "cptref.model",
    "Library": "cptref.library",
    "SearchAnswer": "cptref.model",
    "open_library": "cptref.library",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attribute may be anything
    """Import a public name from its module when it is first asked for, so that `cptref --help` pays for none."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
