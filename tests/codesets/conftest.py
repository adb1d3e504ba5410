"""Fixtures for code sets: adding files, and the real files of CMS and NCHS where somebody has them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.conftest import Outcome, Run

# Who has real files names their folder; without the variable they are looked for beside the checkout.
REAL_FILES = Path(os.environ.get("CPTREF_REAL_FILES") or Path(__file__).parents[3] / "shared" / "codesets")


class WriteAndAdd(Protocol):
    """Writes files and adds them."""

    def __call__(self, files: Mapping[str, bytes | str], *args: str) -> Outcome:
        """Write files of these names into a folder, and run `cptref add` on it with these arguments."""
        ...


class RealFile(Protocol):
    """Finds a real file."""

    def __call__(self, name: str) -> Path:
        """Return its path; skip the test where it is absent."""
        ...


@pytest.fixture
def real_file() -> RealFile:
    """Return a function that finds a real file of CMS or NCHS by name."""

    def find(name: str) -> Path:
        path = REAL_FILES / name
        if not path.exists():
            pytest.skip(f"no real code set files here: {name} is absent")
        return path

    return find


@pytest.fixture
def write_and_add(run: Run, tmp_path: Path) -> WriteAndAdd:
    """Return a function that writes files into a folder and adds it."""

    def add(files: Mapping[str, bytes | str], *args: str) -> Outcome:
        folder = tmp_path / "downloads"
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return run("add", str(folder), *args)

    return add
