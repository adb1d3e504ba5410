"""What tests of pages and objects share: the code sets of a coder."""

from tests.codesets.conftest import write_and_add

__all__ = ["write_and_add"]  # pytest finds it here
