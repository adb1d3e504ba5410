"""Whether diagnoses of a claim exclude each other (ICD-10-CM Official Guidelines, section I.A.12.a).

An Excludes1 note says that the codes it names are not reported together with the code that it stands at, or with any
code below that; two unrelated conditions are an exception, which the documentation decides. Excludes2 is no edit: both
codes may be reported (I.A.12.b). Notes are text in the tabular list: `discitis NOS (M46.4-)`, `neoplasms (C00-D49)`,
`open fracture of skull (S02.- with 7th character B)`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from cptref.claims.context import MAX_CACHED, cite, explain_no_answer
from cptref.claims.rules.diagnoses import describe, explain_unknown, find_days, select_releases
from cptref.codesets.store import choose_store
from cptref.models.claims import EditResult, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cptref.claims.context import ClaimContext
    from cptref.codesets.catalog import Selection
    from cptref.models.claims import Claim, Verdict

_CODE = r"[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{1,4})?"
# Codes of a note: one, or a range of them, `A00-B99`, `S06.1- to S06.6-`; then what else has to hold of the code.
_REFERENCE = rf"""(?x)(?<![\w.])(?P<low>{_CODE})(?!\w)
    (?:\.?-?\ ?(?:-|to\ )\ ?(?P<high>{_CODE})(?!\w))?\.?-?
    (?:\ ?with\ (?:
        (?:(?P<fifth>5th|fifth)|7th|seventh)(?:\ to\ sixth)?[ -]characters?\ \.?(?P<letters>[0-9A-Z]{{1,3}})
        |final\ characters\ -(?P<end>[0-9A-Z]{{1,3}})
        |\.(?P<first>[0-9A-Z]{{1,4}})-?(?:\.(?P<last>[0-9A-Z]{{1,4}}))?
    )(?!\w))?"""  # compiled when it is first used: most claims have one diagnosis or none
_LAST_LETTER = "\U0010ffff"  # sorts behind every other letter
_FIFTH, _SEVENTH, _BEHIND_DOT = 4, 6, 3  # places in a code without its dot
_NAME = " excludes1"  # of the notes of what is above a code, behind its name
MAX_COMPARED = 100  # diagnoses of a claim, which has 25 places: pairs grow faster than codes
_GUIDELINE = Rule("ICD-10-CM Official Guidelines, section I.A.12.a")
_UNKNOWN = "whether diagnoses exclude each other is"
REMEDY = "both may stand if the documentation shows two unrelated conditions; if it shows one, only the code for it"


class Reference(NamedTuple):
    """Codes that a note names: from `low` to `high`, with all codes below both.

    Where `letters` are not "", the code has to have them, up to `last_letters`, from a place of the code without its
    dot on.
    """

    low: str
    high: str
    place: int = 0
    letters: str = ""
    last_letters: str = ""

    def list_codes(self, codes: Sequence[str]) -> list[str]:
        """Return those of sorted codes that are meant."""
        start, end = bisect_left(codes, self.low), bisect_right(codes, self.high + _LAST_LETTER)
        return [code for code in codes[start:end] if not self.letters or self._has_letters(code.replace(".", ""))]

    def _has_letters(self, code: str) -> bool:
        rest = code[self.place :]
        return self.letters <= rest[: len(self.letters)] and rest[: len(self.last_letters)] <= self.last_letters


class Note(NamedTuple):
    """An Excludes1 note: where it stands, its text, and the codes that it names."""

    place: str
    text: str
    references: tuple[Reference, ...]


def check(claim: Claim, context: ClaimContext) -> Iterator[EditResult]:
    """Yield each two diagnoses that exclude each other; or that there are none; or that this is unknown, and why."""
    codes = [*dict.fromkeys(diagnosis.code for diagnosis in claim.diagnoses)]
    if len(codes) < 2:  # noqa: PLR2004 - nothing to exclude
        return
    if left_out := codes[MAX_COMPARED:]:
        yield _report(claim, left_out, "unknown", f"{_UNKNOWN} unknown: only {MAX_COMPARED} are compared", _GUIDELINE)
        codes = codes[:MAX_COMPARED]
    selections = select_releases(find_days(claim, context), context)
    if not selections:
        reason, rule = explain_no_answer("icd10cm")
        yield _report(claim, codes, "unknown", f"{_UNKNOWN} {reason}", rule)
    pairs: dict[tuple[str, ...], EditResult] = {}
    for selection, day in selections.items():
        rule = cite(selection)
        if selection.is_unknown:
            yield _report(claim, codes, "unknown", f"{_UNKNOWN} {explain_unknown(selection, day)}", rule)
            continue
        if choose_store(selection.stores).name.part != "tabular":
            says = f"{_UNKNOWN} unknown: the tabular list of {rule.source} has the notes, add it"
            yield _report(claim, codes, "unknown", says, rule)
            continue
        for pair, notes in _find_pairs(codes, selection, context).items():
            quotes = "; ".join(f'at {note.place}: "{note.text}"' for note in notes)
            says = f"{' and '.join(pair)} exclude each other by Excludes1 {quotes}"
            pairs.setdefault(pair, _report(claim, pair, "look", says, rule)._replace(remedy=REMEDY, day=day))
        if not pairs:
            yield _report(claim, codes, "ok", "no Excludes1 note at one of them names another one", rule)
    yield from pairs.values()


def _report(claim: Claim, codes: Sequence[str], verdict: Verdict, says: str, rule: Rule) -> EditResult:
    """Return a result about diagnoses."""
    first, *others = codes
    return EditResult("excludes", verdict, first, says, rule, claim=claim.number, others=tuple(others))


def _find_pairs(codes: Sequence[str], selection: Selection, context: ClaimContext) -> dict[tuple[str, str], list[Note]]:
    """Return the pairs of which a note at one, or at what is above it, names the other, with all such notes.

    The time that this takes grows with the codes and their pairs in notes: each reference is looked up in sorted codes.
    """
    places = {code: place for place, code in enumerate(codes)}
    in_order = sorted(codes)
    pairs: dict[tuple[str, str], list[Note]] = {}
    for code in codes:
        for note in context.memoize(_read_notes)(selection, code, context):
            named = {other for reference in note.references for other in reference.list_codes(in_order)}
            for other in sorted(named - {code}, key=places.__getitem__):
                pair = (code, other) if places[code] < places[other] else (other, code)
                pairs.setdefault(pair, []).append(note)
    return pairs


def _read_notes(selection: Selection, code: str, context: ClaimContext) -> tuple[Note, ...]:
    """Return the Excludes1 notes at a code and at all that is above it, up to the chapter."""
    return tuple(
        Note(name.removesuffix(_NAME).replace(_NAME.strip(), code), text, references)
        for name, texts in describe(selection, code, context).fields.items()
        if name.endswith(_NAME.strip())
        for text in texts.split("\n")
        if (references := parse_references(text))
    )


@lru_cache(maxsize=MAX_CACHED)
def parse_references(text: str) -> tuple[Reference, ...]:
    """Return the codes that a note names; a condition in words that the pattern does not have is left to the reader."""
    references = []
    for match in re.finditer(_REFERENCE, text):
        low, high = match["low"], match["high"] or match["low"]
        if letters := match["letters"]:
            references.append(Reference(low, high, _FIFTH if match["fifth"] else _SEVENTH, letters, letters))
        elif letters := match["end"]:
            references.append(Reference(low, high, -len(letters), letters, letters))
        elif letters := match["first"]:
            references.append(Reference(low, high, _BEHIND_DOT, letters, match["last"] or letters))
        else:
            references.append(Reference(low, high))
    return tuple(references)
