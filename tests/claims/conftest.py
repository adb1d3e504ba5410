"""Fixtures for claims: small code sets are loaded, and claims are checked through the front door."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from cptref import open_library
from cptref.models.claims import ClaimDiagnosis, ParsedClaim
from tests.claims.sets import DAY
from tests.codesets.conftest import real_file, write_and_add

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cptref.models.claims import ClaimAnswer, ClaimLine
    from tests.codesets.conftest import WriteAndAdd
    from tests.conftest import Run

__all__ = ["real_file", "write_and_add"]  # pytest finds them here


class AddSets(Protocol):
    """Loads code sets."""

    def __call__(self, *files: Mapping[str, bytes | str], args: Sequence[str] = ()) -> None:
        """Load these files, such as those of tests/claims/sets.py, with these arguments of `cptref add`."""
        ...


class CheckClaim(Protocol):
    """Checks a claim."""

    def __call__(self, *lines: str, on: str = DAY, **options: Any) -> ClaimAnswer:  # noqa: ANN401 - those of Library.claim
        """Return what `Library.claim` says of lines, on a day that the small sets are in force on."""
        ...


class CheckLines(Protocol):
    """Checks a claim of lines that no text is read for."""

    def __call__(
        self,
        *lines: ClaimLine,
        diagnoses: Sequence[str] = (),
        on: str = DAY,
        **options: Any,  # noqa: ANN401 - those of Library.claim
    ) -> ClaimAnswer:
        """Return what `Library.claim` says of lines by `make_line` (tests/claims/sets.py), numbered from 1."""
        ...


class RunClaim(Protocol):
    """Runs the command."""

    def __call__(self, *args: str) -> dict[str, Any]:
        """Return the object of `cptref claim ... -f json` with these arguments."""
        ...


@pytest.fixture
def add_sets(write_and_add: WriteAndAdd) -> AddSets:
    """Return what loads small code sets."""

    def add(*files: Mapping[str, bytes | str], args: Sequence[str] = ()) -> None:
        outcome = write_and_add({name: content for each in files for name, content in each.items()}, *args)
        assert outcome.code == 0, outcome

    return add


@pytest.fixture
def check_claim() -> CheckClaim:
    """Return what checks a claim by the Python interface, whose answer has all values."""

    def check(*lines: str, on: str = DAY, **options: Any) -> ClaimAnswer:  # noqa: ANN401 - those of Library.claim
        with open_library() as library:
            return library.claim(lines, on=on, **options)

    return check


@pytest.fixture
def check_lines(check_claim: CheckClaim, monkeypatch: pytest.MonkeyPatch) -> CheckLines:
    """Return what checks lines with values that most layouts of claims don't have, as if they had been read."""

    def check(
        *lines: ClaimLine,
        diagnoses: Sequence[str] = (),
        on: str = DAY,
        **options: Any,  # noqa: ANN401 - those of Library.claim
    ) -> ClaimAnswer:
        parsed = ParsedClaim(
            tuple(line._replace(number=number) for number, line in enumerate(lines, 1)),
            tuple(ClaimDiagnosis(number, code, code) for number, code in enumerate(diagnoses, 1)),
        )
        monkeypatch.setattr("cptref.claims.readers.read_claims", lambda _, **_options: parsed)
        return check_claim(on=on, **options)

    return check


@pytest.fixture
def run_claim(run: Run) -> RunClaim:
    """Return what checks a claim by the command."""

    def check(*args: str) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(run("claim", *args, "-f", "json").out)
        return answer

    return check
