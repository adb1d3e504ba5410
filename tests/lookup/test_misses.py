"""Why a code has no answer is a value, and no text of the library names a command: it has other callers too."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import cptref
from cptref import UsageError, open_library
from cptref.cli.loader import COMMAND_MODULES
from tests.codesets.conftest import write_and_add
from tests.codesets.files import hcpcs_row, hcpcs_text, icd_diag, icd_section, icd_tabular
from tests.codesets.pfs_files import make_csv, make_row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.codesets.conftest import WriteAndAdd

__all__ = ["write_and_add"]  # pytest finds it here

PACKAGE = Path(cptref.__file__).parent
# What only commands reach: adding, removing, notes, import and pages of commands.
OF_COMMANDS = (
    "cli",
    "mcp",
    "importer",
    "atomic.py",
    "codesets/add.py",
    "codesets/localities.py",
    "codesets/packages.py",
    "dataset/notes.py",
    "render/pages/notes.py",
    "render/pages/sets.py",
)
# Adding again, and pages of claims and changes, which commands alone print.
OF_OPTIONS = ("codesets/layouts/", "render/pages/claim.py", "render/pages/changes.py")
OUT_OF_SCOPE = {
    "D0120": "is a dental code (CDT), which is not in the library",
    "0DB58ZX": "is an ICD-10-PCS code, which is not in the library",
    "00074-3799-02": "is the number of a drug (NDC), which is not in the library",
}


def explain(typed: str) -> tuple[str, str]:
    """Return the reason and the message of the only miss of a text."""
    with open_library() as library:
        (miss,) = library.show(typed, on="2027-11-20").misses
        return miss.reason, miss.message


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_a_blank(text: str) -> None:
    """No text is not the same as text that is no code."""
    assert explain(text)[0] == "blank"


@pytest.mark.parametrize("text", ["hello", "2O976", "20976-5", "0450", "CHAPTER", "28DEC26", "12345678", "99213-2511"])
def test_what_is_no_code(text: str) -> None:
    """What only resembles a code of another set is not taken for one."""
    assert explain(text)[0] == "malformed"


@pytest.mark.parametrize("text", OUT_OF_SCOPE)
def test_a_code_of_a_set_that_is_not_read(text: str) -> None:
    """The set is named, in either case of the letters."""
    assert explain(text) == ("out-of-scope", OUT_OF_SCOPE[text])
    assert explain(text.lower())[0] == "out-of-scope"


@pytest.mark.parametrize(
    ("text", "reason"),
    [("M54.16", "not-in-force"), ("M5416", "not-held"), ("J1030", "not-held"), ("99213", "not-held")],
)
def test_a_code_whose_set_is_not_loaded(text: str, reason: str, write_and_add: WriteAndAdd) -> None:
    """Once a set is loaded that would have it, the code is unknown; of a diagnosis, the release says so itself."""
    assert explain(text)[0] == "not-loaded"
    files: dict[str, bytes | str] = {
        "tabular.xml": icd_tabular(icd_section("A00-B99", icd_diag("A00", "Made-up illness")), "2028"),
        "hcpcs.txt": hcpcs_text([hcpcs_row("J0001", "Made-up drug", ADD_DT="20261001")]),
        "pfs.csv": make_csv("2026C", make_row("20552")),
    }
    assert write_and_add(files).code == 0
    assert explain(text)[0] == reason


def test_no_code_at_all() -> None:
    """Nothing to look up, or to price, is wrong usage."""
    with open_library() as library:
        with pytest.raises(UsageError, match=r"^there is no code to look up; name one, like 20976$"):
            library.show([])
        with pytest.raises(UsageError, match=r"^there is no code to price; name one, like 64483$"):
            library.fee([])


def test_symptoms_that_nothing_covers() -> None:
    """They are a value of the answer, and so is that everything is denied."""
    with open_library() as library:
        answer = library.symptom(["numb feet", "zzyzx", "denies fever"])
        assert (answer.missed, answer.only_denies) == (("zzyzx",), False)
        denied = library.symptom("denies fever")
        assert (denied.missed, denied.only_denies) == ((), True)


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(PACKAGE.rglob("*.py")) if not str(path.relative_to(PACKAGE)).startswith(OF_COMMANDS)],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_no_text_names_a_command(path: Path) -> None:
    """Only docstrings do, and modules that commands alone reach."""
    command = re.compile(rf"\bcptref (?:{'|'.join(COMMAND_MODULES)}|CODE)\b")
    assert [text for text in iter_texts(path) if command.search(text)] == []


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in sorted(PACKAGE.rglob("*.py"))
        if not str(path.relative_to(PACKAGE)).startswith((*OF_COMMANDS, *OF_OPTIONS))
    ],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_no_text_names_an_option(path: Path) -> None:
    """An agent has none; the command line adds them."""
    option = re.compile(r"(?:^|[ (])(?:-[a-z]|--[a-z-]+)(?: |$)")
    assert [text for text in iter_texts(path) if " " in text and option.search(text)] == []


def iter_texts(path: Path) -> Iterator[str]:
    """Yield the texts in a module that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value
