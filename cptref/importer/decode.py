"""Read the bytes of a page, name files that are not text, and decode those that are."""

from __future__ import annotations

import codecs
import os
import re
import stat

from cptref.dataset.fingerprint import MAX_FILE_BYTES
from cptref.errors import FileError

MAX_SNIFFED_BYTES = 4096
_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_SAVE_AS_TEXT = "open it, and save it as plain text or as a web page (HTML)"
_UNPACK = "unpack it first, and import the page in it"
_NO_TEXT = "import needs the text of the page, not a picture of it"
# The first bytes of files that are not text, what such a file is, and what to try.
_FORMATS = (
    (rb"\s*\{\\\*?\\?rtf", "an RTF document", _SAVE_AS_TEXT),
    (rb"(?s:.{0,1023})%PDF-", "a PDF", "turn it into text first: pdftotext page.pdf page.txt"),
    (rb"PK(?:\x03\x04|\x05\x06|\x07\x08)", "a ZIP archive", _UNPACK),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document (DOC, XLS or PPT)", _SAVE_AS_TEXT),
    (rb"\x1f\x8b", "compressed with gzip", "unpack it first: gunzip page.gz"),
    (rb"BZh[1-9]1AY|\xfd7zXZ\x00|7z\xbc\xaf\x27\x1c|Rar!|\x28\xb5\x2f\xfd", "a compressed file", _UNPACK),
    (rb"\x89PNG\r\n\x1a\n", "a PNG image", _NO_TEXT),
    (rb"\xff\xd8\xff", "a JPEG image", _NO_TEXT),
    (rb"GIF8[79]a", "a GIF image", _NO_TEXT),
    (rb"RIFF....WEBP", "a WebP image", _NO_TEXT),
    (rb"II\*\x00|MM\x00\*", "a TIFF image", _NO_TEXT),
    (rb"BM....\x00\x00\x00\x00", "a BMP image", _NO_TEXT),
    (rb"bplist0", "a Safari web archive", _SAVE_AS_TEXT),
    (rb"%!PS", "a PostScript file", "turn it into text first: ps2ascii page.ps page.txt"),
    (rb"(?is:.{0,500}^content-type: multipart/related)", "a web archive (MHTML)", _SAVE_AS_TEXT),
)
# Names in ZIP archives that are documents.
_ZIP_FORMATS = (
    (b"opendocument.text", "an OpenDocument text (ODT)", _SAVE_AS_TEXT),
    (b"application/epub+zip", "an EPUB book", _UNPACK),
    (b"word/document", "a Word document (DOCX)", _SAVE_AS_TEXT),
    (b"xl/workbook", "an Excel workbook (XLSX)", _SAVE_AS_TEXT),
    (b"ppt/presentation", "a PowerPoint presentation (PPTX)", _SAVE_AS_TEXT),
    (b"[Content_Types].xml", "a Word document (DOCX) or another Office document", _SAVE_AS_TEXT),
)
_CHARSET = re.compile(
    rb"""<(?:meta|\?xml)\b[^<>]{0,200}?\b(?:charset|encoding)\s{0,9}=\s{0,9}["']?([\w.:-]{1,30})""", re.IGNORECASE
)
_CHARSETS = re.compile(
    r"utf-?8|(?:us-)?ascii|iso-?8859-?\d{1,2}|latin-?1|(?:windows|cp)-?125\d|macintosh|koi8-[ru]|shift[_-]jis|gbk|gb2312"
    r"|gb18030|big5|euc-(?:jp|kr)",
    re.IGNORECASE,
)
MIN_NUL_SHARE = 0.3  # of the high bytes of UTF-16; English text has 1.0
MAX_NUL_SHARE = 0.05  # of the low bytes


def read_file(path: str) -> bytes:
    """Return the bytes of a file, a pipe or a device. Raise OSError, also if there are too many for an article.

    The first ones of a file that is not text are enough to name it.
    """
    if stat.S_ISDIR(os.stat(path).st_mode):  # noqa: PTH116 - a path as typed
        raise OSError("is not a file")
    with open(path, "rb") as file:  # noqa: PTH123 - the same
        data = file.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES and not _recognize(data):
        raise OSError(f"has more than {MAX_FILE_BYTES:,} bytes")
    return data


def decode_page(data: bytes, name: str) -> str:
    """Return the text of a page: by its byte order mark, as UTF-16 without one, as declared, as UTF-8, or as Windows.

    Raise FileError, naming the format, if the bytes are not text, and if there are too many.
    """
    start = data[:MAX_SNIFFED_BYTES]
    if format_ := _recognize(data):
        noun, hint = format_
        raise FileError(f"{name} is {noun}", hint=hint)
    if len(data) > MAX_FILE_BYTES:
        raise FileError(f"{name} is larger than 1 MiB", hint="an article takes a few KiB, so save only its text")
    encoding = next((encoding for bom, encoding in _BOMS.items() if data.startswith(bom)), "") or _detect_utf16(start)
    if encoding:
        return data.decode(encoding, "replace")
    if b"\0" in start:
        raise FileError(f"{name} is not text", hint="name a page saved as text or HTML")
    declared = _CHARSET.search(start)
    charset = declared[1].decode("ascii", "replace").lower() if declared else "utf-8"
    for candidate in (charset, "utf-8"):
        if _CHARSETS.fullmatch(candidate):
            try:
                return data.decode(
                    "cp1252" if candidate in {"iso-8859-1", "latin1", "latin-1", "ascii", "us-ascii"} else candidate
                )
            except (UnicodeDecodeError, LookupError):
                continue
    return data.decode("cp1252", "replace")


def _recognize(data: bytes) -> tuple[str, str] | None:
    """Return what a file that is not text is, and what to try; None for any other file."""
    start = data[:MAX_SNIFFED_BYTES]
    for pattern, noun, hint in _FORMATS:
        if re.match(pattern, start, re.MULTILINE):
            names = _ZIP_FORMATS if start.startswith(b"PK") else ()
            return next(((document, way) for name, document, way in names if name in data), (noun, hint))
    return None


def _detect_utf16(start: bytes) -> str:
    """Return the encoding of UTF-16 without a byte order mark, by the zeros in every other byte, or ""."""
    pairs = len(start) // 2
    even, odd = start[0 : 2 * pairs : 2].count(0), start[1 : 2 * pairs : 2].count(0)
    for encoding, high, low in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if pairs and high > MIN_NUL_SHARE * pairs and low <= MAX_NUL_SHARE * pairs:
            return encoding
    return ""
