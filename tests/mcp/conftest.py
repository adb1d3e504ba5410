"""One server for all tests of a module, with a library and code sets of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cptref.codesets.add import add_files
from tests.claims.sets import add_ons, fee_schedule, hcpcs, pair_edits, practice_indices, unit_limits
from tests.codesets.conftest import write_and_add
from tests.codesets.files import hcpcs_row, ptp_row
from tests.codesets.pfs_files import make_row
from tests.conftest import make_article
from tests.mcp.agent import connect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.mcp.agent import Agent

__all__ = ["write_and_add"]  # pytest finds it here

# In force on DAY of tests/claims/sets.py.
FILES = (
    fee_schedule(*map(make_row, ("20552", "64483", "64493")))
    | practice_indices({"FL-04": ("1.010", "1.020", "1.500")})
    | pair_edits(ptp_row("20552", "64483"))
    | unit_limits([("64483", "1", "2 Date of Service Edit: Policy")])
    | add_ons(("1", "64484", "64483"))
    | hcpcs(hcpcs_row("J0001", "Made-up drug for numb toes"), hcpcs_row("J0002", "Another made-up drug"))
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data home in which FILES are added."""
    folder = tmp_path_factory.mktemp("home")
    downloads = folder / "downloads"
    downloads.mkdir()
    for name, content in FILES.items():
        (downloads / name).write_text(content, encoding="utf-8")
    for file in add_files([str(downloads)], folder / "cptref" / "codesets"):
        assert file.state == "added", file
    return folder


@pytest.fixture(scope="module")
def agent(home: Path, shared_cache: Path) -> Iterator[Agent]:
    """Return an agent of a server that has an article of the user's own on 20222 besides the bundled ones.

    The server prints nothing to standard error: nothing that is asked is logged.
    """
    library, errors = home / "library", home / "errors"
    library.mkdir()
    points = {"preparation": ["Bring the made-up form"]}
    (library / "20222.toml").write_text(make_article("20222", points), encoding="utf-8")
    env = {"HOME": str(home), "XDG_DATA_HOME": str(home), "XDG_CACHE_HOME": str(shared_cache), "CPTREF_LIBRARY": ""}
    with connect(errors, "-L", str(library), env=env) as connected:
        yield connected
    assert errors.read_text(encoding="utf-8") == ""
