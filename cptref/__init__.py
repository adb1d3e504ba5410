"""cptref: an offline reference for medical procedure codes.

    from cptref import compact, open_library

    with open_library() as library:
        entry = library.get("20976")
        answer = library.search("tingling in the legs")
        fitting = library.symptom(["numb feet", "weak legs"])
        both = library.compare(["20920", "20962"])
        listing = library.code("64483", on="2026-11-20")  # what the code sets say that cptref add keeps
        claim = library.claim(["64483-50", "64494x2", "M54.16"], on="2026-11-20")
        fee = library.fee("64483", locality="FL-04")
        pair = library.pair("20552", "64483")
        short = compact(both)  # a dictionary for an agent, of at most 30,000 bytes as JSON

CPT is a registered trademark of the American Medical Association. This project is not connected with it, and
holds no CPT descriptors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cptref.dataset.check import check
    from cptref.dataset.notes import Notes
    from cptref.errors import CptrefError, DatasetError, FileError, UsageError
    from cptref.importer.article import Imported, import_page
    from cptref.library import Library, open_library
    from cptref.models.claims import ClaimAnswer
    from cptref.models.codesets import CodeListing, Listing, Release
    from cptref.models.entries import Entry, ListAnswer, ShowAnswer
    from cptref.models.fees import FeeAnswer
    from cptref.models.hits import SearchAnswer, SymptomAnswer
    from cptref.models.pairs import PairAnswer
    from cptref.models.results import CheckAnswer, CompareAnswer, ModifiersAnswer
    from cptref.render.compact import compact

__version__ = "0.1.0"

_PUBLIC_NAMES = {
    "cptref.dataset.check": ("check",),
    "cptref.dataset.notes": ("Notes",),
    "cptref.errors": ("CptrefError", "DatasetError", "FileError", "UsageError"),
    "cptref.importer.article": ("Imported", "import_page"),
    "cptref.library": ("Library", "open_library"),
    "cptref.models.claims": ("ClaimAnswer",),
    "cptref.models.codesets": ("CodeListing", "Listing", "Release"),
    "cptref.models.entries": ("Entry", "ListAnswer", "ShowAnswer"),
    "cptref.models.fees": ("FeeAnswer",),
    "cptref.models.hits": ("SearchAnswer", "SymptomAnswer"),
    "cptref.models.pairs": ("PairAnswer",),
    "cptref.models.results": ("CheckAnswer", "CompareAnswer", "ModifiersAnswer"),
    "cptref.render.compact": ("compact",),
}

__all__ = [
    "CheckAnswer",
    "ClaimAnswer",
    "CodeListing",
    "CompareAnswer",
    "CptrefError",
    "DatasetError",
    "Entry",
    "FeeAnswer",
    "FileError",
    "Imported",
    "Library",
    "ListAnswer",
    "Listing",
    "ModifiersAnswer",
    "Notes",
    "PairAnswer",
    "Release",
    "SearchAnswer",
    "ShowAnswer",
    "SymptomAnswer",
    "UsageError",
    "__version__",
    "check",
    "compact",
    "import_page",
    "open_library",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attribute may be anything
    """Import a public name when it is first asked for, so that `cptref --help` pays for none of them."""
    for module, names in _PUBLIC_NAMES.items():
        if name in names:
            from importlib import import_module

            return getattr(import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
