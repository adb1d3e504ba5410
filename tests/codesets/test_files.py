"""Hostile and damaged files: each is refused in bounded time and memory, and nothing of it reaches disk or terminal."""

from __future__ import annotations

import re
import struct
import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest

from tests.codesets.files import as_xlsx, as_zip, hcpcs_row, hcpcs_table, hcpcs_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.codesets.conftest import RealFile
    from tests.conftest import Run, Spawn

TEXT = hcpcs_text([hcpcs_row("J0001", "Made-up drug", ADD_DT="20260701")])
MAX_MEMORY_MIB = 300
# Runs the command and prints the most memory that it took, in KiB: of this program alone, which getrusage() can't tell.
MEASURE = """
import re, sys
from pathlib import Path
from cptref.cli import main
code = main(sys.argv[1:])
print(code, re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


def make_zip(members: dict[str, bytes], method: int = ZIP_DEFLATED) -> bytes:
    """Return a zip packed by some method."""
    data = BytesIO()
    with ZipFile(data, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


def restate(data: bytes, size: int) -> bytes:
    """Return a zip of one member that states another unpacked size of it."""
    place = data.rindex(b"PK\x01\x02")
    packed = struct.pack("<L", size)
    return data[: place + 24] + packed + data[place + 28 :]


def encrypt(data: bytes) -> bytes:
    """Return a zip that states that its member is encrypted."""
    place = data.rindex(b"PK\x01\x02")
    return data[: place + 8] + b"\x01" + data[place + 9 :]


def nest(depth: int) -> bytes:
    """Return a zip in a zip in a zip."""
    data = as_zip({"anweb.txt": TEXT})
    for _ in range(depth):
        data = as_zip({"a.zip": data})
    return data


def overlap(count: int) -> bytes:
    """Return a zip of which every member is the same packed bytes, 16 MB of a table that goes on and on."""
    content = b"".join(f"{TEXT[:300]}\r\n".encode() for _ in range(54_000))
    data = make_zip({"000.txt": content})
    start = data.rindex(b"PK\x01\x02")
    entry = data[start : data.rindex(b"PK\x05\x06")]
    entries = b"".join(entry.replace(b"000.txt", f"{number:03}.txt".encode()) for number in range(count))
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(entries), start, 0)
    return data[:start] + entries + end


def many(count: int) -> bytes:
    """Return a zip of many empty members."""
    return make_zip({f"{number}.txt": b"" for number in range(count)}, ZIP_STORED)


def sheet(text: str) -> bytes:
    """Return a workbook with this text as its sheet."""
    whole = as_xlsx(hcpcs_table([hcpcs_row("J0001", "x")]))
    with ZipFile(BytesIO(whole)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return make_zip({**members, "xl/worksheets/sheet1.xml": text.encode()})


UNPACK = "unpack it and add the file that you need"
AGAIN = "download it again"
HEAD = f"{TEXT[:320]}\r\n".encode()
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a bomb that states its size": (
        lambda: make_zip({"a.txt": bytes(200 << 20)}),
        f"a.bin: a.txt: unpacks from N to 209,715,200 bytes, as no file of a code set does; {UNPACK}",
    ),
    "a bomb that states a small size": (
        lambda: restate(make_zip({"a.txt": HEAD * 90_000}), 30_000),
        "a.bin: a.txt: can't be read: Bad CRC-32 for file 'a.txt'; download it again",
    ),
    "packed without a bound": (
        lambda: make_zip({"a.txt": bytes(1 << 20)}, ZIP_BZIP2),
        f"a.bin: a.txt: is packed in another way than files of CMS; {UNPACK}",
    ),
    "encrypted": (lambda: encrypt(as_zip({"a.txt": TEXT})), f"a.bin: a.txt: is encrypted; {UNPACK}"),
    "nested too deep": (
        lambda: nest(3),
        f"a.bin: a.zip: a.zip: a.zip: zips within zips are nested too deep; {UNPACK}",
    ),
    "too many members": (lambda: many(1001), f"a.bin: has more than 1,000 files; {UNPACK}"),
    "a list of members too large": (
        lambda: many(30_000),
        f"a.bin: can't be read: its list of files has more than 1,048,576 bytes; {AGAIN}",
    ),
    "cut off": (lambda: as_zip({"a.txt": TEXT * 99})[:200], f"a.bin: can't be read: File is not a zip file; {AGAIN}"),
    "a line of 64 MB": (lambda: HEAD + b"J0001" * (13 << 20), "a.bin: line 2 has more than 1,048,576 bytes"),
    "a member of one line of 64 MB": (
        lambda: make_zip({"a.txt": HEAD + b"".join(b"%d" % n for n in range(9_000_000))}),
        "a.bin: a.txt: line 2 has more than 1,048,576 bytes",
    ),
    "full of NULs": (lambda: HEAD + bytes(1 << 20), f"a.bin: line 2 has a NUL: the file is damaged; {AGAIN}"),
    "UTF-16": (
        lambda: TEXT.encode("utf-16"),
        "a.bin: is UTF-16 text, as Excel saves it; take the file as CMS ships it",
    ),
    "a workbook with a document type": (
        lambda: sheet('<!DOCTYPE a [<!ENTITY b "bbb">]><worksheet/>'),
        "a.bin: is no workbook that can be read: it has a document type",
    ),
    "a workbook cut off": (
        lambda: sheet("<worksheet><sheetData><row><c><v>1"),
        "a.bin: is no workbook that can be read: no element found: line 1, column 34",
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_files_are_refused(run: Run, tmp_path: Path, case: str) -> None:
    """On one line, with exit code 2, and nothing is stored."""
    make, message = HOSTILE[case]
    Path("a.bin").write_bytes(make())
    done = run("add", "a.bin")
    assert (done.code, re.sub(r"(?<=from )[\d,]+", "N", done.err)) == (2, f"cptref: {message}\n")
    assert not (tmp_path / "share" / "cptref" / "codesets").exists()


def test_members_that_overlap_are_bounded(run: Run) -> None:
    """A name that its data does not have is refused; a few of many such lines are printed."""
    Path("a.zip").write_bytes(overlap(900))
    done = run("add", "a.zip")
    assert done.code == 2
    assert done.err.count("\n") == 21
    assert done.err.endswith("\ncptref: and 880 more refused files; -f json names them\n")


def test_a_zip_of_itself_ends(run: Run) -> None:
    """What is found at every level of it ends with the deepest that is read."""
    Path("a.zip").write_bytes(nest(9))
    assert run("add", "a.zip").err == (
        f"cptref: a.zip: a.zip: a.zip: a.zip: zips within zips are nested too deep; {UNPACK}\n"
    )


def test_names_are_escaped_and_lead_nowhere(run: Run, tmp_path: Path) -> None:
    """Names with dots, from the root, and with escape sequences are printed, and no file is made."""
    names = ("../../up.txt", "/etc/root.txt", "a\x1b[31mred.txt")
    Path("a.zip").write_bytes(as_zip(dict.fromkeys(names, TEXT)))
    done = run("add", "a.zip")
    assert done.code == 0
    assert "\x1b" not in done.out
    assert [line.split(": ")[1] for line in done.out.splitlines()] == [names[0], names[1], "a\\x1b[31mred.txt"]
    made = [path.name for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(made) == ["a.zip", "codesets.lock", "hcpcs-2026Q3.sqlite"]


def test_a_document_of_an_office_program_is_not_needed(run: Run) -> None:
    """Nor is what is in it."""
    Path("a.docx").write_bytes(as_zip({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"}))
    assert run("add", "a.docx").out == "Not needed: 1 file: a.docx\n"


def measure(spawn: Spawn, *args: str) -> tuple[int, int]:
    """Return the exit code of a command, and the MiB that it took."""
    done = spawn(sys.executable, "-c", MEASURE, *args)
    code, kib = done.out.splitlines()[-1].split()
    return int(code), int(kib) >> 10


@pytest.mark.outside
@pytest.mark.parametrize("case", ["rows", "cells", "strings", "one cell", "nested"])
def test_memory_is_bounded(spawn: Spawn, case: str) -> None:
    """Of what is as large as may be, and then refused or read."""
    if case == "rows":
        Path("a.txt").write_bytes(b"".join(HEAD.replace(b"J0001", b"J%04d" % (n % 10_000)) for n in range(104_000)))
    elif case == "cells":
        Path("a.txt").write_bytes(
            sheet(f"<worksheet><sheetData><row>{'<c/>' * (4 << 20)}</row></sheetData></worksheet>")
        )
    elif case == "strings":
        whole = as_xlsx(hcpcs_table([hcpcs_row("J0001", "x")]))
        with ZipFile(BytesIO(whole)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        members["xl/sharedStrings.xml"] = b"<sst>" + b"<si><t>1</t></si>" * 980_000 + b"</sst>"
        Path("a.txt").write_bytes(make_zip(members, ZIP_STORED))
    elif case == "one cell":
        Path("a.txt").write_bytes(sheet(f"<worksheet><row><c><v>{'123 ' * (15 << 20)}</v></c></row></worksheet>"))
    else:
        data = make_zip({"a.bin": bytes(10 << 20)}, ZIP_STORED)
        data = make_zip({"a.zip": data, "b.zip": data, "c.zip": data}, ZIP_STORED)
        Path("a.txt").write_bytes(make_zip({"d.zip": data, "e.zip": data}, ZIP_STORED))
    _, mebibytes = measure(spawn, "add", "a.txt")
    assert mebibytes <= MAX_MEMORY_MIB


@pytest.mark.outside
def test_real_files_take_little_memory(spawn: Spawn, real_file: RealFile, report_figure: Callable[[str], None]) -> None:
    """Every real file, in one run."""
    code, mebibytes = measure(spawn, "add", str(real_file("rvu26c.zip").parent))
    assert code in {0, 2}  # the folder has files that must be refused
    assert mebibytes <= MAX_MEMORY_MIB
    report_figure(f"adding every real code-set file took {mebibytes} MiB")
