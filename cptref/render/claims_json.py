"""Answers about claims as JSON objects."""

from __future__ import annotations

from decimal import Decimal
from functools import singledispatch
from typing import TYPE_CHECKING, Any

from cptref.models.claims import ClaimAnswer
from cptref.models.fees import FeeAnswer, compare_amounts
from cptref.models.pairs import PairAnswer
from cptref.models.verdicts import ADVICE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cptref.models.claims import CheckedLine, EditResult
    from cptref.models.fees import Amount, CodeFee, Locality
    from cptref.models.pairs import PairEdit
    from cptref.models.results import Answer

Object = dict[str, Any]


@singledispatch
def build_object(answer: Answer) -> Object:
    """Return the JSON object of an answer. Raise TypeError for a type of answer that has none here."""
    raise TypeError(f"{type(answer).__name__} has no JSON")


@build_object.register(ClaimAnswer)
def _build_claim_object(answer: ClaimAnswer) -> Object:
    return {
        "on": answer.on.isoformat(),
        "setting": answer.setting,
        "locality": answer.locality and _build_locality(answer.locality),
        "qualifying": answer.qualifying,
        "lines": map(_build_line, answer.lines),
        "diagnoses": [
            {
                "number": each.diagnosis.number,
                "claim": each.diagnosis.claim,
                "input": each.diagnosis.input,
                "code": each.diagnosis.code,
                "title": each.title,
                "verdict": each.verdict,
                "as_of": each.as_of,
            }
            for each in answer.diagnoses
        ],
        "results": map(_build_result, answer.results),
        "unread": [{"input": each.input, "message": each.reason} for each in answer.unread],
        "total": _write_money(answer.total),
        "total_without_denied": _write_money(answer.total_without_denied),
        "without_amount": answer.without_amount,
        "remarks": answer.remarks,
        "not_loaded": answer.not_loaded,
        "sources": answer.sources,
        "notices": answer.notices,
        "advice": ADVICE,
    }


def _build_line(checked: CheckedLine) -> Object:
    line, amount = checked.line, checked.amount
    return {
        "number": line.number,
        "claim": line.claim,
        "input": line.input,
        "code": line.code,
        "title": checked.title,
        "modifiers": line.modifiers,
        "units": line.quantity,
        "unit": line.unit,
        "charge": _write_money(line.charge),
        "from": line.first_day.isoformat(),
        "through": line.last_day.isoformat(),
        "place": line.place,
        "pointers": line.pointers,
        "verdict": checked.verdict,
        "as_of": checked.as_of,
        "amount": _write_money(amount and amount.amount),
        "amount_says": amount.says if amount else "",
        "amount_as_of": amount.as_of if amount else "",
        "steps": amount.steps if amount else (),
    }


def _build_result(result: EditResult) -> Object:
    """Return what an edit says, with the advice, since a line of JSON Lines stands alone."""
    return result._asdict() | {
        "rule": result.rule._asdict(),
        "day": result.day and result.day.isoformat(),
        "advice": ADVICE,
    }


def _write_money(amount: Decimal | None) -> str | None:
    """Return money as text of two decimals: as a number, a program could round it."""
    return None if amount is None else f"{amount:.2f}"


@build_object.register(FeeAnswer)
def _build_fee_object(answer: FeeAnswer) -> Object:
    return {
        "on": answer.on.isoformat(),
        "qualifying": answer.qualifying,
        "localities": [_build_locality(locality) for locality in answer.localities],
        "results": [_build_fee(fee) for fee in answer.fees],
        "ranking": [
            {
                "kind": "ranking",
                "code": ranked.label,
                "amounts": [_write_amounts(amount._asdict()) for amount in ranked.amounts],
                "advice": ADVICE,
            }
            for ranked in answer.ranking
        ],
        "not_found": [{"input": miss.input, "message": miss.reason} for miss in answer.misses],
        "remarks": answer.remarks,
        "not_loaded": answer.not_loaded,
        "notices": answer.notices,
        "findings": [finding._asdict() for finding in answer.findings],
        "advice": ADVICE,
    }


def _build_fee(fee: CodeFee) -> Object:
    """Return what is paid for a code, with the advice, since a line of JSON Lines stands alone."""
    return fee._asdict() | {
        "rule": fee.rule._asdict(),
        "amounts": _build_amounts(fee.amounts),
        "rows": [{"name": row.name, "says": row.says, "amounts": _build_amounts(row.amounts)} for row in fee.rows],
        "facts": [{"name": name, "values": values} for name, values in fee.facts],
        "advice": ADVICE,
    }


def _build_amounts(amounts: Sequence[Amount]) -> list[Object]:
    """Return amounts, each with its difference from the national one by the same factor."""
    national = {amount.factor: dict(amount.list_settings()) for amount in amounts if amount.place == "national"}
    return [
        _write_amounts(amount._asdict())
        | {
            f"{setting}_percent_above_national": compare_amounts(value, national[amount.factor][setting])
            for setting, value in amount.list_settings()
            if amount.place != "national"
        }
        for amount in amounts
    ]


def _build_locality(locality: Locality) -> Object:
    indices = {name: f"{getattr(locality, name):f}" for name in ("work", "practice", "malpractice")}
    return {"key": locality.key, **locality._asdict(), **indices, "rule": locality.rule._asdict()}


def _write_amounts(values: Object) -> Object:
    """Return values with money as text of two decimals: as a number, a program could round it."""
    return {key: f"{value:.2f}" if isinstance(value, Decimal) else value for key, value in values.items()}


@build_object.register(PairAnswer)
def _build_pair_object(answer: PairAnswer) -> Object:
    results = [
        {"codes": answer.codes, "on": answer.on}
        | ruling._asdict()
        | {"periods": [_build_period_object(edit) for edit in ruling.periods], "advice": ADVICE}
        for ruling in answer.rulings
    ]
    return {
        "codes": answer.codes,
        "on": answer.on,
        "is_known": answer.is_known,
        "results": results,
        "ptp_modifiers": [modifier.code for modifier in answer.modifiers],
        "not_loaded": answer.not_loaded,
        "notices": answer.notices,
        "findings": [finding._asdict() for finding in answer.findings],
        "advice": ADVICE,
    }


def _build_period_object(edit: PairEdit) -> Object:
    return {key: value for key, value in edit._asdict().items() if key not in {"setting", "rule"}} | {
        "release": edit.rule.release
    }
