"""The code sets, how their releases are named, and on which days each release is in force.

A release is named by what its publisher counts: RVU files by year and letter (2026C), quarterly files by quarter
(2026Q4), ICD-10-CM by fiscal year (FY2026 begins on 2025-10-01), CPT by year.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from cptref.errors import UsageError


class CodeSet(NamedTuple):
    """A code set: its name on the command line, its name in words, how its releases are named, how to get it."""

    name: str
    title: str
    kind: str  # of release: rvu, quarter, fiscal or year
    get: str  # what to do where it is not loaded, behind "no ... loaded: "

    @property
    def absence(self) -> str:
        """The line that says that no release is loaded, and how to get one."""
        return f"no {self.title} loaded: {self.get}"


_CMS = "from CMS and add"
CODE_SETS = {
    code_set.name: code_set
    for code_set in (
        CodeSet("pfs", "fee schedule", "rvu", f"download the RVU zip of the quarter {_CMS} it"),
        CodeSet("hcpcs", "HCPCS Level II", "quarter", f"download the Alpha-Numeric HCPCS zip {_CMS} it"),
        CodeSet(
            "icd10cm",
            "ICD-10-CM",
            "fiscal",
            "add icd10cm (pip install 'cptref[icd10]' brings the file), or download the tabular zip",
        ),
        CodeSet("icd10cm-index", "ICD-10-CM index", "fiscal", "download the index zip from CMS and add it"),
        CodeSet("mue-practitioner", "practitioner MUE", "quarter", f"download the practitioner MUE zip {_CMS} it"),
        CodeSet("mue-hospital", "hospital MUE", "quarter", f"download the outpatient hospital MUE zip {_CMS} it"),
        CodeSet("mue-dme", "DME MUE", "quarter", f"download the DME supplier MUE zip {_CMS} it"),
        CodeSet("aoc", "add-on code edits", "quarter", f"download the add-on code edit zip {_CMS} it"),
        CodeSet(
            "ptp-practitioner",
            "practitioner pair edits",
            "quarter",
            f"download the practitioner PTP zips {_CMS} them",
        ),
        CodeSet("ptp-hospital", "hospital pair edits", "quarter", f"download the hospital PTP zips {_CMS} them"),
        CodeSet("gpci", "GPCI", "year", f"download the RVU zip of the quarter {_CMS} it"),
        CodeSet("zip", "ZIP code localities", "quarter", f"download the ZIP code to carrier locality zip {_CMS} it"),
        CodeSet("cpt", "CPT descriptors", "year", "add the descriptor files of your AMA license"),
    )
}

PAIR_EDITS = frozenset({"ptp-practitioner", "ptp-hospital"})  # sets of pairs
PAIR_EDIT_PARTS = ("f1", "f2", "f3", "f4")  # in which CMS ships the pairs of a quarter, in order of code

# What else a set is called. The beginning of a name is enough, too.
ALIASES = {
    **dict.fromkeys(("fees", "fee-schedule", "mpfs", "rvu", "pprrvu"), "pfs"),
    **dict.fromkeys(("anweb", "level2"), "hcpcs"),
    **dict.fromkeys(("icd", "icd10", "icd-10", "icd-10-cm", "cm"), "icd10cm"),
    **dict.fromkeys(("index", "icd-index"), "icd10cm-index"),
    **dict.fromkeys(("mue", "mue-prac"), "mue-practitioner"),
    **dict.fromkeys(("addons", "add-ons", "add-on"), "aoc"),
    **dict.fromkeys(("ptp", "ncci", "pairs"), "ptp-practitioner"),
    "localities": "gpci",
    "zip5": "zip",
    "ama": "cpt",
}

_PATTERNS = {"rvu": r"(20\d\d)([A-D])", "quarter": r"(20\d\d)Q([1-4])", "fiscal": r"(20\d\d)()", "year": r"(20\d\d)()"}
_EXAMPLES = {"rvu": "2026C", "quarter": "2026Q3", "fiscal": "2026", "year": "2026"}
_QUARTERS = "ABCD"


def effective_days(name: str, release: str) -> tuple[date, date]:
    """Return the first and the last day of a release of a set. Raise UsageError if it has no such release."""
    kind = CODE_SETS[name].kind
    match = re.fullmatch(_PATTERNS[kind], release)
    if not match:
        hint = f"write it as in {_EXAMPLES[kind]}"
        raise UsageError(f"{release!r} is no release of {CODE_SETS[name].title}", hint=hint)
    year = int(match[1])
    if kind == "fiscal":
        return date(year - 1, 10, 1), date(year, 9, 30)
    if kind == "year":
        return date(year, 1, 1), date(year, 12, 31)
    quarter = int(match[2]) if match[2].isdecimal() else _QUARTERS.index(match[2]) + 1
    first = date(year, quarter * 3 - 2, 1)
    following = date(year + quarter // 4, quarter * 3 % 12 + 1, 1)
    return first, following - timedelta(days=1)


def parse_set_name(typed: str) -> str:
    """Return the set that is meant by its name, the beginning of it, or another name: `icd10` is icd10cm.

    Raise UsageError with the closest name and the list for what is none or several.
    """
    name = typed.strip().casefold()
    if name in CODE_SETS:
        return name
    if name in ALIASES:
        return ALIASES[name]
    sets = {code_set for code_set in CODE_SETS if name and code_set.startswith(name)}
    sets |= {code_set for alias, code_set in ALIASES.items() if name and alias.startswith(name)}
    if len(sets) == 1:
        return sets.pop()
    if sets:
        raise UsageError(f"{typed!r} may be {' or '.join(sorted(sets))}", hint="type more of it")
    from cptref.fuzzy import did_you_mean

    guess = did_you_mean(typed, CODE_SETS, edits=min(2, len(typed) // 2))
    raise UsageError(f"no code set {typed!r}", hint=f"{guess}the sets are {', '.join(CODE_SETS)}")


def parse_release(name: str, typed: str) -> str:
    """Return the release of a set that is meant: `2026C` for RVU26C or 26c, `2026` for FY2026. Raise UsageError."""
    release = typed.strip().upper().removeprefix("RVU").removeprefix("FY")
    if re.match(r"\d\d(?!\d)", release):
        release = f"20{release}"
    effective_days(name, release)
    return release


def name_quarter(day: date) -> str:
    """Return the quarter of a day: `2026Q4`."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def describe_release(name: str, release: str) -> str:
    """Return set and release as a heading has them: `Fee schedule RVU26C`, `ICD-10-CM FY2026`."""
    title = CODE_SETS[name].title
    title = title[:1].upper() + title[1:]
    kind = CODE_SETS[name].kind
    return f"{title} {short_release(kind, release)}"


def short_release(kind: str, release: str) -> str:
    """Return a release as its publisher writes it: `RVU26C`, `FY2026`, `2026Q4`."""
    if kind == "rvu":
        return f"RVU{release[2:]}"
    return f"FY{release}" if kind == "fiscal" else release


_PARTS = {
    "tabular": "tabular list",
    "order": "order file",
    "codes": "codes file",
    **{length: f"{length} descriptors" for length in ("long", "medium", "short")},
}


def describe_part(name: str, part: str) -> str:
    """Return a part of a release in words: `factor 33.4009`, `tabular list`."""
    return f"factor {part}" if name == "pfs" and part else _PARTS.get(part, part)
