"""What the tests of the search share: the bundled library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cptref import open_library

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cptref import Library


@pytest.fixture(scope="session")
def library(shared_cache: Path) -> Iterator[Library]:
    """Open the bundled library once, with the cache that all tests share."""
    with open_library() as bundled:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_CACHE_HOME", str(shared_cache))
            assert bundled.dataset.version
        yield bundled
