"""A small checkout that all tests of faults share, servers in it, and folders to harm."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.conftest import Outcome
from tests.faults.machine import CPTREF, NAMESPACE, SHOW, Server, SmallCheckout, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Run


@pytest.fixture(scope="session")
def small(clean_checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> SmallCheckout:
    """Return the checkout that all tests share, which no test changes."""
    home = tmp_path_factory.mktemp("small")
    folder = shutil.copytree(clean_checkout, home / "checkout")
    for code in ("20920", "20962", "20971"):
        (folder / f"data/articles/{code}.toml").unlink()
    (folder / "data/vocabulary.toml").write_text('plain = "a"\n', encoding="utf-8")
    folders = {"HOME": home, "XDG_CACHE_HOME": home / "cache", "XDG_DATA_HOME": home / "share"}
    env = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"} | {name: str(path) for name, path in folders.items()}
    process = subprocess.run([*CPTREF, *SHOW], capture_output=True, text=True, env=env, cwd=folder, check=True)
    (file,) = (home / "cache/cptref").glob("*.sqlite")
    assert not process.stderr
    return SmallCheckout(folder, env, file, Outcome(0, process.stdout, ""))


@pytest.fixture(scope="package")
def server(small: SmallCheckout) -> Iterator[Server]:
    """Start a server in the shared checkout."""
    with serve(small.folder, small.env) as server:
        yield server


@pytest.fixture(scope="package")
def mounting_server(small: SmallCheckout) -> Iterator[Server]:
    """Start a server that may mount what it likes."""
    with serve(small.folder, small.env, *NAMESPACE) as server:
        yield server


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """Return a cache folder of the test's own, which isn't there yet."""
    return tmp_path / "cache" / "cptref"


@pytest.fixture
def ask(server: Server, cache: Path) -> Run:
    """Return what runs the command, with that cache."""
    return lambda *args: server.ask(*args, XDG_CACHE_HOME=cache.parent)


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """Make a folder to mount a disk on."""
    (tmp_path / "disk").mkdir()
    return tmp_path / "disk"
