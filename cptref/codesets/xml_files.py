"""XML files of NCHS, read as a stream: what has a document type, or is cut off, is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from cptref.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from cptref.codesets.files import Source

DOCTYPE = "!DOCTYPE"
_ASIDE = re.compile(r"\s*(?:<\?.*?\?>|<!--.*?-->)", re.DOTALL)
_ELEMENT = re.compile(rf"\s*<({DOCTYPE}|[\w.:-]+)")


def is_root(source: Source, name: str) -> bool:
    """Return whether the outermost element of a file has this name. What has a document type is judged by its head."""
    root = find_root(source.head_text)
    return root == name or (root == DOCTYPE and f"<{name}" in source.head_text)


def find_root(text: str) -> str:
    """Return the name of the first element of an XML file, DOCTYPE if a document type precedes it, "" if it is none."""
    place = 0
    while aside := _ASIDE.match(text, place):
        place = aside.end()
    root = _ELEMENT.match(text, place)
    return root[1] if root else ""


def iter_elements(source: Source, tags: Collection[str]) -> Iterator[ET.Element]:
    """Yield each element of these tags once it is complete, and clear it afterwards. Raise FileError with the line."""
    if find_root(source.head_text) == DOCTYPE:
        raise FileError(f"{source.name}: has a document type, as no file of NCHS has", hint="download it again")
    try:
        with source.open() as stream:
            for _, element in ET.iterparse(stream):  # noqa: S314 - without a document type there are no entities
                if element.tag in tags:
                    yield element
                    element.clear()
    except ET.ParseError as error:
        line, column = error.position
        reason = str(error).partition(":")[0]
        raise FileError(
            f"{source.name}: line {line}, column {column + 1}: {reason}: the file is cut off or damaged",
            hint="download it again",
        ) from error


def read_text(element: ET.Element | None) -> str:
    """Return the text of an element on one line, "" if there is no element."""
    if element is None:
        return ""
    text = "".join(element.itertext()) if len(element) else element.text or ""
    return " ".join(text.split()) if "\n" in text else text.strip()
