"""Code sets that come as data of an installed package, whose files are read without importing it."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from cptref.codesets.layouts import icd10cm_tabular
from cptref.codesets.walk import open_source
from cptref.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cptref.codesets.files import Source

PACKAGE = "simple-icd-10-cm"
_INSTALL = "run pip install 'cptref[icd10]', or download the tabular zip from CMS and run cptref add on it"


def iter_package_sources() -> Iterator[Source | FileError]:
    """Yield the tabular list of ICD-10-CM in the package, or an error that says how to get it."""
    try:
        package = metadata.distribution(PACKAGE)
    except metadata.PackageNotFoundError:
        yield FileError(f"no package {PACKAGE} is installed, which has the codes of ICD-10-CM", hint=_INSTALL)
        return
    name = f"{PACKAGE} {package.version}"
    for file in package.files or ():
        if file.suffix.lower() == ".xml":
            source = open_source(Path(str(file.locate())), name)
            if isinstance(source, FileError) or icd10cm_tabular.matches(source):
                yield source
                return
    yield FileError(f"{name} has no tabular list of ICD-10-CM", hint=_INSTALL)
