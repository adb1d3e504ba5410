"""What is said of parts of claims that can't be read, and the shape of a case."""

from __future__ import annotations

OUT = "; the line is left out"
WORD = "may be a word or a modifier; write a modifier right after its code, as in 64483-RT"
AMONG = f"can't be told from the words around it; write units with an x, as in x2{OUT}"
UNITS = "units must be a number above 0 and up to 999,999, like 2 or 0.5"
DAY = "a date of service must be a date, like 2026-11-20 or 11/20/2026"
TEXT = "is not a code, a diagnosis, or a value of a claim line"
CODE = "does not look like a procedure code, which has five characters, like 64483 or J1010"
ICD_CODE = "does not look like an ICD-10-CM code, like M54.16"
POINTER = "a pointer is a letter from A to L, or a number from 1 to 12"
CHARGE = "a charge is an amount in dollars, like 450.00 or $1,450.00"
MODIFIER = "a modifier has two characters, like 50 or RT"
EMPTY = "the input: has no claim line; write one as in 64483-50 or J1010x40"
FORM = "modifiers, pointers, charge and units (24D to 24G) can't be told apart"
Case = tuple[str, list[str], list[str], list[str]]  # a text, its lines, its diagnoses, what is unread


def unclear(*hints: str) -> str:
    """Return why a value with several meanings is not read."""
    return f"may mean more than one thing, so the line is left out; write {' or '.join(hints)}"
