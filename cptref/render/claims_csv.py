"""Answers about claims as rows of CSV."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

from cptref.models.claims import ClaimAnswer
from cptref.models.fees import FeeAnswer, compare_amounts
from cptref.models.pairs import PairAnswer
from cptref.models.verdicts import ADVICE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from cptref.models.claims import CheckedDiagnosis, CheckedLine
    from cptref.models.fees import Amount
    from cptref.models.results import Answer

    Cell = str | int | float | Decimal
    Row = tuple[Cell, ...]
    Cells = dict[str, Cell]  # by the name of their column

_CLAIM_COLUMNS = (
    *("claim", "line", "code", "modifiers", "units", "charge", "day", "place", "verdict", "edit", "says", "source"),
    *("set", "release", "as of", "remedy", "beside", "needs documentation"),
    *("older releases", "amount", "amount says"),
    *("first day", "last day", "pointers", "unit", "title", "steps"),
)


@singledispatch
def build_rows(answer: Answer) -> Iterator[Row]:
    """Yield the head of an answer, then its rows. Raise TypeError for a type of answer that has none here."""
    raise TypeError(f"{type(answer).__name__} has no rows")


@build_rows.register(ClaimAnswer)
def _list_claim_rows(answer: ClaimAnswer) -> Iterator[Row]:
    """Yield a row for each line that a result is about, then lines and diagnoses that none is about, then the rest."""
    yield _CLAIM_COLUMNS
    for cells in (*_list_judged(answer), *_list_settings(answer), *_list_totals(answer), *_list_notes(answer)):
        yield tuple(cells.get(name, "") for name in _CLAIM_COLUMNS)


def _list_judged(answer: ClaimAnswer) -> Iterator[Cells]:
    """Yield what lines and diagnoses are, with each result about them, and what could not be read."""
    by_number = {line.line.number: line for line in answer.lines}
    by_code = {(each.diagnosis.claim, each.diagnosis.code): each for each in answer.diagnoses}
    judged: set[int | tuple[int, str]] = set()
    for result in answer.results:
        says = {
            "verdict": result.verdict,
            "edit": result.edit,
            "says": result.says,
            **dict(zip(("source", "set", "release", "as of"), result.rule, strict=True)),
            "remedy": result.remedy,
            "beside": " ".join(map(str, result.beside)),
            "needs documentation": _say_yes(result.needs_documentation),
        }
        judged.update(result.lines)
        for number in result.lines:
            yield _describe_line(by_number[number], result.day) | says
        if not result.lines:
            keys = [(result.claim, code) for code in (result.code, *result.others)]
            judged.update(keys)
            about = _describe_diagnoses(result.claim, keys, by_code)
            yield about | says | {"day": str(result.day or ""), "older releases": result.rule.older}
    for line in answer.lines:
        if line.line.number not in judged:
            yield _describe_line(line, None) | {"verdict": line.verdict}
    for key, diagnosis in by_code.items():
        if key not in judged:
            yield _describe_diagnoses(key[0], [key], by_code) | {"verdict": diagnosis.verdict}
    for unread in answer.unread:
        yield {"code": unread.input, "verdict": "unread", "says": unread.reason}


def _list_settings(answer: ClaimAnswer) -> Iterator[Cells]:
    yield {"edit": "setting", "says": answer.setting, "day": str(answer.on)}
    if answer.locality:
        yield {"edit": "locality", "says": f"{answer.locality.key} {answer.locality.title}"}
    if answer.qualifying:
        yield {"edit": "qualifying", "says": "yes"}


def _list_notes(answer: ClaimAnswer) -> Iterator[Cells]:
    for name, texts in (
        ("remark", answer.remarks),
        ("not loaded", answer.not_loaded),
        ("source", answer.sources),
        ("notice", (*answer.notices, ADVICE)),
    ):
        for text in texts:
            yield {"edit": name, "says": text}


def _list_totals(answer: ClaimAnswer) -> Iterator[Cells]:
    """Yield what is allowed for all lines, and what is left of it; how many lines have no amount."""
    if answer.total is not None:
        yield {"edit": "total", "says": "all lines", "amount": answer.total}
    if answer.total_without_denied is not None:
        says = "without the lines that would likely be denied"
        yield {"edit": "total", "says": says, "amount": answer.total_without_denied}
    if answer.without_amount:
        yield {"edit": "total", "says": "lines without an amount", "units": answer.without_amount}


def _describe_line(checked: CheckedLine, day: date | None) -> Cells:
    """Return what a line is on a day, its first one for None, and which older releases and amount it has."""
    line, amount = checked.line, checked.amount
    cells: Cells = {
        "claim": line.claim,
        "line": line.number,
        "code": line.code,
        "modifiers": " ".join(line.modifiers),
        "units": _spell_out(line.units),
        "charge": "" if line.charge is None else _spell_out(line.charge),
        "day": str(day or line.first_day),
        "place": line.place,
        "older releases": ", ".join(checked.as_of),
        "first day": str(line.first_day),
        "last day": str(line.last_day),
        "pointers": " ".join(map(str, line.pointers)),
        "unit": line.unit,
        "title": checked.title,
    }
    if amount is not None:
        cells |= {
            "amount": "" if amount.amount is None else amount.amount,
            "amount says": amount.says,
            "steps": "; ".join(amount.steps),
        }
    return cells


def _describe_diagnoses(
    claim: int, keys: Sequence[tuple[int, str]], by_code: Mapping[tuple[int, str], CheckedDiagnosis]
) -> Cells:
    """Return which diagnoses of a claim a row is about, with their places on it."""
    diagnoses = [by_code[key] for key in keys if key in by_code]
    return {
        "claim": claim,
        "code": " ".join(code for _, code in keys),
        "older releases": ", ".join(dict.fromkeys(release for each in diagnoses for release in each.as_of)),
        "pointers": " ".join(str(each.diagnosis.number) for each in diagnoses),
        "title": "; ".join(each.title for each in diagnoses if each.title),
    }


def _say_yes(flag: bool) -> str:  # noqa: FBT001 - a cell
    return "yes" if flag else ""


def _spell_out(number: Decimal) -> Decimal:
    """Return the same number, which is written without an exponent: 1000 for 1E+3."""
    return type(number)(f"{number:f}")


@build_rows.register(FeeAnswer)
def _list_fee_rows(answer: FeeAnswer) -> Iterator[Row]:
    yield (
        *(
            "code",
            "title",
            "name",
            "place",
            "factor",
            "qualifying",
            "setting",
            "amount",
            "share",
            "percent above national",
            "says",
        ),
        *("formula", "source", "as of", "notice", "advice"),
    )
    end = ("\n".join(answer.notices), ADVICE)
    for fee in answer.fees:
        about, source = (fee.label, fee.title), fee.rule.source
        if fee.says:
            yield (*about, "Fee", *[""] * 7, fee.says, "", source, fee.rule.as_of, *end)
        for name, says, amounts in (("Fee", "", fee.amounts), *fee.rows):
            if says and not amounts:
                yield (*about, name, *[""] * 7, says, "", source, fee.rule.as_of, *end)
            yield from ((*about, name, *row, source, as_of, *end) for row, as_of in _list_amounts(says, amounts))
        for name, values in fee.facts:
            yield from ((*about, name, *[""] * 7, value, "", source, fee.rule.as_of, *end) for value in values)
    for ranked in answer.ranking:
        for amount in ranked.amounts:
            basis = (amount.place, amount.factor, "yes" if amount.apm else "no", amount.setting)
            cells = ("" if amount.amount is None else amount.amount, amount.share, "")
            says = amount.says or ", ".join(amount.steps)
            source = answer.fees[0].rule.source
            yield (ranked.label, "", "Together on one day", *basis, *cells, says, "", source, amount.as_of, *end)
    said = (*[""] * 4, ADVICE)
    for miss in answer.misses:
        yield (miss.input, "", "Not found", *[""] * 7, miss.reason, *said)
    for locality in answer.localities:
        yield ("", "", "Locality", locality.key, *[""] * 6, locality.title, *said)
    for finding in answer.findings:
        yield (finding.code, "", "Finding", *[""] * 7, finding.says, *said)
    for name, texts in (("Remark", answer.remarks), ("Not loaded", answer.not_loaded)):
        yield from (("", "", name, *[""] * 7, text, *said) for text in texts)


def _list_amounts(says: str, amounts: Sequence[Amount]) -> Iterator[tuple[Row, str]]:
    """Yield the cells of each amount in each setting, with the older releases that had to do for it."""
    national = {amount.factor: dict(amount.list_settings()) for amount in amounts if amount.place == "national"}
    for amount in amounts:
        formulas = dict(formula.split(": ", 1) for formula in amount.formulas)
        for setting, value in amount.list_settings():
            basis = (amount.place, amount.factor, "yes" if amount.apm else "no", setting)
            percent = None if amount.place == "national" else compare_amounts(value, national[amount.factor][setting])
            cells = ("NA" if value is None else value, "", "" if percent is None else percent)
            yield (*basis, *cells, says, formulas.get(setting, "")), amount.as_of


@build_rows.register(PairAnswer)
def _list_pair_rows(answer: PairAnswer) -> Iterator[Row]:
    """Yield a row a period, and what holds on the day in each; one for a setting without a period; then the rest."""
    yield (
        *("setting", "column 1", "column 2", "first day", "last day", "indicator", "rationale", "release", "in force"),
        *("on", "as of", "verdict", "says", "notice", "advice"),
    )
    end = ("\n".join(answer.notices), ADVICE)
    for ruling in answer.rulings:
        day = (str(answer.on), ruling.rule.as_of, ruling.verdict, ruling.says, *end)
        for edit in ruling.periods:
            days = (str(edit.first_day), str(edit.last_day or ""))
            in_force = "yes" if edit.is_in_force(answer.on) else "no"
            about = (str(edit.indicator), edit.rationale, edit.rule.release, in_force)
            yield (ruling.setting, edit.column_1, edit.column_2, *days, *about, *day)
        if not ruling.periods:
            yield (ruling.setting, *answer.codes, *[""] * 4, ruling.rule.release, "no", *day)
    helpful = " ".join(modifier.code for modifier in answer.modifiers)
    findings = [finding.says for finding in answer.findings]
    for name, texts in (
        ("finding", findings),
        ("modifiers", filter(None, [helpful])),
        ("not loaded", answer.not_loaded),
    ):
        yield from ((*[""] * 9, str(answer.on), "", name, text, *end) for text in texts)
