"""Small files in the exact layouts of CMS, NCHS and the AMA, with texts of our own."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from textwrap import wrap
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# HCPCS Level II

HCPCS_HEADER = [
    *("HCPC", "SEQNUM", "RECID", "LONG DESCRIPTION", "SHORT DESCRIPTION", "PRICE1", "PRICE2", "PRICE3", "PRICE4"),
    *("MULT_PI", "CIM1", "CIM2", "CIM3", "MCM1", "MCM2", "MCM3", "STATUTE"),
    *(f"LABCERT{number}" for number in range(1, 9)),
    *(
        "XREF1",
        "XREF2",
        "XREF3",
        "XREF4",
        "XREF5",
        "COV",
        "ASC_GRP",
        "ASC_DT",
        "OPPS",
        "OPPS_PI",
        "OPPS_DT",
        "PROCNOTE",
    ),
    *("BETOS", "TOS1", "TOS2", "TOS3", "TOS4", "TOS5", "ANEST_BU", "ADD DT", "ACT EFF DT", "TERM DT", "ACTION CD"),
]
# The width of each column in the text, without the three after the record's number; there is a blank behind BETOS.
_HCPCS_WIDTHS = (
    *(2, 2, 2, 2, 1, 6, 6, 6, 8, 8, 8, 10, *[3] * 8, *[5] * 5, 1, 2, 8, 3, 1, 8, 4),
    4,
    *[1] * 5,
    3,
    8,
    8,
    8,
    1,
)
_HCPCS_DEFAULTS = {
    "PRICE1": "51",
    "MULT_PI": "A",
    "COV": "D",
    "BETOS": "O1E",
    "TOS1": "1",
    "TOS2": "P",
    "ANEST_BU": "  0",
    "ADD DT": "20100101",
    "ACT EFF DT": "20100101",
    "ACTION CD": "N",
}


def hcpcs_row(code: str, text: str, **values: str) -> dict[str, str]:
    """Return a code of five characters or a modifier of two with its columns: `ADD_DT` for "ADD DT"."""
    kind, defaults = ("3", _HCPCS_DEFAULTS) if len(code.strip()) == 5 else ("7", {})
    dates = {name: _HCPCS_DEFAULTS[name] for name in ("ADD DT", "ACT EFF DT", "ACTION CD")}
    named = {name if name in HCPCS_HEADER else name.replace("_", " "): value for name, value in values.items()}
    row = {"HCPC": code.rjust(5), "SEQNUM": "0010", "RECID": kind, "LONG DESCRIPTION": text, "COV": "C"}
    return {**row, "SHORT DESCRIPTION": text[:28], **defaults, **dates, **named}


def hcpcs_text(rows: Sequence[Mapping[str, str]], size: int = 320, above: str = "", following: int = 0) -> str:
    """Return rows as records of fixed width; what is longer than 80 letters goes on in records of `following` ones."""
    lines = []
    for row in rows:
        first, *others = wrap(row["LONG DESCRIPTION"], 80) or [""]
        rest = "".join(
            row.get(name, "").ljust(width) for name, width in zip(HCPCS_HEADER[5:], _HCPCS_WIDTHS, strict=True)
        )
        start = f"{row['HCPC']}{row['SEQNUM']}0{row['RECID']}{first:80}{row['SHORT DESCRIPTION']:28}"
        lines.append(f"{start}{rest}".ljust(size)[:size])
        kind = {"3": "4", "7": "8"}.get(row["RECID"], "")
        lines += [
            f"{row['HCPC']}{(number + 2) * 100:05}{kind}{part}".ljust(following or size)
            for number, part in enumerate(others)
        ]
    return above + "".join(f"{line}\r\n" for line in lines)


def hcpcs_table(rows: Sequence[Mapping[str, str]], above: Sequence[Sequence[str]] = ()) -> list[list[str]]:
    """Return rows as a table with its header."""
    return [*map(list, above), HCPCS_HEADER, *([row.get(name, "") for name in HCPCS_HEADER] for row in rows)]


# Pair edits of the NCCI

_PTP_HEADER = (
    ("Column1/Column2 Edits", "", "", "", "", "", ""),
    ("Column 1", "Column 2", "*=in existence", "Effective", "Deletion", "Modifier", "PTP Edit Rationale"),
    ("", "", "prior to 1996", "Date", "Date", "0=not allowed", ""),
    ("", "", "", "", "*=no data", "1=allowed", ""),
    ("", "", "", "", "", "9=not applicable", ""),
)
PTP_NOTICE = "A notice of our own about codes"


def ptp_row(
    column_1: str,
    column_2: str,
    begins: str = "20200101",
    ends: str = "*",
    indicator: str = "1",
    rationale: str = "A made-up rationale",
) -> list[str]:
    """Return a pair edit."""
    return [column_1, column_2, "", begins, ends, indicator, rationale]


def ptp_table(rows: Iterable[Sequence[str]]) -> list[list[str]]:
    """Return pair edits under their notice and header."""
    return [[PTP_NOTICE, *[""] * 6], *map(list, (*_PTP_HEADER, *rows))]


def ptp_text(*rows: Sequence[str]) -> str:
    """Return pair edits as text with tabs and the line ends of Windows."""
    return "".join("\t".join(row) + "\r\n" for row in ptp_table(rows))


# Forms


def as_csv(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as comma-separated values with the line ends of Windows."""
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def as_xlsx(rows: Sequence[Sequence[str | int | float]]) -> bytes:
    """Return rows as a workbook as Excel saves it: texts in a list of their own, numbers as they are, no empty rows."""
    texts: dict[str, int] = {}
    lines = []
    for number, row in enumerate(rows, 1):
        cells = "".join(
            f'<c r="{name_column(place)}{number}" t="s"><v>{texts.setdefault(cell, len(texts))}</v></c>'
            if isinstance(cell, str)
            else f'<c r="{name_column(place)}{number}"><v>{cell}</v></c>'
            for place, cell in enumerate(row)
            if cell != ""
        )
        if cells:
            lines.append(f'<row r="{number}">{cells}</row>')
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    strings = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in texts)
    members = {
        "[Content_Types].xml": types,
        "xl/worksheets/sheet1.xml": f"<worksheet {space}><sheetData>{''.join(lines)}</sheetData></worksheet>",
        "xl/sharedStrings.xml": f"<sst {space}>{strings}</sst>",
    }
    return as_zip({name: f'<?xml version="1.0" encoding="UTF-8"?>{text}' for name, text in members.items()})


def as_zip(members: Mapping[str, str | bytes]) -> bytes:
    """Return files as a zip."""
    data = BytesIO()
    with ZipFile(data, "w", ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


def name_column(place: int) -> str:
    """Return the letters of a column from 0: `C` for 2, `AA` for 26."""
    name = ""
    place += 1
    while place:
        place, letter = divmod(place - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


# ICD-10-CM


def icd_tabular(sections: str, version: str = "2027") -> str:
    """Return a tabular list with one chapter that has these sections."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<ICD10CM.tabular>\n<version>{version}</version>\n'
        "<introduction><introSection><title>Made-up list</title></introSection></introduction>\n"
        '<chapter><name>1</name><desc>Chapter of our own (A00-B99)</desc><sectionIndex><sectionRef first="A00" '
        f'last="B99" id="A00-B99">x</sectionRef></sectionIndex>\n{sections}</chapter>\n</ICD10CM.tabular>\n'
    )


def icd_section(key: str, diags: str) -> str:
    """Return a section."""
    return f'<section id="{key}"><desc>Section {key}</desc>\n{diags}</section>\n'


def icd_diag(code: str, text: str, within: str = "", **notes: str | Sequence[str]) -> str:
    """Return a code with its notes by tag and what is within it; `seven` defines its 7th characters: `A first`."""
    seven = notes.pop("seven", ())
    parts = [f"<name>{code}</name><desc>{text}</desc>"]
    for tag, texts in notes.items():
        inner = "".join(f"<note>{escape(note)}</note>\n" for note in ([texts] if isinstance(texts, str) else texts))
        parts.append(f"<{tag}>{inner}</{tag}>")
    if seven:
        extensions = "".join(f'<extension char="{text[0]}">{text[2:]}</extension>' for text in seven)
        parts.append(f"<sevenChrDef>{extensions}</sevenChrDef>")
    return "<diag>" + "\n".join([*parts, within]) + "</diag>\n"


def icd_order(rows: Sequence[tuple[str, ...]], end: str = "\r\n", first: int = 1) -> str:
    """Return an order file of codes without dot, flags, texts, and short texts where these differ."""
    return "".join(
        f"{number:05} {code:7} {flag} {next(iter(short), text[:60]):60} {text}{end}"
        for number, (code, flag, text, *short) in enumerate(rows, first)
    )


def icd_index(terms: str, version: str = "2027") -> str:
    """Return an index with one letter that has these main terms."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<ICD10CM.index>\n<version>{version}</version>\n'
        f"<title>Made-up index</title>\n<letter><title>A</title>\n{terms}</letter>\n</ICD10CM.index>\n"
    )


def icd_term(title: str, within: str = "", level: int = 0, **elements: str) -> str:
    """Return a main term, or one within at a level from 1, with its `code`, `manif`, `see` or `seeAlso`."""
    name, place = ("term", f' level="{level}"') if level else ("mainTerm", "")
    inner = "".join(f"<{tag}>{text}</{tag}>" for tag, text in elements.items())
    return f"<{name}{place}><title>{title}</title>{inner}\n{within}</{name}>\n"


def tabular_entry(tag: str, name: str, text: str, *inner: str, **notes: Sequence[str]) -> str:
    """Return a chapter, section or code (`diag`) of the tabular list, with notes by kind: `excludes1=["..."]`."""
    start = f'<section id="{name}">' if tag == "section" else f"<{tag}><name>{name}</name>"
    listed = "".join(
        f"<{kind}>{''.join(f'<note>{escape(note)}</note>' for note in texts)}</{kind}>" for kind, texts in notes.items()
    )
    return f"{start}<desc>{escape(text)}</desc>{listed}{''.join(inner)}</{tag}>"


def seventh_characters(meanings: Mapping[str, str]) -> str:
    """Return the definition of 7th characters as it stands in a code of the tabular list."""
    characters = "".join(f'<extension char="{char}">{escape(text)}</extension>' for char, text in meanings.items())
    return f"<sevenChrDef>{characters}</sevenChrDef>"


def tabular_xml(year: str, *chapters: str) -> str:
    """Return a tabular list of a fiscal year."""
    start = f'<?xml version="1.0" encoding="utf-8"?>\n<ICD10CM.tabular>\n<version>{year}</version>\n'
    return f"{start}{''.join(chapters)}</ICD10CM.tabular>\n"


# MUE and add-on code edits

MUE_NOTICE = "Made-up notice, on several lines.\n\nMade-up\u00ae is a mark of nobody."
JUDGED = {"1": "1 Line Edit", "2": "2 Date of Service Edit: Policy", "3": "3 Date of Service Edit: Clinical"}


def make_mue(rows: Sequence[Sequence[str]], setting: str = "Practitioner Services") -> str:
    """Return a MUE file with these rows of code, units and indicator."""
    header = ["HCPCS/\nCPT Code", f"{setting} MUE Values", "MUE Adjudication Indicator", "MUE Rationale"]
    body = [[code, units, JUDGED.get(judged, judged), "Made-up reason"] for code, units, judged in rows]
    return as_csv([[MUE_NOTICE, "", "", ""], header, *body])


AOC_HEADER = [
    *("AOC_Edit_Type", "Add-On_Code", "AOC_DelDT", "Primary_Code", "Primary_Code_DelDT", "AOC_Edit_EffDT"),
    *("AOC_Edit_DelDT", "Special_Instruction_Notes"),
]
