"""What tests of reading claims share: lines in one short spelling, and claims written in each layout."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cptref.models.claims import NO_DAY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from cptref.models.claims import ClaimDiagnosis, ClaimLine, ParsedClaim

LETTERS = "ABCDEFGHIJKL"
CANARY = "CANARY"  # of a patient; nothing may show it


def describe_line(line: ClaimLine) -> str:
    """Return a line in one spelling: `64483-50 x2 $450.00 2026-11-20..2026-11-21 >AB @11 #2`; defaults are left out."""
    days = "" if line.first_day == NO_DAY else str(line.first_day)
    days += "" if line.last_day == NO_DAY else f"..{line.last_day}"
    parts = [
        line.label,
        "" if line.units == 1 and line.unit == "UN" else f"x{line.units:f}{'min' if line.unit == 'MJ' else ''}",
        "" if line.charge is None else f"${line.charge}",
        days,
        ">" + "".join(LETTERS[pointer - 1] for pointer in line.pointers) if line.pointers else "",
        line.place and f"@{line.place}",
        "" if line.claim == 1 else f"#{line.claim}",
    ]
    return " ".join(filter(None, parts))


def describe_diagnosis(diagnosis: ClaimDiagnosis) -> str:
    """Return a diagnosis in one spelling: `B M54.16 #2`; the first claim is left out."""
    claim = "" if diagnosis.claim == 1 else f" #{diagnosis.claim}"
    place = LETTERS[diagnosis.number - 1] if diagnosis.number <= len(LETTERS) else diagnosis.number
    return f"{place} {diagnosis.code}{claim}"


def describe(parsed: ParsedClaim) -> tuple[list[str], list[str], list[str]]:
    """Return the lines, the diagnoses, and the inputs and reasons of what was not read."""
    return (
        [describe_line(line) for line in parsed.lines],
        [describe_diagnosis(diagnosis) for diagnosis in parsed.diagnoses],
        [f"{unread.input}: {unread.reason}" for unread in parsed.unread],
    )


# --- claims in each layout -------------------------------------------------------------------------------------------


def write_typed(lines: Sequence[ClaimLine], diagnoses: Sequence[str]) -> str:
    """Return lines as people type them. Values that typed lines need no place for are labeled."""
    words = []
    for line in lines:
        words += [
            f"{line.label}x{line.units:f}",
            f"${line.charge}",
            str(line.first_day),
            f"ptr:{':'.join(LETTERS[pointer - 1] for pointer in line.pointers)}",
            f"pos:{line.place}",
        ]
    return " ".join([*diagnoses, *words])


def write_table(lines: Sequence[ClaimLine], diagnoses: Sequence[str], delimiter: str = "\t") -> str:
    """Return lines as a table with a header; each row has the diagnoses of the claim."""
    rows = [["POS", "DOS", "CPT/HCPCS", "Mod 1", "Mod 2", "Mod 3", "Mod 4", "Ptr", "Units", "Charge", "Dx1", "Dx2"]]
    for line in lines:
        modifiers = [*line.modifiers, "", "", "", ""][:4]
        pointers = "".join(LETTERS[pointer - 1] for pointer in line.pointers)
        day = f"{line.first_day:%m/%d/%Y}"
        cells = [line.place, day, line.code, *modifiers, pointers, f"{line.units:f}", f"${line.charge}", *diagnoses]
        rows.append(cells)
    return "\n".join(delimiter.join(row) for row in rows)


def write_bare_rows(lines: Sequence[ClaimLine], diagnoses: Sequence[str]) -> str:
    """Return lines as rows without a header: modifiers behind their code, then the order of a claim."""
    rows = [
        f"{line.label},x{line.units:f},${line.charge},{line.first_day:%m/%d/%y},"
        f"{':'.join(LETTERS[pointer - 1] for pointer in line.pointers)},{line.place}"
        for line in lines
    ]
    return "\n".join([",".join(diagnoses), *rows])


def write_columns(lines: Sequence[ClaimLine], diagnoses: Sequence[str]) -> str:
    """Return lines as rows without a header and without labels, whose columns stand in the order of a claim."""
    rows = [
        f"{line.code},{' '.join(line.modifiers)},{line.units:f},{line.charge},{line.first_day},"
        f"{':'.join(LETTERS[pointer - 1] for pointer in line.pointers)},{line.place}"
        for line in lines
    ]
    return "\n".join([",".join(diagnoses), *rows])


def write_form(lines: Sequence[ClaimLine], diagnoses: Sequence[str]) -> str:
    """Return lines as the text of a CMS-1500 form, with the names and numbers of a patient."""
    items = [f"{letter}. {code.replace('.', '')}" for letter, code in zip(LETTERS, diagnoses, strict=False)]
    rows = [
        f"{line.first_day:%m %d %y} {line.first_day:%m %d %y} {line.place} N {line.code} {' '.join(line.modifiers)} "
        f"{''.join(LETTERS[pointer - 1] for pointer in line.pointers)} {str(line.charge).replace('.', ' ')} "
        f"{line.units:f} NPI 1234567893"
        for line in lines
    ]
    head = f"1a. INSURED'S I.D. NUMBER {CANARY}123\n2. PATIENT'S NAME {CANARY}, JANE  3. BIRTH DATE 05 01 1943 F"
    return "\n".join([head, "  ".join(items), *rows, f"26. {CANARY}77 27. YES 28. 450 00"])


def write_x12(
    lines: Sequence[ClaimLine], diagnoses: Sequence[str], element: str = "*", component: str = ":", end: str = "~"
) -> str:
    """Return lines as a whole 837P interchange with these separators, with the names and numbers of a patient."""
    day = "20261120"
    envelope = "|".join(
        ["ISA", "00", " " * 10, "00", " " * 10, "ZZ", f"{CANARY:15}", "ZZ", f"{'R':15}", day[2:], "1253"]
    )
    segments = [
        f"GS|HC|S|R|{day}|0802|1|X|005010X222A1",
        "ST|837|0021|005010X222A1",
        f"NM1|IL|1|{CANARY}|JANE||||MI|{CANARY}123",
        f"N3|{CANARY} STREET 64483",
        "DMG|D8|19430501|F",
        f"REF|SY|{CANARY}45",
        f"CLM|{CANARY}77|900|||11;B;1|Y|A|Y|I",
    ]
    if diagnoses:
        codes = (code.replace(".", "") for code in diagnoses)
        segments.append("HI|" + "|".join(f"{'ABF' if place else 'ABK'};{code}" for place, code in enumerate(codes)))
    for number, line in enumerate(lines, start=1):
        procedure = ";".join(["HC", line.code, *line.modifiers])
        pointers = ";".join(map(str, line.pointers))
        segments += [
            f"LX|{number}",
            f"SV1|{procedure}|{line.charge}|{line.unit}|{line.units:f}|{line.place}||{pointers}",
            f"DTP|472|D8|{line.first_day:%Y%m%d}",
            f"NTE|ADD|{CANARY}",
        ]
    segments += ["SE|1|0021", "GE|1|1", "IEA|1|000000905"]
    text = f"{envelope}|^|00501|000000905|1|T|;" + "\x1e" + "".join(f"{segment}\x1e" for segment in segments)
    return text.replace("|", element).replace(";", component).replace("\x1e", end)


def make_coding(system: str, code: str) -> dict[str, Any]:
    """Return a CodeableConcept with one coding."""
    return {"coding": [{"system": system, "code": code}], "text": CANARY}


CPT, ICD = "http://www.ama-assn.org/go/cpt", "http://hl7.org/fhir/sid/icd-10-cm"
POS = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"


def make_fhir(lines: Sequence[ClaimLine], diagnoses: Sequence[str]) -> dict[str, Any]:
    """Return lines as a FHIR Claim, with the names and numbers of a patient."""
    return {
        "resourceType": "Claim",
        "id": CANARY,
        "identifier": [{"system": "urn:x", "value": f"{CANARY}77"}],
        "patient": {"reference": f"Patient/{CANARY}", "display": CANARY},
        "contained": [{"resourceType": "Patient", "name": [{"family": CANARY}], "birthDate": "1943-05-01"}],
        "diagnosis": [
            {"sequence": place, "diagnosisCodeableConcept": make_coding(ICD, code)}
            for place, code in enumerate(diagnoses, start=1)
        ],
        "item": [
            {
                "sequence": line.number,
                "productOrService": make_coding(CPT, line.code),
                "modifier": [make_coding(CPT, modifier) for modifier in line.modifiers],
                "quantity": {"value": float(line.units)},
                "net": {"value": float(line.charge or 0), "currency": "USD"},
                "servicedDate": write_day(line.first_day),
                "diagnosisSequence": list(line.pointers),
                "locationCodeableConcept": make_coding(POS, line.place),
            }
            for line in lines
        ],
    }


def write_fhir(lines: Sequence[ClaimLine], diagnoses: Sequence[str]) -> str:
    """Return lines as the text of a FHIR Claim."""
    return json.dumps(make_fhir(lines, diagnoses), indent=1)


def write_day(day: date) -> str:
    """Return a day as FHIR writes it."""
    return day.isoformat()
