"""Questions about codes: their entries, the list of all codes, and what is close where there is none."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from cptref.codes import ParsedCode
from cptref.fuzzy import closest
from cptref.models.entries import ListAnswer, Miss, ShowAnswer
from cptref.sections import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence

    from cptref.codes import ParsedArguments
    from cptref.index.reader import IndexReader
    from cptref.models.entries import AppendedModifier, Contradiction, Entry, MissReason

# How codes of sets that are not read here look, as far as nothing else looks so.
_FOREIGN = {
    # The sections and body systems that ICD-10-PCS has; a procedure code with a modifier behind it is none.
    r"(?!\d{5}|\d{4}[FTUM])(?:0[0-9B-DF-HJ-NP-Y]|10|2[WY]|3[CE]|4[AB]|[56]A|7W|8[CE]|9W)[0-9A-HJ-NP-Z]{5}": (
        "an ICD-10-PCS code"
    ),
    r"\d{5}-\d{4}-\d{1,2}|\d{4}-\d{4}-\d\d|\d{5}-\d{3}-\d\d": "the number of a drug (NDC)",
}
_PLURALS = {"place of service": "places of service"}

FoundCode = tuple["ParsedCode", "Entry | None"]  # a code as typed, and its entry if the library has it


def list_codes(reader: IndexReader, limit: int | None) -> ListAnswer:
    """Return the codes in the library, in order: the first `limit`, or all."""
    total = reader.count_entries()
    entries = reader.list_items(total if limit is None else min(limit, total))
    return ListAnswer(dataset=reader.read_dataset(), entries=entries, total=total)


def show(
    reader: IndexReader, arguments: ParsedArguments, sections: Collection[str], answered: Container[str] = ()
) -> ShowAnswer:
    """Return the entries of these codes, with only these sections if any are named, and a miss for everything else.

    A code that is `answered` elsewhere is no miss, but for its sections: only an entry has any.
    """
    entries: dict[str, Entry] = {}
    beside: dict[str, Entry] = {}  # what is published of a code that an own article is on
    misses: list[Miss] = []
    looked_up, remarks = look_up(reader, arguments)
    explain = MissExplainer(reader)
    for parsed, entry in looked_up:
        if entry is None:
            if not is_answered(parsed, answered):
                misses.append(explain.explain_miss(parsed))
            elif sections:
                misses.append(explain_no_article(parsed))
            continue
        shown = tuple(section for section in entry.sections if not sections or section.key in sections)
        missing = [key for key in sections if all(section.key != key for section in shown)]
        if missing:
            misses.append(_explain_missing_sections(parsed, missing, entry))
        if shown:
            entries[entry.code] = entry._replace(sections=shown)
        if not sections and entry.kind == "article" and (published := reader.get_entry(parsed.code, "code")):
            own = tuple(section for section in published.sections if section.key != "notes")  # the article has them
            beside[parsed.code] = published._replace(notes=(), sections=own)
    return ShowAnswer(
        dataset=reader.read_dataset(),
        sections=tuple(sections),
        entries=tuple(shown for code, entry in entries.items() for shown in (beside.get(code), entry) if shown),
        misses=tuple(misses),
        appended=_assess_appended(reader, looked_up),
        contradictions=_find_contradictions(parsed for parsed, _ in looked_up),
        remarks=remarks,
    )


def is_answered(parsed: ParsedCode, answered: Container[str]) -> bool:
    """Return whether a code as typed is one of those that are answered elsewhere."""
    return not (parsed.problem or parsed.last) and (parsed.code or parsed.diagnosis) in answered


def look_up(reader: IndexReader, arguments: ParsedArguments) -> tuple[list[FoundCode], tuple[str, ...]]:
    """Return each code with its entry, None for a code that is malformed or not in the library; and remarks.

    A range stands for the codes within it that the library has. What the arguments have beside codes gets one remark.
    """
    codes: dict[ParsedCode, None] = {}
    remarks = []
    for parsed in arguments.codes:
        within = _list_range(reader, parsed) if parsed.last else ()
        codes |= dict.fromkeys(within or [parsed])
        if within:
            listed = ", ".join(code.code for code in within)
            remarks.append(f"{parsed.code} to {parsed.last}: the library has {listed}")
    looked_up = [
        (parsed, None if parsed.problem or parsed.last else reader.get_entry(parsed.code or parsed.diagnosis))
        for parsed in codes
    ]
    return looked_up, (*remarks, *explain_skipped(arguments.skipped))


def _list_range(reader: IndexReader, parsed: ParsedCode) -> list[ParsedCode]:
    """Return the codes of the library in a range, in order, which have its letter if it has one."""
    letter = parsed.code.strip("0123456789")
    return [
        ParsedCode(parsed.input, code)
        for code in sorted(reader.list_codes())
        if parsed.code <= code <= parsed.last and code.strip("0123456789") == letter
    ]


def explain_skipped(skipped: Mapping[str, int]) -> Iterator[str]:
    """Yield how many values that are no codes were left out, and of which kinds, if any were."""
    if total := sum(skipped.values()):
        kinds = ", ".join(
            f"{count} {kind if count == 1 else _PLURALS.get(kind, f'{kind}s')}" for kind, count in skipped.items()
        )
        yield f"skipped {total} other {'value' if total == 1 else 'values'}: {kinds}"


def _assess_appended(reader: IndexReader, looked_up: Sequence[FoundCode]) -> tuple[AppendedModifier, ...]:
    if not any(parsed.modifiers for parsed, _ in looked_up):
        return ()
    from cptref.lookup.assessment import assess_appended

    return assess_appended(reader.read_modifier_table(), looked_up)


def _find_contradictions(codes: Iterable[ParsedCode]) -> tuple[Contradiction, ...]:
    several = [parsed for parsed in codes if len(parsed.modifiers) > 1]
    if not several:
        return ()
    from cptref.lookup.assessment import find_contradictions

    return find_contradictions(several)


class MissExplainer:
    """Says why codes get no answer. The codes that are there are read when first needed: a batch may miss thousands."""

    def __init__(self, reader: IndexReader) -> None:
        self._reader = reader

    @cached_property
    def _codes(self) -> list[str]:
        return self._reader.list_codes()

    def explain_miss(self, parsed: ParsedCode) -> Miss:
        """Return the miss of a code that is malformed or not in the library, with the closest codes that are."""
        if parsed.diagnosis:
            message = "is an ICD-10-CM diagnosis code, which is not in the library"
            return Miss(input=parsed.input, code=parsed.diagnosis, reason="not-held", message=message)
        if foreign := _find_foreign_set(parsed):
            message = f"is {foreign}, which is not in the library"
            return Miss(input=parsed.input, code=parsed.code, reason="out-of-scope", message=message)
        if parsed.problem:
            reason: MissReason = "malformed" if parsed.input.strip() else "blank"
            return Miss(input=parsed.input, code=parsed.code, reason=reason, message=parsed.problem)
        if parsed.last:
            message = f"no code from {parsed.code} to {parsed.last} is in the library"
            return Miss(input=parsed.input, code=parsed.code, reason="not-held", message=message)
        nearest = closest(parsed.code, self._codes, edits=2)
        others = f"; close codes, which are different procedures: {', '.join(nearest)}" if nearest else ""
        start = "looks like a code, but is"
        if parsed.input != parsed.code:
            start = f"read as {parsed.code}, which looks like a code but is"
        diagnosis = ""
        if parsed.code[0].isalpha():
            from cptref.codes.values import is_dotless_diagnosis

            if is_dotless_diagnosis(parsed.code):
                diagnosis = f"; with a dot, {parsed.code[:3]}.{parsed.code[3:]}, it is an ICD-10-CM diagnosis code"
        message = f"{start} not in the library{diagnosis}{others}"
        return Miss(input=parsed.input, code=parsed.code, reason="not-held", message=message, nearest=nearest)


def explain_no_article(parsed: ParsedCode) -> Miss:
    """Return the miss of sections of a code that only the loaded code sets have."""
    message = "has no article, so no sections; a loaded code set has it: ask without sections"
    return Miss(parsed.input, parsed.code or parsed.diagnosis, "no-section", message)


def _find_foreign_set(parsed: ParsedCode) -> str:
    """Return what a text is if only a set that is not read here can have it, `a dental code (CDT)`; "" for others."""
    if parsed.code and not parsed.problem:
        return "a dental code (CDT)" if parsed.code[0] == "D" else ""
    word = parsed.input.upper() if parsed.problem else ""
    kinds = (what for pattern, what in _FOREIGN.items() if re.fullmatch(pattern, word, re.ASCII))
    return next(kinds, "")


def _explain_missing_sections(parsed: ParsedCode, missing: Iterable[str], entry: Entry) -> Miss:
    headings = " and ".join(repr(CATALOGUE[key].heading) for key in missing)
    keys = ", ".join(section.key for section in entry.sections)
    message = f"its entry has no section {headings}; it has {keys}"
    return Miss(input=parsed.input, code=parsed.code, reason="no-section", message=message)
