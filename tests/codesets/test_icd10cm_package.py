"""`cptref add icd10cm`: the tabular list in the package that the extra `icd10` installs."""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    import pytest

    from tests.conftest import Run

PACKAGE = f"simple-icd-10-cm {metadata.version('simple-icd-10-cm')}"
ADDED = "ICD-10-CM FY2026 (tabular list), 98,186 codes, 74,719 billable, in force 2025-10-01 to 2026-09-30"
INSTALL = "run pip install 'cptref[icd10]', or download the tabular zip from CMS and run cptref add on it"


def test_the_real_codes_are_added(run: Run) -> None:
    """Name the package and its version as the source, and say codes rather than rows."""
    assert run("add", "icd10cm") == (0, f"- {PACKAGE}: added: {ADDED}\n", "")
    assert run("add", "icd10cm") == (0, f"- {PACKAGE}: already there: {ADDED}\n", "")
    (line,) = run("sets", "--on", "2026-01-01").out.splitlines()
    assert line.split("  ")[-2:] == ["98,186 codes, 74,719 billable", PACKAGE]


def test_the_package_is_not_imported(run: Run) -> None:
    """Its code costs 24 times typer."""
    assert run("add", "icd10cm", "--dry-run").code == 0
    assert "simple_icd_10_cm" not in sys.modules


def test_without_the_package_what_to_install_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, exit 2."""

    def find_nothing(name: str) -> NoReturn:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", find_nothing)
    reason = "no package simple-icd-10-cm is installed, which has the codes of ICD-10-CM"
    assert run("add", "icd10cm") == (2, "", f"cptref: {reason}; {INSTALL}\n")


def test_a_path_that_exists_is_a_path(run: Run) -> None:
    """A folder or a file named icd10cm is read in place of the package."""
    Path("icd10cm").mkdir()
    Path("icd10cm/notes.txt").write_text("nothing of use")
    done = run("add", "icd10cm")
    assert (done.code, done.out) == (1, "Not needed: 1 file: notes.txt\n")
