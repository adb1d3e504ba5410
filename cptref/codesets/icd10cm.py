"""ICD-10-CM as it is stored, and read: codes with their 7th characters, and the notes of their ancestors.

The tabular list has no entry for a code with a 7th character: it defines the characters once, at a category, and the
codes follow from that. They are spelled out when they are read.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from cptref.codesets.store import choose_store
from cptref.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from cptref.codesets.store import Record, StoreReader

SET = "icd10cm"
CHARACTERS = 7  # of the longest code, without its dot
# The fields of a part "tabular", one record a code, chapter and section. Notes are joined with line breaks.
# `parent` is a code or the key of a section or chapter; `characters` are the 7th characters that complete a code;
# `meanings` say what they mean, where they are defined: "A initial encounter".
NOTES = (
    *("inclusion", "includes", "excludes1", "excludes2", "code_first", "use_additional", "code_also", "notes"),
    "seventh_note",
)
COLUMNS = ("title", "billable", "parent", "characters", "meanings", *NOTES)
TITLE, BILLABLE, PARENT, CHARACTERS_FIELD, MEANINGS = range(5)
CHAPTER, SECTION = "chapter ", "section "  # keys begin so: 39 sections are named like their only category
# Codes of S06 whose 6th character says that the patient died: 7th characters D and S do not apply, as a note at S06
# says.
_DEATH_CATEGORY, _DEATH_CHARACTERS, _AFTER_DEATH = "S06.", "78", "DS"


class Totals(NamedTuple):
    """How many rows a fiscal year has, and how many of them are billable.

    Where `is_final`, no later file of the year has more.
    """

    rows: int | None
    billable: int
    is_final: bool = True


# The totals of the files of NCHS. FY2021 is missing: codes were added in January, and only one of its totals is known.
KNOWN_TOTALS = {
    "2016": Totals(None, 69_823),
    "2024": Totals(None, 74_044),
    "2025": Totals(97_584, 74_260),
    "2026": Totals(98_186, 74_719),
    "2027": Totals(98_403, 74_879, is_final=False),
}


def dot(code: str) -> str:
    """Return a code with its dot: `M54.16`."""
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code  # noqa: PLR2004 - the category


def find_parent(code: str, codes: Container[str]) -> str | None:
    """Return the code above one, both without dots, "" for a category, None if it is not there.

    The places between a code and its 7th character are filled with X: W2189XA is below W2189.
    """
    if len(code) == 3:  # noqa: PLR2004 - a category
        return ""
    parent = code[:-1]
    while parent not in codes and parent.endswith("X"):
        parent = parent[:-1]
    return parent if parent in codes else None


def complete_code(code: str, character: str) -> str:
    """Return a code with its 7th character, with X in the places between: `W21.89XA`."""
    return dot(code.replace(".", "").ljust(CHARACTERS - 1, "X") + character)


def list_characters(code: str, defined: str) -> str:
    """Return the 7th characters that complete a code, out of those that are defined for it."""
    letters = code.replace(".", "").ljust(CHARACTERS - 1, "X")
    if code.startswith(_DEATH_CATEGORY) and letters[CHARACTERS - 2] in _DEATH_CHARACTERS:
        return "".join(character for character in defined if character not in _AFTER_DEATH)
    return defined


def check_totals(name: str, release: str, rows: int | None, billable: int) -> str:
    """Return a warning, "" if there is none. Raise FileError if a file has other totals than its year.

    `rows` is None for a file of billable codes only.
    """
    known = KNOWN_TOTALS.get(release)
    if known is None:
        return ""
    pairs = [(count, right) for count, right in ((rows, known.rows), (billable, known.billable)) if count and right]
    if all(count == right for count, right in pairs):
        return ""
    has = f"has {f'{rows:,} rows and ' if rows else ''}{billable:,} billable codes"
    right = f"{f'{known.rows:,} and ' if rows and known.rows else ''}{known.billable:,}"
    if not known.is_final and all(count >= right for count, right in pairs):
        return f"{has}, more than the {right} of October: taken for an update of FY{release}"
    raise FileError(f"{name}: refused: {has}, but FY{release} has {right}", hint="download it again")


class Diagnosis(NamedTuple):
    """A code of a release: its text as in the file, and whether it is billed; a header is not.

    `character` is the 7th character of a code that the tabular list does not spell out, and `meaning` what it stands
    for; the text is then that of the code without it, and the meaning.
    """

    code: str
    title: str
    billable: bool
    character: str = ""
    meaning: str = ""


def get_code(stores: Sequence[StoreReader], code: str) -> Diagnosis | None:
    """Return a code of a release, None if it has no such code."""
    codes = (diagnosis for diagnosis in iter_codes(stores, code, limit=1) if diagnosis.code == code)
    return next(codes, None)


def iter_codes(stores: Sequence[StoreReader], letters: str = "", limit: int | None = None) -> Iterator[Diagnosis]:
    """Yield the codes of a release that begin with these letters, `M54.1`, in order, 7th characters spelled out."""
    return islice(_iter_codes(choose_store(stores), letters, limit), limit)


def _iter_codes(store: StoreReader, letters: str, limit: int | None) -> Iterator[Diagnosis]:
    above = [*iter_above(store, letters)]
    meanings = {record.code: defined for record in above if (defined := _read_meanings(store, record))}
    records = iter(store.list_records_starting(letters, limit)) if letters else store.iter_records()
    for record in chain(above[:1], records):
        if record.code.startswith((CHAPTER, SECTION)):
            continue
        if defined := _read_meanings(store, record):
            meanings[record.code] = defined
        title, billable, *_ = record.fields
        if record.code.startswith(letters):
            yield Diagnosis(record.code, title, billable == "1")
        if characters := _read_characters(store, record):
            stems = (record.code, *iter_stems(record.code))
            defined = next((meanings[stem] for stem in stems if stem in meanings), {})
            for character in characters:
                code = complete_code(record.code, character)
                if code.startswith(letters):
                    meaning = defined.get(character, "")
                    long = ", ".join(filter(None, (title, meaning)))
                    yield Diagnosis(code, long, billable=True, character=character, meaning=meaning)


def _read_characters(store: StoreReader, record: Record) -> str:
    return record.fields[CHARACTERS_FIELD] if store.name.part == "tabular" else ""


def _read_meanings(store: StoreReader, record: Record) -> dict[str, str]:
    text = record.fields[MEANINGS] if store.name.part == "tabular" else ""
    return {line[:1]: line[2:] for line in text.split("\n") if line}


def iter_above(store: StoreReader, code: str) -> Iterator[Record]:
    """Yield the codes above a code, the nearest first. The codes file has none, since it has no headers."""
    for stem in iter_stems(code):
        yield from store.list_records(stem)


def iter_stems(code: str) -> Iterator[str]:
    """Yield what a code begins with, down to its category: `M54.1` and `M54` for M54.16."""
    for size in range(len(code) - 1, 2, -1):
        if code[size - 1] != ".":
            yield code[:size]
