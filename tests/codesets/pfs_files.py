"""Fee schedule files in the layout of CMS, with texts of our own."""

from __future__ import annotations

import csv
from io import StringIO

HEADER = (
    *("HCPCS", "MOD", "DESCRIPTION", "STATUS CODE", "NOT USED FOR MEDICARE PAYMENT", "WORK RVU", "NON-FAC PE RVU"),
    *("NON-FAC NA INDICATOR", "FACILITY PE RVU", "FACILITY NA INDICATOR", "MP RVU", "NON-FACILITY TOTAL"),
    *("FACILITY TOTAL", "PCTC IND", "GLOB DAYS", "PRE OP", "INTRA OP", "POST OP", "MULT PROC", "BILAT SURG"),
    *("ASST SURG", "CO- SURG", "TEAM SURG", "ENDO BASE", "CONV FACTOR"),
    *("PHYSICIAN SUPERVISION OF DIAGNOSTIC PROCEDURES", "CALCULATION FLAG", "DIAGNOSTIC IMAGING FAMILY INDICATOR"),
    *("NON-FACILITY PE USED FOR OPPS PAYMENT AMOUNT", "FACILITY PE USED FOR OPPS PAYMENT AMOUNT"),
    "MP USED FOR OPPS PAYMENT AMOUNT",
)
RELEASES = {
    "2019A": ("2019", "January", "12/28/2018"),
    "2025D": ("2025", "October", "08/28/2025"),
    "2026A": ("2026", "January", "12/29/2025"),
    "2026C": ("2026", "July", "06/30/2026"),
    "2026D": ("2026", "October", "09/25/2026"),
}
NOTICE = "Codes are somebody's. All Rights Reserved.\nDental codes are somebody else's."


def make_row(code: str, modifier: str = "", **values: str) -> dict[str, str]:
    """Return a row: a paid procedure of 7.93 and 2.98 RVUs, with these values in place of its own."""
    row = dict.fromkeys(HEADER, "0.00") | {
        "HCPCS": code,
        "MOD": modifier,
        "DESCRIPTION": f"Made-up text of {code}",
        "STATUS CODE": "A",
        "NOT USED FOR MEDICARE PAYMENT": "",
        "WORK RVU": "1.85",
        "NON-FAC PE RVU": "5.91",
        "NON-FAC NA INDICATOR": "",
        "FACILITY PE RVU": "0.96",
        "FACILITY NA INDICATOR": "",
        "MP RVU": "0.17",
        "NON-FACILITY TOTAL": "7.93",
        "FACILITY TOTAL": "2.98",
        "PCTC IND": "0",
        "GLOB DAYS": "000",
        "MULT PROC": "2",
        "BILAT SURG": "1",
        "ASST SURG": "1",
        "CO- SURG": "0",
        "TEAM SURG": "0",
        "ENDO BASE": "",
        "PHYSICIAN SUPERVISION OF DIAGNOSTIC PROCEDURES": "09",
        "CALCULATION FLAG": "0",
        "DIAGNOSTIC IMAGING FAMILY INDICATOR": "99",
    }
    return row | {name.replace("_", " "): value for name, value in values.items()}


def make_unpaid_row(code: str, status: str) -> dict[str, str]:
    """Return a row of a code that RVUs don't pay."""
    zeros = ("WORK RVU", "NON-FAC PE RVU", "FACILITY PE RVU", "MP RVU", "NON-FACILITY TOTAL", "FACILITY TOTAL")
    nines = ("PCTC IND", "MULT PROC", "BILAT SURG", "ASST SURG", "CO- SURG", "TEAM SURG")
    others = {"STATUS CODE": status, "GLOB DAYS": "XXX", **dict.fromkeys(zeros, "0.00"), **dict.fromkeys(nines, "9")}
    return make_row(code) | others


def make_csv(release: str, *rows: dict[str, str], factor: str = "33.4009") -> str:
    """Return the file of a release with these rows, its header in one line."""
    year, month, day = RELEASES[release]
    preamble = (
        f"{year} National Physician Fee Schedule Relative Value File {month} Release",
        *NOTICE.split("\n"),
        "",
        f"RELEASED {day}",
    )
    text = StringIO()
    writer = csv.writer(text)
    writer.writerows(["", "", line, *[""] * (len(HEADER) - 3)] for line in preamble)
    writer.writerow(HEADER)
    writer.writerows([(row | {"CONV FACTOR": factor})[name] for name in HEADER] for row in rows)
    return text.getvalue()
