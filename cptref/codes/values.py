"""What the values beside a code are: by the name that a layout gives them, or by what they look like."""

from __future__ import annotations

import re

# The kinds of values. All but codes and modifiers are skipped and counted under these names.
CODE, MODIFIER = "code", "modifier"
AMOUNT, DATE, DIAGNOSIS, NUMBER, PLACE = "amount", "date", "diagnosis code", "number", "place of service"
TIME, UNITS, WORD, ZIP = "time", "unit count", "word", "ZIP code"
OTHER = "other"  # anything but a code; what it looks like says what it is
LAYOUT = "layout"  # not counted


def split_names(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


# Words of a column's name, of a key or in front of a value. Where several fit, the first kind counts: "procedure date".
_LABELS = {
    LAYOUT: "coding system version url resourcetype userselected codesystem codingsystem",
    WORD: "description desc descriptor display name text title provider comment city address gender sex reason "
    "remark denial status group payer insurance type category adjustment",
    DATE: "date dos dob birth birthdate from thru period",
    ZIP: "zip zipcode postal postalcode",
    DIAGNOSIS: "dx diag diagnosis diagnoses icd icd9 icd10 icd10cm pointer pointers ptr",
    PLACE: "pos place location",
    AMOUNT: "amount amt charge charges charged fee price cost total balance copay deductible allowed paid billed rvu "
    "payment net currency",
    UNITS: "x unit units uom qty quantity days minutes count mue",
    NUMBER: "npi id mrn acct account claim ndc tin ein ssn phone fax invoice ref reference auth authorization member "
    "policy patient identifier box suite ste apt rev revenue line sequence encounter visit check icn number",
    MODIFIER: "mod mods modifier modifiers md",
    CODE: "cpt cpt4 hcpcs hcpc c4 cptcode proc procedure procedurecode px product",
}
_KIND_OF_LABEL = {label: kind for kind, labels in _LABELS.items() for label in labels.split()}
_CODE_NAMES = split_names("service svc item billing")  # beside `code`; the code of a reason or a status is another one
# In front of a number of five digits, these say that it is no code. "Billed 20975" and "visit 99213" do not.
_NUMBER_LABELS = split_names(
    "zip zipcode postal postalcode npi id mrn acct account ndc tin ein ssn phone fax invoice ref auth member policy "
    "box suite ste apt"
)
# How HL7 v2 (table 0396), X12 (element 235) and people name the sets of procedure codes.
PROCEDURE_SYSTEMS = split_names("CPT CPT4 CPT5 C4 C5 HC HCPCS HCPC HPC HCPT AD CODE CODES PROC PROCEDURE PX BP BO")
# How X12 names diagnoses (element 1270).
DIAGNOSIS_QUALIFIERS = split_names("ABK ABF ABJ ABN APR BK BF BJ BN PR")

# Words of two characters behind a code in free text that are no modifiers: English, spinal levels, units.
_NO_MODIFIERS = split_names(
    "OF IN IS ON AT TO OR IF BY NO WE SO AN BE HE IT ME MY DO AM PM VS RE DR MR MS MD DX RX PT TX HX FX SX ID EA MG ML "
    "MM CM KG L1 L2 L3 L4 L5 C1 C2 C3 C4 C5 C6 C7 C8 S1 S2"
)
# CPT's modifiers of two digits. Other numbers of two digits are places of service or units, unless a hyphen or a name
# says otherwise.
_NUMERIC_MODIFIER = re.compile(r"2[2-7]|3[23]|47|5\d|6[236]|7[346-9]|8[0-2]|9[0-35-79]")
_STATES = split_names(
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR "
    "PA PR RI SC SD TN TX UT VT VA VI WA WV WI WY"
)

_MONTH, _DAY = "(?:0?[1-9]|1[0-2])", "(?:0?[1-9]|[12][0-9]|3[01])"
_DATE = (
    rf"(?:{_MONTH}[/.-]{_DAY}[/.-](?:(?:19|20)\d\d|\d\d)|(?:19|20)\d\d[/.-]{_MONTH}[/.-]{_DAY}(?:T[\d:.+-]*Z?)?"
    r"|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{4,6}(?:\.\d+)?(?:[+-]\d{4})?)?"
    r"|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:19|20)\d\d"
    r"|\d{1,2}-?(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]{0,6}-?\d{2,4})"
)
# What values look like, in capitals; the first that fits counts.
_SHAPES = {
    DATE: rf"{_DATE}(?:-{_DATE})?",
    TIME: r"\d{1,2}:\d\d(?::\d\d)?(?:[AP]M)?",
    ZIP: r"\d{5}-\d{4}",
    # telephone, social security and drug numbers; anything without the five digits of a code
    NUMBER: r"(?:1-)?\(?\d{3}\)?[-.]?\d{3}[-.]\d{4}|\d{3}-\d\d-\d{4}|\d{4,5}-\d{3,4}-\d{1,2}|[-+]?(?:\d{1,4}|\d{6,})%?",
    AMOUNT: r"-?(?:USD)?\$-?[\d,]+(?:\.\d+)?-?|-?\d[\d,]*\.\d\d-?(?:USD)?|-?(?!\d{5}\.)\d+\.\d+|-?\d{1,3}(?:,\d{3})+",
    UNITS: r"X\d{1,4}|\d{1,4}X|\d{1,4}(?:UN|EA|MG|ML|UNITS?)",
    # without a dot, only what neither is a HCPCS code nor a HCPCS code with a modifier
    DIAGNOSIS: r"[A-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4}|[A-Z]\d\d|[A-Z]\d{2}[0-9A-Z]{3}[ADS](?<!\d\d[A-WYZ][ADS])|[MSTZ]\d{5}",
}
# Compiling it takes 2 milliseconds: that waits until a word is looked at.
_SHAPE = "|".join(f"(?P<{kind.replace(' ', '_')}>{shape})" for kind, shape in _SHAPES.items())
# ICD-10-CM codes without their dot, in ranges that HCPCS does not use. By themselves they are read as HCPCS codes.
_DOTLESS_DIAGNOSIS = re.compile(r"[FINO]\d{4}|M[2-9]\d{3}|R[1-9]\d{3}|K[2-9]\d{3}|T[6-9]\d{3}|H[3-9]\d{3}|B[0-3]\d{3}")

# Parts of the names of systems of codes; the numbers are the object identifiers that HL7 lists.
_SYSTEM_MARKS = {
    MODIFIER: ("modifier",),
    PLACE: ("place-of-service", "place_of_service"),
    DIAGNOSIS: ("icd", "113883.6.90", "113883.6.103"),
    CODE: ("cpt", "hcpcs", "113883.6.12", "113883.6.14", "113883.6.285"),
}


def find_kind(word: str) -> str:
    """Return the kind that a word in capitals looks like, "" if it is a code, a modifier or text."""
    match = re.fullmatch(_SHAPE, word, re.ASCII)
    return match.lastgroup.replace("_", " ") if match and match.lastgroup else ""


def find_kind_of_name(name: str) -> str:
    """Return the kind of the values that a column's name, a key or a word in front of a value announces, "" if none."""
    words = [word.casefold().replace("codes", "code") for word in re.findall(r"[A-Z]?[a-z]+\d*|[A-Z]+\d*", name)]
    # A number behind a word that has none of its own counts columns: `mod1`.
    labels = {label for word in words for label in (word, word.rstrip("0123456789"))}
    kinds = {_KIND_OF_LABEL[label] for label in labels if label in _KIND_OF_LABEL}
    kind = next((kind for kind in _LABELS if kind in kinds), "")
    return CODE if not kind and {"code"} <= {*words} <= {"code", *_CODE_NAMES} else kind


def find_kind_of_system(system: str) -> str:
    """Return the kind of the codes of a system that a URL, an object identifier or a name stands for."""
    name = system.casefold()
    for kind, marks in _SYSTEM_MARKS.items():
        if any(mark in name for mark in marks):
            return kind
    return OTHER


def is_number_label(name: str) -> bool:
    """Return whether a word says that the number behind it is no code, even if it has five digits."""
    return name.casefold().strip(".#:=") in _NUMBER_LABELS


def is_state(word: str) -> bool:
    """Return whether a word in capitals is the postal abbreviation of a state, behind which a ZIP code stands."""
    return word in _STATES


def is_dotless_diagnosis(word: str) -> bool:
    """Return whether a word beside a code is an ICD-10-CM code without its dot."""
    return _DOTLESS_DIAGNOSIS.fullmatch(word) is not None


def is_likely_modifier(word: str, *, among_words: bool) -> bool:
    """Return whether a word of two characters behind a code is a modifier, to go by its look alone."""
    if word.isdigit():
        return _NUMERIC_MODIFIER.fullmatch(word) is not None
    return not among_words or word not in _NO_MODIFIERS
